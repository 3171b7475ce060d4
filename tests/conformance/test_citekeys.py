"""JabRef's cases of citation key patterns and of the cleaning of keys."""

from typing import Any

from bibman.model.citekeys import clean, expand, generate
from bibman.model.entry import Entry, Field
from tests.conformance.cases import judge, load


def entry_of(data: dict[str, Any]) -> Entry:
    fields = tuple(Field(name, value) for name, value in data["fields"].items())
    return Entry(data["key"] or "", data["type"], fields)


def made(case: dict[str, Any]) -> str:
    """What bibman makes of a pattern, asked as the case's own test asked JabRef.

    JabRef's tests of bracketed patterns expect a text with its blanks, those of its generator a key. Where JabRef
    comes to an empty key, and then sets none, there must be nothing to expand.
    """
    given = case["input"]
    is_text = "BracketedPatternTest" in case["id"] or case["expected"]["key"] == ""
    return (expand if is_text else generate)(given["pattern"], entry_of(given["entry"]))


def test_patterns_make_the_keys_that_jabref_makes() -> None:
    cases = load("citation_key", "jabref-pattern")
    judge("citation_key", {case["id"]: made(case) == case["expected"]["key"] for case in cases}, 0.9)


def test_keys_are_cleaned_as_by_jabref() -> None:
    cases = load("citation_key", "clean")
    judge("citation_key", {case["id"]: clean(case["input"]["text"]) == case["expected"]["key"] for case in cases}, 0.9)
