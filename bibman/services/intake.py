"""Passages on their way into a library: each becomes an entry, or is found to be one that is here."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from bibman.formats.passages import Passage
from bibman.model.citekeys import generate, provisional, unique
from bibman.model.decisions import Decision
from bibman.model.entry import Entry
from bibman.model.fold import text_key
from bibman.model.identifiers import Identifier, record_identifiers
from bibman.model.latex import decode
from bibman.model.matching import Match, Verdict
from bibman.model.naming import fold_name
from bibman.model.record import Record, record_fields
from bibman.model.scraps import Scrap, scrap_fields, scrap_of
from bibman.services.identify import NOTHING, Identify
from bibman.services.lookalikes import Lookalikes, told
from bibman.services.report import Outcome
from bibman.services.settling import UNDECIDED, decisions_of_texts, finding_of, here_by, settle
from bibman.services.wording import shortened
from bibman.storage.change import Change
from bibman.storage.derived import Derived, derived_of_each
from bibman.storage.entries import add_entries, reserve_ids, stored_entries
from bibman.storage.rows import StoredEntry
from bibman.storage.sources import Finding, entries_of_texts, entry_with_identifier

if TYPE_CHECKING:
    from bibman.model.duplicates import Comparison

OPENING_LENGTH = 80
SAME_TEXT = "same text"
"""The stage of a passage whose very text was read before."""


@dataclass(frozen=True, slots=True)
class TakenPassage:
    """A passage taken in: the key of its text, its entry, what the library keeps of it, and the outcome to be told."""

    text_key: int
    entry_id: int
    finding: Finding
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class _Placed:
    """Where a passage belongs, what it became, and the match that said so; None where its very text was known."""

    entry_id: int
    verdict: Verdict
    match: Match | None


class Intake:
    """Takes passages into a library, a batch at a time, within a change; `added` counts the new entries.

    `look_up` identifies a text, `pattern` makes the keys of what was identified.
    """

    def __init__(self, change: Change, look_up: Identify, pattern: str) -> None:
        self.added = 0
        self._change = change
        self._look_up = look_up
        self._pattern = pattern
        self._settled: dict[int, _Placed] = {}

    def take(self, passages: Sequence[Passage]) -> list[TakenPassage]:
        """Makes an entry of each passage whose work is not here, and says of each what it became."""
        change = self._change
        keys = [text_key(passage.text) for passage in passages]
        here = entries_of_texts(change, keys)
        decisions = decisions_of_texts(change, keys)
        unidentified = {
            entry_id
            for entry_id, stored in stored_entries(change, set(here.values())).items()
            if not stored.entry.identified
        }
        self._settled = {}
        new = _NewEntries(change, self._pattern)
        placed: list[_Placed] = []
        for passage, key in zip(passages, keys, strict=True):
            entry_id = here.get(key)
            if entry_id is None or (entry_id in unidentified and entry_id not in self._settled):
                place = self._place(passage, key, entry_id, decisions.get(key, UNDECIDED), new)
            else:
                place = _Placed(entry_id, Verdict.ALREADY_HERE, None)
            here[key] = place.entry_id
            placed.append(place)
        new.flush()
        self.added += new.added
        # One that nobody knew when it was placed may be known by a passage below it.
        placed = [self._settled.get(place.entry_id, place) if _is_open(place) else place for place in placed]
        placed = [replace(place, entry_id=self._where(place.entry_id)) for place in placed]
        entries = stored_entries(change, {place.entry_id for place in placed})
        return [
            _taken(passage, key, place, entries[place.entry_id], new.looks_like.get(place.entry_id, {}))
            for passage, key, place in zip(passages, keys, placed, strict=True)
        ]

    def _place(
        self, passage: Passage, key: int, entry_id: int | None, decision: Decision, new: "_NewEntries"
    ) -> _Placed:
        """Places a passage whose text was never seen, or whose work nobody knew then: it has the entry `entry_id`."""
        scrap = scrap_of(passage.text)
        if entry_id is None and not (scrap.words or decision.accepted):
            # Nobody need be asked what an identifier stands for that the library has.
            known = new.find_identified(scrap.identifiers)
            if known is not None:
                return _Placed(known, Verdict.ALREADY_HERE, here_by(scrap.identifiers))
        sought = decision.accepted or scrap.sought
        match = decision.applied(self._look_up(sought) if sought else NOTHING)
        if match.verdict is Verdict.IDENTIFIED and match.record is not None:
            return self._place_work(match, match.record, entry_id, new)
        if entry_id is not None:
            return _Placed(entry_id, Verdict.ALREADY_HERE, None)
        present = new.find(scrap.identifiers)
        if present is not None:
            return _Placed(present, Verdict.ALREADY_HERE, here_by(scrap.identifiers))
        return _Placed(new.add_unidentified(passage, scrap, key), match.verdict, match)

    def _place_work(self, match: Match, record: Record, entry_id: int | None, new: "_NewEntries") -> _Placed:
        """Places a passage whose work was found. An entry that stood for it unidentified becomes the work."""
        identifiers = record_identifiers(record)
        if entry_id is None:
            present = new.find(identifiers)
            if present is None:
                return _Placed(new.add(record), match.verdict, match)
            new.flush()
            if stored_entries(self._change, [present])[present].entry.identified:
                return _Placed(present, Verdict.ALREADY_HERE, match)
            entry_id = present
        new.flush()
        place = _Placed(settle(self._change, entry_id, match, record, self._pattern), match.verdict, match)
        self._settled[entry_id] = place
        return place

    def _where(self, entry_id: int) -> int:
        """The entry that is now what one was when its passage was placed."""
        while entry_id in self._settled and self._settled[entry_id].entry_id != entry_id:
            entry_id = self._settled[entry_id].entry_id
        return entry_id


def _is_open(place: _Placed) -> bool:
    return place.verdict in (Verdict.WAITING, Verdict.NOT_FOUND)


class _NewEntries:
    """The new entries of a batch; they are written together, and can be found before that."""

    def __init__(self, change: Change, pattern: str) -> None:
        self.added = 0
        self.looks_like: dict[int, dict[str, Comparison]] = {}
        self._change = change
        self._pattern = pattern
        self._entries: dict[int, Entry] = {}
        self._keys: set[str] = set()
        self._named: dict[Identifier, int] = {}

    def find(self, identifiers: Sequence[Identifier]) -> int | None:
        """The id of the entry, new or in the library, that has one of these identifiers; first of one identified."""
        found = self.find_identified(identifiers)
        if found is not None:
            return found
        fresh = self._fresh(identifiers)
        return fresh[0] if fresh else entry_with_identifier(self._change, identifiers, identified=False)

    def find_identified(self, identifiers: Sequence[Identifier]) -> int | None:
        """The id of such an entry whose work is known."""
        known = [entry_id for entry_id in self._fresh(identifiers) if self._entries[entry_id].identified]
        return known[0] if known else entry_with_identifier(self._change, identifiers)

    def add(self, record: Record) -> int:
        """A new entry for a work that was identified."""
        entry = Entry("", record.type, record_fields(record))
        return self._add(entry, generate(self._pattern, entry), record_identifiers(record))

    def add_unidentified(self, passage: Passage, scrap: Scrap, key: int) -> int:
        """A new entry that stands for a passage whose work nobody knows, with what the passage says of it."""
        entry = Entry("", "misc", scrap_fields(scrap, is_cut=passage.truncated), identified=False)
        # Many passages begin alike; the end of the key keeps apart what the words cannot.
        wanted = f"{provisional(scrap.words or scrap.called)}-{key & 0xFFFFF:05x}"
        return self._add(entry, wanted, scrap.identifiers)

    def flush(self) -> None:
        """Writes the entries that were added since the last time."""
        derived = dict(zip(self._entries, derived_of_each(list(self._entries.values())), strict=True))
        self._look_alike(derived)
        add_entries(self._change, self._entries, derived)
        self.added += len(self._entries)
        self._entries = {}
        self._keys.clear()
        self._named.clear()

    def _look_alike(self, derived: Mapping[int, Derived]) -> None:
        """Finds which of the new entries look like another; an identifier would have found their work before."""
        lookalikes = Lookalikes(self._change, derived.values())
        stored = stored_entries(self._change, lookalikes.ids)
        known = self._entries | {each.id: each.entry for each in stored.values()}
        for entry_id, each in derived.items():
            found = lookalikes.of(self._entries[entry_id], each, (), known.__getitem__)
            if found:
                self.looks_like[entry_id] = found
            lookalikes.add(entry_id, each)

    def _fresh(self, identifiers: Sequence[Identifier]) -> list[int]:
        return [self._named[each] for each in identifiers if each in self._named]

    def _add(self, entry: Entry, wanted: str, identifiers: Iterable[Identifier]) -> int:
        key = unique(wanted, self._is_taken)
        (entry_id,) = reserve_ids(self._change, 1)
        self._entries[entry_id] = replace(entry, key=key)
        self._keys.add(fold_name(key))
        self._named.update(dict.fromkeys(identifiers, entry_id))
        return entry_id

    def _is_taken(self, key: str) -> bool:
        return fold_name(key) in self._keys or self._change.reader.id_of(key) is not None


def _taken(
    passage: Passage, key: int, place: _Placed, stored: StoredEntry, alike: "Mapping[str, Comparison]"
) -> TakenPassage:
    match = place.match
    if match is None:
        finding = Finding(place.verdict, stored.id, stored.revision, SAME_TEXT)
    else:
        finding = replace(finding_of(match, stored.id, stored.revision), verdict=place.verdict)
    title = stored.entry.get("title") if stored.entry.identified else None
    outcome = Outcome(
        passage.line,
        place.verdict,
        stored.entry.key,
        shortened(passage.text, OPENING_LENGTH),
        stored.entry.identified,
        None if title is None else decode(title),
        finding.stage,
        finding.score,
        finding.margin,
        detail=told(alike),
        looks_like=tuple(alike),
        evidence={} if match is None else match.evidence,
    )
    return TakenPassage(key, stored.id, finding, outcome)
