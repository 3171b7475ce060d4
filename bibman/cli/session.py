"""What the commands share: which library, how it is opened, and what is said meanwhile."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import typer

from bibman.cli.output import note

if TYPE_CHECKING:
    from bibman.services.online import Client
    from bibman.storage.database import Library
    from bibman.storage.reading import Reader


class Session(NamedTuple):
    """One call of bibman; `given` is the library that --library names, `offline` whether --offline is said."""

    given: Path | None
    offline: bool = False

    @property
    def path(self) -> Path:
        """The library to use."""
        from bibman.services.configuration import library_path

        return library_path(self.given)

    def reading(self) -> "AbstractContextManager[Reader]":
        """The library open for reading."""
        from bibman.storage.reading import reading

        return reading(self.path, _upgraded)

    def glancing(self) -> "AbstractContextManager[Reader]":
        """The library open for reading where that changes nothing: an older one is not upgraded."""
        from bibman.storage.reading import reading

        return reading(self.path, may_upgrade=False)

    @contextmanager
    def writing(self, *, create: bool = False) -> "Iterator[Library]":
        """The library open for writing; made where there is none only if `create`."""
        from bibman.storage.database import Library

        path = self.path
        with Library.open(
            path, create=create, on_wait=lambda: note(f"bibman: waiting for another process that writes to {path} …"),
            on_upgrade=_upgraded,
        ) as library:  # fmt: skip
            yield library

    @contextmanager
    def checking(self) -> "Iterator[Library]":
        """The library open for what changes nothing in it: where it cannot be written, a copy that goes away."""
        from bibman.storage.connection import is_writable

        if is_writable(self.path) or not self.path.exists():
            with self.writing() as library:
                yield library
            return
        from tempfile import TemporaryDirectory

        from bibman.storage.copies import back_up

        with TemporaryDirectory() as folder:
            copy = back_up(self.path, Path(folder, self.path.name))
            with Session(copy).writing() as library:
                yield library

    @contextmanager
    def trying(self) -> "Iterator[Library]":
        """The library open for a change that is not kept; where there is none, an empty one that goes away."""
        from bibman.storage.connection import inspect

        if not inspect(self.path):
            with self.checking() as library:
                yield library
            return
        from tempfile import TemporaryDirectory

        with TemporaryDirectory() as folder, Session(Path(folder, "empty.bibman")).writing(create=True) as library:
            yield library

    def asking(self) -> "Client":
        """Who asks the services of the world outside, for use in a `with`."""
        from bibman.services.online import client

        return client(offline=self.offline)


def session_of(context: typer.Context) -> Session:
    """The session that a command runs in."""
    session = context.obj
    assert isinstance(session, Session)  # noqa: S101 - the root command makes it
    return session


def _upgraded(backup: Path) -> None:
    note(f"bibman: the library was upgraded; a backup of the older one is {backup}")
