"""Open Library, asked by its Books and Search APIs: JSON."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from bibman.model.identifiers import Identifier
from bibman.model.record import Record
from bibman.providers.reading import (
    date,
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

SERVICE = Service("Open Library", "openlibrary.org", 1.0)


def lookup(ask: Ask, identifiers: Sequence[Identifier]) -> tuple[Work, ...]:
    """The book that has an ISBN."""
    (identifier,) = identifiers
    # /isbn/….json has no names, only where each author is described: this has all in one answer.
    parameters = (("bibkeys", f"ISBN:{identifier.value}"), ("jscmd", "data"), ("format", "json"))
    return ask(Request(SERVICE, "/api/books", parameters), read_books) or ()


def search(ask: Ask, kind: Kind, text: str) -> tuple[Work, ...]:  # noqa: ARG001 - only titles are searched
    """The books with these words in the title."""
    query = words(text)
    if not query:
        return ()
    parts = ("title", "subtitle", "publisher", "publish_date", "isbn")
    editions = ",".join(["editions", *(f"editions.{part}" for part in parts)])
    wanted = f"title,subtitle,author_name,first_publish_year,isbn,{editions}"
    parameters = (("title", query), ("limit", "5"), ("fields", wanted))
    return ask(Request(SERVICE, "/search.json", parameters), read_found) or ()


def read_books(answer: bytes) -> tuple[Work, ...]:
    """The books that were asked for by ISBN. Raises UnreadableError for what is no answer."""
    found = read_json(answer)
    if any(not name.startswith("ISBN:") for name in found):
        raise UnreadableError("no books of Open Library")
    return tuple(work for name, each in found.items() if (work := _book(name, mapping(each))) is not None)


def read_found(answer: bytes) -> tuple[Work, ...]:
    """The works that a search found. Raises UnreadableError for what is no answer."""
    docs = read_json(answer).get("docs")
    if not isinstance(docs, list):
        raise UnreadableError("no books of Open Library")
    return tuple(work for each in docs if (work := _found(mapping(each))) is not None)


def _book(name: str, item: Mapping[str, Any]) -> Work | None:
    title, asked = plain(item.get("title")), known("isbn", name.removeprefix("ISBN:"))
    if not title or asked is None:
        return None
    numbers = mapping(item.get("identifiers"))
    isbns = [known("isbn", each) for kind in ("isbn_13", "isbn_10") for each in items(numbers.get(kind))]
    # Of a book that names other numbers, but not this one, nobody knows whether it is the one.
    isbn = asked if asked in isbns or not isbns else isbns[0]
    if isbn is None:
        return None
    fields = texts(
        title=title,
        subtitle=plain(item.get("subtitle")),
        date=date(item.get("publish_date")),
        publisher=_names(item.get("publishers")),
        # The full stop at the end of "N.J." got lost on the way into many records.
        location=re.sub(r"(?<=\b[A-Z]\.[A-Z])$", ".", _names(item.get("publish_places"))),
        pagetotal=text(item.get("number_of_pages")),
        isbn=isbn.value,
    )
    people = names(full_name(mapping(each).get("name")) for each in items(item.get("authors")))
    return Work(Record("book", fields, {"author": people} if people else {}), (), identifiers([isbn, *isbns]))


def _found(item: Mapping[str, Any]) -> Work | None:
    """A work, of which there may be many editions, as the one that the search took for the best (Search API).

    Publishers and numbers of all editions together would be those of none.
    """
    edition = mapping(next(iter(items(mapping(item.get("editions")).get("docs"))), None))
    title = plain(edition.get("title")) or plain(item.get("title"))
    if not title:
        return None
    isbn = known("isbn", edition.get("isbn"))
    fields = texts(
        title=title,
        subtitle=plain(edition.get("subtitle")) if edition.get("title") else plain(item.get("subtitle")),
        date=date(edition.get("publish_date")) or date(item.get("first_publish_year")),
        publisher=plain(edition.get("publisher")),
        isbn=isbn.value if isbn is not None else "",
    )
    people = names(map(full_name, items(item.get("author_name"))))
    isbns = identifiers(known("isbn", each) for each in items(item.get("isbn"))[:100])
    return Work(Record("book", fields, {"author": people} if people else {}), (), isbns)


def _names(value: Any) -> str:
    return " and ".join(filter(None, (plain(mapping(each).get("name")) for each in items(value)[:1])))
