"""Are two entries one work? A verdict with a score and the reasons; docs/duplicates.md has the rules in words.

What is common to two records of one work speaks for it: an identifier, the title, names, year, pages. What one work
cannot have twice speaks against it: two DOIs of publishers, two editions, parts I and II. A preprint and its
publication are one work.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from bibman.model.people import Agreement, compare_people
from bibman.model.titles import SMALL, Likeness, compare_titles, is_slip
from bibman.model.traits import PART, REPORT, THESIS, WHOLE, Traits, is_preprint_doi, people_in

NAMED: Final = {
    "doi": "DOI",
    "arxiv": "arXiv number",
    "isbn": "ISBN",
    "pmid": "PMID",
    "pmcid": "PMCID",
    "eprint": "number in an archive",
}
"""How reasons call the schemes of identifiers."""


class Sameness(StrEnum):
    """Whether two entries are one work. Only those that certainly are may be merged without a person."""

    CERTAIN = "certain"
    LIKELY = "likely"
    NO = "no"


@dataclass(frozen=True, slots=True)
class Comparison:
    """Whether two entries are one work, how alike they are (0 to 100), and the reasons, for and against."""

    verdict: Sameness
    score: int
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Signs:
    """What was found of a pair: titles, names, years, where it stands, and what speaks against its being one work."""

    title: Likeness
    percent: float
    people: Agreement
    share: float
    gap: int | None
    shared: tuple[str, ...]
    against: tuple[str, ...]
    are_versions: bool
    same_place: bool
    other_place: bool
    same_page: bool
    other_page: bool
    misplaced: str
    is_telling: bool
    are_bodies: bool
    are_books: bool


def compare(one: Traits, other: Traits) -> Comparison:
    """Compares two entries; which of them is named first makes no difference."""
    if not (one.title.letters or other.title.letters) and (one.kind, one.whole) == (other.kind, other.whole):
        if one.people == other.people and (one.people or one.whole):
            return Comparison(Sameness.CERTAIN, 100, ("same fields",))
        if compare_people(one.people, other.people)[0] is Agreement.SAME:
            return Comparison(Sameness.LIKELY, _RANGES[Sameness.LIKELY][1], ("same names", "same other fields"))
    signs = _signs(one, other)
    if signs is None:
        return Comparison(Sameness.NO, 0, ("other title",))
    verdict = _by_identifier(signs) if signs.shared else _by_title(signs)
    return Comparison(verdict, _score(signs, verdict), tuple(_reasons(signs, verdict)))


def _signs(one: Traits, other: Traits) -> _Signs | None:
    """What was found of a pair; None where neither an identifier nor a title speaks for it."""
    shared = _shared(one, other)
    title, percent = compare_titles(one.title, other.title)
    misplaced = ""
    if title <= Likeness.NEAR:
        misplaced = _misplaced(one, other) or _misplaced(other, one)
    if misplaced:
        title, percent = Likeness.SAME, 100.0
    elif not shared and title <= Likeness.ABSENT:
        return None
    mine, yours = one.people, other.people
    if misplaced == "author":
        # Names stand in the place of the title, in one of the two.
        if _has_title_as_author(one, other):
            mine = people_in(one.texts.get("title", ""))
        else:
            yours = people_in(other.texts.get("title", ""))
    people, share = compare_people(mine, yours, is_cut=one.is_cut or other.is_cut)
    same_page = bool(one.page) and one.page == other.page
    same_container = bool(one.container) and are_containers(one.container, other.container)
    return _Signs(
        title,
        percent,
        people,
        share,
        None if one.year is None or other.year is None else abs(one.year - other.year),
        shared,
        tuple(_against(one, other)),
        one.is_preprint or other.is_preprint,
        same_container or (bool(one.publisher) and one.publisher == other.publisher and one.kind != PART),
        # One conference has many names.
        bool(one.container and other.container)
        and not same_container
        and not one.type == other.type == "inproceedings",
        same_page and (one.last_page == other.last_page or not one.last_page or not other.last_page),
        bool(one.page and other.page) and not same_page,
        misplaced,
        one.title.is_telling and other.title.is_telling,
        all(each.is_body for each in (*one.people, *other.people)),
        WHOLE in (one.kind, other.kind),
    )


def are_containers(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    """Whether two names may be one journal's or volume's: but for a slip, what was left out, or abbreviated."""
    mine, yours = "".join(one), "".join(other)
    if mine == yours or is_slip(mine, yours):
        return True
    if min(len(mine), len(yours)) >= _LEAST and (mine in yours or yours in mine):
        return True
    left, right = ([word for word in words if word not in SMALL] for words in (one, other))
    if len(left) == len(right):
        return all(map(_abbreviates, left, right))
    short, long = sorted((left, right), key=len)
    return len(short) == 1 and len(long) > 1 and short[0] == "".join(word[0] for word in long)


def _abbreviates(one: str, other: str) -> bool:
    """Whether one word is the other, or the other shortened ("natl", "j")."""
    short, long = sorted((one, other), key=len)
    letters = iter(long)
    return short[0] == long[0] and all(letter in letters for letter in short)


_LEAST: Final = 10


def _shared(one: Traits, other: Traits) -> tuple[str, ...]:
    """The schemes of which both have one identifier. That of a book is its chapters' as well."""
    schemes = {each.scheme for each in one.identifiers & other.identifiers}
    if one.kind != other.kind or one.kind == PART:
        schemes.discard("isbn")
    return tuple(NAMED[scheme] for scheme in NAMED if scheme in schemes)


