"""Lists of names that BibTeX would split otherwise than they are meant."""

import re
from collections.abc import Iterator
from functools import cache
from typing import Final

from bibman.model.checks.finding import Finding, Subject
from bibman.model.checks.mending import turned
from bibman.model.entry import Field
from bibman.model.names import split_names
from bibman.model.vocabulary import is_name_list

_MOST_COMMAS: Final = 2  # von Last, Jr, First
_SUFFIX = r"(?i)(?:jr|sr|junior|senior|[1-9](?:st|nd|rd|th)|[ivx]{1,5}|ph\.?\s?d|m\.?\s?d|esq|fils|p[eè]re)\.?"


def names(subject: Subject) -> Iterator[Finding]:
    """What is wrong with authors, editors and other names."""
    for field in subject.entry.fields:
        if is_name_list(field.name) and not _extended().search(field.value):
            yield from _list(field)


@cache
def _extended() -> re.Pattern[str]:
    """Names in biber's extended format, whose parts have their names with them (BibLaTeX manual, 3.4)."""
    return re.compile(r"(?:family|given|prefix|suffix)(?:-i)?\s*=")


def _list(field: Field) -> Iterator[Finding]:
    bare = _outside(field.value)
    findings = [*_et_al(field, bare), *_separators(field, bare)]
    findings += _empty(field, bare)
    yield from findings
    if findings:
        return
    people = split_names(field.value)
    for person in people:
        outside = _outside(person)
        if "," in outside:
            yield from _commas(field, person, outside)
        elif _body_hint().search(outside):
            yield from _body(field, person, alone=len(people) == 1)


def _outside(text: str) -> str:
    """The text with blanks in the place of what is in braces, and of their commas."""
    if "{" not in text:
        return text
    return _group().sub(lambda match: "x" * len(match[0]), text)


@cache
def _group() -> re.Pattern[str]:
    return re.compile(r"\{[^{}]*+(?:\{[^{}]*+(?:\{[^{}]*+\}[^{}]*+)*+\}[^{}]*+)*+\}")


@cache
def _et_al_pattern() -> re.Pattern[str]:
    return re.compile(r"(?i)(?:[\s~,]+and)?[\s~,]*\bet\.?[\s~]*al\b\.?(?:[\s,]+and[\s~]+others)?[\s.]*\Z")


def _et_al(field: Field, bare: str) -> Iterator[Finding]:
    if "al" not in bare or not re.search(r"(?i)\bet\.?[\s~]*al\b", bare):
        return
    fix = None
    if match := _et_al_pattern().search(bare):
        fix = turned(field, f"{field.value[: match.start()].rstrip()} and others") if match.start() else None
    yield Finding(
        "names-et-al", f"{field.name} has “et al.”, which BibTeX takes for a name", "end the list with `and others`",
        field.name, fix,
    )  # fmt: skip


def _separators(field: Field, bare: str) -> Iterator[Finding]:
    if ";" in bare and not re.search(r"&#?\w+;", bare):
        pieces = [piece.strip() for piece in bare.split(";")]
        plain = all(piece and piece.count(",") <= 1 for piece in pieces) and not _and().search(bare)
        fix = turned(field, re.sub(r"\s*;\s*", " and ", field.value)) if plain and "{" not in field.value else None
        yield Finding(
            "names-separator", f"{field.name} has a semicolon between names, of which BibTeX makes one name",
            "part them with `and`", field.name, fix,
        )  # fmt: skip
    elif match := re.search(r"[^\s&\\]\s+\\?&\s+[^\s&]", bare):
        person = next((each for each in split_names(field.value) if "&" in _outside(each)), field.value)
        people = re.split(r"\s+\\?&\s+", person)
        plain = len(people) == 2 and all(_outside(each).count(",") == 1 for each in people)
        mended = f"{field.value[: match.start() + 1]} and {field.value[match.end() - 1 :]}"
        yield Finding(
            "names-separator", f"{field.name} has an ampersand between names: {person}",
            "part persons with `and`; put a body whole into braces, its ampersand as \\&", field.name,
            turned(field, mended) if plain and "{" not in field.value else None,
        )  # fmt: skip


