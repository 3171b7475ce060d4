"""`merge`."""

import sys
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bibman.cli.assignments import assignments
from bibman.cli.completion import complete_key
from bibman.cli.groups import group
from bibman.cli.output import Column, clean, coloured, emit_json, note, say, table, warn
from bibman.cli.session import session_of
from bibman.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bibman.model.merging import Choice
    from bibman.services.merge import Merging

app = group()
LONGEST_VALUE = 300


@app.command("merge")
def merge(
    context: typer.Context,
    keys: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[KEY KEY...]", help="Entries that are one work; the first stays.", autocompletion=complete_key
        ),
    ] = None,
    into: Annotated[
        str | None, typer.Option("--into", metavar="KEY", help="The one that stays.", autocompletion=complete_key)
    ] = None,
    take: Annotated[
        list[str] | None,
        typer.Option(
            "--take", "-t", metavar="FIELD=KEY", help="Take a field from this one; may be said several times."
        ),
    ] = None,
    certain: Annotated[
        bool, typer.Option("--certain", help="All groups of `duplicates` that are certain, in one operation.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask; take what is proposed.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", "-n", help="Show what would happen and write nothing.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Make one entry of several that are one work, field by field. Nothing of either is lost."""
    from bibman.services.merge import merge as make_one
    from bibman.services.merge import prepare, prepare_certain

    if certain == bool(keys):
        raise UsageError("it is not said which entries", "Name the keys of one work's, or say --certain")
    if certain and (into or take):
        raise UsageError("--certain takes what is proposed", "Merge by keys to choose")
    session = session_of(context)
    if certain:
        with session.reading() as reader:
            merging, left = prepare_certain(reader)
        for group_ in left:
            warn(f"something does not fit among {', '.join(group_)}: merge them by their keys")
    else:
        takes = assignments(take, "FIELD=KEY", "--take pages=doe2020t")
        with session.reading() as reader:
            merging = [prepare(reader, keys or [], into, takes)]
            conflicts = merging[0].proposal.conflicts
            if conflicts and not (yes or dry_run):
                takes |= _asked(merging[0], conflicts)
                merging = [prepare(reader, keys or [], into, takes)]
    if merging and not dry_run:
        with session.writing() as library:
            make_one(library, merging)
    if as_json:
        emit_json({"dry_run": dry_run, "merged": [_as_json(each) for each in merging]})
    else:
        _show(merging, dry_run=dry_run, is_bulk=certain)


def _asked(merging: "Merging", conflicts: "Sequence[Choice]") -> dict[str, str]:
    """What a person chooses, field by field. Raises UsageError where nobody can be asked."""
    if not sys.stdin.isatty():
        names = ", ".join(each.field for each in conflicts)
        raise UsageError(
            f"the entries differ in {names}, and nothing tells which is right",
            f"Say it (--take {conflicts[0].field}={merging.keys[0]}), or take what is proposed (--yes, see --dry-run)",
        )
    chosen = {}
    for conflict in conflicts:
        typer.echo(f"{conflict.field}:", err=True)
        for number, (key, value) in enumerate(zip(merging.keys, conflict.values, strict=True), start=1):
            typer.echo(f"  {number}  {clean(_cut(value)) or '(nothing)'}  [{clean(key)}]", err=True)
        number = typer.prompt("  which", type=int, default=(conflict.taken or 0) + 1, err=True)
        if not 1 <= number <= len(merging.keys):
            raise UsageError(f"there is no number {number}", "Nothing was changed")
        chosen[conflict.field] = merging.keys[number - 1]
    return chosen


def _show(merging: "Sequence[Merging]", *, dry_run: bool, is_bulk: bool) -> None:
    from bibman.services.wording import counted

    if not is_bulk or dry_run:
        columns = (
            Column("into", coloured("cyan")),
            Column("field"),
            Column("from", coloured("cyan")),
            Column("why", coloured("bright_black")),
            Column("value", least=20),
            Column("instead of", least=20),
        )
        table(columns, (row for each in merging for row in _rows(each)))
    what = "would be merged (nothing was written)" if dry_run else "merged"
    if is_bulk:
        number = sum(len(each.stored) - 1 for each in merging)
        note(f"{counted(number, 'entry', 'entries')} {what} into {counted(len(merging), 'other')}")
    else:
        staying, *others = merging[0].keys
        (note if dry_run else say)(f"{what}: {clean(', '.join(others))} into {clean(staying)}")


def _rows(merging: "Merging") -> "list[tuple[str, ...]]":
    rows: list[tuple[str, ...]] = []
    for choice in merging.proposal.choices:
        taken = choice.taken
        value = "" if taken is None else choice.values[taken]
        others = [each for each in dict.fromkeys(choice.values) if each and each != value]
        source = "" if taken is None else merging.keys[taken]
        why = "undecided" if choice.is_conflict else choice.reason
        rows.append((merging.keys[0], choice.field, source, why, _cut(value), " | ".join(map(_cut, others))))
    return rows


def _cut(value: str) -> str:
    line = " ".join(value.split())
    return line if len(line) <= LONGEST_VALUE else f"{line[:LONGEST_VALUE]}…"


def _as_json(merging: "Merging") -> dict[str, Any]:
    entry = merging.proposal.entry
    return {
        "into": merging.keys[0],
        "keys": list(merging.keys),
        "type": entry.type,
        "fields": [
            {"name": field.name, "value": field.value, "expression": field.expression} for field in entry.fields
        ],
        "choices": [
            {
                "field": choice.field,
                "values": dict(zip(merging.keys, choice.values, strict=True)),
                "taken": None if choice.taken is None else merging.keys[choice.taken],
                "reason": choice.reason,
                "conflict": choice.is_conflict,
            }
            for choice in merging.proposal.choices
        ],
    }
