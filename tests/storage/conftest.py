"""Libraries to test with: each test gets a copy of one that is made once."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from bibman.storage.database import Library
from tests.storage.sample import filled_library


@pytest.fixture(scope="session")
def new_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A library with nothing in it; to be copied, not changed."""
    path = tmp_path_factory.mktemp("new") / "new.bibman"
    Library.open(path).close()
    return path


@pytest.fixture(scope="session")
def filled_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A library with something in every table; to be copied, not changed."""
    return filled_library(tmp_path_factory.mktemp("filled") / "filled.bibman")


@pytest.fixture
def path(tmp_path: Path, new_file: Path) -> Path:
    """A library with nothing in it."""
    return Path(shutil.copy(new_file, tmp_path / "library.bibman"))


@pytest.fixture
def filled(tmp_path: Path, filled_file: Path) -> Path:
    """A library with something in every table."""
    return Path(shutil.copy(filled_file, tmp_path / "filled.bibman"))


@pytest.fixture
def library(path: Path) -> Iterator[Library]:
    """A library with nothing in it, open for writing."""
    with Library.open(path) as library:
        yield library


@pytest.fixture
def filled_library_open(filled: Path) -> Iterator[Library]:
    """A library with something in every table, open for writing."""
    with Library.open(filled) as library:
        yield library
