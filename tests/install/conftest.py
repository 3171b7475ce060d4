import subprocess
import sys
from pathlib import Path

import pytest

from tests.declared import CHECKOUT
from tests.install.environment import Environment, pip


def build_wheel(source: Path, folder: Path) -> Path:
    """The wheel that pip builds of `source`, a folder or an sdist, with the build library of this environment."""
    pip(folder, "--python", sys.executable, "wheel", "--no-deps", "--no-build-isolation", "--wheel-dir", folder, source)
    (wheel,) = folder.glob("*.whl")
    return wheel


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel built from the checkout."""
    return build_wheel(CHECKOUT, tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="session")
def sdist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The source distribution built from the checkout."""
    folder = tmp_path_factory.mktemp("sdist")
    subprocess.run([sys.executable, "-m", "hatchling", "build", "-t", "sdist", "-d", folder], cwd=CHECKOUT, check=True)
    (archive,) = folder.glob("*.tar.gz")
    return archive


@pytest.fixture(scope="session")
def wheel_of_sdist(sdist: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel built from the source distribution."""
    return build_wheel(sdist, tmp_path_factory.mktemp("wheel of sdist"))


@pytest.fixture
def unpacked(sdist: Path, tmp_path: Path) -> Path:
    """The source distribution unpacked, in a folder with blanks in its name."""
    folder = tmp_path / "a folder with blanks"
    folder.mkdir()
    # Not tarfile: before Python 3.11.4 it knows no filter, and after 3.11 it warns where none is given.
    subprocess.run(["tar", "-xzf", sdist, "-C", folder], check=True)
    (root,) = folder.iterdir()
    return root


@pytest.fixture
def environment(tmp_path: Path) -> Environment:
    """A fresh virtual environment without bibman."""
    return Environment.make(tmp_path)
