"""`edit` of many entries at once: fields renamed, texts replaced, a look at it before, one undo after."""

import pytest

from tests.cli.calling import Bibman
from tests.storage.looking import content, operations

BIB = r"""
@string{jacm = "Journal of the {ACM}"}
@article{one, title = {One}, journal = {Proc. of the ACM, Proc. 1}, year = 2020, month = jan # "~12"}
@article{two, title = {Two}, journaltitle = {Proc. Two}, annote = {Old}, month = "1~" # jan # "~1"}
@article{six, title = {Six}, journal = jacm # ", Part ACM", annote = {Same}, annotation = {Same}, note = {R&D}}
"""


@pytest.fixture
def three(fresh: Bibman) -> Bibman:
    """Three articles, with macros."""
    assert fresh("ingest", fresh.file("refs.bib", BIB)).code == 0
    return fresh


def fields(bibman: Bibman, key: str) -> dict[str, str]:
    """The fields of an entry as they are written: expressions where there are some."""
    (entry,) = bibman.json("show", key)
    return {field["name"]: field["expression"] or field["value"] for field in entry["fields"]}


def test_a_text_is_replaced_under_either_name_of_the_field_and_counted(three: Bibman) -> None:
    before = content(three.library)
    done = three("edit", "one", "two", "six", "--replace", "journal", "Proc.", "Proceedings")
    assert (done.code, done.out) == (0, "edited one, two (3 replacements)\n")
    assert fields(three, "one")["journal"] == "Proceedings of the ACM, Proceedings 1"
    assert fields(three, "two")["journaltitle"] == "Proceedings Two"
    assert operations(three.library)[-1][:2] == ("edit", "edited 2 entries: one, two")
    assert three("library", "verify").code == 0
    three("undo")
    assert content(three.library) == before


def test_a_text_is_no_pattern_and_its_case_counts(three: Bibman) -> None:
    assert three("edit", "one", "--replace", "journal", "proc.", "x").out == "nothing was different\n"
    assert three("edit", "one", "--replace", "journal", "Proc.*", "x").out == "nothing was different\n"


@pytest.mark.parametrize(
    ("key", "replaced", "expected"),
    [
        ("one", ("month", "12", "13"), 'jan # "~13"'),
        ("two", ("month", "1", "2"), '"2~" # jan # "~2"'),
        ("two", ("month", "January", "Jan."), "1~Jan.~1"),
        ("two", ("month", "~1", '"'), '1~January"'),
        ("six", ("journal", "Journal of", "J. of"), "J. of the {ACM}, Part ACM"),
        ("six", ("journal", "ACM", "IEEE"), "Journal of the {IEEE}, Part IEEE"),
        ("six", ("journal", "Part", "Section"), 'jacm # ", Section ACM"'),
    ],
)
def test_a_macro_stays_where_what_is_replaced_stands_beside_it(
    three: Bibman, key: str, replaced: tuple[str, str, str], expected: str
) -> None:
    assert three("edit", key, "--replace", *replaced).code == 0
    assert fields(three, key)[replaced[0]] == expected


def test_fields_get_other_names_with_their_expressions(three: Bibman) -> None:
    done = three("edit", "one", "six", "--rename-field", "journal=booktitle", "--rename-field", "ANNOTE=annotation")
    assert done.out == "edited one, six\n"
    assert fields(three, "six") == {
        "title": "Six",
        "booktitle": 'jacm # ", Part ACM"',
        "annotation": "Same",
        "note": "R&D",
    }


def test_edits_are_done_in_the_documented_order(three: Bibman) -> None:
    three(
        "edit",
        "two",
        "--rename-field",
        "annote=note",
        "--replace",
        "note",
        "Old",
        "New",
        "--set",
        "year=2021",
        "-u",
        "month",
    )
    assert fields(three, "two") == {"title": "Two", "journaltitle": "Proc. Two", "note": "New", "year": "2021"}


