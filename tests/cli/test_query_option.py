"""`-q`: what the keys of a command say, a query can say."""

import json

import pytest

from tests.cli.calling import Bibman
from tests.storage.looking import content

TOY, RED = "elhage2022toy", "ganguli2022red"


def tagged(bibman: Bibman, tag: str) -> list[str]:
    return [entry["key"] for entry in bibman.json("list", f"tag:{tag}")]


def test_tags_are_put_on_all_that_a_query_means_in_one_step(seeded: Bibman) -> None:
    before = content(seeded.library)
    assert seeded("tag", "add", "old", "-q", "year:..2020").out == "tagged 2 entries old\n"
    assert len(tagged(seeded, "old")) == 2
    assert seeded("tag", "remove", "old", "--query", "tag:old author:stiennon").code == 0
    assert tagged(seeded, "old") == ["christiano2017deep"]
    seeded("undo", "2")
    assert content(seeded.library) == before


def test_keys_and_a_query_are_taken_together(seeded: Bibman) -> None:
    assert seeded("tag", "add", "both", TOY, RED, "-q", "key:elhage* or year:2017").out == "tagged 3 entries both\n"
    assert sorted(tagged(seeded, "both")) == ["christiano2017deep", TOY, RED]


def test_every_command_that_takes_entries_takes_a_query(seeded: Bibman) -> None:
    seeded("note", "add", TOY, "About toys")
    seeded("note", "add", RED, "About teams")
    query = ["-q", "title:toy"]
    assert [entry["key"] for entry in seeded.json("show", *query)] == [TOY]
    assert [note["text"] for note in seeded.json("note", "list", *query)] == ["About toys"]
    assert seeded("export", *query).out.count("\n@") + 1 == 1
    bibliography = seeded("note", "export", "--bibliography", "-", *query).out
    assert "About toys" in bibliography
    assert "About teams" not in bibliography
    assert seeded.json("check", *query)["entries"] == 1
    assert {each["key"] for each in seeded.json("tag", "suggest", *query)} <= {TOY}
    assert [each["old"] for each in seeded.json("key", "generate", *query, "--pattern", "[auth]toy")] == [TOY]
    assert seeded("edit", *query, "--set", "note=Read").out == "edited Elhagetoy\n"
    assert seeded("remove", *query).out == "removed Elhagetoy\n"
    assert len(seeded.keys()) == 13


@pytest.mark.parametrize(
    "command",
    [["tag", "add", "x"], ["tag", "remove", "x"], ["edit", "--set", "a=b"], ["remove"], ["show"], ["tag", "suggest"]],
    ids=" ".join,
)
def test_what_is_not_said_is_not_all(seeded: Bibman, command: list[str]) -> None:
    seeded("tag", "add", "x", TOY)
    before = content(seeded.library, history=True)
    done = seeded(*command)
    assert (done.code, done.out) == (2, "")
    assert done.err == "bibman: it is not said which entries. Name their keys, or say -q QUERY\n"
    done = seeded(*command, "-q", "")
    assert (done.code, "there is nothing in it" in done.err) == (2, True)
    done = seeded(*command, "-q", "nosuchword")
    assert done.code == 0
    done = seeded(*command, "nosuchkey", "-q", "year:2022")
    assert done.code == 3
    assert content(seeded.library, history=True) == before


def test_an_export_of_what_a_query_does_not_find_is_empty(seeded: Bibman) -> None:
    done = seeded("export", "-q", "nosuchword")
    assert (done.code, done.out) == (0, "")
    assert json.loads(seeded("note", "list", "-q", "nosuchword", "--json").out) == []
    assert seeded("check", "-q", "nosuchword").code == 0
