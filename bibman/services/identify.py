"""Which paper is this? Passages are looked up in the catalogues, and unidentified entries once more."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from bibman.errors import UsageError
from bibman.model.fold import opening_key, title_key
from bibman.model.identifiers import record_identifiers
from bibman.model.latex import decode
from bibman.model.likeness import Shape, Text, judge_identifiers, judge_passage, judge_reference, judge_title
from bibman.model.matching import Match, Verdict
from bibman.model.record import Record, record_fields
from bibman.providers.catalogue import Catalogue
from bibman.providers.catalogue_build import available
from bibman.resources import seeds_folder
from bibman.services.entries import name_identified
from bibman.services.wording import counted
from bibman.storage.change import Change
from bibman.storage.database import Library
from bibman.storage.entries import add_aliases, move_annotations, remove_entries, stored_entries
from bibman.storage.sources import Finding, change_findings, entry_with_identifier

Identify = Callable[[str], Match]


@contextmanager
def identifier(folder: Path) -> Iterator[Identify]:
    """A function that says which work a text speaks of, by the catalogues in `folder`.

    The seed catalogue is built there on first use. Raises FileError where a catalogue cannot be read.
    """
    with ExitStack() as stack:
        paths = stack.enter_context(available(seeds_folder() / "catalogue.jsonl", folder))
        opened = [stack.enter_context(Catalogue.open(path)) for path in paths]
        yield lambda text: find(text, opened)


def no_catalogue(_text: str) -> Match:
    """What is said of a text where no catalogue is asked."""
    return Match(Verdict.NOT_FOUND, "")


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
    waiting = [match for match in tried if match.verdict is Verdict.WAITING]
    # An identifier weighs more than any likeness; of the others, of equal ones the last weighed most words.
    return waiting[0] if by_identifier in waiting else max(reversed(waiting), key=_score, default=tried[-1])


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
    judge = {"passage": judge_passage, "title": judge_title, "reference": judge_reference}[shape]
    return judge(sought, elected)


@dataclass(frozen=True, slots=True)
class Identification:
    """What became of an unidentified entry: the key that it had, its match, and the key where its work is now."""

    provisional: str
    match: Match
    key: str


def identify(library: Library, keys: Sequence[str], folder: Path, pattern: str) -> list[Identification]:
    """Looks unidentified entries up once more, those with these keys or else all.

    Raises NotFoundError for an unknown key, UsageError for one whose entry is identified already.
    """
    with identifier(folder) as look_up, library.change("identify") as change:
        ids = list(change.reader.ids(keys).values()) if keys else change.reader.unidentified_ids()
        stored = stored_entries(change, ids)
        for each in stored.values():
            if each.entry.identified:
                raise UsageError(f"{each.entry.key} is identified already", "Nothing was changed")
        results = []
        for entry_id, each in stored.items():
            match = look_up(decode(each.entry.get("abstract") or ""))
            key = each.entry.key
            if match.verdict is Verdict.IDENTIFIED and match.record is not None:
                settled = settle(change, entry_id, match, match.record, pattern)
                key = stored_entries(change, [settled])[settled].entry.key
            results.append(Identification(each.entry.key, match, key))
        found = sum(result.match.verdict is Verdict.IDENTIFIED for result in results)
        change.summary = f"identified {counted(found, 'entry', 'entries')}"
    return results


def settle(change: Change, entry_id: int, match: Match, record: Record, pattern: str) -> int:
    """Makes an unidentified entry the work that was found for it; returns the id of the entry that has it now.

    It gets its key by the `pattern` and keeps the provisional one as an alias. Where the library has the work
    already, tags, notes and aliases go there, and the unidentified entry is removed.
    """
    unidentified = stored_entries(change, [entry_id])[entry_id].entry
    present = present_work(change, record)
    if present is None:
        known = replace(unidentified, type=record.type, fields=record_fields(record))
        name_identified(change, entry_id, known, pattern)
        present = entry_id
    else:
        move_annotations(change, entry_id, present)
        remove_entries(change, [entry_id])
        add_aliases(change, [(present, unidentified.key)])
    revision = stored_entries(change, [present])[present].revision
    change_findings(change, entry_id, finding_of(match, present, revision))
    return present


def present_work(change: Change, record: Record) -> int | None:
    """The id of the entry that has one of a record's identifiers, or None."""
    for each in record_identifiers(record):
        entry_id = entry_with_identifier(change, each.scheme, each.value)
        if entry_id is not None:
            return entry_id
    return None


def finding_of(match: Match, entry_id: int, revision: int) -> Finding:
    """What a match says of a passage, as the library keeps it, with the entry and its revision at this time."""
    evidence = dict(match.evidence)
    if match.verdict is Verdict.WAITING and match.record is not None:
        evidence["candidate"] = match.record.texts.get("title", "")
    return Finding(match.verdict, entry_id, revision, match.stage, match.score, match.margin, evidence)
