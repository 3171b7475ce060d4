"""What BibTeX itself reads of a `.bib`, printed by a style that prints all fields, is what bibman reads."""

import re
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from bibman.formats.bibtex_blocks import blocks
from bibman.formats.bibtex_reader import read
from bibman.model.entry import Entry
from tests.formats.bibtex_texts import Written, mistakes, written_entries

pytestmark = [
    pytest.mark.latex,
    pytest.mark.skipif(shutil.which("bibtex") is None, reason="bibtex is not installed"),
]

FIELDS = ("author", "bdsk-url-1", "booktitle", "editor", "journal", "month", "note", "title", "x_y", "year")
TYPES = ("article", "book", "inproceedings", "misc", "online", "proceedings", "thing")
STYLE = "\n".join(
    [
        f"ENTRY {{ {' '.join(FIELDS)} }} {{}} {{}}",
        *(f'MACRO {{{name}}} {{"{value}"}}' for name, value in (("jan", "January"), ("feb", "February"))),
        'FUNCTION {show} { "@" type$ * "{" * cite$ * write$ newline$',
        *(f'  {name} missing$ {{ }} {{ "{name}=" {name} * write$ newline$ }} if$' for name in FIELDS),
        "}",
        *(f"FUNCTION {{{type_}}} {{ show }}" for type_ in (*TYPES, "default.type")),
        "READ",
        "ITERATE {call.type$}",
    ]
)

Said = tuple[str, str, dict[str, str]]


@dataclass(frozen=True)
class Reading:
    """The entries that BibTeX read, and what it complained of."""

    entries: list[Said]
    complaints: list[str]


def by_bibtex(text: str) -> Reading:
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        # BibTeX stops after the first block of the last line.
        (place / "library.bib").write_text(f"{text}\n\n", encoding="utf-8", newline="")
        (place / "show.bst").write_text(STYLE, encoding="utf-8")
        (place / "paper.aux").write_text("\\citation{*}\n\\bibdata{library}\n\\bibstyle{show}\n", encoding="utf-8")
        run = ("bibtex", "paper")
        output = subprocess.run(run, cwd=place, capture_output=True, timeout=60, check=False).stdout
        printed = (place / "paper.bbl").read_text(encoding="utf-8")
    return Reading(_entries(printed), re.findall(r".*---line .*|Warning--.*", output.decode(errors="replace")))


def _entries(printed: str) -> list[Said]:
    """What the style printed; BibTeX goes on in an indented line where a line would be too long."""
    entries: list[Said] = []
    for line in re.sub(r"\n +", " ", printed).splitlines():
        if line.startswith("@"):
            type_, _, key = line[1:].partition("{")
            entries.append((type_, key, {}))
        else:
            name, _, value = line.partition("=")
            entries[-1][2][name] = _plain(value)
    return entries


def by_bibman(text: str) -> list[Said]:
    return [_said(entry) for entry in read(text).entries]


def _said(entry: Entry) -> Said:
    values = {field.name: _plain(field.value) for field in reversed(entry.fields) if field.name in FIELDS}
    # The type that a style does not know is empty to BibTeX.
    return entry.type if entry.type in TYPES else "", entry.key, values


def _plain(value: str) -> str:
    return " ".join(value.split())


@pytest.mark.parametrize(
    "text",
    [
        pytest.param('@misc{a, title = "A" # { and } # 2000 # jan}', id="parts joined"),
        pytest.param('@string{A = "x"}@STRING(b = a # {y})@misc{a, title = B # A}', id="macros nested, in any case"),
        pytest.param('@string{a = {1}}@misc{a, title=a}@string{a = {2}}@misc{b, title=a}', id="macros defined again"),
        pytest.param('@string{a = b}@string{b = {2}}@misc{a, title = {} # b}', id="macros defined too late"),
        pytest.param("@string{jan = {Janvier}}@misc{a, month = JAN, note = feb}", id="months"),
        pytest.param("@string{a:b-c.d+e/f = {x}}@misc{a, title = a:b-c.d+e/f}", id="names of macros"),
        pytest.param("@misc(a, title = {A)}, note = \")\" )@misc(b(1),)", id="parentheses"),
        pytest.param("@misc{, title = {A}}@misc{b}@misc{c,}", id="no key, no fields"),
        pytest.param("@misc{a, title={A}, Title={B}}", id="a field twice"),
        pytest.param('@misc{a, title = "a {"} b", note = "{{\\LaTeX}3" update}", year={"}}', id="quotation marks"),
        pytest.param("@misc{a, note = {C:\\\\}, title = {A\\}, year = \"\\\"}", id="backslashes"),
        pytest.param("@\nmisc\n{\na\n,\ntitle\n=\n{A}\n#\n{B}\n}", id="line ends anywhere"),
        pytest.param("@misc{a,\r\n title = {A\r\n  B},\r\n}\r\n", id="CRLF"),
        pytest.param("@misc{a\"b#c%d\\e~f=1@g(h)'i, title={A}}", id="signs in a key"),
        pytest.param("@misc{a, title={A}, x_y={B}, bdsk-url-1={C}}", id="signs in a name"),
        pytest.param("@misc{a, title={A\n@misc{b, title={B}}\n}, year=2000}", id="an entry in braces"),
        pytest.param("@misc{a, title={A\n@word {x}\n}, year=2000}", id="a line like an entry"),
        pytest.param('@misc{a, title="A\n@misc{b, title={B}}\n", year=2000}', id="an entry in quotation marks"),
        pytest.param("text@misc{a} text 5% text @misc{b}, @misc{c}", id="entries within text"),
        pytest.param("@comment more\n@misc{a}@comment @misc{b}", id="bare comments"),
        pytest.param("@comment{never closed\n@misc{a}\n", id="a comment never closed"),
        pytest.param("@preamble{ \"\\x\" # {y} }@misc{a}", id="a preamble"),
        pytest.param("@misc{a, title={A}}}\n@misc{b}", id="a brace too many"),
        pytest.param("@misc{a, title={A}}trailing\n@misc{b}; @misc{c}, text, @misc{d}.@misc{e}%c", id="text behind"),
        pytest.param("@THING{A, TITLE={A}}@Article{B}", id="capitals"),
    ],
)  # fmt: skip
def test_bibtex_reads_the_same(text: str) -> None:
    assert by_bibman(text) == by_bibtex(text).entries


