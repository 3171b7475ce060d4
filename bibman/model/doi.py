"""DOIs: read from fields, addresses and free text, and put in one form (DOI Handbook, 2.2 and 2.6)."""

import re
from collections.abc import Iterator
from functools import cache
from typing import Final
from urllib.parse import unquote

from bibman.model.identifier_text import lead, plain

_LONGEST: Final = 1000  # the syntax has no limit, but what goes on and on is something else


def normalise_doi(text: str) -> str | None:
    """The DOI that `text` is or contains, in its own case, or None; a short DOI is `10/…`.

    Taken off are `doi:`, resolvers and other addresses with their escapes, LaTeX, punctuation at the end, and signs
    that no DOI has; blanks within are, where nothing else makes a DOI of it.
    """
    if usual := usual_doi(text):
        return usual
    value = re.sub(r"[|^~`]", "", plain(text)).strip()
    if not _is_balanced(value):
        value = re.sub(r"[\[\]]", "", value)
    for candidate in (value, re.sub(r"[\s{}]", "", value)):
        if bare := re.fullmatch(r"/?10/([a-zA-Z0-9]+)", candidate):
            return f"10/{bare[1]}"
        if found := next(dois_in(candidate, is_field=True), None):
            return found[2]
    return None


def _is_balanced(text: str) -> bool:
    depth = 0
    for bracket in re.findall(r"[\[\]]", text):
        depth += 1 if bracket == "[" else -1
        if depth < 0:
            return False
    return depth == 0


def dois_in(text: str, *, is_field: bool = False) -> Iterator[tuple[int, int, str]]:
    """The DOIs in plain text, short ones too, in order, with where each and what leads to it begin and end.

    In a field (`is_field`) a registrant may be short without being called one.
    """
    lower = text.lower()
    found = []
    if "urn:" in lower:
        # In a URN, which has a use of its own for the slash, a colon stands for it.
        text = re.sub(r"(?i)(urn:(?:doi:)?10(?:\.\d{1,9}){0,9}):", r"\1/", text)
    if "doi" in lower or "urn:" in lower:
        found = [(match.start(), match.end(), f"10/{match[1]}") for match in _short_doi().finditer(text)]
    place = 0 if "10." in text else len(text)
    while match := _long_doi().search(text, place):
        before = lead(text, match.start(), place)
        end = place = _suffix_end(text, match.end())
        while end > match.end() and text[end - 1] in "([.,;:!?'’*…":
            end -= 1
        # "10.04/x86" is no DOI, unless something calls it one.
        is_called = is_field or re.search("(?i)doi|urn:", text[max(0, match.start() - 12) : match.start()])
        if match.end() < end <= match.start() + _LONGEST and (is_called or len(match[1]) >= 4):
            found.append((match.start() - len(before), end, _without_address(before, text[match.start() : end])))
    return iter(sorted(found))


def _suffix_end(text: str, place: int) -> int:
    """Where the suffix of a DOI that begins at `place` ends: before a blank, a quote or a bracket it did not open."""
    waiting: list[str] = []
    while place < len(text):
        char = text[place]
        if char == "<":
            # The Wiley form of a SICI: 10.1002/(SICI)1097-4636(199706)35:4<433::AID-JBM2>3.0.CO;2-J
            sici = _sici().match(text, place)
            if sici is None:
                break
            place = sici.end() - 1
        elif char in '>"“”«»{}|\\^`' or char.isspace():
            break
        elif char in "([":
            waiting.append(")" if char == "(" else "]")
        elif char in ")]":
            if not waiting or waiting.pop() != char:
                break
        elif char in ",;" and _next_doi().match(text, place + 1):
            break
        place += 1
    return place


def _without_address(before: str, text: str) -> str:
    """The DOI in `text` without what an address, which begins with `before`, adds to it."""
    host = re.search(r"(?i)(?:://|^)((?:[\w-]{1,63}\.){1,9}[a-z]{2,})(?::\d+)?/", before)
    if host is not None:
        text = re.split("[&#]" if "?" in before else "[?#]", text, maxsplit=1)[0]
        if "doi." not in host[1].lower():
            text = re.sub(r"(?:v\d{1,2})?(?:\.full|\.abstract|\.full-text)?(?:\.pdf)?$", "", text)
            text = re.sub(r"/(?:abstract|epdf|full|fulltext|html|meta|pdf|summary)$", "", text)
    if host is not None or "/" not in text:
        text = unquote(text)
    return text


def usual_doi(text: str) -> str | None:
    """The DOI that `text` is, alone or in the resolver's address, where nothing in it needs a closer look."""
    match = _usual_doi().fullmatch(text)
    return match[1] if match is not None else None


@cache
def _usual_doi() -> re.Pattern[str]:
    return re.compile(r"(?:https?://(?:dx\.)?doi\.org/)?(10\.[0-9]{4,9}/[A-Za-z0-9._/-]*[A-Za-z0-9])")


@cache
def _long_doi() -> re.Pattern[str]:
    return re.compile(r"(?<![\d.])10\.(\d{2,9})(?:\.\d{1,9}){0,9}(?:/|%2[Ff])")


@cache
def _short_doi() -> re.Pattern[str]:
    """The short form of a DOI, which only the resolver's address or a label tells from a fraction."""
    label = r"doi\.[\w.-]{2,60}/(?:urn:)?(?:doi:)?10/|(?:urn|doi):\s?(?:doi:)?10/|doi\.org/"
    return re.compile(rf"(?i)\b(?:{label})([a-z0-9]{{3,12}})(?![\w/-]|\.\w)")


@cache
def _sici() -> re.Pattern[str]:
    return re.compile(r"<[^\s<>]{0,60}::[^\s<>]{0,60}>")


@cache
def _next_doi() -> re.Pattern[str]:
    return re.compile(r"(?i)10\.\d{4}|doi:|https?:")
