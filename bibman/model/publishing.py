"""Preprints and their publications: which entry is the one, which record the other, and what becomes of the entry.

What is kept of the preprint is said in docs/decisions/0006-preprints-and-their-publication.md, and how sure a
publication must be in docs/update.md.
"""

import re
from collections.abc import Iterable, Sequence, Set
from dataclasses import replace
from enum import StrEnum
from typing import Final, NamedTuple

from bibman.model.arxiv import normalise_arxiv
from bibman.model.duplicates import Comparison, Sameness, are_containers
from bibman.model.entry import Entry, Field
from bibman.model.fold import fold, stream
from bibman.model.identifiers import Identifier, entry_identifiers
from bibman.model.latex import decode
from bibman.model.merging import propose
from bibman.model.people import Agreement, Person, compare_people
from bibman.model.titles import Likeness, compare_titles
from bibman.model.traits import Traits, is_preprint_doi, names_server, traits_of
from bibman.model.values_compared import better
from bibman.model.vocabulary import CONTAINER_FIELDS, canonical

PUBLISHED_TYPES: Final = frozenset(
    "article inproceedings conference incollection inbook book mvbook bookinbook suppbook suppcollection".split()
)
"""Types of what is published: nothing else is the publication of a preprint."""

_DATA_ARCHIVES: Final = ("10.5281/", "10.6084/")
"""Archives of data and programs: what they hold has a paper beside it, and is not published by it."""

_LOOSE: Final = frozenset("article misc online electronic www unpublished techreport report".split())
_PLACES: Final = ("howpublished", "organization", "publisher", "institution", "eprinttype")
_LEAST_AHEAD: Final = 1
"""So many years may a publication be dated before its preprint, which is often put up after the fact."""
_LONGEST_REVIEW: Final = 5
"""So many years later is a publication that nothing but title and names speak for still sure."""
_MOST_ADDED: Final = 4
"""One in so many authors may have joined since."""


class Way(StrEnum):
    """What led from a preprint to a publication, the surest first."""

    RELATION = "relation"
    IDENTIFIER = "identifier"
    JOURNAL_REF = "journal-ref"
    SEARCH = "title and names"

    @property
    def is_link(self) -> bool:
        """Whether somebody who knows both says that the one is the other."""
        return self is not Way.SEARCH


def is_preprint(entry: Entry) -> bool:
    """Whether an entry says of its work that it lies on a server of preprints, and of no place where it appeared."""
    if not entry.identified or entry.type not in _LOOSE:
        return False
    values = {canonical(field.name): field.value for field in reversed(entry.fields)}
    place = next((values[name] for name in CONTAINER_FIELDS if values.get(name)), "")
    if place and not names_server(fold(place)):
        return False
    traits = traits_of(entry)
    if any(each.value.startswith(_DATA_ARCHIVES) for each in traits.identifiers if each.scheme == "doi"):
        return False
    if traits.is_preprint and traits.type != "unpublished":
        return True
    at_server = any(each.scheme == "arxiv" or is_preprint_doi(each.value) for each in traits.identifiers)
    return at_server or any(names_server(fold(values.get(name, ""))) for name in _PLACES)


def is_publication(described: Entry) -> bool:
    """Whether the entry that a record describes is one that has appeared: in a journal or a book, or as a book."""
    traits = traits_of(described)
    if described.type not in PUBLISHED_TYPES or traits.title.remark:
        return False
    if any(each.scheme == "doi" and is_preprint_doi(each.value) for each in traits.identifiers):
        return False
    return bool(traits.container or (described.type in ("book", "mvbook") and traits.publisher))


def judge_publication(preprint: Traits, publication: Traits, *, is_linked: bool) -> Comparison:
    """Whether a published work is the publication of a preprint, how alike the two are, and why.

    `is_linked` says that somebody who knows both says so. Titles change on the way, and people join: that makes it
    likely, and only a person can tell. Where neither title nor names agree, it is another work whoever says what.
    """
    title, percent = compare_titles(preprint.title, publication.title)
    people, share = compare_people(preprint.people, publication.people, is_cut=preprint.is_cut or publication.is_cut)
    later = None if None in (preprint.year, publication.year) else (publication.year or 0) - (preprint.year or 0)
    reasons = [*_title_reasons(title, percent), *_people_reasons(people), *_year_reasons(later)]
    names = _UNKNOWN if people is Agreement.UNKNOWN else share
    verdict = (_by_link if is_linked else _by_likeness)(preprint, publication, title, people, later)
    return Comparison(verdict, round(0.6 * percent + 0.3 * names + 0.1 * _timeliness(later)), tuple(reasons))


_UNKNOWN: Final = 80


def _timeliness(later: int | None) -> int:
    """How well it fits that a publication is so many years later, from 0 to 100: most are within two."""
    if later is None:
        return _UNKNOWN
    return max(0, 100 - 15 * max(-later, later - 2, 0))


