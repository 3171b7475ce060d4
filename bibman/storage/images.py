"""The other state of a row that an operation changed, as the history keeps it: JSON, and no more than undo needs.

The fields of an entry are one JSON list in one column; of them only those that differ are kept.
"""

import json
from base64 import b64decode, b64encode
from collections.abc import Mapping
from typing import Any

from bibman.storage.rows import compact_json

FIELDS = "fields"


def whole_image(row: Mapping[str, Any]) -> str:
    """The image of a row that has no other state: all its columns."""
    return compact_json({name: _plain(value) for name, value in row.items()})


def row_of(image: str) -> dict[str, Any]:
    """The row of which `image` is the whole image."""
    return {name: _value(value) for name, value in json.loads(image).items()}


def image_of(row: Mapping[str, Any], values: Mapping[str, Any]) -> str | None:
    """What `row` holds in the columns that `values` would change; None where they would change nothing."""
    image = {
        name: _patch(row[name], value) if name == FIELDS else _plain(row[name])
        for name, value in values.items()
        if row[name] != value
    }
    return compact_json(image) if image else None


def values_of(image: str, row: Mapping[str, Any]) -> dict[str, Any]:
    """The column values that bring `row` into the other state that `image` keeps."""
    return {
        name: _patched(row[name], value) if name == FIELDS else _value(value)
        for name, value in json.loads(image).items()
    }


def _patch(old: str, new: str) -> dict[str, Any]:
    before, after = json.loads(old), json.loads(new)
    differing = {
        str(place): field for place, field in enumerate(before) if place >= len(after) or after[place] != field
    }
    return {"length": len(before), "differing": differing}


def _patched(now: str, patch: dict[str, Any]) -> str:
    current = json.loads(now)
    differing = patch["differing"]
    return compact_json([differing.get(str(place)) or current[place] for place in range(patch["length"])])


def _plain(value: Any) -> Any:
    return {"base64": b64encode(value).decode("ascii")} if isinstance(value, bytes) else value


def _value(value: Any) -> Any:
    return b64decode(value["base64"]) if isinstance(value, dict) else value
