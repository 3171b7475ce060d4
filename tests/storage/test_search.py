"""A query selects in SQL what it means in Python, whatever is asked; and those that answer best come first."""

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bibman.model.query import Node, Subject
from bibman.model.query_fields import Context
from bibman.model.query_text import parse
from bibman.storage import search
from bibman.storage.annotations import add_note, add_tags
from bibman.storage.database import Library
from bibman.storage.derived import derived_of
from bibman.storage.entries import add_aliases, add_entries, reserve_ids
from bibman.storage.reading import Reader, reading
from bibman.storage.schema import INDEX_COLUMNS
from bibman.storage.twins import TWINS
from tests.storage.sample import SAMPLE, add_source, entry


def ago(hours: int) -> str:
    """So many hours before a noon in November."""
    return (datetime(2026, 11, 25, 12, tzinfo=UTC) - timedelta(hours=hours)).strftime("%Y-%m-%dT%H:%M:%SZ")


TAGS = ("a", "A/b", "a/B/c", "ab", "straße", "über/x y", "C++")
MORE = (
    entry("J1", "article", author="Ng, Andrew and Łukasz, Jan", journal="Nature", title="Deep  Learning", year="2020"),
    entry("j2", "article", journaltitle="Nature {Physics}", editor="Ng, A.", title="Learning", date="2021-05"),
    entry("j3", "incollection", booktitle="On Nature", translator="Erd{\\H{o}}s, Paul", title="Deep", url=" "),
    entry("j4", "phdthesis", school="Nature Academy", title="机器学习的深度", year="1999", journal=""),
    entry("j5", "conference", title="Learning deep", publisher="Deep Press", doi="10.1000/ABC", url="https://a.org/B"),
    entry("J6", "thesis", title="x", abstract="deep in nature; learning", keywords="learning, deep", year="MMXX"),
    entry("j7", "misc", title="Deep", note="learning", journal="  ", maintitle="Nature", url='HTTP://A.ORG/ü"_%'),
    entry("j8", "misc", identified=False, abstract="Learning to be deep", eprint="2209.10652", archiveprefix="arXiv"),
    entry(
        "erdos", "online", title="Erdős", author="{The Deep Team} and others", file="deep.pdf", howpublished="nature"
    ),
)


@pytest.fixture(scope="module")
def every_kind(tmp_path_factory: pytest.TempPathFactory, new_file: Path) -> Path:
    """A library of entries with all that can be asked for, and without."""
    path = Path(shutil.copy(new_file, tmp_path_factory.mktemp("every_kind") / "every.bibman"))
    with Library.open(path) as library, library.change("fill") as change:
        ids = list(reserve_ids(change, len(SAMPLE) + len(MORE)))
        add_entries(change, dict(zip(ids, (*SAMPLE, *MORE), strict=True)))
        for place, tag in enumerate(TAGS):
            add_tags(change, ids[place :: place + 2], [tag])
        add_note(change, ids[1], "Deep *learning* of Erdős")
        add_note(change, ids[8], "nature")
        add_aliases(change, [(ids[0], "OldKey"), (ids[9], "Ärger")])
        add_source(change, "/home/me/refs.bib", ids[:5])
        add_source(change, "C:\\papers\\list.txt", ids[3:9])
        change.connection.exec_driver_sql("UPDATE entry SET added_at = '2026-01-15T00:00:00Z' WHERE id % 3 = 0")
        change.connection.exec_driver_sql("UPDATE entry SET changed_at = '2025-12-31T23:59:59Z' WHERE id % 4 = 0")
    return path


ALL_TEXTS = f"SELECT entry_id, {', '.join(INDEX_COLUMNS)} FROM entry_text"


def asked(reader: Reader, text: str) -> Node:
    return parse(text, Context(ago, {"deep": "deep or tag:a"}.get, reader.has_field))


