"""Identifiers of works: DOI, arXiv id, ISBN, PMID and PMCID, and the ISSN of a journal, each in one normal form.

Sources: the DOI Handbook, 2.2 (syntax) and 2.4 (case); arXiv's "Understanding the arXiv identifier"; ISO 2108 (ISBN);
ISO 3297 (ISSN).
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import TYPE_CHECKING, Final, NamedTuple

from bibman.model.arxiv import arxiv_doi, arxiv_ids_in, arxiv_url, normalise_arxiv, split_arxiv
from bibman.model.doi import dois_in, normalise_doi, usual_doi
from bibman.model.identifier_text import plain

if TYPE_CHECKING:
    from bibman.model.record import Record

__all__ = [
    "Identifier",
    "arxiv_doi",
    "arxiv_url",
    "bare_identifiers",
    "entry_identifiers",
    "find_identifiers",
    "identifier_of",
    "normalise_arxiv",
    "normalise_doi",
    "normalise_isbn",
    "normalise_issn",
    "normalise_pmcid",
    "normalise_pmid",
    "record_identifiers",
    "split_arxiv",
]


class Identifier(NamedTuple):
    """An identifier in its normal form, fit for comparing.

    `scheme` is `doi` (value in lower case), `arxiv` (without version and subject class), `isbn` (13 digits), `pmid`,
    `pmcid` (`PMC…`) or, for a journal, `issn` (`1234-567X`).
    """

    scheme: str
    value: str


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_Found = tuple[int, int, Identifier]
"""Where an identifier, with what leads to it, begins and ends in a text, and what it is."""


def find_identifiers(text: str) -> list[Identifier]:
    """Every identifier in a free text or a piece of LaTeX, in order, each once.

    A number is an identifier only where its form or a label (`PMID: 12345678`, `arXiv:0704.0001`) makes it one:
    without a label there are found DOIs with a registrant of four digits, arXiv ids since 2015 (older ones alone on
    their line, or with their archive), ISBNs of 13 digits and PMCIDs.
    """
    return list(dict.fromkeys(identifier for _, _, identifier in _found(plain(text))))


def bare_identifiers(text: str) -> list[Identifier]:
    """The identifiers in a text that says nothing else, in order, each once; none where it has other words.

    An address is one where it leads to the work, whatever else stands in it.
    """
    text = plain(text)
    found = _found(text)
    is_address = not re.search(r"\s", text.strip()) and "/" in text
    if not (is_address or _BESIDE_BARE.issuperset(_words_beside(text, found))):
        return []
    return list(dict.fromkeys(identifier for _, _, identifier in found))


def identifier_of(scheme: str, text: str) -> Identifier | None:
    """The identifier of a scheme that `text` is, in its normal form, or None; a DOI of arXiv's is an arXiv id."""
    normalise = {
        "arxiv": normalise_arxiv,
        "isbn": normalise_isbn,
        "pmid": normalise_pmid,
        "pmcid": normalise_pmcid,
    }
    if scheme == "doi":
        doi = normalise_doi(text)
        return None if doi is None else _of_doi(doi)
    value = normalise[scheme](text)
    return None if value is None else Identifier(scheme, value)


def entry_identifiers(fields: Mapping[str, str], entry_type: str = "misc") -> tuple[Identifier, ...]:
    """The identifiers of the work that `fields` (lower-case names, BibTeX text or plain) describe, each once.

    An ISSN is the journal's, and the ISBN of a part is the book's: neither says which work it is. Addresses in `url`
    count; notes and journal names only where they hold nothing but the identifier ("arXiv preprint arXiv:…").
    """
    found: list[Identifier] = []
    doi = fields.get("doi", "")
    usual = usual_doi(doi)
    if usual is not None:
        found.append(_of_doi(usual))
    elif doi:
        found += _of_odd_doi(doi)
    if not fields.keys().isdisjoint(_NUMBER_FIELDS):
        found += _of_number_fields(fields)
    is_part = entry_type.lower() in _PARTS
    if not is_part and (isbn := fields.get("isbn")):
        found += [Identifier("isbn", value) for _, _, value in _isbns(plain(isbn), labelled=True)]
    # Many programs write the DOI's address beside it.
    if (url := fields.get("url")) and (usual is None or url != f"https://doi.org/{usual}"):
        found += _of_url(url, is_part=is_part)
    for name in ("howpublished", "note", "journal", "journaltitle", "volume", "number", "eid"):
        if len(text := fields.get(name, "")) >= _SHORTEST:
            found += _alone(text)
    return tuple(dict.fromkeys(found))


