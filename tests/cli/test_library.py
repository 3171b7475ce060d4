"""`library`: the file that everything is in."""

import json
import shutil
from pathlib import Path

import pytest

from bibman.storage.schema import REVISION
from tests.cli.calling import Bibman
from tests.storage.looking import content, looking

TOY = "elhage2022toy"


def test_info_tells_what_is_in_it(seeded: Bibman) -> None:
    seeded("tag", "add", "a,b", TOY)
    seeded("note", "add", TOY, "Fine.")
    about = seeded.json("library", "info")
    assert about["bytes"] == seeded.library.stat().st_size
    assert {name: about[name] for name in about if name != "bytes"} == {
        "path": str(seeded.library),
        "revision": REVISION,
        "entries": 14,
        "unidentified": 0,
        "tags": 2,
        "notes": 1,
        "sources": 1,
        "readings": 1,
        "passages": 15,  # the header of the list is kept too
        "operations": 3,
    }
    told = dict(line.split(maxsplit=1) for line in seeded("library", "info").out.splitlines())
    assert told["bytes"] == f"{about['bytes']:,}"
    assert told["entries"] == "14"


def test_the_path_is_told_whether_the_library_is_there_or_not(fresh: Bibman) -> None:
    assert fresh("library", "path") == (0, f"{fresh.library}\n", "")
    assert not fresh.library.exists()
    assert fresh("--library", "own.bibman", "library", "path").out == f"{fresh.home}/own.bibman\n"


def test_a_backup_brings_everything_back(seeded: Bibman) -> None:
    seeded("tag", "add", "kept", TOY)
    kept = content(seeded.library, history=True)
    assert seeded("library", "backup", "copy.bibman") == (0, "copy.bibman\n", "")
    assert content(seeded.home / "copy.bibman", history=True) == kept
    seeded("remove", *seeded.keys())
    lost = content(seeded.library, history=True)
    done = seeded("library", "restore", "copy.bibman", "--yes")
    assert done.code == 0
    first, second = done.out.splitlines()
    assert first == f"restored 14 entries to {seeded.library}"
    assert content(seeded.library, history=True) == kept
    replaced = Path(second.removeprefix("what was there is kept as "))
    assert replaced.parent == seeded.library.parent
    assert content(replaced, history=True) == lost
    assert seeded("library", "verify").code == 0


def test_a_backup_into_a_folder_has_the_librarys_name(seeded: Bibman) -> None:
    (seeded.home / "copies").mkdir()
    assert seeded("library", "backup", "copies").out == "copies/library.bibman\n"
    assert seeded("library", "backup", "copies").code == 1


def test_a_backup_is_restored_where_no_library_is(seeded: Bibman) -> None:
    seeded("library", "backup", "copy.bibman")
    shutil.rmtree(seeded.library.parent)
    assert seeded("library", "restore", "copy.bibman").out == f"restored 14 entries to {seeded.library}\n"
    assert len(seeded.keys()) == 14


def test_a_damaged_library_can_be_replaced(seeded: Bibman) -> None:
    seeded("library", "backup", "copy.bibman")
    seeded.library.write_bytes(b"no library at all")
    assert seeded("list").code == 1
    done = seeded("library", "restore", "copy.bibman", "--yes")
    assert done.code == 0
    assert len(seeded.keys()) == 14
    assert Path(done.out.splitlines()[1].split(" as ")[1]).read_bytes() == b"no library at all"


def test_restoring_asks_on_a_terminal_and_nowhere_else(seeded: Bibman) -> None:
    seeded("library", "backup", "copy.bibman")
    seeded("undo")
    done = seeded("library", "restore", "copy.bibman")
    assert (done.code, done.err) == (
        2,
        f"bibman: {seeded.library} is there already. --yes puts the backup in its place\n",
    )
    done = seeded.terminal("library", "restore", "copy.bibman", types="n\n")
    assert done.code == 1
    assert "[y/N]" in done.out
    assert seeded.keys() == []
    assert seeded.terminal("library", "restore", "copy.bibman", types="y\n").code == 0
    assert len(seeded.keys()) == 14


