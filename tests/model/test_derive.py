"""What is derived from an entry: titles, names, dates and texts in Unicode."""

import pytest

from bibman.model.derive import Derived, derive
from bibman.model.entry import Entry, Field
from bibman.model.identifiers import Identifier
from bibman.model.names import OTHERS, Name


def derived(type_: str = "article", *, identified: bool = True, **values: str) -> Derived:
    return derive(Entry("key", type_, tuple(Field(*item) for item in values.items()), identified))


def test_texts_are_in_unicode_without_latex() -> None:
    found = derived(
        title=r"{T}he {\TeX}book",
        journal=r"R{\&}D -- Journal",
        abstract=r"We \emph{show} that $x^2$ \& more.",
        keywords=r"na{\"\i}ve, {DNA}",
    )
    assert found.title == "The TeXbook"
    assert found.container == "R&D – Journal"
    assert found.abstract == "We show that x² & more."
    assert found.keywords == "naïve, DNA"


def test_names_are_in_unicode_by_the_field_they_stand_in() -> None:
    found = derived(
        author=r"Luko{\v{s}}i{\=u}t{\.e}, Kamil{\.e} and van der Berg, Jr., J. and {NASA} and others",
        editor="El Showk, Sheer",
    )
    assert found.names == {
        "author": (
            Name("Lukošiūtė", "Kamilė"),
            Name("Berg", "J.", "van der", "Jr."),
            Name(literal="NASA"),
            OTHERS,
        ),
        "editor": (Name("El Showk", "Sheer"),),
    }
    assert [(person.folded, person.words) for person in found.people["author"]] == [
        ("lukosiute", "kamile lukosiute"),
        ("van der berg", "j van der berg jr"),
        ("nasa", "nasa"),
        ("others", "others"),
    ]


def test_a_name_list_without_a_name_is_none() -> None:
    assert derived(author="  ").names == {}


@pytest.mark.parametrize(
    ("title", "subtitle", "expected"),
    [
        ("Title", "Subtitle", "Title: Subtitle"),
        ("Really?", "Yes", "Really? Yes"),
        ("Title:", "Subtitle", "Title: Subtitle"),
        ("", "Subtitle", "Subtitle"),
        ("Title", "", "Title"),
    ],
)
def test_a_title_takes_its_subtitle_with_it(title: str, subtitle: str, expected: str) -> None:
    assert derived(title=title, subtitle=subtitle).title == expected


def test_an_entry_that_is_not_identified_has_no_title() -> None:
    found = derived(title="A guess", abstract="Opening words", identified=False)
    assert (found.title, found.abstract) == ("", "Opening words")


@pytest.mark.parametrize(
    ("values", "container"),
    [
        ({"journaltitle": "Nature", "booktitle": "Book"}, "Nature"),
        ({"booktitle": "Proceedings"}, "Proceedings"),
        ({"maintitle": "Works"}, "Works"),
        ({"journaltitle": "", "booktitle": "Proceedings"}, "Proceedings"),
        ({"publisher": "Springer"}, ""),
    ],
)
def test_the_container_is_what_the_work_appeared_in(values: dict[str, str], container: str) -> None:
    assert derived("inproceedings", identified=True, **values).container == container


@pytest.mark.parametrize(
    ("values", "date", "year"),
    [
        ({"date": "2023-02-15"}, "2023-02-15", 2023),
        ({"year": "2023", "month": "feb", "day": "15"}, "2023-02-15", 2023),
        ({"year": "c. 1850"}, "1850~", 1850),
        ({"date": "2019/2021"}, "2019/2021", 2019),
        ({"date": "../2021"}, "../2021", 2021),
        ({"year": "44 BC"}, "-0043", -43),
        ({"year": "in press"}, "", None),
        ({}, "", None),
    ],
)
def test_dates_of_both_dialects_are_in_one_form(values: dict[str, str], date: str, year: int | None) -> None:
    found = derived("misc", identified=True, **values)
    assert (found.date, found.year) == (date, year)


def test_identifiers_are_found_and_can_be_searched() -> None:
    found = derived("misc", identified=True, doi="10.1000/ABC", eprint="2302.07459v2", archiveprefix="arXiv")
    assert found.identifiers == (Identifier("doi", "10.1000/abc"), Identifier("arxiv", "2302.07459"))
    assert found.other.split("\n") == ["arXiv", "10.1000/abc", "2302.07459"]


def test_every_other_text_can_be_searched_and_no_verbatim_one() -> None:
    found = derived(
        title="T",
        author="A",
        note=r"Best paper \& more",
        publisher="Springer",
        url="https://example.org",
        file="a.pdf",
        crossref="parent",
        zzz="unknown field",
    )
    assert found.other.split("\n") == ["Best paper & more", "Springer", "unknown field"]


def test_of_a_field_that_stands_twice_the_first_counts_as_bibtex_has_it() -> None:
    fields = (Field("title", "First"), Field("title", "Second"), Field("year", "2001"), Field("year", "2002"))
    found = derive(Entry("key", "misc", fields))
    assert (found.title, found.year) == ("First", 2001)


def test_an_entry_without_fields_says_nothing() -> None:
    assert derive(Entry("key", "misc")) == Derived(
        title="", people={}, container="", date="", year=None, abstract="", keywords="", other="", identifiers=()
    )


def test_blanks_in_a_title_and_a_container_are_as_many_as_latex_prints() -> None:
    entry = Entry("k", "article", (Field("title", "Two:\t\tA  Title\n   of"), Field("journal", "A\tJ  of~ X")))
    derived = derive(entry)
    assert (derived.title, derived.container) == ("Two: A Title of", "A J of\u00a0 X")
