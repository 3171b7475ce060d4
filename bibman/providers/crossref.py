"""Crossref, asked by its REST API: JSON (its documentation, "Works" and "Crossref metadata types")."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from bibman.model.identifiers import Identifier
from bibman.model.record import Record
from bibman.providers.reading import (
    body,
    date_of_parts,
    full_name,
    identifiers,
    is_retracted_title,
    issn,
    items,
    known,
    mapping,
    names,
    own_identifier,
    person,
    plain,
    read_json,
    text,
    texts,
    words,
)
from bibman.providers.service import Ask, Kind, Relation, RelationKind, Request, Service, UnreadableError, Work

SERVICE = Service("Crossref", "api.crossref.org", 0.2, mail="mailto")

TYPES: Final = {
    "book": "book",
    "book-chapter": "incollection",
    "book-part": "incollection",
    "book-section": "incollection",
    "book-series": "book",
    "book-set": "mvbook",
    "book-track": "incollection",
    "database": "dataset",
    "dataset": "dataset",
    "dissertation": "thesis",
    "edited-book": "collection",
    "journal": "periodical",
    "journal-article": "article",
    "journal-issue": "periodical",
    "monograph": "book",
    "posted-content": "online",
    "proceedings": "proceedings",
    "proceedings-article": "inproceedings",
    "reference-book": "reference",
    "reference-entry": "inreference",
    "report": "report",
    "report-component": "report",
    "standard": "standard",
}
"""Crossref's types, and BibLaTeX's for them."""
_IN_BOOKS: Final = frozenset({"incollection", "inreference", "inproceedings"})
_BOOKS: Final = frozenset({"book", "mvbook", "collection", "reference", "proceedings"})
# What of a work is wanted; Crossref asks to be asked for no more.
_SELECT: Final = (
    "DOI,ISBN,ISSN,abstract,article-number,author,container-title,editor,event,group-title,issue,issued,page"
    ",posted,published-online,published-print,publisher,publisher-location,relation,subtitle,title,translator,type"
    ",assertion,update-to,updated-by,volume"
)
_PROCEEDINGS: Final = re.compile(
    r"\b(?:Proceedings|Conference|Symposium|Workshop)\b|[–—-] [A-Z][A-Za-z-]*[A-Z][A-Za-z-]*[ ’']{1,2}(?:19|20)?\d\d\b"
)
_UPDATES: Final = {
    "retraction": RelationKind.RETRACTED,
    "partial_retraction": RelationKind.RETRACTED,
    "withdrawal": RelationKind.RETRACTED,
    "removal": RelationKind.RETRACTED,
    "expression_of_concern": RelationKind.CONCERN,
    "correction": RelationKind.CORRECTED,
    "corrigendum": RelationKind.CORRECTED,
    "erratum": RelationKind.CORRECTED,
    "addendum": RelationKind.CORRECTED,
    "clarification": RelationKind.CORRECTED,
}
_RELATIONS: Final = {"is-preprint-of": RelationKind.PUBLISHED, "has-preprint": RelationKind.PREPRINT}


def lookup(ask: Ask, identifiers: Sequence[Identifier]) -> tuple[Work, ...]:
    """The work that has a DOI, or the book that has an ISBN."""
    (identifier,) = identifiers
    if identifier.scheme == "doi":
        return ask(Request(SERVICE, f"/works/{identifier.value}"), read_works) or ()
    parameters = (("filter", f"isbn:{identifier.value}"), ("rows", "20"), ("select", _SELECT))
    # Chapters have the ISBN of their book.
    found = ask(Request(SERVICE, "/works", parameters), read_works) or ()
    return tuple(work for work in found if work.record.type in _BOOKS)[:3]


def search(ask: Ask, kind: Kind, text: str) -> tuple[Work, ...]:  # noqa: ARG001 - a title is a short reference
    """The works that Crossref takes a reference or a title for; there always are some."""
    query = words(text, 60)
    if not query:
        return ()
    parameters = (("query.bibliographic", query), ("rows", "5"), ("select", _SELECT))
    return ask(Request(SERVICE, "/works", parameters), read_works) or ()


def read_works(answer: bytes) -> tuple[Work, ...]:
    """The works in an answer, one or a list. Raises UnreadableError for what is no answer."""
    message = read_json(answer).get("message")
    if not isinstance(message, dict):
        raise UnreadableError("no message of Crossref")
    found = items(message["items"]) if "items" in message else [message]
    return tuple(work for each in found if (work := _work(mapping(each))) is not None)


def _work(item: Mapping[str, Any]) -> Work | None:
    doi, title = known("doi", item.get("DOI")), plain(item.get("title"))
    if doi is None or not title:
        return None
    type_ = TYPES.get(text(item.get("type")), "misc")
    if type_ == "incollection" and _is_of_proceedings(item):
        type_ = "inproceedings"
    record = Record(type_, _texts(item, type_, title, doi), _names(item))
    relations = [*_updates(item), *_related(item)]
    if is_retracted_title(title) and not any(each.kind is RelationKind.RETRACTED for each in relations):
        relations.append(Relation(RelationKind.RETRACTED, text=title))
    # A book has a number for each binding, and may be asked for by any.
    isbns = [known("isbn", each) for each in items(item.get("ISBN"))] if type_ in _BOOKS else []
    return Work(record, tuple(relations), identifiers([doi, *isbns]))


def _is_of_proceedings(item: Mapping[str, Any]) -> bool:
    """Whether a chapter is a paper of a conference, which publishers that print proceedings as books call it, too.

    Springer says so in an assertion; else the book does, as in "… – MICCAI 2015".
    """
    if mapping(item.get("event")).get("name"):
        return True
    said = (text(mapping(each).get("name")) for each in items(item.get("assertion")))
    book = plain(items(item.get("container-title"))[-1:])
    return "conference_name" in said or _PROCEEDINGS.search(book) is not None


def _texts(item: Mapping[str, Any], type_: str, title: str, doi: Identifier) -> dict[str, str]:
    containers = [plain(each) for each in items(item.get("container-title"))]
    container = containers[-1] if containers else ""
    subtitle = plain(item.get("subtitle"))
    event = mapping(item.get("event"))
    held = plain(event.get("name"))
    publisher = plain(item.get("publisher"))
    owner = plain(mapping(next(iter(items(item.get("institution"))), None)).get("name"))
    isbn = known("isbn", item.get("ISBN"))
    number = issn(item.get("ISSN"))
    edition, pages = text(item.get("edition-number")), text(item.get("page"))
    in_book = type_ in _IN_BOOKS
    return texts(
        title=title,
        subtitle="" if subtitle.lower() in title.lower() else subtitle,
        date=_date(item),
        journaltitle=container if type_ == "article" else "",
        booktitle=container if in_book else "",
        # A book in a series has both, the series first.
        series=containers[0] if (in_book and len(containers) > 1) or (type_ in _BOOKS and containers) else "",
        eventtitle=held if in_book and held != container else "",
        venue=plain(event.get("location")) if in_book else "",
        volume=text(item.get("volume")),
        number=text(item.get("issue")),
        pages="" if pages == "1-1" else pages,  # IEEE's, before it knows them
        eid=text(item.get("article-number")),
        publisher=publisher if in_book or type_ in _BOOKS else "",
        location=plain(item.get("publisher-location")) if in_book or type_ in _BOOKS else "",
        institution=owner or publisher if type_ in ("thesis", "report") else "",
        type={"thesis": "phdthesis", "report": "techreport"}.get(type_, ""),
        organization=owner or plain(item.get("group-title")) or publisher if type_ in ("online", "standard") else "",
        # That it is the first goes without saying.
        edition="" if edition == "1" else edition,
        isbn=isbn.value if isbn is not None else "",
        issn=number if type_ in ("article", "periodical") else "",
        **own_identifier(doi),
        abstract=plain(item.get("abstract")),
    )


def _date(item: Mapping[str, Any]) -> str:
    """The date that is cited: that of the printed issue, where there is one."""
    kinds = ("published-print", "issued", "published", "published-online", "posted")
    return next(filter(None, (date_of_parts(item.get(kind)) for kind in kinds)), "")


def _names(item: Mapping[str, Any]) -> dict[str, Any]:
    found = {
        field: names(
            body(each.get("name")) or person(each.get("family"), each.get("given"), each.get("suffix"))
            if each.get("name") or each.get("family")
            else full_name(each.get("given"))
            for each in map(mapping, items(item.get(field)))
        )
        for field in ("author", "editor", "translator")
    }
    return {field: people for field, people in found.items() if people}


def _updates(item: Mapping[str, Any]) -> Iterator[Relation]:
    """The notices that speak of the work, and the works that it, being a notice, speaks of."""
    for each in map(mapping, items(item.get("updated-by"))):
        kind = _UPDATES.get(text(each.get("type")))
        if kind is not None:
            yield Relation(kind, known("doi", each.get("DOI")), plain(each.get("label")), _date_of(each))
    for each in map(mapping, items(item.get("update-to"))):
        if text(each.get("type")) in _UPDATES:
            label = plain(each.get("label")) or text(each.get("type"))
            yield Relation(RelationKind.NOTICE_OF, known("doi", each.get("DOI")), label, _date_of(each))


def _date_of(update: Mapping[str, Any]) -> str:
    return date_of_parts(update.get("updated"))


def _related(item: Mapping[str, Any]) -> Iterator[Relation]:
    for name, kind in _RELATIONS.items():
        for each in map(mapping, items(mapping(item.get("relation")).get(name))):
            scheme = text(each.get("id-type")).lower()
            identifier = known(scheme, each.get("id")) if scheme in ("doi", "arxiv") else None
            if identifier is not None:
                yield Relation(kind, identifier)
