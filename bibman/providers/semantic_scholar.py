"""Semantic Scholar, asked by its Academic Graph API: JSON."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from bibman.model.identifiers import Identifier
from bibman.model.record import Record
from bibman.providers.reading import (
    date,
    eprint,
    full_name,
    identifiers,
    items,
    known,
    mapping,
    names,
    plain,
    read_json,
    text,
    texts,
    words,
)
from bibman.providers.service import Ask, Kind, Relation, RelationKind, Request, Service, UnreadableError, Work

# One request a second with a key; without one all people of the world share what there is.
SERVICE = Service("Semantic Scholar", "api.semanticscholar.org", 1.1, key="x-api-key", key_in_header=True)

_PAPER: Final = "/graph/v1/paper"
_FIELDS: Final = "title,authors,abstract,venue,year,publicationDate,publicationTypes,journal,externalIds"
_SCHEMES: Final = {"arxiv": "ARXIV", "doi": "DOI", "pmid": "PMID", "pmcid": "PMCID"}
_TYPES: Final = {
    "JournalArticle": "article",
    "Review": "article",
    "Conference": "inproceedings",
    "Book": "book",
    "BookSection": "incollection",
    "Dataset": "dataset",
}


def lookup(ask: Ask, identifiers: Sequence[Identifier]) -> tuple[Work, ...]:
    """The work that has a DOI, an arXiv id, a PMID or a PMCID."""
    (identifier,) = identifiers
    number = f"{_SCHEMES[identifier.scheme]}:{identifier.value.removeprefix('PMC')}"
    return ask(Request(SERVICE, f"{_PAPER}/{number}", (("fields", _FIELDS),)), read_works) or ()


def search(ask: Ask, kind: Kind, text: str) -> tuple[Work, ...]:  # noqa: ARG001 - only titles are searched
    """The work whose title is nearest to the words."""
    query = words(text)
    if not query:
        return ()
    request = Request(SERVICE, f"{_PAPER}/search/match", (("query", query), ("fields", _FIELDS)))
    return ask(request, read_works) or ()


def read_works(answer: bytes) -> tuple[Work, ...]:
    """The works in an answer, one or a list. Raises UnreadableError for what is no answer."""
    found = read_json(answer)
    if "data" not in found and "paperId" not in found:
        raise UnreadableError("no answer of Semantic Scholar")
    papers = items(found["data"]) if "data" in found else [found]
    return tuple(work for each in papers if (work := _work(mapping(each))) is not None)


def _work(item: Mapping[str, Any]) -> Work | None:
    title = plain(item.get("title"))
    if not title:
        return None
    ids = mapping(item.get("externalIds"))
    doi, arxiv = known("doi", ids.get("DOI")), known("arxiv", ids.get("ArXiv"))
    pmid, pmcid = known("pmid", ids.get("PubMed")), known("pmcid", ids.get("PubMedCentral"))
    if doi is not None and doi.scheme == "arxiv":
        doi, arxiv = None, doi
    journal = mapping(item.get("journal"))
    venue = plain(item.get("venue")) or plain(journal.get("name"))
    kinds = [text(each) for each in items(item.get("publicationTypes"))]
    type_ = next((_TYPES[each] for each in ("Conference", *kinds) if each in kinds and each in _TYPES), "misc")
    if arxiv is not None and doi is None and (not venue or "arxiv" in venue.lower()):
        type_, venue = "online", ""
    is_part = type_ in ("inproceedings", "incollection")
    volume = text(journal.get("volume"))
    fields = texts(
        title=title,
        date=date(item.get("publicationDate")) or date(item.get("year")),
        journaltitle=venue if type_ == "article" else "",
        booktitle=venue if is_part else "",
        volume="" if type_ == "online" or volume.startswith("abs/") else volume,
        pages="" if type_ == "online" else text(journal.get("pages")).replace(" ", ""),
        doi=doi.value if doi is not None else "",
        pmid=pmid.value if pmid is not None else "",
        pmcid=pmcid.value if pmcid is not None else "",
        **eprint(arxiv),
        abstract=plain(item.get("abstract")),
    )
    authors = names(full_name(mapping(each).get("name")) for each in items(item.get("authors")))
    relations = (Relation(RelationKind.PREPRINT, arxiv),) if arxiv is not None and doi is not None else ()
    record = Record(type_, fields, {"author": authors} if authors else {})
    return Work(record, relations, identifiers([doi, arxiv, pmid, pmcid]))
