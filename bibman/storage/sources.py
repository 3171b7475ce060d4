"""Sources, their readings and passages, written and looked up."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from sqlalchemy import func, select

from bibman.model.identifiers import Identifier
from bibman.model.naming import fold_name
from bibman.storage.change import Change
from bibman.storage.door import CHUNK
from bibman.storage.tables import (
    EntryIdentifierRow,
    EntryRow,
    MacroRow,
    PassageRow,
    PreambleRow,
    ReadingRow,
    SourceRow,
)

KEY, DIFFERS = "key", "differs"
"""Evidence of a passage: the key that its entry had here when file and library agreed, where the file has another; and
that the library had other fields than the file even then."""


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
    """What became of a passage: its verdict, its entry with the revision at that time, and how sure that is and why.

    A passage that speaks of no work has no verdict.
    """

    verdict: str | None
    entry_id: int | None = None
    entry_revision: int | None = None
    stage: str | None = None
    score: float | None = None
    margin: float | None = None
    evidence: Mapping[str, Any] = field(default_factory=dict)

    def columns(self) -> dict[str, Any]:
        """The columns of `passage` that keep it."""
        return {
            "verdict": None if self.verdict is None else str(self.verdict),
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


@dataclass(frozen=True, slots=True)
class LastReading:
    """The latest reading of a source: its id, that of the source, and what was read and how."""

    id: int
    source_id: int
    checksum: str
    format: str
    encoding: str


class KeptPassage(NamedTuple):
    """A passage that has a finding as the library keeps it; `bytes_id` is the passage that has its bytes."""

    id: int
    bytes_id: int
    source_key: str | None
    verdict: str | None
    entry_id: int | None
    entry_revision: int | None
    evidence: str | None


def last_reading(change: Change, source: str) -> LastReading | None:
    """The latest reading of a source; None where it was never read."""
    query = (
        select(ReadingRow.id, ReadingRow.source_id, ReadingRow.checksum, ReadingRow.format, ReadingRow.encoding)
        .join(SourceRow, SourceRow.id == ReadingRow.source_id)
        .where(SourceRow.name == source)
        .order_by(ReadingRow.id.desc())
        .limit(1)
    )
    row = change.connection.execute(query).first()
    return None if row is None else LastReading(*row)


def kept_passages(change: Change, reading_id: int) -> Iterator[KeptPassage]:
    """The passages of a reading that speak of a work, or of which there is evidence, in order."""
    query = (
        select(
            PassageRow.id,
            func.coalesce(PassageRow.raw_of, PassageRow.id),
            PassageRow.source_key,
            PassageRow.verdict,
            PassageRow.entry_id,
            PassageRow.entry_revision,
            PassageRow.evidence,
        )
        .where(PassageRow.reading_id == reading_id, (PassageRow.kind == "entry") | PassageRow.evidence.is_not(None))
        .order_by(PassageRow.position)
    )
    return (KeptPassage(row[0], row[1], *row[2:]) for row in change.connection.execute(query))


def raw_of_passages(change: Change, ids: Sequence[int]) -> dict[int, bytes]:
    """Id → bytes, for passages that have their own."""
    found: dict[int, bytes] = {}
    for start in range(0, len(ids), CHUNK):
        query = select(PassageRow.id, PassageRow.raw).where(PassageRow.id.in_(ids[start : start + CHUNK]))
        found.update((row.id, row.raw) for row in change.connection.execute(query))
    return found


def source_macros(change: Change, source_id: int) -> list[tuple[str, str, str | None]]:
    """The macros of a source in order: name, value, expression or None."""
    query = select(MacroRow.name, MacroRow.value, MacroRow.expression).where(MacroRow.source_id == source_id)
    return [(row.name, row.value, row.expression) for row in change.connection.execute(query.order_by(MacroRow.id))]


def keep_definitions(
    change: Change,
    source_id: int,
    macros: Sequence[tuple[str, str, str | None]],
    preambles: Sequence[tuple[str, str | None]],
) -> None:
    """Keeps what a source defines, in the place of what it defined before; macros are as `source_macros` has them.

    Nothing is written where nothing is different.
    """
    of_source = select(PreambleRow.value, PreambleRow.expression).where(PreambleRow.source_id == source_id)
    kept = [(row.value, row.expression) for row in change.connection.execute(of_source.order_by(PreambleRow.position))]
    if kept != list(preambles):
        change.delete(PreambleRow, _of_source(change, PreambleRow, source_id))
        rows = [
            {"source_id": source_id, "position": position, "value": value, "expression": expression}
            for position, (value, expression) in enumerate(preambles)
        ]
        change.insert(PreambleRow, rows)
    if source_macros(change, source_id) != list(macros):
        change.delete(MacroRow, _of_source(change, MacroRow, source_id))
        change.insert(
            MacroRow,
            [
                {
                    "source_id": source_id,
                    "name": name,
                    "folded": fold_name(name),
                    "value": value,
                    "expression": expression,
                }
                for name, value, expression in macros
            ],
        )


def _of_source(change: Change, mapped: type[MacroRow] | type[PreambleRow], source_id: int) -> list[int]:
    return list(change.connection.execute(select(mapped.id).where(mapped.source_id == source_id)).scalars())


def source_id_of(change: Change, name: str) -> int:
    """The id of a source, which is made where it was never read."""
    source_id = change.connection.execute(select(SourceRow.id).where(SourceRow.name == name)).scalar()
    if source_id is None:
        (source_id,) = change.insert(SourceRow, [{"name": name}])
    return source_id


def add_reading(change: Change, reading: Reading) -> int:
    """Keeps that a source was read, and returns the id of the reading."""
    source_id = source_id_of(change, reading.source)
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
    unsaid = Finding(None).columns()
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


def change_findings(change: Change, entry_id: int, finding: Finding, *, only: Sequence[str] = ()) -> None:
    """Gives the passages of an entry another finding: all, or only those with one of these verdicts."""
    query = select(PassageRow.id).where(PassageRow.entry_id == entry_id, PassageRow.kind == "entry")
    if only:
        query = query.where(PassageRow.verdict.in_(only))
    set_findings(change, dict.fromkeys(change.connection.execute(query).scalars(), finding))


def move_passages(change: Change, target: int, revisions: tuple[int, int], keys: tuple[str, str], origin: int) -> None:
    """Gives the passages of one entry to another, which is the same work.

    `revisions` are those of the other one before and after it took in what this one had; `keys` are those of both, this
    one's first. A source keeps the key that it gives the work, and gets the fields of the other as an edit, when it is
    given back; so they are compared when it is read again.
    """
    query = select(PassageRow.id, PassageRow.source_key, PassageRow.evidence).where(PassageRow.entry_id == origin)
    before, now = revisions
    old_key, new_key = keys
    moved: dict[int, dict[str, Any]] = {}
    for row in change.connection.execute(query):
        evidence = json.loads(row.evidence or "{}")
        if row.source_key is None:
            revision = now
        else:
            # One that was meant to have other fields than its entry follows only what changes from here on.
            revision = before if evidence.get(DIFFERS) else 0
            if evidence.get(KEY, row.source_key) == old_key:
                evidence[KEY] = new_key
        moved[row.id] = {
            "entry_id": target,
            "entry_revision": revision,
            "evidence": json.dumps(evidence, ensure_ascii=False) if evidence else None,
        }
    change.update(PassageRow, moved)


def decided_evidence(change: Change, text_keys: Sequence[int]) -> dict[int, dict[str, Any]]:
    """Key of a text → the evidence of the latest of its passages of which a person decided, if there is one."""
    decided = PassageRow.evidence.like('%"accepted"%') | PassageRow.evidence.like('%"rejected"%')
    found: dict[int, dict[str, Any]] = {}
    for start in range(0, len(text_keys), CHUNK):
        query = (
            select(PassageRow.text_key, PassageRow.evidence)
            .where(PassageRow.text_key.in_(text_keys[start : start + CHUNK]), decided)
            .order_by(PassageRow.id)
        )
        found.update((row.text_key, json.loads(row.evidence)) for row in change.connection.execute(query))
    return found


def text_keys_of(change: Change, entry_ids: Sequence[int]) -> dict[int, list[int]]:
    """Entry → the keys of the texts of its passages, each once, in the order in which they were read."""
    found: dict[int, list[int]] = {}
    for start in range(0, len(entry_ids), CHUNK):
        query = (
            select(PassageRow.entry_id, PassageRow.text_key)
            .where(PassageRow.entry_id.in_(entry_ids[start : start + CHUNK]), PassageRow.text_key.is_not(None))
            .order_by(PassageRow.id)
        )
        for row in change.connection.execute(query):
            keys = found.setdefault(row.entry_id, [])
            if row.text_key not in keys:
                keys.append(row.text_key)
    return found


def renew_revisions(change: Change, reading_id: int, revisions: Mapping[int, int], more: Mapping[str, Any]) -> None:
    """Tells the passages of a reading, `more` among their evidence, that their entries were changed along with it.

    `revisions` has the ids of these entries with their revisions now.
    """
    for start in range(0, len(ids := list(revisions)), CHUNK):
        query = select(PassageRow.id, PassageRow.entry_id, PassageRow.evidence).where(
            PassageRow.reading_id == reading_id, PassageRow.entry_id.in_(ids[start : start + CHUNK])
        )
        renewed = {
            row.id: {
                "entry_revision": revisions[row.entry_id],
                "evidence": json.dumps({**json.loads(row.evidence or "{}"), **more}, ensure_ascii=False),
            }
            for row in change.connection.execute(query)
        }
        change.update(PassageRow, renewed)


class PassageToMend(NamedTuple):
    """A passage with its bytes, and the reading and source that it is of."""

    reading_id: int
    line: int
    raw: bytes
    verdict: str | None
    encoding: str
    source: str
    source_id: int


def passage_to_mend(change: Change, passage_id: int) -> PassageToMend | None:
    """A passage, by its id; None where there is none."""
    query = (
        select(
            PassageRow.reading_id,
            PassageRow.line,
            PassageRow.raw,
            PassageRow.verdict,
            ReadingRow.encoding,
            SourceRow.name,
            SourceRow.id,
        )
        .join(ReadingRow, ReadingRow.id == PassageRow.reading_id)
        .join(SourceRow, SourceRow.id == ReadingRow.source_id)
        .where(PassageRow.id == passage_id)
    )
    row = change.connection.execute(query).first()
    return None if row is None else PassageToMend._make(row)


def mend_passage(
    change: Change, passage_id: int, raw: bytes, finding: Finding, *, kind: str = "entry", source_key: str | None = None
) -> None:
    """Gives a passage other bytes, with what stands in them and what became of that."""
    row = {"raw": raw, "kind": kind, "source_key": source_key, **finding.columns()}
    change.update(PassageRow, {passage_id: row})


def set_findings(change: Change, findings: Mapping[int, Finding]) -> None:
    """Gives passages, by their ids, other findings."""
    change.update(PassageRow, {passage_id: finding.columns() for passage_id, finding in findings.items()})


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


def entries_with_identifiers(
    change: Change, scheme: str, values: Sequence[str], *, identified: bool = True
) -> dict[str, int]:
    """Value → id of the oldest entry that has this identifier of a scheme, for those that an entry has.

    The entries are those whose work is known, or those that stand for one that is not.
    """
    found: dict[str, int] = {}
    for start in range(0, len(values), CHUNK):
        query = (
            select(EntryIdentifierRow.value, func.min(EntryIdentifierRow.entry_id))
            .join(EntryRow, EntryRow.id == EntryIdentifierRow.entry_id)
            .where(
                EntryIdentifierRow.scheme == scheme,
                EntryIdentifierRow.value.in_(values[start : start + CHUNK]),
                EntryRow.identified == int(identified),
            )
            .group_by(EntryIdentifierRow.value)
        )
        found.update((value, entry_id) for value, entry_id in change.connection.execute(query))
    return found


def entry_with_identifier(change: Change, identifiers: Iterable[Identifier], *, identified: bool = True) -> int | None:
    """The id of the oldest entry that has one of these identifiers, the first of them that one has."""
    for scheme, value in identifiers:
        found = entries_with_identifiers(change, scheme, [value], identified=identified)
        if found:
            return found[value]
    return None
