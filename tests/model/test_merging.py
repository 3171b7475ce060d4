"""Entries made one: the better value is proposed and why, and nothing is lost."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bibman.model.entry import Entry, Field
from bibman.model.merging import Choice, Proposal, field_group, propose


def entry(key: str, kind: str = "article", **fields: str) -> Entry:
    return Entry(key, kind, tuple(Field(name, value) for name, value in fields.items()))


def merged(one: dict[str, str], other: dict[str, str], chosen: dict[str, int] | None = None) -> Proposal:
    return propose([entry("a", **one), entry("b", **other)], chosen)


def values(proposal: Proposal) -> dict[str, str]:
    return {field.name: field.value for field in proposal.entry.fields}


def choice(proposal: Proposal, field: str) -> Choice:
    (found,) = [each for each in proposal.choices if each.field == field]
    return found


@pytest.mark.parametrize(
    ("name", "worse", "better", "reason"),
    [
        ("author", "Doe, J. and Roe, R.", "Doe, Jane and Roe, Richard", "names in full"),
        ("author", "Doe, Jane", "Doe, Jane and Roe, Richard", "more names"),
        ("author", "Doe, Jane and others", "Doe, Jane and Roe, Richard", "more names"),
        ("title", "ON THE GROWTH OF TREES", "On the Growth of Trees", "not in capitals"),
        ("title", "On the Erdos Number", "On the Erd{\\H{o}}s Number", "with accents"),
        ("title", "Trees of Poland", "Trees of {Poland}", "capitals protected"),
        ("title", "On the Growth of Trees", "On the Growth of Trees: A Survey", "with subtitle"),
        ("journal", "J. Mach. Learn. Res.", "Journal of Machine Learning Research", "in full"),
        ("pages", "1", "1--9", "first and last page"),
        ("doi", "unknown", "10.1000/1", "valid"),
        ("doi", "https://doi.org/10.1000/1", "10.1000/1", "in its normal form"),
        ("isbn", "978-0-201-13448-4", "978-0-201-13448-3", "valid"),
        ("abstract", "We grow trees.", "We grow trees. They are tall.", "says more"),
        ("note", "An {unbalanced", "A note", "valid"),
    ],
)
def test_the_better_value_is_proposed_and_why(name: str, worse: str, better: str, reason: str) -> None:
    for place, pair in enumerate([(better, worse), (worse, better)]):
        proposal = merged({name: pair[0]}, {name: pair[1]})
        found = choice(proposal, field_group(name))
        assert (values(proposal)[name], found.taken, found.reason, found.is_conflict) == (better, place, reason, False)


@pytest.mark.parametrize(
    ("name", "one", "other"),
    [("pages", "1--9", "2--10"), ("volume", "1", "2"), ("doi", "10.1000/1", "10.1000/2"), ("title", "Trees", "Tress"),
     ("author", "Doe, J. and Roe, R. and Poe, E.", "Doe, Jane and Roe, Richard")],
)  # fmt: skip
def test_where_nothing_tells_there_is_a_conflict_and_the_first_is_proposed(name: str, one: str, other: str) -> None:
    proposal = merged({name: one}, {name: other})
    assert [each.field for each in proposal.conflicts] == [name]
    assert values(proposal)[name] == one
    chosen = merged({name: one}, {name: other}, {name: 1})
    assert (values(chosen)[name], chosen.conflicts, choice(chosen, name).reason) == (other, (), "chosen")


def test_what_says_the_same_is_no_choice() -> None:
    one = {"author": "Doe, Jane", "pages": "1-9", "doi": "10.1000/ABC", "date": "2020-02"}
    proposal = merged(
        one, {"author": "Jane Doe", "pages": "1--9", "doi": "10.1000/abc", "year": "2020", "month": "feb"}
    )
    assert proposal.choices == ()
    assert values(proposal) == one


def test_lists_are_joined() -> None:
    proposal = merged({"keywords": "trees, Cities", "file": "a.pdf"}, {"keywords": "cities; growth", "file": "b.pdf"})
    assert values(proposal) == {"keywords": "trees, Cities, growth", "file": "a.pdf;b.pdf"}


def test_a_field_that_is_there_twice_is_kept_twice() -> None:
    twice = Entry("a", "article", (Field("note", "One"), Field("title", "Trees"), Field("note", "Two")))
    for pair in ([twice, entry("b", title="Trees")], [entry("b", title="Trees", note="One"), twice]):
        assert [field.value for field in propose(pair).entry.fields if field.name == "note"] == ["One", "Two"]


def test_items_of_a_list_that_is_there_twice_are_joined() -> None:
    twice = Entry("a", "article", (Field("keywords", "one"), Field("keywords", "two")))
    assert values(propose([twice, entry("b", keywords="three")])) == {"keywords": "one, two, three"}


def test_a_date_is_taken_whole_and_the_more_exact_one() -> None:
    proposal = propose([entry("a", year="2020", month="feb"), entry("b", date="2020-02-03")])
    assert values(proposal) == {"date": "2020-02-03"}


PREPRINT = {
    "author": "Doe, Jane",
    "title": "On the growth of trees",
    "journal": "arXiv preprint arXiv:2001.00001",
    "volume": "abs/2001.00001",
    "year": "2020",
    "month": "jan",
}
PUBLISHED = {
    "author": "Doe, J.",
    "title": "On the Growth of Trees",
    "booktitle": "Proc. of Trees",
    "year": "2021",
    "doi": "10.1000/1",
}


def test_a_preprint_becomes_its_publication_and_keeps_its_number_and_day() -> None:
    pair = [entry("a", **PREPRINT), entry("b", "inproceedings", **PUBLISHED)]
    for entries in (pair, pair[::-1]):
        proposal = propose(entries)
        assert proposal.entry.type == "inproceedings"
        assert proposal.entry.key == entries[0].key
        assert values(proposal) == {
            "author": "Doe, Jane",
            "title": "On the Growth of Trees",
            "booktitle": "Proc. of Trees",
            "year": "2021",
            "doi": "10.1000/1",
            "eprint": "2001.00001",
            "eprinttype": "arxiv",
            "eprintdate": "2020-01",
        }
        assert proposal.conflicts == ()


def test_the_doi_of_a_server_becomes_the_number_beside_that_of_the_publisher() -> None:
    preprint = entry("a", "misc", title="On the Growth of Trees", doi="10.1101/2020.01.01.1", year="2020")
    proposal = propose([preprint, entry("b", **PUBLISHED)])
    assert (values(proposal)["doi"], values(proposal)["eprint"]) == ("10.1000/1", "10.1101/2020.01.01.1")


def test_macros_stay() -> None:
    one = Entry("a", "article", (Field("journal", "JoT", "jot"),))
    assert propose([one, entry("b", year="2020")]).entry.fields[0] == Field("journal", "JoT", "jot")


texts = st.sampled_from(("x", "X", "x y", "1--9", "2020", "10.1000/1", "Doe, J.", "Doe, Jane"))
made = st.builds(
    lambda kind, fields: entry("k", kind, **fields),
    st.sampled_from(("article", "misc", "book")),
    st.dictionaries(st.sampled_from(("author", "title", "year", "doi", "eprint", "pages", "keywords", "note")), texts),
)


@given(st.lists(made, min_size=1, max_size=3))
def test_every_field_of_each_is_in_the_result_or_among_the_choices(entries: list[Entry]) -> None:
    proposal = propose(entries)
    here = {field_group(field.name) for field in proposal.entry.fields} | {each.field for each in proposal.choices}
    assert {field_group(field.name) for each in entries for field in each.fields} <= here


@given(made)
def test_an_entry_merged_with_itself_is_itself(one: Entry) -> None:
    proposal = propose([one, one])
    assert (sorted(proposal.entry.fields), proposal.entry.type, proposal.choices) == (sorted(one.fields), one.type, ())
