"""Entries of one work made one: nothing that was put on either is lost, and whatever referred to either finds it."""

from collections import defaultdict
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from bibman.errors import NotFoundError, UsageError
from bibman.model.editing import with_references
from bibman.model.entry import Entry
from bibman.model.merging import ENTRY_TYPE, Proposal, field_group, propose
from bibman.model.naming import fold_name
from bibman.model.nearest import nearest
from bibman.model.vocabulary import REFERENCE_FIELDS
from bibman.services.duplicates import certain_groups
from bibman.services.wording import counted, listed
from bibman.storage.reading import Reader
from bibman.storage.rows import StoredEntry

# What writes is imported where something is written.
if TYPE_CHECKING:
    from bibman.storage.change import Change
    from bibman.storage.database import Library


@dataclass(frozen=True, slots=True)
class Merging:
    """Entries that are to become one, the one that stays first, with what it will be."""

    stored: tuple[StoredEntry, ...]
    proposal: Proposal

    @property
    def keys(self) -> tuple[str, ...]:
        """The keys of the entries."""
        return tuple(each.entry.key for each in self.stored)


def prepare(
    reader: Reader, keys: Sequence[str], into: str | None = None, takes: Mapping[str, str] | None = None
) -> Merging:
    """What becomes of the entries with these keys: the one with the key `into`, or else the first, stays.

    `takes` maps fields to the keys of the entries whose values are wanted. Raises NotFoundError for an unknown key or
    field, UsageError for less than two entries, or a key that is none of theirs.
    """
    ids = list(dict.fromkeys(reader.ids(keys).values()))
    if into is not None:
        staying = _among(reader, into, ids)
        ids = [staying, *(each for each in ids if each != staying)]
    if len(ids) < 2:  # a pair at least
        raise UsageError("that is one entry", "Name two or more that are one work")
    stored = tuple(reader.entries(ids))
    entries = [each.entry for each in stored]
    chosen = {_field(name, entries): ids.index(_among(reader, key, ids)) for name, key in (takes or {}).items()}
    return Merging(stored, propose(entries, chosen))


def prepare_certain(reader: Reader) -> tuple[list[Merging], list[tuple[str, ...]]]:
    """The same for all groups of entries that certainly are one work; the oldest entry of each stays.

    The second are the keys of groups that a person has to look at, since something in them does not fit.
    """
    sure, unsure = certain_groups(reader)
    stored = {
        each.id: each for each in reader.entries([entry_id for group in (*sure, *unsure) for entry_id in group.ids])
    }
    several = [tuple(stored[entry_id] for entry_id in group.ids) for group in sure]
    left = [tuple(stored[entry_id].entry.key for entry_id in group.ids) for group in unsure]
    return [Merging(each, propose([one.entry for one in each])) for each in several], left


def merge(library: "Library", merging: Sequence[Merging], *, dry_run: bool = False) -> list[Entry]:
    """Makes entries one, all as one operation; returns what they are then.

    The one that stays gets the fields proposed and the tags and notes of the others; their keys become its aliases, and
    references to them follow; so do the passages that they came from. With `dry_run` nothing is kept. Raises
    ConflictError where an entry was changed since that was prepared.
    """
    with library.change("merge", keep=not dry_run) as change:
        merged = _merge(change, merging)
        if len(merging) == 1:
            staying, *others = merging[0].keys
            change.summary = f"merged {listed(others)} into {staying}"
        else:
            number = sum(len(each.stored) - 1 for each in merging)
            entries = counted(number, "entry", "entries")
            change.summary = f"merged {entries} into {listed([each.keys[0] for each in merging])}"
    return merged


def _merge(change: "Change", merging: Sequence[Merging]) -> list[Entry]:
    from bibman.services.entries import check_unchanged
    from bibman.storage.distinct import move_distinct
    from bibman.storage.entries import add_aliases, change_entries, entry_heads, move_annotations, remove_entries
    from bibman.storage.sources import move_passages

    check_unchanged(change, [stored for each in merging for stored in each.stored])
    gone = {other.id: each.stored[0].id for each in merging for other in each.stored[1:]}
    staying = {each.stored[0].id: each for each in merging}
    renamed = {fold_name(other.entry.key): each.keys[0] for each in merging for other in each.stored[1:]}
    own = {target: _called(change, each) for target, each in staying.items()}
    referring = _referring(change, renamed)
    for origin, target in gone.items():
        move_distinct(change, origin, target)
        move_annotations(change, origin, target)
    remove_entries(change, list(gone))
    change_entries(
        change, {target: _without_itself(each.proposal.entry, renamed, own[target]) for target, each in staying.items()}
    )
    add_aliases(change, [(target, each.entry.key) for target, one in staying.items() for each in one.stored[1:]])
    _follow(change, referring - gone.keys(), renamed)
    heads = entry_heads(change, staying)
    for target, each in staying.items():
        key, revision = heads[target]
        for other in each.stored[1:]:
            move_passages(change, target, (each.stored[0].revision, revision), (other.entry.key, key), other.id)
    return [stored.entry for stored in change.reader.entries(list(staying))]


def _called(change: "Change", merging: Merging) -> set[str]:
    """All that the entries are called, folded: keys and aliases."""
    aliases = (alias for each in merging.stored for alias in change.reader.aliases(each.id))
    return {fold_name(key) for key in (*merging.keys, *aliases)}


def _referring(change: "Change", renamed: Mapping[str, str]) -> set[int]:
    """The ids of the entries that refer to one of the keys that go."""
    from bibman.storage.entries import referring

    return {entry_id for key in renamed for entry_id in referring(change, key)}


def _follow(change: "Change", ids: set[int], renamed: Mapping[str, str]) -> None:
    from bibman.storage.entries import change_entries, stored_entries

    stored = stored_entries(change, ids)
    change_entries(
        change, {each.id: _without_itself(each.entry, renamed, {fold_name(each.entry.key)}) for each in stored.values()}
    )


def _without_itself(entry: Entry, renamed: Mapping[str, str], own: Set[str]) -> Entry:
    """The entry with its references turned, and without those to one of its `own` keys and aliases."""
    fields = []
    for before, field in zip(entry.fields, with_references(entry, renamed).fields, strict=True):
        if field.name not in REFERENCE_FIELDS or field.expression is not None:
            fields.append(field)
            continue
        named = field.value.split(",")
        keys = [key for key in named if fold_name(key.strip()) not in own]
        if keys:
            is_same = field == before and len(keys) == len(named)
            fields.append(field if is_same else field._replace(value=",".join(dict.fromkeys(keys))))
    return replace(entry, fields=tuple(fields))


def _among(reader: Reader, key: str, ids: Sequence[int]) -> int:
    (entry_id,) = reader.ids([key]).values()
    if entry_id not in ids:
        raise UsageError(f"{key} is none of the entries that are to be merged", "Name it among them")
    return entry_id


def _field(name: str, entries: Sequence[Entry]) -> str:
    """The group of a field that one of the entries has."""
    group = field_group(name)
    known = defaultdict(list, {ENTRY_TYPE: [ENTRY_TYPE]})
    for entry in entries:
        for field in entry.fields:
            known[field_group(field.name)].append(field.name)
    if group not in known:
        raise NotFoundError.of("field", [name], nearest(name, {each for several in known.values() for each in several}))
    return group
