"""What entries inherit, in the columns that are derived from them: kept in step with their parents."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, bindparam, select, update

from bibman.model.entry import Entry
from bibman.model.inheritance import family_part, inherited, parent_keys
from bibman.model.naming import fold_name
from bibman.storage.change import table_of
from bibman.storage.derived import Derived, derived_of_each
from bibman.storage.door import CHUNK
from bibman.storage.engine import driver_of
from bibman.storage.reading import Reader
from bibman.storage.tables import EntryRow, EntryTextRow

COLUMNS = ("date", "year", "container")


def derive_inherited(connection: Connection, touched: Collection[int] | None = None) -> None:
    """Brings what entries inherit into their derived columns and words: all, or as far as `touched` entries matter.

    These are entries that were added, changed or removed, or got or lost an alias; what is derived of them is that of
    their own fields, and what is derived of others is in step with how they were.
    """
    if touched is not None and not touched:
        return
    derived = inherited_columns(connection, touched)
    entries, texts = table_of(EntryRow), table_of(EntryTextRow)
    wanted = list(derived)
    columns = (
        update(entries)
        .where(entries.c.id == bindparam("of"))
        .values({each: bindparam(f"new_{each}") for each in COLUMNS})
    )
    words = update(texts).where(texts.c.entry_id == bindparam("of")).values(container=bindparam("new"))
    for start in range(0, len(wanted), CHUNK):
        chunk = wanted[start : start + CHUNK]
        head = select(entries.c.id, *(entries.c[name] for name in COLUMNS)).where(entries.c.id.in_(chunk))
        kept = {row[0]: tuple(row[1:]) for row in connection.execute(head)}
        changed = [each for each in chunk if tuple(derived[each].entry[name] for name in COLUMNS) != kept[each]]
        if changed:
            connection.execute(
                columns,
                [{"of": each, **{f"new_{name}": derived[each].entry[name] for name in COLUMNS}} for each in changed],
            )
            connection.execute(words, [{"of": each, "new": derived[each].text["container"]} for each in changed])


def inherited_columns(connection: Connection, touched: Collection[int] | None = None) -> dict[int, Derived]:
    """Id → what is derived of when and in what an entry appeared, for those that name parents and matter."""
    reader = Reader(driver_of(connection))
    ids = [row[0] for row in driver_of(connection).execute("SELECT id FROM entry WHERE has_parents")]
    if not ids:
        return {}
    families = _Families(reader, ids)
    entries = {entry_id: families.inherited(entry_id) for entry_id in ids if families.concern(entry_id, touched)}
    return dict(zip(entries, derived_of_each(list(entries.values())), strict=True))


def with_inherited(derived: Derived, more: Mapping[int, Derived], entry_id: int) -> Derived:
    """What is derived of an entry, with what it inherits."""
    if entry_id not in more:
        return derived
    columns: dict[str, Any] = {name: more[entry_id].entry[name] for name in COLUMNS}
    text = derived.text | {"container": more[entry_id].text["container"]}
    return derived._replace(entry=derived.entry | columns, text=text)


class _Families:
    """Entries that name parents, with these and theirs."""

    def __init__(self, reader: Reader, ids: Iterable[int]) -> None:
        self._entries: dict[int, Entry] = {}
        self._owners: dict[str, int] = {}
        self._inherited: dict[int, Entry] = {}
        wanted = list(ids)
        while wanted:
            new = {stored.id: family_part(stored.entry) for stored in reader.entries(wanted)}
            self._entries |= new
            keys = {fold_name(key) for entry in new.values() for key in parent_keys(entry)}
            self._owners |= reader.ids_by_folded(keys - self._owners.keys())
            owners = {self._owners[key] for key in keys if key in self._owners}
            wanted = [each for each in owners if each not in self._entries]

    def concern(self, entry_id: int, touched: Collection[int] | None) -> bool:
        """Whether an entry, one of its forebears, or somebody who is not there any more, is among the `touched`."""
        if touched is None:
            return True
        seen: set[int] = set()
        waiting = [entry_id]
        while waiting:
            each = waiting.pop()
            if each in touched:
                return True
            if each not in seen:
                seen.add(each)
                owners = self._parents(each)
                if None in owners:
                    return True
                waiting += [owner for owner in owners if owner is not None]
        return False

    def inherited(self, entry_id: int) -> Entry:
        """When and in what an entry appeared, by its fields and those of its forebears, who may stand in a circle."""
        if entry_id not in self._inherited:
            entry = self._entries[entry_id]
            self._inherited[entry_id] = inherited(entry, ())
            parents = []
            for owner in self._parents(entry_id):
                if owner is not None:
                    theirs = self.inherited(owner).fields
                    others = [each for each in self._entries[owner].fields if each.name == "title"]
                    parents.append(replace(self._entries[owner], fields=(*theirs, *others)))
            self._inherited[entry_id] = inherited(entry, parents)
        return self._inherited[entry_id]

    def _parents(self, entry_id: int) -> list[int | None]:
        return [self._owners.get(fold_name(key)) for key in parent_keys(self._entries[entry_id])]
