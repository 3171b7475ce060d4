"""Entries made, edited and removed by hand."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import reduce

from bibman.errors import NotFoundError, UsageError
from bibman.model.citekeys import check_key, generate
from bibman.model.editing import with_field
from bibman.model.entry import Entry, Field
from bibman.model.naming import fold_name
from bibman.model.nearest import nearest
from bibman.model.values import checked_field, checked_type
from bibman.model.vocabulary import REFERENCE_FIELDS
from bibman.services.keys import change_key, check_free, free_key
from bibman.services.wording import counted, listed
from bibman.storage.change import Change
from bibman.storage.database import Library
from bibman.storage.entries import (
    add_entries,
    change_entries,
    referring,
    remove_entries,
    reserve_ids,
    stored_entries,
)


def checked_entry(type_: str, values: Mapping[str, str], key: str | None = None) -> Entry:
    """An entry as a person describes it; without a `key` it has an empty one. No library is needed to check it.

    Raises InvalidValueError for an unknown type, or a value or key that LaTeX could not use.
    """
    entry = Entry("", checked_type(type_), tuple(checked_field(name, value) for name, value in values.items()))
    if not entry.fields:
        raise UsageError("an entry needs a field", "Give some, such as --set title='On Tags'")
    if key is None:
        return entry
    check_key(key)
    return replace(entry, key=key)


def new(library: Library, entry: Entry, pattern: str) -> Entry:
    """Adds an entry made by hand; where its key is empty, it gets one by the `pattern`.

    Raises InvalidValueError for a key that is taken.
    """
    with library.change("new") as change:
        entry = add_new(change, entry, pattern)
        change.summary = f"made {entry.key}"
    return entry


def add_new(change: Change, entry: Entry, pattern: str) -> Entry:
    """Adds an entry within a change, as `new` does, and returns it with its key."""
    if entry.key:
        check_free(change, entry.key)
    else:
        entry = replace(entry, key=free_key(change, generate(pattern, entry)))
    (entry_id,) = reserve_ids(change, 1)
    add_entries(change, {entry_id: entry})
    return entry


def edit(
    library: Library,
    keys: Sequence[str],
    values: Mapping[str, str],
    unset: Sequence[str],
    type_: str | None,
    pattern: str,
) -> list[Entry]:
    """Sets and takes away fields of entries, and gives them another type; returns the entries that are different now.

    An entry that was not identified is so once it has a title: it gets a key by the `pattern`, and keeps the
    provisional one as an alias. Raises NotFoundError for an unknown key or a field to take away that none of the
    entries has, InvalidValueError for a value that LaTeX could not use; then nothing is changed.
    """
    if not (values or unset or type_):
        raise UsageError("nothing to edit", "Say what: --set FIELD=VALUE, --unset FIELD or --type TYPE")
    wanted = [checked_field(name, value) for name, value in values.items()]
    gone = {name.strip().lower() for name in unset}
    kind = checked_type(type_) if type_ is not None else None
    with library.change("edit") as change:
        stored = stored_entries(change, change.reader.ids(keys).values())
        _check_present(gone, [each.entry for each in stored.values()])
        edited = {entry_id: _edited(each.entry, wanted, gone, kind) for entry_id, each in stored.items()}
        changed = change_entries(change, edited)
        for entry_id in changed:
            if not stored[entry_id].entry.identified and edited[entry_id].get("title"):
                edited[entry_id] = name_identified(change, entry_id, edited[entry_id], pattern)
        change.summary = f"edited {listed([edited[entry_id].key for entry_id in changed])}"
    return [edited[entry_id] for entry_id in changed]


def remove(library: Library, keys: Sequence[str]) -> dict[str, list[str]]:
    """Removes entries with their tags and notes; returns the keys that were theirs, each with those of the entries that
    stay and refer to it, in `crossref` or another such field."""
    with library.change("remove") as change:
        ids = list(dict.fromkeys(change.reader.ids(keys).values()))
        gone = [each.entry.key for each in stored_entries(change, ids).values()]
        referring_to = {key: _referring_entries(change, key, ids) for key in gone}
        remove_entries(change, ids)
        change.summary = f"removed {counted(len(gone), 'entry', 'entries')}: {listed(gone)}"
    return referring_to


def _referring_entries(change: Change, key: str, leaving: Sequence[int]) -> list[str]:
    """The keys of the entries that refer to `key`, without those that leave too."""
    ids = [entry_id for entry_id in referring(change, key) if entry_id not in leaving]
    return [
        stored.entry.key
        for stored in stored_entries(change, ids).values()
        if any(
            fold_name(each.strip()) == fold_name(key)
            for field in stored.entry.fields
            if field.name in REFERENCE_FIELDS
            for each in field.value.split(",")
        )
    ]


def name_identified(change: Change, entry_id: int, entry: Entry, pattern: str) -> Entry:
    """Makes an entry that has just been given its title an identified one, with a key by the `pattern`."""
    identified = replace(entry, identified=True)
    change_entries(change, {entry_id: identified})
    return change_key(change, entry_id, free_key(change, generate(pattern, identified)))


def _edited(entry: Entry, wanted: Sequence[Field], gone: set[str], kind: str | None) -> Entry:
    kept = tuple(field for field in entry.fields if field.name not in gone)
    return reduce(with_field, wanted, replace(entry, type=kind or entry.type, fields=kept))


def _check_present(gone: set[str], entries: Sequence[Entry]) -> None:
    present = {field.name for entry in entries for field in entry.fields}
    missing = sorted(gone - present)
    if missing:
        near = dict.fromkeys(each for name in missing for each in nearest(name, present))
        raise NotFoundError.of("field", missing, near)
