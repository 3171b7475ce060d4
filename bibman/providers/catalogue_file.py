"""The file of a catalogue while it is written: beside its place, and renamed into it when it is whole.

What was killed meanwhile is taken up where it stopped, if the same is to be done once more.
"""

import json
import os
import sqlite3
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from shutil import copyfile

from bibman.errors import FileError
from bibman.model.fold import FOLD_VERSION
from bibman.providers.catalogue_index import FORMAT_VERSION, Writer

# What was killed leaves its unfinished file; one that nobody has gone on with for so long is given up.
_ABANDONED_AFTER = 24 * 60 * 60
# SQLite's own, in KiB; with what it and the indexes hold besides, memory stays below 400 MB.
_CACHE = 200_000
# Somebody else may look for a moment whether a file is one that can be gone on with.
_PATIENCE = 60


@contextmanager
def written(
    target: Path, task: Sequence[object], start: Mapping[str, object], base: Path | None
) -> Iterator[sqlite3.Connection]:
    """The file that takes the place of `target` after the `with`, within a transaction; nobody else has it.

    It is the one that was left when the same `task` was killed, as it was at the last `commit`; or a new one, empty or
    a copy of `base`, with `start` in its `meta`, where the progress is noted. An error takes it away; being killed or
    interrupted leaves it for the next time. What is done must end in `finish`.

    Raises FileError where it cannot be written.
    """
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        plan = json.dumps([FORMAT_VERSION, FOLD_VERSION, task, state(base) if base is not None else None])
        with _unfinished(target, plan, start, base) as (file, connection):
            _remove_abandoned(target, file)
            yield connection
            connection.close()
            with file.open("rb") as whole:
                os.fsync(whole.fileno())
            file.replace(target)
    except OSError as error:
        raise FileError(f"cannot write the catalogue {target}: {error.strerror}") from None
    except sqlite3.Error as error:
        raise FileError(f"cannot write the catalogue {target}: {error}") from None


def state(file: Path) -> list[str | int]:
    """By what one sees that a file is the same as before. Raises OSError where there is none."""
    told = file.stat()
    return [str(file.resolve()), told.st_size, told.st_mtime_ns]


def commit(connection: sqlite3.Connection, progress: Mapping[str, object]) -> None:
    """Keeps what was written, and how far that is, whatever happens next."""
    _note(connection, progress)
    connection.execute("COMMIT")
    connection.execute("BEGIN EXCLUSIVE")


def finish(
    connection: sqlite3.Connection,
    writer: Writer,
    start: Mapping[str, object],
    facts: Mapping[str, object],
    *,
    changed: int,
) -> int:
    """Makes what was written a whole catalogue, with `facts` of itself; `start` names what was progress only.

    So many works were `changed`; returns how many there are.
    """
    meta = read_meta(connection)
    (works,) = connection.execute("SELECT count(*) FROM work").fetchone()
    since_counted = int(meta.get("since_counted", 0)) + changed
    if since_counted * 10 >= works:
        # Counting reads the whole index, and a few works more or less in it decide nothing.
        writer.count_words()
        since_counted = 0
    connection.executemany("DELETE FROM meta WHERE name = ?", [(name,) for name in ("plan", *start)])
    own = {"format": FORMAT_VERSION, "fold": FOLD_VERSION, "works": works, "since_counted": since_counted}
    _note(connection, {**own, **facts})
    connection.execute("COMMIT")
    return int(works)


def read_meta(connection: sqlite3.Connection) -> dict[str, str]:
    """What a catalogue says of itself."""
    return dict(connection.execute("SELECT name, value FROM meta"))


@contextmanager
def _unfinished(
    target: Path, plan: str, start: Mapping[str, object], base: Path | None
) -> Iterator[tuple[Path, sqlite3.Connection]]:
    file, connection = _left(target, plan) or _new(target, plan, start, base)
    try:
        with closing(connection):
            yield file, connection
    except Exception:
        _remove(file)
        raise


def _left(target: Path, plan: str) -> tuple[Path, sqlite3.Connection] | None:
    """The unfinished file that was left when a task with this plan was killed, if nobody has taken it up."""
    for file in sorted(target.parent.glob(f".{target.name}.*.unfinished")):
        with suppress(sqlite3.Error):
            connection = _connected(file, patience=0)
            try:
                # The lock is held until the connection is closed; a file that somebody has finished has no plan.
                connection.execute("BEGIN EXCLUSIVE")
                if connection.execute("SELECT value FROM meta WHERE name = 'plan'").fetchone() == (plan,):
                    return file, connection
            except sqlite3.Error:
                pass
            connection.close()
    return None


def _new(target: Path, plan: str, start: Mapping[str, object], base: Path | None) -> tuple[Path, sqlite3.Connection]:
    file = target.with_name(f".{target.name}.{os.getpid()}-{os.urandom(4).hex()}.unfinished")
    try:
        if base is not None:
            copyfile(base, file)
        connection = _connected(file, patience=_PATIENCE)
        connection.execute("BEGIN EXCLUSIVE")
        if base is None:
            Writer.create(connection)
        commit(connection, {"plan": plan, **start})
    except BaseException:
        _remove(file)
        raise
    return file, connection


def _connected(file: Path, patience: float) -> sqlite3.Connection:
    uri = f"{file.resolve().as_uri()}?mode={'rwc' if patience else 'rw'}"
    connection = sqlite3.connect(uri, uri=True, isolation_level=None, timeout=patience)
    connection.executescript(
        f"PRAGMA locking_mode = EXCLUSIVE; PRAGMA synchronous = NORMAL; PRAGMA cache_size = -{_CACHE};"
    )
    return connection


def _note(connection: sqlite3.Connection, values: Mapping[str, object]) -> None:
    connection.executemany(
        "INSERT OR REPLACE INTO meta VALUES (?, ?)", [(name, str(value)) for name, value in values.items()]
    )


def _remove_abandoned(target: Path, own: Path) -> None:
    for file in target.parent.glob(f".{target.name}.*.unfinished"):
        # Somebody else may be quicker.
        with suppress(FileNotFoundError):
            if file != own and time.time() - file.stat().st_mtime > _ABANDONED_AFTER:
                _remove(file)


def _remove(file: Path) -> None:
    file.unlink(missing_ok=True)
    file.with_name(f"{file.name}-journal").unlink(missing_ok=True)
