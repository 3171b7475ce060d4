"""Entries from one dialect to the other: nothing lost, and back to where they came from."""

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bibman.formats.dialects import to_biblatex, to_bibtex
from bibman.model.derive import derive
from bibman.model.entry import Entry, Field
from bibman.model.vocabulary import BIBTEX_TYPES, KNOWN_TYPES


def entry(type_: str, **values: str) -> Entry:
    return Entry("key", type_, tuple(Field(*item) for item in values.items()))


def values(of: Entry) -> dict[str, str]:
    return {each.name: each.expression or each.value for each in of.fields}


PREPRINT = entry(
    "online", author="A", title="T", date="2023-02-15", eprint="2302.07459", eprinttype="arxiv", eprintclass="cs.CL"
)


def test_a_preprint_shows_its_number_where_styles_know_no_eprint() -> None:
    converted = to_bibtex(PREPRINT)
    assert converted.type == "misc"
    assert values(converted) == {
        "author": "A",
        "title": "T",
        "year": "2023",
        "month": "feb",
        "day": "15",
        "howpublished": "arXiv:2302.07459 [cs.CL]",
        "eprint": "2302.07459",
        "archiveprefix": "arXiv",
        "primaryclass": "cs.CL",
    }
    assert to_biblatex(converted) == PREPRINT


@pytest.mark.parametrize(
    ("title", "subtitle", "whole"),
    [
        ("Optuna", "A framework", "Optuna: A framework"),
        ("What is a {Tree}?", "A survey", "What is a {Tree}? A survey"),
        ("", "A survey", ""),
    ],
)
def test_a_title_takes_in_the_subtitle_that_no_style_of_bibtex_prints(title: str, subtitle: str, whole: str) -> None:
    said = {"title": title, "subtitle": subtitle, "booktitle": "Trees", "booksubtitle": "All of them"}
    converted = to_bibtex(entry("inproceedings", date="2019", **said))
    assert converted.get("title") == whole
    assert converted.get("subtitle") == (None if title else subtitle)
    assert converted.get("booktitle") == "Trees: All of them"
    mine = entry("inproceedings", year="2019", **said)
    assert to_bibtex(mine) == mine


@pytest.mark.parametrize(
    "kept",
    [
        entry("online", title="T", eprint="123", eprinttype="jstor"),
        entry("online", title="T", eprint="2302.07459", eprinttype="arxiv", howpublished="Blog"),
        entry("article", title="T", eprint="2302.07459", eprinttype="arxiv", journaltitle="J"),
        entry("misc", title="T", eprint="2302.07459", archiveprefix="arXiv"),
    ],
)
def test_nothing_else_is_given_a_howpublished(kept: Entry) -> None:
    assert to_bibtex(kept).get("howpublished") == kept.get("howpublished")


@pytest.mark.parametrize(
    ("number", "class_", "printed"),
    [
        ("hep-th/9901001", "", "arXiv:hep-th/9901001"),
        ("arXiv:2302.07459", "cs.CL", "arXiv:2302.07459 [cs.CL]"),
        ("a_b", "", r"arXiv:a\_b"),
    ],
)
def test_the_number_of_a_preprint_is_written_as_arxiv_writes_it(number: str, class_: str, printed: str) -> None:
    converted = to_bibtex(entry("online", eprint=number, eprinttype="arXiv", eprintclass=class_))
    assert converted.get("howpublished") == printed


@pytest.mark.parametrize(
    ("degree", "type_", "kept"),
    [
        ("phdthesis", "phdthesis", None),
        ("mathesis", "mastersthesis", None),
        ("bathesis", "mastersthesis", "Bachelor's thesis"),
        ("Habilitation", "phdthesis", "Habilitation"),
        ("Diplomarbeit", "mastersthesis", "Diplomarbeit"),
    ],
)
def test_a_thesis_has_its_degree_as_type_in_bibtex(degree: str, type_: str, kept: str | None) -> None:
    converted = to_bibtex(entry("thesis", institution="ETH", type=degree))
    assert (converted.type, converted.get("type"), converted.get("school")) == (type_, kept, "ETH")


@pytest.mark.parametrize(
    ("type_", "given", "in_bibtex"),
    [
        ("report", "techreport", None),
        ("report", "resreport", "Research Report"),
        ("report", "Working paper", "Working paper"),
        ("patent", "patentus", "U.S. patent"),
    ],
)
def test_what_biblatex_has_a_key_for_bibtex_has_words_for(type_: str, given: str, in_bibtex: str | None) -> None:
    assert to_bibtex(entry(type_, date="2000", type=given)).get("type") == in_bibtex


def test_an_inbook_of_biblatex_has_a_title_of_its_own_and_one_of_bibtex_has_not() -> None:
    part = entry("inbook", title="Part", booktitle="Whole", date="2000")
    assert to_bibtex(part).type == "incollection"
    chapter = entry("inbook", title="Whole", chapter="3", year="2000")
    assert to_bibtex(chapter) == chapter
    assert to_biblatex(chapter).type == "book"
    heir = entry("inbook", title="Part", crossref="whole", year="2000")
    assert to_biblatex(heir).type == "inbook"


