"""Entries made, edited and removed by hand."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace

from bibman.errors import ConflictError, UsageError
from bibman.model.citekeys import check_key, generate
from bibman.model.differences import Difference, differences
from bibman.model.entry import Entry
from bibman.model.naming import fold_name
from bibman.model.values import checked_field, checked_type
from bibman.model.vocabulary import REFERENCE_FIELDS
from bibman.services.edits import Edits, check_present, edited
from bibman.services.keys import change_key, check_free, free_key
from bibman.services.selection import Selection
from bibman.services.wording import counted, listed
from bibman.storage.change import Change
from bibman.storage.database import Library
from bibman.storage.entries import (
    add_entries,
    change_entries,
    entry_heads,
    referring,
    remove_entries,
    reserve_ids,
    stored_entries,
)
from bibman.storage.rows import StoredEntry


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


@dataclass(frozen=True, slots=True)
class Editing:
    """What editing did: the entries that differ now, each with what differs, and how many texts were replaced."""

    changed: tuple[tuple[Entry, tuple[Difference, ...]], ...]
    replacements: int


def edit(library: Library, selection: Selection, edits: Edits, pattern: str, *, dry_run: bool = False) -> Editing:
    """Edits entries.

    An entry that was not identified is so once it has a title: it gets a key by the `pattern`, and keeps the
    provisional one as an alias. With `dry_run` nothing is kept, and what is returned would have been. Raises
    NotFoundError for an unknown key or a field that none of the entries has, InvalidValueError for what LaTeX could not
    use; then nothing is changed.
    """
    with library.change("edit", keep=not dry_run) as change:
        stored = stored_entries(change, selection.ids(change.reader))
        check_present(edits, [each.entry for each in stored.values()])
        wanted, replacements = dict[int, Entry](), 0
        for entry_id, each in stored.items():
            wanted[entry_id], count = edited(each.entry, edits)
            replacements += count
        changed = change_entries(change, wanted)
        for entry_id in changed:
            if not stored[entry_id].entry.identified and wanted[entry_id].get("title"):
                wanted[entry_id] = name_identified(change, entry_id, wanted[entry_id], pattern)
        keys = [wanted[entry_id].key for entry_id in changed]
        change.summary = f"edited {counted(len(keys), 'entry', 'entries') + ': ' if keys[1:] else ''}{listed(keys)}"
    return Editing(
        tuple((wanted[each], tuple(differences(stored[each].entry, wanted[each]))) for each in changed), replacements
    )


def remove(library: Library, selection: Selection) -> dict[str, list[str]]:
    """Removes entries with their tags and notes; returns the keys that were theirs, each with those of the entries that
    stay and refer to it, in `crossref` or another such field."""
    with library.change("remove") as change:
        ids = selection.ids(change.reader)
        gone = [each.entry.key for each in stored_entries(change, ids).values()]
        leaving = set(ids)
        referring_to = {key: _referring_entries(change, key, leaving) for key in gone}
        remove_entries(change, ids)
        change.summary = f"removed {counted(len(gone), 'entry', 'entries')}: {listed(gone)}"
    return referring_to


def _referring_entries(change: Change, key: str, leaving: Collection[int]) -> list[str]:
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


def check_unchanged(change: Change, stored: Iterable[StoredEntry]) -> None:
    """Raises ConflictError where one of the entries is not as it was when it was read."""
    wanted = {each.id: each for each in stored}
    heads = entry_heads(change, wanted)
    for entry_id, each in wanted.items():
        if heads.get(entry_id, ("", 0))[1] != each.revision:
            raise ConflictError(f"{each.entry.key} was changed by another process meanwhile", "Nothing was changed")


def name_identified(change: Change, entry_id: int, entry: Entry, pattern: str) -> Entry:
    """Makes an entry that has just been given its title an identified one, with a key by the `pattern`."""
    identified = replace(entry, identified=True)
    change_entries(change, {entry_id: identified})
    return change_key(change, entry_id, free_key(change, generate(pattern, identified)))
