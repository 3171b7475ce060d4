"""Passages looked at again: those that could not be read, or that wait."""

from collections.abc import Sequence
from dataclasses import dataclass

from bibman.services.readings import find_source
from bibman.storage.answers import SourcePassage, SourceReading
from bibman.storage.reading import Reader


@dataclass(frozen=True, slots=True)
class Listed:
    """A passage and the reading that it is of."""

    reading: SourceReading
    passage: SourcePassage

    @property
    def text(self) -> str:
        """What stands in the source."""
        return self.passage.raw.decode(self.reading.encoding, "replace")


def listing(reader: Reader, source: str | None, verdicts: Sequence[str]) -> list[Listed]:
    """The passages that speak of a work, of the latest reading of a source or of all sources, with these verdicts.

    Raises NotFoundError for a source that was never read.
    """
    readings = reader.latest_readings() if source is None else [find_source(reader, source)]
    return [
        Listed(reading, passage)
        for reading in readings
        for passage in reader.source_passages(reading.id, verdicts)
        if passage.kind == "entry"
    ]
