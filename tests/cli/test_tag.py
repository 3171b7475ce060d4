"""`tag`: the reader's own words on entries."""

import pytest

from tests.cli.calling import Bibman
from tests.storage.looking import content, operations

TOY, TRAIN, RED = "elhage2022toy", "bai2022training", "ganguli2022red"


def tags(bibman: Bibman) -> dict[str, int]:
    return {tag["tag"]: tag["entries"] for tag in bibman.json("tag", "list")}


def test_tags_go_on_several_entries_at_once(seeded: Bibman) -> None:
    done = seeded("tag", "add", "rlhf, to   read", TOY, TRAIN.upper())
    assert (done.code, done.out) == (0, "tagged 2 entries rlhf, to read\n")
    assert tags(seeded) == {"rlhf": 2, "to read": 2}
    assert seeded.shown(TRAIN)["tags"] == ["rlhf", "to read"]
    assert operations(seeded.library)[-1][:2] == ("tag add", "tagged 2 entries rlhf, to read")


def test_an_entry_named_twice_is_tagged_once(seeded: Bibman) -> None:
    assert seeded("tag", "add", "rlhf", TOY, TOY.upper()).out == "tagged 1 entry rlhf\n"
    assert tags(seeded) == {"rlhf": 1}


def test_tags_are_compared_without_case_and_shown_as_first_typed(seeded: Bibman) -> None:
    seeded("tag", "add", "RLHF,Straße", TOY)
    seeded("tag", "add", "rlhf,STRASSE,straße", TRAIN)
    assert tags(seeded) == {"RLHF": 2, "Straße": 2}
    assert [entry["key"] for entry in seeded.json("list", "--tag", "rLhF")] == [TRAIN, TOY][::-1]
    seeded("tag", "remove", "rlHF", TOY, TRAIN)
    assert tags(seeded) == {"Straße": 2}


def test_accents_make_another_tag(seeded: Bibman) -> None:
    seeded("tag", "add", "resume,résumé", TOY)
    assert tags(seeded) == {"resume": 1, "résumé": 1}


def test_putting_a_tag_twice_does_nothing(seeded: Bibman) -> None:
    seeded("tag", "add", "rlhf", TOY)
    before = content(seeded.library, history=True)
    assert seeded("tag", "add", "RLHF", TOY).out == "tagged 1 entry RLHF, which had them already\n"
    assert content(seeded.library, history=True) == before


def test_a_tag_goes_away_with_its_last_entry(seeded: Bibman) -> None:
    seeded("tag", "add", "rlhf,old", TOY, TRAIN)
    assert seeded("tag", "remove", "rlhf", TOY).out == "took rlhf off 1 entry\n"
    assert tags(seeded) == {"old": 2, "rlhf": 1}
    seeded("tag", "remove", "rlhf,old", TRAIN)
    assert tags(seeded) == {"old": 1}
    seeded("remove", TOY)
    assert tags(seeded) == {}
    seeded("undo")
    assert tags(seeded) == {"old": 1}


def test_taking_a_tag_off_an_entry_without_it_does_nothing(seeded: Bibman) -> None:
    seeded("tag", "add", "rlhf", TOY)
    before = content(seeded.library, history=True)
    done = seeded("tag", "remove", "rlhf", TRAIN)
    assert (done.code, done.out) == (0, "took rlhf off 1 entry, which did not have them\n")
    assert content(seeded.library, history=True) == before


def test_an_unknown_tag_among_known_ones_takes_none_off(seeded: Bibman) -> None:
    seeded("tag", "add", "rlhf,reading list", TOY)
    before = content(seeded.library, history=True)
    done = seeded("tag", "remove", "rlhf,readin list", TOY)
    assert (done.code, done.err) == (3, "bibman: no such tag: readin list. Did you mean reading list?\n")
    assert content(seeded.library, history=True) == before


def test_a_tag_takes_in_those_below_it_and_no_others(seeded: Bibman) -> None:
    seeded("tag", "add", "safety", TOY)
    seeded("tag", "add", "safety/rlhf", TRAIN)
    seeded("tag", "add", "safety first", RED)
    assert [entry["key"] for entry in seeded.json("list", "--tag", "Safety")] == [TOY, TRAIN]
    assert [entry["key"] for entry in seeded.json("list", "--tag", "safety/rlhf")] == [TRAIN]
    seeded("tag", "remove", "safety", TOY)
    assert [entry["key"] for entry in seeded.json("list", "--tag", "safety")] == [TRAIN]


