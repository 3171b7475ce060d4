"""Dates as BibLaTeX and BibTeX write them: the extended date/time format (EDTF), and year with month."""

import functools
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

MONTH_VALUES: Mapping[str, str] = {
    "jan": "January",
    "feb": "February",
    "mar": "March",
    "apr": "April",
    "may": "May",
    "jun": "June",
    "jul": "July",
    "aug": "August",
    "sep": "September",
    "oct": "October",
    "nov": "November",
    "dec": "December",
}
"""BibTeX's month macros, in order, with the values that the standard style `plain` gives them."""

MONTH_MACROS: tuple[str, ...] = tuple(MONTH_VALUES)


@dataclass(frozen=True, slots=True)
class Date:
    """A date, or a range of dates, as far as it is known (BibLaTeX manual, section 2.3.8).

    `year` counts astronomically: 0 is 1 BC, -1 is 2 BC. `division` is the EDTF number of a part of the year: 21 to 24
    are spring, summer, autumn and winter, 33 to 36 the quarters. `time` is as written, with its zone
    ("14:34:00+01:00"). `unspecified` says, in BibLaTeX's words, what is not known: `199X` is 1990 and "yearindecade",
    `19XX` "yearincentury", `1999-XX` "monthinyear", `1999-01-XX` "dayinmonth", `1999-XX-XX` "dayinyear".

    A range has an `end`, which has no end itself. A bound without a year (`OPEN`) is open: `2019/..` ends with it, and
    the date of `../2020` has no year, but an end.
    """

    year: int | None = None
    month: int | None = None
    day: int | None = None
    division: int | None = None
    time: str = ""
    uncertain: bool = False
    approximate: bool = False
    unspecified: str = ""
    end: "Date | None" = None


OPEN = Date()

_DIVISIONS = range(21, 42)
# The month that each part of a year begins with, for sorting: seasons (of no hemisphere, north, south), quarters,
# thirds and halves (ISO 8601-2:2019, 4.8).
_DIVISION_MONTHS = (3, 6, 9, 12, 3, 6, 9, 12, 9, 12, 3, 6, 1, 4, 7, 10, 1, 5, 9, 1, 7)
_SEASONS = {"spring": 21, "summer": 22, "autumn": 23, "fall": 23, "winter": 24}
_DAYS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)

_TEX_BLANK = re.compile(r"~|\\[ ,;:]")


@functools.lru_cache(maxsize=1 << 12)
def parse_date(text: str) -> Date | None:
    """The date that the text of a `date` or `year` field means, or None if it names no year.

    Reads what BibLaTeX reads (manual, section 2.3.8: EDTF of levels 0 and 1): `2009-01-31`, `-0876`, `Y170000`,
    `2004-22`, `199X`, `2004-04-05T14:34:00Z`, `1723?`, `1723~`, `1723%`, ranges with `/` and open ones. Beyond it, the
    loose forms of BibTeX's years: `c. 1999`, `[1999]`, `1999--2000`, `1999/00`, `1990s`, `44 BC`, `98`, `May 2019`; of
    other text, also of impossible dates, the first number that can be a year of our time. "in press" gives None.
    """
    text = text.strip(" \t\r\n{}[]()")
    return _edtf(text) or _loose(text)


def from_fields(fields: Mapping[str, str]) -> Date | None:
    """The date of an entry, from its fields (lower-case names, values as BibTeX text), or None if it has none.

    `date` wins; else `year` with `month` and `day`, where the month may be a macro's name, an English name, whole or
    shortened, or a number, and may have days with it ("12--16~July", "1~" # jan once it is resolved).
    """
    text = fields.get("date")
    if text and (date := parse_date(text)):
        return date
    year = fields.get("year")
    return _from_year(year, fields.get("month", ""), fields.get("day", "")) if year else None


def month_number(text: str) -> int | None:
    """The number of the month, 1 to 12, that the value of a `month` field names (of a range the first), or None.

    Understands macro names, English names, whole or shortened to at least three letters, and numbers, also with days
    beside them: "jan", "Sept.", "{July}", "08", "July/August", "1~January".
    """
    start, _ = _months(text)
    return start[0]


def to_iso(date: Date) -> str:
    """The date as EDTF text that BibLaTeX reads, so that `parse_date(to_iso(date)) == date`.

    Holds for every date that has a year or an end with a year, and whose parts are in their bounds.
    """
    text = _bound_to_iso(date)
    return text if date.end is None else f"{text}/{_bound_to_iso(date.end)}"


