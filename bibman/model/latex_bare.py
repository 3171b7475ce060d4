r"""Characters of BibTeX text that LaTeX takes for something else than they are, outside of math and addresses."""

import re
from collections.abc import Iterator
from functools import cache
from typing import Final

ESCAPED: Final = {
    "&": r"\&",
    "%": r"\%",
    "#": r"\#",
    "_": r"\_",
    "^": r"\^{}",
    "$": r"\$",
}
"""The characters at which LaTeX stops in text, or whose meaning it changes, and how they are written to be printed."""


def bare_characters(text: str) -> Iterator[tuple[int, str]]:
    r"""Where in a field's text (not a verbatim field's) such a character stands bare, and which it is, in order.

    A backslash that ends the text is bare too: it
    would escape the brace that closes what a style puts round it.
    """
    if not _hint().search(text):
        return
    for match in _scanner().finditer(text):
        if match["bare"]:
            yield match.start(), match["bare"]


def swallowing(text: str) -> Iterator[tuple[int, str]]:
    """Where in a field's text a `%` or `#` has no backslash before it, and which it is: biber writes fields into
    arguments of macros, where these two count even within an address or math."""
    if "%" in text or "#" in text:
        for match in _percent().finditer(text):
            if match[1]:
                yield match.start(), match[1]


@cache
def _percent() -> re.Pattern[str]:
    return re.compile(r"\\.|([%#])", re.DOTALL)


@cache
def _hint() -> re.Pattern[str]:
    return re.compile(r"[&%#_^$]|\\\s*\Z")


@cache
def _scanner() -> re.Pattern[str]:
    group = r"\{[^{}]*+(?:\{[^{}]*+(?:\{[^{}]*+\}[^{}]*+)*+\}[^{}]*+)*+\}"
    return re.compile(
        rf"""
        # Arguments that LaTeX reads as they stand, or as math, or as a name.
          \\(?:url|nolinkurl|path|doi|href|hyperref|[A-Za-z]*cite[A-Za-z]*|ref|label|input|ensuremath)\s*\*?\s*{group}
        | \\\((?:[^\\]|\\[^()])*+\\\)
        | \$\$(?:[^$\\]|\\.)*+\$\$
        | \$(?:[^$\\]|\\.)*+\$
        | \\(?!\s*\Z).
        | (?P<bare>[&%\#_^$]|\\\s*\Z)
        """,
        re.VERBOSE | re.DOTALL,
    )
