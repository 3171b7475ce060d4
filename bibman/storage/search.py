"""A query as SQL over a library, with the full-text index: which entries it means, and which of them come first."""

import json
import sqlite3
from collections.abc import Callable, Sequence
from typing import Any, Final, NamedTuple

from bibman.model.entry import Field
from bibman.model.query import (
    And,
    Duplicate,
    Everything,
    FieldText,
    FieldWords,
    HasField,
    HasIdentifier,
    HasNote,
    HasTag,
    Identified,
    Key,
    Node,
    Not,
    Or,
    Source,
    Tag,
    Type,
    When,
    Words,
    Year,
    asked_words,
    has_words,
    is_source,
    is_tag,
    is_unspaced,
    searched_in,
)
from bibman.model.vocabulary import FIELD_ALIASES
from bibman.storage.rows import is_filled, values_in
from bibman.storage.schema import INDEX_COLUMNS
from bibman.storage.twins import TWINS

MOST_RANKED = 20_000
"""Among so many entries, the newest, the best are found; to rank every entry that has a common word would take long."""

_WEIGHTS = {"key": 8.0, "title": 10.0, "authors": 8.0, "editors": 6.0, "tags": 5.0, "container": 3.0, "keywords": 3.0}
_WEIGHTS |= {"abstract": 2.0, "notes": 1.0, "other": 1.0}
_RANK = f"bm25(entry_index, {', '.join(str(_WEIGHTS[name]) for name in INDEX_COLUMNS)})"
_SCORES = f"SELECT rowid, {_RANK} AS score FROM entry_index WHERE entry_index MATCH ? AND rowid >= ?"
_LAST = "\U0010ffff"


class Condition(NamedTuple):
    """A condition on the columns of `entry` (or of the view `entries`) in SQL, with its parameters; two-valued."""

    sql: str
    values: list[Any]


class Ranked(NamedTuple):
    """Entries by their ids, with how well each answers (the more the better; None where that was not asked), how many
    there are in all, and among how many of them, the newest, the best were looked for."""

    hits: list[tuple[int, float | None]]
    total: int
    among: int


def condition(connection: sqlite3.Connection, node: Node) -> Condition:
    """What the `node` means as a condition that `connection`, which learns the functions for it, can be asked."""
    for name, function in _FUNCTIONS.items():
        connection.create_function(name, -1, function, deterministic=True)
    return _condition(node)


def matching(connection: sqlite3.Connection, node: Node) -> list[int]:
    """The ids of the entries that `node` means, the newest first."""
    sql, values = condition(connection, node)
    return [row[0] for row in connection.execute(f"SELECT id FROM entry WHERE {sql} ORDER BY id DESC", values)]


def ranked(connection: sqlite3.Connection, node: Node, limit: int, offset: int) -> Ranked:
    """The entries that `node` means, those first that answer it best, else the newest; `limit` of them."""
    match = match_of(node)
    if match is not None:
        return _ranked_by_index(connection, match, limit, offset)
    ids = matching(connection, node)
    asked = [words for each in asked_words(node) if (words := _candidates(each)) is not None]
    best: dict[int, float] = {}
    among = ids[:MOST_RANKED]
    if asked and among:
        # The plus keeps SQLite from asking the index for each entry by itself.
        query = f"{_SCORES} AND +rowid IN (SELECT value FROM json_each(?))"
        found = connection.execute(query, (" OR ".join(f"({each})" for each in asked), among[-1], json.dumps(among)))
        best = dict(found.fetchall())
    # What is meant without one of the words comes after all that has them.
    order = sorted(among, key=lambda entry_id: best.get(entry_id, 1.0)) if best else ids
    hits = [(entry_id, -best[entry_id] if entry_id in best else None) for entry_id in order[offset : offset + limit]]
    return Ranked(hits, len(ids), len(among) if best else len(ids))


