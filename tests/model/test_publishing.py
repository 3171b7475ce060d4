"""Which entry is a preprint, which work its publication, and what becomes of the entry."""

from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bibman.model.duplicates import Comparison, Sameness
from bibman.model.entry import Entry, Field
from bibman.model.identifiers import entry_identifiers
from bibman.model.publishing import (
    Found,
    Way,
    is_preprint,
    is_publication,
    judge_publication,
    published,
    ranked,
    stands_where,
)
from bibman.model.traits import traits_of

TITLE: Final = "Bees that cool their hives by dancing"


def entry(kind: str = "article", **fields: str) -> Entry:
    return Entry("k", kind, tuple(Field(name, value) for name, value in fields.items()))


def values(found: Entry) -> dict[str, str]:
    return {field.name: field.value for field in found.fields}


PREPRINT = entry("misc", title=TITLE, author="Wabe, Ada and Bo, Jo", year="2019", eprint="1901.00001")
PUBLICATION = entry(
    title=TITLE, author="Wabe, A. and Bo, J.", journal="Journal of Tests", year="2020", volume="12", doi="10.1000/1"
)

PREPRINTS = [
    entry("misc", title=TITLE, eprint="1901.00001"),
    entry("online", title=TITLE, eprint="1901.00001", eprinttype="arxiv"),
    entry("article", title=TITLE, journal="arXiv preprint arXiv:1901.00001"),
    entry("article", title=TITLE, journal="CoRR", volume="abs/1901.00001"),
    entry("misc", title=TITLE, howpublished="arXiv:1901.00001"),
    entry("article", title=TITLE, doi="10.1101/2019.01.01.123456", journal="bioRxiv"),
    entry("article", title=TITLE, journal="SSRN Electronic Journal"),
    entry("misc", title=TITLE, doi="10.31234/osf.io/abcde"),
    entry("misc", title=TITLE, howpublished="Cryptology ePrint Archive, Paper 2019/1"),
    entry("techreport", title=TITLE, institution="Research Square", doi="10.21203/rs.3.rs-1/v1"),
    entry("article", title=TITLE, eprint="1901.00001", doi="10.1000/1"),
    entry("unpublished", title=TITLE, note="arXiv:1901.00001"),
]
NO_PREPRINTS = [
    entry("article", title=TITLE, journal="Nature", eprint="1901.00001"),
    entry("inproceedings", title=TITLE, booktitle="HIVE", eprint="1901.00001"),
    entry("inproceedings", title=TITLE, eprint="1901.00001"),
    entry("misc", title=TITLE, doi="10.5281/zenodo.1"),
    entry("software", title=TITLE, eprint="1901.00001"),
    entry("unpublished", title=TITLE, note="Draft"),
    entry("misc", title=TITLE, url="https://example.org"),
    entry("phdthesis", title=TITLE, school="MIT", eprint="1901.00001"),
    Entry("k", "misc", (Field("eprint", "1901.00001"),), identified=False),
]


@pytest.mark.parametrize("preprint", PREPRINTS, ids=lambda each: str(values(each)))
def test_what_lies_on_a_server_alone_is_a_preprint(preprint: Entry) -> None:
    assert is_preprint(preprint)
    assert not is_publication(preprint)


@pytest.mark.parametrize("other", NO_PREPRINTS, ids=lambda each: str(values(each)))
def test_what_appeared_or_is_something_else_is_none(other: Entry) -> None:
    assert not is_preprint(other)


@pytest.mark.parametrize(
    ("work", "expected"),
    [
        (PUBLICATION, True),
        (entry("inproceedings", title=TITLE, booktitle="HIVE"), True),
        (entry("book", title=TITLE, publisher="Wax"), True),
        (entry("book", title=TITLE), False),
        (entry("article", title=TITLE), False),
        (entry("article", title=TITLE, journal="CoRR"), False),
        (entry("article", title=TITLE, journal="A Journal", doi="10.2139/ssrn.1"), False),
        (entry("article", title=f"Erratum: {TITLE}", journal="A Journal"), False),
        (entry("techreport", title=TITLE, institution="MIT"), False),
        (entry("thesis", title=TITLE, institution="MIT"), False),
        (entry("dataset", title=TITLE, publisher="Wax"), False),
    ],
)
def test_a_publication_has_a_place(work: Entry, expected: bool) -> None:
    assert is_publication(work) is expected


