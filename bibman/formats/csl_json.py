"""CSL-JSON, as Zotero, Pandoc and doi.org write it: the objects of a text, and the works that they describe.

Source: the schema `csl-data.json` of the Citation Style Language 1.0.2; its appendices III and IV for types and
variables.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import Any, Final

from bibman.model.arxiv import normalise_arxiv
from bibman.model.doi import normalise_doi
from bibman.model.names import Name
from bibman.model.record import Record

TYPES: Final[dict[str, str]] = {
    "article": "online",  # a preprint
    "article-journal": "article",
    "article-magazine": "article",
    "article-newspaper": "article",
    "bill": "legislation",
    "book": "book",
    "broadcast": "audio",
    "chapter": "incollection",
    "classic": "book",
    "collection": "collection",
    "dataset": "dataset",
    "document": "misc",
    "entry": "inreference",
    "entry-dictionary": "inreference",
    "entry-encyclopedia": "inreference",
    "event": "misc",
    "figure": "image",
    "graphic": "image",
    "hearing": "legal",
    "interview": "misc",
    "legal_case": "jurisdiction",
    "legislation": "legislation",
    "manuscript": "unpublished",
    "map": "misc",
    "motion_picture": "movie",
    "musical_score": "music",
    "pamphlet": "booklet",
    "paper-conference": "inproceedings",
    "patent": "patent",
    "performance": "performance",
    "periodical": "periodical",
    "personal_communication": "letter",
    "post": "online",
    "post-weblog": "online",
    "regulation": "legislation",
    "report": "report",
    "review": "review",
    "review-book": "review",
    "software": "software",
    "song": "music",
    "speech": "unpublished",
    "standard": "standard",
    "thesis": "thesis",
    "treaty": "legal",
    "webpage": "online",
    # What Crossref calls them.
    "journal-article": "article",
    "proceedings-article": "inproceedings",
    "book-chapter": "incollection",
    "monograph": "book",
    "edited-book": "collection",
    "proceedings": "proceedings",
    "posted-content": "online",
    "dissertation": "thesis",
}
"""CSL's types, and Crossref's, as BibLaTeX's entry types."""

FIELDS: Final[dict[str, str]] = {
    "title": "title",
    "title-short": "shorttitle",
    "volume": "volume",
    "issue": "number",
    "number": "number",
    "page": "pages",
    "edition": "edition",
    "publisher": "publisher",
    "publisher-place": "location",
    "collection-title": "series",
    "collection-number": "number",
    "event-title": "eventtitle",
    "event": "eventtitle",
    "event-place": "venue",
    "number-of-volumes": "volumes",
    "number-of-pages": "pagetotal",
    "genre": "type",
    "language": "langid",
    "abstract": "abstract",
    "note": "note",
    "version": "version",
    "chapter-number": "chapter",
    "DOI": "doi",
    "ISBN": "isbn",
    "ISSN": "issn",
    "PMID": "pmid",
    "PMCID": "pmcid",
    "URL": "url",
}
"""CSL's variables as BibLaTeX's fields; of several that become one field the first counts."""

NAMES: Final[dict[str, str]] = {
    "author": "author",
    "editor": "editor",
    "translator": "translator",
    "container-author": "bookauthor",
    "collection-editor": "editora",
    "director": "editorb",
}
"""CSL's lists of names as BibLaTeX's."""

DATES: Final[dict[str, str]] = {
    "issued": "date",
    "original-date": "origdate",
    "accessed": "urldate",
    "event-date": "eventdate",
}
"""CSL's dates as BibLaTeX's."""

_IN_JOURNALS: Final = frozenset(("article", "review", "periodical"))
_BY_INSTITUTIONS: Final = frozenset(("thesis", "report"))
_MARKS: Final = frozenset(("issued", "container-title", "DOI", "URL", "ISBN", "citation-key", "page", "event-place"))
_LONGEST: Final = 16 << 20


def is_csl(described: Mapping[str, Any]) -> bool:
    """Whether an object is an item of CSL-JSON."""
    return (described.get("type") in TYPES and not _MARKS.isdisjoint(described)) or "citation-label" in described


