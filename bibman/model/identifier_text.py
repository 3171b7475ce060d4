"""Text in which identifiers are looked for: without LaTeX, HTML entities and what nobody sees."""

import re
from functools import cache
from typing import Final

_WINDOW: Final = 200
_NAMED: Final = {"textless": "<", "textgreater": ">", "textunderscore": "_"}


def plain(text: str) -> str:
    r"""`text` without LaTeX, HTML entities and invisible characters, all hyphens as `-`.

    `10.1000/a\_b$<$c` becomes `10.1000/a_b<c`. Braces stay where they hold more than one character.
    """
    if not text.isascii():
        text = _unseen().sub("", re.sub("[‐‑‒–−]", "-", text))
    elif not text.isprintable():
        text = _unseen().sub("", text)
    if "&" in text:
        text = text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    if "$" in text:
        text = re.sub(r"\$([<>])\$", r"\1", text)
    if "\\" in text:
        text = re.sub(r"\\(?:url|doi|path|nolinkurl|texttt|detokenize)\b", " ", text)
        text = re.sub(r"\\(textless|textgreater|textunderscore)\b(?:\{\})?\s?", lambda name: _NAMED[name[1]], text)
        text = re.sub(r"\\([_%&#$~^{}])(?:\{\})?", r"\1", text)
    if "{" in text:
        text = re.sub(r"\{([^\s{}])\}", r"\1", text)
    return text


def lead(text: str, end: int, begin: int = 0) -> str:
    """What stands in `text` before `end` without a blank, not before `begin`: an address, or a label."""
    return re.split(r"[\s\"<>{}|]", text[max(begin, end - _WINDOW) : end])[-1]


@cache
def _unseen() -> re.Pattern[str]:
    """Control characters and pictures of them, what joins or parts without being seen, the mark of a lost character."""
    return re.compile(
        "[\x00-\x08\x0e-\x1f\x7f-\x9f\xad\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2400-\u243f\ufeff\ufffd]"
    )