CERTAIN, LIKELY, NO = Sameness.CERTAIN, Sameness.LIKELY, Sameness.NO


def verdicts(**fields: str) -> tuple[Sameness, Sameness]:
    """What is made of a work by title and names alone, and with somebody who says that it is the publication."""
    work = traits_of(entry(**{**values(PUBLICATION), **fields}))
    by_likeness, by_link = (judge_publication(traits_of(PREPRINT), work, is_linked=linked) for linked in (False, True))
    return by_likeness.verdict, by_link.verdict


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({}, (CERTAIN, CERTAIN)),
        ({"title": "Bees That Cool their Hives by Dancing"}, (CERTAIN, CERTAIN)),
        ({"title": "Bees that cool their homes by dancing"}, (LIKELY, CERTAIN)),
        ({"title": "Bees which cool the hives by dancing"}, (NO, LIKELY)),
        ({"title": f"{TITLE}: A Study"}, (LIKELY, CERTAIN)),
        ({"title": "How dancing keeps a hive cool"}, (NO, LIKELY)),
        ({"title": "How dancing keeps a hive cool", "author": "Ott, Eve"}, (NO, NO)),
        ({"author": "Ott, Eve and Uhl, Max"}, (NO, LIKELY)),
        ({"author": "Wabe, Ada and Bo, Jo and Ott, Eve"}, (CERTAIN, CERTAIN)),
        ({"author": "Wabe, Ada and Ott, Eve and Uhl, Max and Alt, Kai"}, (LIKELY, CERTAIN)),
        ({"author": "Bo, Jo and Wabe, Ada"}, (NO, LIKELY)),
        ({"year": "2018"}, (CERTAIN, CERTAIN)),
        ({"year": "2017"}, (NO, LIKELY)),
        ({"year": "2024"}, (CERTAIN, CERTAIN)),
        ({"year": "2025"}, (LIKELY, CERTAIN)),
        ({"year": ""}, (LIKELY, CERTAIN)),
    ],
    ids=str,
)
def test_how_sure_a_publication_is(fields: dict[str, str], expected: tuple[Sameness, Sameness]) -> None:
    assert verdicts(**fields) == expected


def test_a_body_may_report_every_year_under_one_title() -> None:
    this, next_, same = (
        traits_of(entry(title=TITLE, author="{Bee Watch}", year=year)) for year in ("2019", "2020", "2019")
    )
    assert judge_publication(this, next_, is_linked=False).verdict is LIKELY
    assert judge_publication(this, same, is_linked=False).verdict is CERTAIN


def test_a_title_that_many_have_says_nothing() -> None:
    one, other = (traits_of(entry(title="Editorial", author="Wabe, Ada", year="2019")) for _ in range(2))
    assert judge_publication(one, other, is_linked=False).verdict is LIKELY


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("J. Tests 12 (2020) 101-119", True),
        ("J.Tests 12:101,2020", True),
        ("Journal of Tests, 2020", False),
        ("Other Journal 13 (2021) 5", False),
        ("", False),
    ],
)
def test_a_journal_reference_names_a_place_by_its_numbers(text: str, expected: bool) -> None:
    assert stands_where(entry(**values(PUBLICATION), pages="101--119"), text) is expected


def found(way: Way, verdict: Sameness, **fields: str) -> Found:
    described = entry(**{**values(PUBLICATION), **fields})
    return Found(described, way, "Crossref", Comparison(verdict, 90, ()))


def test_one_publication_told_twice_is_one() -> None:
    poor = found(Way.SEARCH, CERTAIN, doi="", volume="")
    rich = found(Way.SEARCH, CERTAIN)
    assert ranked([poor, rich]) == [rich]


def test_of_several_that_seem_sure_none_is_unless_somebody_links_one() -> None:
    journal, talk = found(Way.SEARCH, CERTAIN), found(Way.SEARCH, CERTAIN, doi="10.1000/talk", journal="HIVE")
    assert [each.is_certain for each in ranked([journal, talk])] == [False, False]
    linked = found(Way.RELATION, CERTAIN, doi="10.1000/talk", journal="HIVE")
    first, second = ranked([journal, linked])
    assert (first.described, first.is_certain, second.is_certain) == (linked.described, True, False)


