"""The names that are nearest to one that does not exist, for saying "did you mean"."""

from collections.abc import Iterable

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
