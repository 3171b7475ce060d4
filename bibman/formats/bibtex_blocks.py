"""The text of a `.bib`, cut into its blocks: entries, macros, preambles, comments, what is broken, and text between.

The rules are BibTeX's (bibtex.web, "Reading the database file(s)"), save that nothing may be lost in silence and that
one mistake costs one entry:

- What `%` begins is a comment to the end of its line, as to biber, between blocks (where it is the first of its line)
  and within one. BibTeX reads entries behind it, and stops within an entry.
- `@comment{…}` hides what is in its braces, as to biber. BibTeX reads entries in it.
- A byte that is not of the file's encoding, or a NUL character, makes its block broken. BibTeX takes it for a
  letter.
- A line that begins with `@word{` begins a block, unless it stands in a value that visibly goes on after it. BibTeX
  takes the rest of the file for the value, where a brace is never closed.
- Fields, or words up to a brace that nothing opened, behind the end of an entry make it broken. BibTeX leaves them out.
"""

import re
from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

from bibman.formats.bibtex_scanner import Kind, Scanner
from bibman.formats.bibtex_starts import LINE_OPENS, RanOutError


class Problem(NamedTuple):
    """What is wrong with a broken block, and where in the whole text: line and column, both from 1."""

    line: int
    column: int
    message: str


class Block(NamedTuple):
    """One block of a `.bib`, or the text between two.

    `raw` is its text to the character: the raws of all blocks joined are the whole text. It begins in the line `line`,
    from 1. `type` is the word after the `@` and `key` the citation key, or the name of a macro, as written. `fields`
    are names and expressions as written (`{A}`, `"B" # jan`, `2000`), in order, duplicates kept; a macro and a preamble
    have one, with no name. `problem` is there if the block is broken; it then has no fields.
    """

    kind: Kind
    raw: str
    line: int
    type: str = ""
    key: str = ""
    fields: tuple[tuple[str, str], ...] = ()
    problem: Problem | None = None


_FLAW: Final = re.compile("[\0\ud800-\udfff]")

PIECE: Final = 1 << 18
"""At least so many characters are taken at a time."""


def blocks(pieces: Iterable[str]) -> Iterator[Block]:
    """The blocks of the text that the `pieces` joined are, in order, whatever the text is and however it is cut.

    No more than the largest block and a piece are held at a time, and the time grows with the length of the text. A
    block that is broken ends with its own last brace, or before the next line that begins with `@word{`.
    """
    source = iter(pieces)
    text, whole = "", False
    line = 1
    line_start = searched = wary_until = 0
    while not whole:
        # The rest of a block that did not fit is doubled, so that it is not read again too often.
        text, whole = _longer(text, source, max(PIECE, len(text)))
        scanner = Scanner(text, whole=whole, wary_until=wary_until)
        is_flawed = _is_flawed(text)
        at = 0
        try:
            while at < len(text):
                head = _HEAD.match(text, at)
                if head and not is_flawed and (plain := _plain_entry(text, head)):
                    gap, type_, key = head.groups()
                    if gap:
                        yield Block("text", gap, line)
                        line += _line_ends(text, at, at := at + len(gap))
                    end, fields = plain
                    yield Block("entry", text[at:end], line, type_, key, fields)
                else:
                    kind, end, type_, key, fields, place, message = scanner.next(at)
                    flaw = _FLAW.search(text, at, end) if is_flawed and kind not in ("text", "comment") else None
                    if flaw:
                        kind, fields, place, message = "broken", (), flaw.start(), _what_flaw(flaw[0])
                    problem = None
                    if kind == "broken":
                        line_start, searched = _line_start(text, searched, at, line_start), at
                        column = place - _line_start(text, at, place, line_start) + 1
                        problem = Problem(line + _line_ends(text, at, place), column, message)
                    yield Block(kind, text[at:end], line, type_, key, fields, problem)
                line += _line_ends(text, at, end)
                at = end
        except RanOutError:
            pass
        line_start, searched = _line_start(text, searched, at, line_start) - at, 0
        wary_until = scanner.wary_until - at
        text = text[at:]


def _is_flawed(text: str) -> bool:
    """Whether a text has what stands for a byte that is not of its encoding (see `formats.encoding`), or a NUL."""
    try:
        return "\0" in text or not text.encode()
    except UnicodeEncodeError:
        return True


def _what_flaw(sign: str) -> str:
    return "there is a NUL character" if sign == "\0" else f"the byte {ord(sign) & 0xFF:02X} is not UTF-8"


def _longer(text: str, source: Iterator[str], size: int) -> tuple[str, bool]:
    """The `text` and at least `size` characters of the `source` after it; whether that is all there is."""
    pieces = [text]
    for piece in source:
        pieces.append(piece)
        size -= len(piece)
        if size <= 0:
            return "".join(pieces), False
    return "".join(pieces), True


def _line_ends(text: str, start: int, end: int) -> int:
    """How many lines end between two places, neither of which is in the midst of a line end."""
    count = text.count("\n", start, end)
    if text.find("\r", start, end) >= 0:
        count += text.count("\r", start, end) - text.count("\r\n", start, end)
    return count


def _line_start(text: str, start: int, end: int, default: int) -> int:
    """Where the last line that begins between two places begins, or `default`."""
    return max(text.rfind("\n", start, end), text.rfind("\r", start, end)) + 1 or default


# The plainly well-formed entry: what these match, the scanner reads alike; all else is left to the scanner. Braces
# count whether a backslash is before them or not, as in BibTeX. What follows must show that the end is the end.
# `{-}` is one range, `{`, `|` and `}`, which the expression engine tests in half the time of two characters.
_TEXT: Final = r"[^{-}]*+(?:\|[^{-}]*+)*+"


def _nested(group: str) -> str:
    return rf"\{{{_TEXT}(?:{group}{_TEXT})*+\}}"


_BRACED: Final = _nested(_nested(_nested(rf"\{{{_TEXT}\}}")))
_QUOTED: Final = rf'"[^"{{}}]*+(?:{_BRACED}[^"{{}}]*+)*+"'
_LITERAL: Final = rf"(?:{_BRACED}|{_QUOTED}|[0-9]++|[A-Za-z][\w:+./-]*+)"
_END: Final = r"\s*+\}(?=\s*+[@%])"
_LINE_OPENS: Final = re.compile(LINE_OPENS)
_HEAD: Final = re.compile(r"(\s*+)@(?!(?i:comment|preamble|string)\b)([A-Za-z]++)\s*+\{\s*+([^\s,{}=%]++)\s*+,")
_FIELD: Final = re.compile(
    rf"\s*+([A-Za-z][\w:+./-]*+)\s*+=\s*+({_LITERAL}(?:\s*+\#\s*+{_LITERAL})*+)(?:\s*+,({_END})?+|({_END}))"
)


def _plain_entry(text: str, head: re.Match[str]) -> tuple[int, tuple[tuple[str, str], ...]] | None:
    """The end and the fields of the entry that begins with `head`, if it is plainly well formed."""
    match = _FIELD.match
    fields = []
    start = end = head.end()
    while field := match(text, end):
        fields.append((field[1], field[2]))
        end = field.end()
        if field.lastindex != 2:
            if text.find("@", start, end) >= 0 and _LINE_OPENS.search(text, start, end):
                return None
            return end, tuple(fields)
    return None
