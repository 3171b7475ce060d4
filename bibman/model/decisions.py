"""What a person decided of a text: which work it speaks of, or which works it does not."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from bibman.model.fold import stream
from bibman.model.identifiers import record_identifiers
from bibman.model.matching import Match, Verdict
from bibman.model.record import Record
from bibman.model.scraps import labelled

DECIDED: Final = "decision"
"""The stage of a passage of which a person decided."""
_ACCEPTED, _REJECTED = "accepted", "rejected"


@dataclass(frozen=True, slots=True)
class Decision:
    """A person's word on a text: the one work is looked up by `accepted`, those with a mark in `rejected` are not it.

    `accepted` is empty where no work was accepted.
    """

    accepted: str = ""
    rejected: frozenset[str] = frozenset()

    @classmethod
    def of(cls, evidence: Mapping[str, Any]) -> "Decision":
        """The decision that is kept as the evidence of a passage."""
        return cls(evidence.get(_ACCEPTED, ""), frozenset(evidence.get(_REJECTED, ())))

    def evidence(self) -> dict[str, Any]:
        """How a passage keeps it."""
        accepted = {_ACCEPTED: self.accepted} if self.accepted else {}
        return accepted | ({_REJECTED: sorted(self.rejected)} if self.rejected else {})

    def applied(self, match: Match) -> Match:
        """A match in the light of the decision: works that were rejected are not proposed again."""
        if self.accepted and match.verdict is Verdict.IDENTIFIED:
            return replace(match, stage=DECIDED, evidence={**match.evidence, **self.evidence()})
        if not self.rejected or match.record is None:
            return match
        left = tuple(each for each in match.candidates if self.rejected.isdisjoint(marks(each.record)))
        if match.verdict is Verdict.WAITING and left:
            evidence = {**match.evidence, **self.evidence()}
            score = round(left[0].score, 2)
            return replace(match, record=left[0].record, score=score, evidence=evidence, candidates=left)
        if match.verdict is Verdict.IDENTIFIED and self.rejected.isdisjoint(marks(match.record)):
            return match
        return Match(Verdict.NOT_FOUND, DECIDED, evidence=self.evidence())


def marks(record: Record) -> list[str]:
    """By what a record is known again: its identifiers, or its title where it has none."""
    found = [f"{each.scheme}:{each.value}" for each in record_identifiers(record)]
    return found or [f"title:{stream(record.texts.get('title', ''))}"]


def address(record: Record) -> str:
    """A text by which a record is found again: its identifiers, or title, names and year where it has none."""
    people = " ".join(each.literal or each.family for each in record.names.get("author", ()))
    texts = record.texts
    return labelled(record_identifiers(record)) or " ".join(
        filter(None, (people, texts.get("date", "")[:4], texts.get("title", "")))
    )
