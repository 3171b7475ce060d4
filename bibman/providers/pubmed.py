"""PubMed, asked by the E-utilities: XML (E-utilities In-Depth; the DTD of PubMed, 2025)."""

import re
from collections.abc import Iterator, Sequence
from typing import Final
from xml.etree.ElementTree import Element

from bibman.model.identifiers import Identifier
from bibman.model.names import Name
from bibman.model.record import Record
from bibman.providers.reading import (
    body,
    date,
    identifiers,
    issn,
    items,
    known,
    mapping,
    names,
    person,
    read_json,
    read_xml,
    text,
    texts,
    words,
    xml_text,
)
from bibman.providers.service import Ask, Kind, Relation, RelationKind, Request, Service, UnreadableError, Work

# Three requests a second; more only with a key.
SERVICE = Service("PubMed", "eutils.ncbi.nlm.nih.gov", 0.4, mail="email", key="api_key")

_EUTILS: Final = "/entrez/eutils"
_TOOL: Final = ("tool", "bibman")
_NOTICES: Final = {
    "RetractionIn": RelationKind.RETRACTED,
    "PartialRetractionIn": RelationKind.RETRACTED,
    "ExpressionOfConcernIn": RelationKind.CONCERN,
    "ErratumIn": RelationKind.CORRECTED,
    "CorrectedandRepublishedIn": RelationKind.CORRECTED,
    "RetractionOf": RelationKind.NOTICE_OF,
    "ErratumFor": RelationKind.NOTICE_OF,
    "ExpressionOfConcernFor": RelationKind.NOTICE_OF,
    "UpdateIn": RelationKind.PUBLISHED,
    "UpdateOf": RelationKind.PREPRINT,
}
_SMALL_WORDS: Final = frozenset(
    "a an and at by da das de del della der des di die du e ed el en et for für from in la le les of on or the to"
    " und y zur".split()
)
_MONTHS: Final = "jan feb mar apr may jun jul aug sep oct nov dec".split()


def lookup(ask: Ask, identifiers: Sequence[Identifier]) -> tuple[Work, ...]:
    """The articles that have PMIDs."""
    return _fetched(ask, ",".join(each.value for each in identifiers))


def search(ask: Ask, kind: Kind, text: str) -> tuple[Work, ...]:  # noqa: ARG001 - only titles are searched
    """The articles with all of these words in their titles."""
    query = words(text, 30)
    if not query:
        return ()
    term = " AND ".join(f"{word}[ti]" for word in query.split() if word.lower() not in _STOP)
    parameters = (("db", "pubmed"), ("term", term), ("retmode", "json"), ("retmax", "3"), _TOOL)
    numbers = ask(Request(SERVICE, f"{_EUTILS}/esearch.fcgi", parameters), read_numbers) or ()
    return _fetched(ask, ",".join(numbers)) if numbers else ()


# Words that PubMed does not index (PubMed Help, "Stopwords").
_STOP: Final = frozenset(
    "a about again all almost also although always among an and another any are as at be because been before being"
    " between both but by can could did do does done due during each either enough especially etc for found from"
    " further had has have having here how however i if in into is it its itself just kg km made mainly make may mg"
    " might ml mm most mostly must nearly neither no nor obtained of often on our overall perhaps quite rather really"
    " regarding seem seen several should show showed shown shows significantly since so some such than that the their"
    " theirs them then there therefore these they this those through thus to upon use used using various very was we"
    " were what when which while with within without would".split()
)


def read_numbers(answer: bytes) -> tuple[str, ...]:
    """The PMIDs that a search found. Raises UnreadableError for what is no answer."""
    result = mapping(read_json(answer).get("esearchresult"))
    if "idlist" not in result:
        raise UnreadableError("no result of PubMed")
    return tuple(number for each in items(result["idlist"]) if (number := text(each)).isdecimal() and len(number) < 10)


def read_works(answer: bytes) -> tuple[Work, ...]:
    """The articles in a set. Raises UnreadableError for what is none."""
    found = read_xml(answer)
    if found.tag != "PubmedArticleSet":
        raise UnreadableError("no set of articles")
    return tuple(work for each in found.iter("PubmedArticle") if (work := _work(each)) is not None)


def _fetched(ask: Ask, numbers: str) -> tuple[Work, ...]:
    parameters = (("db", "pubmed"), ("id", numbers), ("retmode", "xml"), _TOOL)
    return ask(Request(SERVICE, f"{_EUTILS}/efetch.fcgi", parameters, "application/xml"), read_works) or ()


