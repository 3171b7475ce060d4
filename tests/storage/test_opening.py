"""Opening a library, and everything that is none: a sentence and an exit code, and the file is left alone."""

import os
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from bibman.errors import LibraryError
from bibman.storage.connection import APPLICATION_ID
from bibman.storage.database import Library
from bibman.storage.reading import reading
from bibman.storage.schema import REVISION
from tests.storage.actors import Nobody, nobody_at_work
from tests.storage.looking import content, looking, rows


def refusals(path: Path) -> set[str]:
    """The messages of the errors that reading, writing and making a library at `path` end in."""
    messages = set()
    with pytest.raises(LibraryError) as raised, reading(path):
        pass
    messages.add(raised.value.message)
    for create in (False, True):
        with pytest.raises(LibraryError) as raised:
            Library.open(path, create=create)
        messages.add(raised.value.message)
        assert raised.value.exit_code == 1
        assert raised.value.advice or path.name in raised.value.message
    return messages


def test_a_library_is_made_with_its_folders_and_marked_as_bibman_s(tmp_path: Path) -> None:
    path = tmp_path / "new" / "folders" / "library.bibman"
    Library.open(path).close()
    assert rows(path, "PRAGMA application_id") == [(APPLICATION_ID,)]
    assert rows(path, "PRAGMA journal_mode") == [("wal",)]
    assert rows(path, "SELECT version_num FROM alembic_version") == [(REVISION,)]
    assert [each.name for each in path.parent.iterdir()] == [path.name]


def test_reading_or_changing_what_is_not_there_makes_no_file(tmp_path: Path) -> None:
    path = tmp_path / "folder" / "missing.bibman"
    with pytest.raises(LibraryError, match=r"there is no library at .*missing\.bibman") as raised, reading(path):
        pass
    assert raised.value.exit_code == 1
    with pytest.raises(LibraryError, match="there is no library at"):
        Library.open(path, create=False)
    assert list(tmp_path.iterdir()) == []


def test_an_empty_file_becomes_a_library_only_where_one_is_made(tmp_path: Path) -> None:
    path = tmp_path / "empty.bibman"
    path.touch()
    with pytest.raises(LibraryError, match="there is no library at"), reading(path):
        pass
    with pytest.raises(LibraryError, match="there is no library at"):
        Library.open(path, create=False)
    assert path.stat().st_size == 0
    with Library.open(path) as library:
        assert library.verify() == []


@pytest.mark.parametrize(
    "name", ["my #1 library? 100%.bibman", ":memory:", "file:a?mode=memory", "ü 文献", "-l", "a'b\"c"]
)
def test_a_library_may_have_any_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.chdir(tmp_path)
    for path in (Path(name), tmp_path / name):
        with Library.open(path) as library:
            assert library.verify() == []
        with reading(path) as reader:
            assert reader.all_ids() == []
    assert [each.name for each in tmp_path.iterdir()] == [name]


def test_a_folder_is_refused(tmp_path: Path) -> None:
    assert refusals(tmp_path) == {f"{tmp_path} is a folder"}


