"""An entry changed in its text: only what is different, in the style of the file."""

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bibman.errors import InvalidValueError
from bibman.formats.bibtex_patch import patched
from bibman.formats.bibtex_reader import read
from bibman.model.entry import Entry, Field

Edit = Callable[[Entry], Entry]


def entry(raw: str) -> Entry:
    (found,) = read(raw).entries
    return found


def setting(name: str, value: str, expression: str | None = None) -> Edit:
    """Sets the first field of a name, or adds it as the last."""

    def edit(old: Entry) -> Entry:
        field = Field(name, value, expression)
        place = next((at for at, each in enumerate(old.fields) if each.name == name), len(old.fields))
        return replace(old, fields=(*old.fields[:place], field, *old.fields[place + 1 :]))

    return edit


def putting(place: int, name: str, value: str) -> Edit:
    """Puts a new field at a place."""
    return lambda old: replace(old, fields=(*old.fields[:place], Field(name, value), *old.fields[place:]))


def without(*names: str) -> Edit:
    """Takes fields away."""
    return lambda old: replace(old, fields=tuple(field for field in old.fields if field.name not in names))


def renaming(old_name: str, new_name: str) -> Edit:
    """Gives a field another name."""
    return lambda old: replace(
        old, fields=tuple(each._replace(name=new_name) if each.name == old_name else each for each in old.fields)
    )


def keyed(key: str) -> Edit:
    return lambda old: replace(old, key=key)


def typed(type_: str) -> Edit:
    return lambda old: replace(old, type=type_)


ALIGNED = """@Article{doe:20,
  Author  = {Doe, Jane},   % checked
  Title   = "Trees",
  % of the second edition
  Journal = jot # " B",

  Year    = 2020
}"""
ONE_LINE = '@misc{k, a="x", b={y}, c = 3}'
TIGHT = "@misc(k,a={1},b={2},)"
LEADING = "@misc{k\n  , a = {1}\n  , b = {2} % two\n  , c = {3}\n  }"
EMACS = "@misc{k,\n  title =        {T},\n  author =       {A}}"
TABS = "@misc{k,\n\ttitle\t= {T},\n\tauthor\t= {A},\n}"
WINDOWS = '@misc{k,\r\n  a = "x",\r\n\r\n  b = "y"\r\n}'

