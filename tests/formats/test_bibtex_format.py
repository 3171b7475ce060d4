"""Formatting a `.bib`: one layout for its entries, everything else at its place, nothing lost, nothing twice."""

from collections import Counter
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bibman.errors import InvalidValueError
from bibman.formats.bibtex_blocks import blocks
from bibman.formats.bibtex_format import format_text
from bibman.formats.bibtex_layout import PLAIN, Layout
from bibman.formats.bibtex_reader import read
from bibman.model.vocabulary import Dialect

GOLDEN = Path(__file__).with_name("golden_format")
LAYOUTS: dict[str, tuple[Layout, Dialect | None]] = {
    "plain": (PLAIN, None),
    "bibtex": (
        Layout(order="key", letters="unicode", sort_fields=True, name_width=10, left_out=frozenset({"abstract"})),
        "bibtex",
    ),
    "biblatex": (
        Layout(
            order="year", indent="\t", in_quotes=True, bare_numbers=True, trailing_comma=False, blank_lines=0,
            resolve_macros=True,
        ),
        "biblatex",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", LAYOUTS)
def test_the_text_is_that_of_the_golden_file(name: str) -> None:
    layout, dialect = LAYOUTS[name]
    formatted = format_text((GOLDEN / "mixed.bib").read_text("utf-8"), layout, dialect)
    assert formatted.text == (GOLDEN / f"{name}.out.bib").read_text("utf-8")
    assert [problem[:2] for problem in formatted.problems] == [(26, 23)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ""),
        (" \n\t\n", ""),
        ("only text", "only text\n"),
        ("\n\n  indented\n    text  \n\n\n", "  indented\n    text\n"),
        ("@misc{a}@misc{b}", "@misc{a,\n}\n\n@misc{b,\n}\n"),
        ("@misc{a}\n@misc{b}\n\n\n\n@misc{c}", "@misc{a,\n}\n\n@misc{b,\n}\n\n@misc{c,\n}\n"),
        ("% c\n@misc{a}", "% c\n@misc{a,\n}\n"),
        ("% c\n\n\n\n@misc{a}", "% c\n\n@misc{a,\n}\n"),
        ("@misc{a}   % c", "@misc{a,\n}   % c\n"),
        ("@string{a=1}@string{b={2}}\n\n\n@string{c=a}", "@string{a = {1}}\n@string{b = {2}}\n\n@string{c = a}\n"),
        ("@misc{a, b = c#d # {e}}", "@misc{a,\n  b = c # d # {e},\n}\n"),
        ("@misc{a, b = c #\n  d}", "@misc{a,\n  b = c #\n  d,\n}\n"),
        ("@misc{a, b = c # % why\n  d}", "% why\n@misc{a,\n  b = c # d,\n}\n"),
        ("% top\n\n% x @misc{no}\nfoo @misc{%y\na}", "% top\n\n% x @misc{no}\nfoo\n%y\n@misc{a,\n}\n"),
        ("@misc{a, url = {x%20y}, note = {5%}}", "@misc{a,\n  url = {x%20y},\n  note = {5%},\n}\n"),
        ('@misc{a%b"c, d = "e"}', '@misc{a%b"c,\n  d = {e},\n}\n'),
        ("@misc{a, title = {b", "@misc{a, title = {b\n"),
    ],
)
def test_what_stands_between_the_entries_stays_where_it_is(text: str, expected: str) -> None:
    formatted = format_text(text, PLAIN)
    assert formatted.text == expected
    assert format_text(expected, PLAIN).text == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("@misc{a}\r\n%\r\n@misc{b, x={1\r\n2}}", "@misc{a,\r\n}\r\n%\r\n@misc{b,\r\n  x = {1\r\n2},\r\n}\r\n"),
        ("@misc{a}\r@misc{b}\r", "@misc{a,\r}\r\r@misc{b,\r}\r"),
        ("% 1\n% 2\r\n% 3\n", "% 1\n% 2\n% 3\n"),
    ],
)  # fmt: skip
def test_line_ends_are_those_that_most_lines_had(text: str, expected: str) -> None:
    assert format_text(text, PLAIN).text == expected


