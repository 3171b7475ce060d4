"""The piece of a text that shows the words of a query best."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bibman.model.excerpt import excerpt, spans
from bibman.model.fold import fold
from bibman.model.query import Words


def asked(*words: str, prefix: bool = False) -> list[Words]:
    return [Words((), fold(each), is_prefix=prefix, typed=each, column=1) for each in words]


@pytest.mark.parametrize(
    ("text", "words", "found"),
    [
        ("A Bee and a bee's wing", ["bee"], ["Bee", "bee"]),
        ("Erdős met Łukasz", ["erdos", "lukasz"], ["Erdős", "Łukasz"]),
        ("in-context learning", ["in context"], ["in-context"]),
        ("Weiße Straße", ["strasse"], ["Straße"]),
        ("bees, not beehives", ["bee"], []),
        ("a a a", ["a a"], ["a a"]),
        ("机器学习的深度", ["学习"], ["学习"]),
        ("e\u0301tude", ["étude"], ["e\u0301tude"]),
    ],
)
def test_words_are_found_as_they_stand(text: str, words: list[str], found: list[str]) -> None:
    assert [text[start:end] for start, end in spans(text, asked(*words))] == found


def test_a_beginning_marks_the_whole_word() -> None:
    assert spans("bees, beehives", asked("bee", prefix=True)) == [(0, 4), (6, 14)]


def test_an_excerpt_is_where_most_of_the_words_are() -> None:
    text = f"One bee. {'Filling words. ' * 40}Here bees, a bee and a wing. {'More words. ' * 40}"
    found = excerpt(text, asked("bee", "wing"), 80)
    assert found is not None
    assert "bee and a wing" in found.text
    assert found.text.startswith("…")
    assert found.text.endswith("…")
    assert len(found.text) <= 82
    assert [found.text[start:end] for start, end in found.matches] == ["bee", "wing"]


def test_a_short_text_is_shown_whole_on_one_line() -> None:
    found = excerpt("A bee\n  and\ta wing", asked("wing"), 80)
    assert found is not None
    assert found.text == "A bee and a wing"


def test_a_text_without_the_words_has_no_excerpt() -> None:
    assert excerpt("A bee", asked("wing"), 80) is None


@example("aaaa.a", "a", 5)
@given(
    st.text(alphabet="ab éß-. \n学", max_size=200),
    st.sampled_from(["a", "ab", "a b", "é", "学", "ss"]),
    st.integers(5, 60),
)
def test_every_match_of_an_excerpt_is_of_the_words(text: str, word: str, width: int) -> None:
    found = excerpt(text, asked(word), width)
    if found is not None:
        assert found.matches
        assert {fold(found.text[start:end]) for start, end in found.matches} == {fold(word)}
