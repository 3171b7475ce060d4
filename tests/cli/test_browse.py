"""`list` and `show`: for people on a terminal, for programs elsewhere."""

import json
import re

import pytest
from wcwidth import wcswidth

from tests.cli.calling import SEED, Bibman, works

TOY, TRAIN = "elhage2022toy", "bai2022training"
NAME = {"family", "given", "prefix", "suffix", "literal"}
SUMMARY = [
    "key",
    "type",
    "identified",
    "title",
    "opening",
    "names",
    "date",
    "year",
    "container",
    "identifiers",
    "tags",
    "note_count",
    "added_at",
    "changed_at",
]
WHOLE = [*SUMMARY, "aliases", "fields", "notes", "origins"]
ORIGIN = ["source", "read_at", "line", "text", "verdict", "stage", "score", "margin", "evidence", "edited_since"]


def keys(bibman: Bibman, *options: str) -> list[str]:
    return [entry["key"] for entry in bibman.json("list", *options)]


def bare(text: str) -> str:
    return re.sub("\x1b\\[[0-9;]*m", "", text)


@pytest.fixture
def small(fresh: Bibman) -> Bibman:
    """Three entries of different types, years and names."""
    for key, type_, *values in (
        ("bee", "book", "title=Zoo of {Bees}", "author=Łukasz Wabe and van der Bo, Ada", "date=2001-05"),
        ("Ant", "article", "title=a Study of Ants", "author={The Ant Club}", "year=1999", "journaltitle=J. Ants"),
        ("cat", "misc", "title=日本語の研究 and cats " + "very long " * 20, "editor=Ørsted, Hans"),
    ):
        fresh("new", type_, "--key", key, *(part for value in values for part in ("--set", value)))
    return fresh


def test_a_summary_has_this_shape(seeded: Bibman) -> None:
    seeded("tag", "add", "toys,read", TOY)
    seeded("note", "add", TOY, "Fine.")
    entry = seeded.json("list")[5]
    assert list(entry) == SUMMARY
    times = {name: entry.pop(name) for name in ("added_at", "changed_at")}
    assert all(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", time) for time in times.values())
    assert entry == {
        "key": TOY,
        "type": "online",
        "identified": True,
        "title": "Toy Models of Superposition",
        "opening": entry["opening"],
        "names": {"author": works()[5]["author"]},
        "date": "2022-09-21",
        "year": 2022,
        "container": None,
        "identifiers": [{"scheme": "arxiv", "value": "2209.10652"}],
        "tags": ["read", "toys"],
        "note_count": 1,
    }


def test_an_entry_whole_has_this_shape(seeded: Bibman) -> None:
    seeded("note", "add", TOY, "Fine.")
    seeded("key", "set", TOY, "toy")
    (entry,) = seeded.json("show", TOY)
    assert list(entry) == WHOLE
    assert [list(field) for field in entry["fields"]] == [["name", "value", "expression"]] * len(entry["fields"])
    assert [list(note) for note in entry["notes"]] == [["id", "text", "created_at", "changed_at"]]
    (origin,) = entry["origins"]
    assert list(origin) == ORIGIN
    assert (origin["source"], origin["line"], origin["evidence"]["provider"]) == (str(SEED), 7, "seed")
    assert entry["aliases"] == [TOY]


def test_names_have_the_parts_that_they_have(small: Bibman) -> None:
    assert [entry["names"] for entry in small.json("list")] == [
        {
            "author": [
                {"family": "Wabe", "given": "Łukasz"},
                {"family": "Bo", "given": "Ada", "prefix": "van der"},
            ]
        },
        {"author": [{"literal": "The Ant Club"}]},
        {"editor": [{"family": "Ørsted", "given": "Hans"}]},
    ]


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        ("added", ["bee", "Ant", "cat"]),
        ("key", ["Ant", "bee", "cat"]),
        ("title", ["Ant", "bee", "cat"]),
        ("name", ["cat", "Ant", "bee"]),
        ("type", ["Ant", "bee", "cat"]),
        ("year", ["cat", "Ant", "bee"]),
    ],
)
def test_a_list_is_sorted_as_asked_and_turned_round(small: Bibman, order: str, expected: list[str]) -> None:
    found = keys(small, "--sort", order)
    assert sorted(found) == sorted(expected)
    assert keys(small, "--sort", order, "--reverse") == found[::-1]
    if order != "name":
        assert found == expected


