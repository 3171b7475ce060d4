"""`new`, `edit`, `remove`, `key set`: entries by hand."""

import pytest

from tests.cli.calling import Bibman
from tests.storage.looking import content, operations

TOY, TRAIN = "elhage2022toy", "bai2022training"


def test_an_entry_made_by_hand_gets_a_key_by_the_pattern(fresh: Bibman) -> None:
    values = ("title=The {Bees} of Łódź", r"author=Łukasz Wabe and {The Bee Club}", "year=1999", "month=feb")
    done = fresh("new", "Article", *(part for value in values for part in ("--set", value)))
    assert (done.code, done.out) == (0, "made wabe1999bees\n")
    entry = fresh.shown("wabe1999bees")
    assert (entry["type"], entry["title"], entry["date"]) == ("article", "The Bees of Łódź", "1999-02")
    assert entry["names"] == {"author": [{"family": "Wabe", "given": "Łukasz"}, {"literal": "The Bee Club"}]}
    assert entry["identified"]
    assert entry["origins"] == []
    assert operations(fresh.library) == [("new", "made wabe1999bees", 0, operations(fresh.library)[0][3])]


def test_a_key_can_be_given(fresh: Bibman) -> None:
    assert fresh.json("new", "book", "--set", "title=Bees", "--key", "Bees:2020+") == {
        "key": "Bees:2020+",
        "type": "book",
    }
    assert fresh.keys() == ["Bees:2020+"]


def test_keys_by_the_pattern_are_made_unique(fresh: Bibman) -> None:
    for expected in ("wabe1999bees", "wabe1999beesa", "wabe1999beesb"):
        done = fresh("new", "book", "--set", "title=Bees", "--set", "author=Wabe, Bo", "--set", "year=1999")
        assert done.out == f"made {expected}\n"


def test_the_pattern_is_a_setting(fresh: Bibman) -> None:
    fresh("config", "set", "key-pattern", "[auth:upper]-[shortyear]")
    done = fresh("new", "book", "--set", "title=Bees", "--set", "author=Wabe, Bo", "--set", "year=1999")
    assert done.out == "made WABE-99\n"


def test_fields_are_set_and_taken_away_and_the_type_changed(seeded: Bibman) -> None:
    done = seeded("edit", TOY, "--set", "Note=Fine & Co".replace("&", r"\&"), "-s", "title=Toys", "-u", "ABSTRACT")
    assert (done.code, done.out) == (0, f"edited {TOY}\n")
    entry = seeded.shown(TOY.upper())
    assert (entry["title"], entry["fields"]["note"]) == ("Toys", r"Fine \& Co")
    assert "abstract" not in entry["fields"]
    assert entry["key"] == TOY
    assert seeded("edit", TOY, "--type", "@Report").code == 0
    assert seeded.shown(TOY)["type"] == "report"
    assert [made[:2] for made in operations(seeded.library)[1:]] == [("edit", f"edited {TOY}")] * 2


def test_an_edited_entry_shows_that_it_is_no_more_what_was_read(seeded: Bibman) -> None:
    seeded("edit", TOY, "--set", "note=Fine")
    (origin,) = seeded.shown(TOY)["origins"]
    assert origin["edited_since"]
    assert ", edited since" in seeded("show", TOY).out
    seeded("undo")
    assert not seeded.shown(TOY)["origins"][0]["edited_since"]


def test_several_entries_are_edited_at_once(seeded: Bibman) -> None:
    assert seeded("edit", TOY, TRAIN, TOY, "--set", "note=Fine").out == f"edited {TOY}, {TRAIN}\n"
    assert seeded("edit", TOY, TRAIN, "--set", "note=Better", "--unset", "doi").code == 0
    assert {seeded.shown(key)["fields"]["note"] for key in (TOY, TRAIN)} == {"Better"}


def test_an_edit_that_changes_nothing_is_none(seeded: Bibman) -> None:
    seeded("edit", TOY, "--set", "note=Fine")
    before = content(seeded.library, history=True)
    assert seeded("edit", TOY, "--set", "note=Fine", "--type", "online").out == "nothing was different\n"
    assert content(seeded.library, history=True) == before


@pytest.mark.parametrize("value", ["feb", " FEB "])
def test_a_month_is_written_as_the_macro_however_it_was_typed(fresh: Bibman, value: str) -> None:
    fresh("new", "article", "--set", "title=Bees", "--set", f"month={value}", "--set", "year=1999", "--key", "bees")
    assert "  month = feb,\n" in fresh("export").out


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("title", r"100\% of \$5 \& more \#1 \_ \^{a}"),
        ("title", "$x_1^2 & y$ and {B}races"),
        ("url", "https://a.b/c_d%20e?f=1&g=2#h^i"),
        ("doi", "10.1000/a_b(c)<d>&e"),
        ("title", r"\href{https://a_b}{here}"),
        ("title", "日本語 and Ærøskøbing"),
        ("note", "an = sign"),
    ],
)
def test_values_that_latex_can_use_are_kept_as_typed(fresh: Bibman, field: str, value: str) -> None:
    fresh("new", "misc", "--set", "author=Bo", "--set", f"{field}={value}", "--key", "bees")
    assert fresh.shown("bees")["fields"][field] == value


