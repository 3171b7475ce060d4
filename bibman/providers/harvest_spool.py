"""What a harvest has fetched and not yet written into its catalogue, and how far it is: a file beside the catalogue.

Each page comes in together with the token of the next, in one transaction: whenever a harvest is killed, the next one
goes on behind the last page that is here.
"""

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import astuple, dataclass
from pathlib import Path
from uuid import uuid4

from bibman.errors import ConflictError, FileError
from bibman.model.record import Record
from bibman.providers.catalogue_format import pack_record, unpack_record

_TABLES = """
CREATE TABLE IF NOT EXISTS spool (id TEXT) STRICT;
CREATE TABLE IF NOT EXISTS harvest (
    name TEXT PRIMARY KEY, begun TEXT, since TEXT, until TEXT, token TEXT, day TEXT, round INTEGER, records INTEGER,
    done INTEGER
) STRICT;
CREATE TABLE IF NOT EXISTS record (
    number INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT UNIQUE, round INTEGER, packed BLOB
) STRICT;
"""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the harvest of a set is.

    It was `begun` to fetch what changed since that day, and is at the window from `since` to `until`, to now where that
    is empty; `token` is that of the next page of it, `day` that of its first answer, by arXiv's clock, and `round` the
    number of the list that is being read. So many `records` have come of all windows; it is `done` after the last one.
    """

    name: str
    begun: str
    since: str
    until: str = ""
    token: str = ""
    day: str = ""
    round: int = 0
    records: int = 0
    done: int = 0


class Spool:
    """The spool of one catalogue, which only one process has at a time. Use it in a `with`, or close it."""

    def __init__(self, path: Path, connection: sqlite3.Connection) -> None:
        self._path = path
        self._connection = connection
        ((self.id,),) = connection.execute("SELECT id FROM spool")

    @classmethod
    def open(cls, target: Path) -> "Spool":
        """The spool of the catalogue at `target`, as the last harvest left it, or a new one.

        Raises ConflictError where another process harvests into it, and FileError where it cannot be written.
        """
        path = spool_file(target)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            connection = sqlite3.connect(path, isolation_level=None, timeout=0)
            try:
                # The lock is held until the connection is closed.
                connection.executescript(f"PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE; {_TABLES}")
                if not path.exists():
                    raise sqlite3.OperationalError("another process has taken it away")
                connection.execute("INSERT INTO spool SELECT ? WHERE NOT EXISTS (SELECT 1 FROM spool)", (uuid4().hex,))
                connection.execute("COMMIT")
                return cls(path, connection)
            except BaseException:
                connection.close()
                raise
        except OSError as error:
            raise FileError(f"cannot write {path}: {error.strerror}") from None
        except sqlite3.OperationalError as error:
            if path.exists() and "locked" not in str(error):
                raise FileError(f"cannot write {path}: {error}") from None
            raise ConflictError(
                f"the catalogue {target.stem} is being harvested by another process", "Wait until it is done"
            ) from None
        except sqlite3.DatabaseError:
            raise FileError(f"{path} is damaged", "Remove it: the harvest begins anew") from None

    def __enter__(self) -> "Spool":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Gives the spool free; one in which nothing is left goes away."""
        with suppress(sqlite3.Error):
            if not self.states() and not self.count():
                self._path.unlink(missing_ok=True)
        self._connection.close()

    def states(self) -> dict[str, Progress]:
        """How far each set is, by its name, in the order in which they were begun."""
        rows = self._connection.execute(
            "SELECT name, begun, since, until, token, day, round, records, done FROM harvest ORDER BY rowid"
        )
        return {name: Progress(name, *rest) for name, *rest in rows}

    def count(self) -> int:
        """How many records wait here."""
        ((found,),) = self._connection.execute("SELECT count(*) FROM record")
        return int(found)

    def next_round(self) -> int:
        """A number for a list, which no other list has that is here."""
        ((last,),) = self._connection.execute(
            "SELECT max(round) FROM (SELECT round FROM record UNION SELECT round FROM harvest)"
        )
        return 1 + (last or 0)

    def keep(self, records: Iterable[tuple[str, Record | None]], round_: int, states: Iterable[Progress]) -> int:
        """Keeps a page's records and how far the harvest is with it, both or nothing.

        Returns how many of the records are not in this round's list yet.
        """
        execute = self._connection.execute
        execute("BEGIN")
        try:
            fresh = 0
            for identifier, record in records:
                fresh += (
                    execute("SELECT 1 FROM record WHERE id = ? AND round = ?", (identifier, round_)).fetchone() is None
                )
                packed = None if record is None else pack_record(record)
                execute(
                    "INSERT OR REPLACE INTO record (id, round, packed) VALUES (?, ?, ?)", (identifier, round_, packed)
                )
            self._set(states)
            execute("COMMIT")
        except BaseException:
            execute("ROLLBACK")
            raise
        return fresh

    def changes(self, skip: int) -> Iterator[tuple[int, str, Record | None, bytes]]:
        """What waits here, in order: its number, its id, the record, None for one that is no more, and its packed form.

        It begins behind the number `skip`.
        """
        rows = self._connection.execute(
            "SELECT number, id, packed FROM record WHERE number > ? ORDER BY number", (skip,)
        )
        for number, identifier, packed in rows:
            yield number, identifier, None if packed is None else unpack_record(packed), packed or b""

    def forget(self) -> None:
        """Forgets all records, which are in the catalogue now, and the sets that are done."""
        self._connection.executescript("BEGIN; DELETE FROM record; DELETE FROM harvest WHERE done; COMMIT; VACUUM")

    def _set(self, states: Iterable[Progress]) -> None:
        self._connection.executemany(
            "INSERT INTO harvest (name, begun, since, until, token, day, round, records, done)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (name) DO UPDATE SET begun = excluded.begun,"
            " since = excluded.since, until = excluded.until, token = excluded.token, day = excluded.day,"
            " round = excluded.round, records = excluded.records, done = excluded.done",
            map(astuple, states),
        )


def spool_file(target: Path) -> Path:
    """The spool of the catalogue at `target`."""
    return target.with_name(f".{target.name}.harvest")
