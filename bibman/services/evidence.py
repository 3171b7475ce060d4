"""Entries compared with what catalogues and services know under their identifiers and by their titles."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace

from bibman.model.checks.finding import Finding
from bibman.model.derive import derive
from bibman.model.description import Description, described, entry_of
from bibman.model.entry import Entry
from bibman.model.evidence import UNKNOWN, Difference, Judgement, Standing, judge_entry
from bibman.model.fold import fold, title_key
from bibman.model.identifiers import Identifier, record_identifiers
from bibman.model.inheritance import has_parents, inherited, parent_keys
from bibman.model.matching import Proposal, Verdict, family_words
from bibman.model.record import Record
from bibman.model.traits import is_preprint_doi
from bibman.model.vocabulary import CONTROL_TYPES, canonical
from bibman.providers.catalogue import Catalogue
from bibman.providers.registry import lookup_each, owners, search_at, searchers
from bibman.providers.service import Answer, Ask, Relation, RelationKind, Work
from bibman.providers.tour import Tour
from bibman.services.asking import Problems, Progress
from bibman.services.identify import find
from bibman.services.notices import retraction_findings
from bibman.storage.reading import Reader


@dataclass(frozen=True, slots=True)
class Compared:
    """An entry, how it stands to what is known, and what was found in that: contradictions, retractions …"""

    entry: Entry
    judgement: Judgement
    findings: list[Finding]


@dataclass(frozen=True, slots=True)
class Side:
    """What one side says of a work: the entry, or a `source` that knows a work by an identifier or the title (`by`)."""

    source: str
    by: str
    title: str
    names: str
    year: str
    container: str
    identifiers: tuple[str, ...]


def sides(found: Compared) -> list[Side]:
    """The entry, then the works that were found for it: those of others first, each source once."""
    judgement = found.judgement
    shown = [_side(Description(found.entry), "entry", "")]
    for known in (*judgement.others, *judgement.works):
        side = _side(Description(entry_of(known.proposal.record)), known.proposal.provider, known.by)
        same = next((place for place, each in enumerate(shown) if replace(side, by="") == replace(each, by="")), None)
        if same is None:
            shown.append(side)
        elif side.by not in shown[same].by.split(", "):
            shown[same] = replace(side, by=f"{shown[same].by}, {side.by}")
    return shown


def _side(said: Description, source: str, by: str) -> Side:
    identifiers = tuple(f"{scheme}:{value}" for scheme, value in sorted(said.identifiers))
    year = "" if said.year is None else str(said.year)
    return Side(source, by, said.text, said.names_said, year, said.container, identifiers)


@dataclass(slots=True)
class _Case:
    """An entry on its way: the works under its identifiers, and those with a title like its own.

    `told` has what the services say of works besides; of what an agency calls its publication, without the record.
    `absent` has the identifiers that do not exist, `was_answered` says whether any service answered.
    """

    entry: Entry
    title: str
    named: dict[Identifier, list[Proposal]]
    titled: list[Proposal]
    told: list[tuple[Record | None, Sequence[Relation]]] = field(default_factory=list)
    absent: dict[Identifier, str] = field(default_factory=dict)
    was_answered: bool = False
    judgement: Judgement = UNKNOWN

    def judge(self) -> None:
        """Judges the entry by all that was found so far."""
        self.judgement = judge_entry(self.entry, self.named, self.titled, self.absent)

    @property
    def is_open(self) -> bool:
        """Whether it may help to look for the title as well."""
        return bool(self.title) and not self.judgement.works

    @property
    def relations(self) -> list[Relation]:
        """What the services say besides of the entry's own work."""
        own = [each.proposal.record for each in self.judgement.works]
        return [
            each
            for record, relations in self.told
            if record is None or any(record is one for one in own)
            for each in relations
        ]


def works_of(reader: Reader, ids: Sequence[int]) -> Iterator[Entry]:
    """The entries with these ids that stand for works, each with the year and place that it has from its parents."""
    for stored in reader.entries(ids):
        entry = stored.entry
        if entry.type in _NO_WORKS:
            continue
        if has_parents(entry):
            parents = [found for key in parent_keys(entry) if (found := reader.id_of(key)) is not None]
            own = {canonical(each.name) for each in entry.fields}
            more = inherited(entry, (parent.entry for parent in reader.entries(parents))).fields
            entry = replace(entry, fields=(*entry.fields, *(each for each in more if each.name not in own)))
        yield entry


_NO_WORKS = frozenset((*CONTROL_TYPES, "set", "xdata"))