def test_a_list_by_name_goes_by_the_first_family_name(seeded: Bibman) -> None:
    found = [entry["names"]["author"][0]["family"] for entry in seeded.json("list", "--sort", "name")]
    assert found == sorted(found)


def test_what_was_changed_last_can_come_first(small: Bibman) -> None:
    times = [entry["changed_at"] for entry in small.json("list", "-s", "changed", "-r")]
    assert times == sorted(times, reverse=True)


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (["--year", "2001"], ["bee"]),
        (["-y", "1999..2001"], ["bee", "Ant"]),
        (["-y", "2000.."], ["bee"]),
        (["-y", "..2000"], ["Ant"]),
        (["-y", " 1999 .. 1999 "], ["Ant"]),
        (["--name", "wabe"], ["bee"]),
        (["--name", "BO"], ["bee"]),
        (["--name", "orsted"], ["cat"]),
        (["--name", "ørs"], ["cat"]),
        (["--name", "ant club"], ["Ant"]),
        (["--name", "łuk"], ["bee"]),
        (["--name", "uka"], []),
        (["--tag", "insects"], ["bee", "Ant"]),
        (["--tag", "INSECTS/bees"], ["bee"]),
        (["--tag", "insect"], []),
        (["--tag", "insects", "--tag", "insects/bees"], ["bee"]),
        (["--tag", "insects, INSECTS/bees"], ["bee"]),
        (["-t", "insects", "-t", "birds"], []),
        (["--tag", "insects", "--year", "1999", "--name", "ant", "--identified"], ["Ant"]),
        (["--unidentified"], []),
        (["--identified"], ["bee", "Ant", "cat"]),
    ],
)
def test_a_list_can_be_narrowed(small: Bibman, options: list[str], expected: list[str]) -> None:
    small("tag", "add", "insects/bees", "bee")
    small("tag", "add", "insects", "ant")
    assert keys(small, *options) == expected
    assert [line.split("\t")[0] for line in small("list", *options).out.splitlines()] == expected


def test_elsewhere_than_on_a_terminal_rows_are_tab_separated_and_nothing_is_cut(small: Bibman) -> None:
    small("tag", "add", "b,a", "bee")
    assert small("list").out.splitlines() == [
        "bee\t2001\tWabe, van der Bo\tZoo of Bees\ta, b",
        "Ant\t1999\tThe Ant Club\ta Study of Ants\t",
        "cat\t\tØrsted\t日本語の研究 and cats " + "very long " * 19 + "very long\t",
    ]


@pytest.mark.parametrize("columns", [60, 80, 100, 200])
def test_a_table_is_as_wide_as_the_terminal_at_most(small: Bibman, columns: int) -> None:
    done = small.terminal("list", columns=columns)
    assert done.code == 0
    heading, *lines = bare(done.out).splitlines()
    assert heading.split() == ["KEY", "YEAR", "NAMES", "TITLE", "TAGS"]
    assert len(lines) == 3
    assert max(map(wcswidth, lines)) <= columns
    assert any(line.endswith("…") for line in lines) == (columns < 200 + 40)
    places = {wcswidth(line[: line.index(title)]) for line, title in zip(lines, ("Zoo", "a St", "日本"), strict=True)}
    assert places == {heading.index("TITLE")}


def test_columns_counts_more_than_the_terminal(small: Bibman) -> None:
    lines = bare(small.terminal("list", columns=200, COLUMNS="70").out).splitlines()
    assert max(map(wcswidth, lines)) <= 70


@pytest.mark.parametrize("variables", [{"NO_COLOR": "1"}, {"TERM": "dumb"}])
def test_colours_are_left_out_where_they_are_not_wanted(seeded: Bibman, variables: dict[str, str]) -> None:
    for call in (["list"], ["show", TOY]):
        coloured = seeded.terminal(*call)
        plain = seeded.terminal(*call, columns=80, types="", **variables)
        assert "\x1b[3" in coloured.out
        assert "\x1b" not in plain.out
        assert bare(coloured.out) == plain.out


