"""The order of entries in a `.bib`: what is asked for, and parents where BibTeX finds them."""

import pytest

from bibman.formats.bibtex_layout import Order
from bibman.formats.bibtex_order import sort_key
from bibman.model.entry import Entry, Field
from tests.formats.bibtex_texts import parents_last


def entry(key: str, type_: str, *fields: tuple[str, str]) -> Entry:
    return Entry(key, type_, tuple(Field(*field) for field in fields))


def test_parents_come_after_their_children_and_nothing_else_moves() -> None:
    works = [
        entry("P", "proceedings"),
        entry("a", "misc"),
        entry("grandparent", "book"),
        entry("child", "inproceedings", ("crossref", " p ")),
        entry("parent", "book", ("crossref", "Grandparent")),
        entry("b", "inbook", ("crossref", "parent")),
        entry("c", "inbook", ("crossref", "nowhere")),
    ]
    assert [each.key for each in parents_last(works)] == ["a", "child", "b", "c", "P", "parent", "grandparent"]


def test_parents_in_a_circle_are_all_there() -> None:
    works = [entry("a", "misc", ("crossref", "b")), entry("b", "misc", ("crossref", "a")), entry("c", "misc")]
    works.append(entry("d", "misc", ("crossref", "d")))
    assert sorted(each.key for each in parents_last(works)) == ["a", "b", "c", "d"]


def test_a_long_chain_of_parents_is_turned_round() -> None:
    works = [entry(f"k{n}", "misc", ("crossref", f"k{n - 1}")) for n in range(20_000)]
    assert [each.key for each in parents_last(works)] == [f"k{n}" for n in reversed(range(20_000))]


WORKS = [
    entry("b", "misc", ("author", r"Zo{\"e}, A."), ("title", "Éa"), ("year", "2001")),
    entry("C", "article", ("editor", "{The Team}"), ("title", "{E}b"), ("date", "1999-03")),
    entry("a", "book", ("author", "van Aal, B."), ("title", "ea"), ("year", "44 BC")),
    entry("ä", "misc"),
    entry("B", "misc", ("author", "Zoe, B."), ("year", "2000")),
]


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        ("kept", "b C a ä B"),
        ("key", "a B b C ä"),
        ("type", "C a b ä B"),
        ("title", "ä B b a C"),
        ("year", "ä a C B b"),
        ("name", "ä C a B b"),
    ],
)
def test_entries_are_sorted_as_asked_and_else_stay_as_they_stood(order: Order, expected: str) -> None:
    assert [each.key for each in sorted(WORKS, key=lambda each: sort_key(each, order))] == expected.split()
