"""What entries are compared by, to tell whether they are one work: an entry boiled down, folded and without order."""

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Final, NamedTuple

from bibman.model.derive import Derived, derive_each
from bibman.model.entry import Entry
from bibman.model.fold import fold
from bibman.model.identifiers import Identifier
from bibman.model.latex import decode
from bibman.model.names import OTHERS, Name, parse_names
from bibman.model.people import Person, person_of
from bibman.model.titles import NUMBER_WORDS, Title, title_of
from bibman.model.vocabulary import CONTAINER_FIELDS, bibtex_type, canonical

PART, WHOLE, THESIS, REPORT = "part of something", "book", "thesis", "report"
"""Kinds of works that exclude each other; a work of another type may be any."""

_KINDS: Final[dict[str, str]] = {
    "article": PART,
    "inproceedings": PART,
    "conference": PART,
    "incollection": PART,
    "inbook": PART,
    "book": WHOLE,
    "proceedings": WHOLE,
    "phdthesis": THESIS,
    "mastersthesis": THESIS,
    "techreport": REPORT,
}

_PREPRINT_DOIS: Final = tuple(
    (
        "10.48550/ 10.1101/ 10.2139/ 10.21203/ 10.20944/ 10.26434/ 10.31234/ 10.31235/ 10.31219/ 10.36227/ 10.5281/"
        " 10.22541/ 10.35542/ 10.31222/ 10.31223/ 10.31224/ 10.14293/ 10.32942/ 10.33774/ 10.6084/"
    ).split()
)
"""How the DOIs of servers for preprints begin."""

_SERVERS: Final = re.compile(
    r"\b(?:arxiv|corr|biorxiv|medrxiv|chemrxiv|techrxiv|psyarxiv|socarxiv|eartharxiv|ssrn|preprint|eprint|openreview"
    r"|research square|authorea|zenodo|osf|hal)\b"
)
"""What stands in the place of a journal where a preprint has none."""

_EARLIEST, _LATEST = 1400, 2200
_LOOSE: Final = ("article", "misc", "techreport", "unpublished")
"""Types that preprints are given."""


class Traits(NamedTuple):
    """What an entry is compared by.

    `kind` is one of the kinds above, or empty. `container` are the words of what it appeared in; where that is a
    server of preprints it is empty. `is_preprint` says that it is nowhere else. `texts` are the fields that are taken
    for one another by mistake, as BibTeX text, and `letters` those of them that may hold a title, folded. `whole` is
    all that an entry without a title says, save its names.
    """

    kind: str
    type: str
    title: Title
    people: tuple[Person, ...]
    is_cut: bool
    year: int | None
    identifiers: frozenset[Identifier]
    container: tuple[str, ...]
    is_preprint: bool
    texts: Mapping[str, str]
    letters: Mapping[str, str]
    volume: str
    number: str
    page: str
    last_page: str
    chapter: str
    edition: int | str
    publisher: str
    whole: frozenset[tuple[str, str]]


def traits_of(entry: Entry) -> Traits:
    """What `entry` is compared by."""
    (traits,) = traits_of_each([entry])
    return traits


def traits_of_each(entries: Sequence[Entry]) -> list[Traits]:
    """What each of the `entries` is compared by: for many at once in less time than one after the other."""
    # What is not compared need not be read.
    slim = [_slim(entry) for entry in entries]
    return list(map(_traits, entries, derive_each(slim)))


_COMPARED: Final = frozenset(
    "title subtitle author editor date year month journal journaltitle booktitle maintitle eventtitle doi eprint"
    " eprinttype archiveprefix arxiv arxivid pmid pmcid isbn url howpublished note volume number eid".split()
)


def _slim(entry: Entry) -> Entry:
    return Entry(entry.key, entry.type, tuple([field for field in entry.fields if field.name in _COMPARED]))


