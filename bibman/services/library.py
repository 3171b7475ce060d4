"""The library as a file: backups of it, and whether it is sound."""

from dataclasses import dataclass
from pathlib import Path

from bibman.errors import FileError, LibraryError
from bibman.services.files import expanded
from bibman.storage.connection import inspect, is_writable
from bibman.storage.copies import back_up, copy_over, free_path, set_aside, sound_entries


@dataclass(frozen=True, slots=True)
class Restoration:
    """What restoring did: `kept` has what was there before; None where nothing was."""

    kept: Path | None
    entries: int


def backup(path: Path, target: Path) -> Path:
    """Copies the library at `path`, while others may write to it, to a new file or into a folder; returns the copy.

    Raises FileError where the copy is there already, LibraryError where there is no library or no room.
    """
    copy = expanded(target)
    if copy.is_dir():
        copy /= path.name
    if copy.exists():
        raise FileError(f"{copy} is there already", "Name a file that is not; nothing was overwritten")
    return back_up(path, copy)


def restore(path: Path, backup_file: Path) -> Restoration:
    """Puts a backup in the place of the library at `path`, of which a copy is kept beside it.

    Raises LibraryError where the backup is not a sound library; then nothing is changed.
    """
    origin = expanded(backup_file)
    if not origin.exists():
        raise FileError(f"no such file: {backup_file}", "Name a backup")
    if path.exists() and path.samefile(origin):
        raise FileError(f"{origin} is the library itself", "Name a backup of it")
    if path.is_file() and not is_writable(path):
        raise LibraryError(f"the library {path} is read-only", "Nothing was changed; check the file's permissions")
    entries = sound_entries(origin)
    kept = None
    if not _is_free(path):
        kept = free_path(path, "replaced")
        try:
            back_up(path, kept)
        except LibraryError:
            set_aside(path, kept)
    copy_over(origin, path)
    return Restoration(kept, entries)


def _is_free(path: Path) -> bool:
    try:
        return inspect(path)
    except LibraryError:
        return False
