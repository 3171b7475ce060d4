"""`list` and `show`."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from bibman.cli.completion import complete_query, complete_tag
from bibman.cli.groups import group
from bibman.cli.output import Column, clean, coloured, emit_json, is_terminal, say, table
from bibman.cli.selection import Keys, Query, selected
from bibman.cli.session import session_of
from bibman.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bibman.storage.answers import Origin, Summary
    from bibman.storage.reading import Reader

app = group()

Words = Annotated[
    list[str] | None,
    typer.Argument(metavar="[QUERY]...", help="What to look for; all without.", autocompletion=complete_query),
]


@app.command("list")
def list_entries(
    context: typer.Context,
    query: Words = None,
    tag: Annotated[
        list[str] | None,
        typer.Option(
            "--tag",
            "-t",
            metavar="TAG[,TAG]",
            help="With all of these tags, or ones below them; may be said several times.",
            autocompletion=complete_tag,
        ),
    ] = None,
    year: Annotated[
        str | None, typer.Option("--year", "-y", metavar="YEAR|FROM..TO", help="Of this year, or of these years.")
    ] = None,
    name: Annotated[
        str | None, typer.Option("--name", metavar="NAME", help="By somebody with this name, or one that begins so.")
    ] = None,
    identified: Annotated[
        bool | None, typer.Option("--identified/--unidentified", help="Whose work is known, or is not.")
    ] = None,
    sort: Annotated[
        str, typer.Option("--sort", "-s", metavar="WHAT", help="By added, changed, key, name, title, type or year.")
    ] = "added",
    reverse: Annotated[bool, typer.Option("--reverse", "-r", help="The last first.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """List entries, all or those that a query means."""
    from bibman.services.queries import listed_only, understood
    from bibman.storage.answers import ORDERS

    if sort not in ORDERS:
        raise UsageError(f"cannot sort by {sort}", f"There are {', '.join(sorted(ORDERS))}")
    with session_of(context).reading() as reader:
        asked = understood(reader, " ".join(query)) if query else None
        found = reader.summaries(listed_only(asked, tag or [], year, name, identified), sort, reverse=reverse)
        if as_json:
            emit_json(summaries_as_json(reader, list(found)))
        else:
            table(_COLUMNS, (_row(each) for each in found))


@app.command("show")
def show(
    context: typer.Context,
    keys: Keys = None,
    query: Query = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Show entries whole. Fields, tags, notes, and where each came from."""
    chosen = selected(keys, query)
    with session_of(context).reading() as reader:
        ids = chosen.ids(reader)
        if as_json:
            emit_json([_whole_as_json(reader, summary) for summary in reader.summaries_of(ids)])
            return
        for place, summary in enumerate(reader.summaries_of(ids)):
            if place:
                say()
            _show_whole(reader, summary)


_COLUMNS = (
    Column("key", coloured("cyan")),
    Column("year", right=True),
    Column("names", least=12),
    Column("title", least=24),
    Column("tags", coloured("green"), least=8),
)


def _row(summary: "Summary") -> tuple[str, ...]:
    year = "" if summary.year is None else str(summary.year)
    return summary.key, year, summary.short_names, _heading(summary), ", ".join(summary.tags)


def _heading(summary: "Summary") -> str:
    from bibman.storage.answers import OPENING_LENGTH

    if summary.title or not summary.opening:
        return summary.title or ""
    opening = summary.opening
    # The library keeps no more of it than so much.
    is_cut = len(opening) >= OPENING_LENGTH or opening.endswith(("...", "…"))
    return f"“{opening.rstrip(' .…') if is_cut else opening}{'…' if is_cut else ''}”"


def summaries_as_json(reader: "Reader", found: "list[Summary]") -> list[dict[str, Any]]:
    """Entries as JSON shows them in a list."""
    ids = [summary.id for summary in found]
    names, identifiers = reader.names_of(ids), reader.identifiers_of(ids)
    return [_summary_as_json(each, names.get(each.id, {}), identifiers.get(each.id, [])) for each in found]


