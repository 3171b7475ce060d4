"""Copies of a library: a backup is made while others write, and appears under its name only when it is whole."""

import os
import sqlite3
from contextlib import closing, suppress
from pathlib import Path

from bibman.errors import LibraryError
from bibman.storage.connection import connect, explained, file_explained, needs_upgrade, revision_of


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


def sound_entries(origin: Path) -> int:
    """How many entries a backup has, after a look at whether it is whole. Raises LibraryError where it is not."""
    with closing(connect(origin, writable=False)) as connection, explained(origin):
        try:
            (sound,) = connection.execute("PRAGMA quick_check(1)").fetchone()
            if sound != "ok" or revision_of(connection) is None:
                raise LibraryError(f"the backup {origin} is damaged", "Nothing was changed")
            needs_upgrade(connection, origin)  # refuses what a newer bibman wrote; an older one is upgraded on opening
            (entries,) = connection.execute("SELECT count(*) FROM entries").fetchone()
        except sqlite3.DatabaseError:
            raise LibraryError(f"the backup {origin} is damaged", "Nothing was changed") from None
    return int(entries)
