"""What LaTeX says that a paper cites, in the files that it writes itself, is what BibTeX and biber then find."""

import shutil
from pathlib import Path

import pytest

from tests.cli.calling import SEED, Bibman
from tests.latex.conftest import LATEX, STYLES, Style, complaints, output, run

pytestmark = pytest.mark.latex

TOY, TRAIN, DEEP = "elhage2022toy", "bai2022training", "christiano2017deep"

PLAIN, NUMERIC = (next(each for each in STYLES if each.name == name) for name in ("plain", "biblatex-numeric"))


@pytest.fixture
def paper(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Bibman:
    """bibman in the folder of a paper, which cites by a former key, by a key in its chapter, and a child of another."""
    monkeypatch.setenv("BIBMAN_LIBRARY", str(tmp_path / "works.bibman"))
    monkeypatch.chdir(tmp_path)
    bibman = Bibman(tmp_path)
    bibman("ingest", str(SEED))
    bibman("key", "set", TOY, "toys")
    people = ("--set", "editor=Bo, Jo", "--set", "publisher=Wax")
    bibman("new", "proceedings", "--key", "hive", "--set", "title=Bees", "--set", "year=1999", *people)
    fields = ("--set", "title=Combs", "--set", "booktitle=Bees", "--set", "crossref=hive", "--set", "author=Wabe, Bo")
    bibman("new", "inproceedings", "--key", "comb", *fields)
    (tmp_path / "chapter.tex").write_text(rf"In a chapter \cite[p.~1]{{{TRAIN}}}.", encoding="utf-8")
    return bibman


def written(paper: Bibman, style: Style, source: str) -> str:
    """The .bib of a paper in a style, whose LaTeX has run once, by one of its files."""
    for program in ("pdflatex", style.backend):
        if shutil.which(program) is None:
            pytest.skip(f"{program} is not installed")
    if not run(("kpsewhich", style.needs), paper.home):
        pytest.skip(f"TeX has no {style.needs}")
    text = style.document([TOY, "comb"]).replace(style.bibliography, f"\\include{{chapter}}\n{style.bibliography}")
    paper.file("paper.tex", text)
    run(LATEX, paper.home)
    dialect = "bibtex" if style.backend == "bibtex" else "biblatex"
    done = paper("export", "--cited-in", source, "-o", "library.bib", "--format", dialect)
    assert (done.code, done.err) == (0, "4 entries in library.bib\n")
    return (paper.home / "library.bib").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("style", "sources"),
    [(PLAIN, ("paper.aux", "paper.tex")), (NUMERIC, ("paper.aux", "paper.bcf", "paper.tex"))],
    ids=("bibtex", "biber"),
)
def test_the_bib_of_what_latex_found_cited_compiles(paper: Bibman, style: Style, sources: tuple[str, ...]) -> None:
    texts = {written(paper, style, source) for source in sources}
    assert len(texts) == 1
    assert f"{{{TOY},\n" in texts.pop()
    for command in ((style.backend, "paper"), LATEX, LATEX, LATEX):
        run(command, paper.home)
    assert [*complaints(output(paper.home / "paper.log")), *complaints(output(paper.home / "paper.blg"))] == []
    printed = output(paper.home / "paper.bbl")
    for key in (TOY, TRAIN, "comb"):
        assert f"{{{key}}}" in printed
    assert DEEP not in printed
