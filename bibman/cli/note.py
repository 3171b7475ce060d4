"""`note add`, `note edit`, `note list`, `note show`, `note remove`, `note export`."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bibman.cli.completion import complete_key
from bibman.cli.groups import group
from bibman.cli.output import Column, clean, coloured, emit_json, say, table, warn, write_out
from bibman.cli.output import note as remark
from bibman.cli.selection import Query, selected_or_all
from bibman.cli.session import session_of
from bibman.errors import PartialError, UsageError

if TYPE_CHECKING:
    from bibman.storage.answers import Note

app = group("Keep notes in Markdown on entries.", no_args_is_help=True)

Which = Annotated[
    str,
    typer.Argument(
        metavar="NOTE", help="A note's number, or the key of an entry with one note.", autocompletion=complete_key
    ),
]
Words = Annotated[str | None, typer.Argument(metavar="[TEXT]", help="The note; without it, standard input or $EDITOR.")]
File = Annotated[str | None, typer.Option("--file", "-f", metavar="FILE", help="Take the text from a file.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@app.command("add")
def add(
    context: typer.Context,
    key: Annotated[str, typer.Argument(metavar="KEY", help="A key or alias.", autocompletion=complete_key)],
    text: Words = None,
    file: File = None,
) -> None:
    """Add a note to an entry."""
    from bibman.cli.editor import given_text
    from bibman.services.notes import add as add_note

    session = session_of(context)
    with session.reading() as reader:
        reader.ids([key])
    with given_text(text, file, "") as words, session.writing() as library:
        note = add_note(library, key, words)
    say(f"note {note.id} on {clean(note.key)}")


@app.command("edit")
def edit(context: typer.Context, which: Which, text: Words = None, file: File = None) -> None:
    """Give a note another text; without one, $EDITOR opens with the old."""
    from bibman.cli.editor import given_text
    from bibman.services.notes import edit as edit_note
    from bibman.services.notes import find

    session = session_of(context)
    with session.reading() as reader:
        old = find(reader, which)
    with given_text(text, file, old.text) as words, session.writing() as library:
        note = edit_note(library, str(old.id), words, old.text)
    unchanged = " (unchanged)" if note.text == old.text else ""
    say(f"note {note.id} on {clean(note.key)}{unchanged}")


@app.command("list")
def list_notes(
    context: typer.Context,
    keys: Annotated[
        list[str] | None,
        typer.Argument(metavar="[KEY]...", help="Of these entries; of all without.", autocompletion=complete_key),
    ] = None,
    query: Query = None,
    as_json: AsJson = False,
) -> None:
    """List notes, each with its number."""
    chosen = selected_or_all(keys, query)
    with session_of(context).reading() as reader:
        notes = reader.notes(chosen.ids(reader) if chosen.is_made else None)
    if as_json:
        emit_json([_as_json(note) for note in notes])
    else:
        columns = (
            Column("note", right=True),
            Column("key", coloured("cyan")),
            Column("date"),
            Column("text", least=16),
        )
        table(columns, ((str(note.id), note.key, note.created_at[:10], note.text) for note in notes))


@app.command("show")
def show(context: typer.Context, which: Which, as_json: AsJson = False) -> None:
    """Print a note as it is."""
    from bibman.services.notes import find

    with session_of(context).reading() as reader:
        note = find(reader, which)
    if as_json:
        emit_json(_as_json(note))
    else:
        for line in note.text.splitlines():
            say(clean(line))


@app.command("remove")
def remove(
    context: typer.Context,
    which: Annotated[
        list[str],
        typer.Argument(
            metavar="NOTE...", help="Numbers, or keys of entries with one note.", autocompletion=complete_key
        ),
    ],
) -> None:
    """Remove notes; `bibman undo` brings them back."""
    from bibman.services.notes import remove as remove_notes

    with session_of(context).writing() as library:
        for note in remove_notes(library, which):
            say(f"removed note {note.id} from {clean(note.key)}")


@app.command("export")
def export(
    context: typer.Context,
    keys: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[KEY]...", help="Of these entries; of all with notes without.", autocompletion=complete_key
        ),
    ] = None,
    query: Query = None,
    folder: Annotated[
        Path | None, typer.Option("--to", metavar="FOLDER", help="Write a Markdown file for each entry there.")
    ] = None,
    bibliography: Annotated[
        str | None,
        typer.Option("--bibliography", metavar="FILE", help="Write one annotated bibliography; `-` prints it."),
    ] = None,
) -> None:
    """Write notes as Markdown. For Obsidian or Zettlr, or as one annotated bibliography."""
    from bibman.services import note_export
    from bibman.services.wording import counted

    if (folder is None) == (bibliography is None):
        raise UsageError("it is not said where to", "Say --to FOLDER or --bibliography FILE")
    chosen = selected_or_all(keys, query)
    selection = chosen if chosen.is_made else None
    with session_of(context).reading() as reader:
        if folder is None:
            write_out(bibliography or "-", map(str.encode, note_export.bibliography(reader, selection)))
            return
        done = note_export.export_notes(reader, folder, selection)
    unchanged = f", {done.unchanged:,} unchanged" if done.unchanged else ""
    remark(f"{counted(done.written, 'file')} written to {folder}{unchanged}")
    for path in done.kept:
        warn(f"{path} was not written by bibman, or edited since, and is kept; remove it to have it written anew")
    if done.kept:
        raise typer.Exit(PartialError.exit_code)


def _as_json(note: "Note") -> dict[str, Any]:
    return {
        "id": note.id,
        "key": note.key,
        "text": note.text,
        "created_at": note.created_at,
        "changed_at": note.changed_at,
    }
