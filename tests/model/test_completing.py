"""What a record says beside what an entry has: what is missing, what is fuller, what differs."""

from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bibman.model.completing import (
    Standing,
    completed,
    completions,
    contradiction,
    inherited_names,
    may_be_meant,
)
from bibman.model.entry import Entry, Field
from bibman.model.identifiers import Identifier
from bibman.model.merging import field_group
from bibman.model.traits import traits_of

TITLE: Final = "Bees that cool their hives by dancing"


def entry(kind: str = "article", **fields: str) -> Entry:
    return Entry("k", kind, tuple(Field(name, value) for name, value in fields.items()))


def values(found: Entry) -> dict[str, str]:
    return {field.name: field.value for field in found.fields}


def standings(one: Entry, *described: Entry, **options: frozenset[str]) -> dict[str, str]:
    return {each.name: str(each.standing) for each in completions(one, described, **options)}


@pytest.mark.parametrize(
    ("mine", "theirs", "expected"),
    [
        ({}, {"volume": "12"}, {"volume": "missing"}),
        ({"volume": "12"}, {"volume": "12"}, {}),
        ({"volume": "12"}, {"volume": "13"}, {"volume": "says otherwise"}),
        ({"year": "2019"}, {"date": "2019-03-04"}, {}),
        ({"year": "2019"}, {"date": "2020-03-04"}, {"date": "says otherwise"}),
        ({"journal": "Phys. Rev. Lett."}, {"journaltitle": "Physical Review Letters"}, {}),
        ({"journal": "PRL"}, {"journaltitle": "Physical Review Letters"}, {}),
        ({"journal": "Nature"}, {"journaltitle": "Physical Review Letters"}, {"journaltitle": "says otherwise"}),
        ({"issue": "3"}, {"number": "3"}, {}),
        ({"eid": "e12"}, {"pages": "1--9"}, {}),
        ({"pages": "1"}, {"pages": "1--9"}, {"pages": "says more"}),
        ({"pages": "1-9"}, {"pages": "1--9"}, {}),
        ({"title": TITLE}, {"title": TITLE.upper()}, {}),
        ({"title": TITLE}, {"title": f"{TITLE}: A Study"}, {"title": "says more"}),
        ({"title": f"{TITLE}: A Study"}, {"title": TITLE, "subtitle": "A Study"}, {}),
        ({"author": "Doe, J."}, {"author": "Doe, Jane"}, {"author": "says more"}),
        ({"author": "Doe, Jane"}, {"author": "Doe, J."}, {}),
        ({"author": "Jane Doe"}, {"author": "Doe, Jane"}, {}),
        ({"author": "Doe, Jane and Roe, Ann"}, {"author": "Doe, Jane and Poe, Sue"}, {"author": "says otherwise"}),
        ({"publisher": "ACM"}, {"publisher": "Association for Computing Machinery"}, {}),
        ({"doi": "10.1000/A"}, {"doi": "https://doi.org/10.1000/a"}, {}),
        ({"doi": "10.1000/a"}, {"doi": "10.1000/b"}, {"doi": "says otherwise"}),
        ({"doi": "10.1000/a"}, {"url": "https://x.org", "doi": "10.1000/a"}, {}),
        ({}, {"url": "https://x.org"}, {"url": "missing"}),
        ({}, {"note": "theirs", "keywords": "a", "urldate": "2020", "file": "x.pdf"}, {}),
        ({}, {"abstract": "We look."}, {"abstract": "missing"}),
        ({"abstract": "Mine."}, {"abstract": "We look."}, {}),
    ],
    ids=str,
)
def test_how_a_record_stands_to_an_entry(
    mine: dict[str, str], theirs: dict[str, str], expected: dict[str, str]
) -> None:
    assert standings(entry(**mine), entry(**theirs)) == expected


def test_the_first_record_that_says_something_of_a_field_is_heard() -> None:
    first, second = entry(volume="12"), entry(volume="13", number="3")
    found = {each.name: each.value for each in completions(entry(), [first, second])}
    assert found == {"volume": "12", "number": "3"}
    assert standings(entry(volume="12"), first, second) == {"number": "missing"}


def test_what_stands_in_another_kind_of_place_is_not_filled_in() -> None:
    described = entry("inproceedings", booktitle="HIVE", publisher="Wax", pages="1--9", doi="10.1000/1")
    assert standings(entry("article", journal="J. Tests"), described) == {"pages": "missing", "doi": "missing"}


