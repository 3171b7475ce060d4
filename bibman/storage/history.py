"""Undo and redo: the rows of an operation and their kept images change places."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import groupby, islice
from operator import itemgetter
from typing import Any

from sqlalchemy import Connection, Table, delete, or_, select, text, update

from bibman.storage.annotated import derive_annotations, entries_with_tags
from bibman.storage.change import Row, delete_rows, insert_rows, primary_key, rows_by_id, touched_entries
from bibman.storage.derived import derive_whole
from bibman.storage.door import CHUNK
from bibman.storage.images import image_of, row_of, values_of, whole_image
from bibman.storage.inherited import derive_inherited
from bibman.storage.tables import (
    Base,
    ChangeRow,
    EntryContentRow,
    EntryRow,
    EntryTagRow,
    NoteRow,
    OperationRow,
    TagRow,
)

MAX_ID = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Turned:
    """An operation that was undone or done again: its command, and in words what it did."""

    command: str
    summary: str


@dataclass(frozen=True, slots=True)
class _Image:
    change_id: int
    table: str
    row_id: int
    image: str | None


def undo(connection: Connection, steps: int = 1) -> list[Turned]:
    """Takes back the last operations that stand, at most `steps`, the latest first."""
    return list(islice(iter(partial(_turn, connection, undone=False), None), steps))


def redo(connection: Connection, steps: int = 1) -> list[Turned]:
    """Does again the operations that were undone last, at most `steps`, in the order in which they were done first."""
    return list(islice(iter(partial(_turn, connection, undone=True), None), steps))


def prune(connection: Connection, last_id: int) -> None:
    """Forgets the operations that stand up to the one with this id, and all that are undone.

    None but the first that stand may go, nor one that is undone alone: what is left could not be undone or redone then.
    """
    connection.execute(delete(OperationRow).where(or_(OperationRow.id <= last_id, OperationRow.undone == 1)))


def _turn(connection: Connection, *, undone: bool) -> Turned | None:
    order = OperationRow.id.asc() if undone else OperationRow.id.desc()
    columns = (OperationRow.id, OperationRow.command, OperationRow.summary)
    query = select(*columns).where(OperationRow.undone == int(undone)).order_by(order).limit(1)
    row = connection.execute(query).first()
    if row is None:
        return None
    _exchange(connection, row.id, forwards=undone)
    connection.execute(update(OperationRow).where(OperationRow.id == row.id).values(undone=int(not undone)))
    return Turned(row.command, row.summary)


def _exchange(connection: Connection, operation_id: int, *, forwards: bool) -> None:
    connection.execute(text("PRAGMA defer_foreign_keys = ON"))
    touched = _Touched()
    for page in _pages(connection, operation_id, forwards=forwards):
        for name, run in groupby(page, key=lambda change: change.table):
            for batch in _without_repetition(run):
                touched.add(name, _exchange_batch(connection, Base.metadata.tables[name], batch))
    derive_whole(connection, touched.entries)
    derive_inherited(connection, touched.family)
    derive_annotations(connection, touched.annotated | entries_with_tags(connection, touched.tags))


def _pages(connection: Connection, operation_id: int, *, forwards: bool) -> Iterator[list[_Image]]:
    """The images of an operation, a page at a time: those of a large import do not fit into memory together."""
    of_operation = select(ChangeRow.id, ChangeRow.table, ChangeRow.row_id, ChangeRow.image).where(
        ChangeRow.operation_id == operation_id
    )
    last: int | None = None
    while True:
        if forwards:
            query = of_operation.where(ChangeRow.id > (last or 0)).order_by(ChangeRow.id.asc())
        else:
            query = of_operation.where(ChangeRow.id < (last or MAX_ID)).order_by(ChangeRow.id.desc())
        page = [_Image(*row) for row in connection.execute(query.limit(CHUNK))]
        if not page:
            return
        last = page[-1].change_id
        yield page


@dataclass(slots=True)
class _Touched:
    """Whose derived columns have to be made again: whole entries, their tags and notes alone, or those of a tag.

    `family` are the entries from which others may inherit.
    """

    entries: set[int] = field(default_factory=set)
    family: set[int] = field(default_factory=set)
    annotated: set[int] = field(default_factory=set)
    tags: set[int] = field(default_factory=set)

    def add(self, table: str, rows: Sequence[Row]) -> None:
        self.family |= touched_entries(table, rows)
        if table == EntryRow.__tablename__:
            self.entries.update(row["id"] for row in rows)
        elif table == EntryContentRow.__tablename__:
            self.entries.update(row["entry_id"] for row in rows)
        elif table in (EntryTagRow.__tablename__, NoteRow.__tablename__):
            self.annotated.update(row["entry_id"] for row in rows)
        elif table == TagRow.__tablename__:
            self.tags.update(row["id"] for row in rows)


def _without_repetition(images: Iterable[_Image]) -> Iterator[list[_Image]]:
    """The same images in batches in which no row comes twice."""
    batch: dict[int, _Image] = {}
    for image in images:
        if image.row_id in batch:
            yield list(batch.values())
            batch = {}
        batch[image.row_id] = image
    yield list(batch.values())


def _exchange_batch(connection: Connection, table: Table, batch: list[_Image]) -> list[Row]:
    """Brings the rows of a batch into their other state; returns them as they were and as they are."""
    present = rows_by_id(connection, table, (image.row_id for image in batch))
    rows: list[Row] = []
    # Deletions, insertions and updates keep their order: a row may take the name that another has just given up.
    for _, run in groupby(batch, key=lambda each: (each.row_id in present, each.image is None)):
        rows += _exchange_alike(connection, table, list(run), present)
    return rows


def _exchange_alike(
    connection: Connection, table: Table, images: list[_Image], present: Mapping[int, Row]
) -> list[Row]:
    """Does it for rows that are all there in both states, or all in only the one, or all in only the other."""
    identity = primary_key(table)
    rows: list[Row] = []
    gone: list[int] = []
    back: list[Row] = []
    kept: list[tuple[str | None, int]] = []
    changed: list[tuple[tuple[str, ...], tuple[Any, ...]]] = []
    for image in images:
        row = present.get(image.row_id)
        if row is None:
            row = row_of(image.image or "{}")
            back.append(row)
            kept.append((None, image.change_id))
        elif image.image is None:
            gone.append(image.row_id)
            kept.append((whole_image(row), image.change_id))
        else:
            values = values_of(image.image, row)
            changed.append((tuple(values), (*values.values(), image.row_id)))
            kept.append((image_of(row, values) or "{}", image.change_id))
            rows.append({**row, **values})
        rows.append(row)
    delete_rows(connection, table, gone)
    insert_rows(connection, table, back)
    for columns, run in groupby(changed, key=itemgetter(0)):
        names = ", ".join(f'"{column}" = ?' for column in columns)
        statement = f'UPDATE "{table.name}" SET {names} WHERE "{identity}" = ?'
        connection.exec_driver_sql(statement, [values for _, values in run])
    connection.exec_driver_sql("UPDATE change SET image = ? WHERE id = ?", kept)
    return rows
