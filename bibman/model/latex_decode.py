"""From BibTeX's LaTeX text to Unicode."""

import re
from collections.abc import Callable
from functools import cache, lru_cache
from itertools import groupby
from typing import Final

from bibman.model import latex_math
from bibman.model.latex_tables import (
    ACCENTS,
    DROPPING,
    ESCAPED,
    FUNCTIONS,
    LETTERS,
    QUOTING,
    SILENT,
    SPACING_ACCENTS,
    SUBSCRIPTS,
    SUPERSCRIPTS,
    SYMBOLS,
)
from bibman.model.unicode import normalised

# Braces that must outlive the removal of those that only group. Noncharacters: Unicode keeps them for such inside use.
_LEFT: Final = "\ufdd0"  # a brace that is printed
_RIGHT: Final = "\ufdd1"
_KEPT: Final = "\ufdd2"  # the opening brace of an argument that stays as it is, with its partner
_QUOTED: Final = "\ufdd3"  # the opening brace of an argument whose partner closes a quotation

_LIGATURES: Final = {
    "~": "\u00a0", "--": "–", "---": "—", "``": "“", "''": "”", "`": "‘", ",,": "„", "?`": "¿", "!`": "¡",
}  # fmt: skip


def decode(text: str) -> str:
    r"""The Unicode text that LaTeX would print for a field's `text`, for reading and for search, in NFC.

    Accents in all spellings, symbols, ligatures (``--``, ``~``, quotes) and escapes become characters; commands for the
    look, and braces, go; white space round a line's end becomes one blank, an empty line a paragraph. Math is written
    out where plain text can show it (`$x^2$` is x²) and stays LaTeX where it cannot. Nothing else is ever lost: an
    unknown command stays with its braces, and so do braces without a partner, a bare `&` and a bare `%` (a field's
    value is one line to BibTeX, it has no comments). Not for verbatim fields (url, doi, file …).

    Rules: "LaTeX2e for authors"; the ligatures are those of the encoding T1 save `<<` and `>>`.
    """
    if _may_have_tokens(text):
        decoded = _tokens().sub(_replaced, text)
    elif "{" in text or "}" in text or "\n" in text:
        decoded = text
    else:
        return normalised("NFC", text)
    if "{" in decoded or "}" in decoded or _KEPT in decoded or _QUOTED in decoded:
        decoded = _ungrouped(decoded)
    if _LEFT in decoded or _RIGHT in decoded:
        decoded = decoded.replace(_LEFT, "{").replace(_RIGHT, "}")
    if "\n" in decoded:
        decoded = _flowing(decoded)
    # What a token reads as is in NFC, and no token reads as something that begins with a combining mark.
    return decoded if text.isascii() else normalised("NFC", decoded)


def _may_have_tokens(text: str) -> bool:
    # Searches of the kind that C does fast: cheaper than any one expression for all of them.
    return (
        "\\" in text
        or "$" in text
        or "~" in text
        or "`" in text
        or ("-" in text and "--" in text)
        or ("'" in text and "''" in text)
        or ("," in text and ",," in text)
    )


_ACCENT: Final = r"""(?:["'`^~=.]|(?:[urHvdckbth]|text(?:commabelow|(?:acute|grave)macron))(?![A-Za-z]))"""
# All letters that are commands have names of one or two letters; some such names are no letter's.
_BASE: Final = r"(?:\\[A-Za-z]{1,2}(?![A-Za-z])\s*+|[^\W_])"
ACCENTED: Final = rf"""(?:["'`^~=.][A-Za-z]|{_ACCENT}[\s{{]*+(?:\\{_ACCENT}[\s{{]*+){{0,3}}{_BASE})"""
"""A letter with its accents, after the first backslash and without the braces that close."""
_SPECIAL: Final = r"""(?:["'`^~=.](?:[A-Za-z]|\{[A-Za-z]\}|\\[ij]|\{\\[ij]\})|[urHvdckb](?:\ [A-Za-z]|\{[A-Za-z]\}))"""

