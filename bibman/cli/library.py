"""`library info`, `path`, `backup`, `restore`, `verify`, `rebuild`."""

from pathlib import Path
from typing import Annotated

import typer

from bibman.cli.groups import group
from bibman.cli.output import Progress, clean, emit_json, say
from bibman.cli.session import session_of
from bibman.errors import UsageError

app = group("Look after the library's file.", no_args_is_help=True)


@app.command("info")
def info(context: typer.Context, as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False) -> None:
    """Show where the library is and what is in it."""
    from bibman.storage.schema import REVISION

    session = session_of(context)
    path = session.path
    with session.reading() as reader:
        counts = reader.counts()
    about = {"path": str(path.absolute()), "bytes": path.stat().st_size, "revision": REVISION, **counts}
    if as_json:
        emit_json(about)
    else:
        width = max(map(len, about))
        for name, value in about.items():
            say(f"{name.ljust(width)}  {f'{value:,}' if isinstance(value, int) else clean(str(value))}")


@app.command("path")
def path(context: typer.Context) -> None:
    """Print the path of the library, whether it is there or not."""
    say(clean(str(session_of(context).path.absolute())))


@app.command("backup")
def backup(
    context: typer.Context,
    target: Annotated[Path, typer.Argument(metavar="FILE", help="A new file, or a folder.")],
) -> None:
    """Copy the library, even while others write to it."""
    from bibman.services.library import backup as copy

    say(clean(str(copy(session_of(context).path, target))))


@app.command("restore")
def restore(
    context: typer.Context,
    backup_file: Annotated[Path, typer.Argument(metavar="BACKUP", help="A backup.")],
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
) -> None:
    """Put a backup in the library's place. What is there now is kept beside it."""
    import sys

    from bibman.services.library import restore as put_back
    from bibman.services.wording import counted

    library = session_of(context).path
    if library.exists() and not yes:
        if not sys.stdin.isatty():
            raise UsageError(f"{library} is there already", "--yes puts the backup in its place")
        typer.confirm(f"Put {backup_file} in the place of {library}?", abort=True)
    done = put_back(library, backup_file)
    say(f"restored {counted(done.entries, 'entry', 'entries')} to {clean(str(library))}")
    if done.kept is not None:
        say(f"what was there is kept as {clean(str(done.kept))}")


@app.command("verify")
def verify(context: typer.Context) -> None:
    """Check that the file is whole. Everything derived has to agree with the entries."""
    with session_of(context).checking() as library:
        findings = library.verify()
    for finding in findings:
        say(clean(finding))
    if findings:
        raise typer.Exit(1)
    say("the library is sound")


@app.command("rebuild")
def rebuild(context: typer.Context) -> None:
    """Derive everything anew from the entries. The full-text index too."""
    from bibman.services.wording import counted

    progress = Progress("Rebuilding")
    with session_of(context).writing() as library:
        entries = library.rebuild(progress)
        progress.close()
    say(f"rebuilt {counted(entries, 'entry', 'entries')}")
