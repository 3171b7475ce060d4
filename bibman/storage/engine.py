"""SQLAlchemy's engine over the connections that bibman opens itself."""

import sqlite3
from collections.abc import Callable
from pathlib import Path

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.pool import NullPool

from bibman.storage.connection import begin_immediate, connect


def engine_for(path: Path, on_wait: Callable[[], None] | None = None) -> Engine:
    """An engine for the library at `path`, in which every transaction is a writing one from its first moment.

    Python's sqlite3 hides BEGIN (its own comes late, and not before DDL): the driver is in autocommit mode, and
    BEGIN IMMEDIATE is said here. `on_wait` is told when another writer makes it wait.
    """
    engine = create_engine("sqlite://", creator=lambda: connect(path, create=True), poolclass=NullPool)

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        begin_immediate(driver_of(connection), path, on_wait)

    return engine


def driver_of(connection: Connection) -> sqlite3.Connection:
    """The sqlite3 connection under SQLAlchemy's."""
    driver = connection.connection.driver_connection
    assert isinstance(driver, sqlite3.Connection)  # noqa: S101 - tells the type checker what `connect` made
    return driver
