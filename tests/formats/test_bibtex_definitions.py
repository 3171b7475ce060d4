"""Macros and preambles that entries need: all of them, no others, and nothing means something else."""

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from bibman.formats.bibtex_definitions import NOTHING, Definitions, definitions
from bibman.formats.bibtex_expressions import in_literals, macros_in, means
from bibman.formats.bibtex_layout import Layout
from bibman.formats.bibtex_reader import read
from bibman.formats.bibtex_writer import definitions_text, write
from bibman.model.entry import Entry, Field

JMLR = Field("JMLR", "J. of ML")
PART = Field("part", "J. of ML B", 'jmlr # " B"')
UNUSED = Field("unused", "U")


def journal(value: str, expression: str | None = None) -> Field:
    return Field("journal", value, expression)


def written(fields: list[Field], defined: Definitions, layout: Layout | None = None) -> str:
    return "".join(write([Entry("k", "misc", tuple(fields))], "bibtex", layout or Layout(letters="kept"), defined))


@pytest.mark.parametrize(
    ("expression", "macros"),
    [
        ("jan", ("jan",)),
        ('{a # b} # C # "d # {"} e" # 12 # f:g', ("c", "f:g")),
        ("{}#x%y\n#z", ("x", "z")),
        ("2000", ()),
    ],
)
def test_the_macros_of_an_expression_are_found(expression: str, macros: tuple[str, ...]) -> None:
    assert macros_in(expression) == macros


def test_only_literals_are_converted() -> None:
    assert in_literals('ab#{ab} # "a{"}b" #12', str.upper) == 'ab # {AB} # "A{"}B" # 12'


@pytest.mark.parametrize(
    ("expression", "value", "same"),
    [
        ("a # b", "AB", True),
        ("A # c", "Ac", True),
        ("a # b", "ab", True),
        ("a # b", "aB", True),
        ("a # b", "ABC", False),
        ('a # " x"', "A", False),
        ("aa", "A", False),
    ],
)
def test_an_expression_means_its_value_if_macros_have_theirs_or_were_unknown(
    expression: str, value: str, same: bool
) -> None:
    assert means(expression, value, {"a": "A", "b": "B"}) is same


def test_a_macro_brings_along_those_that_it_needs_and_no_others() -> None:
    defined = definitions([journal("J. of ML B", "Part"), journal("U")], [JMLR, UNUSED, PART], [])
    assert defined.macros == (JMLR, PART)
    assert written([journal("J. of ML B", "Part")], defined) == (
        '@string{JMLR = {J. of ML}}\n@string{part = jmlr # " B"}\n\n@misc{k,\n  journal = Part,\n}\n'
    )


def test_a_macro_comes_after_those_that_it_needs_wherever_they_were_defined() -> None:
    unresolved = Field("part", "jmlr B", 'jmlr # " B"')
    defined = definitions([journal("part", "part")], [unresolved, JMLR], [])
    assert defined.macros == (JMLR, unresolved)


def test_macros_that_would_need_each_other_are_literals() -> None:
    macros = [Field("a", "bx", 'b # "x"'), Field("b", "ay", 'a # "y"'), Field("c", "cc", "c # c")]
    defined = definitions([journal("bx", "a"), journal("ay", "b"), journal("cc", "c")], macros, [])
    assert {macro.name: macro.expression for macro in defined.macros} == {"a": 'b # "x"', "b": None, "c": None}


def test_a_long_chain_of_macros_in_any_order_is_written() -> None:
    macros = [Field(f"m{n}", f"m{n + 1}", f"m{n + 1}") for n in range(5000)]
    defined = definitions([journal("m0", "m0")], macros, [])
    assert [macro.name for macro in defined.macros] == [f"m{n}" for n in reversed(range(5000))]


def test_months_are_known_and_not_defined() -> None:
    fields = [Field("month", "January", "jan"), Field("month", "1~January", '"1~" # jan')]
    defined = definitions(fields, [], [])
    assert defined == NOTHING
    assert [defined.faithful(field) for field in fields] == fields


def test_an_unknown_macro_stays_as_it_is_and_one_that_is_known_no_more_is_written_out() -> None:
    unknown, lost = journal("tods", "tods"), journal("J. of ML", "jmlr")
    defined = definitions([unknown, lost], [UNUSED], [])
    assert defined.macros == ()
    assert written([unknown, lost], defined) == "@misc{k,\n  journal = tods,\n  journal = {J. of ML},\n}\n"


def test_of_two_definitions_that_is_taken_which_more_fields_have_and_the_others_are_written_out() -> None:
    other = Field("jmlr", "Journal of ML")
    fields = [journal("J. of ML", "jmlr"), journal("Journal of ML", "jmlr"), journal("Journal of ML B", 'jmlr # " B"')]
    defined = definitions(fields, [JMLR, other], [])
    assert defined.macros == (other,)
    assert [defined.faithful(field).expression for field in fields] == [None, "jmlr", 'jmlr # " B"']
    assert definitions(fields[:2], [JMLR, other], []).macros == (JMLR,)


def test_a_month_that_a_source_defines_in_its_own_way_is_defined_where_most_mean_that() -> None:
    theirs, ours = Field("month", "Januar", "jan"), Field("month", "January", "jan")
    own = Field("JAN", "Januar")
    assert definitions([theirs], [own], []).macros == (own,)
    defined = definitions([theirs, ours], [own], [])
    assert defined.macros == ()
    assert [defined.faithful(field).expression for field in (theirs, ours)] == [None, "jan"]


