"""Expressions of a `.bib`: literals, numbers and macros that `#` joins (bibtex.web, section 250)."""

import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Final

_PART: Final = re.compile(r'[{"]|%[^\r\n]*+|[^\s#%{"]++')
_BRACE: Final = re.compile(r"[{}]")
_BRACE_OR_QUOTE: Final = re.compile(r'[{}"]')


def expression_parts(expression: str) -> list[str]:
    """The literals (with their delimiters), numbers and names of macros that `#` joins in a well-formed expression."""
    parts = []
    at = 0
    while match := _PART.search(expression, at):
        sign = match[0][0]
        at = end_of_literal(expression, match.start()) if sign in '{"' else match.end()
        if sign != "%":
            parts.append(expression[match.start() : at])
    return parts


def end_of_literal(expression: str, opening: int) -> int:
    """The place after the delimiter that closes the one at `opening`."""
    quoted = expression[opening] == '"'
    depth = 0 if quoted else 1
    for mark in (_BRACE_OR_QUOTE if quoted else _BRACE).finditer(expression, opening + 1):
        sign = mark[0]
        if sign == "{":
            depth += 1
        elif sign == "}":
            depth -= 1
        if not depth and (sign == '"' if quoted else sign == "}"):
            return mark.end()
    return len(expression)


_parts_again = lru_cache(1 << 12)(lambda expression: tuple(expression_parts(expression)))


def macros_in(expression: str) -> tuple[str, ...]:
    """The macros that a well-formed expression uses, their names in lower case as they are compared."""
    return tuple(part.lower() for part in _parts_again(expression) if is_macro(part))


def is_macro(part: str) -> bool:
    """Whether a part of an expression is the name of a macro."""
    return part[0] not in '{"' and not part.isdecimal()


def in_literals(expression: str, convert: Callable[[str], str]) -> str:
    """The expression with what is in its braces and quotes converted."""
    return " # ".join(
        f"{part[0]}{convert(part[1:-1])}{part[-1]}" if part[0] in '{"' else part for part in _parts_again(expression)
    )


def resolved(expression: str, value_of: Callable[[str], str | None]) -> tuple[str, str | None]:
    """Value and expression, None for a literal, with the macros replaced (names in lower case) that have a value."""
    parts = []
    for part in _parts_again(expression):
        value = value_of(part.lower()) if is_macro(part) else None
        parts.append(part if value is None else f"{{{value}}}")
    return "".join(map(_literal, parts)), " # ".join(parts) if any(map(is_macro, parts)) else None


def means(expression: str, value: str, values: Mapping[str, str]) -> bool:
    """Whether the expression has this value where macros (names in lower case) have these `values`.

    A macro may also stand for its name: so it does in a value that was read when nobody knew the macro.
    """
    # The places in the value that may be reached by the parts so far; there are two ways at most for each macro.
    places = {0}
    for part in _parts_again(expression):
        texts = {_literal(part)} | ({values.get(part.lower(), part)} if is_macro(part) else set())
        places = {place + len(text) for place in places for text in texts if value.startswith(text, place)}
    return len(value) in places


def _literal(part: str) -> str:
    return part[1:-1].replace("\r\n", "\n") if part[0] in '{"' else part
