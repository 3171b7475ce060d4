"""The formats that ingest reads, and how a text shows which it is."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from bibman.errors import InvalidValueError, UsageError
from bibman.formats import text_list
from bibman.formats.passages import Layout, TextList

Read = Callable[[str, Layout | None], TextList]


@dataclass(frozen=True, slots=True)
class Format:
    """A format that can be read: its name for --format, what it is, and its reader."""

    name: str
    meaning: str
    read: Read


FORMATS = {
    each.name: each
    for each in (Format("list", "abstracts, titles or references, one a line or in blocks", text_list.read),)
}

# What a text looks like that is no list: taken for one, each of its lines would become an entry.
_OTHERS = {
    "BibTeX": re.compile(
        r"^[ \t]*@[ \t]*(?!(?:comment|string|preamble)\b)[a-z]+[ \t]*[{(][^\s,{}]*[ \t]*,", re.IGNORECASE | re.MULTILINE
    ),
    "RIS": re.compile(r"^TY {1,2}- ?[A-Z]{3,6}[ \t]*$", re.MULTILINE),
    "EndNote XML": re.compile(r"\A\s*<\?xml[^>]*>(?:\s*<!DOCTYPE[^>]*>)?\s*<xml>\s*<records>"),
    "CSL-JSON": re.compile(r'\A\s*\[?\s*\{\s*"'),
}


def recognise(text: str, name: str) -> str:
    """The name of the format of a text, by what stands in it; `name` is what messages call the text.

    Raises InvalidValueError for a text that plainly is of a format that this version does not read.
    """
    for format_, shape in _OTHERS.items():
        if shape.search(text):
            raise InvalidValueError(
                f"{name} looks like {format_}, which this version does not read",
                "`--format list` reads it as a list of texts anyway",
            )
    return "list"


def reader_of(format_: str) -> Read:
    """The reader of a format. Raises UsageError for one that does not exist."""
    if format_ not in FORMATS:
        raise UsageError(f"no such format: {format_}", f"There are {', '.join(FORMATS)}")
    return FORMATS[format_].read
