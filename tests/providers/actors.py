"""A process that asks a server as bibman would, for tests of what several processes do together.

Called as: actors.py WHAT FOLDER ADDRESS NAME. Its client knows the one service that the tests make up.
"""

import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

from bibman.providers import harvest
from bibman.providers.fetch import Patience
from bibman.providers.http import Client
from bibman.providers.registry import search_at
from bibman.providers.service import Request, Service
from bibman.providers.tour import Tour

PACE = 0.15
TIMES = 5
SETS, SINCE, NOW = ["cs", "math"], "2024-01-10", "2024-03-05T06:07:08Z"
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

    def put(provider: str, titles: Sequence[str]) -> list[bool]:
        return [bool(search_at(client, provider, "title", each).works) for each in titles]

    Tour({"Attention is all you need": ["Crossref"], "Toy models of superposition": ["DBLP"]}, put).run()


def harvest_and_die(client: Client, name: str) -> None:
    """Harvests into the catalogue at a path, and is killed where its name says: at a page, or while it writes."""
    place, _, count = Path(name).stem.partition("-")
    left = int(count)

    def told(*_: object) -> None:
        nonlocal left
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    def nothing(*_: object) -> None:
        """Lives on."""

    harvest._BATCH, harvest._COMMITTED = 4, 8
    steps = told if place == "page" else nothing
    harvest.harvest(client, Path(name), SETS, SINCE, NOW, steps, told if place == "writing" else nothing)


def main() -> None:
    """Does what the arguments say."""
    what, folder, address, name = sys.argv[1:]
    origins = dict.fromkeys((SERVICE.host, "api.crossref.org", "dblp.org", "oaipmh.arxiv.org"), address)
    pace = 0.0 if what == "harvest_and_die" else 1.0
    with Client(Path(folder), patience=Patience(turn=30.0, pace=pace), origins=origins) as client:
        globals()[what](client, name)


if __name__ == "__main__":
    main()
