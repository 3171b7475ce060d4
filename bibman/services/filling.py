"""Entries with missing fields, completed by what catalogues and services say of their works."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from bibman.errors import GivenValueError, UsageError
from bibman.formats.record_entry import described_by
from bibman.model.checks.finding import Finding
from bibman.model.completing import (
    Completion,
    Standing,
    completed,
    completions,
    contradiction,
    inherited_names,
    may_be_meant,
)
from bibman.model.derive import Derived, derive
from bibman.model.entry import Entry
from bibman.model.identifiers import Identifier
from bibman.model.inheritance import parent_keys
from bibman.model.likeness import Text, judge_reference
from bibman.model.matching import Proposal, Verdict
from bibman.model.merging import ENTRY_TYPE, field_group
from bibman.model.naming import fold_name
from bibman.model.nearest import nearest
from bibman.model.publishing import is_preprint, is_publication
from bibman.model.traits import traits_of
from bibman.model.vocabulary import KNOWN_FIELDS
from bibman.services.asking import Progress
from bibman.services.notices import retraction_findings
from bibman.services.selection import Selection
from bibman.services.wording import counted, listed
from bibman.services.works import Said, Sought, Witnesses
from bibman.storage.reading import Reader
from bibman.storage.rows import StoredEntry

if TYPE_CHECKING:
    from bibman.storage.database import Library

TITLE_AND_NAMES: Final = "title, name and year"
"""How a work was found that no identifier led to."""
_BOOKS: Final = frozenset(("book", "mvbook", "collection", "mvcollection", "inbook"))


@dataclass(frozen=True, slots=True)
class Source:
    """A record of the work of an entry: who has it, how it was found there, and how alike the two are (0 to 100)."""

    provider: str
    found_by: str
    score: float
    described: Entry


@dataclass(frozen=True, slots=True)
class Contradiction:
    """An identifier of an entry that stands for another work: for which, by whom, and in what the two differ."""

    identifier: Identifier
    provider: str
    title: str
    differs: str


@dataclass(frozen=True, slots=True)
class Filling:
    """What is proposed for an entry: each field with the source that says it.

    `contradictions` are identifiers of it that belong to other works; of those nothing is taken. `is_published` says
    that a preprint has been published since: that is told, and not filled in.
    """

    stored: StoredEntry
    sources: tuple[Source, ...] = ()
    proposed: tuple[tuple[Completion, Source], ...] = ()
    contradictions: tuple[Contradiction, ...] = ()
    notices: tuple[Finding, ...] = ()
    is_published: bool = False

    def chosen(self, replaced: Collection[str]) -> list[Completion]:
        """What is to be written: what is missing, and what a person wants replaced, by the names of fields."""
        return [each for each, _ in self.proposed if each.standing is Standing.MISSING or each.name in replaced]


def checked_names(names: Iterable[str]) -> frozenset[str]:
    """The names, as fields are chosen by them, of fields that somebody wants replaced.

    Raises GivenValueError for one that no program knows.
    """
    found = set[str]()
    for name in names:
        folded = name.strip().lower()
        if folded not in KNOWN_FIELDS and folded != ENTRY_TYPE:
            near = nearest(folded, sorted(KNOWN_FIELDS | {ENTRY_TYPE}))
            raise GivenValueError(
                f"no such field: {name}",
                f"Did you mean {' or '.join(near)}?" if near else "`year` and `booktitle` are some",
            )
        found.add("title" if folded == "subtitle" else field_group(folded))
    return frozenset(found)


def proposed(
    reader: Reader,
    chosen: Selection,
    replaced: Collection[str],
    known: Witnesses,
    on_progress: Progress | None = None,
) -> list[Filling]:
    """What could be filled in of the identified entries that are chosen, or of all; nothing is written.

    A work is found by the identifiers of its entry, where title and names agree with it, or else by title, surname and
    year. Raises NotFoundError for an unknown key, UsageError for the key of an entry that is not identified.
    """
    wanted = _identified(reader, chosen)
    identifiers = {each.id: list(derive(each.entry).identifiers) for each in wanted}
    said = known.look_up((one for several in identifiers.values() for one in several), on_progress)
    found = {each.id: _by_identifiers(each.entry, identifiers[each.id], said) for each in wanted}
    left = {each.id: _Lost(each.entry, found[each.id][1]) for each in wanted if not found[each.id][0]}
    for entry_id, sources in _by_likeness(left, known, on_progress).items():
        found[entry_id] = (sources, found[entry_id][1])
    parents = _parents(reader, wanted)
    return [
        _filling(each, *found[each.id], said, identifiers[each.id], parents.get(each.id, ()), replaced)
        for each in wanted
    ]


def fill(library: "Library", fillings: Sequence[Filling], replaced: Collection[str]) -> list[str]:
    """Writes what is missing, and what is to be replaced, as one operation; returns the keys of the entries changed.

    Raises ConflictError where an entry was changed since that was proposed.
    """
    from bibman.services.entries import check_unchanged
    from bibman.storage.entries import change_entries

    wanted = {each.stored.id: each for each in fillings if each.chosen(replaced)}
    with library.change("identify") as change:
        check_unchanged(change, [each.stored for each in wanted.values()])
        entries = {entry_id: completed(each.stored.entry, each.chosen(replaced)) for entry_id, each in wanted.items()}
        keys = [entries[entry_id].key for entry_id in change_entries(change, entries)]
        change.summary = f"completed {counted(len(keys), 'entry', 'entries')}: {listed(keys)}"
    return keys


def _identified(reader: Reader, chosen: Selection) -> list[StoredEntry]:
    named = set(reader.ids(chosen.keys).values())
    stored = list(reader.entries(chosen.ids_or_all(reader)))
    for each in stored:
        if each.id in named and not each.entry.identified:
            raise UsageError(f"{each.entry.key} is not identified", "Without --fill, `identify` looks it up")
    return [each for each in stored if each.entry.identified]


def _by_identifiers(
    entry: Entry, identifiers: Sequence[Identifier], said: Mapping[Identifier, Sequence[Said]]
) -> tuple[list[Source], list[Contradiction]]:
    sources, contradictions = [], []
    for identifier in identifiers:
        for each in said.get(identifier, ()):
            described = described_by(each.record, entry)
            differs = contradiction(entry, described)
            if differs:
                title = each.record.texts.get("title", "")
                contradictions.append(Contradiction(identifier, each.provider, title, differs))
            else:
                sources.append(Source(each.provider, identifier.scheme, 100.0, described))
    return sources, contradictions


class _Lost:
    """An entry that no identifier led to: sought by title, surname and year."""

    def __init__(self, entry: Entry, contradictions: Sequence[Contradiction]) -> None:
        self.entry = entry
        derived = derive(entry)
        self.title, self.reference = derived.title, _reference(derived)
        self._wrong = {each.identifier for each in contradictions}
        self._traits = traits_of(entry)

    def found(self, said: Sequence[Said]) -> list[Source]:
        """The record that is meant, by the thresholds of references; none where that is in doubt."""
        described = [(each, described_by(each.record, self.entry)) for each in said]
        kept = [each for each in described if may_be_meant(self._traits, traits_of(each[1]), self._wrong)]
        # A paper may have appeared at a conference and in a journal under one title.
        kept.sort(key=lambda each: each[1].type != self.entry.type)
        match = judge_reference(Text(self.reference), [Proposal(each.record, each.provider) for each, _ in kept])
        if match.verdict is not Verdict.IDENTIFIED:
            return []
        meant = (
            Source(each.provider, TITLE_AND_NAMES, match.score, entry)
            for each, entry in kept
            if each.record is match.record
        )
        return list(meant)[:1]


def _by_likeness(lost: Mapping[int, _Lost], known: Witnesses, on_progress: Progress | None) -> dict[int, list[Source]]:
    """What is found by title, surname and year, in the catalogues first; only what is beyond doubt."""
    found: dict[int, list[Source]] = {}
    sought: dict[int, Sought] = {}
    for place, (entry_id, each) in enumerate(lost.items(), 1):
        if each.reference:
            sources = each.found(known.with_title(each.title))
            if sources:
                found[entry_id] = sources
            else:
                sought[entry_id] = _sought(each.entry, each.reference, each.title)
        if on_progress is not None:
            on_progress(place, len(lost))
    said = known.search(sought, lambda entry_id, several: bool(lost[entry_id].found(several)), on_progress)
    return found | {entry_id: lost[entry_id].found(several) for entry_id, several in said.items()}


def _sought(entry: Entry, reference: str, title: str) -> Sought:
    articles: Sought = {"Crossref": ("reference", reference), "OpenAlex": ("title", title), "DBLP": ("title", title)}
    return {"Open Library": ("title", title), **articles} if entry.type in _BOOKS else articles


def _reference(derived: Derived) -> str:
    """The title between surname and year, as references have it; nothing where one of the three is not known."""
    people = derived.people.get("author") or derived.people.get("editor") or ()
    names = [each.name.literal or f"{each.name.prefix} {each.name.family}".strip() for each in people]
    if not (derived.title and names and derived.year):
        return ""
    return f"{names[0]}. {derived.title}. {derived.year}"


def _parents(reader: Reader, stored: Sequence[StoredEntry]) -> dict[int, list[Entry]]:
    """Id → the entries from which an entry inherits, those of these too."""
    found: dict[int, list[Entry]] = {}
    for each in stored:
        wanted, seen = parent_keys(each.entry), set[str]()
        while wanted:
            key = fold_name(wanted.pop(0))
            entry_id = None if key in seen else reader.id_of(key)
            seen.add(key)
            for parent in reader.entries([entry_id]) if entry_id is not None else ():
                found.setdefault(each.id, []).append(parent.entry)
                wanted += parent_keys(parent.entry)
    return found


def _filling(
    stored: StoredEntry,
    sources: Sequence[Source],
    contradictions: Sequence[Contradiction],
    said: Mapping[Identifier, Sequence[Said]],
    identifiers: Sequence[Identifier],
    parents: Sequence[Entry],
    replaced: Collection[str],
) -> Filling:
    entry = stored.entry
    described = [each.described for each in sources]
    found = completions(entry, described, inherited_names(entry, parents), replaced)
    is_published = is_preprint(entry) and any(map(is_publication, described))
    wrong = {each.identifier for each in contradictions}
    own = (each.work for one in identifiers if one not in wrong for each in said.get(one, ()))
    return Filling(
        stored,
        tuple(sources),
        tuple((each, _source_of(each, sources)) for each in found),
        tuple(contradictions),
        tuple(retraction_findings(relation for work in own for relation in work.relations)),
        is_published,
    )


def _source_of(completion: Completion, sources: Sequence[Source]) -> Source:
    if completion.name == ENTRY_TYPE:
        return next(each for each in sources if each.described.type == completion.fields[0].value)
    return next(each for each in sources if set(completion.fields) <= set(each.described.fields))
