"""How alike a text and a record are: the text taken for a part of an abstract, for a title or for a reference.

rapidfuzz is imported only where texts are compared, so that commands that merely read never pay for it.
"""

import re
from collections.abc import Callable, Iterable
from functools import cache, cached_property, lru_cache
from typing import Final, Literal

from bibman.model.dates import parse_date
from bibman.model.fold import fold, fragment, stream, unlabelled
from bibman.model.identifiers import Identifier, bare_identifiers, find_identifiers, record_identifiers
from bibman.model.matching import (
    THRESHOLDS,
    Candidate,
    Evidence,
    Kind,
    Match,
    Proposal,
    Verdict,
    distinct_works,
    family_words,
    judge,
)
from bibman.model.names import Name
from bibman.model.record import Record
from bibman.model.titles import are_opposed, numbers_of

Shape = Literal["passage", "title", "reference"]
"""What a text looks like: a part of an abstract, a title, or a reference."""

FARTHEST_PLACE: Final = 5
"""How far from its beginning a text may begin that still counts as an opening."""
LONGEST_COMPARED: Final = 4000
"""Nothing beyond so many stream characters is compared: an abstract is shorter, and the time stays bounded."""
LONGEST_ABSTRACT: Final = 2000
"""arXiv takes abstracts of 1,920 characters; of their letters and digits alone a journal's has hardly more."""
_LONGEST_HEAD: Final = 200
_SHORTEST_PASSAGE: Final = 40
_LONGEST_TITLE: Final = 300
_LONGEST_REFERENCE: Final = 800
# A title without its subtitle may be another work's whole title: it counts for no more than this.
_MAIN_TITLE: Final = 94.0
_BARE_MAIN_TITLE: Final = min(row.accept for row in THRESHOLDS["title"]) - 1
# A word that is in another title with this score, alone or joined to others, is there with a misprint; short ones are
# passed over, for of these it says nothing.
_MISPRINT: Final = 70.0
_SHORT_WORD: Final = 3
_LEFT_OUT: Final = frozenset("et al and".split())


