"""What LaTeX and BibTeX themselves make of the text that bibman writes."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from bibman.model.latex import decode, encode, escape, protect
from bibman.model.latex_tables import ALPHABETS, AMS, MATH, TEXT


@pytest.mark.latex
@pytest.mark.skipif(not shutil.which("pdflatex"), reason="pdflatex is not installed")
class TestWithLatex:
    def test_pdflatex_prints_all_that_is_written(self, tmp_path: Path) -> None:
        letters = [
            chr(code) for code in range(0xA0, 0x2000) if chr(code) not in AMS.values() and encode(chr(code)).isascii()
        ]
        plain = [*TEXT.values(), *MATH.values(), *"–—“”‘’„‚«»\u2003\u2009", "1̅", "x⃗", "o͡o", "⊄", "⅓", "𝑥"]
        self._compile(tmp_path, "T1", "", [*letters, *plain])

    def test_amssymb_prints_the_rest(self, tmp_path: Path) -> None:
        doubled = [ALPHABETS[name][letter] for name in ("mathbb", "mathfrak") for letter in "ABCDNRZ"]
        self._compile(tmp_path, "T1", r"\usepackage{amssymb}", [*AMS.values(), *doubled])

    def test_the_usual_letters_need_no_font_encoding(self, tmp_path: Path) -> None:
        self._compile(tmp_path, "OT1", "", [*"éèêëēėçñöőøßåÅłŁšžřūůİıșțṣæœ–—“”’§©≤α°•"])

    def test_pdflatex_prints_what_is_escaped(self, tmp_path: Path) -> None:
        signs = "".join(chr(code) for code in range(33, 127))
        self._compile(tmp_path, "OT1", "", [], escape(signs + ' "x" – — \u00a0 <i> {a} \\foo %'))

    def _compile(self, folder: Path, encoding: str, packages: str, signs: list[str], body: str = "") -> None:
        lines = [*(f"x{encode(sign)}y" for sign in signs), body]
        head = rf"\documentclass{{article}}\usepackage[{encoding}]{{fontenc}}{packages}\begin{{document}}"
        (folder / "a.tex").write_text("\n".join([head, *lines, r"\end{document}"]), encoding="ascii")
        command = ["pdflatex", "-draftmode", "-interaction=nonstopmode", "-halt-on-error", "a.tex"]
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, errors="replace", check=False)
        assert done.returncode == 0, done.stdout[-2000:]
        assert not re.search("Missing character|undefined", (folder / "a.log").read_text("latin-1"))

    @pytest.mark.skipif(not shutil.which("bibtex"), reason="bibtex is not installed")
    def test_bibtex_leaves_protected_capitals_and_written_letters_alone(self, tmp_path: Path) -> None:
        titles = {
            "a": "Training GPT-3 and mRNA with the help of Bayes: Results in 3D",
            "b": r"In {\'E}cosse with \'Ecrits by Öland little matters there: Örtlich, about \LaTeX{} and $L^2$",
        }
        entries = [f"@misc{{{key},\n title = {{{encode(protect(title))}}}\n}}\n" for key, title in titles.items()]
        (tmp_path / "a.bib").write_text("".join(entries), encoding="ascii")
        (tmp_path / "a.aux").write_text("\\citation{*}\n\\bibstyle{plain}\n\\bibdata{a}\n", encoding="ascii")
        subprocess.run(["bibtex", "a"], cwd=tmp_path, capture_output=True, check=False)
        printed = " ".join((tmp_path / "a.bbl").read_text("ascii").split())
        for title in titles.values():
            assert decode(title) in decode(printed)
