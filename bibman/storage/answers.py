"""What can be asked of a library by the reading door, and the rows that answer."""

from collections.abc import Sequence
from typing import Any, NamedTuple

OPENING_LENGTH = 160
"""So many characters of the passage of an unidentified entry stand for its title."""


class Summary(NamedTuple):
    """An entry as a list shows it. `title` is None where it is not identified: `opening` stands in for it."""

    id: int
    key: str
    type: str
    identified: bool
    title: str | None
    opening: str | None
    short_names: str
    date: str | None
    year: int | None
    container: str | None
    tags: tuple[str, ...]
    notes: int
    added_at: str
    changed_at: str


SUMMARY = (
    "id, key, type, identified, title, opening, short_names, date, year, container, tags, notes, added_at, changed_at"
)
"""The columns of the view `entries` that make up a summary."""

TAG_SEPARATOR = ", "
"""Between the tags in the view `entries`; a tag holds no comma."""


def summary_of(row: Sequence[Any]) -> Summary:
    """The summary that a row of the columns SUMMARY is."""
    summary = Summary._make(row)
    tags = row[10].split(TAG_SEPARATOR) if row[10] else ()
    return summary._replace(identified=bool(summary.identified), tags=tuple(tags))


class Note(NamedTuple):
    """A note of the reader: Markdown, with the times when it was made and last changed."""

    id: int
    key: str
    text: str
    created_at: str
    changed_at: str


class Origin(NamedTuple):
    """A passage that an entry came from, and what was found for it."""

    source: str
    read_at: str
    line: int
    text: str
    verdict: str
    stage: str | None
    score: float | None
    margin: float | None
    evidence: dict[str, Any]
    edited_since: bool


class Waiting(NamedTuple):
    """The latest passage of an unidentified entry that waits for a person, with its evidence.

    `opening` stands for the title of the entry.
    """

    entry_id: int
    key: str
    opening: str
    source: str
    line: int
    evidence: dict[str, Any]


class SourceReading(NamedTuple):
    """The latest reading of a source."""

    id: int
    source: str
    read_at: str
    encoding: str
    format: str


class SourcePassage(NamedTuple):
    """A passage of a reading with its bytes, its verdict, and its entry: None where there is none, or none any more.

    `revision` is that of the entry when the source and the library last agreed on it.
    """

    id: int
    kind: str
    line: int
    raw: bytes
    source_key: str | None
    verdict: str | None
    entry_id: int | None
    key: str | None
    revision: int | None
    edited_since: bool
    evidence: dict[str, Any]


class Tag(NamedTuple):
    """A tag and how many entries have it."""

    name: str
    entries: int


class Operation(NamedTuple):
    """An operation of the history: what was done, when, how many rows it changed, and whether it is undone now."""

    id: int
    made_at: str
    command: str
    summary: str
    undone: bool
    changes: int


class Prunable(NamedTuple):
    """Operations that could be forgotten: how many stand, when the first and last of them were made, and the last's id;
    and how many are undone."""

    operations: int
    first_at: str | None
    last_at: str | None
    last_id: int | None
    undone: int


class SavedSearch(NamedTuple):
    """A query that the reader gave a name."""

    name: str
    query: str


ORDERS = {
    "added": ("id",),
    "key": ("key COLLATE NOCASE", "id"),
    "title": ("coalesce(title, opening) COLLATE NOCASE", "id"),
    "name": ("(SELECT min(folded) FROM names WHERE entry_id = entries.id AND position = 0)", "year", "id"),
    "year": ("year", "id"),
    "type": ("type", "id"),
    "changed": ("changed_at", "id"),
}
"""By what a list can be sorted: the terms of ORDER BY."""
