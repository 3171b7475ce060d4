"""The text of a `.bib`: to the byte as the golden files have it, and read back by bibtexparser to the same fields."""

from pathlib import Path

import bibtexparser.model
import pytest
from bibtexparser.entrypoint import parse_string
from hypothesis import given, settings
from hypothesis import strategies as st

from bibman.errors import InvalidValueError
from bibman.formats.bibtex_layout import Layout, Letters
from bibman.formats.bibtex_reader import read
from bibman.formats.bibtex_writer import with_notes, with_tags, write
from bibman.model.entry import Entry, Field
from bibman.model.latex import imbalance
from bibman.model.names import Name
from bibman.model.record import Record, record_fields
from bibman.model.vocabulary import Dialect

GOLDEN = Path(__file__).with_name("golden_bib")


def entry(key: str, type_: str, *fields: tuple[str, str] | tuple[str, str, str]) -> Entry:
    return Entry(key, type_, tuple(Field(*field) for field in fields))


def text_of(*entries: Entry, dialect: Dialect = "bibtex", letters: Letters | None = None) -> str:
    return "".join(write(entries, dialect, Layout(letters=letters)))


WORKS = [
    entry(
        "knuth:84",
        "article",
        ("author", r"Knuth, Donald E. and Erd{\H{o}}s, Paul and others"),
        ("title", r"{\TeX} and {\LaTeX} -- 100\% naïve"),
        ("journal", 'JMLR "B"', 'jmlr # { "B"}'),
        ("year", "1984"),
        ("month", "February", "feb"),
        ("url", "https://example.org/é_a?b=1&c=%20~#d"),
        ("abstract", "Of two\nlines."),
    ),
    Entry(
        "Ganguli+2023",
        "online",
        record_fields(
            Record(
                "online",
                {
                    "title": "Moral self-correction of RLHF models",
                    "date": "2023-02-15",
                    "doi": "10.48550/arXiv.2302.07459",
                    "eprint": "2302.07459",
                    "eprinttype": "arxiv",
                    "eprintclass": "cs.CL",
                    "url": "https://arxiv.org/abs/2302.07459",
                },
                {"author": (Name("Lukošiūtė", "Kamilė"), Name("El Showk", "Sheer"), Name(literal="AT&T"))},
            )
        ),
    ),
    entry(
        "schlüssel",
        "inproceedings",
        ("author", "Perez, Ethan"),
        ("booktitle", "Findings of the ACL"),
        ("date", "2023"),
        ("eprintdate", "2022-12-19"),
        ("crossref", "parent_1"),
    ),
    entry("parent_1", "proceedings", ("title", "Findings"), ("location", "Århus"), ("year", "in press")),
    entry("empty", "misc"),
]


@pytest.mark.parametrize(
    ("name", "dialect", "letters"),
    [
        ("bibtex.bib", "bibtex", None),
        ("bibtex_unicode.bib", "bibtex", "kept"),
        ("biblatex.bib", "biblatex", None),
        ("biblatex_ascii.bib", "biblatex", "ascii"),
    ],
)
def test_the_text_is_that_of_the_golden_file(name: str, dialect: Dialect, letters: Letters | None) -> None:
    assert text_of(*WORKS, dialect=dialect, letters=letters) == (GOLDEN / name).read_text(encoding="utf-8")


def test_each_entry_is_a_piece_of_its_own_and_none_is_none() -> None:
    pieces = list(write(WORKS, "bibtex"))
    assert len(pieces) == len(WORKS)
    assert list(write([], "bibtex")) == []


@pytest.mark.parametrize("value", ["a { b", "a } b", "}{", r"\{ a", "{" * 9 + "}" * 8, "}" + "{" * 9 + "}" * 8])
def test_a_value_that_bibtex_could_not_read_back_is_never_written(value: str) -> None:
    with pytest.raises(InvalidValueError, match=r"field note of key1 .*`bibman edit key1"):
        text_of(entry("key1", "misc", ("title", "{T}"), ("note", value)))


def test_braces_that_would_match_only_across_two_fields_are_not_written() -> None:
    with pytest.raises(InvalidValueError, match="title"):
        text_of(entry("key1", "misc", ("title", "{a"), ("note", "b}")))


@pytest.mark.parametrize("value", ["{" * 40 + "deep" + "}" * 40, r"\{ and \}", "a\0{b\0c}", "{}{{}}{{}{{}}}"])
def test_any_balanced_value_is_written_as_it_is(value: str) -> None:
    assert f"  note = {{{value}}},\n" in text_of(entry("key1", "misc", ("note", value)))


@pytest.mark.parametrize(
    ("keywords", "tags", "expected"),
    [
        (None, ["RLHF", "a_b"], r"RLHF, a\_b"),
        ("", ["RLHF"], "RLHF"),
        ("safety, rlhf ", ["RLHF", "new"], "safety, rlhf , new"),
        ("safety; alignment", ["Alignment", "new"], "safety; alignment; new"),
        ("safety", [], "safety"),
        (None, [], None),
        (None, ["Straße", "STRASSE"], "Straße"),
    ],
)
def test_tags_join_the_keywords_and_none_stands_twice(
    keywords: str | None, tags: list[str], expected: str | None
) -> None:
    given = entry("key", "misc", ("title", "T"), *([("keywords", keywords)] if keywords is not None else []))
    assert with_tags(given, tags).get("keywords") == expected


