"""One change of a library: all or nothing, and one operation of its history."""

from pathlib import Path

import pytest

from bibman.storage.annotations import add_note, add_tags, change_note, remove_notes, remove_tags, rename_tags
from bibman.storage.database import Library
from bibman.storage.entries import (
    add_aliases,
    add_entries,
    change_entries,
    drop_aliases,
    move_annotations,
    remove_entries,
    reserve_ids,
    stored_entries,
)
from bibman.storage.tables import EntryRow
from tests.storage.looking import content, index_is_in_step, operations, rows
from tests.storage.sample import SAMPLE, entry, ids_of_tags, many


def add(library: Library, *keys: str) -> list[int]:
    """Adds an entry for each key and returns their ids."""
    with library.change("new") as change:
        ids = list(reserve_ids(change, len(keys)))
        add_entries(change, {i: entry(key, title=f"On {key}") for i, key in zip(ids, keys, strict=True)})
        change.summary = f"made {', '.join(keys)}"
    return ids


def test_a_change_is_one_operation_with_a_change_for_each_row(library: Library) -> None:
    add(library, "a", "b")
    assert operations(library.path) == [("new", "made a, b", 0, 4)]
    ((made_at,),) = rows(library.path, "SELECT made_at FROM history")
    assert len(made_at) == len("2026-01-02T03:04:05Z")
    assert rows(library.path, "SELECT DISTINCT added_at, changed_at FROM entries") == [(made_at, made_at)]


def test_a_change_that_changes_no_row_leaves_no_operation_and_keeps_what_can_be_redone(library: Library) -> None:
    (entry_id,) = add(library, "a")
    with library.change("tag add") as change:
        add_tags(change, [entry_id], ["kept", "other"])
        add_note(change, entry_id, "kept")
        add_aliases(change, [(entry_id, "old")])
    add(library, "b")
    library.undo()
    before = content(library.path, history=True)
    with library.change("nothing") as change:
        change.now = "2999-01-01T00:00:00Z"
        add_entries(change, {})
        same = stored_entries(change, [entry_id])[entry_id].entry
        assert change_entries(change, {entry_id: same}) == []
        remove_entries(change, [])
        assert add_tags(change, [entry_id], ["KEPT"]) == 0
        assert remove_tags(change, [entry_id], []) == 0
        rename_tags(change, {1: "kept"})
        change_note(change, 1, entry_id, "kept")
        remove_notes(change, [], [])
        drop_aliases(change, ["never was"])
        add_aliases(change, [])
        change.update(EntryRow, {})
        change.summary = "nothing"
    assert content(library.path, history=True) == before
    assert library.redo()


def test_an_exception_takes_the_whole_change_back(library: Library) -> None:
    add(library, "a")
    before = content(library.path, history=True)

    def fail() -> None:
        with library.change("new") as change:
            (entry_id,) = reserve_ids(change, 1)
            add_entries(change, {entry_id: entry("b", title="B")})
            add_tags(change, [1, entry_id], ["t"])
            _ = 1 / 0

    with pytest.raises(ZeroDivisionError):
        fail()
    assert content(library.path, history=True) == before
    assert library.verify() == []


def test_a_change_that_is_not_kept_changes_nothing_but_can_be_read_meanwhile(library: Library) -> None:
    add(library, "a")
    before = content(library.path, history=True)
    with library.change("new", keep=False) as change:
        (entry_id,) = reserve_ids(change, 1)
        add_entries(change, {entry_id: entry("b", title="B")})
        assert change.reader.id_of("B") == entry_id
    assert content(library.path, history=True) == before
    add(library, "b")


def test_ids_are_never_used_twice(library: Library) -> None:
    first = add(library, "a", "b")
    library.undo()
    second = add(library, "a", "b")
    with library.change("remove") as change:
        remove_entries(change, second)
    third = add(library, "a", "b")
    with library.change("new", keep=False) as change:
        add_entries(change, dict.fromkeys(reserve_ids(change, 1), entry("c")))
    assert len({*first, *second, *third}) == 6
    assert [number for (number,) in rows(library.path, "SELECT id FROM history")] == sorted({2, 3, 4})


def test_ids_that_are_reserved_a_few_at_a_time_do_not_meet(library: Library) -> None:
    with library.change("new") as change:
        ids = [*reserve_ids(change, 2), *reserve_ids(change, 3)]
        add_entries(change, dict(zip(ids[3:], many(2), strict=True)))
        ids += reserve_ids(change, 1)
        add_entries(change, dict(zip(ids[:3], many(3, start=2), strict=True)))
    assert len(set(ids)) == 6


def test_an_edit_raises_the_revision_and_derives_anew(library: Library) -> None:
    (entry_id,) = add(library, "a")
    with library.change("edit") as change:
        edited = entry("a", "book", title="Ångström", author="Ng, A.", year="2001", doi="10.1000/X")
        assert change_entries(change, {entry_id: edited}) == [entry_id]
    query = "SELECT type, revision, title, short_names, year FROM entries"
    assert rows(library.path, query) == [("book", 2, "Ångström", "Ng", 2001)]
    assert rows(library.path, "SELECT scheme, value FROM identifiers") == [("doi", "10.1000/x")]
    assert index_is_in_step(library.path)
    assert library.verify() == []


def test_an_entry_that_is_removed_takes_its_tags_notes_and_aliases_along_and_leaves_its_passages(filled: Path) -> None:
    passages = rows(filled, "SELECT id, raw, verdict FROM passages ORDER BY id")
    with Library.open(filled) as library, library.change("remove") as change:
        remove_entries(change, list(range(1, len(SAMPLE))))
    found = content(filled)
    left = {name for name, found_rows in found.items() if found_rows}
    assert left == {"source", "reading", "passage", "macro", "preamble", "saved_search", "property"}
    assert rows(filled, "SELECT id, raw, verdict FROM passages ORDER BY id") == passages
    assert rows(filled, "SELECT count(*) FROM passages WHERE entry_id IS NOT NULL") == [(0,)]


def test_a_tag_that_no_entry_has_is_gone(filled_library_open: Library) -> None:
    library = filled_library_open
    (tag_id,) = ids_of_tags(library, "TO  Read")
    with library.change("tag remove") as change:
        assert remove_tags(change, [1, 2, 3, 4], [tag_id]) == 3
    assert ids_of_tags(library, "to read") == []


def test_a_tag_is_shown_as_it_was_first_typed(library: Library) -> None:
    ids = add(library, "a", "b")
    with library.change("tag add") as change:
        assert add_tags(change, ids[:1], ["To Read", "TO READ"]) == 1
        assert add_tags(change, ids, ["to read", "To Read"]) == 1
    assert rows(library.path, "SELECT name, entries FROM tags") == [("To Read", 2)]


def test_an_entry_that_becomes_another_gives_it_tags_notes_and_aliases(library: Library) -> None:
    origin, target = add(library, "origin", "target")
    with library.change("fill") as change:
        add_tags(change, [origin, target], ["both"])
        add_tags(change, [origin], ["own"])
        add_note(change, origin, "a note")
        add_aliases(change, [(origin, "former")])
    with library.change("move") as change:
        move_annotations(change, origin, target)
        assert change.reader.tags_of([origin, target]) == {target: ["both", "own"]}
        assert change.reader.notes_of([origin, target]) == {target: ["a note"]}
        assert change.reader.id_of("FORMER") == target
    assert library.verify() == []
    assert index_is_in_step(library.path)
