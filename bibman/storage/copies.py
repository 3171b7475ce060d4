"""Copies of a library: a backup is made while others write, and appears under its name only when it is whole."""

import os
import sqlite3
from contextlib import closing, suppress
from pathlib import Path

from bibman.storage.connection import connect, explained, file_explained


def back_up(path: Path, target: Path) -> Path:
    """Copies the library at `path`, with all that is committed, to the new file `target`, and returns that.

    Raises LibraryError where there is no library at `path`, or `target` cannot be written.
    """
    # Under a name of this process: what another is writing, or left behind when it was killed, is not touched.
    unfinished = target.with_name(f".{target.name}.{os.getpid()}.unfinished")
    with closing(connect(path, writable=False)) as origin:
        try:
            with explained(target), closing(sqlite3.connect(unfinished)) as copy:
                origin.backup(copy)
                # A copy is one file: no log beside it has to travel with it.
                copy.execute("PRAGMA journal_mode = DELETE")
            with file_explained(target):
                unfinished.replace(target)
        except BaseException:
            with suppress(OSError):
                unfinished.unlink()
            raise
    return target


def copy_over(origin: Path, path: Path) -> None:
    """Gives the library at `path` the content of the one at `origin`; who has it open sees the new content."""
    with (
        closing(connect(origin, writable=False)) as source,
        closing(connect(path, create=True)) as target,
        explained(path),
    ):
        source.backup(target)
        target.execute("PRAGMA journal_mode = WAL")


def free_path(path: Path, word: str) -> Path:
    """A path beside `path` that is not there yet, with `word` at its end."""
    plain = path.with_name(f"{path.name}.{word}")
    numbered = (path.with_name(f"{plain.name}-{number}") for number in range(2, 10_000))
    return next(each for each in (plain, *numbered) if not each.exists())


def set_aside(path: Path, target: Path) -> None:
    """Renames a file that is no sound library, with what SQLite keeps beside it."""
    with file_explained(path):
        for suffix in ("", "-wal", "-shm"):
            file = path.with_name(path.name + suffix)
            if file.exists():
                file.rename(target.with_name(target.name + suffix))
