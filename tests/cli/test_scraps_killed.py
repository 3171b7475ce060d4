"""A list of scraps of all kinds, read by processes that are killed at several moments."""

import json
import re
import signal
from pathlib import Path
from typing import Any

import pytest

from benchmarks.scraps import mixed
from benchmarks.works import Maker
from bibman.providers.catalogue_format import read_record
from tests.cli.calling import Bibman
from tests.cli.test_processes import has_written, wait_for
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


def test_a_list_of_scraps_that_is_killed_ends_the_same_when_it_is_read_again(
    fresh: Bibman, made: tuple[str, str]
) -> None:
    works, scraps = made
    assert fresh("catalogue", "build", fresh.file("works.jsonl", works)).code == 0
    path = fresh.file("scraps.txt", scraps)
    undisturbed = fresh.home / "undisturbed.bibman"
    assert fresh.process("--library", str(undisturbed), "ingest", path).code == 4
    whole = told(undisturbed)

    written = [has_written(fresh, size) for size in (0, 100_000, 300_000)]
    for moment in (fresh.library.exists, *written):
        with fresh.start("ingest", path) as process:
            wait_for(moment, process)
            process.kill()
        assert process.returncode == -signal.SIGKILL
        # The last may be killed when all is done.
        if fresh("library", "verify").code == 0 and operations(fresh.library):
            assert told(fresh.library) == whole
        elif fresh.library.exists():
            assert rows(fresh.library, "SELECT 1 FROM sqlite_master WHERE name = 'entries'") == [] or fresh.keys() == []

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
