"""A connection that is only read from, by sqlite3 alone: what the questions to a library have in common."""

import sqlite3
from collections.abc import Iterator, Sequence
from typing import Any

CHUNK = 500
"""How many ids go into one IN (…)."""


class Door:
    """A library that is asked."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def hold(self) -> None:
        """From here on the library is read as it is now, whatever others write to it meanwhile."""
        if not self._connection.in_transaction:
            self._connection.execute("BEGIN")

    def _in_chunks(self, query: str, ids: Sequence[Any], order: str) -> Iterator[Any]:
        for start in range(0, len(ids), CHUNK):
            chunk = ids[start : start + CHUNK]
            marks = ",".join("?" * len(chunk))
            # All at once: a cursor that Ctrl-C leaves half read would complain when the library is closed.
            yield from self._connection.execute(f"{query} ({marks}) ORDER BY {order}", chunk).fetchall()