# Read as biber reads it, and more than BibTeX does.
@pytest.mark.parametrize(
    ("text", "ours", "bibtex"),
    [
        pytest.param("@misc{a, % why\n title={A}}", [("misc", "a", {"title": "A"})], [("misc", "a", {})], id="%"),
        pytest.param("% @misc{a}\n@misc{b}", [("misc", "b", {})], [("misc", "a", {}), ("misc", "b", {})], id="% first"),
        pytest.param("@comment{\n@misc{a}\n}", [], [("misc", "a", {})], id="a comment in braces"),
        pytest.param("@misc{a, title=nowhere}", [("misc", "a", {"title": "nowhere"})],
                     [("misc", "a", {"title": ""})], id="a macro that nobody knows"),
        pytest.param("@string{a={1}}\n@string{a=a # {2}}\n@misc{a, title=a}", [("misc", "a", {"title": "12"})],
                     [("misc", "a", {"title": "2"})], id="a macro in itself"),
    ],
)  # fmt: skip
def test_where_bibman_reads_otherwise(text: str, ours: list[Said], bibtex: list[Said]) -> None:
    assert by_bibman(text) == ours
    assert by_bibtex(text).entries == bibtex


# Rejected by bibman although BibTeX reads a part without a word: fields that are lost, or a key that nobody can cite.
@pytest.mark.parametrize(
    ("text", "bibtex"),
    [
        pytest.param("@misc{a, note={B}}, title={A}}", [("misc", "a", {"note": "B"})], id="closed too early"),
        pytest.param("@misc{a, year=20}00}", [("misc", "a", {"year": "20"})], id="closed in a value"),
        pytest.param("@misc{a, title={A}}nd more}, note={B}}", [("misc", "a", {"title": "A"})], id="closed in a text"),
        pytest.param("@misc{ke}y, title={A}}", [("misc", "ke", {})], id="closed in the key"),
        pytest.param("@misc{ }key, title={A}}", [("misc", "", {})], id="closed before the key"),
        pytest.param("@misc{title={A}, year=2000}", [("misc", "title={A", {})], id="no key"),
        pytest.param('@misc{M{\\"u}ller, title={A}}', [("misc", 'M{\\"u', {})], id="a brace in the key"),
        pytest.param("@@misc{a}", [("", "a", {})], id="an @ too many"),
    ],
)  # fmt: skip
def test_where_bibman_rejects_what_bibtex_reads_in_part(text: str, bibtex: list[Said]) -> None:
    assert [block.kind for block in blocks([text])] == ["broken"]
    reading = by_bibtex(text)
    assert reading.entries == bibtex
    assert all(complaint.startswith("Warning--entry type") for complaint in reading.complaints)


_MACROS = "@string{JMLR = {J}}\n@string{x:y = jmlr # 1}\n"


@settings(max_examples=40, deadline=None)
@given(st.lists(written_entries(), min_size=5, max_size=30, unique_by=lambda written: written.key.lower()))
def test_bibtex_reads_the_same_in_files_made_by_chance(entries: list[Written]) -> None:
    text = _MACROS + "\n".join(written.raw for written in entries)
    assert by_bibman(text) == by_bibtex(text).entries


@settings(max_examples=200, deadline=None)
@given(written_entries(), st.data())
def test_bibtex_complains_of_every_mistake_that_bibman_rejects_and_reads_the_rest_alike(
    written: Written, data: st.DataObject
) -> None:
    # In a value that a mistake closes early an @ comes to stand between entries, where to BibTeX alone it begins one.
    assume(written.raw.count("@") == 1)
    mistaken = data.draw(mistakes(written.raw))
    assume(mistaken.startswith("@") and mistaken.count("%") <= written.raw.count("%"))
    text = _MACROS + mistaken
    reading = by_bibtex(text)
    problems = [block.problem.message for block in blocks([text]) if block.problem]
    if problems:
        assert reading.complaints or re.search("too many|has a brace|key is missing|type is missing", problems[0])
    else:
        assume(not any("is undefined" in complaint for complaint in reading.complaints))
        assert by_bibman(text) == reading.entries
        assert all("isn't style-file defined" in complaint for complaint in reading.complaints)


def test_bibtex_inherits_what_bibman_read_of_the_parent() -> None:
    text = """@string{acm = {ACM}}
@inproceedings{child, author = {Doe, J. and } # acm # { and others}, title = {A}, crossref = {PARENT}}
@inproceedings{orphan, title = {B}, crossref = {nobody}}
@proceedings{Parent, editor = {van der Berg, A.}, title = "P", booktitle = "Proc. " # ACM, year = 2000, month = feb}
"""
    bibliography = read(text)
    by_key = {entry.key.lower(): entry for entry in bibliography.entries}
    said = []
    for entry in bibliography.entries:
        type_, key, values = _said(entry)
        parent = by_key.get((entry.get("crossref") or "").lower())
        said.append((type_, key, (_said(parent)[2] if parent else {}) | values))
    assert said == by_bibtex(text).entries
