"""Tags and notes of entries, written."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import select

from bibman.model.naming import fold_name
from bibman.storage.annotated import derive_annotations, entries_with_tags
from bibman.storage.change import Change
from bibman.storage.tables import EntryTagRow, NoteRow, TagRow


def add_tags(change: Change, entry_ids: Sequence[int], names: Sequence[str]) -> int:
    """Puts tags on entries, making those that are new; returns how many were put that were not there."""
    existing = change.reader.tag_ids(map(fold_name, names))
    new = {fold_name(name): name for name in reversed(names) if fold_name(name) not in existing}
    made = change.insert(TagRow, [{"name": name, "folded": folded} for folded, name in reversed(new.items())])
    wanted = [*existing.values(), *made]
    there = change.reader.tag_links(entry_ids)
    links: list[dict[str, Any]] = [
        {"entry_id": entry_id, "tag_id": tag_id, "added_at": change.now}
        for entry_id in dict.fromkeys(entry_ids)
        for tag_id in wanted
        if (entry_id, tag_id) not in there
    ]
    change.insert(EntryTagRow, links)
    derive_annotations(change.connection, {link["entry_id"] for link in links})
    return len(links)


def remove_tags(change: Change, entry_ids: Sequence[int], tags: Sequence[int]) -> int:
    """Takes tags, given by their ids, off entries, and deletes those that no entry has then; returns how many went."""
    asked = set(tags)
    links = {pair: link for pair, link in change.reader.tag_links(entry_ids).items() if pair[1] in asked}
    change.delete(EntryTagRow, links.values())
    drop_unused_tags(change, tags)
    derive_annotations(change.connection, {entry_id for entry_id, _ in links})
    return len(links)


def drop_unused_tags(change: Change, tags: Iterable[int]) -> None:
    """Deletes those of these tags, given by their ids, that no entry has."""
    asked = list(tags)
    used = change.reader.used_tags(asked)
    change.delete(TagRow, [tag_id for tag_id in asked if tag_id not in used])


def rename_tags(change: Change, names: Mapping[int, str]) -> bool:
    """Gives tags, by their ids and in this order, other names; returns whether one became one with a tag of that name.

    What has that tag already keeps it; the others get it, since when they had the old one.
    """
    entries = entries_with_tags(change.connection, names)
    merged = [_rename_tag(change, tag_id, name) for tag_id, name in names.items()]
    derive_annotations(change.connection, entries)
    return any(merged)


def _rename_tag(change: Change, tag_id: int, name: str) -> bool:
    target = change.reader.tag_ids([fold_name(name)]).get(fold_name(name))
    if target in (None, tag_id):
        change.update(TagRow, {tag_id: {"name": name, "folded": fold_name(name)}})
        return False
    links, there = change.reader.links_of_tag(tag_id), change.reader.links_of_tag(target)
    change.delete(EntryTagRow, [link for entry_id, link in links.items() if entry_id in there])
    moved = [link for entry_id, link in links.items() if entry_id not in there]
    change.update(EntryTagRow, {link: {"tag_id": target} for link in moved})
    change.delete(TagRow, [tag_id])
    return True


def delete_tags(change: Change, tags: Sequence[int]) -> int:
    """Deletes tags, given by their ids, from all entries; returns how many had one of them."""
    entries = entries_with_tags(change.connection, tags)
    remove_tags(change, list(entries), tags)
    return len(entries)


def add_note(change: Change, entry_id: int, text: str) -> int:
    """Adds a note and returns its number."""
    note = {"entry_id": entry_id, "text": text, "created_at": change.now, "changed_at": change.now}
    (note_id,) = change.insert(NoteRow, [note])
    derive_annotations(change.connection, [entry_id])
    return note_id


def change_note(change: Change, note_id: int, entry_id: int, text: str) -> None:
    """Gives a note another text; where it is the same, nothing is changed."""
    if change.connection.execute(select(NoteRow.text).where(NoteRow.id == note_id)).scalar() == text:
        return
    change.update(NoteRow, {note_id: {"text": text, "changed_at": change.now}})
    derive_annotations(change.connection, [entry_id])


def remove_notes(change: Change, notes: Sequence[int], entry_ids: Iterable[int]) -> None:
    """Removes notes, given with the ids of their entries."""
    change.delete(NoteRow, notes)
    derive_annotations(change.connection, set(entry_ids))
