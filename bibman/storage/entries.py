"""Entries and rows: how an entry is added, changed, renamed and removed."""

from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import Connection, or_, select

from bibman.model.entry import Entry
from bibman.model.naming import fold_name
from bibman.model.vocabulary import REFERENCE_FIELDS
from bibman.storage.annotated import derive_annotations
from bibman.storage.annotations import drop_unused_tags
from bibman.storage.change import Change
from bibman.storage.derived import Derived, derived_of_each, insert_derived, replace_derived
from bibman.storage.distinct import drop_distinct_of
from bibman.storage.door import CHUNK
from bibman.storage.rows import StoredEntry, fields_json
from bibman.storage.tables import AliasRow, DistinctPairRow, EntryContentRow, EntryRow, EntryTagRow, NoteRow

FIRST_REVISION = 1
"""The revision of an entry that was never changed."""


def reserve_ids(change: Change, count: int) -> range:
    """Ids for `count` entries that are to be added."""
    return change.new_ids(EntryRow, count)


def add_entries(change: Change, entries: Mapping[int, Entry], derived: Mapping[int, Derived] | None = None) -> None:
    """Adds entries, whose keys must be free, under the ids that were reserved for them.

    `derived` is what is derived of them, where that is known already.
    """
    if derived is None:
        derived = _derived_of(entries)
    rows = [
        {
            "id": entry_id,
            "key": entry.key,
            "key_folded": fold_name(entry.key),
            "type": entry.type,
            "identified": int(entry.identified),
            "revision": FIRST_REVISION,
            "added_at": change.now,
            "changed_at": change.now,
            **derived[entry_id].entry,
        }
        for entry_id, entry in entries.items()
    ]
    change.insert(EntryRow, rows)
    contents = [{"entry_id": entry_id, "fields": fields_json(entry.fields)} for entry_id, entry in entries.items()]
    change.insert(EntryContentRow, contents)
    _keep_references(change, entries)
    insert_derived(change.connection, derived.items())


def change_entries(change: Change, entries: Mapping[int, Entry]) -> list[int]:
    """Gives stored entries, by id, the key, type, fields and state of `entries`; returns the ids that differ now.

    A key that changes must be free; keeping the old one as an alias is `add_aliases`.
    """
    before = stored_entries(change, entries)
    changed = {entry_id: entry for entry_id, entry in entries.items() if before[entry_id].entry != entry}
    derived = _derived_of(changed)
    change.update(
        EntryRow,
        {
            entry_id: {
                "key": entry.key,
                "key_folded": fold_name(entry.key),
                "type": entry.type,
                "identified": int(entry.identified),
                "revision": before[entry_id].revision + 1,
                "changed_at": change.now,
                **derived[entry_id].entry,
            }
            for entry_id, entry in changed.items()
        },
    )
    change.update(EntryContentRow, {key: {"fields": fields_json(entry.fields)} for key, entry in changed.items()})
    replace_derived(change.connection, derived)
    _keep_references(change, changed)
    return list(changed)


def remove_entries(change: Change, ids: Sequence[int]) -> None:
    """Removes entries with their aliases, tags and notes. The passages they came from stay."""
    tags = {tag for _, tag in change.reader.tag_links(ids)}
    for mapped in (AliasRow, EntryTagRow, NoteRow):
        change.delete(mapped, _owned(change.connection, mapped, ids))
    change.delete(DistinctPairRow, _pairs_with(change.connection, ids))
    drop_unused_tags(change, tags)
    drop_distinct_of(change, ids)
    change.delete(EntryContentRow, ids)
    change.delete(EntryRow, ids)


def _pairs_with(connection: Connection, ids: Sequence[int]) -> list[int]:
    """The distinct pairs of which one at least is among these entries."""
    found: set[int] = set()
    for start in range(0, len(ids), CHUNK):
        chunk = ids[start : start + CHUNK]
        either = or_(DistinctPairRow.entry_id.in_(chunk), DistinctPairRow.other_id.in_(chunk))
        found.update(connection.execute(select(DistinctPairRow.id).where(either)).scalars())
    return sorted(found)