class Text:
    """A text that may speak of a work, with what comparisons need of it, each made once and when it is needed."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.opening, self.is_cut = fragment(unlabelled(text))

    @cached_property
    def stream(self) -> str:
        """Its letters and digits."""
        return stream(self.opening)

    @cached_property
    def words(self) -> list[str]:
        """Its folded words, in order."""
        return fold(self.opening).split()

    @cached_property
    def years(self) -> list[int]:
        """The numbers in it that can be years."""
        return [int(each) for each in re.findall(r"(?<![\d.])((?:19|20)\d\d)(?!\d|\.\d{4})", self.text)]

    @cached_property
    def identifiers(self) -> list[Identifier]:
        """The identifiers in it."""
        return find_identifiers(self.text)

    def shapes(self) -> list[Shape]:
        """What it may be, the likeliest first; nothing where it is identifiers alone, which are no words."""
        if self.identifiers and bare_identifiers(self.text):
            return []
        length = len(self.stream)
        shapes: list[Shape] = ["passage"] if length >= _SHORTEST_PASSAGE else []
        if length <= _LONGEST_TITLE:
            shapes.insert(0 if length < THRESHOLDS["opening"][0].length and not self.is_cut else 1, "title")
        if self.years and length <= _LONGEST_REFERENCE:
            shapes.insert(0 if _reference_marks().search(self.text) else len(shapes), "reference")
        return shapes


def judge_identifiers(text: Text, proposals: Iterable[Proposal]) -> Match:
    """Judges the records that were found by the identifiers in `text`.

    One work is identified, with the score 100; records of different works wait. So does a text of an abstract's
    length in which neither the title nor the abstract of the work is found: a paper that "extends
    arXiv:2302.07459" is another paper. A shorter text with words in which only the ISBN and not the title is the
    work's may refer to a chapter of the book.
    """
    named = list(proposals)
    if not named:
        return Match(Verdict.NOT_FOUND, "identifier")
    present = set(text.identifiers)
    works = [named[place] for place in distinct_works([each.record for each in named])]
    best = works[0]
    shared = sorted(f"{each.scheme}:{each.value}" for each in record_identifiers(best.record) if each in present)
    evidence: dict[str, str | int | float] = {"provider": best.provider, "identifiers": " ".join(shared)}
    if len(works) > 1:
        evidence |= {"second": works[1].record.texts.get("title", ""), "second_score": 100.0}
    elif _may_speak_of(text, best.record, is_book_of=all(each.startswith("isbn:") for each in shared)):
        return Match(Verdict.IDENTIFIED, "identifier", best.record, 100.0, 100.0, evidence)
    candidates = tuple(Candidate(each, "reference", 100.0, len(text.stream), 100.0) for each in works[:5])
    margin = 0.0 if len(works) > 1 else 100.0
    return Match(Verdict.WAITING, "identifier", best.record, 100.0, margin, evidence, candidates)


def judge_passage(text: Text, proposals: Iterable[Proposal]) -> Match:
    """Judges proposed records by their abstracts, taking `text` (whole or cut off) for a part of one.

    Where an abstract is itself cut off, text and abstract are compared as far as both go, and that length decides
    which thresholds hold.
    """
    return _judged(text, proposals, compare_passage, "opening")


def judge_title(text: Text, proposals: Iterable[Proposal]) -> Match:
    """Judges proposed records by their titles, taking `text` for one, perhaps with names and a year beside it."""
    return _judged(text, proposals, compare_title, "title")


def judge_reference(text: Text, proposals: Iterable[Proposal]) -> Match:
    """Judges proposed records by their titles, names and years, taking `text` for a reference, in any style."""
    return _judged(text, proposals, compare_reference, "reference")


def _judged(
    text: Text, proposals: Iterable[Proposal], compare: Callable[[Text, Proposal], Candidate | None], stage: Kind
) -> Match:
    candidates = [each for proposal in proposals if (each := compare(text, proposal)) is not None]
    return judge(candidates, stage, {"length": len(text.stream)})


def compare_passage(text: Text, proposal: Proposal) -> Candidate | None:
    """Compares a text with the abstract of a record; None where the record has none.

    The evidence is `place`, where in the abstract the text begins, and `beyond`, the number of characters with which
    the text goes on where the abstract is complete and ends.
    """
    from rapidfuzz import fuzz

    query = text.stream
    opening, is_cut = fragment(proposal.record.texts.get("abstract", ""))
    abstract = stream(opening)
    if not query or not abstract:
        return None
    length = min(len(query), len(abstract), LONGEST_COMPARED)
    score, place = fuzz.ratio(query[:length], abstract[:length]), 0
    if score < THRESHOLDS["opening"][0].accept and len(abstract) > length:
        # Perhaps it is no opening: where does it begin? Its head tells, at a fraction of the time of the whole.
        head = query[: min(length, _LONGEST_HEAD)]
        found = fuzz.partial_ratio_alignment(head, abstract[:LONGEST_COMPARED], score_cutoff=60)
        if found is not None and found.dest_start:
            elsewhere = fuzz.ratio(query[:length], abstract[found.dest_start : found.dest_start + length])
            if length == len(query) == len(head):
                elsewhere = max(elsewhere, found.score)
            if elsewhere > score:
                score, place = elsewhere, found.dest_start
    # How far a cut abstract goes on nobody knows, but none is longer than this.
    beyond = max(0, len(query) - (max(len(abstract), LONGEST_ABSTRACT) if is_cut else len(abstract)))
    evidence: Evidence = {"place": place, "beyond": beyond}
    kind: Kind = "opening" if place <= FARTHEST_PLACE else "middle"
    # What the text says after the end of a complete abstract counts as wrong characters.
    whole = score * length / (length + beyond)
    return Candidate(proposal, kind, score, length, whole, evidence=evidence)


def compare_title(text: Text, proposal: Proposal) -> Candidate | None:
    """Compares a text with the title of a record, with and without its subtitle; None where the record has none.

    Names of the work and its year, where they are in the text, are no part of the title.
    """
    from rapidfuzz import fuzz

    titles = _titles(proposal.record)
    query = text.stream[:LONGEST_COMPARED]
    if not titles or not query:
        return None
    surname, year = _surname(text, proposal.record), _year(text, proposal.record)
    bare = _without_names(text, proposal.record) if surname or year else query
    scores = [max(fuzz.ratio(query, title), fuzz.ratio(bare, title)) for title in titles]
    scores[1:] = [min(score, _MAIN_TITLE) for score in scores[1:]]
    score = max(scores)
    title = titles[scores.index(score)]
    contradiction = _contradiction(text, proposal.record)
    is_whole = title == titles[0]
    numbers = numbers_of(_title_words(proposal.record, is_whole=is_whole))
    if numbers not in (numbers_of(text.words), numbers_of(_words_without_names(text, proposal.record))):
        contradiction = contradiction or "numbers"
    if THRESHOLDS["title"][0].accept <= score < 100 and _has_other_words(text, proposal.record, is_whole):
        contradiction = contradiction or "words"
    evidence = _support_evidence(surname, year)
    support = bool(surname) + bool(year)
    length = min(len(query), len(title))
    # Without its subtitle, and with nothing beside it, no title is long enough.
    whole = score if is_whole or support else min(score, _BARE_MAIN_TITLE)
    return Candidate(proposal, "title", score, length, whole, support, contradiction, evidence)


def compare_reference(text: Text, proposal: Proposal) -> Candidate | None:
    """Compares a reference with a record: is the title in it, and a surname, and the year give or take one?

    None where the record has no title, or one longer than the text.
    """
    from rapidfuzz import fuzz

    titles = _titles(proposal.record)
    query = text.stream[:LONGEST_COMPARED]
    if not titles or len(titles[-1]) > len(query):
        return None
    title = titles[0] if len(titles[0]) <= len(query) else titles[-1]
    found = fuzz.partial_ratio_alignment(title, query)
    score, start, end = (0.0, 0, 0) if found is None else (found.score, found.dest_start, found.dest_end)
    if score < 75 and len(titles) > 1:
        title = titles[-1]
        score, start, end = min(fuzz.partial_ratio(title, query), _MAIN_TITLE), 0, 0
    surname, year = _surname(text, proposal.record), _year(text, proposal.record)
    contradiction = _contradiction(text, proposal.record)
    # The place that was found may reach a year or a page too far.
    if end and _digits(title) not in _digits(query[start:end]):
        contradiction = contradiction or "numbers"
    is_near = score >= THRESHOLDS["reference"][0].ask
    if is_near and _lacks_numbers(text, proposal.record, title == titles[0]):
        contradiction = contradiction or "numbers"
    if is_near and (_goes_on(text, proposal.record) or _lacks_words(text, proposal.record, title == titles[0])):
        contradiction = contradiction or "words"
    support = bool(surname) + bool(year)
    evidence = _support_evidence(surname, year)
    return Candidate(proposal, "reference", score, len(title), score, support, contradiction, evidence)


def likeness(text: str, record: Record) -> tuple[Kind, float]:
    """How alike a text and a record are, from 0 to 100, and as which kind of text it is most like it."""
    sought, proposal = Text(text), Proposal(record, "")
    compared = [compare(sought, proposal) for compare in (compare_title, compare_passage, compare_reference)]
    best = max(filter(None, compared), key=lambda each: each.score, default=None)
    return ("title", 0.0) if best is None else (best.kind, round(best.score, 2))


def _titles(record: Record) -> list[str]:
    """The stream of the title, and that of the part before its subtitle, if that is long enough to be a title."""
    whole, short = stream(_title(record)), stream(_main_title(record))
    if not whole:
        return []
    return [whole, short] if len(short) >= THRESHOLDS["title"][0].length and short != whole else [whole]


def _title(record: Record) -> str:
    return f"{record.texts.get('title', '')} {record.texts.get('subtitle', '')}"


def _main_title(record: Record) -> str:
    title = record.texts.get("title", "")
    return title if "subtitle" in record.texts else re.split(r": |\? | [-–—] ", title, maxsplit=1)[0]


def _title_words(record: Record, *, is_whole: bool) -> list[str]:
    return fold(_title(record) if is_whole else _main_title(record)).split()


def _surname(text: Text, record: Record) -> str:
    """The first family name of the record that is in the text."""
    present = set(text.words)
    return next((name for name in family_words(record) if name and present.issuperset(name.split())), "")


def _year(text: Text, record: Record) -> int:
    """The year in the text that is the record's, or next to it: a preprint is seldom published in its own year."""
    dates = [parse_date(record.texts.get(name, "")) for name in ("date", "eprintdate", "year", "origdate")]
    known = {date.year for date in dates if date is not None and date.year is not None}
    near = {year + step for year in known for step in (-1, 0, 1)}
    exact = next((year for year in text.years if year in known), 0)
    return exact or next((year for year in text.years if year in near), 0)


