"""`undo`, `redo`, `history`: every change can be taken back, and done again."""

from pathlib import Path

import pytest

from tests.cli.calling import SEED, Bibman
from tests.storage.looking import content

TOY, TRAIN = "elhage2022toy", "bai2022training"
CHANGES = {
    "ingest": ("ingest", "more.txt", "--tag", "new"),
    "tag add": ("tag", "add", "x,y/z", TOY, TRAIN),
    "tag remove": ("tag", "remove", "old", TOY),
    "tag rename": ("tag", "rename", "old", "older"),
    "note add": ("note", "add", TOY, "Another."),
    "note edit": ("note", "edit", "1", "Otherwise."),
    "note remove": ("note", "remove", "1"),
    "new": ("new", "book", "--set", "title=Bees"),
    "edit": ("edit", TOY, TRAIN, "--set", "note=Fine", "--unset", "abstract", "--type", "misc"),
    "remove": ("remove", TOY, TRAIN),
    "key set": ("key", "set", TOY, "toy"),
    "identify": ("identify",),
}
BEES = "We keep bees on the roof of the library and count what they carry home in a rainy summer of the high north"
WORK = '{"type": "book", "title": "Bees on Roofs", "author": [{"family": "Wabe"}], "date": "1999", "abstract": "%s"}'


@pytest.fixture
def used(seeded: Bibman) -> Bibman:
    """A library in which there is something for every command to change."""
    seeded("ingest", "-", input=BEES)
    seeded("catalogue", "build", seeded.file("works.jsonl", WORK % BEES))
    seeded("tag", "add", "old,old/er", TOY)
    seeded("note", "add", TOY, "Fine.")
    seeded.file("more.txt", "Wasps under the eaves of the archive, whom nobody has counted so far\n")
    return seeded


@pytest.mark.parametrize(("command", "call"), CHANGES.items(), ids=CHANGES)
def test_every_change_can_be_undone_and_done_again(used: Bibman, command: str, call: tuple[str, ...]) -> None:
    before, looked = content(used.library), used("list", "--json").out
    assert used(*call).code in (0, 4)
    after = content(used.library)
    assert after != before
    made = used.json("history")[0]
    assert (made["command"], made["undone"]) == (command, False)
    assert made["changes"] > 0
    assert used("undo").out == f"undone: {command}: {made['summary']}\n"
    assert content(used.library) == before
    assert used("list", "--json").out == looked
    assert used.json("history")[0]["undone"]
    assert used("redo").out == f"done again: {command}: {made['summary']}\n"
    assert content(used.library) == after
    assert used("library", "verify").out == "the library is sound\n"


def test_all_changes_are_undone_one_after_the_other_to_the_first(used: Bibman) -> None:
    states = []
    for call in CHANGES.values():
        before = content(used.library)
        used(*call)
        if content(used.library) != before:
            states.append(before)
    assert len(states) >= len(CHANGES) - 1
    final = content(used.library)
    while states:
        assert used("undo").code == 0
        assert content(used.library) == states.pop()
    while used("redo").out != "there is nothing to do again\n":
        pass
    assert content(used.library) == final


def test_there_may_be_nothing_to_undo_or_redo(seeded: Bibman) -> None:
    assert seeded("redo") == (0, "there is nothing to do again\n", "")
    assert seeded("undo").code == 0
    assert seeded("undo") == (0, "there is nothing to undo\n", "")
    assert seeded.keys() == []


def test_a_new_change_ends_what_could_be_done_again(seeded: Bibman) -> None:
    seeded("tag", "add", "x", TOY)
    seeded("undo")
    seeded("tag", "add", "y", TOY)
    assert seeded("redo").out == "there is nothing to do again\n"
    assert [made["summary"] for made in seeded.json("history")] == ["tagged 1 entry y", f"read {SEED}: 14 new entries"]


def test_what_only_reads_leaves_no_trace(seeded: Bibman) -> None:
    before = content(seeded.library, history=True)
    for call in (
        ("list",),
        ("show", TOY),
        ("export", "-o", "refs.bib"),
        ("tag", "list"),
        ("note", "list"),
        ("history",),
        ("library", "info"),
        ("library", "verify"),
        ("library", "backup", "copy.bibman"),
        ("identify",),
        ("ingest", str(SEED), "--dry-run"),
    ):
        assert seeded(*call).code == 0, call
    assert content(seeded.library, history=True) == before
    assert Path("refs.bib").exists()


def test_history_shows_the_latest_first(seeded: Bibman) -> None:
    for number in range(1, 4):
        seeded("tag", "add", f"t{number}", TOY)
    seeded("undo")
    made = seeded.json("history")
    assert [list(each) for each in made] == [["id", "made_at", "command", "summary", "changes", "undone"]] * 4
    assert [(each["summary"], each["undone"]) for each in made[:2]] == [
        ("tagged 1 entry t3", True),
        ("tagged 1 entry t2", False),
    ]
    latest = made[0]
    assert (
        seeded("history", "--limit", "1").out
        == f"{latest['id']}\t{latest['made_at']}\ttag add\ttagged 1 entry t3\tundone\n"
    )
    assert len(seeded.json("history", "-n", "3")) == 3
    assert len(seeded.json("history", "-n", "9" * 30)) == 4
    assert seeded("history", "-n", "0").code == 2


