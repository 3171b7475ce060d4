"""Virtual environments in which nothing is installed but what bibman declares that it needs."""

import importlib.util
import os
import subprocess
import sys
import venv
from collections.abc import Iterable
from dataclasses import dataclass
from importlib.metadata import distribution
from pathlib import Path

from packaging.requirements import Requirement

from tests.declared import RUNTIME, needed_with

# Debian's Python makes environments without pip; the Python that this environment was made with has it then.
_PYTHON_WITH_PIP = sys.executable if importlib.util.find_spec("pip") else str(Path(sys.base_prefix, "bin", "python3"))


@dataclass(frozen=True)
class Environment:
    """A virtual environment, and a folder outside the checkout to work in, with a home of its own."""

    prefix: Path
    folder: Path

    @classmethod
    def make(cls, parent: Path) -> "Environment":
        """A new environment in the folder `parent`, with the libraries that bibman declares, as they are here."""
        made = cls(parent / "environment", parent / "somewhere else")
        made.folder.mkdir()
        venv.create(made.prefix, symlinks=True)
        made.link(RUNTIME)
        return made

    def link(self, requirements: Iterable[Requirement]) -> None:
        """Takes `requirements`, and what they need, from the environment of the tests: nothing is downloaded."""
        (site,) = self.prefix.glob("lib/python*/site-packages")
        for name in needed_with(requirements):
            found = distribution(name)
            for top in {file.parts[0] for file in found.files or []} - {"..", "__pycache__"}:
                link = site / top
                if not link.exists():
                    link.symlink_to(Path(str(found.locate_file(top))))

    def install(self, *arguments: str | Path) -> None:
        """Installs with pip and without an index, so that pip complains of a library that was not linked."""
        pip(self.folder, "--python", self.prefix / "bin" / "python", "install", "--no-build-isolation", *arguments)

    def run(self, program: str, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
        """Runs a program of the environment in its folder."""
        home = {f"XDG_{kind}_HOME": str(self.folder / kind) for kind in ("CONFIG", "DATA", "CACHE", "STATE")}
        return _run([self.prefix / "bin" / program, *arguments], self.folder, home)


def pip(folder: Path, *arguments: str | Path) -> None:
    """Runs pip in `folder`, without an index and without the settings of whoever runs the tests."""
    done = _run(
        [_PYTHON_WITH_PIP, "-m", "pip", *arguments], folder, {"PIP_CONFIG_FILE": os.devnull, "PIP_NO_INDEX": "1"}
    )
    assert done.returncode == 0, done.stdout + done.stderr


def _run(command: list[str | Path], folder: Path, environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PIP_", "PYTHON"))}
    return subprocess.run(
        command, cwd=folder, env=kept | environment, capture_output=True, text=True, encoding="utf-8", check=False
    )
