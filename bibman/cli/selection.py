"""How commands are told which entries they are about: keys by position, a query by `-q`, a paper by `--cited-in`."""

from typing import TYPE_CHECKING, Annotated

import typer

from bibman.cli.completion import complete_key, complete_query
from bibman.errors import UsageError

if TYPE_CHECKING:
    from bibman.services.citations import Cited
    from bibman.services.selection import Selection

Keys = Annotated[
    list[str] | None, typer.Argument(metavar="[KEY]...", help="Keys or aliases.", autocompletion=complete_key)
]
KeysOrAll = Annotated[
    list[str] | None,
    typer.Argument(metavar="[KEY]...", help="Keys or aliases; all entries without.", autocompletion=complete_key),
]
Query = Annotated[
    str | None,
    typer.Option("--query", "-q", metavar="QUERY", help="The entries of a query.", autocompletion=complete_query),
]
CitedIn = Annotated[
    list[str] | None,
    typer.Option(
        "--cited-in", metavar="FILE", help="What a paper cites, by its .aux, .bcf or .tex; may be said several times."
    ),
]


def selected(keys: list[str] | None, query: str | None) -> "Selection":
    """The entries that are meant; raises UsageError where neither keys nor a query say which."""
    chosen = selected_or_all(keys, query)
    if not chosen.is_made:
        raise UsageError("it is not said which entries", "Name their keys, or say -q QUERY")
    return chosen


def selected_or_all(keys: list[str] | None, query: str | None) -> "Selection":
    """The entries that are meant, all of them where neither keys nor a query say which."""
    from bibman.services.selection import Selection

    return Selection(keys or (), query)


def citations(files: list[str] | None) -> "Cited | None":
    """What a paper cites, where its files are named."""
    if not files:
        return None
    from bibman.services.citations import cited_in

    return cited_in(files)