def _summary_as_json(
    summary: "Summary", names: "dict[str, list[Any]]", identifiers: "Iterable[tuple[str, str]]"
) -> dict[str, Any]:
    return {
        "key": summary.key,
        "type": summary.type,
        "identified": summary.identified,
        "title": summary.title,
        "opening": summary.opening,
        "names": {
            role: [
                {
                    part: getattr(name, part)
                    for part in ("family", "given", "prefix", "suffix", "literal")
                    if getattr(name, part)
                }
                for name in people
            ]
            for role, people in names.items()
        },
        "date": summary.date,
        "year": summary.year,
        "container": summary.container,
        "identifiers": [{"scheme": scheme, "value": value} for scheme, value in identifiers],
        "tags": list(summary.tags),
        "note_count": summary.notes,
        "added_at": summary.added_at,
        "changed_at": summary.changed_at,
    }


def _whole_as_json(reader: "Reader", summary: "Summary") -> dict[str, Any]:
    (whole,) = summaries_as_json(reader, [summary])
    (stored,) = reader.entries([summary.id])
    return {
        **whole,
        "aliases": reader.aliases(summary.id),
        "fields": [
            {"name": field.name, "value": field.value, "expression": field.expression} for field in stored.entry.fields
        ],
        "notes": [
            {"id": note.id, "text": note.text, "created_at": note.created_at, "changed_at": note.changed_at}
            for note in reader.notes([summary.id])
        ],
        "origins": [_origin_as_json(origin) for origin in reader.origins(summary.id)],
    }


def _origin_as_json(origin: "Origin") -> dict[str, Any]:
    return {
        "source": origin.source,
        "read_at": origin.read_at,
        "line": origin.line,
        "text": origin.text,
        "verdict": origin.verdict,
        "stage": origin.stage,
        "score": origin.score,
        "margin": origin.margin,
        "evidence": origin.evidence,
        "edited_since": origin.edited_since,
    }


def _show_whole(reader: "Reader", summary: "Summary") -> None:
    dim = coloured("bright_black")
    (stored,) = reader.entries([summary.id])
    say(f"{coloured('cyan', bold=True)(clean(summary.key))}  {dim('@' + clean(summary.type))}")
    if not summary.identified:
        say(coloured("yellow")("not identified yet: `bibman identify` looks it up once more"))
    width = max((len(field.name) for field in stored.entry.fields), default=0)
    for field in stored.entry.fields:
        _say_field(field.name, field.written, width)
    aliases = reader.aliases(summary.id)
    if aliases:
        say(f"{dim('also called')} {clean(', '.join(aliases))}")
    if summary.tags:
        say(f"{dim('tags')} {coloured('green')(clean(', '.join(summary.tags)))}")
    for note in reader.notes([summary.id]):
        say(f"{dim(f'note {note.id}, {note.created_at}')}")
        for line in note.text.splitlines():
            say(f"  {clean(line)}")
    for origin in reader.origins(summary.id):
        say(f"{dim('from')} {clean(_origin_line(origin))}")


def _say_field(name: str, value: str, width: int) -> None:
    import shutil
    import textwrap

    heading = coloured("bright_black")(clean(name).ljust(width))
    text = " ".join(clean(value).split())
    room = max(20, shutil.get_terminal_size().columns - width - 2) if is_terminal() else 0
    lines = textwrap.wrap(text, room, break_on_hyphens=False) if room else [text]
    for place, line in enumerate(lines or [""]):
        say(f"{heading if place == 0 else ' ' * width}  {line}")


def _origin_line(origin: "Origin") -> str:
    found = f"{origin.verdict} by {origin.stage}" if origin.stage else origin.verdict
    score = f", score {origin.score:.0f}" if origin.score is not None else ""
    since = ", edited since" if origin.edited_since else ""
    return f"{origin.source}, line {origin.line}, read {origin.read_at}: {found}{score}{since}"
