"""Reading a library through its views, by sqlite3 alone: neither SQLAlchemy nor Alembic is imported."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from bibman.errors import LibraryError
from bibman.storage.connection import connect, explained, needs_upgrade
from bibman.storage.read_annotations import AnnotationsReader
from bibman.storage.read_finding import FindingReader
from bibman.storage.read_history import HistoryReader
from bibman.storage.read_sources import SourcesReader


class Reader(HistoryReader, FindingReader, AnnotationsReader, SourcesReader):
    """A library open for reading."""

    def counts(self) -> dict[str, int]:
        """How many entries, unidentified entries, tags, notes, sources, readings, passages and operations there are."""
        parts = [f"(SELECT count(*) FROM {view})" for view in COUNTED.values()]
        row = self._connection.execute(f"SELECT {', '.join(parts)}").fetchone()
        return dict(zip(COUNTED, row, strict=True))


COUNTED = {
    "entries": "entries",
    "unidentified": "entries WHERE NOT identified",
    "tags": "tags",
    "notes": "notes",
    "sources": "sources",
    "readings": "readings",
    "passages": "passages",
    "operations": "history",
}


@contextmanager
def reading(
    path: Path, on_upgrade: Callable[[Path], None] | None = None, *, may_upgrade: bool = True
) -> Iterator[Reader]:
    """The library at `path` open for reading; an older one is upgraded first, and `on_upgrade` told of the backup.

    Raises LibraryError where there is no library or it cannot be read; also where it is older and not to be upgraded.
    """
    connection = connect(path, writable=False)
    try:
        if needs_upgrade(connection, path):
            connection.close()
            if not (may_upgrade and os.access(path, os.W_OK)):
                raise LibraryError(
                    f"the library {path} was written by an older bibman and cannot be upgraded where it is",
                    "Copy it to where you may write, and name the copy with --library",
                )
            from bibman.storage.migration import upgrade

            backup = upgrade(path)
            if backup is not None and on_upgrade is not None:
                on_upgrade(backup)
            connection = connect(path, writable=False)
        with explained(path):
            yield Reader(connection)
    finally:
        connection.close()
