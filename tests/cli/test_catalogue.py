"""`catalogue`: local files of known works."""

import json
import sqlite3
from pathlib import Path

import pytest

from tests.cli.calling import SEED, Bibman, works

BEES = "We keep bees on the roof of the library and count what they carry home in a rainy summer of the high north"
WORK = {"type": "book", "title": "Bees", "author": [{"family": "Wabe"}], "date": "1999", "abstract": BEES}


def lines(*works: object) -> str:
    return "".join(f"{json.dumps(work)}\n" for work in works)


def names(bibman: Bibman) -> list[str]:
    return [catalogue["name"] for catalogue in bibman.json("catalogue", "list")]


def test_the_seed_is_there_from_the_first_on(fresh: Bibman) -> None:
    (seed,) = fresh.json("catalogue", "list")
    assert list(seed) == ["name", "works", "built_at", "path"]
    assert (seed["name"], seed["works"]) == ("seed", 14)
    assert Path(seed["path"]) == fresh.library.parent / "catalogues" / "seed.catalogue"
    assert fresh("catalogue", "list").out == f"seed\t14\t{seed['built_at']}\t{seed['path']}\n"


def test_works_are_found_in_a_catalogue_once_it_is_built(fresh: Bibman) -> None:
    path = fresh.file("bees.jsonl", lines(WORK))
    assert fresh("catalogue", "build", path) == (0, "catalogue bees: 1 work\n", "")
    assert names(fresh) == ["bees", "seed"]
    assert fresh("ingest", "-", input=BEES).code == 0
    assert fresh.keys() == ["wabe1999bees"]
    assert fresh("catalogue", "remove", "bees").out == "removed the catalogue bees\n"
    assert names(fresh) == ["seed"]
    assert fresh.shown("wabe1999bees")["identified"]


def test_several_files_make_one_catalogue_of_the_name_given(fresh: Bibman) -> None:
    one, two = fresh.file("1.jsonl", lines(WORK)), fresh.file("2.jsonl", lines(*works()))
    assert fresh("catalogue", "build", one, two, "--name", "all").out == "catalogue all: 15 works\n"
    assert names(fresh) == ["all", "seed"]


def test_a_catalogue_takes_the_place_of_the_one_with_its_name(fresh: Bibman) -> None:
    path = fresh.file("bees.jsonl", lines(WORK, WORK | {"title": "Wasps"}))
    fresh("catalogue", "build", path)
    fresh.file("bees.jsonl", lines(WORK))
    assert fresh("catalogue", "build", path).out == "catalogue bees: 1 work\n"
    assert names(fresh) == ["bees", "seed"]


def test_what_a_reader_built_is_believed_before_the_seed(fresh: Bibman) -> None:
    own = works()[5] | {"title": "Toys, as I know them"}
    fresh("catalogue", "build", fresh.file("own.jsonl", lines(own)))
    fresh("ingest", str(SEED))
    assert len(fresh.keys()) == 14
    assert fresh.json("list")[5]["title"] == "Toys, as I know them"


def test_lines_that_are_no_works_are_reported_and_the_others_taken(fresh: Bibman) -> None:
    path = fresh.file("bees.jsonl", lines(WORK) + "\nno JSON\n" + lines({"type": "book"}))
    done = fresh("catalogue", "build", path)
    assert (done.code, done.out) == (4, "catalogue bees: 1 work\n")
    first, second = done.err.splitlines()
    assert first.startswith(f"bibman: warning: {path}, line 3: ")
    assert second.startswith(f"bibman: warning: {path}, line 4: ")


