"""The queue: what waits is shown with the works that it may be, and a person decides, once."""

import json
from typing import Any

import pytest

from tests.cli.calling import Bibman
from tests.storage.looking import content, operations

BEES = (
    "We keep bees and wasps on the roof of the library, at a hundredth of their cost, and count what they carry home "
    "in summer, when the north wind rests and the readers sleep below the open windows"
)
WORK = {
    "type": "article",
    "title": "Bees on the Roof of the Library",
    "author": [{"family": "Honig", "given": "Ada"}],
    "date": "2021",
    "journaltitle": "Journal of Roofs",
    "doi": "10.1234/bees",
    "abstract": BEES,
}
OTHER = WORK | {
    "title": "Wasps in the Stacks",
    "doi": "10.1234/wasps",
    "abstract": BEES.replace("bees", "hornets").replace("summer", "winter"),
}
SHORT = f"{BEES[:70]}..."
TITLE = "Bees on a Roof of my Library"


@pytest.fixture
def waiting(fresh: Bibman) -> Bibman:
    """A library in which a short opening waits, near two works, and a title, near one of them."""
    path = fresh.file("works.jsonl", "".join(f"{json.dumps(work)}\n" for work in (WORK, OTHER)))
    assert fresh("catalogue", "build", path).code == 0
    fresh.file("list.txt", f"{SHORT}\n{TITLE}\n")
    done = fresh("ingest", "list.txt")
    assert (done.code, done.err) == (4, "list.txt: 2 passages: 2 waiting; 2 unidentified\n")
    return fresh


def queue(bibman: Bibman) -> dict[str, Any]:
    """What waits, by the text of the passages."""
    return {each["text"]: each for each in bibman.json("review", "list")}


def test_a_waiting_passage_is_shown_with_the_works_that_it_may_be(waiting: Bibman) -> None:
    found = queue(waiting)
    assert list(found) == [SHORT, TITLE]
    assert [(each["number"], each["title"]) for each in found[SHORT]["candidates"]] == [
        (1, WORK["title"]),
        (2, OTHER["title"]),
    ]
    (only,) = found[TITLE]["candidates"]
    assert (only["names"], only["year"], only["container"]) == ("Honig", "2021", "Journal of Roofs")
    assert (only["kind"], only["identifiers"], only["provider"]) == ("title", ["doi:10.1234/bees"], "works")
    assert found[TITLE]["line"] == 2


def test_the_words_that_differ_are_told(waiting: Bibman) -> None:
    found = queue(waiting)
    (only,) = found[TITLE]["candidates"]
    assert [only["compared"][start:end] for start, end in only["differs"]] == ["the", "the"]
    assert [TITLE[start:end] for start, end in only["text_differs"]] == ["a", "my"]
    first, second = found[SHORT]["candidates"]
    assert first["differs"] == []
    assert [second["compared"][start:end] for start, end in second["differs"]] == ["hornets"]


def test_without_a_terminal_it_is_a_list(waiting: Bibman) -> None:
    done = waiting("review")
    assert done.code == 0
    assert done.out == waiting("review", "list").out
    assert done.out.splitlines()[-1].split("\t")[1:] == [
        "1",
        "81",
        WORK["title"],
        "Honig",
        "2021",
        "Journal of Roofs",
        TITLE,
    ]
    assert done.err == "2 passages wait\n"


def test_accepting_one_makes_the_entry_that_work(waiting: Bibman) -> None:
    key = queue(waiting)[SHORT]["key"]
    waiting("tag", "add", "bees", key)
    done = waiting("review", "accept", key, "2")
    assert (done.code, done.out) == (0, f"{key} is honig2021wasps now\n")
    entry = waiting.shown("honig2021wasps")
    assert (entry["title"], entry["tags"], entry["aliases"]) == (OTHER["title"], ["bees"], [key])
    (origin,) = entry["origins"]
    assert (origin["verdict"], origin["stage"]) == ("identified", "decision")
    assert list(queue(waiting)) == [TITLE]


def test_two_passages_of_one_work_become_one_entry(waiting: Bibman) -> None:
    found = queue(waiting)
    for text in (SHORT, TITLE):
        assert waiting("review", "accept", found[text]["key"]).code == 0
    assert waiting.keys() == ["honig2021bees"]
    assert {each["line"] for each in waiting.shown("honig2021bees")["origins"]} == {1, 2}


@pytest.mark.parametrize("decision", ["accept", "reject"])
def test_a_decision_is_undone_and_done_again(waiting: Bibman, decision: str) -> None:
    key = queue(waiting)[SHORT]["key"]
    before = content(waiting.library)
    assert waiting("review", decision, key).code == 0
    after = content(waiting.library)
    assert after != before
    assert waiting("undo").code == 0
    assert content(waiting.library) == before
    assert waiting("redo").code == 0
    assert content(waiting.library) == after


def test_what_was_rejected_is_asked_of_nobody_again(waiting: Bibman) -> None:
    keys = [each["key"] for each in queue(waiting).values()]
    done = waiting("review", "reject", *keys)
    assert (done.code, done.out) == (0, f"none of the works proposed: {', '.join(keys)}\n")
    assert queue(waiting) == {}
    before = content(waiting.library, history=True)
    assert waiting("ingest", "list.txt").err == "list.txt: 2 passages: 2 already here; 2 unidentified\n"
    assert waiting("identify").err == "0 of 2 identified\n"
    assert content(waiting.library, history=True) == before
    waiting.file("other.txt", f"{TITLE.upper()}\n")
    waiting("ingest", "other.txt")
    assert queue(waiting) == {}


