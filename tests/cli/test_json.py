"""docs/commands.md has the shape of all that `--json` prints: a row for every command, and each member by its name."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from bibman.cli.main import COMMANDS, GROUPS, Commands
from tests.cli.calling import ROOT, SEED, Bibman

TABLE = (ROOT / "docs" / "commands.md").read_text(encoding="utf-8").partition("\n## JSON\n")[2]
ROWS = re.findall(r"^\| `([a-z ]+)` \| ", TABLE, re.MULTILINE)
NAMED = set(re.findall(r"`([a-z_]+)`", TABLE))
TREES = """\
@article{doe2020t, author={Doe, Jane}, title={A Long Title about Trees}, journal={J. Trees}, year=2020, pages={1--10},
  doi={10.1000/trees}}
@article{twin, author={Doe, J.}, title={A Long Title about Trees}, journal={Journal of Trees}, year=2020, pages={1-10},
  keywords={forest}, ids={oak}}
"""
CALLS = [
    "ingest seed.txt --dry-run",
    "search trees",
    "search treees",
    "list",
    "show doe2020t twin",
    "edit doe2020t --set year=2021 --dry-run",
    "duplicates",
    "distinct",
    "merge doe2020t twin --dry-run",
    "check",
    "check --fix --dry-run",
    "check --codes",
    "identify --fill",
    "update",
    "key generate --all --dry-run",
    "history",
    "history doe2020t",
    "saved list",
    "tag list",
    "tag suggest twin",
    "note list",
    "note show 1",
    "passages",
    "catalogue list",
    "library info",
    "config show",
    "new article --set title=x",
]
# Roles and keys of entries are no names of members; and each kind of evidence has its own.
BY_OTHER_NAMES = {"names", "values"}
FREE = {"evidence"}


def commands_with_json() -> list[str]:
    root = Commands()
    found = {name: root.get_command(None, name) for name in COMMANDS}
    for group in GROUPS:
        found |= {f"{group} {name}": each for name, each in root.get_command(None, group).commands.items()}
    return [name for name, each in found.items() if any("--json" in option.opts for option in each.params)]


def members(value: Any) -> Iterator[str]:
    for each in value if isinstance(value, list) else []:
        yield from members(each)
    for name, each in value.items() if isinstance(value, dict) else []:
        yield name
        if name in BY_OTHER_NAMES and isinstance(each, dict):
            yield from members(list(each.values()))
        elif name not in FREE:
            yield from members(each)


@pytest.mark.parametrize("command", commands_with_json())
def test_every_command_that_prints_json_has_a_row(command: str) -> None:
    assert command in ROWS


def test_every_member_that_is_printed_is_documented(seeded: Bibman) -> None:
    seeded.file("seed.txt", SEED.read_bytes())
    seeded("ingest", seeded.file("trees.bib", TREES))
    seeded("tag", "add", "read,forest", "doe2020t")
    seeded("note", "add", "doe2020t", "Leaves.")
    seeded("saved", "add", "trees", "tag:read")
    seeded("distinct", "elhage2022toy", "twin")
    printed = {call: set(members(json.loads(seeded(*call.split(), "--json").out))) for call in CALLS}
    assert [call for call, names in printed.items() if not names] == []
    assert {call: names - NAMED for call, names in printed.items() if names - NAMED} == {}
