"""Years, months, dates and pages."""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Final

from bibman.model.checks.finding import Finding, Subject
from bibman.model.checks.mending import instead, turned
from bibman.model.dates import MONTH_MACROS, MONTH_VALUES, from_fields, month_number, parse_date, to_iso
from bibman.model.entry import Field
from bibman.model.pages import normalise_pages
from bibman.model.vocabulary import DATE_FIELDS, Dialect

_LAST_YEAR: Final = 2100
_SHORTEST: Final = 3  # letters of a month's name


def dates(subject: Subject) -> Iterator[Finding]:
    """A date, year, month or day that is none, or that contradicts another."""
    for name in sorted(DATE_FIELDS & subject.fields.keys()):
        yield from _date(subject.fields[name])
    if "year" in subject.fields:
        yield from _year(subject)
    if "month" in subject.fields:
        yield from _month(subject)
    if "day" in subject.fields and "month" in subject.fields and "year" in subject.fields:
        yield from _day(subject)


def _date(field: Field) -> Iterator[Finding]:
    value = field.value.strip()
    if not value or _is_date(value):
        return
    fix = None
    if parts := re.fullmatch(r"(?a)(\d{4})-(\d{1,2})(?:-(\d{1,2}))?", value):
        mended = "-".join(part if len(part) > 2 else part.zfill(2) for part in parts.groups() if part)
        fix = turned(field, mended) if _is_date(mended) else None
    yield Finding(
        "bad-date", f"{field.name} is no date that biber reads: {value}",
        "write it like 2024, 2024-02, 2024-02-29 or 2023/2024", field.name, fix,
    )  # fmt: skip


@lru_cache(1 << 12)
def _is_date(value: str) -> bool:
    date = parse_date(value)
    if date is None:
        return False
    written = value.upper()
    return to_iso(date) in (written, f"{written}..", f"..{written}", written.replace("?~", "%"))


def _year(subject: Subject) -> Iterator[Finding]:
    value = subject.value("year").strip("{} ")
    if len(value) == 4 and value.isascii() and value.isdecimal() and int(value) <= _LAST_YEAR:
        year: int | None = int(value)
    else:
        date = parse_date(value)
        year = date.year if date is not None else None
        if value and not re.search(r"\d", value):
            yield Finding(
                "year-words", f"year is no number: {value}",
                "leave it, or give the year and put the words into note (BibLaTeX: pubstate)", "year",
            )  # fmt: skip
        elif value and (date is None or (year is not None and year > _LAST_YEAR)):
            yield Finding("bad-year", f"year is none: {value}", "write it with four digits", "year")
    if "date" in subject.fields and year is not None:
        date = parse_date(subject.value("date"))
        if date is not None and date.year is not None and date.year != year:
            yield Finding(
                "date-conflict", f"date has {date.year}, year has {value}: BibTeX prints the one, biber the other",
                "take one away", "date",
            )  # fmt: skip


def _month(subject: Subject) -> Iterator[Finding]:
    field = subject.fields["month"]
    value = field.value.strip("{} \t\n.")
    if field.expression is not None or not value:
        return
    number = month_number(value)
    date = from_fields({"year": "2000", "month": value})
    if number is None and (date is None or date.division is None):
        if not re.search(r"\d", value) and sum(map(str.isalpha, value)) >= _SHORTEST:
            yield Finding(
                "month-text", f"month is {value}, which no style shortens or translates",
                "write the month's macro, without braces, like feb", "month",
            )  # fmt: skip
            return
        yield Finding("bad-month", f"month is none: {value}", "write its macro, without braces, like feb", "month")
    elif number is not None and _is_month_alone(value):
        if value.isdecimal() and subject.around.dialect == "biblatex":
            return
        macro = MONTH_MACROS[number - 1]
        yield Finding(
            "month-text", f"month is {value}, which no style shortens or translates", f"write {macro}, without braces",
            "month", instead(field, Field("month", MONTH_VALUES[macro], macro)),
        )  # fmt: skip


def _is_month_alone(value: str) -> bool:
    return value.isdecimal() or (value.isalpha() and len(value) >= _SHORTEST)


def _day(subject: Subject) -> Iterator[Finding]:
    day = subject.value("day").strip("{} ")
    if re.fullmatch(r"(?a)\d{1,3}", day):
        date = from_fields({name: subject.value(name) for name in ("year", "month", "day")})
        if date is not None and date.month and date.end is None and date.day is None:
            yield Finding("bad-date", f"the month has no day {day}", "correct the day", "day")


def pages(subject: Subject) -> Iterator[Finding]:
    """Pages with a hyphen for a dash, with “pp.”, or that end before they begin."""
    field = subject.fields.get("pages")
    if field is None or _is_plain(field.value):
        return
    value = field.value.strip()
    wanted = normalise_pages(value)
    if re.match(r"(?i)(?:pp?\.|(?:pp?|pages?)(?=[\s~]))[\s~]*\S", value):
        yield Finding(
            "pages-prefix", f"pages begins with a word that styles add: {value}", "leave the numbers alone", "pages",
            turned(field, wanted),
        )  # fmt: skip
    elif wanted != value and not _may_be_one_page(value) and not _is_range(value, subject.around.dialect):
        yield Finding("pages-form", f"pages is {value}", f"write {wanted}", "pages", turned(field, wanted))
    for first, last in re.findall(r"(?a)(?<![\w.:-])(\d+)\s*(?:--+|–)\s*(\d+)(?![\w.:-])", wanted):
        if len(last) >= len(first) and int(last) < int(first):
            yield Finding(
                "pages-reversed", f"pages ends before it begins: {first}--{last}", "correct the numbers", "pages"
            )  # fmt: skip


def _is_range(value: str, dialect: Dialect) -> bool:
    """Whether biber reads the value as ranges as it is: a hyphen is enough for it (manual, 2.2.1)."""
    return dialect == "biblatex" and re.fullmatch(r"[\w,; -]+", value) is not None and " -" not in value


def _may_be_one_page(value: str) -> bool:
    """Whether a number with a hyphen is not a range: 12-5 may be page 5 of chapter 12."""
    parts = re.fullmatch(r"(?a)(\d+)-(\d+)", value)
    return parts is not None and int(parts[2]) < int(parts[1])


def _is_plain(value: str) -> bool:
    first, dash, last = value.partition("--")
    if not (first.isascii() and first.isdecimal()):
        return False
    return not dash or (last.isascii() and last.isdecimal() and (len(last) < len(first) or int(last) >= int(first)))
