"""From Unicode to BibTeX's LaTeX text."""

import re
from functools import cache, lru_cache
from typing import Final

from bibman.model.latex_decode import FORMULA, GROUPS
from bibman.model.latex_tables import (
    ALPHABETS,
    AMS,
    LETTER_ACCENTS,
    LETTERS,
    MATH,
    SIGN_ACCENTS,
    SPACING_ACCENTS,
    SUBSCRIPTS,
    SUPERSCRIPTS,
    TEXT,
)
from bibman.model.unicode import normalised

_LONGEST: Final = 64  # a letter with more marks, or a longer word in Greek, is none
_TIE: Final = "\u0361"
_NEGATION: Final = "\u0338"
_BELOW: Final = frozenset("\u0323\u0326\u0327\u0328\u0331")
_MARKS: Final = "\u0300-\u036f\u20d0-\u20ff"
_COMMAND: Final = r"\\(?:[A-Za-z]++|[\x00-\x7f])"
_GREEK: Final = "\u0370-\u03ff\u1f00-\u1fff"

_LIGATURES: Final = {
    "–": "--",
    "—": "---",
    "“": "``",
    "”": "''",
    "‘": "`",
    "’": "'",
    "‒": "--",
    "―": "---",
    "‐": "-",
    "‑": "-",
}
_DASHES: Final = frozenset("-–—‒―‐‑")
_OPENING: Final = frozenset("`“‘")
_CLOSING: Final = frozenset("'”’")

# Written without braces of their own. Those in the second half are read back as something plainer.
_PLAIN: Final = {"\u00a0": "~", "\u2009": r"\,", "„": "{,,}"} | {
    "\u00ad": r"\-", "\u202f": r"\,", "\u2004": " ", "\u2005": " ", "\u2006": " ", "\u2007": "~", "\u2008": " ",
    "\u200a": " ", "\u205f": " ",
}  # fmt: skip

# Invisible characters that mean nothing to LaTeX: zero-width space, word joiner, byte order mark, direction marks.
_INVISIBLE: Final = dict.fromkeys([0x200B, 0x2060, 0xFEFF, 0x200E, 0x200F])
_JOINERS: Final = frozenset("\u200c\u200d")
_COMPATIBLE: Final = frozenset("ﬀﬁﬂﬃﬄﬅﬆǄǅǆǇǈǉǊǋǌǱǲǳŉ℉ⅠⅡⅢⅣⅤⅥⅦⅧⅨⅩⅪⅫⅰⅱⅲⅳⅴⅵⅶⅷⅸⅹⅺⅻ")
_FRACTIONS: Final = frozenset("⅓⅔⅕⅖⅗⅘⅙⅚⅛⅜⅝⅞⅐⅑⅒")


def encode(text: str) -> str:
    r"""BibTeX `text` with its characters beyond ASCII written as LaTeX, so that pdflatex prints them with T1 alone.

    Letters become what BibTeX calls special characters (`{\'e}`, `{\v{s}}`, `{\ss}`; "BibTeXing", section 4), which
    it sorts, abbreviates and changes the case of rightly. Symbols of math stand in math (`{$\leq$}`; a few, as
    `{$\mathbb{R}$}`, need amssymb). LaTeX that is in the text already is left alone, and so is all that LaTeX
    has no command for: other scripts (words in Greek too), emoji.

    `encode(encode(t)) == encode(t)`; and `decode(encode(t))` is `t` in NFC, save for characters that mean the same as
    another to a typesetter: the apostrophe ’ becomes ', ligatures (ﬁ), Roman numerals and fractions their letters and
    digits, odd hyphens and blanks the usual ones, and what is invisible goes.
    """
    if text.isascii():
        return text
    text = normalised("NFC", text.translate(_INVISIBLE) if _invisible().search(text) else text)
    spans = _spans(latex="\\" in text or "$" in text, marks=_combining().search(text) is not None)
    return spans.sub(_span, text)


@cache
def _invisible() -> re.Pattern[str]:
    return re.compile(f"[{''.join(map(chr, _INVISIBLE))}]")


@cache
def _combining() -> re.Pattern[str]:
    return re.compile(f"[{_MARKS}]")


