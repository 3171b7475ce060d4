"""`search`."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from bibman.cli.browse import summaries_as_json
from bibman.cli.completion import complete_query
from bibman.cli.groups import group
from bibman.cli.output import clean, coloured, emit_json, is_terminal, note, say
from bibman.cli.session import session_of

if TYPE_CHECKING:
    from bibman.model.excerpt import Excerpt
    from bibman.services.search import Found, Hit
    from bibman.storage.reading import Reader

app = group()

MOST_SHOWN = 2
"""How many texts of an entry are shown besides its title."""


@app.command("search")
def search(
    context: typer.Context,
    query: Annotated[
        list[str], typer.Argument(metavar="QUERY...", help="What to look for.", autocompletion=complete_query)
    ],
    limit: Annotated[int, typer.Option("--limit", "-n", min=1, max=10_000, help="How many to show at once.")] = 20,
    page: Annotated[int, typer.Option("--page", "-p", min=1, max=1_000_000, help="Those that come next: 2, 3 …")] = 1,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Find entries, the best first, with the words in context."""
    from bibman.services.search import search as find

    with session_of(context).reading() as reader:
        found = find(reader, " ".join(query), limit, page)
        if as_json:
            emit_json(_as_json(reader, found))
            return
    for hit in found.hits:
        if is_terminal():
            _show(found, hit)
        else:
            _print(hit)
    _remark(found, page)


def _show(found: "Found", hit: "Hit") -> None:
    from bibman.model.excerpt import spans

    summary = hit.summary
    year = f"  {summary.year}" if summary.year is not None else ""
    say(f"{coloured('cyan', bold=True)(clean(summary.key))}{year}  {clean(summary.short_names)}")
    title = summary.title or summary.opening or ""
    say(f"  {_marked(title, spans(title, found.asked))}")
    for name, each in _besides_title(hit):
        say(f"  {coloured('bright_black')(clean(name) + ':')} {_marked(each.text, each.matches)}")
    if summary.tags:
        say(f"  {coloured('green')(clean(', '.join(summary.tags)))}")


def _print(hit: "Hit") -> None:
    summary = hit.summary
    year = "" if summary.year is None else str(summary.year)
    shown = " ".join(each.text for _, each in _besides_title(hit))
    cells = (summary.key, year, summary.short_names, summary.title or summary.opening or "", shown)
    say("\t".join(" ".join(clean(cell).split()) for cell in cells))


def _besides_title(hit: "Hit") -> "list[tuple[str, Excerpt]]":
    return [each for each in hit.excerpts if each[0] != "title"][:MOST_SHOWN]


def _marked(text: str, matches: "Any") -> str:
    strong = coloured("yellow", bold=True)
    shown, last = [], 0
    for start, end in matches:
        shown += [clean(text[last:start]), strong(clean(text[start:end]))]
        last = end
    return "".join([*shown, clean(text[last:])])


def _remark(found: "Found", page: int) -> None:
    last = found.offset + len(found.hits)
    if not found.total:
        note("nothing was found")
    elif last < found.total:
        more = f"; `--page {page + 1}` shows more" if last < found.among else "; `bibman list` shows all"
        note(f"{found.offset + 1:,} to {last:,} of {found.total:,}{more}")
    if found.among < found.total:
        note(f"the best of the newest {found.among:,}: so many have these words")
    for word, near in found.unknown:
        meant = f"; there is {' or '.join(near)}" if near else ""
        note(f"nobody wrote “{word}”{meant}")


def _as_json(reader: "Reader", found: "Found") -> dict[str, Any]:
    summaries = summaries_as_json(reader, [hit.summary for hit in found.hits])
    return {
        "total": found.total,
        "ranked": found.among,
        "offset": found.offset,
        "unknown": [{"word": word, "like": list(near)} for word, near in found.unknown],
        "entries": [
            {
                **summary,
                "score": None if hit.score is None else round(hit.score, 4),
                "excerpts": [
                    {"field": name, "text": each.text, "matches": [list(span) for span in each.matches]}
                    for name, each in hit.excerpts
                ],
            }
            for summary, hit in zip(summaries, found.hits, strict=True)
        ],
    }
