"""Tags and notes, read."""

import json
from collections.abc import Iterable, Mapping, Sequence

from bibman.errors import NotFoundError
from bibman.storage.answers import (
    Note,
    Tag,
)
from bibman.storage.door import Door

# What only some questions need is imported where it is asked: `list` is to answer before one notices.


class AnnotationsReader(Door):
    """Questions about tags and notes."""

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
