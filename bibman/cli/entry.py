"""`new`, `edit`, `remove`."""

from typing import Annotated

import typer

from bibman.cli.completion import complete_key
from bibman.cli.groups import group
from bibman.cli.output import clean, emit_json, say
from bibman.cli.session import session_of
from bibman.errors import UsageError

Keys = Annotated[list[str], typer.Argument(metavar="KEY...", help="Keys or aliases.", autocompletion=complete_key)]
Values = Annotated[
    list[str] | None,
    typer.Option("--set", "-s", metavar="FIELD=VALUE", help="Set a field to BibTeX text; may be said several times."),
]

app = group()


@app.command("new")
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
    from bibman.services.entries import checked_entry
    from bibman.services.entries import new as make

    described = checked_entry(type_, _assignments(values), key)
    pattern = setting("key-pattern")
    with session_of(context).writing(create=True) as library:
        entry = make(library, described, pattern)
    if as_json:
        emit_json({"key": entry.key, "type": entry.type})
    else:
        say(f"made {clean(entry.key)}")


@app.command("edit")
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


@app.command("remove")
def remove(context: typer.Context, keys: Keys) -> None:
    """Remove entries with their tags and notes; `bibman undo` brings them back."""
    from bibman.services.entries import remove as take_away

    with session_of(context).writing() as library:
        for key in take_away(library, keys):
            say(f"removed {clean(key)}")


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
