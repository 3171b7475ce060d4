"""`export` in the look that one wants, with the macros and preambles that its entries need."""

from collections.abc import Iterator, Sequence

import pytest

from bibman.formats.bibtex_reader import read
from bibman.model.entry import Entry, Field
from bibman.services.export import export
from bibman.services.selection import Selection
from bibman.storage.database import Library
from bibman.storage.entries import add_entries, reserve_ids
from bibman.storage.reading import Reader, reading
from bibman.storage.rows import StoredEntry
from bibman.storage.sources import Reading, add_reading
from bibman.storage.tables import MacroRow, PreambleRow
from tests.cli.calling import Bibman

OTHER = "Journal of ML Research"
ENTRIES = [
    Entry("b", "article", (Field("author", "Zoe, A."), Field("journal", "JMLR", "jmlr"), Field("year", "2001"))),
    Entry(
        "a", "article", (Field("author", "Abe, B."), Field("journal", "JMLR B", 'Jmlr # " B"'), Field("year", "2003"))
    ),
    Entry("d", "article", (Field("journal", OTHER, "jmlr"), Field("month", "May", "may"), Field("year", "2002"))),
    Entry("c", "article", (Field("journal", "tods", "tods"), Field("title", r"\noopsort{x}Y"))),
    Entry("p", "book", (Field("title", "Parent"), Field("year", "1999"))),
    Entry("q", "inbook", (Field("title", "Child"), Field("crossref", "P"), Field("file", "x.pdf"))),
]
PREAMBLE = r"\newcommand{\noopsort}[1]{}"


@pytest.fixture
def library(fresh: Bibman) -> Bibman:
    """A library of two sources that define one macro, each in its way."""
    with Library.open(fresh.library) as opened, opened.change("ingest") as change:
        ids = list(reserve_ids(change, len(ENTRIES)))
        add_entries(change, dict(zip(ids, ENTRIES, strict=True)))
        for number, (name, value) in enumerate((("jmlr", "JMLR"), ("JMLR", OTHER)), 1):
            add_reading(change, Reading(f"{number}.bib", "", 0, "utf-8", "bibtex", None, None))
            rows = [{"source_id": number, "name": name, "folded": "jmlr", "value": value, "expression": None}]
            change.insert(MacroRow, rows)
        change.insert(PreambleRow, [{"source_id": 1, "position": 0, "value": PREAMBLE, "expression": None}])
    return fresh


def keys(text: str) -> list[str]:
    return [entry.key for entry in read(text).entries]


def test_an_export_brings_the_macros_and_preambles_that_it_needs(library: Bibman) -> None:
    text = library("export").out
    assert text.startswith(f"@string{{jmlr = {{JMLR}}}}\n@preamble{{{{{PREAMBLE}}}}}\n\n@article{{a,\n")
    assert 'journal = Jmlr # " B",' in text
    assert f"journal = {{{OTHER}}}," in text
    assert "journal = tods," in text
    values = {entry.key: entry.get("journal") for entry in read(text).entries}
    assert values == {entry.key: entry.get("journal") for entry in ENTRIES}


def test_an_export_brings_no_others(library: Bibman) -> None:
    assert library("export", "p").out == "@book{p,\n  title = {Parent},\n  year = {1999},\n}\n"
    assert library("export", "d").out.startswith(f"@string{{JMLR = {{{OTHER}}}}}\n\n@article{{d,\n  journal = jmlr,")
    assert "@string" not in library("export", "--without", "journal,title").out
    assert "@" not in library("export", "--without", "journal,title", "c").out.replace("@article", "")


def test_macros_are_resolved_where_that_is_asked_for(library: Bibman) -> None:
    text = library("export", "--resolve-macros").out
    assert "@string" not in text
    assert {"journal = {JMLR B}", "journal = tods", "month = may"} <= {line.strip(" ,") for line in text.splitlines()}


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        ("key", "a b c d q p"),
        ("kept", "b a d c q p"),
        ("year", "c q b d a p"),
        ("type", "b a d c q p"),
        ("name", "c q d a b p"),
        ("title", "b a d q c p"),
    ],
)
def test_entries_are_sorted_as_asked_and_parents_last(library: Bibman, order: str, expected: str) -> None:
    text = library("export", "--sort", order).out
    assert keys(text) == expected.split()
    assert keys(library("export", "--sort", order, "q", "b").out) == [
        key for key in expected.split() if key in ("q", "p", "b")
    ]


def test_the_look_is_the_same_as_that_of_format(library: Bibman) -> None:
    options = ("--align", "10", "--indent", "tab", "--quotes", "--numeric", "--no-trailing-comma", "--blank-lines", "2")
    text = library("export", *options).out
    assert '\tauthor     = "Abe, B.",\n' in text
    assert "\tyear       = 2003\n}\n\n\n@article{b,\n" in text
    assert library("format", *options, input=library("export").out).out == text


@pytest.mark.parametrize(
    ("options", "written"),
    [
        (("--keep-letters",), r"{Erd{\H{o}}s ö}"),
        (("--unicode",), "{Erdős ö}"),
        ((), r"{Erd{\H{o}}s {\"o}}"),
        (("-f", "biblatex"), r"{Erd{\H{o}}s ö}"),
        (("-f", "biblatex", "--ascii"), r"{Erd{\H{o}}s {\"o}}"),
    ],
)
def test_letters_are_as_one_wants_them(library: Bibman, options: tuple[str, ...], written: str) -> None:
    library("edit", "p", "--set", r"title=Erd{\H{o}}s ö")
    assert f"title = {written}," in library("export", "p", *options).out


def test_entries_are_read_when_they_are_written_and_not_before(
    library: Bibman, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls: list[int] = []

    def counted(reader: Reader, ids: Sequence[int]) -> Iterator[StoredEntry]:
        for each in entries(reader, ids):
            calls.append(each.id)
            yield each

    entries = Reader.entries
    monkeypatch.setattr(Reader, "entries", counted)
    with reading(library.library) as reader:
        made = export(reader, Selection(), "bibtex")
        calls.clear()
        assert made.entries == len(ENTRIES)
        next(made.pieces)
        assert len(calls) == 1
        assert len(list(made.pieces)) == len(ENTRIES) - 1


def test_what_others_write_during_an_export_is_not_in_it(library: Bibman) -> None:
    with reading(library.library) as reader:
        made = export(reader, Selection(), "bibtex")
        library("edit", "q", "--set", "title=Changed")
        assert library("remove", "p").code == 0
        assert keys("".join(made.pieces)) == "a b c d q p".split()
    assert keys(library("export").out) == "a b c d q".split()


@pytest.mark.parametrize("option", [("--sort", "key"), ("--ascii",), ("--without", "abstract")])
def test_a_file_that_is_given_back_has_the_look_that_it_has(library: Bibman, option: tuple[str, ...]) -> None:
    done = library("export", "--source", "1.bib", *option)
    assert (done.code, done.out) == (2, "")
    assert "--source gives back a whole file as it was" in done.err
