"""From text to entries: a source is read, its passages are identified, and each becomes an entry or is found here."""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice

from bibman.errors import FileError
from bibman.formats.encoding import decode
from bibman.formats.passages import Layout, TextList
from bibman.formats.registry import reader_of, recognise
from bibman.model.matching import Verdict
from bibman.services.files import STANDARD, expanded, read_bytes
from bibman.services.identify import Identify
from bibman.services.intake import Intake, Outcome, Taken
from bibman.services.wording import counted
from bibman.storage.annotations import add_tags
from bibman.storage.change import Change
from bibman.storage.database import Library
from bibman.storage.sources import Reading, ReadPassage, add_passages, add_reading, last_checksum

BATCH = 500
Progress = Callable[[int, int], None]


@dataclass(slots=True)
class Report:
    """What became of a source: what it promised, what each passage became, and remarks for the user."""

    source: str
    declared: int | None
    encoding: str
    layout: str
    remarks: list[str]
    outcomes: list[Outcome] = field(default_factory=list)

    def count(self, verdict: Verdict) -> int:
        """How many passages got this verdict."""
        return sum(outcome.verdict is verdict for outcome in self.outcomes)

    def unidentified(self) -> int:
        """Of how many passages nobody knows the work."""
        return sum(not outcome.identified for outcome in self.outcomes)


@dataclass(frozen=True, slots=True)
class Text:
    """A source that was read as a text: the name under which the library keeps it, and what stood in it."""

    name: str
    size: int
    checksum: str
    format: str
    content: TextList
    header_line: int
    report: Report


def ingest(
    library: Library,
    texts: Sequence[Text],
    look_up: Identify,
    pattern: str,
    *,
    tags: Sequence[str] = (),
    dry_run: bool = False,
    on_progress: Progress | None = None,
) -> list[Report]:
    """Takes texts into a library as one operation; what is there already stays as it is.

    `look_up` identifies a passage, `pattern` makes the keys of new entries; `tags` are put on every entry that a
    passage became or is. With `dry_run` nothing is kept, and the reports say what would have been.
    """
    total = sum(len(text.content.passages) for text in texts)
    with library.change("ingest", keep=not dry_run) as change:
        intake = Intake(change, look_up, pattern)
        done = 0
        for text in texts:
            for batch in _take(change, intake, text):
                done += len(batch)
                if tags:
                    add_tags(change, list(dict.fromkeys(taken.entry_id for taken in batch)), tags)
                text.report.outcomes.extend(taken.outcome for taken in batch)
                if on_progress is not None:
                    on_progress(done, total)
        new = intake.added
        change.summary = (
            f"read {', '.join(text.report.source for text in texts)}: {counted(new, 'new entry', 'new entries')}"
        )
    return [text.report for text in texts]


def read_texts(
    names: Sequence[str], format_: str | None = None, encoding: str | None = None, layout: Layout | None = None
) -> list[Text]:
    """Reads the files with these names (`-` is standard input) as texts.

    Format, encoding and layout are found out where they are not given. Raises FileError and InvalidValueError where
    a file cannot be read as a text.
    """
    return [_read_text(name, format_, encoding, layout) for name in names]


def _read_text(name: str, format_: str | None, encoding: str | None, layout: Layout | None) -> Text:
    is_standard = name == STANDARD
    shown = "standard input" if is_standard else _readable(name)
    data = read_bytes(name)
    if not data.strip():
        raise FileError(f"{shown} is empty", "Nothing was read")
    decoded = decode(data, encoding, name=shown)
    format_ = format_ or recognise(decoded.text, shown)
    content = reader_of(format_)(decoded.text, layout)
    found = len(content.passages)
    if not found:
        raise FileError(f"{shown} has no passages", "No line of it has a word")
    remarks = [f"{shown}: {decoded.note}"] if decoded.note else []
    if content.declared is not None and content.declared != found:
        remarks.append(f"{shown} says that it has {content.declared:,}, but {counted(found, 'passage')} found in it")
    header_line = decoded.text.count("\n", 0, decoded.text.index(content.header)) + 1 if content.header else 0
    report = Report(shown, content.declared, decoded.encoding, content.layout, remarks)
    kept_name = STANDARD if is_standard else _readable(str(expanded(name).resolve()))
    return Text(kept_name, len(data), hashlib.sha256(data).hexdigest(), format_, content, header_line, report)


def _readable(name: str) -> str:
    """The name of a file, with what is not UTF-8 in it written out as bytes."""
    return name.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


def _take(change: Change, intake: Intake, text: Text) -> Iterator[list[Taken]]:
    """Takes a text in, a batch of passages at a time.

    Of a source that is read again unchanged, and in which nothing is new, no second reading is kept.
    """
    keeping: int | None = None
    held: list[ReadPassage] = []
    if last_checksum(change, text.name) != text.checksum:
        keeping = _keep_reading(change, text)
    passages = iter(text.content.passages)
    while batch := list(islice(passages, BATCH)):
        taken = intake.take(batch)
        held.extend(
            ReadPassage(
                passage.position,
                passage.line,
                passage.raw.encode(text.report.encoding),
                "entry",
                each.text_key,
                each.finding,
            )
            for passage, each in zip(batch, taken, strict=True)
        )
        if keeping is None and any(each.outcome.verdict is not Verdict.ALREADY_HERE for each in taken):
            keeping = _keep_reading(change, text)
        if keeping is not None:
            add_passages(change, keeping, held)
            held.clear()
        yield taken


def _keep_reading(change: Change, text: Text) -> int:
    reading = Reading(
        text.name,
        text.checksum,
        text.size,
        text.report.encoding,
        text.format,
        text.content.layout,
        text.content.declared,
    )
    reading_id = add_reading(change, reading)
    header = text.content.header
    if header is not None:
        add_passages(
            change, reading_id, [ReadPassage(-1, text.header_line, header.encode(text.report.encoding), "header")]
        )
    return reading_id
