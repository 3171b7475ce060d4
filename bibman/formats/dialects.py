"""Entries from BibLaTeX's dialect to BibTeX's and back: types, names of fields, dates, arXiv.

What the other dialect has no word for stays as it is, and so does a field whose new name another field has already:
nothing is lost. Values are the same before and after, save in dates, numbers of editions, BibLaTeX's keys for types,
and titles that take in their subtitles.
"""

import re
from dataclasses import replace
from functools import lru_cache
from typing import Final

from bibman.model.dates import MONTH_MACROS, MONTH_VALUES, Date, from_fields, month_number, parse_date, to_iso
from bibman.model.entry import Entry, Field
from bibman.model.latex import escape
from bibman.model.vocabulary import (
    BIBLATEX_MARKS,
    BIBTEX_FIELDS,
    BIBTEX_TYPES,
    FIELD_ALIASES,
    STYLE_TYPES,
    TYPE_ALIASES,
    TYPE_KEYS,
    biblatex_type,
    bibtex_field,
    bibtex_type,
    canonical,
)

_FOR_BIBTEX: Final = frozenset({*BIBTEX_FIELDS, "date", "edition", "institution", "type"})
_FOR_BIBLATEX: Final = frozenset({*FIELD_ALIASES, "year"})
_TYPES_FOR_BIBLATEX: Final = frozenset({*TYPE_ALIASES, "inbook", "misc"})
_SEASONS: Final = {21: "Spring", 22: "Summer", 23: "Autumn", 24: "Winter"}
_SEASON_WORDS: Final = frozenset({"fall", *map(str.lower, _SEASONS.values())})
_LAST_YEAR: Final = 9999
_DEFAULT_TYPE_KEYS: Final = {old: key for old, (_, key) in TYPE_ALIASES.items() if key}
_FIRST_EDITIONS: Final = "First Second Third Fourth Fifth Sixth Seventh Eighth Ninth Tenth Eleventh Twelfth".split()
_LOWER_DEGREES: Final = ("master", "bachelor", "mathesis", "bathesis", "candthesis", "diplom")


def to_bibtex(entry: Entry) -> Entry:
    """The entry as the styles of BibTeX understand it.

    A preprint on arXiv whose type BibTeX has not becomes a `misc` with its number as `howpublished`: `eprint` is
    printed by few styles, and not by the standard ones. `to_biblatex` takes it away again. A title takes in the
    subtitle, which no style of BibTeX knows.
    """
    names = {field.name for field in entry.fields}
    if entry.type in BIBTEX_TYPES and names.isdisjoint(_FOR_BIBTEX):
        return entry
    if not names.isdisjoint(("subtitle", "booksubtitle")):
        entry = _with_whole_titles(entry)
    type_ = _bibtex_type(entry, names)
    number = _preprint(entry) if type_ == "misc" != entry.type and "howpublished" not in names else ""
    fields: list[Field] = []
    for field in entry.fields:
        if field.name == "date" and "year" not in names:
            fields += _year_and_month(field.value)
        elif field.name == "edition" and not names.isdisjoint(BIBLATEX_MARKS):
            fields.append(_with_ordinal(field))
        elif field.name == "type":
            if field.value != _DEFAULT_TYPE_KEYS.get(type_):
                fields.append(field._replace(value=TYPE_KEYS[field.value]) if field.value in TYPE_KEYS else field)
        else:
            if field.name == "eprint" and number:
                fields.append(Field("howpublished", number))
            fields.append(_renamed(field, bibtex_field(field.name, type_), names, "arXiv"))
    return replace(entry, type=type_, fields=tuple(fields))


def to_biblatex(entry: Entry) -> Entry:
    """The entry as BibLaTeX would have it; its values stay, in LaTeX or not."""
    names = {field.name for field in entry.fields}
    if entry.type not in _TYPES_FOR_BIBLATEX and names.isdisjoint(_FOR_BIBLATEX):
        return entry
    type_, key = biblatex_type(entry.type)
    if type_ == "inbook" and names.isdisjoint(("booktitle", "crossref", "xdata")):
        type_ = "book"  # a chapter without a title of its own (manual, 2.3.1)
    if type_ == "thesis" != entry.type and "type" in names and _thesis(entry) != entry.type:
        type_ = entry.type  # BibLaTeX knows it too (manual, 2.1.2), and no word in `type` says which degree it is
    number = _preprint(entry) if type_ == "misc" else ""
    dropped = "howpublished" if number and entry.get("howpublished") == number else ""
    date = "" if "date" in names else _date(entry)
    fields: list[Field] = []
    for field in entry.fields:
        if date and field.name in ("year", "month", "day"):
            if field.name == "year":
                fields.append(Field("date", date))
        elif field.name != dropped:
            fields.append(_renamed(field, canonical(field.name), names, "arxiv"))
    if key and "type" not in names:
        fields.append(Field("type", key))
    if names.isdisjoint(BIBLATEX_MARKS) and any(field.name in BIBLATEX_MARKS for field in fields):
        fields = [_with_number(field) if field.name == "edition" else field for field in fields]
    return replace(entry, type="online" if dropped else type_, fields=tuple(fields))


def _with_whole_titles(entry: Entry) -> Entry:
    """The entry with the subtitles in the titles, if it is one of BibLaTeX's."""
    values = {field.name: field for field in entry.fields}
    whole: dict[str, Field | None] = {}
    if not BIBLATEX_MARKS.isdisjoint(values):
        for name in ("title", "booktitle"):
            main, rest = values.get(name), values.get(name.replace("title", "subtitle"))
            if main and rest and main.value and main.expression is None is rest.expression:
                mark = " " if main.value[-1] in ".:!?" else ": "
                whole |= {name: main._replace(value=f"{main.value}{mark}{rest.value}"), rest.name: None}
    if not whole:
        return entry
    fields = (whole.get(field.name, field) for field in entry.fields)
    return replace(entry, fields=tuple(field for field in fields if field is not None))