def test_after_a_hundred_rejected_lines_the_rest_is_counted(fresh: Bibman) -> None:
    path = fresh.file("bees.jsonl", lines(WORK) + "x\n" * 1200)
    warnings = fresh("catalogue", "build", path).err.splitlines()
    assert len(warnings) == 101
    assert warnings[-1] == "bibman: warning: and 1,100 more lines that are no works"


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("build", "no-such.jsonl"), 1, "cannot read no-such.jsonl: "),
        (("build", ".", "--name", "folder"), 1, "cannot read .: "),
        (("build", "a" * 300), 1, f"{'a' * 300}: file name too long"),
        (("build", "bees.jsonl", "--name", "a/b"), 2, "not a name for a catalogue: 'a/b'. Give one with --name"),
        (("build", "bees.jsonl", "--name", ".bees"), 2, "not a name for a catalogue: '.bees'."),
        (("build", "bees.jsonl", "--name", "seed"), 2, "not a name for a catalogue: 'seed'."),
        (("build", "seed.jsonl"), 2, "not a name for a catalogue: 'seed'. Give one with --name"),
        (("remove", "bee"), 3, "no such catalogue: bee. Did you mean bees?"),
        (("remove", "seed"), 1, "the seed catalogue stays. It belongs to bibman, and would be built again"),
        (("remove", "../library"), 3, "no such catalogue: ../library"),
    ],
)
def test_what_cannot_be_done_is_said_and_nothing_is_done(
    fresh: Bibman, arguments: tuple[str, ...], code: int, said: str
) -> None:
    fresh("catalogue", "build", fresh.file("bees.jsonl", lines(WORK)))
    fresh.file("seed.jsonl", lines(WORK))
    before = fresh.json("catalogue", "list")
    done = fresh("catalogue", *arguments)
    assert (done.code, done.out) == (code, "")
    assert done.err.startswith(f"bibman: {said}")
    assert done.err.count("\n") == 1
    assert fresh.json("catalogue", "list") == before


def test_a_file_without_a_work_makes_no_catalogue_and_leaves_the_old(fresh: Bibman) -> None:
    path = fresh.file("bees.jsonl", lines(WORK))
    fresh("catalogue", "build", path)
    fresh.file("bees.jsonl", "nothing\n")
    done = fresh("catalogue", "build", path)
    assert (done.code, done.out) == (1, "")
    assert fresh("ingest", "-", "--dry-run", input=BEES).code == 0


def test_the_other_catalogues_are_listed_beside_a_damaged_one(fresh: Bibman) -> None:
    fresh("catalogue", "build", fresh.file("bees.jsonl", lines(WORK)))
    (fresh.library.parent / "catalogues" / "wasps.catalogue").write_bytes(b"wasps")
    done = fresh("catalogue", "list")
    assert (done.code, [line.split("\t")[0] for line in done.out.splitlines()]) == (4, ["bees", "seed"])
    assert "warning: " in done.err
    assert "wasps.catalogue is no catalogue, or it is damaged. Remove it, or build it again" in done.err
    assert fresh("catalogue", "remove", "wasps").code == 0
    assert fresh("catalogue", "list").code == 0


def test_a_damaged_catalogue_is_named_and_makes_no_library(fresh: Bibman) -> None:
    fresh("catalogue", "build", fresh.file("bees.jsonl", lines(WORK)))
    (fresh.library.parent / "catalogues" / "bees.catalogue").write_bytes(b"something else")
    for call in (["catalogue", "info", "bees"], ["ingest", str(SEED)]):
        done = fresh(*call)
        assert done.code == 1
        assert "bees.catalogue is no catalogue, or it is damaged. Remove it, or build it again" in done.err
    assert not fresh.library.exists()
    assert fresh("catalogue", "remove", "bees").code == 0
    assert fresh("ingest", str(SEED)).code == 0


def test_a_folder_that_cannot_be_written_is_said(fresh: Bibman, monkeypatch: pytest.MonkeyPatch) -> None:
    path = fresh.file("bees.jsonl", lines(WORK))
    monkeypatch.setenv("XDG_DATA_HOME", "/dev/null/none")
    done = fresh("catalogue", "build", path)
    assert (done.code, done.out) == (1, "")
    assert done.err.startswith("bibman: cannot write the catalogue /dev/null/none/bibman/catalogues/")
    assert done.err.count("\n") == 1
    assert fresh("catalogue", "list").out.startswith("seed\t")


def test_works_come_from_a_bib_and_from_csl(fresh: Bibman) -> None:
    bib = fresh.file("bees.bib", "@book{wabe, title = {Bees}, author = {Wabe}, year = 1999}\n@misc{x}\n")
    done = fresh("catalogue", "build", bib)
    assert (done.code, done.out) == (4, "catalogue bees: 1 work\n")
    assert "bees.bib, line 2: no title" in done.err
    csl = fresh.file("ants.json", json.dumps([{"id": "a", "type": "book", "title": "Ants", "DOI": "10.1000/182"}]))
    assert fresh("catalogue", "add", "bees", csl).out == "catalogue bees: 1 added, 0 refreshed; 2 works\n"
    assert fresh("catalogue", "add", "bees", csl).out == "catalogue bees: 0 added, 0 refreshed; 2 works\n"
    (ants,) = fresh.json("catalogue", "search", "10.1000/182")
    assert ants == {
        "catalogue": "bees",
        "type": "book",
        "fields": {"title": "Ants", "doi": "10.1000/182"},
        "names": {},
    }


