"""The trail of one entry: what each operation changed of it, told from the images of the history.

The rows as they are now are taken back image by image to the first, and those of what is undone forward.
"""

import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from typing import Any, NamedTuple

from bibman.model.differences import Difference, Kind, differences
from bibman.model.entry import Entry
from bibman.model.naming import fold_name
from bibman.storage.answers import Operation
from bibman.storage.images import row_of, values_of
from bibman.storage.rows import fields_of

_OWNED = ("alias", "entry_tag", "note")
"""The tables whose rows belong to an entry, which the column `entry_id` names."""

Place = tuple[str, int]
"""A table and the id of a row."""
State = dict[Place, dict[str, Any] | None]


class Step(NamedTuple):
    """An operation that changed an entry, and what it changed of it.

    `source` is the file whose reading did it, None where a command did it, or where the reading is undone.
    """

    operation: Operation
    source: str | None
    differences: tuple[Difference, ...]


class _Change(NamedTuple):
    operation: Operation
    place: Place
    image: str | None


class _Snapshot(NamedTuple):
    """An entry with everything that is the reader's own, at some time; aliases and tags in order, notes by number."""

    entry: Entry | None
    aliases: tuple[str, ...]
    tags: tuple[str, ...]
    notes: Mapping[int, str]


def removed_entry(connection: sqlite3.Connection, key: str) -> int | None:
    """The id of the entry that was known by a key, in any case, last; None where the history knows of none."""
    query = """
        SELECT row_id FROM change WHERE "table" = 'entry' AND json_extract(image, '$.key_folded') = ?
        ORDER BY id DESC LIMIT 1
    """
    row = connection.execute(query, (fold_name(key),)).fetchone()
    return None if row is None else int(row[0])


def trail(connection: sqlite3.Connection, entry_id: int) -> list[Step]:
    """What was done to an entry, the latest first, undone operations too, without those that changed nothing of it."""
    places = _places(connection, entry_id)
    now = {place: _row(connection, place) for place in places}
    changes = _changes(connection, places)
    sources = _sources(connection, entry_id)
    steps: list[Step] = []
    for undone in (False, True):
        state = dict(now)
        known = _snapshot(state, entry_id)
        wanted = [change for change in changes if change.operation.undone is undone]
        for operation, group in groupby(wanted if undone else reversed(wanted), key=lambda change: change.operation):
            for _, place, image in group:
                state[place] = _exchanged(state[place], image)
            other = _snapshot(state, entry_id)
            found = tuple(_differences(known, other) if undone else _differences(other, known))
            steps += [Step(operation, sources.get(operation.id), found)] if found else []
            known = other
    return sorted(steps, key=lambda step: -step.operation.id)


def _places(connection: sqlite3.Connection, entry_id: int) -> list[Place]:
    """The rows that are, or ever were, the entry's own, and the tags that it has or had."""
    places = [("entry", entry_id), ("entry_content", entry_id)]
    tags: set[int] = set()
    for table in _OWNED:
        query = f"SELECT id FROM {table} WHERE entry_id = ?"
        places += [(table, row_id) for (row_id,) in connection.execute(query, (entry_id,))]
    marks = ",".join("?" * len(_OWNED))
    # The history is gone through as a whole: it is not indexed by row.
    query = f"""
        SELECT "table", row_id FROM change
        WHERE "table" IN ({marks}) AND image IS NOT NULL AND json_extract(image, '$.entry_id') = ?
    """
    places += connection.execute(query, (*_OWNED, entry_id)).fetchall()
    links = json.dumps([row_id for table, row_id in places if table == "entry_tag"])
    query = """
        SELECT tag_id FROM entry_tag WHERE id IN (SELECT value FROM json_each(:links)) UNION
        SELECT json_extract(image, '$.tag_id') FROM change
        WHERE "table" = 'entry_tag' AND image IS NOT NULL AND row_id IN (SELECT value FROM json_each(:links))
    """
    tags.update(tag_id for (tag_id,) in connection.execute(query, {"links": links}) if tag_id is not None)
    return list(dict.fromkeys([*places, *(("tag", tag_id) for tag_id in tags)]))


