"""A passage: one line or block of a source, as every reader gives it, and what it says."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal, NamedTuple

Layout = Literal["line", "block"]

# Four dots behind a word are the end of a sentence and three more.
_ELLIPSIS = r"(?:…+|(?!(?<![\s.])\.{4}(?!\.))\.{3,}|\.(?:[ \u00a0]\.){2,})"
_CUT = re.compile(
    rf"[^\S\r\n]*(?:{_ELLIPSIS}|\[ ?{_ELLIPSIS} ?\]|\( ?{_ELLIPSIS} ?\))"
    r"(?:[^\S\r\n]*(?:▽ ?more|\[more\]|\(more\)|(?:read|see|show) more))?\Z",
    re.IGNORECASE,
)
_CUT_ENDS = ("..", ". .", ".\u00a0.", "…", "]", ")", "more", "More")
# A search for the end through all of a long line would be quadratic.
LONGEST_MARK = 60
"""More characters than a mark of truncation has."""

_QUOTES = {
    '"': ('"',),
    "'": ("'",),
    "``": ("''",),
    "“": ("”",),
    "„": ("“", "”"),
    "‘": ("’",),
    "‚": ("‘", "’"),
    "«": ("»",),
    "»": ("«",),
    "‹": ("›",),
    "›": ("‹",),
    "「": ("」",),
    "『": ("』",),
}
_BEFORE_OPENING = frozenset("([{-–—/\"'“‘«„‚")


@dataclass(frozen=True, slots=True)
class Passage:
    """One piece of a source that stands for one work.

    `position` counts passages from 0; `line` is the line of the source, from 1, where it begins. `raw` is the source's
    text to the character: a line without its end, or a block with the line ends inside it. `text` is what it says:
    without bullet, number, quotes around the whole and mark of truncation, white space collapsed. `truncated` says
    that such a mark stood there: the work's text goes on.
    """

    position: int
    line: int
    raw: str
    text: str
    truncated: bool


@dataclass(frozen=True, slots=True)
class Passages:
    """Passages in order, made anew each time they are gone through, so that a long source is not held twice.

    `len()` is known before the first is made.
    """

    count: int
    make: Callable[[], Iterator[Passage]]

    def __len__(self) -> int:
        return self.count

    def __iter__(self) -> Iterator[Passage]:
        return self.make()


class Edge(NamedTuple):
    """A line of a source that is no passage, as it stands there: its number, from 1, and its offset in the text."""

    line: int
    offset: int
    raw: str


@dataclass(frozen=True, slots=True)
class TextList:
    """A text list as read: its passages, and what its header or footer says.

    `header` is the line that names the list, `footer` the one that ends it; `declared` is the number of works that one
    of them promises. Each is None where there is none. `layout` tells whether a passage is a line or a block of lines.
    """

    passages: Passages
    declared: int | None
    header: Edge | None
    layout: Layout
    footer: Edge | None = None


def cleaned(said: str) -> tuple[str, bool]:
    """What a passage says, and whether it is truncated.

    `said` has no blanks around it. Taken away are the mark of truncation, before or behind the closing quote too, and
    quotes around the whole; white space is collapsed.
    """
    said, truncated = uncut(said)
    inner = None if said[:1].isalpha() else _unquoted(said)
    if inner is not None:
        said, within = uncut(inner.strip())
        truncated = truncated or within
    # No white space but the blank is printable, and asking that is much faster than a search for the rest.
    return said if said.isprintable() and "  " not in said else " ".join(said.split()), truncated


def uncut(said: str) -> tuple[str, bool]:
    """A text without the mark of truncation at its end (`...`, `[…]`, `… read more`), and whether it had one."""
    if not said.endswith(_CUT_ENDS):
        return said, False
    if said.endswith("...") and said[-4:-3].isalnum():
        return said[:-3], True
    tail = said[-LONGEST_MARK:]
    # Most marks are dots alone: they are looked for from the first dot, at a tenth of what a search from afar costs.
    mark = _CUT.search(tail, len(tail.rstrip(" \u00a0.…")) if tail[-1] in ".…" else 0)
    if mark is None:
        return said, False
    kept = said[: len(said) - len(tail) + mark.start()].rstrip()
    return kept.rstrip(".") if kept.endswith("..") else kept, True


def _unquoted(said: str) -> str | None:
    """The text inside the quotes around the whole, or None: a passage may begin and end with a quoted phrase each."""
    opening = "``" if said.startswith("``") else said[:1]
    closing = next((each for each in _QUOTES.get(opening, ()) if said.endswith(each)), "")
    if not closing or len(said) <= len(opening) + len(closing):
        return None
    inner = said[len(opening) : -len(closing)]
    # Spreadsheets double the quotes inside.
    if opening == '"' and '""' in inner and '"' not in inner.replace('""', ""):
        return inner.replace('""', '"')
    marks = (opening, *_QUOTES[opening])
    if not any(each in inner for each in marks):
        return inner
    depth = 1
    for mark in re.finditer("|".join(marks), inner):
        before = inner[max(mark.start() - 1, 0) : mark.start()]
        if mark[0] in ("'", "’") and before.isalnum() and inner[mark.end() : mark.end() + 1].isalnum():
            continue
        begins_phrase = not before or before.isspace() or before in _BEFORE_OPENING
        depth += 1 if mark[0] == opening and (opening != closing or begins_phrase) else -1
        if depth == 0:
            return None
    return inner
