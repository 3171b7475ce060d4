"""`review` and its commands: the queue of passages that wait for a person."""

import sys
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bibman.cli.completion import complete_key
from bibman.cli.groups import group
from bibman.cli.output import Column, clean, coloured, emit_json, is_terminal, marked, note, say, table
from bibman.cli.session import Session, session_of
from bibman.errors import BibmanError, PartialError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bibman.cli.keyboard import Keyboard
    from bibman.services.proposals import Proposed, Shown
    from bibman.services.review import Decided, Queued

Key = Annotated[str, typer.Argument(metavar="KEY", help="An unidentified entry.", autocompletion=complete_key)]

app = group("Decide which works waiting passages speak of.")

_CHOICES = "1-5 accept · n none of these · / search · i identifier · s skip · q quit"


@app.callback(invoke_without_command=True)
def review(context: typer.Context) -> None:
    """Decide which works waiting passages speak of. A terminal asks for single keys."""
    if context.invoked_subcommand is not None:
        return
    session = session_of(context)
    if not (is_terminal() and sys.stdin.isatty()):
        _list(session, [], as_json=False)
        return
    from bibman.cli.keyboard import Keyboard

    waiting = _queue(session, [])
    with Keyboard() as keyboard:
        for place, queued in enumerate(waiting, start=1):
            if not _decide(session, keyboard, queued, f"{place} of {len(waiting)}"):
                break
    left = len(_queue(session, []))
    note(f"{left:,} {'passage waits' if left == 1 else 'passages wait'} still" if left else "nothing waits")


@app.command("list")
def list_(
    context: typer.Context,
    keys: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[KEY]...", help="Of these entries; all that wait without.", autocompletion=complete_key
        ),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Show the waiting passages, each with up to five works that it may speak of."""
    _list(session_of(context), keys or [], as_json=as_json)


@app.command("accept")
def accept(
    context: typer.Context,
    key: Key,
    number: Annotated[int, typer.Argument(metavar="[N]", help="Which of the works proposed; the first without.")] = 1,
) -> None:
    """Say that a waiting passage is one of the works proposed."""
    _say_decided(_accept(session_of(context), key, number))


@app.command("reject")
def reject(
    context: typer.Context,
    keys: Annotated[
        list[str], typer.Argument(metavar="KEY...", help="Unidentified entries.", autocompletion=complete_key)
    ],
) -> None:
    """Say that waiting passages are none of the works proposed: these are not proposed again."""
    from bibman.services.review import reject as decide

    with session_of(context).writing() as library:
        names = decide(library, keys)
    say(clean(f"none of the works proposed: {', '.join(names)}"))


@app.command("search")
def search(
    context: typer.Context,
    key: Key,
    words: Annotated[list[str], typer.Argument(metavar="WORD...", help="Words of title, names or abstract.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Propose what the catalogues have with other words."""
    queued = _search(session_of(context), key, " ".join(words))
    if as_json:
        emit_json(_as_json(queued))
    else:
        _rows([queued])


@app.command("identify")
def identify(
    context: typer.Context,
    key: Key,
    identifier: Annotated[str, typer.Argument(metavar="IDENTIFIER", help="A DOI, arXiv id, ISBN or PMID.")],
) -> None:
    """Give an unidentified entry its identifier: it becomes the work that is known under it, now or later."""
    decided = _identify(session_of(context), key, identifier)
    _say_decided(decided)
    if not decided.identified:
        raise typer.Exit(PartialError.exit_code)


def _queue(session: Session, keys: list[str]) -> "list[Queued]":
    from bibman.services.review import queue

    with session.reading() as reader:
        return queue(reader, keys)


def _accept(session: Session, key: str, number: int) -> "Decided":
    from bibman.services.configuration import setting
    from bibman.services.review import accept as decide

    with session.writing() as library:
        return decide(library, key, number, setting("key-pattern"))


def _search(session: Session, key: str, words: str) -> "Queued":
    from bibman.services.configuration import catalogue_folder
    from bibman.services.review import search as look

    with session.writing() as library:
        return look(library, key, words, catalogue_folder())


def _identify(session: Session, key: str, identifier: str) -> "Decided":
    from bibman.services.configuration import catalogue_folder, setting
    from bibman.services.review import identify_as

    with session.writing() as library:
        return identify_as(library, key, identifier, catalogue_folder(), setting("key-pattern"))


