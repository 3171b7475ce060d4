"""Undo and redo for any sequence of changes: each brings every row of every table back to what it was."""

import shutil
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TypeVar

from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule, run_state_machine_as_test

from bibman.model.differences import Difference
from bibman.model.entry import Entry, Field
from bibman.model.naming import fold_name
from bibman.storage.annotations import (
    add_note,
    add_tags,
    change_note,
    remove_notes,
    remove_tags,
    rename_tags,
)
from bibman.storage.change import Change
from bibman.storage.database import Library
from bibman.storage.entries import (
    add_aliases,
    add_entries,
    change_entries,
    drop_aliases,
    move_annotations,
    remove_entries,
    reserve_ids,
)
from bibman.storage.reading import Reader, reading
from bibman.storage.sources import Finding, Reading, ReadPassage, add_passages, add_reading, change_findings
from bibman.storage.trail import trail
from tests.storage.looking import Rows, content, index_is_in_step, rows

Action = Callable[[Change], None]
Thing = TypeVar("Thing")

# Few, so that they meet: keys and tags that differ in case, tags below one another.
KEYS = ("a", "A", "b", "c", "Ä1", "ä1", "d")
TAGS = ("x", "X", "x/y", "x/y/z", "straße", "z")
PLACES = st.integers(0, 7)

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
fields = st.builds(
    Field, st.sampled_from(["title", "year", "doi", "abstract", "keywords", "x-own"]), texts
) | st.builds(Field, st.sampled_from(["author", "month", "journal"]), texts, texts)
entries = st.builds(
    Entry, st.just(""), st.sampled_from(["misc", "book"]), st.lists(fields, max_size=5).map(tuple), st.booleans()
)
passages = st.lists(st.tuples(st.binary(max_size=20), PLACES), max_size=4)


def pick(things: Sequence[Thing], place: int) -> list[Thing]:
    """One of `things`, or none where there are none."""
    return [things[place % len(things)]] if things else []


def entry_ids(change: Change) -> list[int]:
    return change.reader.all_ids()


def free(change: Change, key: str) -> bool:
    return change.reader.id_of(key) is None


def add(key: str, entry: Entry, change: Change) -> None:
    if free(change, key):
        (entry_id,) = reserve_ids(change, 1)
        add_entries(change, {entry_id: Entry(key, entry.type, entry.fields, entry.identified)})


def edit(place: int, entry: Entry, change: Change) -> None:
    for entry_id in pick(entry_ids(change), place):
        ((_, _, old),) = change.reader.entries([entry_id])
        change_entries(change, {entry_id: Entry(old.key, entry.type, entry.fields, entry.identified)})


def rename(place: int, key: str, change: Change) -> None:
    for entry_id in pick(entry_ids(change), place):
        ((_, _, old),) = change.reader.entries([entry_id])
        if free(change, key):
            change_entries(change, {entry_id: Entry(key, old.type, old.fields, old.identified)})
            add_aliases(change, [(entry_id, old.key)])


def recall(key: str, change: Change) -> None:
    """A former key becomes the key again."""
    entry_id = change.reader.id_of(key)
    if entry_id is not None:
        ((_, _, old),) = change.reader.entries([entry_id])
        if fold_name(old.key) != fold_name(key):
            drop_aliases(change, [key])
            change_entries(change, {entry_id: Entry(key, old.type, old.fields, old.identified)})
            add_aliases(change, [(entry_id, old.key)])


def remove(places: Sequence[int], change: Change) -> None:
    ids = entry_ids(change)
    remove_entries(change, list({entry_id for place in places for entry_id in pick(ids, place)}))


def tag(places: Sequence[int], names: Sequence[str], change: Change) -> None:
    ids = entry_ids(change)
    add_tags(change, [entry_id for place in places for entry_id in pick(ids, place)], names if ids else [])


def untag(places: Sequence[int], names: Sequence[str], change: Change) -> None:
    ids = entry_ids(change)
    remove_tags(
        change,
        [entry_id for place in places for entry_id in pick(ids, place)],
        list(change.reader.tag_ids(map(fold_name, names)).values()),
    )


