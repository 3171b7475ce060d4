"""The files that a catalogue is built from: works from JSON Lines, arXiv's dump, CSL-JSON and `.bib`.

Which of these a file is, is told by its content. docs/catalogue.md describes them.
"""

import codecs
import json
import re
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO, Final, Literal, NamedTuple

from bibman.formats.arxiv_dump import is_arxiv, read_arxiv
from bibman.formats.csl_json import is_csl, objects, read_csl
from bibman.model.record import Record
from bibman.providers.catalogue_format import LONGEST_LINE, read_lines, read_record

Kind = Literal["works", "arxiv", "csl lines", "csl", "bib"]
OnBytes = Callable[[bytes], object]

_PIECE: Final = 1 << 18
_HEAD: Final = 1 << 16


class Item(NamedTuple):
    """What may be one work: its line, from 1, and how it is read, which raises ValueError where it is none."""

    line: int
    read: Callable[[], Record]


def kind_of(head: bytes) -> Kind:
    """What the file is that begins so."""
    text = head.removeprefix(codecs.BOM_UTF8).lstrip()
    if text.startswith(b"["):
        return "csl"
    if not text.startswith(b"{"):
        return "bib" if re.search(rb"(?m)^[ \t]*@[ \t]*[A-Za-z]+[ \t\r\n]*[{(]", text) else "works"
    line, _, rest = text.partition(b"\n")
    try:
        described = json.loads(line)
    except ValueError:
        # An object over several lines, or a line that does not fit into the head.
        return "csl" if rest and len(line) < 1000 else _kind_by_names(text)
    if not isinstance(described, dict):
        return "works"
    return "arxiv" if is_arxiv(described) else "csl lines" if is_csl(described) else "works"


def items(file: Path, on_bytes: OnBytes) -> Iterator[Item]:
    """What may be works in a file, in order; `on_bytes` is given every byte that was read, in order.

    The same file gives the same items with the same bytes before each. Raises OSError where it cannot be read.
    """
    with file.open("rb") as opened:
        kind = kind_of(opened.read(_HEAD))
        opened.seek(0)
        if kind == "bib":
            yield from _bib_items(file, opened, on_bytes)
        elif kind == "csl":
            yield from _csl_items(opened, on_bytes)
        else:
            read = _LINES[kind]
            for number, line in read_lines(opened, on_bytes):
                too_long = partial(_rejected, f"longer than {LONGEST_LINE >> 20} MB")
                yield Item(number, too_long if line is None else partial(read, line))


def _kind_by_names(text: bytes) -> Kind:
    if sum(name in text for name in (b'"authors_parsed"', b'"versions"', b'"categories"', b'"update_date"')) >= 2:
        return "arxiv"
    return "csl lines" if b'"issued"' in text or b'"container-title"' in text else "works"


def _rejected(reason: str) -> Record:
    raise ValueError(reason)


def _read_json(read: Callable[[dict[str, Any]], Record], line: bytes) -> Record:
    try:
        described = json.loads(line)
    except UnicodeDecodeError:
        raise ValueError("not UTF-8") from None
    except (ValueError, RecursionError):
        raise ValueError("not JSON") from None
    return _read_object(read, described)


def _read_object(read: Callable[[dict[str, Any]], Record], described: Any) -> Record:
    if not isinstance(described, dict):
        raise ValueError("not a JSON object")
    try:
        return read(described)
    except (TypeError, AttributeError, LookupError):
        raise ValueError("a value is of another kind than it should be") from None


_LINES: Final[dict[str, Callable[[bytes], Record]]] = {
    "works": read_record,
    "arxiv": partial(_read_json, read_arxiv),
    "csl lines": partial(_read_json, read_csl),
}


def _pieces(opened: BinaryIO, on_bytes: OnBytes) -> Iterator[bytes]:
    while piece := opened.read(_PIECE):
        on_bytes(piece)
        yield piece


def _csl_items(opened: BinaryIO, on_bytes: OnBytes) -> Iterator[Item]:
    decoder = codecs.getincrementaldecoder("utf-8-sig")("replace")
    texts = (decoder.decode(piece) for piece in _pieces(opened, on_bytes))
    try:
        for line, described in objects(texts):
            yield Item(line, partial(_read_object, read_csl, described))
    except ValueError as error:
        place, _, reason = str(error).removeprefix("line ").partition(": ")
        yield Item(int(place), partial(_rejected, f"{reason}; what follows was not read"))


def _bib_items(file: Path, opened: BinaryIO, on_bytes: OnBytes) -> Iterator[Item]:
    from bibman.formats.bibtex_blocks import blocks
    from bibman.formats.bibtex_parents import parents, with_inherited
    from bibman.formats.bibtex_reader import Macros, read_entry
    from bibman.formats.encoding import decoded, find_encoding
    from bibman.formats.entry_record import entry_record

    def pieces() -> Iterator[bytes]:
        with file.open("rb") as again:
            yield from _pieces(again, lambda _: None)

    encoding = find_encoding(pieces, name=str(file), with_flaws=True)
    known = parents(lambda: decoded(pieces(), encoding))
    macros = Macros()
    for block in blocks(decoded(_pieces(opened, on_bytes), encoding)):
        if block.kind == "macro":
            macros.define(block.key, block.fields[0][1])
        elif block.kind == "broken":
            reason = block.problem.message if block.problem is not None else "broken"
            yield Item(block.line, partial(_rejected, reason))
        elif block.kind == "entry":
            # A macro may be defined anew further down: the entry is read here, the record when it is wanted.
            entry = read_entry(block, macros)
            if entry.type == "xdata":
                continue  # no work, but what others share
            yield Item(block.line, partial(entry_record, with_inherited(entry, known) if known else entry))
