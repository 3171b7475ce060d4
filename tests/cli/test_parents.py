"""Entries that inherit from others, and backups of a newer bibman."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from bibman.cli.main import app
from bibman.errors import LibraryError, NotFoundError
from tests.cli.calling import Bibman
from tests.storage.looking import content, rows


def run(library: Path, *arguments: str) -> Result:
    return CliRunner().invoke(app, ["--library", str(library), *arguments])


@pytest.fixture
def library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for kind in ("CONFIG", "DATA"):
        monkeypatch.setenv(f"XDG_{kind}_HOME", str(tmp_path / kind))
    path = tmp_path / "test.bibman"
    run(path, "new", "proceedings", "--key", "aparent", "--set", "title=Proc", "--set", "year=2020")
    run(path, "new", "inproceedings", "--key", "bchild", "--set", "title=Child", "--set", "crossref=aparent")
    return path


def test_an_exported_child_brings_its_parent_after_it(library: Path) -> None:
    text = run(library, "export", "bchild").stdout
    assert text.index("{bchild,") < text.index("{aparent,")


def test_an_exported_parent_comes_alone(library: Path) -> None:
    assert "bchild" not in run(library, "export", "aparent").stdout


FAMILY = """
@xdata{series, journal = {Annals}, date = {1990-05}}
@article{data, title = {Data}, xdata = {series}}
@inproceedings{child, title = {Child}, crossref = {BOOK}}
@inbook{grandchild, title = {Grandchild}, crossref = {child}}
@misc{round, title = {Round}, crossref = {about}}
@misc{about, title = {About}, crossref = {round}, year = {3}}
@proceedings{book, title = {Großes Buch}, year = {2020}}
"""


def shown(fresh: Bibman, key: str) -> tuple[int | None, str | None]:
    entry = fresh.shown(key)
    return entry["year"], entry["container"]


def test_lists_and_search_know_what_an_entry_inherits_whatever_becomes_of_its_parents(fresh: Bibman) -> None:
    fresh("ingest", fresh.file("refs.bib", FAMILY))
    assert shown(fresh, "data") == (1990, "Annals")
    assert shown(fresh, "child") == (2020, "Großes Buch")
    assert shown(fresh, "grandchild") == (2020, "Großes Buch")
    assert [shown(fresh, key) for key in ("round", "about")] == [(3, None), (3, None)]
    found_by_words = "SELECT key FROM entry WHERE id IN (SELECT rowid FROM entry_index WHERE entry_index MATCH ?)"
    assert rows(fresh.library, found_by_words, "container: grosses") == [("child",), ("grandchild",)]
    steps: list[tuple[tuple[str, ...], tuple[int | None, str | None]]] = [
        (("edit", "book", "--set", "year=2021"), (2021, "Großes Buch")),
        (("key", "set", "book", "buch"), (2021, "Großes Buch")),
        (("edit", "child", "--set", "booktitle=Own", "--set", "note=x"), (2021, "Own")),
        (("edit", "child", "--set", "note=y"), (2021, "Own")),
        (("remove", "buch"), (None, "Own")),
        (("new", "proceedings", "--key", "buch", "--set", "title=Other", "--set", "year=1"), (1, "Own")),
        (("edit", "child", "--unset", "crossref"), (None, "Own")),
    ]
    seen = [shown(fresh, "child")]
    for command, found in steps:
        done = fresh(*command)
        assert done.code == 0, done
        assert shown(fresh, "child") == found
        seen.append(found)
        assert fresh("library", "verify").code == 0
    for found in reversed(seen[:-1]):
        fresh("undo")
        assert shown(fresh, "child") == found
    assert fresh("library", "verify").code == 0
    for found in seen[1:]:
        fresh("redo")
        assert shown(fresh, "child") == found
    before = content(fresh.library)
    assert fresh("library", "rebuild").code == 0
    assert content(fresh.library) == before
    assert "year" not in fresh.shown("grandchild")["fields"]


def test_a_backup_of_a_newer_bibman_is_refused(library: Path, tmp_path: Path) -> None:
    newer = tmp_path / "newer.bibman"
    run(library, "library", "backup", str(newer))
    with closing(sqlite3.connect(newer)) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    assert isinstance(run(library, "library", "restore", "--yes", str(newer)).exception, LibraryError)
    assert run(library, "list").exit_code == 0


def test_an_unknown_setting_is_named(library: Path) -> None:
    assert isinstance(run(library, "config", "set", "nope", "1").exception, NotFoundError)
