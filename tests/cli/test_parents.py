"""Entries that inherit from others, and backups of a newer bibman."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from bibman.cli.main import app
from bibman.errors import LibraryError, NotFoundError


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


def test_a_backup_of_a_newer_bibman_is_refused(library: Path, tmp_path: Path) -> None:
    newer = tmp_path / "newer.bibman"
    run(library, "library", "backup", str(newer))
    with closing(sqlite3.connect(newer)) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    assert isinstance(run(library, "library", "restore", "--yes", str(newer)).exception, LibraryError)
    assert run(library, "list").exit_code == 0


def test_an_unknown_setting_is_named(library: Path) -> None:
    assert isinstance(run(library, "config", "set", "nope", "1").exception, NotFoundError)
