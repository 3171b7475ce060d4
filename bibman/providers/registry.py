"""Which services there are, what each can be asked, and the two ways of asking: by identifier and by text.

A provider is a module of this room; it is imported only when it is asked.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import Final, cast

from bibman.errors import OutsideError
from bibman.model.identifiers import Identifier
from bibman.providers.service import Answer, Ask, Kind, Provider
from bibman.providers.tour import Tour


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


def lookup_each(
    ask: Ask, identifiers: Iterable[Identifier], on_progress: Callable[[int, int], object] | None = None
) -> dict[Identifier, list[Answer]]:
    """Looks identifiers up, each at its owner, then at others that may know it, until one does.

    The answers are in the order of asking; only the last can have works. Those before it have none or a problem. Each
    service is asked by itself, all services side by side. `on_progress` is told for how many of all there is nobody
    left to be asked.
    """
    answers: dict[Identifier, list[Answer]] = {identifier: [] for identifier in identifiers}

    def put(provider: str, asked: Sequence[Identifier]) -> Iterator[bool]:
        for identifier, answer in zip(asked, lookup_at(ask, provider, asked), strict=True):
            answers[identifier].append(answer)
            yield bool(answer.works)

    routes = {identifier: owners(identifier) for identifier in answers}
    Tour(routes, put, lambda provider: PROVIDERS[provider].at_once).run(on_progress)
    return answers
