"""`identify`."""

from contextlib import nullcontext
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bibman.cli.asking import ask_outside, end, problems_as_json, tell_problems
from bibman.cli.completion import complete_key
from bibman.cli.groups import group
from bibman.cli.ingest import score_said
from bibman.cli.output import Column, Progress, coloured, emit_json, note, table, warn
from bibman.cli.selection import Query, selected_or_all
from bibman.cli.session import Session, session_of
from bibman.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from bibman.services.filling import Filling
    from bibman.services.selection import Selection

app = group()


@app.command("identify")
def identify(
    context: typer.Context,
    keys: Annotated[
        list[str] | None,
        typer.Argument(metavar="[KEY]...", help="Unidentified entries; all without.", autocompletion=complete_key),
    ] = None,
    query: Query = None,
    online: Annotated[bool, typer.Option("--online", help="Ask services outside what no catalogue knows.")] = False,
    fill: Annotated[
        bool, typer.Option("--fill", help="Find what is missing in identified entries; shown, unless --apply.")
    ] = False,
    apply: Annotated[bool, typer.Option("--apply", help="With --fill: write what is missing.")] = False,
    replace: Annotated[
        str | None,
        typer.Option("--replace", metavar="FIELD[,FIELD]", help="With --fill: these fields as they are found, too."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Look unidentified entries up once more. A catalogue may have grown, or a service may know."""
    from bibman.services.asking import Asked
    from bibman.services.configuration import catalogue_folder, setting
    from bibman.services.identify import identifier
    from bibman.services.identify import identify as look_up_again

    if fill:
        _fill(session_of(context), selected_or_all(keys, query), replace, online=online, apply=apply, as_json=as_json)
        return
    if apply or replace is not None:
        raise UsageError(
            f"{'--apply' if apply else '--replace'} goes with --fill", "Without it `identify` writes at once"
        )
    session, chosen, pattern = session_of(context), selected_or_all(keys, query), setting("key-pattern")
    with session.writing() as library, identifier(catalogue_folder()) as catalogued:
        asked = Asked()
        if online:
            asked = ask_outside(
                session, catalogued, lambda look_up: look_up_again(library, chosen, look_up, pattern, dry_run=True)
            )
        results = look_up_again(library, chosen, asked.look_up(catalogued), pattern)
    if as_json:
        emit_json(
            [
                {
                    "provisional_key": each.provisional,
                    "verdict": str(each.match.verdict),
                    "key": each.key,
                    "stage": each.match.stage,
                    "score": each.match.score,
                    "margin": each.match.margin,
                }
                for each in results
            ]
        )
    else:
        columns = (Column("was"), Column("verdict"), Column("score", right=True), Column("key"))
        rows = ((each.provisional, str(each.match.verdict), score_said(each.match.score), each.key) for each in results)
        table(columns, rows)
        found = sum(str(each.match.verdict) == "identified" for each in results)
        note(f"{found} of {len(results)} identified")
    end(asked, is_partial=any(str(each.match.verdict) != "identified" for each in results))


def _fill(
    session: Session, chosen: "Selection", replace: str | None, *, online: bool, apply: bool, as_json: bool
) -> None:
    from bibman.services.configuration import catalogue_folder
    from bibman.services.filling import checked_names, fill, proposed
    from bibman.services.works import witnesses

    replaced = checked_names(replace.split(",") if replace is not None else ())
    progress = Progress("Looked up")
    try:
        with session.asking() if online else nullcontext() as client, witnesses(catalogue_folder(), client) as known:
            with session.reading() as reader:
                found = proposed(reader, chosen, replaced, known, progress)
            asked = known.asked
    finally:
        progress.close()
    written = []
    if apply and any(each.chosen(replaced) for each in found):
        with session.writing() as library:
            written = fill(library, found, replaced)
    tell_problems(asked.problems, was_answered=asked.was_answered)
    if as_json:
        told = [_filling_as_json(each, replaced) for each in found if _has_news(each)]
        emit_json({"applied": len(written), "entries": told, "problems": problems_as_json(asked.problems)})
    else:
        _show(found, replaced, apply=apply)
        _sum_up(found, replaced, len(written), apply=apply)
    end(asked, is_partial=apply and any(each.contradictions for each in found))


def _has_news(filling: "Filling") -> bool:
    return bool(filling.proposed or filling.contradictions or filling.notices or filling.is_published)


def _show(found: "Sequence[Filling]", replaced: "Collection[str]", *, apply: bool) -> None:
    columns = (
        Column("key", coloured("cyan")),
        Column("field"),
        Column("is", coloured("bright_black")),
        Column("value", least=20),
        Column("instead of", least=10),
        Column("source", coloured("bright_black"), least=10),
    )
    table(columns, (row for each in found for row in _rows(each, replaced, apply=apply)))
    for each in found:
        key = each.stored.entry.key
        for wrong in each.contradictions:
            name = ":".join(wrong.identifier)
            warn(f"{key}: {name} is another work, says {wrong.provider} ({wrong.differs}): {wrong.title}")
        for notice in each.notices:
            warn(f"{key}: {notice.message}")
        if each.is_published:
            note(f"{key} has been published since: bibman update {key}")


def _rows(filling: "Filling", replaced: "Collection[str]", *, apply: bool) -> "list[tuple[str, ...]]":
    from bibman.model.completing import told

    rows: list[tuple[str, ...]] = []
    written = filling.chosen(replaced) if apply else []
    for each, source in filling.proposed:
        state = ("replaced" if each.present else "filled in") if each in written else each.standing
        score = f" {score_said(source.score)}" if source.score < 100 else ""
        names = ", ".join(field.name for field in each.fields)
        value = " ".join(each.value.split())
        where = f"{source.provider}, by {source.found_by}{score}"
        rows.append((filling.stored.entry.key, names, str(state), value, told(each.present), where))
    return rows


def _sum_up(found: "Sequence[Filling]", replaced: "Collection[str]", written: int, *, apply: bool) -> None:
    from bibman.services.wording import counted

    missing = [each for filling in found for each in filling.chosen(replaced)]
    others = sum(len(each.proposed) for each in found) - len(missing)
    known = sum(bool(each.sources) for each in found)
    number = written if apply else sum(bool(each.chosen(replaced)) for each in found)
    fields, entries = counted(len(missing), "field"), counted(number, "entry", "entries")
    what = f"{fields} of {entries} written" if apply else f"{fields} of {entries} can be written"
    note(f"{counted(known, 'work')} of {counted(len(found), 'entry', 'entries')} found; {what}")
    if missing and not apply:
        note("nothing was written: --apply does it")
    if others:
        differ = "differs" if others == 1 else "differ"
        note(f"{counted(others, 'value')} found that {differ} from what is there: --replace FIELD takes that")


def _filling_as_json(filling: "Filling", replaced: "Collection[str]") -> dict[str, Any]:
    chosen = filling.chosen(replaced)
    return {
        "key": filling.stored.entry.key,
        "proposals": [
            {
                "field": each.name,
                "is": str(each.standing),
                "fields": [{"name": field.name, "value": field.value} for field in each.fields],
                "present": [{"name": field.name, "value": field.value} for field in each.present],
                "provider": source.provider,
                "found_by": source.found_by,
                "score": source.score,
                "chosen": each in chosen,
            }
            for each, source in filling.proposed
        ],
        "contradictions": [
            {
                "identifier": ":".join(each.identifier),
                "provider": each.provider,
                "title": each.title,
                "differs": each.differs,
            }
            for each in filling.contradictions
        ],
        "notices": [{"code": each.code, "message": each.message} for each in filling.notices],
        "published": filling.is_published,
    }
