"""Does an entry say what is known of its work? What catalogues or services have under its identifiers and its title.

An entry is confirmed, contradicted (an identifier is another work's, or names or year are others) or unknown. What
honest records of one work differ in is no contradiction; docs/check.md has the rules in words.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import Final

from bibman.model.description import Description, described, entry_of, is_preprint
from bibman.model.entry import Entry
from bibman.model.evidence_names import compare_bylines
from bibman.model.identifiers import Identifier, entry_identifiers
from bibman.model.matching import Proposal, distinct_works
from bibman.model.people import Agreement
from bibman.model.titles import NUMBER_WORDS, SMALL, Likeness, Title, compare_titles, title_of, titles_agree
from bibman.model.traits import WHOLE


class Standing(StrEnum):
    """How an entry stands to what is known."""

    CONFIRMED = "confirmed"
    CONTRADICTED = "contradicted"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Difference:
    """What an entry says in a field, what is known instead, and who knows it.

    An identifier is said with its scheme (`arxiv:1706.03762`). Where it `is_of_another` work, `known` is that; where
    there is no such identifier, it is empty.
    """

    field: str
    said: str
    known: str
    source: str
    is_of_another: bool = False


@dataclass(frozen=True, slots=True)
class Known:
    """A work that was found for an entry, and by what: the scheme of an identifier (`doi`), or `title`."""

    by: str
    proposal: Proposal


@dataclass(frozen=True, slots=True)
class Judgement:
    """How an entry stands, and in what it is contradicted.

    `works` are the records of its work, `others` those of works that an identifier of the entry belongs to, while its
    title is another; each once for each way in which it was found. `nearest` is a work with a like title, where
    nothing else was found.
    """

    standing: Standing
    works: tuple[Known, ...] = ()
    others: tuple[Known, ...] = ()
    differences: tuple[Difference, ...] = ()
    nearest: Proposal | None = None


UNKNOWN: Final = Judgement(Standing.UNKNOWN)


def _field(entry: Entry, identifier: Identifier) -> str:
    """The field in which an entry has an identifier."""
    having = [
        each.name for each in entry.fields if identifier in entry_identifiers({each.name: each.value}, entry.type)
    ]
    return next((name for name in ("eprint", "doi", *having) if name in having), identifier.scheme)


_NUMBER_FIELDS: Final = frozenset(("doi", "eprint", "pmid"))


def _written(identifier: Identifier) -> str:
    return f"{identifier.scheme}:{identifier.value}"


class _Candidate(Description):
    """A known work, compared with an entry."""

    def __init__(self, entry: "Description", known: Known) -> None:
        record = known.proposal.record
        super().__init__(entry_of(record))
        self.known = known
        self.record = record
        self.likeness, self.percent = compare_titles(entry.title, self.title)
        self.said = entry

    @property
    def source(self) -> str:
        """Who knows it."""
        return self.known.proposal.provider

    @cached_property
    def people(self) -> Agreement:
        """How far the names agree; NONE contradicts."""
        return compare_bylines(self.said.byline, self.byline)

    @cached_property
    def has_title(self) -> bool:
        """Whether its title may be the entry's, given that an identifier is common to both."""
        if self.likeness >= Likeness.MAIN or self.likeness is Likeness.ABSENT:
            return True
        mine, yours = self.said.title, self.title
        if self.said.is_in_latin != self.is_in_latin:
            return self.people > Agreement.NONE  # A translation of it says nothing.
        short, long = sorted((mine.words, yours.words), key=len)
        if long[: len(short)] == short:
            return True
        if titles_agree(self.said.text, self.text) and not _have_other_numbers(mine, yours):
            return True
        return compare_titles(*map(title_of, map(_in_digits, (self.said.text, self.text))))[0] >= Likeness.MAIN

    @cached_property
    def is_known_by_people(self) -> bool:
        """Whether it is the entry's work although its title is not: by its number, people, year, and half the words."""
        return self._shares(_MISQUOTED) and self.people >= Agreement.SOME and self.is_of_time

    @property
    def is_retitled(self) -> bool:
        """Whether its title may be an earlier or later one of the entry's work: a preprint has not got its last."""
        is_by_preprint = any(map(is_preprint, self.identifiers & self.said.identifiers))
        return is_by_preprint and self._shares(_RETITLED) and self.is_known_by_people

    def _shares(self, least: float) -> bool:
        """Whether at least so many of the words of the shorter title are in the longer one."""
        mine, yours = self.said.title, self.title
        if mine.remark != yours.remark or _have_other_numbers(mine, yours):
            return False
        words, others = set(mine.words) - SMALL, set(yours.words) - SMALL
        shared = len(words & others)
        return shared > 1 and shared >= least * min(len(words), len(others))

    @cached_property
    def is_titled_alike(self) -> bool:
        """Whether its title is the entry's, where nothing else speaks for it; without a subtitle only if names do."""
        if self.likeness >= Likeness.ALIKE:
            return True
        return self.likeness is Likeness.MAIN and self.people >= Agreement.SOME

    @cached_property
    def is_around(self) -> bool:
        """Whether it is the book or volume in which the entry's work stands, or stands itself in that."""
        return any(
            compare_titles(title_of(container), title)[0] >= Likeness.MAIN
            for container, title in ((self.said.container, self.title), (self.container, self.said.title))
            if container
        )

    @cached_property
    def is_of_time(self) -> bool:
        """Whether the entry's year may be one in which the work appeared."""
        year = self.said.year
        if year is None or not self.years or any(abs(year - each) <= 1 for each in self.years):
            return True
        mine, yours = self.said.traits, self.traits
        if WHOLE in (mine.kind, yours.kind):
            return True  # A book is printed again and again.
        later = year - max(self.years)
        if self.known.by == "title" and self.is_elsewhere and {mine.type, yours.type} == _PAPER_AND_ARTICLE:
            return abs(later) <= LONGEST_REVIEW
        if "eprintdate" in self.record.texts or not (self.said.is_on_server or self.is_on_server):
            return False
        if mine.is_preprint and yours.is_preprint:
            return 0 < later <= LONGEST_REVIEW  # Versions are dated, too.
        before, after = (LONGEST_REVIEW, PUT_UP_LATER) if mine.is_preprint else (PUT_UP_LATER, LONGEST_REVIEW)
        return -before <= later <= after

    @property
    def is_elsewhere(self) -> bool:
        """Whether it appeared in another place than the entry says: a paper and its longer version in a journal."""
        mine, yours = title_of(self.said.container), title_of(self.container)
        return bool(mine.letters and yours.letters) and mine.letters != yours.letters

    @property
    def rank(self) -> tuple[bool, bool, Likeness, float]:
        """How well it fits."""
        return self.people > Agreement.NONE, self.is_of_time, self.likeness, self.percent


