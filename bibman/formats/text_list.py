"""Text lists: abstracts, titles or references, one a line or in blocks parted by blank lines."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache, partial
from typing import Literal, NamedTuple

from bibman.formats.passages import LONGEST_MARK, Layout, Passage, Passages, TextList, cleaned, uncut

# Lines end as an editor counts them: str.splitlines would also split at form feeds, U+0085 and U+2028.
_LINE_END = re.compile(r"\r\n?|\n")
_CHUNK = 1 << 20

_WORD = re.compile(r"[^\W_]")
_RULE_SIGNS = frozenset("-=*_~+#`•·─━═")
_RULE = re.compile(r"[-=*_~+#`•·─━═\s]+")
_HEADING = re.compile(r"#{1,6}\s+(?=\S)")

# Signs that are also a minus, a footnote or part of a word are bullets only before a blank.
_BULLET_SIGNS = frozenset("-*+–—·∙•‣⁃◦▪▫●○■□►▸➢➤")
_BULLET = re.compile(r"(?:[-*+–—·∙]\s+|[•‣⁃◦▪▫●○■□►▸➢➤]\s*){1,3}(?:\[[ xX]\](?:\s+|\Z))?")
# What stands before a digit ("10.1000/182", "2.5 billion") or a letter ("3D") numbers nothing.
_NUMBER = re.compile(r"([(\[]?)([0-9]{1,6})([)\]]|\.(?=\s|\Z|[^\W\d_])|:(?=\s|\Z))\s*")
_NUMBER_STYLES = frozenset({"()", "[]", ")", ".", ":"})

_LONGEST_HEADER = 80
# "A survey of 2 datasets and their papers" may well stand above two other titles.
_BEYOND_CHANCE = 4

_Kind = Literal["words", "marks", "heading", "gap"]
"""What a line is: words; marks without a word; a heading; a blank line or rule. The last two part blocks."""


class _Place(NamedTuple):
    """Where a line begins: its offset in the text and its number."""

    offset: int
    line: int


_TOP = _Place(0, 1)


class _Front(NamedTuple):
    """Where the words begin behind a bullet, and behind a number; the number's style and value, or "" and 0."""

    after_bullet: int
    after_number: int
    style: str = ""
    value: int = 0


_BARE = _Front(0, 0)
_WORDS: tuple[_Kind, _Front] = ("words", _BARE)

_Line = tuple[int, int, str, _Kind, _Front]
"""A line's number, its offset, its text, what it is, and what stands before its words."""

_Piece = tuple[int, int, int, _Front, int, int]
"""Where a passage lies: its line, its bounds in the text, what stands before its words; how many lines follow the
first, and how many of these begin in lower case under a first that does not."""


class _Claim(NamedTuple):
    """A line that may be the header: where the list begins below it, and how many works it declares, if it does.

    `sure` says that it can be nothing else, `plain` that not even a count far from what was found speaks against it.
    """

    line: str
    below: _Place
    works: int | None
    sure: bool
    plain: bool


@dataclass(slots=True)
class _Run:
    """The numbers of one style that passages begin with, as far as it takes to see whether they number them."""

    count: int = 0
    first: int = 0
    last: int = 0
    position: int = 0
    ascends: bool = True
    paced: bool = True
    consecutive: bool = True
    years: bool = True

    def add(self, value: int, position: int) -> None:
        """Takes the number of the passage at `position`."""
        step = value - self.last
        if not self.count:
            self.first = value
        elif step != 1:
            self.consecutive = False
            self.ascends = self.ascends and step > 0
            self.paced = self.paced and step <= position - self.position
        # Titles begin with years too ("2001: A Space Odyssey").
        self.years = self.years and 1500 <= value < 2100
        self.count += 1
        self.last, self.position = value, position

    def numbers(self, passages: int) -> bool:
        """Whether these number a list of so many `passages`.

        Every passage has one, or they ascend: in half of the passages, or no faster than the passages do. Years are
        numbers only if they follow one another, and a single passage is numbered by a 1 only.
        """
        if self.count < 2:
            return passages == 1 and self.first == 1
        if self.years and not self.consecutive:
            return False
        return self.count == passages or (self.ascends and (self.paced or 2 * self.count >= passages))


