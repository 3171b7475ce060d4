"""The words of tags and notes in the index of the entries that have them."""

from collections.abc import Iterable

from sqlalchemy import Connection, Text, bindparam, or_, update

from bibman.model.fold import fold
from bibman.storage.change import table_of
from bibman.storage.engine import driver_of
from bibman.storage.reading import CHUNK, Reader
from bibman.storage.tables import EntryTextRow


def derive_annotations(connection: Connection, ids: Iterable[int]) -> None:
    """Brings the tags and notes of these entries into the words of the index."""
    reader = Reader(driver_of(connection))
    wanted = list(ids)
    texts = table_of(EntryTextRow)
    new_tags, new_notes = bindparam("new_tags", type_=Text()), bindparam("new_notes", type_=Text())
    # A row that stays as it is would be indexed again for nothing.
    differing = or_(texts.c.tags != new_tags, texts.c.notes != new_notes)
    words = update(texts).where(texts.c.entry_id == bindparam("id"), differing).values(tags=new_tags, notes=new_notes)
    for start in range(0, len(wanted), CHUNK):
        chunk = wanted[start : start + CHUNK]
        tags, notes = reader.tags_of(chunk), reader.notes_of(chunk)
        rows = [
            {
                "id": entry_id,
                "new_tags": " ".join(map(fold, tags.get(entry_id, ()))),
                "new_notes": " ".join(map(fold, notes.get(entry_id, ()))),
            }
            for entry_id in chunk
        ]
        connection.execute(words, rows)


def entries_with_tags(connection: Connection, tags: Iterable[int]) -> set[int]:
    """The ids of the entries that have any of these tags, given by their ids."""
    return Reader(driver_of(connection)).ids_with_tags(list(tags))
