"""arXiv, asked by its API: Atom (arXiv API User's Manual, 3 and 5)."""

import re
from collections.abc import Sequence
from xml.etree.ElementTree import Element

from bibman.model.arxiv import normalise_arxiv
from bibman.model.fold import fragment
from bibman.model.identifiers import Identifier
from bibman.model.latex import decode
from bibman.model.record import Record
from bibman.providers.reading import date, full_name, identifiers, known, names, read_xml, text, texts, words, xml_text
from bibman.providers.service import Ask, Kind, Relation, RelationKind, Request, Service, UnreadableError, Work

# "No more than one request every three seconds, and a single connection at a time" (Terms of Use for arXiv APIs).
SERVICE = Service("arXiv", "export.arxiv.org", 3.0)
_ATOM = "application/atom+xml"


def lookup(ask: Ask, identifiers: Sequence[Identifier]) -> tuple[Work, ...]:
    """The preprints that have arXiv ids."""
    numbers = ",".join(each.value for each in identifiers)
    parameters = (("id_list", numbers), ("max_results", str(len(identifiers))))
    request = Request(SERVICE, "/api/query", parameters, _ATOM)
    return ask(request, read_works) or ()


def search(ask: Ask, kind: Kind, text: str) -> tuple[Work, ...]:
    """The preprints whose title has these words, or whose abstract has a phrase of the text."""
    phrase = _phrase(text) if kind == "abstract" else words(text, 20)
    if not phrase:
        return ()
    query = f'{"abs" if kind == "abstract" else "ti"}:"{phrase}"'
    request = Request(SERVICE, "/api/query", (("search_query", query), ("max_results", "5")), _ATOM)
    return ask(request, read_works) or ()


def read_works(answer: bytes) -> tuple[Work, ...]:
    """The preprints in a feed. Raises UnreadableError for what is no feed, and for the entry that tells an error."""
    feed = read_xml(answer)
    if feed.tag != "feed":
        raise UnreadableError("no feed")
    return tuple(work for entry in feed.iter("entry") if (work := _work(entry)) is not None)


def _work(entry: Element) -> Work | None:
    address, title = _text(entry, "id"), decode(_text(entry, "title"))
    if title == "Error" or "/api/errors" in address:
        raise UnreadableError(f"an error: {_text(entry, 'summary')[:200]}")
    number = normalise_arxiv(address)
    if number is None or not title:
        return None
    primary = entry.find("primary_category")
    category = text(primary.get("term", "")) if primary is not None else ""
    doi = known("doi", _text(entry, "doi"))
    journal, comment = decode(_text(entry, "journal_ref")), decode(_text(entry, "comment"))
    relations = []
    if doi is not None or journal:
        relations.append(Relation(RelationKind.PUBLISHED, doi, journal))
    if re.search(r"(?i)\bwithdrawn\b", comment):
        relations.append(Relation(RelationKind.RETRACTED, text=comment))
    fields = texts(
        title=title,
        date=date(_text(entry, "published")),
        eprint=number,
        eprinttype="arxiv",
        eprintclass=category,
        doi=doi.value if doi is not None and doi.scheme == "doi" else "",
        abstract=decode(_text(entry, "summary")),
    )
    authors = names(full_name(decode(_text(each, "name"))) for each in entry.iter("author"))
    return Work(
        Record("online", fields, {"author": authors} if authors else {}),
        tuple(relations),
        identifiers([Identifier("arxiv", number), doi]),
    )


def _text(element: Element, name: str) -> str:
    return xml_text(element.find(name))


def _phrase(abstract: str) -> str:
    """Some words in a row that arXiv finds as it has them: the first nine or ten that no LaTeX stands between."""
    opening = fragment(abstract)[0]
    runs = re.findall(r"(?:[A-Za-z]+(?:[ ,;:-]+|$)){4,10}", opening[:2000])
    longest = next((run for run in runs if len(run.split()) >= 8), max(runs, key=len, default=""))
    return words(longest, 10)
