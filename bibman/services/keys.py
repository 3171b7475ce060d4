"""Citation keys: set by hand, made by a pattern, and changed so that everything that refers to them follows."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial

from bibman.errors import InvalidValueError
from bibman.model.citekeys import check_key, generate, unique
from bibman.model.editing import with_references
from bibman.model.entry import Entry
from bibman.model.naming import fold_name
from bibman.services.selection import Selection
from bibman.services.wording import counted, listed
from bibman.storage.change import Change
from bibman.storage.database import Library
from bibman.storage.entries import add_aliases, change_entries, drop_aliases, referring, stored_entries


@dataclass(frozen=True, slots=True)
class Generated:
    """What making keys did: old key → new key, and the keys of unidentified entries, which were left alone."""

    renamed: dict[str, str]
    left_alone: tuple[str, ...]


def set_key(library: Library, old: str, new_key: str) -> tuple[str, str]:
    """Gives an entry another key and keeps the old one as an alias; returns both.

    An alias of the same entry can become its key again. Raises InvalidValueError for a key that LaTeX could not
    cite, or that another entry has as key or alias.
    """
    with library.change("key set") as change:
        (entry_id,) = change.reader.ids([old]).values()
        before = stored_entries(change, [entry_id])[entry_id].entry.key
        change_key(change, entry_id, new_key)
        change.summary = f"renamed {before} to {new_key}"
    return before, new_key


def generate_keys(library: Library, selection: Selection, pattern: str, *, dry_run: bool = False) -> Generated:
    """Gives entries the keys that a pattern makes for them: those that are meant, or all.

    What the pattern makes is made unique; old keys stay as aliases. An unidentified entry is left alone: it gets its
    key when its work is known. With `dry_run` nothing is kept, and what is returned would have been. Raises
    NotFoundError for an unknown key.
    """
    with library.change("key generate", keep=not dry_run) as change:
        reader = change.reader
        ids = selection.ids_or_all(reader)
        entries = {entry_id: stored.entry for entry_id, stored in stored_entries(change, ids).items()}
        new = _generated(change, {each: entry for each, entry in entries.items() if entry.identified}, pattern)
        change_keys(change, new)
        renamed = {entries[entry_id].key: key for entry_id, key in new.items()}
        change.summary = f"made {counted(len(renamed), 'key')}: {listed(list(renamed.values()))}"
    return Generated(renamed, tuple(entry.key for entry in entries.values() if not entry.identified))


def _generated(change: Change, entries: Mapping[int, Entry], pattern: str) -> dict[int, str]:
    """The keys that a pattern makes for entries, of those that are to have another than they have."""
    owners: dict[str, int] = {}

    def is_taken(entry_id: int, key: str) -> bool:
        owner = owners.get(fold_name(key), change.reader.id_of(key))
        return owner is not None and owner != entry_id

    found: dict[int, str] = {}
    for entry_id, entry in entries.items():
        key = unique(generate(pattern, entry), partial(is_taken, entry_id))
        owners[fold_name(key)] = entry_id
        if key != entry.key:
            found[entry_id] = key
    return found


def free_key(change: Change, key: str, entry_id: int | None = None) -> str:
    """The key, or the first of `keya`, `keyb` … that no entry has, save the one with this id."""
    return unique(key, lambda each: change.reader.id_of(each) not in (None, entry_id))


def change_key(change: Change, entry_id: int, key: str) -> Entry:
    """Renames an entry within a change and returns what it is then; see `change_keys`."""
    return change_keys(change, {entry_id: key})[entry_id]


def change_keys(change: Change, keys: Mapping[int, str]) -> dict[int, Entry]:
    """Renames entries, by id, within a change and returns what they are then.

    The old keys stay as aliases, and the fields of all entries that refer to them follow. Entries may take each other's
    keys; then no alias stays. Raises InvalidValueError for a key that LaTeX could not cite, that another entry has and
    keeps, or that two are to have.
    """
    before = {entry_id: stored.entry for entry_id, stored in stored_entries(change, keys).items()}
    new = {entry_id: key for entry_id, key in keys.items() if key != before[entry_id].key}
    left = {fold_name(before[entry_id].key): entry_id for entry_id in new}
    taken: dict[str, str] = {}
    moved: list[int] = []
    for entry_id, key in new.items():
        folded = fold_name(key)
        owner = left.get(folded)
        if owner is None or owner == entry_id:
            check_free(change, key, entry_id)
        else:
            check_key(key)
            moved.append(owner)
        if folded in taken:
            raise InvalidValueError(f"the key {key} would be that of two entries", "Keys must differ")
        taken[folded] = key
    others = {each: key for each, key in new.items() if fold_name(key) != fold_name(before[each].key)}
    drop_aliases(change, others.values())
    # No entry has a key with a blank in it, so what has to make room has one of its own in between.
    change_entries(change, {each: replace(before[each], key=f"{before[each].key} {each}") for each in moved})
    change_entries(change, {entry_id: replace(before[entry_id], key=key) for entry_id, key in new.items()})
    add_aliases(change, [(each, before[each].key) for each in others if fold_name(before[each].key) not in taken])
    turned: dict[int, dict[str, str]] = defaultdict(dict)
    for entry_id, key in new.items():
        old = before[entry_id].key
        for each in referring(change, old):
            turned[each][fold_name(old)] = key
    stored = stored_entries(change, turned)
    change_entries(change, {each: with_references(stored[each].entry, turned[each]) for each in turned})
    return {entry_id: each.entry for entry_id, each in stored_entries(change, keys).items()}


def check_free(change: Change, key: str, entry_id: int | None = None) -> None:
    """Raises InvalidValueError for a key that LaTeX could not cite, or that an entry has, save the one with this id."""
    check_key(key)
    owner = change.reader.id_of(key)
    if owner is not None and owner != entry_id:
        holder = stored_entries(change, [owner])[owner].entry.key
        what = "is taken" if holder == key else f"is taken by {holder}"
        raise InvalidValueError(f"the key {key} {what}", "Keys must differ by more than the case of their letters")
