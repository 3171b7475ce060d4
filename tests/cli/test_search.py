"""`search`, `list` with a query, and what the page on queries says."""

import re
import shutil
from pathlib import Path

import pytest

from tests.cli.calling import ROOT, Bibman

PAGE = (ROOT / "docs" / "queries.md").read_text("utf-8")
QUERIES = re.findall(r"^\| `([^`]+)` \|", PAGE, re.MULTILINE)
TOY, RED, MORAL = "elhage2022toy", "ganguli2022red", "ganguli2023capacity"
NOBODYS = "Nobody knows this text about the roofs of houses in the rain of the north."
UNKNOWN = "unidentified-nobody-knows-this-c7951"
ASKELL = {
    "bai2022constitutional",
    "bai2022training",
    "bowman2022measuring",
    "ganguli2022predictability",
    "kadavath2022language",
    "olsson2022context",
    "perez2023discovering",
    RED,
    MORAL,
}
EXPECTED: dict[str, set[str] | int] = {
    "harmless assistant": {"bai2022constitutional", "bai2022training"},
    '"red teaming"': {RED},
    "superpos*": {TOY},
    "Hernandez": 9,
    '"in-context learn"*': {"olsson2022context"},
    "学习": {"cell"},
    "2209.10652": {TOY},
    "https://arxiv.org/abs/2209.10652": {TOY},
    "*": 18,
    "author:askell": ASKELL,
    'author:"Askell, Amanda"': ASKELL,
    'title:"language models"': {"bowman2022measuring", RED, MORAL, "kadavath2022language"},
    "journal:nature": {"cell"},
    "url:arxiv.org": 14,
    "note:scales": {TOY},
    "tag:alignment": {RED, MORAL},
    "tag:align*": {RED, MORAL},
    "tag:alignment/rlhf,to-read": {MORAL},
    "type:online": 10,
    "key:gang*": {"ganguli2022predictability", RED, MORAL},
    "doi:10.48550/arXiv.2209.10652": {TOY},
    "source:arxiv-papers.txt": 14,
    "year:2022": 9,
    "year:2021..2022": 9,
    "year:2023..": {MORAL, "handa2025which", "perez2023discovering"},
    "added:7d": 18,
    "added:2026-01..": 18,
    "changed:2026-01-31": set(),
    "has:doi": 16,
    "missing:journal": 17,
    "is:unidentified": {UNKNOWN},
    "is:duplicate": {"bees", "twin"},
    "is:tagged": {RED, MORAL},
    "author:askell year:2022..": ASKELL,
    "moral or deception": {MORAL},
    "author:ganguli not title:red": 8,
    "(moral or deception) year:2022..": {MORAL},
    "author:(askell or elhage)": 11,
    '"not" title:human': set(),
    "@recent tag:alignment": {RED, MORAL},
}


@pytest.fixture(scope="module")
def page_home(tmp_path_factory: pytest.TempPathFactory, seeded_home: Path) -> Path:
    """The seed list with some tags, notes, entries and a saved search; to be read only."""
    home = Path(shutil.copytree(seeded_home, tmp_path_factory.mktemp("page") / "home"))
    with pytest.MonkeyPatch.context() as patch:
        for kind in ("CONFIG", "DATA", "CACHE", "STATE"):
            patch.setenv(f"XDG_{kind}_HOME", str(home / kind.lower()))
        bibman = Bibman(home)
        bibman("tag", "add", "alignment/rlhf,to-read", MORAL)
        bibman("tag", "add", "alignment", RED)
        bibman("note", "add", TOY, "It scales.")
        bibman("saved", "add", "recent", "year:2022.. not is:unidentified")
        made = [
            bibman("new", "article", "--key", "cell", "-s", "title=机器学习 in cells", "-s", "journal=Nature"),
            bibman("new", "article", "--key", "twin", "-s", "title=Cells", "-s", "doi=10.1000/1", "-s", "year=1999"),
            bibman("new", "thesis", "--key", "bees", "-s", "title=Bees", "-s", "doi=10.1000/1"),
            bibman("ingest", "-", input=f"{NOBODYS}\n"),
        ]
        assert [done.code for done in made] == [0, 0, 0, 4], made
    return home


@pytest.fixture
def page(page_home: Path, monkeypatch: pytest.MonkeyPatch) -> Bibman:
    for kind in ("CONFIG", "DATA", "CACHE", "STATE"):
        monkeypatch.setenv(f"XDG_{kind}_HOME", str(page_home / kind.lower()))
    return Bibman(page_home)


