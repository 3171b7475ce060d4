"""Processes that are killed, stopped, or run at once; and lists that are large."""

import re
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.calling import SEED, Bibman
from tests.storage.looking import content, operations, rows

WORDS = "bees wasps roofs books summer rain readers windows honey shelves paper north".split()


def lines(count: int, about: str = "line") -> str:
    """So many different texts that no catalogue knows."""
    texts = (
        f"The {' '.join(WORDS[number // 12**place % 12] for place in range(12))} {about} {number}\n"
        for number in range(count)
    )
    return "".join(texts)


def wait_for(condition: Callable[[], bool], process: "subprocess.Popen[bytes]") -> None:
    """Waits until something is so, while a process works on it."""
    deadline = time.monotonic() + 60
    while not condition():
        assert process.poll() is None, "it ended before"
        assert time.monotonic() < deadline, "it never came so far"
        time.sleep(0.002)


def log_of(bibman: Bibman) -> Path:
    """The file to which SQLite writes a change before it is whole."""
    return bibman.library.with_name(f"{bibman.library.name}-wal")


def has_written(bibman: Bibman, size: int) -> Callable[[], bool]:
    def written() -> bool:
        # A process makes it, removes it and makes it anew.
        try:
            return log_of(bibman).stat().st_size > size
        except FileNotFoundError:
            return False

    return written


@pytest.mark.parametrize("seeds", [False, True], ids=["new library", "used library"])
def test_an_ingest_that_is_killed_leaves_all_or_nothing_and_can_be_run_again(fresh: Bibman, seeds: bool) -> None:
    if seeds:
        fresh("ingest", str(SEED), "--tag", "seed")
    before = content(fresh.library, history=True) if seeds else {}
    path = fresh.file("list.txt", lines(10_000))
    moments = [fresh.library.exists, *(has_written(fresh, size) for size in (0, 500_000, 2_000_000))]
    for moment in moments[2:] if seeds else moments:
        with fresh.start("ingest", path) as process:
            wait_for(moment, process)
            process.kill()
        assert process.returncode == -signal.SIGKILL
        done = fresh("library", "verify")
        assert done.code == 0 or "there is no library" in done.err
        if seeds:
            assert content(fresh.library, history=True) == before
        elif done.code == 0:
            assert fresh.keys() == []
            assert operations(fresh.library) == []
    if seeds:
        path = fresh.file("list.txt", lines(50))
    assert fresh("ingest", path).code == 4
    assert fresh("library", "verify").code == 0
    assert rows(fresh.library, "SELECT count(*) FROM entries") == [(64 if seeds else 10_000,)]
    assert len(operations(fresh.library)) == (2 if seeds else 1)


@pytest.mark.parametrize("stop", [signal.SIGINT, signal.SIGTERM], ids=["Ctrl-C", "terminated"])
def test_an_ingest_that_is_stopped_writes_nothing(seeded: Bibman, stop: signal.Signals) -> None:
    before = content(seeded.library, history=True)
    with seeded.start("ingest", seeded.file("list.txt", lines(10_000))) as process:
        wait_for(has_written(seeded, 500_000), process)
        process.send_signal(stop)
        out, err = process.communicate()
    assert process.returncode == (130 if stop is signal.SIGINT else -signal.SIGTERM)
    assert (out, err) == (b"", b"")
    assert content(seeded.library, history=True) == before
    assert seeded("library", "verify").code == 0


def test_six_processes_that_read_different_lists_into_a_new_library_lose_nothing(fresh: Bibman) -> None:
    lists = [fresh.file(f"{name}.txt", SEED.read_text("utf-8") + "\n" + lines(150, name)) for name in "abcdef"]
    processes = [fresh.start("ingest", path) for path in lists]
    for process in processes:
        _, err = process.communicate()
        assert process.returncode == 4, err
    assert fresh("library", "verify").code == 0
    assert len(fresh.keys()) == 14 + 6 * 150
    assert len(fresh.json("list", "--identified")) == 14
    assert sorted(summary.split(":")[0] for _, summary, _, _ in operations(fresh.library)) == [
        f"read {path}" for path in lists
    ]
    assert len(fresh.shown("elhage2022toy")["origins"]) == 6


