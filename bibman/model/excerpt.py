"""Where the words of a query stand in a text, and the piece of it that shows them best."""

import re
from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

from bibman.model.fold import fold
from bibman.model.query import FieldWords, Words, is_unspaced

Span = tuple[int, int]


class Excerpt(NamedTuple):
    """A piece of a text on one line, and where in it the words of a query begin and end, in characters."""

    text: str
    matches: tuple[Span, ...]


def spans(text: str, asked: Sequence[Words | FieldWords]) -> list[Span]:
    """Where any of the words that are `asked` for stand in a Unicode `text`, in order, none within another."""
    found = [span for each in asked for span in _spans_of(text, each)]
    kept: list[Span] = []
    for start, end in sorted(found, key=lambda span: (span[0], -span[1])):
        if not kept or start >= kept[-1][1]:
            kept.append((start, end))
    return kept


def excerpt(text: str, asked: Sequence[Words | FieldWords], width: int) -> Excerpt | None:
    """About `width` characters of a Unicode `text` with as many as may be of the words that are `asked` for.

    What is left out is marked by `…`. None where the text has none of the words.
    """
    line = " ".join(text.split())
    found = spans(line, asked)
    if not found:
        return None
    first = max(found, key=lambda span: sum(span[0] <= start and end <= span[0] + width for start, end in found))
    start, end = _around(line, first, width)
    before, after = "…" * (start > 0), "…" * (end < len(line))
    moved = len(before) - start
    shown = tuple((begin + moved, stop + moved) for begin, stop in found if start <= begin and stop <= end)
    return Excerpt(f"{before}{line[start:end]}{after}", shown)


def _around(line: str, span: Span, width: int) -> Span:
    """A piece of the line of at most about `width` characters, of whole words, in which the `span` is."""
    first, last = span
    if len(line) <= width:
        return 0, len(line)
    start = max(0, min(first - width // 4, len(line) - width))
    if start:
        start = min(first, line.rfind(" ", 0, start + 1) + 1)
    # To begin with a whole word may have taken more than there is before the span.
    end = max(last, min(len(line), start + width))
    if end < len(line) and (blank := line.rfind(" ", last, end)) >= last:
        end = blank
    return start, end


def _spans_of(text: str, asked: Words | FieldWords) -> list[Span]:
    wanted = asked.words.split(" ")
    if is_unspaced(asked.words):
        return [match.span() for match in re.finditer(re.escape(asked.typed.strip()), text, re.IGNORECASE)]
    words = [(word, *match.span()) for match in _words().finditer(text) for word in fold(match[0]).split(" ")]
    size = len(wanted)
    return [
        (words[place][1], words[place + size - 1][2])
        for place in range(len(words) - size + 1)
        if all(words[place + at][0] == wanted[at] for at in range(size - 1))
        and _ends(words[place + size - 1][0], wanted[-1], is_prefix=asked.is_prefix)
    ]


def _ends(word: str, wanted: str, *, is_prefix: bool) -> bool:
    return word.startswith(wanted) if is_prefix else word == wanted


@cache
def _words() -> re.Pattern[str]:
    # With accents that stand apart from their letters.
    return re.compile("[^\\W_][\\w\u0300-\u036f]*")