def _ranked_by_index(connection: sqlite3.Connection, match: str, limit: int, offset: int) -> Ranked:
    """The same for what the index alone can answer."""
    rows = "SELECT rowid FROM entry_index WHERE entry_index MATCH ?"
    (total,) = connection.execute(f"SELECT count(*) FROM ({rows})", (match,)).fetchone()
    newest = connection.execute(f"{rows} ORDER BY rowid DESC LIMIT 1 OFFSET ?", (match, MOST_RANKED - 1)).fetchone()
    query = f"{_SCORES} ORDER BY score, rowid DESC LIMIT ? OFFSET ?"
    found = connection.execute(query, (match, newest[0] if newest is not None else 0, limit, offset))
    return Ranked([(entry_id, -score) for entry_id, score in found], total, min(total, MOST_RANKED))


def words_like(connection: sqlite3.Connection, word: str) -> list[str]:
    """The words of the library, folded, that are spelt most like one that it does not have, the nearest first."""
    from bibman.model.nearest import nearest_words

    vocabulary = "CREATE VIRTUAL TABLE IF NOT EXISTS temp.query_vocabulary USING fts5vocab(main, entry_index, row)"
    connection.execute(vocabulary)
    within = "SELECT term FROM temp.query_vocabulary WHERE term >= ? AND term < ? AND length(term) BETWEEN ? AND ?"
    # Few mistake the first letter, and to look through all words takes a while.
    for first, after in ((word[0], chr(ord(word[0]) + 1)), ("", _LAST)):
        rows = connection.execute(within, (first, after, len(word) - 2, len(word) + 2))
        if found := nearest_words(word, (row[0] for row in rows)):
            return found
    return []


def match_of(node: Node) -> str | None:
    """What the `node` means as a question to the full-text index, where that alone can answer it."""
    if isinstance(node, Words):
        return None if is_unspaced(node.words) else _match(node.columns, node.words, node.is_prefix)
    if isinstance(node, And | Or):
        parts = [match_of(each) for each in node.nodes]
        if None in parts:
            return None
        return (" AND " if isinstance(node, And) else " OR ").join(f"({part})" for part in parts)
    return None


def _match(columns: Sequence[str], words: str, is_prefix: bool) -> str:
    where = f"{{{' '.join(columns)}}} : " if columns else ""
    return f'{where}"{words}"{" *" if is_prefix else ""}'


def _candidates(node: Words | FieldWords) -> str | None:
    if is_unspaced(node.words):
        return None
    columns = node.columns if isinstance(node, Words) else searched_in(node.name)
    return _match(columns, node.words, node.is_prefix)


def _condition(node: Node) -> Condition:
    match = match_of(node)
    if match is not None:
        return Condition("id IN (SELECT rowid FROM entry_index WHERE entry_index MATCH ?)", [match])
    match node:
        case Everything():
            return Condition("1", [])
        case And(nodes):
            # What the index can answer it answers at once.
            indexed = tuple(each for each in nodes if match_of(each) is not None)
            others = [each for each in nodes if match_of(each) is None]
            return _all_of([*([And(indexed)] if len(indexed) > 1 else indexed), *others], "AND")
        case Or(nodes):
            return _all_of(nodes, "OR")
        case Not(inner):
            sql, values = _condition(inner)
            return Condition(f"NOT ({sql})", values)
        case _:
            return _leaf(node)


def _all_of(nodes: Sequence[Node], operator: str) -> Condition:
    parts = [_condition(node) for node in nodes]
    return Condition(
        f" {operator} ".join(f"({sql})" for sql, _ in parts), [value for _, values in parts for value in values]
    )


def _leaf(node: Node) -> Condition:
    match node:
        case Words() | FieldWords():
            return _words(node)
        case FieldText(name, text, is_prefix):
            query = "SELECT entry_id FROM entry_content WHERE query_text(fields, ?, ?, ?)"
            return _in(query, _names_of(name), text, is_prefix)
        case HasField(name):
            return _in("SELECT entry_id FROM entry_content WHERE query_value(fields, ?)", _names_of(name))
        case Year(first, last):
            first, last = -(10**9) if first is None else first, 10**9 if last is None else last
            return Condition("year IS NOT NULL AND year BETWEEN ? AND ?", [first, last])
        case When(what, start, end):
            return Condition(f"{what} >= ? AND {what} < ?", [start or "", end or _LAST])
        case Type(name, True):
            return Condition("substr(type, 1, ?) = ?", [len(name), name])
        case Type():
            names = node.names()
            return Condition(f"type IN ({','.join('?' * len(names))})", list(names))
        case Identified():
            return Condition("identified", [])
        case _:
            return _linked(node)


