"""Passages looked at again: those that could not be read, or that wait; and a corrected text in the place of one."""

from collections.abc import Sequence
from dataclasses import dataclass

from bibman.errors import InvalidValueError, NotFoundError, UsageError
from bibman.formats.bibtex_blocks import Block, blocks
from bibman.formats.bibtex_reader import read_entry
from bibman.model.matching import Verdict
from bibman.services.arrivals import NEW, Arrival, Arrivals
from bibman.services.old_passages import KEY, MENDED, WAS, checksum_of, defined_macros
from bibman.services.readings import find_source
from bibman.storage.answers import SourcePassage, SourceReading
from bibman.storage.database import Library
from bibman.storage.entries import entry_heads
from bibman.storage.reading import Reader
from bibman.storage.sources import Finding, PassageToMend, mend_passage, passage_to_mend


@dataclass(frozen=True, slots=True)
class Listed:
    """A passage and the reading that it is of."""

    reading: SourceReading
    passage: SourcePassage

    @property
    def text(self) -> str:
        """What stands in the source."""
        return self.passage.raw.decode(self.reading.encoding, "replace")


def listing(reader: Reader, source: str | None, verdicts: Sequence[str]) -> list[Listed]:
    """The passages that speak of a work, of the latest reading of a source or of all sources, with these verdicts.

    Raises NotFoundError for a source that was never read.
    """
    readings = reader.latest_readings() if source is None else [find_source(reader, source)]
    return [
        Listed(reading, passage)
        for reading in readings
        for passage in reader.source_passages(reading.id, verdicts)
        if passage.kind == "entry"
    ]


def mend(library: Library, passage_id: int, text: str, pattern: str) -> Arrival:
    """Puts a corrected text in the place of a passage that could not be read; returns where its entry is.

    Raises NotFoundError where there is no such passage, UsageError for one that was read, InvalidValueError for a text
    that cannot be read either, or is more than one entry.
    """
    with library.change("passages mend") as change:
        passage = passage_to_mend(change, passage_id)
        if passage is None:
            raise NotFoundError(f"no such passage: {passage_id}", "`bibman passages --rejected` shows the numbers")
        if passage.verdict != Verdict.REJECTED:
            raise UsageError(f"the passage {passage_id} was read", "Edit its entry instead: `bibman edit KEY`")
        block = _one_entry(text)
        entry = read_entry(block, defined_macros(change, passage.source_id))
        arrivals = Arrivals(change, pattern)
        (arrival,) = arrivals.take([entry])
        arrivals.finish()
        _, revision = entry_heads(change, [arrival.entry_id])[arrival.entry_id]
        evidence = {MENDED: checksum_of(passage.raw), WAS: passage.raw.decode(passage.encoding)} | (
            {} if arrival.key == entry.key else {KEY: arrival.key}
        )
        verdict = Verdict.IDENTIFIED if arrival.stage == NEW else Verdict.ALREADY_HERE
        tail = passage.raw[len(passage.raw.rstrip()) :]
        raw = _encoded(block.raw, passage) + tail
        finding = Finding(verdict, arrival.entry_id, revision, MENDED, evidence=evidence)
        mend_passage(change, passage_id, raw, entry.key, finding)
        change.summary = f"corrected line {passage.line} of {passage.source}: {arrival.key}"
    return arrival


def _encoded(text: str, passage: PassageToMend) -> bytes:
    try:
        return text.encode(passage.encoding)
    except UnicodeEncodeError as error:
        raise InvalidValueError(
            f"{passage.source} is in {passage.encoding}, which has no {text[error.start]}",
            "Write it in LaTeX, or convert the file to UTF-8 and ingest it again",
        ) from None


def _one_entry(text: str) -> Block:
    found = [block for block in blocks([text]) if block.kind != "text" or not block.raw.isspace()]
    for block in found:
        if block.problem is not None:
            line, column, message = block.problem.line, block.problem.column, block.problem.message
            raise InvalidValueError(f"line {line}, column {column}: {message}", "Nothing was changed")
    if [block.kind for block in found] != ["entry"]:
        raise InvalidValueError(
            "the text is not one entry and nothing else",
            "Give just the corrected entry; a macro or preamble is corrected in the file itself",
        )
    return found[0]
