"""DBLP, asked by its search API: JSON (its "How to use the dblp search API")."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from bibman.model.identifiers import Identifier
from bibman.model.names import Name
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
from bibman.providers.service import Ask, Kind, Request, Service, UnreadableError, Work

SERVICE = Service("DBLP", "dblp.org", 2.0)

_TYPES: Final = {
    "Journal Articles": "article",
    "Conference and Workshop Papers": "inproceedings",
    "Books and Theses": "book",
    "Parts in Books or Collections": "incollection",
    "Editorship": "proceedings",
    "Reference Works": "inreference",
    "Informal and Other Publications": "online",
    "Informal Publications": "online",
    "Data and Artifacts": "dataset",
}


def lookup(ask: Ask, identifiers: Sequence[Identifier]) -> tuple[Work, ...]:  # noqa: ARG001 - it looks up nothing
    """Nothing: DBLP knows no identifiers but its own."""
    return ()


def search(ask: Ask, kind: Kind, text: str) -> tuple[Work, ...]:  # noqa: ARG001 - only titles are searched
    """The works with all of these words in title and names."""
    query = words(text)
    if not query:
        return ()
    request = Request(SERVICE, "/search/publ/api", (("q", query), ("format", "json"), ("h", "5")))
    return ask(request, read_works) or ()


def read_works(answer: bytes) -> tuple[Work, ...]:
    """The works in an answer. Raises UnreadableError for what is no answer."""
    result = read_json(answer).get("result")
    if not isinstance(result, dict) or not isinstance(result.get("hits"), dict):
        raise UnreadableError("no result of DBLP")
    found = (mapping(mapping(each).get("info")) for each in items(result["hits"].get("hit")))
    return tuple(work for each in found if (work := _work(each)) is not None)


def _work(info: Mapping[str, Any]) -> Work | None:
    title = plain(info.get("title")).removesuffix(".")
    if not title:
        return None
    doi = known("doi", info.get("doi"))
    volume, venue = text(info.get("volume")), plain(info.get("venue"))
    arxiv = known("arxiv", volume.removeprefix("abs/")) if venue == "CoRR" else None
    if doi is not None and doi.scheme == "arxiv":
        doi, arxiv = None, doi
    type_ = _TYPES.get(text(info.get("type")), "misc")
    if arxiv is not None:
        type_, venue, volume = "online", "", ""
    elif type_ == "online" and venue:
        type_ = "misc"
    fields = texts(
        title=title,
        date=date(info.get("year")),
        journaltitle=venue if type_ == "article" else "",
        booktitle=venue if type_ in ("inproceedings", "incollection", "inreference") else "",
        series=venue if type_ in ("book", "proceedings") else "",
        volume=volume,
        number=text(info.get("number")),
        pages="" if type_ == "online" else _pages(text(info.get("pages"))),
        publisher=plain(info.get("publisher")),
        doi=doi.value if doi is not None else "",
        # Proceedings that have no DOIs are found at the address of their publisher.
        url=_address(info.get("ee")) if doi is None and arxiv is None else "",
        **eprint(arxiv),
    )
    field = "editor" if type_ == "proceedings" else "author"
    people = names(map(_name, items(mapping(info.get("authors")).get("author"))))
    record = Record(type_, fields, {field: people} if people else {})
    return Work(record, (), identifiers([doi, arxiv]))


def _name(author: Any) -> Name | None:
    """The author; DBLP numbers people of the same name: "Wei Wang 0001"."""
    name = text(mapping(author).get("text")) or text(author)
    return full_name(re.sub(r" \d{4}$", "", name))


def _address(value: Any) -> str:
    return next((found for each in items(value) if (found := text(each)).startswith("https://")), "")


def _pages(pages: str) -> str:
    """Pages without the number of the article before them: "12:1-12:30" stays, "331-" is 331."""
    return pages.removesuffix("-")
