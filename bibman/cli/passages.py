"""`passages` and `passages mend`."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from bibman.cli.groups import group
from bibman.cli.output import Column, clean, coloured, emit_json, say, table
from bibman.cli.session import session_of

if TYPE_CHECKING:
    from bibman.services.passages import Listed

app = group("Show what became of the lines and blocks that were read. Those that could not be read can be corrected.")


@app.callback(invoke_without_command=True)
def passages(
    context: typer.Context,
    source: Annotated[
        str | None,
        typer.Option("--source", metavar="FILE", help="Of this source, as it was read last; of all without."),
    ] = None,
    rejected: Annotated[bool, typer.Option("--rejected", help="Those that could not be read.")] = False,
    waiting: Annotated[bool, typer.Option("--waiting", help="Those that wait for a person.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Show what became of the lines and blocks that were read. Those that could not be read can be corrected."""
    if context.invoked_subcommand is not None:
        return
    from bibman.services.passages import listing

    verdicts = [verdict for verdict, asked in (("rejected", rejected), ("waiting", waiting)) if asked]
    with session_of(context).reading() as reader:
        found = listing(reader, source, verdicts)
    if as_json:
        emit_json([_as_json(each) for each in found])
        return
    columns = (
        Column("passage", right=True),
        Column("source", least=12),
        Column("line", right=True),
        Column("verdict"),
        Column("key", coloured("cyan")),
        Column("what", least=24),
    )
    table(columns, (_row(each) for each in found))


@app.command("mend")
def mend(
    context: typer.Context,
    number: Annotated[int, typer.Argument(metavar="PASSAGE", help="The number of a passage that could not be read.")],
    file: Annotated[
        str | None, typer.Option("--file", "-f", metavar="FILE", help="Take the corrected text from a file.")
    ] = None,
) -> None:
    """Put a corrected text in the place of a passage. Without --file, from standard input or $EDITOR."""
    from bibman.cli.editor import given_text
    from bibman.services.configuration import setting
    from bibman.services.passage_mending import mend as correct
    from bibman.services.passages import listing

    session = session_of(context)
    with session.reading() as reader:
        found = [each for each in listing(reader, None, ["rejected"]) if each.passage.id == number]
    old = found[0].text if found else ""
    with given_text(None, file, old, ".bib") as text, session.writing() as library:
        mended = correct(library, number, text, setting("key-pattern"))
    what = {"macro": f"the macro {mended.name}", "preamble": "a preamble"}.get(mended.kind, mended.name)
    follow = f"; it changed {', '.join(mended.followed)}" if mended.followed else ""
    say(clean(f"passage {number} is {what} now{follow}"))


def _what(listed: "Listed") -> str:
    evidence = listed.passage.evidence
    if "problem" in evidence:
        return f"line {evidence['line']}, column {evidence['column']}: {evidence['problem']}"
    if "conflicts" in evidence:
        return "changed here and in the file: " + ", ".join(each["name"] for each in evidence["conflicts"])
    return " ".join(listed.text.split())[:200]


def _row(listed: "Listed") -> tuple[str, ...]:
    passage = listed.passage
    return (
        str(passage.id),
        listed.reading.source,
        str(passage.line),
        str(passage.verdict),
        passage.key or passage.source_key or "",
        _what(listed),
    )


def _as_json(listed: "Listed") -> dict[str, Any]:
    passage = listed.passage
    return {
        "passage": passage.id,
        "source": listed.reading.source,
        "read_at": listed.reading.read_at,
        "line": passage.line,
        "verdict": passage.verdict,
        "key": passage.key,
        "source_key": passage.source_key,
        "text": listed.text,
        "evidence": passage.evidence,
    }
