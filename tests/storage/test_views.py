"""The public reading views: documented column by column, and in agreement with the tables."""

import json
import re
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bibman.storage.schema import VIEWS
from tests.storage.looking import looking

PAGE = (Path(__file__).parents[2] / "docs" / "views.md").read_text(encoding="utf-8")
Row = dict[str, Any]


@pytest.fixture
def connection(filled_file: Path) -> Iterator[sqlite3.Connection]:
    with looking(filled_file) as connection:
        yield connection


def documented() -> dict[str, list[tuple[str, str]]]:
    """View → the columns and types that the documentation gives it."""
    found: dict[str, list[tuple[str, str]]] = {}
    for section in PAGE.split("\n## ")[1:]:
        name, _, text = section.partition("\n")
        columns = re.findall(r"^\| `(\w+)` \| ([A-Z]+) \| \S", text, re.MULTILINE)
        if columns:
            found[name] = columns
    return found


def test_every_column_of_every_view_is_documented_in_order(connection: sqlite3.Connection) -> None:
    found = {
        name: [column[1] for column in connection.execute(f"PRAGMA table_info({name})")]
        for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'view'")
    }
    assert {name: [column for column, _ in columns] for name, columns in documented().items()} == found
    assert list(documented()) == list(VIEWS)


def test_every_column_has_the_documented_type(connection: sqlite3.Connection) -> None:
    for name, columns in documented().items():
        types = ", ".join(f"group_concat(DISTINCT typeof({column}))" for column, _ in columns)
        for (column, wanted), found in zip(
            columns, connection.execute(f"SELECT {types} FROM {name}").fetchone(), strict=True
        ):
            assert set(found.upper().split(",")) <= {wanted, "NULL"}, (name, column)


def test_the_documented_questions_can_be_asked(connection: sqlite3.Connection) -> None:
    questions = re.findall(r"```sql\n(.*?)```", PAGE, re.DOTALL)
    assert len(questions) == 3
    answers = [connection.execute(question).fetchall() for question in questions]
    assert answers[0][0] == ("Łukasz", "Jan", 2, 1986)
    assert [row[:2] for row in answers[1]] == [("knuth84", "The book"), ("Müller-2020", "A Talk")]
    assert [row[2] for row in answers[2]] == ["rejected", "rejected"]


def test_the_documented_command_line_is_sql(connection: sqlite3.Connection) -> None:
    (question,) = re.findall(r'library path\)" "(.*)"', PAGE)
    assert len(connection.execute(question).fetchall()) == 7


