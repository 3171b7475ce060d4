"""OpenAlex, asked by its API: JSON (its documentation, "Works")."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from bibman.model.identifiers import Identifier, arxiv_doi
from bibman.model.record import Record
from bibman.providers.reading import (
    LONGEST_TEXT,
    date,
    eprint,
    full_name,
    identifiers,
    issn,
    items,
    known,
    mapping,
    names,
    page_range,
    plain,
    read_json,
    text,
    texts,
    words,
)
from bibman.providers.service import Ask, Kind, Relation, RelationKind, Request, Service, UnreadableError, Work

SERVICE = Service("OpenAlex", "api.openalex.org", 0.2, mail="mailto", key="api_key")

_TYPES: Final = {
    "article": "article",
    "book": "book",
    "book-chapter": "incollection",
    "dataset": "dataset",
    "dissertation": "thesis",
    "editorial": "article",
    "erratum": "article",
    "letter": "article",
    "preprint": "online",
    "reference-entry": "inreference",
    "report": "report",
    "retraction": "article",
    "review": "article",
    "software": "software",
    "standard": "standard",
}
_MOST_WORDS: Final = 20_000


def lookup(ask: Ask, identifiers: Sequence[Identifier]) -> tuple[Work, ...]:
    """The work that has a DOI, an arXiv id, a PMID or a PMCID."""
    (identifier,) = identifiers
    scheme, value = identifier
    if scheme == "arxiv":
        scheme, value = "doi", arxiv_doi(value)
    return ask(Request(SERVICE, f"/works/{scheme}:{value}"), read_works) or ()


def search(ask: Ask, kind: Kind, text: str) -> tuple[Work, ...]:
    """The works with these words in title or abstract."""
    query = words(text, 25)
    if not query:
        return ()
    # A title must be found in titles; the words of an abstract also stand in what cites it.
    by = ("filter", f"title.search:{query}") if kind == "title" else ("search", query)
    return ask(Request(SERVICE, "/works", (by, ("per-page", "5"))), read_works) or ()


def read_works(answer: bytes) -> tuple[Work, ...]:
    """The works in an answer, one or a list. Raises UnreadableError for what is no answer."""
    found = read_json(answer)
    if "results" not in found and "id" not in found:
        raise UnreadableError("no answer of OpenAlex")
    results = items(found["results"]) if "results" in found else [found]
    return tuple(work for each in results if (work := _work(mapping(each))) is not None)


def _work(item: Mapping[str, Any]) -> Work | None:
    title = plain(item.get("title")) or plain(item.get("display_name"))
    if not title:
        return None
    ids = mapping(item.get("ids"))
    doi = known("doi", item.get("doi")) or known("doi", ids.get("doi"))
    places = [mapping(item.get("primary_location")), *map(mapping, items(item.get("locations")))]
    arxiv = next(
        filter(None, (known("arxiv", each.get("landing_page_url")) for each in places if _is_arxiv(each))), None
    )
    if doi is not None and doi.scheme == "arxiv":
        doi, arxiv = None, doi
    pmid, pmcid = known("pmid", ids.get("pmid")), known("pmcid", ids.get("pmcid"))
    source = mapping(places[0].get("source"))
    container = plain(source.get("display_name"))
    type_ = _TYPES.get(text(item.get("type")), "misc")
    if text(source.get("type")) == "conference":
        type_ = "inproceedings"
    elif (_is_arxiv(places[0]) and doi is None) or (type_ == "article" and text(source.get("type")) == "repository"):
        # What OpenAlex knows of in a repository alone has appeared in no journal.
        type_ = "online"
    elif type_ == "article" and not container:
        type_ = "misc"  # nearly everything is an article to OpenAlex
    biblio = mapping(item.get("biblio"))
    number = issn(source.get("issn_l"))
    fields = texts(
        title=title,
        # It writes the first of January where it knows no more than the year.
        date=date(text(item.get("publication_date")).removesuffix("-01-01")) or date(item.get("publication_year")),
        journaltitle=container if type_ == "article" else "",
        booktitle=container if type_ in ("incollection", "inproceedings", "inreference") else "",
        organization=container if type_ == "online" and arxiv is None else "",
        institution=container if type_ in ("thesis", "report") else "",
        type={"thesis": "phdthesis", "report": "techreport"}.get(type_, ""),
        volume=text(biblio.get("volume")),
        number=text(biblio.get("issue")),
        pages=page_range(biblio.get("first_page"), biblio.get("last_page")),
        issn=number if type_ == "article" else "",
        doi=doi.value if doi is not None else "",
        pmid=pmid.value if pmid is not None else "",
        pmcid=pmcid.value if pmcid is not None else "",
        **eprint(arxiv),
        abstract=_abstract(mapping(item.get("abstract_inverted_index"))),
    )
    authors = names(
        full_name(each.get("raw_author_name")) or full_name(mapping(each.get("author")).get("display_name"))
        for each in map(mapping, items(item.get("authorships")))
    )
    relations = []
    if item.get("is_retracted") is True:
        relations.append(Relation(RelationKind.RETRACTED, text="OpenAlex: is_retracted"))
    if arxiv is not None and doi is not None:
        relations.append(Relation(RelationKind.PREPRINT, arxiv))
    record = Record(type_, fields, {"author": authors} if authors else {})
    return Work(record, tuple(relations), identifiers([doi, arxiv, pmid, pmcid]))


def _is_arxiv(place: Mapping[str, Any]) -> bool:
    return "arxiv.org/" in text(place.get("landing_page_url"))


def _abstract(index: Mapping[str, Any]) -> str:
    """The text that an index of its words stands for: {"word": [places]}."""
    placed = [
        (place, word)
        for word, places in index.items()
        for place in items(places)[:_MOST_WORDS]
        if isinstance(place, int) and 0 <= place < _MOST_WORDS
    ]
    return plain(" ".join(word for _, word in sorted(placed))[:LONGEST_TEXT])
