"""Unidentified entries on their way to their work: what was found is written, and what a person decided is heeded."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from bibman.model.decisions import Decision
from bibman.model.identifiers import Identifier, record_identifiers
from bibman.model.matching import Candidate, Match, Verdict
from bibman.model.record import Record, record_fields
from bibman.services.entries import name_identified
from bibman.services.proposals import Proposed, proposing
from bibman.storage.change import Change
from bibman.storage.entries import add_aliases, entry_heads, move_annotations, remove_entries, stored_entries
from bibman.storage.sources import (
    Finding,
    change_findings,
    decided_evidence,
    entry_with_identifier,
    text_keys_of,
)

UNDECIDED = Decision()


def settle(change: Change, entry_id: int, match: Match, record: Record, pattern: str) -> int:
    """Makes an unidentified entry the work that was found for it; returns the id of the entry that has it now.

    It gets its key by the `pattern` and keeps the provisional one as an alias. Where the library has the work
    already, tags, notes and aliases go there, and the unidentified entry is removed.
    """
    present = entry_with_identifier(change, record_identifiers(record))
    if present is not None:
        return settle_in(change, entry_id, match, present)
    unidentified = stored_entries(change, [entry_id])[entry_id].entry
    known = replace(unidentified, type=record.type, fields=record_fields(record))
    name_identified(change, entry_id, known, pattern)
    _, revision = entry_heads(change, [entry_id])[entry_id]
    change_findings(change, entry_id, finding_of(match, entry_id, revision))
    return entry_id


def settle_in(change: Change, entry_id: int, match: Match, present: int) -> int:
    """Moves what belongs to an unidentified entry to the one that has its work, and removes it; returns its id."""
    heads = entry_heads(change, [entry_id, present])
    move_annotations(change, entry_id, present)
    remove_entries(change, [entry_id])
    add_aliases(change, [(present, heads[entry_id][0])])
    change_findings(change, entry_id, finding_of(match, present, heads[present][1]))
    return present


def here_by(identifiers: Iterable[Identifier]) -> Match:
    """The match of a text whose work the library itself has under one of these identifiers."""
    said = " ".join(f"{each.scheme}:{each.value}" for each in identifiers)
    evidence = {"provider": "library", "identifiers": said}
    return Match(Verdict.IDENTIFIED, "identifier", None, 100.0, 100.0, evidence)


def finding_of(match: Match, entry_id: int, revision: int) -> Finding:
    """What a match says of a passage, as the library keeps it, with the entry and its revision at this time."""
    evidence: dict[str, Any] = dict(match.evidence)
    if match.verdict is Verdict.WAITING:
        evidence |= proposing([_proposed(each) for each in match.candidates])
    return Finding(match.verdict, entry_id, revision, match.stage, match.score, match.margin, evidence)


def decisions_of_entries(change: Change, entry_ids: Sequence[int]) -> dict[int, Decision]:
    """Entry → what a person decided of the text that it stands for; only those of which somebody did."""
    texts = text_keys_of(change, entry_ids)
    decided = decisions_of_texts(change, [key for keys in texts.values() for key in keys])
    return {entry_id: decided[key] for entry_id, keys in texts.items() for key in reversed(keys) if key in decided}


def decisions_of_texts(change: Change, text_keys: Sequence[int]) -> dict[int, Decision]:
    """Key of a text → what a person decided of it; only those of which somebody did."""
    found = decided_evidence(change, text_keys)
    return {key: Decision.of(evidence) for key, evidence in found.items()}


def _proposed(candidate: Candidate) -> Proposed:
    return Proposed(candidate.record, candidate.proposal.provider, candidate.kind, round(candidate.score, 2))