def test_verify_finds_what_is_wrong_and_rebuild_mends_it(seeded: Bibman) -> None:
    assert seeded("library", "verify") == (0, "the library is sound\n", "")
    with looking(seeded.library) as connection:
        connection.execute("UPDATE entry SET title = 'Wrong' WHERE key = ?", (TOY,))
        connection.execute("UPDATE entry_text SET title = 'wrong' WHERE entry_id = 3")
    done = seeded("library", "verify")
    assert done.code == 1
    assert TOY in done.out
    assert seeded("library", "rebuild") == (0, "rebuilt 14 entries\n", "")
    assert seeded("library", "verify").code == 0
    assert seeded.shown(TOY)["title"] == "Toy Models of Superposition"


@pytest.mark.parametrize(("folder", "file"), [(0o755, 0o444), (0o555, 0o644), (0o555, 0o444)])
def test_a_library_that_cannot_be_written_is_read_and_verified(seeded: Bibman, folder: int, file: int) -> None:
    seeded.library.chmod(file)
    seeded.library.parent.chmod(folder)
    try:
        assert seeded.without_rights("library", "verify") == (0, "the library is sound\n", "")
        assert len(json.loads(seeded.without_rights("list", "--json").out)) == 14
        seeded.file("list.txt", "A title that nobody ever gave to a work of hers")
        assert seeded.without_rights("ingest", "list.txt", "--dry-run").code == 4  # nobody knows it
        assert seeded.without_rights("edit", TOY, "--set", "date=1999", "--dry-run").out.startswith(f"{TOY}\tdate\t")
        assert seeded.without_rights("key", "generate", "--all", "--pattern", "[year]", "--dry-run").code == 0
    finally:
        seeded.library.parent.chmod(0o755)
    seeded.library.chmod(0o644)
    with looking(seeded.library) as connection:
        connection.execute("INSERT INTO entry_index(entry_index) VALUES ('delete-all')")
    seeded.library.chmod(0o444)
    done = seeded.without_rights("library", "verify")
    assert (done.code, "the full-text index is not in step" in done.out) == (1, True)


def test_nothing_is_restored_over_a_read_only_library(seeded: Bibman) -> None:
    seeded("library", "backup", "copy.bibman")
    seeded.library.chmod(0o444)
    done = seeded.without_rights("library", "restore", "copy.bibman", "--yes")
    assert (done.code, done.err) == (
        1,
        f"bibman: the library {seeded.library} is read-only. Nothing was changed; check the file's permissions\n",
    )
    assert not list(seeded.library.parent.glob("*.replaced*"))


READING = [
    ("list",),
    ("show", TOY),
    ("export",),
    ("history",),
    ("tag", "list"),
    ("note", "list"),
    ("note", "show", "1"),
    ("library", "info"),
]
WRITING = [
    ("identify",),
    ("edit", TOY, "--set", "note=x"),
    ("remove", TOY),
    ("key", "set", TOY, "x"),
    ("tag", "add", "x", TOY),
    ("tag", "remove", "x", TOY),
    ("tag", "rename", "x", "y"),
    ("note", "add", TOY, "x"),
    ("note", "edit", "1", "x"),
    ("note", "remove", "1"),
    ("undo",),
    ("redo",),
    ("library", "verify"),
    ("library", "rebuild"),
    ("library", "backup", "copy.bibman"),
]
STARTING = [("ingest", "bees.txt"), ("new", "book", "--set", "title=Bees")]
COMMANDS = [*READING, *WRITING, *STARTING]


