"""A record in the words of the entry beside which it is to stand."""

import pytest

from bibman.formats.bibtex_reader import read
from bibman.formats.record_entry import described_by, dialect_of
from bibman.model.entry import Entry
from bibman.model.names import Name
from bibman.model.record import Record


def entry(text: str) -> Entry:
    return read(text).entries[0]


RECORD = Record(
    "inproceedings",
    {
        "title": "Bees & RNA",
        "subtitle": "A Study",
        "booktitle": "HIVE 2020",
        "eventtitle": "Hive Conference",
        "date": "2020-07-03",
        "pages": "1–9",
        "doi": "10.1000/a_b",
        "abstract": "We look at bees ...",
    },
    {"author": (Name("Wabe", "Ada"),)},
)


@pytest.mark.parametrize(
    ("text", "dialect"),
    [
        ("@article{k, journal = {J}}", "bibtex"),
        ("@misc{k, title = {T}, year = 2020}", "bibtex"),
        ("@phdthesis{k, title = {T}}", "bibtex"),
        ("@article{k, journaltitle = {J}, year = 2020}", "biblatex"),
        ("@online{k, title = {T}}", "biblatex"),
        ("@article{k, title = {T}}", "biblatex"),
    ],
)
def test_fields_and_type_tell_the_dialect(text: str, dialect: str) -> None:
    assert dialect_of(entry(text)) == dialect


def test_a_record_is_told_in_bibtex_to_an_entry_of_bibtex() -> None:
    described = described_by(RECORD, entry("@misc{k, year = 2019}"))
    assert (described.key, described.type) == ("k", "inproceedings")
    assert {field.name: field.written for field in described.fields} == {
        "author": "Wabe, Ada",
        "title": r"Bees \& {RNA}: A Study",
        "booktitle": "HIVE 2020",
        "year": "2020",
        "month": "jul",
        "pages": "1--9",
        "doi": "10.1000/a_b",
    }


def test_and_in_biblatex_to_one_of_biblatex() -> None:
    described = described_by(RECORD, entry("@online{k, date = 2019}"))
    assert {field.name: field.value for field in described.fields if field.name not in ("author", "pages", "doi")} == {
        "title": r"Bees \& {RNA}",
        "subtitle": "A Study",
        "booktitle": "HIVE 2020",
        "eventtitle": "Hive Conference",
        "date": "2020-07-03",
    }


def test_how_a_preprint_is_cited_is_no_field_of_it() -> None:
    preprint = Record("online", {"title": "T", "eprint": "1901.00001", "eprinttype": "arxiv"})
    described = described_by(preprint, entry("@misc{k, year = 2019}"))
    assert {field.name: field.value for field in described.fields} == {
        "title": "T",
        "eprint": "1901.00001",
        "archiveprefix": "arXiv",
    }
