"""Text lists: abstracts, titles or references, one a line or in blocks parted by blank lines."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from itertools import pairwise
from typing import Literal, NamedTuple

from bibman.formats.list_edges import Claim, footer_claim, header_claim
from bibman.formats.list_numbers import BARE, Front, Numbers, follows, front_of, may_have_number
from bibman.formats.passages import LONGEST_MARK, Edge, Layout, Passage, Passages, TextList, cleaned, uncut
from bibman.model.scraps import scrap_of

# Lines end as an editor counts them: str.splitlines would also split at form feeds, U+0085 and U+2028.
_LINE_END = re.compile(r"\r\n?|\n")
# A list that has hardly any such end was parted by another: copied from a page, a slide, a data base.
_RARE_ENDS = "\x0b\x0c\x1e\x85\u2028\u2029"
_ANY_END = re.compile(rf"\r\n?|[\n{_RARE_ENDS}]")
_CHUNK = 1 << 20
# A footer is looked for in so much of the end.
_END = 2000

# No identifier or address is longer; a line that is one does not run on from the line above it.
_LONGEST_IDENTIFIER = 300
_called_identifier = re.compile(
    r"\s*(?:https?://|(?:doi|arxiv|isbn|pmid|pmcid)\b|[a-z]{2,8}(?:-[a-z]{2,4})?/[0-9]{7})", re.IGNORECASE
).match

_WORD = re.compile(r"[^\W_]")
_RULE_SIGNS = frozenset("-=*_~+#`•·─━═")
_RULE = re.compile(r"[-=*_~+#`•·─━═\s]+")
_HEADING = re.compile(r"#{1,6}\s+(?=\S)")

_Kind = Literal["words", "marks", "heading", "gap"]
"""What a line is: words; marks without a word; a heading; a blank line or rule. The last two part blocks."""


class _Text(NamedTuple):
    """A text, and what ends its lines."""

    text: str
    line_end: re.Pattern[str]


class _Place(NamedTuple):
    """Where a line begins: its offset in the text and its number."""

    offset: int
    line: int


_TOP = _Place(0, 1)


_WORDS: tuple[_Kind, Front] = ("words", BARE)

_Line = tuple[int, int, str, _Kind, Front]
"""A line's number, its offset, its text, what it is, and what stands before its words."""

_Piece = tuple[int, int, int, Front, int, int]
"""Where a passage lies: its line, its bounds in the text, what stands before its words; how many lines follow the
first, and how many of these begin in lower case under a first that does not."""


@dataclass(slots=True)
class _Tally:
    """What a first walk through the pieces of one layout finds."""

    count: int = 0
    several: int = 0
    further: int = 0
    further_lower: int = 0
    numbers: Numbers = field(default_factory=Numbers)

    def add(self, front: Front, further: int, further_lower: int) -> None:
        """Takes the next piece."""
        if front.style:
            self.numbers.add(front, self.count)
        if further:
            self.several += 1
            self.further += further
            self.further_lower += further_lower
        self.count += 1


class _Survey(NamedTuple):
    """The tallies of both layouts, and whether headings are passages, because there is nothing else."""

    lines: _Tally
    blocks: _Tally
    headings: bool


def read(text: str, layout: Layout | None = None) -> TextList:
    """The passages of a text list, and what its header says.

    A passage is a line, or a block of lines. Blocks are parted by blank lines, rules and headings, and one that begins
    with a bullet or number ends where the next one stands. `layout` says which of the two; without it the header's
    count decides if it is the number of either, else blocks are taken where most have several lines or where the lines
    run on in lower case, unless most lines are truncated, so that each is a passage, or two lines below each other are
    identifiers of two works and nothing else, or all would be one block, but several are declared.

    The header is the first line with words, if it can be nothing else (`14 papers on arXiv`, `# 12 abstracts`,
    `References (12):`, `Bibliography`), or if the only number in it, beside a word for works, is the number of
    passages and no small one; a line with a bullet or number is none. The footer is the last line with words, if it
    can be nothing else (`End of list`, `Total: 14 papers`). Other headings of Markdown are no passages, unless there
    is nothing else. Any text can be read; the list may be empty.
    """
    header = declared = None
    begin = _TOP
    source = _Text(text, _line_end(text))
    top = _top(source)
    footer, works = _footer(source, top[2] if top else begin)
    if footer is not None:
        source = source._replace(text=text[: footer.offset])
    survey = _survey(source, top[2] if top else begin)
    if top:
        edge, claim, below = top
        found = (survey.lines.count, survey.blocks.count)
        if claim.holds(found):
            header, begin = edge, below
            declared = None if claim.is_year(found) else claim.works
        else:
            survey = _survey(source, begin)
    declared = works if declared is None else declared
    layout = layout or _layout(source, begin, survey, declared)
    tally = survey.lines if layout == "line" else survey.blocks
    make = partial(_passages, source, begin, layout, survey.headings, tally.numbers.numbering(tally.count))
    return TextList(Passages(tally.count, make), declared, header, layout, footer)


