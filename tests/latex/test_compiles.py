"""What bibman writes compiles without a word of complaint, and prints what it should."""

import re
import shutil
import subprocess
from collections.abc import Iterable, Sequence
from functools import cache
from itertools import permutations
from pathlib import Path

import pytest

from bibman.formats.bibtex_layout import Layout
from bibman.formats.bibtex_writer import with_notes, with_tags, write
from bibman.model.entry import Entry, Field
from bibman.model.latex import decode
from bibman.model.names import Name
from bibman.model.record import Record, record_fields
from bibman.providers.catalogue_format import read_record
from tests.formats.bibtex_texts import parents_last
from tests.latex.conftest import STYLES, Compile, Style

pytestmark = pytest.mark.latex

SEED = Path(__file__).parents[2] / "seeds" / "catalogue.jsonl"

People = dict[str, tuple[Name, ...]]

AUTHOR: People = {
    "author": (Name("Lukošiūtė", "Kamilė"), Name("Beethoven", "Ludwig", "van"), Name("King", "M.", suffix="Jr."))
}
BODY: People = {"author": (Name(literal="Barnes & Noble, Inc."),)}
EDITOR: People = {"editor": (Name("Gödel", "Kurt"), Name("Erdős", "Paul"))}
CITY = {"publisher": "Łódź & Søn", "location": "Århus"}

MIXED = [
    Record(
        "article",
        {"title": "50% of A_B & C#: on RLHF {and} $5", "journaltitle": "R&D", "date": "2020-05-04", "pages": "1–9"},
        AUTHOR,
    ),
    Record("book", {"title": "Über “naïve” sets", "date": "1850~", **CITY}, AUTHOR),
    Record("collection", {"title": "Collected ~ ^ \\ papers", "date": "1999", **CITY}, EDITOR),
    Record(
        "inbook",
        {"title": "A part", "booktitle": "A whole", "date": "1999", "pages": "1, 3-5", **CITY},
        AUTHOR | EDITOR,
    ),
    Record("thesis", {"title": "On α and β", "institution": "ETH Zürich", "type": "phdthesis", "date": "2019"}, AUTHOR),
    Record("thesis", {"title": "On it", "institution": "Þing", "type": "mathesis", "date": "2018-02"}, AUTHOR),
    Record(
        "report", {"title": "A report", "institution": "CERN", "type": "techreport", "date": "2001-01/2001-03"}, BODY
    ),
    Record("software", {"title": "bibman", "date": "2024-06", "url": "https://example.org/~a_b%20c#d?e=1&f=2"}, BODY),
    Record("dataset", {"title": "ImageNet", "doi": "10.1000/a_b", "date": "2009"}, BODY),
    Record("patent", {"title": "A device", "number": "US 1,234", "type": "patentus", "date": "1999-12-31"}, AUTHOR),
    Record("proceedings", {"title": "Proceedings of X’20", "date": "2020", **CITY}, EDITOR),
    Record("online", {"title": "A page", "url": "https://example.org", "urldate": "2024-01-01", "date": "2024"}, BODY),
    Record("online", {"title": "hep", "eprint": "hep-th/9901001", "eprinttype": "arxiv", "date": "1999"}, AUTHOR),
]


@cache
def seed() -> tuple[Entry, ...]:
    lines = SEED.read_text(encoding="utf-8").splitlines()
    return entries(read_record(line) for line in lines)


def entries(records: Iterable[Record]) -> tuple[Entry, ...]:
    return tuple(Entry(f"work:{n}", each.type, record_fields(each)) for n, each in enumerate(records, 1))


def library(works: Sequence[Entry], style: Style) -> str:
    return "".join(write(works, "bibtex" if style.backend == "bibtex" else "biblatex"))


def in_unicode(bbl: str) -> str:
    return " ".join(decode(bbl.replace(r"\bibnamedelima", "")).split())


