"""How every group of commands is set up."""

from typing import Any

import typer


def group(help_: str = "", **settings: Any) -> typer.Typer:
    """A group of commands with its help.

    Plain text and plain errors: rich takes half the time of a short command, and boxes help nobody who pipes.
    """
    return typer.Typer(
        help=help_,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
        **settings,
    )
