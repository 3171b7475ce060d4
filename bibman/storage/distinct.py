"""Pairs of entries of which the reader has said that they are different works, written."""

from collections.abc import Iterable, Sequence

from sqlalchemy import or_, select

from bibman.storage.change import Change
from bibman.storage.door import CHUNK
from bibman.storage.tables import DistinctPairRow


def add_distinct(change: Change, pairs: Iterable[tuple[int, int]]) -> int:
    """Keeps of pairs of entries, by their ids, that they are different works; returns how many are new."""
    known = change.reader.distinct_pairs()
    new = sorted({(min(pair), max(pair)) for pair in pairs} - known)
    change.insert(DistinctPairRow, [{"entry_id": one, "other_id": other} for one, other in new])
    return len(new)


def drop_distinct(change: Change, pairs: Iterable[tuple[int, int]]) -> int:
    """Forgets of pairs of entries that they are different works; returns how many were known as such."""
    asked = {(min(pair), max(pair)) for pair in pairs}
    found = [
        row_id for row_id, *pair in _of_entries(change, {each for pair in asked for each in pair}) if (*pair,) in asked
    ]
    change.delete(DistinctPairRow, found)
    return len(found)


def drop_distinct_of(change: Change, ids: Sequence[int]) -> None:
    """Forgets the pairs in which any of these entries is: they are about to go."""
    change.delete(DistinctPairRow, [row_id for row_id, _, _ in _of_entries(change, ids)])


def move_distinct(change: Change, origin: int, target: int) -> None:
    """What `origin` was distinct from, `target` is distinct from now."""
    pairs = _of_entries(change, [origin])
    others = {one if other == origin else other for _, one, other in pairs}
    change.delete(DistinctPairRow, [row_id for row_id, _, _ in pairs])
    add_distinct(change, ((target, other) for other in others if other != target))


def _of_entries(change: Change, ids: Iterable[int]) -> list[tuple[int, int, int]]:
    """Number, older and younger entry of the pairs in which any of these entries is."""
    wanted = list(ids)
    found: dict[int, tuple[int, int, int]] = {}
    for start in range(0, len(wanted), CHUNK):
        chunk = wanted[start : start + CHUNK]
        query = select(DistinctPairRow.id, DistinctPairRow.entry_id, DistinctPairRow.other_id).where(
            or_(DistinctPairRow.entry_id.in_(chunk), DistinctPairRow.other_id.in_(chunk))
        )
        found.update((row.id, (row.id, row.entry_id, row.other_id)) for row in change.connection.execute(query))
    return list(found.values())
