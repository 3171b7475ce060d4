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
