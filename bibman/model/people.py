"""Lists of names compared: initials stand for given names, parts may be swapped, a letter may be wrong."""

from collections.abc import Sequence
from enum import IntEnum
from functools import lru_cache
from typing import Final, NamedTuple

from bibman.model.fold import fold
from bibman.model.names import Name
from bibman.model.titles import is_slip


class Person(NamedTuple):
    """A name as it is compared: folded words of the family (with its prefix) and of the given names.

    A body has its words as family, and `is_body`.
    """

    family: tuple[str, ...]
    given: tuple[str, ...] = ()
    is_body: bool = False


class Agreement(IntEnum):
    """How far two lists of names agree, the least first."""

    NONE = 0
    UNKNOWN = 1
    """One of the lists is empty."""
    SOME = 2
    """The first names agree, or most do; others are missing or differ."""
    SAME = 3


@lru_cache(1 << 14)
def person_of(name: Name) -> Person:
    """The person or body that a `name`, in Unicode, names, for comparing."""
    if name.literal:
        return Person(tuple(word for word in fold(name.literal).split() if word not in _ARTICLES), is_body=True)
    return Person(tuple(fold(f"{name.prefix} {name.family}").split()), tuple(fold(name.given).split()))


_ARTICLES: Final = frozenset(("the", "a", "an"))


def compare_people(one: Sequence[Person], other: Sequence[Person], *, is_cut: bool = False) -> tuple[Agreement, float]:
    """How far two lists agree, and the share of the shorter one that is in the longer, in percent.

    `is_cut` says that one of them ends with "and others". The order of the lists does not matter to the result.
    """
    short, long = (each[:_MOST] for each in sorted((one, other), key=len))
    if not short:
        return Agreement.UNKNOWN, 0.0
    if one == other:
        return Agreement.SAME, 100.0
    left = list(range(len(long)))
    found = 0.0
    for place, person in enumerate(short):
        best, at = 0.0, -1
        for position in sorted(left, key=lambda each: abs(each - place)):
            likeness = _likeness(person, long[position])
            if likeness > best:
                best, at = likeness, position
                if best == 1:
                    break
        if best:
            found += best
            left.remove(at)
    share = found / len(short)
    has_same_length = len(one) == len(other) or is_cut
    if share >= _ALL and has_same_length:
        return Agreement.SAME, 100 * share
    starts_alike = _likeness(one[0], other[0]) > 0
    if share >= _ALL or (starts_alike and share >= _HALF):
        return Agreement.SOME, 100 * share
    return Agreement.NONE, 100 * share


_ALL: Final = 0.8
_HALF: Final = 0.5
_MOST: Final = 20
"""So many names say enough: those of an experiment fill pages."""


@lru_cache(1 << 14)
def _likeness(one: Person, other: Person) -> float:
    """1 where two names may be one person's, 0.5 where only the families agree, and 0 otherwise."""
    if one == other:
        return 1
    if one.is_body or other.is_body:
        mine, yours = "".join((*one.given, *one.family)), "".join((*other.given, *other.family))
        return 1 if mine == yours or (len(mine) > _LEAST and is_slip(mine, yours)) else 0
    if _are_families(one.family, other.family):
        return _given_likeness(one.given, other.given)
    swapped = _are_given(one.given, other.family) and _are_given(other.given, one.family)
    return 1 if swapped and one.given and other.given else 0


_LEAST: Final = 7
_LEAST_FAMILY: Final = 4


def _are_families(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    if one == other:
        return True
    mine, yours = "".join(one), "".join(other)
    # Li and Liu are two.
    if mine == yours or (min(len(mine), len(yours)) >= _LEAST_FAMILY and is_slip(mine, yours)):
        return True
    # García Márquez is also called García, van der Berg also Berg.
    short, long = sorted((one, other), key=len)
    return bool(short) and len(short) < len(long) and short in (long[: len(short)], long[-len(short) :])


def _given_likeness(one: tuple[str, ...], other: tuple[str, ...]) -> float:
    if not one or not other or _are_given(one, other):
        return 1
    return 0.5 if one[0][0] == other[0][0] else 0


def _are_given(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    """Whether two given names may be one: word by word the same, one the other's initial or beginning, or a slip."""
    if "".join(one) == "".join(other):
        return True
    pairs = list(zip(_opened(one), _opened(other), strict=False))
    return bool(pairs) and all(_is_word(*pair) for pair in pairs)


def _is_word(one: str, other: str) -> bool:
    return one.startswith(other) or other.startswith(one) or is_slip(one, other)


def _opened(given: tuple[str, ...]) -> tuple[str, ...]:
    """Given names, with initials that stand together ("JK") taken apart."""
    if len(given) == 1 and 1 < len(given[0]) <= _MOST_INITIALS and not _VOWELS.intersection(given[0]):
        return tuple(given[0])
    return given


_MOST_INITIALS: Final = 3
_VOWELS: Final = frozenset("aeiouy")