def test_what_would_differ_is_shown_and_not_done(three: Bibman) -> None:
    before = content(three.library, history=True)
    call = ("edit", "one", "two", "six", "--replace", "journal", "Proc.", "P.", "--unset", "annote", "--dry-run")
    done = three(*call)
    assert done.out.splitlines() == [
        "one\tjournal\tProc. of the ACM, Proc. 1\tP. of the ACM, P. 1",
        "two\tjournaltitle\tProc. Two\tP. Two",
        "two\tannote\tOld\t",
        "six\tannote\tSame\t",
    ]
    assert done.err == "3 entries would be edited (3 replacements); nothing was written\n"
    assert three.json(*call)[1] == {
        "key": "two",
        "differences": [
            {"kind": "field", "name": "journaltitle", "before": "Proc. Two", "after": "P. Two"},
            {"kind": "field", "name": "annote", "before": "Old", "after": None},
        ],
    }
    assert three.terminal(*call, NO_COLOR="1").out.splitlines()[:3] == [
        "one",
        "  - journal  Proc. of the ACM, Proc. 1",
        "  + journal  P. of the ACM, P. 1",
    ]
    assert content(three.library, history=True) == before
    assert three("edit", "one", "--set", "year=2020", "--dry-run").err == "nothing would be different\n"


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("--replace", "journal", "Proc. Two", ""), 1, "journaltitle of two would be empty. `--unset journaltitle`"),
        (("--replace", "journal", "Two", "{"), 1, "two cannot be edited so: journaltitle has a brace without"),
        (("--replace", "journal", "Two", "R&D"), 1, "two cannot be edited so: journaltitle holds a bare &"),
        (("--replace", "year", "0", "x"), 0, ""),
        (("--replace", "journal", "", "x"), 2, "nothing is to be replaced."),
        (("--replace", "jurnal", "a", "b"), 3, "no such field: jurnal. Did you mean journal"),
        (("--replace", "a b", "a", "b"), 2, "not the name of a field: 'a b'."),
        (("--rename-field", "anote=note"), 3, "no such field: anote. Did you mean"),
        (("--rename-field", "note=a b"), 2, "not the name of a field: 'a b'."),
        (("--rename-field", "note"), 2, "not OLD=NEW: note. Say it like --rename-field annote=note"),
        (("--rename-field", "note=title"), 1, "six has note and title, and they differ. Take one of them away first"),
        (("--dry-run",), 2, "it is not said what to edit. Say it, such as --set year=2021"),
    ],
)
def test_what_cannot_be_done_in_one_entry_is_done_in_none(
    three: Bibman, arguments: tuple[str, ...], code: int, said: str
) -> None:
    before = content(three.library, history=True)
    done = three("edit", "one", "two", "six", *arguments)
    assert done.code == code
    assert done.err.startswith(f"bibman: {said}" if code else "")
    assert (content(three.library, history=True) == before) is bool(code)


def test_what_was_wrong_before_hinders_no_replacement(three: Bibman) -> None:
    assert three("edit", "six", "--replace", "note", "R", "X").code == 0
    assert fields(three, "six")["note"] == "X&D"
    assert three("edit", "six", "--replace", "note", "X", "}").code == 1


def test_an_entry_whose_work_becomes_known_shows_its_key_beforehand(fresh: Bibman) -> None:
    fresh("ingest", "-", input="We keep bees on the roof of the library and count what they carry home in summer")
    (key,) = fresh.keys()
    (told,) = fresh.json(
        "edit", key, "--set", "title=Bees", "--set", "author=Wabe, Anna", "-s", "year=1999", "--dry-run"
    )
    assert told["key"] == "wabe1999bees"
    assert [(each["kind"], each["after"]) for each in told["differences"][:2]] == [
        ("key", "wabe1999bees"),
        ("state", "identified"),
    ]
    assert fresh.keys() == [key]


def test_many_entries_are_removed_and_come_back_as_one(three: Bibman) -> None:
    before = content(three.library)
    three("remove", "one", "two", "six")
    assert three.keys() == []
    three("undo")
    assert content(three.library) == before
