"""`ingest`."""

from contextlib import nullcontext
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bibman.cli.asking import ask_outside, end, problems_as_json, retracted_as_json
from bibman.cli.groups import group
from bibman.cli.output import Column, Progress, coloured, emit_json, note, table, warn
from bibman.cli.session import session_of
from bibman.errors import UsageError
from bibman.model.matching import Verdict

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bibman.services.asking import Asked
    from bibman.services.report import Outcome, Report

VERDICT_COLOURS = {
    "identified": "green",
    "already here": "bright_black",
    "waiting": "yellow",
    "not found": "red",
    "rejected": "red",
}

BIB_WORDS = {
    "new": "new",
    "same text": "unchanged",
    "file": "changed as in the file",
    "filled": "filled in",
    "replaced": "replaced",
    "conflict": "waiting",
}
"""What became of an entry of a `.bib`, by the stage of its passage; other stages are told by their verdict."""
SHOWN = 5
"""So many likely duplicates are told one by one."""
ON_DUPLICATE = ("new-key", "keep", "fill", "replace")

app = group()


@app.command("ingest")
def ingest(
    context: typer.Context,
    files: Annotated[list[str], typer.Argument(metavar="FILE...", help="Text files to read; `-` is standard input.")],
    format_: Annotated[
        str | None,
        typer.Option("--format", metavar="NAME", help="Read as this format (bibtex, list), not as what it looks like."),
    ] = None,
    passages: Annotated[
        str | None, typer.Option("--passages", metavar="line|block", help="What a passage is; found out otherwise.")
    ] = None,
    encoding: Annotated[
        str | None, typer.Option("--encoding", metavar="NAME", help="The encoding; found out otherwise.")
    ] = None,
    tag: Annotated[
        list[str] | None,
        typer.Option(
            "--tag", "-t", metavar="TAG[,TAG]", help="Put these tags on what comes in; may be said several times."
        ),
    ] = None,
    on_duplicate: Annotated[
        str,
        typer.Option(
            "--on-duplicate",
            metavar="new-key|keep|fill|replace",
            help="What becomes of an entry of a .bib whose key or work is here already.",
        ),
    ] = "new-key",
    theirs: Annotated[
        bool, typer.Option("--theirs", help="Where file and library changed the same, take the file's.")
    ] = False,
    ours: Annotated[
        bool, typer.Option("--ours", help="Where file and library changed the same, keep the library's.")
    ] = False,
    online: Annotated[
        bool, typer.Option("--online", help="Ask services outside what no catalogue knows of a list.")
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", "-n", help="Show what would happen and write nothing.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Read texts into the library, lists and .bib files. Each passage becomes an entry, or is found here."""
    from bibman.model.tags import parse_tags
    from bibman.services.asking import Asked
    from bibman.services.bib_intake import Wishes
    from bibman.services.configuration import catalogue_folder, setting
    from bibman.services.identify import identifier, no_catalogue
    from bibman.services.ingest import Plan, rehearse
    from bibman.services.ingest import ingest as take_in
    from bibman.services.sources import sources

    session = session_of(context)
    wishes = Wishes(_one_of(on_duplicate, ON_DUPLICATE, "wish for duplicates"), _side(theirs=theirs, ours=ours))
    plan = Plan(
        setting("key-pattern"), wishes, parse_tags(",".join(tag)) if tag else [], dry_run=dry_run, tell_all=as_json
    )
    progress = Progress("Bytes read")
    with (
        sources(files, format_, encoding, _one_of(passages, ("line", "block"), "kind of passage")) as opened,
        identifier(catalogue_folder())
        if any(each.content for each in opened)
        else nullcontext(no_catalogue) as catalogued,
        session.trying() if dry_run else session.writing(create=True) as library,
    ):
        for source in opened:
            for remark in source.report.remarks:
                warn(remark)
        told = [len(source.report.remarks) for source in opened]
        asked = Asked()
        if online or setting("online") == "true":
            asked = ask_outside(session, catalogued, lambda look_up: rehearse(library, opened, look_up, plan))
        reports = take_in(library, opened, asked.look_up(catalogued), plan, progress)
        progress.close()
    for report, before in zip(reports, told, strict=True):
        for remark in report.remarks[before:]:
            warn(remark)
    if as_json:
        emit_json(reports_as_json(reports, asked, dry_run=dry_run))
    else:
        _show(reports, plan.tags, dry_run=dry_run)
    _tell_lookalikes(reports)
    end(asked, is_partial=any(report.is_partial for report in reports))


def _one_of(value: str | None, known: tuple[str, ...], what: str) -> Any:
    if value is not None and value not in known:
        raise UsageError(f"no such {what}: {value}", f"It is {' or '.join(f'`{each}`' for each in known)}")
    return value


def _side(*, theirs: bool, ours: bool) -> Any:
    if theirs and ours:
        raise UsageError("--theirs and --ours exclude each other", "Say one of them")
    return "theirs" if theirs else "ours" if ours else None


def _show(reports: "list[Report]", tags: "Sequence[str]", *, dry_run: bool) -> None:
    columns = (
        Column("line", right=True),
        Column("verdict", verdict_style),
        Column("score", right=True),
        Column("by"),
        Column("key", coloured("cyan")),
        Column("title", least=24),
    )
    of_bib = (
        Column("line", right=True),
        Column("verdict", verdict_style),
        Column("key", coloured("cyan")),
        Column("what", least=24),
    )
    for report in reports:
        if len(reports) > 1:
            note(f"{report.source}:")
        if report.layout is None:
            table(
                of_bib, ((str(each.line), str(each.verdict), each.key or "", each.detail) for each in report.outcomes)
            )
        else:
            table(columns, ((str(each.line), *found_said(each)) for each in report.outcomes))
        tagged = f"; {report.tagged:,} tagged {', '.join(tags)}" if tags else ""
        note(f"{report.source}: {summary_said(report)}{tagged}{' (nothing was written)' if dry_run else ''}")


def found_said(outcome: "Outcome") -> tuple[str, ...]:
    """What became of a passage of a list: verdict, score, stage, key, and the title or how it begins."""
    return (
        str(outcome.verdict),
        score_said(outcome.score),
        outcome.stage or "",
        outcome.key or "",
        outcome.title or f"“{outcome.opening}”",
    )


def _tell_lookalikes(reports: "list[Report]") -> None:
    """Warns of new entries that look like others."""
    pairs = [(each.looks_like[0], each.key) for report in reports for each in report.outcomes if each.looks_like]
    for other, key in pairs[:SHOWN]:
        warn(f"{key} looks like {other}: `bibman merge {other} {key}`")
    if len(pairs) > SHOWN:
        warn(f"{len(pairs) - SHOWN:,} more look like others: `bibman duplicates` shows them")


def summary_said(report: "Report") -> str:
    """How many passages there were, and what became of them."""
    number = report.passages
    if report.layout is None:
        told = ", ".join(f"{count:,} {words}" for words, count in _told(report).items())
        return f"{number:,} {'entry' if number == 1 else 'entries'}{f': {told}' if told else ''}"
    counts = {str(verdict): report.count(verdict) for verdict in Verdict}
    told = ", ".join(f"{counts[verdict]:,} {verdict}" for verdict in VERDICT_COLOURS if counts[verdict])
    open_ = f"; {report.unidentified:,} unidentified" if report.unidentified else ""
    return f"{number:,} {'passage' if number == 1 else 'passages'}: {told}{open_}"


def _told(report: "Report") -> dict[str, int]:
    """What became of the entries of a `.bib`, in the words of a person."""
    told: dict[str, int] = {}
    for (verdict, stage), count in sorted(report.counts.items(), key=lambda item: list(Verdict).index(item[0][0])):
        words = BIB_WORDS.get(str(stage), str(verdict))
        told[words] = told.get(words, 0) + count
    return told


def verdict_style(text: str) -> str:
    """A verdict in its colour."""
    return coloured(VERDICT_COLOURS.get(text, "red"))(text)


def score_said(score: float | None) -> str:
    """A score as a table has it."""
    return "" if score is None else f"{score:.0f}"


def reports_as_json(reports: "list[Report]", asked: "Asked", *, dry_run: bool) -> dict[str, Any]:
    """What is told of sources that were read, in the shape that docs/commands.md describes."""
    return {
        "dry_run": dry_run,
        "problems": problems_as_json(asked.problems),
        "retracted": retracted_as_json(asked),
        "sources": [
            {
                "source": report.source,
                "format": report.format,
                "declared": report.declared,
                "found": report.passages,
                "encoding": report.encoding,
                "passages_are": report.layout or "block",
                "tagged": report.tagged,
                "remarks": report.remarks,
                "passages": [
                    {
                        "line": each.line,
                        "verdict": str(each.verdict),
                        "key": each.key,
                        "source_key": each.source_key,
                        "identified": each.identified,
                        "title": each.title,
                        "opening": each.opening,
                        "stage": each.stage,
                        "score": each.score,
                        "margin": each.margin,
                        "evidence": dict(each.evidence),
                        "detail": each.detail,
                        "looks_like": list(each.looks_like),
                    }
                    for each in report.outcomes
                ],
            }
            for report in reports
        ],
    }
