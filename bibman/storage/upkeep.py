"""Keeping a library sound: everything derived can be checked against what it comes from, and made anew."""

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from sqlalchemy import Connection, Select, delete, insert, select

from bibman.model.fold import FOLD_VERSION, fold
from bibman.model.identifiers import Identifier
from bibman.storage.change import table_of
from bibman.storage.derived import IDENTIFIER_COLUMNS, NAME_COLUMNS, Derived, derive_whole, derived_of
from bibman.storage.door import CHUNK
from bibman.storage.engine import driver_of
from bibman.storage.inherited import derive_inherited, inherited_columns, with_inherited
from bibman.storage.reading import Reader
from bibman.storage.schema import INDEX, TRIGGERS, VIEWS
from bibman.storage.tables import EntryIdentifierRow, EntryNameRow, EntryRow, EntryTextRow, PropertyRow

FOLDING = "fold_version"


def rebuild(connection: Connection, on_progress: Callable[[int, int], None] | None = None) -> int:
    """Derives every entry anew and builds the full-text index again; returns how many entries there are."""
    driver = driver_of(connection)
    # Triggers take old words out of the index one by one, which fails where it is not in step.
    for name in TRIGGERS:
        driver.execute(f"DROP TRIGGER IF EXISTS {name}")
    for name in VIEWS:
        driver.execute(f"DROP VIEW IF EXISTS {name}")
    make_views(driver)
    if driver.execute("SELECT 1 FROM sqlite_master WHERE name = 'entry_index'").fetchone() is None:
        driver.execute(INDEX)
    for mapped in (EntryTextRow, EntryNameRow, EntryIdentifierRow):
        connection.execute(delete(mapped))
    ids = list(connection.execute(select(EntryRow.id).order_by(EntryRow.id)).scalars())
    for start in range(0, len(ids), CHUNK):
        derive_whole(connection, ids[start : start + CHUNK])
        if on_progress is not None:
            on_progress(start, len(ids))
    derive_inherited(connection)
    driver.execute("INSERT INTO entry_index(entry_index) VALUES ('rebuild')")
    make_triggers(driver)
    keep_fold_version(connection)
    return len(ids)


def make_views(driver: sqlite3.Connection) -> None:
    """Makes the views of a library that has none."""
    for name, body in VIEWS.items():
        driver.execute(f"CREATE VIEW {name} AS {body}")


def make_triggers(driver: sqlite3.Connection) -> None:
    """Makes the triggers of a library that has none."""
    for name, body in TRIGGERS.items():
        driver.execute(f"CREATE TRIGGER {name} {body}")


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
    for (key,) in driver.execute("SELECT key FROM entry WHERE id NOT IN (SELECT entry_id FROM entry_content)"):
        yield f"the fields of {key} are missing"
    for (number,) in driver.execute(
        "SELECT id FROM passage WHERE raw_of IS NOT NULL"
        " AND raw_of NOT IN (SELECT id FROM passage WHERE raw_of IS NULL)"
    ):
        yield f"the bytes of passage {number} are missing"
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
    except sqlite3.DatabaseError as error:
        # The question is put as an INSERT: that the library cannot be written is no answer to it.
        if not error.sqlite_errorname.startswith(("SQLITE_CORRUPT", "SQLITE_ERROR")):
            raise
        yield "the full-text index is not in step with the entries: `bibman library rebuild` makes it anew"
    reader = Reader(driver)
    ids = reader.all_ids()
    more = inherited_columns(connection)
    for start in range(0, len(ids), CHUNK):
        chunk = ids[start : start + CHUNK]
        tags, notes = reader.tags_of(chunk), reader.notes_of(chunk)
        kept = _kept(connection, chunk)
        for stored in reader.entries(chunk):
            wanted = with_inherited(derived_of(stored.entry), more, stored.id)
            wanted.text["tags"] = " ".join(fold(tag) for tag in tags.get(stored.id, []))
            wanted.text["notes"] = " ".join(fold(note) for note in notes.get(stored.id, []))
            wanted.names.sort()
            wanted.identifiers.sort()
            if kept[stored.id] != wanted:
                key = stored.entry.key
                yield f"what is derived from {key} is not in step with it: `bibman library rebuild` does it again"


def _kept(connection: Connection, ids: Sequence[int]) -> dict[int, Derived]:
    """What the library keeps as derived from these entries."""
    kept: dict[int, Derived] = {}
    of_entries = (EntryRow.title, EntryRow.opening, EntryRow.short_names, EntryRow.date, EntryRow.year)
    heads = select(EntryRow.id, *of_entries, EntryRow.container, EntryRow.title_key, EntryRow.has_parents).where(
        EntryRow.id.in_(ids)
    )
    for row in connection.execute(heads).mappings():
        columns = dict(row)
        kept[columns.pop("id")] = Derived(columns, {}, [], [])
    for found in connection.execute(select(table_of(EntryTextRow)).where(EntryTextRow.entry_id.in_(ids))).mappings():
        words = dict(found)
        kept[words.pop("entry_id")].text.update(words)
    for derived in connection.execute(_rows_of(EntryNameRow, NAME_COLUMNS, ids)):
        kept[derived[0]].names.append(tuple(derived[1:]))
    for derived in connection.execute(_rows_of(EntryIdentifierRow, IDENTIFIER_COLUMNS, ids)):
        kept[derived[0]].identifiers.append(Identifier(*derived[1:]))
    return kept


def _rows_of(
    mapped: type[EntryNameRow] | type[EntryIdentifierRow], columns: Sequence[str], ids: Sequence[int]
) -> Select[Any]:
    table = table_of(mapped)
    wanted = [table.c[name] for name in ("entry_id", *columns)]
    return select(*wanted).where(mapped.entry_id.in_(ids)).order_by(*table.primary_key)
