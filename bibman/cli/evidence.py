"""`check --evidence` and `check --online`: how entries stand to what others know, told side by side."""

from collections import Counter
from collections.abc import Iterable, Iterator
from collections.abc import Set as AbstractSet
from typing import TYPE_CHECKING, Any, NamedTuple

import typer

from bibman.cli.asking import problems_as_json, tell_problems
from bibman.cli.check import counts_said, finding_as_json, show_finding
from bibman.cli.output import (
    Column,
    Progress,
    clean,
    coloured,
    emit_json,
    is_terminal,
    marked,
    note,
    say,
    table,
    warn,
)
from bibman.cli.session import Session
from bibman.errors import OutsideError, UsageError

if TYPE_CHECKING:
    from bibman.model.checks.finding import Finding
    from bibman.model.entry import Entry
    from bibman.services.asking import Problems
    from bibman.services.checks import Checked
    from bibman.services.citations import Cited
    from bibman.services.evidence import Compared, Side
    from bibman.services.selection import Selection

_COLOURS = {"confirmed": "green", "contradicted": "yellow", "unknown": "blue"}


class Things(NamedTuple):
    """What is to be told: findings with these `codes`, and the entries with none, too, where `everything` is."""

    codes: AbstractSet[str]
    everything: bool
    online: bool


def things_wanted(only: list[str], without: list[str], *, online: bool) -> Things:
    """What is to be told. Raises UsageError where `only` names nothing that comparing finds."""
    from bibman.model.checks.finding import CHECKS
    from bibman.services.checks import wanted_codes

    codes = {code for code in wanted_codes(only, without) if CHECKS[code].compares or code == "cited-nowhere"}
    if only and not codes:
        raise UsageError(f"comparing finds no {', '.join(only)}", "Say it without --evidence and --online")
    return Things(codes, not only, online)


def compare(session: Session, chosen: "Selection", cited: "Cited | None", things: Things, *, as_json: bool) -> None:
    """Compares entries with what others know, and tells of it. Ends with 1 where there is an error or a warning."""
    from bibman.services.asking import Problems
    from bibman.services.catalogues import opened
    from bibman.services.checks import entries_to_check
    from bibman.services.configuration import catalogue_folder
    from bibman.services.evidence import compared, compared_online, works_of

    telling, problems = _Telling(things, as_json=as_json), Problems()
    progress = Progress("Asked" if things.online else "Compared")
    with opened(catalogue_folder()) as catalogues:
        with session.reading() as reader:
            reader.hold()
            ids, lost = entries_to_check(reader, chosen, cited)
            entries: Iterable[Entry] = works_of(reader, ids)
            if things.online:
                # No library is held while services are waited for.
                entries = list(entries)
            else:
                told = None if is_terminal() else progress
                telling.tell(lost, _watched(compared(entries, catalogues), len(ids), told))
        if things.online:
            with session.asking() as client:
                found, problems = compared_online(entries, catalogues, client, progress)
            progress.close()
            telling.tell(lost, found)
    progress.close()
    if as_json:
        emit_json(telling.as_json(problems))
    else:
        telling.sum_up()
        tell_problems(problems.first, was_answered=problems.was_answered)
    for remark in cited.remarks if cited is not None else ():
        warn(remark)
    if problems.first and not problems.was_answered:
        raise typer.Exit(OutsideError.exit_code)
    if not telling.tally.is_sound:
        raise typer.Exit(1)


def _watched(found: "Iterable[Compared]", total: int, progress: Progress | None) -> "Iterator[Compared]":
    for done, each in enumerate(found, start=1):
        yield each
        if progress is not None:
            progress(done, total)


