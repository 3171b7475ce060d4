"""Catalogues: local files of known works to find papers in, apart from the library. Read with sqlite3 alone.

docs/catalogue.md says what a catalogue is; `catalogue_build` makes one.
"""

import sqlite3
import zlib
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

from bibman.errors import FileError
from bibman.model.fold import FOLD_VERSION
from bibman.model.identifiers import Identifier
from bibman.model.matching import Proposal
from bibman.providers.catalogue_format import unpack_record

# Of the tables and of what is in them. A catalogue of another version is built again, never migrated.
FORMAT_VERSION = 1
SUFFIX = ".catalogue"
SEED_NAME = "seed"
# An opening that more works share is a stock phrase ("This paper has been withdrawn by …") and identifies none; nor
# does such an identifier.
LARGEST_BUCKET = 500

_ADVICE = "Remove it, or build it again with: bibman catalogue build"


@dataclass(frozen=True, slots=True)
class CatalogueInfo:
    """What a catalogue says of itself.

    `sources` are the files it was built from, `checksum` the SHA-256 of their bytes one after the other; `built_at`
    is an ISO 8601 time in UTC; `rejected` counts the lines that were no works.
    """

    name: str
    path: Path
    sources: tuple[str, ...]
    checksum: str
    built_at: str
    works: int
    rejected: int


class Catalogue:
    """An open catalogue. Use it in a `with`, or close it."""

    def __init__(self, connection: sqlite3.Connection, info: CatalogueInfo) -> None:
        self._connection = connection
        self.info = info

    @classmethod
    def open(cls, path: Path) -> "Catalogue":
        """Opens the catalogue at `path` for reading.

        Raises FileError where there is none, where it is damaged, and where it was built with another folding or in
        another format, with the advice to build it again.
        """
        if not path.is_file():
            raise FileError(f"no such catalogue: {path}", "Build it with: bibman catalogue build")
        # A catalogue is never written in place: a new one is renamed over it. So no lock is needed to read it.
        connection = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro&immutable=1", uri=True)
        try:
            meta = dict(connection.execute("SELECT name, value FROM meta"))
            versions = (meta["format"], meta["fold"])
            info = CatalogueInfo(
                name=path.stem,
                path=path,
                sources=tuple(meta["sources"].splitlines()),
                checksum=meta["checksum"],
                built_at=meta["built_at"],
                works=int(meta["works"]),
                rejected=int(meta["rejected"]),
            )
        except (sqlite3.Error, LookupError, TypeError, ValueError, AttributeError):
            connection.close()
            raise FileError(f"{path} is no catalogue, or it is damaged", _ADVICE) from None
        if versions != (str(FORMAT_VERSION), str(FOLD_VERSION)):
            connection.close()
            raise FileError(f"{path} was built by another version of bibman", _ADVICE)
        return cls(connection, info)

    def __enter__(self) -> "Catalogue":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Closes the file. Closing twice does no harm."""
        self._connection.close()

    def lookup_opening(self, key: int) -> list[Proposal]:
        """The works whose abstracts begin with the text of this `opening_key`; none where it is a stock phrase.

        Raises FileError where the catalogue is damaged.
        """
        return self._proposals("opening_key", "h = ?", (key,))

    def lookup_identifier(self, identifier: Identifier) -> list[Proposal]:
        """The works that have this identifier.

        Raises FileError where the catalogue is damaged.
        """
        return self._proposals("identifier", "scheme = ? AND value = ?", (identifier.scheme, identifier.value))

    def _proposals(self, index: str, condition: str, values: tuple[str | int, ...]) -> list[Proposal]:
        query = (
            f"SELECT record FROM {index} JOIN work ON id = work_id WHERE {condition} ORDER BY work_id"
            f" LIMIT {LARGEST_BUCKET + 1}"
        )
        try:
            rows = self._connection.execute(query, values).fetchall()
            found = [Proposal(unpack_record(packed), self.info.name) for (packed,) in rows]
        except (sqlite3.DatabaseError, zlib.error, ValueError, TypeError):
            raise FileError(f"{self.info.path} is damaged", _ADVICE) from None
        return found if len(found) <= LARGEST_BUCKET else []


def catalogues(folder: Path) -> list[Path]:
    """The catalogues in a folder, by name, the seed last: what a reader chose goes before what came with bibman."""
    return sorted(folder.glob(f"[!.]*{SUFFIX}"), key=lambda path: (path.stem == SEED_NAME, path.name))
