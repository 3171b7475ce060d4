"""Keeping a library sound: everything derived can be checked against what it comes from, and made anew."""

import sqlite3
from collections.abc import Callable, Iterator
from operator import itemgetter

from sqlalchemy import Connection, delete, insert, select

from bibman.model.entry import Entry
from bibman.model.fold import FOLD_VERSION, fold
from bibman.storage.derived import Derived, derive_whole, derived_of
from bibman.storage.engine import driver_of
from bibman.storage.reading import CHUNK, Reader
from bibman.storage.schema import TRIGGERS
from bibman.storage.tables import EntryIdentifierRow, EntryNameRow, EntryRow, EntryTextRow, PropertyRow

FOLDING = "fold_version"


def rebuild(connection: Connection, on_progress: Callable[[int, int], None] | None = None) -> int:
    """Derives every entry anew and builds the full-text index again; returns how many entries there are."""
    driver = driver_of(connection)
    # They take old words out of the index one by one, which fails where it is not in step.
    for name in TRIGGERS:
        driver.execute(f"DROP TRIGGER IF EXISTS {name}")
    for mapped in (EntryTextRow, EntryNameRow, EntryIdentifierRow):
        connection.execute(delete(mapped))
    ids = list(connection.execute(select(EntryRow.id).order_by(EntryRow.id)).scalars())
    for start in range(0, len(ids), CHUNK):
        derive_whole(connection, ids[start : start + CHUNK])
        if on_progress is not None:
            on_progress(start, len(ids))
    driver.execute("INSERT INTO entry_index(entry_index) VALUES ('rebuild')")
    for name, body in TRIGGERS.items():
        driver.execute(f"CREATE TRIGGER {name} {body}")
    keep_fold_version(connection)
    return len(ids)


def keep_fold_version(connection: Connection) -> None:
    """Keeps by which version of the folding the words of the library are folded: this one."""
    connection.execute(delete(PropertyRow).where(PropertyRow.name == FOLDING))
    connection.execute(insert(PropertyRow), {"name": FOLDING, "value": str(FOLD_VERSION)})


def findings(connection: Connection) -> Iterator[str]:
    """What is wrong with a library, in sentences; nothing where it is sound."""
    driver = driver_of(connection)
    broken = [str(row[0]) for row in driver.execute("PRAGMA integrity_check(20)")]
    if broken != ["ok"]:
        yield from (f"the file is damaged: {line}" for line in broken)
        return
    for table, row_id, parent, _ in driver.execute("PRAGMA foreign_key_check"):
        yield f"row {row_id} of the table {table} refers to a row of {parent} that is not there"
    shared = driver.execute(
        "SELECT citation_key FROM citation_keys WHERE is_alias AND folded IN (SELECT key_folded FROM entry)"
    )
    for (key,) in shared:
        yield f"the key {key} is also an alias of another entry"
    yield from _index_findings(connection, driver)


def _index_findings(connection: Connection, driver: sqlite3.Connection) -> Iterator[str]:
    version = connection.execute(select(PropertyRow.value).where(PropertyRow.name == FOLDING)).scalar()
    if version is not None and version != str(FOLD_VERSION):
        yield f"its words were folded by version {version}: `bibman library rebuild` folds them again"
        return
    try:
        driver.execute("INSERT INTO entry_index(entry_index, rank) VALUES ('integrity-check', 1)")
    except sqlite3.DatabaseError:
        yield "the full-text index is not in step with the entries: `bibman library rebuild` makes it anew"
    reader = Reader(driver)
    ids = reader.all_ids()
    for start in range(0, len(ids), CHUNK):
        chunk = ids[start : start + CHUNK]
        tags, notes = reader.tags_of(chunk), reader.notes_of(chunk)
        for entry_id, _, entry in reader.entries(chunk):
            wanted = derived_of(entry)
            wanted.text["tags"] = " ".join(fold(tag) for tag in tags.get(entry_id, []))
            wanted.text["notes"] = " ".join(fold(note) for note in notes.get(entry_id, []))
            if not _in_step(connection, entry_id, entry, wanted):
                yield f"what is derived from {entry.key} is not in step with it: `bibman library rebuild` does it again"


def _in_step(connection: Connection, entry_id: int, entry: Entry, wanted: Derived) -> bool:
    columns = connection.execute(select(EntryRow).where(EntryRow.id == entry_id)).mappings().one()
    words = connection.execute(select(EntryTextRow).where(EntryTextRow.entry_id == entry_id)).mappings().first()
    names = connection.execute(
        select(EntryNameRow).where(EntryNameRow.entry_id == entry_id).order_by(EntryNameRow.role, EntryNameRow.position)
    ).mappings()
    identifiers = connection.execute(
        select(EntryIdentifierRow.scheme, EntryIdentifierRow.value).where(EntryIdentifierRow.entry_id == entry_id)
    )
    return (
        words is not None
        and dict(words) == {"entry_id": entry_id, **wanted.text}
        and {name: columns[name] for name in wanted.entry} == wanted.entry
        and [dict(name) for name in names]
        == [{"entry_id": entry_id, **name} for name in sorted(wanted.names, key=itemgetter("role", "position"))]
        and {(row.scheme, row.value) for row in identifiers}
        == {(each["scheme"], each["value"]) for each in wanted.identifiers}
        and columns["key"] == entry.key
    )