@pytest.mark.parametrize("command", [*READING, *WRITING], ids=" ".join)
def test_where_no_library_is_a_command_says_how_to_start_one(fresh: Bibman, command: tuple[str, ...]) -> None:
    done = fresh(*command)
    advice = "`bibman ingest FILE` starts one; --library names another"
    assert done == (1, "", f"bibman: there is no library at {fresh.library}. {advice}\n")
    assert not fresh.library.exists()
    assert not Path("copy.bibman").exists()


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_a_file_that_is_no_library_is_left_alone(fresh: Bibman, command: tuple[str, ...]) -> None:
    fresh.file("bees.txt", "Bees on the roof of the library and what they carry home\n")
    path = Path(fresh.file("other.txt", "something else, of more than sixteen bytes"))
    done = fresh("--library", "other.txt", *command)
    advice = "Name another file with --library; this one is left alone"
    assert done == (1, "", f"bibman: other.txt is not a bibman library. {advice}\n")
    assert path.read_text() == "something else, of more than sixteen bytes"


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_another_programs_sqlite_file_is_left_alone(fresh: Bibman, command: tuple[str, ...]) -> None:
    fresh.file("bees.txt", "Bees on the roof of the library and what they carry home\n")
    with looking(fresh.home / "other.db") as connection:
        connection.execute("CREATE TABLE entry (id INTEGER)")
    before = (fresh.home / "other.db").read_bytes()
    done = fresh("--library", "other.db", *command)
    assert (done.code, done.out) == (1, "")
    assert done.err.startswith("bibman: other.db is a SQLite file of another program, not a bibman library. ")
    assert (fresh.home / "other.db").read_bytes() == before


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_a_newer_library_is_refused(seeded: Bibman, command: tuple[str, ...]) -> None:
    seeded.file("bees.txt", "Bees on the roof of the library and what they carry home\n")
    with looking(seeded.library) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    if command[:2] == ("library", "backup"):
        assert seeded(*command).code == 0
        return
    done = seeded(*command)
    assert (done.code, done.out) == (1, "")
    assert done.err.startswith(
        f"bibman: the library {seeded.library} was written by a newer bibman (its revision is 9999"
    )
    assert done.err.endswith("Upgrade bibman to use it\n")


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_a_folder_is_no_library(fresh: Bibman, command: tuple[str, ...]) -> None:
    fresh.file("bees.txt", "Bees on the roof of the library and what they carry home\n")
    done = fresh("--library", str(fresh.home), *command)
    assert (done.code, done.out) == (1, "")
    assert done.err.startswith(f"bibman: {fresh.home} is a folder. ")


@pytest.mark.parametrize(
    "command", [("library", "verify"), ("list", "--name", "x"), ("show", TOY), ("undo",)], ids=" ".join
)
def test_a_damaged_library_is_said_to_be_so(seeded: Bibman, command: tuple[str, ...]) -> None:
    data = seeded.library.read_bytes()
    seeded.library.write_bytes(data[:4096] + b"\xff" * (len(data) - 8192) + data[-4096:])
    done = seeded(*command)
    assert done.code == 1
    assert (done.out + done.err).count("damaged") + done.out.count("malformed") >= 1
    assert "should not happen" not in done.err


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("backup", "there.bibman"), 1, "there.bibman is there already. Name a file that is not; nothing was overwrit"),
        (("backup", "no/such/copy"), 1, "cannot open the library no/such/copy. Check that its folder exists and can"),
        (("backup", "a" * 300), 1, f"{'a' * 300}: file name too long"),
        (("restore", "no-such", "--yes"), 1, "no such file: no-such. Name a backup"),
        (("restore", "there.bibman", "--yes"), 1, "there.bibman is not a bibman library."),
        (("restore", ".", "--yes"), 1, ". is a folder."),
        (("restore", "data/bibman/library.bibman", "--yes"), 1, "data/bibman/library.bibman is the library itself."),
        (("restore", "torn.bibman", "--yes"), 1, "the backup torn.bibman is damaged. Nothing was changed"),
    ],
)
def test_what_cannot_be_done_is_said_and_nothing_is_done(
    seeded: Bibman, arguments: tuple[str, ...], code: int, said: str
) -> None:
    seeded.file("there.bibman", "something else, of more than sixteen bytes")
    data = seeded.library.read_bytes()
    seeded.file("torn.bibman", data[:-8192] + b"\xff" * 8192)
    before = content(seeded.library, history=True)
    done = seeded("library", *arguments)
    assert (done.code, done.out) == (code, "")
    assert done.err.startswith(f"bibman: {said}")
    assert done.err.count("\n") == 1
    assert content(seeded.library, history=True) == before
    assert len(list(seeded.library.parent.glob("library*"))) == 1
