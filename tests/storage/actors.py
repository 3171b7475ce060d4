"""What other processes do in these tests. `python -m tests.storage.actors WORK ARGUMENT…` prints what came of it."""

import json
import os
import random
import resource
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import IO, Any

# They are imported before a process gives up its rights, or is copied.
import bibman.storage.history
import bibman.storage.migration
import bibman.storage.upkeep
from bibman.errors import BibmanError
from bibman.storage.annotations import add_note, add_tags
from bibman.storage.copies import back_up
from bibman.storage.database import Library
from bibman.storage.door import CHUNK
from bibman.storage.entries import add_entries, reserve_ids
from bibman.storage.reading import reading
from tests.storage.sample import entry, many

ROOT = Path(__file__).parents[2]
NOBODY = 65534


def act(work: Callable[..., object], *arguments: object) -> Any:
    """Does one of the works below in a process of its own, and returns what came of it."""
    with start(work, *arguments) as process:
        assert process.stdout is not None
        printed = process.stdout.read()
    assert process.returncode == 0, printed
    return json.loads(printed.splitlines()[-1])


def start(work: Callable[..., object], *arguments: object) -> "subprocess.Popen[str]":
    """Starts one of the works below in a process of its own."""
    command = [sys.executable, "-m", __name__, work.__name__, *map(str, arguments)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.Popen(
        command,
        cwd=ROOT,
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def _at_the_gate(gate: int, work: Callable[[int], object], number: int) -> object:
    os.read(gate, 1)
    return work(number)


def together(count: int, work: Callable[[int], object]) -> list[int]:
    """Does a work in `count` processes that begin at the same moment; returns how each ended."""
    gate, go = os.pipe()

    def wait_and_work(number: int) -> None:
        os.close(go)
        os.read(gate, 1)
        work(number)

    processes = [_copy(partial(wait_and_work, number)) for number in range(count)]
    os.close(gate)
    os.close(go)
    return [os.waitstatus_to_exitcode(os.waitpid(process, 0)[1]) for process in processes]


def _copy(work: Callable[[], object]) -> int:
    process = os.fork()
    if process:
        return process
    code = 1
    try:
        work()
        code = 0
    except BaseException:  # noqa: BLE001 - whatever it was, this copy of the process ends here
        traceback.print_exc()
    finally:
        sys.stderr.flush()
        os._exit(code)


def add_at_once(path: str, count: str) -> list[int]:
    """Several processes open a library that is not there yet, and each adds an entry."""

    def add(number: int) -> None:
        with Library.open(Path(path)) as library, library.change("new") as change:
            (entry_id,) = reserve_ids(change, 1)
            add_entries(change, {entry_id: entry(f"key{number}", title=f"Work {number}")})

    return together(int(count), add)


def tag_at_once(path: str, count: str, tags: str) -> list[int]:
    """Several processes each put many tags, one after the other, on an entry of their own and on one of all."""

    def tag(number: int) -> None:
        with Library.open(Path(path)) as library:
            for place in range(int(tags)):
                with library.change("tag add") as change:
                    add_tags(change, [1, number + 2], [f"own {number}/{place}", f"all {place}"])

    return together(int(count), tag)


def tag_all_at_once(path: str, count: str) -> list[int]:
    """Several processes each put a tag of their own on every entry, one after the other."""

    def tag(number: int) -> None:
        with reading(Path(path)) as reader:
            ids = reader.all_ids()
        with Library.open(Path(path)) as library:
            for entry_id in ids:
                with library.change("tag add") as change:
                    add_tags(change, [entry_id], [f"own {number}"])

    return together(int(count), tag)


def open_at_once(path: str, folder: str, revision: str, count: str) -> list[int]:
    """Several processes open a library of an older revision."""
    bibman.storage.migration.alembic_folder = lambda: Path(folder)  # type: ignore[attr-defined]
    bibman.storage.connection.REVISION = revision  # type: ignore[attr-defined]

    def add(number: int) -> None:
        with Library.open(Path(path)) as library, library.change("note add") as change:
            add_note(change, 1, f"note {number}")

    return together(int(count), add)


def back_up_at_once(path: str, target: str, count: str) -> list[int]:
    """Several processes make a backup of the same name."""
    return together(int(count), lambda _: back_up(Path(path), Path(target)))


def hold(path: str, seconds: str) -> None:
    """Writes to a library for a while; says when it has begun."""
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("BEGIN IMMEDIATE")
    connection.execute("INSERT INTO source (name) VALUES ('held')")
    say(None)
    time.sleep(float(seconds))
    connection.execute("COMMIT")


def visit(path: str) -> int:
    """Opens a library, counts its entries and closes it."""
    with sqlite3.connect(path) as connection:
        (entries,) = connection.execute("SELECT count(*) FROM entry").fetchone()
    connection.close()
    return int(entries)


def write_on(path: str) -> None:
    """Adds an entry and then another, until it is killed."""
    number = 0
    with Library.open(Path(path)) as library:
        while True:
            with library.change("new") as change:
                add_entries(change, dict(zip(reserve_ids(change, 20), many(20, number), strict=True)))
            number += 20
            say(None)


def add_and_be_killed(new_file: str, path: str, count: str, kills: str) -> list[tuple[int, list[str]]]:
    """A process that adds many entries in one change is killed, again and again, each time at another moment.

    Returns how many entries the library has each time after that, and what is wrong with it.
    """

    def add() -> None:
        with Library.open(Path(path)) as library, library.change("ingest") as change:
            for first in range(0, int(count), CHUNK):
                ids = reserve_ids(change, CHUNK)
                add_entries(change, dict(zip(ids, many(CHUNK, first), strict=True)))

    def look() -> tuple[int, list[str]]:
        with Library.open(Path(path)) as library:
            findings = library.verify()
        with reading(Path(path)) as reader:
            return reader.counts()["entries"], findings

    begun = time.monotonic()
    os.waitpid(_copy(add), 0)
    lasts = time.monotonic() - begun
    found = [look()]
    for seed in range(int(kills)):
        for suffix in ("", "-wal", "-shm"):
            Path(path + suffix).unlink(missing_ok=True)
        shutil.copy(new_file, path)
        process = _copy(add)
        time.sleep(random.Random(seed).random() * lasts)  # noqa: S311 - any moment will do
        os.kill(process, signal.SIGKILL)
        os.waitpid(process, 0)
        found.append(look())
    return found


def import_undo_redo(path: str, count: str) -> dict[str, Any]:
    """Adds many entries in one change, undoes and redoes it; tells the entries and the highest use of memory."""
    long = "Words that nobody reads twice, " * 6
    entries: list[int] = []
    states: list[dict[str, str]] = []

    def note_down() -> None:
        with reading(Path(path)) as reader:
            ids = reader.all_ids()
            entries.append(len(ids))
            states.append({each.entry.key: repr(each) for each in reader.entries(ids[::100])})

    with Library.open(Path(path)) as library:
        with library.change("ingest") as change:
            for _ in range(int(count) // CHUNK):
                ids = reserve_ids(change, CHUNK)
                new = (entry(f"k{i}", title=f"Work {i}", abstract=f"{long}{i}") for i in ids)
                add_entries(change, dict(zip(ids, new, strict=True)))
        note_down()
        megabytes = {"import": _megabytes()}
        for turn in (library.undo, library.redo):
            turn()
            note_down()
        megabytes["undo and redo"] = _megabytes()
    return {"entries": entries, "same": states[0] == states[2], "megabytes": megabytes}


def _megabytes() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def without_rights() -> None:
    """Reads and writes libraries as a user who owns nothing, one for each line of the standard input."""
    if os.geteuid() == 0:
        os.setgroups([])
        os.setgid(NOBODY)
        os.setuid(NOBODY)
    for line in sys.stdin:
        writing, path = json.loads(line)
        try:
            say((0, _write(Path(path)) if writing else _read(Path(path))))
        except BibmanError as error:
            say((error.exit_code, error.message))


def _read(path: Path) -> str:
    with reading(path) as reader:
        return str(len(list(reader.entries(reader.all_ids()))))


def _write(path: Path) -> str:
    with Library.open(path) as library, library.change("note add") as change:
        return str(add_note(change, 1, "by nobody"))


class Nobody:
    """A process that owns nothing. Each of its answers is 0 and what it found, or an exit code and a message."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process = process

    def read(self, path: Path) -> tuple[int, str]:
        """Reads the entries of a library, and says how many there are."""
        return self._ask(False, path)

    def write(self, path: Path) -> tuple[int, str]:
        """Adds a note to a library, and says its number."""
        return self._ask(True, path)

    def _ask(self, writing: bool, path: Path) -> tuple[int, str]:
        assert self._process.stdin is not None
        print(json.dumps([writing, str(path)]), file=self._process.stdin, flush=True)
        code, said = json.loads(first_line(self._process))
        return code, said


@contextmanager
def nobody_at_work() -> Iterator[Nobody]:
    """A process that owns nothing, as long as it is needed."""
    with start(without_rights) as process:
        yield Nobody(process)


def say(what: object) -> None:
    """Tells whoever started this process."""
    print(json.dumps(what), flush=True)


def first_line(process: "subprocess.Popen[str]") -> str:
    """What a process says first."""
    stream: IO[str] | None = process.stdout
    assert stream is not None
    return stream.readline()


if __name__ == "__main__":
    say(globals()[sys.argv[1]](*sys.argv[2:]))
