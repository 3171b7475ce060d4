"""`undo`, `redo`, `history`, `history prune`."""

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bibman.cli.completion import complete_key
from bibman.cli.groups import group
from bibman.cli.output import Column, clean, coloured, emit_json, is_terminal, note, say, table, warn
from bibman.cli.session import Session, session_of
from bibman.errors import UsageError

if TYPE_CHECKING:
    from bibman.storage.answers import Operation
    from bibman.storage.database import Library
    from bibman.storage.history import Turned

app = group()

Steps = Annotated[int, typer.Argument(metavar="[N]", min=1, help="So many operations; one without.")]
DryRun = Annotated[bool, typer.Option("--dry-run", "-n", help="Show what would happen and write nothing.")]


@app.command("undo")
def undo(context: typer.Context, steps: Steps = 1, dry_run: DryRun = False) -> None:
    """Take back the last changes of the library."""
    session = session_of(context)
    if dry_run:
        _foretell(session, steps, undone=False)
    else:
        _turn(session, lambda library: library.undo(min(steps, sys.maxsize)), steps, "undone", "undo")


@app.command("redo")
def redo(context: typer.Context, steps: Steps = 1, dry_run: DryRun = False) -> None:
    """Do again what was undone last."""
    session = session_of(context)
    if dry_run:
        _foretell(session, steps, undone=True)
    else:
        _turn(session, lambda library: library.redo(min(steps, sys.maxsize)), steps, "done again", "do again")


def _turn(session: Session, turn: "Callable[[Library], list[Turned]]", steps: int, done: str, to_do: str) -> None:
    with session.writing() as library:
        turned = turn(library)
    for each in turned:
        say(f"{done}: {clean(each.command)}: {clean(each.summary)}")
    _say_what_is_left(len(turned), steps, to_do)


def _say_what_is_left(found: int, steps: int, to_do: str) -> None:
    if not found:
        say(f"there is nothing to {to_do}")
    elif found < steps:
        note(f"there is nothing more to {to_do}")


def _foretell(session: Session, steps: int, *, undone: bool) -> None:
    with session.reading() as reader:
        operations = reader.operations(min(steps, sys.maxsize), undone=undone)
    for each in operations:
        say(f"{'to be done again' if undone else 'to be undone'}: {clean(each.command)}: {clean(each.summary)}")
    _say_what_is_left(len(operations), steps, "do again" if undone else "undo")


@app.command("history")
def history(
    context: typer.Context,
    key: Annotated[
        str | None,
        typer.Argument(
            metavar="[KEY]", help="What was done to this entry, field by field.", autocompletion=complete_key
        ),
    ] = None,
    limit: Annotated[int, typer.Option("--limit", "-n", min=1, metavar="N", help="How many, the latest first.")] = 20,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Show what was done to the library, or to one entry. The latest comes first."""
    session = session_of(context)
    if key is not None:
        _show_trail(session, key, limit, as_json=as_json)
        return
    with session.reading() as reader:
        operations = reader.operations(min(limit, sys.maxsize))
    if as_json:
        emit_json([_as_json(each) for each in operations])
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


def _show_trail(session: Session, key: str, limit: int, *, as_json: bool) -> None:
    from bibman.cli.differences import as_json as told
    from bibman.cli.differences import show_differences

    with session.reading() as reader:
        steps = reader.trail(key)[:limit]
    if as_json:
        emit_json(
            [
                {**_as_json(operation), "source": source, "differences": told(found)}
                for operation, source, found in steps
            ]
        )
        return
    for operation, source, found in steps:
        heading = [str(operation.id), operation.made_at, operation.command, "undone" if operation.undone else ""]
        if is_terminal():
            heading = [*filter(None, heading), source or operation.summary]
        show_differences(found, heading)


def _as_json(operation: "Operation") -> dict[str, Any]:
    return {
        "id": operation.id,
        "made_at": operation.made_at,
        "command": operation.command,
        "summary": operation.summary,
        "changes": operation.changes,
        "undone": operation.undone,
    }


@app.command("history prune")
def prune(
    context: typer.Context,
    before: Annotated[
        str | None, typer.Option("--before", metavar="DATE", help="Forget what was done before this day (in UTC).")
    ] = None,
    keep: Annotated[
        int | None, typer.Option("--keep", metavar="N", min=0, help="Forget all but the last N operations.")
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
) -> None:
    """Forget the first part of the history. It cannot be undone then, and the disk has the room back."""
    from bibman.services.pruning import prunable, told
    from bibman.services.pruning import prune as forget

    session = session_of(context)
    with session.reading() as reader:
        pruning = prunable(reader, None if keep is None else min(keep, sys.maxsize), before)
    sentence = told(pruning)
    if not sentence:
        say("there is nothing to forget")
        return
    if not yes:
        if not sys.stdin.isatty():
            raise UsageError(f"{sentence} then", "--yes says that this is meant")
        note(f"{sentence} then.")
        typer.confirm("Forget them?", abort=True, err=True)
    with session.writing() as library:
        freed = forget(library, pruning)
    say(sentence)
    if freed is None:
        warn("the room that it took is not given back to the disk yet: the library is in use, or the disk is full")
    else:
        say(f"{freed:,} bytes given back")
