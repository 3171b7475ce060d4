"""A query is read into a tree, or told at which column it goes wrong."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bibman.errors import QueryError
from bibman.model.query import (
    And,
    Everything,
    FieldWords,
    HasIdentifier,
    Key,
    Node,
    Not,
    Or,
    Tag,
    Type,
    When,
    Words,
    Year,
)
from bibman.model.query_fields import Context
from bibman.model.query_text import parse

SAVED = {"a": "x or y", "self": "@self", "wrong": "x (y"}
CONTEXT = Context(lambda hours: f"{hours} hours ago", SAVED.get, lambda name: name == "mine")


def read(text: str) -> Node:
    return parse(text, CONTEXT)


def word(text: str, column: int = 1, *columns: str, prefix: bool = False, typed: str | None = None) -> Words:
    return Words(columns, text, is_prefix=prefix, typed=text if typed is None else typed, column=column)


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("a", word("a")),
        ("a b", And((word("a"), word("b", 3)))),
        ("a AND b", And((word("a"), word("b", 7)))),
        ("a or b c", Or((word("a"), And((word("b", 6), word("c", 8)))))),
        ("(a or b) c", And((Or((word("a", 2), word("b", 7))), word("c", 10)))),
        ("not a or b", Or((Not(word("a", 5)), word("b", 10)))),
        ("not not a", word("a", 9)),
        ("not (a b)", Not(And((word("a", 6), word("b", 8))))),
        ('"and"', word("and", 1)),
        ('"a  b"', word("a b", 1, typed="a  b")),
        ("“a b”*", word("a b", 1, prefix=True)),
        ("state-of-the*", word("state of the", 1, prefix=True, typed="state-of-the")),
        ("Erd{\\H{o}}s", word("erdos", 1, typed="Erd{\\H{o}}s")),
        ('G{\\"o}del', word("godel", 1, typed='G{\\"o}del')),
        ("f(x)", And((word("f"), word("x", 3)))),
        ("a & b", And((word("a"), word("b", 5)))),
        ("*", Everything()),
        ("author:b", word("b", 1, "authors")),
        ('author:"Bai, Yuntao"', word("yuntao bai", 1, "authors", typed="Bai, Yuntao")),
        ("TITLE:b*", word("b", 1, "title", prefix=True)),
        ("title:(a or b)", Or((word("a", 8, "title"), word("b", 13, "title")))),
        ("mine:b", FieldWords("mine", "b", is_prefix=False, typed="b", column=1)),
        ("journal:b", FieldWords("journaltitle", "b", is_prefix=False, typed="b", column=1)),
        ("tag:A/B,c*", And((Tag("a/b", is_prefix=False), Tag("c", is_prefix=True)))),
        ("key:Gang*", Key("gang", is_prefix=True)),
        ("key:*", Key("", is_prefix=True)),
        ("type:*", Type("", is_prefix=True)),
        ("arxiv:arXiv:2209.10652v3", HasIdentifier("arxiv", "2209.10652", is_prefix=False)),
        ("doi:10.48550/arXiv.2209.10652", HasIdentifier("arxiv", "2209.10652", is_prefix=False)),
        ("isbn:0-201-13448-9", HasIdentifier("isbn", "9780201134483", is_prefix=False)),
        ("year:2020", Year(2020, 2020)),
        ("year:-44..2020", Year(-44, 2020)),
        ("year:..2020", Year(None, 2020)),
        ("missing:year", Not(Year(None, None))),
        ("added:7d", When("added_at", "168 hours ago", None)),
        ("added:30d..7d", When("added_at", "720 hours ago", None)),
        ("added:2024-02", When("added_at", "2024-02-01T00:00:00Z", "2024-03-01T00:00:00Z")),
        ("added:2024-02-29", When("added_at", "2024-02-29T00:00:00Z", "2024-03-01T00:00:00Z")),
        ("added:2025-12-31..", When("added_at", "2025-12-31T00:00:00Z", None)),
        ("changed:..2025", When("changed_at", None, "2026-01-01T00:00:00Z")),
        ("@a", Or((word("x"), word("y", 6)))),
    ],
)
def test_a_query_is_read_into_a_tree(text: str, tree: Node) -> None:
    assert read(text) == tree


@pytest.mark.parametrize(
    ("text", "column", "problem"),
    [
        ("", 1, "there is nothing in it"),
        ("  ", 1, "there is nothing in it"),
        ("& -", 1, "there is no word in it"),
        ("a (b", 3, "a `(` that nothing closes"),
        ("a b)", 4, "a `)` that nothing opens"),
        ("()", 2, "a word is missing"),
        ("a or", 5, "a word is missing"),
        ("a and or b", 7, "a word is missing"),
        ("not", 4, "a word is missing"),
        ('a "b', 3, "a quote that nothing closes"),
        ("a*b", 2, "a `*` within a word"),
        ("x title:", 3, "nothing after `title:`"),
        ("title: y", 1, "nothing after `title:`"),
        ("(year: )", 2, "nothing after `year:`"),
        ("x titel:y", 3, "there is no field `titel`"),
        ("has:titel", 1, "there is no field `titel`"),
        ("year:soon", 1, "not a year or a span of years: soon"),
        ("year:2023..2020", 1, "the years end before they begin: 2023..2020"),
        ("year:20*", 1, "`year:` takes no `*`"),
        ("added:soon", 1, "not a time: soon"),
        ("added:2025-13", 1, "not a time: 2025-13"),
        ("added:2025-02-29", 1, "not a time: 2025-02-29"),
        ("added:2026..2025", 1, "the time ends before it begins: 2026..2025"),
        ("is:nice", 1, "nothing is `nice`"),
        ("title:(a author:b)", 10, "`author:` within `title:`"),
        ("x @none", 3, "no saved search is called 'none'"),
        ("x @self", 3, "in the saved search @self: the query, column 1: the saved search @self asks for itself"),
        ("@wrong", 1, "in the saved search @wrong: the query, column 3: a `(` that nothing closes"),
        ("(" * 60 + "a" + ")" * 60, 51, "parentheses within parentheses without end"),
        ("a " * 900, 1799, "it is too long"),
    ],
)
def test_a_query_that_goes_wrong_says_where(text: str, column: int, problem: str) -> None:
    with pytest.raises(QueryError) as raised:
        read(text)
    assert raised.value.message == f"the query, column {column}: {problem}"
    assert raised.value.exit_code == 2


@pytest.mark.parametrize(
    ("text", "advice"),
    [
        ("title: y", "Say title:WORD with no blank between, or has:title"),
        ("has:", "Say it like has:doi"),
        ("added:*", "Say it like added:7d"),
        ("year:20*", "Say it like year:2020..2023"),
    ],
)
def test_the_advice_is_a_query_that_can_be_asked(text: str, advice: str) -> None:
    with pytest.raises(QueryError) as raised:
        read(text)
    assert raised.value.advice == advice


def test_a_field_that_is_misspelt_is_told_with_the_nearest() -> None:
    with pytest.raises(QueryError, match="Did you mean title: or"):
        read("titel:x")


@given(st.text(alphabet='ab()":* @\\orntd-.0123{}$&„“”年\u0301', max_size=40) | st.text(max_size=30))
def test_any_text_is_read_or_told_to_go_wrong_within_it(text: str) -> None:
    try:
        read(text)
    except QueryError as error:
        column = int(error.message.removeprefix("the query, column ").partition(":")[0])
        assert 1 <= column <= len(text) + 1
