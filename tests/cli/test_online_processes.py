"""Processes that ask: killed or stopped while they do, side by side, and kept from opening any connection."""

import re
import signal
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing, suppress

import pytest

from bibman.providers.registry import PROVIDERS
from tests.cli.calling import SEED, Bibman
from tests.cli.played import started
from tests.cli.test_online_faults import is_sound
from tests.cli.world import GOLDEN, SCRAPS
from tests.providers.server import Playing

GOLDEN_KEYS = sorted(re.findall(r"(?m)^@\w+\{(.+),$", (GOLDEN / "biblatex.bib").read_text(encoding="utf-8")))
MODULES = {provider.module for provider in PROVIDERS.values()}
ANSWERED = 30

WITHOUT_SOCKETS = """
import os, sys
def forbid(event, arguments):
    if event.startswith("socket."):
        os.write(2, f"{event} was tried".encode())
        os._exit(99)
sys.addaudithook(forbid)
from bibman.cli.main import run
run()
"""
IMPORTED = """
import sys
from {module} import run
try:
    run()
finally:
    sys.stderr.write("\\nimported " + " ".join(sys.modules))
"""


def until(condition: Callable[[], bool]) -> None:
    """Waits until something is so; fails where it never comes to be."""
    last = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < last
        time.sleep(0.01)


def remembered(bibman: Bibman) -> int:
    """How many answers the cache has."""
    file = bibman.home / "cache" / "bibman" / "online" / "answers.sqlite"
    with suppress(sqlite3.Error), closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as cache:
        return int(cache.execute("SELECT count(*) FROM answer").fetchone()[0])
    return 0


def test_a_process_that_is_killed_while_it_asks_loses_no_answer(fresh: Bibman, world: Playing) -> None:
    fresh("ingest", str(SEED))
    before = fresh.library.read_bytes()
    path = fresh.file("list.txt", "\n".join(SCRAPS))
    world.failure, world.sound = "no answer", ANSWERED
    with started("ingest", "--online", path) as process:
        until(lambda: remembered(fresh) == ANSWERED)
        process.send_signal(signal.SIGKILL)
        out, err = process.communicate()
    assert (process.returncode, out, err) == (-signal.SIGKILL, b"", b"")
    assert fresh.library.read_bytes() == before
    assert is_sound(fresh)
    answered = {each.target for each in world.seen[:ANSWERED]}
    world.failure = ""
    world.seen.clear()
    with started("ingest", "--online", path) as process:
        _, err = process.communicate()
    assert process.returncode == 0, err
    assert answered.isdisjoint(each.target for each in world.seen)
    assert set(GOLDEN_KEYS) < set(fresh.keys())


def test_whoever_stops_it_while_it_asks_changes_nothing(fresh: Bibman, world: Playing) -> None:
    fresh("ingest", str(SEED))
    before = fresh.library.read_bytes()
    world.failure, world.sound = "no answer", 3
    with started("add", *SCRAPS) as process:
        until(lambda: remembered(fresh) == 3)
        stopped = time.monotonic()
        process.send_signal(signal.SIGINT)
        out, err = process.communicate()
    # The server would have answered nobody for twenty seconds.
    assert time.monotonic() - stopped < 10
    assert (process.returncode, out) == (130, b"")
    assert b"Traceback" not in err
    assert fresh.library.read_bytes() == before


def test_two_that_add_the_same_make_one_entry_of_it(fresh: Bibman, world: Playing) -> None:
    fresh("ingest", str(SEED))
    with started("add", *SCRAPS[:8]) as one, started("add", *SCRAPS[:8]) as other:
        said = [process.communicate()[1] for process in (one, other)]
    assert (one.returncode, other.returncode) == (0, 0), said
    assert len([entry for entry in fresh.json("list") if entry["key"] in GOLDEN_KEYS]) == 8
    assert is_sound(fresh)
    assert world.seen


@pytest.mark.parametrize(
    "command",
    [
        ["add", *SCRAPS],
        ["ingest", "--online", "list.txt"],
        ["identify", "--online"],
    ],
    ids=lambda command: command[0],
)
def test_offline_opens_no_socket(fresh: Bibman, command: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("BIBMAN_OFFLINE", raising=False)
    fresh("ingest", fresh.file("other.txt", "\n".join(SCRAPS[:3])))
    fresh.file("list.txt", "\n".join(SCRAPS))
    with started("--offline", *command, by=WITHOUT_SOCKETS) as process:
        _, err = process.communicate()
    assert process.returncode == 4, err
    assert b"bibman is offline: no service was asked" in err
    with started(*command, by=WITHOUT_SOCKETS) as process:
        process.communicate()
    assert process.returncode == 99


def imported(module: str, *arguments: str) -> set[str]:
    """Every module that a call imports which `module` runs."""
    with started(*arguments, by=IMPORTED.format(module=module)) as process:
        _, err = process.communicate()
    assert process.returncode == 0, err
    return set(err.decode().rpartition("\nimported ")[2].split())


def test_what_a_catalogue_knows_costs_no_http(fresh: Bibman, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("BIBMAN_OFFLINE", raising=False)
    modules = imported("bibman.cli.main", "add", "2302.07459")
    assert "bibman.services.asking" in modules
    assert modules.isdisjoint({"httpx2", "httpcore2", "stamina", *(f"bibman.providers.{name}" for name in MODULES)})
    assert fresh.keys() == ["ganguli2023capacity"]


def test_only_a_service_that_is_asked_is_imported(fresh: Bibman, world: Playing) -> None:
    modules = imported("tests.cli.played", "add", SCRAPS[0])
    assert [each.host for each in world.seen] == ["api.crossref.org"]
    assert {name for name in MODULES if f"bibman.providers.{name}" in modules} == {"crossref"}
    assert fresh.keys() == ["rivest1978method"]