def _traits(entry: Entry, derived: Derived) -> Traits:
    values: dict[str, str] = {}
    for field in entry.fields:
        values.setdefault(canonical(field.name), field.value)
    people = derived.people.get("author") or derived.people.get("editor") or ()
    names = tuple([person_of(each.name) for each in people if each.name != OTHERS])
    container = fold(derived.container)
    type_ = bibtex_type(entry.type)
    identifiers = frozenset((*derived.identifiers, *_other_numbers(values)))
    server = names_server(container)
    at_server = server or any(each.scheme == "arxiv" or is_preprint_doi(each.value) for each in identifiers)
    pages = re.findall(r"[a-z]*\d+", fold(values.get("pages", "")) or fold(values.get("eid", "")))
    year = derived.year
    volume, number = (_number(values.get(name, "")) for name in ("volume", "number"))
    if year is None or not _EARLIEST <= year <= _LATEST:
        # Year and volume may have changed places.
        misplaced = volume if re.fullmatch(r"(?:1[5-9]|20)\d\d", volume) else ""
        volume, year = ("" if year is None else str(year), int(misplaced)) if misplaced else (volume, None)
    is_preprint = (at_server or type_ == "unpublished") and type_ in _LOOSE and (server or not container)
    texts = _texts(values)
    return Traits(
        # A book's preprint is called an article, too.
        kind="" if is_preprint else _KINDS.get(type_, ""),
        type=type_,
        title=title_of(derived.title) if entry.identified else Title(),
        people=names,
        is_cut=len(names) < len(people),
        year=year,
        identifiers=identifiers,
        container=() if server else tuple(container.split()),
        is_preprint=is_preprint,
        texts=texts,
        letters={name: _letters(text) for name, text in texts.items() if name != "title"},
        volume="" if server else volume,
        number="" if server else number,
        page=pages[0] if pages and not server else "",
        last_page=pages[1] if len(pages) > 1 and not server else "",
        chapter=_number(values.get("chapter", "")),
        edition=_edition(values.get("edition", "")),
        publisher=fold(values.get("publisher", "") or values.get("institution", "") or values.get("organization", "")),
        whole=frozenset() if derived.title or not entry.identified else _whole(entry),
    )


def _other_numbers(values: Mapping[str, str]) -> list[Identifier]:
    """The number that an archive gave the work, where it is none of those that everybody knows (JSTOR, HAL …)."""
    number, archive = values.get("eprint", "").strip(), values.get("eprinttype", "").strip("{} ").lower()
    if len(number) < _LEAST_NUMBER or archive in ("arxiv", "pubmed", "pmid", "pmc", "pmcid"):
        return []
    return [Identifier("eprint", f"{archive}:{number.lower()}")]


_LEAST_NUMBER: Final = 5


def _texts(values: Mapping[str, str]) -> dict[str, str]:
    return {name: values[name] for name in ("title", "author", *CONTAINER_FIELDS) if values.get(name)}


@lru_cache(1 << 12)
def _letters(text: str) -> str:
    return fold(text).replace(" ", "")


def people_in(text: str) -> tuple[Person, ...]:
    """The names in BibTeX text that may hold some."""
    return tuple(person_of(Name(*map(decode, name))) for name in parse_names(text))


def names_server(folded: str) -> bool:
    """Whether a folded text, which stands where a journal might, is the name of a server of preprints."""
    return bool(_SERVERS.search(folded))


def is_preprint_doi(value: str) -> bool:
    """Whether a DOI is one that a server of preprints gives: the work gets another where it is published."""
    return value.startswith(_PREPRINT_DOIS)


def _whole(entry: Entry) -> frozenset[tuple[str, str]]:
    return frozenset(
        (canonical(field.name), " ".join(field.value.split()).casefold())
        for field in entry.fields
        if field.value.strip() and field.name not in ("author", "editor")
    )


def _number(value: str) -> str:
    return fold(value).replace(" ", "").lstrip("0")


def _edition(value: str) -> int | str:
    """An edition as a number, however it is written ("Second", "2nd", "2. Auflage"); as folded words otherwise."""
    words = fold(value).split()
    for word in words:
        digits = re.match(r"\d+", word)
        if digits:
            return int(digits[0])
        if word in NUMBER_WORDS:
            return NUMBER_WORDS[word]
    return "".join(words)
