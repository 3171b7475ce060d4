"""What check finds nothing in, LaTeX, BibTeX and biber have nothing to say of either."""

import re
from dataclasses import replace
from pathlib import Path

import pytest

from bibman.formats.bibtex_writer import write
from bibman.model.checks.checking import check
from bibman.model.entry import Entry, Field
from bibman.model.vocabulary import BIBTEX_TYPES, KNOWN_TYPES, REFERENCE_FIELDS, Dialect
from tests.formats.bibtex_texts import parents_last
from tests.latex.conftest import STYLES, Compile, Style
from tests.model.check_files import GOLDEN, read, surroundings

# biber says of a year in words, which it prints, and of two ISBNs, that they are not as it would have them.
SORTING = re.compile(r"is not an integer - this will probably not sort properly|ISBN '\d+ \d+' in entry .* is invalid")
HYPERREF = r"\usepackage{hyperref}"

pytestmark = pytest.mark.latex


def sound(dialect: Dialect) -> list[Entry]:
    """The entries of all files in which nothing at all is found, under keys that say from which file they are."""
    # A style's own type is one that `plain` does not define, and says so.
    types = KNOWN_TYPES if dialect == "biblatex" else BIBTEX_TYPES
    found = []
    for path in sorted(GOLDEN.glob("*.bib")):
        entries, macros = read(path)
        around = surroundings(entries, macros, dialect)
        kept = [entry for entry in entries if not check(entry, around)]
        found += [_of_file(path, entry) for entry in kept if entry.type in types]
    return found


def _of_file(path: Path, entry: Entry) -> Entry:
    fields = tuple(
        Field(field.name, ",".join(f"{path.stem}-{key.strip()}" for key in field.value.split(",")))
        if field.name in REFERENCE_FIELDS
        else field._replace(expression=None)
        for field in entry.fields
        if field.name != "ids"
    )
    return replace(entry, key=f"{path.stem}-{entry.key}", fields=fields)


@pytest.mark.parametrize("style", [STYLES[0], STYLES[-1]], ids=lambda style: style.name)
def test_sound_entries_compile_without_a_word(style: Style, compile_paper: Compile) -> None:
    dialect: Dialect = "bibtex" if style.backend == "bibtex" else "biblatex"
    entries = list(parents_last(sound(dialect)))
    assert len(entries) > 100
    style = replace(style, preamble=style.preamble + HYPERREF)
    compiled = compile_paper(style, "".join(write(entries, dialect)), [entry.key for entry in entries])
    assert [each for each in compiled.complaints if not SORTING.search(each)] == []
    assert compiled.items == len(entries)
