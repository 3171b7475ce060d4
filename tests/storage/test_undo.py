"""Undo and redo: what each command sees of them, and the cases that are easily got wrong."""

from collections.abc import Callable
from pathlib import Path

import pytest

from bibman.model.entry import Entry, Field
from bibman.storage.annotations import add_note, add_tags, remove_tags, rename_tags
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
from bibman.storage.history import Turned
from tests.storage.looking import content, index_is_in_step, operations, rows
from tests.storage.sample import RAW, STANDING, entry, fill


def test_there_is_nothing_to_undo_or_redo_in_a_new_library(library: Library) -> None:
    assert library.undo() == []
    assert library.redo() == []
    assert operations(library.path) == []


def test_undo_says_what_it_took_back_and_redo_what_it_did_again(library: Library) -> None:
    with library.change("new") as change:
        add_entries(change, dict.fromkeys(reserve_ids(change, 1), entry("a")))
        change.summary = "made a"
    assert library.undo() == [Turned("new", "made a")]
    assert operations(library.path) == [("new", "made a", 1, 2)]
    assert library.redo() == [Turned("new", "made a")]
    assert operations(library.path) == [("new", "made a", 0, 2)]


def test_a_whole_history_is_taken_back_and_done_again_across_openings(path: Path) -> None:
    empty = content(path)
    with Library.open(path) as library:
        fill(library)
    full = content(path)
    for _ in range(2):
        with Library.open(path) as library:
            while library.undo():
                assert library.verify() == []
        assert content(path) == empty
        with Library.open(path) as library:
            for _ in range(STANDING):
                assert library.redo()
        assert content(path) == full


def test_a_new_change_ends_what_could_be_redone(filled_library_open: Library) -> None:
    library = filled_library_open
    library.undo()
    with library.change("note add") as change:
        add_note(change, 1, "now")
    assert library.redo() == []
    assert [undone for _, _, undone, _ in operations(library.path)] == [0] * STANDING
    assert rows(library.path, "SELECT count(*) FROM change WHERE operation_id NOT IN (SELECT id FROM operation)") == [
        (0,)
    ]


def test_the_bytes_of_passages_come_back(filled: Path) -> None:
    before = rows(filled, "SELECT * FROM passage ORDER BY id")
    assert any(RAW in row for row in before for row in row if isinstance(row, bytes))
    with Library.open(filled) as library:
        while library.undo():
            pass
        assert rows(filled, "SELECT * FROM passage") == []
        while library.redo():
            pass
    assert rows(filled, "SELECT * FROM passage ORDER BY id") == before


def test_an_undone_import_comes_back_with_the_same_ids_keys_tags_and_notes(filled: Path) -> None:
    query = "SELECT id, key, tags, notes, added_at FROM entries ORDER BY id"
    before = rows(filled, query)
    with Library.open(filled) as library:
        for _ in range(STANDING):
            library.undo()
        assert rows(filled, query) == []
        for _ in range(STANDING):
            library.redo()
    assert rows(filled, query) == before


def merge_tags(change: Change) -> None:
    """What `tag rename a/b a` does where `a` is there: `a/b` goes into it, and `a/b/b` takes the name that is free."""
    add_tags(change, [1, 2], ["a"])
    ids = {name: tag_id for tag_id, name in change.connection.exec_driver_sql("SELECT id, folded FROM tag")}
    remove_tags(change, [1, 2], [ids["a/b"]])
    rename_tags(change, {ids["a/b/b"]: "a/b"})


def give_a_name_on(change: Change) -> None:
    """A tag gets another name, and a new tag its old one."""
    rename_tags(change, {1: "renamed"})
    add_tags(change, [2], ["a"])


def swap_keys(change: Change) -> None:
    old = {stored.id: stored.entry for stored in change.reader.entries([1, 2])}
    change_entries(change, {1: Entry("third", old[1].type, old[1].fields)})
    change_entries(change, {2: Entry(old[1].key, old[2].type, old[2].fields)})
    change_entries(change, {1: Entry(old[2].key, old[1].type, old[1].fields)})


def move_an_alias(change: Change) -> None:
    drop_aliases(change, ["former"])
    add_aliases(change, [(2, "Former")])


def edit_twice(change: Change) -> None:
    change_entries(change, {1: entry("one", title="Second")})
    change_entries(change, {1: entry("one", title="Third", year="2000")})
    change_entries(change, {1: entry("one", title="First")})


def add_and_remove(change: Change) -> None:
    (entry_id,) = reserve_ids(change, 1)
    add_entries(change, {entry_id: entry("passing", title="Passing")})
    add_tags(change, [entry_id], ["passing"])
    add_note(change, entry_id, "passing")
    remove_entries(change, [entry_id])


def replace_an_entry(change: Change) -> None:
    """An entry goes, and another takes its key within the same change."""
    remove_entries(change, [1])
    add_entries(change, dict.fromkeys(reserve_ids(change, 1), entry("ONE", title="Another")))


def move_all(change: Change) -> None:
    move_annotations(change, 1, 2)
    remove_entries(change, [1])


@pytest.mark.parametrize(
    "step",
    [merge_tags, give_a_name_on, swap_keys, move_an_alias, edit_twice, add_and_remove, replace_an_entry, move_all],
)
def test_what_must_be_undone_and_redone_in_order(library: Library, step: Callable[[Change], None]) -> None:
    with library.change("fill") as change:
        ids = reserve_ids(change, 2)
        add_entries(change, dict(zip(ids, [entry("one", title="First"), entry("two", title="2")], strict=True)))
        add_tags(change, ids, ["a", "a/b", "a/b/b"])
        add_note(change, ids[0], "a note")
        add_aliases(change, [(ids[0], "former")])
    before = content(library.path)
    with library.change("step") as change:
        step(change)
    after = content(library.path)
    for _ in range(2):
        library.undo()
        assert content(library.path) == before
        assert library.verify() == []
        library.redo()
        assert content(library.path) == after
        assert library.verify() == []
        assert index_is_in_step(library.path)


def test_history_keeps_only_what_undo_needs(library: Library) -> None:
    long = "word " * 20_000
    fields = (Field("title", "A"), Field("abstract", long), Field("year", "2000"))
    with library.change("new") as change:
        (entry_id,) = reserve_ids(change, 1)
        add_entries(change, {entry_id: Entry("a", "article", fields)})
    assert rows(library.path, "SELECT sum(length(image)) FROM change") == [(None,)]
    with library.change("edit") as change:
        change_entries(change, {entry_id: Entry("a", "article", (*fields[:2], Field("year", "2001")))})
    assert rows(library.path, "SELECT sum(length(image)) < 500 FROM change") == [(1,)]
    library.undo()
    assert rows(library.path, "SELECT value FROM fields WHERE name = 'year'") == [("2000",)]