class _Telling:
    """Tells what is found as it is found, and counts it."""

    def __init__(self, things: Things, *, as_json: bool) -> None:
        from bibman.services.checks import Tally

        self.tally = Tally()
        self._standings: Counter[str] = Counter()
        self._things = things
        self._is_json = as_json
        self._findings: list[dict[str, Any]] = []
        self._compared: list[dict[str, Any]] = []

    def tell(self, lost: "Iterable[Checked]", found: "Iterable[Compared]") -> None:
        """Tells of keys that are lost, and of entries that were compared; to programs in rows."""
        if self._is_json or is_terminal():
            for _ in self._rows(lost, found):
                pass
        else:
            table(_COLUMNS, self._rows(lost, found))

    def _rows(self, lost: "Iterable[Checked]", found: "Iterable[Compared]") -> Iterator[tuple[str, ...]]:
        for key, findings in lost:
            if "cited-nowhere" in self._things.codes:
                self.tally.add(findings, is_entry=False)
                self._show(key, findings)
                yield from ((key, each.code, "", "", each.message, "") for each in findings)
        for each in found:
            findings = [finding for finding in each.findings if finding.code in self._things.codes]
            self.tally.add(findings)
            self._standings[each.judgement.standing] += 1
            if findings or (self._things.everything and not each.findings):
                self._show(each.entry.key, findings, each)
                yield from _rows(each, {finding.code for finding in findings})

    def _show(self, key: str, findings: "list[Finding]", found: "Compared | None" = None) -> None:
        if self._is_json:
            self._findings += [finding_as_json(key, each) for each in findings]
            self._compared += [] if found is None else [_as_json(found)]
        elif is_terminal():
            say(coloured("cyan")(clean(key)))
            if found is not None and not any(each.code in _STANDINGS for each in findings):
                say(f"  {clean(_standing_said(found))}")
            for finding in findings:
                show_finding(finding)
            if found is not None and any(each.code == "contradicted" for each in findings):
                _show_sides(found)

    def sum_up(self) -> None:
        """Says how many entries there are of each kind, and how much was found."""
        counts = (f"{self._standings[each]:,} {each}" for each in _COLOURS)
        note(f"{', '.join(counts)}; {counts_said(self.tally)}")

    def as_json(self, problems: "Problems") -> dict[str, Any]:
        """All that was found, as JSON has it."""
        return {
            "entries": self.tally.entries,
            **{each: self._standings[each] for each in _COLOURS},
            "errors": self.tally.found["error"],
            "warnings": self.tally.found["warning"],
            "hints": self.tally.found["hint"],
            "findings": self._findings,
            "compared": self._compared,
            "problems": problems_as_json(problems.first),
        }


_COLUMNS = tuple(map(Column, ("key", "verdict", "what", "entry", "known", "source")))
_STANDINGS = ("contradicted", "unknown-work")


def _rows(found: "Compared", codes: AbstractSet[str]) -> Iterator[tuple[str, ...]]:
    """An entry as programs read it: how it stands, on a line for each difference, and what publishers say."""
    from bibman.model.description import described

    key, judgement = found.entry.key, found.judgement
    standing, near = str(judgement.standing), judgement.nearest
    if judgement.differences:
        if "contradicted" in codes:
            yield from (
                (key, standing, each.field, each.said, each.known, each.source) for each in judgement.differences
            )
    elif judgement.works:
        proposal = judgement.works[0].proposal
        yield key, standing, _ways(found), "", described(proposal.record), proposal.provider
    else:
        nearest = ("", "") if near is None else (described(near.record), near.provider)
        yield key, standing, "", "", *nearest
    yield from (
        (key, each.code, "", "", each.message, "") for each in found.findings if each.code in codes - {*_STANDINGS}
    )


def _ways(found: "Compared") -> str:
    return ", ".join(dict.fromkeys(each.by for each in found.judgement.works))


def _standing_said(found: "Compared") -> str:
    standing = coloured(_COLOURS[found.judgement.standing])(found.judgement.standing)
    sources = dict.fromkeys(each.proposal.provider for each in found.judgement.works)
    return f"{standing} by {_ways(found)} ({', '.join(sources)})" if sources else standing


def _show_sides(found: "Compared") -> None:
    """Shows an entry and the works that were found for it, field by field, with the words that differ marked."""
    from bibman.model.differing import differing
    from bibman.services.evidence import sides

    own, *others = sides(found)
    if not others:
        return
    differs, dim = coloured("yellow", bold=True), coloured("bright_black")
    labels = ["entry", *(f"{each.source}, {each.by}" for each in others)]
    width = max(map(len, labels))
    for name in ("title", "names", "year", "container", "identifiers"):
        texts = [_text(side, name) for side in (own, *others)]
        for place, (label, text) in enumerate(zip(labels, texts, strict=True)):
            if any(texts):
                heading = "" if place else name
                spans = differing(texts[0], text)[1] if place and texts[0] else []
                shown = marked(text, spans, differs) or "–"
                say(f"    {dim(f'{heading:11}')} {dim(clean(label).ljust(width))}  {shown}")


def _text(side: "Side", name: str) -> str:
    value = getattr(side, name)
    return value if isinstance(value, str) else " ".join(value)


def _as_json(found: "Compared") -> dict[str, Any]:
    from bibman.services.evidence import sides

    _, *works = sides(found)
    return {
        "key": found.entry.key,
        "verdict": str(found.judgement.standing),
        "differences": [
            {"field": each.field, "entry": each.said, "known": each.known or None, "source": each.source}
            for each in found.judgement.differences
        ],
        "works": [
            {
                "source": each.source,
                "by": each.by.split(", "),
                "title": each.title,
                "names": each.names,
                "year": int(each.year) if each.year else None,
                "container": each.container or None,
                "identifiers": list(each.identifiers),
            }
            for each in works
        ],
    }
