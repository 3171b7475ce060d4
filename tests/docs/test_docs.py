"""The documentation speaks of every command, and of no file that is not there."""

import re
from pathlib import Path

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


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_leads_to_a_file(page: Path) -> None:
    links = LINK.findall(page.read_text(encoding="utf-8"))
    assert [link for link in links if not (page.parent / link).exists()] == []


def test_every_setting_is_documented() -> None:
    from bibman.services.configuration import SETTINGS

    text = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
    assert [name for name in SETTINGS if f"| `{name}` |" not in text] == []
