"""Whatever kills a command: its change is there whole, or not at all, and the index is in step."""

import json
import os
import subprocess
import sys

from tests.cli.calling import ROOT, Bibman
from tests.cli.kills import COMMANDS

KILLS = 200


def test_a_command_that_is_killed_at_any_moment_leaves_all_or_nothing(fresh: Bibman) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.cli.kills", str(fresh.home), str(KILLS)],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found.keys() == COMMANDS.keys()
    assert sum(map(len, found.values())) >= KILLS
    wrong = {name: set(states) - {"before", "after"} for name, states in found.items()}
    assert {name: states for name, states in wrong.items() if states} == {}
    # They were killed early and late.
    assert {state for states in found.values() for state in states} == {"before", "after"}