def listed(bibman: Bibman, *query: str) -> set[str]:
    return {entry["key"] for entry in bibman.json("list", *query)}


def test_every_query_of_the_page_is_tried_here() -> None:
    assert list(EXPECTED) == QUERIES


@pytest.mark.parametrize("query", QUERIES)
def test_a_query_of_the_page_finds_what_it_says(page: Bibman, query: str) -> None:
    found, expected = listed(page, query), EXPECTED[query]
    assert (len(found) if isinstance(expected, int) else found) == expected
    searched = page.json("search", query, "--limit", "100")
    assert {entry["key"] for entry in searched["entries"]} == found
    assert searched["total"] == len(found)


def test_a_hit_has_this_shape_and_shows_the_words_in_context(page: Bibman) -> None:
    found = page.json("search", "superposition", "neural", "scales")
    (entry,) = found.pop("entries")
    assert found == {"total": 1, "ranked": 1, "offset": 0, "unknown": []}
    assert entry["key"] == TOY
    assert entry["score"] > 0
    shown = {each["field"]: each for each in entry["excerpts"]}
    assert list(shown) == ["title", "abstract", "note"]
    for each in shown.values():
        marked = {each["text"][start:end].lower() for start, end in each["matches"]}
        assert marked
        assert marked <= {"superposition", "neural", "scales"}
    assert shown["note"]["text"] == "It scales."
    assert len(shown["abstract"]["text"]) <= 220


def test_hits_come_in_pages(page: Bibman) -> None:
    all_of_them = [entry["key"] for entry in page.json("search", "askell", "-n", "100")["entries"]]
    assert len(all_of_them) == 9
    pages = [page("search", "askell", "--limit", "4", "--page", number) for number in ("1", "2", "3", "4")]
    keys = [[line.split("\t")[0] for line in done.out.splitlines()] for done in pages]
    assert keys == [all_of_them[:4], all_of_them[4:8], all_of_them[8:], []]
    assert pages[0].err == "1 to 4 of 9; `--page 2` shows more\n"
    assert pages[1].err == "5 to 8 of 9; `--page 3` shows more\n"
    assert pages[2].err == ""


def test_a_page_that_is_far_away_is_empty_or_refused(page: Bibman) -> None:
    assert page("search", "moral", "--page", "1000000", "--limit", "10000")[:2] == (0, "")
    assert page("search", "moral", "--page", "9" * 19).code == 2


def test_on_a_terminal_the_words_are_marked(page: Bibman) -> None:
    done = page.terminal("search", "superposition", columns=100)
    bare = re.sub("\x1b\\[[0-9;]*m", "", done.out)
    assert bare.startswith(f"{TOY}  2022  Elhage et al.")
    assert "  Toy Models of Superposition" in bare
    assert re.search("\x1b\\[[0-9;]*m[Ss]uperposition\x1b", done.out)


def test_a_word_that_no_entry_has_is_told_with_those_like_it(page: Bibman) -> None:
    done = page("search", "superposision", "modls")
    assert done.code == 0
    assert done.out == ""
    assert done.err.splitlines() == [
        "nothing was found",
        "nobody wrote “superposision”; there is superposition",
        "nobody wrote “modls”; there is models or model",
    ]
    assert page.json("search", "superposision")["unknown"] == [{"word": "superposision", "like": ["superposition"]}]


@pytest.mark.parametrize("command", [["search"], ["list"], ["saved", "add", "x"]])
def test_a_query_that_cannot_be_read_says_where_it_goes_wrong(page: Bibman, command: list[str]) -> None:
    done = page(*command, "moral", "(year:2022")
    assert done.code == 2
    assert done.err == "bibman: the query, column 7: a `(` that nothing closes. Put `)` after it, or it into quotes\n"


def test_options_narrow_what_a_query_lists(page: Bibman) -> None:
    assert listed(page, "author:askell", "--tag", "alignment", "--year", "2022") == {RED}


def test_what_is_found_does_not_reach_a_terminal_as_commands(fresh: Bibman) -> None:
    fresh("new", "misc", "--set", "title=Red \x1b[31m words", "--key", "red")
    assert "\x1b[31m" not in fresh.terminal("search", "words").out
    assert "\x1b" not in fresh("search", "words").out
