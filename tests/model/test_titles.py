"""Titles compared: slips are told from words that make another work of it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bibman.model.titles import Likeness, compare_titles, title_of, titles_agree

WORDS = "trees forests growth of in mice rats part i ii 2019 2020 supervised unsupervised survey: report".split()
titles = st.lists(st.sampled_from(WORDS), max_size=7).map(" ".join)


def likeness(one: str, other: str) -> Likeness:
    return compare_titles(title_of(one), title_of(other))[0]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Multi-agent Data Base Systems", "multiagent database systems"),
        ("The growth of {TREES}", "The Growth of Trees."),
        ("On the {Erd\\H{o}s} number", "On the Erdős Number"),
    ],
)
def test_spelling_is_no_difference(one: str, other: str) -> None:
    assert likeness(one, other) is Likeness.SAME


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Deep residal learning for images", "Deep residual learning for images"),
        ("Deep learning form human feedback in a loop", "Deep learning with human feedback in the loop"),
        ("Uniformly bounded trees in space", "Unformly bounded tress in space"),
    ],
)
def test_slips_and_small_words_leave_titles_alike(one: str, other: str) -> None:
    assert likeness(one, other) in (Likeness.ALIKE, Likeness.NEAR)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("On trees, Part I", "On trees, Part II"),
        ("On trees I", "On trees"),
        ("Trees, volume one", "Trees, volume two"),
        ("Trees in the city, part eleven", "Trees in the city, part twelve"),
        ("Report of the year 2019", "Report of the year 2020"),
        ("GPT-3 and what it knows", "GPT-4 and what it knows"),
        ("Modelling trees v2", "Modelling trees v3"),
        ("Erratum: The growth of trees", "The growth of trees"),
        ("The growth of trees (reply)", "The growth of trees"),
        ("Trees: Theory and practice", "Trees: Implementation and use"),
    ],
)
def test_parts_years_and_errata_are_other_works(one: str, other: str) -> None:
    assert likeness(one, other) is Likeness.DIFFERENT


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Supervised learning of many trees", "Unsupervised learning of many trees"),
        ("Macroeconomics of trees and forests", "Microeconomics of trees and forests"),
        ("Effects of growth in mice and men", "Effects of growth in rats and men"),
    ],
)
def test_a_word_of_another_meaning_is_never_a_slip(one: str, other: str) -> None:
    assert likeness(one, other) <= Likeness.NEAR


def test_a_missing_subtitle_is_seen() -> None:
    assert likeness("The growth of trees", "The growth of trees: A survey") is Likeness.MAIN
    assert likeness("The growth of trees", "The growth of trees") is Likeness.SAME


def test_titles_that_many_works_have_are_known() -> None:
    assert title_of("Editorial Introduction to the Special Issue").is_generic
    assert not title_of("The growth of trees").is_generic
    assert not title_of("").is_generic


@given(titles, titles)
def test_the_order_does_not_matter(one: str, other: str) -> None:
    assert compare_titles(title_of(one), title_of(other)) == compare_titles(title_of(other), title_of(one))


@given(titles)
def test_a_title_is_the_same_as_itself(title: str) -> None:
    assert likeness(title, title) is (Likeness.SAME if title_of(title).letters else Likeness.ABSENT)


@pytest.mark.parametrize(
    ("one", "other", "agree"),
    [
        ("On Trees", "On trees", True),
        ("On Trees: A Survey of Growth", "On Trees", True),
        ("On Trees", "", True),
        ("Discovering Language Model Behaviors", "Discovering Language Model Behaviours", True),
        ("Lectures on Trees, part 2", "Lectures on Trees, part 3", False),
        ("On Trees", "On Bees and Their Habits", False),
    ],
)
def test_titles_agree_where_they_may_be_of_one_work(one: str, other: str, agree: bool) -> None:
    assert titles_agree(one, other) is titles_agree(other, one) is agree
