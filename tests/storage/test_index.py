"""The full-text index and all else that is derived: in step with the entries, found out where not, and made anew."""

from collections.abc import Callable
from pathlib import Path

import pytest

from bibman.errors import LibraryError
from bibman.model.fold import FOLD_VERSION
from bibman.storage.annotations import add_note, add_tags, change_note, remove_notes, remove_tags, rename_tags
from bibman.storage.change import Change
from bibman.storage.database import Library
from bibman.storage.entries import add_entries, change_entries, move_annotations, remove_entries, reserve_ids
from bibman.storage.reading import reading
from tests.storage.looking import content, index_is_in_step, looking, rows
from tests.storage.sample import entry, many


def found(path: Path, words: str) -> list[str]:
    """The keys of the entries that the index finds."""
    query = "SELECT key FROM entries WHERE id IN (SELECT rowid FROM entry_index WHERE entry_index MATCH ?) ORDER BY id"
    return [key for (key,) in rows(path, query, words)]


@pytest.mark.parametrize(
    ("words", "keys"),
    [
        ("strasse", ["Lukasz2019", "Müller-2020", "edited", "online"]),
        ("title : strasse", ["Lukasz2019"]),
        ("tags : strasse", ["Müller-2020", "edited", "online"]),
        ("authors : lukasz", ["Lukasz2019", "child"]),
        ("key : muller", ["Müller-2020"]),
        ("notes : lambda", ["Lukasz2019"]),
        ("container : words", ["Lukasz2019"]),
        ("keywords : streets", ["Lukasz2019"]),
        ("abstract : 我们", ["unknown-models-learn"]),
        ("other : 2103", ["online"]),
        ("title : texbook", []),
        ("tags : undone", []),
        ("bare", []),
    ],
)
def test_words_are_found_folded_in_their_columns(filled_file: Path, words: str, keys: list[str]) -> None:
    assert found(filled_file, words) == keys


STEPS: tuple[Callable[[Change], object], ...] = (
    lambda change: add_entries(change, dict(zip(reserve_ids(change, 3), many(3), strict=True))),
    lambda change: change_entries(change, {1: entry("renamed", title="Other words")}),
    lambda change: change_entries(change, {2: entry("knuth84", identified=False, abstract="An opening")}),
    lambda change: add_tags(change, [1, 2, 4], ["new", "alignment"]),
    lambda change: remove_tags(change, [1, 2, 3], [1, 2]),
    lambda change: rename_tags(change, {3: "to be renamed"}),
    lambda change: add_note(change, 4, "Notable"),
    lambda change: change_note(change, 1, 1, "Changed"),
    lambda change: remove_notes(change, [2], [1]),
    lambda change: move_annotations(change, 1, 6),
    lambda change: remove_entries(change, [1, 3]),
)


def test_the_index_is_in_step_after_every_change_and_undo_and_redo(filled_library_open: Library) -> None:
    library = filled_library_open
    for step in STEPS:
        before = content(library.path)
        with library.change("step") as change:
            step(change)
        assert content(library.path) != before
        assert index_is_in_step(library.path)
        assert library.verify() == []
    for turn in (library.undo, library.redo, library.undo):
        while turn():
            assert index_is_in_step(library.path)
            assert library.verify() == []


def test_a_new_library_says_by_which_folding_its_words_were_folded(path: Path) -> None:
    assert rows(path, "SELECT name, value FROM property") == [("fold_version", str(FOLD_VERSION))]


def test_words_folded_by_another_version_are_found_out_and_folded_again(filled_library_open: Library) -> None:
    library = filled_library_open
    with looking(library.path) as connection:
        connection.execute("UPDATE property SET value = '0' WHERE name = 'fold_version'")
        connection.execute("UPDATE entry_text SET title = 'folded otherwise'")
    assert len(library.verify()) == 1
    library.rebuild()
    assert library.verify() == []
    assert found(library.path, "title : strasse") == ["Lukasz2019"]


