"""DOIs, arXiv numbers, ISBNs, ISSNs, PMIDs and addresses."""

import re
from collections.abc import Iterator
from functools import cache
from typing import Final

from bibman.model.checks.finding import Finding, Fix, Subject
from bibman.model.checks.mending import both, instead, turned, with_more
from bibman.model.doi import usual_doi
from bibman.model.entry import Field
from bibman.model.identifiers import (
    Identifier,
    entry_identifiers,
    find_identifiers,
    normalise_arxiv,
    normalise_doi,
    normalise_isbn,
    normalise_issn,
    normalise_pmcid,
    normalise_pmid,
)
from bibman.model.vocabulary import Dialect

_ADDRESSES: Final = ("url", "doi", "eprint")
_ARXIV: Final = "arxiv"
_UNESCAPED: Final = str.maketrans("", "", "{}\\")


def identifiers(subject: Subject) -> Iterator[Finding]:
    """What is wrong with an entry's identifiers and addresses."""
    fields = subject.fields
    if "doi" in fields:
        yield from _doi(fields["doi"])
    if "isbn" in fields:
        yield from _isbn(fields["isbn"])
    if "issn" in fields:
        yield from _issn(fields["issn"])
    if "eprint" in fields:
        yield from _eprint(subject)
    for name, normalise in (("pmid", normalise_pmid), ("pmcid", normalise_pmcid)):
        if name in fields and subject.value(name) and normalise(fields[name].value) is None:
            yield Finding("bad-pmid", f"{name} is none: {subject.value(name)}", "correct it, or take it away", name)
    for name in _ADDRESSES:
        if name in fields:
            yield from _address(fields[name], subject.around.dialect)
    if "url" in fields:
        yield from _in_url(subject)
    if not fields.keys().isdisjoint(("howpublished", "note")):
        yield from _url_in_text(subject)
    if "eprint" not in fields:
        yield from _eprint_in_text(subject)


def _doi(field: Field) -> Iterator[Finding]:
    value = field.value.strip()
    if not value or usual_doi(value) == value:
        return
    doi = normalise_doi(value)
    if doi is None:
        if normalise_arxiv(value) is None:
            yield Finding("bad-doi", f"doi is none: {value}", "a DOI begins with 10. and has a slash", "doi")
        return
    rest = _doi_lead().sub("", value)
    if rest != value:
        # With escapes of an address in it (%2F) the value is for a person to look at.
        fix = turned(field, rest) if "%" not in rest and normalise_doi(rest) == doi else None
        yield Finding("bad-doi", f"doi has an address or label before it: {value}", f"write {doi}", "doi", fix)


@cache
def _doi_lead() -> re.Pattern[str]:
    return re.compile(r"(?i)\A(?:(?:https?://)?(?:www\.|dx\.)?doi\.org/+|doi\s*:\s*)+")


def _isbn(field: Field) -> Iterator[Finding]:
    value = field.value.strip()
    if not value:
        return
    numbers = _isbn_like().findall(value)
    wrong = [number for number in numbers if normalise_isbn(number) is None]
    if wrong:
        digits = sum(map(str.isdigit, wrong[0])) + ("x" in wrong[0].lower())
        what = "a wrong check digit" if digits in (10, 13) else f"{digits} digits, not 10 or 13"
        yield Finding("bad-isbn", f"isbn has {what}: {wrong[0].strip()}", "look it up in the book", "isbn")
    elif not numbers and re.search(r"\d", value):
        is_issn = normalise_issn(value) is not None
        yield Finding(
            "bad-isbn", f"isbn is {'an ISSN' if is_issn else 'none'}: {value}",
            "name the field issn" if is_issn else "look it up in the book", "isbn",
        )  # fmt: skip


@cache
def _isbn_like() -> re.Pattern[str]:
    """Numbers of nine digits and more, parted by single hyphens and blanks; an ISSN has eight."""
    return re.compile(
        r"(?<![\w.])(?:97[89][-\s‐–]?(?:\d[-\s‐–]?){9}[\dXx]|(?:\d[-\s‐–]?){9}[\dXx]|(?:\d[-‐–]?){8,13}[\dXx])(?![\w])"
    )