@pytest.mark.parametrize("style", STYLES, ids=lambda style: style.name)
def test_the_seed_compiles_in_every_style(style: Style, compile_paper: Compile) -> None:
    works = seed()
    compiled = compile_paper(style, library(works, style), [each.key for each in works])
    assert compiled.complaints == []
    assert compiled.items == len(works) == 14
    printed = in_unicode(compiled.bbl)
    assert "Lukošiūtė" in printed
    assert "El Showk" in printed


@pytest.mark.parametrize("style", STYLES, ids=lambda style: style.name)
def test_all_types_with_odd_characters_compile_in_every_style(style: Style, compile_paper: Compile) -> None:
    works = [with_notes(with_tags(each, ["a_b & c", "50%"]), ["# *Read* this_1 {now}"]) for each in entries(MIXED)]
    compiled = compile_paper(style, library(works, style), [each.key for each in works])
    assert compiled.complaints == []
    assert compiled.items == len(works)
    assert "Lukošiūtė" in in_unicode(compiled.bbl)


def test_the_number_of_a_preprint_is_printed_even_by_the_plainest_style(compile_paper: Compile) -> None:
    works = [each for each in seed() if each.type == "online"]
    compiled = compile_paper(STYLES[0], library(works, STYLES[0]), [each.key for each in works])
    printed = in_unicode(compiled.bbl)
    assert works
    for each in works:
        assert f"arXiv:{each.get('eprint')} [{each.get('eprintclass')}]" in printed


def test_a_bad_library_is_complained_about(compile_paper: Compile) -> None:
    for style in (STYLES[0], STYLES[3]):
        compiled = compile_paper(style, "@article{a, title = {Only a title}}\n", ["a", "missing"])
        complaints = "\n".join(compiled.complaints)
        assert compiled.items == 1
        assert "missing" in complaints
        assert "undefined" in complaints


def test_parents_are_found_by_bibtex_wherever_they_stood(compile_paper: Compile) -> None:
    parent = Record("proceedings", {"title": "Proceedings", "booktitle": "Proceedings", "date": "2020", **CITY}, EDITOR)
    child = Record("inproceedings", {"title": "A paper", "crossref": "work:1", "pages": "1-2"}, AUTHOR)
    works = parents_last(entries([parent, child, child]))
    for style in (STYLES[0], STYLES[3]):
        compiled = compile_paper(style, library(works, style), ["work:2", "work:3"])
        assert compiled.complaints == []
        assert compiled.items == 3


FIELDS_STYLE = """
ENTRY { title note abstract } {} {}
FUNCTION {show} { "<" write$ title write$ "|" write$ note write$ "|" write$ abstract write$ ">" write$ newline$ }
FUNCTION {default.type} { show }
READ
ITERATE {call.type$}
"""


def test_bibtex_itself_reads_every_value_back(tmp_path: Path) -> None:
    if shutil.which("bibtex") is None:
        pytest.skip("bibtex is not installed")
    pieces = ["a", "\\{x\\}", "{b}", '"', "#", ",", "@misc{c}", "=", "%", "\\", "\\'e", "{{}}", " and ", "é", "$x_1$"]
    values = [" ".join(each) for each in permutations(pieces, 3)]
    works = [
        Entry(f"k{n}", "misc", tuple(map(Field, ("title", "note", "abstract"), values[n : n + 3])))
        for n in range(0, len(values), 3)
    ]
    (tmp_path / "works.bib").write_text("".join(write(works, "bibtex", Layout(letters="kept"))), encoding="utf-8")
    (tmp_path / "fields.bst").write_text(FIELDS_STYLE, encoding="utf-8")
    (tmp_path / "works.aux").write_text("\\citation{*}\n\\bibdata{works}\n\\bibstyle{fields}\n", encoding="utf-8")
    done = subprocess.run(("bibtex", "works"), cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
    printed = (tmp_path / "works.bbl").read_text(encoding="utf-8")
    found = [tuple(text.split("|")) for text in re.findall(r"<(.*?)>", " ".join(printed.split()))]
    assert found == [tuple(" ".join(field.value.split()) for field in each.fields) for each in works]
