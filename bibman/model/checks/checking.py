"""All checks of an entry, and the mending of what they find."""

from collections.abc import Callable, Container, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from bibman.model.checks import library
from bibman.model.checks.dates import dates, pages
from bibman.model.checks.finding import CHECKS, SEVERITIES, Finding, Subject, Surroundings
from bibman.model.checks.identifiers import identifiers
from bibman.model.checks.mending import changed_by
from bibman.model.checks.names import names
from bibman.model.checks.required import type_and_fields
from bibman.model.checks.texts import texts
from bibman.model.checks.titles import titles
from bibman.model.entry import Entry, Field
from bibman.model.vocabulary import CONTROL_TYPES

_CHECKERS: Final[Sequence[Callable[[Subject], Iterator[Finding]]]] = (
    library.key,
    library.references,
    type_and_fields,
    texts,
    titles,
    names,
    dates,
    pages,
    identifiers,
    library.macros,
    library.journals,
)
_RANK: Final = {code: (SEVERITIES.index(check.severity), place) for place, (code, check) in enumerate(CHECKS.items())}
_MOST_FIXES: Final = 1000  # no entry has so much to mend; a fix that undid another would go on for ever


@dataclass(frozen=True, slots=True)
class Step:
    """What one fix changed: its finding, and the fields that it took and gave."""

    finding: Finding
    old: tuple[Field, ...]
    new: tuple[Field, ...]


@dataclass(frozen=True, slots=True)
class Mended:
    """An entry with all mended that could be, the steps in which it was, and what is still found in it."""

    entry: Entry
    done: tuple[Step, ...]
    left: list[Finding]


def check(entry: Entry, around: Surroundings) -> list[Finding]:
    """All that is found in an entry, the worst first. Of one that is not identified there is only that to say."""
    if not entry.identified:
        advice = f"`bibman passages` shows it; `bibman edit {entry.key} --set title=…` says what it is"
        return [Finding("unidentified", "nobody knows yet which work it is, and export leaves it out", advice)]
    if entry.type in CONTROL_TYPES:
        return []
    first: dict[str, Field] = {}
    for field in entry.fields:
        first.setdefault(field.name, field)
    subject = Subject(entry, around, first)
    found = [finding for checker in _CHECKERS for finding in checker(subject)]
    return sorted(found, key=lambda finding: _RANK[finding.code]) if len(found) > 1 else found


def mend(entry: Entry, around: Surroundings, wanted: Container[str] = CHECKS) -> Mended:
    """Mends of an entry all that can be mended without asking, of the `wanted` codes."""
    done: list[Step] = []
    while True:
        found = check(entry, around)
        finding = next((each for each in found if each.fix and each.code in wanted), None)
        if finding is None or finding.fix is None or len(done) == _MOST_FIXES:
            return Mended(entry, tuple(done), found)
        done.append(Step(finding, *changed_by(finding.fix, entry)))
        entry = finding.fix(entry)
