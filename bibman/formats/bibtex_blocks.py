"""The text of a `.bib`, cut into its blocks: entries, macros, preambles, comments, what is broken, and text between.

The rules are BibTeX's (bibtex.web, sections 218 to 278), save that nothing may be lost in silence and that one mistake
costs one entry:

- What `%` begins is a comment to the end of its line, as to biber, between blocks (where it is the first of its line)
  and within one. BibTeX reads entries behind it, and stops within an entry.
- `@comment{…}` hides what is in its braces, as to biber. BibTeX reads entries in it.
- A line that begins with `@word{` begins a block, unless it stands in a value that visibly goes on after it. BibTeX
  takes the rest of the file for the value, where a brace is never closed.
- Fields behind the end of their entry make it broken. BibTeX leaves them out.
"""

import re
from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

from bibman.formats.bibtex_scanner import LINE_OPENS, Kind, Parsed, RanOutError, Scanner


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


PIECE: Final = 1 << 18
"""At least so many characters are taken at a time."""


def blocks(pieces: Iterable[str]) -> Iterator[Block]:
    """The blocks of the text that the `pieces` joined are, in order, whatever the text is and however it is cut.

    No more than the largest block and a piece are held at a time, and the time grows with the length of the text. A
    block that is broken ends with its own last brace, or before the next line that begins with `@word{`.
    """
    source = iter(pieces)
    text, whole = "", False
    place = _Place(1, 1)
    wary_until = 0
    while not whole:
        # The rest of a block that did not fit doubles, so that it is not read again too often.
        text, whole = _longer(text, source, max(PIECE, len(text)))
        scanner = Scanner(text, whole=whole, wary_until=wary_until)
        at = 0
        try:
            while at < len(text):
                parsed = _plain_entry(text, at) or _next(scanner, at)
                end = parsed.end
                block = Block(parsed.kind, text[at:end], place.line, parsed.type, parsed.key, parsed.fields)
                if parsed.kind == "broken":
                    where = place.after(text, at, parsed.place)
                    block = block._replace(problem=Problem(where.line, where.column, parsed.message))
                yield block
                place = place.after(text, at, end)
                at = end
        except RanOutError:
            pass
        text = text[at:]
        wary_until = scanner.wary_until - at


def _next(scanner: Scanner, at: int) -> Parsed:
    """The block at the place `at`, or the text before the next."""
    start = scanner.next_block(at)
    return Parsed("text", start) if start > at else scanner.block(at)


def _longer(text: str, source: Iterator[str], size: int) -> tuple[str, bool]:
    """The `text` and at least `size` characters of the `source` after it; whether that is all there is."""
    pieces = [text]
    for piece in source:
        pieces.append(piece)
        size -= len(piece)
        if size <= 0:
            return "".join(pieces), False
    return "".join(pieces), True


class _Place(NamedTuple):
    line: int
    column: int

    def after(self, text: str, start: int, end: int) -> "_Place":
        """The place of `end` in the `text`, where this is the place of `start`."""
        lines = text.count("\n", start, end)
        last = text.rfind("\n", start, end)
        if text.find("\r", start, end) >= 0:
            lines += text.count("\r", start, end) - text.count("\r\n", start, end)
            last = max(last, text.rfind("\r", start, end))
        return _Place(self.line + lines, self.column + end - start if last < 0 else end - last)


# The plainly well-formed entry: what these match, the scanner reads alike; all else is left to the scanner. Braces
# count whether a backslash is before them or not, as in BibTeX. Something must follow the end, to show that it is one.
_GROUP: Final = r"\{[^{}]*+\}"


def _nested(group: str) -> str:
    return rf"\{{[^{{}}]*+(?:{group}[^{{}}]*+)*+\}}"


_BRACED: Final = _nested(_nested(_nested(_GROUP)))
_QUOTED: Final = rf'"[^"{{}}]*+(?:{_BRACED}[^"{{}}]*+)*+"'
_LITERAL: Final = rf"(?:{_BRACED}|{_QUOTED}|[0-9]++|[A-Za-z][\w:+./-]*+)"
_END: Final = r"\s*+\}(?=\s*+[^\s,])"
_HEAD: Final = re.compile(r"@([A-Za-z]++)[ \t]*+\{\s*+([^\s,{}=%]++)\s*+,")
_FIELD: Final = re.compile(
    rf"\s*+([A-Za-z][\w:+./-]*+)\s*+=\s*+({_LITERAL}(?:\s*+\#\s*+{_LITERAL})*+)(?:\s*+,({_END})?+|({_END}))"
)
_COMMANDS: Final = frozenset(("comment", "preamble", "string"))


def _plain_entry(text: str, start: int) -> Parsed | None:
    """The entry that begins at `start`, if it is plainly well formed."""
    head = _HEAD.match(text, start)
    if head is None:
        return None
    type_, key = head.groups()
    if type_.lower() in _COMMANDS:
        return None
    match = _FIELD.match
    fields = []
    end = head.end()
    while field := match(text, end):
        fields.append((field[1], field[2]))
        end = field.end()
        if field.lastindex != 2:
            if text.find("@", head.end(), end) >= 0 and LINE_OPENS.search(text, start, end):
                return None
            return Parsed("entry", end, type_, key, tuple(fields))
    return None
