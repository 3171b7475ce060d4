"""`export`."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bibman.cli.completion import complete_key
from bibman.cli.groups import group
from bibman.cli.layout import takes_layout
from bibman.cli.output import clean, is_terminal, note, say, warn
from bibman.cli.session import session_of
from bibman.errors import PartialError, UsageError

if TYPE_CHECKING:
    from bibman.formats.bibtex_layout import Layout
    from bibman.services.citations import Cited

app = group()


@app.command("export")
@takes_layout
def export(
    context: typer.Context,
    keys: Annotated[
        list[str] | None,
        typer.Argument(metavar="[KEY]...", help="Keys or aliases; all entries without.", autocompletion=complete_key),
    ] = None,
    cited_in: Annotated[
        list[str] | None,
        typer.Option(
            "--cited-in",
            metavar="FILE",
            help="What a paper cites, by its .aux, .bcf or .tex; may be said several times.",
        ),
    ] = None,
    output: Annotated[str, typer.Option("--output", "-o", metavar="FILE", help="The file to write.")] = "-",
    format_: Annotated[
        str | None, typer.Option("--format", "-f", metavar="bibtex|biblatex", help="The dialect to write.")
    ] = None,
    tags: Annotated[bool, typer.Option("--tags", help="Add the tags to the field keywords.")] = False,
    notes: Annotated[bool, typer.Option("--notes", help="Add the notes to the field annote or annotation.")] = False,
    include_unidentified: Annotated[
        bool, typer.Option("--include-unidentified", help="Also entries whose work is not known.")
    ] = False,
    *,
    layout: "Layout",
) -> None:
    """Write entries as a .bib for LaTeX, sorted by key."""
    from bibman.services.configuration import setting
    from bibman.services.export import export as make
    from bibman.services.files import STANDARD, write_whole
    from bibman.services.wording import counted, listed

    dialect: Any = format_ or setting("export-format")
    if dialect not in ("bibtex", "biblatex"):
        raise UsageError(f"no such format: {dialect}", "It is `bibtex` or `biblatex`")
    cited = _citations(cited_in) if cited_in else None
    with session_of(context).reading() as reader:
        made = make(
            reader, keys or [], dialect, layout, cited=cited, tags=tags, notes=notes,
            include_unidentified=include_unidentified,
        )  # fmt: skip
        if output == STANDARD and is_terminal():
            for piece in made.pieces:
                say(clean(piece).rstrip("\n"))
        elif output == STANDARD:
            sys.stdout.flush()
            sys.stdout.buffer.writelines(map(str.encode, made.pieces))
            sys.stdout.buffer.flush()
        else:
            write_whole(Path(output), map(str.encode, made.pieces))
            note(f"{counted(made.entries, 'entry', 'entries')} in {output}")
    for remark in (*(cited.remarks if cited else ()), *made.remarks):
        warn(remark)
    if made.left_out:
        warn(f"left out, since not identified: {listed(list(made.left_out))} (--include-unidentified takes them in)")
    for each in made.missing:
        note(f"bibman: {each}")
    if made.missing:
        raise typer.Exit(PartialError.exit_code)


def _citations(names: list[str]) -> "Cited":
    from bibman.services.citations import cited_in

    return cited_in(names)
