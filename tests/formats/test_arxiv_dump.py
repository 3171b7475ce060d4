"""arXiv's metadata dump: a line and the preprint that it describes."""

from typing import Any

import pytest

from bibman.formats.arxiv_dump import is_arxiv, read_arxiv
from bibman.model.names import Name

LINE: dict[str, Any] = {
    "id": "0704.0001",
    "submitter": "Ann Doe",
    "authors": 'A. Doe, H. M. M\\"uller, S. J. van Enk and the BEE Collaboration',
    "title": "Measuring $\\alpha$ among\n  warm keyboards",
    "comments": "37 pages",
    "journal-ref": "Phys.Rev.D76:013009,2007",
    "doi": "10.1103/PhysRevD.76.013009",
    "report-no": None,
    "categories": "hep-ph math.CO",
    "abstract": "  Cats sleep on warm\nkeyboards. We show that Erd\\H{o}s was right.\n",
    "versions": [{"version": "v1", "created": "Mon, 2 Apr 2007 19:18:42 GMT"}, {"version": "v2", "created": "x"}],
    "update_date": "2008-11-26",
    "authors_parsed": [
        ["Doe", "A.", ""],
        ['M\\"uller', "H. M.", "Jr."],
        ["van Enk", "S. J.", ""],
        ["BEE Collaboration", "", ""],
    ],
}


def test_a_line_becomes_a_preprint() -> None:
    assert is_arxiv(LINE)
    record = read_arxiv(LINE)
    assert record.type == "online"
    assert record.texts == {
        "title": "Measuring α among warm keyboards",
        "date": "2007-04-02",
        "eprint": "0704.0001",
        "eprinttype": "arxiv",
        "eprintclass": "hep-ph",
        "doi": "10.1103/PhysRevD.76.013009",
        "addendum": "Phys.Rev.D76:013009,2007",
        "abstract": "Cats sleep on warm keyboards. We show that Erdős was right.",
    }
    assert record.names["author"] == (
        Name("Doe", "A."),
        Name("Müller", "H. M.", "", "Jr."),
        Name("Enk", "S. J.", "van"),
        Name(literal="BEE Collaboration"),
    )


def test_one_that_was_not_published_has_arxivs_own_doi() -> None:
    record = read_arxiv(LINE | {"doi": None, "journal-ref": None})
    assert record.texts["doi"] == "10.48550/arXiv.0704.0001"
    assert "addendum" not in record.texts


def test_old_ids_are_read() -> None:
    assert read_arxiv(LINE | {"id": "hep-th/9901001"}).texts["eprint"] == "hep-th/9901001"


@pytest.mark.parametrize("field", ["versions", "authors_parsed", "abstract", "categories", "doi"])
def test_what_is_missing_is_left_out(field: str) -> None:
    record = read_arxiv({name: value for name, value in LINE.items() if name != field})
    assert record.texts["title"]


@pytest.mark.parametrize(("field", "reason"), [("id", 'no "id"'), ("title", "no title")])
def test_a_line_without_id_or_title_is_no_work(field: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        read_arxiv(LINE | {field: None})


def test_other_objects_are_not_arxivs() -> None:
    assert not is_arxiv({"type": "book", "title": "A"})
    assert not is_arxiv({"id": "x", "type": "book", "title": "A", "issued": {}})