def _top(source: _Text) -> tuple[Edge, Claim, _Place] | None:
    """The line that may be the header, what it claims, and where the list begins below it."""
    for number, offset, line, kind, front in _lines(source, _TOP):
        if kind not in ("words", "heading"):
            continue
        if front.style or (kind == "words" and front is not BARE):
            break
        claim = header_claim(line, is_truncated=uncut(line.rstrip())[1])
        if claim:
            end = source.line_end.match(source.text, offset + len(line))
            return Edge(number, offset, line), claim, _Place(end.end() if end else len(source.text), number + 1)
        if kind == "words":
            break
    return None


def _footer(source: _Text, begin: _Place) -> tuple[Edge | None, int | None]:
    """The footer, and how many works it declares, of a list that has a passage above it."""
    text, line_end = source
    start = max(begin.offset, len(text) - _END)
    ends = [start, *(end.end() for end in line_end.finditer(text, start)), len(text)]
    for offset, end in reversed(list(pairwise(ends))):
        line = line_end.split(text[offset:end])[0]
        kind, _ = _look(line.strip())
        if kind == "gap":
            continue
        claim = footer_claim(line) if kind in ("words", "heading") else None
        # Where the text is longer than what was looked at, a line begins at `start` by chance only.
        has_passage = (
            any(each[3] == "words" for each in _lines(_Text(text[:offset], line_end), begin)) if claim else False
        )
        if claim is None or not has_passage or (offset == start > begin.offset):
            break
        number = sum(1 for _ in line_end.finditer(text, 0, offset)) + 1
        return Edge(number, offset, line), claim.works
    return None, None


def _line_end(text: str) -> re.Pattern[str]:
    """What ends the lines of a text; blank lines at its end say nothing of that."""
    stop = len(text.rstrip())
    usual = text.count("\n", 0, stop) + text.count("\r", 0, stop)
    return _ANY_END if sum(text.count(each, 0, stop) for each in _RARE_ENDS) > 2 * usual else _LINE_END


def _layout(source: _Text, begin: _Place, survey: _Survey, declared: int | None) -> Layout:
    lines, blocks = survey.lines, survey.blocks
    if declared in (lines.count, blocks.count):
        return "line" if declared == lines.count else "block"
    several = blocks.count > 1 and 2 * blocks.several > blocks.count
    # Two lines may begin in lower case by chance ("k-means", "p-adic"); of a wrapped abstract most do.
    runs_on = blocks.further_lower > 2 and 2 * blocks.further_lower > blocks.further
    if not (several or runs_on) or (blocks.count == 1 and (declared or 0) > 1):
        return "line"
    if _has_identifiers_below_each_other(_lines(source, begin)):
        return "line"
    pieces = _single_lines(_lines(source, begin), survey.headings)
    truncated = sum(uncut(source.text[start:end].rstrip())[1] for _, start, end, *_ in pieces)
    return "line" if 2 * truncated > lines.count else "block"


def _has_identifiers_below_each_other(lines: Iterator[_Line]) -> bool:
    """Whether somewhere a line is but an identifier and the next one another of its kind: these are two works."""
    above: Mapping[str, str] = {}
    for _, _, line, kind, front in lines:
        said = line.strip()[front.after_bullet if kind == "words" else 0 :]
        scrap = scrap_of(said) if kind == "words" and len(said) <= _LONGEST_IDENTIFIER else None
        here = dict(scrap.identifiers) if scrap is not None and not scrap.words else {}
        if scrap is not None and scrap.url and not here:
            here = {"url": scrap.url}
        if any(above.get(scheme, value) != value for scheme, value in here.items()):
            return True
        above = here
    return False


def _survey(source: _Text, begin: _Place, headings: bool = False) -> _Survey:
    lines, blocks = _Tally(), _Tally()

    # Both are counted in one walk: looking at the lines is what it costs.
    def counted() -> Iterator[_Line]:
        for line in _lines(source, begin):
            if line[3] == "words" or (headings and line[3] == "heading"):
                lines.add(line[4], 0, 0)
            yield line

    for _, _, _, front, further, further_lower in _blocks(counted(), headings):
        blocks.add(front, further, further_lower)
    return _Survey(lines, blocks, headings) if lines.count or headings else _survey(source, begin, headings=True)


