"""The user's catalogues: built, added to, harvested into, listed, searched, removed."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from bibman.errors import FileError, GivenValueError, NotFoundError
from bibman.model.fold import fold
from bibman.model.identifiers import find_identifiers
from bibman.model.matching import distinct_works
from bibman.model.nearest import nearest
from bibman.model.record import Record
from bibman.providers.catalogue import SEED_NAME, SUFFIX, Catalogue, CatalogueInfo, catalogues
from bibman.providers.catalogue_build import BuildReport, available
from bibman.providers.catalogue_build import build as build_file
from bibman.resources import seeds_folder

if TYPE_CHECKING:
    from bibman.providers.harvest import HarvestReport, OnStep, OnWritten
    from bibman.providers.service import Ask

Progress = Callable[[int], object]


class Hit(NamedTuple):
    """A work that was found, and the catalogue that has it."""

    catalogue: str
    record: Record


@contextmanager
def opened(folder: Path) -> Iterator[list[Catalogue]]:
    """The catalogues in `folder`, open for reading, in the order in which they are asked.

    The seed catalogue is built there on first use. Raises FileError where a catalogue cannot be read.
    """
    with ExitStack() as stack:
        paths = stack.enter_context(available(seeds_folder() / "catalogue.jsonl", folder))
        yield [stack.enter_context(Catalogue.open(path)) for path in paths]


def build(folder: Path, files: Sequence[Path], name: str | None, on_progress: Progress) -> tuple[str, BuildReport]:
    """Builds a catalogue from files, in the place of the one with the same name; returns that name.

    Without `name` it is called like the first file. A build that was killed goes on where it stopped. Raises
    GivenValueError for a name that no file can have, FileError where a file cannot be read or has no work.
    """
    called = name or files[0].stem
    if not _is_name(called):
        raise GivenValueError(f"not a name for a catalogue: {called!r}", "Give one with --name")
    return called, build_file(files, _path(folder, called), _now(), on_progress)


def add(folder: Path, name: str, files: Sequence[Path], on_progress: Progress) -> BuildReport:
    """Adds the works of files to a catalogue; what it has of them already is refreshed.

    Raises NotFoundError where there is none of this name, FileError where it is the seed, a file cannot be read or the
    files have no work.
    """
    if name == SEED_NAME:
        raise FileError("the seed catalogue stays as it is", "Build one of your own: it is asked before the seed")
    return build_file(files, _existing(folder, name), _now(), on_progress, adding=True)


def harvest(
    ask: "Ask",
    folder: Path,
    name: str,
    sets: Sequence[str],
    since: str | None,
    on_step: "OnStep",
    on_written: "OnWritten",
) -> "HarvestReport":
    """Brings what changed on arXiv into a catalogue, which is made where there is none.

    Without `sets` they are those that were harvested into it before; without `since`, a day, they go on where they
    stopped. Raises GivenValueError for a bad name, set or day, and what `providers.harvest` raises.
    """
    from bibman.providers.harvest import harvest as fetch
    from bibman.providers.oai import set_name

    if not _is_name(name):
        raise GivenValueError(f"not a name for a catalogue: {name!r}", "Give another one")
    names = []
    for each in sets:
        found = set_name(each)
        if found is None:
            raise GivenValueError(f"not a set of arXiv: {each!r}", "Sets are cs, cs.AI, hep-th, physics:hep-th, ...")
        names.append(found)
    now = _now()
    if since is not None and not _is_past_day(since, now[:10]):
        raise GivenValueError(f"not a day until now: {since!r}", f"Write it as {now[:10]}")
    return fetch(ask, _path(folder, name), names, since, now, on_step, on_written)


def listing(folder: Path) -> tuple[list[CatalogueInfo], list[FileError]]:
    """What the catalogues say of themselves, in the order in which they are asked, and what is wrong with those that
    cannot be opened."""
    found: list[CatalogueInfo] = []
    wrong: list[FileError] = []
    with available(seeds_folder() / "catalogue.jsonl", folder) as paths:
        for path in paths:
            try:
                with Catalogue.open(path) as catalogue:
                    found.append(catalogue.info)
            except FileError as error:
                wrong.append(error)
    return found, wrong


def info(folder: Path, name: str) -> CatalogueInfo:
    """What one catalogue says of itself. Raises NotFoundError where there is none of this name."""
    with (
        available(seeds_folder() / "catalogue.jsonl", folder) as paths,
        Catalogue.open(_named(paths, name)) as catalogue,
    ):
        return catalogue.info


def search(folder: Path, text: str, name: str | None, limit: int) -> list[Hit]:
    """The works that have an identifier in `text`, or else all of its words in title, names or abstract.

    At most `limit`, those of the catalogue that is asked first before the others', of all catalogues or the one called
    `name`; a work that several have is that of the first. Raises NotFoundError where there is none of this name.
    """
    hits: list[Hit] = []
    identifiers = find_identifiers(text)
    with available(seeds_folder() / "catalogue.jsonl", folder) as paths:
        for path in paths if name is None else [_named(paths, name)]:
            with Catalogue.open(path) as catalogue:
                found = [each.record for one in identifiers for each in catalogue.lookup_identifier(one)]
                found = found or catalogue.search(fold(text).split(), limit - len(hits))
                hits += [Hit(catalogue.info.name, record) for record in found]
            if len(hits) >= limit:
                break
    return [hits[place] for place in distinct_works([hit.record for hit in hits])][:limit]


def remove(folder: Path, name: str) -> None:
    """Removes a catalogue. Raises NotFoundError where there is none of this name, FileError where it must stay."""
    if name == SEED_NAME:
        raise FileError("the seed catalogue stays", "It belongs to bibman, and would be built again")
    from bibman.providers.harvest_spool import spool_file

    path = _existing(folder, name)
    path.unlink()
    spool_file(path).unlink(missing_ok=True)


def _existing(folder: Path, name: str) -> Path:
    return _named(catalogues(folder), name)


def _named(paths: Sequence[Path], name: str) -> Path:
    found = next((path for path in paths if path.stem == name), None)
    if found is None:
        raise NotFoundError.of("catalogue", [name], nearest(name, [path.stem for path in paths]))
    return found


def _is_name(name: str) -> bool:
    return bool(name.strip()) and not name.startswith(".") and not set(name) & set("/\\\0") and name != SEED_NAME


def _is_past_day(text: str, today: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text and text <= today
    except ValueError:
        return False


def _path(folder: Path, name: str) -> Path:
    return folder / f"{name}{SUFFIX}"


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
