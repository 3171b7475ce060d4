"""arXiv, asked for all that is new: OAI-PMH 2.0, whose pages each name the next (Open Archives Initiative, 2002).

The base address and the sets are those of arXiv's page "Open Archives Initiative (OAI)"; the format is its `arXiv`,
which has names in parts.
"""

import re
from dataclasses import dataclass
from typing import Final
from xml.etree.ElementTree import Element

from bibman.errors import OutsideError
from bibman.formats.arxiv_dump import read_arxiv
from bibman.model.arxiv import normalise_arxiv
from bibman.model.record import Record
from bibman.providers.reading import read_xml, xml_text
from bibman.providers.service import Ask, Request, Service, UnreadableError

# The limits of arXiv's terms hold for all of its hosts together: "one request every three seconds, and a single
# connection at a time". Until 2025 the pages came from export.arxiv.org/oai2.
SERVICE: Final = Service("arXiv", "oaipmh.arxiv.org", 3.0, turns="export.arxiv.org")
PATH: Final = "/oai"

EARLIEST: Final = "2005-09-16"
"""The first day of a record, as arXiv says of itself (`verb=Identify`, earliestDatestamp)."""

# The groups of arXiv's archives; an archive that is not among these is one of physics.
_GROUPS: Final = frozenset({"cs", "econ", "eess", "math", "q-bio", "q-fin", "stat"})
# XML cannot have them, and abstracts had them now and then: one of them would hold up all pages behind it.
_CONTROLS: Final = bytes(set(range(32)) - set(b"\t\n\r"))


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a list of records.

    `records` are preprints by their arXiv id, None for one that is no more; `rejected` says of the others why they are
    none. `token` asks for the next page, empty on the last. `total` is how many records the list has, 0 where arXiv
    does not say; `day` the day of the answer. `error` and `said` are the code and the words of an error of OAI-PMH.
    """

    records: tuple[tuple[str, Record | None], ...] = ()
    rejected: tuple[str, ...] = ()
    token: str = ""
    total: int = 0
    day: str = ""
    error: str = ""
    said: str = ""


def set_name(text: str) -> str | None:
    """The set that a text names, in arXiv's form, or None: `cs`, `physics:hep-th`, `cs:cs:AI`; also `cs.AI`, `hep-th`.

    Whether arXiv has it, only arXiv knows.
    """
    part = "[A-Za-z][A-Za-z-]*"
    if category := re.fullmatch(rf"({part})\.({part})", text):
        group = category[1] if category[1] in _GROUPS else "physics"
        return f"{group}:{category[1]}:{category[2]}"
    if not re.fullmatch(rf"{part}(?::{part}){{0,2}}", text):
        return None
    return text if ":" in text or text in _GROUPS or text == "physics" else f"physics:{text}"


def first_page(ask: Ask, name: str, since: str, until: str = "") -> Page:
    """The first page of the records of a set that changed on the days from `since` to `until`, or till now.

    Raises OutsideError where arXiv does not answer, or not with a page; so does `next_page`.
    """
    window = (("from", since), ("until", until), ("set", name))
    return _page(ask, (("metadataPrefix", "arXiv"), *(each for each in window if each[1])))


def next_page(ask: Ask, token: str) -> Page:
    """The page that a token asks for. The same token may be used again, until it is too old."""
    return _page(ask, (("resumptionToken", token),))


def read_page(answer: bytes) -> Page:
    """A page, or an error, as the bytes of an answer have it. Raises UnreadableError for what is neither."""
    root = read_xml(answer.translate(None, _CONTROLS))
    if root.tag != "OAI-PMH":
        raise UnreadableError("not of OAI-PMH")
    day = xml_text(root.find("responseDate"))[:10]
    error, listed = root.find("error"), root.find("ListRecords")
    if error is not None:
        return Page(day=day, error=error.get("code", "") or "unknown", said=xml_text(error))
    if listed is None:
        raise UnreadableError("no list of records")
    records, rejected = [], []
    for element in listed.iter("record"):
        try:
            records.append(_record(element))
        except ValueError as reason:
            rejected.append(f"{xml_text(element.find('header/identifier')) or 'a record without identifier'}: {reason}")
    token = listed.find("resumptionToken")
    if not records and (rejected or token is None):
        raise UnreadableError(f"a list without a preprint ({rejected[0]})" if rejected else "a list of nothing")
    if token is None:
        return Page(tuple(records), tuple(rejected), day=day)
    size = token.get("completeListSize", "")
    total = int(size) if re.fullmatch(r"[0-9]{1,12}", size) else 0
    return Page(tuple(records), tuple(rejected), "".join(token.itertext()).strip(), total, day)


def _page(ask: Ask, parameters: tuple[tuple[str, str], ...]) -> Page:
    request = Request(SERVICE, PATH, (("verb", "ListRecords"), *parameters), "text/xml", bulk=True)
    page = ask(request, read_page)
    if page is None:
        raise OutsideError("arXiv has no records at their address any more", "A newer bibman may know where they are")
    return page


def _record(element: Element) -> tuple[str, Record | None]:
    """A record and its id. Raises ValueError, with the reason, where it is none."""
    header = element.find("header")
    if header is not None and header.get("status") == "deleted":
        number = normalise_arxiv(xml_text(header.find("identifier")).rpartition(":")[2])
        if number is None:
            raise ValueError("no arXiv id")
        return number, None
    described = element.find("metadata/arXiv")
    if described is None:
        raise ValueError("nothing in arXiv's format")
    record = read_arxiv(
        {
            name: xml_text(described.find(name))
            for name in ("id", "title", "categories", "doi", "journal-ref", "abstract")
        }
        | {
            "authors_parsed": [
                [xml_text(author.find(part)) for part in ("keyname", "forenames", "suffix")]
                for author in described.iterfind("authors/author")
            ],
            "versions": [{"created": xml_text(described.find("created"))}],
        }
    )
    return record.texts["eprint"], record
