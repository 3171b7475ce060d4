"""`key set`, `key generate`."""

from typing import Annotated

import typer

from bibman.cli.completion import complete_key
from bibman.cli.groups import group
from bibman.cli.output import Column, clean, coloured, emit_json, note, say, table, warn
from bibman.cli.selection import Keys, Query, selected_or_all
from bibman.cli.session import session_of
from bibman.errors import UsageError

app = group("Rename citation keys.", no_args_is_help=True)


@app.command("set")
def set_key(
    context: typer.Context,
    old: Annotated[str, typer.Argument(metavar="OLD", help="A key or alias.", autocompletion=complete_key)],
    new_key: Annotated[str, typer.Argument(metavar="NEW", help="The key it is to have.")],
) -> None:
    """Give an entry another key; the old one is understood further on."""
    from bibman.services.keys import set_key as rename

    with session_of(context).writing() as library:
        before, after = rename(library, old, new_key)
    say(f"{clean(before)} is now {clean(after)}" if before != after else f"{clean(after)} has this key already")


@app.command("generate")
def generate(
    context: typer.Context,
    keys: Keys = None,
    query: Query = None,
    everything: Annotated[bool, typer.Option("--all", help="All entries, those with keys of your own too.")] = False,
    pattern: Annotated[
        str | None, typer.Option("--pattern", "-p", metavar="PATTERN", help="Instead of the setting key-pattern.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", "-n", help="Show what would happen and write nothing.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Give entries the keys that a pattern makes. The old ones are understood further on."""
    from bibman.model.citekeys import check_pattern
    from bibman.services.configuration import setting
    from bibman.services.keys import generate_keys
    from bibman.services.wording import counted, listed

    chosen = selected_or_all(keys, query)
    if everything == chosen.is_made:
        raise UsageError("it is not said which entries", "Name their keys, or say -q QUERY, or --all")
    if pattern is not None:
        check_pattern(pattern)
    wanted = pattern or setting("key-pattern")
    session = session_of(context)
    with session.checking() if dry_run else session.writing() as library:
        made = generate_keys(library, chosen, wanted, dry_run=dry_run)
    if as_json:
        emit_json([{"old": old, "new": new} for old, new in made.renamed.items()])
    else:
        table((Column("was"), Column("key", coloured("cyan"))), made.renamed.items())
        note(f"{counted(len(made.renamed), 'new key')}{' (nothing was written)' if dry_run else ''}")
    if made.left_alone:
        warn(f"left alone, since not identified: {listed(list(made.left_alone))}")
