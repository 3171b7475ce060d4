"""Entries to test with, and a library that has something in every table."""

from collections.abc import Sequence
from pathlib import Path

from bibman.model.entry import Entry, Field
from bibman.model.naming import fold_name
from bibman.storage.annotations import add_note, add_tags
from bibman.storage.change import Change
from bibman.storage.database import Library
from bibman.storage.entries import add_aliases, add_entries, change_entries, remove_entries, reserve_ids
from bibman.storage.sources import Finding, Reading, ReadPassage, add_passages, add_reading
from bibman.storage.tables import DistinctPairRow, MacroRow, PreambleRow, SavedSearchRow

RAW = bytes(range(256))


def entry(key: str, kind: str = "article", *, identified: bool = True, **fields: str) -> Entry:
    """An entry with these fields."""
    return Entry(key, kind, tuple(Field(name, value) for name, value in fields.items()), identified)


def many(count: int, start: int = 0) -> list[Entry]:
    """Small entries, all different."""
    return [
        entry(f"many{number:06}", title=f"Work {number} on thing{number % 97}", year=str(1900 + number % 120))
        for number in range(start, start + count)
    ]


SAMPLE = (
    Entry(
        "Lukasz2019",
        "article",
        (
            Field("author", "{\\L}ukasz, Jan and van der {\\O}rsted, Anna and {NASA} and others"),
            Field("title", "On {Straße} and Other Words"),
            Field("journal", "Journal of Words", "jow"),
            Field("year", "2019"),
            Field("doi", "10.1000/Words.1"),
            Field("abstract", "A short abstract about many words."),
            Field("keywords", "words, streets"),
        ),
    ),
    entry("knuth84", "book", author="Donald E. Knuth", title="The {\\TeX}book", year="1984", isbn="978-0-201-13448-3"),
    entry(
        "Müller-2020", "inproceedings", author="Müller, Zoë", title="A Talk", year="2020", booktitle="Proc. of Talks"
    ),
    entry("edited", "proceedings", editor="Smith, Jr, John and Ng, A.", title="Proc. of Talks", year="2020"),
    entry(
        "online", "online", author="{The Team}", title="A Page", date="2021-03", eprint="2103.00001", eprinttype="arxiv"
    ),
    entry("child", "incollection", title="A Chapter", crossref="knuth84", author="Łukasz, Jan"),
    entry("unknown-models-learn", "misc", identified=False, abstract="Models learn to deceive; 我们 show how"),
    entry("bare", "misc", title="Nothing but a title"),
)


STANDING = 8
"""How many operations of the filled library stand; one more is undone."""


def fill(library: Library, entries: Sequence[Entry] = SAMPLE) -> None:
    """Gives a library entries, tags, notes, aliases, sources, and a history in which one operation is undone."""
    with library.change("ingest") as change:
        ids = list(reserve_ids(change, len(entries)))
        add_entries(change, dict(zip(ids, entries, strict=True)))
        add_source(change, "refs.bib", ids)
        add_source(change, "list.txt", ids[:1])
        change.insert(
            MacroRow,
            [{"source_id": 1, "name": "JoW", "folded": "jow", "value": "Journal of Words", "expression": None}],
        )
        change.insert(PreambleRow, [{"source_id": 1, "position": 0, "value": "\\newcommand", "expression": None}])
        change.summary = f"{len(entries)} entries"
    with library.change("tag add") as change:
        add_tags(change, ids[:3], ["Alignment/RLHF", "to read"])
        add_tags(change, ids[2:5], ["alignment", "straße"])
    with library.change("note add") as change:
        add_note(change, ids[0], "Read *this* again: λ-terms")
        add_note(change, ids[0], "A second note")
        add_note(change, ids[4], "On a page")
    with library.change("key set") as change:
        add_aliases(change, [(ids[0], "OldKey"), (ids[1], "texbook"), (ids[1], "Ärger")])
    with library.change("saved add") as change:
        change.insert(SavedSearchRow, [{"name": "Späte", "folded": "späte", "query": "year:2020.."}])
    with library.change("duplicates distinct") as change:
        change.insert(DistinctPairRow, [{"entry_id": ids[0], "other_id": ids[4]}])
    with library.change("edit") as change:
        change_entries(
            change, {ids[1]: entry("knuth84", "book", author="Knuth, Donald", title="The book", year="1986")}
        )
    with library.change("remove") as change:
        remove_entries(change, [ids[-1]])
    with library.change("tag add") as change:
        add_tags(change, ids[:1], ["undone"])
    library.undo()


def add_source(change: Change, name: str, ids: Sequence[int]) -> None:
    """A source, read once, with a passage of every kind: one for each of these entries, one found, one of no work."""
    reading = add_reading(change, Reading(name, "ab" * 32, 1234, "utf-8", "bibtex", None, len(ids)))
    found = [
        ReadPassage(
            position,
            position + 1,
            RAW + str(entry_id).encode(),
            text_key=entry_id,
            finding=Finding("identified", entry_id, 1, "opening", 98.5, 60.25, {"provider": "seed", "length": 300}),
        )
        for position, entry_id in enumerate(ids)
    ]
    other = [
        ReadPassage(len(ids), len(ids) + 1, b"\xff\xfe \x00 header", kind="header"),
        ReadPassage(len(ids) + 1, len(ids) + 2, b"", finding=Finding("rejected")),
        ReadPassage(len(ids) + 2, len(ids) + 3, b"", raw_of=1, source_key="Old", finding=Finding("already here")),
    ]
    add_passages(change, reading, [*found, *other])


def filled_library(path: Path) -> Path:
    """A new library at `path`, filled and closed."""
    with Library.open(path) as library:
        fill(library)
    return path


def ids_of_tags(library: Library, *names: str) -> list[int]:
    """The ids of these tags, which must exist."""
    with library.change("look", keep=False) as change:
        return list(change.reader.tag_ids(map(fold_name, names)).values())
