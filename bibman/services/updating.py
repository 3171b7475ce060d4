"""Preprints brought up to date: what was published since is found, proposed with evidence, and written on demand."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from bibman.errors import NotFoundError, UsageError
from bibman.formats.record_entry import described_by
from bibman.model.checks.finding import Finding
from bibman.model.completing import contradiction
from bibman.model.derive import derive
from bibman.model.differences import Difference, differences
from bibman.model.duplicates import Sameness
from bibman.model.entry import Entry
from bibman.model.fold import fold, title_key
from bibman.model.identifiers import Identifier
from bibman.model.publishing import (
    PUBLISHED_TYPES,
    Found,
    Way,
    is_preprint,
    is_publication,
    judge_publication,
    published,
    ranked,
    stands_where,
)
from bibman.model.traits import Traits, traits_of
from bibman.providers.service import Relation, RelationKind
from bibman.services.asking import Progress
from bibman.services.notices import retraction_findings
from bibman.services.wording import counted, listed
from bibman.services.works import Said, Sought, Witnesses
from bibman.storage.reading import Reader
from bibman.storage.rows import StoredEntry

if TYPE_CHECKING:
    from bibman.storage.database import Library

_MOST_SHOWN = 3


class Publication(NamedTuple):
    """A publication that was found for a preprint, the entry as it would be, and what changes."""

    found: Found
    entry: Entry
    changes: tuple[Difference, ...]

    @property
    def doi(self) -> str:
        """Its DOI, in its normal form; empty where it has none."""
        dois = (each.value for each in derive(self.found.described).identifiers if each.scheme == "doi")
        return next(dois, "")


@dataclass(slots=True)
class Update:
    """What is known of an entry beside what it says.

    `publications` are those of a preprint, the surest first; `said` is what arXiv's authors say of where it appeared,
    where nobody knows it. `present` is the key of another entry that is the first of them. `notices` are about the
    entry itself or its publication.
    """

    stored: StoredEntry
    is_preprint: bool
    publications: list[Publication] = field(default_factory=list)
    said: str = ""
    present: str = ""
    notices: list[Finding] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)

    @property
    def status(self) -> str:
        """`certain`, `doubtful`, `already here`, `said` or `none`; `published` of what is no preprint."""
        if not self.is_preprint:
            return "published"
        if self.present:
            return "already here"
        if self.publications:
            return "certain" if self.publications[0].found.is_certain else "doubtful"
        return "said" if self.said else "none"


def preprints(reader: Reader, ids: Sequence[int]) -> list[int]:
    """The ids of those of the entries that are preprints."""
    return [stored.id for stored in reader.entries(ids) if is_preprint(stored.entry)]


def check_identified(reader: Reader, ids: Sequence[int]) -> None:
    """Raises UsageError where one of the entries with these ids is not identified: it is not known what it is."""
    for stored in reader.entries(ids):
        if not stored.entry.identified:
            raise UsageError(f"{stored.entry.key} is not identified", "`bibman identify` looks it up")


def updates(reader: Reader, ids: Sequence[int], known: Witnesses, on_progress: Progress | None = None) -> list[Update]:
    """What is known of the entries with these ids; nothing is written.

    Of preprints the publication is sought: by what their servers and the agencies of their DOIs say, then by what
    arXiv's authors wrote, then by title and names. Of others that have a DOI it is asked whether they were retracted
    or corrected.
    """
    stored = [each for each in reader.entries(ids) if each.entry.identified]
    search = _Search(stored, known, on_progress)
    search.follow_identifiers()
    search.follow_likeness()
    found = search.results()
    for update in found:
        if update.is_preprint:
            _see_whether_present(reader, update)
    return found


def chosen_publication(update: Update, doi: str = "") -> Publication:
    """The publication that a person accepts: the first, or the one with a DOI. Raises NotFoundError where it is not."""
    key = update.stored.entry.key
    wanted = doi.lower()
    found = next((each for each in update.publications if not doi or each.doi == wanted), None)
    if found is None:
        kind = f"publication of {key}"
        if doi:
            raise NotFoundError.of(kind, [doi], [each.doi for each in update.publications if each.doi])
        raise NotFoundError(f"no publication of {key} was found", "Nothing was changed")
    return found


def update_entries(library: "Library", accepted: Mapping[int, tuple[StoredEntry, Publication]]) -> list[str]:
    """Makes preprints, by their ids, what they were published as, all as one operation; returns their keys.

    Raises ConflictError where an entry was changed since that was proposed.
    """
    from bibman.services.entries import check_unchanged
    from bibman.storage.entries import change_entries

    with library.change("update") as change:
        check_unchanged(change, [stored for stored, _ in accepted.values()])
        entries = {entry_id: publication.entry for entry_id, (_, publication) in accepted.items()}
        keys = [entries[entry_id].key for entry_id in change_entries(change, entries)]
        change.summary = f"updated {counted(len(keys), 'preprint')} to what was published: {listed(keys)}"
    return keys


def _see_whether_present(reader: Reader, update: Update) -> None:
    """Notes where the library has the publication already, under another key: by its DOI, or by title and names."""
    entry, first = update.stored.entry, next(iter(update.publications), None)
    by_doi = [] if first is None or not first.doi else reader.ids_with_identifier("doi", first.doi)
    key = title_key(fold(derive(entry).title))
    by_title = [] if key is None else reader.ids_with_titles([key]).get(key, [])
    ids = [each for each in dict.fromkeys((*by_doi, *by_title)) if each != update.stored.id]
    traits = traits_of(entry)
    for other in reader.entries(ids):
        if _is_published_as(traits, other.entry) or (
            first is not None and first.found.is_certain and other.id in by_doi
        ):
            update.present = other.entry.key
            return
        if first is not None and other.id in by_doi:
            update.remarks.append(f"doi:{first.doi}, in doubt, is {other.entry.key} here")


def _is_published_as(preprint: Traits, other: Entry) -> bool:
    """Whether another entry of the library is certainly the publication of a preprint."""
    if other.type not in PUBLISHED_TYPES or is_preprint(other):
        return False
    return judge_publication(preprint, traits_of(other), is_linked=False).verdict is Sameness.CERTAIN


class _Lead(NamedTuple):
    """A work that may be a publication, what led to it, and who says so."""

    said: Said
    way: Way
    provider: str


class _Search:
    """The search for what is known of some entries, step by step."""

    def __init__(self, stored: Sequence[StoredEntry], known: Witnesses, on_progress: Progress | None) -> None:
        self._known = known
        self._on_progress = on_progress
        self._updates = {each.id: Update(each, is_preprint(each.entry)) for each in stored}
        self._entries = {each.id: each.entry for each in stored}
        self._identifiers = {each.id: derive(each.entry).identifiers for each in stored}
        self._traits = {each.id: traits_of(each.entry) for each in stored}
        self._own: dict[int, list[Said]] = defaultdict(list)
        self._leads: dict[int, list[_Lead]] = defaultdict(list)
        self._journal: dict[int, str] = {}
        self._named: dict[int, list[tuple[str, Identifier]]] = defaultdict(list)

    def follow_identifiers(self) -> None:
        """Looks up the entries' own identifiers, and those to which they lead."""
        wanted = [
            each
            for entry_id, several in self._identifiers.items()
            for each in several
            if self._updates[entry_id].is_preprint or each.scheme in ("doi", "pmid")
        ]
        said = self._known.look_up(wanted, self._on_progress)
        for entry_id, update in self._updates.items():
            for identifier in self._identifiers[entry_id]:
                for each in said.get(identifier, ()):
                    if self._is_its_own(entry_id, identifier, each):
                        self._own[entry_id].append(each)
                        if update.is_preprint:
                            self._take(entry_id, each)
        named = [identifier for several in self._named.values() for _, identifier in several]
        followed = self._known.look_up(named, self._on_progress)
        for entry_id, several in self._named.items():
            for leader, identifier in several:
                for each in followed.get(identifier, ()):
                    self._leads[entry_id].append(_Lead(each, Way.RELATION, _both(leader, each.provider)))

    def follow_likeness(self) -> None:
        """Searches for the publications that nobody names for certain: in catalogues, then at services."""
        left = [
            entry_id
            for entry_id, update in self._updates.items()
            if update.is_preprint and self._is_described(entry_id) and not self._is_settled(entry_id)
        ]
        for place, entry_id in enumerate(left, 1):
            for each in self._known.with_title(self._title(entry_id)):
                self._leads[entry_id].append(_Lead(each, Way.SEARCH, each.provider))
            if self._on_progress is not None:
                self._on_progress(place, len(left))
        sought = {entry_id: self._sought(entry_id) for entry_id in left if not self._is_settled(entry_id)}
        said = self._known.search(sought, self._is_enough, self._on_progress)
        # Whoever gives a DOI away knows more of the work than who finds it.
        owned = self._known.look_up(
            {
                each
                for entry_id, several in said.items()
                for hit in several
                if hit.provider != "Crossref" and self._judged(entry_id, _Lead(hit, Way.SEARCH, "")) is not None
                for each in hit.work.identifiers
                if each.scheme == "doi"
            }
        )
        for entry_id, several in said.items():
            for hit in several:
                for identifier in hit.work.identifiers:
                    for better in owned.get(identifier, ()):
                        lead = _Lead(better, Way.SEARCH, _both(hit.provider, better.provider))
                        self._leads[entry_id].append(lead)
                self._leads[entry_id].append(_Lead(hit, Way.SEARCH, hit.provider))

    def results(self) -> list[Update]:
        """What was found, in the order of the entries."""
        for entry_id, update in self._updates.items():
            kept = ranked(self._found(entry_id))[:_MOST_SHOWN]
            relations = self._relations_of(entry_id, kept[0]) if kept else []
            if kept and kept[0].is_certain and any(each.kind is RelationKind.RETRACTED for each in relations):
                kept[0] = kept[0].in_doubt("retracted")
            update.publications = [self._publication(entry_id, each) for each in kept]
            own = [relation for each in self._own[entry_id] for relation in each.work.relations]
            update.notices = retraction_findings([*own, *relations])
            if not kept:
                named = (":".join(identifier) for _, identifier in self._named[entry_id])
                update.said = ", ".join(filter(None, (self._journal.get(entry_id, ""), *dict.fromkeys(named))))
        return list(self._updates.values())

    def _publication(self, entry_id: int, found: Found) -> Publication:
        entry = self._entries[entry_id]
        becomes = published(entry, found.described)
        return Publication(found, becomes, tuple(differences(entry, becomes)))

    def _relations_of(self, entry_id: int, found: Found) -> list[Relation]:
        """How a publication stands to other works, says anybody."""
        identifiers = derive(found.described).identifiers
        works = (each.said.work for each in self._leads[entry_id])
        return [one for work in works if not work.identifiers.isdisjoint(identifiers) for one in work.relations]

    def _is_its_own(self, entry_id: int, identifier: Identifier, said: Said) -> bool:
        """Whether an identifier stands for the work of its entry, and not by mistake for another."""
        differs = contradiction(self._entries[entry_id], described_by(said.record, self._entries[entry_id]))
        if differs:
            name, title = ":".join(identifier), said.record.texts.get("title", "")
            remark = f"{name} is another work, says {said.provider} ({differs}): {title}"
            self._updates[entry_id].remarks.append(remark)
        return not differs

    def _take(self, entry_id: int, said: Said) -> None:
        """Heeds what is said of a preprint, and where it was published."""
        own = self._traits[entry_id]
        described = described_by(said.record, self._entries[entry_id])
        if is_publication(described):
            self._leads[entry_id].append(_Lead(said, Way.IDENTIFIER, said.provider))
        else:
            # An entry that names nobody is compared by what its server says, and may have the year of a later version.
            theirs = traits_of(described)
            self._traits[entry_id] = own._replace(
                title=own.title if own.title.letters else theirs.title,
                people=own.people or theirs.people,
                year=min((year for year in (own.year, theirs.year) if year is not None), default=None),
            )
        for relation in said.work.relations:
            if relation.kind is RelationKind.PUBLISHED:
                if relation.identifier is not None and relation.identifier not in self._identifiers[entry_id]:
                    self._named[entry_id].append((said.provider, relation.identifier))
                if relation.text:
                    self._journal.setdefault(entry_id, relation.text)

    def _found(self, entry_id: int) -> list[Found]:
        """The publications among the works that were found so far."""
        return [found for each in self._leads[entry_id] if (found := self._judged(entry_id, each)) is not None]

    def _judged(self, entry_id: int, lead: _Lead) -> Found | None:
        """A work as a publication of a preprint; None where it is none, or another's."""
        work, way = lead.said.work, lead.way
        described = described_by(work.record, self._entries[entry_id])
        if not is_publication(described):
            return None
        if way is Way.SEARCH:
            back = {each.identifier for each in work.relations if each.kind is RelationKind.PREPRINT}
            if not back.isdisjoint(self._identifiers[entry_id]):
                way = Way.RELATION
            elif stands_where(described, self._journal.get(entry_id, "")):
                way = Way.JOURNAL_REF
        comparison = judge_publication(self._traits[entry_id], traits_of(described), is_linked=way.is_link)
        return None if comparison.verdict is Sameness.NO else Found(described, way, lead.provider, comparison)

    def _is_settled(self, entry_id: int) -> bool:
        return any(found.is_certain for found in self._found(entry_id))

    def _is_enough(self, entry_id: int, said: Sequence[Said]) -> bool:
        judged = (self._judged(entry_id, _Lead(each, Way.SEARCH, each.provider)) for each in said)
        return any(found is not None and found.is_certain for found in judged)

    def _is_described(self, entry_id: int) -> bool:
        """Whether enough is known of a preprint to know its publication again."""
        return bool(self._title(entry_id) and self._traits[entry_id].people)

    def _title(self, entry_id: int) -> str:
        return derive(self._entries[entry_id]).title

    def _sought(self, entry_id: int) -> Sought:
        derived, title = derive(self._entries[entry_id]), self._title(entry_id)
        people = derived.people.get("author", ())[:1]
        surname = " ".join(each.name.literal or each.name.family for each in people)
        reference = " ".join(filter(None, (surname, title, self._journal.get(entry_id, ""))))
        return {"Crossref": ("reference", reference), "OpenAlex": ("title", title), "DBLP": ("title", title)}


def _both(leader: str, provider: str) -> str:
    return provider if leader == provider else f"{leader}, {provider}"
