"""The lines that are no passage of a list: a header that names it, a footer that ends it."""

import re
from functools import cache
from typing import NamedTuple

# "A survey of 2 datasets and their papers" may well stand above two other titles.
_BEYOND_CHANCE = 4
_LONGEST = 80

_ONES = (
    "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen"
    " eighteen nineteen"
).split()
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
_SPELLED = {word: number for number, word in enumerate(_ONES, 1)} | {
    word: number for number, word in zip(range(20, 100, 10), _TENS, strict=True)
}


class Claim(NamedTuple):
    """What a line says that may be a header: how many works there are, if it does.

    `sure` says that it can be nothing else, `plain` that not even a count far from what was found speaks against it.
    """

    works: int | None
    sure: bool
    plain: bool

    def is_year(self, found: tuple[int, int]) -> bool:
        """Whether the number is a year rather than a count ("Papers (2023):"), for so many lines or blocks."""
        return self.works is not None and 1900 <= self.works < 2100 and 2 * max(found) <= self.works

    def holds(self, found: tuple[int, int]) -> bool:
        """Whether it is a header of a list of so many lines or blocks."""
        confirmed = self.works in found and (self.sure or (self.works or 0) >= _BEYOND_CHANCE)
        return self.plain or confirmed or (self.sure and not self.is_year(found))


class _Shapes(NamedTuple):
    """What can be nothing but a header or footer, and what may be a header."""

    counted: re.Pattern[str]
    spelled: re.Pattern[str]
    shown: re.Pattern[str]
    uncounted: re.Pattern[str]
    introduced: re.Pattern[str]
    possible: re.Pattern[str]
    ending: re.Pattern[str]
    total: re.Pattern[str]


@cache
def _shapes() -> _Shapes:
    plain_works = r"papers?|abstracts?|references?|(?:pre|e-?)prints?|publications?|articles?|entr(?:y|ies)|citations?"
    plain_works += r"|dois|pmids|isbns|(?:arxiv )?(?:ids|identifiers)|urls"
    works = rf"(?:{plain_works}|titles?|works?|items?|results?|documents?|records?|manuscripts?)"
    count = r"(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]{1,7})"
    spelled_count = rf"(?:(?:{'|'.join(_TENS)})(?:[ -](?:{'|'.join(_ONES[:9])}))?|{'|'.join(_ONES)})"
    lead = r"(?:(?:found|listed|showing|list of|total(?: of)?:?|my|the|these|all|here are) ){0,2}"
    place = r"(?: (?:on|in|from|at|via) [^\s,;]+(?: [^\s,;]+)?| found| listed| below| total)?"
    named = rf"(?:my )?(?:(?:reading|to-read) list|bibliography|literature|{plain_works})"
    about = r"(?: (?:on|about|for|from|in|to|by|i|we) [^:]{1,50})?"
    counted = (
        rf"{lead}{count}(?: [a-z-]+){{0,2}} {works}{place}"
        rf"|{named}{about}(?: \({count}(?: {works})?\)|, {count}(?: {works})? in total)"
        rf"|(?:(?:number of|no\. of|total|all|my|arxiv) ){{0,2}}{works}(?: found)? ?(?:\({count}\)|[:=] ?{count})"
    )
    uncounted = (
        rf"(?:my )?(?:{works}|bibliography|literature|works cited|reading list|list)"
        rf"|(?:my )?(?:list of )?{works}(?: to read| i (?:should|want to|must) read)?|to[ -]read(?:ing)?(?: list)?"
    )
    introduced = (
        r"(?:here (?:is|are) |these are |this is )?(?:my |the |a |some |all (?:the )?)?"
        rf"(?:{named}|list(?: of {plain_works})?){about}"
    )
    spelled = rf"{lead}({spelled_count})(?: [a-z-]+){{0,1}} (?:({plain_works})|{works}){place}"
    shown = (
        rf"(?:showing|displaying|{works}) ({count}) ?(?:[-–—]|to) ?({count}) (?:out )?of (?:about )?{count}"
        rf"(?: {works})?(?: (?:on|in|from|for) .{{1,40}})?"
    )
    possible = rf"(?=.*\b{works}\b)[^0-9]*(?<![\w.-])({count})(?![\w%-])[^0-9]*"
    ending = r"(?:the )?end|eof|end of (?:the |my |this )?(?:list|file|document|bibliography|results|references|papers)"
    total = (
        rf"total(?: of)?:? ?({count})(?: {works})?|(?:number of|total) {works}:? ?({count})"
        rf"|({count}) {works} (?:in total|total|altogether)"
    )
    shapes = (counted, spelled, shown, uncounted, introduced, possible, ending, total)
    return _Shapes(*(re.compile(shape, re.IGNORECASE) for shape in shapes))


def header_claim(line: str, *, is_truncated: bool) -> Claim | None:
    """What a line with words at the top of a list claims to say of it; None where it is no header."""
    said = _said(line, " \t#*_=:.!")
    shapes = _shapes()
    if shapes.uncounted.fullmatch(said):
        return Claim(None, sure=True, plain=True)
    if is_truncated:
        return None
    colon = line.rstrip(" \t*_").endswith(":")
    if colon and not re.search("[0-9]", said) and shapes.introduced.fullmatch(said):
        return Claim(None, sure=True, plain=True)
    if shown := shapes.shown.fullmatch(said):
        first, last = _number(shown[1]), _number(shown[2])
        return Claim(last - first + 1, sure=True, plain=True) if first <= last else None
    if spelled := shapes.spelled.fullmatch(said):
        # "Two results on graphs" is a title, unless two follow.
        works = _number(spelled[1])
        return Claim(works, sure=spelled[2] is not None, plain=colon) if spelled[2] or works > 1 else None
    found = shapes.possible.fullmatch(said)
    if found is None:
        return None
    return Claim(_number(found[1]), sure=shapes.counted.fullmatch(said) is not None, plain=colon)


def footer_claim(line: str) -> Claim | None:
    """What the last line with words of a list says of it, with how many works it had, if it says so; None where it is
    no footer."""
    said = _said(line, " \t#*_=:.!-–—[]()")
    shapes = _shapes()
    if shapes.ending.fullmatch(said):
        return Claim(None, sure=True, plain=True)
    if total := shapes.total.fullmatch(said):
        return Claim(_number(total[1] or total[2] or total[3]), sure=True, plain=True)
    shown = shapes.shown.fullmatch(said)
    if shown and _number(shown[1]) <= _number(shown[2]):
        return Claim(_number(shown[2]) - _number(shown[1]) + 1, sure=True, plain=True)
    return None


def _said(line: str, decoration: str) -> str:
    """What a line says that is short enough, without what may stand round it."""
    return line.strip(decoration) if len(line) <= _LONGEST else ""


def _number(count: str) -> int:
    if count[0].isdigit():
        return int(count.replace(",", ""))
    return sum(_SPELLED[word] for word in re.split("[ -]", count.lower()))