def _issn(field: Field) -> Iterator[Finding]:
    value = field.value.strip()
    if not re.search(r"\d", value):
        return
    numbers = re.findall(r"(?<![\w-])\d{4}[-‐–]?\d{3}[\dXx](?![\w-])", value)
    wrong = [number for number in numbers if normalise_issn(re.sub("[‐–]", "-", number)) is None]
    if wrong:
        yield Finding("bad-issn", f"issn has a wrong check digit: {wrong[0]}", "look it up in the journal", "issn")
    elif not numbers:
        yield Finding("bad-issn", f"issn is none: {value}", "an ISSN is four digits, a hyphen, four digits", "issn")


def _eprint(subject: Subject) -> Iterator[Finding]:
    field = subject.fields["eprint"]
    value = field.value.strip()
    scheme = (subject.value("eprinttype") or subject.value("archiveprefix")).strip("{} ").lower()
    number = normalise_arxiv(value) if value else None
    if scheme == _ARXIV and value and number is None:
        yield Finding(
            "bad-eprint", f"eprint is no number of arXiv: {value}", "it is like 2302.07459 or hep-th/9901001", "eprint"
        )  # fmt: skip
    elif scheme == _ARXIV and number is not None:
        rest = _arxiv_lead().sub("", value)
        if rest != value:
            fix = turned(field, rest) if normalise_arxiv(rest) == number else None
            yield Finding(
                "bad-eprint", f"eprint has a label before its number: {value}", f"write {rest}", "eprint", fix
            )
    elif number is not None and not _has_scheme(subject):
        scheme_field = _scheme(subject.around.dialect)
        yield Finding(
            "eprint-without-type", f"nothing says that {value} is arXiv's, so styles give it no link",
            f"`bibman edit {subject.entry.key} --set {scheme_field.name}={scheme_field.value}`", "eprint",
            with_more(scheme_field),
        )  # fmt: skip


@cache
def _arxiv_lead() -> re.Pattern[str]:
    return re.compile(r"(?i)\A(?:(?:https?://)?(?:www\.)?arxiv\.org/(?:abs|pdf)/|arxiv\s*:\s*)+")


def _scheme(dialect: Dialect) -> Field:
    return Field("archiveprefix", "arXiv") if dialect == "bibtex" else Field("eprinttype", "arxiv")


def _address(field: Field, dialect: Dialect) -> Iterator[Finding]:
    value = field.value.strip()
    if not value.isascii():
        sign = next(each for each in value if not each.isascii())
        fix = turned(field, _quoted(value)) if field.name == "url" else None
        yield Finding(
            "non-ascii-address", f"{field.name} has {sign!r}, which is not in ASCII: {value}",
            "write it in the escaped form that the browser copies", field.name, fix,
        )  # fmt: skip
    # BibTeX's styles print a DOI as text, where `_` needs its backslash; an address goes into \url.
    if "\\" in value and (field.name == "url" or (field.name == "doi" and dialect == "biblatex")):
        plain = _escape().sub(lambda match: match[1] or match[2] or "~", value)
        if plain != value:
            yield Finding(
                "escaped-address", f"{field.name} has backslashes that are no part of it: {value}", f"write {plain}",
                field.name, turned(field, plain),
            )  # fmt: skip


@cache
def _escape() -> re.Pattern[str]:
    home = r"\{\\textasciitilde(?:\{\})?\}|\\textasciitilde(?:\{\}|\s|\b)|\{\\~\{\}\}|\\~\{\}"
    return re.compile(rf"\{{\\([_%&#])\}}|\\([_%&#])|{home}")


def _quoted(address: str) -> str:
    """The address with its letters beyond ASCII escaped, where they are not in the host's name."""
    from urllib.parse import quote

    host = re.match(r"[A-Za-z][A-Za-z0-9+.-]*://[^/?#]*", address)
    if host is None or not host[0].isascii():
        return address
    return "".join(sign if sign.isascii() else quote(sign) for sign in address)


