"""Alembic's environment. bibman hands over its own connection; the `alembic` command makes a library to work on.

`alembic -x library=FILE …` names a library; without it a new one is made in a temporary folder, which is all that
`alembic check` and `alembic revision --autogenerate` need.
"""

import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from alembic import context
from sqlalchemy import Connection

from bibman.storage.engine import engine_for
from bibman.storage.tables import Base

OPENING = """
import pathlib, sys
from bibman.storage.database import Library
Library.open(pathlib.Path(sys.argv[1])).close()
"""


def include_name(name: str | None, kind: str, _parents: object) -> bool:
    """Leaves out the full-text index and the tables that it keeps for itself: no mapped class describes them."""
    return not (kind == "table" and (name or "").startswith("entry_index"))


def migrate(connection: Connection) -> None:
    """Runs the migrations on `connection`."""
    context.configure(connection=connection, target_metadata=Base.metadata, include_name=include_name)
    with context.begin_transaction():
        context.run_migrations()


def migrate_library(path: Path) -> None:
    """Runs the migrations on the library at `path`, which is made where there is none."""
    # Opening it may run Alembic, which does not run within itself.
    subprocess.run([sys.executable, "-c", OPENING, path], check=True)  # noqa: S603 - runs this very program
    engine = engine_for(path)
    with engine.begin() as connection:
        migrate(connection)
    engine.dispose()


given = context.config.attributes.get("connection")
named = context.get_x_argument(as_dictionary=True).get("library")
if given is not None:
    migrate(given)
elif named is not None:
    migrate_library(Path(str(named)))
else:
    with TemporaryDirectory() as folder:
        migrate_library(Path(folder, "new.bibman"))
