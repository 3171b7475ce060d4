"""What a shell offers for keys, tags, queries and settings; nothing fails aloud in the middle of a line."""

import shlex
from pathlib import Path

import pytest

from tests.cli.calling import Bibman

TOY = "elhage2022toy"


def asked(bibman: Bibman, line: str) -> list[str]:
    """What is answered to a line that is cut off at the cursor, as fish asks: it wants the words as they are."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("_BIBMAN_COMPLETE", "complete_fish")
        patch.setenv("COMP_LINE", line)
        done = bibman()
    assert (done.code, done.err) == (0, "")
    return [each.partition("\t")[0] for each in done.out.splitlines()]


def offered(bibman: Bibman, *words: str) -> list[str]:
    """What is offered for the last of the words."""
    *before, last = words
    kind, *found = asked(bibman, f"{shlex.join(['bibman', *before])} {shlex.quote(last) if last else ''}")
    assert kind in ("words", "open") or not found
    return found


@pytest.mark.parametrize(
    "words",
    [
        ["show"],
        ["export"],
        ["edit"],
        ["remove"],
        ["identify"],
        ["tag", "add", "x"],
        ["tag", "remove", "x"],
        ["note", "add"],
        ["note", "edit"],
        ["note", "show"],
        ["note", "list"],
        ["note", "remove"],
        ["key", "set"],
        ["show", "bai2022training"],
    ],
    ids=" ".join,
)
def test_keys_are_offered_wherever_a_key_belongs(seeded: Bibman, words: list[str]) -> None:
    assert offered(seeded, *words, "gang") == ["ganguli2022predictability", "ganguli2022red", "ganguli2023capacity"]
    assert offered(seeded, *words, "x") == []


@pytest.mark.parametrize(
    "words", [["tag", "add"], ["tag", "remove"], ["tag", "rename"], ["list", "--tag"]], ids=" ".join
)
def test_tags_are_offered_wherever_a_tag_belongs(seeded: Bibman, words: list[str]) -> None:
    seeded("tag", "add", "rlhf,rl,RL-theory,safety/rlhf", TOY)
    assert offered(seeded, *words, "rl") == ["rl", "rl-theory", "rlhf"]


def test_of_a_list_of_tags_the_last_is_completed(seeded: Bibman) -> None:
    seeded("tag", "add", "safety/rlhf,toys", TOY)
    assert offered(seeded, "tag", "add", "toys,sa") == ["toys,safety/rlhf"]


def test_settings_and_commands_are_offered(fresh: Bibman) -> None:
    assert offered(fresh, "config", "set", "k") == ["key-pattern"]
    assert offered(fresh, "li") == ["list", "library"]
    assert offered(fresh, "library", "re") == ["restore", "rebuild"]


def test_the_library_that_the_line_names_is_asked(seeded: Bibman) -> None:
    seeded("-l", "own.bibman", "new", "book", "--set", "title=Bees", "--key", "bees")
    assert offered(seeded, "-l", "own.bibman", "show", "") == ["bees"]


def test_a_library_of_an_older_bibman_is_not_upgraded_by_the_way(fresh: Bibman) -> None:
    old = Path(__file__).parents[1] / "storage" / "libraries" / "0001.bibman"
    path = fresh.file("old.bibman", old.read_bytes())
    assert offered(fresh, "-l", path, "show", "") == []
    assert Path(path).read_bytes() == old.read_bytes()


def test_a_large_library_offers_no_more_than_one_can_read(fresh: Bibman) -> None:
    fresh("ingest", "-", input="\n".join(f"Bees of the roof number {number} and more" for number in range(300)))
    assert len(offered(fresh, "show", "")) == 200


@pytest.mark.parametrize("broken", ["no library", "no settings", "no such user"])
def test_what_cannot_be_asked_offers_nothing(fresh: Bibman, broken: str) -> None:
    before = ["-l", "~nosuchuser/x"] if broken == "no such user" else []
    if broken == "no settings":
        (fresh.home / "config" / "bibman").mkdir(parents=True)
        (fresh.home / "config" / "bibman" / "config.toml").write_text("broken")
    assert offered(fresh, *before, "show", "") == []
    assert offered(fresh, *before, "tag", "add", "") == []
    assert not fresh.library.exists()
