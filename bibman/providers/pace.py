"""How fast a host may be asked, by all processes together."""

import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from bibman.errors import OutsideError

# What a host asks for beyond this, and what a clock that was put back makes of a time, is not believed.
LONGEST_REST = 3600.0


class Slot:
    """The right to put one request to a host, and what the host says of the next."""

    def __init__(self, file: Path, pace: float) -> None:
        self._file = file
        self._pace = pace

    def rest(self, seconds: float = 0.0) -> None:
        """From now on nobody asks the host for so many seconds, or for as long as its pace demands."""
        until = time.time() + min(max(seconds, self._pace), LONGEST_REST)
        # Where the disk is full, whoever asks next waits as if it had been said just now.
        with suppress(OSError):
            self._file.write_text(f"{until:.6f}", encoding="ascii")


class Pace:
    """The pace of every host, kept in a folder that all processes of a user share.

    Of each host there is a file that is locked as long as a request is under way: there is never more than one, and
    between the answer to one and the next lies the pace; so the host never sees two that are closer, however slow the
    way to it is. The lock is SQLite's, which every system has, and which a process that is killed does not keep.
    """

    def __init__(self, folder: Path, patience: float) -> None:
        self._folder = folder
        self._patience = patience

    @contextmanager
    def slot(self, host: str, name: str, pace: float) -> Iterator[Slot]:
        """Waits for the turn to ask a host; it lasts as long as the `with`.

        Raises OutsideError where the turn would not come within the patience, or the folder cannot be used.
        """
        file = self._folder / f"{host}.next"
        last = time.monotonic() + self._patience
        with closing(self._locked(self._folder / f"{host}.lock", name)) as lock:
            wait = _left(file, pace)
            if wait > max(0.0, last - time.monotonic()):
                raise OutsideError(f"{name} wants no request for {wait:.0f} s", "Try again later")
            time.sleep(wait)
            slot = Slot(file, pace)
            # A process that is killed meanwhile has asked, too.
            slot.rest()
            try:
                yield slot
            finally:
                lock.execute("ROLLBACK")

    def _locked(self, file: Path, name: str) -> sqlite3.Connection:
        problem = ""
        for _ in range(2):
            try:
                lock = sqlite3.connect(file, timeout=self._patience, isolation_level=None)
            except sqlite3.Error as error:
                problem = str(error)
                continue
            try:
                lock.execute("BEGIN EXCLUSIVE")
            except sqlite3.Error as error:
                lock.close()
                if error.sqlite_errorcode == sqlite3.SQLITE_BUSY:
                    raise OutsideError(f"{name} is being asked by other processes", "Try again later") from None
                problem = str(error)
                # It holds nothing: one that was damaged is made again.
                with suppress(OSError):
                    file.unlink()
            else:
                return lock
        raise OutsideError(f"{name} is not asked, for {file} cannot be used: {problem}", "Make room, or remove it")


def _left(file: Path, pace: float) -> float:
    """How long the host is to be left alone yet."""
    try:
        until = float(file.read_text(encoding="ascii"))
    except FileNotFoundError:
        return 0.0
    except (OSError, ValueError):
        return pace
    left = until - time.time()
    return left if 0.0 < left <= LONGEST_REST else 0.0
