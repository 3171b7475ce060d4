"""The formats that ingest reads, and how a text shows which it is."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from bibman.errors import InvalidValueError, UsageError
from bibman.formats import text_list
from bibman.formats.passages import Layout, TextList

Read = Callable[[str, Layout | None], TextList]

# Where a line begins, whatever ends the line before it; `^` knows only one of the three ends.
_LINE_START = r"(?:\A|[\r\n])[ \t]*"
# A text shows its format at once, even below a long comment; the rest of a large one need not be searched.
_HEAD = 1 << 20


@dataclass(frozen=True, slots=True)
class Format:
    """A format: its name for --format, what it is called, its reader, and the shape of a text that plainly is of it.

    `read` is the reader of a list; it is None for BIBTEX, which is read block by block, and for a format that is known
    only so that it is not taken for a list, each of whose lines would become an entry. `shape` is a regular expression;
    None for what every text may be.
    """

    name: str
    meaning: str
    read: Read | None = None
    shape: str | None = None


BIBTEX = "bibtex"

# In the order in which they are tried.
_KNOWN = (
    Format(
        BIBTEX,
        "BibTeX",
        shape=_LINE_START + r"@[ \t]*(?:(?:comment|string|preamble)\s*[{(]|[a-z]+\s*\{|[a-z]+\(\s*[^\s,{}()=]*\s*,)",
    ),
    Format("ris", "RIS", shape=_LINE_START + r"TY {1,2}- ?[A-Z]{3,6}[ \t]*(?:[\r\n]|\Z)"),
    Format("medline", "MEDLINE (PubMed)", shape=_LINE_START + r"PMID- [0-9]+[ \t]*(?:[\r\n]|\Z)"),
    Format("endnote", "EndNote's tagged format", shape=_LINE_START + r"%0 [A-Z][a-z]+"),
    Format("endnote-xml", "EndNote XML", shape=r"\A\s*(?:<\?xml[^>]*>\s*)?(?:<!DOCTYPE[^>]*>\s*)?<xml>\s*<records>"),
    Format("csl-json", "CSL-JSON", shape=r'\A\s*(?:\[\s*)?\{\s*"[^"\r\n]*"\s*:'),
    Format("html", "a web page", shape=r"\A\s*<(?:!DOCTYPE\s+html|html)\b"),
    Format("xml", "XML", shape=r"\A\s*<\?xml\s"),
    Format("list", "abstracts, titles or references, one a line or in blocks", text_list.read),
)

FORMATS = {each.name: each for each in _KNOWN if each.read or each.name == BIBTEX}
"""The formats that can be read, by name."""


def recognise(text: str, name: str) -> str:
    """The name of the format of a text, by what stands in it; `name` is what messages call the text.

    Raises InvalidValueError for a text that plainly is of a format that this version does not read.
    """
    head = text[:_HEAD]
    if name.lower().endswith(".bib") and head.lstrip().startswith("%"):
        return BIBTEX  # perhaps comments alone
    found = next(each for each in _KNOWN if each.shape is None or re.search(each.shape, head, re.IGNORECASE))
    if found.name not in FORMATS:
        raise InvalidValueError(
            f"{name} looks like {found.meaning}, which this version cannot read",
            "`--format list` reads it as a list of texts anyway",
        )
    return found.name


def checked_format(name: str) -> str:
    """The name of a format that can be read. Raises UsageError for one that cannot."""
    if name not in FORMATS:
        raise UsageError(f"no such format: {name}", f"There are {', '.join(FORMATS)}")
    return name


def list_reader(name: str) -> Read:
    """The reader of a format of lists."""
    read = FORMATS[name].read
    assert read is not None  # noqa: S101 - BIBTEX is no list
    return read
