"""Checking entries of a library, and mending what can be mended without asking."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING

from bibman.errors import GivenValueError
from bibman.formats.bibtex_expressions import macros_in
from bibman.model.checks.checking import Step, check, mend
from bibman.model.checks.finding import CHECKS, SEVERITIES, Finding, Severity, Surroundings
from bibman.model.checks.library import spellings
from bibman.model.dates import MONTH_VALUES
from bibman.model.entry import Entry
from bibman.model.naming import fold_name
from bibman.model.nearest import nearest
from bibman.model.vocabulary import Dialect
from bibman.services.cited_keys import named_by, with_parents
from bibman.services.selection import Selection
from bibman.services.wording import counted, listed
from bibman.storage.door import CHUNK
from bibman.storage.reading import Reader

if TYPE_CHECKING:
    from bibman.services.citations import Cited
    from bibman.storage.database import Library

Progress = Callable[[int, int], None]
Checked = tuple[str, list[Finding]]
"""The key of an entry, and what was found in it."""

_KEPT_ENTRIES = 1 << 12  # entries that others refer to, at hand


@dataclass(slots=True)
class Tally:
    """How many entries were checked, in how many something was found, and how many findings there are of a severity."""

    entries: int = 0
    concerned: int = 0
    found: Counter[Severity] = field(default_factory=Counter)

    def add(self, findings: Sequence[Finding], *, is_entry: bool = True) -> None:
        """Counts what was found in one more entry, or of a key that is no entry's."""
        self.entries += is_entry
        self.concerned += is_entry and bool(findings)
        self.found.update(finding.severity for finding in findings)

    @property
    def is_sound(self) -> bool:
        """Whether there is no error and no warning."""
        return not (self.found["error"] or self.found["warning"])


@dataclass(frozen=True, slots=True)
class Fixed:
    """What mending did: of each entry, by its key, what was changed and what is left to find."""

    changes: list[tuple[str, Step]]
    left: list[Checked]


def wanted_codes(only: Iterable[str] = (), without: Iterable[str] = ()) -> frozenset[str]:
    """The codes of the checks that are `only` wanted, or all, less those that are to be done `without`.

    A severity stands for all codes that have it. Raises GivenValueError for what is neither.
    """
    chosen = _codes(only) or frozenset(CHECKS)
    return chosen - _codes(without)


def _codes(names: Iterable[str]) -> frozenset[str]:
    found: set[str] = set()
    for name in names:
        of_severity = {code for code, check in CHECKS.items() if check.severity == name}
        if name not in CHECKS and not of_severity:
            near = nearest(name, [*CHECKS, *SEVERITIES])
            advice = f"Did you mean {' or '.join(near)}?" if near else "`bibman check --codes` lists them"
            raise GivenValueError(f"no such check: {name}", advice)
        found |= of_severity or {name}
    return frozenset(found)


def entries_to_check(
    reader: Reader, selection: Selection, cited: "Cited | None" = None
) -> tuple[list[int], list[Checked]]:
    """The ids of the entries that are meant or cited, or of all, by key; a finding for each key that is cited and not
    here.

    What is cited brings along the entries that it needs, as in an export: they are printed too. Raises NotFoundError
    for an unknown key.
    """
    named, unknown = named_by(reader, cited) if cited is not None else ({}, {})
    lost = [(key, [_nowhere(cited.keys[key], near)]) for key, near in unknown.items()] if cited is not None else []
    everything = cited.everything if cited is not None else not selection.is_made
    wanted = None if everything else [*selection.ids(reader), *with_parents(reader, named)]
    return [entry_id for entry_id, _, _ in reader.listed("key", wanted)], lost


def _nowhere(file: str, near: Sequence[str]) -> Finding:
    advice = f"did you mean {' or '.join(near)}?" if near else "add the entry, or correct the citation"
    return Finding("cited-nowhere", f"{file} cites it, and the library has no such key", advice)


def checked(
    reader: Reader,
    ids: Sequence[int],
    dialect: Dialect,
    codes: AbstractSet[str],
    on_progress: Progress | None = None,
) -> Iterator[Checked]:
    """Checks the entries with these ids, a few at a time: each with what was found in it, nothing if nothing was.

    The macros, references and journals that an entry is held against are those of the whole library.
    """
    around = surroundings(reader, dialect, codes)
    for place, stored in enumerate(reader.entries(ids), 1):
        yield stored.entry.key, [finding for finding in check(stored.entry, around) if finding.code in codes]
        if on_progress is not None and place % CHUNK == 0:
            on_progress(place, len(ids))


def fix(
    library: "Library",
    ids: Sequence[int],
    dialect: Dialect,
    codes: AbstractSet[str],
    *,
    dry_run: bool = False,
    on_progress: Progress | None = None,
) -> Fixed:
    """Mends what can be mended without asking in the entries with these ids, in one operation.

    With `dry_run` nothing is kept, and what is returned would have been.
    """
    from bibman.storage.entries import change_entries

    fixed = Fixed([], [])
    with library.change("check", keep=not dry_run) as change:
        around = surroundings(change.reader, dialect, codes)
        for start in range(0, len(ids), CHUNK):
            mended: dict[int, Entry] = {}
            for stored in change.reader.entries(ids[start : start + CHUNK]):
                result = mend(stored.entry, around, codes)
                if result.done:
                    mended[stored.id] = result.entry
                    fixed.changes.extend((result.entry.key, each) for each in result.done)
                fixed.left.append((result.entry.key, [each for each in result.left if each.code in codes]))
            change_entries(change, mended)
            if on_progress is not None:
                on_progress(start, len(ids))
        keys = list(dict.fromkeys(key for key, _ in fixed.changes))
        change.summary = f"mended {counted(len(keys), 'entry', 'entries')}: {listed(keys)}"
    return fixed


def surroundings(reader: Reader, dialect: Dialect, codes: AbstractSet[str]) -> Surroundings:
    """What the library has round an entry that is checked; references are looked up when an entry has one."""
    macros = {macro.name.lower() for macro in reader.macros()} | MONTH_VALUES.keys()

    @lru_cache(_KEPT_ENTRIES)
    def by_folded(folded: str) -> Entry | None:
        entry_id = reader.id_of(folded)
        return next((stored.entry for stored in reader.entries([entry_id])), None) if entry_id is not None else None

    @lru_cache(_KEPT_ENTRIES)
    def undefined(expression: str) -> tuple[str, ...]:
        return tuple(name for name in macros_in(expression) if name not in macros)

    journals = spellings(reader.journals()) if "journal-spelling" in codes else {}
    return Surroundings(dialect, lambda key: by_folded(fold_name(key)), undefined, journals)
