"""What the blocks of a `.bib` say: entries with their values resolved, and the macros that are known."""

from dataclasses import dataclass
from typing import NamedTuple

from bibman.formats.bibtex_blocks import Block, blocks
from bibman.formats.bibtex_expressions import expression_parts
from bibman.model.dates import MONTH_VALUES
from bibman.model.entry import Entry, Field

LONGEST = 1 << 20
"""The most characters that `#` may join; longer texts of TeX's own would not fit into it either."""


class Value(NamedTuple):
    """What an expression means: see `Field`, of which this is all but the name."""

    value: str
    expression: str | None = None


class Macro(NamedTuple):
    """A macro as `@string` defines it: `name` as written, value and expression as a `Field` has them."""

    name: str
    value: str
    expression: str | None = None


@dataclass(frozen=True, slots=True)
class Bibliography:
    """All that a `.bib` says, each in the order of the file. Two entries may have the same key, or none.

    `preambles` are the TeX code of `@preamble`; `broken` are the blocks that could not be read.
    """

    entries: tuple[Entry, ...]
    macros: tuple[Macro, ...]
    preambles: tuple[Value, ...]
    broken: tuple[Block, ...]


class Macros:
    """The macros known at a place of a `.bib`: those of the months, and what was defined before it.

    Their names have no case. A new definition takes effect from there on.
    """

    def __init__(self) -> None:
        self._values = dict(MONTH_VALUES)

    def define(self, name: str, expression: str) -> Macro:
        """Makes `name` stand for the value that the expression has now."""
        value = self.resolve(expression)
        self._values[name.lower()] = value.value
        return Macro(name, *value)

    def resolve(self, expression: str) -> Value:
        """What the expression of a block means.

        Delimiters go, what `#` joins is joined, macros are replaced, line ends become LF; nothing else is changed. The
        value of a macro that is not known is its name, since a style or another file may define it: BibTeX would leave
        it out, with a warning. What would be longer than LONGEST stays as it is written: macros that double a few times
        would fill any memory.
        """
        if "\r" in expression:
            expression = expression.replace("\r\n", "\n").replace("\r", "\n")
        if expression[0] in '{"' and "#" not in expression:
            return Value(expression[1:-1])
        if expression.isascii() and expression.isdecimal():
            return Value(expression)
        parts = expression_parts(expression)
        if len(parts) == 1 and parts[0][0] in '{"0123456789':
            return Value(self._part(parts[0]))
        if "%" in expression:
            expression = " # ".join(parts)  # a comment between the parts is none of them
        values = list(map(self._part, parts))
        if sum(map(len, values)) > LONGEST:
            return Value(expression, expression)
        return Value("".join(values), expression)

    def _part(self, part: str) -> str:
        if part[0] in '{"':
            return part[1:-1]
        return self._values.get(part.lower(), part)


def read(text: str) -> Bibliography:
    """All that the text of a `.bib`, held as a whole, says."""
    macros = Macros()
    entries: list[Entry] = []
    defined: list[Macro] = []
    preambles: list[Value] = []
    broken: list[Block] = []
    for block in blocks((text,)):
        if block.kind == "entry":
            entries.append(read_entry(block, macros))
        elif block.kind == "macro":
            defined.append(macros.define(block.key, block.fields[0][1]))
        elif block.kind == "preamble":
            preambles.append(macros.resolve(block.fields[0][1]))
        elif block.kind == "broken":
            broken.append(block)
    return Bibliography(tuple(entries), tuple(defined), tuple(preambles), tuple(broken))


def read_entry(block: Block, macros: Macros) -> Entry:
    """The entry of a block of the kind "entry", with the macros that are known where it stands.

    Type and field names are lower case. The key is as written, empty where there is none.
    """
    resolve = macros.resolve
    plain = "\r" not in block.raw
    # Nearly every value is one literal; only `#` could make it more.
    fields = [
        Field(name.lower(), expression[1:-1])
        if plain and expression[0] in '{"' and "#" not in expression
        else Field(name.lower(), *resolve(expression))
        for name, expression in block.fields
    ]
    return Entry(block.key, block.type.lower(), tuple(fields))
