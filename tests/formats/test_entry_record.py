"""The record that an entry is."""

import pytest

from bibman.formats.bibtex_reader import read
from bibman.formats.entry_record import entry_record
from bibman.model.names import Name
from bibman.model.record import Record


def record(text: str) -> Record:
    return entry_record(read(text).entries[0])


def test_an_entry_of_bibtex_becomes_a_record_in_unicode() -> None:
    found = record(
        r"""@string{jw = "Journal of Warmth"} @conference{k, title = {On {\"O}rsted's {Cats}}, year = 2022, month = sep,
        author = {van der Berg, Ann and {The Cat Group} and others}, booktitle = jw # " and Sleep", pages = {1--9},
        archivePrefix = {arXiv}, eprint = {2209.10652}, keywords = {mine}, note = {mine}, url = {https://x.org/a_b}}"""
    )
    assert found.type == "inproceedings"
    assert found.texts == {
        "title": "On Örsted's Cats",
        "date": "2022-09",
        "booktitle": "Journal of Warmth and Sleep",
        "pages": "1–9",
        "eprinttype": "arxiv",
        "eprint": "2209.10652",
        "url": "https://x.org/a_b",
    }
    assert found.names == {"author": (Name("Berg", "Ann", "van der"), Name(literal="The Cat Group"))}


def test_a_subtitle_is_part_of_the_title() -> None:
    assert record("@book{k, title = {Cats}, subtitle = {A Study}}").texts == {"title": "Cats: A Study"}


def test_an_entry_without_title_is_no_work() -> None:
    with pytest.raises(ValueError, match="no title"):
        record("@misc{k, author = {Doe, Ann}}")