def _linked(node: Node) -> Condition:
    """What is told by rows of other tables than the entry's own."""
    match node:
        case Tag(name, is_prefix):
            tags = "SELECT id FROM tag WHERE query_tag(name, ?, ?)"
            return _in(f"SELECT entry_id FROM entry_tag WHERE tag_id IN ({tags})", name, is_prefix)
        case Key(folded, is_prefix):
            keys = "SELECT entry_id FROM citation_keys WHERE"
            if is_prefix:
                return _in(f"{keys} folded >= ? AND folded < ?", folded, folded + _LAST)
            return _in(f"{keys} folded = ?", folded)
        case HasIdentifier(scheme, value, is_prefix):
            having = "SELECT entry_id FROM entry_identifier WHERE scheme = ?"
            if is_prefix:
                return _in(f"{having} AND value >= ? AND value < ?", scheme, value, value + _LAST)
            return _in(f"{having} AND value = ?", scheme, value)
        case Source(name, is_prefix):
            readings = (
                "SELECT reading.id FROM reading JOIN source ON source.id = source_id"
                " WHERE query_source(source.name, ?, ?)"
            )
            of_readings = f"SELECT entry_id FROM passage WHERE reading_id IN ({readings}) AND entry_id IS NOT NULL"
            return _in(of_readings, name, is_prefix)
        case HasNote():
            return _in("SELECT entry_id FROM note")
        case HasTag():
            return _in("SELECT entry_id FROM entry_tag")
        case Duplicate():
            return _in(TWINS)
        case _:
            raise AssertionError(f"no SQL for {node}")


def _in(query: str, *values: object) -> Condition:
    return Condition(f"id IN ({query})", list(values))


def _words(node: Words | FieldWords) -> Condition:
    """Words that the index alone cannot answer for: those of one field, or in a script without blanks."""
    candidates = _candidates(node)
    if candidates is not None:
        found = _in("SELECT rowid FROM entry_index WHERE entry_index MATCH ?", candidates)
    else:
        columns = (node.columns if isinstance(node, Words) else searched_in(node.name)) or INDEX_COLUMNS
        having = " OR ".join(f"instr({column}, ?)" for column in columns)
        found = _in(f"SELECT entry_id FROM entry_text WHERE {having}", *[node.words] * len(columns))
    if isinstance(node, Words):
        return found
    within = found.sql.replace("id IN", "entry_id IN", 1)
    query = f"SELECT entry_id FROM entry_content WHERE {within} AND query_words(fields, ?, ?, ?)"
    return _in(query, *found.values, _names_of(node.name), node.words, node.is_prefix)


def _names_of(name: str) -> str:
    """The names under which entries may have the field of the canonical `name`, with blanks between them."""
    return " ".join([name, *(alias for alias, canonical in FIELD_ALIASES.items() if canonical == name)])


def _value_words(fields: str, names: str, words: str, is_prefix: int) -> bool:
    from bibman.model.derive import words_of_field

    found = [Field(names.partition(" ")[0], value) for value in values_in(fields, names)]
    return bool(found) and has_words(words_of_field(found, found[0].name), words, is_prefix=bool(is_prefix))


def _value_text(fields: str, names: str, text: str, is_prefix: int) -> bool:
    value = next(values_in(fields, names), "").casefold()
    return value.startswith(text) if is_prefix else text in value


_FUNCTIONS: Final[dict[str, Callable[..., bool]]] = {
    "query_words": _value_words,
    "query_text": _value_text,
    "query_value": is_filled,
    "query_tag": lambda tag, name, is_prefix: is_tag(tag, name, is_prefix=bool(is_prefix)),
    "query_source": lambda source, name, is_prefix: is_source(source, name, is_prefix=bool(is_prefix)),
}