def test_sorted_entries_take_the_comments_that_touch_them_along() -> None:
    text = (
        "% top\n\n% of b\n@misc{b} % after b\n\n% alone\n\n@comment{of a}\n% of a\n@misc{a}\n\n"
        "@misc{B}\n% of c\n\n@misc{c}"
    )
    assert format_text(text, Layout(order="key")).text == (
        "% top\n\n@comment{of a}\n% of a\n@misc{a,\n}\n\n% alone\n\n@misc{B,\n}\n\n"
        "% of b\n@misc{b,\n} % after b\n% of c\n\n@misc{c,\n}\n"
    )


def test_macros_go_ahead_of_the_entries_that_are_sorted_past_them() -> None:
    text = "@string{m={M}}\n% of b\n@misc{b, x=m}\n% of n\n@string{n=m}\n@misc{a, x=n}\n@string{o=n}"
    formatted = format_text(text, Layout(order="key")).text
    assert formatted == (
        "@string{m = {M}}\n% of n\n@string{n = m}\n@string{o = n}\n\n"
        "@misc{a,\n  x = n,\n}\n% of b\n@misc{b,\n  x = m,\n}\n"
    )
    in_order = text.replace("{b,", "{A,")
    assert format_text(in_order, Layout(order="key")).text == format_text(in_order, PLAIN).text


@pytest.mark.parametrize("second", ["M", "jan", "late"])
def test_nothing_is_moved_past_a_macro_that_is_defined_twice_or_too_late(second: str) -> None:
    text = f"@string{{m={{1}}}}@misc{{d,x=m#late}}@misc{{c,x=m}}@string{{{second}={{2}}}}@misc{{b,x=m}}@misc{{a,x=jan}}"
    formatted = format_text(text, Layout(order="key")).text
    assert [entry.key for entry in read(formatted).entries] == ["c", "d", "a", "b"]
    values = [{entry.key: entry.get("x") for entry in read(each).entries} for each in (formatted, text)]
    assert values[0] == values[1]


def test_a_parent_comes_after_its_children_where_bibtex_asks_for_it_or_order_is_made() -> None:
    text = "@book{a}\n@inbook{b, crossref = {A}}\n"
    assert format_text(text, PLAIN, "biblatex").text.index("{a,") == 5
    assert [each.key for each in read(format_text(text, PLAIN, "bibtex").text).entries] == ["b", "a"]
    assert [each.key for each in read(format_text(text, Layout(order="key")).text).entries] == ["b", "a"]


def test_a_broken_block_and_what_comes_after_it_are_not_moved() -> None:
    text = "@misc{c}\n\n@misc{x, t = {\n% why\n@misc{b, u = {1}}\n\n@misc{a}\n"
    formatted = format_text(text, Layout(order="key"))
    assert formatted.text == ("@misc{a,\n}\n\n@misc{x, t = {\n% why\n@misc{b,\n  u = {1},\n}\n\n@misc{c,\n}\n")
    (problem,) = formatted.problems
    assert (problem.line, problem.column) == (3, 14)


def test_what_would_be_read_otherwise_in_its_new_place_is_not_written() -> None:
    # BibTeX passes over white space between an entry type and its brace: `@x` must not come before `{`.
    text = "{ @misc{b}\n\n@misc{a}\n\nsee @x\n\n@misc{c}\n\n{\n@misc{0}\n"
    with pytest.raises(InvalidValueError, match="read otherwise"):
        format_text(text, Layout(order="key"))
    assert format_text(format_text(text, PLAIN).text, PLAIN).text == format_text(text, PLAIN).text