@pytest.mark.parametrize("type_", ["electronic", "patent", "periodical", "standard"])
def test_types_that_some_styles_of_bibtex_have_stay_unless_the_entry_is_meant_for_biblatex(type_: str) -> None:
    kept = entry(type_, title="T", year="2000", address="Bonn")
    assert to_bibtex(kept) == kept
    assert to_bibtex(entry(type_, title="T", date="2000")).type == "misc"


def test_an_unknown_type_stays_in_both() -> None:
    unknown = entry("homemade", title="T", year="2000")
    assert to_bibtex(unknown).type == to_biblatex(unknown).type == "homemade"


def test_a_field_whose_new_name_is_taken_stays() -> None:
    both = entry("article", journal="J", journaltitle="K", year="2000", date="2001", address="A", location="B")
    assert {"journal": "J", "journaltitle": "K"}.items() <= values(to_bibtex(both)).items()
    assert values(to_bibtex(both)) == values(to_biblatex(both)) == values(both)


def test_expressions_go_with_their_fields() -> None:
    given = Entry("key", "article", (Field("journal", "JMLR B", 'jmlr # " B"'), Field("year", "2000")))
    there = to_biblatex(given)
    assert there.fields[0] == Field("journaltitle", "JMLR B", 'jmlr # " B"')
    assert to_bibtex(there) == given


@pytest.mark.parametrize(
    ("date", "fields"),
    [
        ("2023", {"year": "2023"}),
        ("2023-02", {"year": "2023", "month": "feb"}),
        ("2023-02-15", {"year": "2023", "month": "feb", "day": "15"}),
        ("1850~", {"year": "c. 1850"}),
        ("1850?", {"year": "1850?"}),
        ("199X", {"year": "1990s"}),
        ("19XX", {"year": "19XX"}),
        ("-0043", {"year": "44 BC"}),
        ("0876", {"year": "876"}),
        ("Y17000", {"year": "Y17000"}),
        ("2004-22", {"year": "2004", "month": "Summer"}),
        ("2019/2021", {"year": "2019--2021"}),
        ("2020-01/2020-03", {"year": "2020", "month": 'jan # "--" # mar'}),
        ("2020-01-10/2020-01-12", {"year": "2020", "month": '"10--12~" # jan'}),
        ("2020-01-30/2020-02-02", {"year": "2020", "month": '"30~" # jan # "--" # "2~" # feb'}),
    ],
)
def test_a_date_is_year_and_month_in_bibtex_and_comes_back(date: str, fields: dict[str, str]) -> None:
    given = entry("article", title="T", date=date)
    converted = to_bibtex(given)
    assert values(converted) == {"title": "T", **fields}
    assert to_biblatex(converted) == given


@pytest.mark.parametrize(
    ("date", "year"),
    [("2019/", "2019--"), ("../2020", "--2020"), ("in press 2019", "in press 2019"), ("forthcoming", "forthcoming")],
)
def test_what_is_no_plain_date_is_printed_as_the_year(date: str, year: str) -> None:
    assert values(to_bibtex(entry("misc", date=date))) == {"year": year}


@pytest.mark.parametrize(
    ("given", "date"),
    [
        ({"year": "2019", "month": "3"}, "2019-03"),
        ({"year": "{2019}", "month": "Sept."}, "2019-09"),
        ({"year": "2019", "month": "July/August"}, "2019-07/2019-08"),
        ({"year": "2019", "month": "Fall"}, "2019-23"),
    ],
)
def test_year_and_month_are_a_date_in_biblatex(given: dict[str, str], date: str) -> None:
    assert values(to_biblatex(entry("misc", **given))) == {"date": date}


@pytest.mark.parametrize(
    "kept",
    [
        {"year": "in press"},
        {"year": "in press 2019"},
        {"year": "1999/00"},
        {"year": "2019", "month": "Special issue July"},
        {"year": "2019", "month": "Michaelmas"},
        {"year": "2019", "month": "feb", "day": "31"},
        {"month": "July"},
    ],
)
def test_a_year_that_says_more_than_a_date_could_stays(kept: dict[str, str]) -> None:
    assert values(to_biblatex(entry("misc", **kept))) == kept


@pytest.mark.parametrize(
    ("number", "word"),
    [("1", "First"), ("12", "Twelfth"), ("13", "13th"), ("21", "21st"), ("22", "22nd"), ("43", "43rd"), ("99", "99th")],
)
def test_an_edition_is_a_number_in_biblatex_and_an_ordinal_in_bibtex(number: str, word: str) -> None:
    book = entry("book", title="T", location="Bonn", edition=number)
    assert values(to_bibtex(book)) == {"title": "T", "address": "Bonn", "edition": word}
    assert to_biblatex(to_bibtex(book)) == book


