"""What stands before the words of a passage in a list: bullets, and numbers of every style."""

import re
import unicodedata
from dataclasses import dataclass, field
from typing import NamedTuple

# Signs that are also a minus, a footnote or part of a word are bullets only before a blank.
_BULLET_SIGNS = frozenset("-*+–—·∙•‣⁃◦▪▫●○■□►▸➢➤")
_BULLET = re.compile(r"(?:[-*+–—·∙]\s+|[•‣⁃◦▪▫●○■□►▸➢➤]\s*){1,3}(?:\[[ xX]\](?:\s+|\Z))?")
# What stands before a digit ("10.1000/182", "2.5 billion") or a letter ("3D") numbers nothing.
_NUMBER = re.compile(r"([(\[]?)([0-9]{1,6})([)\]]|\.(?=\s|\Z|[^\W\d_])|:(?=\s|\Z))\s*")
_NUMBER_STYLES = frozenset({"()", "[]", ")", ".", ":"})

_RINGS = "①-⒛㉑-㉟㊱-㊿"
_LOOSE = re.compile(
    r"(?:#|§\s?|№\s?)(?P<sign>[0-9]{1,6})[.:)]?\s+"
    r"|(?:paper|abstract|article|title|reference|entry|item)\s#?(?P<word>[0-9]{1,6})(?:[.:)]|\s[-–—])\s+"
    r"|(?:\*\*|__)(?P<bold>[0-9]{1,6})[.:)]?(?:\*\*|__)[.:)]?\s+"
    r"|(?P<dash>[0-9]{1,6})\s[-–—]\s+"
    r"|(?P<tab>[0-9]{1,6})[ ]*\t\s*"
    r"|(?P<of>[0-9]{1,6})/[0-9]{1,6}[.:)]?\s+"
    r"|(?P<wide>[０-９]{1,6})[．.、：:)）]\s*"
    rf"|(?P<ring>[{_RINGS}])\s*",
    re.IGNORECASE,
)
_LETTERS = re.compile(r"([(\[]?)([A-Za-z]|[ivxlc]{2,8}|[IVXLC]{2,8})([)\]]|\.)\s+")
_ROMAN = "roman "

may_have_number = re.compile(r"[A-Za-z]{1,9}+(?:[.)]\s|\s#?[0-9])").match
"""Whether a text that begins with a letter may have a number before its words; most have not, and are spared more."""


class Front(NamedTuple):
    """Where the words begin behind a bullet, and behind a number; the number's style and value, or "" and 0.

    A letter may be a Roman number too: `roman` is its value then, and `value` is 0 for what is nothing else.
    """

    after_bullet: int
    after_number: int
    style: str = ""
    value: int = 0
    roman: int = 0

    @property
    def is_loose(self) -> bool:
        """Whether the number is of a style in which titles begin too."""
        return self.style not in _NUMBER_STYLES and self.style != ""


BARE = Front(0, 0)


def front_of(said: str, start: int) -> Front:
    """What stands in a line from `start` on, where it does not end, before its words."""
    bullet = _BULLET.match(said, start) if said[start] in _BULLET_SIGNS else None
    start = bullet.end() if bullet else start
    number = _NUMBER.match(said, start)
    if number:
        opening, value, closing = number.groups()
        if opening + closing in _NUMBER_STYLES:
            return Front(start, number.end(), opening + closing, int(value))
    return _loose(said, start) or (Front(start, start) if start else BARE)


def _loose(said: str, start: int) -> Front | None:
    """What is a number only if the whole list has such ones: `#1`, `1 - `, `Paper 1:`, `a)`, `iv.`, `①`."""
    found = _LOOSE.match(said, start)
    if found and found.lastgroup:
        value = found[found.lastgroup]
        number = int(unicodedata.numeric(value)) if found.lastgroup == "ring" else int(value)
        return Front(start, found.end(), found.lastgroup, number)
    found = _LETTERS.match(said, start)
    if found is None:
        return None
    opening, letters, closing = found.groups()
    if opening + closing not in _NUMBER_STYLES:
        return None
    roman = _roman(letters)
    # "A. thaliana" and "C. elegans" are no numbers.
    is_species = closing == "." and letters.isupper() and said[found.end() : found.end() + 1].islower()
    value = ord(letters.lower()) - ord("a") + 1 if len(letters) == 1 and not is_species else 0
    if not (value or roman):
        return None
    return Front(start, found.end(), f"{'A' if letters.isupper() else 'a'}{opening}{closing}", value, roman)


def _roman(letters: str) -> int:
    """The value of a Roman number below 400; 0 for what is none."""
    shape = re.fullmatch(r"(c{0,3})(xc|xl|l?x{0,3})(ix|iv|v?i{0,3})", letters.lower())
    if shape is None:
        return 0
    signs = {"c": 100, "l": 50, "x": 10, "v": 5, "i": 1, "xc": 90, "xl": 40, "ix": 9, "iv": 4}
    return sum(signs[part] if part in signs else sum(signs[sign] for sign in part) for part in shape.groups() if part)


def follows(front: Front, following: Front) -> bool:
    """Whether the second front has the number that comes next after that of the first, in the same style."""
    return front.style == following.style and (
        following.value == front.value + 1 > 1 or following.roman == front.roman + 1 > 1
    )


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

    def numbers_loosely(self, style: str, passages: int) -> bool:
        """Whether these number a list, in a style in which titles begin too: each comes next after the one before.

        Letters must begin with the first and stand before every passage; three are asked for where they might be
        initials.
        """
        if self.count < 2 or self.years or not self.consecutive:
            return False
        if style[0] in "aA" or style.startswith(_ROMAN):
            return self.first == 1 and self.count == passages and (self.count > 2 or style not in ("a.", "A."))
        return 2 * self.count >= passages


@dataclass(slots=True)
class Numbers:
    """The numbers of all styles that the passages of a list begin with."""

    _runs: dict[str, _Run] = field(default_factory=dict)

    def add(self, front: Front, position: int) -> None:
        """Takes what stands before the words of the passage at `position`, which has a style."""
        if front.value or not front.roman:
            self._run(front.style).add(front.value, position)
        if front.roman:
            self._run(_ROMAN + front.style).add(front.roman, position)

    def _run(self, style: str) -> _Run:
        if style not in self._runs:
            self._runs[style] = _Run()
        return self._runs[style]

    def numbering(self, passages: int) -> frozenset[str]:
        """The styles that number a list of so many passages, and are no part of what these say."""
        return frozenset(
            style.removeprefix(_ROMAN)
            for style, run in self._runs.items()
            if (run.numbers(passages) if style in _NUMBER_STYLES else run.numbers_loosely(style, passages))
        )
