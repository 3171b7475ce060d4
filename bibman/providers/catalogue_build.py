"""Building a catalogue: streamed into an unfinished file beside its place, and renamed into it when it is whole.

A build that was killed goes on where it stopped, if it is asked for once more with the same files.
"""

import hashlib
import json
import sqlite3
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from bibman.errors import FileError
from bibman.model.record import Record
from bibman.providers.catalogue import SEED_NAME, SUFFIX, Catalogue, catalogues
from bibman.providers.catalogue_file import commit, finish, read_meta, state, written
from bibman.providers.catalogue_format import pack_record
from bibman.providers.catalogue_index import Writer
from bibman.providers.catalogue_sources import items

_BATCH = 1000
# So many works are committed at a time: that much a killed build loses, ten seconds or so. Fewer at a time would leave
# more pieces of the indexes to be joined.
_COMMITTED = 50_000
_REPORTED = 100
_START: Final[Mapping[str, object]] = {
    "taken": 0,
    "rejected": 0,
    "first_rejected": "[]",
    "digest": "",
    "added": 0,
    "refreshed": 0,
}


@dataclass(frozen=True, slots=True)
class RejectedLine:
    """What is no work: its file, its line from 1, and why."""

    file: Path
    line: int
    reason: str


@dataclass(frozen=True, slots=True)
class BuildReport:
    """What a build made: how many works the catalogue has, how many of them were added and how many refreshed; how many
    were rejected, and the first hundred of those; how many were there already when a killed build went on."""

    works: int
    added: int
    refreshed: int
    rejected: int
    first_rejected: tuple[RejectedLine, ...]
    resumed: int


@dataclass(slots=True)
class _Source:
    """The files being read, and how far; what is no work in them is counted."""

    files: Sequence[Path]
    digest: "hashlib._Hash" = field(default_factory=hashlib.sha256)
    size: int = 0
    taken: int = 0
    rejected: int = 0
    first_rejected: list[RejectedLine] = field(default_factory=list)

    def works(self, skip: int) -> Iterator[tuple[Record, bytes] | None]:
        """Every work in order, with its packed form, and None for what is none; the first `skip` are passed over."""
        for file in self.files:
            try:
                for line, read in items(file, self._see):
                    self.taken += 1
                    if self.taken <= skip:
                        if self.taken == skip:
                            yield None
                        continue
                    try:
                        record = read()
                        packed = pack_record(record)
                    except ValueError as error:
                        self._reject(RejectedLine(file, line, str(error)))
                        yield None
                    else:
                        yield record, packed
            except OSError as error:
                raise FileError(f"cannot read {file}: {error.strerror}") from None

    def _see(self, piece: bytes) -> None:
        self.digest.update(piece)
        self.size += len(piece)

    def _reject(self, line: RejectedLine) -> None:
        self.rejected += 1
        if self.rejected <= _REPORTED:
            self.first_rejected.append(line)


def build(
    files: Sequence[Path],
    target: Path,
    built_at: str,
    on_progress: Callable[[int], object] = lambda _: None,
    *,
    adding: bool = False,
) -> BuildReport:
    """Builds a catalogue at `target` from files in one of the formats of docs/catalogue.md.

    With `adding` the works come to those that the catalogue has. What is no work is skipped and reported. `built_at` is
    an ISO 8601 time in UTC; `on_progress` is told now and then how many bytes have been read. The catalogue takes the
    place of an older one in one step: until then, and if the build is killed, the older one stays.

    Raises FileError where a file cannot be read, `target` cannot be written, or the files have no work in them.
    """
    source = _Source(files)
    if adding:
        Catalogue.open(target).close()
    try:
        known = [state(file) for file in files if file.is_file()]
    except OSError as error:
        raise FileError(f"cannot read a source of {target}: {error.strerror}") from None
    with written(target, known, _START, target if adding else None) as connection:
        return _fill(connection, source, built_at, on_progress)


