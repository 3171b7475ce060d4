"""Which entries are worth comparing: those of one work are, whatever is wrong with one of them, and few others."""

import pytest

from bibman.model.entry import Entry, Field
from bibman.model.pairing import LARGEST, Pairing
from bibman.model.traits import traits_of

WORK = {
    "author": "Doe, Jane and Smith, John",
    "title": "On the Growth of Large Trees in Quiet Cities: A Survey",
    "journal": "Journal of Trees",
    "year": "2020",
}


def pairs(*works: dict[str, str]) -> list[tuple[int, int]]:
    pairing = Pairing()
    for work in works:
        pairing.add(traits_of(Entry("key", "article", tuple(Field(*field) for field in work.items() if field[1]))))
    return list(pairing.pairs())


@pytest.mark.parametrize(
    "change",
    [
        {"author": "J. Doe and J. Smith", "year": ""},
        {"title": "On the Growht of Large Trees in Quiet Cities: A Survey", "author": "", "year": "1999"},
        {"title": "On the Growth of Large Tress in Quite Cities: A Survey", "author": "", "year": ""},
        {"title": "On the Growth of Large Trees in Quiet Cities", "author": ""},
        {"title": "Journal of Trees", "journal": WORK["title"]},
        {"title": WORK["author"], "author": WORK["title"]},
    ],
)
def test_a_work_is_compared_with_itself_damaged(change: dict[str, str]) -> None:
    other = {"title": "Something else", "author": "Roe, Richard", "year": "2001"}
    assert pairs(WORK, other, WORK | change) == [(0, 2)]


def test_an_identifier_is_enough() -> None:
    assert pairs({"title": "One", "doi": "10.1000/1"}, {"title": "Two", "doi": "10.1000/1"}) == [(0, 1)]


def test_those_that_share_only_a_journal_are_no_pair() -> None:
    works = [{"title": f"Title{number} of{number} work{number}", "journal": "Journal of Trees"} for number in range(9)]
    assert pairs(*works) == []


def test_what_very_many_have_is_no_reason() -> None:
    assert pairs(*[{"title": "Editorial", "year": str(1000 + number)} for number in range(LARGEST + 1)]) == []