def sort_key(date: Date | None) -> tuple[int, int, int, int, str]:
    """A key that sorts dates by time, the less precise first, none last. A range sorts by its first known year."""
    if date and date.year is None:
        date = date.end
    if not date or date.year is None:
        return 1, 0, 0, 0, ""
    month = _DIVISION_MONTHS[date.division - _DIVISIONS.start] if date.division else date.month
    return 0, date.year, month or 0, date.day or 0, date.time


def _edtf(text: str) -> Date | None:
    start, slash, end = text.partition("/")
    date = _bound(start)
    if not slash or date is None:
        return date if date != OPEN else None
    last = _bound(end)
    return None if last is None or date == last == OPEN else replace(date, end=last)


def _bound(text: str) -> Date | None:
    """One date of EDTF or one end of a range, where nothing and `..` are open; None if it is anything else."""
    if text in ("", ".."):
        return OPEN
    match = _patterns()["edtf"].fullmatch(text)
    if not match:
        return None
    digits, month, day, time, marks = match.groups(default="")
    year = int(digits.removeprefix("Y").upper().replace("X", "0"))
    date = Date(year, time=time, uncertain="?" in marks or "%" in marks, approximate="~" in marks or "%" in marks)
    if month and digits[0] == "Y":
        return None
    if digits[-1] in "Xx":
        return None if month else replace(date, unspecified=f"yearin{'century' if digits[-2] in 'Xx' else 'decade'}")
    if month in ("XX", "xx"):
        unspecified = "dayinyear" if day else "monthinyear"
        return replace(date, unspecified=unspecified) if day in ("", month) else None
    if not month:
        return date
    if int(month) in _DIVISIONS:
        return None if day else replace(date, division=int(month))
    if not 1 <= int(month) <= 12:
        return None
    date = replace(date, month=int(month))
    if day in ("XX", "xx"):
        return None if time else replace(date, unspecified="dayinmonth")
    if not day:
        return date
    return replace(date, day=int(day)) if _is_day(year, int(month), int(day)) else None


def _loose(text: str) -> Date | None:
    """The date of text that is not EDTF, but that people write into `year`."""
    text = _TEX_BLANK.sub(" ", text).strip()
    patterns = _patterns()
    approximate = False
    if match := patterns["circa"].match(text):
        text = text[match.end() :]
        approximate = True
        if date := _edtf(text):
            return replace(date, approximate=True)
    if match := patterns["year"].fullmatch(text):
        number, before_christ = match.groups()
        return Date(1 - int(number) if before_christ else int(number), approximate=approximate)
    if match := patterns["decade"].fullmatch(text):
        return Date(int(match[1]), approximate=approximate, unspecified="yearindecade")
    if match := patterns["range"].fullmatch(text):
        first = int(match[1])
        last = int(match[2]) if len(match[2]) == 4 else first - first % 100 + int(match[2])
        last += 100 if last < first else 0
        if len(match[2]) == 4 or last - first < 50:
            return Date(first, approximate=approximate, end=Date(last))
    if match := patterns["recent"].search(text):
        rest = f"{text[: match.start()]} {text[match.end() :]}"
        date = Date(int(match[0]), approximate=approximate)
        return _in_year(date, rest) if patterns["month"].search(rest) or _season(rest) else date
    return None


@functools.lru_cache(maxsize=1 << 12)
def _from_year(year: str, month: str, day: str) -> Date | None:
    """The date of BibTeX's fields."""
    date = parse_date(year)
    if date is None or date.year is None or date.month or date.division or date.end or date.unspecified:
        return date
    date = _in_year(date, month)
    day = day.strip(" {}")
    if date.year is None or not date.month or date.day or not (day.isdecimal() and len(day) <= 2):
        return date
    return replace(date, day=int(day)) if _is_day(date.year, date.month, int(day)) else date


def _in_year(date: Date, text: str) -> Date:
    """The date, which has no more than a year, with the month, days or season that the text names."""
    (month, day), (end_month, end_day) = _months(text)
    year = date.year or 0
    if not month:
        return replace(date, division=_season(text))
    start = replace(date, month=month, day=day if day and _is_day(year, month, day) else None)
    if not end_month or (end_month, end_day or 0) <= (month, day or 0):
        return start
    if end_day and not _is_day(year, end_month, end_day):
        return start
    return replace(start, end=Date(year, end_month, end_day))