@cache
def _spans(*, latex: bool, marks: bool) -> re.Pattern[str]:
    """Characters beyond ASCII with their combining marks; Greek comes in words.

    With `marks` also characters of ASCII that have some, and with `latex` also what is LaTeX already, to be stepped
    over (an address is verbatim, in math other rules hold). Either makes the search a good deal slower.
    """
    cluster = rf"[^\x00-\x7f](?:(?<=[{_GREEK}])[{_GREEK}{_MARKS}]*+|[{_MARKS}]*+)"
    if marks:
        cluster = rf"[A-Za-z]{_TIE}[A-Za-z]|[0-9A-Za-z][{_MARKS}]++|{cluster}"
    if latex:
        math = rf"\${FORMULA}\$|\\\((?:[^\\]|\\[^()])*+\\\)|\\ensuremath\s*+\{{{GROUPS}\}}"
        cluster = rf"\\(?:url|path|nolinkurl|href)\s*+\{{[^{{}}]*+\}}|{math}|{_COMMAND}|{cluster}"
    return re.compile(cluster, re.DOTALL)


@cache
def _spans_in_math() -> re.Pattern[str]:
    return re.compile(rf"{_COMMAND}|{_spans(latex=False, marks=True).pattern}")


def _span(match: re.Match[str]) -> str:
    found = match[0]
    if found[0] == "$" or found.startswith(("\\(", "\\ensuremath")):
        return _spans_in_math().sub(_span_in_math, found)
    if found[0] == "\\":
        return found
    if len(found) > _LONGEST:
        return found
    if found in _JOINERS:
        return _joiner(match)
    if found in _LIGATURES:
        return _ligature(match)
    return _spelled(found)


def _span_in_math(match: re.Match[str]) -> str:
    found = match[0]
    if len(found) > _LONGEST or found[0] == "\\":
        return found
    formula = _formula(found)
    if formula:
        return rf"\ensuremath{{{formula}}}"
    spelled = _joiner(match) if found in _JOINERS else _LIGATURES.get(found) or _spelled(found)
    return rf"\mbox{{{spelled}}}" if spelled != found else found


def _joiner(match: re.Match[str]) -> str:
    """Zero-width joiners shape emoji and other scripts; after what LaTeX can write they mean nothing."""
    before = match.string[match.start() - 1 : match.start()]
    return "" if encode(before).isascii() or _combining().match(before) else match[0]


def _ligature(match: re.Match[str]) -> str:
    """The dash or quotation mark as LaTeX's ligature, in braces where a neighbour would become a part of it."""
    sign = match[0]
    before = match.string[match.start() - 1 : match.start()]
    after = match.string[match.end() : match.end() + 1]
    if sign in _DASHES:
        joins = before in _DASHES or after in _DASHES
    elif sign in _OPENING:
        joins = before in _OPENING or before in {"?", "!"} or after in _OPENING
    else:
        joins = before in _CLOSING or after in _CLOSING
    return f"{{{_LIGATURES[sign]}}}" if joins else _LIGATURES[sign]


@lru_cache(4096)
def _spelled(found: str) -> str:
    if found in _PLAIN:
        return _PLAIN[found]
    if found in _COMPATIBLE:
        return encode(normalised("NFKC", found))
    text = _text(found)
    if text:
        return f"{{{text}}}"
    formula = _formula(found)
    return f"{{${formula}$}}" if formula else found


@cache
def _text_commands() -> dict[str, str]:
    spacing = {sign: rf"\{command}{{}}" for command, sign in SPACING_ACCENTS.items()}
    named = {sign: f"\\{name}" for name, sign in reversed((TEXT | LETTERS).items())}
    return named | spacing | {"\u2003": r"\quad", "\u2002": r"\enspace"}


@cache
def _formulas() -> dict[str, str]:
    named = {sign: f"\\{name}" for name, sign in reversed((MATH | AMS).items())}
    capitals = {
        letter: rf"\{command}{{{base}}}"
        for command in ("mathscr", "mathfrak", "mathbb", "mathcal")
        for base, letter in ALPHABETS[command].items()
        if base.isupper() or command == "mathfrak"
    }
    raised = {sign: "^" + base.replace("−", "-") for base, sign in SUPERSCRIPTS.items()}
    lowered = {sign: "_" + base.replace("−", "-") for base, sign in SUBSCRIPTS.items()}
    return capitals | named | raised | lowered | {"−": "-", "′": "'", "″": "''"}