def test_a_pipe_and_a_device_are_refused(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    for path in (pipe, Path("/dev/null")):
        assert refusals(path) == {f"{path} is no ordinary file"}


def test_a_path_through_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("text")
    path = tmp_path / "file" / "library.bibman"
    assert refusals(path) == {f"cannot open the library {path}: not a directory"}


@pytest.mark.parametrize("text", ["x", "@book{a, title = {B}}", "x" * 511, "x" * 512, "@comment{long}" * 1000])
def test_a_text_file_is_refused_and_left_alone(tmp_path: Path, text: str) -> None:
    path = tmp_path / "refs.bib"
    path.write_text(text)
    assert refusals(path) == {f"{path} is not a bibman library"}
    assert path.read_text() == text


@pytest.mark.parametrize("application_id", [0, 7])
def test_another_program_s_file_is_refused_and_left_alone(tmp_path: Path, application_id: int) -> None:
    path = tmp_path / "zotero.sqlite"
    with looking(path) as connection:
        connection.execute("CREATE TABLE items (id INTEGER)")
        connection.execute(f"PRAGMA application_id = {application_id}")
    before = path.read_bytes()
    assert refusals(path) == {f"{path} is a SQLite file of another program, not a bibman library"}
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


def test_a_library_of_a_newer_bibman_is_refused_and_left_alone(filled: Path) -> None:
    with looking(filled) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    before = content(filled, history=True)
    (message,) = refusals(filled)
    assert message.startswith(f"the library {filled} was written by a newer bibman")
    assert "9999" in message
    assert content(filled, history=True) == before
    assert list(filled.parent.iterdir()) == [filled]


def test_a_file_that_ends_too_soon_is_damaged(filled: Path) -> None:
    filled.write_bytes(filled.read_bytes()[:60])
    for message in refusals(filled):
        assert message.startswith(f"the library {filled} is damaged")


def test_a_file_with_its_middle_overwritten_is_damaged(filled: Path) -> None:
    sound = filled.read_bytes()
    third = len(sound) // 3
    filled.write_bytes(sound[:third] + b"\xa5" * third + sound[2 * third :])
    with pytest.raises(LibraryError, match="damaged") as raised, reading(filled) as reader:
        list(reader.entries(reader.all_ids()))
    assert raised.value.exit_code == 1
    assert "restore" in raised.value.advice


def test_an_error_that_is_not_the_library_s_passes_as_it_is(filled: Path) -> None:
    with pytest.raises(BrokenPipeError), reading(filled):
        raise BrokenPipeError
    with Library.open(filled) as library, pytest.raises(FileNotFoundError), library.change("ingest"):
        Path("/no/such/list.txt").read_bytes()


@pytest.fixture(scope="module")
def nobody() -> Iterator[Nobody]:
    with nobody_at_work() as nobody:
        yield nobody


@pytest.fixture
def shared(filled_file: Path) -> Iterator[Path]:
    """A library in a folder that everybody may look into; who has no rights can neither write the one nor the other."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        path = Path(shutil.copy(filled_file, folder))
        path.chmod(0o444)
        folder.chmod(0o555)
        yield path
        folder.chmod(0o755)


def test_a_read_only_library_in_a_read_only_folder_can_be_read(shared: Path, nobody: Nobody) -> None:
    assert nobody.read(shared) == (0, "7")
    assert list(shared.parent.iterdir()) == [shared]


def test_a_writable_library_in_a_read_only_folder_can_be_read(shared: Path, nobody: Nobody) -> None:
    shared.chmod(0o666)
    assert nobody.read(shared) == (0, "7")
    assert list(shared.parent.iterdir()) == [shared]


def test_an_empty_log_left_behind_where_nothing_can_be_written_hides_nothing(shared: Path, nobody: Nobody) -> None:
    shared.parent.chmod(0o755)
    shared.with_name(shared.name + "-wal").touch()
    shared.parent.chmod(0o555)
    assert nobody.read(shared) == (0, "7")


def test_an_older_library_that_cannot_be_upgraded_where_it_is_says_what_to_do(shared: Path, nobody: Nobody) -> None:
    shutil.copyfile(Path(__file__).with_name("libraries") / "0001.bibman", shared)
    code, message = nobody.read(shared)
    assert code == 1
    assert message == f"the library {shared} was written by an older bibman and cannot be upgraded where it is"


@pytest.mark.parametrize("file", [0o444, 0o666])
def test_a_library_in_a_read_only_folder_cannot_be_written(shared: Path, nobody: Nobody, file: int) -> None:
    shared.chmod(file)
    assert nobody.write(shared) == (1, f"the library {shared} is read-only")


def test_a_read_only_library_in_a_writable_folder_can_be_read_but_not_written(shared: Path, nobody: Nobody) -> None:
    shared.parent.chmod(0o777)
    before = content(shared, history=True)
    assert nobody.read(shared) == (0, "7")
    assert nobody.write(shared) == (1, f"the library {shared} is read-only")
    assert content(shared, history=True) == before


def test_a_read_only_library_that_somebody_is_writing_is_read_with_what_he_wrote(shared: Path, nobody: Nobody) -> None:
    shared.parent.chmod(0o755)
    shared.chmod(0o644)
    with looking(shared) as connection:
        connection.execute("PRAGMA wal_autocheckpoint = 0")
        connection.execute("DELETE FROM note")
        connection.execute("UPDATE entry SET title = 'in the log'")
        assert shared.with_name(shared.name + "-wal").stat().st_size > 0
        shared.parent.chmod(0o555)
        assert nobody.read(shared) == (0, "7")


def test_a_log_left_behind_where_nothing_can_be_written_is_never_ignored(shared: Path, nobody: Nobody) -> None:
    shared.parent.chmod(0o755)
    wal = shared.with_name(shared.name + "-wal")
    shared.chmod(0o644)
    with looking(shared) as connection:
        connection.execute("PRAGMA wal_autocheckpoint = 0")
        connection.execute("DELETE FROM entry_tag")
        kept = wal.read_bytes()
    wal.write_bytes(kept)
    shared.chmod(0o444)
    shared.parent.chmod(0o555)
    code, message = nobody.read(shared)
    assert code == 1
    assert message.startswith(f"cannot open the library {shared}")


def test_a_library_that_one_may_not_read_is_refused(shared: Path, nobody: Nobody) -> None:
    shared.chmod(0o000)
    assert nobody.read(shared) == (1, f"cannot open the library {shared}: permission denied")
    assert nobody.write(shared) == (1, f"cannot open the library {shared}: permission denied")


def test_a_library_cannot_be_made_in_a_folder_that_one_may_not_write(shared: Path, nobody: Nobody) -> None:
    code, message = nobody.write(shared.parent / "new.bibman")
    assert (code, message) == (1, f"cannot open the library {shared.parent / 'new.bibman'}")
    code, message = nobody.write(shared.parent / "folder" / "new.bibman")
    assert (code, message) == (
        1,
        f"cannot use the library {shared.parent / 'folder' / 'new.bibman'}: permission denied",
    )
    assert [each.name for each in shared.parent.iterdir()] == [shared.name]


@pytest.mark.parametrize("revision", ["", "0000", "1", "000a"])
def test_a_library_with_a_revision_that_is_none_is_damaged_and_left_alone(filled: Path, revision: str) -> None:
    with looking(filled) as connection:
        connection.execute("UPDATE alembic_version SET version_num = ?", (revision,))
    before = content(filled, history=True)
    (message,) = refusals(filled)
    assert message.startswith(f"the library {filled} is damaged (its revision is ")
    assert content(filled, history=True) == before
    assert list(filled.parent.iterdir()) == [filled]


def test_a_library_that_has_lost_its_revision_is_damaged_and_left_alone(filled: Path) -> None:
    with closing(sqlite3.connect(filled)) as connection, connection:
        connection.execute("DELETE FROM alembic_version")
    before = filled.read_bytes()
    with pytest.raises(LibraryError, match="revision is missing") as raised:
        Library.open(filled)
    assert "restore" in raised.value.advice
    assert filled.read_bytes() == before