def test_renaming_takes_those_below_along(seeded: Bibman) -> None:
    seeded("tag", "add", "ai", TOY)
    seeded("tag", "add", "ai/safety/rlhf,aid", TRAIN)
    done = seeded("tag", "rename", "AI", "ml/new")
    assert (done.code, done.out) == (0, "ai is now ml/new\nai/safety/rlhf is now ml/new/safety/rlhf\n")
    assert tags(seeded) == {"aid": 1, "ml/new": 1, "ml/new/safety/rlhf": 1}


def test_a_parent_that_is_no_tag_itself_is_renamed_too(seeded: Bibman) -> None:
    seeded("tag", "add", "ai/safety", TOY)
    assert seeded("tag", "rename", "ai", "ml").out == "ai/safety is now ml/safety\n"
    assert tags(seeded) == {"ml/safety": 1}


def test_renaming_into_a_tag_that_is_there_makes_one_of_both(seeded: Bibman) -> None:
    seeded("tag", "add", "rlhf", TOY, TRAIN)
    seeded("tag", "add", "feedback,rlhf/x,feedback/x", TRAIN, RED)
    before = content(seeded.library)
    done = seeded("tag", "rename", "rlhf", "Feedback")
    assert done.out.endswith("entries of both have the one tag now\n")
    assert tags(seeded) == {"feedback": 3, "feedback/x": 2}
    assert seeded("library", "verify").code == 0
    seeded("undo")
    assert content(seeded.library) == before
    seeded("redo")
    assert tags(seeded) == {"feedback": 3, "feedback/x": 2}


def test_a_tag_moves_up_a_level(seeded: Bibman) -> None:
    seeded("tag", "add", "ai/safety,ai/safety/rlhf", TOY)
    seeded("tag", "rename", "ai/safety", "ai")
    assert tags(seeded) == {"ai": 1, "ai/rlhf": 1}


def test_the_case_of_a_tag_can_be_changed(seeded: Bibman) -> None:
    seeded("tag", "add", "rlhf,rlhf/x", TOY)
    seeded("tag", "rename", "rlhf", "RLHF")
    assert tags(seeded) == {"RLHF": 1, "RLHF/x": 1}


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("add", "", TOY), 2, "not a tag: ''."),
        (("add", "a,,b", TOY), 2, "not a tag: ''."),
        (("add", "a//b", TOY), 2, "not a tag: 'a//b'."),
        (("add", "/a", TOY), 2, "not a tag: '/a'."),
        (("add", "a\x1b[31mb", TOY), 2, r"not a tag: 'a\x1b[31mb'. It holds a control character"),
        (("add", "rlhf", TOY, "elhage2022toi"), 3, f"no such key: elhage2022toi. Did you mean {TOY}?"),
        (("remove", "nothing like it", TOY), 3, "no such tag: nothing like it"),
        (("remove", "known", "elhage2022toi"), 3, f"no such key: elhage2022toi. Did you mean {TOY}?"),
        (("rename", "knwn", "x"), 3, "no such tag: knwn. Did you mean known?"),
        (("rename", "kno", "x"), 3, "no such tag: kno. Did you mean known?"),
        (("rename", "known", ""), 2, "not a tag: ''."),
        (("rename", "known", "a,b"), 2, "not one tag: 'a,b'. A comma parts tags"),
        (("merge", "known", "knwn"), 3, "no such tag: knwn. Did you mean known?"),
        (("merge", "knwn", "known"), 3, "no such tag: knwn. Did you mean known?"),
        (("merge", "known", "KNOWN"), 2, "known cannot be merged into itself. Name the tags that are to go, then it"),
        (("delete", "known,knwn"), 3, "no such tag: knwn. Did you mean known?"),
        (("suggest", "elhage2022toi"), 3, f"no such key: elhage2022toi. Did you mean {TOY}?"),
        (("rename", "known", "Known/below"), 2, "known cannot become Known/below. A tag cannot be moved below itself"),
    ],
)
def test_what_cannot_be_done_is_said_and_nothing_is_done(
    seeded: Bibman, arguments: tuple[str, ...], code: int, said: str
) -> None:
    seeded("tag", "add", "known", TRAIN)
    before = content(seeded.library, history=True)
    done = seeded("tag", *arguments)
    assert (done.code, done.out) == (code, "")
    assert done.err.startswith(f"bibman: {said}")
    assert done.err.count("\n") == 1
    assert content(seeded.library, history=True) == before


