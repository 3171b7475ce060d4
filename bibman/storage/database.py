"""A library open for writing: one change is one transaction and one operation of its history."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

from sqlalchemy import Connection

from bibman.storage.change import Change
from bibman.storage.connection import connect, explained, inspect, needs_upgrade
from bibman.storage.engine import engine_for

if TYPE_CHECKING:
    from bibman.storage.history import Turned


class Library:
    """A library open for writing, made or brought up to date on opening."""

    def __init__(self, path: Path, on_wait: Callable[[], None] | None = None) -> None:
        self.path = path
        self.engine = engine_for(path, on_wait)

    @classmethod
    def open(
        cls,
        path: Path,
        *,
        create: bool = True,
        on_wait: Callable[[], None] | None = None,
        on_upgrade: Callable[[Path], None] | None = None,
    ) -> "Library":
        """Opens the library at `path`; makes it where there is none, unless `create` is False.

        `on_wait` is told when another process makes a change wait; `on_upgrade` gets the path of the backup when an
        older library is upgraded. Raises LibraryError where the file cannot be used.
        """
        if inspect(path) and create:
            _upgrade(path, on_wait, on_upgrade)
        else:
            connection = connect(path)
            try:
                outdated = needs_upgrade(connection, path)
            finally:
                connection.close()
            if outdated:
                _upgrade(path, on_wait, on_upgrade)
        return cls(path, on_wait)

    def __enter__(self) -> "Library":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Lets go of the file."""
        self.engine.dispose()

    @contextmanager
    def change(self, command: str, *, keep: bool = True) -> Iterator[Change]:
        """One change: all of it is written when the block ends, or nothing where it raises or `keep` is False.

        `command` names the operation in the history ("tag add"). A block that changes no row leaves no operation.
        Raises LibraryError where the library cannot be written.
        """
        with self._transaction() as connection:
            change = Change(connection, command)
            yield change
            if change.touched:
                from bibman.storage.inherited import derive_inherited

                derive_inherited(connection, change.touched)
            change.close()
            if not keep:
                connection.rollback()

    def undo(self, steps: int = 1) -> "list[Turned]":
        """Takes back the last operations that stand, at most `steps`, all or none; returns them, the latest first."""
        from bibman.storage.history import undo

        with self._transaction() as connection:
            return undo(connection, steps)

    def redo(self, steps: int = 1) -> "list[Turned]":
        """Does again the operations undone last, at most `steps`, all or none; returns them in their order."""
        from bibman.storage.history import redo

        with self._transaction() as connection:
            return redo(connection, steps)

    def prune(self, last_id: int) -> None:
        """Forgets the operations that stand up to the one with this id, and all that are undone."""
        from bibman.storage.history import prune

        with self._transaction() as connection:
            prune(connection, last_id)

    def compact(self) -> None:
        """Gives back to the disk the room in the file that nothing needs any more."""
        from contextlib import closing

        with explained(self.path), closing(connect(self.path)) as connection:
            connection.execute("VACUUM")
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def rebuild(self, on_progress: Callable[[int, int], None] | None = None) -> int:
        """Derives everything that is derived anew, and the full-text index; returns how many entries there are."""
        from bibman.storage.upkeep import rebuild

        with self._transaction() as connection:
            return rebuild(connection, on_progress)

    def verify(self) -> list[str]:
        """What is wrong with the library, in sentences; nothing where it is sound."""
        from bibman.storage.upkeep import findings

        with self._transaction() as connection:
            return list(findings(connection))

    @contextmanager
    def _transaction(self) -> Iterator[Connection]:
        with explained(self.path), self.engine.begin() as connection:
            yield connection


def _upgrade(path: Path, on_wait: Callable[[], None] | None, on_upgrade: Callable[[Path], None] | None) -> None:
    from bibman.storage.migration import upgrade

    backup = upgrade(path, on_wait)
    if backup is not None and on_upgrade is not None:
        on_upgrade(backup)
