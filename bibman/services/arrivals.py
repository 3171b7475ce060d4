"""Whole entries that come into a library: each is new there, or is found to be a work that the library has."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal, NamedTuple

from bibman.model.citekeys import generate, unique
from bibman.model.editing import with_references
from bibman.model.entry import Entry
from bibman.model.fold import fold
from bibman.model.identifiers import Identifier
from bibman.model.naming import fold_name
from bibman.model.three_way import filled, says_the_same
from bibman.model.titles import titles_agree
from bibman.model.vocabulary import REFERENCE_FIELDS, is_verbatim
from bibman.services.lookalikes import Lookalikes, told
from bibman.services.wording import listed
from bibman.storage.change import Change
from bibman.storage.derived import Derived, derived_of, derived_of_each
from bibman.storage.entries import add_aliases, add_entries, change_entries, reserve_ids, stored_entries
from bibman.storage.sources import entries_with_identifiers

if TYPE_CHECKING:
    from bibman.model.duplicates import Comparison

OnDuplicate = Literal["new-key", "keep", "fill", "replace"]
"""What becomes of an entry that the library has something of: see docs/bibtex.md."""

NEW, IDENTICAL, IDENTIFIER, KEPT, FILLED, REPLACED = "new", "identical", "identifier", "same key", "filled", "replaced"
"""The ways in which an entry arrives, as the stage of its passage says them."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """Where an entry is now: its id, its key, the way in which it arrived, and what a person should know of that.

    `looks_like` are the keys of entries that may be the same work.
    """

    entry_id: int
    key: str
    stage: str
    detail: str = ""
    looks_like: tuple[str, ...] = ()


class _Known(NamedTuple):
    """An entry that the library has, or that has just arrived, with what is derived from it."""

    entry: Entry
    derived: Derived


class Arrivals:
    """Takes entries into a library within a change, a batch at a time.

    `pattern` makes the keys of those that have none. Keys of new entries are kept; where one is taken by another work,
    the entry gets the first free one after it.
    """

    def __init__(self, change: Change, pattern: str, on_duplicate: OnDuplicate = "new-key") -> None:
        self._change = change
        self._pattern = pattern
        self._on_duplicate = on_duplicate
        self._renamed: dict[str, str] = {}
        self._met: set[str] = set()
        self._also_called: list[tuple[int, str]] = []
        self._referring: list[int] = []

    def take(self, entries: Sequence[Entry]) -> list[Arrival]:
        """Adds the entries whose works are not here, and says of each where it is; their order is kept."""
        batch = _Batch(self._change, entries)
        arrivals = [self._place(batch, entry, derived) for entry, derived in zip(entries, batch.derived, strict=True)]
        batch.write()
        return arrivals

    def also_called(self, entry_id: int, key: str) -> None:
        """Tells that an entry that is here goes by another key too, which becomes an alias if it is free."""
        self._also_called.append((entry_id, key))

    def finish(self) -> list[int]:
        """Does what needs all entries to be here; returns the ids of entries that were changed once more.

        What a file called by a key that became another follows it in `crossref` and its like; keys by which a work is
        called besides its own become aliases, those that are free.
        """
        change = self._change
        taken = change.reader.ids_by_folded({fold_name(key) for _, key in self._also_called})
        free = {fold_name(key): (entry_id, key) for entry_id, key in reversed(self._also_called)}
        add_aliases(change, [each for folded, each in free.items() if folded not in taken])
        if not self._renamed:
            return []
        stored = stored_entries(change, self._referring)
        changed = {each.id: with_references(each.entry, self._renamed) for each in stored.values()}
        return change_entries(change, changed)

    def _place(self, batch: "_Batch", entry: Entry, derived: Derived) -> Arrival:
        if not entry.key:
            entry = replace(entry, key=unique(generate(self._pattern, entry), batch.is_taken))
            derived = derived_of(entry)
        folded = fold_name(entry.key)
        is_first = folded not in self._met
        self._met.add(folded)
        named = batch.owner(folded)
        if named is not None:
            stage = _same(batch.known(named), entry, derived)
            if stage:
                return self._meet(batch, named, entry, stage)
        same = next((each for each in batch.owners(derived) if _same(batch.known(each), entry, derived)), None)
        if same is not None:
            if named is None:
                self._also_called.append((same, entry.key))
            return self._meet(batch, same, entry, IDENTIFIER)
        if named is None:
            return self._add(batch, entry, derived, _shared(batch, derived))
        if self._on_duplicate in ("keep", "replace"):
            return self._meet(batch, named, entry, KEPT)
        key = unique(entry.key, batch.is_taken)
        if is_first:
            self._renamed[folded] = key
        detail = f"the key {entry.key} is another work's here: the new key is {key}"
        return self._add(batch, replace(entry, key=key), derived_of(replace(entry, key=key)), detail)

    def _add(self, batch: "_Batch", entry: Entry, derived: Derived, detail: str) -> Arrival:
        alike = batch.lookalikes(entry, derived)
        entry_id = batch.add(entry, derived)
        for field in entry.fields:
            if field.name == "ids":
                self._also_called += [(entry_id, key.strip()) for key in field.value.split(",") if key.strip()]
            elif field.name in REFERENCE_FIELDS:
                self._referring.append(entry_id)
        return Arrival(entry_id, entry.key, NEW, detail or told(alike), tuple(alike))

    def _meet(self, batch: "_Batch", entry_id: int, entry: Entry, stage: str) -> Arrival:
        """An entry whose work, or key, is here already."""
        known = batch.known(entry_id).entry
        called = "" if fold_name(known.key) == fold_name(entry.key) else f"{entry.key} is here as {known.key}"
        detail = ""
        wanted = known
        if self._on_duplicate == "replace":
            wanted = replace(entry, key=known.key)
        elif self._on_duplicate == "fill":
            wanted = filled(known, entry)
        if wanted != known:
            batch.change(entry_id, wanted)
            stage = REPLACED if self._on_duplicate == "replace" else FILLED
            detail = "replaced by the file's" if stage == REPLACED else "missing fields filled in"
        elif stage == KEPT:
            detail = f"another work under the key {entry.key}; the library's was kept"
        elif stage == IDENTIFIER and (others := _said_otherwise(known, entry)):
            detail = f"the file says otherwise in {listed(others)}; the library's was kept"
        detail = "; ".join(filter(None, (called, detail)))
        return Arrival(entry_id, known.key, stage, detail)


def _said_otherwise(known: Entry, entry: Entry) -> list[str]:
    """The fields of an entry in which it says more or other words than the one that the library has."""
    return [
        name
        for name in dict.fromkeys(field.name for field in entry.fields)
        if not is_verbatim(name) and fold(entry.get(name) or "") != fold(known.get(name) or "")
    ]


class _Batch:
    """The entries of a batch among those of the library: looked up together, and written together at its end."""

    def __init__(self, change: Change, entries: Sequence[Entry]) -> None:
        self._change = change
        self.derived = derived_of_each(entries)
        self._owners = change.reader.ids_by_folded({fold_name(entry.key) for entry in entries})
        self._named = self._looked_up()
        self._lookalikes = Lookalikes(change, self.derived)
        found = stored_entries(change, {*self._owners.values(), *self._named.values(), *self._lookalikes.ids})
        self._known = {each.id: _Known(each.entry, derived_of(each.entry)) for each in found.values()}
        self._new: dict[int, _Known] = {}
        self._changed: dict[int, Entry] = {}

    def _looked_up(self) -> dict[Identifier, int]:
        schemes: dict[str, set[str]] = {}
        for derived in self.derived:
            for scheme, value in derived.identifiers:
                schemes.setdefault(scheme, set()).add(value)
        return {
            Identifier(scheme, value): entry_id
            for scheme, values in schemes.items()
            for value, entry_id in entries_with_identifiers(self._change, scheme, sorted(values)).items()
        }

    def owner(self, folded: str) -> int | None:
        """The id of the entry that has a key, given folded, or an alias."""
        return self._owners.get(folded)

    def owners(self, derived: Derived) -> list[int]:
        """The ids of the entries that have an identifier of another."""
        return [self._named[each] for each in derived.identifiers if each in self._named]

    def is_taken(self, key: str) -> bool:
        """Whether an entry has a key or alias."""
        return fold_name(key) in self._owners or self._change.reader.id_of(key) is not None

    def known(self, entry_id: int) -> _Known:
        """An entry of which a key or identifier was found here."""
        return self._known[entry_id]

    def lookalikes(self, entry: Entry, derived: Derived) -> "dict[str, Comparison]":
        """The entries that look like a new one, by their keys."""
        return self._lookalikes.of(entry, derived, self.owners(derived), lambda each: self.known(each).entry)

    def add(self, entry: Entry, derived: Derived) -> int:
        """Makes an entry one of the library's; returns its id."""
        (entry_id,) = reserve_ids(self._change, 1)
        self._new[entry_id] = self._known[entry_id] = _Known(entry, derived)
        self._owners[fold_name(entry.key)] = entry_id
        self._lookalikes.add(entry_id, derived)
        for each in derived.identifiers:
            self._named.setdefault(each, entry_id)
        return entry_id

    def change(self, entry_id: int, entry: Entry) -> None:
        """Gives an entry that was found here other fields."""
        self._known[entry_id] = _Known(entry, derived_of(entry))
        if entry_id in self._new:
            self._new[entry_id] = self._known[entry_id]
        else:
            self._changed[entry_id] = entry

    def write(self) -> None:
        """Writes what is new and what is changed."""
        add_entries(
            self._change,
            {entry_id: each.entry for entry_id, each in self._new.items()},
            {entry_id: each.derived for entry_id, each in self._new.items()},
        )
        change_entries(self._change, self._changed)


def _same(known: _Known, entry: Entry, derived: Derived) -> str:
    """The reason why an entry is the work that is known here; empty where it is none that is certain."""
    if says_the_same(known.entry, entry):
        return IDENTICAL
    shared = not set(known.derived.identifiers).isdisjoint(derived.identifiers)
    titles = known.derived.entry["title"] or "", derived.entry["title"] or ""
    return IDENTIFIER if shared and titles_agree(*titles) else ""


def _shared(batch: _Batch, derived: Derived) -> str:
    """A word of warning where an entry that is new has an identifier of another, though their titles differ."""
    others = [batch.known(each).entry.key for each in batch.owners(derived)]
    return f"it shares an identifier with {others[0]}, but its title is another" if others else ""
