"""What a catalogue's file is made of: its tables, and the rows that each work has in them.

docs/decisions/0019-thresholds-by-kind-and-length.md says why they are these.
"""

import sqlite3
from collections.abc import Hashable, Iterable
from typing import Final, NamedTuple

from bibman.model.fold import fold, opening_key, title_key
from bibman.model.identifiers import Identifier, record_identifiers
from bibman.model.matching import family_words
from bibman.model.record import Record
from bibman.model.titles import titles_agree
from bibman.providers.catalogue_format import pack_record, unpack_record

FORMAT_VERSION: Final = 2
"""Of the tables and of what is in them. A catalogue of another version is built again, never migrated."""

WORDS, TITLES = "words", "titles"
"""The two full-text indexes: title and abstract; title and family names."""

COUNTED_FROM: Final = 100
"""Words that fewer works have are not counted: their works are quickly fetched."""

_FULL_TEXT = "content = '', columnsize = 0, detail = none, tokenize = 'ascii'"
TABLES: Final = (
    "CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT) STRICT, WITHOUT ROWID",
    "CREATE TABLE work (id INTEGER PRIMARY KEY, record BLOB) STRICT",
    "CREATE TABLE opening_key (h INTEGER, work_id INTEGER, PRIMARY KEY (h, work_id)) STRICT, WITHOUT ROWID",
    "CREATE TABLE title_key (h INTEGER, work_id INTEGER, PRIMARY KEY (h, work_id)) STRICT, WITHOUT ROWID",
    (
        "CREATE TABLE identifier (scheme TEXT, value TEXT, work_id INTEGER, PRIMARY KEY (scheme, value, work_id))"
        " STRICT, WITHOUT ROWID"
    ),
    f"CREATE VIRTUAL TABLE {WORDS} USING fts5(t, {_FULL_TEXT})",
    f"CREATE VIRTUAL TABLE {TITLES} USING fts5(t, {_FULL_TEXT})",
    (
        "CREATE TABLE frequency (word TEXT, of_words INTEGER, of_titles INTEGER, PRIMARY KEY (word))"
        " STRICT, WITHOUT ROWID"
    ),
)
# Fewer and larger pieces of the index: they are joined less often.
_SETTINGS = (("hashsize", 64 << 20), ("automerge", 8))
_MOST_NAMES = 8
# An identifier or title that more works share is none that tells which work it is.
_MOST_ALIKE = 20

# In every other abstract: they tell nothing apart, and would take a third of the index.
_COMMON = frozenset(
    "the of and a to in we is for that with are on by as this an from be which it can our at these or has have not"
    " between also its their using been but than such two under where both one into more most their they was were will"
    " there then when while how all any each some other only over very may might could would should do does"
    " et al".split()
)
_UNTOLD = _COMMON.union("abcdefghijklmnopqrstuvwxyz0123456789")


def telling_words(folded: str) -> list[str]:
    """The words of a folded text that are in the indexes, each once: no single letters, and none of the commonest."""
    return [word for word in dict.fromkeys(folded.split()) if len(word) > 1 and word not in _COMMON]


def _indexed(folded: str) -> str:
    """The same words for the indexes, to which their order is nothing; single letters of other scripts may stay."""
    return " ".join({*folded.split()} - _UNTOLD)


