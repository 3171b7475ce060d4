"""Lists of names compared."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bibman.model.names import parse_names
from bibman.model.people import Agreement, Person, compare_people, person_of

NAMES = ("Smith, John", "Smith, J.", "Smith, Anna", "Smyth, John", "John, Smith", "{The Team}", "Müller, Zoë", "Doe, J")


def people(text: str) -> tuple[Person, ...]:
    return tuple(map(person_of, parse_names(text)))


def agreement(one: str, other: str) -> Agreement:
    return compare_people(people(one), people(other))[0]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Smith, John and Doe, Jane", "J. Smith and J. Doe"),
        ("Smith, JK", "Smith, John Kenneth"),
        ("Wei Zhang and Ming Li", "Zhang Wei and Li Ming"),
        ("van der Berg, Anna", "Berg, A."),
        ("Garc\u00eda M\u00e1rquez, Gabriel", "Garcia, G."),
        ("Kowalski, Jan", "Kowalsky, Jan"),
        ("{The LIGO Collaboration}", "{LIGO Collaboration}"),
        ("Smith, John and Doe, Jane", "Doe, Jane and Smith, John"),
    ],
)
def test_names_written_otherwise_are_the_same(one: str, other: str) -> None:
    assert agreement(one, other) is Agreement.SAME


@pytest.mark.parametrize(
    ("one", "other"), [("Smith, John", "Smith, Anna"), ("Li, Wei", "Liu, Wei"), ("{Team A}", "Smith, John")]
)
def test_other_people_are_others(one: str, other: str) -> None:
    assert agreement(one, other) is Agreement.NONE


def test_a_list_that_lacks_names_agrees_in_part_unless_it_says_so() -> None:
    long = people("Smith, John and Doe, Jane and Roe, Richard")
    assert compare_people(long[:1], long)[0] is Agreement.SOME
    assert compare_people(long[:1], long, is_cut=True)[0] is Agreement.SAME
    assert compare_people((), long)[0] is Agreement.UNKNOWN


lists = st.lists(st.sampled_from(NAMES), max_size=4).map(" and ".join)


@given(lists, lists)
def test_the_order_does_not_matter(one: str, other: str) -> None:
    assert agreement(one, other) is agreement(other, one)