CASES: dict[str, tuple[str, Edit, str, str]] = {
    "a value in braces": (ALIGNED, setting("author", "Roe, J."), "{Doe, Jane}", "{Roe, J.}"),
    "a value in quotes": (ALIGNED, setting("title", 'Old {"} trees'), '"Trees"', '"Old {"} trees"'),
    "a quote that would end it": (ALIGNED, setting("title", 'Old " trees'), '"Trees"', '{Old " trees}'),
    "a number": (ALIGNED, setting("year", "2021"), "2020\n", "2021\n"),
    "a number that becomes a text": (ALIGNED, setting("year", "2020a"), "2020\n", "{2020a}\n"),
    "an expression that becomes a text": (ALIGNED, setting("journal", "J"), 'jot # " B"', "{J}"),
    "a text that becomes an expression": (ALIGNED, setting("title", "x", "x"), '"Trees"', "x"),
    "an expression": (ALIGNED, setting("journal", "jot C", 'jot # " C"'), '" B"', '" C"'),
    "a key": (ALIGNED, keyed("Doe_20"), "doe:20", "Doe_20"),
    "a type": (ALIGNED, typed("book"), "Article", "Book"),
    "a new field, in its column": (
        ALIGNED, setting("doi", "10.1/2"), "2020\n}", "2020,\n  Doi     = {10.1/2}\n}",
    ),
    "a new number": (ALIGNED, setting("volume", "7"), "2020\n}", "2020,\n  Volume  = 7\n}"),
    "a new field with a long name": (
        ALIGNED, setting("booktitle", "B"), "2020\n}", "2020,\n  Booktitle = {B}\n}",
    ),
    "a new field after a comment": (
        ALIGNED, putting(1, "doi", "1"), "% checked\n", "% checked\n  Doi     = 1,\n",
    ),
    "a new field at the beginning": (
        ALIGNED, putting(0, "doi", "1/2"), "doe:20,\n", "doe:20,\n  Doi     = {1/2},\n",
    ),
    "a field that goes": (ALIGNED, without("title"), '  Title   = "Trees",\n', ""),
    "a field that goes from beside a comment": (ALIGNED, without("author"), "  Author  = {Doe, Jane},   ", "  "),
    "the last field that goes": (ALIGNED, without("year"), ' # " B",\n\n  Year    = 2020\n', ' # " B"\n\n'),
    "a field that has another name": (
        ALIGNED, renaming("journal", "journaltitle"), 'Journal = jot # " B"', 'Journaltitle = jot # " B"',
    ),
    "a line that is broken": (WINDOWS, setting("a", "x\ny"), '"x"', '"x\r\ny"'),
    "a new field under Windows": (WINDOWS, setting("c", "z"), '"y"\r\n', '"y",\r\n  c = "z"\r\n'),
    "a field that goes under Windows": (WINDOWS, without("a"), '  a = "x",\r\n', ""),
    "a value in one line": (ONE_LINE, setting("b", "z"), "{y}", "{z}"),
    "a new field in one line": (ONE_LINE, setting("d", "z"), "3}", "3, d = {z}}"),
    "a new field within one line": (ONE_LINE, putting(1, "d", "z"), '"x", ', '"x", d={z}, '),
    "a field that goes from one line": (ONE_LINE, without("b"), " b={y},", ""),
    "the first that goes from one line": (ONE_LINE, without("a"), ' a="x",', ""),
    "the last that goes from one line": (ONE_LINE, without("c"), ", c = 3", ""),
    "all but one that go": (ONE_LINE, without("b", "c"), ", b={y}, c = 3", ""),
    "all that go": (ONE_LINE, without("a", "b", "c"), ' a="x", b={y}, c = 3', ""),
    "a new field before a parenthesis": (TIGHT, setting("c", "3"), "{2},", "{2}, c={3},"),
    "the last that goes before a parenthesis": (TIGHT, without("b"), "b={2},", ""),
    "a new field after a comma": (LEADING, setting("d", "4"), "{3}", "{3}\n  , d = {4}"),
    "a new field after a comma and a comment": (LEADING, putting(2, "d", "4"), "two", "two\n  , d = {4}"),
    "a field that goes with its comma": (LEADING, without("a"), "\n  , a = {1}", ""),
    "a field that goes with its comma, but not its comment": (LEADING, without("b"), "\n  , b = {2}", ""),
    "the last that goes with its comma": (LEADING, without("c"), "\n  , c = {3}", ""),
    "a new field in the column of the values": (
        EMACS, setting("journal", "J"), "{A}}", "{A},\n  journal =      {J}}",
    ),
    "the last that goes before a brace": (EMACS, without("author"), ",\n  author =       {A}", ""),
    "a new field after a tab": (TABS, setting("journal", "J"), "{A},\n", "{A},\n\tjournal\t= {J},\n"),
    "the first field": ("@misc{k}", setting("a", "x"), "k", "k, a = {x}"),
    "the first field in a line": ("@misc{k,\n}", setting("a", "x"), "k,\n", "k,\n  a = {x},\n"),
    "a type in capitals": ("@MISC{k}", typed("book"), "MISC", "BOOK"),
    "a key that was missing": ("@misc{ , a = 1}", keyed("k"), "{ ,", "{ k,"),
    "names in capitals": ("@misc{k, DOI = {1}}", setting("url", "x"), "{1}", "{1}, URL = {x}"),
    "a comment within a field": (
        "@misc{k, a % one\n = % two\n {1} % three\n, b = 2}", setting("a", "3"), "{1}", "{3}",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("raw", "edit", "old", "new"), CASES.values(), ids=CASES)
def test_what_is_different_is_written_and_nothing_else(raw: str, edit: Edit, old: str, new: str) -> None:
    assert raw.count(old) == 1
    before, after = entry(raw), edit(entry(raw))
    text = patched(raw, before, after)
    assert text == raw.replace(old, new)
    assert entry(text) == after


def test_several_changes_are_made_at_once() -> None:
    after = Entry(
        "doe",
        "book",
        (Field("author", "Doe, J."), Field("title", "Old trees"), Field("year", "2021"), Field("doi", "10.1/2")),
    )
    assert patched(ALIGNED, entry(ALIGNED), after) == (
        "@Book{doe,\n"
        "  Author  = {Doe, J.},   % checked\n"
        '  Title   = "Old trees",\n'
        "  % of the second edition\n"
        "\n"
        "  Year    = 2021,\n"
        "  Doi     = {10.1/2}\n"
        "}"
    )


def test_of_two_fields_with_one_name_the_one_that_is_meant_is_changed() -> None:
    raw = "@misc{k, note = {a}, NOTE = {b}, note = {c}}"
    notes = (Field("note", "a"), Field("note", "x"))
    assert patched(raw, entry(raw), replace(entry(raw), fields=notes)) == "@misc{k, note = {a}, NOTE = {x}}"


def test_what_the_library_had_otherwise_then_stays_as_it_is_in_the_file() -> None:
    raw = "@misc{a, title = {T}, note = {in the file}, x = {only there}}"
    before = Entry("b", "online", (Field("note", "in the library"), Field("title", "T"), Field("y", "only here")))
    after = Entry("b", "online", (Field("note", "in the library"), Field("title", "U"), Field("y", "now different")))
    text = "@misc{a, title = {U}, y = {now different}, note = {in the file}, x = {only there}}"
    assert patched(raw, before, after) == text
    assert patched(raw, before, before) == raw


@pytest.mark.parametrize("value", ["{", "a}b{", r"\{"])
def test_a_value_whose_braces_do_not_match_is_refused(value: str) -> None:
    with pytest.raises(InvalidValueError, match="the field a has braces that do not match"):
        patched(ONE_LINE, entry(ONE_LINE), setting("a", value)(entry(ONE_LINE)))


@pytest.mark.parametrize(
    "raw", ["", "text", "@misc{k", f"{TIGHT} ", f"{TIGHT}{TIGHT}", "@string{a = {b}}", "@comment{}"]
)
def test_what_is_no_entry_is_refused(raw: str) -> None:
    with pytest.raises(InvalidValueError, match="not the text of one entry"):
        patched(raw, Entry("k", "misc"), Entry("l", "misc"))


NAMES = ("a", "Title", "AUTHOR", "journal", "journaltitle", "note", "Year", "x-y")
LITERALS = ("{A}", '"B"', "{}", '""', '"{"}"', '{"}', "{a\nb}", "1999", "{12}", "{%}", "{{C}}", "{,}", '"a # b"', "{=}")
EXPRESSIONS = (*LITERALS, "jan", 'jot # "x"', "a#{b}#1", "jot # % so\n {c}", "JAN")
VALUES = ("", "A", "12", "a\nb", '"', '{"}', "{a} b", "%", ",", "@misc", "= {x}", "é", r"\'e", "jan", "#")
BEFORE_COMMA = ("", " ", "\n  ", " % 0\n")
AFTER_COMMA = ("", " ", "\n  ", "\n", "\n\n\t", " % 1\n", "% 2\n  % 3\n  ", " \n % 4\n\n   ")
EQUALS = ("=", " = ", "  =   ", "\t=\n", " % 5\n = % 6\n ")


@st.composite
def texts(draw: st.DrawFn) -> str:
    """An entry in any style, or in none."""

    def chosen(*choices: str) -> str:
        return draw(st.sampled_from(choices))

    opening = chosen("{", "(")
    comma, equals = chosen(*AFTER_COMMA), chosen(*EQUALS)
    # To BibTeX a parenthesis right after a key is part of it.
    parts = ["@", chosen("misc", "Book", "ARTICLE"), chosen("", " "), opening, chosen("", " % 7\n"), chosen("k", "A:b")]
    for name in draw(st.lists(st.sampled_from(NAMES), max_size=5)):
        # Most entries have one style throughout.
        parts += [chosen(*BEFORE_COMMA), ",", chosen(comma, comma, *AFTER_COMMA)]
        parts += [name, chosen(equals, equals, *EQUALS), chosen(*EXPRESSIONS)]
    parts += [" " if opening == "(" else "", chosen("", ",", " ,"), chosen("", "\n", " ", " % 8\n", "\n % 9\n\n ")]
    parts.append(")" if opening == "(" else "}")
    return "".join(parts).replace("\n", chosen("\n", "\r\n", "\r"))


fields = st.one_of(
    st.builds(lambda name, value: Field(name.lower(), value), st.sampled_from(NAMES), st.sampled_from(VALUES)),
    st.builds(lambda name: Field(name.lower(), "Januaryb", "jan # {b}"), st.sampled_from(NAMES)),
)


@st.composite
def edited(draw: st.DrawFn, before: Entry) -> Entry:
    """The entry with some changes; mostly the order of its fields stays."""
    kept = [field for field in before.fields if draw(st.integers(0, 3))]
    changed = [field if draw(st.booleans()) else draw(fields) for field in kept]
    found = [*changed, *draw(st.lists(fields, max_size=2))]
    if not draw(st.integers(0, 3)):
        found = draw(st.permutations(found))
    return Entry(draw(st.sampled_from([before.key, "new"])), draw(st.sampled_from([before.type, "book"])), tuple(found))


def comments(raw: str) -> Counter[str]:
    return Counter(re.findall(r"% [0-47-9]", raw))


@given(texts(), st.data())
def test_the_text_that_is_changed_says_what_the_entry_is_now(raw: str, data: st.DataObject) -> None:
    before = entry(raw)
    after = data.draw(edited(before))
    text = patched(raw, before, after)
    assert entry(text) == after
    assert patched(text, after, after) == text


@given(texts())
def test_an_entry_that_is_as_it_was_has_its_text_to_the_byte(raw: str) -> None:
    assert patched(raw, entry(raw), entry(raw)) == raw
    assert patched(raw, entry(raw), replace(entry(raw), identified=False)) == raw


@given(texts(), st.data())
def test_no_change_takes_the_comments_between_fields_along(raw: str, data: st.DataObject) -> None:
    before = entry(raw)
    after = data.draw(edited(before))
    assert comments(raw) <= comments(patched(raw, before, after))


@given(texts(), st.data())
def test_a_change_and_the_one_back_say_the_same(raw: str, data: st.DataObject) -> None:
    before = entry(raw)
    after = data.draw(edited(before))
    assert entry(patched(patched(raw, before, after), after, before)) == before


@given(texts(), st.data())
def test_a_value_that_is_changed_is_all_that_is_changed(raw: str, data: st.DataObject) -> None:
    before = entry(raw)
    if before.fields:
        place = data.draw(st.integers(0, len(before.fields) - 1))
        field = before.fields[place]._replace(value="\x01", expression=None)
        after = replace(before, fields=(*before.fields[:place], field, *before.fields[place + 1 :]))
        start, end = re.split('[{"]\x01[}"]', patched(raw, before, after))
        assert raw.startswith(start)
        assert raw.endswith(end)