class Writer:
    """Writes works into a catalogue's tables. The transaction is the caller's."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._next = 1 + (connection.execute("SELECT max(id) FROM work").fetchone()[0] or 0)
        for index in (WORDS, TITLES):
            for name, value in _SETTINGS:
                connection.execute(f"INSERT INTO {index}({index}, rank) VALUES (?, ?)", (name, value))

    @staticmethod
    def create(connection: sqlite3.Connection) -> None:
        """Makes the tables."""
        for statement in TABLES:
            connection.execute(statement)

    def add(self, works: Iterable[tuple[Record, bytes]]) -> tuple[int, int]:
        """Adds works, each with its packed form; returns how many were new, and how many took an older one's place.

        A work that is there already, by an identifier, or where it has none by title, opening and names, is replaced;
        what only the older record says is kept. Its rows in the indexes stay behind and lead to nothing.
        """
        batch = _Batch()
        new = refreshed = 0
        for record, packed in works:
            work = _described(record, packed)
            known = self._known(batch, work)
            if known is None:
                batch.put(self._new_id(), work)
                new += 1
                continue
            work_id, older = known
            merged = Record(record.type, {**older.record.texts, **record.texts}, {**older.record.names, **record.names})
            repacked = pack_record(merged)
            if repacked != older.packed:
                if batch.works.pop(work_id, None) is None:
                    self._connection.execute("DELETE FROM work WHERE id = ?", (work_id,))
                batch.put(self._new_id(), _described(merged, repacked))
                refreshed += 1
        self._write(batch.works)
        return new, refreshed

    def remove(self, identifiers: Iterable[Identifier]) -> int:
        """Removes the works that have one of these identifiers, and returns how many; their rows in the indexes stay
        behind and lead to nothing."""
        removed = 0
        for each in identifiers:
            removed += self._connection.execute(
                "DELETE FROM work WHERE id IN (SELECT work_id FROM identifier WHERE scheme = ? AND value = ?)", each
            ).rowcount
        return removed

    def count_words(self) -> None:
        """Counts in how many works each word is, for those that are in many."""
        connection = self._connection
        connection.execute("DELETE FROM frequency")
        for index in (WORDS, TITLES):
            vocabulary = f"vocabulary_of_{index}"
            connection.execute(f"CREATE VIRTUAL TABLE temp.{vocabulary} USING fts5vocab(main, {index}, row)")
            connection.execute(
                f"INSERT INTO frequency(word, of_{index}) SELECT term, doc FROM temp.{vocabulary} WHERE doc >= ?"
                f" ON CONFLICT DO UPDATE SET of_{index} = excluded.of_{index}",
                (COUNTED_FROM,),
            )
            connection.execute(f"DROP TABLE temp.{vocabulary}")

    def _new_id(self) -> int:
        self._next += 1
        return self._next - 1

    def _known(self, batch: "_Batch", work: "_Work") -> tuple[int, "_Work"] | None:
        """The work, of the batch or stored, that is the same as another."""
        for work_id in self._alike(batch, work):
            older = batch.works.get(work_id) or self._stored(work_id)
            if older is not None and _is_same(older, work):
                return work_id, older
        return None

    def _alike(self, batch: "_Batch", work: "_Work") -> list[int]:
        select = self._connection.execute
        found = [batch.named[mark] for mark in work.marks if mark in batch.named]
        for each in work.identifiers:
            rows = select("SELECT work_id FROM identifier WHERE scheme = ? AND value = ?", each)
            found += [work_id for (work_id,) in rows.fetchmany(_MOST_ALIKE)]
        if not work.identifiers:
            rows = select("SELECT work_id FROM title_key WHERE h = ?", (work.title,))
            found += [work_id for (work_id,) in rows.fetchmany(_MOST_ALIKE)]
        return found

    def _stored(self, work_id: int) -> "_Work | None":
        row = self._connection.execute("SELECT record FROM work WHERE id = ?", (work_id,)).fetchone()
        return None if row is None else _described(unpack_record(row[0]), row[0])

    def _write(self, works: "dict[int, _Work]") -> None:
        words, title_words = [], []
        for work_id, work in works.items():
            texts = work.record.texts
            title = fold(f"{texts.get('title', '')} {texts.get('subtitle', '')}")
            people = " ".join(family_words(work.record)[:_MOST_NAMES])
            words.append((work_id, _indexed(f"{title} {fold(texts.get('abstract', ''))}")))
            title_words.append((work_id, _indexed(f"{title} {people}")))
        openings = [(work.opening, work_id) for work_id, work in works.items() if work.opening is not None]
        titles = [(work.title, work_id) for work_id, work in works.items() if work.title is not None]
        identifiers = [(*each, work_id) for work_id, work in works.items() for each in work.identifiers]
        insert = self._connection.executemany
        insert("INSERT INTO work VALUES (?, ?)", [(work_id, work.packed) for work_id, work in works.items()])
        insert("INSERT INTO opening_key VALUES (?, ?)", sorted(openings))
        insert("INSERT INTO title_key VALUES (?, ?)", sorted(titles))
        insert("INSERT INTO identifier VALUES (?, ?, ?)", sorted(identifiers))
        insert(f"INSERT INTO {WORDS}(rowid, t) VALUES (?, ?)", words)
        insert(f"INSERT INTO {TITLES}(rowid, t) VALUES (?, ?)", title_words)


class _Work(NamedTuple):
    """A record, packed, with what it is known by."""

    record: Record
    packed: bytes
    identifiers: tuple[Identifier, ...]
    opening: int | None
    title: int | None

    @property
    def marks(self) -> tuple[Hashable, ...]:
        """What another record of the same work may share: identifiers, or where it has none its title."""
        return self.identifiers or (self.title,)


class _Batch:
    """Works that are not written yet, and what they are known by."""

    def __init__(self) -> None:
        self.works: dict[int, _Work] = {}
        self.named: dict[Hashable, int] = {}

    def put(self, work_id: int, work: _Work) -> None:
        self.works[work_id] = work
        self.named.update(dict.fromkeys((*work.identifiers, work.title), work_id))


def _described(record: Record, packed: bytes) -> _Work:
    texts = record.texts
    keys = opening_key(texts.get("abstract", "")), title_key(fold(texts.get("title", "")))
    return _Work(record, packed, record_identifiers(record), *keys)


def _is_same(older: _Work, work: _Work) -> bool:
    """Whether two records that share an identifier, or a title where one has none, describe one work.

    An arXiv id is one work's for certain; other identifiers are mistaken now and then, so the titles must agree.
    """
    if not work.identifiers:
        one, other = older.record, work.record
        is_told_apart = None not in (older.opening, work.opening) and older.opening != work.opening
        same_year = one.texts.get("date", "")[:4] == other.texts.get("date", "")[:4]
        return not is_told_apart and same_year and family_words(one) == family_words(other)
    shared = set(older.identifiers).intersection(work.identifiers)
    if any(each.scheme == "arxiv" for each in shared):
        return True
    return bool(shared) and titles_agree(older.record.texts.get("title", ""), work.record.texts.get("title", ""))