@dataclass(slots=True)
class _Tally:
    """What a first walk through the pieces of one layout finds."""

    count: int = 0
    several: int = 0
    further: int = 0
    further_lower: int = 0
    runs: dict[str, _Run] = field(default_factory=dict)

    def add(self, front: _Front, further: int, further_lower: int) -> None:
        """Takes the next piece."""
        if front.style:
            if front.style not in self.runs:
                self.runs[front.style] = _Run()
            self.runs[front.style].add(front.value, self.count)
        if further:
            self.several += 1
            self.further += further
            self.further_lower += further_lower
        self.count += 1

    def numbering(self) -> frozenset[str]:
        """The styles of numbers that are numbering, and no part of what the passages say."""
        return frozenset(style for style, run in self.runs.items() if run.numbers(self.count))


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
    run on in lower case, unless most lines are truncated, so that each is a passage.

    The header is the first line with words, if it can be nothing else (`14 papers on arXiv`, `# 12 abstracts`,
    `References (12):`, `Bibliography`), or if the only number in it, beside a word for works, is the number of
    passages and no small one; a line with a bullet or number is none. Other headings of Markdown are no passages,
    unless there is nothing else. Any text can be read; the list may be empty.
    """
    header = declared = None
    begin = _TOP
    claim = _claim(text)
    survey = _survey(text, claim.below if claim else begin)
    if claim:
        found = (survey.lines.count, survey.blocks.count)
        # "Papers (2023):" gives a year.
        year = claim.works is not None and 1900 <= claim.works < 2100 and 2 * max(found) <= claim.works
        confirmed = claim.works in found and (claim.sure or claim.works >= _BEYOND_CHANCE)
        if claim.plain or confirmed or (claim.sure and not year):
            header, begin = claim.line, claim.below
            declared = None if year else claim.works
        else:
            survey = _survey(text, begin)
    layout = layout or _layout(text, begin, survey, declared)
    tally = survey.lines if layout == "line" else survey.blocks
    make = partial(_passages, text, begin, layout, survey.headings, tally.numbering())
    return TextList(Passages(tally.count, make), declared, header, layout)


@cache
def _header_shapes() -> tuple[re.Pattern[str], re.Pattern[str], re.Pattern[str]]:
    """What can be nothing but a header with a count, or one without, and what has a count and a word for works."""
    works = (
        r"(?:papers?|abstracts?|articles?|entr(?:y|ies)|references?|titles?|(?:pre|e-?)prints?|publications?|works?"
        r"|items?|results?|documents?|citations?|records?|manuscripts?)"
    )
    count = r"(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]{1,7})"
    counted = (
        r"(?:(?:found|listed|showing|list of|total(?: of)?:?|my|the|these|all|here are) ){0,2}"
        rf"{count}(?: [a-z-]+){{0,2}} {works}"
        r"(?: (?:on|in|from|at|via) [^\s,;]+(?: [^\s,;]+)?| found| listed| below| total)?"
        rf"|(?:(?:number of|no\. of|total|all|my|arxiv) ){{0,2}}{works}(?: found)? ?(?:\({count}\)|[:=] ?{count})"
    )
    uncounted = rf"(?:my )?(?:{works}|bibliography|literature|works cited|reading list)"
    possible = rf"(?=.*\b{works}\b)[^0-9]*(?<![\w.-])({count})(?![\w%-])[^0-9]*"
    return (
        re.compile(counted, re.IGNORECASE),
        re.compile(uncounted, re.IGNORECASE),
        re.compile(possible, re.IGNORECASE),
    )


def _claim(text: str) -> _Claim | None:
    for number, offset, line, kind, front in _lines(text, _TOP):
        if kind not in ("words", "heading"):
            continue
        if front.style or (kind == "words" and front is not _BARE):
            break
        said = line.strip(" \t#*_=:.!") if len(line) <= _LONGEST_HEADER else ""
        end = _LINE_END.match(text, offset + len(line))
        below = _Place(end.end() if end else len(text), number + 1)
        counted, uncounted, possible = _header_shapes()
        if uncounted.fullmatch(said):
            return _Claim(line, below, None, sure=True, plain=True)
        found = possible.fullmatch(said)
        if found and not uncut(line.rstrip())[1]:
            sure = counted.fullmatch(said) is not None
            colon = line.rstrip(" \t*_").endswith(":")
            return _Claim(line, below, int(found[1].replace(",", "")), sure, plain=colon)
        if kind == "words":
            break
    return None


def _layout(text: str, begin: _Place, survey: _Survey, declared: int | None) -> Layout:
    lines, blocks = survey.lines, survey.blocks
    if declared in (lines.count, blocks.count):
        return "line" if declared == lines.count else "block"
    several = blocks.count > 1 and 2 * blocks.several > blocks.count
    # Two lines may begin in lower case by chance ("k-means", "p-adic"); of a wrapped abstract most do.
    runs_on = blocks.further_lower > 2 and 2 * blocks.further_lower > blocks.further
    if not (several or runs_on):
        return "line"
    pieces = _single_lines(_lines(text, begin), survey.headings)
    truncated = sum(uncut(text[start:end].rstrip())[1] for _, start, end, *_ in pieces)
    return "line" if 2 * truncated > lines.count else "block"


def _survey(text: str, begin: _Place, headings: bool = False) -> _Survey:
    lines, blocks = _Tally(), _Tally()

    # Both are counted in one walk: looking at the lines is what it costs.
    def counted() -> Iterator[_Line]:
        for line in _lines(text, begin):
            if line[3] == "words" or (headings and line[3] == "heading"):
                lines.add(line[4], 0, 0)
            yield line

    for _, _, _, front, further, further_lower in _blocks(counted(), headings):
        blocks.add(front, further, further_lower)
    return _Survey(lines, blocks, headings) if lines.count or headings else _survey(text, begin, headings=True)


def _lines(text: str, begin: _Place) -> Iterator[_Line]:
    offset, number = begin
    returns, feeds = text.count("\r"), text.count("\n")
    if returns and feeds and not returns == feeds == text.count("\r\n"):
        for mark in _LINE_END.finditer(text, offset):
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
            kind, front = _WORDS if said[:1].isalpha() else _look(said)
            yield number, offset, line, kind, front
            offset += len(line) + len(end)
            number += 1


def _look(said: str) -> tuple[_Kind, _Front]:
    """What a line is, and what stands before its words; `said` is the line without the blanks around it."""
    if said[:1].isalpha():
        return _WORDS
    if not said or (said[0] in _RULE_SIGNS and _RULE.fullmatch(said)):
        return "gap", _BARE
    heading = _HEADING.match(said) if said[0] == "#" else None
    front = _front(said, heading.end() if heading else 0)
    if said[front.after_number : front.after_number + 1].isalpha() or _says_more(said, front.after_number):
        return "heading" if heading else "words", front
    return "marks", front


def _says_more(said: str, start: int) -> bool:
    """Whether there is a word from `start` on that is no part of a mark of truncation ("... read more")."""
    word = _WORD.search(said, start)
    if word is None or "more" not in said[-LONGEST_MARK:].lower():
        return word is not None
    return len(said) - word.start() > LONGEST_MARK or _WORD.search(cleaned(said[start:])[0]) is not None


def _front(said: str, start: int) -> _Front:
    bullet = _BULLET.match(said, start) if said[start] in _BULLET_SIGNS else None
    start = bullet.end() if bullet else start
    number = _NUMBER.match(said, start)
    if number:
        opening, value, closing = number.groups()
        if opening + closing in _NUMBER_STYLES:
            return _Front(start, number.end(), opening + closing, int(value))
    return _Front(start, start) if start else _BARE


def _single_lines(lines: Iterator[_Line], headings: bool) -> Iterator[_Piece]:
    for number, offset, line, kind, front in lines:
        if kind == "words" or (headings and kind == "heading"):
            yield number, offset, offset + len(line), front, 0, 0


def _blocks(lines: Iterator[_Line], headings: bool) -> Iterator[_Piece]:
    first: tuple[int, int, _Front, str] | None = None
    end = further = further_lower = 0
    words = upper = False
    for number, offset, line, kind, front in lines:
        parts = kind in ("gap", "heading")
        if first and (parts or (front is not _BARE and _follows(first[2], first[3], front, line))):
            if words:
                yield first[0], first[1], end, first[2], further, further_lower
            first = None
        if parts:
            if headings and kind == "heading":
                yield number, offset, offset + len(line), front, 0, 0
            continue
        lower = line.lstrip()[0].islower()
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


def _follows(front: _Front, line: str, next_front: _Front, next_line: str) -> bool:
    """Whether the second line has the number or bullet that comes next after that of the first."""
    if front.style or next_front.style:
        return front.style == next_front.style and next_front.value == front.value + 1
    indented_bullet = line[: len(line) - len(line.lstrip()) + 1]
    return front.after_bullet > 0 and next_front.after_bullet > 0 and next_line.startswith(indented_bullet)


def _passages(text: str, begin: _Place, layout: Layout, headings: bool, numbering: frozenset[str]) -> Iterator[Passage]:
    pieces = (_single_lines if layout == "line" else _blocks)(_lines(text, begin), headings)
    for position, (line, start, end, front, _, _) in enumerate(pieces):
        raw = text[start:end]
        said = raw.strip()
        if front is not _BARE:
            said = said[front.after_number if front.style in numbering else front.after_bullet :].lstrip()
        words, truncated = cleaned(said)
        yield Passage(position, line, raw, words, truncated)
