"""The documentation speaks of every command, and of no file that is not there."""

import re
from pathlib import Path
from typing import Any

import pytest

from bibman.cli.main import COMMANDS, GROUPS, Commands
from bibman.cli.main import app as bibman_app

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
LINK = re.compile(r"\]\(([^)#:\s]+)(?:#[^)]*)?\)")


def commands() -> list[str]:
    from typer.main import get_group

    root = get_group(bibman_app)
    assert isinstance(root, Commands)
    found = list(COMMANDS)
    for group in GROUPS:
        found += [f"{group} {name}" for name in root.get_command(None, group).commands]
    return found


@pytest.mark.parametrize("command", commands())
def test_every_command_is_documented(command: str) -> None:
    text = (ROOT / "docs" / "commands.md").read_text(encoding="utf-8")
    assert re.search(rf"bibman {command}\b", text)


@pytest.mark.parametrize("command", commands())
def test_every_option_of_a_command_is_documented_and_no_other(command: str) -> None:
    from typer.main import get_group

    found: Any = get_group(bibman_app)
    for word in [command] if command in COMMANDS else command.split():
        found = found.get_command(None, word)
    options = {option for each in found.params for option in (*each.opts, *each.secondary_opts) if option[:2] == "--"}
    text = (ROOT / "docs" / "commands.md").read_text(encoding="utf-8")
    _, _, section = text.partition(f"\n## bibman {command}\n")
    section = section.partition("\n## ")[0]
    if "(#layout)" in section:
        section += text.partition("\n### Layout\n")[2].partition("\n## ")[0]
    documented = {
        option
        for row in re.findall(r"^\| (`-.*?) \| ", section, re.MULTILINE)
        for option in re.findall(r"--[a-z-]+", row)
    }
    assert documented == options - {"--help"}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_leads_to_a_file(page: Path) -> None:
    links = LINK.findall(page.read_text(encoding="utf-8"))
    assert [link for link in links if not (page.parent / link).exists()] == []


def test_every_setting_is_documented() -> None:
    from bibman.services.configuration import SETTINGS

    text = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
    assert [name for name in SETTINGS if f"| `{name}` |" not in text] == []
