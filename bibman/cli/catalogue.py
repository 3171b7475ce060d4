"""`catalogue build`, `catalogue list`, `catalogue remove`."""

from pathlib import Path
from typing import Annotated

import typer

from bibman.cli.groups import group
from bibman.cli.output import Column, Progress, clean, emit_json, say, table, warn
from bibman.errors import PartialError

app = group("Build local files of known works, in which passages are looked up.", no_args_is_help=True)


@app.command("build")
def build(
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", help="JSON Lines files, one work a line.")],
    name: Annotated[
        str | None, typer.Option("--name", metavar="NAME", help="The name; the first file's otherwise.")
    ] = None,
) -> None:
    """Build a catalogue, in the place of the one with the same name."""
    from bibman.services.catalogues import build as make
    from bibman.services.configuration import catalogue_folder
    from bibman.services.wording import counted

    size = sum(file.stat().st_size for file in files if file.is_file())
    progress = Progress("Reading bytes")
    called, report = make(catalogue_folder(), files, name, lambda done: progress(done, size))
    progress.close()
    for line in report.first_rejected:
        warn(f"{line.file}, line {line.line}: {line.reason}")
    if report.rejected > len(report.first_rejected):
        warn(f"and {report.rejected - len(report.first_rejected):,} more lines that are no works")
    say(f"catalogue {clean(called)}: {counted(report.works, 'work')}")
    if report.rejected:
        raise typer.Exit(PartialError.exit_code)


@app.command("list")
def list_catalogues(as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False) -> None:
    """List the catalogues in the order in which they are asked."""
    from bibman.services.catalogues import listing
    from bibman.services.configuration import catalogue_folder

    found = listing(catalogue_folder())
    if as_json:
        emit_json(
            [
                {"name": each.name, "works": each.works, "built_at": each.built_at, "path": str(each.path)}
                for each in found
            ]
        )
    else:
        columns = (Column("name"), Column("works", right=True), Column("built at"), Column("path", least=16))
        table(columns, ((each.name, f"{each.works:,}", each.built_at, str(each.path)) for each in found))


@app.command("remove")
def remove(name: Annotated[str, typer.Argument(metavar="NAME", help="A catalogue.")]) -> None:
    """Remove a catalogue. Entries that were identified by it stay as they are."""
    from bibman.services.catalogues import remove as take_away
    from bibman.services.configuration import catalogue_folder

    take_away(catalogue_folder(), name)
    say(f"removed the catalogue {clean(name)}")
