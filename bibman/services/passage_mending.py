"""A corrected text in the place of a passage that could not be read."""

from dataclasses import dataclass

from bibman.errors import InvalidValueError, NotFoundError, UsageError
from bibman.formats.bibtex_blocks import Block, blocks
from bibman.formats.bibtex_reader import Macro, Macros, Value, read_entry
from bibman.model.entry import Entry
from bibman.model.matching import Verdict
from bibman.model.three_way import merge
from bibman.services.arrivals import NEW, Arrivals
from bibman.services.old_passages import MENDED, WAS, checksum_of, defined_macros
from bibman.storage.change import Change
from bibman.storage.database import Library
from bibman.storage.entries import change_entries, entry_heads, stored_entries
from bibman.storage.sources import (
    KEY,
    Finding,
    PassageToMend,
    keep_definitions,
    last_reading,
    mend_passage,
    passage_to_mend,
    renew_revisions,
)


@dataclass(frozen=True, slots=True)
class Mended:
    """What a passage is now: the key of its entry, or the name of its macro; a preamble has none.

    `followed` are the keys of entries that have other values since their macro is known.
    """

    kind: str
    name: str
    followed: tuple[str, ...] = ()


def mend(library: Library, passage_id: int, text: str, pattern: str) -> Mended:
    """Puts a corrected text in the place of a passage that could not be read; returns what it is now.

    It is an entry, which comes into the library, or a macro or preamble, which its source defines from then on. Raises
    NotFoundError where there is no such passage, UsageError for one that was read, InvalidValueError for a text that
    cannot be read either, or is more than one of these.
    """
    with library.change("passages mend") as change:
        passage = passage_to_mend(change, passage_id)
        if passage is None:
            raise NotFoundError(f"no such passage: {passage_id}", "`bibman passages --rejected` shows the numbers")
        if passage.verdict != Verdict.REJECTED:
            raise UsageError(f"the passage {passage_id} was read", "Edit its entry instead: `bibman edit KEY`")
        block = _one_block(text)
        raw = _encoded(block.raw, passage) + passage.raw[len(passage.raw.rstrip()) :]
        evidence = {MENDED: checksum_of(passage.raw), WAS: passage.raw.decode(passage.encoding, "replace")}
        if block.kind == "entry":
            mended = _mend_entry(change, passage_id, passage, block, raw, evidence, pattern)
        else:
            mend_passage(change, passage_id, raw, Finding(None, stage=MENDED, evidence=evidence), kind=block.kind)
            mended = Mended(block.kind, block.key, _define(change, passage_id, passage))
        change.summary = f"corrected line {passage.line} of {passage.source}: {mended.name or mended.kind}"
    return mended


def _mend_entry(
    change: Change,
    passage_id: int,
    passage: PassageToMend,
    block: Block,
    raw: bytes,
    evidence: dict[str, str],
    pattern: str,
) -> Mended:
    entry = read_entry(block, defined_macros(change, passage.source_id))
    arrivals = Arrivals(change, pattern)
    (arrival,) = arrivals.take([entry])
    arrivals.finish()
    _, revision = entry_heads(change, [arrival.entry_id])[arrival.entry_id]
    if arrival.key != entry.key:
        evidence = {**evidence, KEY: arrival.key}
    verdict = Verdict.IDENTIFIED if arrival.stage == NEW else Verdict.ALREADY_HERE
    finding = Finding(verdict, arrival.entry_id, revision, MENDED, evidence=evidence)
    mend_passage(change, passage_id, raw, finding, source_key=entry.key)
    return Mended(block.kind, arrival.key)


def _define(change: Change, mended_id: int, passage: PassageToMend) -> tuple[str, ...]:
    """Lets the source define what stands in a passage that was mended; returns the keys of entries that follow.

    An earlier reading than the latest defines nothing any more.
    """
    latest = last_reading(change, passage.source)
    if latest is None or latest.id != passage.reading_id:
        return ()
    before, after = Macros(), Macros()
    defined: dict[str, Macro] = {}
    preambles: list[Value] = []
    followed: dict[int, tuple[Entry, Entry]] = {}
    unedited: set[int] = set()
    for each in change.reader.source_passages(passage.reading_id):
        if each.kind not in ("macro", "preamble") and each.entry_id is None:
            continue
        block = next(blocks([each.raw.decode(passage.encoding)]))
        if block.kind == "macro":
            expression = block.fields[0][1]
            defined[block.key.lower()] = after.define(block.key, expression)
            if each.id != mended_id:
                before.define(block.key, expression)
        elif block.kind == "preamble":
            preambles.append(after.resolve(block.fields[0][1]))
        elif block.kind == "entry" and each.entry_id is not None:
            was, now = read_entry(block, before), read_entry(block, after)
            if was != now:
                followed[each.entry_id] = was, now
                unedited |= set() if each.edited_since else {each.entry_id}
    keep_definitions(change, passage.source_id, list(defined.values()), preambles)
    here = stored_entries(change, followed)
    changed = change_entries(
        change, {entry_id: merge(*followed[entry_id], each.entry).entry for entry_id, each in here.items()}
    )
    renewed = {entry_id: here[entry_id].revision + 1 for entry_id in changed if entry_id in unedited}
    renew_revisions(change, passage.reading_id, renewed, {})
    return tuple(here[entry_id].entry.key for entry_id in changed)


def _encoded(text: str, passage: PassageToMend) -> bytes:
    try:
        return text.encode(passage.encoding)
    except UnicodeEncodeError as error:
        raise InvalidValueError(
            f"{passage.source} is in {passage.encoding}, which has no {text[error.start]}",
            "Write it in LaTeX, or convert the file to UTF-8 and ingest it again",
        ) from None


def _one_block(text: str) -> Block:
    found = [block for block in blocks([text]) if block.kind != "text" or not block.raw.isspace()]
    for block in found:
        if block.problem is not None:
            line, column, message = block.problem.line, block.problem.column, block.problem.message
            raise InvalidValueError(f"line {line}, column {column}: {message}", "Nothing was changed")
    if len(found) != 1 or found[0].kind not in ("entry", "macro", "preamble"):
        raise InvalidValueError(
            "the text is not one entry and nothing else", "Give just the corrected entry, macro or preamble"
        )
    return found[0]
