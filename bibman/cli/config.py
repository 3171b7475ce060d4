"""`config show`, `config set`, `config unset`."""

from typing import Annotated

import typer

from bibman.cli.groups import group
from bibman.cli.output import Column, clean, emit_json, say, table

app = group("Show and change the settings.", invoke_without_command=True)


def _names(incomplete: str) -> list[str]:
    from bibman.services.configuration import SETTINGS

    return [name for name in SETTINGS if name.startswith(incomplete)]


Name = Annotated[str, typer.Argument(metavar="NAME", help="A setting.", autocompletion=_names)]


@app.callback()
def config(context: typer.Context) -> None:
    """Show and change the settings; alone, it shows them."""
    if context.invoked_subcommand is None:
        show()


@app.command("show")
def show(as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False) -> None:
    """Show every setting, its value and where that comes from."""
    from bibman.services.configuration import SETTINGS, config_file, current_settings

    found = current_settings()
    if as_json:
        emit_json(
            {
                "file": str(config_file()),
                "settings": [
                    {"name": name, "value": value, "from": origin, "meaning": SETTINGS[name].meaning}
                    for name, (value, origin) in found.items()
                ],
            }
        )
    else:
        columns = (Column("setting"), Column("value", least=16), Column("from"))
        table(columns, ((name, value, origin) for name, (value, origin) in found.items()))


@app.command("set")
def set_(name: Name, value: Annotated[str, typer.Argument(metavar="VALUE", help="What it is to be.")]) -> None:
    """Change a setting."""
    from bibman.services.configuration import change_setting

    say(f"{name} = {clean(change_setting(name, value))}")


@app.command("unset")
def unset(name: Name) -> None:
    """Take a setting back to its default."""
    from bibman.services.configuration import change_setting

    say(f"{name} = {clean(change_setting(name, None)) or '(nothing)'} (default)")
