"""Where two texts differ, word by word."""

from hypothesis import given
from hypothesis import strategies as st

from bibman.model.differing import differing, nearest_piece
from bibman.model.fold import fold


def words(text: str, spans: list[tuple[int, int]]) -> list[str]:
    return [text[start:end] for start, end in spans]


def test_words_without_a_partner_are_told_on_either_side() -> None:
    text, other = "Bees on a roof of my library", "Bees on the Roof of the old Library"
    mine, theirs = differing(text, other)
    assert words(text, mine) == ["a", "my"]
    assert words(other, theirs) == ["the", "the old"]


def test_accents_capitals_and_signs_are_no_difference() -> None:
    assert differing("Über  “Bienen”", "uber bienen!") == ([], [])


def test_the_piece_of_an_abstract_is_shown_that_is_nearest() -> None:
    abstract = "First words here. " * 3 + "We count bees on the roof and see many of them. " + "Last words there. " * 3
    piece = nearest_piece("count bees on the rof and see", abstract)
    assert piece.startswith("…")
    assert piece.endswith("…")
    assert "count bees on the roof and see" in piece
    assert len(piece) < 70


def test_a_piece_that_is_nowhere_near_shows_the_whole() -> None:
    assert nearest_piece("nothing alike", "Bees on the roof") == "Bees on the roof"


@given(st.text(max_size=60), st.text(max_size=60))
def test_without_what_differs_both_say_the_same(text: str, other: str) -> None:
    def rest(said: str, spans: list[tuple[int, int]]) -> str:
        for start, end in reversed(spans):
            said = f"{said[:start]} {said[end:]}"
        return fold(said)

    mine, theirs = differing(text, other)
    assert rest(text, mine) == rest(other, theirs)
