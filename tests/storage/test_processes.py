"""Several processes with one library: nothing is lost, whoever is first, and whoever is killed."""

import time
from collections.abc import Callable
from pathlib import Path

import pytest

from bibman.storage.annotations import add_note
from bibman.storage.connection import inspect
from bibman.storage.copies import back_up
from bibman.storage.database import Library
from bibman.storage.entries import add_entries, reserve_ids
from bibman.storage.reading import reading
from tests.storage.actors import (
    act,
    add_and_be_killed,
    add_at_once,
    first_line,
    hold,
    start,
    tag_all_at_once,
    tag_at_once,
    visit,
)
from tests.storage.looking import index_is_in_step, looking, operations, rows
from tests.storage.sample import entry, many


def open_and_close(path: Path) -> None:
    Library.open(path).close()


def copy_beside(path: Path) -> None:
    back_up(path, path.with_name("copy.bibman"))


def read_and_close(path: Path) -> None:
    with reading(path) as reader:
        assert len(reader.all_ids()) == 7


def test_eight_processes_that_make_a_library_at_once_make_one_and_lose_nothing(tmp_path: Path) -> None:
    for attempt in range(2):
        path = tmp_path / f"new{attempt}.bibman"
        assert act(add_at_once, path, 8) == [0] * 8
        assert {key for (key,) in rows(path, "SELECT key FROM entries")} == {f"key{number}" for number in range(8)}
        with Library.open(path) as library:
            assert library.verify() == []
    assert {each.suffix for each in tmp_path.iterdir()} == {".bibman"}


def test_six_processes_that_write_at_once_lose_nothing(path: Path) -> None:
    with Library.open(path) as library, library.change("new") as change:
        add_entries(change, {entry_id: entry(f"k{entry_id}") for entry_id in reserve_ids(change, 7)})
    assert act(tag_at_once, path, 6, 50) == [0] * 6
    with reading(path) as reader:
        tags = reader.tags_of(range(1, 8))
    shared = {f"all {place}" for place in range(50)}
    assert set(tags[1]) == shared | {f"own {number}/{place}" for number in range(6) for place in range(50)}
    for number in range(6):
        assert set(tags[number + 2]) == shared | {f"own {number}/{place}" for place in range(50)}
    assert len(operations(path)) == 1 + 6 * 50
    with Library.open(path) as library:
        assert library.verify() == []


def test_two_processes_that_tag_five_hundred_entries_at_once_put_a_thousand_tags(path: Path) -> None:
    with Library.open(path) as library, library.change("new") as change:
        add_entries(change, dict(zip(reserve_ids(change, 500), many(500), strict=True)))
    assert act(tag_all_at_once, path, 2) == [0, 0]
    assert rows(path, "SELECT count(*), count(DISTINCT entry_id) FROM entry_tags") == [(1000, 500)]
    assert rows(path, "SELECT name, entries FROM tags ORDER BY name") == [("own 0", 500), ("own 1", 500)]
    assert len(operations(path)) == 1 + 1000
    assert index_is_in_step(path)
    with Library.open(path) as library:
        assert library.verify() == []


@pytest.mark.parametrize("look", [inspect, open_and_close, copy_beside, read_and_close])
def test_who_has_a_library_open_keeps_his_locks_whatever_else_his_process_does_with_it(
    filled: Path, look: Callable[[Path], object]
) -> None:
    log = filled.with_name(filled.name + "-wal")
    with looking(filled) as connection:
        connection.execute("PRAGMA wal_autocheckpoint = 0")
        connection.execute("UPDATE entry SET title = 'in the log'")
        written = log.stat().st_size
        look(filled)
        # Whoever closes a library that nobody else has open takes the log into it and removes that.
        assert act(visit, filled) == 7
        assert log.stat().st_size >= written > 0


def test_a_writer_waits_for_another_and_says_so_after_two_seconds(filled: Path) -> None:
    told: list[float] = []
    with start(hold, filled, 3) as process:
        first_line(process)
        begun = time.monotonic()
        with Library.open(filled, on_wait=lambda: told.append(time.monotonic() - begun)) as library:
            with reading(filled) as reader:
                assert len(reader.all_ids()) == 7
            with library.change("note add") as change:
                note = add_note(change, 1, "after waiting")
    assert len(told) == 1
    assert told[0] >= 1.9
    assert rows(filled, "SELECT name FROM source WHERE name = 'held'") == [("held",)]
    assert rows(filled, "SELECT text FROM notes WHERE id = ?", note) == [("after waiting",)]


def test_a_writer_that_waits_in_vain_gives_up_with_a_sentence(filled: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from bibman.errors import LibraryError

    monkeypatch.setattr("bibman.storage.connection.NOTICE_AFTER", 0.1)
    monkeypatch.setattr("bibman.storage.connection.WAIT_AT_MOST", 0.2)
    with start(hold, filled, 20) as process:
        first_line(process)
        with (
            Library.open(filled) as library,
            pytest.raises(LibraryError, match="another process has been writing") as raised,
            library.change("note add") as change,
        ):
            add_note(change, 1, "never")
        process.kill()
    assert raised.value.exit_code == 1
    assert rows(filled, "SELECT count(*) FROM notes WHERE text = 'never'") == [(0,)]


def test_a_library_whose_writer_is_killed_opens_is_sound_and_holds_all_of_the_change_or_nothing(
    new_file: Path, tmp_path: Path
) -> None:
    path = tmp_path / "killed.bibman"
    whole, *found = act(add_and_be_killed, new_file, path, 10_000, 10)
    assert whole == [10_000, []]
    assert {tuple(findings) for _, findings in found} == {()}
    assert {entries for entries, _ in found} <= {0, 10_000}
    assert 0 in {entries for entries, _ in found}
