"""Entries of a library that look like one work: found, and told that they are not."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, islice
from typing import TYPE_CHECKING

from bibman.errors import UsageError
from bibman.model.duplicates import Comparison, Sameness, compare
from bibman.model.pairing import Pairing
from bibman.model.traits import Traits, traits_of_each
from bibman.services.wording import counted, listed
from bibman.storage.answers import Summary
from bibman.storage.reading import Reader

# What writes is imported where something is written.
if TYPE_CHECKING:
    from bibman.storage.database import Library

BATCH = 500
Progress = Callable[[int, int], None]
Pair = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Group:
    """Entries that look like one work: each looks like another of them.

    `pairs` has the comparisons of those that do, by their ids, the surest first. The group is certain where certain
    pairs hold it together; `score` is that of its weakest pair.
    """

    ids: tuple[int, ...]
    verdict: Sameness
    score: int
    pairs: Mapping[Pair, Comparison]

    def in_turn(self) -> Iterator[tuple[int, int | None, Comparison | None]]:
        """The entries in an order in which each looks like one before it, with that one and the comparison.

        The oldest comes first, with None; then always the one that looks most like one of those before.
        """
        before = {self.ids[0]}
        yield self.ids[0], None, None
        while len(before) < len(self.ids):
            pair = next(each for each in self.pairs if (each[0] in before) != (each[1] in before))
            known, new = pair if pair[0] in before else pair[::-1]
            yield new, known, self.pairs[pair]
            before.add(new)


def find(reader: Reader, ids: Sequence[int] | None = None, on_progress: Progress | None = None) -> list[Group]:
    """The groups of entries that look like one work, the surest first.

    With `ids` only those in which one of these entries is. Two of which the reader has said that they are different
    works are no pair.
    """
    pairs = likely_pairs(reader, on_progress)
    groups = _grouped(pairs)
    if ids is not None:
        wanted = set(ids)
        groups = [group for group in groups if not wanted.isdisjoint(group.ids)]
    return groups


def likely_pairs(reader: Reader, on_progress: Progress | None = None) -> dict[Pair, Comparison]:
    """The pairs of entries that look like one work, the older one first, with the comparison of each."""
    ids = reader.all_ids()
    pairing = Pairing()
    places: list[int] = []
    for entry_id, traits in _traits_of(reader, ids):
        pairing.add(traits)
        places.append(entry_id)
        if on_progress is not None and len(places) % BATCH == 0:
            on_progress(len(places), len(ids))
    distinct = reader.distinct_pairs()
    pairs = ((places[one], places[other]) for one, other in pairing.pairs())
    found: dict[Pair, Comparison] = {}
    # So many at once that what they are compared by stays small.
    while batch := list(islice(pairs, _PAIRS)):
        known = dict(_traits_of(reader, sorted({each for pair in batch for each in pair})))
        for one, other in batch:
            comparison = compare(known[one], known[other])
            if comparison.verdict is not Sameness.NO and (one, other) not in distinct:
                found[one, other] = comparison
    return found


_PAIRS = 100_000


def _traits_of(reader: Reader, ids: Sequence[int]) -> Iterator[tuple[int, Traits]]:
    """The ids of identified entries, with what they are compared by."""
    for start in range(0, len(ids), BATCH):
        stored = [each for each in reader.entries(ids[start : start + BATCH]) if each.entry.identified]
        yield from zip([each.id for each in stored], traits_of_each([each.entry for each in stored]), strict=True)


def _grouped(pairs: Mapping[Pair, Comparison]) -> list[Group]:
    of: dict[int, dict[Pair, Comparison]] = defaultdict(dict)
    roots = _roots(pairs)
    for pair, comparison in sorted(pairs.items(), key=lambda item: (-item[1].score, item[0])):
        of[roots[pair[0]]][pair] = comparison
    certain = _roots(pair for pair, comparison in pairs.items() if comparison.verdict is Sameness.CERTAIN)
    groups = []
    for several in of.values():
        ids = tuple(sorted({each for pair in several for each in pair}))
        is_certain = len({certain.get(each, each) for each in ids}) == 1
        least = min(comparison.score for comparison in several.values())
        groups.append(Group(ids, Sameness.CERTAIN if is_certain else Sameness.LIKELY, least, several))
    return sorted(groups, key=lambda group: (group.verdict is not Sameness.CERTAIN, -group.score, group.ids))


def _roots(pairs: Iterable[Pair]) -> dict[int, int]:
    """Entry → the oldest of those that it hangs together with."""
    roots: dict[int, int] = {}

    def root(each: int) -> int:
        while roots.setdefault(each, each) != each:
            roots[each] = roots[roots[each]]
            each = roots[each]
        return each

    for one, other in pairs:
        low, high = sorted((root(one), root(other)))
        roots[high] = low
    return {each: root(each) for each in list(roots)}


def summaries(reader: Reader, groups: Iterable[Group]) -> dict[int, Summary]:
    """Id → what a list shows of it, for all entries of these groups."""
    return {each.id: each for each in reader.summaries_of([entry_id for group in groups for entry_id in group.ids])}


def certain_groups(reader: Reader, on_progress: Progress | None = None) -> tuple[list[Group], list[Group]]:
    """The groups that may be merged without a person, and those of which only that is certain that something is wrong.

    In the second are entries that are certainly one work with two others that are not one: a person has to say which.
    """
    pairs = likely_pairs(reader, on_progress)
    certain = {pair: each for pair, each in pairs.items() if each.verdict is Sameness.CERTAIN}
    sure: list[Group] = []
    unsure: list[Group] = []
    for group in _grouped(certain):
        is_whole = len(group.ids) == 2 or _hold_together(reader, group)
        (sure if is_whole else unsure).append(group)
    return sure, unsure


def _hold_together(reader: Reader, group: Group) -> bool:
    """Whether each entry of a group may be one work with each."""
    distinct = reader.distinct_pairs()
    traits = dict(_traits_of(reader, group.ids))
    return all(
        pair not in distinct and compare(traits[pair[0]], traits[pair[1]]).verdict is not Sameness.NO
        for pair in combinations(group.ids, 2)
    )


def set_distinct(library: "Library", keys: Sequence[str]) -> int:
    """Keeps that entries are different works, each from each, so that they are not proposed again.

    Returns of how many pairs that was not known. Raises NotFoundError for an unknown key, UsageError for less than two.
    """
    from bibman.storage.distinct import add_distinct

    with library.change("distinct") as change:
        ids = _several(change.reader, keys)
        number = add_distinct(change, combinations(ids, 2))
        change.summary = f"{listed(list(keys))} are different works"
    return number


def unset_distinct(library: "Library", keys: Sequence[str]) -> int:
    """Takes back that entries are different works; returns of how many pairs that was said.

    Raises NotFoundError for an unknown key, UsageError for less than two.
    """
    from bibman.storage.distinct import drop_distinct

    with library.change("distinct") as change:
        ids = _several(change.reader, keys)
        number = drop_distinct(change, combinations(ids, 2))
        change.summary = f"{listed(list(keys))} may be one work; {counted(number, 'pair')}"
    return number


def _several(reader: Reader, keys: Sequence[str]) -> list[int]:
    ids = list(dict.fromkeys(reader.ids(keys).values()))
    if len(ids) < 2:
        raise UsageError("that is one entry", "Name two or more")
    return ids
