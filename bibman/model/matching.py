"""Which work is it? Compared records are judged by one table of thresholds.

docs/catalogue.md explains the table; the figures behind it are in docs/decisions/0003-identification-by-opening-key.md
and docs/decisions/0019-thresholds-by-kind-and-length.md. `likeness` does the comparing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache
from math import inf
from typing import Literal

from bibman.model.fold import fold, stream
from bibman.model.identifiers import record_identifiers
from bibman.model.names import Name
from bibman.model.record import Record

Kind = Literal["opening", "middle", "title", "reference"]
"""What of a work a text may be: how its abstract opens, a part of it from elsewhere, its title, a reference to it."""

Evidence = Mapping[str, str | int | float]


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

    The row holds where `support` of two are in the text as well: a surname and a year of the work. From `accept` the
    work is identified, if it is `margin` ahead of every other work and none of those reaches `rival`; from `ask` a
    person is asked; below that it is not found.
    """

    length: int
    accept: float
    margin: float
    ask: float
    support: int = 0
    rival: float = inf


THRESHOLDS: Mapping[Kind, tuple[Threshold, ...]] = {
    "opening": (Threshold(120, 92, 5, 70), Threshold(60, 97, 10, 80), Threshold(0, inf, 0, 90)),
    "middle": (Threshold(120, 95, 5, 75, rival=85), Threshold(0, inf, 0, 90)),
    "title": (
        Threshold(20, 88, 3, 75, support=1),
        Threshold(40, 88, 5, 75),
        Threshold(20, 95, 3, 75),
        Threshold(0, inf, 0, 90),
    ),
    "reference": (
        Threshold(20, 92, 3, 75, support=2),
        Threshold(20, inf, 0, 85, support=1),
        Threshold(20, inf, 0, 95),
        Threshold(10, 100, 3, 90, support=2),
        Threshold(0, inf, 0, inf),
    ),
}
"""By kind; of the rows of a kind the first that fits holds."""

SHORTEST_TITLE = 20
"""A title of so many stream characters names a work; a shorter one ("Editorial") may name many."""
MOST_CANDIDATES = 5
"""So many works are shown to the person who decides."""
# Those that stand behind so many others decide nothing, and it takes time to tell whether they are one work.
_MOST_JUDGED = 20


@dataclass(frozen=True, slots=True)
class Proposal:
    """A record that may be the work sought, and the catalogue or provider that proposes it."""

    record: Record
    provider: str


@dataclass(frozen=True, slots=True)
class Candidate:
    """A proposal compared with a text.

    `score` says how alike they are over `length` stream characters, where the text is taken for what `kind` says;
    `whole` is the score where all that speaks against it counts, by which alone it is accepted. `support` counts what
    of surname and year is in the text; `contradiction` names what keeps it from being accepted at any score.
    `evidence` has plain values, fit for JSON.
    """

    proposal: Proposal
    kind: Kind
    score: float
    length: int
    whole: float
    support: int = 0
    contradiction: str = ""
    evidence: Evidence = field(default_factory=dict)

    @property
    def record(self) -> Record:
        """The record that is proposed."""
        return self.proposal.record

    @property
    def threshold(self) -> Threshold:
        """The row of the table that holds for it."""
        rows = THRESHOLDS[self.kind]
        return next(row for row in rows if self.length >= row.length and self.support >= row.support)


@dataclass(frozen=True, slots=True)
class Match:
    """A verdict on a text: the record meant (None where nothing is near), how sure that is, and why.

    `stage` is "identifier" or the kind of text. `score` runs from 0 to 100; `margin` is its lead over the best other
    work; `evidence` has plain values, fit for JSON: `provider`, `identifiers`, `length`, `place`, `beyond`, `surname`,
    `year`, `against`, and of the best other work `second` (its title) and `second_score`; each only where it applies.
    Where a person is asked, `candidates` are the works that it may be, the best first, at most five.
    """

    verdict: Verdict
    stage: str
    record: Record | None = None
    score: float = 0.0
    margin: float = 0.0
    evidence: Evidence = field(default_factory=dict)
    candidates: tuple[Candidate, ...] = ()


