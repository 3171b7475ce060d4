"""`merge`: entries of one work become one; nothing is lost, what referred to either finds it, undo takes it back."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bibman.services.merge import merge, prepare
from bibman.storage.database import Library
from bibman.storage.reading import reading
from tests.cli.calling import Bibman
from tests.storage.looking import looking

OLD = """@article{preprint,
  author = {Doe, Jane},
  title  = {On the growth of trees in cities},
  journal = {arXiv preprint arXiv:2001.00001},
  year = 2020, % the day is not known
}
@inproceedings{kid, author = {Kid, A.}, title = {A Paper on Leaves}, crossref = {oldproc}}
@proceedings{oldproc, title = {Proceedings of the First Conference on Leaves}, year = {1999}, editor = {Ed, One}}
"""
NEW = """@inproceedings{published,
  author = {Doe, J.},
  title = {On the Growth of Trees in Cities},
  booktitle = {Proc. of Trees},
  year = {2021},
  doi = {10.1000/1},
}
@proceedings{newproc, title = {Proceedings of the First Conference on Leaves}, year = {1999},
  editor = {Ed, One}, publisher = {Wood}}
"""
FIELDS = {
    "author": "Doe, Jane",
    "title": "On the Growth of Trees in Cities",
    "booktitle": "Proc. of Trees",
    "year": "2021",
    "doi": "10.1000/1",
    "eprint": "2001.00001",
    "eprinttype": "arxiv",
}


@pytest.fixture
def filled(fresh: Bibman) -> Bibman:
    assert fresh("ingest", fresh.file("old.bib", OLD), fresh.file("new.bib", NEW)).code == 0
    return fresh


def contents(path: Path) -> dict[str, Any]:
    """Everything in a library save its history and the words of its index."""
    with looking(path) as connection:
        names = [
            name
            for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
            if not name.startswith(("sqlite_", "entry_index")) and name not in ("change", "operation")
        ]
        return {name: sorted(map(repr, connection.execute(f"SELECT * FROM {name}"))) for name in names}


def test_a_preprint_and_its_publication_become_one(filled: Bibman) -> None:
    done = filled("merge", "published", "preprint")
    assert (done.code, done.out.splitlines()[-1]) == (0, "merged: preprint into published")
    shown = filled.shown("PREPRINT")
    assert (shown["key"], shown["type"], shown["fields"]) == ("published", "inproceedings", FIELDS)
    assert filled.keys() == ["kid", "oldproc", "published", "newproc"]
    assert filled("library", "verify").code == 0


def test_into_says_which_stays(filled: Bibman) -> None:
    filled("merge", "published", "preprint", "--into", "preprint")
    shown = filled.shown("published")
    assert (shown["key"], shown["type"], shown["fields"]) == ("preprint", "inproceedings", FIELDS)
    assert filled("merge", "kid", "oldproc", "--into", "preprint").code == 2


def test_tags_notes_aliases_and_what_is_distinct_go_along(filled: Bibman) -> None:
    filled("tag", "add", "trees,both", "preprint")
    filled("tag", "add", "both,cities", "published")
    filled("note", "add", "preprint", "Read the preprint")
    filled("note", "add", "published", "Read the paper")
    filled("key", "set", "preprint", "pre")
    filled("distinct", "pre", "kid")
    filled("distinct", "pre", "published")
    assert filled("merge", "published", "pre").code == 0
    shown = filled.shown("preprint")
    assert shown["key"] == "published"
    assert sorted(shown["tags"]) == ["both", "cities", "trees"]
    assert [note["text"] for note in filled.json("note", "list", "published")] == [
        "Read the preprint",
        "Read the paper",
    ]
    assert [pair["keys"] for pair in filled.json("distinct")] == [["kid", "published"]]
    filled("undo")
    assert filled.shown("preprint")["tags"] == ["both", "trees"]
    assert len(filled.json("distinct")) == 2


def test_references_follow(filled: Bibman) -> None:
    filled("merge", "newproc", "oldproc", "--yes")
    assert filled.shown("kid")["fields"]["crossref"] == "newproc"
    assert filled.shown("oldproc")["fields"] == {
        "title": "Proceedings of the First Conference on Leaves",
        "year": "1999",
        "publisher": "Wood",
        "editor": "Ed, One",
    }


def test_a_reference_to_itself_goes(filled: Bibman) -> None:
    filled("edit", "published", "--set", "related=preprint,kid")
    filled("merge", "published", "preprint")
    assert filled.shown("published")["fields"]["related"] == "kid"


def test_a_reference_to_an_alias_of_itself_goes_too(filled: Bibman) -> None:
    filled("key", "set", "newproc", "renamed")
    filled("edit", "kid", "--set", "crossref=newproc")
    filled("merge", "renamed", "kid", "--yes")
    assert "crossref" not in filled.shown("renamed")["fields"]


def test_conflicts_need_a_word_where_nobody_can_be_asked(filled: Bibman) -> None:
    filled("edit", "preprint", "--set", "volume=7", "--set", "journal=Leaves", "--unset", "year")
    filled("edit", "published", "--set", "volume=8")
    before = contents(filled.library)
    done = filled("merge", "published", "preprint")
    assert done.code == 2
    assert "volume" in done.err
    assert "--take" in done.err
    assert contents(filled.library) == before
    assert filled("merge", "published", "preprint", "--take", "volume=preprint", "--yes").code == 0
    assert filled.shown("published")["fields"]["volume"] == "7"
    filled("undo")
    assert filled("merge", "published", "preprint", "--yes").code == 0
    assert filled.shown("published")["fields"]["volume"] == "8"


def test_on_a_terminal_each_conflict_is_asked(filled: Bibman) -> None:
    filled("edit", "kid", "--set", "volume=7")
    filled("edit", "oldproc", "--set", "volume=8", "--type", "inproceedings")
    done = filled.terminal("merge", "kid", "oldproc", types="2\n2\n2\n2\n")
    assert done.code == 0, done
    fields = filled.shown("kid")["fields"]
    assert (fields["volume"], fields["title"]) == ("8", "Proceedings of the First Conference on Leaves")


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ((), 2),
        (("published",), 2),
        (("published", "PUBLISHED"), 2),
        (("published", "nobody"), 3),
        (("published", "preprint", "--take", "colour=preprint"), 3),
        (("published", "preprint", "--take", "year"), 2),
        (("published", "preprint", "--take", "year=published", "--take", "Year=preprint"), 2),
        (("published", "preprint", "--take", "year=kid"), 2),
        (("published", "preprint", "--certain"), 2),
        (("--certain", "--take", "year=kid"), 2),
    ],
)
def test_what_cannot_be_merged_changes_nothing(filled: Bibman, arguments: tuple[str, ...], code: int) -> None:
    before = contents(filled.library)
    assert filled("merge", *arguments).code == code
    assert contents(filled.library) == before


def test_a_dry_run_shows_every_choice_and_writes_nothing(filled: Bibman) -> None:
    before = contents(filled.library)
    found = filled.json("merge", "preprint", "published", "--dry-run")
    assert found["dry_run"] is True
    (one,) = found["merged"]
    assert {field["name"]: field["value"] for field in one["fields"]} == FIELDS
    assert (one["into"], one["keys"], one["type"]) == ("preprint", ["preprint", "published"], "inproceedings")
    author = next(each for each in one["choices"] if each["field"] == "author")
    assert author == {
        "field": "author",
        "values": {"preprint": "Doe, Jane", "published": "Doe, J."},
        "taken": "preprint",
        "reason": "names in full",
        "conflict": False,
    }
    assert "names in full" in filled("merge", "preprint", "published", "-n").out
    assert contents(filled.library) == before


def test_undo_takes_all_of_it_back_in_one_step_and_redo_does_it_again(filled: Bibman) -> None:
    filled("tag", "add", "trees", "preprint")
    before = contents(filled.library)
    assert filled("merge", "--certain").err.splitlines()[-1] == "2 entries merged into 2 others"
    after = contents(filled.library)
    assert filled.keys() == ["preprint", "kid", "oldproc"]
    filled("undo")
    assert contents(filled.library) == before
    filled("redo")
    assert contents(filled.library) == after
    assert filled("library", "verify").code == 0


def test_certain_leaves_what_does_not_fit_together_to_a_person(fresh: Bibman) -> None:
    base = "author = {Doe, Jane}, title = {On the Growth of Trees in Cities}, year = 2020"
    text = (
        f"@article{{a, {base}}}\n@article{{b, {base}, doi = {{10.1000/1}}}}\n@article{{c, {base}, doi = {{10.1000/2}}}}"
    )
    fresh("ingest", fresh.file("refs.bib", text))
    done = fresh("merge", "--certain")
    assert done.code == 0
    assert "something does not fit among a, b, c" in done.err
    assert fresh.keys() == ["a", "b", "c"]


def test_an_unidentified_entry_can_be_merged_into_its_work(seeded: Bibman) -> None:
    seeded("ingest", seeded.file("list.txt", "Something that no catalogue knows, said at some length to be a passage."))
    (unknown,) = [entry["key"] for entry in seeded.json("list", "--unidentified")]
    seeded("tag", "add", "mine", unknown)
    assert seeded("merge", "elhage2022toy", unknown, "--yes").code == 0
    assert seeded.shown(unknown)["key"] == "elhage2022toy"
    assert seeded.shown(unknown)["identified"] is True
    assert "mine" in seeded.shown(unknown)["tags"]


def test_the_files_are_given_back_under_their_own_keys_with_the_better_values(filled: Bibman) -> None:
    filled("merge", "--certain")
    old = filled("export", "--source", "old.bib").out
    assert "@inproceedings{preprint," in old
    assert "title  = {On the Growth of Trees in Cities}" in old
    assert "crossref = {oldproc}" in old
    new = filled("export", "--source", "new.bib").out
    assert "@inproceedings{published," in new
    assert "author = {Doe, Jane}" in new
    assert "publisher = {Wood}" in old
    assert "@proceedings{newproc," in new


def test_a_reference_keeps_its_key_in_the_file_that_has_it(filled: Bibman) -> None:
    filled("merge", "newproc", "oldproc", "--yes")
    assert filled.shown("kid")["fields"]["crossref"] == "newproc"
    assert "crossref = {oldproc}" in filled("export", "--source", "old.bib").out


def test_the_files_read_again_change_nothing(filled: Bibman) -> None:
    filled("merge", "--certain")
    before = contents(filled.library)
    done = filled("ingest", "old.bib", "new.bib")
    assert done.code == 0
    assert "looks like" not in done.err
    assert contents(filled.library) == before


def test_an_edit_in_either_file_reaches_the_one_entry(filled: Bibman) -> None:
    filled("merge", "published", "preprint")
    filled.file("old.bib", OLD.replace("Doe, Jane},", "Doe, Jane},\n  pages = {1--9},"))
    filled.file("new.bib", NEW.replace("Proc. of Trees", "Proceedings of Trees"))
    assert filled("ingest", "old.bib", "new.bib").code == 0
    fields = filled.shown("published")["fields"]
    assert (fields["pages"], fields["booktitle"]) == ("1--9", "Proceedings of Trees")


def test_files_that_were_given_back_are_read_as_they_are(filled: Bibman) -> None:
    filled("merge", "--certain")
    for name in ("old.bib", "new.bib"):
        filled("export", "--source", name, "-o", name)
    assert filled("ingest", "old.bib", "new.bib").code == 0
    assert filled.keys() == ["preprint", "kid", "oldproc"]
    assert filled.shown("preprint")["fields"] == FIELDS


KEYS = ("preprint", "kid", "oldproc", "published", "newproc")


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.sampled_from(KEYS), min_size=2, max_size=4, unique=True))
def test_merge_then_undo_is_nothing(filled: Bibman, keys: list[str]) -> None:
    before = contents(filled.library)
    with reading(filled.library) as reader:
        merging = prepare(reader, keys)
    with Library.open(filled.library) as library:
        merge(library, [merging])
        after = contents(filled.library)
        assert library.verify() == []
        library.undo()
        assert contents(filled.library) == before
        library.redo()
        assert contents(filled.library) == after
        library.undo()
    assert contents(filled.library) == before