def test_resolved_macros_are_literals_and_months_and_unknown_ones_stay() -> None:
    fields = [
        journal("J. of ML B", "part"),
        Field("month", "1~January", '"1~" # jan'),
        journal("tods: J. of ML", 'tods # ": " # jmlr'),
        journal("ab", '"a" # {b}'),
    ]
    defined = definitions(fields, [JMLR, PART], [])
    assert written(fields, defined, Layout(resolve_macros=True)) == (
        "@misc{k,\n  journal = {J. of ML B},\n  month = {1~} # jan,\n"
        "  journal = tods # {: } # {J. of ML},\n  journal = {ab},\n}\n"
    ).replace("{1~}", '"1~"').replace("{: }", '": "')


NOOPSORT = Field("", r"\newcommand{\noopsort}[1]{}")
SECOND = Field("", r"\providecommand\noopsort[1]{#1}")
CHAIN = Field("", r"\DeclareRobustCommand*{\outer}{\noopsort{x}}")
DEF = Field("", r"\def\VAN#1#2{#2} \let\cal=\mathcal", r'"\def\VAN#1#2{#2}" # s # "\let\cal=\mathcal"')
FREE = Field("", r"\input{more}")


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("plain", []),
        (r"{\noopsort{1973b}}1973", [NOOPSORT]),
        (r"\noopsorted \noop", []),
        (r"\outer", [NOOPSORT, CHAIN]),
        (r"\VAN{a}{b}", [DEF]),
        (r"$\cal x$", [DEF]),
    ],
)
def test_a_preamble_is_written_if_what_it_defines_is_used(value: str, expected: list[Field]) -> None:
    defined = definitions([Field("title", value)], [Field("s", " ")], [NOOPSORT, SECOND, CHAIN, DEF, NOOPSORT])
    assert list(defined.preambles) == expected
    assert [macro.name for macro in defined.macros] == (["s"] if DEF in expected else [])


def test_a_preamble_of_which_nothing_can_be_told_is_written() -> None:
    assert definitions([Field("title", "x")], [], [NOOPSORT, FREE]).preambles == (FREE,)


def test_a_command_in_a_macro_that_is_written_counts_as_used() -> None:
    macros = [Field("m", r"\noopsort{x}"), Field("unused", r"\VAN")]
    assert definitions([journal("m", "m")], macros, [NOOPSORT, DEF]).preambles == (NOOPSORT,)


def test_definitions_follow_the_layout() -> None:
    defined = Definitions((Field("m", "ö"), Field("n", "ö2", 'm # "2"')), (Field("", 'a "b"'),), {"m": "ö", "n": "ö2"})
    layout = Layout(letters="ascii", in_quotes=True, blank_lines=2)
    assert definitions_text(defined, layout) == (
        '@string{m = "{\\"o}"}\n@string{n = m # "2"}\n@preamble{{a "b"}}\n\n\n'
    ).replace('"{\\"o}"', '{{\\"o}}')
    assert definitions_text(defined, Layout(resolve_macros=True)) == '@preamble{{a "b"}}\n\n'
    assert list(write([], "bibtex", layout, defined)) == []


NAMES = st.sampled_from(["a", "B", "c1", "jan", "dd"])
PARTS = NAMES | st.sampled_from(["{}", '"x"', "{y z}", '"{\\\'e}"', "{a}", "12"])
FILES = st.lists(st.tuples(st.sampled_from([True, False, False]), NAMES, st.lists(PARTS, min_size=1, max_size=3)))


def file(blocks: list[tuple[bool, str, list[str]]]) -> str:
    """A `.bib` with these macros (True) and entries; what is not defined before it is used is unknown everywhere."""
    known = {"jan"}
    texts = []
    for is_macro, name, parts in blocks:
        found = (part if part[0] in '"{1' or part.lower() in known else "unknown" for part in parts)
        expression = " # ".join(found)
        texts.append(f"@string{{{name} = {expression}}}" if is_macro else f"@misc{{k, note = {expression}}}")
        if is_macro:
            known.add(name.lower())
    return "\n".join(texts)


def test_a_macro_whose_value_is_its_name_is_written_where_a_field_has_just_that_value() -> None:
    found = read(file([(True, "a", ["a"]), (True, "a", ["{a}"]), (False, "a", ["a"])]))
    macros = [Field(*macro) for macro in found.macros]
    assert definitions(found.entries[0].fields, macros, []).macros == (Field("a", "a"),)


@settings(max_examples=300, deadline=None)
@given(st.lists(FILES, min_size=1, max_size=3), st.booleans())
def test_entries_of_several_files_keep_their_values_in_one(
    files: list[list[tuple[bool, str, list[str]]]], resolve: bool
) -> None:
    found = [read(file(blocks)) for blocks in files]
    entries = [entry for each in found for entry in each.entries]
    macros = [Field(*macro) for each in found for macro in each.macros]
    # Of a field it cannot be told whether a macro was unknown, which stands for its name, or had its name as its value.
    assume(all(macro.name.lower() != macro.value.lower() for macro in macros))
    defined = definitions([field for entry in entries for field in entry.fields], macros, [])
    text = "".join(write(entries, "bibtex", Layout(letters="kept", resolve_macros=resolve), defined))
    again = read(text)
    assert [entry.fields[0].value for entry in again.entries] == [entry.fields[0].value for entry in entries]
    assert not (resolve and again.macros)
