"""How entries stand to what is known: hand-made ones that are right, mixed up and invented, and laws of the verdict."""

import json
import random
from collections.abc import Iterable
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.evidence import entry_of as as_people_write_it
from benchmarks.evidence import right
from benchmarks.works import Maker
from bibman.formats.bibtex_reader import read
from bibman.model.derive import derive
from bibman.model.description import entry_of
from bibman.model.entry import Entry, Field
from bibman.model.evidence import Judgement, Standing, judge_entry
from bibman.model.fold import stream
from bibman.model.identifiers import Identifier, record_identifiers
from bibman.model.matching import Proposal
from bibman.model.names import Name
from bibman.model.record import Record
from bibman.providers.catalogue_format import read_record

GOLDEN = Path(__file__).parent / "golden_evidence"


@cache
def known() -> list[Record]:
    """The works that are known."""
    return [read_record(line) for line in (GOLDEN / "known.jsonl").read_text("utf-8").splitlines()]


@cache
def entries() -> dict[str, Entry]:
    """The entries that are judged, by key."""
    return {entry.key: entry for entry in read((GOLDEN / "entries.bib").read_text("utf-8")).entries}


def judged(entry: Entry, records: Iterable[Record] | None = None) -> Judgement:
    """How an entry stands to records, which are looked up by the plainest means."""
    from rapidfuzz.fuzz import ratio

    records = known() if records is None else list(records)
    said = derive(entry)
    named: dict[Identifier, list[Proposal]] = {
        identifier: [Proposal(each, "known") for each in records if identifier in record_identifiers(each)]
        for identifier in said.identifiers
    }
    title = stream(said.title)
    titles = [
        Proposal(each, "known")
        for each in records
        if ratio(title, stream(each.texts["title"])) >= 75 or (title and stream(each.texts["title"]).startswith(title))
    ]
    return judge_entry(entry, named, titles)


def told(judgement: Judgement) -> str:
    """A judgement as the field `expected` has it."""
    fields = ", ".join(sorted(each.field for each in judgement.differences))
    return f"{judgement.standing}: {fields}" if fields else str(judgement.standing)


@pytest.mark.parametrize("key", entries())
def test_an_entry_stands_to_what_is_known_as_it_says(key: str) -> None:
    assert told(judged(entries()[key])) == entries()[key].get("expected")


def test_right_entries_as_people_write_them_are_never_contradicted() -> None:
    draw = random.Random(3)  # noqa: S311 - the same entries in every run
    records = [read_record(json.dumps(work)) for work in Maker(3).works(400)]
    standings = []
    for number, record in enumerate(records):
        entry = as_people_write_it(draw, f"w{number}", right(draw, record))
        judgement = judged(entry, [record])
        assert judgement.standing is not Standing.CONTRADICTED, (entry, judgement)
        standings.append(judgement.standing)
    # A short title without names, or one with a slip, is known by its number alone.
    assert standings.count(Standing.CONFIRMED) > 390


WORDS = st.sampled_from("fences hedges gardens counting deep random spectral of the on posts walls learning".split())
NAMES = st.builds(
    Name,
    family=st.sampled_from(("Gödelsohn", "Hedge", "Li", "García Márquez", "Müller", "Šimůnek", "O’Hara")),
    given=st.sampled_from(("Anna", "Wei", "Jean-Luc", "M. J.", "Łukasz", "Yuki")),
)
RECORDS = st.builds(
    lambda title, names, year, number: Record(
        "article",
        {"title": " ".join(title), "date": str(year), "doi": f"10.5555/x.{number}", "journaltitle": "Annals of Fences"},
        {"author": tuple(names)},
    ),
    st.lists(WORDS, min_size=1, max_size=9),
    st.lists(NAMES, min_size=1, max_size=6),
    st.integers(1900, 2030),
    st.integers(1, 5),
)


@given(RECORDS, st.lists(RECORDS, max_size=4))
def test_an_entry_that_says_what_a_record_says_is_confirmed_by_its_number_whatever_else_is_known(
    record: Record, others: list[Record]
) -> None:
    doi = Identifier("doi", record.texts["doi"])
    others = [each for each in others if each.texts["doi"] != record.texts["doi"]]
    proposals = [Proposal(each, "known") for each in [*others, record]]
    judgement = judge_entry(entry_of(record), {doi: [Proposal(record, "known")]}, proposals)
    assert (judgement.standing, judgement.differences) == (Standing.CONFIRMED, ())


@given(RECORDS, st.data())
def test_initials_left_out_names_and_another_order_contradict_nothing(record: Record, data: st.DataObject) -> None:
    names = [name._replace(given=data.draw(st.sampled_from((name.given, name.given[:1] + ".", "")))) for name in
             data.draw(st.permutations(record.names["author"]))]  # fmt: skip
    kept = names[: data.draw(st.integers(1, len(names)))]
    others = [Name("others")] if len(kept) < len(names) and data.draw(st.booleans()) else []
    shortened = Record(record.type, record.texts, {"author": (*kept, *others)})
    doi = Identifier("doi", record.texts["doi"])
    judgement = judge_entry(entry_of(shortened), {doi: [Proposal(record, "known")]})
    assert judgement.standing is Standing.CONFIRMED


@given(RECORDS, st.lists(RECORDS, max_size=5), st.randoms(use_true_random=False))
def test_the_order_in_which_works_are_found_does_not_matter(
    record: Record, others: list[Record], draw: random.Random
) -> None:
    def standing(records: list[Record]) -> tuple[Standing, set[str]]:
        found = judged(entry_of(record), records)
        return found.standing, {each.field for each in found.differences}

    shuffled = draw.sample(others, len(others))
    assert standing(others) == standing(shuffled)


@given(RECORDS)
def test_of_what_nobody_knows_nothing_is_said(record: Record) -> None:
    assert judge_entry(entry_of(record), {}) == Judgement(Standing.UNKNOWN)
    assert judge_entry(entry_of(record), {Identifier("doi", record.texts["doi"]): []}) == Judgement(Standing.UNKNOWN)


@given(RECORDS, RECORDS)
def test_a_number_of_a_work_with_wholly_other_words_and_people_is_contradicted(one: Record, other: Record) -> None:
    title = "Zymurgical kilns quenching obsidian vapours"
    entry = entry_of(Record(one.type, {**one.texts, "title": title}, {"author": (Name("Quux", "Zed"),)}))
    judgement = judge_entry(entry, {Identifier("doi", one.texts["doi"]): [Proposal(other, "known")]})
    assert judgement.standing is Standing.CONTRADICTED
    (difference,) = judgement.differences
    assert (difference.field, difference.said, difference.is_of_another) == ("doi", f"doi:{one.texts['doi']}", True)
    assert other.texts["title"] in difference.known


def test_a_field_that_a_source_has_twice_is_judged_by_the_first() -> None:
    record = known()[1]
    entry = entry_of(record)
    twice = Entry("", entry.type, (*entry.fields, Field("title", "Another one"), Field("date", "1900")))
    assert judged(twice).standing is Standing.CONFIRMED
