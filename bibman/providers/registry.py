"""Which services there are, what each can be asked, and the two ways of asking: by identifier and by text.

A provider is a module of this room; it is imported only when it is asked.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from threading import Thread
from typing import Final, TypeVar, cast

from bibman.errors import OutsideError
from bibman.model.identifiers import Identifier
from bibman.providers.service import Answer, Ask, Kind, Provider
from bibman.providers.tour import Tour

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Entry:
    """A provider: its module, what people call it, the schemes it looks up, and the kinds of text it searches.

    Of identifiers it can look up `at_once` in one request.
    """

    module: str
    name: str
    schemes: frozenset[str] = frozenset()
    kinds: frozenset[Kind] = frozenset()
    at_once: int = 1

    def load(self) -> Provider:
        """The module that asks it."""
        return cast("Provider", import_module(f"bibman.providers.{self.module}"))


def _entry(module: str, name: str, schemes: str, *kinds: Kind, at_once: int = 1) -> Entry:
    return Entry(module, name, frozenset(schemes.split()), frozenset(kinds), at_once)


PROVIDERS: Final[Mapping[str, Entry]] = {
    each.name: each
    for each in (
        _entry("arxiv", "arXiv", "arxiv", "title", "abstract", at_once=50),
        _entry("crossref", "Crossref", "doi isbn", "title", "reference"),
        _entry("datacite", "DataCite", "doi arxiv", "title"),
        _entry("doi_org", "doi.org", "doi"),
        _entry("openalex", "OpenAlex", "doi arxiv pmid pmcid", "title", "abstract"),
        _entry("semantic_scholar", "Semantic Scholar", "doi arxiv pmid pmcid", "title"),
        _entry("dblp", "DBLP", "", "title"),
        _entry("pubmed", "PubMed", "pmid", "title", at_once=50),
        _entry("open_library", "Open Library", "isbn", "title"),
    )
}
"""Every provider, by the name that people call it."""

# Whoever gives an identifier away knows best what it stands for; the others know it at second hand.
_OWNERS: Final[Mapping[str, tuple[str, ...]]] = {
    "arxiv": ("arXiv", "DataCite", "Semantic Scholar", "OpenAlex"),
    "doi": ("Crossref", "DataCite", "doi.org", "OpenAlex", "Semantic Scholar"),
    "pmid": ("PubMed", "OpenAlex", "Semantic Scholar"),
    "pmcid": ("OpenAlex", "Semantic Scholar"),
    "isbn": ("Open Library", "Crossref"),
}
# Prefixes that DataCite, not Crossref, gave to the archives most cited: Zenodo, figshare, OSF, Dataverse, Dryad …
_DATACITE: Final = ("10.5281/", "10.6084/", "10.17605/", "10.7910/", "10.5061/", "10.48550/", "10.57967/")


def owners(identifier: Identifier) -> tuple[str, ...]:
    """The providers that can look an identifier up, in the order in which they are to be asked."""
    found = _OWNERS.get(identifier.scheme, ())
    if identifier.scheme == "doi" and identifier.value.startswith(_DATACITE):
        found = ("DataCite", "doi.org", *(name for name in found if name not in ("DataCite", "doi.org", "Crossref")))
    return found


def agency(identifier: Identifier) -> str | None:
    """The provider that gives an identifier away and describes best what has it; None where that is none of them."""
    return None if identifier.scheme == "pmcid" else next(iter(owners(identifier)), None)


def searchers(kind: Kind) -> tuple[str, ...]:
    """The providers that can search for such a text."""
    return tuple(name for name, each in PROVIDERS.items() if kind in each.kinds)


def lookup_at(ask: Ask, provider: str, identifiers: Sequence[Identifier]) -> list[Answer]:
    """What one provider says of each of some identifiers, no more than it can look up at once, in their order.

    Nothing is raised: a provider that fails has a problem. Works that do not have the identifier are no answer to the
    question, whatever the provider thinks.
    """
    try:
        found = PROVIDERS[provider].load().lookup(ask, identifiers)
    except OutsideError as problem:
        if len(identifiers) == 1:
            return [Answer(provider, problem=problem)]
        # One that the provider stumbles over must not keep the others from being found.
        return [answer for each in identifiers for answer in lookup_at(ask, provider, [each])]
    right = [tuple(work for work in found if each in work.identifiers) for each in identifiers]
    if found and not any(right):
        scheme, value = identifiers[0]
        other = OutsideError(f"{provider} answers with another work than {scheme}:{value}")
        return [Answer(provider, problem=other) for _ in identifiers]
    return [Answer(provider, works) for works in right]


def search_at(ask: Ask, provider: str, kind: Kind, text: str) -> Answer:
    """What one provider finds for a text. Nothing is raised: a provider that fails has a problem."""
    try:
        return Answer(provider, PROVIDERS[provider].load().search(ask, kind, text))
    except OutsideError as problem:
        return Answer(provider, problem=problem)


def lookup(ask: Ask, identifier: Identifier) -> list[Answer]:
    """Looks an identifier up at its owner, then at others that may know it, until one does.

    The answers are in the order of asking; only the last can have works. Those before it have none or a problem.
    """
    return lookup_each(ask, [identifier])[identifier]


def lookup_each(
    ask: Ask, identifiers: Iterable[Identifier], on_progress: Callable[[int, int], object] | None = None
) -> dict[Identifier, list[Answer]]:
    """Looks identifiers up as `lookup` does, many at once: each service by itself, all services side by side.

    `on_progress` is told for how many of all there is nobody left to be asked.
    """
    answers: dict[Identifier, list[Answer]] = {identifier: [] for identifier in identifiers}

    def put(provider: str, asked: Sequence[Identifier]) -> Iterator[bool]:
        for identifier, answer in zip(asked, lookup_at(ask, provider, asked), strict=True):
            answers[identifier].append(answer)
            yield bool(answer.works)

    routes = {identifier: owners(identifier) for identifier in answers}
    Tour(routes, put, lambda provider: PROVIDERS[provider].at_once).run(on_progress)
    return answers


def search(ask: Ask, kind: Kind, text: str, providers: Iterable[str] | None = None) -> list[Answer]:
    """Searches for a text, at all providers that can or at those named, side by side; the answers in their order."""
    names = searchers(kind) if providers is None else tuple(providers)
    return _side_by_side([partial(search_at, ask, name, kind, text) for name in names])


def _side_by_side(tasks: Sequence[Callable[[], T]]) -> list[T]:
    """The results of tasks, in order, each in a thread of its own."""
    if len(tasks) <= 1:
        return [task() for task in tasks]
    results: dict[int, T] = {}
    errors: list[BaseException] = []

    def run(number: int, task: Callable[[], T]) -> None:
        try:
            results[number] = task()
        except BaseException as error:  # noqa: BLE001 - it is raised where the results are wanted
            errors.append(error)

    # Whoever stops bibman must not wait for services that do not answer: daemons end with it.
    threads = [Thread(target=run, args=each, daemon=True) for each in enumerate(tasks)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if errors:
        raise errors[0]
    return [results[number] for number in range(len(tasks))]
