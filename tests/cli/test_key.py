"""`key generate`: keys by the pattern, for the entries that are named."""

import pytest

from tests.cli.calling import Bibman
from tests.storage.looking import content, operations

TOY, TRAIN = "elhage2022toy", "bai2022training"
OWN = "Own:Key"


@pytest.fixture
def named(seeded: Bibman) -> Bibman:
    """bibman with the seed list, one entry of which has a key of its own."""
    seeded("key", "set", TOY, OWN)
    return seeded


def test_an_entry_that_is_named_gets_the_key_of_the_pattern(named: Bibman) -> None:
    done = named("key", "generate", OWN, TRAIN)
    assert (done.code, done.out, done.err) == (0, f"{OWN}\t{TOY}\n", "1 new key\n")
    assert named.shown(TOY)["aliases"] == [OWN]
    assert operations(named.library)[-1][:2] == ("key generate", f"made 1 key: {TOY}")
    named("undo")
    assert named.shown(TOY)["key"] == OWN


def test_all_entries_get_keys_only_where_that_is_said(named: Bibman) -> None:
    before = content(named.library, history=True)
    done = named("key", "generate")
    assert done.code == 2
    assert done.err == "bibman: it is not said which entries. Name their keys, or say -q QUERY, or --all\n"
    assert named("key", "generate", OWN, "--all").code == 2
    assert content(named.library, history=True) == before
    assert named.json("key", "generate", "--all") == [{"old": OWN, "new": TOY}]
    assert named("key", "generate", "--all").err == "0 new keys\n"
    assert len(operations(named.library)) == 3


def test_another_pattern_makes_other_keys_that_are_unique(seeded: Bibman) -> None:
    before = content(seeded.library)
    done = seeded.json("key", "generate", "--all", "--pattern", "[year]")
    new = [each["new"] for each in done]
    assert len(set(new)) == len(new) == 14
    assert {"2022", "2022a", "2022b"} <= set(new)
    assert sorted(seeded.keys()) == sorted(new)
    assert seeded("library", "verify").code == 0
    assert seeded.json("key", "generate", "--all", "--pattern", "[year]") == []
    seeded("undo")
    assert content(seeded.library) == before


def test_references_follow_many_keys_at_once(fresh: Bibman) -> None:
    for key in ("x1", "x2"):
        fresh("new", "book", "--key", key, "--set", f"title={key}", "--set", "author=Doe", "--set", "year=2020")
    fresh("new", "misc", "--key", "x3", "--set", "title=x3", "--set", "related=X1, other,x2", "--set", "crossref=x3")
    renamed = {each["old"]: each["new"] for each in fresh.json("key", "generate", "--all", "--pattern", "[auth][year]")}
    assert renamed == {"x1": "Doe2020", "x2": "Doe2020a", "x3": "misc"}
    fields = fresh.shown("misc")["fields"]
    assert (fields["related"], fields["crossref"]) == ("Doe2020,other,Doe2020a", "misc")


def test_a_key_that_is_an_alias_of_another_entry_is_not_made_again(fresh: Bibman) -> None:
    for key in ("a", "b"):
        fresh("new", "book", "--key", key, "--set", "title=Bees", "--set", "author=Doe", "--set", "year=2020")
    fresh("key", "generate", "a")
    fresh("key", "set", "doe2020bees", "c")
    assert fresh.json("key", "generate", "b", "c") == [
        {"old": "b", "new": "doe2020beesa"},
        {"old": "c", "new": "doe2020bees"},
    ]
    assert fresh.shown("c")["aliases"] == ["a", "c"]


def test_a_dry_run_shows_what_would_be_and_writes_nothing(named: Bibman) -> None:
    before = content(named.library, history=True)
    done = named("key", "generate", OWN, "--dry-run")
    assert (done.out, done.err) == (f"{OWN}\t{TOY}\n", "1 new key (nothing was written)\n")
    assert content(named.library, history=True) == before


def test_an_unidentified_entry_keeps_its_provisional_key(fresh: Bibman) -> None:
    fresh("ingest", "-", input="A wholly unknown text of which no catalogue has ever heard, cut off ...")
    (key,) = fresh.keys()
    done = fresh("key", "generate", key)
    assert (done.code, done.out) == (0, "")
    assert done.err == f"0 new keys\nbibman: warning: left alone, since not identified: {key}\n"
    assert fresh.keys() == [key]


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("elhage2022toi",), 3, f"no such key: elhage2022toi. Did you mean {TOY}?"),
        (("--all", "--pattern", "[nobody]"), 2, "citation key pattern '[nobody]', column 2: unknown marker 'nobody'"),
        (("--all", "--pattern", ""), 2, "citation key pattern '', column 1: no marker in it"),
    ],
)
def test_what_cannot_be_done_is_said(seeded: Bibman, arguments: tuple[str, ...], code: int, said: str) -> None:
    before = content(seeded.library, history=True)
    done = seeded("key", "generate", *arguments)
    assert (done.code, done.out) == (code, "")
    assert done.err.startswith(f"bibman: {said}")
    assert content(seeded.library, history=True) == before
