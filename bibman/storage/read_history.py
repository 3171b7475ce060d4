"""The history, read."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from bibman.storage.answers import (
    Operation,
    Prunable,
)
from bibman.storage.read_entries import EntriesReader

# What only some questions need is imported where it is asked: `list` is to answer before one notices.
if TYPE_CHECKING:
    from bibman.model.entry import Entry
    from bibman.storage.trail import Step


class HistoryReader(EntriesReader):
    """Questions about what was done."""

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