def _lines(source: _Text, begin: _Place) -> Iterator[_Line]:
    text, line_end = source
    offset, number = begin
    returns, feeds = text.count("\r"), text.count("\n")
    if line_end is _ANY_END or (returns and feeds and not returns == feeds == text.count("\r\n")):
        for mark in line_end.finditer(text, offset):
            line = text[offset : mark.start()]
            yield number, offset, line, *_look(line.strip())
            offset = mark.end()
            number += 1
        yield number, offset, text[offset:], *_look(text[offset:].strip())
        return
    end = "\r" * bool(returns) + "\n" * bool(feeds or not returns)
    # Splitting is several times as fast as looking for each line's end; chunks, so that the text is not held twice.
    while offset < len(text):
        stop = text.find(end, offset + _CHUNK)
        for line in text[offset : stop if stop >= 0 else len(text)].split(end):
            said = line.strip()
            # Most lines begin with a letter: they are spared the call.
            kind, front = _WORDS if said[:1].isalpha() and not may_have_number(said) else _look(said)
            yield number, offset, line, kind, front
            offset += len(line) + len(end)
            number += 1


def _look(said: str) -> tuple[_Kind, Front]:
    """What a line is, and what stands before its words; `said` is the line without the blanks around it."""
    if said[:1].isalpha() and not may_have_number(said):
        return _WORDS
    if not said or (said[0] in _RULE_SIGNS and _RULE.fullmatch(said)):
        return "gap", BARE
    heading = _HEADING.match(said) if said[0] == "#" else None
    front = front_of(said, heading.end() if heading else 0)
    if said[front.after_number : front.after_number + 1].isalpha() or _says_more(said, front.after_number):
        return "heading" if heading else "words", front
    # "#1" alone numbers nothing: it is all that the line says.
    return ("words", Front(front.after_bullet, front.after_bullet)) if front.is_loose else ("marks", front)


def _says_more(said: str, start: int) -> bool:
    """Whether there is a word from `start` on that is no part of a mark of truncation ("... read more")."""
    word = _WORD.search(said, start)
    if word is None or "more" not in said[-LONGEST_MARK:].lower():
        return word is not None
    return len(said) - word.start() > LONGEST_MARK or _WORD.search(cleaned(said[start:])[0]) is not None


def _single_lines(lines: Iterator[_Line], headings: bool) -> Iterator[_Piece]:
    for number, offset, line, kind, front in lines:
        if kind == "words" or (headings and kind == "heading"):
            yield number, offset, offset + len(line), front, 0, 0


def _blocks(lines: Iterator[_Line], headings: bool) -> Iterator[_Piece]:
    first: tuple[int, int, Front, str] | None = None
    end = further = further_lower = 0
    words = upper = False
    for number, offset, line, kind, front in lines:
        parts = kind in ("gap", "heading")
        if first and (parts or (front is not BARE and _follows(first[2], first[3], front, line))):
            if words:
                yield first[0], first[1], end, first[2], further, further_lower
            first = None
        if parts:
            if headings and kind == "heading":
                yield number, offset, offset + len(line), front, 0, 0
            continue
        lower = line.lstrip()[0].islower() and not _called_identifier(line)
        if first is None:
            first, words, upper = (number, offset, front, line), False, not lower
            further = further_lower = 0
        else:
            further += 1
            further_lower += upper and lower
        words = words or kind == "words"
        end = offset + len(line)
    if first and words:
        yield first[0], first[1], end, first[2], further, further_lower


def _follows(front: Front, line: str, next_front: Front, next_line: str) -> bool:
    """Whether the second line has the number or bullet that comes next after that of the first."""
    if front.style or next_front.style:
        return follows(front, next_front)
    indented_bullet = line[: len(line) - len(line.lstrip()) + 1]
    return front.after_bullet > 0 and next_front.after_bullet > 0 and next_line.startswith(indented_bullet)


def _passages(
    source: _Text, begin: _Place, layout: Layout, headings: bool, numbering: frozenset[str]
) -> Iterator[Passage]:
    pieces = (_single_lines if layout == "line" else _blocks)(_lines(source, begin), headings)
    for position, (line, start, end, front, _, _) in enumerate(pieces):
        raw = source.text[start:end]
        said = raw.strip()
        if front is not BARE:
            said = said[front.after_number if front.style in numbering else front.after_bullet :].lstrip()
        words, truncated = cleaned(said)
        yield Passage(position, line, raw, words, truncated)
