"""Blocks of a `.bib` on their way into a library: each becomes an entry, changes the entry it was, or is found here.

A passage is a block with the white space behind it; the bytes of all passages joined are the file.
"""

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any, Literal

from bibman.errors import FileError
from bibman.formats.bibtex_blocks import Block, blocks
from bibman.formats.bibtex_lost import in_comment, without_at
from bibman.formats.bibtex_reader import Macro, Macros, Value, read_entry
from bibman.formats.encoding import ESCAPED
from bibman.model.entry import Entry
from bibman.model.latex import decode
from bibman.model.matching import Verdict
from bibman.model.three_way import Conflict, Merge, merge, says_the_same, with_theirs
from bibman.model.titles import titles_agree
from bibman.services.arrivals import FILLED, IDENTIFIER, KEPT, NEW, Arrivals, OnDuplicate
from bibman.services.files import STANDARD
from bibman.services.old_passages import MENDED, WAS, OldPassages, evidence_of
from bibman.services.report import Outcome, Taken
from bibman.services.sources import Source
from bibman.services.wording import listed, shortened
from bibman.storage.change import Change
from bibman.storage.entries import FIRST_REVISION, change_entries, entry_heads, stored_entries
from bibman.storage.rows import StoredEntry
from bibman.storage.sources import (
    DIFFERS,
    KEY,
    Finding,
    KeptPassage,
    Reading,
    ReadPassage,
    add_passages,
    add_reading,
    keep_definitions,
    last_reading,
    raw_of_passages,
    renew_revisions,
    set_findings,
    source_id_of,
)

BATCH = 1000
SHOWN = 60
LONGEST_KEY = 4096
_KEY = re.compile(r"@\s*[^\s{(,@]+\s*[{(]\s*([^\s,}]+)")

Side = Literal["theirs", "ours"]
"""Whose text is kept where the file and the library changed the same: the file's, or the library's."""

SAME_TEXT, FILE, OURS, CONFLICT, SYNTAX = "same text", "file", "ours", "conflict", "syntax"
"""Stages of passages that were read before, or cannot be read; those of new ones are in `arrivals`."""

DIFFERING = (IDENTIFIER, KEPT, FILLED)
"""Stages of arrivals after which the library has something else than the file, and is meant to."""


@dataclass(frozen=True, slots=True)
class Wishes:
    """What is to be done where the file meets what the library has already."""

    on_duplicate: OnDuplicate = "new-key"
    side: Side | None = None


@dataclass(slots=True)
class _Piece:
    """A passage on its way: its block, its bytes, the passage that it was before, and what it became.

    `mended` is the macro or preamble that stands here in the place of a block that cannot be read.
    """

    block: Block
    position: int
    raw: bytes
    entry: Entry | None = None
    old: KeptPassage | None = None
    finding: Finding | None = None
    outcome: Outcome | None = None
    is_kept: bool = False
    mended: Block | None = None


