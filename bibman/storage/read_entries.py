"""Entries and their keys, read."""

import json
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from bibman.errors import NotFoundError
from bibman.model.naming import fold_name
from bibman.storage.answers import (
    ORDERS,
    SUMMARY,
    Summary,
    summary_of,
)
from bibman.storage.door import CHUNK, Door

# What only some questions need is imported where it is asked: `list` is to answer before one notices.
if TYPE_CHECKING:
    from bibman.model.names import Name
    from bibman.storage.rows import StoredEntry


class EntriesReader(Door):
    """Questions about entries, their keys, names and identifiers."""

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
        return self.offers("keys", start)

    def offers(self, what: str, start: str) -> Iterator[str]:
        """What the library has that begins with `start`, in order: one of OFFERS."""
        from bibman.storage.offers import OFFERS

        return OFFERS[what](self._connection, start)

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

    def ids_with_identifier(self, scheme: str, value: str) -> list[int]:
        """The ids of the entries that have an identifier, given in its normal form, oldest first."""
        query = "SELECT entry_id FROM identifiers WHERE scheme = ? AND value = ? ORDER BY entry_id"
        return [row[0] for row in self._connection.execute(query, (scheme, value))]

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

    def unidentified_ids(self) -> list[int]:
        """The ids of the entries that are not identified, oldest first."""
        return [row[0] for row in self._connection.execute("SELECT id FROM entries WHERE NOT identified ORDER BY id")]

    def aliases(self, entry_id: int) -> list[str]:
        """The former keys of an entry."""
        query = "SELECT citation_key FROM citation_keys WHERE is_alias AND entry_id = ? ORDER BY folded"
        return [row[0] for row in self._connection.execute(query, (entry_id,))]