def test_several_operations_are_undone_and_done_again_at_once(used: Bibman) -> None:
    for call in list(CHANGES.values())[1:5]:
        assert used(*call).code == 0
    states = [content(used.library)]
    foretold = used("undo", "3", "--dry-run").out
    assert content(used.library) == states[0]
    done = used("undo", "3").out
    assert done == foretold.replace("to be undone:", "undone:")
    assert done.splitlines()[0].startswith("undone: note add: ")
    states.append(content(used.library))
    assert used("redo", "2", "-n").out.splitlines()[0].startswith("to be done again: tag remove: ")
    assert used("redo", "2").code == 0
    assert used("undo", "2").code == 0
    assert content(used.library) == states[1]
    again = used("redo", "99")
    assert (len(again.out.splitlines()), again.err) == (3, "there is nothing more to do again\n")
    assert content(used.library) == states[0]
    assert used("redo", "-n").out == "there is nothing to do again\n"
    all_foretold = used("undo", "99", "--dry-run")
    all_done = used("undo", "9" * 30)
    assert (all_done.code, all_done.err) == (0, "there is nothing more to undo\n")
    assert (all_foretold.out.replace("to be undone:", "undone:"), all_foretold.err) == (all_done.out, all_done.err)
    assert used("undo", "-n").out == "there is nothing to undo\n"
    assert used.keys() == []
    assert used("undo", "0").code == 2


def trail(bibman: Bibman, key: str) -> list[tuple[str, bool, list[tuple[str, str | None, str | None, str | None]]]]:
    """What `history KEY` tells, the first first."""
    return [
        (step["command"], step["undone"], [tuple(each.values()) for each in step["differences"]])
        for step in reversed(bibman.json("history", key))
    ]


def test_the_history_of_an_entry_tells_what_differed_and_when_and_by_what(fresh: Bibman) -> None:
    path = fresh.file("refs.bib", '@string{j = "Journal"}\n@article{one, title = {One}, journal = j, year = 2020}')
    fresh("ingest", path, "--tag", "new")
    fresh("new", "book", "--set", "title=Other", "--key", "other")
    fresh("tag", "add", "other", "other")
    fresh("tag", "rename", "new", "old/er")
    fresh("note", "add", "one", "First")
    fresh("edit", "one", "--set", "year=2021", "--unset", "journal", "--type", "misc")
    fresh("key", "set", "one", "uno")
    fresh.file("refs.bib", '@string{j = "Journal"}\n@article{one, title = {One}, journal = j, year = 2020, note = {N}}')
    fresh("ingest", path)
    fresh("note", "edit", "1", "Second")
    fresh("tag", "remove", "old/er", "uno")
    fresh("undo", "2")
    told = [
        (
            "ingest",
            False,
            [
                ("key", None, None, "one"),
                ("type", None, None, "article"),
                ("field", "title", None, "One"),
                ("field", "journal", None, "j"),
                ("field", "year", None, "2020"),
                ("tag", None, None, "new"),
            ],
        ),
        ("tag rename", False, [("tag", None, "new", None), ("tag", None, None, "old/er")]),
        ("note add", False, [("note", "1", None, "First")]),
        (
            "edit",
            False,
            [("type", None, "article", "misc"), ("field", "journal", "j", None), ("field", "year", "2020", "2021")],
        ),
        ("key set", False, [("key", None, "one", "uno"), ("alias", None, None, "one")]),
        ("ingest", False, [("field", "note", None, "N")]),
        ("note edit", True, [("note", "1", "First", "Second")]),
        ("tag remove", True, [("tag", None, "old/er", None)]),
    ]
    assert trail(fresh, "uno") == told
    assert [step["source"] for step in fresh.json("history", "uno") if step["source"]] == [path, path]
    latest, edited = fresh.json("history", "uno", "-n", "2")
    assert list(latest) == ["id", "made_at", "command", "summary", "changes", "undone", "source", "differences"]
    heading = f"{latest['id']}\t{latest['made_at']}\ttag remove\tundone"
    assert fresh("history", "ONE", "-n", "1").out == f"{heading}\ttag\told/er\t\n"
    assert fresh.terminal("history", "uno", "-n", "2", NO_COLOR="1").out.splitlines() == [
        f"{latest['id']}  {latest['made_at']}  tag remove  undone  took old/er off 1 entry",
        "  - tag  old/er",
        f"{edited['id']}  {edited['made_at']}  note edit  undone  edited a note on uno: Second",
        "  - note 1  First",
        "  + note 1  Second",
    ]