def _against(one: Traits, other: Traits) -> list[str]:
    """What one work does not have twice, and these two have."""
    found = [f"other {NAMED[scheme]}" for scheme in ("doi", "arxiv", "pmid", "pmcid") if _conflict(one, other, scheme)]
    kinds = {one.kind, other.kind} - {""}
    if len(kinds) > 1 and (REPORT not in kinds or THESIS in kinds):
        found.append("other type")
    pairs = [("edition", one.edition, other.edition), ("chapter", one.chapter, other.chapter)]
    if one.kind == other.kind == WHOLE:
        pairs.append(("volume", one.volume, other.volume))
    if one.kind == other.kind == REPORT:
        pairs.append(("number", one.number, other.number))
    found += [f"other {name}" for name, mine, yours in pairs if mine and yours and mine != yours]
    places = ((one.volume, other.volume), (one.number, other.number), (one.page, other.page))
    if (one.title.is_generic or other.title.is_generic) and (
        any(mine != yours for mine, yours in places) or not any(map(any, places))
    ):
        found.append("a title that many have")
    return found


def _conflict(one: Traits, other: Traits, scheme: str) -> bool:
    mine, yours = (
        {
            # A server gives each preprint one DOI, and a publisher the work another.
            (_server(each.value), each.value)
            for each in traits.identifiers
            if each.scheme == scheme
        }
        for traits in (one, other)
    )
    servers = {server for server, _ in mine} & {server for server, _ in yours}
    return bool(servers) and mine.isdisjoint(yours)


def _server(value: str) -> str:
    return value.partition("/")[0] if is_preprint_doi(value) else ""


def _misplaced(one: Traits, other: Traits) -> str:
    """The field of one in which the title of the other stands by mistake; empty where none does."""
    letters = other.title.letters
    if len(letters) < _LEAST:
        return ""
    if _has_title_as_author(one, other):
        return "author"
    for field, text in one.letters.items():
        # A chapter may be called like the book in which another stands; so what stands there must stand here.
        if text == letters and field != "author" and one.title.letters in ("", *other.letters.values()):
            return field
    return ""


def _has_title_as_author(one: Traits, other: Traits) -> bool:
    return bool(other.title.letters) and one.letters.get("author") == other.title.letters


def _by_identifier(signs: _Signs) -> Sameness:
    """The verdict where both have one identifier, which may stand in one of them by mistake."""
    if signs.shared == (NAMED["isbn"],) and signs.title == Likeness.DIFFERENT:
        return Sameness.NO
    if signs.title == Likeness.DIFFERENT:
        # Chapters are given the DOI of their book.
        is_beside = signs.other_page or "other chapter" in signs.against or (signs.same_place and not signs.same_page)
        return Sameness.NO if is_beside else Sameness.LIKELY
    return Sameness.LIKELY if signs.against or signs.people is Agreement.NONE else Sameness.CERTAIN


