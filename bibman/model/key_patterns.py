"""The language of citation key patterns: text with `[marker:modifier:modifier]` in it.

The modifiers and what they do are JabRef's (https://docs.jabref.org/setup/citationkeypatterns).
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Final

from bibman.errors import GivenValueError
from bibman.model.key_markers import SMALL_WORDS, initials, telling_words, title_words

_DEEPEST: Final = 9


@dataclass(frozen=True, slots=True)
class Modifier:
    """One modifier and its column; `change` is None where nobody knows it.

    An `alternative` takes the place of an empty text, as in `[auth:([year])]`.
    """

    text: str
    column: int
    change: Callable[[str], str] | None = None
    alternative: "Pattern | None" = None


@dataclass(frozen=True, slots=True)
class Bracket:
    """What stands between `[` and `]`: a marker with its column (from 1), and the modifiers in order."""

    marker: str
    column: int
    modifiers: tuple[Modifier, ...]


Pattern = tuple[str | Bracket, ...]
"""A pattern taken apart: text that stays as it is, and brackets that stand for something."""


@lru_cache(maxsize=64)
def parse(pattern: str) -> Pattern:
    r"""Takes `pattern` apart; `\` takes the special meaning from the character after it.

    Raises GivenValueError for a bracket that is never closed or a `regex` that is none, with the column. A marker
    or modifier that nobody knows is no error here.
    """
    return _parse(pattern, pattern, 0, 0)


def brackets(pattern: Pattern) -> list[Bracket]:
    """Every bracket in `pattern`, those in alternatives too."""
    found: list[Bracket] = []
    waiting = [pattern]
    while waiting:
        for piece in waiting.pop():
            if isinstance(piece, Bracket):
                found.append(piece)
                waiting += [each.alternative for each in piece.modifiers if each.alternative is not None]
    return found


def expand(pattern: Pattern, value: Callable[[str], str], finish: Callable[[str], str]) -> str:
    """The text of `pattern`: each marker's `value`, modified, then given to `finish`."""
    return "".join(piece if isinstance(piece, str) else finish(_modified(piece, value)) for piece in pattern)


def _modified(bracket: Bracket, value: Callable[[str], str]) -> str:
    text = value(bracket.marker)
    for modifier in bracket.modifiers:
        if modifier.change is not None:
            text = modifier.change(text)
        elif modifier.alternative is not None and not text.strip():
            text = expand(modifier.alternative, value, str)
    return text


def problem(pattern: str, column: int, what: str, advice: str = "") -> GivenValueError:
    """The error for a `pattern` with something wrong at `column` (from 1)."""
    return GivenValueError(f"citation key pattern {pattern!r}, column {column}: {what}", advice)


def _parse(whole: str, text: str, offset: int, depth: int) -> Pattern:
    """The pieces of `text`, which begins in the `whole` pattern at `offset`."""
    if depth > _DEEPEST:
        raise problem(whole, offset + 1, f"brackets more than {_DEEPEST} deep")
    pieces: list[str | Bracket] = []
    place = 0
    while place < len(text):
        if text[place] == "[":
            parts, end = _parts(whole, text, place + 1, offset)
            pieces.append(_bracket(whole, parts, depth))
            place = end + 1
        elif text[place] == "\\":
            pieces.append(text[place + 1 : place + 2])
            place += 2
        else:
            special = re.compile(r"[\[\\]").search(text, place)
            end = special.start() if special is not None else len(text)
            pieces.append(text[place:end])
            place = end
    return tuple(pieces)


def _parts(whole: str, text: str, start: int, offset: int) -> tuple[list[tuple[str, int]], int]:
    """What colons part in the bracket whose content begins at `start`, each with its offset; and the bracket's end.

    In quotes nothing has a meaning but `\\"`; within brackets and parentheses colons do not part.
    """
    parts: list[tuple[str, int]] = []
    begin = start
    is_quoted = False
    parentheses = squares = 0
    place = start
    while place < len(text):
        char = text[place]
        if char == "\\":
            place += 1
        elif char == '"':
            is_quoted = not is_quoted
        elif is_quoted:
            pass
        elif char == "[":
            squares += 1
        elif char == "]" and squares:
            squares -= 1
        elif char == "]":
            parts.append((text[begin:place], offset + begin))
            return parts, place
        elif char == "(":
            parentheses += 1
        elif char == ")" and parentheses:
            parentheses -= 1
        elif char == ":" and not parentheses and not squares:
            parts.append((text[begin:place], offset + begin))
            begin = place + 1
        place += 1
    raise problem(whole, offset + start, "a bracket that is never closed", "Close it with ].")


def _bracket(whole: str, parts: list[tuple[str, int]], depth: int) -> Bracket:
    (marker, offset), *modifiers = parts
    return Bracket(marker, offset + 1, tuple(_modifier(whole, text, place, depth) for text, place in modifiers))


def _modifier(whole: str, text: str, offset: int, depth: int) -> Modifier:
    column = offset + 1
    if text.startswith("(") and text.endswith(")"):
        return Modifier(text, column, alternative=_parse(whole, text[1:-1], offset + 1, depth + 1))
    if text.startswith("regex"):
        return Modifier(text, column, _replacement(whole, text, column))
    if numbered := re.fullmatch(r"(truncate|camel)([0-9]{1,9})", text):
        count = int(numbered[2])
        return Modifier(text, column, partial(_camel, count=count) if numbered[1] == "camel" else _truncation(count))
    return Modifier(text, column, MODIFIERS.get(text))


def _truncation(count: int) -> Callable[[str], str]:
    return lambda text: text[:count]


def _replacement(whole: str, text: str, column: int) -> Callable[[str], str]:
    """The change that `regex("search","replacement")` makes: `$1` in the replacement is the first group."""
    string = r'"((?:[^"\\]|\\.)*)"'
    arguments = re.fullmatch(rf"regex\(\s*{string}\s*,\s*{string}\s*\)", text, re.DOTALL)
    if arguments is None:
        raise problem(whole, column, "no regular expression", 'Write it as regex("search","replacement").')
    try:
        search = re.compile(arguments[1].replace('\\"', '"'))
    except (re.error, OverflowError, RecursionError) as error:
        raise problem(whole, column, f"{arguments[1]!r} is no regular expression: {error}") from error
    pieces = re.split(r"\\(.)|\$(\d)", arguments[2], flags=re.DOTALL)
    # re.split gives text, escaped character, group number, text, …
    parts: list[str | int] = []
    for plain, escaped, number in zip(pieces[::3], [*pieces[1::3], None], [*pieces[2::3], None], strict=True):
        parts += [plain, escaped or ""]
        if number is not None:
            parts.append(int(number))
    if any(isinstance(part, int) and part > search.groups for part in parts):
        raise problem(whole, column, f"the replacement {arguments[2]!r} names a group that {arguments[1]!r} has not")

    def replaced(found: re.Match[str]) -> str:
        return "".join(part if isinstance(part, str) else found[part] or "" for part in parts)

    return lambda value: search.sub(replaced, value)


def _camel(text: str, count: int | None = None) -> str:
    return "".join(map(str.capitalize, title_words(text)[:count]))


def _capitalize(text: str) -> str:
    return re.sub(r"\S+", lambda word: word[0].capitalize(), text)


def _title_case(text: str) -> str:
    words = text.split()
    last = len(words) - 1
    return " ".join(
        word.lower()
        if word.lower() in SMALL_WORDS and 0 < rank < last and not words[rank - 1].endswith(":")
        else word.capitalize()
        for rank, word in enumerate(words)
    )


def _short_title(count: int) -> Callable[[str], str]:
    return lambda text: " ".join(telling_words(text)[:count])


MODIFIERS: Final[dict[str, Callable[[str], str]]] = {
    "abbr": initials,
    "camel": _camel,
    "capitalize": _capitalize,
    "lower": str.lower,
    "lower_case": str.lower,
    "sentence_case": str.capitalize,
    "sentencecase": str.capitalize,
    "shorttitle": _short_title(3),
    "title_case": _title_case,
    "titlecase": _title_case,
    "upper": str.upper,
    "upper_case": str.upper,
    "veryshorttitle": _short_title(1),
    # Texts come in Unicode and without braces anyway.
    "latex_to_unicode": str,
    "remove_braces": str,
    "unprotect_terms": str,
}
"""The modifiers that take no number or argument."""