BAD = {
    "title={open": (2, "title has a brace without its partner at character 1: {open. BibTeX counts every brace"),
    "title=a}b{": (2, "title has a brace without its partner at character 2: a}b{. BibTeX counts every brace"),
    r"title=\{": (2, r"title has a brace without its partner at character 2: \{. BibTeX counts every brace"),
    "url={": (2, "url has a brace without its partner at character 1: {. BibTeX counts every brace"),
    "title=A & B": (2, r"title holds a bare &, at which LaTeX would stop: A & B. Write \& instead"),
    "title=50%": (2, r"title holds a bare %, at which LaTeX would stop: 50%. Write \% instead"),
    "title=# 1": (2, r"title holds a bare #, at which LaTeX would stop: # 1. Write \# instead"),
    "title=a_b": (2, r"title holds a bare _, at which LaTeX would stop: a_b. Write \_ instead"),
    "title=a^b": (2, r"title holds a bare ^, at which LaTeX would stop: a^b. Write \^{} instead"),
    "title=": (2, "title is empty. `--unset title` takes the field away"),
    "title=  ": (2, "title is empty. `--unset title` takes the field away"),
    "title=a\x07b": (2, "title holds a control character. Nothing was changed"),
    "my field=x": (2, "not the name of a field: 'my field'. A name is letters and digits, such as `title`"),
    "=x": (2, "not the name of a field: ''. A name is letters and digits, such as `title`"),
    "1st=x": (2, "not the name of a field: '1st'. A name is letters and digits, such as `title`"),
    "month": (2, "not FIELD=VALUE: month. Say it like --set year=2023"),
}


@pytest.mark.parametrize(("value", "expected"), BAD.items(), ids=BAD)
def test_a_value_that_latex_would_stop_at_is_refused(seeded: Bibman, value: str, expected: tuple[int, str]) -> None:
    before = content(seeded.library, history=True)
    for call in (("edit", TOY, "--set", "note=fine"), ("new", "misc", "--set", "note=fine")):
        done = seeded(*call, "--set", value)
        assert (done.code, done.out, done.err) == (expected[0], "", f"bibman: {expected[1]}\n")
    assert content(seeded.library, history=True) == before


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("new", "artikel", "--set", "title=x"), 2, "no such entry type: artikel. Did you mean article"),
        (("new", "klingon", "--set", "title=x"), 2, "no such entry type: klingon."),
        (("new", "book"), 2, "an entry needs a field."),
        (("new", "book", "--set", "title=x", "--set", "TITLE=y"), 2, "title is set twice. Set each field once"),
        (("new", "book", "--set", "title=x", "--key", "ELHAGE2022toy"), 1, f"the key ELHAGE2022toy is taken by {TOY}."),
        (("new", "book", "--set", "title=x", "--key", TOY), 1, f"the key {TOY} is taken."),
        (("new", "book", "--set", "title=x", "--key", "Old"), 1, f"the key Old is taken by {TRAIN}."),
        (("new", "book", "--set", "title=x", "--key", "a b"), 2, "the citation key 'a b' has a blank"),
        (("new", "book", "--set", "title=x", "--key", "a,b"), 2, "the citation key 'a,b' has the character ,"),
        (("new", "book", "--set", "title=x", "--key", ""), 2, "the citation key is empty."),
        (("edit", TOY), 2, "there is no entry in the text."),
        (("edit", TOY, "--type", "artikel"), 2, "no such entry type: artikel. Did you mean article"),
        (("edit", TOY, "--unset", "abstrac"), 3, "no such field: abstrac. Did you mean abstract?"),
        (("edit", TOY, "elhage2022toi", "--set", "year=1"), 3, f"no such key: elhage2022toi. Did you mean {TOY}?"),
        (("remove", TOY, "elhage2022toi"), 3, f"no such key: elhage2022toi. Did you mean {TOY}?"),
        (("key", "set", "elhage2022toi", "x"), 3, f"no such key: elhage2022toi. Did you mean {TOY}?"),
        (("key", "set", TOY, TRAIN.upper()), 1, f"the key {TRAIN.upper()} is taken by {TRAIN}. Keys must differ by"),
        (("key", "set", TOY, "OLD"), 1, f"the key OLD is taken by {TRAIN}. Keys must differ by"),
        (("key", "set", TOY, "50%"), 2, "the citation key '50%' has the character % at place 3,"),
        (("key", "set", TOY, r"a\b"), 2, r"the citation key 'a\\b' has "),
        (("key", "set", TOY, "a{b}"), 2, "the citation key 'a{b}' has "),
        (("key", "set", TOY, "a\nb"), 2, "the citation key 'a\\nb' has "),
        (("key", "set", TOY, ""), 2, "the citation key is empty."),
    ],
)
def test_what_cannot_be_done_is_said_and_nothing_is_done(
    seeded: Bibman, arguments: tuple[str, ...], code: int, said: str
) -> None:
    seeded("key", "set", TRAIN, "old")
    seeded("key", "set", "old", TRAIN)
    before = content(seeded.library, history=True)
    done = seeded(*arguments)
    assert (done.code, done.out) == (code, "")
    assert done.err.startswith(f"bibman: {said}")
    assert done.err.count("\n") == 1
    assert content(seeded.library, history=True) == before


