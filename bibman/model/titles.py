"""Titles compared: the same, the same but for slips of the pen, one without its subtitle, or those of two works.

Two works often differ in one word of their titles (a part, a year, "supervised" and "unsupervised", an erratum), and
two records of one work in several letters. So titles are compared word by word: words that differ must look like
slips. rapidfuzz is imported only where titles are compared.
"""

import re
from collections.abc import Iterator, Sequence
from enum import IntEnum
from functools import lru_cache
from itertools import permutations
from typing import Final, NamedTuple

from bibman.model.fold import fold, stream
from bibman.model.matching import SHORTEST_TITLE


class Title(NamedTuple):
    """A title as it is compared: its folded words and their letters alone.

    `main` are the letters of what stands before the subtitle, empty where there is none. `numbers` are its numbers,
    parts and versions, and `remark` the words that make it a work on another work ("erratum", "reply").
    """

    words: tuple[str, ...] = ()
    letters: str = ""
    main: str = ""
    numbers: str = ""
    remark: frozenset[str] = frozenset()

    @property
    def is_telling(self) -> bool:
        """Whether it is long enough to be one work's alone."""
        return len(self.letters) >= SHORTEST_TITLE and not self.is_generic

    @property
    def is_generic(self) -> bool:
        """Whether many works are called so: "Editorial", "Book reviews"."""
        return bool(self.words) and GENERIC.issuperset(self.words)


class Likeness(IntEnum):
    """How alike two titles are, the least first."""

    DIFFERENT = 0
    ABSENT = 1
    """One of them is not there."""
    NEAR = 2
    """All words but one are the same; it may be a slip, or another work."""
    MAIN = 3
    """One is the other without its subtitle."""
    ALIKE = 4
    """They differ in slips alone: letters, hyphens, articles and prepositions."""
    SAME = 5


def _set(text: str) -> frozenset[str]:
    return frozenset(text.split())


GENERIC: Final = _set(
    "abstract abstracts about an and announcement announcements appendix author authors back biographies biography"
    " board book books by chair chairs column comments commentary committee conclusion conclusions contents"
    " contributors correspondence cover discussion editor editorial editors editorials errata erratum exercises"
    " foreword from front geleitwort glossary guest in index interview introduction introductory issue journal"
    " keynote letter letters list masthead matter message news note notes obituary of on our overview panel"
    " participants plenary preface preliminaries press proceedings program programme references remark remarks"
    " report reports research response review reviewers reviews section session special summary symposium table talk"
    " the this to tribute vorwort welcome workshop year"
)
"""Words that titles are made of which many works have."""

SMALL: Final = _set(
    "a an the and or of on in to for from with by at as via into using its is are be der die das des dem den und"
    " ein eine zur zum von im am le la les de du et un une el los las y del da do e o os"
)
"""Words that people change or leave out when they write a title down."""

_REMARKS: Final = _set(
    "addendum comment commentary comments corrections correction corrigenda corrigendum discussion errata erratum"
    " rejoinder reply response retracted retraction supplement supplementary supplemental rebuttal postscript"
)

_PARTS: Final = _set(
    "part parts pt volume vol chapter section book teil band tome partie version release no number phase"
)
_ROMAN: Final = {
    word: str(number)
    for number, word in enumerate(
        "i ii iii iv v vi vii viii ix x xi xii xiii xiv xv xvi xvii xviii xix xx".split(), start=1
    )
}
NUMBER_WORDS: Final = {
    word: number
    for words in (
        "one two three four five six seven eight nine ten eleven twelve",
        "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth",
    )
    for number, word in enumerate(words.split(), start=1)
}
"""Words for numbers, of which parts and editions have one."""

_NEGATING: Final = _set(
    "a ab an anti bi co contra counter de dis ex extra hyper hypo il im in inter intra ir macro mal meta micro mid"
    " mini mis mono multi non out over para poly post pre pro quasi re self semi sub super supra sur trans tri ultra"
    " un under uni up"
)
"""Beginnings that make another word of a word."""
_OPPOSED: Final = frozenset(
    frozenset(pair.split("/"))
    for pair in "hyper/hypo inter/intra macro/micro over/under pre/post pre/pro in/ex im/ex mono/poly bi/tri".split()
)
"""Beginnings that make opposites of each other."""

_SUBTITLE: Final = re.compile(r"(?<=\S)(?:[:?!]\s+|\.\s+|\s+[-–—]{1,3}\s+|\s*—\s*|\s*---\s*)(?=\S)")
_LEAST_MAIN: Final = 8


@lru_cache(1 << 12)
def title_of(text: str) -> Title:
    """The title that `text`, in Unicode, is, for comparing."""
    words = tuple(fold(text).split())
    parts = _SUBTITLE.split(text, maxsplit=1)
    main = fold(parts[0]).replace(" ", "") if len(parts) == 2 else ""
    letters = "".join(words)
    return Title(
        words,
        letters,
        main if len(main) >= _LEAST_MAIN and main != letters else "",
        numbers_of(words),
        _REMARKS.intersection(words),
    )


def compare_titles(one: Title, other: Title) -> tuple[Likeness, float]:
    """How alike two titles are, and the share of their letters that agree, in percent. The order does not matter."""
    if not one.letters or not other.letters:
        return Likeness.ABSENT, 0.0
    if one.letters == other.letters:
        return Likeness.SAME, 100.0
    from rapidfuzz.fuzz import ratio

    percent = ratio(one.letters, other.letters)
    if one.numbers != other.numbers or one.remark != other.remark:
        return Likeness.DIFFERENT, percent
    # Of several ways to lay them beside each other one is taken, which must not depend on their order.
    found = _by_words(*sorted((one.words, other.words))) if percent >= LEAST_PERCENT else Likeness.DIFFERENT
    if found <= Likeness.NEAR and _is_main_of(one, other):
        return Likeness.MAIN, percent
    return found, percent


