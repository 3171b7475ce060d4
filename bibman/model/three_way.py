"""Two sides of one entry, a file's and the library's: whether they say the same, and what both changed, taken together.

Entries of one work that never were one are made one in `merging`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import NamedTuple

from bibman.model.entry import Entry, Field

TYPE = "entry type"
"""How a difference in the entry type is named among those in fields."""


class Conflict(NamedTuple):
    """What both sides changed, each otherwise: the name of the field, and what either has there, as BibTeX text.

    A side that took the field away has an empty text.
    """

    name: str
    theirs: str
    ours: str


@dataclass(frozen=True, slots=True)
class Merge:
    """Two sides' changes of one entry taken together.

    `entry` has all changes on which the sides agree, and of each of the `conflicts` what our side has; `changed` names
    what it has otherwise than our side, in order.
    """

    entry: Entry
    changed: tuple[str, ...]
    conflicts: tuple[Conflict, ...]


def merge(base: Entry, theirs: Entry, ours: Entry) -> Merge:
    """Takes what `theirs` changed of `base` into `ours`; what `ours` changed of it otherwise is a conflict.

    Fields are compared by name, expressions and repetitions included. The citation key is ours. Nothing depends on the
    order of the fields; new ones go to the end, in their order.
    """
    before, now, here = _grouped(base), _grouped(theirs), _grouped(ours)
    fields = dict(here)
    changed: list[str] = []
    conflicts: list[Conflict] = []
    type_ = ours.type
    if theirs.type not in (base.type, ours.type):
        if ours.type == base.type:
            type_ = theirs.type
            changed.append(TYPE)
        else:
            conflicts.append(Conflict(TYPE, theirs.type, ours.type))
    for name in dict.fromkeys((*before, *now)):
        wanted, there = now.get(name, ()), here.get(name, ())
        if wanted in (before.get(name, ()), there):
            continue
        if there == before.get(name, ()):
            fields[name] = wanted
            changed.append(name)
        else:
            conflicts.append(Conflict(name, _told(wanted), _told(there)))
    return Merge(_with(ours, type_, fields), tuple(changed), tuple(conflicts))


def with_theirs(merged: Merge, theirs: Entry) -> Entry:
    """The entry of a merge with what their side has wherever there is a conflict."""
    fields, now = _grouped(merged.entry), _grouped(theirs)
    type_ = merged.entry.type
    for conflict in merged.conflicts:
        if conflict.name == TYPE:
            type_ = theirs.type
        else:
            fields[conflict.name] = now.get(conflict.name, ())
    return _with(merged.entry, type_, fields)


def filled(entry: Entry, other: Entry) -> Entry:
    """The entry with the fields of `other` whose names it has not."""
    names = {field.name for field in entry.fields}
    added = tuple(field for field in other.fields if field.name not in names)
    return replace(entry, fields=(*entry.fields, *added)) if added else entry


def says_the_same(one: Entry, other: Entry) -> bool:
    """Whether two entries have the same type and the same fields, in whatever order and under whatever key."""
    return content_of(one) == content_of(other)


def content_of(entry: Entry) -> tuple[str, tuple[Field, ...]]:
    """What entries that say the same have in common; it can be looked up."""
    return entry.type, tuple(sorted(entry.fields, key=_order))


def _grouped(entry: Entry) -> dict[str, tuple[Field, ...]]:
    groups: dict[str, tuple[Field, ...]] = {}
    for field in entry.fields:
        groups[field.name] = (*groups.get(field.name, ()), field)
    return groups


def _with(entry: Entry, type_: str, wanted: Mapping[str, tuple[Field, ...]]) -> Entry:
    """The entry with other fields, given by name: each where one of its name stood, new ones at the end."""
    left = {name: list(reversed(group)) for name, group in wanted.items()}
    last = {field.name: place for place, field in enumerate(entry.fields)}
    fields = []
    for place, field in enumerate(entry.fields):
        group = left[field.name]
        while group:
            fields.append(group.pop())
            if place < last[field.name]:
                break
    fields += [field for group in left.values() for field in reversed(group)]
    return replace(entry, type=type_, fields=tuple(fields))


def _told(fields: tuple[Field, ...]) -> str:
    return "; ".join(field.written for field in fields)


def _order(field: Field) -> tuple[str, str, str]:
    return field.name, field.value, field.expression or ""
