"""Harvesting: what is new on arXiv is fetched page by page into a spool, and written from there into a catalogue.

A harvest goes month by month, so that a token that has become too old costs no more than a month.
"""

import json
import sqlite3
from calendar import monthrange
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import islice
from pathlib import Path
from typing import Final

from bibman.errors import FileError, OutsideError, UsageError
from bibman.model.identifiers import Identifier
from bibman.providers.catalogue import Catalogue
from bibman.providers.catalogue_file import commit, finish, read_meta, written
from bibman.providers.catalogue_index import Writer
from bibman.providers.harvest_spool import Progress, Spool
from bibman.providers.oai import EARLIEST, SERVICE, Page, first_page, next_page
from bibman.providers.service import Ask

_BATCH = 1000
_COMMITTED = 50_000
# A new token that is refused at once is refused for another reason than its age.
_MOST_RESTARTS = 2
_REPORTED = 100
_START: Final[Mapping[str, object]] = {"taken": 0, "added": 0, "refreshed": 0, "removed": 0}


@dataclass(frozen=True, slots=True)
class SetReport:
    """How a set came: `since` which day, `until` which, empty where the harvest of it stopped before its end, and how
    many records of it came in all, also before it was last stopped. One that `is_unknown` had none and never had."""

    name: str
    since: str
    until: str
    records: int
    is_unknown: bool


@dataclass(frozen=True, slots=True)
class HarvestReport:
    """What a harvest did: the sets, how many pages came, what became of the catalogue, of how many records
    that are none the first hundred are told, how many sets `went_on` where they had been stopped, and the `problem`
    that stopped this one before its end."""

    sets: tuple[SetReport, ...]
    pages: int
    works: int
    added: int
    refreshed: int
    removed: int
    rejected: int
    first_rejected: tuple[str, ...]
    went_on: int
    problem: OutsideError | None


@dataclass(frozen=True, slots=True)
class Step:
    """How far a harvest is: the set, the first day of the window, and how many records of how many have come of it."""

    name: str
    since: str
    done: int
    total: int


OnStep = Callable[[Step], object]
OnWritten = Callable[[int, int], object]


def harvest(
    ask: Ask,
    target: Path,
    names: Sequence[str],
    since: str | None,
    now: str,
    on_step: OnStep = lambda _: None,
    on_written: OnWritten = lambda _done, _total: None,
) -> HarvestReport:
    """Brings what changed in sets of arXiv into the catalogue at `target`, which is made where there is none.

    Without `names` the sets are those that were harvested into it before. Each begins at the day `since`; without it,
    where it was stopped, or a day before the day up to which it was harvested. `now` is an ISO 8601 time in UTC.

    If arXiv does not answer any more, what came is written, and the report has the problem. Raises OutsideError where
    nothing came at all, UsageError where it is not said what to harvest, ConflictError where another process is at it,
    and FileError where the catalogue cannot be read or written.
    """
    try:
        known: Mapping[str, str] = {}
        works = 0
        if target.exists():
            with Catalogue.open(target) as catalogue:
                known, works = catalogue.info.harvested, catalogue.info.works
        with Spool.open(target) as spool:
            run = _Run(ask, spool, now[:10], on_step)
            run.plan(names, since, known)
            problem = run.fetch()
            if problem is not None and not run.pages:
                raise problem
            return _report(run, known, problem, *(_merge(target, spool, known, now, on_written) or (works, 0, 0, 0)))
    except sqlite3.Error as error:
        raise FileError(f"cannot write the harvest for {target}: {error}") from None


