"""Which entries a command is about."""

from collections.abc import Sequence
from typing import NamedTuple

from bibman.services.queries import understood
from bibman.storage.reading import Reader


class Selection(NamedTuple):
    """The entries that somebody means: those with these `keys`, or aliases, in any case, and those of a `query`."""

    keys: Sequence[str] = ()
    query: str | None = None

    @property
    def is_made(self) -> bool:
        """Whether it is said which entries are meant."""
        return bool(self.keys) or self.query is not None

    def ids(self, reader: Reader) -> list[int]:
        """The ids of these entries, each once: those of the keys in order, then those of the query, oldest first.

        Raises NotFoundError naming the keys that do not exist, QueryError for a query that cannot be read.
        """
        found = dict.fromkeys(reader.ids(self.keys).values())
        if self.query is not None:
            found |= dict.fromkeys(reversed(reader.matching(understood(reader, self.query))))
        return list(found)

    def ids_or_all(self, reader: Reader) -> list[int]:
        """The same, or the ids of all entries where it is not said which are meant."""
        return self.ids(reader) if self.is_made else reader.all_ids()
