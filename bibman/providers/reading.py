"""What all answers have in common: JSON and XML, read without trust; texts, names and dates."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from html import unescape
from typing import Any, Final
from xml.etree.ElementTree import Element, TreeBuilder
from xml.parsers import expat

from bibman.model.dates import parse_date, to_iso
from bibman.model.identifiers import Identifier, identifier_of, normalise_issn
from bibman.model.names import Name, parse_name
from bibman.model.unicode import normalised
from bibman.providers.service import UnreadableError

LONGEST_TEXT: Final = 100_000
MOST_NAMES: Final = 10_000
_DEEPEST: Final = 100


def read_json(body: bytes) -> Mapping[str, Any]:
    """The JSON object that the bytes are. Raises UnreadableError where they are none."""
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        raise UnreadableError("no JSON") from None
    if not isinstance(found, dict):
        raise UnreadableError("no JSON object")
    return found


def read_xml(body: bytes) -> Element:
    """The root of the XML document that the bytes are; of the names of elements only what follows the prefix.

    Entities that a document defines are refused: a few lines of them can stand for gigabytes, or for a file of the
    reader's. Raises UnreadableError also for what is no XML, or is nested without end.
    """
    builder = TreeBuilder()
    depth = 0

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        if depth > _DEEPEST:
            raise UnreadableError("XML that is nested too deeply")
        builder.start(name.rpartition(" ")[2], attributes)

    def end(name: str) -> None:
        nonlocal depth
        depth -= 1
        builder.end(name.rpartition(" ")[2])

    def refuse(*_: object) -> int:
        raise UnreadableError("XML that defines entities")

    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = builder.data
    parser.EntityDeclHandler = refuse
    parser.ExternalEntityRefHandler = refuse
    try:
        parser.Parse(body, True)
    except (expat.ExpatError, ValueError, LookupError) as error:
        if isinstance(error, UnreadableError):
            raise
        raise UnreadableError("no XML") from None
    return builder.close()


def xml_text(element: Element | None) -> str:
    """The text in an element, without its tags; digits set high or low stay so."""
    return "" if element is None else text("".join(_pieces(element)))


def _pieces(element: Element) -> Iterator[str]:
    own = element.text or ""
    script = {"sub": _SUB, "sup": _SUP}.get(element.tag) if _DIGITS.fullmatch(own) else None
    yield own.translate(script) if script else own
    for child in element:
        yield from _pieces(child)
        yield child.tail or ""


# JSON without trust: whatever stands there, one of the type that is wanted comes out.


def mapping(value: Any) -> Mapping[str, Any]:
    """The object that a value is, or an empty one."""
    return value if isinstance(value, dict) else {}


def items(value: Any) -> list[Any]:
    """The list that a value is; a value alone is a list of one, nothing an empty one."""
    if isinstance(value, list):
        return value
    return [] if value is None else [value]


def text(value: Any) -> str:
    """The text that a value is, on one line, without control characters; a number is its digits."""
    if isinstance(value, list):
        value = value[0] if value else ""
    if isinstance(value, int | float) and not isinstance(value, bool):
        value = str(value)
    if not isinstance(value, str):
        return ""
    value = value[:LONGEST_TEXT]
    return normalised("NFC", " ".join(_UNPRINTABLE.sub(" ", value).split()))


_UNPRINTABLE: Final = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff\u200b\ufeff\u00ad]")


# Texts with tags


_TAG: Final = re.compile(
    r"<(/?)(?:(?:jats|mml|m|xhtml):)?(abstract|alternatives|annotation|annotation-xml|a|bold|break|br|b|div|em"
    r"|ext-link|fig|font|h[1-6]|img|inline-formula|disp-formula|italic|i|label|li|list-item|list|math|maligngroup"
    r"|malignmark|menclose|merror|mfenced|mfrac|mi|mmultiscripts|mn|mover|mo|mpadded|mphantom|mprescripts|mroot"
    r"|mrow|mspace|msqrt|mstyle|msubsup|msub|msup|ms|mtable|mtd|mtext|mtr|munderover|munder|none|ol|overline|p|pre"
    r"|sc|scp|sec|section|semantics|small|span|strike|strong|styled-content|sub|sup|tex-math|title|tt|u|ul|underline"
    r"|underscore|xref)(?:\s[^<>]*)?/?>",
    re.IGNORECASE,
)
_DROPPED: Final = re.compile(
    r"<((?:\w+:)?(?:tex-math|annotation|annotation-xml))\b[^<>]*>[^<]*</\1>"
    r"|<((?:\w+:)?title|label|h[1-6])\b[^<>]*>\s*(?:abstract|summary)[.:]?\s*</\2>",
    re.IGNORECASE,
)
_SCRIPT: Final = re.compile(r"<(?:jats:)?(sub|sup)>([0-9+()=-]{1,8})</(?:jats:)?\1>", re.IGNORECASE)
_DIGITS: Final = re.compile(r"[0-9+()=-]{1,8}")
_SUB: Final = str.maketrans("0123456789+-=()", "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎")
_SUP: Final = str.maketrans("0123456789+-=()", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾")
_BLOCKS: Final = frozenset(
    "abstract br break div h1 h2 h3 h4 h5 h6 li list list-item ol p sec section title ul".split()
)


def plain(value: Any) -> str:
    """The text that a value with tags of HTML, JATS or MathML and their character references is, without them.

    Digits set high or low stay so (CO₂); the headline "Abstract" is left out. What is in angle brackets and no known
    tag stays: a < b.
    """
    if isinstance(value, list):
        value = value[0] if value else ""
    if not isinstance(value, str):
        return text(value)
    value = value[:LONGEST_TEXT]
    if "&" in value:
        value = unescape(unescape(value))
    if "<" in value:
        value = _DROPPED.sub(" ", value)
        value = _SCRIPT.sub(lambda match: match[2].translate(_SUB if match[1].lower() == "sub" else _SUP), value)
        value = _TAG.sub(lambda match: " " if match[2].lower() in _BLOCKS else "", value)
    return text(value)


# Names


_BODY: Final = re.compile(
    r"(?i)\b(?:collaborations?|consortium|committee|group|team|university|institute|association|initiative|network"
    r"|organi[sz]ation|project|society|investigators|foundation|laborator(?:y|ies)|inc\.?|ltd\.?|gmbh)$"
)
_SUFFIX: Final = re.compile(r"(.+?),? (Jr\.?|Sr\.?|II|III|IV)")


_PARTICLES: Final = frozenset(
    "af al av bin d' da das de degli dei del della den der des di do dos du el ibn la las le los ten ter van vander"
    " vom von zu zum zur".split()
)


def person(family: Any, given: Any = "", suffix: Any = "") -> Name | None:
    """A person whose names a service tells apart.

    Small words before the family ("van der") are its prefix, also where the service has them behind the given names.
    """
    family, given, suffix = plain(family), plain(given), plain(suffix)
    if not family:
        return full_name(given) if given else None
    words = [*given.split(" "), *family.split(" ")]
    first = end = len(given.split(" "))
    while first > 1 and words[first - 1] in _PARTICLES:
        first -= 1
    while end < len(words) - 1 and words[end].islower():
        end += 1
    return Name(" ".join(words[end:]), " ".join(words[:first]), " ".join(words[first:end]), suffix)


def full_name(value: Any) -> Name | None:
    """A person whose name a service gives in one text, split as BibTeX splits it, or a body; None for no name."""
    whole = plain(value).strip(" ,")
    if not whole or not any(map(str.isalnum, whole)):
        return None
    if _BODY.search(whole) and " " in whole:
        return Name(literal=whole)
    suffix = ""
    if "," not in whole and (match := _SUFFIX.fullmatch(whole)):
        whole, suffix = match[1], match[2]
    # To BibTeX they would be more than letters.
    name = parse_name(re.sub(r"[{}\\~]", " ", whole))
    if not name.family:
        return Name(literal=whole)
    return name._replace(suffix=name.suffix or suffix)


def body(value: Any) -> Name | None:
    """A body, as a consortium, that signs as author."""
    literal = plain(value)
    return Name(literal=literal) if literal else None


def names(found: Iterable[Name | None]) -> tuple[Name, ...]:
    """The names that there are, in order; two authors may have one name."""
    return tuple(each for each in found if each is not None)[:MOST_NAMES]


# Dates, pages, identifiers


def date(value: Any) -> str:
    """A date in EDTF form, from nearly any text that names a year; empty where it names none."""
    written = text(value)
    if match := re.match(r"(\d{4}-\d\d-\d\d)[T ]", written):
        written = match[1]
    found = parse_date(written) if written else None
    return to_iso(replace(found, time="")) if found is not None else ""


def date_of_parts(value: Any) -> str:
    """A date in EDTF form from the parts that Crossref and CSL-JSON write: {"date-parts": [[2020, 5, 1]]}."""
    parts: list[str] = []
    for each, width in zip(items(next(iter(items(mapping(value).get("date-parts"))), None)), (4, 2, 2), strict=False):
        digits = text(each)
        if not (digits.isascii() and digits.isdigit() and digits.strip("0")):
            break
        parts.append(digits.zfill(width))
    for size in range(len(parts), 0, -1):
        wanted = "-".join(parts[:size])
        if date(wanted) == wanted:
            return wanted
    return ""


def page_range(first: Any, last: Any) -> str:
    """Pages from the first and the last."""
    first, last = text(first), text(last)
    return f"{first}-{last}" if first and last and first != last else first


def known(scheme: str, value: Any) -> Identifier | None:
    """The identifier of a scheme that a value is, or None."""
    written = text(value)
    return identifier_of(scheme, written) if written else None


def issn(value: Any) -> str:
    """The ISSN of a journal that a value is, or nothing."""
    return normalise_issn(text(value)) or ""


def identifiers(found: Iterable[Identifier | None]) -> frozenset[Identifier]:
    """The identifiers that there are."""
    return frozenset(each for each in found if each is not None)


def texts(**fields: str) -> dict[str, str]:
    """The fields of a record that are not empty."""
    return {name: value for name, value in fields.items() if value}


def eprint(identifier: Identifier | None) -> dict[str, str]:
    """The fields of a record for an arXiv id."""
    if identifier is None or identifier.scheme != "arxiv":
        return {}
    return {"eprint": identifier.value, "eprinttype": "arxiv"}


def own_identifier(identifier: Identifier | None) -> dict[str, str]:
    """The fields of a record for its own identifier: a DOI of arXiv's is an `eprint`."""
    if identifier is None:
        return {}
    return eprint(identifier) or {identifier.scheme: identifier.value}


def words(value: str, most: int = 40) -> str:
    """The words of a text for a search: small letters and digits alone, so that nothing means more to the service.

    Several take OR and NOT for operators, but only in capitals.
    """
    return " ".join(re.findall(r"[^\W_]+", plain(value).lower())[:most])


def is_retracted_title(title: str) -> bool:
    """Whether a title says itself that the work was retracted, as publishers write it before it."""
    return re.match(r"(?i)\W*(?:retracted|withdrawn)(?:\s+article)?\s*[:\]]", title) is not None