def subjects(reader: Reader) -> dict[int, Subject]:
    """The entries as a query sees them."""
    connection = reader._connection
    ids = reader.all_ids()
    tags, notes = reader.tags_of(ids), reader.notes_of(ids)
    twins = {row[0] for row in connection.execute(TWINS)}
    rows = {row[0]: row[1:] for row in connection.execute("SELECT id, added_at, changed_at, year FROM entry")}
    texts = {row[0]: dict(zip(INDEX_COLUMNS, row[1:], strict=True)) for row in connection.execute(ALL_TEXTS)}
    found = {}
    for stored in reader.entries(ids):
        derived = derived_of(stored.entry)
        found[stored.id] = Subject(
            keys=[stored.entry.key, *reader.aliases(stored.id)],
            type=stored.entry.type,
            identified=stored.entry.identified,
            year=rows[stored.id][2],
            added_at=rows[stored.id][0],
            changed_at=rows[stored.id][1],
            texts=texts[stored.id],
            fields=stored.entry.fields,
            identifiers=derived.identifiers,
            tags=tags.get(stored.id, []),
            notes=len(notes.get(stored.id, [])),
            sources=[origin.source for origin in reader.origins(stored.id)],
            is_duplicate=stored.id in twins,
        )
    return found


# fmt: off - as lists they are read at a glance
WORDS = (
    "deep",
    "Learning",
    "natur*",
    "Ng",
    "erdos",
    "Erd{\\H{o}}s",
    '"deep learning"',
    '"Learning deep"',
    "学习",
    "x",
    '"in na"*',
    "Łukasz",
    "straße",
    "的",
    "team",
    "none",
    "2*",
)
OTHERS = (
    "year:2020",
    "year:2020..",
    "year:..1999",
    "year:1999..2021",
    "tag:a",
    "tag:A/b",
    "tag:a*",
    "tag:uber",
    "tag:c++",
    'tag:"x y"',
    "tag:a,ab",
    "type:article",
    "type:thesis",
    "type:conference",
    "type:phd*",
    "type:inproceedings",
    "doi:10.1000/abc",
    "doi:10.1*",
    "arxiv:2209.10652v2",
    "isbn:*",
    "key:*",
    "type:*",
    "key:j*",
    "key:oldkey",
    "key:ÄRGER",
    "key:J1",
    "has:doi",
    "has:journal",
    "missing:journaltitle",
    "has:url",
    "missing:year",
    "has:note",
    "has:tag",
    "has:file",
    "is:identified",
    "is:unidentified",
    "is:duplicate",
    "added:7d",
    "added:2026-01",
    "added:..2026-01-14",
    "changed:2025",
    "changed:2026..",
    "source:refs.bib",
    "source:me/refs.bib",
    "source:list*",
    "source:EFS.BIB",
    "url:a.org",
    "url:HTTP*",
    'url:"_%"',
    "file:deep",
    "*",
    "@deep",
    "crossref:knuth84",
)
FIELDS = (
    "author",
    "editor",
    "translator",
    "name",
    "title",
    "journal",
    "journaltitle",
    "booktitle",
    "publisher",
    "school",
    "abstract",
    "keywords",
    "note",
    "maintitle",
    "howpublished",
    "date",
    "annotation",
)
# fmt: on
leaves = st.one_of(
    st.sampled_from(WORDS),
    st.sampled_from(OTHERS),
    st.builds("{}:{}".format, st.sampled_from(FIELDS), st.sampled_from(WORDS)),
)
queries = st.recursive(
    leaves,
    lambda inner: st.one_of(
        inner.map("not {}".format),
        st.lists(inner, min_size=2, max_size=3).map(lambda parts: f"({' '.join(parts)})"),
        st.lists(inner, min_size=2, max_size=3).map(lambda parts: f"({' or '.join(parts)})"),
    ),
    max_leaves=6,
)


@settings(max_examples=300)
@given(text=queries)
def test_a_query_selects_in_sql_what_it_means_in_python(every_kind: Path, text: str) -> None:
    with reading(every_kind) as reader:
        node = asked(reader, text)
        meant = [entry_id for entry_id, subject in subjects(reader).items() if node.matches(subject)]
        assert sorted(reader.matching(node)) == meant
        assert [each.id for each in reader.summaries(node)] == meant
        best = reader.ranked(node, len(meant) + 1)
        assert sorted(entry_id for entry_id, _ in best.hits) == meant
        assert (best.total, best.among) == (len(meant), len(meant))
        scores = [-1.0 if score is None else score for _, score in best.hits]
        assert scores == sorted(scores, reverse=True)
        pages = [hit for place in range(0, len(meant), 2) for hit in reader.ranked(node, 2, place).hits]
        assert pages == best.hits


