"""Runs LaTeX, BibTeX and biber for real, and reads what they complained about."""

import os
import re
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

_TIMEOUT = 300

# A line that tells of trouble in the .log of LaTeX or the .blg of BibTeX or biber. Package names such as
# "infwarerr" and the count "warning$ -- 0" of BibTeX's statistics are no trouble.
_TROUBLE = re.compile(
    r"^!|\bWarning\b|\bWARN\b|\bERROR\b|\berror message|\bI couldn't|\bI found no\b|^Repeated|^Missing character"
    r"|^(?:Over|Under)full|^There (?:was|were) \d+ (?:warning|error)|undefined (?:citation|reference)"
)
_NO_TROUBLE = re.compile(r"^Package: infwarerr|^warning\$ -- ")


@dataclass(frozen=True)
class Style:
    """One way of printing a bibliography: what stands in the preamble and the body, and which program sorts it."""

    name: str
    document_class: str
    preamble: str
    bibliography: str
    backend: str
    needs: str

    def document(self, keys: list[str]) -> str:
        """A paper that cites each of `keys`, one after the other, and prints its bibliography."""
        cited = "\n".join(rf"A work \cite{{{key}}}." for key in keys)
        return (
            f"\\documentclass{self.document_class}\n"
            "\\usepackage[T1]{fontenc}\n\\usepackage{lmodern}\n\\usepackage{url}\n"
            # A narrow column of long names is not what is under test: let lines end where they like.
            "\\AtBeginDocument{\\raggedright\\sloppy}\n"
            f"{self.preamble}\n\\begin{{document}}\n{cited}\n\n{self.bibliography}\n\\end{{document}}\n"
        )


LATEX = ("pdflatex", "-interaction=nonstopmode", "-file-line-error", "paper")

_BIBTEX = r"\bibliographystyle{%s}\bibliography{library}"

STYLES = (
    Style("plain", "{article}", "", _BIBTEX % "plain", "bibtex", "plain.bst"),
    Style("abbrvnat", "{article}", r"\usepackage{natbib}", _BIBTEX % "abbrvnat", "bibtex", "abbrvnat.bst"),
    Style("IEEEtran", "{IEEEtran}", "", _BIBTEX % "IEEEtran", "bibtex", "IEEEtran.bst"),
    *(
        Style(
            f"biblatex-{style}",
            "{article}",
            rf"\usepackage[style={style},backend=biber]{{biblatex}}\addbibresource{{library.bib}}",
            r"\printbibliography",
            "biber",
            "biblatex.sty",
        )
        for style in ("numeric", "authoryear")
    ),
)


@dataclass(frozen=True)
class Compiled:
    """What came of a run: the bibliography as the program wrote it, how many works it has, every complaint."""

    bbl: str
    items: int
    complaints: list[str]


Compile = Callable[[Style, str, list[str]], Compiled]


@pytest.fixture
def compile_paper(tmp_path: Path) -> Compile:
    """Compiles a paper in a `Style` that cites keys of a library, given as the text of its `.bib`."""

    def compile_in(style: Style, library: str, keys: list[str]) -> Compiled:
        for program in ("pdflatex", style.backend):
            if shutil.which(program) is None:
                pytest.skip(f"{program} is not installed")
        if not run(("kpsewhich", style.needs), tmp_path):
            pytest.skip(f"TeX has no {style.needs}")
        folder = tmp_path / style.name
        folder.mkdir()
        (folder / "paper.tex").write_text(style.document(keys), encoding="utf-8")
        (folder / "library.bib").write_text(library, encoding="utf-8")
        for command in (LATEX, (style.backend, "paper"), LATEX, LATEX, LATEX):
            run(command, folder)
        bbl = output(folder / "paper.bbl")
        missing = [] if (folder / "paper.pdf").exists() else ["! paper.pdf was not written"]
        return Compiled(
            bbl=bbl,
            items=len(re.findall(r"^\s*\\(?:bibitem|entry)\b", bbl, re.MULTILINE)),
            complaints=[*complaints(output(folder / "paper.log")), *complaints(output(folder / "paper.blg")), *missing],
        )

    return compile_in


def complaints(log: str) -> list[str]:
    """The lines of a `.log` or `.blg` that warn of something or say that it went wrong."""
    return [line for line in log.splitlines() if _TROUBLE.search(line) and not _NO_TROUBLE.search(line)]


def output(path: Path) -> str:
    """What a program wrote to a file, or that it did not."""
    return path.read_text(encoding="utf-8", errors="replace") if path.exists() else f"! {path.name} was not written"


def run(command: tuple[str, ...], folder: Path) -> str:
    """Runs a program in a folder; returns what it printed."""
    # TeX would break the lines of its log after 79 characters, in the middle of a word.
    environment = os.environ | {"max_print_line": "10000"}
    done = subprocess.run(
        command,
        cwd=folder,
        env=environment,
        capture_output=True,
        timeout=_TIMEOUT,
        check=False,
        text=True,
        errors="replace",
    )
    return done.stdout
