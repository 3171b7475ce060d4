"""An entry as the library has it, and how its fields stand in the one column that keeps them."""

import json
import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import NamedTuple

from bibman.model.entry import Entry, Field

compact_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
"""JSON without blanks: one encoder for all, since to make one takes as long as to use it."""


class StoredEntry(NamedTuple):
    """An entry with the id and revision under which the library has it."""

    id: int
    revision: int
    entry: Entry


def stored_entry(entry_id: int, revision: int, key: str, type_: str, identified: int, content: str) -> StoredEntry:
    """The entry that these columns keep."""
    return StoredEntry(entry_id, revision, Entry(key, type_, fields_of(content), bool(identified)))


def fields_json(fields: Iterable[Field]) -> str:
    """Fields as `entry_content` keeps them: a JSON list of [name, value] or [name, value, expression]."""
    return compact_json([field[:2] if field.expression is None else field for field in fields])


_decoded = json.JSONDecoder().raw_decode


def field_lists_of(content: str) -> list[list[str]]:
    """The fields that `entry_content` keeps as `content`, as it keeps them."""
    lists: list[list[str]] = _decoded(content)[0]
    return lists


def fields_of(content: str) -> tuple[Field, ...]:
    """The fields that `entry_content` keeps as `content`."""
    return tuple([Field(*field) for field in field_lists_of(content)])  # an export makes a million: each detour shows


def values_in(fields: str, names: str) -> Iterator[str]:
    """The values of the fields that are called so, in order, from fields as `entry_content` keeps them.

    The `names` have blanks between them. Nothing else is read of the fields: quotes within a value are escaped, so that
    no value can look like a field.
    """
    places = [
        match.end() for start in _starts(names) if start in fields for match in re.finditer(re.escape(start), fields)
    ]
    for place in sorted(places):
        yield _string(fields, place)[0]


def is_filled(fields: str, names: str) -> bool:
    """Whether one of the fields that are called so has more in it than blanks."""
    for start in _starts(names):
        place = fields.find(start)
        # Mostly the first character tells: it is no quote that ends a value, no blank, nothing escaped.
        if place >= 0 and fields[place + len(start)] > " " and fields[place + len(start)] not in '"\\':
            return True
    return any(value and not value.isspace() for value in values_in(fields, names))


@lru_cache(64)
def _starts(names: str) -> tuple[str, ...]:
    return tuple(f'["{name}","' for name in names.split())


_string = json.JSONDecoder().parse_string  # type: ignore[attr-defined] # which the type checker's stubs leave out