@pytest.mark.parametrize("arguments", [("klingon", "--set", "title=x"), ("misc", "--set", "title={"), ("misc",)])
def test_what_cannot_be_made_makes_no_library(fresh: Bibman, arguments: tuple[str, ...]) -> None:
    assert fresh("new", *arguments).code != 0
    assert fresh("new", "misc", "--set", "title=x", "--key", "a b").code == 2
    assert not fresh.library.exists()


def test_a_removed_entry_comes_back_whole(seeded: Bibman) -> None:
    seeded("tag", "add", "bees", TOY)
    seeded("note", "add", TOY, "Fine.")
    seeded("key", "set", TOY, "toy")
    whole, before = seeded.shown(TOY), content(seeded.library)
    assert seeded("remove", TOY, TRAIN, "toy").out == f"removed toy\nremoved {TRAIN}\n"
    assert len(seeded.keys()) == 12
    assert seeded("show", "toy").code == seeded("show", TOY).code == 3
    assert seeded.json("tag", "list") == seeded.json("note", "list") == []
    seeded("undo")
    assert content(seeded.library) == before
    assert seeded.shown("toy") == whole


def test_every_command_accepts_a_former_key(seeded: Bibman) -> None:
    assert seeded("key", "set", TOY, "toy").out == f"{TOY} is now toy\n"
    former = TOY.upper()
    for call in (
        ("show", former),
        ("export", former),
        ("tag", "add", "x", former),
        ("tag", "remove", "x", former),
        ("note", "add", former, "text"),
        ("note", "show", former),
        ("note", "edit", former, "other"),
        ("note", "list", former),
        ("note", "remove", former),
        ("edit", former, "--set", "note=Fine"),
        ("key", "set", former, "toys"),
        ("remove", former),
    ):
        assert seeded(*call).code == 0, call
    assert len(seeded.keys()) == 13


def test_an_alias_becomes_the_key_again(seeded: Bibman) -> None:
    seeded("key", "set", TOY, "toy")
    assert seeded.shown("toy")["aliases"] == [TOY]
    assert seeded("key", "set", "toy", TOY).out == f"toy is now {TOY}\n"
    assert seeded.shown(TOY)["aliases"] == ["toy"]
    assert seeded("library", "verify").code == 0


def test_the_case_of_a_key_can_be_changed(seeded: Bibman) -> None:
    assert seeded("key", "set", TOY, "Elhage2022Toy").out == f"{TOY} is now Elhage2022Toy\n"
    assert (seeded.shown(TOY)["key"], seeded.shown(TOY)["aliases"]) == ("Elhage2022Toy", [])
    assert seeded("key", "set", TOY, "Elhage2022Toy").out == "Elhage2022Toy has this key already\n"


def test_references_follow_a_rename(seeded: Bibman) -> None:
    def referring(field: str, value: str) -> str:
        seeded("new", "misc", "--set", f"title=About {field}", "--set", f"{field}={value}", "--key", field)
        return field

    fields = {
        referring("crossref", TOY): "toy",
        referring("xref", TOY.upper()): "toy",
        referring("related", f"{TRAIN}, {TOY}"): f"{TRAIN},toy",
        referring("entryset", f"{TOY},{TRAIN}"): f"toy,{TRAIN}",
        referring("xdata", TRAIN): TRAIN,
        referring("note", TOY): TOY,
    }
    before = content(seeded.library)
    seeded("key", "set", TOY, "toy")
    assert {name: seeded.shown(name)["fields"][name].replace(" ", "") for name in fields} == fields
    seeded("undo")
    assert content(seeded.library) == before


def test_removing_what_others_refer_to_names_them(fresh: Bibman) -> None:
    fresh("new", "proceedings", "--set", "title=All", "--key", "All")
    fresh("new", "inproceedings", "--set", "title=A", "--set", "crossref=all", "--key", "a")
    fresh("new", "inproceedings", "--set", "title=B", "--set", "crossref=All", "--key", "b")
    done = fresh("remove", "All", "b")
    assert (done.code, done.out) == (0, "removed All\nremoved b\n")
    assert done.err == "bibman: warning: All is still named by a, as crossref, xdata or the like\n"
    assert fresh("remove", "a").err == ""