class _Run:
    """One harvest: its sets, and what came of them."""

    def __init__(self, ask: Ask, spool: Spool, today: str, on_step: OnStep) -> None:
        self._ask = ask
        self._spool = spool
        self._today = today
        self._on_step = on_step
        self._window = 0
        self.states: dict[str, Progress] = {}
        self.pages = self.rejected = self.went_on = 0
        self.first_rejected: list[str] = []

    def plan(self, names: Sequence[str], since: str | None, known: Mapping[str, str]) -> None:
        """Where each set begins."""
        kept = self._spool.states()
        names = list(dict.fromkeys(names or (*kept, *known)))
        if not names:
            raise UsageError("nothing was harvested into this catalogue yet", "Name what is to be: --set cs")
        for name in names:
            state = kept.get(name)
            if state is not None and since in (None, state.begun):
                if state.done and state.day < self._today:
                    state = replace(state, since=_day_before(state.day), until="", done=0)
                self.went_on += 1
            else:
                begun = since or (_day_before(known[name]) if name in known else "")
                if not begun:
                    raise UsageError(
                        f"{name} was not harvested into this catalogue yet",
                        f"Say since which day it is to be: --since {self._today[:8]}01",
                    )
                state = Progress(name, begun, max(begun, EARLIEST))
            self.states[name] = state

    def fetch(self) -> OutsideError | None:
        """Fetches page after page, to the end or until there is a problem."""
        try:
            for name in self.states:
                self._fetch_set(name)
        except OutsideError as problem:
            return problem
        return None

    def _fetch_set(self, name: str) -> None:
        restarts = self._window = 0
        while not (state := self.states[name]).done:
            if state.token:
                page = next_page(self._ask, state.token)
            else:
                state = replace(state, until=_end(state.since, self._today), round=self._spool.next_round())
                page = first_page(self._ask, name, state.since, state.until)
                day = page.day if _is_day(page.day) else self._today
                state, self._window = replace(state, day=min(day, self._today)), 0
            if page.error == "badResumptionToken" and state.token and restarts < _MOST_RESTARTS:
                restarts += 1
                self.states[name] = replace(state, token="")
                continue
            if page.error not in ("", "noRecordsMatch"):
                raise _refused(name, page)
            self.pages += 1
            self._keep(name, state, page)

    def _keep(self, name: str, state: Progress, page: Page) -> None:
        after = replace(state, token=page.token, records=state.records + len(page.records))
        if not page.token:
            is_last = not state.until
            after = replace(
                after, done=int(is_last), since=state.since if is_last else _day_after(state.until), until=""
            )
        self.states[name] = after
        fresh = self._spool.keep(page.records, state.round, self.states.values())
        self.rejected += len(page.rejected)
        self.first_rejected += page.rejected[: _REPORTED - len(self.first_rejected)]
        self._window += len(page.records)
        self._on_step(Step(name, state.since, self._window, page.total))
        if page.token and not fresh:
            # With this token it would only come here again.
            self.states[name] = replace(after, token="")
            self._spool.keep((), state.round, self.states.values())
            raise OutsideError(f"arXiv's list of {name} repeats itself and does not end", "Try again later")


def _merge(
    target: Path, spool: Spool, known: Mapping[str, str], now: str, on_written: OnWritten
) -> tuple[int, int, int, int] | None:
    """Writes what is in the spool into the catalogue, with how far the sets are that are done.

    Returns how many works it has, and how many were added, refreshed and removed; None where there is nothing to write.
    """
    # A set without a record is none of arXiv's, as far as we know: it is not remembered.
    complete = {
        each.name: each.day for each in spool.states().values() if each.done and (each.records or each.name in known)
    }
    total = spool.count()
    if not total and not complete:
        spool.forget()
        return None
    with written(target, ["harvest", spool.id], _START, target if target.exists() else None) as connection:
        meta, writer = read_meta(connection), Writer(connection)
        taken, added, refreshed, removed = (int(meta[name]) for name in _START)
        changes, put, uncommitted = spool.changes(taken), 0, 0
        while batch := list(islice(changes, _BATCH)):
            new, renewed = writer.add((record, packed) for _, _, record, packed in batch if record is not None)
            gone = writer.remove(Identifier("arxiv", number) for _, number, record, _ in batch if record is None)
            taken, put, uncommitted = batch[-1][0], put + len(batch), uncommitted + len(batch)
            added, refreshed, removed = added + new, refreshed + renewed, removed + gone
            if uncommitted >= _COMMITTED:
                uncommitted = 0
                progress = {"taken": taken, "added": added, "refreshed": refreshed, "removed": removed}
                commit(connection, progress)
            on_written(put, total)
        facts = {
            "sources": "\n".join(dict.fromkeys([*meta.get("sources", "").splitlines(), SERVICE.host])),
            "checksum": meta.get("checksum", ""),
            "built_at": now,
            "rejected": meta.get("rejected", 0),
            "harvested": json.dumps({**json.loads(meta.get("harvested", "{}")), **complete}),
        }
        works = finish(connection, writer, _START, facts, changed=added + refreshed)
    spool.forget()
    return works, added, refreshed, removed


def _report(
    run: _Run,
    known: Mapping[str, str],
    problem: OutsideError | None,
    works: int,
    added: int,
    refreshed: int,
    removed: int,
) -> HarvestReport:
    sets = tuple(
        SetReport(
            name=each.name,
            since=each.begun,
            until=each.day if each.done else "",
            records=each.records,
            is_unknown=bool(each.done) and not each.records and each.name not in known,
        )
        for each in run.states.values()
    )
    rejected = run.rejected, tuple(run.first_rejected)
    return HarvestReport(sets, run.pages, works, added, refreshed, removed, *rejected, run.went_on, problem)


def _refused(name: str, page: Page) -> OutsideError:
    said = page.said or page.error
    advice = "Look at the names of its sets" if page.error == "badArgument" else "Try again later"
    return OutsideError(f"arXiv does not list {name}: {said}", advice)


def _end(since: str, today: str) -> str:
    """The last day of the month of a day; empty for a month that is not over."""
    year, month, _ = map(int, since.split("-"))
    end = date(year, month, monthrange(year, month)[1]).isoformat()
    return end if end < today else ""


def _day_before(day: str) -> str:
    return (date.fromisoformat(day) - timedelta(1)).isoformat()


def _day_after(day: str) -> str:
    return (date.fromisoformat(day) + timedelta(1)).isoformat()


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False
