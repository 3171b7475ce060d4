"""Backups and their return: whole, beside whoever writes, and never over something that is there."""

from pathlib import Path

import pytest

from bibman.errors import BibmanError, LibraryError
from bibman.services.library import backup, restore
from bibman.storage.annotations import add_note
from bibman.storage.copies import back_up, free_path
from bibman.storage.database import Library
from bibman.storage.reading import reading
from tests.storage.actors import act, back_up_at_once, first_line, start, write_on
from tests.storage.looking import content, index_is_in_step, looking, rows


def note(path: Path, text: str) -> None:
    with Library.open(path) as library, library.change("note add") as change:
        add_note(change, 1, text)


def test_a_backup_is_one_file_with_all_that_the_library_has(filled: Path, tmp_path: Path) -> None:
    target = tmp_path / "backups" / "copy.bibman"
    target.parent.mkdir()
    assert backup(filled, target) == target
    assert content(target, history=True) == content(filled, history=True)
    assert list(target.parent.iterdir()) == [target]
    with Library.open(target) as library:
        assert library.verify() == []
        assert library.redo()
    assert rows(target, "PRAGMA journal_mode") == [("delete",)]


def test_a_backup_has_what_is_committed_and_nothing_else(filled: Path, tmp_path: Path) -> None:
    before = content(filled, history=True)
    with Library.open(filled) as library, library.change("note add") as change:
        add_note(change, 1, "in the middle of a change")
        assert content(back_up(filled, tmp_path / "copy.bibman"), history=True) == before
    after = content(back_up(filled, tmp_path / "copy-2.bibman"), history=True)
    assert after == content(filled, history=True) != before


def test_a_backup_made_while_another_process_writes_is_sound(path: Path, tmp_path: Path) -> None:
    with start(write_on, path) as process:
        for number in range(5):
            first_line(process)
            copy = back_up(path, tmp_path / f"copy{number}.bibman")
            with Library.open(copy) as library:
                assert library.verify() == []
            with reading(copy) as reader:
                assert reader.counts()["entries"] % 20 == 0
                assert reader.counts()["entries"] >= 20 * (number + 1)
        process.kill()
    assert not list(tmp_path.glob("*unfinished*"))


def test_a_backup_never_overwrites(filled: Path, tmp_path: Path) -> None:
    there = tmp_path / "there.bibman"
    there.write_text("precious")
    with pytest.raises(BibmanError, match="there already") as raised:
        backup(filled, there)
    assert raised.value.exit_code == 1
    assert there.read_text() == "precious"
    with pytest.raises(BibmanError, match="there already"):
        backup(filled, tmp_path)
    assert content(filled, history=True)


def test_a_backup_of_nothing_or_into_nowhere_is_refused_and_leaves_nothing(filled: Path, tmp_path: Path) -> None:
    with pytest.raises(LibraryError, match="there is no library"):
        backup(tmp_path / "missing.bibman", tmp_path / "copy.bibman")
    with pytest.raises(LibraryError, match="cannot open the library"):
        backup(filled, tmp_path / "no" / "folder" / "copy.bibman")
    assert list(tmp_path.iterdir()) == [filled]


def test_what_a_killed_backup_left_behind_is_in_nobody_s_way(filled: Path, tmp_path: Path) -> None:
    left = {tmp_path / f".copy.bibman{middle}.unfinished" for middle in ("", ".1", ".12345678")}
    for each in left:
        each.write_bytes(filled.read_bytes()[:5000])
    copy = back_up(filled, tmp_path / "copy.bibman")
    assert content(copy, history=True) == content(filled, history=True)
    assert set(tmp_path.glob(".*")) == left


def test_backups_made_at_once_under_one_name_are_whole(filled: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy.bibman"
    assert act(back_up_at_once, filled, copy, 4) == [0] * 4
    assert content(copy, history=True) == content(filled, history=True)
    assert set(tmp_path.iterdir()) == {filled, copy}


def test_a_free_path_is_one_that_is_not_there(tmp_path: Path) -> None:
    path = tmp_path / "a.bibman"
    assert free_path(path, "replaced") == tmp_path / "a.bibman.replaced"
    for name in ("a.bibman.replaced", "a.bibman.replaced-2"):
        (tmp_path / name).touch()
    assert free_path(path, "replaced") == tmp_path / "a.bibman.replaced-3"


def test_a_backup_takes_the_place_of_the_library_which_is_kept(filled: Path, tmp_path: Path) -> None:
    copy = backup(filled, tmp_path / "copy.bibman")
    before = content(filled, history=True)
    note(filled, "later")
    later = content(filled, history=True)
    restored = restore(filled, copy)
    assert restored.entries == 7
    assert restored.kept == filled.with_name("filled.bibman.replaced")
    assert content(filled, history=True) == before
    assert content(restored.kept, history=True) == later
    with Library.open(filled) as library:
        assert library.verify() == []
    assert index_is_in_step(filled)
    note(filled, "and it can be written")
    assert content(copy, history=True) == before


def test_who_has_the_library_open_sees_what_was_restored(filled: Path, tmp_path: Path) -> None:
    copy = backup(filled, tmp_path / "copy.bibman")
    with reading(filled) as reader:
        note(filled, "later")
        assert len(reader.notes()) == 4
        restore(filled, copy)
        assert len(reader.notes()) == 3


def test_a_backup_is_restored_where_there_is_no_library(filled: Path, tmp_path: Path) -> None:
    copy = backup(filled, tmp_path / "copy.bibman")
    before = content(filled, history=True)
    filled.unlink()
    assert restore(filled, copy).kept is None
    assert content(filled, history=True) == before
    elsewhere = tmp_path / "new" / "folder" / "library.bibman"
    assert restore(elsewhere, copy).kept is None
    assert content(elsewhere, history=True) == before


@pytest.mark.parametrize(
    ("first", "last"), [(0, 40), (0, 16), (40, 4096), (4096, 8192), (20_000, 150_000), (100, 60)], ids=str
)
def test_a_backup_is_restored_over_a_damaged_library_which_is_kept(
    filled: Path, tmp_path: Path, first: int, last: int
) -> None:
    copy = backup(filled, tmp_path / "copy.bibman")
    before = content(filled, history=True)
    sound = filled.read_bytes()
    damaged = sound[:first] + b"\xa5" * max(0, last - first) + sound[max(first, last) :]
    if last < first:
        damaged = sound[:last]
    filled.write_bytes(damaged)
    restored = restore(filled, copy)
    assert restored.kept is not None
    assert restored.kept.stat().st_size > 0
    assert content(filled, history=True) == before
    with Library.open(filled) as library:
        assert library.verify() == []


def test_what_is_no_sound_library_is_not_restored_and_nothing_is_changed(filled: Path, tmp_path: Path) -> None:
    before = content(filled, history=True)
    (tmp_path / "text.bib").write_text("@book{a}")
    with looking(tmp_path / "other.sqlite") as connection:
        connection.execute("CREATE TABLE t (a)")
    damaged = tmp_path / "damaged.bibman"
    damaged.write_bytes(filled.read_bytes()[:8192] + b"\xa5" * 100_000)
    empty = tmp_path / "empty.bibman"
    empty.touch()
    for origin in ("text.bib", "other.sqlite", "damaged.bibman", "empty.bibman", "missing.bibman", ".", filled.name):
        with pytest.raises(BibmanError) as raised:
            restore(filled, tmp_path / origin)
        assert raised.value.exit_code == 1
        assert content(filled, history=True) == before
    assert not list(tmp_path.glob("*replaced*"))