def record_identifiers(record: "Record") -> tuple[Identifier, ...]:
    """The identifiers of the work that a catalogue's or provider's `record` describes."""
    return entry_identifiers(record.texts, record.type)


def _of_odd_doi(doi: str) -> list[Identifier]:
    if (value := normalise_doi(doi)) is not None:
        return [_of_doi(value)]
    return [Identifier("arxiv", value)] if (value := normalise_arxiv(doi)) is not None else []


_NUMBER_FIELDS: Final = _words("eprint arxiv arxivid pmid pmcid")


def _of_number_fields(fields: Mapping[str, str]) -> Iterator[Identifier]:
    eprint = fields.get("eprint", "")
    scheme = (fields.get("eprinttype") or fields.get("archiveprefix") or "arxiv").strip("{} ").lower()
    for name, normalise, texts in (
        ("arxiv", normalise_arxiv, (eprint if scheme == "arxiv" else "", fields.get("arxiv"), fields.get("arxivid"))),
        ("pmid", normalise_pmid, (eprint if scheme in ("pubmed", "pmid") else "", fields.get("pmid"))),
        ("pmcid", normalise_pmcid, (eprint if scheme in ("pmc", "pmcid") else "", fields.get("pmcid"))),
    ):
        for text in filter(None, texts):
            if (value := normalise(text)) is not None:
                yield Identifier(name, value)


_PARTS: Final = _words(
    "article bookinbook conference inbook incollection inproceedings inreference review suppbook suppcollection"
    " suppperiodical"
)

_HARMLESS: Final = _words(
    "abs arxiv as at available corr doi e eprint from http https in online org preprint print url www"
)

_BESIDE_BARE: Final = _HARMLESS | _words("and isbn issn pdf pmcid pmid pubmed version")

_SHORTEST: Final = len("10.1000/1")


def _of_url(url: str, *, is_part: bool) -> list[Identifier]:
    """The identifiers in an address; that of a book or volume says nothing of its parts."""
    if (doi := usual_doi(url)) is not None:
        return [_of_doi(doi)]
    if is_part and re.search(r"/(?:book|proceedings|toc)/", url):
        return []
    return [identifier for _, _, identifier in _found(plain(url)) if identifier.scheme not in ("isbn", "issn")]


def _alone(text: str) -> list[Identifier]:
    """The one identifier that a `text` holds and says nothing else of: "see also …" may speak of another work.

    A number alone is none: it is a volume's, or a report's.
    """
    lower = text.lower()
    if not ("arxiv" in lower or "doi" in lower or "10." in text or "/" in text) or not _alone_hint().search(text):
        return []
    text = plain(text)
    found = [each for each in _found(text) if each[2].scheme in ("doi", "arxiv")]
    is_one = len({identifier for _, _, identifier in found}) == 1
    return [found[0][2]] if is_one and _HARMLESS.issuperset(_words_beside(text, found)) else []


def _words_beside(text: str, found: Iterable[_Found]) -> list[str]:
    """The words of a text in lower case that are no part of the identifiers that were found in it."""
    rest, place = "", 0
    for start, end, _ in found:
        rest += text[place:start] + " "
        place = max(place, end)
    return [word.lower() for word in re.findall(r"[^\W_]+", rest + text[place:])]


@cache
def _alone_hint() -> re.Pattern[str]:
    return re.compile(r"[aA][rR][xX][iI][vV]|abs/|[dD][oO][iI]|10\.[0-9]{4,9}/|/[0-9]{7}")


def _found(text: str) -> list[_Found]:
    """The identifiers in plain text, in order."""
    dois = [(start, end, _of_doi(doi)) for start, end, doi in dois_in(text)]
    # Digits within a DOI are no identifier of their own: an ISBN there is the book's.
    pieces, place = [], 0
    for start, end, _ in dois:
        pieces += [text[place:start], "|" * (end - max(start, place))]
        place = max(place, end)
    rest = "".join([*pieces, text[place:]]) if dois else text
    found = [
        *dois,
        *((start, end, Identifier("arxiv", value)) for start, end, value in arxiv_ids_in(rest)),
        *((start, end, Identifier("isbn", value)) for start, end, value in _isbns(rest)),
        *_labelled(rest),
    ]
    return sorted(found, key=lambda each: each[0])


def _of_doi(doi: str) -> Identifier:
    """The identifier for a DOI: arXiv's DOIs are arXiv ids."""
    doi = doi.lower()
    arxiv = normalise_arxiv(doi.removeprefix(_OF_ARXIV)) if doi.startswith(_OF_ARXIV) else None
    return Identifier("doi", doi) if arxiv is None else Identifier("arxiv", arxiv)


_OF_ARXIV: Final = "10.48550/arxiv."


