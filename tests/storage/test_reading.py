"""Reading a library: keys, filters, orders, and that neither SQLAlchemy nor Alembic is needed for it."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bibman.errors import NotFoundError
from bibman.model.entry import Entry, Field
from bibman.model.naming import fold_name
from bibman.storage.annotations import add_tags
from bibman.storage.answers import ORDERS
from bibman.storage.database import Library
from bibman.storage.entries import add_entries, reserve_ids
from bibman.storage.reading import Reader, reading
from tests.storage.looking import rows
from tests.storage.sample import RAW, entry

ROOT = Path(__file__).parents[2]
FAMILIES = ("Łukasz", "van der Berg", "de Müller", "Ng", "NASA Jet", "Østergård-Ng", "{\\'E}tienne")
TAGS = ("a", "A/b", "a/B/c", "ab", "straße", "x y")


@pytest.fixture
def reader(filled_file: Path) -> Iterator[Reader]:
    with reading(filled_file) as reader:
        yield reader


@pytest.fixture(scope="module")
def every_kind(tmp_path_factory: pytest.TempPathFactory, new_file: Path) -> Iterator[Library]:
    """A library of entries with every family name, tag and year, and without."""
    path = Path(shutil.copy(new_file, tmp_path_factory.mktemp("every_kind")))
    with Library.open(path) as library:
        with library.change("fill") as change:
            ids = list(reserve_ids(change, 60))
            entries = {}
            for place, entry_id in enumerate(ids):
                fields: dict[str, str] = {}
                if place % 3:
                    fields["author"] = f"{FAMILIES[place % 7]}, A. and {FAMILIES[place % 5]}, B."
                if place % 4:
                    fields["year"] = str(1995 + place % 11)
                fields["title" if place % 5 else "abstract"] = f"Word {place}"
                entries[entry_id] = entry(f"k{place}", "misc", identified=bool(place % 5), **fields)
            add_entries(change, entries)
            for place, tag in enumerate(TAGS):
                add_tags(change, ids[place :: place + 2], [tag])
        yield library


@pytest.mark.parametrize(
    ("key", "entry_id"),
    [
        ("Lukasz2019", 1),
        ("LUKASZ2019", 1),
        ("oldkey", 1),
        ("TeXbook", 2),
        ("ärger", 2),
        ("A\u0308RGER", 2),
        ("mÜLLER-2020", 3),
    ],
)
def test_a_key_or_alias_is_known_in_any_case(reader: Reader, key: str, entry_id: int) -> None:
    assert reader.id_of(key) == entry_id
    assert reader.ids([key]) == {key: entry_id}


@pytest.mark.parametrize("key", ["", "bare", "lukasz", "Muller-2020", "Arger", "%", "' OR 1 --"])
def test_a_key_that_is_not_there_is_not_known(reader: Reader, key: str) -> None:
    assert reader.id_of(key) is None


def test_all_unknown_keys_are_named_with_those_that_are_nearest(reader: Reader) -> None:
    with pytest.raises(NotFoundError) as raised:
        reader.ids(["knuth84", "knuht84", "lukasz2018", "texbook"])
    assert raised.value.message == "no such key: knuht84, lukasz2018"
    assert "knuth84" in raised.value.advice
    assert "Lukasz2019" in raised.value.advice
    assert raised.value.exit_code == 3


def test_keys_are_completed_in_any_case_without_aliases(reader: Reader) -> None:
    assert list(reader.keys("k")) == list(reader.keys("KN")) == ["knuth84"]
    assert list(reader.keys("old")) == []
    assert list(reader.keys()) == sorted(reader.keys(), key=fold_name)
    assert len(list(reader.keys())) == 7


def test_tags_are_compared_without_regard_to_case_and_blanks(reader: Reader) -> None:
    assert [(tag.name, tag.entries) for tag in reader.tags()] == [
        ("alignment", 3),
        ("Alignment/RLHF", 3),
        ("straße", 3),
        ("to read", 3),
    ]


def test_an_entry_is_read_as_it_was_written(reader: Reader) -> None:
    ((entry_id, _, found),) = reader.entries([1])
    assert entry_id == 1
    assert found.get("journal") == "Journal of Words"
    assert [field.expression for field in found.fields if field.name == "journal"] == ["jow"]
    assert [name.family or name.literal for name in reader.names_of([1])[1]["author"]][:3] == [
        "Łukasz",
        "Ørsted",
        "NASA",
    ]
    assert reader.identifiers_of([1, 5]) == {1: [("doi", "10.1000/words.1")], 5: [("arxiv", "2103.00001")]}
    assert [(note.id, note.key, note.text) for note in reader.notes([1, 5])] == [
        (1, "Lukasz2019", "Read *this* again: λ-terms"),
        (2, "Lukasz2019", "A second note"),
        (3, "online", "On a page"),
    ]
    assert reader.aliases(2) == ["texbook", "Ärger"]


def test_where_an_entry_came_from_is_told_with_its_score_and_whether_it_was_edited_since(reader: Reader) -> None:
    first, second = reader.origins(1)
    assert (first.source, first.line, second.source) == ("refs.bib", 1, "list.txt")
    assert first.text == (RAW + b"1").decode("utf-8", "replace")
    assert (first.verdict, first.stage, first.score, first.margin) == ("identified", "opening", 98.5, 60.25)
    assert first.evidence == {"provider": "seed", "length": 300}
    assert [origin.edited_since for entry_id in (1, 2) for origin in reader.origins(entry_id)] == [False, False, True]


def test_more_ids_than_one_query_takes(library: Library) -> None:
    entries = [entry(f"k{number}", title=str(number)) for number in range(1203)]
    with library.change("new") as change:
        ids = reserve_ids(change, len(entries))
        add_entries(change, dict(zip(ids, entries, strict=True)))
        add_tags(change, ids, ["t"])
    with reading(library.path) as reader:
        backwards = reader.all_ids()[::-1]
        assert [found for _, _, found in reader.entries([*backwards, 9999])] == entries[::-1]
        assert len(reader.tags_of(backwards)) == len(entries)
        assert [summary.id for summary in reader.summaries_of([*backwards, 9999])] == backwards


@settings(max_examples=40)
@given(
    written=st.lists(
        st.builds(
            Entry,
            st.uuids().map(str),
            st.just("misc"),
            st.lists(
                st.builds(
                    Field,
                    st.text(st.characters(categories=["Ll"]), min_size=1),
                    st.text(st.characters(exclude_categories=["Cs"])),
                    st.none() | st.text(st.characters(exclude_categories=["Cs"])),
                )
            ).map(tuple),
            st.booleans(),
        ),
        max_size=4,
    )
)
def test_any_entry_is_read_as_it_was_written(every_kind: Library, written: list[Entry]) -> None:
    with every_kind.change("write", keep=False) as change:
        ids = reserve_ids(change, len(written))
        add_entries(change, dict(zip(ids, written, strict=True)))
        assert [found for _, _, found in change.reader.entries(ids)] == written


def test_reversed_a_list_is_the_other_way_round(reader: Reader) -> None:
    for order in ORDERS:
        forwards = [summary.id for summary in reader.summaries(None, order)]
        assert [summary.id for summary in reader.summaries(None, order, reverse=True)] == forwards[::-1]
        assert sorted(forwards) == reader.all_ids()


@pytest.mark.parametrize(
    ("order", "keys"),
    [
        ("added", ["Lukasz2019", "knuth84", "Müller-2020", "edited", "online", "child", "unknown-models-learn"]),
        ("key", ["child", "edited", "knuth84", "Lukasz2019", "Müller-2020", "online", "unknown-models-learn"]),
        ("title", ["child", "online", "Müller-2020", "unknown-models-learn", "Lukasz2019", "edited", "knuth84"]),
        ("year", ["unknown-models-learn", "knuth84", "child", "Lukasz2019", "Müller-2020", "edited", "online"]),
        ("type", ["Lukasz2019", "knuth84", "child", "Müller-2020", "unknown-models-learn", "online", "edited"]),
        ("name", ["unknown-models-learn", "knuth84", "child", "Lukasz2019", "Müller-2020", "edited", "online"]),
    ],
)
def test_a_list_is_sorted(reader: Reader, order: str, keys: list[str]) -> None:
    assert [summary.key for summary in reader.summaries(None, order)] == keys


DOOR = """
import json, sys
import bibman.storage.answers as answers
import bibman.storage.reading as door
from bibman.services.queries import understood
from pathlib import Path
with door.reading(Path(sys.argv[1])) as reader:
    ids = reader.all_ids()
    reader.ids(reader.keys())
    for order in answers.ORDERS:
        list(reader.summaries(understood(reader, 'tag:a year:1..2 name:n is:identified or journal:x has:url'), order))
    list(reader.summaries_of(ids)), list(reader.entries(ids)), reader.names_of(ids), reader.identifiers_of(ids)
    reader.tags(), reader.tags_of(ids), reader.notes(), reader.notes_of(ids), reader.note(1), reader.aliases(1)
    reader.origins(1), reader.operations(), reader.counts(), reader.unidentified_ids(), reader.ids_with_tags([1])
    list(reader.references()), list(reader.source_passages(1)), reader.latest_readings(), reader.past_entries({2: 1})
    list(reader.ids_by_folded(["knuth84"]))
print(json.dumps(sorted(sys.modules)))
"""


def test_reading_imports_neither_sqlalchemy_nor_alembic(filled_file: Path) -> None:
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-c", DOOR, filled_file], env=environment, check=True, capture_output=True, text=True
    )
    loaded = {name.partition(".")[0] for name in json.loads(done.stdout)}
    assert not loaded & {"sqlalchemy", "alembic", "typer", "bibtexparser", "mako"}
    assert "sqlite3" in loaded


def test_a_tag_is_found_by_its_name_without_counting_others(filled: Path) -> None:
    plan = rows(filled, "EXPLAIN QUERY PLAN SELECT folded, id, entries FROM tags WHERE folded IN ('a', 'b')")
    assert plan
    assert [step for *_, step in plan if "SCAN" in step] == []
