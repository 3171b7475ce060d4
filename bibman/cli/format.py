"""`format`."""

import sys
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bibman.cli.groups import group
from bibman.cli.layout import takes_layout
from bibman.cli.output import clean, is_terminal, note, say, warn
from bibman.errors import BibmanError, PartialError, UsageError

if TYPE_CHECKING:
    from bibman.formats.bibtex_layout import Layout

app = group()


@app.command("format")
@takes_layout
def format_(
    files: Annotated[
        list[str] | None, typer.Argument(metavar="[FILE]...", help="Files in BibTeX; `-`, or none, is standard input.")
    ] = None,
    write: Annotated[bool, typer.Option("--write", "-w", help="Put the result in the file's place.")] = False,
    check: Annotated[
        bool, typer.Option("--check", help="Write nothing; name the files that would change, and end with 1.")
    ] = False,
    dialect: Annotated[
        str | None,
        typer.Option(
            "--format", "-f", metavar="bibtex|biblatex", help="Convert to this dialect; else none is changed."
        ),
    ] = None,
    encoding: Annotated[
        str | None, typer.Option("--encoding", metavar="NAME", help="The encoding; found out otherwise.")
    ] = None,
    *,
    layout: "Layout",
) -> None:
    """Format .bib files; what they say, and their comments, stay."""
    from bibman.services.files import STANDARD
    from bibman.services.format import format_file

    names = files or [STANDARD]
    given: Any = dialect
    if given not in (None, "bibtex", "biblatex"):
        raise UsageError(f"no such format: {given}", "It is `bibtex` or `biblatex`")
    if write and check:
        raise UsageError("--write and --check exclude each other", "Give one of them")
    if write and STANDARD in names:
        raise UsageError("standard input has no place to write to", "Name a file, or leave --write out")
    if len(names) > 1 and not (write or check):
        raise UsageError("several files would be printed as one", "Say --write or --check, or name one file")
    codes = [0]
    for name in names:
        try:
            formatted = format_file(name, layout, given, encoding, on_note=warn)
            if write and formatted.changed:
                formatted.write()
        except BibmanError as error:
            if len(names) == 1:
                raise
            note(f"bibman: {error}")
            codes.append(error.exit_code)
            continue
        for problem in formatted.problems:
            note(f"{name}:{problem.line}:{problem.column}: {problem.message}; left as it is")
            codes.append(PartialError.exit_code)
        if not (check or write):
            _show(formatted.text, formatted.data)
        elif formatted.changed and check:
            say(clean(name))
            codes.append(1)
        elif formatted.changed:
            note(f"{name} formatted")
    if any(codes):
        raise typer.Exit(max(codes))


def _show(text: str, data: bytes) -> None:
    if is_terminal():
        say(clean(text).rstrip("\n"))
    else:
        sys.stdout.flush()
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
