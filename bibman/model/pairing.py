"""Which entries of many are worth comparing: those that share one of several keys, in time that grows as their number.

Each entry is given some dozen keys: what one work's entries have in common whatever else is wrong with one of them.
An identifier, its title, the title without any one word, a name with a rare word of the title … A key that very many
share tells nothing, and another finds what it would have found.
"""

from array import array
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import combinations, product
from typing import Final

from bibman.model.fold import hashed
from bibman.model.titles import LEAST_PERCENT, SMALL
from bibman.model.traits import Traits

LARGEST: Final = 20
"""A key that more entries share than these is no reason to compare them."""

_LONGEST: Final = 12
_RARE: Final = 4
_LETTERS: Final = 12
_SHARES: Final = 16
"""Keys are sorted in so many shares: a sorted list takes five times the memory of what it sorts."""
_PLACES: Final = 24
_LAST: Final = (1 << _PLACES) - 1
_HASH: Final = (1 << 38) - 1


class Pairing:
    """Takes the traits of entries, one after the other, and then names the pairs that are worth comparing.

    Entries are called by their places, in the order in which they came: up to 16 million of them. Some hundred bytes
    are kept of each.
    """

    def __init__(self) -> None:
        # A key and a place in one number each: a tenth of the memory of a table of lists.
        self._keys = [array("q") for _ in range(_SHARES)]
        self._sure = array("q")
        self._titles: list[str] = []
        self._words: list[tuple[int, ...]] = []
        self._names: list[tuple[int, ...]] = []
        self._counts: Counter[int] = Counter()

    def add(self, traits: Traits) -> None:
        """Takes one entry more."""
        place = len(self._words)
        words = tuple(dict.fromkeys(_word(word) for word in traits.title.words if word not in SMALL))
        self._counts.update(words)
        self._words.append(words)
        self._names.append(tuple(dict.fromkeys(map(_word, _names(traits)))))
        self._titles.append(traits.title.letters)
        for key in set(_keys(traits)):
            self._keep(_packed(key, place))
        # The title of one in a wrong field of the other: two that share such a field are no pair.
        self._sure.extend([_packed(hashed(each), place, is_field=True) for each in traits.letters.values() if each])
        self._sure.extend([_packed(hashed(each.value), place) for each in traits.identifiers])
        self._sure.append(_packed(hashed(traits.title.letters or repr(sorted(traits.whole))), place))

    def _keep(self, packed: int) -> None:
        self._keys[(packed >> _PLACES + 1) % _SHARES].append(packed)

    def pairs(self) -> Iterator[tuple[int, int]]:
        """The pairs of places that are worth comparing, the lower first, each once, in order; asked for once."""
        for place, (words, names) in enumerate(zip(self._words, self._names, strict=True)):
            for key in self._rare_keys(words, names):
                self._keep(_packed(key, place))
        titles = self._titles
        found = _pairs_of(self._sure)
        for share in self._keys:
            alike = _pairs_of(share) - found
            found.update(pair for pair in alike if _may_be_one(titles[pair >> _PLACES], titles[pair & _LAST]))
        for pair in sorted(found):
            yield pair >> _PLACES, pair & _LAST

    def _rare_keys(self, words: Sequence[int], names: Sequence[int]) -> set[int]:
        """Two of the rarest words of a title, and one of them with a name; words that no other title has are none."""
        counts = self._counts
        rare = [word for _, word in sorted((counts[word], word) for word in words if counts[word] > 1)[:_RARE]]
        keys = {hash(pair) for pair in combinations(sorted(rare), 2)}
        keys.update(hash((name, word)) for name in names for word in rare[:2])
        keys.update(hash((name, *sorted(rare[:3]))) for name in names)
        return keys


def _pairs_of(keys: Iterable[int]) -> set[int]:
    """The pairs of places, each in one number, that share one of these keys."""
    return {
        min(one, other) << _PLACES | max(one, other)
        for titles, fields in _shared(sorted(keys))
        for one, other in (product(titles, fields) if fields else combinations(titles, 2))
        if one != other
    }


def _may_be_one(one: str, other: str) -> bool:
    """Whether two titles, by their letters, are alike, or one is like the beginning of the other."""
    from rapidfuzz.fuzz import ratio

    short, long = sorted((one, other), key=len)
    return ratio(one, other) >= LEAST_PERCENT or ratio(short, long[: len(short)]) >= LEAST_PERCENT


def _packed(key: int, place: int, *, is_field: bool = False) -> int:
    return ((key & _HASH) << 1 | is_field) << _PLACES | place


def _shared(keys: Iterable[int]) -> Iterator[tuple[list[int], list[int]]]:
    """The places that share a key, of not too many, and those that have it as a field, given all keys in order."""
    last = -1
    places: tuple[list[int], list[int]] = [], []
    for packed in keys:
        key, is_field = packed >> _PLACES + 1, packed >> _PLACES & 1
        if key != last:
            if len(places[0]) + len(places[1]) > 1:
                yield from _small(places)
            last, places = key, ([], [])
        places[is_field].append(packed & _LAST)
    yield from _small(places)


def _small(places: tuple[list[int], list[int]]) -> Iterator[tuple[list[int], list[int]]]:
    titles, fields = places
    if len(titles) <= LARGEST:
        yield titles, []
        if titles and 0 < len(fields) <= LARGEST:
            yield titles, fields


@lru_cache(1 << 16)
def _word(text: str) -> int:
    return hashed(text)


def _keys(traits: Traits) -> Iterator[int]:
    """The keys of an entry that need no other one to be known."""
    title, year = traits.title, traits.year
    if not title.letters:
        return
    if title.main:
        yield hashed(title.main)
    words = [_word(word) for word in title.words if word not in SMALL]
    if 2 < len(words) <= _LONGEST:
        yield hash(tuple(words))
        yield from (hash((*words[:place], *words[place + 1 :])) for place in range(len(words)))
    # Both ends of a title are seldom wrong.
    yield hashed(f"{title.letters[:_LETTERS]} {year}")
    yield hashed(f"{year} {title.letters[-_LETTERS:]}")
    # Many works have a short title, of which names and places tell few.
    for person in traits.people[:2]:
        yield hashed(f"{title.letters} {person.family}")
    yield hashed(f"{title.letters} {year} {traits.page}")
    if traits.page and traits.volume:
        yield hashed(f"{traits.volume} {traits.page} {year}")


def _names(traits: Traits) -> Iterator[str]:
    """The names of the first two people, given and family names alike: they may have changed places."""
    for person in traits.people[:2]:
        yield "".join(person.family)
        if person.given and len(person.given[0]) > 1:
            yield person.given[0]
