"""Notes on entries: the reader's own, in Markdown, several to an entry."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from bibman.errors import ConflictError, InvalidValueError, NotFoundError, UsageError
from bibman.services.wording import counted, listed, shortened
from bibman.storage.answers import Note
from bibman.storage.reading import Reader

# What writes is imported where something is written: `note show` is to answer before one notices.
if TYPE_CHECKING:
    from bibman.storage.database import Library

_LONGEST_NUMBER = 18  # digits of a number that SQLite can keep


def add(library: "Library", key: str, text: str) -> Note:
    """Adds a note to an entry. Raises NotFoundError for an unknown key, InvalidValueError for an empty text."""
    from bibman.storage.annotations import add_note

    text = _checked(text)
    with library.change("note add") as change:
        (entry_id,) = change.reader.ids([key]).values()
        note = change.reader.note(add_note(change, entry_id, text))
        change.summary = f"noted on {note.key}: {shortened(text)}"
    return note


def edit(library: "Library", note: str, text: str, old_text: str) -> Note:
    """Gives a note another text; `note` is its number, or the key of an entry that has one note.

    Raises ConflictError where the note is no longer `old_text`: somebody else has changed it meanwhile.
    """
    from bibman.storage.annotations import change_note

    text = _checked(text)
    with library.change("note edit") as change:
        old = find(change.reader, note)
        if old.text != old_text:
            raise ConflictError(f"note {old.id} was changed by another process meanwhile", "Nothing was changed")
        (entry_id,) = change.reader.ids([old.key]).values()
        change_note(change, old.id, entry_id, text)
        new = change.reader.note(old.id)
        change.summary = f"edited a note on {new.key}: {shortened(text)}"
    return new


def remove(library: "Library", notes: Sequence[str]) -> list[Note]:
    """Removes notes, given by their numbers or by keys of entries that have one note; returns what was removed."""
    from bibman.storage.annotations import remove_notes

    with library.change("note remove") as change:
        found = list({note.id: note for note in (find(change.reader, each) for each in notes)}.values())
        ids = change.reader.ids(note.key for note in found)
        remove_notes(change, [note.id for note in found], ids.values())
        if len(found) == 1:
            change.summary = f"removed a note from {found[0].key}: {shortened(found[0].text)}"
        else:
            change.summary = f"removed {counted(len(found), 'note')} from {listed(list(ids))}"
    return found


def find(reader: Reader, note: str) -> Note:
    """The note with a number, or the only note of the entry with a key.

    Raises NotFoundError where there is no such note or key, UsageError where the entry has several notes.
    """
    if note.isdecimal() and len(note) <= _LONGEST_NUMBER and reader.id_of(note) is None:
        return reader.note(int(note))
    (entry_id,) = reader.ids([note]).values()
    notes = reader.notes([entry_id])
    if not notes:
        raise NotFoundError(f"{note} has no note", f"`bibman note add {note} TEXT` adds one")
    if len(notes) > 1:
        numbers = ", ".join(str(each.id) for each in notes)
        raise UsageError(f"{note} has {len(notes)} notes", f"Give the number of one: {numbers}")
    return notes[0]


def _checked(text: str) -> str:
    text = text.replace("\r\n", "\n").strip("\n")
    if not text.strip():
        raise InvalidValueError("the note is empty", "Nothing was changed")
    if "\x00" in text:
        raise InvalidValueError("the note holds a NUL character", "A note is Markdown text")
    return text
