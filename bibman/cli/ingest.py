"""`ingest` and `identify`."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from bibman.cli.completion import complete_key
from bibman.cli.groups import group
from bibman.cli.output import Column, Progress, coloured, emit_json, note, table, warn
from bibman.cli.session import session_of
from bibman.errors import PartialError, UsageError

if TYPE_CHECKING:
    from bibman.services.ingest import Report

VERDICT_COLOURS = {
    "identified": "green",
    "already here": "bright_black",
    "waiting": "yellow",
    "not found": "red",
    "rejected": "red",
}

app = group()


@app.command("ingest")
def ingest(
    context: typer.Context,
    files: Annotated[list[str], typer.Argument(metavar="FILE...", help="Text files to read; `-` is standard input.")],
    format_: Annotated[
        str | None,
        typer.Option("--format", metavar="NAME", help="Read as this format (list), not as what it looks like."),
    ] = None,
    passages: Annotated[
        str | None, typer.Option("--passages", metavar="line|block", help="What a passage is; found out otherwise.")
    ] = None,
    encoding: Annotated[
        str | None, typer.Option("--encoding", metavar="NAME", help="The encoding; found out otherwise.")
    ] = None,
    tag: Annotated[
        str | None, typer.Option("--tag", "-t", metavar="TAG[,TAG]", help="Put these tags on what comes in.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", "-n", help="Show what would happen and write nothing.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Read texts into the library: each passage becomes an entry, or is found here."""
    from bibman.model.tags import parse_tags
    from bibman.services.configuration import catalogue_folder, setting
    from bibman.services.identify import identifier
    from bibman.services.ingest import ingest as take_in
    from bibman.services.ingest import read_texts

    session = session_of(context)
    tags = [] if tag is None else parse_tags(tag)
    pattern = setting("key-pattern")
    texts = read_texts(files, format_, encoding, _layout(passages))
    for text in texts:
        for remark in text.report.remarks:
            warn(remark)
    progress = Progress("Reading")
    with (
        identifier(catalogue_folder()) as look_up,
        session.trying() if dry_run else session.writing(create=True) as library,
    ):
        reports = take_in(library, texts, look_up, pattern, tags=tags, dry_run=dry_run, on_progress=progress)
        progress.close()
    if as_json:
        emit_json(_as_json(reports, dry_run=dry_run))
    else:
        _show(reports, dry_run=dry_run)
    if any(report.unidentified() for report in reports):
        raise typer.Exit(PartialError.exit_code)


@app.command("identify")
def identify(
    context: typer.Context,
    keys: Annotated[
        list[str] | None,
        typer.Argument(metavar="[KEY]...", help="Unidentified entries; all without.", autocompletion=complete_key),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Look unidentified entries up once more, after a catalogue has grown."""
    from bibman.services.configuration import catalogue_folder, setting
    from bibman.services.identify import identify as look_up_again

    with session_of(context).writing() as library:
        results = look_up_again(library, keys or [], catalogue_folder(), setting("key-pattern"))
    if as_json:
        emit_json(
            [
                {
                    "provisional_key": each.provisional,
                    "verdict": str(each.match.verdict),
                    "key": each.key,
                    "stage": each.match.stage,
                    "score": each.match.score,
                    "margin": each.match.margin,
                }
                for each in results
            ]
        )
    else:
        columns = (Column("was"), Column("verdict"), Column("score", right=True), Column("key"))
        rows = ((each.provisional, str(each.match.verdict), _score(each.match.score), each.key) for each in results)
        table(columns, rows)
        found = sum(str(each.match.verdict) == "identified" for each in results)
        note(f"{found} of {len(results)} identified")
    if any(str(each.match.verdict) != "identified" for each in results):
        raise typer.Exit(PartialError.exit_code)


def _layout(passages: str | None) -> Any:
    if passages not in (None, "line", "block"):
        raise UsageError(f"no such kind of passage: {passages}", "It is `line` or `block`")
    return passages


def _show(reports: "list[Report]", *, dry_run: bool) -> None:
    columns = (
        Column("line", right=True),
        Column("verdict", _verdict_style),
        Column("score", right=True),
        Column("key", coloured("cyan")),
        Column("title", least=24),
    )
    for report in reports:
        if len(reports) > 1:
            note(f"{report.source}:")
        table(
            columns,
            (
                (str(each.line), str(each.verdict), _score(each.score), each.key, each.title or f"“{each.opening}”")
                for each in report.outcomes
            ),
        )
        note(f"{report.source}: {_summary(report)}{' (nothing was written)' if dry_run else ''}")


def _summary(report: "Report") -> str:
    counts: dict[str, int] = {}
    for outcome in report.outcomes:
        counts[str(outcome.verdict)] = counts.get(str(outcome.verdict), 0) + 1
    told = ", ".join(f"{counts[verdict]:,} {verdict}" for verdict in VERDICT_COLOURS if verdict in counts)
    total = len(report.outcomes)
    unidentified = report.unidentified()
    open_ = f"; {unidentified:,} unidentified" if unidentified else ""
    return f"{total:,} {'passage' if total == 1 else 'passages'}: {told}{open_}"


def _verdict_style(text: str) -> str:
    return coloured(VERDICT_COLOURS.get(text, "red"))(text)


def _score(score: float | None) -> str:
    return "" if score is None else f"{score:.0f}"


def _as_json(reports: "list[Report]", *, dry_run: bool) -> dict[str, Any]:
    return {
        "dry_run": dry_run,
        "sources": [
            {
                "source": report.source,
                "declared": report.declared,
                "found": len(report.outcomes),
                "encoding": report.encoding,
                "passages_are": report.layout,
                "remarks": report.remarks,
                "passages": [
                    {
                        "line": each.line,
                        "verdict": str(each.verdict),
                        "key": each.key,
                        "identified": each.identified,
                        "title": each.title,
                        "opening": each.opening,
                        "stage": each.stage,
                        "score": each.score,
                        "margin": each.margin,
                    }
                    for each in report.outcomes
                ],
            }
            for report in reports
        ],
    }