def _row(connection: sqlite3.Connection, place: Place) -> dict[str, Any] | None:
    table, row_id = place
    identity = "entry_id" if table == "entry_content" else "id"
    cursor = connection.execute(f"SELECT * FROM {table} WHERE {identity} = ?", (row_id,))
    row = cursor.fetchone()
    return None if row is None else dict(zip((column[0] for column in cursor.description), row, strict=True))


def _changes(connection: sqlite3.Connection, places: Iterable[Place]) -> list[_Change]:
    query = """
        SELECT operation_id, "table", row_id, image FROM change
        WHERE ("table", row_id) IN (SELECT value ->> 0, value ->> 1 FROM json_each(?)) ORDER BY id
    """
    found = connection.execute(query, (json.dumps(list(places)),)).fetchall()
    operations = _operations(connection, {row[0] for row in found})
    return [_Change(operations[number], (table, row_id), image) for number, table, row_id, image in found]


def _operations(connection: sqlite3.Connection, ids: Iterable[int]) -> dict[int, Operation]:
    columns = ", ".join(Operation._fields)
    query = f"SELECT {columns} FROM history WHERE id IN (SELECT value FROM json_each(?))"
    rows = connection.execute(query, (json.dumps(list(ids)),))
    return {row[0]: Operation(*row)._replace(undone=bool(row[4])) for row in rows}


def _sources(connection: sqlite3.Connection, entry_id: int) -> dict[int, str]:
    """Operation → the source whose reading in it had a passage of this entry."""
    query = """
        SELECT reading.id, source.name FROM passage JOIN reading ON reading.id = reading_id
        JOIN source ON source.id = source_id WHERE passage.entry_id = ?
    """
    names = dict(connection.execute(query, (entry_id,)))
    query = """
        SELECT operation_id, row_id FROM change
        WHERE "table" = 'reading' AND row_id IN (SELECT value FROM json_each(?))
    """
    made = connection.execute(query, (json.dumps(list(names)),))
    return {operation_id: names[reading_id] for operation_id, reading_id in made}


def _exchanged(row: dict[str, Any] | None, image: str | None) -> dict[str, Any] | None:
    """The other state of a row; None where there is none."""
    if image is None:
        return None
    return row_of(image) if row is None else {**row, **values_of(image, row)}


def _snapshot(state: State, entry_id: int) -> _Snapshot:
    entry, content = state["entry", entry_id], state["entry_content", entry_id]
    owned: dict[str, dict[int, dict[str, Any]]] = {table: {} for table in _OWNED}
    for (table, row_id), row in state.items():
        if table in owned and row is not None and row["entry_id"] == entry_id:
            owned[table][row_id] = row
    tags = (state.get(("tag", row["tag_id"])) for row in owned["entry_tag"].values())
    whole = None
    if entry is not None and content is not None:
        whole = Entry(entry["key"], entry["type"], fields_of(content["fields"]), bool(entry["identified"]))
    return _Snapshot(
        whole,
        tuple(row["key"] for row in owned["alias"].values()),
        tuple(tag["name"] for tag in tags if tag is not None),
        {row_id: row["text"] for row_id, row in sorted(owned["note"].items())},
    )


def _differences(before: _Snapshot, after: _Snapshot) -> Iterator[Difference]:
    yield from differences(before.entry, after.entry)
    several: tuple[tuple[Kind, tuple[str, ...], tuple[str, ...]], ...] = (
        ("alias", before.aliases, after.aliases),
        ("tag", before.tags, after.tags),
    )
    for kind, old, new in several:
        yield from (Difference(kind, None, each, None) for each in old if each not in new)
        yield from (Difference(kind, None, None, each) for each in new if each not in old)
    for number in dict.fromkeys((*before.notes, *after.notes)):
        texts = before.notes.get(number), after.notes.get(number)
        if texts[0] != texts[1]:
            yield Difference("note", str(number), *texts)
