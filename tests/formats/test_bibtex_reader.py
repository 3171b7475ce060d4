"""The values of a `.bib`: delimiters off, parts joined, macros replaced, and all else as it was written."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bibman.formats.bibtex_blocks import blocks
from bibman.formats.bibtex_expressions import expression_parts
from bibman.formats.bibtex_reader import Macro, Macros, Value, read, read_entry
from bibman.formats.bibtex_writer import write
from bibman.model.dates import MONTH_VALUES
from bibman.model.entry import Entry, Field
from tests.formats.bibtex_texts import joints, marked, parts, texts


@pytest.mark.parametrize(
    ("expression", "value", "kept"),
    [
        ("{A {b} C}", "A {b} C", None),
        ('"A {"} C"', 'A {"} C', None),
        ("{}", "", None),
        ('""', "", None),
        ("2000", "2000", None),
        ("007", "007", None),
        ("{C# and #}", "C# and #", None),
        ('"{#}" ', "{#}", None),
        ("{50% of\n  two  lines}", "50% of\n  two  lines", None),
        ("{a\r\nb\rc}", "a\nb\nc", None),
        ("jan", "January", "jan"),
        ("JAN", "January", "JAN"),
        ("jan # { 1}", "January 1", "jan # { 1}"),
        ('"a"#{b}\n # 3', "ab3", '"a"#{b}\n # 3'),
        ('"a" #\r\n jan', "aJanuary", '"a" #\n jan'),
        ("jmlr", "jmlr", "jmlr"),
        ("JMLR # { B}", "JMLR B", "JMLR # { B}"),
        ("{%} # a % not this\n # {b}", "%ab", "{%} # a # {b}"),
        ("\u0663", "\u0663", "\u0663"),
    ],
)
def test_an_expression_has_a_value(expression: str, value: str, kept: str | None) -> None:
    assert Macros().resolve(expression) == Value(value, kept)


def test_every_month_is_a_macro() -> None:
    assert {month: Macros().resolve(month).value for month in MONTH_VALUES} == MONTH_VALUES


def test_macros_nest_and_know_no_case() -> None:
    macros = Macros()
    assert macros.define("ACM", "{Association}") == Macro("ACM", "Association")
    assert macros.define("J", 'acm # " J" # 1') == Macro("J", "Association J1", 'acm # " J" # 1')
    assert macros.resolve("j # Acm").value == "Association J1Association"


def test_a_macro_stands_for_what_it_was_defined_as_before() -> None:
    macros = Macros()
    macros.define("a", "{1}")
    macros.define("b", "a # a")
    macros.define("a", "{2}")
    macros.define("JAN", "{Janvier}")
    macros.define("c", "later")
    macros.define("later", "{3}")
    assert [macros.resolve(name).value for name in ("a", "b", "jan", "c")] == ["2", "11", "Janvier", "later"]


def test_a_macro_defined_by_itself_has_what_it_had() -> None:
    macros = Macros()
    macros.define("a", "{1}")
    macros.define("a", "a # {2}")
    assert macros.resolve("a").value == "12"


def test_an_entry_is_read_with_the_macros_before_it() -> None:
    text = "@string{a = {1}} @Misc{Key, Title = a, year = 2000, title = {B}} @string{a = {2}} @MISC{, X = a}"
    assert read(text).entries == (
        Entry("Key", "misc", (Field("title", "1", "a"), Field("year", "2000"), Field("title", "B"))),
        Entry("", "misc", (Field("x", "2", "a"),)),
    )


def test_line_ends_in_a_value_are_plain() -> None:
    [block] = blocks(["@misc{a,\r\n  note = {x\r\ny},\r  month = jan #\r {x},\r}"])
    assert read_entry(block, Macros()).fields == (Field("note", "x\ny"), Field("month", "Januaryx", "jan #\n {x}"))


def test_a_bibliography_is_read_whole() -> None:
    bibliography = read(
        'Text\n@string{a = "A"}\n@preamble{"\\x" # a}\n@comment{c}\n@misc{k, t = a}\n@misc{k, t = {B}}\n@misc{b, t={\n'
    )
    assert [(entry.key, entry.get("t")) for entry in bibliography.entries] == [("k", "A"), ("k", "B")]
    assert bibliography.macros == (Macro("a", "A"),)
    assert bibliography.preambles == (Value("\\xA", '"\\x" # a'),)
    assert [(block.key, block.line) for block in bibliography.broken] == [("b", 7)]


@given(parts, joints)
def test_an_expression_is_its_parts(written: list[str], joint: str) -> None:
    assert expression_parts(joint.join(written)) == written


@given(texts)
def test_any_text_is_read(text: str) -> None:
    bibliography = read(text)
    found = list(blocks([text]))
    assert len(bibliography.entries) == sum(block.kind == "entry" for block in found)
    assert len(bibliography.broken) == sum(block.kind == "broken" for block in found)


_WORDS = st.text("aB1é \\{}%#&\"'=,@\n", max_size=12).filter(lambda text: text.count("{") == text.count("}"))


def _is_balanced(text: str) -> bool:
    depth = 0
    for sign in text:
        depth += {"{": 1, "}": -1}.get(sign, 0)
        if depth < 0:
            return False
    return depth == 0


@given(st.lists(st.tuples(st.sampled_from(("title", "note", "url", "x-y")), _WORDS.filter(_is_balanced)), max_size=4))
def test_what_is_written_is_read_back(values: list[tuple[str, str]]) -> None:
    entry = Entry("a:b/c", "misc", tuple(Field(name, value) for name, value in values))
    text = "".join(write([entry, entry], "biblatex"))
    assert read(text).entries == (entry, entry)


# What bibtexparser 2.1 reads wrongly without a word; see docs/decisions/0007-our-own-reader.md.


def test_a_missing_comma_makes_no_value_of_two_fields() -> None:
    text, line, column = marked("@misc{a,\n  title = {A}¶\n  year = {2000}\n}\n@misc{b}")
    bibliography = read(text)
    assert [entry.key for entry in bibliography.entries] == ["b"]
    assert bibliography.broken[0].problem == (line, column, "a comma is missing after the value of `title`")


def test_a_value_that_ends_in_backslashes_ends() -> None:
    [entry] = read("@misc{a, note = {C:\\\\}, path = {C:\\}, year = 2000}").entries
    assert entry.fields == (Field("note", "C:\\\\"), Field("path", "C:\\"), Field("year", "2000"))


def test_a_bare_quotation_mark_within_braces_ends_no_value() -> None:
    [entry] = read('@misc{a, title = "{{\\LaTeX}3" update}", note = "{"} and {"}", year = 2000}').entries
    assert entry.fields == (Field("title", '{{\\LaTeX}3" update}'), Field("note", '{"} and {"}'), Field("year", "2000"))


def test_parts_are_joined_and_macros_replaced_in_any_case() -> None:
    [entry] = read('@string{A = "a"}@STRING{Bc = a # "b"}@misc{k, note = BC # {-} # bC}').entries
    assert entry.fields == (Field("note", "ab-ab", "BC # {-} # bC"),)


def test_a_byte_order_mark_that_is_left_hides_no_entry() -> None:
    assert [entry.key for entry in read("\ufeff@misc{a}\n").entries] == ["a"]


def test_a_line_of_a_value_that_begins_like_an_entry_is_a_part_of_it() -> None:
    [entry] = read("@misc{a, note = {Type\n@word {x}\nand so on}, year = 2000}").entries
    assert entry.fields == (Field("note", "Type\n@word {x}\nand so on"), Field("year", "2000"))


def test_case_and_duplicates_are_kept_and_resolved_alike() -> None:
    [block] = blocks(["@InProceedings{Key, Month = jan, month = {feb}}"])
    assert (block.type, block.key, block.fields[0]) == ("InProceedings", "Key", ("Month", "jan"))
    entries = read("@misc{k, t={A}, t={B}} @misc{k, t=jan}").entries
    assert [entry.fields for entry in entries] == [
        (Field("t", "A"), Field("t", "B")),
        (Field("t", "January", "jan"),),
    ]


@given(texts)
def test_a_file_given_back_reads_the_same(text: str) -> None:
    found = list(blocks([text]))
    assert list(blocks(["".join(block.raw for block in found)])) == found


def test_a_value_that_latex_would_refuse_is_read_all_the_same() -> None:
    [entry] = read("@misc{a, author = {\\unknown{A} and \\^}, title = {$x_}, month = {13th}}").entries
    assert entry.fields == (Field("author", "\\unknown{A} and \\^"), Field("title", "$x_"), Field("month", "13th"))
