"""A home for each test, in which bibman finds no library, or one that has read the seed list."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.calling import SEED, Bibman
from tests.cli.played import ADDRESS, asking_at
from tests.cli.world import ANSWERS, WORLD
from tests.providers.server import Playing, playing


def _live_in(home: Path, patch: pytest.MonkeyPatch) -> Bibman:
    for kind in ("CONFIG", "DATA", "CACHE", "STATE"):
        patch.setenv(f"XDG_{kind}_HOME", str(home / kind.lower()))
    patch.setenv("HOME", str(home))
    for name in ("BIBMAN_LIBRARY", "VISUAL", "EDITOR", "NO_COLOR", "COLUMNS"):
        patch.delenv(name, raising=False)
    patch.chdir(home)
    return Bibman(home)


@pytest.fixture
def played(monkeypatch: pytest.MonkeyPatch) -> Iterator[Playing]:
    """A server that stands for every service that the user's client asks, also from processes of `tests.cli.played`."""
    with playing() as server:
        from bibman.providers import http

        monkeypatch.setattr(http.Client, "__init__", asking_at(server.origins))
        monkeypatch.setenv(ADDRESS, server.address)
        monkeypatch.delenv("BIBMAN_OFFLINE")
        yield server


@pytest.fixture
def world(played: Playing) -> Playing:
    """A server that knows many works, as the services do."""
    played.parts, played.folder = WORLD, ANSWERS
    return played


@pytest.fixture(scope="session")
def seeded_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with the seed list in its library; to be copied, not changed."""
    home = tmp_path_factory.mktemp("seeded")
    with pytest.MonkeyPatch.context() as patch:
        done = _live_in(home, patch)("ingest", str(SEED))
    assert done.code == 0, done
    return home


@pytest.fixture
def fresh(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Bibman:
    """bibman before its first use."""
    return _live_in(tmp_path, monkeypatch)


@pytest.fixture
def seeded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seeded_home: Path) -> Bibman:
    """bibman with the seed list in its library."""
    shutil.copytree(seeded_home, tmp_path, dirs_exist_ok=True)
    return _live_in(tmp_path, monkeypatch)
