"""The words of tags and notes in the index of the entries that have them."""

from collections.abc import Iterable

from sqlalchemy import Connection

from bibman.model.fold import fold
from bibman.storage.door import CHUNK
from bibman.storage.engine import driver_of
from bibman.storage.reading import Reader
from bibman.storage.rows import compact_json

_WORDS = """
    UPDATE entry_text SET tags = new.tags, notes = new.notes
    FROM (SELECT value ->> 0 AS id, value ->> 1 AS tags, value ->> 2 AS notes FROM json_each(?)) AS new
    WHERE entry_id = new.id AND (entry_text.tags != new.tags OR entry_text.notes != new.notes)
"""
"""A row that stays as it is would be indexed again for nothing."""


def derive_annotations(connection: Connection, ids: Iterable[int]) -> None:
    """Brings the tags and notes of these entries into the words of the index."""
    reader = Reader(driver_of(connection))
    wanted = list(ids)
    for start in range(0, len(wanted), CHUNK):
        chunk = wanted[start : start + CHUNK]
        tags, notes = reader.tags_of(chunk), reader.notes_of(chunk)
        words = [
            (entry_id, " ".join(map(fold, tags.get(entry_id, ()))), " ".join(map(fold, notes.get(entry_id, ()))))
            for entry_id in chunk
        ]
        # One statement for many: FTS5 writes to the file after each that takes words out of the index.
        connection.exec_driver_sql(_WORDS, (compact_json(words),))


def entries_with_tags(connection: Connection, tags: Iterable[int]) -> set[int]:
    """The ids of the entries that have any of these tags, given by their ids."""
    return Reader(driver_of(connection)).ids_with_tags(list(tags))