def test_tags_are_a_tree_on_a_terminal_with_what_is_below_them_counted(seeded: Bibman) -> None:
    seeded("tag", "add", "ai/Safety", TOY, TRAIN)
    seeded("tag", "add", "AI/safety/rlhf", TRAIN, RED)
    seeded("tag", "add", "ai first,zoo", RED)
    assert seeded.terminal("tag", "list", NO_COLOR="1").out.splitlines() == [
        "TAG       ENTRIES  WITH CHILDREN",
        "ai              0              3",
        "  Safety        2              3",
        "    rlhf        2              2",
        "ai first        1              1",
        "zoo             1              1",
    ]
    assert seeded("tag", "list").out == "ai/Safety\t2\t3\nAI/safety/rlhf\t2\t2\nai first\t1\t1\nzoo\t1\t1\n"
    assert seeded.json("tag", "list")[0] == {"tag": "ai/Safety", "entries": 2, "with_children": 3}


def test_several_tags_are_merged_into_one_that_is_there(seeded: Bibman) -> None:
    seeded("tag", "add", "rlhf,feedback/x", TOY, TRAIN)
    seeded("tag", "add", "human feedback/x,human feedback", TRAIN, RED)
    seeded("tag", "add", "Feedback", RED)
    before = content(seeded.library)
    done = seeded("tag", "merge", "RLHF,human feedback", "feedback")
    assert done.out.splitlines() == [
        "rlhf is now Feedback",
        "human feedback is now Feedback",
        "human feedback/x is now Feedback/x",
        "entries of both have the one tag now",
    ]
    assert tags(seeded) == {"Feedback": 3, "feedback/x": 3}
    assert operations(seeded.library)[-1][:2] == ("tag merge", "merged RLHF, human feedback into Feedback")
    assert seeded("library", "verify").code == 0
    seeded("undo")
    assert content(seeded.library) == before


def test_a_tag_is_deleted_with_those_below_it_from_all_entries(seeded: Bibman) -> None:
    seeded("tag", "add", "ai/safety,ai/safety/rlhf,aid", TOY, TRAIN)
    seeded("tag", "add", "ai/safety/rlhf", RED)
    before = content(seeded.library)
    assert seeded("tag", "delete", "AI").out == "deleted ai/safety, ai/safety/rlhf from 3 entries\n"
    assert tags(seeded) == {"aid": 2}
    assert seeded.shown(RED)["tags"] == []
    assert seeded("library", "verify").code == 0
    seeded("undo")
    assert content(seeded.library) == before


@pytest.fixture
def keyworded(fresh: Bibman) -> Bibman:
    """Two papers with keywords."""
    fresh(
        "new", "article", "--key", "one", "-s", "title=Scaling {RLHF} with AI Feedback", "-s", "keywords=Rare, Tuning"
    )
    fresh(
        "new", "article", "--key", "two", "-s", "title=Tuning", "-s", r"keywords=machine-learning; tuning; L{\"o}sung"
    )
    fresh("new", "article", "--key", "six", "-s", "title=Other", "-s", "keywords=machine learning, Lösung, a//b")
    return fresh


def test_tags_are_suggested_by_keywords_and_titles(keyworded: Bibman) -> None:
    keyworded("tag", "add", "methods/Machine Learning,rlhf,ai,feed,z", "six")
    suggested = keyworded.json("tag", "suggest", "one", "two", "six")
    assert [(each["key"], each["tag"], each["reason"], each["entries"]) for each in suggested] == [
        ("one", "ai", "title", 1),
        ("one", "rlhf", "title", 1),
        ("one", "Tuning", "frequent keyword", 2),
        ("two", "methods/Machine Learning", "keyword", 1),
        ("two", "tuning", "frequent keyword", 2),
        ("two", "Lösung", "frequent keyword", 2),
        ("six", "Lösung", "frequent keyword", 2),
    ]
    assert keyworded("tag", "suggest", "two").out.splitlines()[0] == "two\tmethods/Machine Learning\tkeyword\t1"


def test_suggested_tags_are_put_on_only_when_asked_for_and_are_one_operation(keyworded: Bibman) -> None:
    before = content(keyworded.library, history=True)
    keyworded("tag", "suggest", "one", "two", "six")
    assert content(keyworded.library, history=True) == before
    assert keyworded("tag", "suggest", "one", "two", "--apply").code == 0
    assert tags(keyworded) == {"Lösung": 1, "machine-learning": 1, "Tuning": 2}
    assert operations(keyworded.library)[-1][:2] == ("tag suggest", "put 3 suggested tags on 2 entries")
    assert keyworded("tag", "suggest", "one", "two").err == "nothing to suggest\n"
    keyworded("undo")
    assert tags(keyworded) == {}
