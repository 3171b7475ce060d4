"""arXiv's metadata dump, JSON Lines: a line and the work that it describes.

The fields are those of the dump that arXiv publishes (`arxiv-metadata-oai-snapshot.json`): `id`, `title`, `authors`,
`authors_parsed`, `abstract`, `categories`, `versions`, `doi`, `journal-ref` and others. Texts are LaTeX.
"""

import re
from collections.abc import Mapping
from functools import cache, lru_cache
from typing import Any, Final

from bibman.model.arxiv import arxiv_doi, normalise_arxiv
from bibman.model.dates import month_number
from bibman.model.doi import normalise_doi
from bibman.model.latex import decode
from bibman.model.names import Name
from bibman.model.record import Record

_MARKS: Final = ("authors_parsed", "versions", "categories", "update_date")


def is_arxiv(described: Mapping[str, Any]) -> bool:
    """Whether an object is a line of arXiv's dump."""
    return "id" in described and sum(mark in described for mark in _MARKS) >= 2


def read_arxiv(described: Mapping[str, Any]) -> Record:
    """The preprint that a line of the dump describes, in Unicode.

    `date` is the day of the first version; the DOI is that of the publication, if arXiv knows it, else arXiv's own;
    `addendum` says where it was published, in arXiv's words. The address is left out: the id says it.

    Raises ValueError, with the reason, where it has no id or no title.
    """
    eprint = normalise_arxiv(str(described.get("id") or ""))
    if eprint is None:
        raise ValueError('no "id" that is an arXiv id')
    title = _text(described.get("title"))
    if not title:
        raise ValueError("no title")
    published = normalise_doi(str(described.get("doi") or "").split(" ")[0]) if described.get("doi") else None
    categories = str(described.get("categories") or "").split()
    texts = {
        "title": title,
        "date": _first_day(described.get("versions")),
        "eprint": eprint,
        "eprinttype": "arxiv",
        "eprintclass": categories[0] if categories else "",
        "doi": published or arxiv_doi(eprint),
        "addendum": _text(described.get("journal-ref")),
        "abstract": _text(described.get("abstract")),
    }
    parsed = described.get("authors_parsed") or ()
    authors = tuple(name for each in parsed if (name := _name(*map(str, each[:3]))) != Name())
    return Record(
        "online", {name: text for name, text in texts.items() if text}, {"author": authors} if authors else {}
    )


def _text(value: Any) -> str:
    if not isinstance(value, str):
        return ""
    # Most have single blanks and line ends alone, which is told faster than words are parted and joined.
    text = value.strip().replace("\n", " ")
    is_even = text.isprintable() and "  " not in text  # the one blank that is printable is ASCII's
    return decode(text if is_even else " ".join(text.split()))


@lru_cache(1 << 16)
def _name(family: str, given: str = "", suffix: str = "") -> Name:
    family, given, suffix = (decode(" ".join(part.split())) for part in (family, given, suffix))
    if not given and _bodies().search(family):
        return Name(literal=family)
    if not family:
        return Name(family=given)
    prefix, _, rest = family.rpartition(" ")
    if prefix and prefix.islower() and not rest.islower():
        return Name(rest, given, prefix, suffix)
    return Name(family, given, "", suffix)


@cache
def _bodies() -> re.Pattern[str]:
    return re.compile(r"(?i)\b(?:collaborations?|consortium|team|group|project|experiment|working group)\b")


def _first_day(versions: Any) -> str:
    """The day on which the first version came ("Mon, 2 Apr 2007 19:18:42 GMT"), in ISO 8601; empty if nobody says."""
    created = versions[0].get("created") if isinstance(versions, list) and versions else None
    if isinstance(created, str) and (day := re.match(r"\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])\b", created)):
        return day[0]
    match = re.search(r"(\d{1,2}) ([A-Z][a-z]{2}) (\d{4})", created) if isinstance(created, str) else None
    if match is None or (month := month_number(match[2].lower())) is None:
        return ""
    return f"{match[3]}-{month:02}-{int(match[1]):02}"
