"""What a library has that begins so, each thing once and no more than a few: for a shell that completes a word.

Where many entries have the same, they are not all looked at: from one value the next is found by the index.
"""

import sqlite3
from collections.abc import Iterator
from typing import Final

from bibman.model.fold import fold
from bibman.model.naming import fold_name

_LAST = "\U0010ffff"


def keys(connection: sqlite3.Connection, start: str) -> Iterator[str]:
    """The citation keys that begin with `start`, in order, without former ones."""
    folded = fold_name(start)
    query = "SELECT key FROM entry WHERE key_folded >= ? AND key_folded < ? ORDER BY key_folded"
    return (row[0] for row in connection.execute(query, (folded, folded + _LAST)))


def tag_names(connection: sqlite3.Connection, start: str) -> Iterator[str]:
    """The tags that begin with `start`, in order."""
    folded = fold_name(start)
    query = "SELECT name FROM tag WHERE folded >= ? AND folded < ? ORDER BY folded"
    return (row[0] for row in connection.execute(query, (folded, folded + _LAST)))


def families(connection: sqlite3.Connection, start: str) -> Iterator[str]:
    """The family names of authors, and the names of bodies that are authors, that begin with `start`, in order."""
    query = (
        "SELECT folded, trim(prefix || ' ' || family), literal FROM entry_name"
        " WHERE folded > ? AND folded < ? AND role = 'author' ORDER BY folded LIMIT 1"
    )
    first = fold(start)
    found = connection.execute(query.replace(">", ">=", 1), (first, first + _LAST)).fetchone()
    while found is not None:
        folded, family, literal = found
        yield literal or family
        found = connection.execute(query, (folded, first + _LAST)).fetchone()


def containers(connection: sqlite3.Connection, start: str) -> Iterator[str]:
    """The journals that begin with `start`, in order."""
    query = "SELECT DISTINCT container FROM entry WHERE type = 'article' AND container IS NOT NULL ORDER BY container"
    folded = fold(start)
    return (row[0] for row in connection.execute(query) if fold(row[0]).startswith(folded))


def types(connection: sqlite3.Connection, start: str) -> Iterator[str]:
    """The entry types that begin with `start`, in order."""
    found = sorted(row[0] for row in connection.execute("SELECT DISTINCT type FROM entry"))
    return (name for name in found if name.startswith(start.lower()))


def sources(connection: sqlite3.Connection, start: str) -> Iterator[str]:
    """The names of files that were read, or their paths where `start` has a slash, that begin with it, in order."""
    names = (row[0].replace("\\", "/") for row in connection.execute("SELECT name FROM source"))
    found = {name if "/" in start else name.rpartition("/")[2] for name in names}
    return (name for name in sorted(found) if name.casefold().startswith(start.casefold()))


OFFERS: Final = {
    "keys": keys,
    "tags": tag_names,
    "authors": families,
    "journals": containers,
    "types": types,
    "sources": sources,
}
