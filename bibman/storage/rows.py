"""An entry as the library has it, and how its fields stand in the one column that keeps them."""

import json
from collections.abc import Iterable
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
