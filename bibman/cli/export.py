"""`export`."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from bibman.cli.groups import group
from bibman.cli.layout import takes_layout
from bibman.cli.output import note, warn, write_out
from bibman.cli.selection import CitedIn, KeysOrAll, Query, citations, selected_or_all
from bibman.cli.session import session_of
from bibman.errors import PartialError, UsageError

if TYPE_CHECKING:
    from bibman.formats.bibtex_layout import Layout

app = group()


@app.command("export")
@takes_layout
def export(
    context: typer.Context,
    keys: KeysOrAll = None,
    query: Query = None,
    cited_in: CitedIn = None,
    source: Annotated[
        str | None,
        typer.Option("--source", metavar="FILE", help="A .bib as it was read, with what was changed since."),
    ] = None,
    append: Annotated[
        bool, typer.Option("--append", help="With --source: also entries that came in since, at its end.")
    ] = False,
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
    from bibman.formats.bibtex_layout import PLAIN
    from bibman.services.configuration import setting
    from bibman.services.export import export as make
    from bibman.services.files import STANDARD
    from bibman.services.wording import counted, listed

    dialect: Any = format_ or setting("export-format")
    if dialect not in ("bibtex", "biblatex"):
        raise UsageError(f"no such format: {dialect}", "It is `bibtex` or `biblatex`")
    if source is not None:
        if keys or query or cited_in or tags or notes or layout != PLAIN:
            raise UsageError(
                "--source gives back a whole file as it was",
                "Leave keys, -q, --cited-in, --tags, --notes and layout away; `bibman format` lays a file out anew",
            )
        _give_back(context, source, output, dialect if append else None)
        return
    if append:
        raise UsageError("--append goes with --source", "Name the .bib that was read")
    cited = citations(cited_in)
    with session_of(context).reading() as reader:
        made = make(
            reader, selected_or_all(keys, query), dialect, layout, cited=cited, tags=tags, notes=notes,
            include_unidentified=include_unidentified,
        )  # fmt: skip
        write_out(output, map(str.encode, made.pieces))
        if output != STANDARD:
            note(f"{counted(made.entries, 'entry', 'entries')} in {output}")
    for remark in (*(cited.remarks if cited else ()), *made.remarks):
        warn(remark)
    if made.left_out:
        warn(f"left out, since not identified: {listed(list(made.left_out))} (--include-unidentified takes them in)")
    for each in made.missing:
        note(f"bibman: {each}")
    if made.missing:
        raise typer.Exit(PartialError.exit_code)


def _give_back(context: typer.Context, source: str, output: str, append_as: Any) -> None:
    from bibman.services.give_back import GivenBack, give_back
    from bibman.services.readings import find_source
    from bibman.services.wording import counted, listed

    told = GivenBack()
    with session_of(context).reading() as reader:
        write_out(output, give_back(reader, find_source(reader, source), told, append_as))
    for keys, what in (
        (told.changed, "changed"),
        (told.left_out, "left out, since removed"),
        (told.appended, "appended"),
    ):
        if keys:
            note(f"{counted(len(keys), 'entry', 'entries')} {what}: {listed(list(dict.fromkeys(keys)))}")