def _by_title(signs: _Signs) -> Sameness:
    """The verdict where no identifier is common to both."""
    if signs.title in (Likeness.DIFFERENT, Likeness.ABSENT) or signs.people is Agreement.NONE:
        return Sameness.NO
    stands_there = signs.same_place and signs.same_page
    if signs.against:
        # A wrong letter in a DOI, where all else is the same to the page.
        is_same = signs.title == Likeness.SAME and signs.people is Agreement.SAME and signs.gap == 0 and stands_there
        return Sameness.LIKELY if is_same and all(each == "other DOI" for each in signs.against) else Sameness.NO
    if not _is_of_time(signs, stands_there=stands_there):
        return Sameness.NO
    if signs.title == Likeness.NEAR:
        corroborated = stands_there and signs.gap in (0, None) and signs.people is Agreement.SAME
        return Sameness.LIKELY if corroborated else Sameness.NO
    if signs.people is Agreement.UNKNOWN:
        return _unnamed(signs)
    if signs.people is Agreement.SOME and signs.title < Likeness.SAME and signs.gap not in (0, None):
        return Sameness.NO
    if signs.title == Likeness.MAIN:
        return Sameness.NO if signs.other_page or signs.other_place else Sameness.LIKELY
    if signs.title == Likeness.ALIKE and not signs.is_telling:
        return Sameness.LIKELY if signs.same_place and signs.gap == 0 and not signs.other_page else Sameness.NO
    if not signs.is_telling and signs.other_page:
        return Sameness.NO
    return Sameness.CERTAIN if _is_certain(signs) else Sameness.LIKELY


def _is_of_time(signs: _Signs, *, stands_there: bool) -> bool:
    """Whether the years may be those of one work."""
    gap = signs.gap
    if gap is None or gap == 0 or stands_there:
        return True
    if signs.are_bodies and not signs.are_versions:
        return False  # A body's yearly report.
    if signs.are_versions:
        return gap <= _LONGEST_REVIEW
    if signs.are_books and signs.title == Likeness.SAME:
        return True  # A reprint.
    if signs.other_page or signs.other_place:
        return gap <= 1 and signs.is_telling
    return gap <= 1 or (signs.title == Likeness.SAME and signs.is_telling and signs.people is Agreement.SAME)


_LONGEST_REVIEW: Final = 5
"""So many years may a preprint be older than its publication."""


def _unnamed(signs: _Signs) -> Sameness:
    """The verdict where one of the two has no names."""
    if not signs.is_telling or signs.other_page or signs.title < Likeness.ALIKE:
        return Sameness.NO
    if signs.gap == 0 and (signs.same_place or signs.title == Likeness.SAME):
        return Sameness.LIKELY
    return (
        Sameness.LIKELY if signs.gap is None and signs.title == Likeness.SAME and not signs.other_place else Sameness.NO
    )


def _is_certain(signs: _Signs) -> bool:
    if signs.misplaced or signs.people is not Agreement.SAME or not signs.is_telling or signs.other_page:
        return False
    if signs.title != Likeness.SAME:
        return signs.same_place and signs.same_page and signs.gap == 0
    return (signs.gap == 0 and not signs.other_place) or (signs.are_versions and signs.gap is not None)


def _score(signs: _Signs, verdict: Sameness) -> int:
    names = _UNKNOWN if signs.people is Agreement.UNKNOWN else signs.share
    years = _UNKNOWN if signs.gap is None else max(0, 100 - 15 * signs.gap)
    title = (
        _UNKNOWN
        if signs.title is Likeness.ABSENT
        else max(signs.percent, 90)
        if signs.title is Likeness.MAIN
        else signs.percent
    )
    score = 0.6 * title + 0.3 * names + 0.1 * years
    if signs.shared:
        score = 50 + score / 2
    score -= 5 * (len(signs.against) + signs.other_page + bool(signs.misplaced))
    least, most = _RANGES[verdict]
    return round(min(max(score, least), most))


_UNKNOWN: Final = 80
_RANGES: Final = {Sameness.CERTAIN: (95, 100), Sameness.LIKELY: (60, 94), Sameness.NO: (0, 59)}


def _reasons(signs: _Signs, verdict: Sameness) -> list[str]:
    found = [f"same {name}" for name in signs.shared]
    if signs.title is Likeness.SAME:
        found.append("same title")
    elif signs.title is Likeness.MAIN:
        found.append("same title without its subtitle")
    elif signs.title is not Likeness.ABSENT:
        found.append(f"title {signs.percent:.0f} %")
    if signs.misplaced:
        found.append(f"the title of one is the {signs.misplaced} of the other")
    found += {
        Agreement.SAME: ["same names"],
        Agreement.SOME: ["some of the names"],
        Agreement.NONE: ["other names"],
        Agreement.UNKNOWN: [],
    }[signs.people]
    if signs.gap == 0:
        found.append("same year")
    elif signs.gap:
        found.append("a year apart" if signs.gap == 1 else f"{signs.gap} years apart")
    if signs.same_place and signs.same_page:
        found.append("same pages")
    elif signs.other_page:
        found.append("other pages")
    if signs.are_versions and verdict is not Sameness.NO and not signs.same_place:
        found.append("preprint and published version")
    return found + list(signs.against)
