"""A process that asks a server as bibman would, for tests of what several processes do together.

Called as: actors.py WHAT FOLDER ADDRESS NAME. Its client knows the one service that the tests make up.
"""

import os
import sys
from pathlib import Path

from bibman.providers.fetch import Patience
from bibman.providers.http import Client
from bibman.providers.registry import search
from bibman.providers.service import Request, Service

PACE = 0.15
TIMES = 5
SERVICE = Service("The Test", "test.example", PACE)


def ask_often(client: Client, name: str) -> None:
    """Puts some different questions, as fast as it may."""
    for number in range(TIMES):
        client(Request(SERVICE, f"/{name}/{number}"), len)


def ask_and_die(client: Client, name: str) -> None:
    """Asks once and is gone, without closing anything."""
    client(Request(SERVICE, f"/{name}"), len)
    os._exit(9)


def ask_two(client: Client, _name: str) -> None:
    """Searches at two services side by side."""
    search(client, "reference", "Attention is all you need", ["Crossref", "DBLP"])


def main() -> None:
    """Does what the arguments say."""
    what, folder, address, name = sys.argv[1:]
    origins = dict.fromkeys((SERVICE.host, "api.crossref.org", "dblp.org"), address)
    with Client(Path(folder), patience=Patience(turn=30.0), origins=origins) as client:
        globals()[what](client, name)


if __name__ == "__main__":
    main()
