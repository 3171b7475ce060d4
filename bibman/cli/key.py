"""`key set`."""

from typing import Annotated

import typer

from bibman.cli.completion import complete_key
from bibman.cli.groups import group
from bibman.cli.output import clean, say
from bibman.cli.session import session_of

app = group("Rename citation keys.", no_args_is_help=True)


@app.command("set")
def set_key(
    context: typer.Context,
    old: Annotated[str, typer.Argument(metavar="OLD", help="A key or alias.", autocompletion=complete_key)],
    new_key: Annotated[str, typer.Argument(metavar="NEW", help="The key it is to have.")],
) -> None:
    """Give an entry another key; the old one is understood further on."""
    from bibman.services.entries import set_key as rename

    with session_of(context).writing() as library:
        before, after = rename(library, old, new_key)
    say(f"{clean(before)} is now {clean(after)}" if before != after else f"{clean(after)} has this key already")
