"""Checks: what is found and what is not, as files have it; what mending keeps; and that each check is documented."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bibman.model.checks.checking import check, mend
from bibman.model.checks.finding import CHECKS, SEVERITIES, Surroundings
from bibman.model.checks.library import spellings
from bibman.model.entry import Entry, Field
from bibman.model.latex import decode
from bibman.model.vocabulary import Dialect
from tests.model.check_files import DIALECTS, GOLDEN, found_in, read, surroundings

FILES = sorted(GOLDEN.glob("*.bib"))
OF_THE_LIBRARY = {"cited-nowhere", "unidentified"} | {code for code, each in CHECKS.items() if each.compares}
"""Checks that need more than a file."""


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_what_is_found_in_a_file_and_mended_is_what_stands_beside_it(path: Path) -> None:
    assert list(found_in(path)) == path.with_suffix(".txt").read_text(encoding="utf-8").splitlines()


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_what_is_called_bad_is_found_and_what_is_called_good_is_free_of_any_finding(path: Path) -> None:
    entries, _ = read(path)
    lines = [line.split(": ")[:2] for line in found_in(path) if ": " in line]
    found = {key for key, code in lines if code == path.stem and not key.startswith("odd")}
    assert found == {entry.key for entry in entries if entry.key.startswith("bad")}
    assert [entry.key for entry in entries if entry.key.startswith("good")]
    assert [line for line in lines if line[0].startswith("good")] == []


def test_every_check_has_its_file() -> None:
    assert {path.stem for path in FILES} == CHECKS.keys() - OF_THE_LIBRARY


def test_every_check_that_is_said_to_mend_does_so_in_its_file_and_no_other() -> None:
    mending = {path.stem for path in FILES if f": {path.stem} mended: " in path.with_suffix(".txt").read_text("utf-8")}
    assert mending == {code for code, each in CHECKS.items() if each.mends}


def test_the_checks_are_sorted_by_how_bad_they_are_and_by_code() -> None:
    order = [(SEVERITIES.index(each.severity), each.code) for each in CHECKS.values()]
    assert order == sorted(order)


def test_a_brace_without_its_partner_is_found_and_told_with_what_is_round_it() -> None:
    entry = Entry("a", "misc", (Field("author", "Doe, J."), Field("title", "A {B"), Field("note", "x\\}")))
    found = check(entry, Surroundings())
    assert [(each.code, each.field) for each in found] == [
        ("unbalanced-braces", "title"),
        ("unbalanced-braces", "note"),
    ]
    assert "A {B" in found[0].message


def test_of_an_entry_that_is_not_identified_only_that_is_said() -> None:
    entry = Entry("a", "misc", (Field("abstract", "R&D"),), identified=False)
    assert [each.code for each in check(entry, Surroundings())] == ["unidentified"]


def test_a_child_inherits_what_it_lacks_from_its_parent_and_biblatex_from_its_grandparent() -> None:
    child = Entry("c", "inproceedings", (Field("author", "Doe, J."), Field("title", "T"), Field("crossref", "p")))
    parent = Entry("p", "proceedings", (Field("title", "Proc"), Field("crossref", "g")))
    top = Entry("g", "mvproceedings", (Field("title", "All"), Field("date", "2020")))
    others = {each.key: each for each in (parent, top)}

    def missing(dialect: Dialect) -> list[str]:
        found = check(child, Surroundings(dialect, others.get))
        return [each.field for each in found if each.code == "missing-field"]

    assert missing("biblatex") == []
    assert missing("bibtex") == ["booktitle", "year"]  # as plain.bst: "need editor, key, or booktitle"
    xdata = Entry("x", "misc", (Field("author", "Doe, J."), Field("title", "T"), Field("xdata", "d, e")))
    data = {"d": Entry("d", "xdata", (Field("xdata", "e"),)), "e": Entry("e", "xdata", (Field("year", "2020"),))}
    assert [each.code for each in check(xdata, Surroundings("biblatex", data.get))] == []
    others["p"] = Entry("p", "proceedings", (*parent.fields, Field("booktitle", "Proc"), Field("year", "2020")))
    assert missing("bibtex") == []


@pytest.mark.parametrize(
    ("counts", "expected"),
    [
        ({"Phys. Rev. Lett.": 3, "Physical Review Letters": 1}, {"Physical Review Letters": ("Phys. Rev. Lett.", 3)}),
        ({"Bull. of the AMS": 1, "Bulletin of the AMS": 2}, {"Bull. of the AMS": ("Bulletin of the AMS", 2)}),
        ({"J. Phys.": 1, "Journal of Physiology": 2}, {}),
        ({"Ann. Math.": 1, "Annals of Mathematics": 2, "Annales Mathematicae": 2}, {}),
        ({"Nature": 1, "Nature Physics": 2}, {}),
        ({"Nature": 1, "nature": 2}, {}),
        ({"J. A": 1, "J. B": 2, "Journal A": 3}, {"J. A": ("Journal A", 3)}),
    ],
)
def test_journals_are_one_where_the_words_of_one_are_short_for_those_of_the_other(
    counts: dict[str, int], expected: dict[str, tuple[str, int]]
) -> None:
    assert spellings(counts) == expected


SCRAPS = (
    *(
        "R&D",
        "100%",
        "#5",
        "a_b",
        "$x^2$",
        "5$",
        "\\&",
        "{A}",
        "{\\'e}",
        "é",
        "ü",
        "&amp;",
        "<i>x</i>",
        "\u200b",
        "\x02",
    ),
    *(
        "Doe, Jane",
        "Smith, J.",
        " and ",
        " et al.",
        "; ",
        ", ",
        "Jr.",
        "World Health Organization",
        "Google, Inc.",
        "{X}",
    ),
    *(
        "https://doi.org/",
        "10.1000/xyz",
        "doi:",
        "arXiv:",
        "2302.07459",
        "https://arxiv.org/abs/",
        "http://x.org/a\\_b",
    ),
    *("1-10", "pp. ", "10--2", "2020-1-5", "2020", "January", "Sept.", "13", " ", "\\", "~", "中"),
)
NAMES = (
    *("author", "authors", "editor", "title", "journal", "jounal", "note", "howpublished", "year", "yaer", "date"),
    *("month", "pages", "doi", "url", "eprint", "archiveprefix", "eprinttype", "isbn", "issn", "abstract", "crossref"),
)
values = st.lists(st.sampled_from(SCRAPS), max_size=5).map("".join)
fields = st.builds(Field, st.sampled_from(NAMES), values)
macro_fields = st.builds(Field, st.sampled_from(("month", "journal")), st.just("May"), st.just("may"))
entries = st.builds(
    Entry,
    st.just("k"),
    st.sampled_from(("article", "misc", "book", "online", "artcle", "talk")),
    st.lists(fields | macro_fields, max_size=7).map(tuple),
)
others = {"p": Entry("P", "proceedings", (Field("title", "P"),))}
dialects = st.sampled_from(DIALECTS)


@given(entries, dialects)
def test_what_was_mended_is_not_found_again_and_mending_again_changes_nothing(entry: Entry, dialect: Dialect) -> None:
    around = Surroundings(dialect, others.get)
    mended = mend(entry, around)
    assert [each for each in mended.left if each.fix is not None] == []
    assert mend(mended.entry, around).done == ()
    assert len(mended.done) < 100


@given(entries, dialects)
def test_mending_makes_nothing_worse(entry: Entry, dialect: Dialect) -> None:
    around = Surroundings(dialect, others.get)
    before = {(each.code, each.field) for each in check(entry, around) if each.severity == "error"}
    mended = mend(entry, around)
    renamed = {new.name for step in mended.done for new in step.new}
    worse = {(each.code, each.field) for each in mended.left if each.severity == "error"} - before
    assert [each for each in worse if each[1] not in renamed] == []


@given(entries, dialects)
def test_mending_keeps_every_letter_and_digit_that_an_entry_says(entry: Entry, dialect: Dialect) -> None:
    mended = mend(entry, Surroundings(dialect, others.get))
    for step in mended.done:
        if step.finding.code in ADDING:
            assert step.old == ()
            continue
        before, after = _said(step.old), _said(step.new)
        assert step.finding.code in REWORDING or before == after, step


ADDING = {"doi-in-url", "eprint-in-text", "eprint-without-type"}
REWORDING = {
    # what says the same in other words: a label or address that is understood, “et al.”, an `and` without a name,
    # a macro, an escape of HTML or of an address, a word that styles add, a name's parts in another order
    "bad-doi", "bad-eprint", "names-et-al", "names-empty", "names-separator", "names-commas", "month-text", "html",
    "non-ascii-address", "pages-prefix", "duplicate-field", "bad-date", "escaped-address",
}  # fmt: skip


def _said(given_: tuple[Field, ...]) -> str:
    return re.sub(r"[\W_]", "", "".join(decode(each.value) for each in given_))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_each_file_once_mended_has_nothing_left_to_mend(path: Path) -> None:
    entries_, macros = read(path)
    for dialect in DIALECTS:
        around = surroundings(entries_, macros, dialect)
        for entry in entries_:
            assert [each for each in mend(entry, around).left if each.fix] == []