LEAST_PERCENT: Final = 75
"""Titles of which fewer letters agree are different, whatever the words."""


def titles_agree(one: str, other: str) -> bool:
    """Whether two titles, in Unicode, may be of one work that something else speaks for: a key or an identifier.

    They may where they are alike but for a letter or two, or one is the beginning of the other. A title that is not
    there speaks against nothing. `compare_titles` tells more, where the titles alone have to tell.
    """
    first, second = sorted((stream(one), stream(other)), key=len)
    if not first or second.startswith(first):
        return True
    if re.findall(r"\d+", first) != re.findall(r"\d+", second):
        return False
    from rapidfuzz.fuzz import ratio

    return ratio(first, second) >= _AGREEING


_AGREEING: Final = 92
"""What the titles of one work reach at least, in scores from 0 to 100, where neither is the beginning of the other."""


def _is_main_of(one: Title, other: Title) -> bool:
    """Whether one is the other without its subtitle; a slip in it is allowed."""
    if bool(one.main) == bool(other.main):
        return False
    short, long = (one.letters, other.main) if other.main else (other.letters, one.main)
    return short == long or (min(len(short), len(long)) >= SHORTEST_TITLE and is_slip(short, long))


def _by_words(one: Sequence[str], other: Sequence[str]) -> Likeness:
    slips = doubts = 0
    for left, right in _differing(one, other):
        if left == right:
            continue
        if left and right and is_slip(left, right):
            slips += 1
        else:
            doubts += 1
    most = 1 + max(len(one), len(other)) // 4
    if doubts == 0 and slips <= most:
        return Likeness.ALIKE
    # One doubtful word among three, or among four with a slip as well, leaves too little that agrees.
    return (
        Likeness.NEAR
        if doubts == 1 and slips <= 1 and min(len(one), len(other)) >= _LEAST_WORDS
        else Likeness.DIFFERENT
    )


_LEAST_WORDS: Final = 4


def _differing(one: Sequence[str], other: Sequence[str]) -> Iterator[tuple[str, str]]:
    """The runs of words in which two titles differ, each as its letters on either side, without small words."""
    from rapidfuzz.distance import Levenshtein

    left: list[str] = []
    right: list[str] = []
    for step in Levenshtein.opcodes(one, other):
        if step.tag == "equal":
            yield _large(left, right), _large(right, left)
            left, right = [], []
        else:
            left += one[step.src_start : step.src_end]
            right += other[step.dest_start : step.dest_end]
    yield _large(left, right), _large(right, left)


def _large(words: Sequence[str], others: Sequence[str]) -> str:
    """The letters of `words` without the small ones, and without those that are a slip for one of the others."""
    small = [word for word in others if word in SMALL]
    return "".join([word for word in words if word not in SMALL and not any(_is_nearly(word, each) for each in small)])


def _is_nearly(word: str, small: str) -> bool:
    from rapidfuzz.distance import OSA

    return len(word) <= len(small) + 1 and OSA.distance(word, small, score_cutoff=1) <= 1


@lru_cache(1 << 14)
def is_slip(one: str, other: str) -> bool:
    """Whether two different words look like one, written by a slow and a hasty hand.

    Two letters may differ in a long word, one in a shorter one; no beginning that makes another word may.
    """
    from rapidfuzz.distance import OSA

    short, long = sorted((one, other), key=len)
    allowed = 1 if len(long) < 8 else 2 if len(long) < 16 else 3
    distance = OSA.distance(one, other, score_cutoff=allowed)
    if distance > allowed or are_opposed(short, long):
        return False
    # "cell" and "call": only letters that changed places, or one too few, tell a slip in so short a word.
    return len(short) >= 5 or (len(short) >= 3 and (len(short) < len(long) or sorted(short) == sorted(long)))


def are_opposed(one: str, other: str) -> bool:
    """Whether two words differ in a beginning that makes another word."""
    short, long = sorted((one, other), key=len)
    if long.endswith(short):
        return long.removesuffix(short) in _NEGATING
    return any(
        one.startswith(first) and other.startswith(second) and one[len(first) :] == other[len(second) :]
        for pair in _OPPOSED
        for first, second in permutations(pair)
    )


def numbers_of(words: Sequence[str]) -> str:
    """The numbers in a title, given as its folded words, which tell the parts of a work apart: digits, and after "part"
    and its like, or at the end, Roman ones, words and letters."""
    return "".join(_numbers(words))


def _numbers(words: Sequence[str]) -> Iterator[str]:
    for place, word in enumerate(words):
        follows_part = place > 0 and words[place - 1] in _PARTS
        precedes_part = place + 1 < len(words) and words[place + 1] in _PARTS
        if not word.isalpha() and any(sign.isdigit() for sign in word):
            yield "".join(sign for sign in word if sign.isdigit())
        elif word in _ROMAN and (follows_part or place == len(words) - 1 or len(word) > 1):
            yield _ROMAN[word]
        elif word in NUMBER_WORDS and (follows_part or precedes_part):
            yield str(NUMBER_WORDS[word])
        elif len(word) == 1 and (follows_part or 0 < place == len(words) - 1):
            yield word
