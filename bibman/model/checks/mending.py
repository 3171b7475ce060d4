"""The steps of which fixes are made."""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace

from bibman.model.checks.finding import Fix
from bibman.model.entry import Entry, Field


def turned(field: Field, value: str) -> Fix | None:
    """A fix that gives the field another value; None where the field is no literal, or the value is the same.

    A value that a macro is a part of is left to a person.
    """
    return instead(field, Field(field.name, value)) if field.expression is None and value != field.value else None


def instead(field: Field, *others: Field) -> Fix:
    """A fix that puts other fields, or none, in the place of a field."""

    def fix(entry: Entry) -> Entry:
        fields: list[Field] = []
        for each in entry.fields:
            fields += others if each == field else [each]
        return replace(entry, fields=tuple(fields))

    return fix


def with_more(*fields: Field) -> Fix:
    """A fix that adds fields at the end, those that are not there."""

    def fix(entry: Entry) -> Entry:
        names = {each.name for each in entry.fields}
        return replace(entry, fields=(*entry.fields, *(each for each in fields if each.name not in names)))

    return fix


def both(first: Fix, second: Fix) -> Fix:
    """A fix that does one thing after the other."""
    return lambda entry: second(first(entry))


def changed_by(fix: Callable[[Entry], Entry], entry: Entry) -> tuple[tuple[Field, ...], tuple[Field, ...]]:
    """The fields that a fix takes from an entry, and those that it gives it."""
    fixed = fix(entry)
    before, after = Counter(entry.fields), Counter(fixed.fields)
    return tuple((before - after).elements()), tuple((after - before).elements())