def _support_evidence(surname: str, year: int) -> Evidence:
    return ({"surname": surname} if surname else {}) | ({"year": year} if year else {})


def _without_names(text: Text, record: Record) -> str:
    """The stream of the text without the words that are the record's names, and without years."""
    return stream(" ".join(word for word in _words_without_names(text, record) if len(word) > 1))


def _words_without_names(text: Text, record: Record) -> list[str]:
    names = _name_words(record)
    years = set(map(str, text.years))
    return [word for word in text.words if word not in names and word not in years]


def _name_words(record: Record) -> frozenset[str]:
    return _words_of(tuple(person for persons in record.names.values() for person in persons))


@lru_cache(1024)
def _words_of(people: tuple[Name, ...]) -> frozenset[str]:
    return _LEFT_OUT.union(word for person in people for word in fold(" ".join(person)).split())


def _contradiction(text: Text, record: Record) -> str:
    """What in the text says that it speaks of another work: an arXiv id that is not the record's."""
    said = {each for each in text.identifiers if each.scheme == "arxiv"}
    known = {each for each in record_identifiers(record) if each.scheme == "arxiv"} if said else set()
    return "identifier" if said and known and said.isdisjoint(known) else ""


def _goes_on(text: Text, record: Record) -> bool:
    """Whether the title is in the text, but as a part of a longer one: between words without a mark between."""
    words = re.findall(r"\w+", record.texts.get("title", ""))
    found = re.search(r"\W+".join(words), text.text, re.IGNORECASE) if words else None
    if found is None:
        return False
    before, behind = text.text[: found.start()], text.text[found.end() :]
    follows = re.match(r"\s+(?:[a-z]|[IVX]{2,}\b|\d{1,2}\b)|,\s+(?:revisited|continued)\b", behind)
    return follows is not None or re.search(r"[^\W\d_]{2,}\s+$", before) is not None


