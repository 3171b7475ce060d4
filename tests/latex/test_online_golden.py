"""What services describe, as bibman exports it, compiles without a word of complaint."""

import re

import pytest

from tests.cli.world import GOLDEN
from tests.latex.conftest import STYLES, Compile, Style

pytestmark = pytest.mark.latex


@pytest.mark.parametrize("style", STYLES, ids=lambda style: style.name)
def test_what_services_describe_compiles(style: Style, compile_paper: Compile) -> None:
    dialect = "bibtex" if style.backend == "bibtex" else "biblatex"
    library = (GOLDEN / f"{dialect}.bib").read_text(encoding="utf-8")
    keys = re.findall(r"^@\w+\{(.+),$", library, re.MULTILINE)
    compiled = compile_paper(style, library, keys)
    assert compiled.complaints == []
    assert compiled.items == len(keys)
