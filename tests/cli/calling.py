"""bibman as people call it: within this process, in one of its own, and on a terminal."""

import ctypes
import fcntl
import json
import os
import pty
import struct
import subprocess
import sys
import termios
from pathlib import Path
from typing import Any, NamedTuple
from unittest.mock import patch

from typer.testing import CliRunner

from bibman.cli.main import run

ROOT = Path(__file__).parents[2]
SEED = ROOT / "seeds" / "arxiv-papers.txt"
STARTS = [sys.executable, "-m", "bibman"]


class Done(NamedTuple):
    """What a call ended with: its exit code, and what it printed."""

    code: int
    out: str
    err: str


def works() -> list[dict[str, Any]]:
    """The works of the seed catalogue, in the order of the seed list."""
    return [json.loads(line) for line in (ROOT / "seeds" / "catalogue.jsonl").read_text("utf-8").splitlines()]


class Bibman:
    """bibman in a home of its own, which the environment must name."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.library = home / "data" / "bibman" / "library.bibman"

    def __call__(self, *arguments: str, input: str | bytes = b"") -> Done:  # noqa: A002 - as subprocess calls it
        """Calls bibman within this process, errors turned into messages and exit codes as ever."""
        with patch.object(sys, "argv", ["bibman", *arguments]), CliRunner().isolation(input) as (out, err, _):
            code: Any = None
            try:
                run()
            except SystemExit as stop:
                code = stop.code
            sys.stdout.flush()
            sys.stderr.flush()
            return Done(code or 0, out.getvalue().decode(), err.getvalue().decode())

    def json(self, *arguments: str) -> Any:
        """What a call that must succeed says with --json."""
        done = self(*arguments, "--json")
        assert done.code == 0, done
        return json.loads(done.out)

    def keys(self) -> list[str]:
        """The keys of the entries, oldest first."""
        return [entry["key"] for entry in self.json("list")]

    def shown(self, key: str) -> dict[str, Any]:
        """An entry as `show --json` has it, its fields by name."""
        (entry,) = self.json("show", key)
        return {**entry, "fields": {field["name"]: field["value"] for field in entry["fields"]}}

    def file(self, name: str, content: str | bytes) -> str:
        """A file in the home; returns its path."""
        path = self.home / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return str(path)

    def start(self, *arguments: str, **options: Any) -> "subprocess.Popen[bytes]":
        """Starts bibman as a process of its own."""
        pipes: dict[str, Any] = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        return subprocess.Popen([*STARTS, *arguments], text=False, **(pipes | options))

    def process(self, *arguments: str, **options: Any) -> Done:
        """Calls bibman as a process of its own, and waits for its end."""
        with self.start(*arguments, **options) as process:
            out, err = process.communicate()
        return Done(process.returncode, (out or b"").decode(), (err or b"").decode())

    def without_rights(self, *arguments: str) -> Done:
        """Calls bibman as one whom the permissions of files bind, also where the tests run as root."""
        ours, its = os.pipe()
        child = os.fork()
        if not child:
            try:
                _give_up_rights()
                os.write(its, json.dumps(self(*arguments)).encode())
            finally:
                os._exit(0)
        os.close(its)
        with os.fdopen(ours) as answer:
            said = answer.read()
        os.waitpid(child, 0)
        return Done(*json.loads(said))

    def terminal(self, *arguments: str, columns: int = 80, types: str = "", **variables: str) -> Done:
        """Calls bibman on a terminal of so many `columns` on which somebody `types` something."""
        ours, its = pty.openpty()
        fcntl.ioctl(its, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
        kept = {name: value for name, value in os.environ.items() if name not in ("COLUMNS", "LINES", "NO_COLOR")}
        environment = kept | {"TERM": "xterm"} | variables
        with self.start(*arguments, stdin=its, stdout=its, env=environment) as process:
            os.close(its)
            os.write(ours, types.encode())
            shown = b"".join(iter(lambda: _read(ours), b""))
            assert process.stderr is not None
            err = process.stderr.read()
        os.close(ours)
        return Done(process.returncode, shown.decode().replace("\r\n", "\n"), err.decode())


def _give_up_rights() -> None:
    """Drops all capabilities of this process (capset(2), its version 3), so that its files' permissions bind root."""
    version_and_process = (ctypes.c_uint32 * 2)(0x20080522, 0)
    none_at_all = (ctypes.c_uint32 * 6)()
    assert ctypes.CDLL(None).capset(version_and_process, none_at_all) == 0


def _read(terminal: int) -> bytes:
    """The next that is shown on a terminal; nothing when nobody has it open any more."""
    try:
        return os.read(terminal, 65536)
    except OSError:
        return b""