def _by_link(one: Traits, other: Traits, title: Likeness, people: Agreement, later: int | None) -> Sameness:
    if title is Likeness.DIFFERENT and people in (Agreement.NONE, Agreement.UNKNOWN):
        return Sameness.NO
    is_of_time = later is None or later >= -_LEAST_AHEAD
    agrees = title >= Likeness.NEAR and people >= Agreement.SOME and _have_same_first(one.people, other.people)
    return Sameness.CERTAIN if agrees and is_of_time else Sameness.LIKELY


def _by_likeness(one: Traits, other: Traits, title: Likeness, people: Agreement, later: int | None) -> Sameness:
    if title <= Likeness.ABSENT or people <= Agreement.UNKNOWN or not _have_same_first(one.people, other.people):
        return Sameness.NO
    if later is not None and later < -_LEAST_AHEAD:
        return Sameness.NO
    is_telling = one.title.is_telling and other.title.is_telling
    if not is_telling and people is not Agreement.SAME:
        return Sameness.NO
    if title < Likeness.MAIN and people is not Agreement.SAME:
        return Sameness.NO
    is_certain = (
        is_telling
        and title >= Likeness.ALIKE
        and (people is Agreement.SAME or (title is Likeness.SAME and _has_joined(one.people, other.people)))
        and later is not None
        and later <= (0 if _are_bodies(one.people) else _LONGEST_REVIEW)
    )
    return Sameness.CERTAIN if is_certain else Sameness.LIKELY


def _are_bodies(people: Sequence[Person]) -> bool:
    """Whether nobody signs but bodies, whose reports have the same title every year."""
    return all(each.is_body for each in people)


def _have_same_first(one: Sequence[Person], other: Sequence[Person]) -> bool:
    return compare_people(one[:1], other[:1])[0] is Agreement.SAME


