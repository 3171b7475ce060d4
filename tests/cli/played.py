"""bibman as a process of its own whose services are played: `python -m tests.cli.played ARGUMENTS…`.

The environment says at which address the server listens that plays them (tests/providers/server.py).
"""

import os
from collections.abc import Callable, Mapping
from pathlib import Path

from bibman.providers import http
from bibman.providers.fetch import Patience
from tests.providers.conftest import HASTE
from tests.providers.server import Playing

ADDRESS = "TEST_SERVICES_ADDRESS"


def asking_at(origins: Mapping[str, str], patience: Patience = HASTE) -> Callable[..., None]:
    """The making of a client that asks at other addresses than the services', with less patience."""
    asking = http.Client.__init__

    def asked(self: http.Client, folder: Path, *arguments: object, **options: object) -> None:
        asking(self, folder, *arguments, **{"patience": patience, "origins": origins, **options})  # type: ignore[arg-type]

    return asked


if __name__ == "__main__":
    from bibman.cli.main import run

    http.Client.__init__ = asking_at(Playing(os.environ[ADDRESS], []).origins)  # type: ignore[method-assign]
    run()