_RETITLED: Final = 0.7
"""So many of the words of the shorter title stay where a work gets another title."""
_MISQUOTED: Final = 0.5
"""So many of them are there where a title is quoted wrongly."""
_NONE: Final[Mapping[Identifier, str]] = {}
LONGEST_REVIEW: Final = 5
"""So many years may a preprint be older than its publication, or a version than the last one."""
PUT_UP_LATER: Final = 2
"""So many years may a paper be older than its copy on a server of preprints."""
_PAPER_AND_ARTICLE: Final = {"inproceedings", "article"}
"""The types of a paper at a conference, and of its longer version in a journal."""


def _in_digits(title: str) -> str:
    """A title with its numbers in digits: "three-dimensional" and "3D" are the same."""
    counted = re.sub(r"[^\W\d_]+", lambda word: str(NUMBER_WORDS.get(word[0].lower(), word[0])), title)
    return re.sub(r"(?i)\b(\d)[- ]?(?:dimensional|dimensions)\b", r"\1D", counted)


def _have_other_numbers(one: Title, other: Title) -> bool:
    """Whether two titles have different numbers, as parts have: "3D" and "three-dimensional" have no two."""
    return bool(one.numbers and other.numbers) and one.numbers != other.numbers


def judge_entry(
    entry: Entry,
    named: Mapping[Identifier, Sequence[Proposal]],
    titled: Iterable[Proposal] = (),
    absent: Mapping[Identifier, str] = _NONE,
) -> Judgement:
    """Judges an entry by the records that are known under its identifiers, and those that have a title like its own.

    `absent` names identifiers that do not exist, and who says so.
    """
    said = Description(entry)
    by_identifier = {
        identifier: [_Candidate(said, Known(identifier.scheme, each)) for each in proposals]
        for identifier, proposals in named.items()
        if proposals
    }
    by_title = [_Candidate(said, Known("title", each)) for each in titled]
    alike = [each for each in by_title if each.is_titled_alike]
    right: list[_Candidate] = []
    others: list[tuple[Identifier, _Candidate]] = []
    for identifier, candidates in by_identifier.items():
        fitting = [each for each in candidates if _is_one(each, alike)]
        right += fitting
        if not fitting and not any(each.is_around for each in candidates):
            others.append((identifier, max(candidates, key=lambda each: each.rank)))
    work = _one_with(right, alike) if right else _best(alike, has_numbers=bool(said.identifiers))
    differences = [
        Difference(
            _field(entry, identifier), _written(identifier), described(each.record), each.source, is_of_another=True
        )
        for identifier, each in others
    ]
    if work:
        differences += _differences(said, work, by_identifier.keys())
    told = {each.said for each in differences}
    differences += [
        Difference(name, _written(each), "", source)
        for each, source in absent.items()
        # What an address holds may be read wrongly.
        if (name := _field(entry, each)) in _NUMBER_FIELDS and each not in by_identifier and _written(each) not in told
    ]
    found = Judgement(
        Standing.CONTRADICTED if differences else Standing.CONFIRMED,
        tuple(each.known for each in work),
        tuple(each.known for _, each in others),
        tuple(differences),
    )
    if work or differences:
        return found
    near = max(by_title, key=lambda each: each.percent, default=None)
    return Judgement(
        Standing.UNKNOWN, nearest=near.known.proposal if near is not None and near.percent >= _NEAR else None
    )


