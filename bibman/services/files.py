"""Reading and writing the files that a user names."""

import contextlib
import os
import stat
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import BinaryIO

from bibman.errors import FileError

STANDARD = "-"
PIECE = 1 << 20
# How a database begins, and the log that SQLite keeps beside it (https://sqlite.org/fileformat2.html).
_DATABASE_MARKS = (b"SQLite format 3\0", b"\x37\x7f\x06\x82", b"\x37\x7f\x06\x83")


def expanded(path: str | Path) -> Path:
    """A path with `~` replaced by the home it stands for; a name that merely begins with `~` is left as it is."""
    try:
        return Path(path).expanduser()
    except RuntimeError:
        return Path(path)


def read_bytes(name: str) -> bytes:
    """The bytes of a file, or of standard input where `name` is `-`. Raises FileError where it cannot be read."""
    if name == STANDARD:
        return sys.stdin.buffer.read()
    with _reading(name):
        return expanded(name).read_bytes()


Opener = Callable[[], BinaryIO]
"""Opens what a user named anew, from its beginning."""


@contextlib.contextmanager
def readable(name: str) -> Iterator[Opener]:
    """A file, or standard input where `name` is `-`, that can be read several times, also where it is large.

    Raises FileError where it cannot be read.
    """
    if name != STANDARD:
        # Not opened to see what it is: a pipe may be opened only once.
        with _reading(name):
            is_regular = stat.S_ISREG(expanded(name).stat().st_mode)
        if is_regular:
            with _reading(name):
                expanded(name).open("rb").close()
            yield lambda: expanded(name).open("rb")
            return
    import shutil
    import tempfile

    # A pipe gives what is in it only once.
    with tempfile.TemporaryFile() as copy:
        if name == STANDARD:
            shutil.copyfileobj(sys.stdin.buffer, copy, PIECE)
        else:
            with _reading(name), expanded(name).open("rb") as file:
                shutil.copyfileobj(file, copy, PIECE)

        def again() -> BinaryIO:
            copy.seek(0)
            return os.fdopen(os.dup(copy.fileno()), "rb")

        yield again


@contextlib.contextmanager
def _reading(name: str) -> Iterator[None]:
    try:
        yield
    except FileNotFoundError:
        raise FileError(f"no such file: {name}") from None
    except IsADirectoryError:
        raise FileError(f"{name} is a folder", "Name a file in it") from None
    except OSError as error:
        raise FileError(f"cannot read {name}: {(error.strerror or str(error)).lower()}") from None


def pieces(opener: Opener) -> Iterator[bytes]:
    """The bytes of a file, a piece at a time."""
    with opener() as file:
        while piece := file.read(PIECE):
            yield piece


def write_whole(path: Path, pieces: Iterable[bytes]) -> None:
    """Writes a file as a whole: the old content is there until all of the new one is.

    What is no regular file (a pipe, a device) is written to directly. Raises FileError where it cannot be written, or
    is a library or another database: a slip of the hand would cost all of it. The old content is there then.
    """
    target = expanded(path)
    try:
        if target.exists() and not stat.S_ISREG(target.stat().st_mode):
            if target.is_dir():
                raise FileError(f"{path} is a folder", "Name a file in it")
            with target.open("wb") as file:
                file.writelines(pieces)
        else:
            if target.exists():
                _refuse_to_replace(target.resolve(), path)
            _replace(target.resolve(), pieces)
    except OSError as error:
        raise FileError(f"cannot write {path}: {(error.strerror or str(error)).lower()}", "It is as it was") from None


def _refuse_to_replace(target: Path, path: Path) -> None:
    """Raises FileError for a regular file that must stay as it is."""
    # A file is replaced by a rename, which asks only for the rights to its folder.
    if not os.access(target, os.W_OK):
        raise FileError(f"{path} is read-only", "Make it writable, or name another file; it is as it was")
    with target.open("rb") as file:
        if file.read(len(_DATABASE_MARKS[0])).startswith(_DATABASE_MARKS):
            raise FileError(f"{path} is a bibman library or another SQLite database", "Name another file to write to")


def _replace(target: Path, pieces: Iterable[bytes]) -> None:
    # Most commands write no file, but all come by here to find the library.
    import tempfile

    handle, name = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
    try:
        with open(handle, "wb") as file:  # noqa: PTH123 - a handle has no path to open
            file.writelines(pieces)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(name, _mode(target))  # noqa: PTH101 - as above
        os.replace(name, target)  # noqa: PTH105 - as above
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(name)  # noqa: PTH108 - as above
        raise


def _mode(target: Path) -> int:
    """The permissions of the file that is replaced, or those that a new file would get."""
    if target.exists():
        return stat.S_IMODE(target.stat().st_mode)
    mask = os.umask(0)
    os.umask(mask)
    return 0o666 & ~mask