def _bibtex_type(entry: Entry, names: set[str]) -> str:
    if entry.type == "thesis":
        return _thesis(entry)
    if BIBLATEX_MARKS.isdisjoint(names):
        is_kept = entry.type in STYLE_TYPES and not _preprint(entry)
        return entry.type if is_kept else bibtex_type(entry.type)
    # An `inbook` of BibLaTeX has a title of its own; that is what BibTeX calls `incollection` (manual, 2.3.1).
    return "incollection" if entry.type == "inbook" and "booktitle" in names else bibtex_type(entry.type)


def _thesis(entry: Entry) -> str:
    degree = (entry.get("type") or "").lower()
    return "mastersthesis" if any(word in degree for word in _LOWER_DEGREES) else "phdthesis"


def _renamed(field: Field, name: str, names: set[str], arxiv: str) -> Field:
    if name == field.name or name in names:
        return field
    if canonical(name) == "eprinttype" and field.value.lower() == "arxiv":
        return Field(name, arxiv)
    return Field(name, field.value, field.expression)


def _with_ordinal(edition: Field) -> Field:
    """An edition that BibLaTeX counts (manual, 2.2.2) in a word, as BibTeX has it ("Second"; btxdoc, 3.2)."""
    if edition.expression is not None or not re.fullmatch("[1-9][0-9]?", edition.value):
        return edition
    return Field(edition.name, _ordinal(int(edition.value)))


def _with_number(edition: Field) -> Field:
    """An edition in just the words that `_with_ordinal` has for a number as that number."""
    number = _EDITIONS.get(edition.value)
    return edition if number is None or edition.expression is not None else Field(edition.name, str(number))


def _ordinal(number: int) -> str:
    if number <= len(_FIRST_EDITIONS):
        return _FIRST_EDITIONS[number - 1]
    ending = {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th") if number // 10 % 10 != 1 else "th"
    return f"{number}{ending}"


_EDITIONS: Final = {_ordinal(number): number for number in range(1, 100)}


def _preprint(entry: Entry) -> str:
    """How a preprint on arXiv is cited, as arXiv asks for it (`arXiv:2302.07459 [cs.CL]`); empty for anything else."""
    values = {canonical(field.name): field.value for field in entry.fields}
    number = values.get("eprint", "").removeprefix("arXiv:")
    if not number or values.get("eprinttype", "").lower() != "arxiv":
        return ""
    category = values.get("eprintclass", "")
    return f"arXiv:{escape(number)} [{category}]" if category else f"arXiv:{escape(number)}"


def _year_and_month(text: str) -> list[Field]:
    """BibTeX's fields for the text of a `date`: year, month as a macro, and the day, which its styles pass over."""
    date = parse_date(text)
    written = text.strip().upper()
    if date is None or to_iso(date) not in (written, f"{written}..", f"..{written}"):
        return [Field("year", text)]  # words, with or without a year among them
    end = date.end
    if end is not None and end.year != date.year:
        return [Field("year", f"{_year(date)}--{_year(end)}")]
    fields = [Field("year", _year(date))]
    if date.division in _SEASONS:
        fields.append(Field("month", _SEASONS[date.division]))
    elif date.month and end is None:
        fields.append(_in_month(None, date.month))
        if date.day:
            fields.append(Field("day", str(date.day)))
    elif date.month and end is not None and end.month:
        if date.month == end.month:
            return [*fields, _in_month(f"{date.day}--{end.day}" if date.day and end.day else None, date.month)]
        first, last = _in_month(date.day, date.month), _in_month(end.day, end.month)
        fields.append(Field("month", f"{first.value}--{last.value}", f'{first.expression} # "--" # {last.expression}'))
    return fields


def _year(date: Date) -> str:
    """The year as it is printed: "c. 1850", "1990s", "44 BC"; empty for the open end of a range."""
    if date.year is None:
        return ""
    if date.unspecified == "yearindecade":
        text = f"{date.year}s"
    elif date.unspecified == "yearincentury" or date.year > _LAST_YEAR:
        text = to_iso(Date(date.year, unspecified=date.unspecified))
    else:
        text = str(date.year) if date.year > 0 else f"{1 - date.year} BC"
    return f"{'c. ' if date.approximate else ''}{text}{'?' if date.uncertain else ''}"


def _in_month(days: str | int | None, month: int) -> Field:
    macro = MONTH_MACROS[month - 1]
    if not days:
        return Field("month", MONTH_VALUES[macro], macro)
    return Field("month", f"{days}~{MONTH_VALUES[macro]}", f'"{days}~" # {macro}')


def _date(entry: Entry) -> str:
    """The `date` that says just what `year`, `month` and `day` say; empty where there is no such date."""
    values = {field.name: field.value for field in entry.fields if field.name in ("year", "month", "day")}
    return _one_date(values["year"], values.get("month"), values.get("day")) if "year" in values else ""


@lru_cache(1 << 12)
def _one_date(year: str, month: str | None, day: str | None) -> str:
    given = {name: value for name, value in (("year", year), ("month", month), ("day", day)) if value is not None}
    date = from_fields(given)
    words = re.findall(r"[^\W\d_]+", month or "")
    if date is None or not all(month_number(word) or word.lower() in _SEASON_WORDS for word in words):
        return ""
    back = {field.name: field.value for field in _year_and_month(to_iso(date))}
    exact = back["year"] == year.strip(" {}") and back.keys() == given.keys() and from_fields(back) == date
    return to_iso(date) if exact else ""