def test_two_processes_that_read_the_same_list_end_with_one_copy(fresh: Bibman) -> None:
    path = fresh.file("list.txt", SEED.read_text("utf-8") + "\n" + lines(100))
    processes = [fresh.start("ingest", path) for _ in range(2)]
    assert {process.wait() for process in processes} == {4}
    for process in processes:
        process.communicate()
    assert len(fresh.keys()) == 114
    assert len(operations(fresh.library)) == 1
    assert rows(fresh.library, "SELECT count(*) FROM readings") == [(1,)]
    assert fresh("library", "verify").code == 0


def test_processes_that_change_one_library_at_once_all_come_through(seeded: Bibman) -> None:
    calls = [["tag", "add", f"t{number}", "elhage2022toy"] for number in range(3)]
    calls += [["note", "add", "elhage2022toy", f"note {number}"] for number in range(3)]
    calls += [["new", "book", "--set", "title=Bees"], ["list"], ["export", "-o", "refs.bib"]]
    processes = [seeded.start(*call) for call in calls]
    assert [(process.communicate()[1][:0], process.returncode) for process in processes] == [(b"", 0)] * len(calls)
    entry = seeded.shown("elhage2022toy")
    assert entry["tags"] == ["t0", "t1", "t2"]
    assert sorted(note["text"] for note in entry["notes"]) == ["note 0", "note 1", "note 2"]
    assert len(operations(seeded.library)) == 8


def test_a_writer_that_waits_for_another_says_so(seeded: Bibman) -> None:
    import sqlite3

    other = sqlite3.connect(seeded.library, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with seeded.start("tag", "add", "x", "elhage2022toy") as process:
        assert process.stderr is not None
        assert process.stderr.readline().decode() == (
            f"bibman: waiting for another process that writes to {seeded.library} …\n"
        )
        assert seeded("list").code == 0
        other.execute("COMMIT")
        other.close()
        assert process.wait() == 0
    assert seeded.shown("elhage2022toy")["tags"] == ["x"]


def test_twenty_thousand_lines_are_no_trouble(fresh: Bibman) -> None:
    path = fresh.file("list.txt", f"20,000 papers\n{lines(20_000)}")
    done = fresh("ingest", path)
    assert done.code == 4
    assert done.err == f"{path}: 20,000 passages: 20,000 not found; 20,000 unidentified\n"
    assert len(done.out.splitlines()) == 20_000
    assert len(set(fresh.keys())) == 20_000


def test_a_line_of_five_million_characters_is_no_trouble(fresh: Bibman) -> None:
    line = "bees on the roof of the library & their {wax} " * 110_000
    path = fresh.file("list.txt", f"{SEED.read_text('utf-8')}\n{line}\n")
    done = fresh("ingest", path)
    assert done.code == 4
    assert max(map(len, done.out.splitlines())) < 300
    key = fresh.keys()[-1]
    assert len(fresh("list").out) < 10_000
    assert len(fresh.shown(key)["origins"][0]["text"]) == len(line)
    assert fresh("ingest", path).err.endswith("15 passages: 15 already here; 1 unidentified\n")
    assert len(fresh("export", "--include-unidentified").out) > len(line)


def test_progress_is_shown_on_a_terminal_only_and_taken_away_again(
    seeded: Bibman, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = seeded.file("list.txt", lines(1_500))
    clock = iter(range(1000))
    monkeypatch.setattr("bibman.cli.output.time.monotonic", lambda: float(next(clock)))
    assert "Reading" not in seeded("ingest", path, "--dry-run").err
    monkeypatch.setattr("sys.stderr.isatty", lambda: True, raising=False)
    shown = _on_a_terminal(seeded, monkeypatch, "ingest", path, "--dry-run")
    assert re.search(r"\rBytes read: \d\d,\d{3} of 116,335 \(65 %\)\x1b\[K", shown)
    assert shown.index("\r\x1b[K") > shown.rindex("Bytes read")


def _on_a_terminal(bibman: Bibman, patch: pytest.MonkeyPatch, *arguments: str) -> str:
    """What a call writes to standard error, which it takes for a terminal."""
    patch.setattr("typer.testing._NamedTextIOWrapper.isatty", lambda _: True)
    return bibman(*arguments).err
