"""Which paper is this? Passages are looked up in the catalogues, and unidentified entries once more."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from bibman.errors import UsageError
from bibman.model.decisions import Decision
from bibman.model.entry import Entry
from bibman.model.fold import opening_key, title_key
from bibman.model.identifiers import entry_identifiers
from bibman.model.latex import decode
from bibman.model.likeness import Shape, Text, judge_identifiers, judge_passage, judge_reference, judge_title
from bibman.model.matching import Match, Proposal, Verdict
from bibman.model.scraps import labelled
from bibman.providers.catalogue import Catalogue
from bibman.services.catalogues import opened
from bibman.services.selection import Selection
from bibman.services.settling import UNDECIDED, decisions_of_entries, finding_of, here_by, settle, settle_in
from bibman.services.wording import counted
from bibman.storage.change import Change
from bibman.storage.database import Library
from bibman.storage.entries import entry_heads, stored_entries
from bibman.storage.rows import StoredEntry
from bibman.storage.sources import change_findings, entry_with_identifier

Identify = Callable[[str], Match]


@contextmanager
def identifier(folder: Path) -> Iterator[Identify]:
    """A function that says which work a text speaks of, by the catalogues in `folder`.

    The seed catalogue is built there on first use. Raises FileError where a catalogue cannot be read.
    """
    with opened(folder) as catalogues:
        yield lambda text: find(text, catalogues)


JUDGES: Final[Mapping[Shape, Callable[[Text, Iterable[Proposal]], Match]]] = {
    "passage": judge_passage,
    "title": judge_title,
    "reference": judge_reference,
}
"""By what a text looks like: who judges the works that are proposed for it."""

NOTHING = Match(Verdict.NOT_FOUND, "")
"""The match of a text that cannot be looked up."""


def no_catalogue(_text: str) -> Match:
    """What is said of a text where no catalogue is asked."""
    return NOTHING


def find(text: str, opened: Sequence[Catalogue], kind: Shape | None = None) -> Match:
    """The work that a text speaks of: by the identifiers in it, then by what it looks like, or is said by `kind` to be.

    A stage that is sure ends the search; of those that are not, the best waits for a person. The quick look-ups by
    opening and by title go before those that have to weigh words.
    """
    sought = Text(text)
    named = [found for each in sought.identifiers for one in opened for found in one.lookup_identifier(each)]
    by_identifier = judge_identifiers(sought, named)
    if by_identifier.verdict is Verdict.IDENTIFIED:
        return by_identifier
    shapes = sought.shapes() if kind is None else [kind]
    tried = [by_identifier]
    for look_up in (_by_key, _by_words):
        for shape in shapes:
            match = look_up(sought, opened, shape)
            if match.verdict is Verdict.IDENTIFIED:
                return match
            tried.append(match)
    return best_of(by_identifier, tried)


def best_of(by_identifier: Match, tried: Sequence[Match]) -> Match:
    """What is said of a text of which several stages said something, that of its identifiers among them.

    The first that is sure is believed. Of those that are not, an identifier weighs more than any likeness; of equal
    others the last weighed most words.
    """
    sure = next((match for match in tried if match.verdict is Verdict.IDENTIFIED), None)
    if sure is not None:
        return sure
    waiting = [match for match in tried if match.verdict is Verdict.WAITING]
    return by_identifier if by_identifier in waiting else max(reversed(waiting), key=_score, default=tried[-1])


def _score(match: Match) -> float:
    return match.score


def _by_key(sought: Text, opened: Sequence[Catalogue], shape: Shape) -> Match:
    """What the works are that open as the text does, or have it for a title."""
    if shape == "passage":
        key = opening_key(sought.opening)
        openings = [] if key is None else [found for one in opened for found in one.lookup_opening(key)]
        return judge_passage(sought, openings)
    key = title_key(" ".join(sought.words)) if shape == "title" else None
    titles = [] if key is None else [found for one in opened for found in one.lookup_title(key)]
    return judge_title(sought, titles)


def _by_words(sought: Text, opened: Sequence[Catalogue], shape: Shape) -> Match:
    """What the works are that have the rarest words of the text."""
    elected = [found for one in opened for found in one.elect(sought.words, by_title=shape != "passage")]
    return JUDGES[shape](sought, elected)


@dataclass(frozen=True, slots=True)
class Identification:
    """What became of an unidentified entry: the key that it had, its match, and the key where its work is now."""

    provisional: str
    match: Match
    key: str


def identify(
    library: Library, chosen: Selection, look_up: Identify, pattern: str, *, dry_run: bool = False
) -> list[Identification]:
    """Looks unidentified entries up once more, those that are chosen or else all.

    Entries of the query that are identified are passed over. Works that a person rejected are not proposed again;
    what is found now, but not beyond doubt, waits. With `dry_run` nothing is kept. Raises NotFoundError for an unknown
    key, UsageError for the key of an entry that is identified already.
    """
    with library.change("identify", keep=not dry_run) as change:
        stored = _unidentified(change, chosen)
        decisions = decisions_of_entries(change, list(stored))
        results = []
        for entry_id, each in stored.items():
            match, settled = _identify(change, each, look_up, decisions.get(entry_id, UNDECIDED), pattern)
            key, _ = entry_heads(change, [settled])[settled]
            results.append(Identification(each.entry.key, match, key))
        found = sum(result.match.verdict is Verdict.IDENTIFIED for result in results)
        change.summary = f"identified {counted(found, 'entry', 'entries')}"
    return results


def look_up_entry(entry: Entry, look_up: Identify) -> Match:
    """The work that an unidentified entry stands for: by its identifiers, then by the text that is its abstract."""
    named = labelled(entry_identifiers({field.name: field.value for field in reversed(entry.fields)}, entry.type))
    words = decode(entry.get("abstract") or "")
    by_name = look_up(named) if named else NOTHING
    return look_up(words) if words and by_name.verdict is not Verdict.IDENTIFIED else by_name


def _unidentified(change: Change, chosen: Selection) -> dict[int, StoredEntry]:
    if not chosen.is_made:
        return stored_entries(change, change.reader.unidentified_ids())
    named = set(change.reader.ids(chosen.keys).values())
    stored = stored_entries(change, chosen.ids(change.reader))
    for entry_id, each in stored.items():
        if each.entry.identified and entry_id in named:
            raise UsageError(f"{each.entry.key} is identified already", "Nothing was changed")
    return {entry_id: each for entry_id, each in stored.items() if not each.entry.identified}


def _identify(
    change: Change, stored: StoredEntry, look_up: Identify, decision: Decision, pattern: str
) -> tuple[Match, int]:
    """Looks one entry up; returns its match and the id of the entry where its work is now."""
    match = decision.applied(look_up(decision.accepted) if decision.accepted else look_up_entry(stored.entry, look_up))
    if match.verdict is Verdict.IDENTIFIED and match.record is not None:
        return match, settle(change, stored.id, match, match.record, pattern)
    values = {field.name: field.value for field in reversed(stored.entry.fields)}
    identifiers = entry_identifiers(values, stored.entry.type)
    present = entry_with_identifier(change, identifiers)
    if present is not None:
        match = here_by(identifiers)
        return match, settle_in(change, stored.id, match, present)
    if match.verdict is Verdict.WAITING:
        finding = finding_of(match, stored.id, stored.revision)
        change_findings(change, stored.id, finding, only=(Verdict.WAITING, Verdict.NOT_FOUND))
    return match, stored.id
