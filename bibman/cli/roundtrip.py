"""`roundtrip`."""

from typing import Annotated

import typer

from bibman.cli.groups import group
from bibman.cli.output import Progress, clean, note, say
from bibman.errors import BibmanError

app = group()


@app.command("roundtrip")
def roundtrip(
    files: Annotated[list[str], typer.Argument(metavar="FILE...", help="Files in BibTeX; `-` is standard input.")],
    encoding: Annotated[
        str | None, typer.Option("--encoding", metavar="NAME", help="The encoding; found out otherwise.")
    ] = None,
) -> None:
    """Prove that .bib files are read without loss. Nothing is printed for a sound one, and no library is touched."""
    from bibman.services.roundtrip import findings

    progress = Progress("Files read")
    is_sound = True
    for number, name in enumerate(files):
        progress(number, len(files))
        try:
            for finding in findings(name, encoding):
                is_sound = False
                progress.close()
                say(clean(finding))
        except BibmanError as error:
            if len(files) == 1:
                raise
            is_sound = False
            note(f"bibman: {error}")
    progress.close()
    if not is_sound:
        raise typer.Exit(1)
