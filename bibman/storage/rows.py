"""How the fields of an entry stand in the one column that keeps them."""

import json
from collections.abc import Iterable

from bibman.model.entry import Field


def fields_json(fields: Iterable[Field]) -> str:
    """Fields as `entry_content` keeps them: a JSON list of [name, value] or [name, value, expression]."""
    return json.dumps(
        [
            [field.name, field.value] if field.expression is None else [field.name, field.value, field.expression]
            for field in fields
        ],
        ensure_ascii=False,
        separators=(",", ":"),
    )


def fields_of(content: str) -> tuple[Field, ...]:
    """The fields that `entry_content` keeps as `content`."""
    return tuple(Field(*field) for field in json.loads(content))
