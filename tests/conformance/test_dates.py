"""Dates of the tests of edtf-ruby, which follow the EDTF draft of 2012, as BibLaTeX reads them."""

from typing import Any

from bibman.model.dates import Date, parse_date
from tests.conformance.cases import judge, load

PRECISIONS = {"year": (True, False, False), "month": (True, True, False), "day": (True, True, True)}
FIRST_AND_LAST = {"yearindecade": 9, "yearincentury": 99}
PATTERNS = {
    "yearindecade": "sssX-ss-ss",
    "yearincentury": "ssXX-ss-ss",
    "monthinyear": "ssss-XX-ss",
    "dayinmonth": "ssss-ss-XX",
    "dayinyear": "ssss-XX-XX",
}


def told(date: Date) -> dict[str, str]:
    """What edtf-ruby would tell of the date; there a missing month or day is 1, and each part has its own marks."""
    known = (date.year is not None, date.month is not None, date.day is not None)
    clock = date.time[:8].split(":") if date.time else []
    year = date.year or 0
    told = {
        "year": str(year),
        "month": str(date.month or 1),
        "day": str(date.day or 1),
        "precision": next(name for name, parts in PRECISIONS.items() if parts == known),
        "unspecified": PATTERNS.get(date.unspecified, ""),
        "start": str(year),
        "end": str(year + FIRST_AND_LAST.get(date.unspecified, 0)),
        "uncertain": yes(date.uncertain),
        "approximate": yes(date.approximate),
        **{part: str(int(number)) for part, number in zip(("hours", "minutes", "seconds"), clock, strict=False)},
    }
    for part, is_known in zip(("year", "month", "day"), known, strict=True):
        told[f"?-{part}"] = told[f"uncertain-{part}"] = yes(date.uncertain and is_known)
        told[f"~-{part}"] = yes(date.approximate and is_known)
    return told


def yes(truth: bool) -> str:
    return "yes" if truth else "no"


def agrees(case: dict[str, Any]) -> bool:
    date = parse_date(case["input"])
    # The key `date` is only the date that the test of edtf-ruby varied, not what it expects of this one.
    expected = {part: value for part, value in case["expected"].items() if part != "date"}
    return date is not None and expected.items() <= told(date).items()


def test_dates_are_read_as_edtf_where_biblatex_reads_them() -> None:
    results = {case["id"]: agrees(case) for case in load("date")}
    judge("date", results, bar=0.5)
