"""A server that plays all services, and clients that ask it without much patience."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from bibman.providers.fetch import Patience
from bibman.providers.http import Client
from tests.providers.repository import Repository
from tests.providers.server import Playing, playing

# Each service may be asked again at once.
HASTE = Patience(connect=10.0, read=10.0, whole=10.0, attempts=2, pause=0.01, turn=10.0, pace=0.0)


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever runs the tests may need a proxy; they need none."""
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


@pytest.fixture(scope="session")
def _server() -> Iterator[Playing]:
    with playing() as server:
        yield server


@pytest.fixture
def server(_server: Playing) -> Playing:
    """The server, which has seen nothing and fails in nothing yet."""
    _server.seen.clear()
    _server.failure, _server.remaining = "", float("inf")
    _server.repository = Repository()
    return _server


@pytest.fixture
def asks(server: Playing, tmp_path: Path) -> Iterator[Callable[..., Client]]:
    """Makes clients that ask the server; they share one folder, unless another is named."""
    with ExitStack() as stack:

        def client(folder: str = "online", **options: Any) -> Client:
            given: dict[str, Any] = {"patience": HASTE, "origins": server.origins} | options
            return stack.enter_context(Client(tmp_path / folder, **given))

        yield client
