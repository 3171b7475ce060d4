"""`saved add`, `saved list`, `saved remove`."""

from typing import Annotated

import typer

from bibman.cli.completion import complete_query, complete_saved
from bibman.cli.groups import group
from bibman.cli.output import Column, clean, coloured, emit_json, say, table
from bibman.cli.session import session_of

app = group("Keep queries under a name: any query can ask for @NAME.", no_args_is_help=True)

Name = Annotated[str, typer.Argument(metavar="NAME", help="Its name.", autocompletion=complete_saved)]


@app.command("add")
def add(
    context: typer.Context,
    name: Name,
    query: Annotated[
        list[str], typer.Argument(metavar="QUERY...", help="What it looks for.", autocompletion=complete_query)
    ],
) -> None:
    """Give a query a name; what had it before is replaced."""
    from bibman.services.saved_searches import add as save

    with session_of(context).writing() as library:
        before = save(library, name.removeprefix("@"), " ".join(query))
    say(f"@{clean(name.removeprefix('@'))}: {clean(' '.join(query))}")
    if before is not None:
        say(f"before, it was: {clean(before.query)}")


@app.command("list")
def list_searches(
    context: typer.Context, as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False
) -> None:
    """List the saved searches."""
    with session_of(context).reading() as reader:
        found = reader.saved_searches()
    if as_json:
        emit_json([{"name": each.name, "query": each.query} for each in found])
    else:
        table(_COLUMNS, ((f"@{each.name}", each.query) for each in found))


@app.command("remove")
def remove(context: typer.Context, name: Name) -> None:
    """Forget a saved search; the entries stay."""
    from bibman.services.saved_searches import remove as forget

    with session_of(context).writing() as library:
        gone = forget(library, name)
    say(f"forgot @{clean(gone.name)}: {clean(gone.query)}")


_COLUMNS = (Column("name", coloured("cyan")), Column("query", least=24))