SPOILS = {
    "a word": "UPDATE entry_text SET title = 'another' WHERE entry_id = 1",
    "a row of words": "DELETE FROM entry_text WHERE entry_id = 1",
    "a title": "UPDATE entry SET title = 'another' WHERE id = 1",
    "a name": "UPDATE entry_name SET family = 'Another' WHERE entry_id = 1",
    "a name's words": "UPDATE entry_name SET folded = 'another' WHERE entry_id = 1",
    "a missing name": "DELETE FROM entry_name WHERE entry_id = 1 AND position = 1",
    "an identifier": "UPDATE entry_identifier SET value = '10.1/other' WHERE entry_id = 1",
    "a note's words": "UPDATE entry_text SET notes = '' WHERE entry_id = 1",
    "fields": 'UPDATE entry_content SET fields = \'[["title","Another"]]\' WHERE entry_id = 1',
    "an index that is empty": "INSERT INTO entry_index(entry_index) VALUES ('delete-all')",
    "an index with a row too much": "INSERT INTO entry_index(rowid, title) VALUES (99, 'none')",
    "an index that was not told": """
        DROP TRIGGER entry_text_updated;
        UPDATE entry_text SET title = 'many other words', authors = 'other names' WHERE entry_id < 5;
        CREATE TRIGGER entry_text_updated AFTER UPDATE ON entry_text BEGIN SELECT 1; END""",
}


@pytest.mark.parametrize("spoil", SPOILS.values(), ids=SPOILS.keys())
def test_what_is_derived_wrongly_is_found_out_and_derived_anew(filled_library_open: Library, spoil: str) -> None:
    library = filled_library_open
    before = content(library.path)
    with looking(library.path) as connection:
        connection.executescript(spoil)
    findings = library.verify()
    assert findings
    assert all("`bibman library rebuild`" in finding for finding in findings)
    assert library.rebuild() == len(before["entry"])
    assert library.verify() == []
    assert index_is_in_step(library.path)
    if "entry_content" not in spoil:
        assert content(library.path) == before
    with library.change("note add") as change:
        add_note(change, 1, "still indexed")
    assert found(library.path, "indexed") == ["Lukasz2019"]


def test_views_triggers_and_an_index_that_are_gone_are_made_anew(filled: Path) -> None:
    schema = "SELECT type, name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite_%' ORDER BY type, name"
    made = rows(filled, schema)
    with looking(filled) as connection:
        for name in ("entries", "citation_keys", "tags"):
            connection.execute(f"DROP VIEW {name}")
        connection.execute("DROP TRIGGER entry_text_inserted")
        connection.execute("DROP TABLE entry_index")
    with pytest.raises(LibraryError, match=r"is damaged .*no such table") as raised, reading(filled) as reader:
        list(reader.summaries())
    assert raised.value.advice == "`bibman library rebuild` makes it anew"
    with Library.open(filled) as library:
        library.rebuild()
        assert library.verify() == []
    assert [(kind, name, " ".join(sql.split())) for kind, name, sql in rows(filled, schema)] == [
        (kind, name, " ".join(sql.split())) for kind, name, sql in made
    ]


def test_a_table_that_is_gone_asks_for_a_backup(filled: Path) -> None:
    with looking(filled) as connection:
        connection.execute("DROP TABLE note")
    with pytest.raises(LibraryError, match=r"is damaged .*no such table") as raised, reading(filled) as reader:
        reader.notes(None)
    assert "library restore" in raised.value.advice


def test_a_reference_that_leads_nowhere_and_fields_that_are_missing_are_found_out(filled_library_open: Library) -> None:
    library = filled_library_open
    with looking(library.path) as connection:
        connection.execute("DELETE FROM tag WHERE name = 'to read'")
        connection.execute("DELETE FROM entry_content WHERE entry_id = 3")
        connection.execute("UPDATE passage SET raw_of = 9999 WHERE id = 3")
        connection.execute("UPDATE alias SET key_folded = 'knuth84' WHERE key = 'OldKey'")
    assert library.verify() == [
        *[f"row {row} of the table entry_tag refers to a row of tag that is not there" for row in (2, 4, 6)],
        "the fields of Müller-2020 are missing",
        "the bytes of passage 3 are missing",
        "the key OldKey is also an alias of another entry",
        "what is derived from Lukasz2019 is not in step with it: `bibman library rebuild` does it again",
        "what is derived from knuth84 is not in step with it: `bibman library rebuild` does it again",
        "what is derived from child is not in step with it: `bibman library rebuild` does it again",
    ]


def test_rebuilding_says_how_far_it_is(filled_library_open: Library) -> None:
    told: list[tuple[int, int]] = []
    filled_library_open.rebuild(lambda done, total: told.append((done, total)))
    assert told
    assert all(0 <= done <= total == 7 for done, total in told)