# ISBN and ISSN


def normalise_isbn(text: str) -> str | None:
    """The first ISBN in `text` as 13 digits, or None; one with a wrong check digit is none."""
    return next((isbn for _, _, isbn in _isbns(plain(text), labelled=True)), None)


def normalise_issn(text: str) -> str | None:
    """The ISSN that `text` is, as `1234-567X`, or None; one with a wrong check digit is none."""
    match = re.fullmatch(r"(?i)(?:[ep]-?)?(?:issn\b)?[\s:]*(\d{4})-?(\d{3}[\dx])", plain(text).strip(" {}\t\r\n"))
    if match is None:
        return None
    digits = match[1] + match[2].upper()
    return f"{match[1]}-{digits[4:]}" if _weighted(digits) % 11 == 0 else None


def _isbns(text: str, *, labelled: bool = False) -> Iterator[tuple[int, int, str]]:
    """The ISBNs in plain text, as 13 digits. One of ten digits needs the label, unless all of them are `labelled`."""
    if not _digits().search(text):
        return
    for match in _isbn().finditer(text):
        digits = re.sub(r"[- ]", "", match[2]).upper()
        if len(digits) == 10:
            if (labelled or match[1]) and _weighted(digits) % 11 == 0:
                core = "978" + digits[:9]
                yield match.start(), match.end(), core + str(-_ean(core) % 10)
        elif _ean(digits) % 10 == 0:
            yield match.start(), match.end(), digits


def _weighted(digits: str) -> int:
    """The sum that eleven divides in a right ISBN-10 or ISSN: the last digit once, the one before twice …"""
    return sum(weight * (10 if digit == "X" else int(digit)) for weight, digit in enumerate(reversed(digits), 1))


def _ean(digits: str) -> int:
    """The sum that ten divides in a right ISBN-13: digits once and three times by turns."""
    return sum((3 if rank % 2 else 1) * int(digit) for rank, digit in enumerate(digits))


@cache
def _digits() -> re.Pattern[str]:
    return re.compile(r"[0-9][0-9 -]{8}")


@cache
def _isbn() -> re.Pattern[str]:
    label = r"isbn(?:-?1[03])?[\s:]{0,3}"
    nine = "(?:[0-9][- ]?){9}"
    return re.compile(rf"(?i)({label})?(?<![\w./-])(97[89][- ]?{nine}[0-9]|{nine}[0-9x])(?!\w)")


# PubMed, and what else a label tells


def normalise_pmid(text: str) -> str | None:
    """The PMID that `text` is: the number alone, with its label, or in an address of PubMed's; or None."""
    whole = plain(text).strip(" {}\t\r\n")
    if bare := re.fullmatch(r"0*([1-9]\d{0,7})", whole):
        return bare[1]
    match = _pubmed().fullmatch(whole.rstrip("/"))
    return (match[1] or match[2]) if match is not None else None


def normalise_pmcid(text: str) -> str | None:
    """The PMCID that `text` is, as `PMC1234567`, or None."""
    match = re.fullmatch(r"(?i)(?:pmcid:?\s?)?(?:\S{0,80}/)?(?:pmc)?0*([1-9]\d{0,8})/?", plain(text).strip(" {}\t\r\n"))
    return f"PMC{match[1]}" if match is not None else None


def _labelled(text: str) -> Iterator[_Found]:
    """What only a label makes an identifier: PMID, PMCID and ISSN."""
    lower = text.lower()
    if "pmid" in lower or "pubmed" in lower:
        for match in _pubmed().finditer(text):
            yield match.start(), match.end(), Identifier("pmid", match[1] or match[2])
    if "pmc" in lower:
        for match in re.finditer(r"\bPMC([1-9]\d{3,8})\b", text):
            yield match.start(), match.end(), Identifier("pmcid", f"PMC{match[1]}")
    if "issn" in lower:
        for match in re.finditer(r"(?i)\b(?:[ep]-?)?ISSN(?:-L)?[\s:]{0,3}(\d{4}-?\d{3}[\dx])\b", text):
            if (issn := normalise_issn(match[1])) is not None:
                yield match.start(), match.end(), Identifier("issn", issn)


@cache
def _pubmed() -> re.Pattern[str]:
    address = r"(?:https?://)?(?:www\.)?(?:pubmed\.ncbi\.nlm\.nih\.gov|ncbi\.nlm\.nih\.gov/pubmed)/"
    return re.compile(rf"(?i)\b(?:pmid|pubmed(?:\sid)?)[\s:#]{{1,3}}0*([1-9]\d{{0,7}})\b|{address}0*([1-9]\d{{0,7}})\b")
