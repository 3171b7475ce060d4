"""From files to entries: sources are taken into a library as one operation, each passage with what became of it."""

from collections.abc import Callable, Iterator, Sequence
from copy import deepcopy
from dataclasses import dataclass, replace
from itertools import islice

from bibman.model.matching import Verdict
from bibman.services.bib_intake import BibIntake, Wishes
from bibman.services.identify import Identify
from bibman.services.intake import Intake
from bibman.services.report import Report, Taken
from bibman.services.sources import Source
from bibman.services.wording import counted, listed
from bibman.storage.annotations import add_tags
from bibman.storage.change import Change
from bibman.storage.database import Library
from bibman.storage.sources import Reading, ReadPassage, add_passages, add_reading, last_reading

BATCH = 500
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Plan:
    """How sources are to be taken in.

    `pattern` makes the keys of entries that have none; `wishes` say what happens where a `.bib` meets what is here;
    `tags` are put on every entry that a passage became or is; `command` is what the history calls it. With `dry_run`
    nothing is kept, and the reports say what would have been; with `tell_all` they have an outcome for each entry of a
    `.bib` too, else only for those of which something is to be told.
    """

    pattern: str
    wishes: Wishes
    tags: Sequence[str] = ()
    command: str = "ingest"
    dry_run: bool = False
    tell_all: bool = False


def ingest(
    library: Library,
    sources: Sequence[Source],
    look_up: Identify,
    plan: Plan,
    on_progress: Progress | None = None,
) -> list[Report]:
    """Takes sources into a library as one operation; what is there already stays as it is.

    `look_up` identifies the passage of a list.
    """
    total = sum(source.size for source in sources)
    with library.change(plan.command, keep=not plan.dry_run) as change:
        intake = Intake(change, look_up, plan.pattern)
        done = 0
        all_tagged: set[int] = set()
        for source in sources:
            tagged: set[int] = set()
            is_list = source.content is not None
            for taken in _take_list(change, intake, source) if is_list else _take_bib(change, source, plan):
                done += taken.size
                if plan.tags and taken.entry_ids:
                    add_tags(change, list(dict.fromkeys(taken.entry_ids)), plan.tags)
                    tagged.update(taken.entry_ids)
                for outcome in taken.outcomes:
                    source.report.add(outcome, keep=is_list or plan.tell_all or bool(outcome.detail))
                if on_progress is not None:
                    on_progress(done, total)
            source.report.tagged = len(tagged)
            all_tagged |= tagged
        change.summary = f"read {', '.join(source.report.source for source in sources)}: {_summary(sources, intake)}"
        if plan.tags:
            change.summary += f"; tagged {counted(len(all_tagged), 'entry', 'entries')} {', '.join(plan.tags)}"
    return [source.report for source in sources]


def rehearse(library: Library, sources: Sequence[Source], look_up: Identify, plan: Plan) -> None:
    """Takes the lists among sources in without keeping anything: `look_up` is asked all that it would be asked."""
    lists = [replace(source, report=deepcopy(source.report)) for source in sources if source.content is not None]
    if lists:
        ingest(library, lists, look_up, replace(plan, tags=(), dry_run=True))


def _summary(sources: Sequence[Source], intake: Intake) -> str:
    new = intake.added + sum(source.report.count(Verdict.IDENTIFIED) for source in sources if source.content is None)
    return counted(new, "new entry", "new entries")


def _take_bib(change: Change, source: Source, plan: Plan) -> Iterator[Taken]:
    """Takes a `.bib` in, a batch of blocks at a time, and remarks what has gone from it."""
    intake = BibIntake(change, source, plan.pattern, plan.wishes)
    yield from intake.take()
    name, report = source.report.source, source.report
    if intake.bare:
        report.left_out = len(intake.bare)
        report.remarks.append(
            f"{counted(len(intake.bare), 'entry has', 'entries have')} no @, first in line {intake.bare[0]} of {name}:"
            " kept as text; give it one and ingest again"
        )
    if intake.hidden:
        report.remarks.append(
            f"{counted(len(intake.hidden), 'entry stands', 'entries stand')} in an @comment, first in line"
            f" {intake.hidden[0]} of {name}: kept as a comment"
        )
    if intake.gone:
        are = "is" if len(intake.gone) == 1 else "are"
        source.report.remarks.append(
            f"{counted(len(intake.gone), 'entry', 'entries')} of the library {are} no longer in"
            f" {source.report.source}: {listed(intake.gone)}; bibman keeps what it has"
        )


def _take_list(change: Change, intake: Intake, source: Source) -> Iterator[Taken]:
    """Takes a list in, a batch of passages at a time.

    Of a source that is read again unchanged, and in which nothing is new, no second reading is kept.
    """
    content = source.content
    if content is None:
        return
    codec = source.encoding.codec
    keeping: int | None = None
    held: list[ReadPassage] = []
    previous = last_reading(change, source.name)
    if previous is None or previous.checksum != source.checksum:
        keeping = _keep_reading(change, source)
    passages = iter(content.passages)
    while batch := list(islice(passages, BATCH)):
        taken = intake.take(batch)
        raws = [passage.raw.encode(codec) for passage in batch]
        held.extend(
            ReadPassage(passage.position, passage.line, raw, "entry", each.text_key, each.finding)
            for passage, raw, each in zip(batch, raws, taken, strict=True)
        )
        if keeping is None and any(each.outcome.verdict is not Verdict.ALREADY_HERE for each in taken):
            keeping = _keep_reading(change, source)
        if keeping is not None:
            add_passages(change, keeping, held)
            held.clear()
        yield Taken([each.outcome for each in taken], [each.entry_id for each in taken], sum(map(len, raws)))


def _keep_reading(change: Change, source: Source) -> int:
    report, content = source.report, source.content
    reading = Reading(
        source.name, source.checksum, source.size, report.encoding, source.format, report.layout, report.declared
    )
    reading_id = add_reading(change, reading)
    if content is not None:
        edges = ((-1, content.header, "header"), (len(content.passages), content.footer, "footer"))
        kept = [
            ReadPassage(position, edge.line, edge.raw.encode(report.encoding), kind)
            for position, edge, kind in edges
            if edge is not None
        ]
        add_passages(change, reading_id, kept)
    return reading_id
