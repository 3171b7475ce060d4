"""Forgetting the first part of the history."""

import re
from contextlib import suppress
from datetime import date
from typing import TYPE_CHECKING

from bibman.errors import LibraryError, UsageError
from bibman.services.wording import counted
from bibman.storage.answers import Prunable
from bibman.storage.reading import Reader

if TYPE_CHECKING:
    from bibman.storage.database import Library


def prunable(reader: Reader, keep: int | None, before: str | None) -> Prunable:
    """What would be forgotten: all but the last operations that stand, so many to `keep`, or those `before` a day.

    Raises UsageError where not one of the two is given, or the day is none.
    """
    if (keep is None) == (before is None):
        raise UsageError("it is not said how much to forget", "Say --before DATE or --keep N")
    if before is not None and not _is_day(before):
        raise UsageError(f"not a date: {before}", "Write it like 2024-02-29; days are those of UTC")
    return reader.prunable(keep, before)


def told(pruning: Prunable) -> str:
    """What can no longer be done then, in a sentence; empty where there is nothing to forget."""
    parts = []
    if pruning.operations:
        first, last = (str(each)[:10] for each in (pruning.first_at, pruning.last_at))
        days = f"of {first}" if first == last else f"from {first} to {last}"
        parts.append(f"{counted(pruning.operations, 'operation')} {days} can no longer be undone")
    if pruning.undone:
        parts.append(
            f"{counted(pruning.undone, 'operation')} that {'is' if pruning.undone == 1 else 'are'} undone"
            " can no longer be done again"
        )
    return ", and ".join(parts)


def prune(library: "Library", pruning: Prunable) -> int | None:
    """Forgets operations, and gives the room that they took back to the disk; returns how many bytes that is.

    None where the room could not be given back: others use the library, or the disk is full; a later pruning does it.
    """
    size = library.path.stat().st_size
    library.prune(pruning.last_id or 0)
    with suppress(LibraryError):
        library.compact()
        return max(0, size - library.path.stat().st_size)
    return None


def _is_day(text: str) -> bool:
    if not re.fullmatch(r"\d{4}-\d\d-\d\d", text):
        return False
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True
