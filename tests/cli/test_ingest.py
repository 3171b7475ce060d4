"""`ingest`: its options, several sources, and what cannot be read."""

import json
import shutil
from pathlib import Path

import pytest

from tests.cli.calling import SEED, Bibman
from tests.storage.looking import content, operations, rows

LINES = SEED.read_text(encoding="utf-8").splitlines()[1:]
STRANGER = "We keep bees on the roof of the library, and count what they carry home in a rainy summer of the north"
BLOCKS = """\
First lines of a text about bees
that goes on in a second line.

Second text about the keeping of bees,
on the roof of the library.
"""


def verdicts(bibman: Bibman, *arguments: str, input: str | bytes = b"") -> list[str]:  # noqa: A002
    done = bibman("ingest", *arguments, "--json", input=input)
    return [each["verdict"] for source in json.loads(done.out)["sources"] for each in source["passages"]]


def test_a_dry_run_shows_all_and_makes_no_library(fresh: Bibman) -> None:
    done = fresh("ingest", str(SEED), "--dry-run", "--tag", "x")
    assert done.code == 0
    assert len(done.out.splitlines()) == 14
    assert "ganguli2023capacity" in done.out
    assert done.err == f"{SEED}: 14 passages: 14 identified; 14 tagged x (nothing was written)\n"
    assert not fresh.library.exists()
    assert fresh("list").code == 1


def test_a_dry_run_leaves_a_library_as_it_is(seeded: Bibman) -> None:
    before = content(seeded.library, history=True)
    path = seeded.file("list.txt", f"{LINES[0]}\n{STRANGER}\n")
    told = json.loads(seeded("ingest", path, "--dry-run", "--tag", "x", "--json").out)
    assert told["dry_run"] is True
    assert [each["verdict"] for each in told["sources"][0]["passages"]] == ["already here", "not found"]
    assert content(seeded.library, history=True) == before


def test_a_dry_run_foretells_what_the_ingest_does(fresh: Bibman) -> None:
    path = fresh.file("list.txt", "\n".join([*LINES, STRANGER, STRANGER]))
    foretold = fresh("ingest", path, "--dry-run")
    done = fresh("ingest", path)
    assert (foretold.code, foretold.out) == (done.code, done.out)


def test_tags_are_put_on_what_came_in_and_on_what_was_there(seeded: Bibman) -> None:
    path = seeded.file("list.txt", f"{LINES[0]}\n{STRANGER}\n")
    assert seeded("ingest", path, "--tag", "Bees, to  read").code == 4
    tagged = [entry["key"] for entry in seeded.json("list", "--tag", "bees")]
    assert tagged == [seeded.keys()[0], seeded.keys()[-1]]
    assert {each["tag"]: each["entries"] for each in seeded.json("tag", "list")} == {"Bees": 2, "to read": 2}
    seeded("undo")
    assert seeded.json("tag", "list") == []


def test_standard_input_is_a_source(fresh: Bibman) -> None:
    done = fresh("ingest", "-", input=SEED.read_bytes())
    assert (done.code, done.err) == (0, "standard input: 14 passages: 14 identified\n")
    assert fresh.shown("elhage2022toy")["origins"][0]["source"] == "-"
    assert fresh("ingest", "-", input=SEED.read_bytes()).err == "standard input: 14 passages: 14 already here\n"


def test_several_files_are_one_operation(fresh: Bibman) -> None:
    one, two = (fresh.file(name, "\n".join(lines)) for name, lines in (("1.txt", LINES[:9]), ("2.txt", LINES[5:])))
    done = fresh("ingest", one, two)
    assert done.code == 0
    assert done.err.splitlines() == [
        f"{one}:",
        f"{one}: 9 passages: 9 identified",
        f"{two}:",
        f"{two}: 9 passages: 5 identified, 4 already here",
    ]
    assert len(fresh.keys()) == 14
    assert [made[:2] for made in operations(fresh.library)] == [("ingest", f"read {one}, {two}: 14 new entries")]
    assert [origin["source"] for origin in fresh.shown(fresh.keys()[8])["origins"]] == [one, two]
    fresh("undo")
    assert fresh.keys() == []


def test_one_line_twice_in_a_list_is_one_entry(fresh: Bibman) -> None:
    path = fresh.file("list.txt", "\n".join([LINES[0], STRANGER, LINES[0], f"“{STRANGER}”", f"* {STRANGER} ..."]))
    assert verdicts(fresh, path) == ["identified", "not found", "already here", "already here", "already here"]
    assert len(fresh.keys()) == 2
    assert [origin["line"] for origin in fresh.shown(fresh.keys()[1])["origins"]] == [2, 4, 5]


def test_one_file_twice_in_a_call_is_read_once(fresh: Bibman) -> None:
    assert verdicts(fresh, str(SEED), str(SEED)) == ["identified"] * 14 + ["already here"] * 14
    assert rows(fresh.library, "SELECT count(*) FROM readings") == [(1,)]