def compared(entries: Iterable[Entry], catalogues: Sequence[Catalogue]) -> Iterator[Compared]:
    """Compares entries with what the catalogues know, one after the other.

    Raises FileError where a catalogue is damaged.
    """
    for case in _cases(entries, catalogues):
        yield _told(case, "no catalogue knows it", f"`bibman check --online {case.entry.key}` asks services")


def compared_online(
    entries: Iterable[Entry], catalogues: Sequence[Catalogue], ask: Ask, on_progress: Progress | None = None
) -> tuple[list[Compared], Problems]:
    """Compares entries with what the catalogues and the services know, and what publishers say of the works.

    All identifiers are looked up; a title is searched for where no identifier leads to the work, at one service after
    the other until one has it. Services are asked side by side. Nothing is raised where they fail: the first problem of
    each is returned. `on_progress` is told how many questions of all are answered.
    """
    asking = _Asking(ask, list(_cases(entries, catalogues)), on_progress)
    asking.look_up()
    asking.search()
    return [_told(case, *_nobody(case)) for case in asking.cases], asking.problems


def _nobody(case: _Case) -> tuple[str, str]:
    """What is said of an entry that is unknown, and what to do about it."""
    if case.was_answered:
        return "neither a catalogue nor a service that answered knows it", "see that it exists, and what it is called"
    return "no catalogue knows it, and no service answered", "ask again later"


def _cases(entries: Iterable[Entry], catalogues: Sequence[Catalogue]) -> Iterator[_Case]:
    """The entries, each judged by what the catalogues know."""
    for entry in entries:
        if not entry.identified:
            yield _Case(entry, "", {}, [])
            continue
        derived = derive(entry)
        named = {each: [one for it in catalogues for one in it.lookup_identifier(each)] for each in derived.identifiers}
        people = {word for each in derived.people.values() for person in each for word in person.folded.split()}
        titled = _called(derived.title, catalogues)
        if len(titled) > _MANY:
            # "Editorial": hundreds are called so, and of these only namesakes may be meant.
            titled = [each for each in titled if not people.isdisjoint(" ".join(family_words(each.record)).split())]
        case = _Case(entry, derived.title, named, titled)
        case.judge()
        if case.is_open:
            case.titled = _with_titles_like(derived.title, catalogues) or case.titled
            case.judge()
        yield case


_MANY = 20


def _called(title: str, catalogues: Sequence[Catalogue]) -> list[Proposal]:
    """The works that have this very title."""
    key = title_key(fold(title))
    return [] if key is None else [found for each in catalogues for found in each.lookup_title(key)]


def _with_titles_like(title: str, catalogues: Sequence[Catalogue]) -> list[Proposal]:
    """The works that may have this title, and all their records that are called the same."""
    match = find(title, catalogues, "title")
    proposals = [each.proposal for each in match.candidates]
    if match.verdict is Verdict.IDENTIFIED and match.record is not None:
        proposals = [Proposal(match.record, str(match.evidence.get("provider", "")))]
    return [found for each in proposals for found in _called(each.record.texts.get("title", ""), catalogues) or [each]]


class _Asking:
    def __init__(self, ask: Ask, cases: Sequence[_Case], on_progress: Progress | None) -> None:
        self.cases = cases
        self.problems = Problems()
        self._answers: dict[Identifier, list[Answer]] = {}
        self._ask = ask
        self._on_progress = on_progress
        self._before = 0

    def look_up(self) -> None:
        """Looks up the identifiers of all entries, then the publications of those that are known as preprints."""
        self._look_up({each for case in self.cases for each in case.named})
        for case in self.cases:
            works = self._works(case.named)
            for identifier, proposals in case.named.items():
                # A work that was found by one of them may have another as well.
                proposals += [Proposal(work.record, name) for name, work in works if identifier in work.identifiers]
            answers = {identifier: self._answers[identifier] for identifier in case.named}
            case.was_answered = any(each.problem is None for several in answers.values() for each in several)
            case.absent = {each: who for each in answers if (who := _denied_by(each, answers[each]))}
            _hear(case, works)
        published = [_publications(case) for case in self.cases]
        self._look_up({each for several in published for each in several} - self._answers.keys())
        for case, identifiers in zip(self.cases, published, strict=True):
            works = self._works(identifiers)
            case.titled += [Proposal(work.record, name) for name, work in works]
            # It may have got another title, and is the same work nevertheless.
            case.told += [(None, work.relations) for _, work in works]
            case.judge()

    def search(self) -> None:
        """Searches for the titles of the entries that no identifier leads to."""
        left = {place: case for place, case in enumerate(self.cases) if case.is_open}

        def put(provider: str, places: Sequence[int]) -> Iterator[bool]:
            for place in places:
                case = left[place]
                answer = self.problems.note(search_at(self._ask, provider, "title", case.title))
                case.was_answered |= answer.problem is None
                case.titled += [Proposal(work.record, provider) for work in answer.works]
                _hear(case, [(provider, work) for work in answer.works])
                yield not case.is_open

        Tour({place: searchers("title") for place in left}, put).run(self._counting(len(left)))

    def _look_up(self, identifiers: AbstractSet[Identifier]) -> None:
        wanted = sorted(each for each in identifiers if owners(each))
        self._answers |= {each: [] for each in identifiers}
        self._answers |= lookup_each(self._ask, wanted, self._counting(len(wanted)))
        for each in wanted:
            for answer in self._answers[each]:
                self.problems.note(answer)

    def _works(self, identifiers: Iterable[Identifier]) -> list[tuple[str, Work]]:
        """What the services have under identifiers that were looked up, each work with the name of the service."""
        return [
            (answer.provider, work) for each in identifiers for answer in self._answers[each] for work in answer.works
        ]

    def _counting(self, more: int) -> Progress | None:
        """How far a part of the work is that has so many questions, after those that were done before."""
        tell, before = self._on_progress, self._before
        self._before += more
        return None if tell is None else lambda done, _: tell(before + done, before + more)


