"""A passage whose work nobody knows is an entry all the same, and becomes the work once it is known."""

import json
from typing import Any

import pytest

from tests.cli.calling import Bibman
from tests.storage.looking import content, operations

BEES = (
    "We keep bees & wasps on the {roof} of the library, at 100% of $x_1$ their cost, and count what they carry home in "
    "summer, when the north wind rests and the readers sleep below the open windows"
)
WASPS = (
    "Wasps are the forgotten readers of every library, since they are taken for bees that have lost their way; we show "
    "by an experiment of three years what they read and how often they come back"
)
WORK = {
    "type": "article",
    "title": "Bees on the Roof",
    "author": [{"family": "Honig", "given": "Ada"}],
    "date": "2021",
    "journaltitle": "Journal of Roofs",
    "doi": "10.1234/bees",
    "abstract": BEES,
}
OTHER = WORK | {"title": "Wasps in the Stacks", "doi": "10.1234/wasps", "abstract": WASPS}


def unidentified(bibman: Bibman, text: str = f"{BEES} ...") -> str:
    """The key of the entry that a text becomes which no catalogue knows."""
    done = bibman("ingest", "-", "--json", input=text)
    assert done.code == 4, done
    (passage,) = json.loads(done.out)["sources"][0]["passages"]
    return str(passage["key"])


def know(bibman: Bibman, *works: dict[str, Any]) -> None:
    """Builds a catalogue of works."""
    path = bibman.file("works.jsonl", "".join(f"{json.dumps(work)}\n" for work in works))
    assert bibman("catalogue", "build", path).code == 0


def test_it_has_a_provisional_key_no_title_and_its_opening_for_one(fresh: Bibman) -> None:
    key = unidentified(fresh)
    assert key.startswith("unidentified-we-keep-bees")
    entry = fresh.shown(key)
    assert entry["identified"] is False
    assert entry["title"] is None
    assert entry["opening"].startswith("We keep bees & wasps on the {roof} of the library, at 100% of $x_1$ their")
    assert entry["type"] == "misc"
    assert list(entry["fields"]) == ["abstract"]
    assert entry["origins"][0]["verdict"] == "not found"


def test_its_opening_is_shown_where_a_title_would_stand(fresh: Bibman) -> None:
    done = fresh("ingest", "-", input=BEES)
    assert (done.code, done.err) == (4, "standard input: 1 passage: 1 not found; 1 unidentified\n")
    _, verdict, _, _, key, opening = done.out.rstrip("\n").split("\t")
    assert (verdict, opening[:23]) == ("not found", "“We keep bees & wasps o")
    assert fresh("list").out.startswith(f"{key}\t\t\t“We keep bees & wasps")
    assert "not identified yet" in fresh("show", key).out


def test_it_is_told_apart_in_lists(seeded: Bibman) -> None:
    key = unidentified(seeded)
    assert [entry["key"] for entry in seeded.json("list", "--unidentified")] == [key]
    assert len(seeded.json("list", "--identified")) == 14
    assert seeded.json("library", "info")["unidentified"] == 1


def test_the_same_text_again_is_here_but_still_unidentified(fresh: Bibman) -> None:
    key = unidentified(fresh)
    before = content(fresh.library, history=True)
    done = fresh("ingest", "-", "--json", input=f"{BEES} ...")
    assert done.code == 4
    (passage,) = json.loads(done.out)["sources"][0]["passages"]
    assert (passage["verdict"], passage["key"], passage["identified"]) == ("already here", key, False)
    assert content(fresh.library, history=True) == before


def test_one_that_is_too_short_to_be_sure_waits(fresh: Bibman) -> None:
    know(fresh, WORK)
    done = fresh("ingest", "-", "--json", input=f"{BEES[:72]}...")
    assert done.code == 4
    (passage,) = json.loads(done.out)["sources"][0]["passages"]
    assert (passage["verdict"], passage["title"], passage["score"]) == ("waiting", None, 100)
    (origin,) = fresh.shown(passage["key"])["origins"]
    assert [each["record"]["title"] for each in origin["evidence"]["candidates"]] == ["Bees on the Roof"]


def test_texts_that_begin_alike_get_keys_of_their_own(fresh: Bibman) -> None:
    texts = [f"Bees on the roof of the library carry home much in summer, number {number} of many" for number in "123"]
    fresh("ingest", "-", input="\n".join(texts))
    assert len(set(fresh.keys())) == 3


def test_it_can_be_tagged_noted_and_exported(fresh: Bibman) -> None:
    key = unidentified(fresh)
    assert fresh("tag", "add", "bees", key.upper()).code == 0
    assert fresh("note", "add", key, "Whose is this?").code == 0
    entry = fresh.shown(key)
    assert (entry["tags"], [note["text"] for note in entry["notes"]]) == (["bees"], ["Whose is this?"])
    assert f"@misc{{{key}," in fresh("export", key, "--include-unidentified").out


@pytest.mark.parametrize("how", ["identify", "identify KEY", "ingest"])
def test_it_becomes_the_work_once_a_catalogue_knows_it(fresh: Bibman, how: str) -> None:
    key = unidentified(fresh)
    fresh("tag", "add", "bees", key)
    fresh("note", "add", key, "Whose is this?")
    know(fresh, WORK)
    before = content(fresh.library)
    if how == "ingest":
        done = fresh("ingest", "-", input=f"{BEES} ...")
        assert done.err == "standard input: 1 passage: 1 identified\n"
    else:
        done = fresh(*how.replace("KEY", key).split())
        assert done.out == f"{key}\tidentified\t100\thonig2021bees\n"
        assert done.err == "1 of 1 identified\n"
    assert done.code == 0
    assert fresh.keys() == ["honig2021bees"]
    entry = fresh.shown(key)
    assert (entry["key"], entry["aliases"]) == ("honig2021bees", [key])
    assert (entry["identified"], entry["type"], entry["title"]) == (True, "article", "Bees on the Roof")
    assert (entry["tags"], [note["text"] for note in entry["notes"]]) == (["bees"], ["Whose is this?"])
    assert [origin["verdict"] for origin in entry["origins"]][:1] == ["identified"]
    assert entry["fields"]["doi"] == "10.1234/bees"
    assert fresh("undo").code == 0
    assert content(fresh.library) == before
    assert fresh("redo").code == 0
    assert fresh.shown(key) == entry
    assert fresh("library", "verify").code == 0