def judge(candidates: Sequence[Candidate], stage: str, nothing: Evidence) -> Match:
    """The verdict on a text, from all records that were compared with it; `nothing` is the evidence if there are none.

    Records of one work do not stand in each other's way.
    """
    ranked = sorted(candidates, key=lambda each: (-each.score, -each.support, -each.length))[:_MOST_JUDGED]
    if not ranked:
        return Match(Verdict.NOT_FOUND, stage, evidence=nothing)
    best = ranked[0]
    works = [ranked[place] for place in distinct_works([each.record for each in ranked])]
    evidence = {"provider": best.proposal.provider, "length": best.length, **best.evidence}
    if best.contradiction:
        evidence["against"] = best.contradiction
    second = next((each for each in works[1:] if not (_is_within(each, best) or _is_namesake(each, best))), None)
    margin = best.score
    if second is not None:
        margin -= second.score
        evidence |= {"second": second.record.texts.get("title", ""), "second_score": round(second.score, 2)}
    verdict = _verdict(best, margin, 0.0 if second is None else second.score)
    return Match(
        verdict,
        best.kind,
        None if verdict is Verdict.NOT_FOUND else best.record,
        round(best.score, 2),
        round(margin, 2),
        evidence,
        tuple(works[:MOST_CANDIDATES]) if verdict is Verdict.WAITING else (),
    )


def distinct_works(records: Sequence[Record]) -> list[int]:
    """The places of the records that are the first of their work, in order.

    Records that share an identifier, or a title of SHORTEST_TITLE characters with one of the names, are one work:
    versions, or a preprint and its publication.
    """
    places: list[int] = []
    works: list[set[tuple[str, ...]]] = []
    for place, record in enumerate(records):
        marks = _marks(record)
        known = next((work for work in works if not work.isdisjoint(marks)), None)
        if known is None:
            places.append(place)
            works.append(marks or {("nothing", str(place))})
        else:
            known |= marks
    return places


def family_words(record: Record) -> list[str]:
    """The folded words of each person's family name, or of a body, in order."""
    people = next((record.names[role] for role in ("author", "editor") if record.names.get(role)), ())
    return list(_families_folded(tuple(people)))


# The works of a catalogue are compared with one text after another, and some have hundreds of names.
@lru_cache(1024)
def _families_folded(people: tuple[Name, ...]) -> tuple[str, ...]:
    return tuple(fold(person.literal or f"{person.prefix} {person.family}") for person in people)


def _verdict(best: Candidate, margin: float, second: float) -> Verdict:
    row = best.threshold
    # What is the same to the letter needs no more than that it is so for no other work.
    is_ahead = margin >= row.margin or (best.score == 100 and margin > 0 and best.kind != "middle")
    if best.whole >= row.accept and is_ahead and second < row.rival and not best.contradiction:
        return Verdict.IDENTIFIED
    return Verdict.WAITING if best.score >= row.ask else Verdict.NOT_FOUND


def _is_within(other: Candidate, best: Candidate) -> bool:
    """Whether a reference has the other's title only because it is a part of the title of the best."""
    if best.kind != "reference" or other.length >= best.length or best.score < other.score:
        return False
    return stream(other.record.texts.get("title", "")) in stream(best.record.texts.get("title", ""))


def _is_namesake(other: Candidate, best: Candidate) -> bool:
    """Whether a text with names and a year, which are the best's, has nothing of the other but the title."""
    return best.support > 1 and not other.support and best.score >= other.score


def _marks(record: Record) -> set[tuple[str, ...]]:
    marks: set[tuple[str, ...]] = {(each.scheme, each.value) for each in record_identifiers(record)}
    title = stream(record.texts.get("title", ""))
    if len(title) >= SHORTEST_TITLE:
        marks |= {("title", title, name) for name in family_words(record) or [""]}
    return marks