def test_the_history_of_an_entry_that_was_removed_is_still_told(used: Bibman) -> None:
    before = trail(used, TOY)
    used("remove", TOY, TRAIN)
    *earlier, last = trail(used, TOY.upper())
    assert earlier == before
    assert (last[0], last[1]) == ("remove", False)
    assert {("tag", None, "old", None), ("note", "1", "Fine.", None)} <= set(last[2])
    used("undo", "99")
    assert [(command, undone) for command, undone, _ in trail(used, TOY)] == [
        ("ingest", True), ("tag add", True), ("note add", True), ("remove", True),
    ]  # fmt: skip
    assert used("history", "elhage2022toi").code == 3


def test_tags_that_are_merged_and_notes_that_move_are_in_the_history_of_their_entries(seeded: Bibman) -> None:
    seeded("tag", "add", "a,b", TOY)
    seeded("tag", "add", "a", TRAIN)
    seeded("tag", "merge", "a", "b")
    assert trail(seeded, TOY)[-1] == ("tag merge", False, [("tag", None, "a", None)])
    assert trail(seeded, TRAIN)[-1] == ("tag merge", False, [("tag", None, "a", None), ("tag", None, None, "b")])
    seeded("undo")
    assert trail(seeded, TRAIN)[-1] == ("tag merge", True, [("tag", None, "a", None), ("tag", None, None, "b")])


def test_what_is_forgotten_is_said_first_and_then_cannot_be_undone(used: Bibman) -> None:
    for call in CHANGES.values():
        used(*call)
    used("undo", "2")
    now = content(used.library)
    made = len(used.json("history"))
    day = used.json("history")[0]["made_at"][:10]
    said = f"{made - 4} operations of {day} can no longer be undone, and 2 operations that are undone"
    refused = used("history", "prune", "--keep", "2")
    assert (refused.code, refused.out) == (2, "")
    assert refused.err.startswith(f"bibman: {said} can no longer be done again then. --yes says")
    assert len(used.json("history")) == made
    asked = used.terminal("history", "prune", "--keep", "2", types="n\n")
    assert asked.code == 1
    assert len(used.json("history")) == made
    assert used("history", "prune", "--keep", "2", "--yes").out.startswith(said)
    assert len(used.json("history")) == 2
    assert content(used.library) == now
    assert used("library", "verify").code == 0
    assert used("redo").out == "there is nothing to do again\n"
    assert len(used("undo", "99").out.splitlines()) == 2
    assert used("library", "verify").code == 0
    assert used("history", "prune", "--keep", "0", "-y").code == 0
    assert used.json("history") == []
    assert used("history", "prune", "--keep", "0", "-y").out == "there is nothing to forget\n"
    assert used("tag", "add", "x", TOY).code == 0
    assert used("undo").code == 0


def test_a_day_says_what_is_forgotten_and_the_room_is_given_back(seeded: Bibman) -> None:
    from tests.storage.looking import looking

    seeded("new", "misc", "--key", "long", "--set", "title=x", "--set", f"abstract={'word ' * 100_000}")
    seeded("remove", "long")
    with looking(seeded.library) as connection:
        connection.execute("UPDATE operation SET made_at = '2020-01-01T00:00:00Z' WHERE command != 'ingest'")
        connection.execute("UPDATE operation SET made_at = '2019-12-31T23:59:59Z' WHERE command = 'ingest'")
    size = seeded.library.stat().st_size
    assert seeded("history", "prune", "--before", "2019-12-31", "-y").out == "there is nothing to forget\n"
    done = seeded("history", "prune", "--before", "2020-01-01", "-y")
    assert done.out.splitlines()[0] == "1 operation of 2019-12-31 can no longer be undone"
    assert len(seeded.json("history")) == 2
    assert seeded("history", "prune", "--before", "2021-01-01", "-y").code == 0
    assert seeded.library.stat().st_size < size - 400_000
    assert seeded("library", "verify").code == 0


def test_a_source_is_read_again_and_given_back_when_the_history_is_forgotten(fresh: Bibman) -> None:
    first = "@article{one, title = {One}, year = 2020, doi = {10.1000/x}, note = {Ours}}\n"
    second = (
        "% kept\n@article{uno, title = {One}, year = 2020, doi = {10.1000/x}, note = {Theirs}}\n@misc{b, title = {B}}\n"
    )
    fresh("ingest", fresh.file("first.bib", first))
    path = fresh.file("second.bib", second)
    fresh("ingest", path)
    fresh("edit", "one", "--set", "year=2021")
    fresh("edit", "b", "--set", "title=C")
    edited = second.replace("2020", "2021").replace("{B}", "{C}")
    assert fresh("export", "--source", path).out == edited
    assert fresh("history", "prune", "--keep", "0", "-y").code == 0
    # Nothing tells any more that the note was another one from the beginning: the file gets the library's.
    assert fresh("export", "--source", path).out == edited.replace("Theirs", "Ours")
    fresh.file("second.bib", second.replace("year = 2020", "year = 2020, volume = 7"))
    assert fresh("ingest", path).code in (0, 4)
    assert fresh.shown("one")["fields"]["volume"] == "7"
    assert fresh.shown("one")["fields"]["year"] == "2021"
    assert fresh("library", "verify").code == 0