def _in_url(subject: Subject) -> Iterator[Finding]:
    url = subject.value("url")
    if "10." in url and "doi" not in subject.fields and re.match(r"(?i)(?:https?://)?(?:dx\.|www\.)?doi\.org/", url):
        doi = normalise_doi(url)
        if doi is not None:
            yield Finding(
                "doi-in-url", f"url has the DOI {doi}, and there is no doi",
                f"`bibman edit {subject.entry.key} --set doi={doi}`", "url", with_more(Field("doi", doi)),
            )  # fmt: skip
    stated = {
        "doi": normalise_doi(subject.value("doi")) if "doi" in subject.fields else None,
        _ARXIV: normalise_arxiv(subject.value("eprint")) if _has_arxiv(subject) else None,
    }
    if not any(stated.values()) or not ("doi" in url or "arxiv" in url):
        return
    for found in _resolved(url):
        ours = stated.get(found.scheme)
        if ours is not None and ours.lower() != found.value and not _is_arxiv_doi(ours):
            field = "doi" if found.scheme == "doi" else "eprint"
            yield Finding(
                "identifier-conflict", f"{field} has {ours}, url leads to {found.value}", "find out which is right",
                field,
            )  # fmt: skip


def _resolved(url: str) -> list[Identifier]:
    """The identifier that a resolver's or arXiv's address leads to."""
    if re.match(r"(?i)(?:https?://)?(?:(?:dx\.|www\.)?doi\.org|(?:www\.|export\.)?arxiv\.org)/", url):
        return [each for each in find_identifiers(url) if each.scheme in ("doi", _ARXIV)]
    return []


def _is_arxiv_doi(doi: str) -> bool:
    return doi.lower().startswith("10.48550/")


def _has_arxiv(subject: Subject) -> bool:
    scheme = (subject.value("eprinttype") or subject.value("archiveprefix") or _ARXIV).strip("{} ").lower()
    return "eprint" in subject.fields and scheme == _ARXIV


def _url_in_text(subject: Subject) -> Iterator[Finding]:
    for name in ("howpublished", "note"):
        value = subject.value(name)
        match = _whole_address().fullmatch(value) if "://" in value or "www." in value else None
        # In BibTeX, whose standard styles know no url, howpublished = {\url{…}} is how it is done.
        if match is None or (subject.around.dialect == "bibtex" and match[1]):
            continue
        field, address = subject.fields[name], match[1] or match[2]
        is_free = "url" not in subject.fields and field.expression is None
        fix: Fix | None = instead(field, Field("url", address.translate(_UNESCAPED))) if is_free else None
        yield Finding(
            "url-in-text", f"{name} is an address, which breaks over no line and leads nowhere there",
            "put it into the field url", name, fix if subject.around.dialect == "biblatex" else None,
        )  # fmt: skip


@cache
def _whole_address() -> re.Pattern[str]:
    return re.compile(r"(?i)\\url\s*\{\s*([^\s{}]+)\s*\}|((?:(?:https?|ftp)://|www\.)[^\s{}]+)")


def _eprint_in_text(subject: Subject) -> Iterator[Finding]:
    values = {name: field.value for name, field in subject.fields.items() if name in _MAY_HAVE_ARXIV}
    if not any("arxiv" in value.lower() for value in values.values()):
        return
    found = [each.value for each in entry_identifiers(values, subject.entry.type) if each.scheme == _ARXIV]
    if len(found) == 1:
        place = next(name for name, value in values.items() if "arxiv" in value.lower())
        add: Fix = with_more(Field("eprint", found[0]))
        yield Finding(
            "eprint-in-text", f"{place} has arXiv:{found[0]}, and there is no eprint",
            f"`bibman edit {subject.entry.key} --set eprint={found[0]}`", place,
            both(add, with_more(_scheme(subject.around.dialect))) if not _has_scheme(subject) else add,
        )  # fmt: skip


_MAY_HAVE_ARXIV: Final = frozenset("arxiv arxivid howpublished journal journaltitle note number url volume eid".split())


def _has_scheme(subject: Subject) -> bool:
    return "eprinttype" in subject.fields or "archiveprefix" in subject.fields