@pytest.mark.parametrize(("declared", "warns"), [(14, False), (13, True), (15, True)])
def test_a_header_that_counts_otherwise_is_reported(fresh: Bibman, declared: int, warns: bool) -> None:
    path = fresh.file("list.txt", "\n".join([f"{declared} papers on arXiv", *LINES]))
    done = fresh("ingest", path)
    assert done.code == 0
    warning = f"bibman: warning: {path} says that it has {declared}, but 14 passages found in it\n"
    assert done.err.startswith(warning) == warns
    (source,) = fresh.json("ingest", path, "--dry-run")["sources"]
    assert (source["declared"], len(source["remarks"])) == (declared, int(warns))


@pytest.mark.parametrize(("options", "lines"), [((), [1, 4]), (("block",), [1, 4]), (("line",), [1, 2, 4, 5])])
def test_what_a_passage_is_can_be_said(fresh: Bibman, options: tuple[str, ...], lines: list[int]) -> None:
    said = ["--passages", *options] if options else []
    done = fresh("ingest", fresh.file("list.txt", BLOCKS), *said, "--json")
    assert [passage["line"] for passage in json.loads(done.out)["sources"][0]["passages"]] == lines


def test_a_format_can_be_said_where_the_content_speaks_against_it(fresh: Bibman) -> None:
    path = fresh.file("refs.txt", "TY  - JOUR\nTI  - Keeping of bees on the roof of the library\nER  - \n")
    refused = fresh("ingest", path)
    assert refused.code == 1
    assert refused.err.startswith(f"bibman: {path} looks like RIS, which ")
    assert "--format list" in refused.err
    assert not fresh.library.exists()
    assert verdicts(fresh, path, "--format", "list") == ["not found"] * 3
    assert verdicts(fresh, path, "--format", "bibtex") == []


def test_a_text_in_latin_1_is_read_with_a_word_about_it(fresh: Bibman) -> None:
    path = fresh.file(
        "list.txt", "Étude sur les abeilles du toit de la bibliothèque, été comme hiver".encode("latin-1")
    )
    done = fresh("ingest", path, "--dry-run")
    assert "Étude sur les abeilles" in done.out
    assert "not UTF-8 (line 1, byte 0); read as cp1252; give --encoding if that is wrong" in done.err
    done = fresh("ingest", path, "--encoding", "latin-1")
    assert "warning" not in done.err
    (entry,) = fresh.json("list")
    assert entry["opening"].startswith("Étude")
    (origin,) = fresh.shown(entry["key"])["origins"]
    assert origin["text"].startswith("Étude")
    assert rows(fresh.library, "SELECT encoding FROM readings") == [("iso8859-1",)]


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-8-sig"])
def test_other_encodings_give_the_same_entries(fresh: Bibman, encoding: str) -> None:
    path = fresh.file("list.txt", SEED.read_text(encoding="utf-8").encode(encoding))
    assert verdicts(fresh, path, "--encoding", encoding) == ["identified"] * 14
    (line,) = (each["text"] for each in fresh.shown("elhage2022toy")["origins"])
    assert line == LINES[5]


def test_a_file_whose_name_begins_with_a_tilde_is_read(fresh: Bibman) -> None:
    fresh.file("~nobody.txt", SEED.read_bytes())
    assert verdicts(fresh, "~nobody.txt") == ["identified"] * 14
    assert fresh.shown("elhage2022toy")["origins"][0]["source"] == str(fresh.home / "~nobody.txt")


def test_a_file_is_kept_under_its_whole_path(fresh: Bibman) -> None:
    fresh.file("list.txt", SEED.read_bytes())
    assert verdicts(fresh, "list.txt") == ["identified"] * 14
    assert verdicts(fresh, "./list.txt") == ["already here"] * 14
    assert rows(fresh.library, "SELECT name, readings FROM sources") == [(str(fresh.home / "list.txt"), 1)]


UNREADABLE = {
    "empty": (b"", "list.txt is empty. Nothing was read"),
    "blank": (b" \n\t\n", "list.txt is empty. Nothing was read"),
    "without a word": (b"---\n***\n", "list.txt has no passages. No line of it has a word"),
    "a program": (b"\x7fELF" + bytes(100), "list.txt is not a text (it looks like a program)"),
    "a PDF": (b"%PDF-1.7\n%\xe2\xe3", "list.txt is not a text (it looks like a PDF)"),
    "bytes": (bytes(range(256)) * 9, "list.txt is not a text (it has NUL characters in it)"),
    "RIS": (b"TY  - BOOK\nTI  - X\nER  - \n", "list.txt looks like RIS, which "),
}


