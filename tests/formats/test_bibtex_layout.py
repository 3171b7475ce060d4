"""What people choose for the look of a `.bib`."""

import pytest

from bibman.formats.bibtex_layout import Layout
from bibman.formats.bibtex_writer import write
from bibman.model.entry import Entry, Field

WORK = Entry(
    "k",
    "article",
    (
        Field("title", "A title"),
        Field("journaltitle", 'The "J"', None),
        Field("author", "{\\O}re, É."),
        Field("month", "February", "feb"),
        Field("year", "1999"),
        Field("pdf", "é.pdf"),
        Field("abstract", "Of two\nlines"),
    ),
)
PLAIN_TEXT = """@article{k,
  title = {A title},
  journaltitle = {The "J"},
  author = {{\\O}re, É.},
  month = feb,
  year = {1999},
  pdf = {é.pdf},
  abstract = {Of two
lines},
}
"""


def text_of(layout: Layout) -> str:
    # Neither dialect is asked for: what is in no other layout is as the entry has it.
    from bibman.formats.bibtex_writer import entry_text

    return entry_text(WORK, layout)


@pytest.mark.parametrize(
    ("layout", "changes"),
    [
        (Layout(), {}),
        (Layout(letters="kept"), {}),
        (Layout(letters="ascii"), {"É.}": "{\\'E}.}"}),
        (Layout(letters="unicode"), {"{\\O}re": "Øre"}),
        (Layout(indent="\t"), {"  ": "\t"}),
        (Layout(indent=""), {"  ": ""}),
        (Layout(trailing_comma=False), {"lines},": "lines}"}),
        (Layout(bare_numbers=True), {"{1999}": "1999"}),
        (
            Layout(in_quotes=True),
            {"{A title}": '"A title"', "{{\\O}re, É.}": '"{\\O}re, É."', "{1999}": '"1999"', "{é.pdf}": '"é.pdf"'}
            | {"{Of two\nlines}": '"Of two\nlines"'},
        ),
        (
            Layout(name_width=8),
            {"title =": "title    =", "journaltitle    =": "journaltitle =", "author =": "author   ="}
            | {"month =": "month    =", "year =": "year     =", "pdf =": "pdf      ="},
        ),
    ],
)  # fmt: skip
def test_each_choice_changes_what_it_says_and_nothing_else(layout: Layout, changes: dict[str, str]) -> None:
    expected = PLAIN_TEXT
    for old, new in changes.items():
        expected = expected.replace(old, new)
    assert text_of(layout) == expected


def test_every_change_above_is_one() -> None:
    assert text_of(Layout(letters="ascii")) != PLAIN_TEXT != text_of(Layout(name_width=8))


@pytest.mark.parametrize(
    ("layout", "names"),
    [
        (Layout(sort_fields=True), "author title journaltitle year month abstract pdf"),
        (Layout(only=frozenset({"title", "journal", "file"})), "title journaltitle pdf"),
        (Layout(only=frozenset({"date"})), "year"),
        (Layout(left_out=frozenset({"journal", "file", "date", "nothing"})), "title author month abstract"),
        (Layout(left_out=frozenset({"year"}), only=frozenset({"year", "title"})), "title"),
    ],
)
def test_fields_are_chosen_by_any_of_their_names_and_sorted_as_records_are(layout: Layout, names: str) -> None:
    assert [field.name for field in layout.arranged(WORK).fields] == names.split()


@pytest.mark.parametrize(
    ("value", "expression", "expected"),
    [
        ("January", None, "jan"),
        ("{Sept.}", None, "sep"),
        ("05", None, "may"),
        ("dec", None, "dec"),
        ("13", None, "{13}"),
        ("Summer", None, "{Summer}"),
        ("July/August", None, "{July/August}"),
        ("1~January", None, "{1~January}"),
        ("January", "jan", "jan"),
        ("Jan 1", '"Jan 1"#x', '"Jan 1"#x'),
    ],
)
def test_a_month_that_is_one_becomes_its_macro(value: str, expression: str | None, expected: str) -> None:
    work = Entry("k", "misc", (Field("month", value, expression),))
    text = "".join(write([work], "bibtex", Layout(month_macros=True)))
    assert text == f"@misc{{k,\n  month = {expected},\n}}\n"


@pytest.mark.parametrize(("lines", "gap"), [(0, "}\n@"), (1, "}\n\n@"), (3, "}\n\n\n\n@")])
def test_blank_lines_stand_between_entries_alone(lines: int, gap: str) -> None:
    text = "".join(write([WORK, WORK], "biblatex", Layout(blank_lines=lines)))
    assert text.count(gap) == 1
    assert text.startswith("@")
    assert text.endswith("}\n")
    assert not text.endswith("\n\n")


def test_a_key_that_closes_braces_stands_in_parentheses() -> None:
    assert "".join(write([Entry("a}b", "misc")], "bibtex")) == "@misc(a}b,\n)\n"


def test_names_of_macros_are_not_letters_to_convert() -> None:
    work = Entry("k", "misc", (Field("title", "é und ü", 'é # " und ü"'),))
    assert 'title = é # " und {\\"u}",' in "".join(write([work], "bibtex", Layout(letters="ascii")))
