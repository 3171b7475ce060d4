"""Entries as they were: the images of the history, taken back on the rows as they are now."""

import sqlite3
from collections.abc import Mapping
from typing import Any

from bibman.model.entry import Entry
from bibman.storage.images import values_of
from bibman.storage.rows import fields_of


def past_entries(connection: sqlite3.Connection, wanted: Mapping[int, int]) -> dict[int, Entry]:
    """The entries with these ids as they stood at these revisions, as far as the history reaches back.

    Only entries that are there now are looked for.
    """
    if not wanted:
        return {}
    marks = ",".join("?" * len(wanted))
    query = (
        "SELECT entry.id, key, type, identified, revision, fields FROM entry"
        f" JOIN entry_content ON entry_id = entry.id WHERE entry.id IN ({marks})"
    )
    columns = ("key", "type", "identified", "revision", "fields")
    states: dict[int, dict[str, Any]] = {
        entry_id: dict(zip(columns, row, strict=True)) for entry_id, *row in connection.execute(query, [*wanted])
    }
    # The history is gone through once for all of them: it is not indexed by row.
    changes = (
        "SELECT row_id, image FROM change JOIN operation ON operation.id = operation_id"
        f" WHERE NOT undone AND \"table\" IN ('entry', 'entry_content') AND row_id IN ({marks}) ORDER BY change.id DESC"
    )
    open_ = {entry_id for entry_id, state in states.items() if state["revision"] > wanted[entry_id]}
    for entry_id, image in connection.execute(changes, [*wanted]):
        if entry_id in open_:
            state = states[entry_id]
            state.update({} if image is None else values_of(image, state))
            if image is None or state["revision"] <= wanted[entry_id]:
                open_.discard(entry_id)
    return {
        entry_id: Entry(state["key"], state["type"], fields_of(state["fields"]), bool(state["identified"]))
        for entry_id, state in states.items()
        if state["revision"] == wanted[entry_id]
    }
