"""Entries of a `.bib` that stand where neither BibTeX nor bibman reads any, though they were meant as such, perhaps."""

import re
from typing import Final

from bibman.formats.bibtex_blocks import Block
from bibman.model.vocabulary import is_known_type

_BARE: Final = re.compile(r"(?:\A|[\r\n])[^\S\r\n]*+([A-Za-z]++)\s*+[{(]\s*+[^\s,{}=\"]++\s*+,\s*+[A-Za-z][\w-]*+\s*+=")
_WHOLE: Final = re.compile(r"[\r\n][^\S\r\n]*+@\s*+([A-Za-z]++)\s*+[{(]\s*+[^\s,{}=\"]++\s*+,")
_LINE_END: Final = re.compile(r"\r\n|\r|\n")


def without_at(block: Block) -> list[int]:
    """The lines of a text between blocks that begin an entry of a known type with a first field, save for its `@`."""
    return _lines(block, _BARE) if block.kind == "text" else []


def in_comment(block: Block) -> list[int]:
    """The lines of an `@comment{…}` that begin an entry of a known type."""
    return _lines(block, _WHOLE) if block.kind == "comment" else []


def _lines(block: Block, pattern: re.Pattern[str]) -> list[int]:
    places = (match.start(1) for match in pattern.finditer(block.raw) if is_known_type(match[1].lower()))
    return [block.line + len(_LINE_END.findall(block.raw, 0, place)) for place in places]
