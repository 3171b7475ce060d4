"""Building a catalogue from JSON Lines: streamed, beside its place, and renamed into it when it is whole."""

import hashlib
import os
import sqlite3
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory

from bibman.errors import FileError
from bibman.model.fold import FOLD_VERSION, opening_key
from bibman.model.identifiers import record_identifiers
from bibman.model.record import Record
from bibman.providers.catalogue import FORMAT_VERSION, SEED_NAME, SUFFIX, Catalogue, catalogues
from bibman.providers.catalogue_format import LONGEST_LINE, pack_record, read_lines, read_record

# The indexes are sorted only at the end, by SQLite and on disk, so that memory stays flat however many works there are.
_TABLES = (
    "CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT) STRICT, WITHOUT ROWID",
    "CREATE TABLE work (id INTEGER PRIMARY KEY, record BLOB) STRICT",
    "CREATE TABLE opening_key (h INTEGER, work_id INTEGER, PRIMARY KEY (h, work_id)) STRICT, WITHOUT ROWID",
    (
        "CREATE TABLE identifier (scheme TEXT, value TEXT, work_id INTEGER, PRIMARY KEY (scheme, value, work_id))"
        " STRICT, WITHOUT ROWID"
    ),
    "CREATE TEMP TABLE unsorted_key (h INTEGER, work_id INTEGER)",
    "CREATE TEMP TABLE unsorted_identifier (scheme TEXT, value TEXT, work_id INTEGER)",
)
_SORT = (
    "INSERT INTO opening_key SELECT h, work_id FROM unsorted_key ORDER BY h, work_id",
    "INSERT INTO identifier SELECT DISTINCT scheme, value, work_id FROM unsorted_identifier ORDER BY 1, 2, 3",
)
_BATCH = 1000
_REPORTED = 100
# A build that was killed leaves its unfinished file; one that nobody has written to for so long is such a one.
_ABANDONED_AFTER = 24 * 60 * 60


@dataclass(frozen=True, slots=True)
class RejectedLine:
    """A line that is no work: its file, its number from 1, and why."""

    file: Path
    line: int
    reason: str


@dataclass(frozen=True, slots=True)
class BuildReport:
    """What a build made: how many works there are, how many lines were rejected, and the first hundred of those."""

    works: int
    rejected: int
    first_rejected: tuple[RejectedLine, ...]


@dataclass(slots=True)
class _Source:
    """The files being read: what has been seen of them so far."""

    files: Sequence[Path]
    digest: "hashlib._Hash" = field(default_factory=hashlib.sha256)
    size: int = 0
    rejected: int = 0
    first_rejected: list[RejectedLine] = field(default_factory=list)

    def works(self) -> Iterator[tuple[Record, bytes]]:
        """Every work in order, with its packed form; the other lines are counted as rejected."""
        for file in self.files:
            try:
                with file.open("rb") as opened:
                    for number, line in read_lines(opened, self._see):
                        try:
                            if line is None:
                                raise ValueError(f"longer than {LONGEST_LINE >> 20} MB")
                            record = read_record(line)
                            packed = pack_record(record)
                        except ValueError as error:
                            self._reject(RejectedLine(file, number, str(error)))
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
    files: Sequence[Path], target: Path, built_at: str, on_progress: Callable[[int], object] = lambda _: None
) -> BuildReport:
    """Builds a catalogue at `target` from files in the format of docs/catalogue.md.

    Lines that are no works are skipped and reported; empty lines are nothing. `built_at` is an ISO 8601 time in UTC;
    `on_progress` is told now and then how many bytes have been read. The catalogue takes the place of an older one
    in one step: until then, and if the build is killed, the older one stays.

    Raises FileError where a file cannot be read, `target` cannot be written, or the files have no work in them.
    """
    source = _Source(files)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        _remove_abandoned(target)
        with _unfinished(target) as file:
            with closing(sqlite3.connect(file, isolation_level=None)) as connection:
                works = _fill(connection, source, built_at, on_progress)
            with file.open("rb") as written:
                os.fsync(written.fileno())
            file.replace(target)
    except OSError as error:
        raise FileError(f"cannot write the catalogue {target}: {error.strerror}") from None
    except sqlite3.Error as error:
        raise FileError(f"cannot write the catalogue {target}: {error}") from None
    return BuildReport(works, source.rejected, tuple(source.first_rejected))


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


@contextmanager
def _unfinished(target: Path) -> Iterator[Path]:
    """A path beside `target` that no other build has, gone afterwards."""
    file = target.with_name(f".{target.name}.{os.getpid()}-{os.urandom(4).hex()}.unfinished")
    try:
        yield file
    finally:
        file.unlink(missing_ok=True)


def _fill(connection: sqlite3.Connection, source: _Source, built_at: str, on_progress: Callable[[int], object]) -> int:
    # The file is nobody's until it is renamed: no journal and no waiting for the disk before that.
    connection.executescript("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA locking_mode = EXCLUSIVE;")
    connection.execute("BEGIN")
    for statement in _TABLES:
        connection.execute(statement)
    works = 0
    numbered = enumerate(source.works(), start=1)
    while batch := list(islice(numbered, _BATCH)):
        _insert(connection, batch)
        works += len(batch)
        on_progress(source.size)
    if not works:
        reasons = "".join(f" (line {each.line}: {each.reason})" for each in source.first_rejected[:1])
        raise FileError(
            f"no work in {', '.join(map(str, source.files))}{reasons}",
            "A catalogue is built from JSON Lines, one work a line, as docs/catalogue.md describes them",
        )
    for statement in _SORT:
        connection.execute(statement)
    meta = {
        "format": FORMAT_VERSION,
        "fold": FOLD_VERSION,
        "sources": "\n".join(file.name for file in source.files),
        "checksum": source.digest.hexdigest(),
        "built_at": built_at,
        "works": works,
        "rejected": source.rejected,
    }
    connection.executemany("INSERT INTO meta VALUES (?, ?)", [(name, str(value)) for name, value in meta.items()])
    connection.execute("COMMIT")
    on_progress(source.size)
    return works


def _insert(connection: sqlite3.Connection, batch: Sequence[tuple[int, tuple[Record, bytes]]]) -> None:
    connection.executemany("INSERT INTO work VALUES (?, ?)", [(number, packed) for number, (_, packed) in batch])
    connection.executemany(
        "INSERT INTO unsorted_key VALUES (?, ?)",
        [
            (key, number)
            for number, (record, _) in batch
            if (key := opening_key(record.texts.get("abstract", ""))) is not None
        ],
    )
    connection.executemany(
        "INSERT INTO unsorted_identifier VALUES (?, ?, ?)",
        [
            (identifier.scheme, identifier.value, number)
            for number, (record, _) in batch
            for identifier in record_identifiers(record)
        ],
    )


def _remove_abandoned(target: Path) -> None:
    for file in target.parent.iterdir():
        if not (file.name.startswith(f".{target.name}.") and file.suffix == ".unfinished"):
            continue
        try:
            if time.time() - file.stat().st_mtime > _ABANDONED_AFTER:
                file.unlink()
        except FileNotFoundError:
            # Another build was quicker.
            pass
