"""Entries that have a twin by the cheap signs: an identifier in common, or a title and a name. By sqlite3 alone."""

import sqlite3
from collections.abc import Iterable

from bibman.storage.door import CHUNK

TWINS = """
    WITH twin (one, other) AS (
        SELECT mine.entry_id, yours.entry_id
        FROM (SELECT scheme, value FROM identifiers GROUP BY scheme, value HAVING count(*) BETWEEN 2 AND 50) AS shared
        JOIN identifiers AS mine ON mine.scheme = shared.scheme AND mine.value = shared.value
        JOIN identifiers AS yours ON yours.scheme = shared.scheme AND yours.value = shared.value
        WHERE mine.entry_id < yours.entry_id
        UNION
        SELECT mine.id, yours.id
        FROM (SELECT title_key FROM entries GROUP BY title_key HAVING count(*) BETWEEN 2 AND 50) AS shared
        JOIN entries AS mine ON mine.title_key = shared.title_key
        JOIN entries AS yours ON yours.title_key = shared.title_key
        WHERE mine.id < yours.id AND abs(coalesce(mine.year - yours.year, 0)) <= 5 AND EXISTS (
            SELECT 1 FROM names AS name JOIN names AS namesake ON namesake.folded = name.folded
            WHERE name.entry_id = mine.id AND namesake.entry_id = yours.id
                AND name.role IN ('author', 'editor') AND namesake.role IN ('author', 'editor'))
    ), kept (one, other) AS (
        SELECT one, other FROM twin EXCEPT SELECT entry_id, other_id FROM distinct_works
    )
    SELECT one FROM kept UNION SELECT other FROM kept
"""
"""The ids of the entries that have a twin, save where the reader said that the two are different works.

What more than fifty share ("Editorial") tells nothing, and to compare each with each would take long.
"""


def ids_with_titles(connection: sqlite3.Connection, keys: Iterable[int]) -> dict[int, list[int]]:
    """Key of a title → the ids of the oldest entries that have it, not more than a few."""
    wanted = sorted(set(keys))
    found: dict[int, list[int]] = {}
    for start in range(0, len(wanted), CHUNK):
        chunk = wanted[start : start + CHUNK]
        marks = ",".join("?" * len(chunk))
        query = f"SELECT title_key, id FROM entries WHERE title_key IN ({marks}) ORDER BY id"
        for key, entry_id in connection.execute(query, chunk).fetchall():
            ids = found.setdefault(key, [])
            if len(ids) < _FEW:
                ids.append(entry_id)
    return found


_FEW = 8
