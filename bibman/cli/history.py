"""`undo`, `redo`, `history`."""

import sys
from typing import Annotated

import typer

from bibman.cli.groups import group
from bibman.cli.output import Column, clean, coloured, emit_json, say, table
from bibman.cli.session import session_of

app = group()


@app.command("undo")
def undo(context: typer.Context) -> None:
    """Take back the last change of the library."""
    with session_of(context).writing() as library:
        done = library.undo()
    say(f"undone: {clean(done.command)}: {clean(done.summary)}" if done else "there is nothing to undo")


@app.command("redo")
def redo(context: typer.Context) -> None:
    """Do again what was undone last."""
    with session_of(context).writing() as library:
        done = library.redo()
    say(f"done again: {clean(done.command)}: {clean(done.summary)}" if done else "there is nothing to do again")


@app.command("history")
def history(
    context: typer.Context,
    limit: Annotated[int, typer.Option("--limit", "-n", min=1, metavar="N", help="How many, the latest first.")] = 20,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Show what was done to the library, the latest first."""
    with session_of(context).reading() as reader:
        operations = reader.operations(min(limit, sys.maxsize))
    if as_json:
        emit_json(
            [
                {
                    "id": each.id,
                    "made_at": each.made_at,
                    "command": each.command,
                    "summary": each.summary,
                    "changes": each.changes,
                    "undone": each.undone,
                }
                for each in operations
            ]
        )
        return
    columns = (
        Column("number", right=True),
        Column("made at", coloured("bright_black")),
        Column("command"),
        Column("what", least=16),
        Column("", coloured("yellow")),
    )
    rows = (
        (str(each.id), each.made_at, each.command, each.summary, "undone" if each.undone else "") for each in operations
    )
    table(columns, rows)
