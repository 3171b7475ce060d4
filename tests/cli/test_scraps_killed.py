"""A list of scraps of all kinds, read by processes that are killed at several moments."""

import json
import re
import signal
import time
from pathlib import Path
from typing import Any

import pytest

from benchmarks.scraps import mixed
from benchmarks.works import Maker
from bibman.providers.catalogue_format import read_record
from tests.cli.calling import Bibman
from tests.storage.looking import content, operations, rows

WORKS, ABSENT, SCRAPS = 240, 30, 200


@pytest.fixture(scope="module")
def made() -> tuple[str, str]:
    """The works of a catalogue, as JSON Lines, and a list of texts about them and about others."""
    lines = [json.dumps(work) for work in Maker().works(WORKS + ABSENT)]
    records = [read_record(line) for line in lines]
    return "\n".join(lines[:WORKS]), "\n".join(mixed(records[:WORKS], records[WORKS:], SCRAPS)) + "\n"


def told(path: Path) -> dict[str, Any]:
    """Everything in a library but the times."""
    told: dict[str, Any] = json.loads(
        re.sub(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", "T", json.dumps(content(path, history=True), default=repr))
    )
    return told


def looked_at(path: Path) -> list[Any]:
    """The tables of a library, none where it has not been made yet."""
    return rows(path, "SELECT 1 FROM sqlite_master WHERE name = 'entries'") if path.exists() else []


def test_a_list_of_scraps_that_is_killed_ends_the_same_when_it_is_read_again(
    fresh: Bibman, made: tuple[str, str]
) -> None:
    works, scraps = made
    assert fresh("catalogue", "build", fresh.file("works.jsonl", works)).code == 0
    path = fresh.file("scraps.txt", scraps)
    undisturbed = fresh.home / "undisturbed.bibman"
    begun = time.monotonic()
    assert fresh.process("--library", str(undisturbed), "ingest", path).code == 4
    lasts = time.monotonic() - begun
    whole = told(undisturbed)

    for share in (0.2, 0.4, 0.6, 0.8, 0.95):
        with fresh.start("ingest", path) as process:
            time.sleep(share * lasts)
            process.kill()
        has_all = bool(looked_at(fresh.library)) and fresh.keys() != []
        assert not has_all or told(fresh.library) == whole
        # On a busy machine the last may be done before it is killed, but not the first.
        assert not has_all or share > 0.2
        assert process.returncode in (-signal.SIGKILL, 4)

    assert fresh.process("ingest", path).code == 4
    assert told(fresh.library) == whole
    ((verdicts,),) = rows(fresh.library, "SELECT group_concat(DISTINCT verdict) FROM passages")
    assert set(verdicts.split(",")) >= {"identified", "waiting", "not found"}
    assert len(operations(fresh.library)) == 1

    again = fresh.process("ingest", path)
    assert (again.code, told(fresh.library)) == (4, whole)

    assert fresh("undo").code == 0
    assert fresh.keys() == []
    assert fresh("redo").code == 0
    assert len(fresh.keys()) == len(rows(undisturbed, "SELECT 1 FROM entries"))
