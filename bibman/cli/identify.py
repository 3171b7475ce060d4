"""`identify`."""

from typing import Annotated

import typer

from bibman.cli.asking import ask_outside, end
from bibman.cli.completion import complete_key
from bibman.cli.groups import group
from bibman.cli.ingest import score_said
from bibman.cli.output import Column, emit_json, note, table
from bibman.cli.selection import Query, selected_or_all
from bibman.cli.session import session_of

app = group()


@app.command("identify")
def identify(
    context: typer.Context,
    keys: Annotated[
        list[str] | None,
        typer.Argument(metavar="[KEY]...", help="Unidentified entries; all without.", autocompletion=complete_key),
    ] = None,
    query: Query = None,
    online: Annotated[bool, typer.Option("--online", help="Ask services outside what no catalogue knows.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Look unidentified entries up once more. A catalogue may have grown, or a service may know."""
    from bibman.services.asking import Asked
    from bibman.services.configuration import catalogue_folder, setting
    from bibman.services.identify import identifier
    from bibman.services.identify import identify as look_up_again

    session, chosen, pattern = session_of(context), selected_or_all(keys, query), setting("key-pattern")
    with session.writing() as library, identifier(catalogue_folder()) as catalogued:
        asked = Asked()
        if online:
            asked = ask_outside(
                session, catalogued, lambda look_up: look_up_again(library, chosen, look_up, pattern, dry_run=True)
            )
        results = look_up_again(library, chosen, asked.look_up(catalogued), pattern)
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
        rows = ((each.provisional, str(each.match.verdict), score_said(each.match.score), each.key) for each in results)
        table(columns, rows)
        found = sum(str(each.match.verdict) == "identified" for each in results)
        note(f"{found} of {len(results)} identified")
    end(asked, is_partial=any(str(each.match.verdict) != "identified" for each in results))