def test_a_decision_outlives_its_entry(waiting: Bibman) -> None:
    found = queue(waiting)
    waiting("review", "reject", found[TITLE]["key"])
    waiting("review", "accept", found[SHORT]["key"], "2")
    waiting("remove", found[TITLE]["key"], "honig2021wasps")
    assert waiting.keys() == []
    done = waiting("ingest", "list.txt")
    assert done.err == "list.txt: 2 passages: 1 identified, 1 not found; 1 unidentified\n"
    assert "honig2021wasps" in list(waiting.keys())
    assert queue(waiting) == {}


def test_a_new_work_near_one_that_was_rejected_waits(waiting: Bibman) -> None:
    key = queue(waiting)[TITLE]["key"]
    waiting("review", "reject", key)
    newer = WORK | {"title": "Bees on a Roof of my Laboratory", "doi": "10.1234/roof", "abstract": "Something other."}
    waiting("catalogue", "build", waiting.file("more.jsonl", json.dumps(newer)), "--name", "more")
    waiting("identify", key)
    assert [each["title"] for each in queue(waiting)[TITLE]["candidates"]] == [newer["title"]]
    waiting("review", "reject", key)
    waiting("identify", key)
    assert list(queue(waiting)) == [SHORT]


def test_other_words_propose_other_works(waiting: Bibman) -> None:
    key = queue(waiting)[TITLE]["key"]
    assert [each["title"] for each in waiting.json("review", "search", key, "wasps", "stacks")["candidates"]] == [
        OTHER["title"]
    ]
    assert [each["title"] for each in queue(waiting)[TITLE]["candidates"]] == [OTHER["title"]]
    assert waiting("review", "accept", key).out == f"{key} is honig2021wasps now\n"


def test_words_that_no_work_has_change_nothing(waiting: Bibman) -> None:
    key = queue(waiting)[TITLE]["key"]
    before = content(waiting.library, history=True)
    done = waiting("review", "search", key, "zebras")
    assert (done.code, done.err) == (
        3,
        "bibman: no catalogue has a work with: zebras. Other words may find it\n",
    )
    assert content(waiting.library, history=True) == before


def test_an_identifier_says_which_work_it_is(waiting: Bibman) -> None:
    key = queue(waiting)[SHORT]["key"]
    done = waiting("review", "identify", key, "https://doi.org/10.1234/WASPS")
    assert (done.code, done.out) == (0, f"{key} is honig2021wasps now\n")


def test_an_identifier_that_nobody_knows_yet_is_kept(waiting: Bibman) -> None:
    key = queue(waiting)[TITLE]["key"]
    done = waiting("review", "identify", key, "10.1234/later")
    assert (done.code, done.out) == (4, f"{key} keeps the identifier; no catalogue has it yet\n")
    assert waiting("list", "doi:10.1234/later").out.startswith(key)
    assert list(queue(waiting)) == [SHORT]
    later = WORK | {"title": "On Bees and Later Things", "doi": "10.1234/later", "abstract": "Quite another."}
    waiting("catalogue", "build", waiting.file("more.jsonl", json.dumps(later)), "--name", "more")
    assert waiting("identify", key).out.split("\t")[1:] == ["identified", "100", "honig2021bees\n"]


@pytest.mark.parametrize(
    ("call", "code", "said"),
    [
        (["accept", "nobody"], 3, "no such key: nobody"),
        (["accept", "KEY", "3"], 2, "no proposal 3 for KEY. There are 1: `bibman review list` shows them"),
        (["accept", "KEY", "0"], 2, "no proposal 0 for KEY"),
        (["reject", "KEY", "nobody"], 3, "no such key: nobody"),
        (["identify", "KEY", "a title"], 1, "not an identifier: a title. Give a DOI, an arXiv id, an ISBN or a PMID"),
        (["list", "nobody"], 3, "no such key: nobody"),
    ],
)
def test_a_wrong_call_changes_nothing(waiting: Bibman, call: list[str], code: int, said: str) -> None:
    key = queue(waiting)[TITLE]["key"]
    before = content(waiting.library, history=True)
    done = waiting("review", *[key if word == "KEY" else word for word in call])
    assert done.code == code
    assert done.err.startswith(f"bibman: {said.replace('KEY', key)}")
    assert content(waiting.library, history=True) == before


def test_one_that_does_not_wait_is_not_decided(waiting: Bibman) -> None:
    key = queue(waiting)[TITLE]["key"]
    waiting("review", "accept", key)
    done = waiting("review", "accept", key)
    assert (done.code, done.err) == (2, f"bibman: {key} does not wait. `bibman review list` shows what does\n")


def test_on_a_terminal_single_keys_decide(waiting: Bibman) -> None:
    done = waiting.terminal("review", types="2n")
    assert done.code == 0, done
    assert "1-5 accept · n none of these · / search · i identifier · s skip · q quit" in done.out
    assert "honig2021wasps now" in done.out
    assert done.err == "nothing waits\n"
    assert queue(waiting) == {}
    assert [row[0] for row in operations(waiting.library)[-2:]] == ["review accept", "review reject"]


def test_on_a_terminal_one_can_skip_search_name_and_quit(waiting: Bibman) -> None:
    done = waiting.terminal("review", types="s/wasps stacks\nq")
    assert done.err == "2 passages wait still\n", done
    assert [each["title"] for each in queue(waiting)[TITLE]["candidates"]] == [OTHER["title"]]
    done = waiting.terminal("review", types="i10.1234/bees\nq")
    assert "honig2021bees now" in done.out
    assert list(queue(waiting)) == [TITLE]


def test_on_a_terminal_differing_words_are_marked(waiting: Bibman) -> None:
    shown = waiting.terminal("review", "list", NO_COLOR="1").out
    assert "Bees on [a] Roof of [my] Library" in shown
    assert "Bees on [the] Roof of [the] Library" in shown
    assert "We keep [hornets] and wasps" in shown
