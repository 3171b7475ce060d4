"""`add`."""

from typing import Annotated

import typer

from bibman.cli.asking import ask_outside, end
from bibman.cli.groups import group
from bibman.cli.ingest import found_said, reports_as_json, summary_said, verdict_style
from bibman.cli.output import Column, coloured, emit_json, note, table
from bibman.cli.session import session_of

app = group()


@app.command("add")
def add(
    context: typer.Context,
    scraps: Annotated[
        list[str],
        typer.Argument(
            metavar="SCRAP...",
            help="What names a paper: an identifier, an address, a title, a reference; `-` is standard input,"
            " one a line.",
        ),
    ],
    tag: Annotated[
        list[str] | None,
        typer.Option(
            "--tag", "-t", metavar="TAG[,TAG]", help="Put these tags on what comes in; may be said several times."
        ),
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", "-n", help="Show what would happen and write nothing.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Add papers by whatever names them. What no catalogue knows is asked of services outside, unless --offline."""
    from bibman.model.tags import parse_tags
    from bibman.services.bib_intake import Wishes
    from bibman.services.configuration import catalogue_folder, setting
    from bibman.services.identify import identifier
    from bibman.services.ingest import Plan, ingest, rehearse
    from bibman.services.sources import typed, typed_lines

    source = typed([line for scrap in scraps for line in (typed_lines() if scrap == "-" else [scrap])])
    tags = parse_tags(",".join(tag)) if tag else []
    plan = Plan(setting("key-pattern"), Wishes(), tags, command="add", dry_run=dry_run)
    session = session_of(context)
    with (
        identifier(catalogue_folder()) as catalogued,
        session.trying() if dry_run else session.writing(create=True) as library,
    ):
        asked = ask_outside(session, catalogued, lambda look_up: rehearse(library, [source], look_up, plan))
        (report,) = ingest(library, [source], asked.look_up(catalogued), plan)
    if as_json:
        emit_json(reports_as_json([report], asked, dry_run=dry_run))
    else:
        columns = (
            Column("verdict", verdict_style),
            Column("score", right=True),
            Column("by"),
            Column("key", coloured("cyan")),
            Column("title", least=24),
        )
        table(columns, map(found_said, report.outcomes))
        tagged = f"; {report.tagged:,} tagged {', '.join(tags)}" if tags else ""
        note(f"{summary_said(report)}{tagged}{' (nothing was written)' if dry_run else ''}")
    end(asked, is_partial=report.is_partial)
