"""How a `.bib` looks: what people choose when bibman writes or formats one, and what that makes of an entry's fields.

Nothing here changes what a field says, except where that is asked for: fields that are left out.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Final, Literal

from bibman.model.dates import MONTH_MACROS, MONTH_VALUES, month_number
from bibman.model.entry import Entry, Field
from bibman.model.vocabulary import canonical, field_rank

Letters = Literal["ascii", "unicode", "kept"]
"""Letters beyond ASCII as LaTeX, which every BibTeX sorts and abbreviates rightly; as themselves; or as they are."""

Order = Literal["kept", "key", "name", "title", "type", "year"]
"""By what entries are sorted; "kept" is the order in which they came."""


@dataclass(frozen=True)
class Layout:
    """The look of a `.bib`. `letters` and `order` are None where the one who writes knows best.

    `indent` stands before each field, whose name is padded to `name_width` letters. Of the fields `only` some are
    written, or all but those that are `left_out`: either way a name stands for its aliases too (`journal` for
    `journaltitle`), and `year` and `date` for each other. `blank_lines` are between entries.
    """

    letters: Letters | None = None
    order: Order | None = None
    indent: str = "  "
    name_width: int = 0
    blank_lines: int = 1
    only: frozenset[str] = frozenset()
    left_out: frozenset[str] = frozenset()
    sort_fields: bool = False
    in_quotes: bool = False
    bare_numbers: bool = False
    trailing_comma: bool = True
    month_macros: bool = False
    resolve_macros: bool = False

    @cached_property
    def gap(self) -> str:
        """What stands between the end of an entry's last line and the next entry's first."""
        return "\n" * (1 + self.blank_lines)

    def arranged(self, entry: Entry) -> Entry:
        """The entry with the fields that are to be written, in their order, and months as macros where asked for."""
        fields: Iterable[Field] = entry.fields
        if self.only or self.left_out:
            fields = [field for field in fields if self.writes(field.name)]
        if self.month_macros:
            fields = [_with_macro(field) if field.name == "month" else field for field in fields]
        if self.sort_fields:
            fields = sorted(fields, key=lambda field: field_rank(field.name))
        return entry if fields is entry.fields else replace(entry, fields=tuple(fields))

    def writes(self, name: str) -> bool:
        """Whether a field with this name would be written."""
        known = _known_as(name)
        return known not in self._left_out and (not self.only or known in self._only)

    def lines(self, fields: Iterable[Field]) -> str:
        """The lines of an entry's fields, whose texts are to be written as they are."""
        start = self._starts
        if self.in_quotes or self.bare_numbers:
            lines = [f"{start[name]}{expression or self.enclosed(text)}" for name, text, expression in fields]
        else:
            lines = [
                f"{start[name]}{{{text}}}" if expression is None else f"{start[name]}{expression}"
                for name, text, expression in fields
            ]
        if not lines:
            return ""
        return ",\n".join(lines) + (",\n" if self.trailing_comma else "\n")

    def enclosed(self, text: str) -> str:
        """A literal: in quotes where they are wanted and no quote is in it, a number bare where that is wanted."""
        if self.bare_numbers and _NUMBER.fullmatch(text):
            return text
        return f'"{text}"' if self.in_quotes and '"' not in text else f"{{{text}}}"

    @cached_property
    def _starts(self) -> "_Starts":
        return _Starts(self)

    @cached_property
    def _only(self) -> frozenset[str]:
        return frozenset(map(_known_as, self.only))

    @cached_property
    def _left_out(self) -> frozenset[str]:
        return frozenset(map(_known_as, self.left_out))


PLAIN: Final = Layout()
"""The look that bibman gives a `.bib` unless told otherwise."""

_NUMBER: Final = re.compile("[0-9]+")


class _Starts(dict[str, str]):
    """Name of a field → what stands before its value."""

    def __init__(self, layout: Layout) -> None:
        super().__init__()
        self._layout = layout

    def __missing__(self, name: str) -> str:
        self[name] = f"{self._layout.indent}{name.ljust(self._layout.name_width)} = "
        return self[name]


def _known_as(name: str) -> str:
    return "date" if name == "year" else canonical(name)


def _with_macro(field: Field) -> Field:
    """A `month` that is one month, by name or number, as its macro."""
    word = field.value.strip(" {}.")
    number = month_number(word) if field.expression is None and (word.isalpha() or word.isdecimal()) else None
    if not number:
        return field
    macro = MONTH_MACROS[number - 1]
    return Field(field.name, MONTH_VALUES[macro], macro)
