"""Sources that were read before, found by their names."""

from pathlib import Path

from bibman.errors import NotFoundError, UsageError
from bibman.model.nearest import nearest
from bibman.services.files import expanded
from bibman.storage.answers import SourceReading
from bibman.storage.reading import Reader


def find_source(reader: Reader, name: str) -> SourceReading:
    """The latest reading of the source with this path, or the end of it.

    Raises NotFoundError where there is none, UsageError where several end so.
    """
    readings = reader.latest_readings()
    wanted = str(expanded(name).resolve())
    found = [each for each in readings if each.source in (name, wanted)]
    found = found or [each for each in readings if each.source.endswith(f"/{name}")]
    if not found:
        near = nearest(name, sorted({Path(each.source).name for each in readings}))
        raise NotFoundError.of("source", [name], near or [each.source for each in readings[:3]])
    if len(found) > 1:
        raise UsageError(
            f"several sources are called {name}: {', '.join(each.source for each in found)}", "Give the whole path"
        )
    return found[0]
