"""An entry that was completed, or became its publication, compiles like any other."""

import pytest

from bibman.formats.bibtex_reader import read
from bibman.formats.bibtex_writer import write
from bibman.formats.record_entry import described_by
from bibman.model.completing import completed, completions
from bibman.model.entry import Entry
from bibman.model.names import Name
from bibman.model.publishing import published
from bibman.model.record import Record
from tests.latex.conftest import STYLES, Compile, Style

pytestmark = pytest.mark.latex

WORK = Record(
    "article",
    {
        "title": "Bees & RNA: 50% of A_B",
        "journaltitle": "R&D #1",
        "date": "2020-05-04",
        "volume": "12",
        "pages": "1–9",
        "doi": "10.1000/a_b",
        "abstract": "We look at 100% & more.",
    },
    {"author": (Name("Lukošiūtė", "Kamilė"), Name("Beethoven", "Ludwig", "van"))},
)
PREPRINTS = r"""
@misc{old, title = {Bees \& {RNA}: 50\% of {A\_B}},
  author = {Kamil{\.e} Luko{\v s}i{\=u}t{\.e} and Ludwig van Beethoven},
  year = 2019, month = jan, eprint = {1901.00001}, archiveprefix = {arXiv}, note = {Under review}}
@online{new, title = {Bees \& {RNA}: 50\% of {A\_B}}, author = {Lukošiūtė, Kamilė and van Beethoven, Ludwig},
  date = {2019-01-02}, eprint = {1901.00001}, eprinttype = {arxiv}}
"""
BARE = (
    r"@article{bare, title = {Bees \& {RNA}: 50\% of {A\_B}}, year = 2020} @article{bare2, title = {Bees}, date = 2020}"
)


def entries() -> list[Entry]:
    preprints = read(PREPRINTS).entries
    bare = read(BARE).entries
    updated = [published(each, described_by(WORK, each)) for each in preprints]
    filled = [completed(each, completions(each, [described_by(WORK, each)])) for each in bare]
    return [*updated, *filled]


@pytest.mark.parametrize("style", [STYLES[0], STYLES[-2]], ids=lambda style: style.name)
def test_what_was_updated_or_completed_compiles_without_a_word(style: Style, compile_paper: Compile) -> None:
    works = entries()
    text = "".join(write(works, "bibtex" if style.backend == "bibtex" else "biblatex"))
    compiled = compile_paper(style, text, [each.key for each in works])
    assert (compiled.items, compiled.complaints) == (4, [])
    assert "2020" in compiled.bbl
