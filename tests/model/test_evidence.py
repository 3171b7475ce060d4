"""How entries stand to what is known: hand-made ones that are right, mixed up and invented, and laws of the verdict."""

from collections.abc import Iterable
from functools import cache
from pathlib import Path

import pytest

from bibman.formats.bibtex_reader import read
from bibman.model.derive import derive
from bibman.model.entry import Entry
from bibman.model.evidence import Judgement, judge_entry
from bibman.model.fold import stream
from bibman.model.identifiers import Identifier, record_identifiers
from bibman.model.matching import Proposal
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
