"""What is converted to BibLaTeX is what biber's own data model expects, whatever BibTeX's types and fields are used."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from bibman.formats.bibtex_writer import write
from bibman.model.entry import Entry, Field
from bibman.model.vocabulary import BIBTEX_TYPES

pytestmark = pytest.mark.latex

# All fields that each type of BibTeX may have (btxdoc, 3.1), and those that its users add.
FIELDS = {
    "article": "author title journal year volume number pages month note",
    "book": "author title publisher year volume series address edition month note",
    "booklet": "author title howpublished address month year note",
    "inbook": "author title chapter pages publisher year volume series type address edition month note",
    "incollection": "author title booktitle publisher year editor volume series type chapter pages address edition"
    " month note",
    "inproceedings": "author title booktitle year editor volume series pages address month organization publisher note",
    "conference": "author title booktitle year editor volume series pages address month organization publisher note",
    "manual": "author title organization address edition month year note",
    "mastersthesis": "author title school year address month note",
    "misc": "author title howpublished month year note",
    "phdthesis": "author title school year type address month note",
    "proceedings": "editor title year volume series address month organization publisher note",
    "techreport": "author title institution year type number address month note",
    "unpublished": "author title note month year",
}
ADDED = " key annote eprint archiveprefix primaryclass doi url keywords abstract"
VALUES = {
    "author": "Knuth, Donald E.", "editor": "Doe, Jane", "year": "2020", "edition": "Second", "pages": "1--2",
    "volume": "1", "doi": "10.1000/x", "url": "https://example.org", "eprint": "2302.07459", "archiveprefix": "arXiv",
    "primaryclass": "cs.CL",
}  # fmt: skip


def test_biber_finds_nothing_wrong_with_any_type(tmp_path: Path) -> None:
    if shutil.which("biber") is None:
        pytest.skip("biber is not installed")
    assert set(FIELDS) == BIBTEX_TYPES
    works = [
        Entry(
            type_,
            type_,
            tuple(
                Field(name, "May", "may") if name == "month" else Field(name, VALUES.get(name, name.title()))
                for name in (names + ADDED).split()
            ),
        )
        for type_, names in FIELDS.items()
    ]
    (tmp_path / "works.bib").write_text("".join(write(works, "biblatex")), encoding="utf-8")
    done = subprocess.run(
        ("biber", "--tool", "--validate-datamodel", "works.bib"),
        cwd=tmp_path, capture_output=True, text=True, check=False, timeout=300,
    )  # fmt: skip
    found = re.findall(
        r"(?:WARN|ERROR) - (?:Datamodel: Entry '(\w+)' \(works\.bib\): )?(.*)", done.stdout + done.stderr
    )
    # BibTeX's `type` of a chapter ("Section") is the one field that BibLaTeX has no word for.
    assert found == [
        ("inbook", "Invalid field 'type' for entrytype 'book'"),
        ("incollection", "Invalid field 'type' for entrytype 'incollection'"),
    ]
