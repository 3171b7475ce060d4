"""bibman as a process of its own whose services are played.

The environment says at which address the server listens that plays them (tests/providers/server.py).
"""

import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from bibman.providers import http
from bibman.providers.fetch import Patience
from tests.cli.calling import ROOT
from tests.providers.conftest import HASTE
from tests.providers.server import Playing

ADDRESS = "TEST_SERVICES_ADDRESS"


def asking_at(origins: Mapping[str, str], patience: Patience = HASTE) -> Callable[..., None]:
    """The making of a client that asks at other addresses than the services', with less patience."""
    asking = http.Client.__init__

    def asked(self: http.Client, folder: Path, *arguments: object, **options: object) -> None:
        asking(self, folder, *arguments, **{"patience": patience, "origins": origins, **options})  # type: ignore[arg-type]

    return asked


def started(*arguments: str, by: str = "from tests.cli.played import run; run()") -> "subprocess.Popen[bytes]":
    """Starts bibman as such a process, `by` some lines of Python."""
    return subprocess.Popen(
        [sys.executable, "-c", by, *arguments],
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


def run() -> None:
    """Runs bibman."""
    from bibman.cli.main import run as run_bibman

    http.Client.__init__ = asking_at(Playing(os.environ[ADDRESS], []).origins)  # type: ignore[method-assign]
    run_bibman()


if __name__ == "__main__":
    run()