def retag(old: str, new: str, change: Change) -> None:
    """A tag gets the name of another, which gives way where it is there."""
    ids = change.reader.tag_ids([fold_name(old), fold_name(new)])
    origin, target = ids.get(fold_name(old)), ids.get(fold_name(new))
    if origin is None:
        return
    if target is not None and target != origin:
        remove_tags(change, entry_ids(change), [target])
    rename_tags(change, {origin: new})


def note(place: int, text: str, change: Change) -> None:
    for entry_id in pick(entry_ids(change), place):
        add_note(change, entry_id, text)


def edit_note(place: int, text: str, change: Change) -> None:
    for each in pick(change.reader.notes(), place):
        change_note(change, each.id, change.reader.ids([each.key])[each.key], text)


def drop_note(place: int, change: Change) -> None:
    for each in pick(change.reader.notes(), place):
        remove_notes(change, [each.id], change.reader.ids([each.key]).values())


def read(name: str, blocks: Sequence[tuple[bytes, int]], change: Change) -> None:
    reading = add_reading(change, Reading(name, "0" * 64, 9, "utf-8", "list", "line", None))
    ids = entry_ids(change)
    add_passages(
        change,
        reading,
        [
            ReadPassage(position, position, raw, "entry", position, Finding("identified", entry_id, 1, "opening", 99.5))
            for position, (raw, place) in enumerate(blocks)
            for entry_id in pick(ids, place)
        ],
    )


def settle(place: int, evidence: str, change: Change) -> None:
    for entry_id in pick(entry_ids(change), place):
        change_findings(change, entry_id, Finding("waiting", entry_id, 2, None, 70.5, 1.5, {"why": evidence}))


def move(origin: int, target: int, change: Change) -> None:
    ids = entry_ids(change)
    for one, other in zip(pick(ids, origin), pick(ids, target), strict=True):
        if one != other:
            move_annotations(change, one, other)


def some(action: Callable[..., None], *strategies: st.SearchStrategy[object]) -> st.SearchStrategy[Action]:
    return st.tuples(*strategies).map(lambda arguments: partial(action, *arguments))


KEY, TAG = st.sampled_from(KEYS), st.sampled_from(TAGS)
SEVERAL_PLACES, SEVERAL_TAGS = st.lists(PLACES, max_size=3), st.lists(TAG, max_size=3)
actions = st.one_of(
    some(add, KEY, entries),
    some(add, KEY, entries),
    some(edit, PLACES, entries),
    some(rename, PLACES, KEY),
    some(recall, KEY),
    some(remove, SEVERAL_PLACES),
    some(tag, SEVERAL_PLACES, SEVERAL_TAGS),
    some(tag, SEVERAL_PLACES, SEVERAL_TAGS),
    some(untag, SEVERAL_PLACES, SEVERAL_TAGS),
    some(retag, TAG, TAG),
    some(note, PLACES, texts),
    some(edit_note, PLACES, texts),
    some(drop_note, PLACES),
    some(read, st.sampled_from(["refs.bib", "list.txt"]), passages),
    some(settle, PLACES, texts),
    some(move, PLACES, PLACES),
)


def check_trails(path: Path) -> None:
    """Whether what is told of every entry fits together, and ends with what there is."""
    with reading(path) as reader:
        here = set(reader.all_ids())
        for entry_id in range(1, max(here, default=0) + 3):
            known: dict[tuple[str, str | None], str | None] = {}
            steps = trail(reader._connection, entry_id)[::-1]
            assert [step.operation.undone for step in steps] == sorted(step.operation.undone for step in steps)
            for undone in (False, True):
                for operation, _, found in steps:
                    if operation.undone is undone:
                        _tell(known, found)
                if not undone:
                    _check_present(reader, entry_id, known)


def _tell(known: dict[tuple[str, str | None], str | None], found: Sequence[Difference]) -> None:
    for kind, name, before, after in found:
        place = (kind, name) if kind not in ("alias", "tag") else (kind, before or after)
        if kind == "field":  # it may be told by its expression or its value
            before, after = (None if each is None else "" for each in (before, after))
        assert known.setdefault(place, before) == before
        known[place] = after