@cache
def _and() -> re.Pattern[str]:
    return re.compile(r"(?i)(?<=\s)and(?=\s)")


@cache
def _lone_and() -> re.Pattern[str]:
    return re.compile(r"(?i)\A\s*and\s|\sand\s*\Z|\sand\s+and\s")


def _empty(field: Field, bare: str) -> Iterator[Finding]:
    if _lone_and().search(bare):
        people = split_names(f" {field.value} ")
        kept = [person for person in people if person.lower() != "and"]
        kept = [re.sub(r"(?i)\Aand\s+|\s+and\Z", "", person) for person in kept]
        yield Finding(
            "names-empty", f"{field.name} has an `and` with no name on one side of it", "take the `and` away",
            field.name, turned(field, " and ".join(kept)) if kept else None,
        )  # fmt: skip


def _commas(field: Field, person: str, outside: str) -> Iterator[Finding]:
    parts = [part.strip() for part in outside.split(",")]
    if _company().fullmatch(parts[-1]):
        fix = turned(field, f"{{{field.value.strip()}}}") if person == field.value.strip() else None
        yield Finding(
            "names-body", f"{field.name} has a body that is split at its comma: {person}",
            f"put it into braces: {{{person}}}", field.name, fix,
        )  # fmt: skip
        return
    if len(parts) == _MOST_COMMAS + 1:
        if re.fullmatch(_SUFFIX, parts[1]) or not parts[1] or not parts[2]:
            return
        if re.fullmatch(_SUFFIX, parts[2]):
            family, given, suffix = person.split(",") if "{" not in person else ("", "", "")
            mended = f"{family},{suffix},{given}"
            fix = turned(field, field.value.replace(person, mended, 1)) if family and given.strip() else None
            yield Finding(
                "names-commas", f"{field.name} has a suffix in the place of a given name: {person}",
                f"write {mended.strip() if family else 'Family, Jr., Given'}", field.name, fix,
            )  # fmt: skip
            return
    elif not _list_of_two(parts) and len(parts) <= _MOST_COMMAS + 1:
        return
    yield Finding(
        "names-commas", f"{field.name} has names with only commas between them: {_shortened(person)}",
        "part them with `and`; each may be Family, Given", field.name,
    )  # fmt: skip


def _list_of_two(parts: list[str]) -> bool:
    """Whether `A. Smith, B. Jones` is two names: an initial begins no family name that another word follows."""
    return len(parts) == 2 and all(re.match(r"[A-Z]\.[~\s]?(?:[A-Z]\.[~\s]?)*[A-Z][a-z]+", part) for part in parts)


def _shortened(person: str) -> str:
    line = " ".join(person.split())
    return line if len(line) <= 60 else line[:59] + "…"


@cache
def _company() -> re.Pattern[str]:
    return re.compile(r"(?:Inc|Ltd|LLC|GmbH|Corp|Co|S\.?A|AG|Pty|PLC|plc)\.?")


@cache
def _body_hint() -> re.Pattern[str]:
    """Words that name a body and no family. A `University` at least is nobody's given name."""
    return re.compile(
        r"(?<![\w-])(?:Department|Ministry|Institute|Universit(?:y|ät|é|à)|Organi[sz]ation|Association|Society|Committee"
        r"|Council|Agency|Commission|Foundation|Consortium|Collaboration|Corporation|Laborator(?:y|ies)|Administration"
        r"|Academy|Federation|GmbH|Ltd|Inc)(?![\w-])"
    )


def _body(field: Field, person: str, *, alone: bool) -> Iterator[Finding]:
    if len(person.split()) < 2:
        return
    yield Finding(
        "names-body", f"{field.name} has a body that is split like a person's name: {person}",
        "put its whole name into braces, with any `and` that is a part of it", field.name,
        turned(field, f"{{{field.value.strip()}}}") if alone else None,
    )  # fmt: skip