def read_csl(described: Mapping[str, Any]) -> Record:
    """The work that an item of CSL-JSON describes. What CSL marks up in HTML is plain text in it.

    Raises ValueError, with the reason, where it has no title or its type is not one of CSL's.
    """
    type_ = TYPES.get(str(described.get("type")))
    if type_ is None:
        raise ValueError('no "type" that CSL knows')
    texts: dict[str, str] = {}
    for variable, field in FIELDS.items():
        if (text := _text(described.get(variable))) and field not in texts:
            texts[field] = text
    if "title" not in texts:
        raise ValueError("no title")
    if container := _text(described.get("container-title")):
        texts["journaltitle" if type_ in _IN_JOURNALS else "booktitle"] = container
    if type_ in _BY_INSTITUTIONS and "publisher" in texts:
        texts["institution"] = texts.pop("publisher")
    for variable, field in DATES.items():
        if date := _date(described.get(variable)):
            texts[field] = date
    if "doi" in texts:
        texts["doi"] = normalise_doi(texts["doi"]) or texts["doi"]
    eprint = normalise_arxiv(str(described.get("number") or "")) or normalise_arxiv(texts.get("doi", ""))
    if eprint is not None:
        texts |= {"eprint": eprint, "eprinttype": "arxiv"}
        if normalise_arxiv(texts.get("number", "")) is not None:
            del texts["number"]
    names = {field: people for variable, field in NAMES.items() if (people := _names(described.get(variable)))}
    return Record(type_, texts, names)


def objects(pieces: Iterable[str]) -> Iterator[tuple[int, Any]]:
    """The values in a JSON array, or one after the other without one, each with the line on which it begins.

    No more than the largest value and a piece are held at a time. Raises ValueError, whose text is the reason, at the
    first place that is no JSON, for nobody knows where the next value would begin.
    """
    source = iter(pieces)
    decoder = json.JSONDecoder()
    text, at, line, is_whole = "", 0, 1, False
    while True:
        blank = _between(text, at)
        line += text.count("\n", at, blank)
        at = blank
        if at < len(text):
            try:
                value, end = decoder.raw_decode(text, at)
                # What a piece ends with may go on: a number, or a value that lacks its end.
                if end < len(text) or is_whole:
                    yield line, value
                    line += text.count("\n", at, end)
                    at = end
                    continue
            except RecursionError:
                raise ValueError(f"line {line}: too deeply nested") from None
            except ValueError:
                if is_whole or len(text) - at > _LONGEST:
                    raise ValueError(f"line {line}: not JSON") from None
        elif is_whole:
            return
        text, at = text[at:], 0
        # The rest of a value that did not fit is doubled, so that it is not read again too often.
        more = list(islice(source, max(1, len(text) >> 16)))
        is_whole = not more
        text += "".join(more)


def _between(text: str, at: int) -> int:
    while at < len(text) and text[at] in " \t\r\n,[]\ufeff":
        at += 1
    return at


def _text(value: Any) -> str:
    if isinstance(value, list):  # Crossref gives titles and containers as lists
        value = next((each for each in value if each), "")
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return ""
    text = str(value).strip()
    if "<" in text:
        text = re.sub(r"</?(?:i|b|sup|sub|sc|em|strong|p|span|jats:[a-z-]+|mml:[a-z-]+)(?:\s[^<>]*)?/?>", "", text)
    if "&" in text and ";" in text:
        from html import unescape

        text = unescape(text)
    return " ".join(text.split()) if "\n" in text or "  " in text else text.strip()


def _names(value: Any) -> tuple[Name, ...]:
    people = value if isinstance(value, list) else ()
    return tuple(name for each in people if isinstance(each, dict) and (name := _name(each)) != Name())


def _name(person: Mapping[str, Any]) -> Name:
    def part(*names: str) -> str:
        return " ".join(filter(None, (_text(person.get(name)) for name in names)))

    family, given = part("family"), part("given")
    if not family:
        return Name(literal=part("literal") or part("name") or given)
    return Name(family, given, part("dropping-particle", "non-dropping-particle"), part("suffix"))


def _date(value: Any) -> str:
    """The date of CSL, in EDTF form; empty where there is none."""
    if not isinstance(value, dict):
        return ""
    parts = value.get("date-parts")
    if isinstance(parts, list) and parts and all(isinstance(each, list) and each and each[0] for each in parts[:2]):
        try:
            return "/".join(_bound([int(part) for part in each if part not in (None, "")]) for each in parts[:2])
        except (TypeError, ValueError):
            return ""
    return _text(value.get("raw") or value.get("literal"))


def _bound(parts: list[int]) -> str:
    year = f"{parts[0]:05}" if parts[0] < 0 else f"{parts[0]:04}"
    return "-".join([year, *(f"{part:02}" for part in parts[1:3])])
