"""Citation keys: made by a pattern, made unique, and checked for what LaTeX can cite.

Patterns are JabRef's (https://docs.jabref.org/setup/citationkeypatterns): text, in which `[marker:modifier…]` stands
for something of the entry, as in `[auth:lower][year][veryshorttitle:lower]`.
"""

import unicodedata
from collections.abc import Callable
from functools import partial
from typing import Final

from bibman.errors import GivenValueError
from bibman.model import key_patterns
from bibman.model.entry import Entry
from bibman.model.key_characters import clean, is_legal, to_ascii
from bibman.model.key_markers import is_marker, marker_names, marker_value, telling_words
from bibman.model.latex import decode

__all__ = ["DEFAULT_PATTERN", "check_key", "check_pattern", "clean", "expand", "generate", "provisional", "unique"]

DEFAULT_PATTERN: Final = "[auth:lower][year][veryshorttitle:lower]"
"""The pattern of keys like `ganguli2023capacity`."""

_OPENING: Final = 400
_PROVISIONAL_LENGTH: Final = 40


def generate(pattern: str, entry: Entry) -> str:
    """The citation key that `pattern` makes for `entry`: never empty, citable, Latin letters in ASCII.

    What stands in the entry loses blanks, hyphens and other signs between words; the text of the pattern outside the
    brackets loses only what could not be cited. Markers and modifiers that nobody knows have no effect
    (`check_pattern` finds them). Where the entry has nothing of what the pattern asks for, the key is its type.
    Raises GivenValueError for a bracket that is never closed or a wrong `regex`.
    """
    text = key_patterns.expand(key_patterns.parse(pattern), lambda name: to_ascii(marker_value(name, entry)), clean)
    key = text if text.isalnum() else "".join(filter(is_legal, text))
    return key if any(map(str.isalnum, key)) else clean(entry.type) or "entry"


def expand(pattern: str, entry: Entry) -> str:
    """The text that `pattern` makes for `entry`, in Unicode and with its blanks; empty where the entry says nothing.

    Raises GivenValueError as `generate` does.
    """
    return key_patterns.expand(key_patterns.parse(pattern), partial(marker_value, entry=entry), str)


def check_pattern(pattern: str) -> None:
    """Raises GivenValueError, with the column, for what `pattern` has wrong.

    That is an unknown marker or modifier, a wrong `regex`, a bracket that is never closed, or no bracket at all,
    which would make one key for every entry.
    """
    found = key_patterns.brackets(key_patterns.parse(pattern))
    if not found:
        raise key_patterns.problem(pattern, 1, "no marker in it", "Write markers in brackets, as in [auth][year].")
    for bracket in found:
        if not bracket.marker or not is_marker(bracket.marker):
            advice = f"{_meant(bracket.marker, marker_names())} A field of your own is written in capitals.".strip()
            raise key_patterns.problem(pattern, bracket.column, f"unknown marker {bracket.marker!r}", advice)
        for modifier in bracket.modifiers:
            if modifier.change is None and modifier.alternative is None:
                advice = _meant(modifier.text, [*key_patterns.MODIFIERS, "camelN", "truncateN", "regex"])
                raise key_patterns.problem(pattern, modifier.column, f"unknown modifier {modifier.text!r}", advice)


def unique(key: str, taken: Callable[[str], bool]) -> str:
    """`key` itself, or with the first of the endings a, b … z, aa, ab … that makes it one that is not `taken`.

    What counts as the same key (case, aliases) is up to `taken`. Among more than a hundred keys of one stem the
    ending is found by halving, so that it comes after one that is taken, though an earlier one may be free.
    """
    if not taken(key):
        return key
    for number in range(1, 101):
        if not taken(key + _letters(number)):
            return key + _letters(number)
    low, high = 100, 200
    while taken(key + _letters(high)):
        low, high = high, 2 * high
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if taken(key + _letters(middle)) else (low, middle)
    return key + _letters(high)


def check_key(key: str) -> None:
    """Raises GivenValueError for a key that BibTeX or biber could not find when LaTeX cites it.

    Letters beyond ASCII are allowed: biber finds them, and so does BibTeX in today's LaTeX.
    """
    if not key:
        raise GivenValueError("the citation key is empty", "Give it at least one letter or digit.")
    if key == "*":
        raise GivenValueError("the citation key * means every entry to LaTeX", "Choose another.")
    for place, char in enumerate(key, 1):
        if not is_legal(char):
            raise GivenValueError(
                f"the citation key {key!r} has {_said(char)} at place {place}, with which LaTeX could not cite it",
                f"Leave it out: {suggestion}" if (suggestion := "".join(filter(is_legal, key))) else "",
            )


def provisional(text: str) -> str:
    """A key for an entry that nobody has identified yet, from the opening words of its passage.

    `unidentified-developing-safe-useful`: ASCII, at most 40 characters, the same for the same text, never empty.
    """
    words = [clean(word) for word in telling_words(decode(text[:_OPENING]))]
    key = "unidentified"
    for word in [word.lower() for word in words if word and word.isascii()][:3]:
        if len(key) + 1 + len(word) > _PROVISIONAL_LENGTH:
            break
        key += f"-{word}"
    return key


def _meant(word: str, names: list[str]) -> str:
    # Only after a mistake; names this short and alike are told apart better letter by letter than by their parts.
    from difflib import get_close_matches

    near = get_close_matches(word, names)
    return f"Did you mean {' or '.join(near)}?" if near else ""


def _letters(number: int) -> str:
    """1 → a, 26 → z, 27 → aa."""
    letters = ""
    while number:
        number, letter = divmod(number - 1, 26)
        letters = chr(ord("a") + letter) + letters
    return letters


def _said(char: str) -> str:
    if char == " ":
        return "a blank"
    if char.isprintable():
        return f"the character {char}"
    return f"the character U+{ord(char):04X} ({unicodedata.name(char, 'a control character')})"
