"""Completion in the shells themselves: installed as people do, on a terminal, with the tab key."""

import fcntl
import os
import pty
import re
import select
import shutil
import signal
import struct
import sys
import termios
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.cli.calling import ROOT, SEED, Bibman

pytestmark = pytest.mark.shell

PATIENCE = 60
"""So many seconds a shell may take, on a busy machine."""
SHELLS = {
    "bash": (["bash", "-i"], ".bashrc", "argv() { printf '{%s}' \"$@\"; echo '|end'; }\n"),
    "zsh": (["zsh", "-i"], ".zshrc", "bindkey -e\nargv() { printf '{%s}' \"$@\"; echo '|end'; }\n"),
    "fish": (["fish"], ".config/fish/config.fish", "function argv; printf '{%s}' $argv; echo '|end'; end\n"),
}
"""Shell → how it is called, where its settings are, and a command that shows what words it is given."""


class Terminal:
    """A shell on a terminal of its own."""

    def __init__(self, command: list[str], environment: dict[str, str], folder: Path) -> None:
        self._shown = b""
        self._folder = folder
        self._child, self._ours = pty.fork()
        if not self._child:
            os.chdir(folder)
            os.execvpe(command[0], command, environment)  # noqa: S606 - it is a shell
        fcntl.ioctl(self._ours, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 200, 0, 0))
        self.words_of("ready")

    def completed(self, line: str, after: str) -> list[str]:
        """What words a line has after the tab key was pressed at its end and something written `after` it."""
        answered = self._folder / "answered"
        answered.unlink(missing_ok=True)
        self._press(f"{line}\t")
        self._read_until(answered.exists)
        # Keys that come while a shell completes make it give up.
        quiet = time.monotonic() + 0.5
        self._read_until(lambda: time.monotonic() > quiet)
        return self.words_of(after)

    def words_of(self, rest: str) -> list[str]:
        """What words the line has, with the `rest` written to its end."""
        self._press(f"{rest}\x01argv \r")
        self._read_until(lambda: b"|end" in self._shown)
        found = re.findall(r"\{[^\n]*(?=\|end)", self._shown.decode(errors="replace"))
        return re.findall(r"\{([^}]*)\}", found[-1])

    def _press(self, keys: str) -> None:
        self._shown = b""
        os.write(self._ours, keys.encode())

    def _read_until(self, is_done: Callable[[], bool]) -> None:
        end = time.monotonic() + PATIENCE
        while not is_done():
            assert time.monotonic() < end, self._shown
            if select.select([self._ours], [], [], 0.05)[0]:
                self._shown += os.read(self._ours, 65536)

    def close(self) -> None:
        """Ends the shell."""
        os.kill(self._child, signal.SIGKILL)
        os.waitpid(self._child, 0)
        os.close(self._ours)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bibman]:
    """A home with a library of many tags, in which nothing but its own settings is found."""
    folder = tmp_path_factory.mktemp("shells")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HOME", str(folder))
        patch.setenv("BIBMAN_LIBRARY", str(folder / "own.bibman"))
        patch.setenv("_TYPER_COMPLETE_TEST_DISABLE_SHELL_DETECTION", "1")
        bibman = Bibman(folder)
        bibman("ingest", str(SEED))
        bibman("tag", "add", "to read,tools,RL theory,$x 'y' `z`", "elhage2022toy")
        bibman("key", "set", "ganguli2023capacity", "smith2025b:001")
        bibman("saved", "add", "today", "added:today")
        for name in ("paper.tex", "my notes.aux"):
            (folder / name).touch()
        program = folder / "bin" / "bibman"
        program.parent.mkdir()
        program.write_text(
            f'#!/bin/sh\nPYTHONPATH="{ROOT}" "{sys.executable}" -m bibman "$@"\ntouch "{folder}/answered"\n',
            encoding="utf-8",
        )
        program.chmod(0o755)
        yield bibman


@pytest.fixture(scope="module", params=SHELLS)
def shell(request: pytest.FixtureRequest, home: Bibman) -> Iterator[Terminal]:
    """One of the shells, with the completion that bibman installs."""
    command, settings, shows = SHELLS[request.param]
    if shutil.which(command[0]) is None:
        pytest.skip(f"{command[0]} is not installed")
    path = home.home / settings
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(shows, encoding="utf-8")
    assert home("--install-completion", request.param).code == 0
    environment = {
        "HOME": str(home.home),
        "PATH": f"{home.home / 'bin'}:{os.environ['PATH']}",
        "BIBMAN_LIBRARY": os.environ["BIBMAN_LIBRARY"],
        "LANG": "C.UTF-8",
        "TERM": "xterm",
    }
    terminal = Terminal(command, environment, home.home)
    yield terminal
    terminal.close()


@pytest.mark.parametrize(
    ("line", "expected"),
    {
        "show bai2022t": "show|bai2022training",
        "show BAI2022T": "show|bai2022training",
        "show smith2025b:0": "show|smith2025b:001",
        "tag add to\\ r": "tag|add|to read",
        "tag add 'to r": "tag|add|to read",
        'tag add "to r': "tag|add|to read",
        "tag add \\$x": "tag|add|$x 'y' `z`",
        "tag add tools,to\\ r": "tag|add|tools,to read",
        "list --tag=too": "list|--tag=tools",
        "list --unid": "list|--unidentified",
        "list @to": "list|@today",
        "list tag:too": "list|tag:tools",
        "list tag:to": "list|tag:to",
        "list tag:rl": 'list|tag:"RL theory"',
        'list tag:"to r': 'list|tag:"to read"',
        "list year:2022 author:gang": "list|year:2022|author:Ganguli",
        "search 'tag:tools author:gang": "search|tag:tools author:Ganguli",
        "list author:gang year:2022": "list|author:gang|year:2022",
        "list is:unid": "list|is:unidentified",
        "show pap": "show|pap",
        "ingest pap": "ingest|paper.tex",
        "export -o my": "export|-o|my notes.aux",
        "export --cited-in pap": "export|--cited-in|paper.tex",
        "export --cited-in=pap": "export|--cited-in=paper.tex",
        "export --cited-in=my": "export|--cited-in=my notes.aux",
    }.items(),
)
def test_the_tab_key_writes_the_right_word(shell: Terminal, line: str, expected: str) -> None:
    # Fish keeps the capitals that were typed where it must.
    assert [each.lower() for each in shell.completed(f"bibman {line}", "")] == f"bibman|{expected}".lower().split("|")


@pytest.mark.parametrize(
    ("line", "after", "expected"),
    [("list abstr", "bees", "abstract:bees"), ("list 'author:askell abstr", "bees'", "author:askell abstract:bees")],
)
def test_after_a_field_one_can_go_on(shell: Terminal, line: str, after: str, expected: str) -> None:
    assert shell.completed(f"bibman {line}", after) == ["bibman", "list", expected]
