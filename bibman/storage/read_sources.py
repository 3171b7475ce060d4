"""Sources with their readings and passages, macros and preambles, read."""

import json
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Final

from bibman.model.naming import fold_name
from bibman.storage.answers import (
    Origin,
    SourcePassage,
    SourceReading,
    Waiting,
)
from bibman.storage.door import Door

# What only some questions need is imported where it is asked: `list` is to answer before one notices.
if TYPE_CHECKING:
    from bibman.model.entry import Field


class SourcesReader(Door):
    """Questions about sources, their passages, and what they define."""

    def macros(self) -> "list[Field]":
        """The macros of all sources, in the order in which they were defined."""
        from bibman.model.entry import Field

        return [
            Field(*row) for row in self._connection.execute("SELECT name, value, expression FROM macros ORDER BY id")
        ]

    def preambles(self) -> "list[Field]":
        """The preambles of all sources, in order, without names."""
        from bibman.model.entry import Field

        return [
            Field("", *row) for row in self._connection.execute("SELECT value, expression FROM preambles ORDER BY id")
        ]

    def origins(self, entry_id: int) -> list[Origin]:
        """The passages that an entry came from, in the order in which they were read."""
        query = (
            "SELECT passages.source, passages.read_at, line, CAST(raw AS BLOB), readings.encoding, verdict, stage,"
            " score, margin, evidence, edited_since FROM passages JOIN readings ON readings.id = reading_id"
            " WHERE entry_id = ? ORDER BY passages.id"
        )
        return [
            Origin(
                source,
                read_at,
                line,
                raw.decode(encoding, "replace"),
                verdict,
                stage,
                score,
                margin,
                json.loads(evidence or "{}"),
                bool(edited_since),
            )
            for source, read_at, line, raw, encoding, verdict, stage, score, margin, evidence, edited_since in (
                self._connection.execute(query, (entry_id,))
            )
        ]

    def latest_readings(self) -> list[SourceReading]:
        """The latest reading of every source, in the order in which the sources were first read."""
        query = (
            "SELECT max(readings.id), source, read_at, encoding, format FROM readings JOIN sources ON name = source"
            " GROUP BY source ORDER BY sources.id"
        )
        return [SourceReading(*row) for row in self._connection.execute(query)]

    def source_passages(self, reading_id: int, verdicts: Sequence[str] = ()) -> Iterator[SourcePassage]:
        """The passages of a reading in order, all or those with one of these verdicts."""
        query = (
            "SELECT id, kind, line, raw, source_key, verdict, entry_id, key, entry_revision, edited_since, evidence"
            f" FROM passages WHERE reading_id = ?{_among('verdict', verdicts)} ORDER BY position"
        )
        for row in self._connection.execute(query, (reading_id, *verdicts)):
            yield SourcePassage._make((*row[:-2], bool(row[-2]), json.loads(row[-1]) if row[-1] else {}))

    def waiting(self) -> list[Waiting]:
        """What waits for a person to say which work it is, the oldest first."""
        query = (
            "SELECT entries.id, entries.key, coalesce(opening, ''), source, line, evidence, max(passages.id)"
            " FROM entries JOIN passages ON entry_id = entries.id"
            " WHERE identified = 0 AND verdict = 'waiting' GROUP BY entries.id ORDER BY entries.id"
        )
        return [Waiting._make((*row[:5], json.loads(row[5] or "{}"))) for row in self._connection.execute(query)]

    def keys_in_source(self, reading_id: int) -> dict[str, str]:
        """Key of an entry, folded → the key that a reading of a source has for it, where that is another.

        An entry that stands in it under both, or did when it was read, is not among them.
        """
        query = f"SELECT key, source_key, {_IS_RENAMED} FROM passages WHERE reading_id = ? AND source_key IS NOT NULL"
        renamed = self._connection.execute(f"{query} AND {_IS_RENAMED}", (reading_id,)).fetchall()
        if not renamed:
            return {}
        named: set[str] = set()
        for key, source_key, is_renamed in self._connection.execute(query, (reading_id,)):
            named.add(fold_name(source_key))
            if key is not None and not is_renamed:
                named.add(fold_name(key))
        return {fold_name(key): name for key, name, _ in renamed if key is not None and fold_name(key) not in named}

    def under_other_keys(self, reading_id: int) -> set[int]:
        """The passages of a reading of a source that keep their keys there, whatever their entry is called now.

        Of an entry that stands there several times these are all but one, since no key may stand in a file twice: all
        but the one that has the entry's key already, or else came in under it.
        """
        passages = "FROM passages WHERE reading_id = ? AND source_key IS NOT NULL AND entry_id IS NOT NULL"
        query = (
            f"SELECT entry_id, id, key, source_key, {_IS_RENAMED} {passages}"
            f" AND entry_id IN (SELECT entry_id {passages} GROUP BY entry_id HAVING count(*) > 1) ORDER BY position"
        )
        ranks: dict[int, list[tuple[bool, bool, int]]] = {}
        for entry_id, passage_id, key, source_key, renamed in self._connection.execute(query, (reading_id,) * 2):
            rank = (fold_name(source_key) != fold_name(key), bool(renamed), passage_id)
            ranks.setdefault(entry_id, []).append(rank)
        return {each[-1] for several in ranks.values() for each in sorted(several)[1:]}


_IS_RENAMED: Final = """coalesce(evidence, '') LIKE '%"key":%'"""
"""That the entry of a passage had another key in the library, when the passage was read or since."""


def _among(column: str, values: Sequence[str]) -> str:
    return f" AND {column} IN ({','.join('?' * len(values))})" if values else ""
