"""The user's catalogues: built, listed, removed."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

from bibman.errors import FileError, GivenValueError, NotFoundError
from bibman.model.nearest import nearest
from bibman.providers.catalogue import SEED_NAME, SUFFIX, Catalogue, CatalogueInfo, catalogues
from bibman.providers.catalogue_build import BuildReport, available
from bibman.providers.catalogue_build import build as build_file
from bibman.resources import seeds_folder


def build(
    folder: Path, files: Sequence[Path], name: str | None, on_progress: Callable[[int], object]
) -> tuple[str, BuildReport]:
    """Builds a catalogue from JSON Lines files, in the place of the one with the same name; returns that name.

    Without `name` it is called like the first file. Raises GivenValueError for a name that no file can have,
    FileError where a file cannot be read or has no work.
    """
    called = name or files[0].stem
    if not called.strip() or called.startswith(".") or set(called) & set("/\\\0") or called == SEED_NAME:
        raise GivenValueError(f"not a name for a catalogue: {called!r}", "Give one with --name")
    built_at = datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    return called, build_file(files, _path(folder, called), built_at, on_progress)


def listing(folder: Path) -> list[CatalogueInfo]:
    """What the catalogues say of themselves, in the order in which they are asked."""
    found = []
    with available(seeds_folder() / "catalogue.jsonl", folder) as paths:
        for path in paths:
            with Catalogue.open(path) as catalogue:
                found.append(catalogue.info)
    return found


def remove(folder: Path, name: str) -> None:
    """Removes a catalogue. Raises NotFoundError where there is none of this name, FileError where it must stay."""
    path = _path(folder, name)
    if name == SEED_NAME:
        raise FileError("the seed catalogue stays", "It belongs to bibman, and would be built again")
    if path not in catalogues(folder):
        raise NotFoundError.of("catalogue", [name], nearest(name, [each.stem for each in catalogues(folder)]))
    path.unlink()


def _path(folder: Path, name: str) -> Path:
    return folder / f"{name}{SUFFIX}"
