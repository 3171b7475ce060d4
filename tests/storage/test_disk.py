"""A disk that is full or fails: a sentence, and nothing was changed."""

import resource
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import event

from bibman.errors import LibraryError
from bibman.storage.annotations import add_note
from bibman.storage.connection import explanation
from bibman.storage.copies import back_up
from bibman.storage.database import Library
from bibman.storage.entries import add_entries, reserve_ids
from bibman.storage.reading import reading
from tests.storage.looking import content, looking, rows
from tests.storage.sample import many


def add_many(library: Library) -> None:
    with library.change("ingest") as change:
        for first in range(0, 600, 100):
            add_entries(change, dict(zip(reserve_ids(change, 100), many(100, first), strict=True)))


@contextmanager
def files_of_at_most(size: int) -> Iterator[None]:
    """No file of this process can grow beyond `size`, as if the disk ended there."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_a_change_for_which_the_disk_has_no_room_changes_nothing(filled: Path) -> None:
    before = content(filled, history=True)
    ((pages,),) = rows(filled, "PRAGMA page_count")
    with Library.open(filled) as library:

        @event.listens_for(library.engine, "connect")
        def limit(connection: sqlite3.Connection, _record: object) -> None:
            connection.execute(f"PRAGMA max_page_count = {pages + 8}")

        with pytest.raises(LibraryError, match="the disk is full") as raised:
            add_many(library)
    assert raised.value.exit_code == 1
    assert str(filled) in raised.value.message
    assert "make room" in raised.value.advice
    assert content(filled, history=True) == before
    with Library.open(filled) as library:
        assert library.verify() == []
        add_many(library)


@pytest.mark.parametrize("room", [0, 100_000])
def test_a_change_that_cannot_be_written_to_the_end_changes_nothing(filled: Path, room: int) -> None:
    before = content(filled, history=True)
    with Library.open(filled) as library:
        with files_of_at_most(room), pytest.raises(LibraryError, match="disk") as raised:
            add_many(library)
        assert raised.value.exit_code == 1
        assert content(filled, history=True) == before
        assert library.verify() == []
        add_many(library)
        assert library.verify() == []


def test_a_library_is_read_where_the_disk_has_no_room_for_what_sqlite_keeps_beside_it(filled: Path) -> None:
    with reading(filled) as reader:
        wanted = list(reader.entries(reader.all_ids()))
    with files_of_at_most(0), reading(filled) as reader:
        assert list(reader.entries(reader.all_ids())) == wanted
    with Library.open(filled) as library:
        assert library.verify() == []


def test_what_sqlite_began_beside_a_library_for_which_there_is_no_room_hides_nothing(filled: Path) -> None:
    with reading(filled) as reader:
        wanted = list(reader.entries(reader.all_ids()))
    filled.with_name(filled.name + "-wal").touch()
    filled.with_name(filled.name + "-shm").write_bytes(bytes(3))
    with files_of_at_most(3), reading(filled) as reader:
        assert list(reader.entries(reader.all_ids())) == wanted


def test_a_log_is_not_ignored_for_want_of_room(filled: Path) -> None:
    wal = filled.with_name(filled.name + "-wal")
    with looking(filled) as connection:
        connection.execute("PRAGMA wal_autocheckpoint = 0")
        connection.execute("DELETE FROM note")
        kept = wal.read_bytes()
    wal.write_bytes(kept)
    with files_of_at_most(0), pytest.raises(LibraryError, match="disk"), reading(filled):
        pass
    assert wal.read_bytes() == kept


def test_undo_without_room_undoes_nothing(filled: Path) -> None:
    with Library.open(filled) as library:
        add_many(library)
        before = content(filled, history=True)
        with files_of_at_most(100_000), pytest.raises(LibraryError, match="disk"):
            library.undo()
        assert content(filled, history=True) == before
        assert library.verify() == []


def test_a_library_that_cannot_be_made_for_want_of_room_can_be_made_later(tmp_path: Path) -> None:
    path = tmp_path / "new.bibman"
    with files_of_at_most(20_000), pytest.raises(LibraryError, match="disk"):
        Library.open(path)
    with Library.open(path) as library:
        assert library.verify() == []


def test_a_backup_without_room_leaves_no_half_of_it(filled: Path, tmp_path: Path) -> None:
    with files_of_at_most(20_000), pytest.raises(LibraryError, match="disk"):
        back_up(filled, tmp_path / "backup.bibman")
    assert [each.name for each in tmp_path.iterdir() if "backup" in each.name] == []


def test_a_text_that_is_too_large_is_told(library: Library) -> None:
    with library.change("new") as change:
        add_entries(change, dict(zip(reserve_ids(change, 1), many(1), strict=True)))

    @event.listens_for(library.engine, "connect")
    def limit(connection: sqlite3.Connection, _record: object) -> None:
        connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, 100_000)

    with pytest.raises(LibraryError, match="too large"), library.change("note add") as change:
        add_note(change, 1, "x" * 200_000)


def test_an_error_of_a_disk_without_room_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    error = sqlite3.OperationalError("disk I/O error")
    error.sqlite_errorname = "SQLITE_IOERR_SHMSIZE"
    usage = shutil.disk_usage(".")._replace(free=4096)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage)
    assert explanation(error, Path("a.bibman")).message == "the disk is full: a.bibman could not be written"


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("SQLITE_FULL", "the disk is full: {path} could not be written"),
        ("SQLITE_READONLY_DBMOVED", "the library {path} is read-only"),
        ("SQLITE_CANTOPEN_ISDIR", "cannot open the library {path}"),
        ("SQLITE_BUSY_SNAPSHOT", "another process is using {path}"),
        ("SQLITE_CORRUPT_VTAB", "the library {path} is damaged (said)"),
        ("SQLITE_NOTADB", "the library {path} is damaged (said)"),
        ("SQLITE_IOERR_FSYNC", "the library {path} could not be read or written (disk error)"),
        ("SQLITE_MISUSE", "the library {path} could not do this: said"),
    ],
)
def test_every_error_of_sqlite_has_its_sentence(name: str, words: str) -> None:
    error = sqlite3.OperationalError("said")
    error.sqlite_errorname = name
    path = Path("papers.bibman")
    found = explanation(error, path)
    assert found.message == words.format(path=path)
    assert found.exit_code == 1
