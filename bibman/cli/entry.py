"""`new`, `edit`, `remove`."""

import sys
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bibman.cli.assignments import assignments
from bibman.cli.editor import edited_until_right
from bibman.cli.groups import group
from bibman.cli.output import clean, emit_json, note, say, warn
from bibman.cli.selection import Keys, Query, selected
from bibman.cli.session import Session, session_of
from bibman.errors import UsageError

if TYPE_CHECKING:
    from bibman.model.entry import Entry
    from bibman.services.selection import Selection

Values = Annotated[
    list[str] | None,
    typer.Option("--set", "-s", metavar="FIELD=VALUE", help="Set a field to BibTeX text; may be said several times."),
]

MOST_KEYS = 10
_SET = "FIELD=VALUE", "--set year=2023"
_RENAME_FIELD = "OLD=NEW", "--rename-field annote=note"

app = group()


@app.command("new")
def new(
    context: typer.Context,
    type_: Annotated[
        str | None,
        typer.Argument(metavar="[TYPE]", help="An entry type, such as article; without it BibTeX is read."),
    ] = None,
    values: Values = None,
    key: Annotated[
        str | None, typer.Option("--key", metavar="KEY", help="The key; made by the pattern otherwise.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Make new entries. One of the values given, or those in BibTeX from standard input or $EDITOR."""
    from bibman.services.configuration import setting
    from bibman.services.entries import checked_entry
    from bibman.services.entries import new as make

    if type_ is None and values:
        raise UsageError("the entry type is missing", "Say it first, such as `bibman new article --set title=…`")
    is_written = type_ is None or (not values and sys.stdin.isatty())
    if is_written:
        made = _made_as_bibtex(session_of(context), type_ or "article", key)
    else:
        described = checked_entry(type_ or "", assignments(values, *_SET), key)
        pattern = setting("key-pattern")
        with session_of(context).writing(create=True) as library:
            made = [make(library, described, pattern)]
    if as_json:
        told = [{"key": entry.key, "type": entry.type} for entry in made]
        emit_json(told if is_written else told[0])
    else:
        say(f"made {clean(', '.join(entry.key for entry in made))}" if made else "nothing was made")


def _made_as_bibtex(session: Session, type_: str, key: str | None) -> "list[Entry]":
    from bibman.services.bibtex_text import described, make, template
    from bibman.services.configuration import setting

    dialect: Any = setting("export-format")
    pattern = setting("key-pattern")
    is_filled_in = sys.stdin.isatty()

    def accept(text: str) -> "list[Entry]":
        described(text, is_filled_in=is_filled_in)  # what cannot be made makes no library
        with session.writing(create=True) as library:
            return make(library, text, pattern, key, is_filled_in=is_filled_in)

    advice = "fill in what you know; fields that stay empty go, and the key is made if you give none"
    return edited_until_right(template(type_, dialect), advice, accept) or []


@app.command("edit")
def edit(
    context: typer.Context,
    keys: Keys = None,
    query: Query = None,
    values: Values = None,
    unset: Annotated[
        list[str] | None,
        typer.Option("--unset", "-u", metavar="FIELD", help="Take a field away; may be said several times."),
    ] = None,
    type_: Annotated[str | None, typer.Option("--type", metavar="TYPE", help="Give another entry type.")] = None,
    renamed: Annotated[
        list[str] | None,
        typer.Option("--rename-field", metavar="OLD=NEW", help="Give a field another name; may be said several times."),
    ] = None,
    replaced: Annotated[
        tuple[str, str, str] | None,
        typer.Option("--replace", metavar="FIELD OLD NEW", help="Replace a text in the values of a field."),
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", "-n", help="Show what would differ and write nothing.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print what differs as JSON.")] = False,
) -> None:
    """Change entries, one or many. Fields that are named, or all as BibTeX in $EDITOR or from standard input."""
    from bibman.services.wording import counted, listed

    if not (values or unset or type_ or renamed or replaced):
        if dry_run or as_json:
            raise UsageError("it is not said what to edit", "Say it, such as --set year=2021")
        changed = _edited_as_bibtex(session_of(context), selected(keys, query))
        say(f"edited {clean(', '.join(entry.key for entry in changed))}" if changed else "nothing was different")
        return
    from bibman.cli.differences import as_json as told
    from bibman.cli.differences import show_differences
    from bibman.services.configuration import setting
    from bibman.services.edits import checked_edits
    from bibman.services.entries import edit as change

    chosen = selected(keys, query)
    edits = checked_edits(
        assignments(values, *_SET).items(),
        unset or (),
        type_,
        assignments(renamed, *_RENAME_FIELD).items(),
        [replaced] if replaced else (),
    )
    session = session_of(context)
    with session.checking() if dry_run else session.writing() as library:
        done = change(library, chosen, edits, setting("key-pattern"), dry_run=dry_run)
    if as_json:
        emit_json([{"key": entry.key, "differences": told(found)} for entry, found in done.changed])
        return
    if dry_run:
        for entry, found in done.changed:
            show_differences(found, heading=[entry.key])
    edited = [entry.key for entry, _ in done.changed]
    replacements = f" ({counted(done.replacements, 'replacement')})" if replaced else ""
    if not edited:
        say("nothing was different") if not dry_run else note("nothing would be different")
    elif dry_run:
        note(f"{counted(len(edited), 'entry', 'entries')} would be edited{replacements}; nothing was written")
    else:
        say(f"edited {clean(listed(edited, MOST_KEYS))}{replacements}")


def _edited_as_bibtex(session: Session, chosen: "Selection") -> "list[Entry]":
    from bibman.services.bibtex_text import opened, save
    from bibman.services.configuration import setting

    pattern = setting("key-pattern")
    with session.reading() as reader:
        before = opened(reader, chosen)

    def accept(text: str) -> "list[Entry]":
        with session.writing() as library:
            return save(library, before, text, pattern)

    advice = "change what you like; left as it is, or emptied, nothing changes"
    return edited_until_right(before.text, advice, accept) or []


@app.command("remove")
def remove(context: typer.Context, keys: Keys = None, query: Query = None) -> None:
    """Remove entries with their tags and notes. `bibman undo` brings them back."""
    from bibman.services.entries import remove as take_away
    from bibman.services.wording import listed

    chosen = selected(keys, query)
    with session_of(context).writing() as library:
        removed = take_away(library, chosen)
    if not removed:
        note("nothing was removed: no entry is meant")
    for key, referring in removed.items():
        say(f"removed {clean(key)}")
        if referring:
            warn(f"{key} is still named by {listed(referring)}, as crossref, xdata or the like")
