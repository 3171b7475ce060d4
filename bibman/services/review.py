"""The queue: passages that wait for a person, with the works that they may speak of, and what the person decides."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from bibman.errors import InvalidValueError, NotFoundError, UsageError
from bibman.model.decisions import DECIDED, Decision, address, marks
from bibman.model.latex import decode
from bibman.model.matching import MOST_CANDIDATES, Match, Verdict
from bibman.services.proposals import Proposed, proposed_in, proposing
from bibman.storage.answers import Waiting
from bibman.storage.reading import Reader

# What writes, or looks into catalogues, is imported where that is done.
if TYPE_CHECKING:
    from bibman.storage.change import Change
    from bibman.storage.database import Library

SEARCHED = "search"
"""The stage of a passage for which a person searched the catalogues."""


@dataclass(frozen=True, slots=True)
class Queued:
    """A passage that waits: its entry, where it was read, what it says, and the works proposed, the best first."""

    key: str
    source: str
    line: int
    text: str
    proposed: tuple[Proposed, ...]


@dataclass(frozen=True, slots=True)
class Decided:
    """What became of an entry of the queue: the key that it had, and the one where its work is now.

    `identified` is False where its work is not known after all.
    """

    was: str
    key: str
    identified: bool


def queue(reader: Reader, keys: Sequence[str] = ()) -> list[Queued]:
    """What waits, oldest first; of entries with these keys alone, if there are any.

    Raises NotFoundError for an unknown key.
    """
    wanted = set(reader.ids(keys).values()) if keys else None
    waiting = [each for each in reader.waiting() if wanted is None or each.entry_id in wanted]
    return list(_queued(reader, waiting))


def _queued(reader: Reader, waiting: Sequence[Waiting]) -> Iterator[Queued]:
    stored = {each.id: each.entry for each in reader.entries([each.entry_id for each in waiting])}
    for each in waiting:
        entry = stored[each.entry_id]
        words = decode(entry.get("abstract") or "") or each.opening
        yield Queued(entry.key, each.source, each.line, words, proposed_in(each.evidence))


def accept(library: "Library", key: str, number: int, pattern: str) -> Decided:
    """Makes an entry of the queue the work that is proposed as the one of this `number`, from 1.

    Raises NotFoundError for an unknown key, UsageError for an entry that does not wait or a number that is none.
    """
    from bibman.services.settling import settle

    with library.change("review accept") as change:
        waiting = _waiting(change, key)
        proposed = proposed_in(waiting.evidence)
        if not 1 <= number <= len(proposed):
            raise UsageError(
                f"no proposal {number} for {waiting.key}", f"There are {len(proposed)}: `bibman review list` shows them"
            )
        chosen = proposed[number - 1]
        decision = Decision(accepted=address(chosen.record))
        evidence = {"provider": chosen.provider, **decision.evidence()}
        match = Match(Verdict.IDENTIFIED, DECIDED, chosen.record, chosen.score, 0.0, evidence)
        decided = _decided(change, waiting.key, settle(change, waiting.entry_id, match, chosen.record, pattern))
        change.summary = f"accepted {decided.key} for {decided.was}"
    return decided


def reject(library: "Library", keys: Sequence[str]) -> list[str]:
    """Decides that entries of the queue are none of the works proposed for them, which are not proposed again.

    Returns their keys. Raises NotFoundError for an unknown key, UsageError for an entry that does not wait.
    """
    from bibman.services.wording import listed

    with library.change("review reject") as change:
        waiting = [_waiting(change, key) for key in keys]
        for each in waiting:
            before = Decision.of(each.evidence)
            proposed = {mark for one in proposed_in(each.evidence) for mark in marks(one.record)}
            decision = replace(before, rejected=before.rejected | proposed)
            _find(change, each.entry_id, Match(Verdict.NOT_FOUND, DECIDED, evidence=decision.evidence()))
        names = [each.key for each in waiting]
        change.summary = f"rejected what was proposed for {listed(names)}"
    return names


def search(library: "Library", key: str, words: str, folder: Path) -> Queued:
    """Proposes for an unidentified entry what the catalogues in `folder` have with these words instead, if they do.

    Raises NotFoundError for an unknown key, or where no work has the words, UsageError for an entry that is identified.
    """
    from bibman.model.likeness import likeness
    from bibman.services.catalogues import search as search_catalogues

    hits = search_catalogues(folder, words, None, MOST_CANDIDATES)
    if not hits:
        raise NotFoundError(f"no catalogue has a work with: {words}", "Other words may find it")
    with library.change("review search") as change:
        entry_id, name, text = _unidentified(change, key)
        proposed = [
            Proposed(each.record, each.catalogue, *likeness(text, each.record)) for each in hits[:MOST_CANDIDATES]
        ]
        proposed.sort(key=lambda each: -each.score)
        evidence = {"words": words, **proposing(proposed)}
        evidence |= _decision_of(change, entry_id).evidence()
        _find(change, entry_id, Match(Verdict.WAITING, SEARCHED, evidence=evidence, score=proposed[0].score))
        change.summary = f"searched for {name}: {words}"
        (queued,) = _queued(change.reader, [_waiting(change, name)])
    return queued


def identify_as(library: "Library", key: str, identifier: str, folder: Path, pattern: str) -> Decided:
    """Gives an unidentified entry an identifier: it becomes the work that a catalogue or the library has under it.

    Where none has it, it is kept with the entry, by which it can be identified later. Raises NotFoundError for an
    unknown key, UsageError for an entry that is identified, InvalidValueError for what is no identifier.
    """
    from bibman.model.editing import with_field
    from bibman.model.scraps import identifier_fields, labelled, scrap_of
    from bibman.services.identify import identifier as catalogue_identifier
    from bibman.services.settling import here_by, settle, settle_in
    from bibman.storage.entries import change_entries, stored_entries
    from bibman.storage.sources import entry_with_identifier

    scrap = scrap_of(identifier)
    if not scrap.identifiers or scrap.words:
        raise InvalidValueError(f"not an identifier: {identifier}", "Give a DOI, an arXiv id, an ISBN or a PMID")
    said = labelled(scrap.identifiers)
    decision = Decision(accepted=said)
    with catalogue_identifier(folder) as look_up, library.change("review identify") as change:
        entry_id, name, _ = _unidentified(change, key)
        match = decision.applied(look_up(said))
        present = entry_with_identifier(change, scrap.identifiers)
        if match.verdict is Verdict.IDENTIFIED and match.record is not None:
            settled = settle(change, entry_id, match, match.record, pattern)
        elif present is not None:
            match = decision.applied(here_by(scrap.identifiers))
            settled = settle_in(change, entry_id, match, present)
        else:
            entry = stored_entries(change, [entry_id])[entry_id].entry
            for field in identifier_fields(scrap.identifiers):
                entry = with_field(entry, field)
            change_entries(change, {entry_id: entry})
            _find(change, entry_id, Match(Verdict.NOT_FOUND, DECIDED, evidence=decision.evidence()))
            settled = entry_id
        decided = _decided(change, name, settled)
        change.summary = f"{name} is {said}"
    return decided


def _waiting(change: "Change", key: str) -> Waiting:
    (entry_id,) = change.reader.ids([key]).values()
    found = next((each for each in change.reader.waiting() if each.entry_id == entry_id), None)
    if found is None:
        raise UsageError(f"{key} does not wait", "`bibman review list` shows what does")
    return found


def _unidentified(change: "Change", key: str) -> tuple[int, str, str]:
    """The id, key and text of an unidentified entry."""
    (entry_id,) = change.reader.ids([key]).values()
    (stored,) = change.reader.entries([entry_id])
    if stored.entry.identified:
        raise UsageError(f"{stored.entry.key} is identified already", "Nothing was changed")
    return entry_id, stored.entry.key, decode(stored.entry.get("abstract") or "")


def _decision_of(change: "Change", entry_id: int) -> Decision:
    from bibman.services.settling import UNDECIDED, decisions_of_entries

    return decisions_of_entries(change, [entry_id]).get(entry_id, UNDECIDED)


def _find(change: "Change", entry_id: int, match: Match) -> None:
    """Gives the passages of an entry whose work is open another finding."""
    from bibman.storage.entries import entry_heads
    from bibman.storage.sources import Finding, change_findings

    _, revision = entry_heads(change, [entry_id])[entry_id]
    finding = Finding(match.verdict, entry_id, revision, match.stage, match.score, match.margin, dict(match.evidence))
    change_findings(change, entry_id, finding, only=(Verdict.WAITING, Verdict.NOT_FOUND))


def _decided(change: "Change", was: str, entry_id: int) -> Decided:
    (stored,) = change.reader.entries([entry_id])
    return Decided(was, stored.entry.key, stored.entry.identified)
