"""What LaTeX makes of the text of fields: braces, bare characters, HTML, letters that it cannot print."""

import re
from collections.abc import Iterator
from functools import cache, lru_cache
from typing import Final

from bibman.model.braces import imbalance
from bibman.model.checks.finding import Finding, Fix, Subject
from bibman.model.checks.mending import turned
from bibman.model.entry import Field
from bibman.model.latex import encode, escape
from bibman.model.latex_bare import ESCAPED, bare_characters, swallowing
from bibman.model.vocabulary import PRINTED_FIELDS, WRITTEN_FIELDS

_MENDED: Final = frozenset("&%#")  # _ and ^ may be math that lacks its dollars
_SHOWN: Final = 24
_TAGS: Final = {
    "i": "emph", "em": "emph", "b": "textbf", "strong": "textbf", "sub": "textsubscript", "sup": "textsuperscript",
}  # fmt: skip


def texts(subject: Subject) -> Iterator[Finding]:
    """What is wrong with the texts of fields; of those that are printed, what LaTeX stops at."""
    for field in subject.entry.fields:
        value = field.value
        is_printed = field.name in PRINTED_FIELDS
        if is_printed and not _may_be_odd().search(value):
            continue
        place = imbalance(value)
        if place is not None:
            yield Finding(
                "unbalanced-braces", f"{field.name} has a brace without its partner: {_around(value, place)}",
                "close it, or take it away: BibTeX counts every brace, also \\{", field.name,
            )  # fmt: skip
            continue
        if field.expression is not None and subject.around.undefined(field.expression):
            continue
        is_biblatex = subject.around.dialect == "biblatex"
        if is_biblatex and not is_printed and field.name in WRITTEN_FIELDS:
            yield from _bare(field, list(swallowing(value)))
        if not is_printed:
            continue
        yield from _html(field)
        yield from _bare(field, sorted({*bare_characters(value), *(swallowing(value) if is_biblatex else ())}))
        if not value.isascii() or not value.isprintable():
            yield from _unseen(field)
            yield from _unset(field)


@cache
def _may_be_odd() -> re.Pattern[str]:
    return re.compile(r"[{}&%#_^$<]|\\\s*\Z|[^\x20-\x7e]")


def _around(value: str, place: int) -> str:
    """What stands in a value at a place and a little before and after it."""
    start, end = max(0, place - _SHOWN // 2), place + _SHOWN // 2
    cut = " ".join(value[start:end].split())
    return f"{'…' if start else ''}{cut}{'…' if end < len(value) else ''}"


def _bare(field: Field, found: list[tuple[int, str]]) -> Iterator[Finding]:
    if not found:
        return
    entities = {place for match in _entity().finditer(field.value) for place in range(*match.span())}
    found = [each for each in found if each[0] not in entities]
    for sign in dict.fromkeys(sign for _, sign in found):
        places = [place for place, each in found if each == sign]
        shown = _around(field.value, places[0])
        if sign[0] == "\\":
            yield Finding(
                "bare-character", f"{field.name} ends with a backslash, which escapes the brace that follows",
                "take it away, or write \\textbackslash{}", field.name,
            )  # fmt: skip
        elif sign == "$":
            yield Finding(
                "bare-character", f"{field.name} has a $ without its partner, at which LaTeX stops: {shown}",
                "write \\$, or close the math", field.name,
            )  # fmt: skip
        elif _address().search(field.value):
            yield Finding(
                "bare-character", f"{field.name} has a bare {sign} in an address: {shown}",
                "put the address into the field url" + (", or into \\url{…}" if sign in "_&^" else ""), field.name,
            )  # fmt: skip
        else:
            fix: Fix | None = turned(field, _escaped(field.value, places, sign)) if sign in _MENDED else None
            advice = f"write {ESCAPED[sign]}" + (", or put the formula between dollars" if sign in "_^" else "")
            what = "which makes a comment of the rest" if sign == "%" else "at which LaTeX stops"
            yield Finding(
                "bare-character", f"{field.name} has a bare {sign}, {what}: {shown}", advice, field.name, fix
            )  # fmt: skip


def _escaped(value: str, places: list[int], sign: str) -> str:
    signs = list(value)
    for place in places:
        signs[place] = ESCAPED[sign]
    return "".join(signs)


@cache
def _address() -> re.Pattern[str]:
    return re.compile(r"(?i)\b(?:https?|ftp)://|\bwww\.")


@cache
def _entity() -> re.Pattern[str]:
    return re.compile(r"\\?&(?:[a-zA-Z]{2,8}|#[0-9]{1,6}|#[xX][0-9a-fA-F]{1,5});")


@cache
def _tag() -> re.Pattern[str]:
    return re.compile(rf"(?i)<({'|'.join(_TAGS)})>([^<>{{}}$]*)</\1>")


def _html(field: Field) -> Iterator[Finding]:
    value = field.value
    entity = _entity().search(value) if "&" in value else None
    tag = _tag().search(value) if "</" in value else None
    found = entity or tag
    if found is None:
        return
    mended = _tag().sub(lambda match: rf"\{_TAGS[match[1].lower()]}{{{match[2]}}}", value)
    fix = turned(field, _entity().sub(_as_latex, mended))
    yield Finding("html", f"{field.name} has HTML: {found[0]}", "write it as LaTeX", field.name, fix)


def _as_latex(match: re.Match[str]) -> str:
    from html import unescape

    entity = match[0].removeprefix("\\")
    sign = unescape(entity)
    return match[0] if sign == entity else escape(sign)


def _unseen(field: Field) -> Iterator[Finding]:
    if "\ufffd" in field.value:
        place = field.value.index("\ufffd")
        yield Finding(
            "control-character", f"{field.name} has a mark for a lost letter: {_around(field.value, place)}",
            "write the letter", field.name,
        )  # fmt: skip
    if found := _hidden().search(field.value):
        fix = turned(field, _hidden().sub("", field.value))
        yield Finding(
            "control-character", f"{field.name} has the invisible character U+{ord(found[0]):04X}", "take it away",
            field.name, fix,
        )  # fmt: skip


@cache
def _hidden() -> re.Pattern[str]:
    return re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b\u200e\u200f\u2060\ufeff]")


def _unset(field: Field) -> Iterator[Finding]:
    value = _hidden().sub("", field.value).replace("\ufffd", "")
    if not _far().search(value):
        return
    missing = _unprintable(value)
    if missing:
        yield Finding(
            "unset-character", f"{field.name} has what pdfLaTeX cannot print: {missing[:12]}",
            "use XeLaTeX or LuaLaTeX with a font that has it, or a package such as CJKutf8", field.name,
        )  # fmt: skip


@cache
def _far() -> re.Pattern[str]:
    """What lies beyond the letters of Latin alphabets, and the signs that every LaTeX prints."""
    return re.compile("[^\x00-\u017f\u2013\u2014\u2018\u2019\u201c\u201d\u2026]")


@lru_cache(1 << 10)
def _unprintable(value: str) -> str:
    return "".join(dict.fromkeys(sign for sign in encode(value) if not sign.isascii()))
