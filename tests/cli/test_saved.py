"""`saved`: queries that have a name."""

import pytest

from tests.cli.calling import Bibman
from tests.storage.looking import content

TOY = "elhage2022toy"


def found(bibman: Bibman, *query: str) -> list[str]:
    return [entry["key"] for entry in bibman.json("list", *query)]


def test_a_saved_search_is_asked_for_in_other_queries(seeded: Bibman) -> None:
    assert seeded("saved", "add", "toys", "title:toy", "or", "title:toys").out == "@toys: title:toy or title:toys\n"
    seeded("saved", "add", "@Old", "year:..2017")
    assert found(seeded, "@toys") == [TOY]
    assert found(seeded, "@TOYS", "year:2022") == [TOY]
    assert found(seeded, "not", "(@toys", "or", "@old)", "year:..2022") == found(
        seeded, "year:2018..2022 not title:toy"
    )
    assert seeded.json("saved", "list") == [
        {"name": "Old", "query": "year:..2017"},
        {"name": "toys", "query": "title:toy or title:toys"},
    ]
    assert seeded("saved", "list").out == "@Old\tyear:..2017\n@toys\ttitle:toy or title:toys\n"


def test_saving_removing_and_replacing_are_undone(seeded: Bibman) -> None:
    before = content(seeded.library)
    seeded("saved", "add", "toys", "title:toy")
    assert seeded("saved", "add", "Toys", "title:toys").out == "@Toys: title:toys\nbefore, it was: title:toy\n"
    assert seeded("saved", "remove", "@toys").out == "forgot @Toys: title:toys\n"
    assert seeded.json("saved", "list") == []
    seeded("undo")
    assert seeded.json("saved", "list") == [{"name": "Toys", "query": "title:toys"}]
    seeded("undo")
    assert seeded.json("saved", "list") == [{"name": "toys", "query": "title:toy"}]
    seeded("undo")
    assert content(seeded.library) == before


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["add", "a b", "x"], 2, "not a name for a search: 'a b'"),
        (["add", "a", "foo:x"], 2, "there is no field `foo`"),
        (["add", "a", "@b"], 2, "no saved search is called 'b'"),
        (["add", "toys", "x or @Toys"], 2, "the saved search @Toys asks for itself"),
        (["add", "a", "   "], 2, "there is nothing in it"),
        (["remove", "tois"], 3, "no such saved search: tois. Did you mean toys?"),
    ],
)
def test_what_cannot_be_saved_or_forgotten_changes_nothing(
    seeded: Bibman, arguments: list[str], code: int, message: str
) -> None:
    seeded("saved", "add", "toys", "title:toy")
    before = content(seeded.library, history=True)
    done = seeded("saved", *arguments)
    assert (done.code, message in done.err) == (code, True), done
    assert content(seeded.library, history=True) == before


def test_searches_may_ask_for_one_another_but_not_in_a_circle(seeded: Bibman) -> None:
    seeded("saved", "add", "a", "title:toy")
    seeded("saved", "add", "b", "@a year:2022")
    assert found(seeded, "@b") == [TOY]
    done = seeded("saved", "add", "a", "@b")
    assert done.code == 2
    assert "asks for itself" in done.err
    assert found(seeded, "@b") == [TOY]
    seeded("saved", "remove", "a")
    assert "in the saved search @b: " in seeded("list", "@b").err
