"""`check`."""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bibman.cli.groups import group
from bibman.cli.output import Column, Progress, clean, coloured, emit_json, is_terminal, note, say, table, warn
from bibman.cli.selection import CitedIn, KeysOrAll, Query, citations, selected_or_all
from bibman.cli.session import session_of
from bibman.errors import UsageError

if TYPE_CHECKING:
    from bibman.model.checks.checking import Step
    from bibman.model.checks.finding import Finding
    from bibman.model.entry import Field
    from bibman.services.checks import Checked, Tally

app = group()

_COLOURS = {"error": "red", "warning": "yellow", "hint": "blue"}


@app.command("check")
def check(
    context: typer.Context,
    keys: KeysOrAll = None,
    query: Query = None,
    cited_in: CitedIn = None,
    dialect: Annotated[
        str | None,
        typer.Option("--dialect", metavar="bibtex|biblatex", help="Instead of the setting export-format."),
    ] = None,
    only: Annotated[
        str | None, typer.Option("--only", metavar="CODE[,CODE]", help="Only these checks, or error, warning, hint.")
    ] = None,
    without: Annotated[
        str | None, typer.Option("--without", metavar="CODE[,CODE]", help="All checks but these; severities too.")
    ] = None,
    mend: Annotated[bool, typer.Option("--fix", help="Mend what can be mended without asking.")] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", "-n", help="With --fix: show what would happen and write nothing.")
    ] = False,
    evidence: Annotated[
        bool, typer.Option("--evidence", help="Instead: compare with what the catalogues know of the works.")
    ] = False,
    online: Annotated[
        bool, typer.Option("--online", help="So, and ask services too, also for retractions and corrections.")
    ] = False,
    codes: Annotated[bool, typer.Option("--codes", help="List all checks, and which of them --fix mends.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Find what is wrong with entries, and mend it. Ends with 1 where there is an error or a warning."""
    from bibman.model.checks.finding import CHECKS
    from bibman.services.checks import Tally, checked, entries_to_check, fix, wanted_codes
    from bibman.services.configuration import setting

    if codes:
        _list_codes(as_json=as_json)
        return
    if evidence or online:
        if mend:
            raise UsageError("--fix mends nothing that others know better", "Say `check --fix` alone")
        from bibman.cli.evidence import compare, things_wanted

        things = things_wanted(_words(only), _words(without), online=online)
        cited = citations(cited_in)
        compare(session_of(context), selected_or_all(keys, query), cited, things, as_json=as_json)
        return
    if dry_run and not mend:
        raise UsageError("--dry-run goes with --fix", "Without --fix nothing is written anyway")
    known: Any = dialect or setting("export-format")
    if known not in ("bibtex", "biblatex"):
        raise UsageError(f"no such dialect: {known}", "It is `bibtex` or `biblatex`")
    wanted = wanted_codes(_words(only), _words(without))
    if only and all(CHECKS[code].compares for code in wanted):
        raise UsageError(f"only comparing finds {only}", "Say --evidence or --online, too")
    cited = citations(cited_in)
    session, chosen = session_of(context), selected_or_all(keys, query)
    progress = Progress("Checking")
    tally, steps = Tally(), []
    with session.reading() as reader:
        reader.hold()
        ids, lost = entries_to_check(reader, chosen, cited)
        lost = [each for each in lost if "cited-nowhere" in wanted]
        if not mend:
            found = checked(reader, ids, known, wanted, None if is_terminal() else progress)
            told = _tell(found, lost, tally, as_json=as_json)
    if mend:
        with session.trying() if dry_run else session.writing() as library:
            fixed = fix(library, ids, known, wanted, dry_run=dry_run, on_progress=progress)
        steps = fixed.changes
        progress.close()
        if not as_json:
            _show_steps(steps)
        told = _tell(fixed.left, lost, tally, as_json=as_json)
    progress.close()
    if as_json:
        emit_json(
            {
                "dialect": known,
                "entries": tally.entries,
                "errors": tally.found["error"],
                "warnings": tally.found["warning"],
                "hints": tally.found["hint"],
                "findings": told,
                "fixed": [_step_as_json(key, step) for key, step in steps],
            }
        )
    else:
        _sum_up(tally, len(steps) if mend else None, dry_run=dry_run)
    for remark in cited.remarks if cited is not None else ():
        warn(remark)
    if not tally.is_sound:
        raise typer.Exit(1)


def _tell(
    found: "Iterable[Checked]", lost: "Iterable[Checked]", tally: "Tally", *, as_json: bool
) -> list[dict[str, Any]]:
    """Shows what is found as it is found, or gives it for JSON; counts it either way."""

    def counted() -> "Iterator[Checked]":
        for each in lost:
            tally.add(each[1], is_entry=False)
            yield each
        for each in found:
            tally.add(each[1])
            if each[1]:
                yield each

    if as_json:
        return [finding_as_json(key, finding) for key, findings in counted() for finding in findings]
    if is_terminal():
        for key, findings in counted():
            _show(key, findings)
    else:
        rows = ((key, *_row(finding)) for key, findings in counted() for finding in findings)
        table(_COLUMNS, rows)
    return []


_COLUMNS = tuple(map(Column, ("key", "severity", "code", "field", "message", "mend")))


def _row(finding: "Finding") -> tuple[str, ...]:
    return finding.severity, finding.code, finding.field, finding.message, finding.mend


def _show(key: str, findings: "Iterable[Finding]") -> None:
    say(coloured("cyan")(clean(key)))
    for finding in findings:
        show_finding(finding)


def show_finding(finding: "Finding") -> None:
    """Shows a person what was found in an entry, and how it is mended."""
    severity = coloured(_COLOURS[finding.severity])(finding.severity)
    say(f"  {severity} {finding.code}: {_line(finding.message)}")
    say(f"    → {_line(finding.mend)}{coloured('bright_black')(' (--fix does it)') if finding.fix else ''}")


def _line(text: str) -> str:
    return clean(" ".join(text.split()))


def _show_steps(steps: "list[tuple[str, Step]]") -> None:
    if is_terminal():
        for key, step in steps:
            say(f"{coloured('cyan')(clean(key))}: {step.finding.code}: {_line(_change(step))}")
    else:
        rows = ((key, "fixed", step.finding.code, step.finding.field, _change(step), "") for key, step in steps)
        table(_COLUMNS, rows)


def _change(step: "Step") -> str:
    old, new = _told(step.old), _told(step.new)
    return f"{old} → {new}" if old and new else f"added {new}" if new else f"removed {old or step.finding.field}"


def _told(fields: "Iterable[Field]") -> str:
    return ", ".join(f"{each.name} = {each.expression or f'{{{each.value}}}'}" for each in fields)


def finding_as_json(key: str, finding: "Finding") -> dict[str, Any]:
    """What was found in the entry with a key, as JSON has it."""
    return {
        "key": key,
        "code": finding.code,
        "severity": finding.severity,
        "field": finding.field or None,
        "message": finding.message,
        "mend": finding.mend,
        "fixable": finding.fix is not None,
    }


def _step_as_json(key: str, step: "Step") -> dict[str, Any]:
    return {
        "key": key,
        "code": step.finding.code,
        "old": [each._asdict() for each in step.old],
        "new": [each._asdict() for each in step.new],
    }


def _sum_up(tally: "Tally", fixed: int | None, *, dry_run: bool) -> None:
    from bibman.services.wording import counted

    if fixed is not None:
        note(f"{counted(fixed, 'finding')} mended{' (nothing was written)' if dry_run else ''}")
    note(counts_said(tally))


def counts_said(tally: "Tally") -> str:
    """How much was found, in how many entries."""
    from bibman.services.wording import counted

    counts = [counted(tally.found[severity], severity) for severity in ("error", "warning", "hint")]
    return f"{', '.join(counts)} in {tally.concerned:,} of {counted(tally.entries, 'entry', 'entries')}"


def _list_codes(*, as_json: bool) -> None:
    from bibman.model.checks.finding import CHECKS

    if as_json:
        emit_json(
            [
                {"code": each.code, "severity": each.severity, "meaning": each.meaning, "fixable": each.mends}
                for each in CHECKS.values()
            ]
        )
        return
    columns = (Column("code", coloured("cyan")), Column("severity"), Column("fix"), Column("meaning", least=24))
    table(columns, ((each.code, each.severity, "fix" if each.mends else "", each.meaning) for each in CHECKS.values()))


def _words(text: str | None) -> list[str]:
    return [word.strip().lower() for word in (text or "").split(",") if word.strip()]