# Fragments that make all kinds of blocks, well formed and broken, in any order and on one line or several.
FRAGMENTS = st.sampled_from(
    """
    @misc{a, title = {A}, year = 2000}|@Misc( b, note = "x" # jan ) |@string{m = {M}}|@string{n = m # " N"}
    |@STRING(M={O})|@string{jan = {J}}|@preamble{"\\cmd" # m}|@comment{x {y}}
    |@comment z|% c|% @misc{d, x = {y}}|text|é|foo@bar.org|(|#
    |@misc{e, journal = m, crossref = {a}}|@book{f, title = {x}, % in
    % own
    url = {a%b}}|@misc{, x = 1}|@misc{g}|@misc(h}i, x = n)|@misc{j, x = 1, x = {2}}|@misc{k, a = "b" # % c
    "d"}|@misc{l, title = {a {"b"} \\'e {\\"o}}}|@misc{o, t = {x|@misc{p, x y = 1}|@misc|}|{|"|@
    """.replace("\n    ", "\n")
    .strip()
    .split("|")
)
TEXTS = st.lists(st.tuples(FRAGMENTS, st.sampled_from(["", " ", "\n", "\n\n", "\n \n\n"])), max_size=8).map(
    lambda parts: "".join(fragment + space for fragment, space in parts)
)
ANY_LAYOUT = st.builds(
    Layout,
    letters=st.sampled_from([None, "ascii", "unicode", "kept"]),
    order=st.sampled_from([None, "kept", "key", "name", "title", "type", "year"]),
    indent=st.sampled_from(["", "  ", "\t"]),
    name_width=st.integers(0, 8),
    blank_lines=st.integers(0, 2),
    only=st.sampled_from([frozenset(), frozenset({"title", "year", "x"})]),
    sort_fields=st.booleans(),
    in_quotes=st.booleans(),
    bare_numbers=st.booleans(),
    trailing_comma=st.booleans(),
    month_macros=st.booleans(),
    resolve_macros=st.booleans(),
)


@settings(max_examples=400, deadline=None)
@example(
    "@misc{e, journal = m}@string{m = {M}}@book{a, title = {x}}", Layout(order="type", only=frozenset({"title"})), None
)
@example("@book{f, % in\nx = {y}}foo@bar.org\n\n@comment z\n \n\n@misc{a, x = {y}}", Layout(order="key"), None)
@given(TEXTS, ANY_LAYOUT, st.sampled_from([None, "bibtex", "biblatex"]))
def test_what_is_formatted_stays_as_it_is(text: str, layout: Layout, dialect: Dialect | None) -> None:
    try:
        formatted = format_text(text, layout, dialect)
    except InvalidValueError:
        return  # sorting would break it, which is said
    assert format_text(formatted.text, layout, dialect).text == formatted.text


@settings(max_examples=400, deadline=None)
@given(
    TEXTS, st.booleans(), st.booleans(), st.sampled_from(["", "\t"]), st.integers(0, 12), st.integers(0, 2)
)  # fmt: skip
def test_nothing_is_lost_and_nothing_means_something_else(
    text: str, quotes: bool, numbers: bool, indent: str, width: int, blank_lines: int
) -> None:
    layout = Layout(in_quotes=quotes, bare_numbers=numbers, indent=indent, name_width=width, blank_lines=blank_lines)
    try:
        formatted = format_text(text, layout).text
    except InvalidValueError:
        return
    before, after = read(text), read(formatted)
    assert [(e.key, e.type, [f[:2] for f in e.fields]) for e in after.entries] == [
        (e.key, e.type, [f[:2] for f in e.fields]) for e in before.entries
    ]
    assert [macro[:2] for macro in after.macros] == [macro[:2] for macro in before.macros]
    assert [preamble.value for preamble in after.preambles] == [preamble.value for preamble in before.preambles]
    assert [block.raw.strip() for block in after.broken] == [block.raw.strip() for block in before.broken]
    assert not words_between(text) - words_between(formatted)


@settings(max_examples=200, deadline=None)
@given(TEXTS, st.sampled_from(["key", "name", "title", "type", "year"]))
def test_sorting_loses_nothing(text: str, order: str) -> None:
    layout = Layout(order=order)  # type: ignore[arg-type] # one of them
    try:
        formatted = format_text(text, layout).text
    except InvalidValueError:
        return
    before, after = read(text), read(formatted)
    assert Counter((e.key, e.type, len(e.fields)) for e in after.entries) == Counter(
        (e.key, e.type, len(e.fields)) for e in before.entries
    )
    assert [macro.name for macro in after.macros] == [macro.name for macro in before.macros]
    assert not words_between(text) - words_between(formatted)


def words_between(text: str) -> Counter[str]:
    """The words of comments and of the text between blocks."""
    kept = (block.raw for block in blocks((text,)) if block.kind in ("comment", "text"))
    return Counter(" ".join(kept).split())
