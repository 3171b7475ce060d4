"""Files of other projects' tests, read as they expect."""

import re
from dataclasses import replace
from typing import Any
from unicodedata import normalize

from bibman.formats.bibtex_expressions import expression_parts
from bibman.formats.bibtex_reader import read
from bibman.model.dates import from_fields
from bibman.model.entry import Entry, Field
from bibman.model.latex import decode
from bibman.model.names import parse_name, split_names
from bibman.model.vocabulary import is_verbatim
from tests.conformance.cases import judge, load

_PARTS = ("family", "given", "prefix", "suffix", "literal")
_MARKUP = re.compile(r"</?(?:a|b|code|i|pre|span|su[bp])\b[^>]*>|\u00ad|\u200b")
_CITATION = re.compile(r"\\cite\{([^{}]*)\}")


def test_files_are_read_as_other_programs_read_them() -> None:
    results = {case["id"]: agrees(case) for case in load("bibtex_parse")}
    judge("bibtex_parse", results, bar=0.97)


def agrees(case: dict[str, Any]) -> bool:
    entries = read(case["input"]).entries
    expected = case["expected"]["entries"]
    by_key = {entry.key: entry for entry in entries}
    return len(entries) == len(expected) and all(
        found(with_inherited(entry, like, by_key), like, case["form"]) == wanted(like, case["form"])
        for entry, like in zip(entries, expected, strict=True)
    )


def with_inherited(entry: Entry, expected: dict[str, Any], by_key: dict[str, Entry]) -> Entry:
    """The entry with the fields that the other program inherits; a title becomes the booktitle, as in BibLaTeX."""
    parent = by_key.get(entry.get("crossref") or "", entry)
    values = {name: parent.get("title" if name == "booktitle" else name) for name in expected.get("inherited", ())}
    return replace(entry, fields=(*entry.fields, *(Field(name, value or "") for name, value in values.items())))


def wanted(expected: dict[str, Any], form: str) -> dict[str, Any]:
    fields = {name: told(name, value, form) for name, value in expected["fields"].items()}
    return {"@": expected["type"], "{": expected["key"], **fields}


def found(entry: Entry, like: dict[str, Any], form: str) -> dict[str, Any]:
    """What bibman read, each value in the form of the value that is expected."""
    values: dict[str, Any] = {"@": entry.type, "{": entry.key}
    for field in entry.fields:
        expected = like["fields"].get(field.name)
        value = told(field.name, as_unicode(field, expected) if form == "unicode" else field.value, form)
        if isinstance(value, set):
            values[field.name] = values.get(field.name, set()) | value  # others join what stands there twice
        elif value or expected is not None:  # others leave out what is empty
            values.setdefault(field.name, value)
    return values


def as_unicode(field: Field, expected: Any) -> Any:
    name, text = field.name, field.value
    if isinstance(expected, list) and isinstance(expected[0], dict):
        return [parts_of(each, expression_parts(field.expression or "")) for each in split_names(text)]
    if isinstance(expected, list):
        return [decode(each) for each in (re.split(r"[,;]", text) if name == "keywords" else split_names(text))]
    if name == "month" and str(expected)[:1].isdigit():
        date = from_fields({"year": "2000", "month": text})
        return f"{date.month or ''}" if date else text
    return text if is_verbatim(name) else decode(text)


def parts_of(name: str, macros: list[str]) -> dict[str, str]:
    if name in macros:
        return {"literal": name}  # a macro that nobody knows may stand for anybody
    parsed = parse_name(name)
    return {part: decode(getattr(parsed, part)) for part in _PARTS}


def told(name: str, value: Any, form: str) -> Any:
    """A value without what is only another way of writing it: blanks, forms of a letter, mark-up, order of keywords.

    BibTeX text is compared to the character, save for blanks.
    """
    if form != "unicode":
        return " ".join(value.split())
    if isinstance(value, list):
        values = [told("", each, form) for each in value]
        return set(values) if name == "keywords" else values
    if isinstance(value, dict):
        return {part: told("", text, form) for part, text in value.items() if text}
    if name == "month" and (number := re.match(r"0?(\d+)(?:\s|$)", value)):
        return number[1]  # the days of the month are beside it
    plain = normalize("NFC", _CITATION.sub(r"\1", _MARKUP.sub("", value)))
    # The letters of formulas, in italics or upright.
    plain = re.sub("[\U0001d400-\U0001d7ff]", lambda letter: normalize("NFKC", letter[0]), plain).replace("µ", "μ")
    return " ".join(plain.replace("−", "-").replace("LᴬTEX", "LaTeX").split())
