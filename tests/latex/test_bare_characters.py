"""LaTeX stops at the characters that check calls bare, or swallows what follows, and at no others."""

import re
import shutil
from pathlib import Path

import pytest

from bibman.formats.bibtex_blocks import blocks
from bibman.formats.bibtex_reader import Macros, read_entry
from bibman.model.checks.checking import mend
from bibman.model.checks.finding import Surroundings
from bibman.model.entry import Entry
from bibman.model.latex_bare import bare_characters
from bibman.model.vocabulary import PRINTED_FIELDS
from tests.latex.conftest import output, run

pytestmark = pytest.mark.latex

FILE = Path(__file__).parents[1] / "model" / "golden_checks" / "bare-character.bib"
LATEX = ("pdflatex", "-interaction=nonstopmode", "-file-line-error", "-draftmode", "paper")
HEAD = r"\documentclass{article}\usepackage[T1]{fontenc}\usepackage{hyperref}\begin{document}"
MORE = (
    "C:\\",
    "a & b",
    "$a$ & $b$",
    r"\$5 and 5\% of \#1",
    "x_1",
    "$x_1$ and $x_2",
    r"\cite{a_b} and \ref{c_d}",
    "a~b",
)


def printed(entries: list[Entry]) -> list[str]:
    """The values of the fields that are printed; what macros stand for is in them."""
    return [field.value for entry in entries for field in entry.fields if field.name in PRINTED_FIELDS]


def stops_at(values: list[str], folder: Path) -> set[str]:
    """The values at which LaTeX stops, or of which it swallows the end."""
    # A value that makes LaTeX read on to the end would take the others with it.
    found = set()
    for number, value in enumerate(values):
        (folder / "paper.tex").write_text(f"{HEAD}\n{{{value}}}.\\par\n\n\\end{{document}}\n", encoding="utf-8")
        run(LATEX, folder)
        log = output(folder / "paper.log")
        if re.search(r"^(?:!|\./paper\.tex:\d+:)|^\(\\end occurred inside a group", log, re.MULTILINE):
            found.add(values[number])
    return found


def test_latex_stops_where_a_character_is_bare_and_nowhere_else(tmp_path: Path) -> None:
    if shutil.which("pdflatex") is None:
        pytest.skip("pdflatex is not installed")
    values = [value for value in dict.fromkeys([*printed(entries()), *MORE]) if re.search(r"[&%#_^$\\~]", value)]
    assert len(values) > 20
    bare = {value for value in values if any(bare_characters(value))}
    assert stops_at(values, tmp_path) == bare
    assert 10 < len(bare) < len(values)


def test_latex_does_not_stop_at_what_was_mended(tmp_path: Path) -> None:
    if shutil.which("pdflatex") is None:
        pytest.skip("pdflatex is not installed")
    mended = [mend(entry, Surroundings()) for entry in entries()]
    values = printed([each.entry for each in mended if each.done and not each.left])
    assert len(values) > 10
    assert stops_at(list(dict.fromkeys(values)), tmp_path) == set()


def entries() -> list[Entry]:
    macros = Macros()
    found = []
    for block in blocks([FILE.read_text(encoding="utf-8")]):
        if block.kind == "macro":
            macros.define(block.key, block.fields[0][1])
        elif block.kind == "entry":
            found.append(read_entry(block, macros))
    return found
