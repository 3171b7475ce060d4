"""What is said of works outside the library: by catalogues, and by services where they are asked."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple, TypeVar

from bibman.model.fold import fold, title_key
from bibman.model.identifiers import Identifier, record_identifiers
from bibman.model.matching import Proposal
from bibman.model.record import Record
from bibman.model.traits import is_preprint_doi
from bibman.providers.catalogue import Catalogue
from bibman.providers.registry import lookup_each, search_at
from bibman.providers.service import Answer, Ask, Kind, Relation, RelationKind, Work
from bibman.providers.tour import Tour
from bibman.services.asking import Asked, Problems, Progress
from bibman.services.catalogues import opened

Question = TypeVar("Question")
_LOOKED_UP = frozenset(("doi", "arxiv", "pmid", "pmcid", "isbn"))


class Said(NamedTuple):
    """A work as a catalogue or a provider describes it, and who does."""

    provider: str
    work: Work

    @property
    def record(self) -> Record:
        """What is said of the work."""
        return self.work.record


Sought = Mapping[str, tuple[Kind, str]]
"""What is put to services that search, by their names and in that order: a text, and what kind of text it is."""


class Witnesses:
    """Catalogues, and the services where there is somebody who asks them; `witnesses` opens them.

    All methods may take as long as the services want; none is to be called within a change.
    """

    def __init__(self, catalogues: Sequence[Catalogue], ask: Ask | None) -> None:
        self._catalogues = catalogues
        self._ask = ask
        self._problems = Problems()

    @property
    def asked(self) -> Asked:
        """Who could not answer so far, and whether anybody did."""
        return Asked({}, dict(self._problems.first), self._problems.was_answered)

    def look_up(
        self, identifiers: Iterable[Identifier], on_progress: Progress | None = None
    ) -> dict[Identifier, list[Said]]:
        """What is said of the works with these identifiers: by the services first, for who gives an identifier away
        knows best what it stands for."""
        wanted = list(dict.fromkeys(each for each in identifiers if each.scheme in _LOOKED_UP))
        said: dict[Identifier, list[Said]] = {each: [] for each in wanted}
        if self._ask is not None and wanted:
            for identifier, answers in lookup_each(self._ask, wanted, on_progress).items():
                said[identifier] += self._heard(answers)
        for identifier in wanted:
            for catalogue in self._catalogues:
                said[identifier] += map(_of_catalogue, catalogue.lookup_identifier(identifier))
        return said

    def with_title(self, title: str) -> list[Said]:
        """What catalogues have under nearly this title."""
        folded = fold(title)
        key = title_key(folded)
        found = []
        for catalogue in self._catalogues:
            exact = [] if key is None else catalogue.lookup_title(key)
            found += exact or catalogue.elect(folded.split(), by_title=True)
        return list(map(_of_catalogue, found))

    def search(
        self,
        questions: Mapping[Question, Sought],
        is_enough: Callable[[Question, Sequence[Said]], bool],
        on_progress: Progress | None = None,
    ) -> dict[Question, list[Said]]:
        """What services find for questions, each of which goes from one to the next until that `is_enough`.

        `is_enough` is called in other threads.
        """
        said: dict[Question, list[Said]] = {each: [] for each in questions}
        ask = self._ask
        if ask is None or not questions:
            return said

        def put(provider: str, asked: Sequence[Question]) -> Iterator[bool]:
            for question in asked:
                answer = search_at(ask, provider, *questions[question][provider])
                said[question] += self._heard([answer])
                yield is_enough(question, said[question])

        Tour({each: tuple(sought) for each, sought in questions.items()}, put).run(on_progress)
        return said

    def _heard(self, answers: Iterable[Answer]) -> list[Said]:
        return [Said(answer.provider, work) for answer in map(self._problems.note, answers) for work in answer.works]


@contextmanager
def witnesses(folder: Path, ask: Ask | None = None) -> Iterator[Witnesses]:
    """Opens the catalogues in `folder`; services are asked by `ask`, or not at all.

    Raises FileError where a catalogue cannot be read.
    """
    with opened(folder) as catalogues:
        yield Witnesses(catalogues, ask)


def _of_catalogue(proposal: Proposal) -> Said:
    """A record of arXiv's dump says in its DOI and its addendum where the preprint was published."""
    record = proposal.record
    identifiers = record_identifiers(record)
    relations = []
    if record.type == "online" and any(each.scheme == "arxiv" for each in identifiers):
        journal = record.texts.get("addendum", "")
        dois = [each for each in identifiers if each.scheme == "doi" and not is_preprint_doi(each.value)]
        if journal or dois:
            relations.append(Relation(RelationKind.PUBLISHED, next(iter(dois), None), journal))
    return Said(proposal.provider, Work(record, tuple(relations), frozenset(identifiers)))