class BibIntake:
    """Takes one `.bib` into a library within a change.

    `gone` are the keys of entries that it has no more, `bare` and `hidden` the lines in which entries begin that are
    not read: they lack their `@`, or stand in an `@comment{…}`.
    """

    def __init__(self, change: Change, source: Source, pattern: str, wishes: Wishes) -> None:
        self.gone: list[str] = []
        self.bare: list[int] = []
        self.hidden: list[int] = []
        self._change = change
        self._source = source
        self._side = wishes.side
        self._arrivals = Arrivals(change, pattern, wishes.on_duplicate)
        # What comes from a pipe is another text each time.
        previous = last_reading(change, source.name) if source.name != STANDARD else None
        self._previous = previous if previous is not None and previous.format == source.format else None
        self._is_again = self._previous is not None and self._previous.checksum == source.checksum
        self._old = OldPassages(change, self._previous)
        self._macros = Macros()
        self._defined: dict[str, Macro] = {}
        self._preambles: list[Value] = []

    def take(self) -> Iterator[Taken]:
        """Takes the file in, a batch at a time.

        Raises FileError where the file became another while it was read.
        """
        change, source = self._change, self._source
        reading_id = None if self._is_again else self._add_reading()
        digest = hashlib.sha256(source.encoding.mark)
        pieces = self._pieces()
        while batch := list(islice(pieces, BATCH)):
            for piece in batch:
                digest.update(piece.raw)
            taken = self._take(batch)
            if reading_id is not None:
                add_passages(change, reading_id, [_passage(piece) for piece in batch])
            yield taken
        if digest.hexdigest() != source.checksum:
            raise self._not_what_was_read()
        self._finish(reading_id)

    def _not_what_was_read(self) -> FileError:
        name, codec = self._source.report.source, self._source.encoding.codec
        if self._source.is_as_it_was():
            return FileError(
                f"the bytes of {name} would not come back from {codec}", "Convert it to UTF-8; nothing was taken in"
            )
        return FileError(f"{name} was changed while it was read", "Nothing was taken in; try again")

    def _add_reading(self) -> int:
        source = self._source
        reading = Reading(source.name, source.checksum, source.size, source.encoding.codec, source.format, None, None)
        reading_id = add_reading(self._change, reading)
        if source.encoding.mark:
            add_passages(self._change, reading_id, [ReadPassage(-1, 1, source.encoding.mark, "mark")])
        return reading_id

    def _pieces(self) -> Iterator[_Piece]:
        """The passages of the file, each with the white space that follows it."""
        codec = self._source.encoding.codec
        held: Block | None = None
        raw = ""
        position = 0
        for block in blocks(self._source.pieces()):
            if held is not None and block.kind == "text" and block.raw.isspace():
                raw += block.raw
                continue
            if held is not None:
                yield self._read(held, raw.encode(codec, ESCAPED), position)
                position += 1
            held, raw = block, block.raw
        if held is not None:
            yield self._read(held, raw.encode(codec, ESCAPED), position)

    def _keys_in_it(self) -> set[str]:
        """All keys that the file has, and perhaps some that only look like one."""
        found: set[str] = set()
        rest = ""
        for piece in self._source.pieces():
            text = rest + piece
            found.update(_KEY.findall(text))
            rest = text[-LONGEST_KEY:]
        return found

    def _read(self, block: Block, raw: bytes, position: int) -> _Piece:
        """A passage with its entry; what it defines is known from here on."""
        piece = _Piece(block, position, raw)
        if block.kind == "entry":
            piece.entry = read_entry(block, self._macros)
            piece.old = self._old.of(piece.entry, raw)
            if piece.old is None and piece.entry.key and not self._is_again:
                piece.old = self._old.renamed(piece.entry, self._keys_in_it)
        elif block.kind == "broken":
            piece.old = self._old.mended(raw)
            if piece.old is not None and (mended := self._old.definition(piece.old)):
                piece.mended = block = mended
        elif block.kind == "text":
            self.bare += without_at(block)
        elif block.kind == "comment":
            self.hidden += in_comment(block)
        if block.kind == "macro":
            ((_, expression),) = block.fields
            self._defined[block.key.lower()] = self._macros.define(block.key, expression)
        elif block.kind == "preamble":
            ((_, expression),) = block.fields
            self._preambles.append(self._macros.resolve(expression))
        return piece

    def _take(self, batch: Sequence[_Piece]) -> Taken:
        change = self._change
        heads = entry_heads(change, {piece.old.entry_id for piece in batch if piece.old and piece.old.entry_id})
        read_before = [piece.old for piece in batch if piece.old and piece.old.entry_id in heads]
        raws = raw_of_passages(change, [old.bytes_id for old in read_before])
        taken = Taken(size=sum(len(piece.raw) for piece in batch))
        fresh: list[_Piece] = []
        differing: list[_Piece] = []
        for piece in batch:
            old = piece.old
            if piece.block.kind == "broken":
                self._reject(piece, heads)
            elif piece.entry is None:
                continue
            elif old is None or old.entry_id is None or old.entry_id not in heads:
                fresh.append(piece)
            else:
                piece.is_kept = raws[old.bytes_id] == piece.raw
                if piece.is_kept and old.verdict != Verdict.WAITING and self._old.reads_alike(piece.block, piece.entry):
                    key, _ = heads[old.entry_id]
                    self._found_again(piece, old, Verdict.ALREADY_HERE, SAME_TEXT, key)
                else:
                    differing.append(piece)
        self._merge(differing, raws)
        self._add(fresh)
        if self._is_again:
            renewed = (piece for piece in (*differing, *fresh) if piece.old is not None)
            set_findings(change, {piece.old.id: piece.finding for piece in renewed if piece.old and piece.finding})
        for piece in batch:
            if piece.outcome is not None:
                taken.outcomes.append(piece.outcome)
            if piece.finding is not None and piece.finding.entry_id is not None:
                taken.entry_ids.append(piece.finding.entry_id)
        self._old.are_here(taken.entry_ids)
        return taken

    def _reject(self, piece: _Piece, heads: Mapping[int, tuple[str, int]]) -> None:
        """Keeps a block that cannot be read; one that was corrected here since stays so."""
        old, problem = piece.old, piece.block.problem
        if old is not None and piece.mended is not None:
            piece.is_kept = True
            piece.finding = Finding(None, stage=MENDED, evidence=evidence_of(old))
        elif old is not None and old.entry_id is not None and old.entry_id in heads:
            piece.is_kept = True
            key, _ = heads[old.entry_id]
            self._found_again(piece, old, Verdict.ALREADY_HERE, MENDED, key)
        elif problem is not None:
            evidence = {"line": problem.line, "column": problem.column, "problem": problem.message}
            piece.finding = Finding(Verdict.REJECTED, stage=SYNTAX, evidence=evidence)
            detail = f"line {problem.line}, column {problem.column}: {problem.message}"
            piece.outcome = Outcome(piece.block.line, Verdict.REJECTED, None, stage=SYNTAX, detail=detail)

    def _merge(self, pieces: Sequence[_Piece], raws: Mapping[int, bytes]) -> None:
        """Compares entries three ways: as the file had them, as it has them now, and as the library has them."""
        change = self._change
        stored = stored_entries(change, {piece.old.entry_id for piece in pieces if piece.old and piece.old.entry_id})
        now = {entry_id: each.entry for entry_id, each in stored.items()}
        results: list[tuple[_Piece, KeptPassage, Merge]] = []
        for piece in pieces:
            if piece.old is None or piece.entry is None:
                continue
            entry_id = stored_id(piece.old)
            merged = merge(self._old.base(piece.old, raws), piece.entry, now[entry_id])
            if not merged.conflicts or self._side == "ours":
                now[entry_id] = merged.entry
            elif self._side == "theirs":
                now[entry_id] = with_theirs(merged, piece.entry)
            results.append((piece, piece.old, merged))
        changed = set(change_entries(change, now))
        for piece, old, merged in results:
            entry_id = stored_id(old)
            key = now[entry_id].key
            conflicts = [each.name for each in merged.conflicts]
            if merged.conflicts and self._side is None:
                waiting = {"conflicts": [each._asdict() for each in merged.conflicts], "base": self._old.base_id(old)}
                detail = "; ".join(map(_conflict, merged.conflicts))
                self._found_again(piece, old, Verdict.WAITING, CONFLICT, key, detail, waiting)
                continue
            if entry_id in changed:
                names = [*merged.changed, *(conflicts if self._side == "theirs" else ())]
                stage, detail = FILE, f"changed as in the file: {listed(names, SHOWN)}"
                if "title" in names:
                    detail += self._what_stays(stored[entry_id], now[entry_id])
            elif conflicts:
                stage, detail = OURS, f"kept as in the library: {listed(conflicts, SHOWN)}"
            else:
                stage, detail = SAME_TEXT, ""
            if piece.entry is not None and piece.entry.key not in (old.source_key, key):
                self._arrivals.also_called(entry_id, piece.entry.key)
                detail = "; ".join(filter(None, (f"the file calls it {piece.entry.key} now", detail)))
            self._found_again(piece, old, Verdict.ALREADY_HERE, stage, key, detail)
            # Fields alike, but another key here than was agreed: that is an edit of ours still.
            agreed = str(evidence_of(old).get(KEY, old.source_key))
            if (
                piece.entry is not None
                and key in (agreed, piece.entry.key)
                and says_the_same(now[entry_id], piece.entry)
            ):
                self._agree(piece, entry_id, stored[entry_id].revision + (entry_id in changed), key)

    def _what_stays(self, before: StoredEntry, after: Entry) -> str:
        """A word on what the reader put on an entry that perhaps is another work now, as where keys were swapped."""
        reader = self._change.reader
        if titles_agree(*(decode(entry.get("title") or "") for entry in (before.entry, after))):
            return ""
        stays = [name for name, found in (("tags", reader.tags_of), ("notes", reader.notes_of)) if found([before.id])]
        return f"; if that is another work now: it has the {' and '.join(stays)} of the old one" if stays else ""

    def _add(self, pieces: Sequence[_Piece]) -> None:
        """Takes in entries that the file had not before, or that the library has no more."""
        arrivals = self._arrivals.take([piece.entry for piece in pieces if piece.entry is not None])
        met = {arrival.entry_id for arrival in arrivals if arrival.stage != NEW}
        revisions = {entry_id: revision for entry_id, (_, revision) in entry_heads(self._change, met).items()}
        for piece, arrival in zip(pieces, arrivals, strict=True):
            verdict = Verdict.IDENTIFIED if arrival.stage == NEW else Verdict.ALREADY_HERE
            evidence: dict[str, Any] = {DIFFERS: True} if arrival.stage in DIFFERING else {}
            if piece.entry is not None and arrival.key != piece.entry.key:
                evidence[KEY] = arrival.key
            revision = revisions.get(arrival.entry_id, FIRST_REVISION)
            piece.finding = Finding(verdict, arrival.entry_id, revision, arrival.stage, evidence=evidence)
            self._tell(piece, arrival.key, arrival.detail, arrival.looks_like)

    def _found_again(
        self,
        piece: _Piece,
        old: KeptPassage,
        verdict: Verdict,
        stage: str,
        key: str,
        detail: str = "",
        waiting: Mapping[str, Any] | None = None,
    ) -> None:
        """What became of a passage that was read before; file and library agreed when its old finding says."""
        known = {name: value for name, value in evidence_of(old).items() if name in (KEY, DIFFERS, MENDED, WAS)}
        if piece.entry is not None and piece.entry.key != old.source_key:
            known.setdefault(KEY, old.source_key)
        evidence = {**known, **(waiting or {})}
        piece.finding = Finding(verdict, old.entry_id, old.entry_revision, stage, evidence=evidence)
        self._tell(piece, key, detail)

    def _agree(self, piece: _Piece, entry_id: int, revision: int, key: str) -> None:
        """Keeps that the file and the library say the same of an entry as of this revision of it, save its key."""
        assert piece.entry is not None and piece.finding is not None  # noqa: S101, PT018 - just given to it
        evidence = {name: value for name, value in piece.finding.evidence.items() if name != KEY}
        if key != piece.entry.key:
            evidence[KEY] = key
        piece.finding = replace(piece.finding, entry_id=entry_id, entry_revision=revision, evidence=evidence)

    def _tell(self, piece: _Piece, key: str, detail: str, looks_like: tuple[str, ...] = ()) -> None:
        assert piece.finding is not None and piece.finding.verdict  # noqa: S101, PT018 - just given to it
        piece.outcome = Outcome(
            piece.block.line,
            Verdict(piece.finding.verdict),
            key,
            stage=piece.finding.stage,
            source_key=None if piece.entry is None else piece.entry.key,
            detail=detail,
            looks_like=looks_like,
        )

    def _finish(self, reading_id: int | None) -> None:
        change = self._change
        reading = reading_id if reading_id is not None else self._previous.id if self._previous else None
        changed_again = self._arrivals.finish()
        if reading is not None and changed_again:
            heads = entry_heads(change, changed_again)
            renewed = {entry_id: revision for entry_id, (_, revision) in heads.items()}
            renew_revisions(change, reading, renewed, {DIFFERS: True})
        if not self._is_again:
            source_id = source_id_of(change, self._source.name)
            keep_definitions(change, source_id, list(self._defined.values()), self._preambles)
        gone = self._old.gone()
        self.gone = [key for key, _ in entry_heads(change, gone).values()]


def stored_id(passage: KeptPassage) -> int:
    """The id of the entry of a passage that has one."""
    assert passage.entry_id is not None  # noqa: S101 - only such passages are compared
    return passage.entry_id


def _passage(piece: _Piece) -> ReadPassage:
    kept = piece.old.bytes_id if piece.is_kept and piece.old is not None else None
    kind = piece.block.kind if piece.mended is None else piece.mended.kind
    return ReadPassage(
        piece.position,
        piece.block.line,
        b"" if kept is not None else piece.raw,
        "entry" if kind == "broken" else kind,
        finding=piece.finding,
        raw_of=kept,
        source_key=piece.entry.key if piece.entry is not None else None,
    )


def _conflict(conflict: Conflict) -> str:
    theirs, ours = (f"“{shortened(text, SHOWN)}”" if text else "nothing" for text in (conflict.theirs, conflict.ours))
    return f"{conflict.name}: the file has {theirs}, the library has {ours}"
