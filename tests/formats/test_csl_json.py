"""CSL-JSON: the objects of a text, and the works that they describe."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bibman.formats.csl_json import FIELDS, TYPES, is_csl, objects, read_csl
from bibman.model.names import Name
from bibman.model.vocabulary import BIBLATEX_TYPES

ITEM: dict[str, Any] = {
    "id": "doe2022",
    "type": "article-journal",
    "title": "On <i>warm</i> keyboards &amp; cats",
    "author": [
        {"family": "Berg", "given": "Ann", "non-dropping-particle": "van der", "suffix": "Jr."},
        {"literal": "The Cat Group"},
    ],
    "issued": {"date-parts": [[2022, 9, 5]]},
    "accessed": {"date-parts": [["2023", "1"]]},
    "container-title": "Journal of Warmth",
    "volume": 33,
    "issue": "2",
    "page": "1-9",
    "DOI": "https://doi.org/10.1000/182",
    "URL": "https://example.org/",
    "abstract": "<jats:p>Cats sleep.</jats:p>",
}


def test_an_item_becomes_a_record() -> None:
    assert is_csl(ITEM)
    record = read_csl(ITEM)
    assert record.type == "article"
    assert record.texts == {
        "title": "On warm keyboards & cats",
        "date": "2022-09-05",
        "urldate": "2023-01",
        "journaltitle": "Journal of Warmth",
        "volume": "33",
        "number": "2",
        "pages": "1-9",
        "doi": "10.1000/182",
        "url": "https://example.org/",
        "abstract": "Cats sleep.",
    }
    assert record.names["author"] == (Name("Berg", "Ann", "van der", "Jr."), Name(literal="The Cat Group"))


@pytest.mark.parametrize(
    ("issued", "date"),
    [
        ({"date-parts": [[2022]]}, "2022"),
        ({"date-parts": [[2022, 1], [2023, 2]]}, "2022-01/2023-02"),
        ({"date-parts": [[-44]]}, "-0044"),
        ({"raw": "May 2019"}, "May 2019"),
        ({"literal": "in press"}, "in press"),
        ({"date-parts": [[None]]}, None),
        ({"date-parts": [["x"]]}, None),
        ({}, None),
        (None, None),
        ("2020", None),
    ],
)
def test_dates_are_read_as_csl_writes_them(issued: object, date: str | None) -> None:
    assert read_csl(ITEM | {"issued": issued}).texts.get("date") == date


def test_containers_and_publishers_go_where_biblatex_has_them() -> None:
    assert read_csl(ITEM | {"type": "chapter"}).texts["booktitle"] == "Journal of Warmth"
    assert read_csl(ITEM | {"type": "thesis", "publisher": "ETH"}).texts["institution"] == "ETH"


def test_crossrefs_lists_of_titles_are_read() -> None:
    record = read_csl({"type": "journal-article", "title": ["Cats"], "container-title": ["J. Cats", "JC"], "DOI": "x"})
    assert (record.texts["title"], record.texts["journaltitle"]) == ("Cats", "J. Cats")


def test_a_preprint_of_arxiv_has_its_id() -> None:
    item = {"type": "article", "title": "Toy Models", "number": "arXiv:2209.10652", "publisher": "arXiv"}
    record = read_csl(item)
    assert (record.texts["eprint"], record.texts["eprinttype"], record.type) == ("2209.10652", "arxiv", "online")
    assert "number" not in record.texts


@pytest.mark.parametrize("item", [{}, {"type": "book"}, {"type": "cat", "title": "A"}, {"type": "book", "title": " "}])
def test_what_is_no_work_is_told(item: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"no title|no \"type\""):
        read_csl(item)


def test_every_type_is_biblatexs() -> None:
    assert set(TYPES.values()) <= BIBLATEX_TYPES
    assert all(name == name.lower() for name in FIELDS.values())


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@given(
    st.lists(st.dictionaries(st.text(max_size=5), VALUES, max_size=3), max_size=6), st.integers(1, 30), st.booleans()
)
def test_objects_are_found_however_the_text_is_cut(items: list[Any], size: int, is_array: bool) -> None:
    text = json.dumps(items, indent=1) if is_array else "\n".join(map(json.dumps, items))
    pieces = [text[at : at + size] for at in range(0, len(text), size)]
    assert [value for _, value in objects(pieces)] == items


def test_objects_say_where_they_stand() -> None:
    assert [line for line, _ in objects(['[\n{"a": 1},\n', '{"b":\n2}\n,', '{"c": 3}]'])] == [2, 3, 5]


@pytest.mark.parametrize("text", ['[{"a": 1},\nnonsense]', '[{"a": 1},\n{"b": ', '[{"a": 1},\n{"b" 2}]'])
def test_broken_json_ends_with_its_line(text: str) -> None:
    found = objects([text])
    assert next(found) == (1, {"a": 1})
    with pytest.raises(ValueError, match="line 2: not JSON"):
        next(found)
