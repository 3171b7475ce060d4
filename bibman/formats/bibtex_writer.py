"""Writes entries as BibTeX or BibLaTeX."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from functools import cache
from typing import Final

from bibman.errors import InvalidValueError
from bibman.formats.bibtex_definitions import Definitions
from bibman.formats.bibtex_expressions import in_literals
from bibman.formats.bibtex_layout import PLAIN, Layout, Letters
from bibman.formats.dialects import to_biblatex, to_bibtex
from bibman.model.entry import Entry, Field
from bibman.model.latex import compose, encode, escape, imbalance
from bibman.model.vocabulary import Dialect, canonical, is_verbatim


def write(
    entries: Iterable[Entry], dialect: Dialect, layout: Layout = PLAIN, defined: Definitions | None = None
) -> Iterator[str]:
    """The text of a `.bib` with these entries in this order, one piece for each.

    What is `defined` comes ahead of the first; without it expressions are written as they stand, whatever they mean.
    Types and fields are converted to the `dialect` where they are the other's; everything else is written as it is
    kept, or as the `layout` wants it. Its letters are by default "ascii" for "bibtex", else "kept"; verbatim fields are
    never touched. Without entries nothing is written.

    Raises InvalidValueError for a value that BibTeX could not read back.
    """
    convert = CONVERTERS[dialect]
    layout = layout if layout.letters else replace(layout, letters="ascii" if dialect == "bibtex" else "kept")
    lead = definitions_text(defined, layout) if defined else ""
    for entry in entries:
        yield lead + entry_text(convert(entry), layout, defined)
        lead = layout.gap[1:]


CONVERTERS: Final = {"bibtex": to_bibtex, "biblatex": to_biblatex}
"""Dialect → what converts an entry to it."""


def entry_text(entry: Entry, layout: Layout, defined: Definitions | None = None) -> str:
    """The text of one entry, without blank lines round it. Raises InvalidValueError as `write` does."""
    entry = layout.arranged(entry)
    fields: Sequence[Field] = entry.fields
    if defined:
        fields = [field if field.expression is None else _expressed(field, layout, defined) for field in fields]
    texts = [text if expression is None else expression for _, text, expression in fields]
    joined = _BETWEEN.join(texts)
    if ("{" in joined or "}" in joined) and not _plainly_balanced().fullmatch(joined):
        _check_braces(entry, texts)
    if layout.letters == "ascii" and not joined.isascii():
        fields = [_converted(field, encode) for field in fields]
    elif layout.letters == "unicode" and "\\" in joined:
        fields = [_converted(field, compose) for field in fields]
    # A key in an entry with parentheses may hold what would close one with braces (bibtex.web, section 267).
    opening, closing = "()" if "}" in entry.key else "{}"
    return f"@{entry.type}{opening}{entry.key},\n{layout.lines(fields)}{closing}\n"


def definitions_text(defined: Definitions, layout: Layout) -> str:
    """The `@string`s, one a line, and the `@preamble`s, with the blank lines that come after them; empty for none."""
    macros = () if layout.resolve_macros else defined.macros
    texts = [macro_text(macro, layout, defined) for macro in macros]
    texts += [preamble_text(preamble, layout, defined) for preamble in defined.preambles]
    return "".join(texts) + (layout.gap[1:] if texts else "")


def macro_text(macro: Field, layout: Layout, defined: Definitions) -> str:
    """The line that defines a macro. Raises InvalidValueError as `write` does."""
    return f"@string{{{macro.name} = {_definition(macro, layout, defined)}}}\n"


def preamble_text(preamble: Field, layout: Layout, defined: Definitions) -> str:
    """The line of a preamble. Raises InvalidValueError as `write` does."""
    return f"@preamble{{{_definition(preamble, layout, defined)}}}\n"


def _definition(given: Field, layout: Layout, defined: Definitions) -> str:
    field = _expressed(given, layout, defined)
    if imbalance(field.written) is not None:
        raise InvalidValueError(
            f"the {f'macro {field.name}' if field.name else 'preamble'} has braces that do not match: {field.value}",
            "Correct it where it was read from",
        )
    if layout.letters in _CONVERSIONS:
        field = _converted(field, _CONVERSIONS[layout.letters])
    return field.expression or layout.enclosed(field.value)


def _expressed(field: Field, layout: Layout, defined: Definitions) -> Field:
    faithful = defined.faithful(field)
    return defined.resolved(faithful) if layout.resolve_macros else faithful


_CONVERSIONS: Final[dict[Letters | None, Callable[[str], str]]] = {"ascii": encode, "unicode": compose}


def _converted(field: Field, convert: Callable[[str], str]) -> Field:
    name, text, expression = field
    if is_verbatim(name):
        return field
    if expression is None:
        converted = convert(text)
        return field if converted is text else Field(name, converted)
    return Field(name, text, in_literals(expression, convert))


_BETWEEN: Final = "\0"


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
