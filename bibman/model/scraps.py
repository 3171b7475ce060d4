"""Scraps that name a work: identifiers, addresses, titles, references, pieces of abstracts; and what each says of it.

Sources: the ACL Anthology's "Information for contributors" (DOIs are 10.18653/v1/ and the id, for what ACL publishes
since 2016); the National Library of Medicine on PMIDs (a number of up to eight digits).
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Final

from bibman.model.entry import Field
from bibman.model.identifiers import Identifier, bare_identifiers, find_identifiers, identifier_of
from bibman.model.latex import escape
from bibman.model.likeness import Text
from bibman.model.matching import THRESHOLDS

_LABELS: Final = {"doi": "doi:", "arxiv": "arXiv:", "isbn": "ISBN ", "pmid": "PMID: ", "pmcid": ""}
# Addresses that say no more than the identifier in them.
_PLAIN_HOSTS: Final = frozenset(
    "doi.org dx.doi.org arxiv.org export.arxiv.org pubmed.ncbi.nlm.nih.gov ncbi.nlm.nih.gov".split()
)
_AROUND: Final = " \t\r\n<>\"'“”,;"


@dataclass(frozen=True, slots=True)
class Scrap:
    """What a scrap says of the one work that it names.

    `identifiers` are those of the work itself, at most one of a scheme; `url` is the address that the scrap is, where
    that says more than they do. `words` is the text, empty where it is nothing but identifiers or an address.
    """

    identifiers: tuple[Identifier, ...] = ()
    url: str = ""
    words: str = ""

    @property
    def sought(self) -> str:
        """The text by which the work is looked up; empty for an address of which nobody knows whose it is."""
        return self.words or labelled(self.identifiers)

    @property
    def called(self) -> str:
        """Words by which a person knows its first identifier again: what it is, and how it ends."""
        return " ".join(
            word for each in self.identifiers[:1] for word in (each.scheme, *re.findall(r"[^\W_]+", each.value)[-2:])
        )


def scrap_of(text: str) -> Scrap:
    """What a `text` says of its work.

    A number alone is an ISBN where its check digit says so, or a PMID of six to eight digits. In other words than
    identifiers these are the work's own only where the text is shorter than a piece of an abstract that can be told
    from others, or a reference: an abstract speaks of other works too. In a reference an ISBN is the book's.
    """
    said = text.strip(_AROUND)
    url = _url(said)
    number = _number(said)
    if number is not None:
        return Scrap((number,))
    bare = bare_identifiers(said)
    if bare and not url and len(_one_of_each(bare)) < len({each.scheme for each in bare if each.scheme in _LABELS}):
        return Scrap(words=text)  # several works, of which a person has to say which is meant
    if url or bare:
        doi = _anthology_doi(url)
        identifiers = [*bare, *([] if doi is None else [doi])]
        host = url.partition("//")[2].partition("/")[0].lower().removeprefix("www.")
        return Scrap(_one_of_each(identifiers), "" if bare and host in _PLAIN_HOSTS else _forum(url))
    found = find_identifiers(text)
    own = [each for each in found if each.scheme != "isbn"] if _is_own(text, found) else []
    return Scrap(_one_of_each(own), words=text)


def labelled(identifiers: Iterable[Identifier]) -> str:
    """Identifiers with what calls them so, as they can be found in a text again."""
    return " ".join(f"{_LABELS[each.scheme]}{each.value}" for each in identifiers if each.scheme in _LABELS)


def identifier_fields(identifiers: Iterable[Identifier]) -> tuple[Field, ...]:
    """The fields in which an entry has these identifiers."""
    fields: list[Field] = []
    for scheme, value in identifiers:
        if scheme == "arxiv":
            fields += [Field("eprint", value), Field("eprinttype", "arxiv")]
        elif scheme in _LABELS:
            fields.append(Field(scheme, value))
    return tuple(fields)


def scrap_fields(scrap: Scrap, *, is_cut: bool = False) -> tuple[Field, ...]:
    """The fields of an entry that stands for a work of which nothing is known but this: words are its abstract.

    `is_cut` says that they are the beginning of a longer text.
    """
    words = (Field("abstract", escape(f"{scrap.words}..." if is_cut else scrap.words)),) if scrap.words else ()
    url = (Field("url", scrap.url.replace("{", "%7B").replace("}", "%7D")),) if scrap.url else ()
    return (*identifier_fields(scrap.identifiers), *url, *words)


def _number(said: str) -> Identifier | None:
    digits = re.sub(r"[- ]", "", said)
    if re.fullmatch(r"[0-9]{9}[0-9Xx]|97[89][0-9]{10}", digits):
        return identifier_of("isbn", digits)
    return identifier_of("pmid", said) if re.fullmatch(r"[1-9][0-9]{5,7}", said) else None


def _one_of_each(identifiers: Iterable[Identifier]) -> tuple[Identifier, ...]:
    """The identifiers of schemes of which there is but one, and that name works: two of one scheme are two works."""
    distinct = [each for each in dict.fromkeys(identifiers) if each.scheme in _LABELS]
    schemes = [each.scheme for each in distinct]
    return tuple(each for each in distinct if schemes.count(each.scheme) == 1)


def _is_own(text: str, found: Iterable[Identifier]) -> bool:
    if not found:
        return False
    seen = Text(text)
    return len(seen.stream) < THRESHOLDS["opening"][0].length or seen.shapes()[:1] == ["reference"]


def _anthology_doi(url: str) -> Identifier | None:
    """The DOI of an address of the ACL Anthology, where its volume is one that has DOIs for certain."""
    found = _anthology().fullmatch(url)
    if found is None:
        return None
    name = found[1]
    has_one = _with_doi().fullmatch(name) is not None
    return Identifier("doi", f"10.18653/v1/{name}".lower()) if has_one else None


def _url(said: str) -> str:
    """The address that a text is, without the full stop or bracket behind it; OpenReview's also without `https://`."""
    address = said.rstrip(".>" if "(" in said else ".>)")
    if _openreview().fullmatch(address) and "://" not in address:
        return f"https://{address}"
    return address if _address().fullmatch(address) else ""


