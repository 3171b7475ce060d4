"""Writes entries as BibTeX or BibLaTeX."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import cache
from typing import Literal

from bibman.errors import InvalidValueError
from bibman.formats.dialects import to_biblatex, to_bibtex
from bibman.model.entry import Entry, Field
from bibman.model.latex import encode, escape, imbalance
from bibman.model.vocabulary import Dialect, canonical, is_verbatim

Letters = Literal["ascii", "unicode"]


def write(entries: Iterable[Entry], dialect: Dialect, letters: Letters | None = None) -> Iterator[str]:
    """The text of a `.bib` with these entries in this order, one piece for each; the pieces joined are the file.

    Types and fields are converted to the `dialect` where they are the other's; everything else is written as it is
    kept. `letters` says how letters beyond ASCII are written: as LaTeX, which every BibTeX sorts and abbreviates
    rightly and which is what "bibtex" does unless told otherwise, or as they are. Verbatim fields are never touched.

    Raises InvalidValueError for a value that BibTeX could not read back.
    """
    convert = to_bibtex if dialect == "bibtex" else to_biblatex
    as_ascii = (letters or ("ascii" if dialect == "bibtex" else "unicode")) == "ascii"
    gap = ""
    for entry in entries:
        converted = convert(entry)
        texts = [field.value if field.expression is None else field.expression for field in converted.fields]
        if not _plainly_balanced().fullmatch(_BETWEEN.join(texts)):
            _check_braces(converted, texts)
        if as_ascii and not all(map(str.isascii, texts)):
            texts = [
                text if text.isascii() or is_verbatim(field.name) else encode(text)
                for field, text in zip(converted.fields, texts, strict=True)
            ]
        lines = [
            f"  {field.name} = {{{text}}},\n" if field.expression is None else f"  {field.name} = {text},\n"
            for field, text in zip(converted.fields, texts, strict=True)
        ]
        yield f"{gap}@{converted.type}{{{converted.key},\n{''.join(lines)}}}\n"
        gap = "\n"


_BETWEEN = "\0"


@cache
def _plainly_balanced() -> re.Pattern[str]:
    """Texts with _BETWEEN between them whose braces have their partners, nested no deeper than nearly all are."""
    group = r"\{[^{}\0]*+\}"
    for _ in range(3):
        group = rf"\{{[^{{}}\0]*+(?:{group}[^{{}}\0]*+)*+\}}"
    return re.compile(rf"[^{{}}]*+(?:{group}[^{{}}]*+)*+")


def _check_braces(entry: Entry, texts: list[str]) -> None:
    for field, text in zip(entry.fields, texts, strict=True):
        if imbalance(text) is not None:
            raise InvalidValueError(
                f"the field {field.name} of {entry.key} has braces that do not match",
                f"Correct it with `bibman edit {entry.key} --set {field.name}=…`",
            )


def parents_last(entries: Iterable[Entry]) -> list[Entry]:
    """The entries in their order, but each that others refer to by `crossref` after all of these.

    BibTeX inherits only from entries that come later in the file (btxdoc, 2.1); keys are compared
    without regard to case. Entries that refer to each other in a circle stay where they are.
    """
    ordered = list(entries)
    place = {entry.key.lower(): index for index, entry in enumerate(ordered)}
    parents = [place.get((entry.get("crossref") or "").strip().lower()) for entry in ordered]
    waiting = [0] * len(ordered)
    for parent in parents:
        if parent is not None:
            waiting[parent] += 1
    rank = [0] * len(ordered)
    ready = [index for index, children in enumerate(waiting) if children == 0]
    for index in ready:
        parent = parents[index]
        if parent is not None:
            rank[parent] = max(rank[parent], rank[index] + 1)
            waiting[parent] -= 1
            if waiting[parent] == 0:
                ready.append(parent)
    return [ordered[index] for index in sorted(range(len(ordered)), key=rank.__getitem__)]


def with_tags(entry: Entry, tags: Iterable[str]) -> Entry:
    """The entry with its reader's `tags` (plain text) among its `keywords`, after those that are there already."""
    existing = next((field for field in entry.fields if field.name == "keywords"), Field("keywords", ""))
    separator = "; " if ";" in existing.value and "," not in existing.value else ", "
    known = {_compared(word) for word in existing.value.split(separator.strip())}
    added = []
    for tag in map(escape, tags):
        if _compared(tag) not in known:
            known.add(_compared(tag))
            added.append(tag)
    return _appended(entry, existing, separator, separator.join(added))


def with_notes(entry: Entry, notes: Iterable[str]) -> Entry:
    """The entry with its reader's `notes` (plain text) in the field `annotation`, after what is there already."""
    existing = next((field for field in entry.fields if canonical(field.name) == "annotation"), Field("annotation", ""))
    return _appended(entry, existing, "\n\n", "\n\n".join(escape(note.strip()) for note in notes))


def _compared(word: str) -> str:
    return " ".join(word.split()).casefold()


def _appended(entry: Entry, field: Field, separator: str, text: str) -> Entry:
    if not text:
        return entry
    if not field.value:
        changed = Field(field.name, text)
    else:
        tail = separator + text
        expression = None if field.expression is None else f"{field.expression} # {{{tail}}}"
        changed = Field(field.name, field.value + tail, expression)
    if field in entry.fields:
        return replace(entry, fields=tuple(changed if each is field else each for each in entry.fields))
    return replace(entry, fields=(*entry.fields, changed))
