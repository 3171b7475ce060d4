"""Entries found by a query, and those that look like others."""

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from bibman.storage.answers import (
    ORDERS,
    SUMMARY,
    SavedSearch,
    Summary,
    summary_of,
)
from bibman.storage.door import Door

# What only some questions need is imported where it is asked: `list` is to answer before one notices.
if TYPE_CHECKING:
    from bibman.model.query import Node
    from bibman.storage.search import Ranked


class FindingReader(Door):
    """Questions that find entries: by a query, or because they look alike."""

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
