"""Pages of JabRef's tests, normalised as JabRef does it."""

from bibman.model.pages import normalise_pages
from tests.conformance.cases import judge, load


def test_pages_are_normalised_as_jabref_normalises_them() -> None:
    results = {case["id"]: normalise_pages(case["input"]) == case["expected"]["text"] for case in load("pages")}
    judge("pages", results, bar=0.75)
