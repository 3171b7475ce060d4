"""Sources, their readings and passages, written and looked up."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select

from bibman.storage.change import Change
from bibman.storage.reading import CHUNK
from bibman.storage.tables import EntryIdentifierRow, EntryRow, PassageRow, ReadingRow, SourceRow


@dataclass(frozen=True, slots=True)
class Reading:
    """One time that a source was read."""

    source: str
    checksum: str
    size: int
    encoding: str
    format: str
    layout: str | None
    declared: int | None


@dataclass(frozen=True, slots=True)
class Finding:
    """What became of a passage: its verdict, its entry with the revision at that time, and how sure that is and why."""

    verdict: str
    entry_id: int | None = None
    entry_revision: int | None = None
    stage: str | None = None
    score: float | None = None
    margin: float | None = None
    evidence: Mapping[str, Any] = field(default_factory=dict)

    def columns(self) -> dict[str, Any]:
        """The columns of `passage` that keep it."""
        return {
            "verdict": str(self.verdict),
            "entry_id": self.entry_id,
            "entry_revision": self.entry_revision,
            "stage": self.stage,
            "score": self.score,
            "margin": self.margin,
            "evidence": json.dumps(dict(self.evidence), ensure_ascii=False) if self.evidence else None,
        }


@dataclass(frozen=True, slots=True)
class ReadPassage:
    """A passage as it was read. Only those of the kind `entry` speak of a work and have a finding.

    `source_key` is the citation key that the source gives the work. Where another passage has the very bytes, `raw` is
    empty and `raw_of` is the id of that one.
    """

    position: int
    line: int
    raw: bytes
    kind: str = "entry"
    text_key: int | None = None
    finding: Finding | None = None
    raw_of: int | None = None
    source_key: str | None = None


def last_checksum(change: Change, source: str) -> str | None:
    """The checksum of the latest reading of a source; None where it was never read."""
    query = (
        select(ReadingRow.checksum)
        .join(SourceRow, SourceRow.id == ReadingRow.source_id)
        .where(SourceRow.name == source)
        .order_by(ReadingRow.id.desc())
        .limit(1)
    )
    return change.connection.execute(query).scalar()


def add_reading(change: Change, reading: Reading) -> int:
    """Keeps that a source was read, and returns the id of the reading."""
    source_id = change.connection.execute(select(SourceRow.id).where(SourceRow.name == reading.source)).scalar()
    if source_id is None:
        (source_id,) = change.insert(SourceRow, [{"name": reading.source}])
    row = {
        "source_id": source_id,
        "read_at": change.now,
        "checksum": reading.checksum,
        "size": reading.size,
        "encoding": reading.encoding,
        "format": reading.format,
        "layout": reading.layout,
        "declared": reading.declared,
    }
    return change.insert(ReadingRow, [row])[0]


def add_passages(change: Change, reading_id: int, passages: Iterable[ReadPassage]) -> None:
    """Keeps the passages of a reading."""
    unsaid = dict.fromkeys(Finding("").columns())
    rows = [
        {
            "reading_id": reading_id,
            "position": passage.position,
            "line": passage.line,
            "kind": passage.kind,
            "raw": passage.raw,
            "raw_of": passage.raw_of,
            "source_key": passage.source_key,
            "text_key": passage.text_key,
            **(unsaid if passage.finding is None else passage.finding.columns()),
        }
        for passage in passages
    ]
    change.insert(PassageRow, rows)


def change_findings(change: Change, entry_id: int, finding: Finding) -> None:
    """Gives the passages of an entry another finding."""
    query = select(PassageRow.id).where(PassageRow.entry_id == entry_id, PassageRow.kind == "entry")
    columns = finding.columns()
    change.update(PassageRow, dict.fromkeys(change.connection.execute(query).scalars(), columns))


def entries_of_texts(change: Change, text_keys: Sequence[int]) -> dict[int, int]:
    """Key of a passage's text → id of the entry that it was last found to be, for those whose entry still exists."""
    found: dict[int, int] = {}
    for start in range(0, len(text_keys), CHUNK):
        query = (
            select(PassageRow.text_key, PassageRow.entry_id)
            .join(EntryRow, EntryRow.id == PassageRow.entry_id)
            .where(PassageRow.text_key.in_(text_keys[start : start + CHUNK]))
            .order_by(PassageRow.id)
        )
        found.update((row.text_key, row.entry_id) for row in change.connection.execute(query))
    return found


def entry_with_identifier(change: Change, scheme: str, value: str) -> int | None:
    """The id of the oldest entry that has an identifier."""
    query = select(EntryIdentifierRow.entry_id).where(
        EntryIdentifierRow.scheme == scheme, EntryIdentifierRow.value == value
    )
    return change.connection.execute(query.order_by(EntryIdentifierRow.entry_id).limit(1)).scalar()
