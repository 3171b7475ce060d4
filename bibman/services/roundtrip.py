"""Proof that a `.bib` is read without loss, of the file alone: no library is touched."""

import re
from collections.abc import Iterator
from itertools import zip_longest
from typing import Final

from bibman.formats.bibtex_blocks import Block, blocks
from bibman.formats.bibtex_expressions import expression_parts
from bibman.formats.bibtex_format import format_text
from bibman.formats.bibtex_layout import PLAIN
from bibman.formats.bibtex_reader import Bibliography, read
from bibman.formats.encoding import ESCAPED, decode
from bibman.model.entry import Entry
from bibman.services.files import read_bytes

# bibtexparser 2 takes a backslash before a delimiter for an escape, which BibTeX does not, and a bare quote in the
# braces of a value in quotes for its end.
_READ_OTHERWISE: Final = re.compile(r'\\[{}"]|"')


def findings(name: str, encoding: str | None = None) -> Iterator[str]:
    """What would be lost or changed of a file, in sentences that begin with its place; nothing where it is sound.

    Its bytes must come back from its blocks; each block must be readable; what is written of its entries must be read
    as the same entries; and bibtexparser, another reader, must find the same in them. Raises FileError where the file
    cannot be read as a text.
    """
    data = read_bytes(name)
    decoded = decode(data, encoding, name=name, with_flaws=True)
    found = list(blocks([decoded.text]))
    back = decoded.mark + b"".join(block.raw.encode(decoded.encoding, ESCAPED) for block in found)
    if back != data:
        place = next(place for place, (one, other) in enumerate(zip_longest(back, data)) if one != other)
        yield f"{name}: byte {place} would not come back from {decoded.encoding}: convert the file to UTF-8 first"
    for block in found:
        if block.problem is not None:
            yield f"{name}:{block.problem.line}:{block.problem.column}: {block.problem.message}"
    before, after = read(decoded.text), read(format_text(decoded.text, PLAIN).text)
    yield from (f"{name}: {sentence}" for sentence in _differences(before, after))
    for block in _otherwise(decoded.text, found):
        yield f"{name}:{block.line}: bibtexparser reads {block.key or 'this entry'} otherwise"


def _differences(before: Bibliography, after: Bibliography) -> Iterator[str]:
    for one, other in zip_longest(before.entries, after.entries):
        if one is None or other is None or _said(one) != _said(other):
            entry = one or other
            yield f"{entry.key if entry else ''} would be written as something else"
    if [(each.name.lower(), each.value) for each in before.macros] != [
        (each.name.lower(), each.value) for each in after.macros
    ]:
        yield "a macro would be written as something else"
    if before.preambles != after.preambles:
        yield "a preamble would be written as something else"


def _said(entry: Entry) -> tuple[str, str, list[tuple[str, str, list[str]]]]:
    """What an entry says, whatever blanks there are between the parts of its expressions."""
    return (
        entry.key,
        entry.type,
        [(name, value, expression_parts(expression or "")) for name, value, expression in entry.fields],
    )


def _otherwise(text: str, found: list[Block]) -> Iterator[Block]:
    """The entries, among those that bibtexparser cuts alike, of which it makes something else."""
    import logging

    from bibtexparser.splitter import Splitter

    logging.getLogger("bibtexparser").setLevel(logging.CRITICAL)
    theirs = {(block.raw or "").strip(): block for block in Splitter(text.replace("\r\n", "\n")).split().entries}
    for block in found:
        raw = block.raw.replace("\r\n", "\n").strip()
        if block.kind == "entry" and raw in theirs and not _READ_OTHERWISE.search(raw):
            read_as = [(field.key, " ".join(str(field.value).split())) for field in theirs[raw].fields]
            if read_as != [(name, " ".join(expression.split())) for name, expression in block.fields]:
                yield block
