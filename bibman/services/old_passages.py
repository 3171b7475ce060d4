"""The passages of a `.bib` when it was read before: what each entry of the file was then."""

import json
from collections import defaultdict, deque
from collections.abc import Callable, Iterable, Mapping, Set
from hashlib import sha256
from typing import Any, NamedTuple

from bibman.formats.bibtex_blocks import Block, blocks
from bibman.formats.bibtex_reader import Macros, read_entry
from bibman.model.entry import Entry, Field
from bibman.model.latex import decode
from bibman.model.three_way import content_of
from bibman.model.titles import titles_agree
from bibman.storage.change import Change
from bibman.storage.sources import (
    KeptPassage,
    LastReading,
    kept_passages,
    raw_of_passages,
    source_macros,
)

MENDED = "mended"
"""The stage of a passage that could not be read and was corrected here; its evidence: the checksum of its bytes."""
WAS = "was"
"""Evidence of such a passage: the text that stood there."""


class _Gone(NamedTuple):
    """Passages whose keys the file has no more: by what they say, and by their entries."""

    by_content: dict[tuple[str, tuple[Field, ...]], deque[KeptPassage]]
    by_id: dict[int, KeptPassage]


class OldPassages:
    """The passages of the latest reading of a source, each given once to the passage that it is now."""

    def __init__(self, change: Change, reading: LastReading | None) -> None:
        self._change = change
        self._codec = "" if reading is None else reading.encoding
        self._by_key: dict[str, deque[KeptPassage]] = defaultdict(deque)
        self._alike: dict[tuple[str, str], deque[KeptPassage]] = defaultdict(deque)
        self._raws: dict[int, bytes] = {}
        self._mended: dict[str, KeptPassage] = {}
        self._here: set[int] = set()
        self._gone: _Gone | None = None
        self._macros = Macros() if reading is None else defined_macros(change, reading.source_id)
        if reading is None:
            return
        for passage in kept_passages(change, reading.id):
            checksum = evidence_of(passage).get(MENDED)
            if checksum is not None:
                self._mended[checksum] = passage
            elif passage.source_key is not None:
                self._by_key[passage.source_key].append(passage)
        several = [each for key, found in self._by_key.items() if len(found) > 1 or not key for each in found]
        self._raws = raw_of_passages(change, [each.bytes_id for each in several])
        for each in several:
            self._alike[each.source_key or "", checksum_of(self._raws[each.bytes_id])].append(each)

    def of(self, entry: Entry, raw: bytes) -> KeptPassage | None:
        """The passage that an entry of the file was before, or None.

        It is known by its key; of several with one key, by its bytes, or else by its title.
        """
        waiting = self._by_key.get(entry.key)
        if not waiting:
            return None
        if waiting[0].bytes_id not in self._raws:
            return waiting.popleft()
        exactly = self._alike.get((entry.key, checksum_of(raw)))
        found = exactly.popleft() if exactly else None
        if found is None and entry.key:
            title = decode(entry.get("title") or "")
            found = next((each for each in waiting if titles_agree(self._title(each), title)), None)
            if found is not None:
                self._alike[entry.key, checksum_of(self._raws[found.bytes_id])].remove(found)
        if found is not None:
            waiting.remove(found)
        return found

    def renamed(self, entry: Entry, keys: Callable[[], Set[str]]) -> KeptPassage | None:
        """The passage that an entry of the file was before under another key, or None.

        It is one whose key is none of the `keys` that the file has now, and whose entry says the same in the file, or
        was given this key in the library.
        """
        if not any(self._by_key.values()):
            return None
        if self._gone is None:
            present = keys()
            gone = [each for key, several in self._by_key.items() if key not in present for each in several]
            raws = raw_of_passages(self._change, [self.base_id(each) for each in gone])
            self._gone = _Gone({}, {})
            for each in gone:
                self._gone.by_content.setdefault(content_of(self.base(each, raws)), deque()).append(each)
                if each.entry_id is not None:
                    self._gone.by_id[each.entry_id] = each
        found = self._gone.by_id.get(self._change.reader.id_of(entry.key) or 0) if self._gone.by_id else None
        alike = self._gone.by_content.get(content_of(entry))
        found = found or (alike[0] if alike else None)
        if found is None or found not in self._by_key[found.source_key or ""]:
            return None
        self._by_key[found.source_key or ""].remove(found)
        return found

    def mended(self, raw: bytes) -> KeptPassage | None:
        """The passage that stands for bytes that could not be read and were corrected here since, or None."""
        return self._mended.get(checksum_of(raw)) if self._mended else None

    def definition(self, passage: KeptPassage) -> Block | None:
        """The macro or preamble that stands in a passage which was corrected; None where it is an entry."""
        raw = raw_of_passages(self._change, [passage.bytes_id])[passage.bytes_id]
        block = next(blocks([raw.decode(self._codec)]))
        return None if block.kind == "entry" else block

    def base(self, passage: KeptPassage, raws: Mapping[int, bytes]) -> Entry:
        """The entry on which the file and the library last agreed, given the bytes of passages of this batch."""
        base_id = self.base_id(passage)
        raw = raws.get(base_id) or raw_of_passages(self._change, [base_id])[base_id]
        return read_entry(next(blocks([raw.decode(self._codec)])), self._macros)

    def base_id(self, passage: KeptPassage) -> int:
        """The passage that has the bytes of `base`: an earlier one than the last where a conflict still waits."""
        base = evidence_of(passage).get("base")
        return base if isinstance(base, int) else passage.bytes_id

    def reads_alike(self, block: Block, entry: Entry) -> bool:
        """Whether a block whose bytes are what they were says what it said, though macros may be defined anew."""
        return all(field.expression is None for field in entry.fields) or read_entry(block, self._macros) == entry

    def are_here(self, entry_ids: Iterable[int]) -> None:
        """Tells that these entries stand in the file as it is now."""
        if self._by_key:
            self._here.update(entry_ids)

    def gone(self) -> list[int]:
        """The ids of the entries that stood in the file, and do no more."""
        left = {each.entry_id for several in self._by_key.values() for each in several if each.entry_id is not None}
        return sorted(left - self._here)

    def _title(self, passage: KeptPassage) -> str:
        raw = self._raws[passage.bytes_id].decode(self._codec)
        return decode(read_entry(next(blocks([raw])), self._macros).get("title") or "")


def defined_macros(change: Change, source_id: int) -> Macros:
    """The macros that a source defines, as it was read last."""
    macros = Macros()
    for name, value, expression in source_macros(change, source_id):
        macros.define(name, f"{{{value}}}" if expression is None else expression)
    return macros


def evidence_of(passage: KeptPassage) -> dict[str, Any]:
    """What the verdict on a passage rests on."""
    return dict(json.loads(passage.evidence)) if passage.evidence else {}


def checksum_of(raw: bytes) -> str:
    """By what bytes that could not be read are known again."""
    return sha256(raw.strip()).hexdigest()
