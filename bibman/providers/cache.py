"""What services answered, kept on disk: nobody is asked the same twice, and a process that is killed loses nothing."""

import sqlite3
import threading
import time
import zlib
from contextlib import suppress
from pathlib import Path

_TABLE = """
CREATE TABLE IF NOT EXISTS answer (question TEXT PRIMARY KEY, until REAL, body BLOB) STRICT, WITHOUT ROWID
"""


class Cache:
    """A file of answers, which any number of processes and threads share.

    It holds nothing that could not be asked again: a file that is damaged, or that cannot be written, is like an empty
    one and nobody hears of it.
    """

    def __init__(self, file: Path) -> None:
        self._lock = threading.Lock()
        self._connection = _opened(file)

    def get(self, question: str) -> tuple[bytes | None] | None:
        """The answer to a question: its bytes, or (None,) for "no such thing"; None where there is no answer."""
        query = "SELECT body FROM answer WHERE question = ? AND until > ?"
        with self._lock, suppress(sqlite3.Error, zlib.error):
            for (body,) in self._connection.execute(query, (question, time.time())):
                return (None if body is None else zlib.decompress(body),)
        return None

    def put(self, question: str, body: bytes | None, lifetime: float) -> None:
        """Keeps an answer for so many seconds; None says that there is no such thing."""
        row = (question, time.time() + lifetime, None if body is None else zlib.compress(body, 1))
        with self._lock, suppress(sqlite3.Error):
            self._connection.execute("INSERT OR REPLACE INTO answer VALUES (?, ?, ?)", row)

    def close(self) -> None:
        """Forgets what is too old, and closes the file."""
        with self._lock, suppress(sqlite3.Error):
            self._connection.execute("DELETE FROM answer WHERE until <= ?", (time.time(),))
        self._connection.close()


def _opened(file: Path) -> sqlite3.Connection:
    for _ in range(2):
        try:
            connection = sqlite3.connect(file, timeout=10, isolation_level=None, check_same_thread=False)
        except sqlite3.Error:
            break
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = NORMAL")
            connection.execute(_TABLE)
        except sqlite3.OperationalError:
            # Locked or not writable, but nothing is wrong with the file.
            connection.close()
            break
        except sqlite3.DatabaseError:
            connection.close()
            with suppress(OSError):
                file.unlink()
        else:
            return connection
    connection = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
    connection.execute(_TABLE)
    return connection
