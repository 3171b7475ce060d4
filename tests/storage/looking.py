"""Looking into the file of a library from outside, with sqlite3 alone."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

HISTORY = {"operation", "change"}

Rows = list[tuple[Any, ...]]


@contextmanager
def looking(path: Path) -> Iterator[sqlite3.Connection]:
    """A connection in autocommit mode that knows nothing of bibman."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        yield connection


def rows(path: Path, query: str, *values: Any) -> Rows:
    """What a query finds."""
    with looking(path) as connection:
        return connection.execute(query, values).fetchall()


def tables(connection: sqlite3.Connection) -> list[str]:
    """The names of the tables of a library, without those that the index and SQLite keep for themselves."""
    query = "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name"
    names = [name for (name,) in connection.execute(query)]
    return [name for name in names if not name.startswith(("entry_index", "sqlite_", "alembic_"))]


def content(path: Path, *, history: bool = False) -> dict[str, Rows]:
    """Every row of every table, those of the history only if asked."""
    with looking(path) as connection:
        return {
            name: sorted(connection.execute(f'SELECT * FROM "{name}"').fetchall(), key=repr)
            for name in tables(connection)
            if history or name not in HISTORY
        }


def schema(path: Path) -> Rows:
    """How everything in a library is made."""
    return rows(path, "SELECT type, name, sql FROM sqlite_master ORDER BY type, name")


def operations(path: Path) -> Rows:
    """The history: command, summary, whether undone, number of rows changed."""
    return rows(path, "SELECT command, summary, undone, changes FROM history ORDER BY id")


def index_is_in_step(path: Path) -> bool:
    """Whether for every word of `entry_text`, and every column, the index finds the rows that have it there."""
    with looking(path) as connection:
        columns = [row[1] for row in connection.execute("PRAGMA table_info(entry_text)")][1:]
        expected: dict[tuple[str, str], set[int]] = {}
        for entry_id, *texts in connection.execute("SELECT * FROM entry_text"):
            for column, words in zip(columns, texts, strict=True):
                for word in words.split():
                    expected.setdefault((column, word), set()).add(entry_id)
        return expected == _indexed(connection, columns)


def _indexed(connection: sqlite3.Connection, columns: list[str]) -> dict[tuple[str, str], set[int]]:
    # The index tells all that it holds, so that what it holds too much is found as well.
    connection.execute("CREATE VIRTUAL TABLE temp.held USING fts5vocab(main, entry_index, instance)")
    held: dict[tuple[str, str], set[int]] = {}
    for word, entry_id, column in connection.execute("SELECT term, doc, col FROM temp.held"):
        held.setdefault((column, word), set()).add(entry_id)
    assert {column for column, _ in held} <= set(columns)
    return held