@pytest.mark.parametrize("leaf", [*WORDS, *OTHERS, *(f"{field}:deep" for field in FIELDS)])
def test_each_kind_of_leaf_means_the_same_in_sql_and_in_python(every_kind: Path, leaf: str) -> None:
    with reading(every_kind) as reader:
        node = asked(reader, leaf)
        expected = [entry_id for entry_id, subject in subjects(reader).items() if node.matches(subject)]
        assert sorted(reader.matching(node)) == expected


def keys(path: Path, text: str) -> list[str]:
    with reading(path) as reader:
        return [summary.key for summary in reader.summaries(asked(reader, text))]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("author:ng", ["J1"]),
        ("editor:ng", ["edited", "j2"]),
        ('author:"Ng, Andrew"', ["J1"]),
        ('author:"andrew ng"', ["J1"]),
        ("translator:erdos", ["j3"]),
        ("journal:nature", ["J1", "j2"]),
        ("booktitle:nature", ["j3"]),
        ("institution:nature", ["j4"]),
        ('title:"deep learning"', ["J1"]),
        ("title:学习", ["j4"]),
        ("has:journal", ["Lukasz2019", "J1", "j2"]),
        ("has:url", ["j5", "j7"]),
        ("type:thesis", ["j4", "J6"]),
        ("type:phdthesis", ["j4"]),
        ("type:conference", ["Müller-2020", "j5"]),
        ("doi:https://doi.org/10.1000/abc", ["j5"]),
        ("https://arxiv.org/abs/2209.10652", ["j8"]),
        ("key:oldkey", ["Lukasz2019"]),
        ("tag:ÜBER", ["child", "j5"]),
        ("year:2020 type:article", ["J1"]),
        ("author:(ng or deep) not year:2020", ["erdos"]),
    ],
)
def test_a_query_finds(every_kind: Path, text: str, expected: list[str]) -> None:
    assert sorted(keys(every_kind, text)) == sorted(expected)


def test_words_in_title_and_names_count_more_than_those_in_an_abstract_and_a_note(path: Path) -> None:
    filling = "many other words that stand here for nothing at all"
    with Library.open(path) as library, library.change("fill") as change:
        ids = list(reserve_ids(change, 5))
        entries = [
            entry("note", title=filling, abstract=filling),
            entry("abstract", title=filling, abstract=f"{filling} whales"),
            entry("author", title=filling, author="Whales, Ann", abstract=filling),
            entry("title", title=f"Whales and {filling}", abstract=filling),
            entry("none", title=filling, abstract=filling),
        ]
        add_entries(change, dict(zip(ids, entries, strict=True)))
        add_note(change, ids[0], f"{filling} whales")
    with reading(path) as reader:
        for text in ("whales", "whales not year:2000"):
            hits = reader.ranked(asked(reader, text), 10).hits
            found = [summary.key for summary in reader.summaries_of([entry_id for entry_id, _ in hits])]
            assert set(found[:2]) == {"title", "author"}
            assert found[2:] == ["abstract", "note"]


@pytest.mark.parametrize("text", ["word", "word not year:1999", "(word or year:2001)"])
def test_a_common_word_ranks_the_newest_alone_and_says_so(
    path: Path, monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    monkeypatch.setattr(search, "MOST_RANKED", 5)
    with Library.open(path) as library, library.change("fill") as change:
        ids = list(reserve_ids(change, 12))
        add_entries(change, {each: entry(f"k{each}", title=f"Word {'word ' * (each == 3)}{each}") for each in ids})
    with reading(path) as reader:
        found = reader.ranked(asked(reader, text), 20)
        assert (found.total, found.among) == (12, 5)
        assert sorted(entry_id for entry_id, _ in found.hits) == ids[-5:]


def test_a_word_that_nobody_wrote_is_near_to_others(every_kind: Path) -> None:
    with reading(every_kind) as reader:
        assert reader.words_like("lerning") == ["learning"]
        assert reader.words_like("xeep") == ["deep"]
        assert reader.words_like("qqqqqq") == []


@pytest.fixture
def reader(every_kind: Path) -> Iterator[Reader]:
    with reading(every_kind) as opened:
        yield opened


def test_a_field_that_only_the_library_knows_is_one(reader: Reader) -> None:
    assert reader.has_field("howpublished")
    assert not reader.has_field("nothing")
    assert not reader.has_field("deep")