def test_tags_join_keywords_that_are_a_macro() -> None:
    tagged = with_tags(entry("key", "misc", ("keywords", "a, b", "mine")), ["new"])
    assert tagged.fields == (Field("keywords", "a, b, new", "mine # {, new}"),)


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ((), ("annotation", "First *note*.\n\nSecond: 50\\% of a\\_b")),
        ((("annote", "Old."),), ("annote", "Old.\n\nFirst *note*.\n\nSecond: 50\\% of a\\_b")),
        ((("annotation", "Old."),), ("annotation", "Old.\n\nFirst *note*.\n\nSecond: 50\\% of a\\_b")),
    ],
)
def test_notes_follow_the_annotation_that_is_there(
    fields: tuple[tuple[str, str], ...], expected: tuple[str, str]
) -> None:
    noted = with_notes(entry("key", "misc", *fields), ["First *note*.\n", "Second: 50% of a_b"])
    assert noted.fields == (Field(*expected),)


def test_notes_have_the_name_of_their_field_in_each_dialect() -> None:
    noted = with_notes(entry("key", "misc"), ["{"])
    assert "annote = {" in text_of(noted)
    assert "annotation = {" in text_of(noted, dialect="biblatex")


# What bibtexparser 2.1 reads otherwise than BibTeX is left out: a backslash before a brace or at the end of a value
# (it counts the brace as escaped), and a line that begins with @ (it begins another block there).
WORDS = st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"], exclude_characters='{}\\@"'), min_size=1)
PIECES = WORDS | st.sampled_from([" ", '"', r"\'e", r"\&", r"\emph{x}", r"{\"o}", "=", ",", "#", "%", "a @ b"])
VALUES = st.recursive(PIECES, lambda inner: st.lists(inner, max_size=4).map(lambda parts: f"{{{''.join(parts)}}}"))
TEXTS = st.lists(VALUES, max_size=4).map("".join)
NAMES = st.sampled_from(["title", "note", "abstract", "publisher", "url", "doi", "author", "zzz", "my-field", "x_1"])
ENTRIES = st.builds(
    Entry,
    st.from_regex(r"[A-Za-z0-9:_.+/é-]{1,12}", fullmatch=True),
    st.sampled_from(["article", "book", "misc", "homemade"]),
    st.dictionaries(NAMES, TEXTS, max_size=6).map(lambda texts: tuple(Field(*each) for each in texts.items())),
)


@settings(max_examples=150, deadline=None)
@given(st.lists(ENTRIES, max_size=3, unique_by=lambda each: each.key), st.sampled_from(["bibtex", "biblatex"]))
def test_bibtexparser_reads_the_same_fields_back(works: list[Entry], dialect: Dialect) -> None:
    text = text_of(*works, dialect=dialect, letters="kept")
    read = parse_string(text, parse_stack=[])
    assert read.failed_blocks == []
    found = [Entry(each.key, each.entry_type, _fields(each)) for each in read.entries]
    assert found == works


def _fields(block: bibtexparser.model.Entry) -> tuple[Field, ...]:
    return tuple(Field(each.key, each.value.removeprefix("{").removesuffix("}")) for each in block.fields)


# All that BibTeX can read, also what bibtexparser cannot.
ANY_PIECES = PIECES | st.sampled_from(
    ["\\", "\\\\", "@misc{a}", "\n", "\n  ", "{\\", '{"}', "100%", "%\n", "#", "{}", "\t"]
)
ANY_TEXTS = st.lists(ANY_PIECES, max_size=5).map("".join).filter(lambda text: imbalance(text) is None)
EXPRESSIONS = st.sampled_from(
    [("January", "jan"), ("1~May B", '"1~" # may # { B}'), ("jmlr", "jmlr"), ("jmlr2", "jmlr # 2")]
)
ANY_FIELDS = st.lists(
    st.builds(Field, NAMES, ANY_TEXTS, st.none())
    | st.tuples(NAMES, EXPRESSIONS).map(lambda pair: Field(pair[0], *pair[1])),
    max_size=5,
)
ANY_ENTRIES = st.builds(
    Entry,
    st.from_regex(r"[A-Za-z0-9:_.+/é}\"(-][A-Za-z0-9:_.+/é}\"%-]{0,12}", fullmatch=True) | st.just(""),
    st.sampled_from(["article", "book", "misc", "homemade"]),
    ANY_FIELDS.map(tuple),
)
ANY_LAYOUTS = st.builds(
    Layout,
    letters=st.just("kept"),
    indent=st.sampled_from(["", "  ", "\t"]),
    name_width=st.integers(0, 10),
    blank_lines=st.integers(0, 2),
    in_quotes=st.booleans(),
    bare_numbers=st.booleans(),
    trailing_comma=st.booleans(),
)


@settings(max_examples=300, deadline=None)
@given(st.lists(ANY_ENTRIES, max_size=3), st.sampled_from(["bibtex", "biblatex"]), ANY_LAYOUTS)
def test_what_is_written_is_read_back_whatever_the_layout(works: list[Entry], dialect: Dialect, layout: Layout) -> None:
    back = read("".join(write(works, dialect, layout)))
    assert (back.broken, back.entries) == ((), tuple(works))
