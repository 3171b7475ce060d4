"""Reading a library through its views, by sqlite3 alone: neither SQLAlchemy nor Alembic is imported."""

import json
import os
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bibman.errors import LibraryError, NotFoundError
from bibman.model.naming import fold_name
from bibman.storage.answers import (
    ORDERS,
    SUMMARY,
    Note,
    Operation,
    Origin,
    Prunable,
    SavedSearch,
    SourcePassage,
    SourceReading,
    Summary,
    Tag,
    summary_of,
)
from bibman.storage.connection import connect, explained, needs_upgrade

# What only some questions need is imported where it is asked: `list` is to answer before one notices.
if TYPE_CHECKING:
    from bibman.model.entry import Entry, Field
    from bibman.model.names import Name
    from bibman.model.query import Node
    from bibman.storage.rows import StoredEntry
    from bibman.storage.search import Ranked
    from bibman.storage.trail import Step

CHUNK = 500
"""How many ids go into one IN (…)."""


class Reader:
    """A library open for reading."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def ids(self, keys: Iterable[str]) -> dict[str, int]:
        """Key as given → id of the entry, for keys and aliases in any case.

        Raises NotFoundError naming every key that does not exist, and those that are nearest.
        """
        found: dict[str, int] = {}
        missing: list[str] = []
        for key in keys:
            entry_id = self.id_of(key)
            if entry_id is None:
                missing.append(key)
            else:
                found[key] = entry_id
        if missing:
            from bibman.model.nearest import nearest

            existing = [row[0] for row in self._connection.execute("SELECT citation_key FROM citation_keys")]
            near = [each for key in missing[:3] for each in nearest(key, existing)]
            raise NotFoundError.of("key", missing, dict.fromkeys(near))
        return found

    def id_of(self, key: str) -> int | None:
        """The id of the entry with a key or alias, in any case; None where there is none."""
        query = "SELECT entry_id FROM citation_keys WHERE folded = ?"
        row = self._connection.execute(query, (fold_name(key),)).fetchone()
        return None if row is None else int(row[0])

    def ids_by_folded(self, folded: Iterable[str]) -> dict[str, int]:
        """Folded key or alias → id of its entry, for those of these that exist."""
        query = "SELECT folded, entry_id FROM citation_keys WHERE folded IN"
        return dict(self._in_chunks(query, list(folded), "folded"))

    def references(self) -> Iterator[tuple[int, str]]:
        """The id of an entry and the value of a field of it in which it refers to others, for all of them."""
        from bibman.model.vocabulary import REFERENCE_FIELDS

        marks = ",".join("?" * len(REFERENCE_FIELDS))
        return self._connection.execute(f"SELECT entry_id, value FROM fields WHERE name IN ({marks})", REFERENCE_FIELDS)

    def keys(self, start: str = "") -> Iterator[str]:
        """The citation keys that begin with `start`, in order."""
        folded = fold_name(start)
        query = (
            "SELECT citation_key FROM citation_keys WHERE folded >= ? AND folded < ? AND NOT is_alias ORDER BY folded"
        )
        return (row[0] for row in self._connection.execute(query, (folded, folded + "\U0010ffff")))

    def summaries(
        self, node: "Node | None" = None, order: str = "added", *, reverse: bool = False
    ) -> Iterator[Summary]:
        """The entries that a query means, or all, sorted by one of ORDERS."""
        condition, values = self._condition(node)
        direction = "DESC" if reverse else "ASC"
        sorting = ", ".join(f"{term} {direction}" for term in ORDERS[order])
        query = f"SELECT {SUMMARY} FROM entries WHERE {condition} ORDER BY {sorting}"
        return (summary_of(row) for row in self._connection.execute(query, values))

    def matching(self, node: "Node") -> list[int]:
        """The ids of the entries that a query means, the newest first."""
        from bibman.storage.search import matching

        return matching(self._connection, node)

    def ranked(self, node: "Node", limit: int, offset: int = 0) -> "Ranked":
        """The entries that answer a query best: `limit` of them, after the `offset` better ones."""
        from bibman.storage.search import ranked

        return ranked(self._connection, node, limit, offset)

    def words_like(self, word: str) -> list[str]:
        """The words in the library that are spelt most like one that is not, folded, the nearest first."""
        from bibman.storage.search import words_like

        return words_like(self._connection, word)

    def has_field(self, name: str) -> bool:
        """Whether an entry has a field that is called so."""
        query = "SELECT EXISTS (SELECT 1 FROM contents WHERE instr(fields, ?))"
        return bool(self._connection.execute(query, (f'["{name}","',)).fetchone()[0])

    def saved_searches(self) -> list[SavedSearch]:
        """All saved searches by name."""
        return [
            SavedSearch(*row)
            for row in self._connection.execute("SELECT name, query FROM saved_searches ORDER BY folded")
        ]

    def _condition(self, node: "Node | None") -> tuple[str, Sequence[Any]]:
        if node is None:
            return "1", ()
        from bibman.storage.search import condition

        return condition(self._connection, node)

    def summaries_of(self, ids: Iterable[int]) -> Iterator[Summary]:
        """The entries with these ids, in their order."""
        query = f"SELECT {SUMMARY} FROM entries WHERE id = ?"
        for entry_id in ids:
            row = self._connection.execute(query, (entry_id,)).fetchone()
            if row is not None:
                yield summary_of(row)

    def names_of(self, ids: Sequence[int]) -> "dict[int, dict[str, list[Name]]]":
        """Id → role → names in order, for these entries."""
        from bibman.model.names import Name

        found: dict[int, dict[str, list[Name]]] = {}
        columns = "entry_id, role, family, given, prefix, suffix, literal"
        for row in self._in_chunks(f"SELECT {columns} FROM names WHERE entry_id IN", ids, "entry_id, role, position"):
            found.setdefault(row[0], {}).setdefault(row[1], []).append(Name(*row[2:]))
        return found

    def identifiers_of(self, ids: Sequence[int]) -> dict[int, list[tuple[str, str]]]:
        """Id → (scheme, value) of its identifiers, for these entries."""
        found: dict[int, list[tuple[str, str]]] = {}
        query = "SELECT entry_id, scheme, value FROM identifiers WHERE entry_id IN"
        for entry_id, scheme, value in self._in_chunks(query, ids, "entry_id, scheme, value"):
            found.setdefault(entry_id, []).append((scheme, value))
        return found

    def entries(self, ids: Sequence[int]) -> "Iterator[StoredEntry]":
        """The entries with these ids, in their order, those that exist."""
        from bibman.storage.rows import stored_entry

        query = "SELECT entry_id, revision, key, type, identified, fields FROM contents WHERE entry_id IN"
        for start in range(0, len(ids), CHUNK):
            chunk = ids[start : start + CHUNK]
            found = {row[0]: stored_entry(*row) for row in self._in_chunks(query, chunk, "entry_id")}
            yield from (found[entry_id] for entry_id in chunk if entry_id in found)

    def field_lists(self, ids: Sequence[int]) -> Iterator[list[list[str]]]:
        """The fields of each of these entries, in no order, as lists of name, value and, if there is one, expression.

        To look through many entries this takes a third of the time of `entries`.
        """
        from bibman.storage.rows import field_lists_of

        for (content,) in self._in_chunks("SELECT fields FROM contents WHERE entry_id IN", ids, "entry_id"):
            yield field_lists_of(content)

    def hold(self) -> None:
        """From here on the library is read as it is now, whatever others write to it meanwhile."""
        if not self._connection.in_transaction:
            self._connection.execute("BEGIN")

    def all_ids(self) -> list[int]:
        """The ids of all entries, oldest first."""
        return [row[0] for row in self._connection.execute("SELECT id FROM entries ORDER BY id")]

    def listed(self, order: str, ids: Sequence[int] | None = None) -> list[tuple[int, str, bool]]:
        """Id, key and whether it is identified, of these entries or all, sorted by one of ORDERS."""
        condition = "1" if ids is None else "id IN (SELECT value FROM json_each(?))"
        query = f"SELECT id, key, identified FROM entries WHERE {condition} ORDER BY {', '.join(ORDERS[order])}"
        rows = self._connection.execute(query, () if ids is None else (json.dumps(list(ids)),))
        return [(entry_id, key, bool(identified)) for entry_id, key, identified in rows]

    def crossrefs(self) -> dict[int, str]:
        """Id → value of the field `crossref`, for the entries that have one."""
        from bibman.storage.rows import fields_of

        query = """SELECT entry_id, fields FROM contents WHERE fields LIKE '%["crossref",%'"""
        return {
            entry_id: field.value
            for entry_id, fields in self._connection.execute(query)
            for field in reversed(fields_of(fields))
            if field.name == "crossref"
        }

    def journals(self) -> dict[str, int]:
        """The journals of articles, in Unicode, each with how many articles are in it."""
        query = "SELECT container, count(*) FROM entries WHERE type = 'article' AND container IS NOT NULL GROUP BY 1"
        return dict(self._connection.execute(query).fetchall())

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

    def unidentified_ids(self) -> list[int]:
        """The ids of the entries that are not identified, oldest first."""
        return [row[0] for row in self._connection.execute("SELECT id FROM entries WHERE NOT identified ORDER BY id")]

    def distinct_pairs(self) -> set[tuple[int, int]]:
        """The pairs of entries, the older first, of which the reader has said that they are different works."""
        return {
            (one, other) for one, other in self._connection.execute("SELECT entry_id, other_id FROM distinct_works")
        }

    def distinct_keys(self) -> list[tuple[str, str]]:
        """The same by their keys, in the order in which it was said."""
        return self._connection.execute("SELECT key, other_key FROM distinct_works ORDER BY id").fetchall()

    def ids_with_titles(self, keys: Iterable[int]) -> dict[int, list[int]]:
        """Key of a title → the ids of the oldest entries that have it, not more than a few."""
        from bibman.storage.twins import ids_with_titles

        return ids_with_titles(self._connection, keys)

    def twin_ids(self) -> set[int]:
        """The ids of the entries that share an identifier, or a title and a name, with another.

        Left out are those of which the reader has said that the two are different works.
        """
        from bibman.storage.twins import twin_ids

        return twin_ids(self._connection)

    def tags(self) -> list[Tag]:
        """All tags by name, with how many entries have each."""
        query = "SELECT name, entries FROM tags ORDER BY folded"
        return [Tag(*row) for row in self._connection.execute(query)]

    def tag_ids(self, folded: Iterable[str]) -> dict[str, int]:
        """Folded name → id, for those of these tags that exist."""
        wanted = list(folded)
        return dict(self._in_chunks("SELECT folded, id FROM tags WHERE folded IN", wanted, "folded"))

    def tag_links(self, ids: Sequence[int]) -> dict[tuple[int, int], int]:
        """(entry, tag) → number of the link between them, for the tags of these entries."""
        query = "SELECT entry_id, tag_id, id FROM entry_tags WHERE entry_id IN"
        return {(entry_id, tag_id): link for entry_id, tag_id, link in self._in_chunks(query, ids, "id")}

    def links_of_tag(self, tag_id: int) -> dict[int, int]:
        """Entry → number of the link between it and a tag, for the entries that have it."""
        return dict(self._connection.execute("SELECT entry_id, id FROM entry_tags WHERE tag_id = ?", (tag_id,)))

    def entries_below(self, parents: Mapping[str, Sequence[int]]) -> dict[str, int]:
        """How many entries have any of the tags that each of the `parents` names with their ids."""
        query = """
            SELECT parent.key, count(DISTINCT entry_id) FROM json_each(?) AS parent, json_each(parent.value) AS tag
            JOIN entry_tags ON tag_id = tag.value GROUP BY parent.key
        """
        return dict(self._connection.execute(query, (json.dumps(parents),)))

    def entries_with_keyword(self, words: str, limit: int = 1000) -> int:
        """How many entries have these folded words, one after the other, in the field `keywords`; `limit` at most."""
        query = "SELECT count(*) FROM (SELECT 1 FROM entry_index WHERE entry_index MATCH ? LIMIT ?)"
        (count,) = self._connection.execute(query, (f'keywords : "{words}"', limit)).fetchone()
        return int(count)

    def used_tags(self, tags: Sequence[int]) -> set[int]:
        """Those of these tags that an entry has."""
        query = "SELECT id FROM tags WHERE entries > 0 AND id IN"
        return {row[0] for row in self._in_chunks(query, tags, "id")}

    def ids_with_tags(self, tags: Sequence[int]) -> set[int]:
        """The ids of the entries that have any of these tags, given by their ids."""
        query = "SELECT DISTINCT entry_id FROM entry_tags WHERE tag_id IN"
        return {row[0] for row in self._in_chunks(query, tags, "entry_id")}

    def ids_with_tag(self, folded: str) -> list[int]:
        """The ids of the entries that have a tag, given folded, without its children."""
        query = "SELECT entry_id FROM entry_tags WHERE folded = ? ORDER BY entry_id"
        return [row[0] for row in self._connection.execute(query, (folded,))]

    def tags_of(self, ids: Sequence[int]) -> dict[int, list[str]]:
        """Id → its tags by name, for these entries."""
        found: dict[int, list[str]] = {}
        query = "SELECT entry_id, tag FROM entry_tags WHERE entry_id IN"
        for entry_id, tag in self._in_chunks(query, ids, "entry_id, folded"):
            found.setdefault(entry_id, []).append(tag)
        return found

    def notes(self, ids: Sequence[int] | None = None) -> list[Note]:
        """The notes of these entries, or all, oldest first."""
        query = "SELECT id, key, text, created_at, changed_at FROM notes"
        if ids is None:
            return [Note(*row) for row in self._connection.execute(f"{query} ORDER BY id")]
        return [Note(*row) for row in self._in_chunks(f"{query} WHERE entry_id IN", ids, "id")]

    def ids_with_notes(self) -> list[int]:
        """The ids of the entries that have notes, oldest first."""
        return [row[0] for row in self._connection.execute("SELECT DISTINCT entry_id FROM notes ORDER BY entry_id")]

    def notes_of(self, ids: Sequence[int]) -> dict[int, list[str]]:
        """Id → the texts of its notes, oldest first, for these entries."""
        found: dict[int, list[str]] = {}
        for entry_id, words in self._in_chunks("SELECT entry_id, text FROM notes WHERE entry_id IN", ids, "id"):
            found.setdefault(entry_id, []).append(words)
        return found

    def note(self, note_id: int) -> Note:
        """One note. Raises NotFoundError where there is none with this number."""
        query = "SELECT id, key, text, created_at, changed_at FROM notes WHERE id = ?"
        row = self._connection.execute(query, (note_id,)).fetchone()
        if row is None:
            raise NotFoundError(f"no such note: {note_id}", "`bibman note list` shows the numbers of all notes")
        return Note(*row)

    def aliases(self, entry_id: int) -> list[str]:
        """The former keys of an entry."""
        query = "SELECT citation_key FROM citation_keys WHERE is_alias AND entry_id = ? ORDER BY folded"
        return [row[0] for row in self._connection.execute(query, (entry_id,))]

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

    def keys_in_source(self, reading_id: int) -> dict[str, str]:
        """Key of an entry, folded → the key that a reading of a source has for it, where that is another.

        An entry that stands in it under both is not among them.
        """
        query = "SELECT key, source_key FROM passages WHERE reading_id = ? AND source_key IS NOT NULL AND"
        renamed = self._connection.execute(f"""{query} evidence LIKE '%"key":%'""", (reading_id,)).fetchall()
        if not renamed:
            return {}
        named = {fold_name(key) for _, key in self._connection.execute(f"{query} 1", (reading_id,))}
        return {fold_name(key): name for key, name in renamed if key is not None and fold_name(key) not in named}

    def past_entries(self, revisions: Mapping[int, int]) -> "dict[int, Entry]":
        """The entries with these ids as they stood at these revisions, as far as the history reaches back."""
        from bibman.storage.past import past_entries

        return past_entries(self._connection, revisions)

    def operations(self, limit: int | None = None, *, undone: bool | None = None) -> list[Operation]:
        """The operations of the history, the latest first; or those that stand, or are `undone`.

        Those that are undone come in the order in which redo takes them: the first first.
        """
        condition = "1" if undone is None else "undone" if undone else "NOT undone"
        query = (
            f"SELECT {', '.join(Operation._fields)} FROM history WHERE {condition}"
            f" ORDER BY id {'ASC' if undone else 'DESC'} LIMIT ?"
        )
        rows = self._connection.execute(query, (-1 if limit is None else limit,))
        return [Operation(*row)._replace(undone=bool(row[4])) for row in rows]

    def trail(self, key: str) -> "list[Step]":
        """What was done to an entry, the latest first, as far as the history reaches back.

        The entry may have been removed since: then it is known by the key that it had. Raises NotFoundError where none
        is known by that key.
        """
        from bibman.storage.trail import removed_entry, trail

        entry_id = self.id_of(key) or removed_entry(self._connection, key)
        return trail(self._connection, entry_id or self.ids([key])[key])

    def prunable(self, keep: int | None = None, before: str | None = None) -> Prunable:
        """What would be forgotten to `keep` so many of the operations that stand, or those since a time in UTC."""
        condition, value = "id < coalesce((SELECT min(id) FROM history WHERE made_at >= ?), 9e18)", before or ""
        if keep is not None:
            condition = "id <= (SELECT id FROM history WHERE NOT undone ORDER BY id DESC LIMIT 1 OFFSET ?)"
            value = str(keep)
        query = f"SELECT count(*), min(made_at), max(made_at), max(id) FROM history WHERE NOT undone AND {condition}"
        number, first_at, last_at, last_id = self._connection.execute(query, (value,)).fetchone()
        (undone,) = self._connection.execute("SELECT count(*) FROM history WHERE undone").fetchone()
        return Prunable(number, first_at, last_at, last_id, undone)

    def counts(self) -> dict[str, int]:
        """How many entries, unidentified entries, tags, notes, sources, readings, passages and operations there are."""
        parts = [f"(SELECT count(*) FROM {view})" for view in COUNTED.values()]
        row = self._connection.execute(f"SELECT {', '.join(parts)}").fetchone()
        return dict(zip(COUNTED, row, strict=True))

    def _in_chunks(self, query: str, ids: Sequence[Any], order: str) -> Iterator[Any]:
        for start in range(0, len(ids), CHUNK):
            chunk = ids[start : start + CHUNK]
            marks = ",".join("?" * len(chunk))
            # All at once: a cursor that Ctrl-C leaves half read would complain when the library is closed.
            yield from self._connection.execute(f"{query} ({marks}) ORDER BY {order}", chunk).fetchall()


def _among(column: str, values: Sequence[str]) -> str:
    return f" AND {column} IN ({','.join('?' * len(values))})" if values else ""


COUNTED = {
    "entries": "entries",
    "unidentified": "entries WHERE NOT identified",
    "tags": "tags",
    "notes": "notes",
    "sources": "sources",
    "readings": "readings",
    "passages": "passages",
    "operations": "history",
}


@contextmanager
def reading(path: Path, on_upgrade: Callable[[Path], None] | None = None) -> Iterator[Reader]:
    """The library at `path` open for reading; an older one is upgraded first, and `on_upgrade` told of the backup.

    Raises LibraryError where there is no library or it cannot be read.
    """
    connection = connect(path, writable=False)
    try:
        if needs_upgrade(connection, path):
            connection.close()
            if not os.access(path, os.W_OK):
                raise LibraryError(
                    f"the library {path} was written by an older bibman and cannot be upgraded where it is",
                    "Copy it to where you may write, and name the copy with --library",
                )
            from bibman.storage.migration import upgrade

            backup = upgrade(path)
            if backup is not None and on_upgrade is not None:
                on_upgrade(backup)
            connection = connect(path, writable=False)
        with explained(path):
            yield Reader(connection)
    finally:
        connection.close()