def test_a_catalogue_tells_what_is_in_it(fresh: Bibman) -> None:
    fresh("catalogue", "build", fresh.file("bees.jsonl", lines(WORK)))
    told = fresh.json("catalogue", "info", "bees")
    path = fresh.library.parent / "catalogues" / "bees.catalogue"
    assert told["sources"] == ["bees.jsonl"]
    assert (told["name"], told["works"], told["rejected"], told["path"]) == ("bees", 1, 0, str(path))
    assert told["bytes"] == path.stat().st_size
    assert "works\t1\n" in fresh("catalogue", "info", "bees").out
    assert fresh.json("catalogue", "info", "seed")["works"] == 14


def test_works_are_searched_by_their_words(fresh: Bibman) -> None:
    fresh("catalogue", "build", fresh.file("bees.jsonl", lines(WORK)))
    assert fresh("catalogue", "search", "wabe", "roof").out == "Wabe\t1999\tBees\t\n"
    (toy,) = fresh.json("catalogue", "search", "toy superposition", "--in", "seed")
    assert toy["fields"]["eprint"] == "2209.10652"
    assert toy["names"]["author"][0]["family"] == "Elhage"
    assert len(fresh.json("catalogue", "search", "language", "-n", "3")) == 3
    assert fresh("catalogue", "search", "unheardof") == (0, "", "")


def test_a_work_of_several_catalogues_is_found_once(fresh: Bibman) -> None:
    fresh("catalogue", "build", fresh.file("mine.jsonl", lines(*works())))
    found = fresh.json("catalogue", "search", "toy superposition")
    assert [hit["catalogue"] for hit in found] == ["mine"]
    assert [hit["catalogue"] for hit in fresh.json("catalogue", "search", "2209.10652", "--in", "seed")] == ["seed"]


@pytest.mark.parametrize("command", [("info",), ("search", "word", "--in"), ("remove",), ("add",)])
def test_a_catalogue_that_is_not_there_is_told_with_the_nearest(fresh: Bibman, command: tuple[str, ...]) -> None:
    path = fresh.file("bees.jsonl", lines(WORK))
    fresh("catalogue", "build", path)
    done = fresh("catalogue", *command, "bee", *([path] if command == ("add",) else []))
    assert (done.code, done.out) == (3, "")
    assert "bees" in done.err


def test_nothing_is_added_to_the_seed(fresh: Bibman) -> None:
    done = fresh("catalogue", "add", "seed", fresh.file("bees.jsonl", lines(WORK)))
    assert (done.code, done.out) == (1, "")
    assert fresh.json("catalogue", "info", "seed")["works"] == 14


def test_an_older_catalogue_is_asked_to_be_built_again(fresh: Bibman) -> None:
    fresh("catalogue", "build", fresh.file("bees.jsonl", lines(WORK)))
    connection = sqlite3.connect(fresh.library.parent / "catalogues" / "bees.catalogue")
    connection.execute("UPDATE meta SET value = '1' WHERE name = 'format'")
    connection.commit()
    connection.close()
    done = fresh("ingest", "-", input=BEES)
    assert (done.code, done.out) == (1, "")
    assert done.err.count("\n") == 1
    assert "bees.catalogue was built by another version of bibman" in done.err


def test_middles_titles_and_references_are_identified(fresh: Bibman) -> None:
    title = "On the care of bees in the high north"
    fresh("catalogue", "build", fresh.file("bees.jsonl", lines(WORK | {"title": title, "abstract": f"{BEES}. " * 3})))
    texts = (BEES[40:] + ". " + BEES, "On the car of bees in the high nort", f"Wabe, A. (1999). {title}. Hives 3, 1-9.")
    for text, stage in zip(texts, ("middle", "title", "reference"), strict=True):
        fresh("undo")
        done = json.loads(fresh("ingest", "-", "--passages", "block", "--json", input=text).out)
        (passage,) = done["sources"][0]["passages"]
        assert (passage["verdict"], passage["stage"]) == ("identified", stage)
