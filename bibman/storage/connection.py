"""Opening the file of a library with sqlite3, and turning SQLite's errors into sentences."""

import os
import re
import shutil
import sqlite3
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from bibman.errors import LibraryError
from bibman.storage.schema import REVISION, VIEWS

APPLICATION_ID = 0x6269626D  # "bibm": SQLite's place for saying whose file this is
SQLITE_MAGIC = b"SQLite format 3\x00"
SMALLEST_PAGE = 512  # the bytes of the smallest database (SQLite, "Database File Format", 1.3.2)
NOTICE_AFTER = 2.0
WAIT_AT_MOST = 60.0
_NOTHING_BESIDE = ("SQLITE_CANTOPEN", "SQLITE_READONLY", "SQLITE_IOERR", "SQLITE_FULL")
_HARDLY_ANY_ROOM = 1 << 20
_LEFT_ALONE = "Name another file with --library; this one is left alone"
_RESTORE = "`bibman library restore BACKUP` brings back a backup"


def connect(path: Path, *, create: bool = False, writable: bool = True) -> sqlite3.Connection:
    """A connection in autocommit mode to the library at `path`; no transaction is begun.

    Raises LibraryError where there is no library (unless `create`), the file is something else, or it is read-only and
    to be `writable`.
    """
    is_new = inspect(path)
    if is_new and not create:
        raise LibraryError(f"there is no library at {path}", "`bibman ingest FILE` starts one; --library names another")
    if is_new:
        with file_explained(path):
            path.parent.mkdir(parents=True, exist_ok=True)
    try:
        return _open(path, is_new=is_new, address=None if writable or os.access(path, os.W_OK) else "mode=ro")
    except LibraryError as error:
        # A library in write-ahead mode needs a file beside it even for reading. Where none can be made (a folder that
        # cannot be written, a full disk) and nobody has left a log behind, the file alone is the whole truth.
        cause = error.__cause__
        lacks_room = isinstance(cause, sqlite3.Error) and _code(cause).startswith(_NOTHING_BESIDE)
        if writable and lacks_room and not is_new and not is_writable(path):
            raise _read_only(path) from cause
        if writable or not lacks_room or _has_log(path):
            raise
    return _open(path, is_new=False, address="mode=ro&immutable=1")


def is_writable(path: Path) -> bool:
    """Whether the library at `path` may be written: its file, and the folder in which SQLite keeps the log."""
    return os.access(path, os.W_OK) and os.access(path.parent, os.W_OK)


def _open(path: Path, *, is_new: bool, address: str | None) -> sqlite3.Connection:
    """A connection to the file, which is a library; `address` says what is to be said more than its path."""
    with explained(path):
        # An address is given only where it says more than the path: making one takes longer than opening the file.
        connection = sqlite3.connect(
            path.absolute() if address is None else f"{path.absolute().as_uri()}?{address}",
            uri=address is not None,
            isolation_level=None,
            timeout=WAIT_AT_MOST,
            check_same_thread=False,
        )
    try:
        with explained(path):
            _prepare(connection, path, is_new=is_new)
    except LibraryError as error:
        connection.close()
        cause = error.__cause__
        if isinstance(cause, sqlite3.Error) and _code(cause) == "SQLITE_NOTADB" and not _is_of_sqlite(path):
            raise LibraryError(f"{path} is not a bibman library", _LEFT_ALONE) from cause
        raise
    return connection


def _has_log(path: Path) -> bool:
    """Whether something stands in the log beside the library, or somebody has the library open."""
    # Whoever opens a library that nobody uses cuts the log's index to three bytes before he makes a new one.
    beside = (("-wal", 0), ("-shm", 3))
    files = ((path.with_name(path.name + suffix), nothing) for suffix, nothing in beside)
    return any(file.exists() and file.stat().st_size > nothing for file, nothing in files)


def inspect(path: Path) -> bool:
    """Whether a library at `path` is still to be made (no file, or an empty one).

    Raises LibraryError where `path` is no ordinary file, cannot be read, or is too small for a library.
    """
    # The file is not opened beside SQLite: whoever closes a file gives up all the locks that its process has on it
    # (POSIX), and another process would take the library for one that nobody uses, and remove the log.
    try:
        found = path.stat()
    except FileNotFoundError:
        return True
    except OSError as error:
        raise LibraryError(f"cannot open the library {path}: {reason(error)}") from None
    if not stat.S_ISREG(found.st_mode):
        what = "a folder" if stat.S_ISDIR(found.st_mode) else "no ordinary file"
        raise LibraryError(f"{path} is {what}", "Name the file of a library, such as papers.bibman")
    if not os.access(path, os.R_OK):
        raise LibraryError(f"cannot open the library {path}: permission denied")
    if 0 < found.st_size < SMALLEST_PAGE:
        # SQLite takes such a file for an empty database, and would write over it.
        if _is_of_sqlite(path):
            raise LibraryError(f"the library {path} is damaged (it ends too soon)", _RESTORE)
        raise LibraryError(f"{path} is not a bibman library", _LEFT_ALONE)
    return found.st_size == 0


def _is_of_sqlite(path: Path) -> bool:
    """Whether SQLite wrote the beginning of a file that it can not or should not open: then nobody has locks on it that
    could be lost."""
    with file_explained(path), path.open("rb") as file:
        return file.read(len(SQLITE_MAGIC)) == SQLITE_MAGIC


