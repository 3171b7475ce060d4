"""`identify`."""

from typing import Annotated

import typer

from bibman.cli.completion import complete_key
from bibman.cli.groups import group
from bibman.cli.ingest import score_said
from bibman.cli.output import Column, emit_json, note, table
from bibman.cli.selection import Query, selected_or_all
from bibman.cli.session import session_of
from bibman.errors import PartialError

app = group()


@app.command("identify")
def identify(
    context: typer.Context,
    keys: Annotated[
        list[str] | None,
        typer.Argument(metavar="[KEY]...", help="Unidentified entries; all without.", autocompletion=complete_key),
    ] = None,
    query: Query = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Look unidentified entries up once more. A catalogue may have grown."""
    from bibman.services.configuration import catalogue_folder, setting
    from bibman.services.identify import identify as look_up_again

    with session_of(context).writing() as library:
        results = look_up_again(library, selected_or_all(keys, query), catalogue_folder(), setting("key-pattern"))
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
    if any(str(each.match.verdict) != "identified" for each in results):
        raise typer.Exit(PartialError.exit_code)
