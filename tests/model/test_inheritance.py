"""What an entry inherits: BibTeX's rule of the missing field, and BibLaTeX's of the title."""

import pytest

from bibman.model.entry import Entry, Field
from bibman.model.inheritance import completed, inherited, parent_keys


def entry(type_: str, **fields: str) -> Entry:
    return Entry("k", type_, tuple(Field(*field) for field in fields.items()))


@pytest.mark.parametrize(
    ("child", "parent", "found"),
    [
        (entry("inproceedings"), entry("proceedings", title="P", year="2000"), {"booktitle": "P", "year": "2000"}),
        (entry("conference"), entry("proceedings", title="P"), {"booktitle": "P"}),
        (entry("inproceedings"), entry("proceedings", title="P", booktitle="B"), {"booktitle": "B"}),
        (entry("inproceedings", booktitle="O"), entry("proceedings", title="P"), {"booktitle": "O"}),
        (entry("article"), entry("periodical", title="J", date="2001-02"), {"journaltitle": "J", "date": "2001-02"}),
        (entry("article", journal="O"), entry("periodical", title="J"), {"journaltitle": "O"}),
        (entry("article"), entry("article", journal="J", title="T"), {"journaltitle": "J"}),
        (entry("inbook"), entry("mvbook", title="M"), {"maintitle": "M"}),
        (entry("misc"), entry("book", title="B", note="n"), {}),
        (entry("misc", year="1999"), entry("book", year="2000", month="5"), {"year": "1999"}),
        (entry("misc", month="4"), entry("book", year="2000", month="5"), {"month": "4", "year": "2000"}),
        (entry("misc", date="1999"), entry("book", year="2000"), {"date": "1999"}),
    ],
)
def test_a_field_that_is_missing_is_that_of_the_parent(child: Entry, parent: Entry, found: dict[str, str]) -> None:
    assert {field.name: field.value for field in inherited(child, [parent]).fields} == found


def test_the_nearest_parent_is_asked_first() -> None:
    assert parent_keys(entry("misc", crossref="c", xdata="a, b")) == ["a", "b", "c"]
    assert inherited(entry("misc"), [entry("xdata", year="1"), entry("book", year="2")]).get("year") == "1"


@pytest.mark.parametrize(
    ("child", "parent", "found"),
    [
        (
            entry("inproceedings", title="C"),
            entry("proceedings", title="P", subtitle="S", editor="E", doi="10.1/p", pages="1-500"),
            {"title": "C", "booktitle": "P", "editor": "E"},
        ),
        (entry("inbook", editor="O"), entry("book", editor="E", publisher="P"), {"editor": "O", "publisher": "P"}),
        (entry("book", address="O"), entry("xdata", location="L", url="u"), {"address": "O", "url": "u"}),
        (entry("book", year="1999"), entry("xdata", date="2000", options="o"), {"year": "1999"}),
    ],
)
def test_a_part_is_completed_by_what_describes_it(child: Entry, parent: Entry, found: dict[str, str]) -> None:
    assert {field.name: field.value for field in completed(child, [parent]).fields} == found
