"""Pages: ranges get their en dash, and what is no page number is left alone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bibman.model.pages import normalise_pages


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1", "1"),
        ("  1 ", "1"),
        ("1-2", "1--2"),
        ("1--2", "1--2"),
        ("1---2", "1--2"),
        ("1 - 2", "1--2"),
        ("1~--~2", "1--2"),
        ("1–2", "1--2"),
        ("1—2", "1--2"),
        ("1‑2", "1--2"),
        ("1\\textendash{}2", "1--2"),
        ("{1}-{2}", "1--2"),
        ("107-11", "107--11"),
        ("7,41,73-97", "7,41,73--97"),
        ("7, 41 ,  73 - 97", "7, 41, 73--97"),
        ("43+", "43+"),
        ("43ff.", "43ff."),
        ("43-45, 50ff", "43--45, 50ff"),
        ("R1-R50", "R1--R50"),
        ("e12-e15", "e12--e15"),
        ("12a-12c", "12a--12c"),
        ("xii-xv", "xii--xv"),
        ("2:1-2:33", "2:1--2:33"),
        ("1245-1259.e3", "1245--1259.e3"),
        ("024001-1–024001-12", "024001-1--024001-12"),
        ("e0123456", "e0123456"),
        ("pp. 1-50", "1--50"),
        ("pp.~1--50", "1--50"),
        ("p.50", "50"),
        ("Pages 1-50", "1--50"),
    ],
)
def test_ranges_get_an_en_dash(text: str, expected: str) -> None:
    assert normalise_pages(text) == expected


@pytest.mark.parametrize("text", ["S1-12", "1-S12", "xii-5", "A12-3"])
def test_a_hyphen_between_two_ways_of_counting_stays(text: str) -> None:
    assert normalise_pages(text) == text


def test_a_dash_between_two_ways_of_counting_is_a_range() -> None:
    assert [normalise_pages(text) for text in ("S1–12", "xii -- 5", "S1 - 12")] == ["S1--12", "xii--5", "S1--12"]


@pytest.mark.parametrize(
    "text", ["", " ", "-43", "43-", "some-text", "in press", "1-2-3", "1,,2", " 1-2, to appear", "iv+120", "12 pages"]
)
def test_what_is_no_page_number_is_left_as_it_is(text: str) -> None:
    assert normalise_pages(text) == text


@given(st.text(st.sampled_from("012eSxi-–, {}~.p:+"), max_size=14))
def test_normal_pages_are_normal(text: str) -> None:
    once = normalise_pages(text)
    assert normalise_pages(once) == once


@given(st.text(st.sampled_from("012eSxi-–, {}~:+"), max_size=14))
def test_no_letter_or_digit_is_lost(text: str) -> None:
    assert [c for c in normalise_pages(text) if c.isalnum()] == [c for c in text if c.isalnum()]


@pytest.mark.parametrize("text", [" " * 200_000 + "-", "1" * 200_000 + "-", "1-" * 100_000, "1 " * 100_000])
def test_hostile_text_is_left_alone(text: str) -> None:
    assert normalise_pages(text) == text
