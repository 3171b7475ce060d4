"""`tag add`, `tag remove`, `tag list`, `tag rename`."""

from typing import Annotated

import typer

from bibman.cli.completion import complete_key, complete_tag
from bibman.cli.groups import group
from bibman.cli.output import Column, clean, coloured, emit_json, say, table
from bibman.cli.session import session_of

app = group("Put tags on entries, take them off, rename them.", no_args_is_help=True)

Tags = Annotated[str, typer.Argument(metavar="TAG[,TAG...]", help="Tags; `/` nests.", autocompletion=complete_tag)]
Keys = Annotated[list[str], typer.Argument(metavar="KEY...", help="Keys or aliases.", autocompletion=complete_key)]


@app.command("add")
def add(context: typer.Context, tags: Tags, keys: Keys) -> None:
    """Put tags on entries."""
    from bibman.services.tags import add as add_tags
    from bibman.services.wording import counted

    with session_of(context).writing() as library:
        done = add_tags(library, tags, keys)
    already = "" if done.changed else ", which had them already"
    say(f"tagged {counted(done.entries, 'entry', 'entries')} {clean(', '.join(done.tags))}{already}")


@app.command("remove")
def remove(context: typer.Context, tags: Tags, keys: Keys) -> None:
    """Take tags off entries; a tag that no entry has any more goes away."""
    from bibman.services.tags import remove as remove_tags
    from bibman.services.wording import counted

    with session_of(context).writing() as library:
        done = remove_tags(library, tags, keys)
    already = "" if done.changed else ", which did not have them"
    say(f"took {clean(', '.join(done.tags))} off {counted(done.entries, 'entry', 'entries')}{already}")


@app.command("list")
def list_tags(
    context: typer.Context, as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False
) -> None:
    """List the tags with how many entries have each."""
    with session_of(context).reading() as reader:
        tags = reader.tags()
    if as_json:
        emit_json([{"tag": tag.name, "entries": tag.entries} for tag in tags])
    else:
        columns = (Column("tag", coloured("green")), Column("entries", right=True))
        table(columns, ((tag.name, str(tag.entries)) for tag in tags))


@app.command("rename")
def rename(
    context: typer.Context,
    old: Annotated[str, typer.Argument(metavar="OLD", help="The tag.", autocompletion=complete_tag)],
    new: Annotated[str, typer.Argument(metavar="NEW", help="What it is to be called.", autocompletion=complete_tag)],
) -> None:
    """Rename a tag and those below it; two tags become one where the new name is there already."""
    from bibman.services.tags import rename as rename_tag

    with session_of(context).writing() as library:
        done = rename_tag(library, old, new)
    for before, after in done.renamed:
        say(f"{clean(before)} is now {clean(after)}")
    if done.merged:
        say("entries of both have the one tag now")