class Tables:
    """All tables of a library, as lists of rows."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        connection.row_factory = sqlite3.Row
        self._connection = connection

    def __getattr__(self, table: str) -> list[Row]:
        return [dict(row) for row in self._connection.execute(f'SELECT * FROM "{table}"')]

    def one(self, table: str, row_id: int | None) -> Row:
        return next((row for row in getattr(self, table) if row["id"] == row_id), {})


def shown(name: Row) -> str:
    family = f"{name['prefix']} {name['family']}".strip()
    suffix = f", {name['suffix']}" if name["suffix"] else ""
    return str(name["literal"] or f"{name['given']} {family}{suffix}".strip())


def expected(of: Tables) -> Iterator[tuple[str, list[Row]]]:
    """What each view should show, worked out from the tables."""
    keys = {entry["id"]: entry["key"] for entry in of.entry}
    same = ("id", "key", "type", "identified", "title", "opening", "short_names", "date", "year", "container")
    entries = []
    for entry in of.entry:
        authors = sorted(
            (n for n in of.entry_name if n["entry_id"] == entry["id"] and n["role"] == "author"),
            key=lambda n: int(n["position"]),
        )
        tags = [of.one("tag", link["tag_id"]) for link in of.entry_tag if link["entry_id"] == entry["id"]]
        entries.append(
            {name: entry[name] for name in same}
            | {"authors": "; ".join(map(shown, authors)) or None}
            | {"tags": ", ".join(tag["name"] for tag in sorted(tags, key=lambda tag: str(tag["folded"]))) or None}
            | {"notes": len([note for note in of.note if note["entry_id"] == entry["id"]])}
            | {name: entry[name] for name in ("revision", "added_at", "changed_at", "title_key")}
        )
    yield "entries", entries
    content = [(of.one("entry", row["entry_id"]), row["fields"]) for row in of.entry_content]
    heads = ("key", "type", "identified", "revision")
    yield (
        "contents",
        [{"entry_id": e["id"], **{name: e[name] for name in heads}, "fields": text} for e, text in content],
    )
    yield (
        "fields",
        [
            {
                "entry_id": entry["id"],
                "key": entry["key"],
                "position": position,
                "name": field[0],
                "value": field[1],
                "expression": field[2] if len(field) > 2 else None,
            }
            for entry, text in content
            for position, field in enumerate(json.loads(text))
        ],
    )
    yield "names", [{**name, "key": keys[name["entry_id"]]} for name in of.entry_name]
    yield "identifiers", [{**each, "key": keys[each["entry_id"]]} for each in of.entry_identifier]
    yield (
        "citation_keys",
        [
            {"folded": row["key_folded"], "citation_key": row["key"], "entry_id": entry_id, "is_alias": is_alias}
            for is_alias, table, column in ((0, of.entry, "id"), (1, of.alias, "entry_id"))
            for row in table
            for entry_id in (row[column],)
        ],
    )
    links = [(link, of.one("tag", link["tag_id"])) for link in of.entry_tag]
    yield "tags", [{**tag, "entries": len([link for link, each in links if each == tag])} for tag in of.tag]
    yield (
        "entry_tags",
        [{**link, "key": keys[link["entry_id"]], "tag": tag["name"], "folded": tag["folded"]} for link, tag in links],
    )
    yield "notes", [{**note, "key": keys[note["entry_id"]]} for note in of.note]
    readings = [(reading, of.one("source", reading["source_id"])) for reading in of.reading]
    yield (
        "sources",
        [
            {
                **source,
                "readings": len([1 for _, each in readings if each == source]),
                "last_read_at": max((reading["read_at"] for reading, each in readings if each == source), default=None),
            }
            for source in of.source
        ],
    )
    yield "readings", [{**_without(reading, "source_id"), "source": source["name"]} for reading, source in readings]
    passages = []
    for passage in of.passage:
        reading = of.one("reading", passage["reading_id"])
        entry = of.one("entry", passage["entry_id"])
        passages.append(
            _without(passage, "text_key", "raw_of")
            | {"raw": of.one("passage", passage["raw_of"]).get("raw", passage["raw"])}
            | {"source": of.one("source", reading["source_id"])["name"], "read_at": reading["read_at"]}
            | {"entry_id": entry.get("id"), "key": entry.get("key")}
            | {"edited_since": int(entry["revision"] > passage["entry_revision"]) if entry else None}
        )
    yield "passages", passages
    for view, table in (("macros", of.macro), ("preambles", of.preamble)):
        yield (
            view,
            [{**_without(row, "source_id"), "source": of.one("source", row["source_id"])["name"]} for row in table],
        )
    yield "saved_searches", of.saved_search
    yield (
        "distinct_works",
        [{**pair, "key": keys[pair["entry_id"]], "other_key": keys[pair["other_id"]]} for pair in of.distinct_pair],
    )
    yield (
        "history",
        [
            {**operation, "changes": len([1 for change in of.change if change["operation_id"] == operation["id"]])}
            for operation in of.operation
        ],
    )


def _without(row: Row, *names: str) -> Row:
    return {name: value for name, value in row.items() if name not in names}


def test_the_views_agree_with_the_tables(connection: sqlite3.Connection) -> None:
    of = Tables(connection)
    views = dict(expected(of))
    assert list(views) == list(VIEWS)
    for name, wanted in views.items():
        found = getattr(of, name)
        assert found, f"the view {name} has something to show"
        assert sorted(map(_sortable, found)) == sorted(map(_sortable, wanted)), name


def _sortable(row: Row) -> str:
    return repr(sorted(row.items()))
