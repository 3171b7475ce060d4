"""A command line as a shell has it: parted into words, the last of them still being written, and completed."""

import re
from collections.abc import Sequence
from typing import Final, NamedTuple

_QUOTED: Final = {"'": "", '"': '\\"$`'}
"""Quote → what a backslash stands before within it."""
_PLAIN: Final = re.compile(r"[^\w@%+=:,./-]")


class Unfinished(NamedTuple):
    """The word at the cursor: as it is written, and what the shell would make of it.

    Before the character `n` of the `value` the writing has come to the place `places[n]`, where the quote `quotes[n]`
    is open; so it has after the last one.
    """

    raw: str
    value: str
    places: tuple[int, ...]
    quotes: tuple[str, ...]

    @property
    def phrase(self) -> str | None:
        """The value with a quote after `field:` where the shell's own stands there: `tag:"to re` is one phrase."""
        opened = re.match(r"""[A-Za-z][\w-]*:(?=["'])""", self.raw)
        return f'{opened[0]}"{self.value[opened.end() :]}' if opened and self.quotes[-1] else None

    def completed(self, value: str, kept: int) -> tuple[str, str] | None:
        """What is to be written after the first `kept` characters for the word to have the `value`, and the quote that
        is open at its end.

        What was written stays as far as it goes. None where what is kept says something else.
        """
        same = common_length([self.value, value])
        place, quote = self.places[same], self.quotes[same]
        return (self.raw[kept:place] + _written(value[same:], quote), quote) if place >= kept else None


def common_length(values: Sequence[str]) -> int:
    """How many characters all of the values begin with."""
    first, last = min(values), max(values)
    return next((place for place, pair in enumerate(zip(first, last, strict=False)) if len(set(pair)) > 1), len(first))


def _written(text: str, quote: str) -> str:
    if quote == "'":
        return text.replace("'", "'\\''")
    if quote:
        return re.sub(r'[\\"$`]', r"\\\g<0>", text)
    return _PLAIN.sub(r"\\\g<0>", text)


def split(line: str, *, is_fish: bool = False) -> tuple[list[str], Unfinished]:
    """The finished words of a line that is cut off at the cursor, and the one that is not finished.

    Assignments before the command are left out. Within single quotes fish, unlike others, has a backslash too.
    """
    words: list[str] = []
    places: list[int] = []
    quotes: list[str] = []
    value = quote = ""
    begin = place = 0
    while place < len(line):
        char = line[place]
        if not quote and char in " \t\n":
            if place > begin:
                words.append(value)
            begin, value, places, quotes = place + 1, "", [], []
        elif char == quote:
            quote = ""
        elif not quote and char in _QUOTED:
            quote = char
        else:
            start = place
            escapes = "\\'" if is_fish and quote == "'" else _QUOTED.get(quote)
            if char == "\\" and (escapes is None or line[place + 1 : place + 2] in escapes):
                place += 1
            if place < len(line):
                value += line[place]
                places.append(start - begin)
                quotes.append(quote)
        place += 1
    raw = line[begin:]
    while words and re.match(r"[A-Za-z_]\w*=", words[0]):
        del words[0]
    return words, Unfinished(raw, value, (*places, len(raw)), (*quotes, quote))


def in_step(values: Sequence[str], typed: str) -> list[str]:
    """The values as they may be offered together for what was `typed`.

    A shell writes what all of them begin with. Where that is less than what was typed, since one has a quote or a
    capital there and another not, they are offered without: nothing that was typed goes.
    """
    if len(values) < 2 or (same := common_length(values)) >= len(typed):
        return list(values)
    plain = (value[:same] + value[same:].replace('"', "") for value in values)
    return list(
        dict.fromkeys(
            typed + value[len(typed) :] if value.lower().startswith(typed.lower()) else value for value in plain
        )
    )
