r"""Math of LaTeX as plain text: `L^2` reads L², `\mathcal{O}(n \log n)` reads 𝒪(n log n)."""

import re
from collections.abc import Callable
from functools import cache, partial
from itertools import pairwise
from typing import Final

from bibman.model.latex_tables import (
    ALPHABETS,
    ESCAPED,
    FUNCTIONS,
    MATH_ACCENTS,
    SILENT,
    SUBSCRIPTS,
    SUPERSCRIPTS,
    SYMBOLS,
)

# A blank that is printed only between two letters or digits. A noncharacter: Unicode keeps it for use inside programs.
_THIN: Final = "\ufdd4"
_CHARACTERS: Final = {"-": "−", "'": "′", "~": "\u00a0"}
_ESCAPED: Final = ESCAPED | {"{": "{", "}": "}", ",": " "}
_ORDINALS: Final = frozenset({"st", "nd", "rd", "th", "er", "re", "ère", "ème", "eme"})
_DEEPEST: Final = 40  # a formula whose groups or scripts go deeper was not made to be read
_MARKS: Final = frozenset("∘°′∗*†‡")

_Operator = Callable[[str], "str | _Operator"]


class _UnreadableError(Exception):
    """The formula has something that plain text cannot show."""


class _Row:
    """One group of a formula: its pieces so far and the commands that still wait for an argument."""

    def __init__(self) -> None:
        self.pieces: list[str] = []
        self.waiting: list[_Operator] = []

    def put(self, atom: str) -> None:
        while self.waiting:
            result = self.waiting.pop()(atom)
            if not isinstance(result, str):
                self.waiting.append(result)
                return
            atom = result
        self.pieces.append(atom)

    def text(self) -> str:
        if self.waiting:
            raise _UnreadableError
        return "".join(self.pieces).strip()


def reading(formula: str) -> str | None:
    r"""The `formula` (math without its dollars) as one would read it in plain text; None where plain text cannot.

    Commands become their symbols, simple scripts Unicode's (`x^2` is x², `x_{ij}` is x_ij), fractions and roots are
    written in a line. A formula that holds anything else (an array, a macro of the author's) has no reading.
    """
    try:
        text = _read(formula)
    except _UnreadableError:
        return None
    if _THIN in text:
        text = _thin_blanks().sub(" ", text).replace(_THIN, "")
    return _inner_blanks().sub("", text.replace("′′", "″"))


@cache
def _tokens() -> re.Pattern[str]:
    return re.compile(r"\\(?P<name>[A-Za-z]+)|\\(?P<sign>.)|(?P<blank>\s+)|(?P<char>.)", re.DOTALL)


@cache
def _thin_blanks() -> re.Pattern[str]:
    scripts = "".join([*SUPERSCRIPTS.values(), *SUBSCRIPTS.values()])
    return re.compile(rf"(?<=[^\W_]){_THIN}+(?=[^\W_{scripts}])")


@cache
def _inner_blanks() -> re.Pattern[str]:
    return re.compile(r"(?<=[(\[]) +| (?=[)\]])")


def _read(formula: str) -> str:
    row = _Row()
    outer: list[_Row] = []
    # TeX drops the blank that ends a command; one who also put a blank before it (`x \leq y`) wants to see both.
    blank_wanted = True
    for token in _tokens().finditer(formula):
        kind = token.lastgroup
        part = token[kind] if kind else ""
        if kind == "blank":
            if blank_wanted and not row.waiting:
                row.put(" ")
            continue
        if kind == "name":
            blank_wanted = row.pieces[-1:] == [" "]
            _command(part, row, formula[token.end() : token.end() + 1])
            continue
        blank_wanted = True
        if len(outer) > _DEEPEST or len(row.waiting) > _DEEPEST:
            raise _UnreadableError
        if kind == "sign":
            row.put(_known(_ESCAPED, part))
        elif part == "{":
            outer.append(row)
            row = _Row()
        elif part == "}":
            if not outer:
                raise _UnreadableError
            atom = row.text()
            row = outer.pop()
            row.put(atom)
        elif part == "^":
            row.waiting.append(_raised)
        elif part == "_":
            row.waiting.append(_lowered)
        elif part == "&":
            raise _UnreadableError
        else:
            row.put(_CHARACTERS.get(part, part))
    if outer:
        raise _UnreadableError
    return row.text()


def _known(table: dict[str, str], name: str) -> str:
    try:
        return table[name]
    except KeyError:
        raise _UnreadableError from None


def _command(name: str, row: _Row, following: str) -> None:
    if name in MATH_ACCENTS:
        row.waiting.append(partial(_marked, MATH_ACCENTS[name]))
    elif name in ALPHABETS:
        row.waiting.append(partial(_lettered, ALPHABETS[name]))
    elif name in FUNCTIONS:
        row.put(f"{_THIN}{name}{_THIN}")
    elif name == "operatorname":
        row.waiting.append(_named)
    elif name in {"frac", "dfrac", "tfrac", "sfrac", "nicefrac"}:
        row.waiting.append(lambda above: partial(_fraction, above))
    elif name == "sqrt" and following != "[":
        row.waiting.append(lambda inside: "√" + _enclosed(inside))
    elif name not in SILENT:
        row.put(" " if name in {"quad", "qquad"} else _known(SYMBOLS, name))


def _named(atom: str) -> str | _Operator:
    return _named if atom == "*" else f"{_THIN}{atom}{_THIN}"


def _marked(mark: str, atom: str) -> str:
    if len(atom) != 1:
        raise _UnreadableError
    return {"ı": "i", "ȷ": "j"}.get(atom, atom) + mark


def _lettered(alphabet: dict[str, str], atom: str) -> str:
    return "".join(alphabet.get(letter, letter) for letter in atom)


def _enclosed(atom: str) -> str:
    bare = atom.strip(_THIN)
    return bare if len(bare) == 1 or bare.isalnum() else f"({bare})"


def _fraction(above: str, below: str) -> str:
    return f"{_enclosed(above)}/{_enclosed(below)}"


def _raised(atom: str) -> str:
    bare = atom.strip(_THIN)
    if bare == "∘":
        return "°"
    if bare in _ORDINALS or bare in _MARKS:
        return bare
    script = in_script(bare, SUPERSCRIPTS)
    return "^" + _enclosed(bare) if script is None else script


def _lowered(atom: str) -> str:
    bare = atom.strip(_THIN)
    script = in_script(bare, SUBSCRIPTS)
    return "_" + _enclosed(bare) if script is None else script


def in_script(text: str, script: dict[str, str]) -> str | None:
    """The `text` in the small signs of `script`; None where one is missing, or where it has words, which read badly."""
    if all(sign in script for sign in text) and not any(one.isalpha() and two.isalpha() for one, two in pairwise(text)):
        return "".join(script[sign] for sign in text)
    return None
