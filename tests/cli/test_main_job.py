"""The main job: the seed list becomes fourteen complete entries, once."""

import json

import pytest

from tests.cli.calling import SEED, Bibman, works
from tests.storage.looking import content, operations, rows

FIELDS = ("title", "date", "booktitle", "volume", "pages", "doi", "eprint", "eprintclass", "eprinttype", "url")


@pytest.mark.parametrize("number", range(14))
def test_each_line_becomes_the_work_of_the_catalogue(seeded: Bibman, number: int) -> None:
    work = works()[number]
    key = seeded.keys()[number]
    entry = seeded.shown(key)
    assert entry["identified"]
    assert entry["type"] == work["type"]
    assert entry["title"] == work["title"]
    assert entry["date"] == work["date"]
    assert entry["names"] == {"author": work["author"]}
    assert entry["container"] == work.get("booktitle")
    assert {"scheme": "arxiv", "value": work["eprint"]} in entry["identifiers"]
    kept = {name: entry["fields"].get(name) for name in FIELDS if name not in ("title", "pages", "booktitle")}
    assert kept == {name: work.get(name) for name in kept}
    assert entry["fields"].get("pages") == (work["pages"].replace("-", "--") if "pages" in work else None)
    assert entry["fields"].get("eprintdate") == work.get("eprintdate")


@pytest.mark.parametrize("number", range(14))
def test_each_entry_says_where_it_came_from_and_why(seeded: Bibman, number: int) -> None:
    (origin,) = seeded.shown(seeded.keys()[number])["origins"]
    assert origin["source"] == str(SEED)
    assert origin["line"] == number + 2
    assert origin["text"] == SEED.read_text(encoding="utf-8").splitlines()[number + 1]
    assert (origin["verdict"], origin["stage"], origin["score"]) == ("identified", "opening", 100)
    assert not origin["edited_since"]


def test_what_came_of_each_line_is_printed(fresh: Bibman) -> None:
    done = fresh("ingest", str(SEED))
    assert done.code == 0
    told = [line.split("\t") for line in done.out.splitlines()]
    assert [row[:3] for row in told] == [[str(line), "identified", "100"] for line in range(2, 16)]
    assert {row[3] for row in told} == {"opening"}
    assert [row[4] for row in told] == fresh.keys()
    assert [row[5] for row in told] == [work["title"] for work in works()]
    assert done.err == f"{SEED}: 14 passages: 14 identified\n"


def test_what_came_of_each_line_as_json(fresh: Bibman) -> None:
    said = fresh.json("ingest", str(SEED))
    assert said["dry_run"] is False
    (source,) = said["sources"]
    assert source["source"] == str(SEED)
    assert (source["declared"], source["found"], source["passages_are"]) == (14, 14, "line")
    assert (source["encoding"], source["remarks"]) == ("utf-8", [])
    first = source["passages"][0]
    assert first["margin"] > 5
    assert {name: value for name, value in first.items() if name != "margin"} == {
        "line": 2,
        "verdict": "identified",
        "key": "ganguli2023capacity",
        "source_key": None,
        "detail": "",
        "identified": True,
        "title": "The Capacity for Moral Self-Correction in Large Language Models",
        "opening": "We test the hypothesis that language models trained with reinforcement learning…",
        "stage": "opening",
        "score": 100.0,
        "evidence": {"provider": "seed", "length": 160, "place": 0, "beyond": 0},
        "looks_like": [],
    }


def test_the_same_list_again_changes_nothing(seeded: Bibman) -> None:
    before = content(seeded.library, history=True)
    done = seeded("ingest", str(SEED))
    assert done.code == 0
    assert {line.split("\t")[1] for line in done.out.splitlines()} == {"already here"}
    assert done.err == f"{SEED}: 14 passages: 14 already here\n"
    assert content(seeded.library, history=True) == before


def test_the_same_list_from_elsewhere_is_one_more_reading_and_no_entry(seeded: Bibman) -> None:
    copy = seeded.file("copy.txt", SEED.read_bytes())
    before = seeded("list", "--json").out
    assert seeded("ingest", copy).code == 0
    assert seeded("list", "--json").out == before
    assert [origin["source"] for origin in seeded.shown("elhage2022toy")["origins"]] == [str(SEED), copy]


def test_of_a_list_with_one_line_changed_that_one_is_new(seeded: Bibman) -> None:
    changed = SEED.read_text(encoding="utf-8").replace("We describe our early", "Quite unlike all others, our")
    done = seeded("ingest", seeded.file("changed.txt", changed), "--json")
    assert done.code == 4
    verdicts = [passage["verdict"] for passage in json.loads(done.out)["sources"][0]["passages"]]
    assert [place for place, verdict in enumerate(verdicts) if verdict != "already here"] == [6]
    assert verdicts[6] == "waiting"  # found by its other words, but its beginning is another
    assert [entry["identified"] for entry in seeded.json("list")] == [True] * 14 + [False]


def test_a_source_that_changes_is_kept_as_it_was_each_time(seeded: Bibman) -> None:
    path = seeded.file("list.txt", "A first thought about the keeping of what was read, which nobody has written.\n")
    seeded("ingest", path)
    seeded.file("list.txt", "A second thought about the keeping of what was read, which nobody has written.\n")
    seeded("ingest", path)
    kept = rows(seeded.library, "SELECT raw FROM passages WHERE source = ? ORDER BY id", path)
    assert [raw.split()[1] for (raw,) in kept] == [b"first", b"second"]


def test_every_byte_of_every_passage_is_kept(seeded: Bibman) -> None:
    kept = rows(seeded.library, "SELECT line, raw FROM passages ORDER BY line")
    assert kept == list(enumerate(SEED.read_bytes().splitlines(), start=1))


def test_an_ingest_is_one_operation_that_undo_takes_back_and_redo_brings_again(fresh: Bibman) -> None:
    fresh("ingest", str(SEED), "--tag", "seed,to read")
    assert operations(fresh.library)[0][:3] == (
        "ingest",
        f"read {SEED}: 14 new entries; tagged 14 entries seed, to read",
        0,
    )
    before = content(fresh.library)
    assert fresh("undo").out == f"undone: ingest: read {SEED}: 14 new entries; tagged 14 entries seed, to read\n"
    assert [name for name, kept in content(fresh.library).items() if kept] == ["property"]
    assert fresh("redo").code == 0
    assert content(fresh.library) == before
    assert fresh("library", "verify").code == 0


def test_keys_stay_when_the_list_is_read_again_after_undo(seeded: Bibman) -> None:
    keys = seeded.keys()
    seeded("undo")
    seeded("ingest", str(SEED))
    assert seeded.keys() == keys


def test_an_entry_that_was_removed_comes_back_under_its_key(seeded: Bibman) -> None:
    seeded("remove", "elhage2022toy")
    done = seeded("ingest", str(SEED))
    assert done.err.endswith("14 passages: 1 identified, 13 already here\n")
    assert seeded.shown("elhage2022toy")["title"] == "Toy Models of Superposition"


def test_a_work_made_by_hand_is_known_by_its_identifier(fresh: Bibman) -> None:
    fresh("new", "misc", "--set", "eprint=2209.10652", "--set", "eprinttype=arxiv", "--key", "mine")
    done = fresh("ingest", str(SEED))
    assert done.code == 0
    assert done.err.endswith("14 passages: 13 identified, 1 already here\n")
    (told,) = (line.split("\t") for line in done.out.splitlines() if "\tmine\t" in line)
    assert told[1] == "already here"
    assert "title" not in fresh.shown("mine")["fields"]
