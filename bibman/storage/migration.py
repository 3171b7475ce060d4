"""Making a library, and bringing an older one up to date, with Alembic."""

import sqlite3
import time
from collections.abc import Callable
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection

from bibman.errors import LibraryError
from bibman.resources import alembic_folder
from bibman.storage.connection import APPLICATION_ID, WAIT_AT_MOST, explained, needs_upgrade, revision_of
from bibman.storage.copies import back_up, free_path
from bibman.storage.engine import driver_of, engine_for
from bibman.storage.schema import DERIVED_SINCE
from bibman.storage.upkeep import keep_fold_version, make_triggers, make_views, rebuild


def upgrade(path: Path, on_wait: Callable[[], None] | None = None) -> Path | None:
    """Makes or upgrades the library at `path` in one transaction; several processes may try at once.

    A library that has something in it is backed up beside itself first; the backup's path is returned.
    """
    engine = engine_for(path, on_wait)
    try:
        with explained(path), engine.connect() as connection:
            driver = driver_of(connection)
            _write_ahead(driver)
            # A rebuilt table would take its children with it: foreign keys are checked at the end instead.
            driver.execute("PRAGMA foreign_keys = OFF")
            with connection.begin():
                return _upgrade_within(connection, path)
    finally:
        engine.dispose()


def _upgrade_within(connection: Connection, path: Path) -> Path | None:
    driver = driver_of(connection)
    if not needs_upgrade(driver, path):
        return None
    revision = revision_of(driver)
    backup = None if revision is None else back_up(path, free_path(path, f"revision-{revision}"))
    used = _used_ids(driver)
    made = driver.execute("SELECT type, name FROM sqlite_master WHERE type IN ('view', 'trigger')").fetchall()
    for kind, name in made:
        driver.execute(f'DROP {kind} "{name}"')
    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(alembic_folder()).replace("%", "%%"))
    command.upgrade(config, "head")
    make_views(driver)
    make_triggers(driver)
    _keep_used_ids(driver, used)
    if revision is None:
        keep_fold_version(connection)
    elif revision < DERIVED_SINCE:
        rebuild(connection)
    broken = driver.execute("PRAGMA foreign_key_check").fetchall()
    if broken:
        raise LibraryError(
            f"the library {path} was not upgraded: {len(broken)} rows in it refer to others that are not there",
            f"It was left as it was; the first of them is in the table {broken[0][0]}",
        )
    driver.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    return backup


def _used_ids(connection: sqlite3.Connection) -> dict[str, int]:
    """Table → the highest id that it ever used."""
    if connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'sqlite_sequence'").fetchone() is None:
        return {}
    return dict(connection.execute("SELECT name, seq FROM sqlite_sequence").fetchall())


def _keep_used_ids(connection: sqlite3.Connection, used: dict[str, int]) -> None:
    # SQLite forgets them with a table that is rebuilt, save those of the rows that are copied.
    for name, highest in used.items():
        if _used_ids(connection).get(name, 0) < highest:
            connection.execute("DELETE FROM sqlite_sequence WHERE name = ?", (name,))
            connection.execute("INSERT INTO sqlite_sequence (name, seq) VALUES (?, ?)", (name, highest))


def _write_ahead(connection: sqlite3.Connection) -> None:
    # Changing the journal mode does not wait for others as other statements do.
    deadline = time.monotonic() + WAIT_AT_MOST
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorname != "SQLITE_BUSY" or time.monotonic() > deadline:
                raise
            time.sleep(0.02)
        else:
            return