def test_nothing_is_coloured_where_nobody_looks(seeded: Bibman) -> None:
    for call in (["list"], ["show", TOY], ["ingest", str(SEED), "-n"], ["tag", "list"], ["history"]):
        assert "\x1b" not in seeded(*call).out


def test_json_is_the_same_on_a_terminal(seeded: Bibman) -> None:
    assert json.loads(seeded.terminal("list", "--json").out) == seeded.json("list")


def test_an_empty_list_prints_nothing(seeded: Bibman) -> None:
    seeded("undo")
    assert seeded("list") == (0, "", "")
    assert seeded.json("list") == []
    assert seeded.terminal("list").out == ""


def test_an_entry_is_shown_whole(seeded: Bibman) -> None:
    seeded("tag", "add", "toys,read", TOY)
    seeded("note", "add", TOY, "Fine,\n\n- twice.")
    seeded("key", "set", TOY, "toy")
    (note,) = seeded.json("note", "list")
    (origin,) = seeded.json("show", "toy")[0]["origins"]
    lines = seeded("show", TOY.upper()).out.splitlines()
    assert lines[0] == "toy  @online"
    assert "title        Toy Models of Superposition" in lines
    assert "eprint       2209.10652" in lines
    assert lines[lines.index(f"also called {TOY}") :] == [
        f"also called {TOY}",
        "tags read, toys",
        f"note 1, {note['created_at']}",
        "  Fine,",
        "  ",
        "  - twice.",
        f"from {SEED}, line 7, read {origin['read_at']}: identified by opening, score 100, edited since",
    ]


def test_several_entries_are_shown_in_the_order_asked_each_once(seeded: Bibman) -> None:
    assert [entry["key"] for entry in seeded.json("show", TRAIN, TOY, TRAIN.upper())] == [TRAIN, TOY]
    shown = seeded("show", TRAIN, TOY).out
    assert re.findall(r"^(\S+)  @", shown, re.MULTILINE) == [TRAIN, TOY]
    assert f"\n\n{TOY}  @" in shown


def test_long_values_are_wrapped_on_a_terminal(seeded: Bibman) -> None:
    lines = bare(seeded.terminal("show", TOY, columns=60).out).splitlines()
    fields = lines[1 : next(place for place, line in enumerate(lines) if line.startswith("from "))]
    assert max(map(len, fields)) <= 60
    assert sum(line.startswith(" ") for line in fields) > 3


def test_a_month_is_shown_as_it_will_be_written(fresh: Bibman) -> None:
    fresh("new", "book", "--set", "title=Bees", "--set", "month=feb", "--key", "bees")
    assert "month  feb" in fresh("show", "bees").out
    fields = fresh.json("show", "bees")[0]["fields"]
    assert {"name": "month", "value": "February", "expression": "feb"} in fields


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("show", "elhage2022toi", TOY), 3, f"no such key: elhage2022toi. Did you mean {TOY}?"),
        (("show", "x", "y"), 3, "no such key: x, y"),
        (("list", "--sort", "weight"), 2, "cannot sort by weight. There are added, changed, key, name, title, type, "),
        (("list", "--year", "2023..2020"), 2, "the years end before they begin: 2023..2020. Say 2020..2023"),
        (("list", "--year", "soon"), 2, "not a year or a span of years: soon. Say 2022, 2020..2023, 2020.. or ..2020"),
        (("list", "--year", ".."), 2, "not a year or a span of years: .."),
        (("list", "--year", ""), 2, "not a year or a span of years: "),
        (("list", "--year", "2020-2023"), 2, "not a year or a span of years: 2020-2023"),
        (("list", "--year", "9" * 40), 2, f"not a year or a span of years: {'9' * 40}"),
        (("list", "--year", "1..2..3"), 2, "not a year or a span of years: 1..2..3"),
    ],
)
def test_what_cannot_be_shown_is_said(seeded: Bibman, arguments: tuple[str, ...], code: int, said: str) -> None:
    done = seeded(*arguments)
    assert (done.code, done.out) == (code, "")
    assert done.err.startswith(f"bibman: {said}")
    assert done.err.count("\n") == 1