@pytest.mark.parametrize("how", ["identify", "ingest"])
def test_where_the_work_is_here_already_tags_and_notes_go_there(fresh: Bibman, how: str) -> None:
    fresh("new", "article", "--set", "title=Mine", "--set", "doi=10.1234/BEES", "--key", "mine")
    fresh("tag", "add", "Own,bees", "mine")
    fresh("note", "add", "mine", "Mine.")
    key = unidentified(fresh)
    fresh("tag", "add", "BEES,found", key)
    fresh("note", "add", key, "Whose is this?")
    know(fresh, WORK)
    before = content(fresh.library)
    done = fresh("identify") if how == "identify" else fresh("ingest", "-", input=f"{BEES} ...")
    assert done.code == 0
    assert fresh.keys() == ["mine"]
    entry = fresh.shown(key)
    assert (entry["key"], entry["title"], entry["aliases"]) == ("mine", "Mine", [key])
    assert entry["tags"] == ["bees", "found", "Own"]
    assert [note["text"] for note in entry["notes"]] == ["Mine.", "Whose is this?"]
    assert entry["origins"][0]["text"] == f"{BEES} ..."
    fresh("undo")
    assert content(fresh.library) == before
    assert fresh.keys() == ["mine", key]
    fresh("redo")
    assert fresh.shown(key) == entry
    assert fresh("library", "verify").code == 0


def test_two_texts_of_one_work_become_one_entry(fresh: Bibman) -> None:
    long, short = unidentified(fresh, BEES), unidentified(fresh, f"{BEES[:150]}...")
    fresh("tag", "add", "long", long)
    fresh("tag", "add", "short", short)
    know(fresh, WORK)
    assert fresh("identify").code == 0
    (key,) = fresh.keys()
    entry = fresh.shown(key)
    assert (sorted(entry["aliases"]), entry["tags"]) == (sorted([long, short]), ["long", "short"])
    assert len(entry["origins"]) == 2


def test_identify_leaves_what_it_does_not_find_and_says_so(fresh: Bibman) -> None:
    bees, wasps = unidentified(fresh), unidentified(fresh, WASPS)
    know(fresh, WORK)
    done = fresh("identify", "--json")
    assert done.code == 4
    one, two = json.loads(done.out)
    assert one["margin"] > 5
    one.pop("margin")
    expected = {"provisional_key": bees, "verdict": "identified", "key": "honig2021bees", "stage": "opening"}
    assert one == expected | {"score": 100.0}
    assert (two["provisional_key"], two["verdict"], two["key"]) == (wasps, "not found", wasps)
    before = content(fresh.library, history=True)
    done = fresh("identify")
    assert (done.code, done.err) == (4, "0 of 1 identified\n")
    assert content(fresh.library, history=True) == before
    know(fresh, WORK, OTHER)
    assert fresh("identify", wasps).code == 0
    assert fresh.keys() == ["honig2021bees", "honig2021wasps"]


def test_identify_with_nothing_to_do_does_nothing(seeded: Bibman) -> None:
    done = seeded("identify")
    assert (done.code, done.out, done.err) == (0, "", "0 of 0 identified\n")
    assert [made[0] for made in operations(seeded.library)] == ["ingest"]


def test_identify_refuses_what_is_identified_and_what_is_not_there(seeded: Bibman) -> None:
    key = unidentified(seeded)
    know(seeded, WORK)
    done = seeded("identify", key, "elhage2022toy")
    assert (done.code, done.err) == (2, "bibman: elhage2022toy is identified already. Nothing was changed\n")
    done = seeded("identify", key, "elhage2022toi")
    assert (done.code, done.err) == (3, "bibman: no such key: elhage2022toi. Did you mean elhage2022toy?\n")
    assert seeded.json("list", "--unidentified")[0]["key"] == key


def test_a_title_given_by_hand_identifies_it_and_makes_its_key(fresh: Bibman) -> None:
    key = unidentified(fresh)
    before = content(fresh.library)
    done = fresh("edit", key, "--set", "title=On Bees", "--set", "author=Wabe, Bo", "--set", "year=1999")
    assert (done.code, done.out) == (0, "edited wabe1999bees\n")
    entry = fresh.shown(key)
    assert (entry["identified"], entry["aliases"]) == (True, [key])
    assert fresh("ingest", "-", input=f"{BEES} ...").err == "standard input: 1 passage: 1 already here\n"
    fresh("undo")
    assert content(fresh.library) == before


def test_a_field_that_is_no_title_leaves_it_unidentified(fresh: Bibman) -> None:
    key = unidentified(fresh)
    assert fresh("edit", key, "--set", "year=1999").out == f"edited {key}\n"
    assert fresh.shown(key)["identified"] is False


def test_a_provisional_key_can_be_changed_and_stays_unidentified(fresh: Bibman) -> None:
    key = unidentified(fresh)
    fresh("key", "set", key, "roof")
    know(fresh, WORK)
    fresh("identify", "roof")
    assert fresh.shown("roof")["aliases"] == ["roof", key]
    assert fresh.keys() == ["honig2021bees"]