def test_a_vague_type_changes_only_where_it_is_wanted() -> None:
    described = entry("article", journaltitle="J. Tests")
    assert standings(entry("misc"), described) == {"entrytype": "says otherwise"}
    wanted = completions(entry("misc"), [described], replaced=frozenset(("entrytype",)))
    assert values(completed(entry("misc"), wanted)) == {"journaltitle": "J. Tests"}
    assert completed(entry("misc"), wanted).type == "article"
    assert standings(entry("inproceedings"), described) == {}


def test_a_preprint_says_nothing_of_where_its_publication_appeared() -> None:
    preprint = entry("online", eprint="1901.00001", eprinttype="arxiv", date="2019", organization="arXiv")
    assert standings(entry(journal="J. Tests", year="2020"), preprint) == {"eprint": "missing"}
    assert standings(entry(journal="J. Tests"), preprint) == {"eprint": "missing"}
    work = entry(journal="J. Tests", volume="12", doi="10.1000/1", author="Doe, Jane")
    assert standings(entry("misc", eprint="1901.00001"), work) == {"author": "missing"}


def test_what_says_which_work_the_whole_is_says_nothing_of_its_part() -> None:
    child = entry("incollection", crossref="p")
    said = {"title": "Handbook", "publisher": "Press", "doi": "10.1000/whole", "pages": "1--900", "abstract": "On all."}
    assert inherited_names(child, [entry("collection", **said)]) == {"booktitle", "publisher"}


def test_what_is_inherited_is_there() -> None:
    child = entry("inproceedings", crossref="p")
    parent = entry("proceedings", title="HIVE 2020", year="2020", publisher="Wax", volume="12")
    names = inherited_names(child, [parent])
    described = entry("inproceedings", booktitle="HIVE", date="2021", publisher="Other", volume="13", pages="1--9")
    assert standings(child, described, inherited=names) == {"pages": "missing"}


@pytest.mark.parametrize(
    ("theirs", "expected"),
    [
        ({"title": TITLE, "author": "Wabe, A."}, ""),
        ({"title": f"{TITLE}: A Study", "author": "Wabe, A."}, ""),
        ({"title": TITLE}, ""),
        ({"title": "On zeros", "author": "Wabe, Ada"}, "other title"),
        ({"title": TITLE, "author": "Ott, Eve"}, "other names"),
        ({"title": f"Erratum: {TITLE}", "author": "Wabe, Ada"}, "other title"),
        ({"title": "Bees that cool their homes by dancing", "author": "Wabe, Ada"}, ""),
    ],
)
def test_an_identifier_may_stand_for_another_work(theirs: dict[str, str], expected: str) -> None:
    assert contradiction(entry(title=TITLE, author="Wabe, Ada"), entry(**theirs)) == expected


def test_a_wrong_number_does_not_keep_the_right_work_away() -> None:
    mine = traits_of(entry(title=TITLE, author="Wabe, Ada", year="2020", doi="10.1000/wrong"))
    theirs = traits_of(entry(title=TITLE, author="Wabe, Ada", year="2020", doi="10.1000/1", journal="J"))
    assert not may_be_meant(mine, theirs)
    assert may_be_meant(mine, theirs, [Identifier("doi", "10.1000/wrong")])


texts = st.sampled_from(("x", "X y", "1--9", "1", "2020", "2019", "10.1000/1", "1901.00001", "Doe, J.", "Doe, Jane"))
names = "author title year volume number pages doi eprint journal publisher url abstract note keywords eid".split()
entries = st.builds(
    lambda kind, fields: entry(kind, **fields),
    st.sampled_from(("article", "misc", "inproceedings", "book")),
    st.dictionaries(st.sampled_from(names), texts),
)


@given(entries, st.lists(entries, max_size=3))
def test_what_is_there_stays_and_what_is_missing_is_missing_no_more(mine: Entry, described: list[Entry]) -> None:
    missing = [each for each in completions(mine, described) if each.standing is Standing.MISSING]
    after = completed(mine, missing)
    assert after.fields[: len(mine.fields)] == mine.fields
    assert after.type == mine.type
    there = {field_group(field.name) for field in mine.fields}
    assert there.isdisjoint(each.name for each in missing)
    assert all(each.standing is not Standing.MISSING for each in completions(after, described))


@given(entries, st.lists(entries, max_size=3))
def test_what_is_replaced_says_the_same_as_the_record(mine: Entry, described: list[Entry]) -> None:
    everything = completions(mine, described)
    after = completed(mine, everything)
    for each in everything:
        if each.name != "entrytype":
            assert set(each.fields) <= set(after.fields)
    assert len({field.name for field in after.fields}) == len(after.fields)


@given(entries)
def test_a_record_of_the_entry_itself_says_nothing_new(mine: Entry) -> None:
    assert completions(mine, [mine]) == []