def _work(element: Element) -> Work | None:
    article = element.find("MedlineCitation/Article")
    if article is None:
        return None
    title = _title(article)
    pmid = known("pmid", _text(element, "MedlineCitation/PMID"))
    if pmid is None or not title:
        return None
    journal = article.find("Journal")
    journal = Element("Journal") if journal is None else journal
    ids = {each.get("IdType", ""): xml_text(each) for each in element.findall("PubmedData/ArticleIdList/ArticleId")}
    doi, pmcid = known("doi", ids.get("doi") or _location(article, "doi")), known("pmcid", ids.get("pmc"))
    number = issn(_text(journal, "ISSN"))
    fields = texts(
        title=title,
        date=_date(journal.find("JournalIssue/PubDate")) or _date(article.find("ArticleDate")),
        journaltitle=_journal(_text(journal, "Title")) or _text(journal, "ISOAbbreviation"),
        volume=_text(journal, "JournalIssue/Volume"),
        number=_text(journal, "JournalIssue/Issue"),
        pages=_pages(_text(article, "Pagination/MedlinePgn")),
        eid=_location(article, "pii") if not _text(article, "Pagination/MedlinePgn") else "",
        issn=number,
        doi=doi.value if doi is not None else "",
        pmid=pmid.value,
        pmcid=pmcid.value if pmcid is not None else "",
        abstract=" ".join(filter(None, map(_labelled, article.findall("Abstract/AbstractText")))),
    )
    authors = names(map(_name, article.findall("AuthorList/Author")))
    record = Record("article", fields, {"author": authors} if authors else {})
    return Work(record, tuple(_notices(element)), identifiers([pmid, doi, pmcid]))


def _title(article: Element) -> str:
    """The title; PubMed puts a full stop after it, and brackets round one that it translated."""
    title = _text(article, "ArticleTitle").removesuffix(".")
    if title.startswith("[") and title.endswith("]"):
        title = _text(article, "VernacularTitle").removesuffix(".") or title[1:-1].removesuffix(".")
    return title


def _name(author: Element) -> Name | None:
    if collective := _text(author, "CollectiveName"):
        return body(collective)
    # It writes initials without full stops (Citing Medicine, 1), alone in one word, after names apart: Jennifer A.
    given = _text(author, "ForeName") or re.sub(r"(?<=\w)(?=\w)", " ", _text(author, "Initials"))
    given = re.sub(r"\b\w(?=[ -]|$)", lambda initial: initial[0] + "." * initial[0].isupper(), given)
    return person(_text(author, "LastName"), given, _text(author, "Suffix"))


def _journal(title: str) -> str:
    """The name of a journal as it is cited, from that in the catalogue of the National Library of Medicine.

    That has words which tell journals of one name apart, "Science (New York, N.Y.)", or which explain the name, "PloS
    medicine : an official journal"; and all but its first word is in small letters.
    """
    name = re.sub(r" \((?:[^()]*,[^()]*|[^()]* ed\.)\)$", "", title.split(" : ")[0])
    first, *others = name.split(" ")
    if not all(map(str.islower, others)):
        return name
    return " ".join([first, *(each if each in _SMALL_WORDS else each[:1].upper() + each[1:] for each in others)])


def _labelled(part: Element) -> str:
    label, said = text(part.get("Label", "")), xml_text(part)
    return f"{label}: {said}" if label and label != "UNLABELLED" and said else said


def _location(article: Element, kind: str) -> str:
    return next((xml_text(each) for each in article.findall("ELocationID") if each.get("EIdType") == kind), "")


def _date(element: Element | None) -> str:
    if element is None:
        return ""
    year, month, day = (_text(element, part) for part in ("Year", "Month", "Day"))
    if not year:
        return date(_text(element, "MedlineDate"))
    number = str(_MONTHS.index(month[:3].lower()) + 1) if month[:3].lower() in _MONTHS else month
    if not (number.isascii() and number.isdigit()):
        return date(f"{_text(element, 'Season')} {year}".strip())
    whole = f"{year}-{number.zfill(2)}" + (f"-{day.zfill(2)}" if day else "")
    return date(whole)


def _pages(pages: str) -> str:
    """Whole numbers of pages, which PubMed shortens: 1181-3 is 1181-1183."""
    match = re.fullmatch(r"([A-Za-z]*)(\d{1,9})-([A-Za-z]*)(\d{1,9})", pages)
    if match is None or match[3] not in ("", match[1]) or len(match[4]) >= len(match[2]):
        return pages
    return f"{match[1]}{match[2]}-{match[1]}{match[2][: -len(match[4])]}{match[4]}"


def _notices(element: Element) -> Iterator[Relation]:
    for each in element.findall("MedlineCitation/CommentsCorrectionsList/CommentsCorrections"):
        kind = _NOTICES.get(each.get("RefType", ""))
        if kind is not None:
            yield Relation(kind, known("pmid", _text(each, "PMID")), _text(each, "RefSource"))


def _text(element: Element, path: str) -> str:
    return xml_text(element.find(path))
