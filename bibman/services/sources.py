"""The files that are to be taken in: opened, recognised and decoded, before a library is touched."""

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from io import BytesIO

from bibman.errors import FileError, UsageError
from bibman.formats.encoding import Encoding, decoded, find_encoding
from bibman.formats.passages import Layout, Passage, Passages, TextList, cleaned
from bibman.formats.registry import BIBTEX, checked_format, list_reader, recognise
from bibman.services.files import STANDARD, Opener, expanded, pieces, read_bytes, readable
from bibman.services.report import Report
from bibman.services.wording import counted

TYPED = "command line"
"""The name of what was typed, as that of a source."""
HEAD = 1 << 20
"""So many characters show the format of a text."""


@dataclass(frozen=True, slots=True)
class Source:
    """A file that was found to be a text: the name under which the library keeps it, its size and checksum in bytes.

    `content` is what stands in it where it is a list; a `.bib` is read as it is taken in, from `opener`.
    """

    name: str
    size: int
    checksum: str
    format: str
    encoding: Encoding
    opener: Opener
    report: Report
    content: TextList | None = None

    def is_as_it_was(self) -> bool:
        """Whether the file still has the bytes that it had when it was opened."""
        return _measured(self.opener, self.name)[1] == self.checksum

    def pieces(self) -> Iterator[str]:
        """Its text, a piece at a time."""
        return decoded(pieces(self.opener), self.encoding)


@contextmanager
def sources(
    names: Sequence[str], format_: str | None = None, encoding: str | None = None, layout: Layout | None = None
) -> Iterator[list[Source]]:
    """The files with these names (`-` is standard input), ready to be taken in.

    Format, encoding and layout are found out where they are not given. Raises FileError and InvalidValueError where
    a file cannot be read as a text.
    """
    with ExitStack() as stack:
        yield [_source(name, stack.enter_context(readable(name)), format_, encoding, layout) for name in names]


def typed(scraps: Sequence[str]) -> Source:
    """What was typed on the command line, ready to be taken in: each of `scraps` that is not blank is a passage.

    Raises UsageError where all are blank.
    """
    said = [_readable(scrap) for scrap in scraps if scrap.strip()]
    if not said:
        raise UsageError(
            "nothing to add", "Give a title, a reference, an identifier, an address or a piece of abstract"
        )
    content = "\n".join(said).encode()
    found = [Passage(place, place + 1, scrap, *cleaned(scrap.strip())) for place, scrap in enumerate(said)]
    passages = Passages(len(found), lambda: iter(found))
    return Source(
        TYPED,
        len(content),
        hashlib.sha256(content).hexdigest(),
        "list",
        Encoding("utf-8"),
        lambda: BytesIO(content),
        Report(TYPED, "list", "utf-8", "line"),
        TextList(passages, None, None, "line"),
    )


def typed_lines() -> list[str]:
    """The lines of standard input. Raises FileError where it is not UTF-8."""
    try:
        return read_bytes(STANDARD).decode("utf-8-sig").splitlines()
    except UnicodeDecodeError:
        raise FileError("standard input is not UTF-8", "`bibman ingest -` reads other encodings") from None


def _source(name: str, opener: Opener, format_: str | None, encoding: str | None, layout: Layout | None) -> Source:
    is_standard = name == STANDARD
    shown = "standard input" if is_standard else _readable(name)
    size, checksum = _measured(opener, shown)
    found = find_encoding(lambda: pieces(opener), encoding, name=shown, with_flaws=True)
    format_ = checked_format(format_) if format_ else recognise(_head(opener, found), shown)
    report = Report(shown, format_, found.codec, remarks=[f"{shown}: {found.note}"] if found.note else [])
    kept_name = STANDARD if is_standard else _readable(str(expanded(name).resolve()))
    if format_ != BIBTEX and found.is_flawed:
        found = find_encoding(lambda: pieces(opener), encoding, name=shown)
    if format_ == BIBTEX:
        return Source(kept_name, size, checksum, format_, found, opener, report)
    text = "".join(decoded(pieces(opener), found))
    content = list_reader(format_)(text, layout)
    number = len(content.passages)
    if not number:
        raise FileError(f"{shown} has no passages", "No line of it has a word")
    if content.declared is not None and content.declared != number:
        report.remarks.append(
            f"{shown} says that it has {content.declared:,}, but {counted(number, 'passage')} found in it"
            f"{_advice(content.declared, number, layout)}"
        )
    report.layout, report.declared = content.layout, content.declared
    return Source(kept_name, size, checksum, format_, found, opener, report, content)


def _advice(declared: int, found: int, layout: Layout | None) -> str:
    """What to do where a list has far more or fewer passages than it declares: they may be no lines, or no blocks."""
    if layout or 2 * max(declared, found) < 3 * min(declared, found):
        return ""
    return "; `--passages line` or `--passages block` says what a passage is"


def _measured(opener: Opener, shown: str) -> tuple[int, str]:
    """The size and checksum of a file. Raises FileError where there is nothing in it."""
    size, blank, digest = 0, True, hashlib.sha256()
    for piece in pieces(opener):
        size += len(piece)
        blank = blank and not piece.strip()
        digest.update(piece)
    if blank:
        raise FileError(f"{shown} is empty", "Nothing was read")
    return size, digest.hexdigest()


def _head(opener: Opener, encoding: Encoding) -> str:
    head = ""
    for text in decoded(pieces(opener), encoding):
        head += text
        if len(head) >= HEAD:
            break
    return head


def _readable(name: str) -> str:
    """The name of a file, with what is not UTF-8 in it written out as bytes."""
    return name.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