def _has_other_words(text: Text, record: Record, is_whole: bool) -> bool:
    """Whether the text has a word that is no misprint of one of the title's, or the title one of the text's; no slip of
    the pen makes "supervised" of "unsupervised".

    Unless `is_whole` the text has the title without its subtitle, whose words are not missed.
    """
    title = _title_words(record, is_whole=True)
    letters = "".join(title)
    ours = set(text.words).difference(title, _name_words(record), map(str, text.years))
    return any(_is_other(word, letters) for word in ours) or (is_whole and _lacks_words(text, record, is_whole))


def _lacks_words(text: Text, record: Record, is_whole: bool) -> bool:
    """Whether the title has a word of which the text has no misprint, or the opposite."""
    title = _title_words(record, is_whole=is_whole)
    ours, theirs = set(text.words).difference(title), set(title).difference(text.words)

    def has_opposite(word: str) -> bool:
        # "un-supervised", broken at the end of a line, is there as it is.
        others = {other for other in ours if len(other) > len(word)} if word in text.stream else ours
        return any(are_opposed(word, other) for other in others)

    return any(_is_other(word, text.stream) or has_opposite(word) for word in theirs)


def _lacks_numbers(text: Text, record: Record, is_whole: bool) -> bool:
    """Whether the title has a number, be it Roman or a word, that the text has not: it is another part's."""
    title, present = _title_words(record, is_whole=is_whole), set(text.words)
    return numbers_of(title) != numbers_of([word for word in title if word in present])


def _is_other(word: str, letters: str) -> bool:
    """Whether a word is in a text, given as its letters, not even with a misprint."""
    from rapidfuzz import fuzz

    return len(word) > _SHORT_WORD and fuzz.partial_ratio(word, letters) < _MISPRINT


def _digits(text: str) -> str:
    return "".join(filter(str.isdigit, text))


def _may_speak_of(text: Text, record: Record, *, is_book_of: bool) -> bool:
    """Whether `text` is too short to be another paper's abstract, or has the record's title or abstract in it.

    `is_book_of` says that an ISBN alone is in both: then the title must be, unless there is nothing but identifiers.
    """
    from rapidfuzz import fuzz

    query = text.stream[:LONGEST_COMPARED]
    longest = THRESHOLDS["opening"][0]
    if len(query) < longest.length and not (is_book_of and not bare_identifiers(text.text)):
        return True
    title = stream(record.texts.get("title", ""))
    if len(title) <= len(query) and fuzz.partial_ratio(title, query) >= longest.accept:
        return True
    abstract = stream(fragment(record.texts.get("abstract", ""))[0])[:LONGEST_COMPARED]
    return bool(abstract) and fuzz.partial_ratio(query, abstract) >= longest.ask


@cache
def _reference_marks() -> re.Pattern[str]:
    """What references have and titles and abstracts hardly: initials, pages, quotes, a year in brackets."""
    words = r"\bet al\b|\bpp?\.|\b[Vv]ol\b|\bIn: |\bdoi\b|arXiv"
    return re.compile(rf"\b[A-Z]\.|{words}|[“\"'`‘].{{10,}}[”\"'’]|\((?:19|20)\d\d[a-z]?\)|\d+[-–]\d+")