def _say_decided(decided: "Decided") -> None:
    if decided.identified:
        say(clean(f"{decided.was} is {decided.key} now"))
    else:
        say(clean(f"{decided.was} keeps the identifier; no catalogue has it yet"))


def _decide(session: Session, keyboard: "Keyboard", queued: "Queued", place: str) -> bool:
    """Asks for one passage until something is decided, or it is skipped; returns whether to go on."""
    while True:
        _show(queued, place)
        char = keyboard.key()
        try:
            if char in ("q", "\x04", "\x1b"):
                return False
            if char in ("s", " ", "\r", "\n"):
                return True
            if char.isdecimal() and 1 <= int(char) <= len(queued.proposed):
                _say_decided(_accept(session, queued.key, int(char)))
                return True
            if char == "n":
                from bibman.services.review import reject as decide

                with session.writing() as library:
                    decide(library, [queued.key])
                say("none of these")
                return True
            if char == "/" and (words := keyboard.line("search for")):
                queued = _search(session, queued.key, words)
            elif char == "i" and (identifier := keyboard.line("DOI, arXiv id, ISBN or PMID")):
                _say_decided(_identify(session, queued.key, identifier))
                return True
        except BibmanError as error:
            # What was typed may be corrected: the passage is shown again.
            note(f"bibman: {error}")


def _list(session: Session, keys: list[str], *, as_json: bool) -> None:
    waiting = _queue(session, keys)
    if as_json:
        emit_json([_as_json(each) for each in waiting])
        return
    _rows(waiting)
    note(f"{len(waiting):,} {'passage waits' if len(waiting) == 1 else 'passages wait'}")


def _rows(waiting: "Iterable[Queued]") -> None:
    if is_terminal():
        for queued in waiting:
            _show(queued, "")
        return
    from bibman.services.proposals import shown

    columns = (Column("key"), Column("n"), Column("score"), Column("title"), Column("names"), Column("year"))
    table(
        (*columns, Column("venue"), Column("text")),
        (
            (
                queued.key,
                str(number),
                f"{each.score:.0f}",
                work.title,
                work.names,
                work.year,
                work.container,
                queued.text,
            )
            for queued in waiting
            for number, each in enumerate(queued.proposed, start=1)
            for work in [shown(queued.text, each)]
        ),
    )


def _show(queued: "Queued", place: str) -> None:
    from bibman.services.proposals import shown

    dim, differs = coloured("bright_black"), coloured("yellow", bold=True)
    works = [(each, shown(queued.text, each)) for each in queued.proposed]
    where = " · ".join(filter(None, (place, f"{queued.source}:{queued.line}")))
    say()
    say(f"{coloured('cyan')(clean(queued.key))}  {dim(clean(where))}")
    say(marked(queued.text, works[0][1].missing if works else (), differs))
    for number, (each, work) in enumerate(works, start=1):
        facts = ", ".join(filter(None, (work.names, work.year, work.container, *work.identifiers[:1])))
        title = clean(work.title)
        if work.piece == work.title:
            title = marked(work.title, work.spans, differs)
        say(f" {coloured('green', bold=True)(str(number))} {each.score:3.0f}  {title}  {dim(clean(facts))}")
        if work.piece != work.title:
            say(f"        {marked(work.piece, work.spans, differs)}")
    if place:
        say(dim(_CHOICES))


def _as_json(queued: "Queued") -> dict[str, Any]:
    from bibman.services.proposals import shown

    return {
        "key": queued.key,
        "source": queued.source,
        "line": queued.line,
        "text": queued.text,
        "candidates": [
            _candidate_as_json(number, each, shown(queued.text, each))
            for number, each in enumerate(queued.proposed, start=1)
        ],
    }


def _candidate_as_json(number: int, proposed: "Proposed", work: "Shown") -> dict[str, Any]:
    return {
        "number": number,
        "score": proposed.score,
        "kind": proposed.kind,
        "provider": proposed.provider,
        "title": work.title,
        "names": work.names,
        "year": work.year or None,
        "container": work.container or None,
        "identifiers": list(work.identifiers),
        "compared": work.piece,
        "differs": [list(span) for span in work.spans],
        "text_differs": [list(span) for span in work.missing],
    }
