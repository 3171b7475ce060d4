"""BibTeX itself reads the same from a file before and after it is formatted."""

import shutil
import subprocess
from pathlib import Path

import pytest

from bibman.formats.bibtex_format import format_text
from bibman.formats.bibtex_layout import Layout

pytestmark = pytest.mark.latex

STYLE = """
ENTRY { author title journal month note year } {} {}
FUNCTION {line} { duplicate$ missing$ { pop$ "?" } 'skip$ if$ write$ "|" write$ newline$ }
FUNCTION {default.type}
{ type$ line cite$ line author line title line journal line month line note line year line crossref line }
MACRO {jan} {"January"}
MACRO {may} {"May"}
MACRO {house} {"House"}
READ
FUNCTION {begin} { preamble$ write$ newline$ }
EXECUTE {begin}
ITERATE {call.type$}
"""
FILE = r"""
Some text.
@string(jmlr = "Journal of {"}ML{"}" ) @STRING{ part = JMLR # " B"}
@preamble{ "\newcommand{\x}[1]{#1}" # part }
@Article{Knuth:84,author="Knuth, D. {"} and Ore, {\O}.",TITLE = {A {B
   c} d},
  journal=part, month = jan # "~" # 12, year=1984, note = house}
@misc(in(parens], title = "x # y" # {, = @ %} , year = {007})
@comment{ignored}
@inbook{child,crossref={Parent}, title="C:\\"}@book{Parent,
title={P},year="19" # {99},month=may} after
@misc{last, note = {{a} {"b"}}, note = {twice}}
"""


@pytest.mark.parametrize(
    "layout",
    [
        Layout(),
        Layout(in_quotes=True, bare_numbers=True, trailing_comma=False, indent="", blank_lines=0),
        Layout(resolve_macros=True, name_width=12),
        Layout(sort_fields=True),
    ],
)
def test_bibtex_reads_the_same_from_the_formatted_file(tmp_path: Path, layout: Layout) -> None:
    if shutil.which("bibtex") is None:
        pytest.skip("bibtex is not installed")
    before = as_bibtex_reads(tmp_path / "before", FILE)
    assert before.count("|") == 5 * 9
    assert 'Journal of {"}ML{"} B|' in before
    assert as_bibtex_reads(tmp_path / "after", format_text(FILE, layout).text) == before


def as_bibtex_reads(folder: Path, text: str) -> str:
    folder.mkdir()
    (folder / "works.bib").write_text(text, encoding="utf-8")
    (folder / "fields.bst").write_text(STYLE, encoding="utf-8")
    (folder / "works.aux").write_text("\\citation{*}\n\\bibdata{works}\n\\bibstyle{fields}\n", encoding="utf-8")
    done = subprocess.run(("bibtex", "works"), cwd=folder, capture_output=True, text=True, check=False)
    assert "error message" not in done.stdout, done.stdout
    return " ".join((folder / "works.bbl").read_text(encoding="utf-8").split())