def _season(text: str) -> int | None:
    """The division of the year that a season in the text names, or None."""
    return next((_SEASONS[word] for word in re.findall(r"[a-z]+", text.lower()) if word in _SEASONS), None)


_MonthAndDay = tuple[int | None, int | None]


@functools.lru_cache(maxsize=1 << 10)
def _months(text: str) -> tuple[_MonthAndDay, _MonthAndDay]:
    """Month and day that a `month` field begins with, and those that it ends with if it is a range."""
    text = _TEX_BLANK.sub(" ", text).translate({ord(brace): None for brace in "{}"})
    patterns = _patterns()
    named = patterns["month"].search(text) is not None
    found: list[_MonthAndDay] = []
    for side in patterns["to"].split(text, maxsplit=2)[:2]:
        names = patterns["month"].findall(side)
        numbers = [int(number) for number in re.findall(r"(?<!\d)\d{1,2}(?!\d)", side)]
        if named:
            month = MONTH_MACROS.index(names[0][:3].lower()) + 1 if names else None
            found.append((month, numbers[0] if numbers else None))
        else:
            month = numbers[0] if len(numbers) == 1 and side.strip().isdecimal() else None
            found.append((month if month and month <= 12 else None, None))
    (month, day), (end_month, end_day) = found[0], found[1] if len(found) == 2 else (None, None)
    if end_month or end_day:
        # "12--16 July" and "July 12--16": what one side does not say, the other says for both.
        return (month or end_month, day), (end_month or month, end_day)
    return (month, day), (None, None)


def _is_day(year: int, month: int, day: int) -> bool:
    leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    return 1 <= day <= _DAYS[month - 1] and (leap or (month, day) != (2, 29))


def _bound_to_iso(date: Date) -> str:
    if date.year is None:
        return ".."
    year = text = f"{date.year:05d}" if date.year < 0 else f"{date.year:04d}"
    if abs(date.year) > 9999:
        text = f"Y{date.year}"
    elif date.unspecified == "yearindecade":
        text = f"{year[:3]}X"
    elif date.unspecified == "yearincentury":
        text = f"{year[:2]}XX"
    elif date.unspecified == "monthinyear":
        text = f"{year}-XX"
    elif date.unspecified == "dayinyear":
        text = f"{year}-XX-XX"
    elif month := date.division or date.month:
        day = "-XX" if date.unspecified else f"-{date.day:02d}" if date.day else ""
        text = f"{year}-{month:02d}{day}"
    if date.time:
        text += f"T{date.time}"
    marks = {(True, True): "%", (True, False): "?", (False, True): "~", (False, False): ""}
    return text + marks[date.uncertain, date.approximate]


@functools.cache
def _patterns() -> Mapping[str, re.Pattern[str]]:
    months = "|".join(_shortened(name) for name in MONTH_VALUES.values())
    time = r"(?:[01]\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:\d\d)?"
    return {
        "edtf": re.compile(
            r"(?a)(-?\d{4}|Y-?\d{5,15}|\d{3}[Xx]|\d\d[Xx]{2})"
            rf"(?:-(\d\d|XX|xx)(?:-(\d\d|XX|xx)(?:T({time}))?)?)?([?~%]?[?~]?)"
        ),
        "circa": re.compile(r"(?i)(?:c\.|ca\b\.?|circa\b|approx\b\.?|about\b|\$?\\sim\b\$?|≈)\s*"),
        "year": re.compile(r"(?ai)(?:ad\s+)?(-?\d{1,4})(?:\s*(?:(bce?|b\.\s?c\.(?:\s?e\.)?)|ad|ce))?"),
        "decade": re.compile(r"(?a)(\d{3}0)['’]?s"),
        "range": re.compile(r"(?a)(\d{4})\s?(?:-{1,3}|[–—/])\s?(\d{4}|\d\d)"),
        "recent": re.compile(r"(?a)(?<!\d)(?:1\d|2[01])\d\d(?!\d)"),
        "month": re.compile(rf"(?i)(?<![^\W\d_])(?:{months})(?![^\W\d_])"),
        "to": re.compile(r"(?i)-+|[–—/&]|\bto\b|\band\b"),
    }


def _shortened(name: str) -> str:
    """A pattern for the name and its first letters, three at least."""
    pattern = ""
    for letter in reversed(name[3:]):
        pattern = f"(?:{letter}{pattern})?"
    return name[:3] + pattern
