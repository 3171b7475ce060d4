"""`tag add`, `tag remove`, `tag list`, `tag rename`, `tag merge`, `tag delete`, `tag suggest`."""

from typing import TYPE_CHECKING, Annotated

import typer

from bibman.cli.completion import complete_tag
from bibman.cli.groups import group
from bibman.cli.output import Column, clean, coloured, emit_json, is_terminal, note, say, table
from bibman.cli.selection import Keys, Query, selected
from bibman.cli.session import session_of

if TYPE_CHECKING:
    from bibman.services.tags import Renaming

app = group("Put tags on entries; list, rename, merge and suggest tags.", no_args_is_help=True)

Tags = Annotated[str, typer.Argument(metavar="TAG[,TAG...]", help="Tags; `/` nests.", autocompletion=complete_tag)]


@app.command("add")
def add(context: typer.Context, tags: Tags, keys: Keys = None, query: Query = None) -> None:
    """Put tags on entries."""
    from bibman.services.tags import add as add_tags
    from bibman.services.wording import counted

    chosen = selected(keys, query)
    with session_of(context).writing() as library:
        done = add_tags(library, tags, chosen)
    already = "" if done.changed or not done.entries else ", which had them already"
    say(f"tagged {counted(done.entries, 'entry', 'entries')} {clean(', '.join(done.tags))}{already}")


@app.command("remove")
def remove(context: typer.Context, tags: Tags, keys: Keys = None, query: Query = None) -> None:
    """Take tags off entries. A tag that no entry has any more goes away."""
    from bibman.services.tags import remove as remove_tags
    from bibman.services.wording import counted

    chosen = selected(keys, query)
    with session_of(context).writing() as library:
        done = remove_tags(library, tags, chosen)
    already = "" if done.changed or not done.entries else ", which did not have them"
    say(f"took {clean(', '.join(done.tags))} off {counted(done.entries, 'entry', 'entries')}{already}")


@app.command("list")
def list_tags(
    context: typer.Context, as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False
) -> None:
    """List the tags as a tree. It counts the entries of each, and those with the tags below it."""
    from bibman.services.tag_tree import counted_tree

    with session_of(context).reading() as reader:
        branches = counted_tree(reader)
    tags = [each for each in branches if each.is_tag]
    if as_json:
        emit_json([{"tag": each.path, "entries": each.entries, "with_children": each.with_children} for each in tags])
        return
    columns = (
        Column("tag", coloured("green"), is_indented=True),
        Column("entries", right=True),
        Column("with children", right=True),
    )
    shown = (
        [("  " * each.depth + each.word, each) for each in branches]
        if is_terminal()
        else [(each.path, each) for each in tags]
    )
    table(columns, ((name, str(each.entries), str(each.with_children)) for name, each in shown))


@app.command("rename")
def rename(
    context: typer.Context,
    old: Annotated[str, typer.Argument(metavar="OLD", help="The tag.", autocompletion=complete_tag)],
    new: Annotated[str, typer.Argument(metavar="NEW", help="What it is to be called.", autocompletion=complete_tag)],
) -> None:
    """Rename or move a tag and those below it. Two tags become one where the new name is there already."""
    from bibman.services.tags import rename as rename_tag

    with session_of(context).writing() as library:
        _tell(rename_tag(library, old, new))


@app.command("merge")
def merge(
    context: typer.Context,
    tags: Tags,
    into: Annotated[str, typer.Argument(metavar="INTO", help="A tag that is there.", autocompletion=complete_tag)],
) -> None:
    """Make tags, and those below them, one with another. What had one of them has that one then."""
    from bibman.services.tags import merge as merge_tags

    with session_of(context).writing() as library:
        _tell(merge_tags(library, tags, into))


@app.command("delete")
def delete(context: typer.Context, tags: Tags) -> None:
    """Delete tags, and those below them, from all entries. `bibman undo` brings them back."""
    from bibman.services.tags import delete as delete_tags
    from bibman.services.wording import counted

    with session_of(context).writing() as library:
        done = delete_tags(library, tags)
    say(f"deleted {clean(', '.join(done.tags))} from {counted(done.entries, 'entry', 'entries')}")


@app.command("suggest")
def suggest(
    context: typer.Context,
    keys: Keys = None,
    query: Query = None,
    apply: Annotated[bool, typer.Option("--apply", help="Put all that is suggested on the entries.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Suggest tags for entries. First tags that are keywords or in titles of theirs, then frequent keywords."""
    from bibman.services.tag_suggestions import apply_suggestions
    from bibman.services.tag_suggestions import suggest as look

    session, selection = session_of(context), selected(keys, query)
    if apply:
        with session.writing() as library:
            found = apply_suggestions(library, selection)
    else:
        with session.reading() as reader:
            found = look(reader, selection)
    if as_json:
        emit_json([each._asdict() for each in found])
        return
    columns = (
        Column("key", coloured("cyan")),
        Column("tag", coloured("green")),
        Column("since"),
        Column("entries", right=True),
    )
    table(columns, ((each.key, each.tag, each.reason, str(each.entries)) for each in found))
    if not found:
        note("nothing to suggest")


def _tell(done: "Renaming") -> None:
    for before, after in done.renamed:
        say(f"{clean(before)} is now {clean(after)}")
    if done.merged:
        say("entries of both have the one tag now")