def _has_joined(one: Sequence[Person], other: Sequence[Person]) -> bool:
    """Whether the lists differ in nothing but a few people that one of them has more."""
    short, long = sorted((one, other), key=len)
    most = max(1, len(short) // _MOST_ADDED)
    return len(long) - len(short) <= most and compare_people(short, long, is_cut=True)[0] is Agreement.SAME


def _title_reasons(title: Likeness, percent: float) -> list[str]:
    told = {
        Likeness.SAME: "same title",
        Likeness.MAIN: "same title without its subtitle",
        Likeness.DIFFERENT: "other title",
        Likeness.ABSENT: "no title",
    }
    return [told.get(title) or f"title {percent:.0f} %"]


def _people_reasons(people: Agreement) -> list[str]:
    told = {
        Agreement.SAME: "same names",
        Agreement.SOME: "some of the names",
        Agreement.NONE: "other names",
        Agreement.UNKNOWN: "no names",
    }
    return [told[people]]


def _year_reasons(later: int | None) -> list[str]:
    if later is None:
        return ["no year"]
    if later == 0:
        return ["same year"]
    years = "a year" if abs(later) == 1 else f"{abs(later)} years"
    return [f"{years} {'later' if later > 0 else 'before'}"]


def stands_where(described: Entry, journal_ref: str) -> bool:
    """Whether a publication is the one of which arXiv's authors write in their words where it appeared.

    Two of its volume, first page (or number of the article) and year must stand there.
    """
    words = set(fold(journal_ref).split())
    traits = traits_of(described)
    numbers = (traits.volume, traits.page, "" if traits.year is None else str(traits.year))
    return sum(number in words for number in numbers if number) >= _TELLING_NUMBERS


_TELLING_NUMBERS: Final = 2


class Found(NamedTuple):
    """A publication that was found for a preprint: as an entry, how and by whom, and how sure it is."""

    described: Entry
    way: Way
    provider: str
    comparison: Comparison

    @property
    def is_certain(self) -> bool:
        """Whether it needs no person to tell."""
        return self.comparison.verdict is Sameness.CERTAIN

    def in_doubt(self, reason: str) -> "Found":
        """The same, as one that a person has to look at, for a reason."""
        verdict = min(self.comparison.verdict, Sameness.LIKELY, key=_RANKS.index)
        return self._replace(comparison=Comparison(verdict, self.comparison.score, (*self.comparison.reasons, reason)))


_RANKS: Final = (Sameness.NO, Sameness.LIKELY, Sameness.CERTAIN)


def ranked(found: Sequence[Found]) -> list[Found]:
    """Publications without those that are told twice, the surest first; of several that seem sure none is.

    What somebody who knows both says goes before what is only alike: a paper may appear at a conference and in a
    journal under one title, and only a link tells which of the two is meant. Records of one publication are those
    with one DOI, and those of one kind within a year of which one has none.
    """
    kept = [_as_one(group) for group in _grouped(found)]
    sure = [each for each in kept if each.is_certain]
    linked = [each for each in sure if each.way.is_link]
    if len(linked or sure) > 1:
        return [each.in_doubt("one of several publications") if each.is_certain else each for each in kept]
    if linked:
        return [each.in_doubt("another is linked") if each in sure and each not in linked else each for each in kept]
    return kept


def _grouped(found: Sequence[Found]) -> list[list[Found]]:
    """Records of one publication together, the surest first, and so the groups."""
    groups: list[list[tuple[Found, Traits]]] = []
    for each in sorted(found, key=lambda each: (not each.is_certain, not each.way.is_link, -each.comparison.score)):
        traits = traits_of(each.described)
        place = _place_of(traits, [[other for _, other in group] for group in groups])
        if place is None:
            groups.append([(each, traits)])
        else:
            groups[place].append((each, traits))
    return [[each for each, _ in group] for group in groups]


def _place_of(traits: Traits, groups: Sequence[Sequence[Traits]]) -> int | None:
    """The place of the group to which a record belongs: one with its DOI, or of which none says that it is another."""
    by_doi = (place for place, group in enumerate(groups) if any(_have_one_doi(traits, each) for each in group))
    by_rest = (place for place, group in enumerate(groups) if all(_may_be_one(traits, each) for each in group))
    return next(by_doi, next(by_rest, None))


def _as_one(group: Sequence[Found]) -> Found:
    """The record that says most of where the work appeared, with what makes the surest of them sure."""
    fullest = max(group, key=lambda each: _says(each.described))
    return fullest._replace(way=group[0].way, comparison=group[0].comparison)


def _says(described: Entry) -> int:
    """How much of where a work appeared is said; its DOI counts for all else."""
    told = sum(bool(described.get(name)) for name in ("volume", "pages", "publisher", "eid", "number"))
    return told + 10 * bool(described.get("doi"))


def _dois(traits: Traits) -> set[str]:
    return {each.value for each in traits.identifiers if each.scheme == "doi"}


def _have_one_doi(one: Traits, other: Traits) -> bool:
    return not _dois(one).isdisjoint(_dois(other))


def _may_be_one(one: Traits, other: Traits) -> bool:
    """Whether nothing tells two publications of one preprint apart."""
    if _dois(one) and _dois(other):
        return False
    is_near = one.year is None or other.year is None or abs(one.year - other.year) <= 1
    is_there = one.type == other.type or are_containers(one.container, other.container)
    return is_near and one.kind == other.kind and is_there


def published(entry: Entry, described: Entry) -> Entry:
    """The entry of a preprint as that of its publication, which is `described` in the same dialect.

    The key, what is the reader's own, and the number of the preprint stay. What is said of the preprint's place and
    time goes, and so does a note that says nothing but that it is a preprint. Texts that say the same, and an
    abstract, stay as they are.
    """
    same = {name: 0 for name in _KEPT if entry.get(name) and _may_stay(name, entry, described)}
    merged = propose([entry, replace(described, key=entry.key)], same, preprints=(True, False)).entry
    old = {field.name for field in entry.fields}
    is_bibtex = any(field.name in ("journal", "year") for field in described.fields)
    fields = [field for field in merged.fields if field not in entry.fields or not _is_over(field, described)]
    # A note may have been the one place where its number stood.
    lost = next((each for each in _numbers(entry.fields) - _numbers(fields) if each.scheme == "arxiv"), None)
    if lost is not None and all(field.name != "eprint" for field in fields):
        fields += [Field("eprint", lost.value), Field("eprinttype", "arxiv")]
    return replace(merged, fields=tuple(_in_bibtex(field, old) if is_bibtex else field for field in fields))


_KEPT: Final = ("title", "author", "editor", "abstract")
_STANDING: Final = re.compile(
    r"(?i)\W*(?:arxiv\b|(?:e-?|pre-?)print\b|submitted\b|(?:currently )?under (?:review|submission)\b"
    r"|work in progress\b|to appear\b|accepted\b|in press\b|forthcoming\b|available (?:at|on|from)\W+arxiv).{0,80}"
)
"""How a note begins that says how far a preprint has come."""
_STANDING_FIELDS: Final = ("note", "pubstate", "howpublished", "comment")


def _is_over(field: Field, described: Entry) -> bool:
    """Whether a field tells how far a preprint has come, or, as arXiv does beside it, where it was published."""
    text = " ".join(decode(field.value).split())
    if field.name == "addendum":
        places = (described.get("volume"), described.get("year"), (described.get("date") or "")[:4])
        return any(place in re.findall(r"\w+", text) for place in places if place)
    if field.name not in _STANDING_FIELDS:
        return False
    return field.name == "pubstate" or bool(_STANDING.fullmatch(text)) or normalise_arxiv(text) is not None


def _may_stay(name: str, one: Entry, other: Entry) -> bool:
    """Whether the text of an entry says no less than that of another: its keeper has written it so."""
    mine, yours = (tuple(field for field in entry.fields if field.name == name) for entry in (one, other))
    if name == "abstract" or not yours:
        return True
    if name == "title" and stream(decode(mine[0].value)) == stream(decode(yours[0].value)):
        return not decode(mine[0].value).isupper()
    verdict = better(name, mine, yours)
    return verdict.is_same or verdict.prefers == 0


def _numbers(fields: Iterable[Field]) -> set[Identifier]:
    return set(entry_identifiers({field.name: field.value for field in fields}))


def _in_bibtex(field: Field, old: Set[str]) -> Field:
    """The field as BibTeX calls it, where it is none of the `old` ones: merging names an archive as BibLaTeX does."""
    if field.name != "eprinttype" or field.name in old:
        return field
    return Field("archiveprefix", "arXiv" if field.value == "arxiv" else field.value)