def test_what_was_published_stands_in_the_entry_with_the_number_of_the_preprint() -> None:
    preprint = entry(
        "article",
        title="{Bees} that cool their hives by dancing",
        author="Wabe, Ada and Bo, Jo",
        journal="arXiv preprint arXiv:1901.00001",
        year="2019",
        month="1",
        publisher="arXiv",
        note="Submitted to J. Tests",
        annote="Read it",
        keywords="bees",
        abstract="Ours.",
    )
    described = entry(**values(PUBLICATION), abstract="Theirs.", publisher="Wax")
    after = published(preprint, described)
    assert after.type == "article"
    assert values(after) == {
        "title": "{Bees} that cool their hives by dancing",
        "author": "Wabe, Ada and Bo, Jo",
        "journal": "Journal of Tests",
        "year": "2020",
        "volume": "12",
        "doi": "10.1000/1",
        "publisher": "Wax",
        "annote": "Read it",
        "keywords": "bees",
        "abstract": "Ours.",
        "eprint": "1901.00001",
        "archiveprefix": "arXiv",
        "eprintdate": "2019-01",
    }


@pytest.mark.parametrize(
    "note",
    ["arXiv:1901.00001", "Preprint", "arXiv preprint", "Under review at HIVE", "To appear in J. Tests", "in press"],
)
def test_a_note_that_is_over_goes(note: str) -> None:
    assert "note" not in values(published(entry("misc", **values(PREPRINT), note=note), PUBLICATION))


@pytest.mark.parametrize("note", ["Read this first", "With an appendix", "The printed version differs"])
def test_a_note_of_the_reader_stays(note: str) -> None:
    assert values(published(entry("misc", **values(PREPRINT), note=note), PUBLICATION))["note"] == note


NUMBER: Final = "1901.00001"
texts = st.sampled_from(("x", "X y", "1--9", "2020", "10.1101/2019.01", "1901.00001", "arXiv:1901.00001", "Doe, J."))
names = (
    "author",
    "year",
    "journal",
    "doi",
    "eprint",
    "pages",
    "note",
    "keywords",
    "publisher",
    "url",
    "file",
    "annote",
)
preprints = st.builds(
    lambda kind, fields: entry(kind, title=TITLE, **fields),
    st.sampled_from(("article", "misc", "online", "techreport")),
    st.dictionaries(st.sampled_from(names), texts).filter(lambda fields: fields.get("eprint", NUMBER) == NUMBER),
)
publications = st.builds(
    lambda kind, fields: entry(kind, **{"title": TITLE, "journal": "J. Tests", "booktitle": "HIVE", **fields}),
    st.sampled_from(("article", "inproceedings")),
    st.dictionaries(st.sampled_from(("author", "year", "volume", "pages", "publisher", "url")), texts),
)


@given(preprints, publications)
def test_what_is_the_readers_own_and_the_number_outlive_the_publication(preprint: Entry, described: Entry) -> None:
    after = published(preprint, described)
    assert (after.key, after.type) == (preprint.key, described.type)
    for name in ("keywords", "file", "annote"):
        assert after.get(name) == preprint.get(name)
    before, now = (set(entry_identifiers(values(each), each.type)) for each in (preprint, after))
    assert {each for each in before if each.scheme == "arxiv"} <= now
    assert len({field.name for field in after.fields}) == len(after.fields)


@given(preprints, publications)
def test_a_second_time_changes_nothing(preprint: Entry, described: Entry) -> None:
    after = published(preprint, described)
    assert not is_preprint(after)
    assert published(after, described).fields == after.fields


sayings = st.builds(
    found,
    st.sampled_from(Way),
    st.sampled_from((CERTAIN, LIKELY)),
    doi=st.sampled_from(("", "10.1000/1", "10.1000/2")),
    year=st.sampled_from(("2019", "2020", "2024")),
    journal=st.sampled_from(("J. Tests", "HIVE")),
)


@given(st.lists(sayings, max_size=5))
def test_at_most_one_publication_is_certain_and_it_comes_first(several: list[Found]) -> None:
    kept = ranked(several)
    sure = [each.is_certain for each in kept]
    assert sure.count(True) <= 1
    assert True not in sure[1:]
    assert bool(kept) == bool(several)


@given(st.lists(sayings, max_size=5))
def test_each_doi_stands_once_among_what_is_ranked(several: list[Found]) -> None:
    kept = [each.described.get("doi") for each in ranked(several) if each.described.get("doi")]
    assert sorted(filter(None, kept)) == sorted({doi for each in several if (doi := each.described.get("doi"))})
