"""Building a catalogue: streamed into an unfinished file beside its place, and renamed into it when it is whole.

A build that was killed goes on where it stopped, if it is asked for once more with the same files.
"""

import hashlib
import json
import os
import sqlite3
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from shutil import copyfile
from tempfile import TemporaryDirectory

from bibman.errors import FileError
from bibman.model.fold import FOLD_VERSION
from bibman.model.record import Record
from bibman.providers.catalogue import SEED_NAME, SUFFIX, Catalogue, catalogues
from bibman.providers.catalogue_format import pack_record
from bibman.providers.catalogue_index import FORMAT_VERSION, Writer
from bibman.providers.catalogue_sources import items

_BATCH = 1000
# So many works are committed at a time: that much a killed build loses, ten seconds or so. Fewer at a time would leave
# more pieces of the indexes to be joined.
_COMMITTED = 50_000
_REPORTED = 100
# A build that was killed leaves its unfinished file; one that nobody has gone on with for so long is given up.
_ABANDONED_AFTER = 24 * 60 * 60
# SQLite's own, in KiB; with what it and the indexes hold besides, memory stays below 300 MB.
_CACHE = 100_000
# Another build may look for a moment whether a file is one that it can go on with.
_PATIENCE = 60


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
        target.parent.mkdir(parents=True, exist_ok=True)
        plan = _plan(files, target if adding else None)
        with _unfinished(target, plan, target if adding else None) as (file, connection):
            _remove_abandoned(target, file)
            report = _fill(connection, source, built_at, on_progress)
            connection.close()
            with file.open("rb") as written:
                os.fsync(written.fileno())
            file.replace(target)
    except OSError as error:
        raise FileError(f"cannot write the catalogue {target}: {error.strerror}") from None
    except sqlite3.Error as error:
        raise FileError(f"cannot write the catalogue {target}: {error}") from None
    return report


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


def _plan(files: Sequence[Path], base: Path | None) -> str:
    """What a build is to do, in a line: one that was killed may go on only if this is the same."""

    def state(file: Path) -> list[str | int]:
        told = file.stat()
        return [str(file.resolve()), told.st_size, told.st_mtime_ns]

    known = [state(file) for file in files if file.is_file()]
    return json.dumps([FORMAT_VERSION, FOLD_VERSION, known, state(base) if base is not None else None])


@contextmanager
def _unfinished(target: Path, plan: str, base: Path | None) -> Iterator[tuple[Path, sqlite3.Connection]]:
    """The unfinished file of this build, which no other build has, and its connection within a transaction.

    It is the one that a killed build with the same plan left, or a new one: empty, or a copy of `base`. An error takes
    it away; being killed or interrupted leaves it for the next time.
    """
    file, connection = _left(target, plan) or _new(target, plan, base)
    try:
        with closing(connection):
            yield file, connection
    except Exception:
        _remove(file)
        raise


def _left(target: Path, plan: str) -> tuple[Path, sqlite3.Connection] | None:
    """The unfinished file that a killed build left and nobody has taken up, if it was to do the same."""
    for file in sorted(target.parent.glob(f".{target.name}.*.unfinished")):
        with suppress(sqlite3.Error):
            connection = _connected(file, patience=0)
            try:
                # The lock is held until the connection is closed; a file that another build has finished has no plan.
                connection.execute("BEGIN EXCLUSIVE")
                if connection.execute("SELECT value FROM meta WHERE name = 'plan'").fetchone() == (plan,):
                    return file, connection
            except sqlite3.Error:
                pass
            connection.close()
    return None


def _new(target: Path, plan: str, base: Path | None) -> tuple[Path, sqlite3.Connection]:
    file = target.with_name(f".{target.name}.{os.getpid()}-{os.urandom(4).hex()}.unfinished")
    try:
        if base is not None:
            copyfile(base, file)
        connection = _connected(file, patience=_PATIENCE)
        connection.execute("BEGIN EXCLUSIVE")
        if base is None:
            Writer.create(connection)
        _note(connection, {"plan": plan, "taken": 0, "rejected": 0, "first_rejected": "[]", "added": 0, "refreshed": 0})
    except BaseException:
        _remove(file)
        raise
    return file, connection


def _connected(file: Path, patience: float) -> sqlite3.Connection:
    uri = f"{file.resolve().as_uri()}?mode={'rwc' if patience else 'rw'}"
    connection = sqlite3.connect(uri, uri=True, isolation_level=None, timeout=patience)
    connection.executescript(
        f"PRAGMA locking_mode = EXCLUSIVE; PRAGMA synchronous = NORMAL; PRAGMA cache_size = -{_CACHE};"
    )
    return connection


def _note(connection: sqlite3.Connection, values: dict[str, object]) -> None:
    connection.executemany(
        "INSERT OR REPLACE INTO meta VALUES (?, ?)", [(name, str(value)) for name, value in values.items()]
    )


def _fill(
    connection: sqlite3.Connection, source: _Source, built_at: str, on_progress: Callable[[int], object]
) -> BuildReport:
    writer = Writer(connection)
    meta = dict(connection.execute("SELECT name, value FROM meta"))
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
            _note(connection, _progress(source) | {"added": added, "refreshed": refreshed})
            connection.execute("COMMIT")
            connection.execute("BEGIN EXCLUSIVE")
        on_progress(source.size)
    if source.taken == source.rejected:
        reasons = "".join(f" (line {each.line}: {each.reason})" for each in source.first_rejected[:1])
        raise FileError(
            f"no work in {', '.join(map(str, source.files))}{reasons}",
            "A catalogue is built from JSON Lines, arXiv's dump, CSL-JSON or .bib, as docs/catalogue.md describes them",
        )
    _finish(connection, writer, source, meta, built_at, changed=added + refreshed)
    on_progress(source.size)
    (works_there,) = connection.execute("SELECT value FROM meta WHERE name = 'works'").fetchone()
    rejected = tuple(source.first_rejected)
    return BuildReport(int(works_there), added, refreshed, source.rejected, rejected, resumed)


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


def _finish(
    connection: sqlite3.Connection,
    writer: Writer,
    source: _Source,
    meta: dict[str, str],
    built_at: str,
    *,
    changed: int,
) -> None:
    (works,) = connection.execute("SELECT count(*) FROM work").fetchone()
    since_counted = int(meta.get("since_counted", 0)) + changed
    if since_counted * 10 >= works:
        # Counting reads the whole index, and a few works more or less in it decide nothing.
        writer.count_words()
        since_counted = 0
    names = [*meta.get("sources", "").splitlines(), *(file.name for file in source.files)]
    _note(
        connection,
        {
            "format": FORMAT_VERSION,
            "fold": FOLD_VERSION,
            "sources": "\n".join(dict.fromkeys(names)),
            "checksum": source.digest.hexdigest(),
            "built_at": built_at,
            "works": works,
            "rejected": source.rejected,
            "since_counted": since_counted,
        },
    )
    connection.execute(
        "DELETE FROM meta WHERE name IN ('plan', 'taken', 'first_rejected', 'digest', 'added', 'refreshed')"
    )
    connection.execute("COMMIT")


def _remove_abandoned(target: Path, own: Path) -> None:
    for file in target.parent.glob(f".{target.name}.*.unfinished"):
        # Another build may be quicker.
        with suppress(FileNotFoundError):
            if file != own and time.time() - file.stat().st_mtime > _ABANDONED_AFTER:
                _remove(file)


def _remove(file: Path) -> None:
    file.unlink(missing_ok=True)
    file.with_name(f"{file.name}-journal").unlink(missing_ok=True)
