"""Records at the border: plain Unicode becomes BibTeX text that prints the same."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bibman.model.entry import Entry, Field
from bibman.model.latex import decode, imbalance
from bibman.model.names import OTHERS, Name, parse_names
from bibman.model.record import Record, record_fields
from bibman.model.vocabulary import field_rank


def texts_of(**texts: str) -> dict[str, str]:
    return {each.name: each.value for each in record_fields(Record("article", texts))}


def author_of(*people: Name) -> str | None:
    return Entry("key", "article", record_fields(Record("article", {}, {"author": people}))).get("author")


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("title", "Training RLHF models: 50% & more", r"Training {RLHF} models: 50\% \& more"),
        ("booktitle", "Proceedings of NeurIPS & Friends", r"Proceedings of NeurIPS \& Friends"),
        ("journaltitle", "R&D of AI", r"R\&D of AI"),
        ("pages", "13387-13434", "13387--13434"),
        ("url", "https://example.org/a_b?c=1&d=%20~x#y", "https://example.org/a_b?c=1&d=%20~x#y"),
        ("doi", "10.1000/a_b<c>d", "10.1000/a_b<c>d"),
        ("date", "1850~", "1850~"),
        ("eprintdate", "2023-02-15", "2023-02-15"),
        ("eprintclass", "cs.CL", "cs.CL"),
        ("crossref", "key_1", "key_1"),
        ("publisher", "Łódź Press", "Łódź Press"),
        ("note", "  blanks  ", "blanks"),
    ],
)
def test_each_text_becomes_what_its_field_needs(name: str, text: str, expected: str) -> None:
    assert texts_of(**{name: text}) == {name: expected}


def test_an_address_with_a_lonely_brace_stays_readable_for_bibtex() -> None:
    assert texts_of(url="https://example.org/{a") == {"url": "https://example.org/%7Ba"}
    assert texts_of(url="https://example.org/{a}") == {"url": "https://example.org/{a}"}


def test_names_are_written_so_that_bibtex_splits_them_again() -> None:
    people = (
        Name("El Showk", "Sheer"),
        Name("Hatfield-Dodds", "Zac"),
        Name("Lukošiūtė", "Kamilė"),
        Name("Beethoven", "Ludwig", "van"),
        Name("King", "Martin Luther", suffix="Jr."),
        Name(literal="Barnes and Noble, Inc."),
        OTHERS,
    )
    value = author_of(*people)
    assert value == (
        "El Showk, Sheer and Hatfield-Dodds, Zac and Lukošiūtė, Kamilė and van Beethoven, Ludwig"
        " and King, Jr., Martin Luther and {Barnes and Noble, Inc.} and others"
    )
    assert parse_names(value or "") == people


def test_special_characters_in_names_are_escaped() -> None:
    assert author_of(Name(literal="AT&T"), Name("O_o", "A.")) == r"{AT\&T} and O\_o, A."


def test_what_is_empty_is_left_out() -> None:
    record = Record("article", {"title": "", "note": "  "}, {"author": (), "editor": (Name(),)})
    assert record_fields(record) == ()


def test_the_order_does_not_depend_on_the_record() -> None:
    texts = {"title": "T", "abstract": "A", "date": "2020", "zebra": "Z", "pages": "1", "booktitle": "B"}
    names = {"editor": (Name("E"),), "author": (Name("A"),)}
    forth = record_fields(Record("inproceedings", texts, names))
    back = record_fields(Record("inproceedings", dict(reversed(texts.items())), dict(reversed(names.items()))))
    assert forth == back
    assert [each.name for each in forth] == sorted((each.name for each in forth), key=field_rank)
    assert forth[0] == Field("author", "A")


PLAIN = st.text(st.characters(exclude_categories=["C", "M", "Z"]) | st.just(" "), max_size=40).map(
    lambda text: " ".join(text.split())
)


@settings(max_examples=150)
@given(st.sampled_from(["title", "booktitle", "note", "publisher", "pages", "url", "doi"]), PLAIN)
def test_whatever_a_provider_says_has_balanced_braces(name: str, text: str) -> None:
    assert all(imbalance(value) is None for value in texts_of(**{name: text}).values())


@settings(max_examples=150)
@given(st.text("abcXYZé &%$#_{}~^\\", max_size=30).map(lambda text: " ".join(text.split())))
def test_a_title_is_read_back_as_it_was(text: str) -> None:
    assert decode(texts_of(title=text).get("title", "")) == text
