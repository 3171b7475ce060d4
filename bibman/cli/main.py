"""The command `bibman`: its groups of commands, and the one place where errors become messages."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Annotated, Any

import typer
from typer._click.exceptions import NoArgsIsHelpError
from typer._click.exceptions import UsageError as ClickUsageError
from typer.core import TyperGroup
from typer.main import get_group

from bibman import __version__
from bibman.cli.groups import group
from bibman.cli.output import clean
from bibman.cli.session import Session
from bibman.errors import BibmanError, UsageError

COMMANDS = {
    "ingest": "ingest",
    "add": "add",
    "identify": "identify",
    "update": "update",
    "search": "search",
    "list": "browse",
    "show": "browse",
    "new": "entry",
    "edit": "entry",
    "remove": "entry",
    "export": "export",
    "check": "check",
    "format": "format",
    "roundtrip": "roundtrip",
    "duplicates": "duplicates",
    "distinct": "duplicates",
    "merge": "merge",
    "undo": "history",
    "redo": "history",
    "history": "history",
    "history prune": "history",
}
"""Command → the module of this room that has it. One of two words stands beside one that takes keys."""
GROUPS = {
    "tag": "tag",
    "note": "note",
    "saved": "saved",
    "key": "key",
    "passages": "passages",
    "review": "review",
    "catalogue": "catalogue",
    "library": "library",
    "config": "config",
}
"""Group of commands → the module of this room that is it."""
SECTIONS = {
    "Read in": ("ingest", "add", "identify", "review", "passages", "new"),
    "Find": ("search", "list", "show", "saved"),
    "Organise": ("tag", "note", "key", "edit", "remove"),
    "Clean up": ("check", "update", "duplicates", "distinct", "merge"),
    "Write for LaTeX": ("export", "format", "roundtrip"),
    "Take back": ("undo", "redo", "history", "history prune"),
    "Look after": ("library", "catalogue", "config"),
}
"""What help shows under which heading, in what order."""


@contextmanager
def _told_in_a_line() -> Iterator[None]:
    """Turns what Click says of a wrong call, in four lines, into one of bibman's errors."""
    try:
        yield
    except ClickUsageError as error:  # Typer has no public name for it
        if isinstance(error, NoArgsIsHelpError):
            raise
        message = error.format_message().strip().rstrip(".")
        # Click's parser does not say of which command an option lacks its value.
        command = error.ctx.command_path if error.ctx else "bibman"
        advice = f"`{command} --help` says more"
        raise UsageError(message[:1].lower() + message[1:], advice) from error


class Commands(TyperGroup):
    """The commands; a module is imported only when one of its commands is called or asked for help."""

    def main(self, *arguments: Any, **options: Any) -> Any:
        """Runs the command, or tells a shell what may stand where its user is writing."""
        from bibman.cli.shells import teach

        teach()
        return super().main(*arguments, **options)

    def make_context(self, *arguments: Any, **options: Any) -> Any:
        """Reads the options before the command."""
        with _told_in_a_line():
            return super().make_context(*arguments, **options)

    def invoke(self, ctx: Any) -> Any:
        """Reads what follows the command, and runs it."""
        with _told_in_a_line():
            return super().invoke(ctx)

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """The name and the command that the arguments begin with, and the arguments that are left."""
        name = " ".join(args[:2])
        if len(args) > 1 and name in COMMANDS:
            return name, self.get_command(ctx, name), args[2:]
        return super().resolve_command(ctx, args)

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ARG002 - the interface of the class above
        """The names of all commands and groups, in the order in which help shows them."""
        return [name for names in SECTIONS.values() for name in names]

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        """Writes the commands, each with the first sentence of its help, by what they are for."""
        longest = max(map(len, self.list_commands(ctx)))
        room = formatter.width - longest - 4
        for heading, names in SECTIONS.items():
            with formatter.section(heading):
                shown = [(name.ljust(longest), self.get_command(ctx, name).get_short_help_str(room)) for name in names]
                formatter.write_dl(shown)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:  # noqa: ARG002 - the interface of the class above
        """The command or group of a name; None where there is none."""
        if cmd_name in GROUPS:
            return _group(GROUPS[cmd_name])
        return _group(COMMANDS[cmd_name]).commands[cmd_name] if cmd_name in COMMANDS else None


def _group(module: str) -> TyperGroup:
    return get_group(import_module(f"bibman.cli.{module}").app)


app = group(
    "Keep what you read, find it again, and give LaTeX a .bib that compiles.",
    name="bibman",
    cls=Commands,
    no_args_is_help=True,
)


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"bibman {__version__}")
        raise typer.Exit


@app.callback()
def bibman(
    context: typer.Context,
    library: Annotated[
        Path | None,
        typer.Option("--library", "-l", metavar="FILE", help="The library to use, instead of BIBMAN_LIBRARY's."),
    ] = None,
    offline: Annotated[bool, typer.Option("--offline", help="Ask no service outside, whatever is set.")] = False,
    _debug: Annotated[bool, typer.Option("--debug", help="Show where in the program an error arose.")] = False,
    _version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version and exit.")
    ] = False,
) -> None:
    """Keep what you read, find it again, and give LaTeX a .bib that compiles."""
    context.obj = Session(library, offline)


def run() -> None:
    """Runs the command that the arguments name, and exits with its code."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        # Whoever starts bibman may have closed them.
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))  # noqa: PTH123, SIM115 - as long as bibman runs
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    try:
        app(prog_name="bibman")
    except BibmanError as error:
        _fail(str(error), error, error.exit_code)
    except UnicodeEncodeError as error:
        _fail(f"an argument is not valid UTF-8: {error.object!a}", error, 2)
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        _fail(f"{error.filename}: {reason}" if error.filename else f"cannot read or write: {reason}", error, 1)
    except RecursionError as error:
        _fail("the input is nested too deeply", error, 1)
    except MemoryError as error:
        _fail("there is not enough memory for this", error, 1)
    except Exception as error:  # noqa: BLE001 - the last resort: nobody should meet a traceback unasked
        _fail(f"an error that should not happen: {error!r}. `bibman --debug …` shows where it arose", error, 1)


def _fail(message: str, error: BaseException, code: int) -> None:
    if "--debug" in sys.argv[1:]:
        raise error
    typer.echo(f"bibman: {clean(' '.join(message.split()))}", err=True)
    sys.exit(code)
