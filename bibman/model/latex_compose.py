"""From commands for letters to the letters themselves, in BibTeX text that stays BibTeX text."""

import re
from functools import cache, lru_cache

from bibman.model.latex_decode import FORMULA, GROUPS, decode
from bibman.model.latex_tables import LETTER_ACCENTS, LETTERS, READ_ACCENTS, TEXT


def compose(text: str) -> str:
    r"""BibTeX `text` with the letters and signs that it spells as commands (`{\"o}`, `\v{s}`, `{\ss}`) as themselves.

    All else stays: escapes, dashes, quotes, math, addresses, other commands, and braces that do more than hold a
    letter. It undoes `encode` for letters: `decode(compose(t)) == decode(t)`, and `compose(compose(t)) == compose(t)`.
    """
    if "\\" not in text:
        return text
    return _tokens().sub(_composed, text)


@cache
def _tokens() -> re.Pattern[str]:
    accent = rf"""(?:["'`^~=.]|(?:{"|".join([*LETTER_ACCENTS, *READ_ACCENTS])})(?![A-Za-z]))"""
    letter = rf"(?:{'|'.join(LETTERS)})(?![A-Za-z])"
    sign = rf"(?:{'|'.join((*LETTERS, *TEXT))})(?![A-Za-z])"
    base = rf"(?:[A-Za-z]|\\{letter}(?:\s*+\{{\}}|\s++)?|\{{\s*+(?:[A-Za-z]|\\{letter})\s*+\}})"
    accented = rf"{accent}\s*+{base}"
    for _ in range(2):
        accented = rf"{accent}\s*+(?:{base}|\\{accented}|\{{\s*+\\{accented}\s*+\}})"
    # Each alternative begins with a plain character: the expression engine then skips all text that begins none.
    return re.compile(
        rf"""
        \{{(?<![\]}}]\{{)\\(?P<braced>(?:{accented}|{sign})\s*+\}})
        | \\(?:
            (?P<accented>{accented})
          | {accent}[\s{{]*+(?:\\{sign})?
          | (?P<sign>{sign}(?:\{{\}}|\s++)?)
          | (?:url|path|nolinkurl|href)\s*+\{{{GROUPS}\}}
          | (?:path|verb\*?)(?P<end>[!"#$%&'+,\-./:;=@|~])[^\n]*?(?P=end)
          | \((?:[^\\]|\\[^()])*+\\\)
          | ensuremath\s*+\{{{GROUPS}\}}
          | [A-Za-z]++\*?\s*+(?:\{{(?=\\))?
          | .
        )
        | \$\$[^$]++\$\$
        | \${FORMULA}\$
        """,
        re.VERBOSE | re.DOTALL,
    )


def _composed(match: re.Match[str]) -> str:
    return _read(match[0]) if match.lastgroup in {"braced", "accented", "sign"} else match[0]


@lru_cache(8192)
def _read(token: str) -> str:
    """The one character that a token stands for, or the token where there is none."""
    read = decode(token)
    return read if len(read) == 1 else token
