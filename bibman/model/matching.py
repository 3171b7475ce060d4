"""Which work is it? Proposed records compared with a text, and the verdict by one table of thresholds.

The figures behind the table are in docs/decisions/0003-identification-by-opening-key.md. rapidfuzz is imported only
where texts are compared, so that commands that merely read never pay for it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from math import inf

from bibman.model.fold import fragment, stream
from bibman.model.identifiers import find_identifiers, record_identifiers
from bibman.model.record import Record


class Verdict(StrEnum):
    """What became of a passage. Judging gives the first three; the last two are for whoever reads the source."""

    IDENTIFIED = "identified"
    WAITING = "waiting"
    NOT_FOUND = "not found"
    REJECTED = "rejected"
    ALREADY_HERE = "already here"


@dataclass(frozen=True, slots=True)
class Threshold:
    """What a comparison over at least `length` stream characters must reach, in scores from 0 to 100.

    From `accept` the work is identified, if it is `margin` ahead of every other work; from `ask` a person is asked;
    below that it is not found.
    """

    length: int
    accept: float
    margin: float
    ask: float


THRESHOLDS: Mapping[str, tuple[Threshold, ...]] = {
    "opening": (Threshold(120, 92, 5, 70), Threshold(60, 97, 10, 80), Threshold(0, inf, 0, 90)),
}
# How far from its beginning a text may begin that still counts as an opening.
FARTHEST_PLACE = 5
# A title this long names a work; a shorter one ("Editorial") may name many.
SHORTEST_TITLE = 20
# Nothing beyond so many stream characters is compared: an abstract is shorter, and the time stays bounded.
LONGEST_COMPARED = 4000
# arXiv takes abstracts of 1,920 characters; of their letters and digits alone a journal's has hardly more.
LONGEST_ABSTRACT = 2000
LONGEST_HEAD = 200


@dataclass(frozen=True, slots=True)
class Proposal:
    """A record that may be the work sought, and the catalogue or provider that proposes it."""

    record: Record
    provider: str


@dataclass(frozen=True, slots=True)
class Candidate:
    """A proposal compared with a text.

    `score` says how alike the text and the record's abstract are over the `length` stream characters that both
    have; `place` is where in the abstract the text begins; `beyond` counts the characters with which the text goes
    on where the abstract is complete and ends.
    """

    proposal: Proposal
    score: float
    length: int
    place: int
    beyond: int


@dataclass(frozen=True, slots=True)
class Match:
    """A verdict on a text: the record meant (None where nothing is near), how sure that is, and why.

    `score` runs from 0 to 100; `margin` is its lead over the best other work; `evidence` has plain values, fit for
    JSON: `provider`, `identifiers`, `length`, `place`, `beyond`, and of the best other work `second` (its title) and
    `second_score`; each only where it applies.
    """

    verdict: Verdict
    stage: str
    record: Record | None = None
    score: float = 0.0
    margin: float = 0.0
    evidence: Mapping[str, str | int | float] = field(default_factory=dict)


def judge_identifiers(text: str, proposals: Iterable[Proposal]) -> Match:
    """Judges the records that were found by the identifiers in `text`.

    One work is identified, with the score 100; records of different works wait. So does a text of an abstract's
    length in which neither the title nor the abstract of the work is found: a paper that "extends
    arXiv:2302.07459" is another paper.
    """
    named = list(proposals)
    if not named:
        return Match(Verdict.NOT_FOUND, "identifier")
    best = named[0]
    present = set(find_identifiers(text))
    shared = sorted(f"{each.scheme}:{each.value}" for each in record_identifiers(best.record) if each in present)
    evidence: dict[str, str | int | float] = {"provider": best.provider, "identifiers": " ".join(shared)}
    other = _other_work([proposal.record for proposal in named])
    if other is not None:
        evidence |= {"second": named[other].record.texts.get("title", ""), "second_score": 100.0}
        return Match(Verdict.WAITING, "identifier", best.record, 100.0, 0.0, evidence)
    verdict = Verdict.IDENTIFIED if _may_speak_of(text, best.record) else Verdict.WAITING
    return Match(verdict, "identifier", best.record, 100.0, 100.0, evidence)


def judge_opening(text: str, proposals: Iterable[Proposal]) -> Match:
    """Judges proposed records by their abstracts, taking `text` (whole or cut off) for the opening of one.

    Where an abstract is itself cut off, text and abstract are compared as far as both go, and that length decides
    which thresholds hold. Records of one work do not stand in each other's way.
    """
    query = stream(fragment(text)[0])
    candidates = [each for proposal in proposals if (each := compare_opening(query, proposal)) is not None]
    candidates.sort(key=lambda each: (-each.score, -each.length))
    if not candidates:
        return Match(Verdict.NOT_FOUND, "opening", evidence={"length": len(query)})
    best = candidates[0]
    evidence: dict[str, str | int | float] = {
        "provider": best.proposal.provider,
        "length": best.length,
        "place": best.place,
        "beyond": best.beyond,
    }
    margin = best.score
    other = _other_work([each.proposal.record for each in candidates])
    if other is not None:
        second = candidates[other]
        margin -= second.score
        evidence |= {"second": second.proposal.record.texts.get("title", ""), "second_score": round(second.score, 2)}
    verdict = _opening_verdict(best, margin)
    record = None if verdict is Verdict.NOT_FOUND else best.proposal.record
    return Match(verdict, "opening", record, round(best.score, 2), round(margin, 2), evidence)


def compare_opening(query: str, proposal: Proposal) -> Candidate | None:
    """Compares the stream of a text with the abstract of a record; None where the record has none."""
    from rapidfuzz import fuzz

    opening, is_cut = fragment(proposal.record.texts.get("abstract", ""))
    abstract = stream(opening)
    if not query or not abstract:
        return None
    length = min(len(query), len(abstract), LONGEST_COMPARED)
    score, place = fuzz.ratio(query[:length], abstract[:length]), 0
    if score < THRESHOLDS["opening"][0].accept:
        # Perhaps it is no opening: where does it begin? Its head tells, at a fraction of the time of the whole.
        found = fuzz.partial_ratio_alignment(query[: min(length, LONGEST_HEAD)], abstract[:LONGEST_COMPARED])
        if found is not None and found.dest_start:
            elsewhere = fuzz.ratio(query[:length], abstract[found.dest_start : found.dest_start + length])
            if elsewhere > score:
                score, place = elsewhere, found.dest_start
    # How far a cut abstract goes on nobody knows, but none is longer than this.
    beyond = max(0, len(query) - (max(len(abstract), LONGEST_ABSTRACT) if is_cut else len(abstract)))
    return Candidate(proposal, score, length, place, beyond)


def _opening_verdict(best: Candidate, margin: float) -> Verdict:
    threshold = next(each for each in THRESHOLDS["opening"] if best.length >= each.length)
    # What the text says after the end of a complete abstract counts as wrong characters.
    whole = best.score * best.length / (best.length + best.beyond)
    if best.place <= FARTHEST_PLACE and whole >= threshold.accept and margin >= threshold.margin:
        return Verdict.IDENTIFIED
    return Verdict.WAITING if best.score >= threshold.ask else Verdict.NOT_FOUND


def _may_speak_of(text: str, record: Record) -> bool:
    """Whether `text` is too short to be another paper's abstract, or has the record's title or abstract in it."""
    from rapidfuzz import fuzz

    query = stream(fragment(text)[0])[:LONGEST_COMPARED]
    longest = THRESHOLDS["opening"][0]
    if len(query) < longest.length:
        return True
    title = stream(record.texts.get("title", ""))
    if len(title) <= len(query) and fuzz.partial_ratio(title, query) >= longest.accept:
        return True
    abstract = stream(fragment(record.texts.get("abstract", ""))[0])[:LONGEST_COMPARED]
    return bool(abstract) and fuzz.partial_ratio(query, abstract) >= longest.ask


def _other_work(records: Sequence[Record]) -> int | None:
    """The place of the first record that is not the same work as those before it, or None.

    Records that share an identifier or a title are one work: versions, or a preprint and its publication.
    """
    known = _marks(records[0])
    for position, record in enumerate(records[1:], start=1):
        marks = _marks(record)
        if known.isdisjoint(marks):
            return position
        known |= marks
    return None


def _marks(record: Record) -> set[tuple[str, str]]:
    marks = {(each.scheme, each.value) for each in record_identifiers(record)}
    title = stream(record.texts.get("title", ""))
    if len(title) >= SHORTEST_TITLE:
        marks.add(("title", title))
    return marks