def _denied_by(identifier: Identifier, answers: Sequence[Answer]) -> str:
    """Who says that there is no such identifier, of those who would know; empty where they do not all say so."""
    heard = {each.provider for each in answers if each.problem is None}
    registers = _REGISTERS.get(identifier.scheme, ())
    is_denied = bool(registers) and heard.issuperset(registers) and not any(each.works for each in answers)
    return " and ".join(registers) if is_denied else ""


# arXiv now and then answers with nothing; it registers its papers at DataCite.
_REGISTERS: Mapping[str, Sequence[str]] = {"doi": ("doi.org",), "arxiv": ("arXiv", "DataCite"), "pmid": ("PubMed",)}


def _hear(case: _Case, works: Iterable[tuple[str, Work]]) -> None:
    """Judges a case anew, and keeps what is said of works besides."""
    case.told += [(work.record, work.relations) for _, work in works]
    case.judge()


def _publications(case: _Case) -> set[Identifier]:
    """The DOIs under which the work of an entry was published that has none itself."""
    if any(_is_publishers(each) for each in case.named):
        return set()
    found = {each for known in case.judgement.works for each in record_identifiers(known.proposal.record)}
    found |= {each.identifier for each in case.relations if each.kind is RelationKind.PUBLISHED and each.identifier}
    return set(filter(_is_publishers, found))


def _is_publishers(identifier: Identifier) -> bool:
    return identifier.scheme == "doi" and not is_preprint_doi(identifier.value)


def _told(case: _Case, nobody: str, advice: str) -> Compared:
    judgement = case.judgement
    findings = [_contradiction(case.entry.key, each, judgement) for each in judgement.differences]
    findings += retraction_findings(case.relations)
    if judgement.standing is Standing.UNKNOWN and case.entry.identified:
        near = judgement.nearest
        told = "" if near is None else f"; the nearest by its title is {described(near.record)}, in {near.provider}"
        findings.append(Finding("unknown-work", f"{nobody}{told}", advice))
    return Compared(case.entry, judgement, findings)


def _contradiction(key: str, found: Difference, judgement: Judgement) -> Finding:
    name, said, known, source = found.field, found.said, found.known, found.source
    scheme, _, number = said.partition(":")
    if (name, scheme) in ((scheme, name), ("eprint", "arxiv")):
        said = number
    if found.is_of_another:
        message = f"{name} has {said}, which is another work: {known}, says {source}"
        own = judgement.works[0].proposal if judgement.works else None
        if own is None:
            return Finding("contradicted", message, f"find out which is right, the {name} or the title", name)
        numbers = " and ".join(f"{each.scheme}:{each.value}" for each in record_identifiers(own.record))
        advice = f"correct the {name}, or the title: the work of this title "
        return Finding("contradicted", message, advice + (f"has {numbers}" if numbers else "is known, too"), name)
    if name in ("title", "author", "editor", "year"):
        return Finding(
            "contradicted", f"{name} is {said}, and {source} has {known}", f"correct the {name}, if it is wrong", name
        )
    if not known:
        message = f"{name} has {said}, which does not exist, says {source}"
        return Finding("contradicted", message, f"correct the {name}; the work itself may be invented, too", name)
    message = f"{name} has {said}, which nobody knows; {source} has {known} for the work"
    number = known.partition(":")[2]
    advice = f"`bibman edit {key} --set {name}={number}`" if name in ("doi", "eprint") else f"correct the {name}"
    return Finding("contradicted", message, f"{advice}, if that is the work", name)
