"""JabRef's pairs of entries that are one work, or are not."""

from typing import Any

from bibman.model.duplicates import Sameness, compare
from bibman.model.entry import Entry, Field
from bibman.model.traits import traits_of
from tests.conformance.cases import judge, load


def entry(described: dict[str, Any]) -> Entry:
    fields = tuple(Field(name, value) for name, value in described["fields"].items())
    return Entry(described["key"] or "", described["type"], fields)


def agrees(case: dict[str, Any]) -> bool:
    one, other = (traits_of(entry(each)) for each in case["input"])
    found = compare(one, other).verdict is not Sameness.NO
    return bool(found == case["expected"]["duplicate"])


def test_duplicates_are_seen_as_by_jabref() -> None:
    judge("duplicates", {case["id"]: agrees(case) for case in load("duplicates")}, 0.9)
