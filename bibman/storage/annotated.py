"""The words of tags and notes in the index of the entries that have them."""

from collections.abc import Iterable

from sqlalchemy import Connection, bindparam, select, update

from bibman.model.fold import fold
from bibman.storage.change import table_of
from bibman.storage.reading import CHUNK
from bibman.storage.tables import EntryTagRow, EntryTextRow, NoteRow, TagRow


def derive_annotations(connection: Connection, ids: Iterable[int]) -> None:
    """Brings the tags and notes of these entries into the words of the index."""
    wanted = list(ids)
    for start in range(0, len(wanted), CHUNK):
        chunk = wanted[start : start + CHUNK]
        tags = (
            select(EntryTagRow.entry_id, TagRow.name)
            .join(TagRow, TagRow.id == EntryTagRow.tag_id)
            .where(EntryTagRow.entry_id.in_(chunk))
            .order_by(TagRow.folded)
        )
        notes = select(NoteRow.entry_id, NoteRow.text).where(NoteRow.entry_id.in_(chunk)).order_by(NoteRow.id)
        texts: dict[int, dict[str, list[str]]] = {entry_id: {"tags": [], "notes": []} for entry_id in chunk}
        for column, query in (("tags", tags), ("notes", notes)):
            for entry_id, words in connection.execute(query):
                texts[entry_id][column].append(fold(words))
        statement = (
            update(table_of(EntryTextRow))
            .where(EntryTextRow.entry_id == bindparam("id"))
            .values(tags=bindparam("new_tags"), notes=bindparam("new_notes"))
        )
        connection.execute(
            statement,
            [
                {"id": entry_id, "new_tags": " ".join(each["tags"]), "new_notes": " ".join(each["notes"])}
                for entry_id, each in texts.items()
            ],
        )


def entries_with_tags(connection: Connection, tags: Iterable[int]) -> set[int]:
    """The ids of the entries that have any of these tags, given by their ids."""
    wanted = list(tags)
    found: set[int] = set()
    for start in range(0, len(wanted), CHUNK):
        query = select(EntryTagRow.entry_id).where(EntryTagRow.tag_id.in_(wanted[start : start + CHUNK]))
        found.update(connection.execute(query).scalars())
    return found
