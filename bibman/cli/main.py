"""The command `bibman`: its groups of commands, and the one place where errors become messages."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from bibman import __version__
from bibman.cli import browse, catalogue, config, entry, export, history, ingest, library, note, tag
from bibman.cli.output import clean
from bibman.cli.session import Session
from bibman.errors import BibmanError

app = typer.Typer(
    name="bibman",
    help="Keep what you read, find it again, and give LaTeX a .bib that compiles.",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
for room in (ingest, browse, entry, export, history):
    room.register(app)
for group in (tag, note, catalogue, library, config):
    app.add_typer(group.app)
app.add_typer(entry.keys)


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
    _debug: Annotated[bool, typer.Option("--debug", help="Show where in the program an error arose.")] = False,
    _version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version and exit.")
    ] = False,
) -> None:
    """Keep what you read, find it again, and give LaTeX a .bib that compiles."""
    context.obj = Session(library)


def run() -> None:
    """Runs the command that the arguments name, and exits with its code."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    try:
        app(prog_name="bibman")
    except BibmanError as error:
        _fail(str(error), error, error.exit_code)
    except UnicodeEncodeError as error:
        _fail(f"an argument is not valid UTF-8: {error.object!a}", error, 2)
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
