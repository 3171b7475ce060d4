"""What a catalogue is built from, told by its content."""

import json
from pathlib import Path

import pytest

from bibman.model.record import Record
from bibman.providers.catalogue_sources import items, kind_of

WORK = {"type": "book", "title": "Bees"}
CSL = {"id": "a", "type": "book", "title": "Bees", "issued": {"date-parts": [[1999]]}}
ARXIV = {"id": "0704.0001", "title": "Bees", "categories": "q-bio", "versions": [], "authors_parsed": []}


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (json.dumps(WORK), "works"),
        (json.dumps(CSL), "csl lines"),
        (json.dumps([CSL], indent=2), "csl"),
        (json.dumps(CSL, indent=2), "csl"),
        (json.dumps(ARXIV), "arxiv"),
        (json.dumps({"abstract": "x" * 70_000} | ARXIV)[:65_536], "works"),
        (json.dumps(ARXIV | {"abstract": "x" * 70_000})[:65_536], "arxiv"),
        ("% mine\n\n@book{a, title = {Bees}}", "bib"),
        ("@string(a = {b})", "bib"),
        ("\ufeff" + json.dumps(CSL), "csl lines"),
        ("nothing of the kind", "works"),
        ("", "works"),
    ],
)
def test_a_file_is_taken_for_what_it_has(content: str, kind: str) -> None:
    assert kind_of(content.encode()) == kind


def read(file: Path) -> list[Record | str]:
    seen: list[bytes] = []
    found: list[Record | str] = []
    for line, read_it in items(file, seen.append):
        try:
            found.append(read_it())
        except ValueError as error:
            found.append(f"{line}: {error}")
    assert b"".join(seen) == file.read_bytes()
    return found


@pytest.mark.parametrize(
    "content",
    [json.dumps(WORK), json.dumps(CSL), json.dumps([CSL]), json.dumps(ARXIV), "@book{a, title = {Bees}}"],
)
def test_every_kind_of_file_gives_its_works(tmp_path: Path, content: str) -> None:
    file = tmp_path / "file"
    file.write_text(content, encoding="utf-8")
    (found,) = read(file)
    assert isinstance(found, Record)
    assert found.texts["title"] == "Bees"


def test_what_is_no_work_says_where_and_why(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("@book{a, title = {Bees}}\n@misc{b}\n@misc{c, title {x}}\n", encoding="utf-8")
    bees, bare, broken = read(file)
    assert isinstance(bees, Record)
    assert bare == "2: no title"
    assert str(broken).startswith("3: ")
    file.write_text(json.dumps([CSL, 7, CSL | {"author": 7}])[:-1] + ",\noops", encoding="utf-8")
    assert read(file)[1:2] + read(file)[3:] == ["1: not a JSON object", "2: not JSON; what follows was not read"]
    file.write_text(json.dumps(ARXIV) + "\n" + json.dumps(ARXIV | {"authors_parsed": 7}), encoding="utf-8")
    assert read(file)[1] == "2: a value is of another kind than it should be"


def test_macros_are_those_of_their_place(tmp_path: Path) -> None:
    file = tmp_path / "file.bib"
    file.write_text("@string{a = {Bees}} @misc{x, title = a} @string{a = {Ants}} @misc{y, title = a}", encoding="utf-8")
    first, second = [each.read for each in list(items(file, lambda _: None))]
    assert (second().texts["title"], first().texts["title"]) == ("Ants", "Bees")


PROCEEDINGS = """@proceedings{BeesProc, title = {Proceedings of Bees}, year = 2001, month = may, editor = {Doe, Ann},
  publisher = pub, doi = {10.1000/all}, isbn = {9780306406157}, abstract = {All}, crossref = "series", note = {Mine}}
"""
CHILD = "@inproceedings{a, title = {Bees on roofs}, author = {Roe, Jo}, pages = {1-9}, crossref = {beesproc}}\n"
SHARED = "@xdata{series, series = {Lecture Notes}, location = {Rome}}\n"


@pytest.mark.parametrize("order", [CHILD + PROCEEDINGS, PROCEEDINGS + CHILD], ids=["parent last", "parent first"])
def test_a_part_has_what_it_inherits_from_its_whole(tmp_path: Path, order: str) -> None:
    file = tmp_path / "file.bib"
    file.write_text("@string{pub = {ACM}}\n" + order + SHARED.replace("series,", "more,"), encoding="utf-8")
    child = next(each for each in read(file) if isinstance(each, Record) and each.type == "inproceedings")
    assert child.texts == {
        "title": "Bees on roofs",
        "pages": "1-9",
        "date": "2001-05",
        "booktitle": "Proceedings of Bees",
        "publisher": "ACM",
        "isbn": "9780306406157",
    }
    assert {role: [name.family for name in people] for role, people in child.names.items()} == {
        "author": ["Roe"],
        "editor": ["Doe"],
    }


def test_what_is_shared_is_inherited_by_all_and_no_work(tmp_path: Path) -> None:
    file = tmp_path / "file.bib"
    file.write_text(SHARED + PROCEEDINGS.replace("crossref", "xdata") + CHILD, encoding="utf-8")
    found = read(file)
    assert [isinstance(each, Record) and each.texts.get("series") for each in found] == ["Lecture Notes"] * 2
    assert [isinstance(each, Record) and each.texts.get("location") for each in found] == ["Rome"] * 2


def test_forebears_in_a_circle_are_no_trouble(tmp_path: Path) -> None:
    file = tmp_path / "file.bib"
    circle = (
        "@book{a, title = {A}, crossref = {b}}\n@book{b, title = {B}, crossref = {a}, publisher = {P}, year = 1999}"
    )
    file.write_text(circle + "\n@book{c, title = {C}, crossref = {c}}\n", encoding="utf-8")
    one, other, alone = read(file)
    assert isinstance(one, Record)
    assert (one.texts["publisher"], one.texts["date"]) == ("P", "1999")
    assert isinstance(other, Record)
    assert other.texts["title"] == "B"
    assert isinstance(alone, Record)
    assert alone.texts == {"title": "C"}
