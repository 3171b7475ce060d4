"""Which entries a command is about."""

from collections.abc import Sequence
from typing import NamedTuple

from bibman.storage.reading import Reader


class Selection(NamedTuple):
    """The entries that somebody means: those with these `keys`, or aliases, in any case."""

    keys: Sequence[str]

    def ids(self, reader: Reader) -> list[int]:
        """The ids of these entries, each once, in order. Raises NotFoundError naming the keys that do not exist."""
        return list(dict.fromkeys(reader.ids(self.keys).values()))
