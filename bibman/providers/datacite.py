"""DataCite, asked by its REST API: JSON:API (DataCite Metadata Schema 4.6)."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from bibman.model.identifiers import Identifier, arxiv_doi
from bibman.model.names import Name
from bibman.model.record import Record
from bibman.providers.reading import (
    body,
    date,
    full_name,
    identifiers,
    issn,
    items,
    known,
    mapping,
    names,
    own_identifier,
    page_range,
    person,
    plain,
    read_json,
    text,
    texts,
    words,
)
from bibman.providers.service import Ask, Kind, Relation, RelationKind, Request, Service, UnreadableError, Work

# 1,000 requests in five minutes for those who give their address.
SERVICE = Service("DataCite", "api.datacite.org", 0.4, mail="mailto")

_TYPES: Final = {
    "audiovisual": "video",
    "book": "book",
    "bookchapter": "incollection",
    "collection": "dataset",
    "computationalnotebook": "software",
    "conferencepaper": "inproceedings",
    "conferenceproceeding": "proceedings",
    "dataset": "dataset",
    "dissertation": "thesis",
    "image": "image",
    "journal": "periodical",
    "journalarticle": "article",
    "datapaper": "article",
    "preprint": "online",
    "report": "report",
    "software": "software",
    "sound": "audio",
    "standard": "standard",
}
_BY_BIBTEX: Final = {"article": "article", "book": "book", "inproceedings": "inproceedings", "phdthesis": "thesis"}
_DATES: Final = ("Submitted", "Issued", "Available", "Created")
_RELATIONS: Final = {
    "IsPreviousVersionOf": RelationKind.PUBLISHED,
    "IsVersionOf": RelationKind.PUBLISHED,
    "IsVariantFormOf": RelationKind.PUBLISHED,
    "IsOriginalFormOf": RelationKind.PUBLISHED,
}


def lookup(ask: Ask, identifiers: Sequence[Identifier]) -> tuple[Work, ...]:
    """The work that has a DOI, or the preprint that has an arXiv id."""
    (identifier,) = identifiers
    doi = arxiv_doi(identifier.value) if identifier.scheme == "arxiv" else identifier.value
    return ask(Request(SERVICE, f"/dois/{doi}"), read_works) or ()


def search(ask: Ask, kind: Kind, text: str) -> tuple[Work, ...]:  # noqa: ARG001 - only titles are searched
    """The works with these words in a title."""
    query = words(text)
    if not query:
        return ()
    parameters = (("query", f"titles.title:({query.replace(' ', ' AND ')})"), ("page[size]", "5"))
    return ask(Request(SERVICE, "/dois", parameters), read_works) or ()


def read_works(answer: bytes) -> tuple[Work, ...]:
    """The works in an answer, one or a list. Raises UnreadableError for what is no answer."""
    data = read_json(answer).get("data")
    if not isinstance(data, dict | list):
        raise UnreadableError("no data of DataCite")
    found = (mapping(mapping(each).get("attributes")) for each in items(data))
    return tuple(work for each in found if (work := _work(each)) is not None)


def _work(item: Mapping[str, Any]) -> Work | None:
    own = known("doi", item.get("doi"))
    titles = [mapping(each) for each in items(item.get("titles"))]
    title = next((plain(each.get("title")) for each in titles if not each.get("titleType")), "")
    if own is None or not title:
        return None
    types = mapping(item.get("types"))
    general = text(types.get("resourceTypeGeneral")).lower().replace(" ", "")
    type_ = _TYPES.get(general) or _BY_BIBTEX.get(text(types.get("bibtex")), "misc")
    if own.scheme == "arxiv":
        type_ = "online"
    found = {
        field: people
        for field, people in (
            ("author", names(map(_name, items(item.get("creators"))))),
            ("editor", names(map(_name, (each for each in items(item.get("contributors")) if _is_editor(each))))),
        )
        if people
    }
    relations = tuple(_related(item, own))
    return Work(Record(type_, _texts(item, type_, title, own), found), relations, identifiers([own]))


def _texts(item: Mapping[str, Any], type_: str, title: str, own: Identifier) -> dict[str, str]:
    container = mapping(item.get("container"))
    held = plain(container.get("title")) if text(container.get("type")) != "DataRepository" else ""
    publisher = plain(mapping(item.get("publisher")).get("name")) or plain(item.get("publisher"))
    subtitles = (mapping(each) for each in items(item.get("titles")))
    descriptions = (mapping(each) for each in items(item.get("descriptions")))
    subjects = [text(mapping(each).get("subject")) for each in items(item.get("subjects"))]
    isbn = known("isbn", container.get("identifier")) if text(container.get("identifierType")) == "ISBN" else None
    number = issn(container.get("identifier")) if text(container.get("identifierType")) == "ISSN" else ""
    return texts(
        title=title,
        subtitle=next((plain(each.get("title")) for each in subtitles if each.get("titleType") == "Subtitle"), ""),
        date=_date(item),
        journaltitle=held if type_ == "article" else "",
        booktitle=held if type_ in ("incollection", "inproceedings") else "",
        volume=text(container.get("volume")),
        number=text(container.get("issue")),
        pages=page_range(container.get("firstPage"), container.get("lastPage")),
        version=text(item.get("version")) if type_ in ("software", "dataset") else "",
        publisher=publisher if type_ in ("software", "dataset", "book", "incollection", "proceedings") else "",
        organization=publisher if type_ in ("online", "standard", "misc") and own.scheme == "doi" else "",
        institution=publisher if type_ in ("thesis", "report") else "",
        type={"thesis": "phdthesis", "report": "techreport"}.get(type_, ""),
        isbn=isbn.value if isbn is not None else "",
        issn=number,
        eprintclass=_arxiv_class(subjects) if own.scheme == "arxiv" else "",
        **own_identifier(own),
        abstract=next(
            (plain(each.get("description")) for each in descriptions if each.get("descriptionType") == "Abstract"), ""
        ),
    )


def _arxiv_class(subjects: list[str]) -> str:
    """The class in arXiv's subjects: "Computation and Language (cs.CL)"."""
    return next((each.rpartition("(")[2].rstrip(")") for each in subjects if each.endswith(")") and "(" in each), "")


def _date(item: Mapping[str, Any]) -> str:
    dates = [mapping(each) for each in items(item.get("dates"))]
    year = text(item.get("publicationYear"))
    for kind in _DATES:
        for each in dates:
            if (
                each.get("dateType") == kind
                and (found := date(each.get("date")))
                and (kind == "Submitted" or found.startswith(year))
            ):
                return found
    return date(year)


def _name(creator: Any) -> Name | None:
    who = mapping(creator)
    if text(who.get("nameType")) == "Organizational":
        return body(who.get("name"))
    if who.get("familyName"):
        return person(who.get("familyName"), who.get("givenName"))
    return full_name(who.get("name"))


def _is_editor(contributor: Any) -> bool:
    return text(mapping(contributor).get("contributorType")) == "Editor"


def _related(item: Mapping[str, Any], own: Identifier) -> Iterator[Relation]:
    """Where a preprint was published. Versions of a data set or a program within their archive are no publications."""
    general = text(mapping(item.get("types")).get("resourceTypeGeneral"))
    if own.scheme != "arxiv" and general.lower() != "preprint":
        return
    for each in map(mapping, items(item.get("relatedIdentifiers"))):
        kind = _RELATIONS.get(text(each.get("relationType")))
        if kind is None or text(each.get("relatedIdentifierType")) != "DOI":
            continue
        identifier = known("doi", each.get("relatedIdentifier"))
        if identifier is not None and identifier != own:
            yield Relation(kind, identifier)