GROUPS: Final = r"[^{}]*+(?:\{[^{}]*+\}[^{}]*+)*+"
_HOME: Final = r"\{\\textasciitilde\}|\\textasciitilde(?:\{\}|\ )?|\\~(?:\{\ ?\})?"
BARE_URL: Final = rf"""://(?:[^\s{{}}\\$'"`]|'(?!')|\\[%&#_$^]|{_HOME})++"""
FORMULA: Final = r"(?!\d[^$]*+(?:\$\d|(?<=\s)\$))(?:[^$\\]|\\.)++"
MATH: Final = rf"\${FORMULA}\$"
"""Math between dollars; `$5 and $6` are prices."""


@cache
def _tokens() -> re.Pattern[str]:
    # Each alternative begins with a plain character: the expression engine then skips all text that begins none.
    return re.compile(
        rf"""
        \\(?:
            (?P<accent>{ACCENTED})
          | (?P<spacing>(?:["'^~=.]|[urHvck](?![A-Za-z]))\s*+\{{\s*+\}})
          | (?P<url>(?:url|nolinkurl|path)\s*+\{{{GROUPS}\}})
          | (?P<verbatim>(?:path|verb\*?)(?P<end>[!"#$%&'+,\-./:;=@|~])[^\n]*?(?P=end))
          | (?P<dropped>(?:{"|".join(DROPPING)})\*?\s*+\{{[^{{}}]*+\}})
          | (?P<script>text(?:super|sub)script\s*+\{{[^{{}}\\$]*+\}})
          | (?P<math>\((?:[^\\]|\\[^()])*+\\\)|ensuremath\s*+\{{{GROUPS}\}})
          | (?P<command>[A-Za-z]++\*?[^\S\n]*+\n?[^\S\n]*+\{{?)
          | (?P<sign>.)
        )
        | \{{\\(?:
            (?P<special>{_SPECIAL}\s*+\}})
          | (?P<parted>[A-Za-z]++\s*+\}}(?=[A-Za-z]))
          | (?P<alone>[A-Za-z]++\s*+\}})
        )
        | \$\$(?P<display>[^$]++)\$\$
        | \$(?P<inline>{FORMULA})\$
        | ~ | ---? | `` | ` | '' | ,, | \?`(?!`) | !`(?!`)
        | {BARE_URL}
        """,
        re.VERBOSE | re.DOTALL,
    )


def _replaced(match: re.Match[str]) -> str:
    token = match[0]
    if len(token) > _LONG:
        return _read(match.lastgroup, token)
    return _read_again(match.lastgroup, token)


def _read(kind: str | None, token: str) -> str:
    if kind is None:
        return _LIGATURES.get(token) or _address(token)
    return normalised("NFC", _READERS[kind](token))


# The same few thousand tokens make up nearly all of a library.
_LONG: Final = 48
_read_again = lru_cache(8192)(_read)


def _literal(text: str) -> str:
    return text.replace("{", _LEFT).replace("}", _RIGHT)


def _accent(token: str) -> str:
    marks: list[str] = []
    base = ""
    for command, letter in re.findall(r"\\([A-Za-z]+|.)|([^\W_])", token):
        if letter or command in LETTERS:
            base = letter or LETTERS[command]
        elif command in ACCENTS:
            marks.append(ACCENTS[command])
        elif command not in SILENT:
            return _literal(token)
    if not base:
        return _literal(token)
    open_braces = "{" * (token.count("{") - token.count("}"))  # their partners come later
    return open_braces + {"ı": "i", "ȷ": "j"}.get(base, base) + "".join(reversed(marks))


def _spacing(token: str) -> str:
    return SPACING_ACCENTS[token[1]]


def _address(token: str) -> str:
    plain = re.sub(_HOME, "~", token)
    return _literal(re.sub(r"\\([%&#_$^{}])", r"\1", plain))


def _url(token: str) -> str:
    return _address(re.sub(r"^\\[a-z]+\s*\{", "", token)[:-1])


def _verbatim(token: str) -> str:
    return _literal(re.sub(r"^\\(?:path|verb\*?).", "", token)[:-1])


def _dropped(token: str) -> str:
    is_space = token.startswith("\\hspace") and not re.search(r"\{\s*[0-]", token)
    return " " if is_space else ""


