"""What is otherwise in one state of an entry than in another, told for people."""

from collections.abc import Sequence
from typing import Final, Literal, NamedTuple

from bibman.model.entry import Entry, Field

Kind = Literal["key", "type", "field", "alias", "tag", "note", "state"]


class Difference(NamedTuple):
    """One thing that differs; where there was nothing `before`, or is nothing `after`, that is None.

    `name` is the name of a field, or the number of a note. A `state` is `unidentified` or `identified`.
    """

    kind: Kind
    name: str | None
    before: str | None
    after: str | None


def differences(before: Entry | None, after: Entry | None) -> list[Difference]:
    """What differs between two states of an entry, None where there was none: its key, type, state and fields by name.

    A field is told as it is written: by its expression where it has one. Fields of one name are told together.
    """
    found = [
        Difference(kind, None, old, new)
        for kind, (old, new) in zip(_HEAD, zip(_head(before), _head(after), strict=True), strict=True)
        if old != new and not (kind == "state" and None in (old, new))
    ]
    old_fields, new_fields = _grouped(before), _grouped(after)
    for name in dict.fromkeys((*old_fields, *new_fields)):
        old_group, new_group = old_fields.get(name, []), new_fields.get(name, [])
        if old_group != new_group:
            old, new = _told(old_group), _told(new_group)
            if old == new:  # a macro that means something else now
                old, new = ("; ".join(field.value for field in group) for group in (old_group, new_group))
            found.append(Difference("field", name, old, new))
    return found


_HEAD: Final[tuple[Kind, ...]] = ("key", "type", "state")


def _head(entry: Entry | None) -> tuple[str | None, str | None, str | None]:
    if entry is None:
        return None, None, None
    return entry.key, entry.type, "identified" if entry.identified else "unidentified"


def _grouped(entry: Entry | None) -> dict[str, list[Field]]:
    groups: dict[str, list[Field]] = {}
    for field in () if entry is None else entry.fields:
        groups.setdefault(field.name, []).append(field)
    return groups


def _told(fields: Sequence[Field]) -> str | None:
    return "; ".join(field.written for field in fields) if fields else None
