"""In which words two texts differ, for the eyes of a person who has to say whether they are of one work."""

import re
from functools import cache

from bibman.model.fold import fold

Span = tuple[int, int]


def differing(text: str, other: str) -> tuple[list[Span], list[Span]]:
    """Where the words of each of two Unicode texts stand that have no partner in the other, in order.

    Words that fold alike are partners. Neighbouring words make one span.
    """
    from difflib import SequenceMatcher  # here, because only who compares texts needs it

    words, others = _words_of(text), _words_of(other)
    matcher = SequenceMatcher(None, [word for word, _ in words], [word for word, _ in others], autojunk=False)
    spans: tuple[list[Span], list[Span]] = [], []
    for tag, start, end, other_start, other_end in matcher.get_opcodes():
        if tag != "equal":
            spans[0].extend(_span(words[start:end]))
            spans[1].extend(_span(others[other_start:other_end]))
    return spans


def nearest_piece(text: str, other: str) -> str:
    """The piece of `other`, of whole words, that `text` is most like where it is a part of it, cut short or misspelt.

    A few words more stand on either side where there are any; what is left out is marked by `…`.
    """
    from difflib import SequenceMatcher

    words, others = _words_of(text), _words_of(other)
    matcher = SequenceMatcher(None, [word for word, _ in words], [word for word, _ in others], autojunk=False)
    blocks = [block for block in matcher.get_matching_blocks() if block.size > 2]
    if not blocks:
        return other
    longest = max(blocks, key=lambda block: block.size)
    first = max(0, longest.b - longest.a)
    last = min(len(others), longest.b + (len(words) - longest.a) + _MORE)
    start = 0 if first <= _MORE else others[first][1][0]
    end = len(other) if last >= len(others) else others[last - 1][1][1]
    return f"{'…' * (start > 0)}{other[start:end]}{'…' * (end < len(other))}"


_MORE = 3


def _words_of(text: str) -> list[tuple[str, Span]]:
    return [(word, found.span()) for found in _word().finditer(text) if (word := fold(found[0]))]


def _span(words: list[tuple[str, Span]]) -> list[Span]:
    return [(words[0][1][0], words[-1][1][1])] if words else []


@cache
def _word() -> re.Pattern[str]:
    return re.compile(r"[^\W_][\w\u0300-\u036f'’-]*")
