"""Where the parts of an entry stand in its text, and in which style it is written."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Final, NamedTuple

from bibman.errors import InvalidValueError
from bibman.formats.bibtex_blocks import blocks
from bibman.formats.bibtex_expressions import expression_parts
from bibman.model.entry import Field
from bibman.model.latex import imbalance

LINE_END: Final = re.compile(r"\r\n|\r|\n")
_BLANKS: Final = re.compile(r"\s*+(?:%[^\r\n]*+\s*+)*+")
_MARKS: Final = re.compile(r'[{}"]')
_INDENT: Final = "  "


class Place(NamedTuple):
    """Where a field stands: the comma before it, its name, and its expression from `start` to `end`."""

    comma: int
    name: int
    name_end: int
    start: int
    end: int


@dataclass(frozen=True)
class Places:
    """Where the parts of an entry stand in `raw`: its type, its key, its fields in order, what closes it.

    `comma` is the one after the last field, or after the key where there is none; -1 where there is none.
    """

    raw: str
    type: tuple[int, int]
    key: tuple[int, int]
    fields: tuple[Place, ...]
    comma: int
    closing: int

    @classmethod
    def of(cls, raw: str) -> "Places":
        """The places in the text of one entry. Raises InvalidValueError for any other text."""
        found = list(blocks([raw]))
        if len(found) != 1 or found[0].kind != "entry":
            raise InvalidValueError(f"not the text of one entry: {raw[:40]!r}")
        (block,) = found
        type_ = raw.index(block.type, 1)
        key = _after_blanks(raw, _after_blanks(raw, type_ + len(block.type)) + 1)
        at = _after_blanks(raw, key + len(block.key))
        places = []
        for name, expression in block.fields:
            start = _after_blanks(raw, at + 1)
            end = start + len(name)
            value = _after_blanks(raw, _after_blanks(raw, end) + 1)
            places.append(Place(at, start, end, value, value + len(expression)))
            at = _after_blanks(raw, value + len(expression))
        comma = at if raw[at] == "," else -1
        return cls(
            raw,
            (type_, type_ + len(block.type)),
            (key, key + len(block.key)),
            tuple(places),
            comma,
            _after_blanks(raw, at + 1) if comma >= 0 else at,
        )

    def end_before(self, index: int) -> int:
        """Where the field before the field `index` ends, or the key where there is none."""
        return self.fields[index - 1].end if index else self.key[1]

    def comma_after(self, index: int) -> int:
        """The comma after the field `index`, or after the key for -1; -1 where there is none."""
        return self.fields[index + 1].comma if index + 1 < len(self.fields) else self.comma

    def next_after(self, index: int) -> int:
        """Where the next field after the field `index` begins, or what closes the entry."""
        return self.fields[index + 1].name if index + 1 < len(self.fields) else self.closing

    def names(self) -> list[str]:
        """The names of the fields as they are written."""
        return [self.raw[place.name : place.name_end] for place in self.fields]

    @cached_property
    def line_end(self) -> str:
        """What ends the lines of the entry."""
        found = LINE_END.search(self.raw)
        return found[0] if found else "\n"

    @cached_property
    def indent(self) -> str | None:
        """What stands before a field in a line of its own; None where the fields are all in one line."""
        found = None
        for place in self.fields:
            gap = self.raw[place.comma + 1 : place.name]
            if LINE_END.search(gap):
                found = LINE_END.split(gap)[-1]
        if found is None and not self.fields and LINE_END.search(self.raw):
            return _INDENT
        return found

    @cached_property
    def leading(self) -> str | None:
        """What stands before the name of a field where commas begin the lines; None where they do not."""
        for index in reversed(range(len(self.fields))):
            place = self.fields[index]
            before, gap = self.raw[self.end_before(index) : place.comma], self.raw[place.comma + 1 : place.name]
            if LINE_END.search(before) and not LINE_END.search(gap):
                return f"{self.line_end}{LINE_END.split(before)[-1]},{gap}"
        return None

    def typed(self, type_: str) -> str:
        """A type (lower case) in capitals where the type here is."""
        return _in_case(type_, [self.raw[slice(*self.type)]])

    def beginning(self, name: str, model: int) -> str:
        """A new field up to its value, in the style of the others; where they differ, of the field `model`."""
        name = _in_case(name, self.names())
        gaps = [self._gaps(place) for place in self.fields]
        plain = [each for each in gaps if each is not None]
        if not plain:
            return f"{name} = "
        column = _common((length, length + len(before)) for length, before, _ in plain)
        value = _common((length, length + len(before) + 1 + len(after)) for length, before, after in plain)
        _, before, after = (gaps[model] if 0 <= model < len(gaps) else None) or plain[-1]
        if column is not None:
            least = min(len(each) for _, each, _ in plain)
            before = " " * max(column - len(name), min(least, 1))
        elif value is not None:
            after = " " * max(value - len(name) - len(before) - 1, 1)
        return f"{name}{before}={after}"

    def _gaps(self, place: Place) -> tuple[int, str, str] | None:
        """How long the name is, and what stands around the equals sign; None where that is more than blanks."""
        before, _, after = self.raw[place.name_end : place.start].partition("=")
        return None if LINE_END.search(before + after) else (place.name_end - place.name, before, after)

    def expression(self, field: Field, old: str = "") -> str:
        """What stands for the value of a field, in the delimiters of `old` or else those that most fields have.

        Raises InvalidValueError for braces that do not match.
        """
        text = field.written
        if imbalance(text) is not None:
            raise InvalidValueError(
                f"the field {field.name} has braces that do not match", "BibTeX counts every brace of a value"
            )
        text = LINE_END.sub(self.line_end, text)
        if field.expression is not None:
            return text
        delimiter = old[0] if _is_literal(old) else ""
        if text.isascii() and text.isdigit() and (delimiter.isdigit() or (not delimiter and self._has_bare_numbers)):
            return text
        if delimiter not in ('"', "{"):
            delimiter = self._usual
        return f'"{text}"' if delimiter == '"' and _fits_quotes(text) else f"{{{text}}}"

    @cached_property
    def _literals(self) -> list[str]:
        return [text for place in self.fields if _is_literal(text := self.raw[place.start : place.end])]

    @cached_property
    def _usual(self) -> str:
        """The delimiter with which most values begin."""
        quoted = sum(text[0] == '"' for text in self._literals)
        return '"' if quoted > sum(text[0] == "{" for text in self._literals) else "{"

    @cached_property
    def _has_bare_numbers(self) -> bool:
        return any(map(str.isdigit, self._literals)) and not any(
            text[1:-1].isdigit() for text in self._literals if not text.isdigit()
        )


def _common(columns: Iterable[tuple[int, int]]) -> int | None:
    """The column in which something stands after names of different lengths; None where it has no one column."""
    found = list(columns)
    places = {column for _, column in found}
    return places.pop() if len(places) == 1 and len({length for length, _ in found}) > 1 else None


def _after_blanks(raw: str, place: int) -> int:
    match = _BLANKS.match(raw, place)
    return place if match is None else match.end()


def _in_case(name: str, models: list[str]) -> str:
    """The name in capitals, or with a capital, where all the models are so."""
    if models and all(model[:1].isupper() for model in models):
        return name.upper() if all(map(str.isupper, models)) else name[:1].upper() + name[1:]
    return name


def _is_literal(text: str) -> bool:
    """Whether an expression is one literal."""
    return text.isdigit() or (text[:1] in ("{", '"') and len(expression_parts(text)) == 1)


def _fits_quotes(text: str) -> bool:
    """Whether no quote in the text stands outside braces, where it would end a value in quotes."""
    depth = 0
    for mark in _MARKS.finditer(text):
        depth += {"{": 1, "}": -1, '"': 0}[mark[0]]
        if depth == 0 and mark[0] == '"':
            return False
    return True