def _check_present(reader: Reader, entry_id: int, known: Mapping[tuple[str, str | None], str | None]) -> None:
    stored = next(reader.entries([entry_id]), None)
    names = {field.name for field in stored.entry.fields} if stored else set()
    tags, aliases = reader.tags_of([entry_id]).get(entry_id, []), reader.aliases(entry_id)
    notes = {str(note.id): note.text for note in reader.notes([entry_id])}
    for (kind, name), value in known.items():
        if kind == "key":
            assert value == (stored and stored.entry.key)
        elif kind == "type":
            assert value == (stored and stored.entry.type)
        elif kind == "note":
            assert value == notes.get(name or "")
        elif kind == "field":
            assert (value is not None) is (name in names)
        elif kind in ("alias", "tag"):
            assert (value is not None) is (name in (tags if kind == "tag" else aliases))


class Turning(RuleBasedStateMachine):
    """A library is changed, and changes are taken back and done again; `past` and `future` are what it should hold."""

    new_file: Path

    def __init__(self) -> None:
        super().__init__()
        self.folder = TemporaryDirectory()
        self.path = Path(shutil.copy(self.new_file, self.folder.name))
        self.library = Library.open(self.path)
        self.past: list[dict[str, Rows]] = []
        self.now = content(self.path)
        self.future: list[dict[str, Rows]] = []

    def teardown(self) -> None:
        self.library.close()
        self.folder.cleanup()

    @rule(steps=st.lists(actions, min_size=1, max_size=5))
    def change(self, steps: list[Action]) -> None:
        with self.library.change("change") as change:
            for step in steps:
                step(change)
        found = content(self.path)
        recorded = rows(self.path, "SELECT max(id) FROM history WHERE NOT undone")[0][0]
        if len(rows(self.path, "SELECT id FROM history WHERE NOT undone")) > len(self.past):
            assert rows(self.path, "SELECT changes > 0 FROM history WHERE id = ?", recorded) == [(1,)]
            assert self.library.redo() == []
            self.past.append(self.now)
            self.future = []
        else:
            assert found == self.now
        self.now = found
        self.check()

    @precondition(lambda self: self.past)
    @rule()
    def undo(self) -> None:
        assert self.library.undo()
        self.future.append(self.now)
        self.now = self.past.pop()
        self.check()

    @precondition(lambda self: self.future)
    @rule()
    def redo(self) -> None:
        assert self.library.redo()
        self.past.append(self.now)
        self.now = self.future.pop()
        self.check()

    @precondition(lambda self: self.past)
    @rule()
    def undo_all_and_redo_all(self) -> None:
        for _ in self.past:
            self.library.undo()
        assert self.library.undo() == []
        assert content(self.path) == self.past[0]
        assert index_is_in_step(self.path)
        for _ in self.past:
            self.library.redo()
        self.check()

    @precondition(lambda self: self.past or self.future)
    @rule(keep=st.integers(0, 3))
    def prune(self, keep: int) -> None:
        standing = rows(self.path, "SELECT id FROM history WHERE NOT undone ORDER BY id DESC")
        self.library.prune(standing[keep][0] if keep < len(standing) else 0)
        self.past = self.past[-keep:] if keep else []
        self.future = []
        self.check()

    def check(self) -> None:
        assert content(self.path) == self.now
        check_trails(self.path)
        assert self.library.verify() == []
        assert index_is_in_step(self.path)
        undone = rows(self.path, "SELECT undone FROM history ORDER BY id")
        assert undone == [(0,)] * len(self.past) + [(1,)] * len(self.future)


def test_undo_and_redo_bring_back_exactly_what_was_there(new_file: Path) -> None:
    run_state_machine_as_test(
        type("Turning", (Turning,), {"new_file": new_file}),
        settings=settings(max_examples=12, stateful_step_count=15, deadline=None, phases=set(Phase) - {Phase.explain}),
    )