def _forum(url: str) -> str:
    """The address of a work on OpenReview for that of its PDF, of what is attached or of a note on it; any other as it
    is."""
    found = _openreview().fullmatch(url)
    return f"https://openreview.net/forum?id={found[1]}" if found else url


@cache
def _openreview() -> re.Pattern[str]:
    place = r"(?:https?://)?(?:(?:www|api2?)\.)?openreview\.net/(?:pdf|attachment|forum|revisions)/?\?"
    return re.compile(rf"(?i){place}(?:[^#\s]*&)?id=([\w-]+)(?:[&#]\S*)?")


@cache
def _address() -> re.Pattern[str]:
    return re.compile(r"(?i)https?://[^\s]+")


@cache
def _anthology() -> re.Pattern[str]:
    host = r"(?:www\.)?(?:aclanthology\.(?:org|info)|aclweb\.org/anthology)"
    return re.compile(
        rf"(?i)https?://{host}/(?:papers/|anthology/)?([A-Z]\d\d-\d{{4}}|\d{{4}}\.[a-z0-9_]+-[a-z0-9_]+\.\d+)(?:v\d+)?(?:/|\.pdf|\.bib)?"
    )


@cache
def _with_doi() -> re.Pattern[str]:
    venues = r"(?:acl|naacl|eacl|aacl|emnlp)-[a-z]+|findings-(?:acl|naacl|eacl|aacl|emnlp)|conll-\d|semeval-\d"
    return re.compile(rf"(?i)(?:P|N|D|E|K|S)1[6-9]-\d{{4}}|D15-\d{{4}}|20(?:2[0-9])\.(?:{venues})\.\d+")
