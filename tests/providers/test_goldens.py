"""What is read in the answers of services, each compared with what stands in them."""

import json
import random
import re
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bibman.model.names import Name
from bibman.model.record import record_fields
from bibman.model.vocabulary import BIBLATEX_TYPES, FIELD_ORDER
from bibman.providers.service import UnreadableError, Work
from tests.providers.goldens import FILES, READERS, described, reader

READABLE = [file for file in FILES if file.name != "arxiv-error.xml"]


@pytest.mark.parametrize("file", READABLE, ids=lambda file: file.stem)
def test_an_answer_is_read_as_what_it_says(file: Path) -> None:
    expected = json.loads(file.with_suffix(".expected.json").read_text("utf-8"))
    found = reader(file)(file.read_bytes())
    assert [described(each) if isinstance(each, Work) else each for each in found] == expected


def test_the_entry_that_tells_an_error_is_no_paper() -> None:
    (file,) = set(FILES) - set(READABLE)
    with pytest.raises(UnreadableError, match=r"an error: incorrect id format for 1706\.0376x"):
        reader(file)(file.read_bytes())


@pytest.mark.parametrize("module", READERS)
def test_types_are_those_of_biblatex(module: str) -> None:
    loaded = import_module(f"bibman.providers.{module}")
    tables = [table for name, table in vars(loaded).items() if name in ("TYPES", "_TYPES", "_BY_BIBTEX")]
    assert {type_ for table in tables for type_ in table.values()} <= BIBLATEX_TYPES


@pytest.mark.parametrize("file", READABLE, ids=lambda file: file.stem)
def test_fields_are_those_that_an_entry_has(file: Path) -> None:
    works = [each for each in reader(file)(file.read_bytes()) if isinstance(each, Work)]
    fields = {name for work in works for name in (*work.record.texts, *work.record.names)}
    # Fields of BibLaTeX (manual, 2.2.2) that export puts after those it orders, and two of PubMed's.
    assert fields - set(FIELD_ORDER) <= {"eventtitle", "pagetotal", "pmcid", "pmid", "venue"}
    assert {work.record.type for work in works} <= BIBLATEX_TYPES


def leaves(value: Any, chance: random.Random) -> Any:
    """The same JSON, with other things in some of its places."""
    if chance.random() < 0.08:
        return chance.choice(
            [None, True, 0, -1.5, 10**30, "", "x", [], {}, [[]], [None], {"a": 1}, "\ud800\x00", "<p>"]
        )
    if isinstance(value, dict):
        return {name: leaves(each, chance) for name, each in value.items()}
    if isinstance(value, list):
        return [leaves(each, chance) for each in value] * chance.choice([1, 1, 1, 2])
    return value


def is_sound(work: Work) -> bool:
    """Whether a work can become an entry: texts and names that UTF-8 can write, a title, and nothing else."""
    fields = record_fields(work.record)
    assert all(each.value.encode("utf-8") for each in fields)
    assert all(isinstance(value, str) and value for value in work.record.texts.values())
    assert all(isinstance(name, Name) for people in work.record.names.values() for name in people)
    return bool(work.record.texts["title"]) and all(isinstance(each.value, str) for each in work.identifiers)


@pytest.mark.parametrize("file", [file for file in FILES if file.suffix == ".json"], ids=lambda file: file.stem)
@given(chance=st.randoms(use_true_random=False))
def test_json_with_anything_in_it_is_read_or_refused(file: Path, chance: random.Random) -> None:
    other = json.dumps(leaves(json.loads(file.read_bytes()), chance)).encode()
    try:
        found = reader(file)(other)
    except UnreadableError:
        return
    assert all(not isinstance(each, Work) or is_sound(each) for each in found)


@pytest.mark.parametrize("file", [file for file in FILES if file.suffix == ".xml"], ids=lambda file: file.stem)
@given(chance=st.randoms(use_true_random=False))
def test_xml_with_pieces_missing_or_changed_is_read_or_refused(file: Path, chance: random.Random) -> None:
    pieces = re.split(r"(<[^>]*>)", file.read_text("utf-8"))
    other = "".join(
        piece if chance.random() > 0.05 else chance.choice(["", "x", "<a/>", "999999999999", "&#xfffd;", "2020"])
        for piece in pieces
    )
    try:
        found = reader(file)(other.encode())
    except UnreadableError:
        return
    assert all(map(is_sound, found))


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
@given(bytes_=st.binary(max_size=50), place=st.floats(0, 1))
def test_an_answer_with_any_bytes_in_it_is_read_or_refused(file: Path, bytes_: bytes, place: float) -> None:
    whole = file.read_bytes()
    at = int(len(whole) * place)
    try:
        reader(file)(whole[:at] + bytes_ + whole[at:])
    except UnreadableError:
        return
