"""A change in progress: rows are inserted, updated and deleted through it, so that each can be undone."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from operator import itemgetter
from typing import Any

from sqlalchemy import Connection, Table, bindparam, delete, insert, select, text, update

from bibman.storage.door import CHUNK
from bibman.storage.engine import driver_of
from bibman.storage.images import image_of, whole_image
from bibman.storage.reading import Reader
from bibman.storage.tables import Base, ChangeRow, OperationRow

Row = Mapping[str, Any]
Values = tuple[Any, ...]

_OF_ENTRIES = {"entry": "id", "entry_content": "entry_id", "alias": "entry_id"}
_RECORD = ("operation_id", "table", "row_id", "image")
_NEW_ROWS = """
    INSERT INTO change (operation_id, "table", row_id)
    WITH RECURSIVE new (id) AS (SELECT ? UNION ALL SELECT id + 1 FROM new WHERE id < ?) SELECT ?, ?, id FROM new
"""


class Change:
    """One transaction of a library.

    `summary` says in words what was done, for the history. `now` is the time of the change, ISO 8601 in UTC.
    `reader` reads the library as it stands within the change. `references` maps a key, folded, to the ids of the
    entries that refer to it, once somebody asked. `touched` are the ids of entries whose rows were written.
    """

    def __init__(self, connection: Connection, command: str) -> None:
        self.connection = connection
        self.command = command
        self.reader = Reader(driver_of(connection))
        self.summary = ""
        self.now = datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
        self.references: dict[str, set[int]] | None = None
        self.touched: set[int] = set()
        self._operation_id: int | None = None
        self._next_ids: dict[str, int] = {}

    def new_ids(self, mapped: type[Base], count: int) -> range:
        """`count` ids for new rows of a table, never used before."""
        name = mapped.__tablename__
        if name not in self._next_ids:
            seen = text("SELECT seq FROM sqlite_sequence WHERE name = :name")
            self._next_ids[name] = (self.connection.execute(seen, {"name": name}).scalar() or 0) + 1
        first = self._next_ids[name]
        self._next_ids[name] = first + count
        return range(first, first + count)

    def insert(self, mapped: type[Base], rows: Sequence[dict[str, Any]]) -> list[int]:
        """Inserts `rows` and returns their ids; ids are given to rows that have none."""
        if not rows:
            return []
        table = table_of(mapped)
        identity = primary_key(table)
        if identity not in rows[0]:
            for row, row_id in zip(rows, self.new_ids(mapped, len(rows)), strict=True):
                row[identity] = row_id
        insert_rows(self.connection, table, rows)
        ids = [int(row[identity]) for row in rows]
        self.touched.update(touched_entries(table.name, rows))
        self._record_new(table, ids)
        return ids

    def update(self, mapped: type[Base], values: Mapping[int, dict[str, Any]]) -> list[int]:
        """Sets columns of rows, given as id → {column: value}; returns the ids of the rows that became different.

        Each id must exist, and all must set the same columns.
        """
        table = table_of(mapped)
        identity = primary_key(table)
        before = rows_by_id(self.connection, table, values)
        images = {row_id: image_of(before[row_id], values[row_id]) for row_id in values}
        changed = [row_id for row_id, image in images.items() if image is not None]
        if changed:
            columns: dict[str, Any] = {name: bindparam(f"new_{name}") for name in values[changed[0]]}
            statement = update(table).where(table.c[identity] == bindparam("row_id")).values(columns)
            self.connection.execute(
                statement,
                [
                    {"row_id": row_id, **{f"new_{name}": value for name, value in values[row_id].items()}}
                    for row_id in changed
                ],
            )
            self.touched.update(touched_entries(table.name, (before[row_id] for row_id in changed)))
            self._record(table, ((row_id, images[row_id]) for row_id in changed))
        return changed

    def delete(self, mapped: type[Base], ids: Iterable[int]) -> None:
        """Deletes rows by their ids; each must exist."""
        table = table_of(mapped)
        before = rows_by_id(self.connection, table, ids)
        if before:
            delete_rows(self.connection, table, before)
            self.touched.update(touched_entries(table.name, before.values()))
            self._record(table, ((row_id, whole_image(row)) for row_id, row in before.items()))

    def close(self) -> None:
        """Writes what is known of the operation only at its end."""
        if self._operation_id is not None:
            operations = table_of(OperationRow)
            operation = update(operations).where(operations.c.id == self._operation_id)
            self.connection.execute(operation.values(summary=self.summary))

    def _record_new(self, table: Table, ids: Sequence[int]) -> None:
        operation_id = self._operation()
        runs = [(first, last, operation_id, table.name) for first, last in _runs(ids)]
        self.connection.exec_driver_sql(_NEW_ROWS, runs)

    def _record(self, table: Table, images: Iterable[tuple[int, str | None]]) -> None:
        operation_id, name = self._operation(), table.name
        values = [(operation_id, name, row_id, image) for row_id, image in images]
        insert_values(self.connection, table_of(ChangeRow), _RECORD, values)

    def _operation(self) -> int:
        if self._operation_id is None:
            # What was undone can be redone only until something else is done.
            operations = table_of(OperationRow)
            self.connection.execute(delete(operations).where(operations.c.undone == 1))
            (self._operation_id,) = self.new_ids(OperationRow, 1)
            operation = {"made_at": self.now, "command": self.command, "summary": "", "undone": 0}
            self.connection.execute(insert(operations), {"id": self._operation_id, **operation})
        return self._operation_id


def touched_entries(table: str, rows: Iterable[Row]) -> set[int]:
    """The ids of the entries whose key, alias or fields stand in these rows of a table."""
    name = _OF_ENTRIES.get(table)
    return {row[name] for row in rows} if name else set()


def _runs(ids: Sequence[int]) -> Iterator[tuple[int, int]]:
    """The first and last of those that follow one another."""
    start = 0
    for end in range(1, len(ids) + 1):
        if end == len(ids) or ids[end] != ids[end - 1] + 1:
            yield ids[start], ids[end - 1]
            start = end


def insert_rows(connection: Connection, table: Table, rows: Sequence[Row]) -> None:
    """Inserts rows, all of which give the same columns, without a record in the history."""
    if rows:
        columns = tuple(rows[0])
        insert_values(connection, table, columns, list(map(itemgetter(*columns), rows)))


def insert_values(connection: Connection, table: Table, columns: Sequence[str], values: Sequence[Values]) -> None:
    """Inserts rows that are given as their values of these columns, two or more, without a record in the history.

    The values go to the driver as they are: SQLAlchemy would look at each of them, which takes longer than to write it.
    """
    if values:
        names = ", ".join(f'"{name}"' for name in columns)
        marks = ", ".join("?" * len(columns))
        connection.exec_driver_sql(f'INSERT INTO "{table.name}" ({names}) VALUES ({marks})', values)


def table_of(mapped: type[Base]) -> Table:
    """The table of a mapped class."""
    table = mapped.__table__
    assert isinstance(table, Table)  # noqa: S101 - every mapped class here stands for one table
    return table


def primary_key(table: Table) -> str:
    """The name of the one column that identifies a row."""
    (column,) = table.primary_key.columns
    return column.name


def rows_by_id(connection: Connection, table: Table, ids: Iterable[int]) -> dict[int, Row]:
    """The rows with these ids, by id."""
    identity = primary_key(table)
    wanted = list(ids)
    found: dict[int, Row] = {}
    for start in range(0, len(wanted), CHUNK):
        query = select(table).where(table.c[identity].in_(wanted[start : start + CHUNK]))
        result = connection.execute(query)
        names = tuple(result.keys())
        place = names.index(identity)
        found.update((int(row[place]), dict(zip(names, row, strict=True))) for row in result.all())
    return found


def delete_rows(connection: Connection, table: Table, ids: Iterable[int]) -> None:
    """Deletes the rows with these ids."""
    column = table.c[primary_key(table)]
    wanted = list(ids)
    # One statement for many: FTS5 writes to the file after each that takes words out of the index.
    for start in range(0, len(wanted), CHUNK):
        connection.execute(delete(table).where(column.in_(wanted[start : start + CHUNK])))