def _script(token: str) -> str:
    content = token[token.index("{") + 1 : -1]
    if token.startswith("\\textsub"):
        return latex_math.in_script(content.replace("-", "−"), SUBSCRIPTS) or content
    # Letters that are raised in text are the ends of words: 1st, n°.
    raised = None if any(sign.isalpha() for sign in content) else content.replace("-", "−")
    return latex_math.in_script(raised, SUPERSCRIPTS) or content if raised else content


def _math(token: str) -> str:
    formula = token[2:-2] if token.startswith("\\(") else token[token.index("{") + 1 : -1]
    return _formula(formula, token)


def _inline(token: str) -> str:
    return _formula(token[1:-1], token)


def _formula(formula: str, token: str) -> str:
    reading = latex_math.reading(formula)
    return _literal(token if reading is None else reading)


def _command(token: str) -> str:
    head = token.rstrip("{")
    brace = token[len(head) :]
    word = head.rstrip()
    name = word[1:].rstrip("*")
    if name in SYMBOLS:
        return _literal(SYMBOLS[name]) + word[1 + len(name) :] + brace
    if name in SILENT or name in DROPPING:
        return brace
    if name in QUOTING and brace:
        return _QUOTED
    if name in FUNCTIONS:
        return head[1:] + brace
    return head + (_KEPT if brace else "")


def _alone(token: str) -> str:
    return _command(token[1:-1])


def _parted(token: str) -> str:
    """A command whose braces part it from the letters after it: an unknown one keeps them."""
    reading = _alone(token)
    return _literal(token) if reading == token[1:-1] else reading


def _sign(token: str) -> str:
    return ESCAPED.get(token[1], _literal(token[1]) if token[1] in "{}" else token)


_READERS: Final[dict[str, Callable[[str], str]]] = {
    "accent": _accent,
    "special": _accent,
    "parted": _parted,
    "alone": _alone,
    "spacing": _spacing,
    "url": _url,
    "verbatim": _verbatim,
    "dropped": _dropped,
    "script": _script,
    "math": _math,
    "command": _command,
    "sign": _sign,
    "display": _literal,
    "inline": _inline,
}


def _unbraced(text: str) -> str | None:
    """The `text` without its braces, if each of them has its partner; else None."""
    pieces: list[str] = []
    depth = place = 0
    opening, closing = text.find("{"), text.find("}")
    while closing >= 0:
        if 0 <= opening < closing:
            pieces.append(text[place:opening])
            place = opening + 1
            opening = text.find("{", place)
            depth += 1
        elif depth:
            pieces.append(text[place:closing])
            place = closing + 1
            closing = text.find("}", place)
            depth -= 1
        else:
            return None
    return None if depth or opening >= 0 else "".join([*pieces, text[place:]])


def _ungrouped(text: str) -> str:
    """The `text` without the braces that group; those of unknown commands and those without a partner stay."""
    if _KEPT not in text and _QUOTED not in text and (plain := _unbraced(text)) is not None:
        return plain
    pieces: list[str] = []
    open_braces: list[tuple[int, str]] = []
    quotations = 0
    argument_ended = -1
    for piece in re.split(f"([{{}}{_KEPT}{_QUOTED}])", text):
        if piece == "}" and open_braces:
            place, brace = open_braces.pop()
            if brace == _KEPT:
                pieces[place] = "{"
                argument_ended = len(pieces) + 2  # past this brace and the empty piece after it
                pieces.append("}")
            elif brace == _QUOTED:
                quotations -= 1
                pieces[place] = "‘" if quotations % 2 else "“"
                pieces.append("’" if quotations % 2 else "”")
            else:
                pieces[place] = ""
                pieces.append("")
        elif piece in ("{", _KEPT, _QUOTED):
            # A group right after the argument of an unknown command is that command's next argument.
            next_argument = piece == "{" and len(pieces) == argument_ended and not pieces[-1]
            open_braces.append((len(pieces), _KEPT if next_argument else piece))
            quotations += piece == _QUOTED
            pieces.append("{")
        else:
            pieces.append(piece)
    return "".join(pieces)


def _flowing(text: str) -> str:
    lines = [line.strip(" \t\r\f\v") for line in text.split("\n")]
    if all(lines):
        return " ".join(lines)
    return "\n\n".join(" ".join(group) for filled, group in groupby(lines, bool) if filled)