def add_aliases(change: Change, aliases: Iterable[tuple[int, str]]) -> None:
    """Makes each former key, given with the id of its entry, an alias."""
    change.insert(
        AliasRow,
        [{"entry_id": entry_id, "key": key, "key_folded": fold_name(key)} for entry_id, key in aliases],
    )


def drop_aliases(change: Change, keys: Iterable[str]) -> None:
    """Removes these aliases, of those that are there."""
    folded = [fold_name(key) for key in keys]
    for start in range(0, len(folded), CHUNK):
        query = select(AliasRow.id).where(AliasRow.key_folded.in_(folded[start : start + CHUNK]))
        change.delete(AliasRow, list(change.connection.execute(query).scalars()))


def move_annotations(change: Change, origin: int, target: int) -> None:
    """Gives the tags, notes and aliases of one entry to another."""
    tags = {tag: link for (_, tag), link in change.reader.tag_links([origin]).items()}
    there = {tag for _, tag in change.reader.tag_links([target])}
    change.delete(EntryTagRow, [link for tag, link in tags.items() if tag in there])
    change.update(EntryTagRow, {link: {"entry_id": target} for tag, link in tags.items() if tag not in there})
    for mapped in (NoteRow, AliasRow):
        owned = _owned(change.connection, mapped, [origin])
        change.update(mapped, {row_id: {"entry_id": target} for row_id in owned})
    derive_annotations(change.connection, {origin, target})


def _derived_of(entries: Mapping[int, Entry]) -> dict[int, Derived]:
    return dict(zip(entries, derived_of_each(list(entries.values())), strict=True))


def entry_heads(change: Change, ids: Iterable[int]) -> dict[int, tuple[str, int]]:
    """Id → key and revision, for those of these entries that exist."""
    wanted = list(ids)
    found: dict[int, tuple[str, int]] = {}
    for start in range(0, len(wanted), CHUNK):
        query = select(EntryRow.id, EntryRow.key, EntryRow.revision).where(
            EntryRow.id.in_(wanted[start : start + CHUNK])
        )
        found.update((row.id, (row.key, row.revision)) for row in change.connection.execute(query))
    return found


def stored_entries(change: Change, ids: Iterable[int]) -> dict[int, StoredEntry]:
    """The entries with these ids, by id."""
    return {stored.id: stored for stored in change.reader.entries(list(ids))}


def referring(change: Change, key: str) -> list[int]:
    """The ids of the entries that refer to a key in a field such as `crossref`, and perhaps some that do not any more.

    All entries are gone through the first time that it is asked within a change.
    """
    if change.references is None:
        change.references = {}
        for entry_id, value in change.reader.references():
            _keep_reference(change.references, entry_id, value)
    return sorted(change.references.get(fold_name(key), ()))


def _keep_references(change: Change, entries: Mapping[int, Entry]) -> None:
    if change.references is not None:
        for entry_id, entry in entries.items():
            for field in entry.fields:
                if field.name in REFERENCE_FIELDS:
                    _keep_reference(change.references, entry_id, field.value)


def _keep_reference(references: dict[str, set[int]], entry_id: int, value: str) -> None:
    for key in value.split(","):
        references.setdefault(fold_name(key), set()).add(entry_id)


def _owned(
    connection: Connection, mapped: type[AliasRow] | type[EntryTagRow] | type[NoteRow], ids: Sequence[int]
) -> list[int]:
    found: list[int] = []
    for start in range(0, len(ids), CHUNK):
        query = select(mapped.id).where(mapped.entry_id.in_(ids[start : start + CHUNK])).order_by(mapped.id)
        found.extend(connection.execute(query).scalars())
    return found
