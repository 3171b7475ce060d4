"""Setting a field by hand: what says the same under another name gives way; and references that follow a key."""

import re
from collections.abc import Mapping
from dataclasses import replace

from bibman.errors import GivenValueError
from bibman.model.dates import month_number
from bibman.model.entry import Entry, Field
from bibman.model.naming import fold_name
from bibman.model.vocabulary import REFERENCE_FIELDS, canonical

_DAY = re.compile(r"(\d{4})(?:-(\d\d)(?:-(\d\d))?)?")
_PARTS = ("year", "month", "day")


def with_field(entry: Entry, field: Field) -> Entry:
    """The entry with a field set; it takes the place of the one with its name, or with another name for the same.

    `date` says what `year`, `month` and `day` say: setting it takes them away, and setting one of them changes the
    `date` that is there. Raises GivenValueError where that is no plain day, month or year.
    """
    if field.name in _PARTS and entry.get("date") is not None:
        date = entry.get("date") or ""
        return with_field(entry, Field("date", _redated(entry.key, date, field)))
    fields = [each for each in entry.fields if field.name != "date" or each.name not in _PARTS]
    meant = canonical(field.name)
    places = [place for place, each in enumerate(fields) if canonical(each.name) == meant]
    if not places:
        return replace(entry, fields=(*fields, field))
    kept = [field if place == places[0] else each for place, each in enumerate(fields) if place not in places[1:]]
    return replace(entry, fields=tuple(kept))


def with_references(entry: Entry, renamed: Mapping[str, str]) -> Entry:
    """The entry with its references to the keys in `renamed` turned: old, as `fold_name` has it → new."""
    if not any(field.name in REFERENCE_FIELDS for field in entry.fields):
        return entry
    fields = []
    for field in entry.fields:
        if field.name in REFERENCE_FIELDS and field.expression is None:
            keys = [part.strip() for part in field.value.split(",")]
            followed = [renamed.get(fold_name(key), key) for key in keys]
            fields.append(field._replace(value=",".join(followed)) if followed != keys else field)
        else:
            fields.append(field)
    return replace(entry, fields=tuple(fields))


def _redated(key: str, date: str, field: Field) -> str:
    parts = _DAY.fullmatch(date.strip())
    value = field.value.strip()
    if parts is not None and field.name == "year" and re.fullmatch(r"\d{4}", value):
        return value + date.strip()[4:]
    month = month_number(value) if field.name == "month" else None
    if parts is not None and month is not None:
        return f"{parts[1]}-{month:02}"
    if parts is not None and parts[2] and field.name == "day" and re.fullmatch(r"\d{1,2}", value):
        return f"{parts[1]}-{parts[2]}-{int(value):02}"
    raise GivenValueError(
        f"{key or 'the entry'} has the date {date}, of which {field.name} cannot become {value}",
        "Set the date instead, such as --set date=2024-02",
    )
