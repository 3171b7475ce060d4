"""`new`, `edit`, `remove`, and `key set`."""

from typing import Annotated

import typer

from bibman.cli.completion import complete_key
from bibman.cli.output import clean, emit_json, say
from bibman.cli.session import session_of
from bibman.errors import UsageError

keys = typer.Typer(name="key", help="Rename citation keys.", no_args_is_help=True)

Keys = Annotated[list[str], typer.Argument(metavar="KEY...", help="Keys or aliases.", autocompletion=complete_key)]
Values = Annotated[
    list[str] | None,
    typer.Option("--set", "-s", metavar="FIELD=VALUE", help="Set a field to BibTeX text; may be said several times."),
]


def new(
    context: typer.Context,
    type_: Annotated[str, typer.Argument(metavar="TYPE", help="An entry type, such as article.")],
    values: Values = None,
    key: Annotated[
        str | None, typer.Option("--key", metavar="KEY", help="The key; made by the pattern otherwise.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Make an entry by hand."""
    from bibman.services.configuration import setting
    from bibman.services.entries import new as make

    fields = _assignments(values)
    with session_of(context).writing(create=True) as library:
        entry = make(library, type_, fields, key, setting("key-pattern"))
    if as_json:
        emit_json({"key": entry.key, "type": entry.type})
    else:
        say(f"made {clean(entry.key)}")


def edit(
    context: typer.Context,
    keys: Keys,
    values: Values = None,
    unset: Annotated[
        list[str] | None,
        typer.Option("--unset", "-u", metavar="FIELD", help="Take a field away; may be said several times."),
    ] = None,
    type_: Annotated[str | None, typer.Option("--type", metavar="TYPE", help="Give another entry type.")] = None,
) -> None:
    """Change fields of entries."""
    from bibman.services.configuration import setting
    from bibman.services.entries import edit as change

    fields = _assignments(values)
    with session_of(context).writing() as library:
        changed = change(library, keys, fields, unset or [], type_, setting("key-pattern"))
    say(f"edited {clean(', '.join(entry.key for entry in changed))}" if changed else "nothing was different")


def remove(context: typer.Context, keys: Keys) -> None:
    """Remove entries with their tags and notes; `bibman undo` brings them back."""
    from bibman.services.entries import remove as take_away

    with session_of(context).writing() as library:
        for key in take_away(library, keys):
            say(f"removed {clean(key)}")


@keys.command("set")
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


def register(app: typer.Typer) -> None:
    """Adds the commands of this module."""
    app.command("new")(new)
    app.command("edit")(edit)
    app.command("remove")(remove)


def _assignments(values: list[str] | None) -> dict[str, str]:
    fields: dict[str, str] = {}
    for each in values or []:
        name, equals, value = each.partition("=")
        folded = name.strip().lower()
        if not equals:
            raise UsageError(f"not FIELD=VALUE: {each}", "Say it like --set year=2023")
        if folded in fields:
            raise UsageError(f"{folded} is set twice", "Set each field once")
        fields[folded] = value
    return fields