@pytest.mark.parametrize(("data", "said"), UNREADABLE.values(), ids=UNREADABLE)
def test_what_is_no_list_is_said_in_a_line_and_makes_no_library(fresh: Bibman, data: bytes, said: str) -> None:
    done = fresh("ingest", str(SEED), Path(fresh.file("list.txt", data)).name)
    assert (done.code, done.out) == (1, "")
    assert done.err.startswith(f"bibman: {said}")
    assert done.err.count("\n") == 1
    assert not fresh.library.exists()


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("no-such.txt",), 1, "no such file: no-such.txt"),
        (("folder",), 1, "folder is a folder. Name a file in it"),
        (("bees.txt/x",), 1, "cannot read bees.txt/x: not a directory"),
        (("a" * 300,), 1, f"cannot read {'a' * 300}: file name too long"),
        (("-",), 1, "standard input is empty. Nothing was read"),
        (("bees.txt", "--encoding", "ascii"), 2, "bees.txt is not in ascii: byte 30 does not fit."),
        (("bees.txt", "--encoding", "klingon"), 2, "no such encoding: klingon."),
        (("bees.txt", "--format", "klingon"), 2, "no such format: klingon. There are bibtex, list"),
        (("bees.txt", "--passages", "word"), 2, "no such kind of passage: word. It is `line` or `block`"),
        (("bees.txt", "--tag", "a,,b"), 2, "not a tag: ''."),
        (("bees.txt", "--tag", ""), 2, "not a tag: ''."),
        (("bees.txt", "no-such.txt"), 1, "no such file: no-such.txt"),
    ],
)
def test_a_call_that_cannot_be_followed_makes_no_library(
    fresh: Bibman, arguments: tuple[str, ...], code: int, said: str
) -> None:
    fresh.file("bees.txt", "Bees on the roof of the librar\u00ff and what they carry home in summer\n")
    (fresh.home / "folder").mkdir()
    done = fresh("ingest", *arguments)
    assert (done.code, done.out) == (code, "")
    assert done.err.startswith(f"bibman: {said}")
    assert done.err.count("\n") == 1
    assert not fresh.library.exists()


HOSTILE = "Red \x1b[31malert\x1b[0m \x9b31m in \u202etxet\u202c and \u2066bell\u2069 \x07 that \u200fnobody knows\u061c"


def test_nothing_in_a_text_commands_the_terminal(fresh: Bibman) -> None:
    path = fresh.file("list.txt", f"{HOSTILE}\n")
    dry = fresh("ingest", path, "--dry-run", "--json")
    told = [fresh("ingest", path), dry]
    (key,) = fresh.keys()
    told += [fresh(*each) for each in (["list"], ["list", "--json"], ["show", key], ["show", key, "--json"])]
    told += [fresh.terminal("export", "--include-unidentified"), fresh.terminal("list", NO_COLOR="1")]
    told += [fresh.terminal("show", key, NO_COLOR="1"), fresh.terminal("identify", NO_COLOR="1")]
    shown = "".join(done.out + done.err for done in told)
    assert "nobody knows" in shown
    assert not {char for char in HOSTILE if char in shown and not char.isprintable()}
    assert fresh.json("list")[0]["opening"] == HOSTILE


def test_a_remark_about_a_file_does_not_command_the_terminal_either(fresh: Bibman) -> None:
    path = fresh.file("re\x1b[31md.txt", "5 papers\nBees on the roof of the library and what they carry home\n")
    done = fresh("ingest", path)
    assert "\x1b" not in done.out + done.err
    assert "says that it has 5" in done.err
    assert "\x1b" not in fresh("ingest", "no-\x1b[31msuch").err


def test_what_was_tagged_is_told_also_where_it_was_here_before(seeded: Bibman) -> None:
    done = seeded("ingest", str(SEED), "--tag", "thesis", "--tag", "to read,thesis")
    assert done.err.endswith("14 passages: 14 already here; 14 tagged thesis, to read\n")
    assert seeded.json("history")[0]["summary"] == f"read {SEED}: 0 new entries; tagged 14 entries thesis, to read"
    (source,) = seeded.json("ingest", str(SEED), "--tag", "thesis")["sources"]
    assert source["tagged"] == 14


def test_the_seed_catalogue_is_there_where_the_data_folder_cannot_be_written(fresh: Bibman) -> None:
    fresh("ingest", str(SEED), "--dry-run")  # imports what the other process needs
    data = fresh.library.parent
    shutil.rmtree(data)
    data.mkdir()
    data.chmod(0o555)
    done = fresh.without_rights("--library", "own.bibman", "ingest", str(SEED))
    assert (done.code, done.err) == (0, f"{SEED}: 14 passages: 14 identified\n")
    assert "seed" in fresh.without_rights("catalogue", "list").out
    assert list(data.iterdir()) == []


def test_header_and_footer_are_kept_as_what_they_are(fresh: Bibman) -> None:
    fresh.file("list.txt", "Three papers\rA first title\rA second title\rEnd of list\r")
    done = fresh("ingest", "list.txt")
    assert "list.txt says that it has 3, but 2 passages found in it; `--passages line` or" in done.err
    kept = rows(fresh.library, "SELECT kind, position, line, raw FROM passage ORDER BY position")
    assert kept == [
        ("header", -1, 1, b"Three papers"),
        ("entry", 0, 2, b"A first title"),
        ("entry", 1, 3, b"A second title"),
        ("footer", 2, 4, b"End of list"),
    ]
