"""Whether two entries are one work: what speaks for it and against it."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bibman.model.duplicates import Comparison, Sameness, compare
from bibman.model.entry import Entry, Field
from bibman.model.traits import traits_of

CERTAIN, LIKELY, NO = Sameness.CERTAIN, Sameness.LIKELY, Sameness.NO
TREES = {
    "author": "Doe, Jane and Smith, John",
    "title": "On the Growth of Trees in Cities",
    "journal": "Journal of Trees",
    "year": "2020",
    "volume": "7",
    "pages": "11--29",
}


def entry(kind: str, fields: dict[str, str]) -> Entry:
    return Entry("key", kind, tuple(Field(name, value) for name, value in fields.items() if value))


def compared(change: dict[str, str], kind: str = "article", base: dict[str, str] = TREES) -> Comparison:
    """A work compared with itself, of which some fields are changed (empty: taken away)."""
    return compare(traits_of(entry("article", base)), traits_of(entry(kind, base | change)))


@pytest.mark.parametrize(
    ("change", "kind", "verdict"),
    [
        ({}, "article", CERTAIN),
        ({"author": "J. Doe and J. Smith"}, "article", CERTAIN),
        ({"author": "Jane, Doe and John, Smith"}, "article", CERTAIN),
        ({"journal": "J. Trees", "pages": ""}, "article", CERTAIN),
        ({"title": "On the Growht of Trees in Cities"}, "article", CERTAIN),
        ({"title": "On the Growht of Trees in Cities", "pages": "", "journal": ""}, "article", LIKELY),
        ({"title": "Growth of Trees in a City", "pages": "11"}, "article", LIKELY),
        ({"author": "Doe, Jane"}, "article", LIKELY),
        ({"author": "", "journal": "J. Trees"}, "article", LIKELY),
        ({"year": "", "pages": ""}, "article", LIKELY),
        ({"year": "7", "volume": "2020"}, "article", CERTAIN),
        ({"year": "2012"}, "article", LIKELY),
        ({"journal": "", "booktitle": "Proc. of Cities", "pages": "1--9"}, "inproceedings", LIKELY),
        ({"title": "Journal of Trees", "journal": "On the Growth of Trees in Cities"}, "article", LIKELY),
        ({"title": TREES["author"], "author": TREES["title"]}, "article", LIKELY),
        ({"author": "Roe, Richard"}, "article", NO),
        ({"title": "On the Growth of Trees in Cities, Part II"}, "article", NO),
        ({"title": "On the Growth of Shrubs in Cities", "pages": "31--40"}, "article", NO),
        ({"title": "Erratum: On the Growth of Trees in Cities", "pages": "300"}, "article", NO),
        ({}, "book", NO),
        ({"journal": "", "school": "MIT"}, "phdthesis", NO),
        ({"title": "", "doi": ""}, "article", NO),
    ],
)
def test_without_identifiers(change: dict[str, str], kind: str, verdict: Sameness) -> None:
    assert compared(change, kind).verdict is verdict, compared(change, kind)


@pytest.mark.parametrize(
    ("mine", "yours", "verdict"),
    [
        ({"doi": "10.1000/1"}, {"doi": "https://doi.org/10.1000/1", "title": "Growth of Trees"}, LIKELY),
        ({"doi": "10.1000/ABC"}, {"doi": "10.1000/abc", "journal": "", "year": "2019"}, CERTAIN),
        ({"doi": "10.1000/1"}, {"doi": "10.1000/1", "title": "Chapter Two", "pages": "40--50"}, NO),
        ({"doi": "10.1000/1"}, {"doi": "10.1000/2", "pages": ""}, NO),
        ({"doi": "10.1000/1"}, {"doi": "10.1000/2"}, LIKELY),
        ({"pmid": "12345"}, {"pmid": "12346", "pages": "", "journal": ""}, NO),
        ({"eprint": "2001.00001"}, {"eprint": "2001.00002", "journal": "", "pages": ""}, NO),
        (
            {"doi": "10.1000/1"},
            {"doi": "10.48550/arXiv.2001.00001", "journal": "", "pages": "", "year": "2018"},
            CERTAIN,
        ),
        (
            {"doi": "10.1000/1"},
            {"eprint": "2001.00001", "journal": "arXiv preprint arXiv:2001.00001", "pages": "", "year": "2017"},
            CERTAIN,
        ),
        ({}, {"eprint": "1001.0001", "journal": "", "pages": "", "year": "2010"}, NO),
    ],
)
def test_identifiers_speak_for_and_against(mine: dict[str, str], yours: dict[str, str], verdict: Sameness) -> None:
    found = compared(yours, base=TREES | mine)
    assert found.verdict is verdict, found


BOOK = {"author": "Doe, Jane", "title": "Trees", "publisher": "Wood", "year": "2001", "isbn": "978-0-201-13448-3"}


@pytest.mark.parametrize(
    ("change", "kinds", "verdict"),
    [
        ({}, ("book", "book"), CERTAIN),
        ({"year": "2008", "isbn": ""}, ("book", "book"), LIKELY),
        ({"title": "Shrubs"}, ("book", "book"), NO),
        ({"edition": "Second"}, ("book", "book"), CERTAIN),
        ({"title": "Leaves"}, ("incollection", "incollection"), NO),
        ({"title": "Leaves"}, ("book", "incollection"), NO),
    ],
)
def test_a_book_shares_its_isbn_with_its_chapters(
    change: dict[str, str], kinds: tuple[str, str], verdict: Sameness
) -> None:
    one, other = entry(kinds[0], BOOK), entry(kinds[1], BOOK | change)
    assert compare(traits_of(one), traits_of(other)).verdict is verdict


def test_other_editions_and_volumes_are_other_works() -> None:
    for name, mine, yours in (("edition", "1", "Second"), ("volume", "1", "2")):
        pair = [traits_of(entry("book", BOOK | {"isbn": "", name: value})) for value in (mine, yours)]
        found = compare(*pair)
        assert (found.verdict, found.reasons[-1]) == (NO, f"other {name}")
    same = [traits_of(entry("book", BOOK | {"isbn": "", "edition": each})) for each in ("2", "Second", "2nd ed.")]
    assert {compare(same[0], each).verdict for each in same} == {LIKELY}


def test_yearly_reports_and_editorials_are_many_works() -> None:
    report = {"author": "{The Agency of Trees}", "title": "The State of the Trees in the World", "year": "2019"}
    assert compared({"year": "2020"}, base=report).verdict is NO
    editorial = TREES | {"title": "Editorial"}
    assert compared({"volume": "8", "pages": "1"}, base=editorial).verdict is NO


def test_reasons_say_what_was_found() -> None:
    assert compared({"author": "J. Doe and J. Smith"}).reasons == (
        "same title",
        "same names",
        "same year",
        "same pages",
    )
    preprint = {"eprint": "2001.00001", "journal": "", "pages": "", "year": "2019", "volume": ""}
    assert compared(preprint, "online").reasons == (
        "same title",
        "same names",
        "a year apart",
        "preprint and published version",
    )


def test_entries_without_titles_are_one_where_all_else_is_the_same() -> None:
    one = {"author": "Doe, Jane", "note": "Two\n  lines"}
    assert compared({"note": "Two lines"}, base=one).verdict is CERTAIN
    assert compared({"author": "Doe, J."}, base=one).verdict is LIKELY
    assert compared({"note": "Other lines"}, base=one).verdict is NO
    assert compared({}, base={"note": ""}).verdict is NO


def test_what_is_not_identified_is_nobody_s_duplicate() -> None:
    fields: Any = (Field("abstract", "On trees"),)
    one = traits_of(Entry("a", "misc", fields, identified=False))
    assert compare(one, one).verdict is NO


values = {
    "title": ("Trees in Cities", "Trees in Cities: A Survey", "Trees in Citis", "Doe, Jane", "Trees in Cities II"),
    "author": ("Doe, Jane", "J. Doe", "Roe, R.", "Trees in Cities", "{The Team}"),
    "year": ("2019", "2020", "7"),
    "journal": ("Journal of Trees", "J. Trees", "arXiv", "Trees in Cities"),
    "doi": ("10.1000/1", "10.1000/2", "10.48550/arXiv.2001.00001"),
    "pages": ("1--9", "1", "20--30"),
    "edition": ("1", "second"),
}
entries = st.builds(
    entry,
    st.sampled_from(("article", "book", "misc", "inproceedings")),
    st.fixed_dictionaries({}, optional={name: st.sampled_from(some) for name, some in values.items()}),
)


@given(entries, entries)
def test_the_order_does_not_matter(one: Entry, other: Entry) -> None:
    mine, yours = traits_of(one), traits_of(other)
    assert compare(mine, yours) == compare(yours, mine)


@given(entries)
def test_an_entry_is_never_surely_another_than_itself(one: Entry) -> None:
    found = compare(traits_of(one), traits_of(one))
    assert found.verdict is not NO or traits_of(one).title.letters == "" or one.get("author") is None