def _prepare(connection: sqlite3.Connection, path: Path, *, is_new: bool) -> None:
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA secure_delete = OFF")
    # In this order: a library that another process makes between the two questions is known as one by the second.
    is_blank = is_new or _is_blank(connection)
    (owner,) = connection.execute("PRAGMA application_id").fetchone()
    if owner != APPLICATION_ID and not (owner == 0 and is_blank):
        raise LibraryError(
            f"{path} is a SQLite file of another program, not a bibman library",
            _LEFT_ALONE,
        )


def _is_blank(connection: sqlite3.Connection) -> bool:
    return bool(connection.execute("SELECT count(*) FROM sqlite_master").fetchone() == (0,))


def begin_immediate(connection: sqlite3.Connection, path: Path, on_wait: Callable[[], None] | None = None) -> None:
    """Begins a write transaction, waiting for another writer up to a minute; `on_wait` is told after two seconds."""
    for patience in (NOTICE_AFTER, WAIT_AT_MOST - NOTICE_AFTER):
        connection.execute(f"PRAGMA busy_timeout = {int(patience * 1000)}")
        try:
            connection.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError as error:
            if _code(error) != "SQLITE_BUSY":
                raise
            if patience == NOTICE_AFTER and on_wait is not None:
                on_wait()
        else:
            connection.execute(f"PRAGMA busy_timeout = {int(WAIT_AT_MOST * 1000)}")
            return
    raise LibraryError(
        f"another process has been writing to {path} for over a minute", "Nothing was changed; try again later"
    )


@contextmanager
def explained(path: Path) -> Iterator[None]:
    """Turns the errors that SQLite raises inside into LibraryError sentences about `path`.

    SQLAlchemy wraps SQLite's errors: they are known by their `orig`, without importing it. Errors of the operating
    system pass: what reads a file or prints inside has troubles that are not the library's.
    """
    try:
        yield
    except Exception as error:
        cause = getattr(error, "orig", error)
        if isinstance(cause, sqlite3.Error):
            raise explanation(cause, path) from error
        raise


@contextmanager
def file_explained(path: Path) -> Iterator[None]:
    """Turns the errors that the operating system raises inside into LibraryError sentences about the file `path`."""
    try:
        yield
    except OSError as error:
        raise LibraryError(f"cannot use the library {path}: {reason(error)}") from error


def explanation(error: sqlite3.Error, path: Path) -> LibraryError:
    """The sentence for an error of SQLite on the library at `path`."""
    name = _code(error)
    if name.startswith("SQLITE_FULL") or (name.startswith("SQLITE_IOERR") and _is_full(path.parent)):
        return LibraryError(
            f"the disk is full: {path} could not be written", "Nothing was changed; make room and try again"
        )
    if name.startswith("SQLITE_READONLY"):
        return _read_only(path)
    if name.startswith("SQLITE_CANTOPEN"):
        return LibraryError(f"cannot open the library {path}", "Check that its folder exists and can be written")
    if name.startswith("SQLITE_BUSY"):
        return LibraryError(f"another process is using {path}", "Nothing was changed; try again")
    if name.startswith(("SQLITE_CORRUPT", "SQLITE_NOTADB")):
        return LibraryError(f"the library {path} is damaged ({error})", _RESTORE)
    if name.startswith("SQLITE_IOERR"):
        return LibraryError(
            f"the library {path} could not be read or written (disk error)", "Nothing was changed; check the disk"
        )
    if name.startswith("SQLITE_TOOBIG"):
        return LibraryError("a text is too large for the library (over 1 GB)", "Nothing was changed")
    missing = re.match(r"no such table: (?:main\.)?(\w+)", str(error))
    if missing:
        is_made_anew = missing[1] in VIEWS or missing[1] == "entry_index"
        return LibraryError(
            f"the library {path} is damaged ({error})",
            "`bibman library rebuild` makes it anew" if is_made_anew else _RESTORE,
        )
    return LibraryError(f"the library {path} could not do this: {error}")


def _read_only(path: Path) -> LibraryError:
    return LibraryError(f"the library {path} is read-only", "Nothing was changed; check the file's permissions")


def _is_full(folder: Path) -> bool:
    """Whether there is no room left on the disk of a folder; SQLite tells this apart only where it writes to a file."""
    try:
        return shutil.disk_usage(folder).free < _HARDLY_ANY_ROOM
    except OSError:
        return False


def reason(error: OSError) -> str:
    """What the operating system says was wrong, in lower case: "permission denied"."""
    return (error.strerror or str(error)).lower()


def _code(error: sqlite3.Error) -> str:
    return getattr(error, "sqlite_errorname", "") or ""


def revision_of(connection: sqlite3.Connection) -> str | None:
    """The revision of the library's schema; None for a file that has none yet."""
    found = connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'alembic_version'").fetchone()
    row = connection.execute("SELECT version_num FROM alembic_version").fetchone() if found else None
    return str(row[0]) if row else None


def needs_upgrade(connection: sqlite3.Connection, path: Path) -> bool:
    """Whether the schema is older than this bibman's. Raises LibraryError where it is newer, or lost.

    Revisions are numbers of four digits, so that their order is known without asking Alembic.
    """
    with explained(path):
        revision = revision_of(connection)
        is_blank = revision is None and _is_blank(connection)
        if revision is None and not is_blank:
            # Another process may have made it between the two questions.
            revision = revision_of(connection)
    if (revision is None and not is_blank) or (revision is not None and not re.fullmatch("(?!0000)[0-9]{4}", revision)):
        raise LibraryError(
            f"the library {path} is damaged (its revision is {repr(revision) if revision else 'missing'})", _RESTORE
        )
    if revision is not None and revision > REVISION:
        raise LibraryError(
            f"the library {path} was written by a newer bibman (its revision is {revision}, this one knows {REVISION})",
            "Upgrade bibman to use it",
        )
    return revision != REVISION
