"""The names that are nearest to one that does not exist, for saying "did you mean"."""

from collections.abc import Iterable
from heapq import nsmallest

LEAST_LIKENESS = 70.0


def nearest(name: str, existing: Iterable[str], limit: int = 3) -> list[str]:
    """Up to `limit` of the `existing` names that are most like `name`, best first; none where none is like it."""
    # Needed only after a mistake, and too heavy for every start.
    from rapidfuzz import fuzz, process, utils

    found = process.extract(
        name,
        list(existing),
        scorer=fuzz.WRatio,
        processor=utils.default_process,
        limit=limit,
        score_cutoff=LEAST_LIKENESS,
    )
    return [match for match, _, _ in found]


def nearest_words(word: str, existing: Iterable[str], limit: int = 3) -> list[str]:
    """Up to `limit` of the many `existing` words that are one or two slips of the hand from `word`, nearest first.

    A slip is a letter too many, too few, another, or two that changed places; a short word is allowed one.
    """
    from rapidfuzz.distance import OSA

    most = 1 if len(word) < LONG else 2
    near = ((OSA.distance(word, each, score_cutoff=most), each) for each in existing)
    return [match for distance, match in nsmallest(limit, near) if distance <= most]


LONG = 5
