"""What can be asked of a library by the reading door, and the rows that answer."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from bibman.model.naming import fold_name


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


class Filter(NamedTuple):
    """Which entries are meant; what is None does not matter.

    Each of `tags` takes its children in (`a` means `a/b` too), and all of them are asked for; `years` is the first and
    the last year, either open; `name` is part of somebody's family name, in any case and without accents.
    """

    tags: Sequence[str] = ()
    years: tuple[int | None, int | None] | None = None
    name: str | None = None
    identified: bool | None = None

    def condition(self) -> tuple[str, list[Any]]:
        """The SQL condition on the view `entries`, and its parameters."""
        parts: list[str] = []
        values: list[Any] = []
        for folded in map(fold_name, self.tags):
            parts.append("id IN (SELECT entry_id FROM entry_tags WHERE folded = ? OR substr(folded, 1, ?) = ?)")
            values += [folded, len(folded) + 1, f"{folded}/"]
        if self.years is not None:
            first, last = self.years
            parts.append("year BETWEEN ? AND ?")
            values += [-(10**9) if first is None else first, 10**9 if last is None else last]
        if self.name is not None:
            parts.append("id IN (SELECT entry_id FROM names WHERE instr(' ' || folded, ' ' || ?))")
            from bibman.model.fold import fold

            values.append(fold(self.name))
        if self.identified is not None:
            parts.append("identified = ?")
            values.append(int(self.identified))
        return " AND ".join(parts) or "1", values


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
