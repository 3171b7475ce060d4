"""Entries with equal titles, twins by the cheap signs, and pairs that are distinct."""

import pytest

from bibman.model.fold import fold, title_key
from bibman.model.query import Duplicate
from bibman.storage.database import Library
from bibman.storage.distinct import add_distinct, drop_distinct, move_distinct
from bibman.storage.entries import add_entries, remove_entries, reserve_ids
from bibman.storage.reading import Reader, reading
from tests.storage.sample import entry

WORKS = (
    entry("a", author="Doe, Jane", title="On {TREES}", year="2020"),
    entry("b", author="J. Doe and R. Roe", title="On trees", year="2021"),
    entry("c", author="Roe, Richard", title="On Trees", year="1980"),
    entry("d", title="On the Trees", doi="10.1000/1"),
    entry("e", title="Leaves", doi="https://doi.org/10.1000/1"),
    entry("f", title="Leaves"),
)


@pytest.fixture
def ids(library: Library) -> list[int]:
    with library.change("fill") as change:
        found = list(reserve_ids(change, len(WORKS)))
        add_entries(change, dict(zip(found, WORKS, strict=True)))
    return found


def key_of(title: str) -> int:
    key = title_key(fold(title))
    assert key is not None
    return key


def test_equal_titles_are_found_by_their_key(library: Library, ids: list[int]) -> None:
    a, b, c, _, e, f = ids
    with reading(library.path) as reader:
        found = reader.ids_with_titles([key_of("On trees"), key_of("leaves"), key_of("Nothing")])
    assert found == {key_of("On Trees"): [a, b, c], key_of("Leaves"): [e, f]}
    assert title_key("") is None


def test_twins_share_an_identifier_or_a_title_and_a_name_in_some_years(library: Library, ids: list[int]) -> None:
    a, b, _, d, e, _ = ids
    with reading(library.path) as reader:
        assert set(reader.matching(Duplicate())) == {a, b, d, e}


def test_distinct_works_are_no_twins(library: Library, ids: list[int]) -> None:
    a, b, _, d, e, _ = ids
    with library.change("distinct") as change:
        assert add_distinct(change, [(b, a), (a, b)]) == 1
        assert add_distinct(change, [(a, b)]) == 0
        assert set(change.reader.matching(Duplicate())) == {d, e}
        assert drop_distinct(change, [(b, a), (a, d)]) == 1
        assert set(change.reader.matching(Duplicate())) == {a, b, d, e}


def test_what_is_distinct_moves_to_the_entry_that_stays_and_goes_with_one_that_is_removed(
    library: Library, ids: list[int]
) -> None:
    a, b, c, d, *_ = ids

    def pairs(reader: Reader) -> set[tuple[int, int]]:
        return reader.distinct_pairs()

    with library.change("distinct") as change:
        add_distinct(change, [(a, b), (a, c), (c, d), (b, d)])
    with library.change("merge") as change:
        move_distinct(change, d, a)
        assert pairs(change.reader) == {(a, b), (a, c)}
        remove_entries(change, [c])
        assert pairs(change.reader) == {(a, b)}
    library.undo()
    with reading(library.path) as reader:
        assert pairs(reader) == {(a, b), (a, c), (c, d), (b, d)}
    assert library.verify() == []