def ensure_seed(seed_file: Path, folder: Path) -> Path:
    """The catalogue built from `seed_file` in `folder`: built on first use, and again when the file, the folding or
    the format has changed. Any number of processes may ask at once.

    Raises FileError where the seed cannot be read or the folder cannot be written.
    """
    target = folder / f"{SEED_NAME}{SUFFIX}"
    try:
        checksum = hashlib.sha256(seed_file.read_bytes()).hexdigest()
    except OSError as error:
        raise FileError(f"cannot read {seed_file}: {error.strerror}", "Install bibman again") from None
    try:
        with Catalogue.open(target) as catalogue:
            if catalogue.info.checksum == checksum:
                return target
    except FileError:
        # None yet, damaged or of another version: a new one takes its place.
        pass
    build([seed_file], target, time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()))
    return target


@contextmanager
def available(seed_file: Path, folder: Path) -> Iterator[list[Path]]:
    """The catalogues in `folder` and that of the seed, in the order in which they are asked.

    Where `folder` cannot be written, the seed catalogue is built in a folder that goes away. Raises FileError where the
    seed cannot be read, or nothing can be built at all.
    """
    try:
        ensure_seed(seed_file, folder)
    except FileError:
        with TemporaryDirectory() as passing:
            seed = ensure_seed(seed_file, Path(passing))
            yield [*(path for path in catalogues(folder) if path.stem != SEED_NAME), seed]
    else:
        yield catalogues(folder)


def _fill(
    connection: sqlite3.Connection, source: _Source, built_at: str, on_progress: Callable[[int], object]
) -> BuildReport:
    writer, meta = Writer(connection), read_meta(connection)
    skip, added, refreshed = int(meta["taken"]), int(meta["added"]), int(meta["refreshed"])
    resumed = skip - int(meta["rejected"])
    source.rejected = int(meta["rejected"])
    source.first_rejected = [RejectedLine(Path(file), *rest) for file, *rest in json.loads(meta["first_rejected"])]
    works = source.works(skip)
    if skip and not _is_read_again(source, works, meta):
        raise FileError("a source has changed while the catalogue was built", "Build it again")
    since = 0
    while batch := list(islice(works, _BATCH)):
        new, renewed = writer.add(each for each in batch if each is not None)
        added, refreshed, since = added + new, refreshed + renewed, since + len(batch)
        if since >= _COMMITTED:
            since = 0
            commit(connection, _progress(source) | {"added": added, "refreshed": refreshed})
        on_progress(source.size)
    if source.taken == source.rejected:
        reasons = "".join(f" (line {each.line}: {each.reason})" for each in source.first_rejected[:1])
        raise FileError(
            f"no work in {', '.join(map(str, source.files))}{reasons}",
            "A catalogue is built from JSON Lines, arXiv's dump, CSL-JSON or .bib, as docs/catalogue.md describes them",
        )
    names = [*meta.get("sources", "").splitlines(), *(file.name for file in source.files)]
    facts = {
        "sources": "\n".join(dict.fromkeys(names)),
        "checksum": source.digest.hexdigest(),
        "built_at": built_at,
        "rejected": source.rejected,
    }
    works_there = finish(connection, writer, _START, facts, changed=added + refreshed)
    on_progress(source.size)
    rejected = tuple(source.first_rejected)
    return BuildReport(works_there, added, refreshed, source.rejected, rejected, resumed)


def _progress(source: _Source) -> dict[str, object]:
    rejected = [(str(each.file), each.line, each.reason) for each in source.first_rejected]
    return {
        "taken": source.taken,
        "rejected": source.rejected,
        "first_rejected": json.dumps(rejected),
        "digest": source.digest.hexdigest(),
    }


def _is_read_again(source: _Source, works: Iterator[object], meta: dict[str, str]) -> bool:
    """Passes over what a killed build has taken; whether it was read from the same bytes."""
    next(works, None)
    return source.taken == int(meta["taken"]) and source.digest.hexdigest() == meta["digest"]
