"""A large `.bib`: killed on the way in, read by two at once, and in flat memory."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.generator import write
from tests.cli.calling import Bibman
from tests.cli.test_processes import has_written, wait_for
from tests.storage.looking import operations, rows

MEASURED = """
import resource, runpy, sys
sys.argv = ["bibman", *sys.argv[1:]]
try:
    runpy.run_module("bibman", run_name="__main__")
finally:
    print("peak", resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)
"""


@pytest.fixture
def large(fresh: Bibman) -> Path:
    path = fresh.home / "large.bib"
    write(path, 4_000)
    return path


def at_once(fresh: Bibman, *names: str) -> list[int]:
    """The exit codes of processes that each read a file, all at once."""
    processes = [fresh.start("ingest", name) for name in names]
    for process in processes:
        process.communicate(timeout=120)
    return [process.returncode for process in processes]


def test_a_bib_that_is_killed_on_its_way_in_leaves_nothing_and_can_be_read_again(fresh: Bibman, large: Path) -> None:
    for size in (0, 1_000_000):
        with fresh.start("ingest", str(large)) as process:
            wait_for(has_written(fresh, size), process)
            process.kill()
        assert process.returncode == -signal.SIGKILL
        if fresh("library", "verify").code == 0:
            assert (fresh.keys(), operations(fresh.library)) == ([], [])
    assert fresh("ingest", str(large)).code == 0
    assert fresh("library", "verify").code == 0
    assert rows(fresh.library, "SELECT count(*) FROM entries") == [(4_000,)]
    assert fresh("export", "--source", "large.bib").out == large.read_text()


def test_two_processes_that_read_the_same_bib_end_with_one_copy(fresh: Bibman) -> None:
    path = fresh.home / "refs.bib"
    write(path, 300)
    assert at_once(fresh, str(path), str(path)) == [0, 0]
    assert rows(fresh.library, "SELECT count(*) FROM entries") == [(300,)]
    assert rows(fresh.library, "SELECT count(*) FROM readings") == [(1,)]


def test_two_processes_that_read_different_bibs_lose_nothing(fresh: Bibman) -> None:
    for number in range(2):
        write(fresh.home / f"{number}.bib", 300, seed=number)
        text = (fresh.home / f"{number}.bib").read_text().replace("{key", f"{{k{number}").replace("made.", f"{number}.")
        (fresh.home / f"{number}.bib").write_text(text.replace("proc", f"p{number}"))
    assert at_once(fresh, "0.bib", "1.bib") == [0, 0]
    assert rows(fresh.library, "SELECT count(*) FROM entries") == [(600,)]


def test_memory_does_not_grow_with_the_file(fresh: Bibman, large: Path) -> None:
    peaks = []
    for path in (large, fresh.home / "small.bib"):
        if path != large:
            write(path, 1_000)
        command = [sys.executable, "-c", MEASURED, "--library", f"{path}.bibman", "ingest", str(path)]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        peaks.append(int(done.stdout.split()[-1]))

    assert peaks[0] < peaks[1] + 30
