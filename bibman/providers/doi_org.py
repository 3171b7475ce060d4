"""doi.org, which answers for every agency of DOIs: CSL-JSON, by content negotiation (DOI Handbook, 4; CSL 1.0.2)."""

from collections.abc import Sequence
from typing import Final

from bibman.formats.csl_json import TYPES
from bibman.model.identifiers import Identifier
from bibman.model.names import Name
from bibman.model.record import Record
from bibman.providers.reading import (
    body,
    date,
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
)
from bibman.providers.service import Ask, Kind, Relation, RelationKind, Request, Service, UnreadableError, Work

SERVICE = Service("doi.org", "doi.org", 0.5)
_CSL: Final = "application/vnd.citationstyles.csl+json"

_IN_BOOKS: Final = frozenset({"incollection", "inreference", "inproceedings"})
_WITH_PLACE: Final = frozenset({"book", "collection", "report", "thesis"})


def lookup(ask: Ask, identifiers: Sequence[Identifier]) -> tuple[Work, ...]:
    """The work that has a DOI of any agency."""
    (identifier,) = identifiers
    return ask(Request(SERVICE, f"/{identifier.value}", accept=_CSL), read_works) or ()


def search(ask: Ask, kind: Kind, text: str) -> tuple[Work, ...]:  # noqa: ARG001 - it searches nothing
    """Nothing: doi.org knows identifiers alone."""
    return ()


def read_works(answer: bytes) -> tuple[Work, ...]:
    """The work that CSL-JSON describes. Raises UnreadableError for what is none."""
    item = read_json(answer)
    # Libraries put a blank before the colon of a subtitle (ISBD, 0.3.2).
    own, title = known("doi", item.get("DOI")), plain(item.get("title")).replace(" : ", ": ")
    if own is None or not title:
        raise UnreadableError("no CSL-JSON")
    type_ = "online" if own.scheme == "arxiv" else TYPES.get(text(item.get("type")), "misc")
    in_book = type_ in _IN_BOOKS
    container = plain(item.get("container-title"))
    publisher = plain(item.get("publisher"))
    number, isbn = issn(item.get("ISSN")), known("isbn", item.get("ISBN"))
    fields = texts(
        title=title,
        date=_date(item.get("published-print")) or _date(item.get("issued")),
        journaltitle=container if type_ in ("article", "review") else "",
        booktitle=container if in_book else "",
        series=plain(item.get("collection-title")),
        eventtitle=plain(item.get("event-title")) or plain(item.get("event")) if in_book else "",
        volume=text(item.get("volume")),
        number=text(item.get("issue")) or text(item.get("number")),
        pages=text(item.get("page")),
        eid=text(item.get("article-number")),
        edition=text(item.get("edition")),
        version=text(item.get("version")) if type_ in ("software", "dataset") else "",
        publisher=publisher if in_book or type_ in ("book", "collection", "software", "dataset") else "",
        location=plain(item.get("publisher-place")) if in_book or type_ in _WITH_PLACE else "",
        institution=publisher if type_ in ("thesis", "report") else "",
        type={"thesis": plain(item.get("genre")) or "phdthesis", "report": "techreport"}.get(type_, ""),
        organization=publisher if type_ in ("online", "standard", "misc") and own.scheme == "doi" else "",
        isbn=isbn.value if isbn is not None else "",
        issn=number if type_ == "article" else "",
        **own_identifier(own),
        abstract=plain(item.get("abstract")),
    )
    found = {field: people for field in ("author", "editor", "translator") if (people := _names(item.get(field)))}
    relations = (Relation(RelationKind.RETRACTED, text=title),) if is_retracted_title(title) else ()
    return (Work(Record(type_, fields, found), relations, identifiers([own])),)


def _date(value: object) -> str:
    parts = mapping(value)
    return date_of_parts(parts) or date(parts.get("raw")) or date(parts.get("literal"))


def _names(value: object) -> tuple[Name, ...]:
    found = []
    for each in map(mapping, items(value)):
        if each.get("literal"):
            found.append(body(each["literal"]))
        elif each.get("family"):
            prefix = text(each.get("non-dropping-particle")) or text(each.get("dropping-particle"))
            found.append(person(f"{prefix} {text(each['family'])}".strip(), each.get("given"), each.get("suffix")))
        else:
            found.append(full_name(each.get("given")))
    return names(found)