@pytest.mark.parametrize("edition", ["0", "100", "Revised", "2nd", "second", "2.~Auflage"])
def test_an_edition_of_any_other_form_stays(edition: str) -> None:
    for work in (entry("book", location="Bonn", edition=edition), entry("book", address="Bonn", edition=edition)):
        assert to_bibtex(work).get("edition") == to_biblatex(work).get("edition") == edition


def test_an_edition_stays_in_an_entry_of_the_dialect_that_is_written() -> None:
    for convert, kept in (
        (to_bibtex, entry("book", year="2000", address="Bonn", edition="2")),
        (to_biblatex, entry("book", date="2000", edition="Second")),
    ):
        assert convert(kept) == kept


@pytest.mark.parametrize("type_", sorted(KNOWN_TYPES))
@pytest.mark.parametrize("convert", [to_bibtex, to_biblatex])
def test_a_conversion_keeps_what_an_entry_says(type_: str, convert: Callable[[Entry], Entry]) -> None:
    says = {
        "author": "Knuth, Donald", "editor": "Doe, Jane", "title": "T", "booktitle": "B", "volume": "1", "pages": "2",
        "publisher": "P", "institution": "I", "doi": "10.1000/x", "eprint": "2302.07459", "keywords": "k", "note": "N",
        "abstract": "A", "organization": "O", "series": "S",
    }  # fmt: skip
    older = {"journal": "J", "address": "Bonn", "year": "2020", "month": "May", "annote": "X", "archiveprefix": "arXiv"}
    newer = {"journaltitle": "J", "location": "Bonn", "date": "2020-05", "annotation": "X", "eprinttype": "arxiv"}
    for work in (entry(type_, **says, **older), entry(type_, **says, **newer)):
        before, after = derive(work), derive(convert(work))
        assert after._replace(other="") == before._replace(other="")
        assert set(before.other.splitlines()) <= set(after.other.splitlines()) | {
            "2020",
            "May",
            "2020-05",
            "arXiv",
            "arxiv",
        }


def entries(
    types: list[str], names: dict[str, list[str]], by_type: dict[str, dict[str, str]]
) -> st.SearchStrategy[Entry]:
    """Entries with any of these fields; those of `by_type` are always there."""

    def of(type_: str) -> st.SearchStrategy[Entry]:
        optional = {name: st.sampled_from(each) for name, each in names.items() if name not in by_type.get(type_, {})}
        return st.fixed_dictionaries({}, optional=optional).map(
            lambda found: entry(type_, **found, **by_type.get(type_, {}))
        )

    return st.sampled_from(types).flatmap(of)


BIBLATEX = entries(
    ["article", "book", "inproceedings", "online", "thesis", "report", "misc", "manual"],
    {
        "title": ["T", r"{\'E}tude"],
        "journaltitle": ["J"],
        "location": ["Bonn"],
        "institution": ["ETH"],
        "date": ["2020", "2020-02", "2020-02-29", "2020/2021"],
        "eprint": ["2302.07459"],
        "eprinttype": ["arxiv"],
        "eprintclass": ["cs.CL"],
        "eprintdate": ["2023-02-15"],
        "edition": ["2", "13", "Revised", "2nd"],
        "volume": ["3"],
        "number": ["4"],
        "issue": ["Spring"],
        "publisher": ["P"],
        "langid": ["german"],
        "note": ["N"],
        "annotation": ["A"],
        "sortkey": ["S"],
        "url": ["https://example.org/a_b"],
        "unknown": ["U"],
    },
    {
        "thesis": {"type": "mathesis"},
        "report": {"type": "techreport"},
        "online": {"eprint": "2302.07459", "eprinttype": "arxiv"},
    },
)

BIBTEX = entries(
    sorted(BIBTEX_TYPES - {"conference", "inbook"}),
    {
        "title": ["T"],
        "journal": ["J"],
        "address": ["Bonn"],
        "year": ["2020", "in press", "1999--2001", "c. 1850"],
        "eprint": ["2302.07459"],
        "archiveprefix": ["arXiv"],
        "primaryclass": ["cs.CL"],
        "howpublished": ["Blog"],
        "annote": ["A"],
        "key": ["S"],
        "type": ["Habilitation"],
        "edition": ["Second", "21st", "Revised"],
        "volume": ["3"],
        "number": ["4"],
        "unknown": ["U"],
    },
    {
        "phdthesis": {"school": "ETH"},
        "mastersthesis": {"school": "ETH"},
        "techreport": {"institution": "CERN"},
    },
)


@settings(max_examples=200)
@given(BIBLATEX)
def test_an_entry_of_biblatex_comes_back_from_bibtex(given: Entry) -> None:
    assert to_biblatex(to_bibtex(given)) == given


@settings(max_examples=200)
@given(BIBTEX)
def test_an_entry_of_bibtex_comes_back_from_biblatex(given: Entry) -> None:
    assert to_bibtex(to_biblatex(given)) == given


@settings(max_examples=200)
@given(BIBLATEX | BIBTEX)
def test_what_is_in_a_dialect_stays_as_it_is(given: Entry) -> None:
    for convert in (to_bibtex, to_biblatex):
        once = convert(given)
        assert convert(once) == once