_NEAR: Final = 85
"""So like, in percent, is a title that is worth naming where the work itself is not known."""


def _is_one(candidate: _Candidate, alike: Iterable[_Candidate]) -> bool:
    """Whether a work that has an identifier of the entry is the entry's, where others have a title `alike`."""
    if candidate.has_title:
        return True
    return candidate.is_known_by_people and not any(
        each.likeness >= Likeness.ALIKE and each.people > Agreement.NONE and not _are_one(each, candidate)
        for each in alike
    )


def _are_one(one: _Candidate, other: _Candidate) -> bool:
    return len(distinct_works([one.record, other.record])) == 1


def _one_with(right: Sequence[_Candidate], alike: Iterable[_Candidate]) -> list[_Candidate]:
    """The records of the work that an identifier names, and its others, as of a preprint beside its publication."""
    return [*right, *(each for each in alike if any(_are_one(each, one) for one in right))]


def _best(alike: Sequence[_Candidate], *, has_numbers: bool) -> list[_Candidate]:
    """The records of the work that has the entry's title, of several the best; none where the title is no evidence."""
    works: list[list[_Candidate]] = []
    for each in alike:
        work = next((work for work in works if any(_are_one(each, one) for one in work)), None)
        if work is None:
            works.append([each])
        else:
            work.append(each)
    told = [work for work in works if _tells(work, has_numbers=has_numbers)]
    return max(told, key=lambda work: max(each.rank for each in work), default=[])


def _tells(work: Sequence[_Candidate], *, has_numbers: bool) -> bool:
    """Whether a title makes a work that of the entry: with the same people, or as one that no two works have."""
    if any(each.people >= Agreement.SOME and (each.is_of_time or each.likeness is Likeness.SAME) for each in work):
        return True
    first = work[0]
    if first.likeness < Likeness.ALIKE or not first.title.is_telling:
        return False
    if all(each.people is Agreement.UNKNOWN for each in work):
        return any(each.is_of_time for each in work)
    is_doubtful = has_numbers or first.said.year is None or not any(each.is_of_time for each in work)
    return len([word for word in first.title.words if word not in SMALL]) >= (_RARE if is_doubtful else _UNUSUAL)


_UNUSUAL: Final = 3
"""A title of so many words is one work's, if the year is right."""
_RARE: Final = 6
"""A title of so many words is one work's, whatever else is said of it."""


def _differences(said: Description, work: Sequence[_Candidate], known: Iterable[Identifier]) -> Iterator[Difference]:
    """In what an entry differs from all records of its work."""
    if not any(each.has_title or each.is_retitled for each in work):
        yield Difference("title", said.text, work[0].text, work[0].source)
    by_names = max(work, key=lambda each: each.people)
    told = [each for each in work if each.people is not Agreement.UNKNOWN]
    if told and all(each.people is Agreement.NONE for each in told):
        by_names = told[0]
        role = "author" if said.names.get("author") else "editor"
        yield Difference(role, said.names_said, by_names.names_said, by_names.source)
    if not any(each.is_of_time for each in work):
        nearest = min(work, key=lambda each: min(abs((said.year or 0) - year) for year in each.years))
        years = "/".join(map(str, sorted(nearest.years)))
        yield Difference("year", str(said.year), years, nearest.source)
    if by_names.people >= Agreement.SOME:
        yield from _other_numbers(said, work, frozenset(known))


def _other_numbers(said: Description, work: Sequence[_Candidate], known: frozenset[Identifier]) -> Iterator[Difference]:
    """Numbers that nobody knows, where the work is known by another one of the kind of which a work has but one."""
    for scheme in ("arxiv", "doi"):
        mine = _numbers(said.identifiers, scheme)
        holder = next(
            (each for each in work if _numbers(each.identifiers, scheme) and _has_one_number(said, each, scheme)), None
        )
        if not mine or not mine.isdisjoint(known) or holder is None:
            continue
        theirs = {each for one in work for each in _numbers(one.identifiers, scheme)}
        if mine.isdisjoint(theirs):
            one, other = min(mine), min(_numbers(holder.identifiers, scheme))
            yield Difference(_field(said.entry, one), _written(one), _written(other), holder.source)


def _numbers(identifiers: Iterable[Identifier], scheme: str) -> frozenset[Identifier]:
    """The identifiers of a scheme; a DOI of a server of preprints is none of them."""
    return frozenset(
        each for each in identifiers if each.scheme == scheme and (scheme != "doi" or not is_preprint(each))
    )


def _has_one_number(said: Description, work: _Candidate, scheme: str) -> bool:
    """Whether the entry's number would have to be that of the record, were it right.

    A work is on arXiv once. A publisher gives it one DOI; what appeared elsewhere, in another year or at another
    publisher may be another version.
    """
    if work.likeness < Likeness.ALIKE:
        return False
    if scheme == "arxiv":
        return True
    mine, theirs = (
        {each.value.partition("/")[0] for each in _numbers(side.identifiers, "doi")} for side in (said, work)
    )
    return mine == theirs and said.year in work.years and not work.is_elsewhere