def _text(found: str) -> str | None:
    """The command of text for one character with its combining marks, without braces round it."""
    commands = _text_commands()
    if found in commands:
        return commands[found]
    if len(found) == 3 and found[1] == _TIE:
        return rf"\t{{{found[0]}{found[2]}}}"
    base, *marks = list(normalised("NFD", found))
    if not marks or not (base.isascii() or base in LETTERS.values()):
        return None
    dotless = base in {"i", "j"} and marks[0] not in _BELOW
    written = f"\\{base}" if dotless else commands.get(base, base)
    for mark in marks:
        if mark in _sign_marks():
            braced = len(written) > 1 and not (dotless and len(written) == 2)
            written = f"\\{_sign_marks()[mark]}{{{written}}}" if braced else f"\\{_sign_marks()[mark]}{written}"
        elif mark in _letter_marks():
            written = f"\\{_letter_marks()[mark]}{{{written}}}"
        else:
            return None
    return written


@cache
def _sign_marks() -> dict[str, str]:
    return {mark: sign for sign, mark in SIGN_ACCENTS.items()}


@cache
def _letter_marks() -> dict[str, str]:
    return {mark: name for name, mark in LETTER_ACCENTS.items() if mark != _TIE}


def _formula(found: str) -> str | None:
    """The math for a character with its combining marks or for a word of Greek letters, without dollars round it."""
    formulas = _formulas()
    if all(sign in formulas for sign in found):
        return "".join(formulas[sign] for sign in found)
    if found in _FRACTIONS:
        above, below = normalised("NFKC", found).split("⁄")
        return rf"\frac{{{above}}}{{{below}}}"
    if "\U0001d400" <= found <= "\U0001d7ff":
        base = normalised("NFKC", found)
        return base if base.isascii() else formulas.get(base)
    base, *marks = list(normalised("NFD", found))
    if marks == [_NEGATION] and base in formulas:
        return r"\not" + formulas[base]
    if len(marks) == 1 and base.isascii():
        names = {"\u0305": "overline", "\u20d7": "vec"}
        return rf"\{names[marks[0]]}{{{base}}}" if marks[0] in names else None
    return None


_ESCAPES: Final = {
    "&": r"\&", "%": r"\%", "$": r"\$", "#": r"\#", "_": r"\_", "\u00a0": "~",
    "\\": r"{\textbackslash}", "{": r"{\textbraceleft}", "}": r"{\textbraceright}", "~": r"{\textasciitilde}",
    "^": r"{\textasciicircum}", "<": r"{\textless}", ">": r"{\textgreater}", "|": r"{\textbar}",
    ",": ",{}", "?": "?{}", "!": "!{}",
}  # fmt: skip


def escape(text: str) -> str:
    r"""Plain Unicode `text` (a catalogue's or a provider's, with no LaTeX in it) as BibTeX text that prints the same.

    What LaTeX would take for a command is escaped; braces by name, for BibTeX counts the brace of `\{` as well
    (`bibtex.web`, `scan_balanced_braces`). A straight double quote becomes the pair of ligatures that
    LaTeX prints as “ or ”; – and — become `--` and `---`. Letters beyond ASCII stay: `encode` is a step of its own.

    `decode(escape(t))` is `t` in NFC, save that dashes, quotes and line ends are then as LaTeX sets them.
    """
    return _escapable().sub(_escaped, text)


@cache
def _escapable() -> re.Pattern[str]:
    # The comma, `?` and `!` only where LaTeX would join them with what follows.
    return re.compile(r'[&%$#_{}~^\\<>|"\u00a0–—]|,(?=,)|[?!](?=`)')


def _escaped(match: re.Match[str]) -> str:
    sign = match[0]
    before = match.string[match.start() - 1 : match.start()]
    if sign == '"':
        return "``" if not before or before.isspace() or before in "([{<-–—/`" else "''"
    if sign in _DASHES:
        return _ligature(match)
    return _ESCAPES[sign]
