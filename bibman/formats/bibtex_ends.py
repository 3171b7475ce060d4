"""Whether an entry of a `.bib` ends where it seems to, or one brace too many closes it early."""

import re
from typing import Final

from bibman.formats.bibtex_starts import LEGAL, Text

_FIELD: Final = rf"(?P<name>(?!@){LEGAL}++)?+\s*+(?:=\s*+(?P<value>[\"{{]|\w++\s*+[,\#)}}])?+)?+"
_FOLLOWING: Final = re.compile(rf"\s*+(?:\#\s*+(?P<part>[\"{{])?+|(?:,\s*+)?+{_FIELD})")
_COMMA_AND_FIELD: Final = re.compile(rf"\s*+(?:,\s*+{_FIELD})?+")
_WORD_COMMA_AND_FIELD: Final = re.compile(rf"(?:(?=\w)(?P<word>{LEGAL}++)\s*+(?:,\s*+{_FIELD})?+)?+")
_NEXT_WORD: Final = re.compile(r"[^\w{}()@]*+(\w++)?+")
_MARKS: Final = {"}": re.compile(r"[{}@]"), ")": re.compile(r"[{}()@]")}


def rest_after(text: Text, place: int, closing: str) -> str:
    """What shows that an entry goes on after the `closing` brace or parenthesis before `place`; empty if nothing does.

    BibTeX takes the entry as ended and leaves the rest out in silence. It is a `#` with a literal, the name of a field
    with its value, or words up to a brace that nothing opened: words right behind the end, or such as a field comes
    after. Any other text merely stands between entries. Raises RanOutError.
    """
    following = text.ahead(_FOLLOWING, place)
    if following["part"] or following["value"]:
        return following["name"] or "#"
    behind = text.ahead(_WORD_COMMA_AND_FIELD, place)
    if behind["value"]:
        return behind["word"]
    word = text.ahead(_NEXT_WORD, place)[1]
    close = _unopened_after(text, place, closing) if word else 0
    if close:
        right_behind = not re.match(r"[\s%]", text.text[place])
        if right_behind or text.ahead(_COMMA_AND_FIELD, close)["value"]:
            return word
    return ""


def _unopened_after(text: Text, place: int, closing: str) -> int:
    """The place after a closing brace that nothing opened, before the next `@`; 0 if there is none."""
    depth = 0
    for mark in _MARKS[closing].finditer(text.text, place):
        sign = mark[0]
        if sign == "{":
            depth += 1
        elif sign == "}" and depth:
            depth -= 1
        else:
            return mark.end() if sign in "})" else 0
    text.must_be_whole()
    return 0
