"""`duplicates`, `distinct`."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from bibman.cli.completion import complete_key
from bibman.cli.groups import group
from bibman.cli.output import Column, Progress, clean, coloured, emit_json, note, say, table
from bibman.cli.selection import Query, selected_or_all
from bibman.cli.session import session_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from bibman.services.duplicates import Group
    from bibman.storage.answers import Summary

app = group()


@app.command("duplicates")
def duplicates(
    context: typer.Context,
    keys: Annotated[
        list[str] | None,
        typer.Argument(metavar="[KEY]...", help="Duplicates of these; all without.", autocompletion=complete_key),
    ] = None,
    query: Query = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Find entries that look like one work. They come in groups, with scores and reasons."""
    from bibman.services.duplicates import find, summaries
    from bibman.services.wording import counted

    chosen, progress = selected_or_all(keys, query), Progress("Entries read")
    with session_of(context).reading() as reader:
        ids = chosen.ids(reader) if chosen.is_made else None
        groups = find(reader, ids, progress)
        shown = summaries(reader, groups)
    progress.close()
    if as_json:
        emit_json({"groups": [_as_json(each, shown) for each in groups]})
        return
    columns = (
        Column("group", right=True),
        Column("verdict", _verdict_style),
        Column("score", right=True),
        Column("key", coloured("cyan")),
        Column("year", right=True),
        Column("title", least=20),
        Column("why", least=20),
    )
    table(columns, (row for number, each in enumerate(groups, start=1) for row in _rows(number, each, shown)))
    certain = sum(each.verdict == "certain" for each in groups)
    told = f", {certain:,} of them certain (`bibman merge --certain`)" if certain else ""
    note(f"{counted(len(groups), 'group')} of entries that look like one work{told}")


def _rows(number: int, found: "Group", shown: "Mapping[int, Summary]") -> "Iterator[Sequence[str]]":
    """A line for each entry of a group; from the second on it says which of those above it looks like, and why."""
    for entry_id, like, comparison in found.in_turn():
        summary = shown[entry_id]
        verdict = score = why = ""
        if like is not None and comparison is not None:
            verdict, score, why = str(comparison.verdict), str(comparison.score), ", ".join(comparison.reasons)
            if len(found.ids) > 2:  # of two it is plain which
                why = f"{shown[like].key}: {why}"
        yield str(number), verdict, score, summary.key, str(summary.year or ""), summary.title or "", why


def _as_json(found: "Group", shown: "Mapping[int, Summary]") -> dict[str, Any]:
    return {
        "verdict": str(found.verdict),
        "score": found.score,
        "entries": [
            {
                "key": each.key,
                "type": each.type,
                "title": each.title,
                "names": each.short_names,
                "year": each.year,
                "container": each.container,
            }
            for each in map(shown.__getitem__, found.ids)
        ],
        "pairs": [
            {
                "keys": [shown[one].key, shown[other].key],
                "verdict": str(each.verdict),
                "score": each.score,
                "reasons": list(each.reasons),
            }
            for (one, other), each in found.pairs.items()
        ],
    }


@app.command("distinct")
def distinct(
    context: typer.Context,
    keys: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[KEY KEY...]", help="Entries; without any, those are listed.", autocompletion=complete_key
        ),
    ] = None,
    unset: Annotated[bool, typer.Option("--unset", "-u", help="Take it back: they may be one work.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="List as JSON.")] = False,
) -> None:
    """Say that entries are different works, each from each. They are not proposed again."""
    from bibman.services.duplicates import set_distinct, unset_distinct
    from bibman.services.wording import counted

    if not keys:
        with session_of(context).reading() as reader:
            pairs = reader.distinct_keys()
        if as_json:
            emit_json([{"keys": list(pair)} for pair in pairs])
        else:
            table((Column("key", coloured("cyan")), Column("is not", coloured("cyan"))), pairs)
        return
    with session_of(context).writing() as library:
        number = (unset_distinct if unset else set_distinct)(library, keys)
    what = "that may be one work again" if unset else "of different works"
    say(f"{counted(number, 'pair')} {what}: {clean(', '.join(keys))}")


def _verdict_style(text: str) -> str:
    return coloured("green" if text == "certain" else "yellow")(text)
