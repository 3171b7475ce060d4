"""`note`: the reader's own words about entries, in Markdown."""

import re
import sys
from pathlib import Path

import pytest

from tests.cli.calling import ROOT, Bibman
from tests.storage.looking import content, operations

TOY, TRAIN = "elhage2022toy", "bai2022training"
EDITOR = """\
#!/bin/sh
cp "$2" seen.md
printf '%s' "$WRITES" >"$2"
exit "${ENDS:-0}"
"""


def texts(bibman: Bibman, *keys: str) -> list[str]:
    return [note["text"] for note in bibman.json("note", "list", *keys)]


@pytest.fixture
def editor(seeded: Bibman, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An editor that writes what WRITES says, ends with what ENDS says, and leaves what it saw in seen.md."""
    Path(seeded.file("the editor.sh", EDITOR)).chmod(0o755)
    monkeypatch.setenv("EDITOR", f"'{seeded.home}/the editor.sh' --wait")
    (seeded.home / "tmp").mkdir()
    monkeypatch.setenv("TMPDIR", str(seeded.home / "tmp"))
    return seeded.home / "seen.md"


def test_a_note_is_given_as_an_argument(seeded: Bibman) -> None:
    done = seeded("note", "add", TOY, "Read *this*:\n\n- twice")
    assert (done.code, done.out) == (0, f"note 1 on {TOY}\n")
    assert texts(seeded, TOY) == ["Read *this*:\n\n- twice"]
    assert operations(seeded.library)[-1][:2] == ("note add", f"noted on {TOY}: Read *this*: - twice")


def test_a_note_is_given_in_a_file(seeded: Bibman) -> None:
    path = seeded.file("note.md", "\ufeffFrom a file,\r\nin two lines.\r\n\r\n")
    assert seeded("note", "add", TOY, "--file", path).code == 0
    assert texts(seeded) == ["From a file,\nin two lines."]


@pytest.mark.parametrize("arguments", [(), ("-",), ("--file", "-")])
def test_a_note_is_given_on_standard_input(seeded: Bibman, arguments: tuple[str, ...]) -> None:
    assert seeded("note", "add", TOY, *arguments, input="From afar: größer\n").code == 0
    assert texts(seeded) == ["From afar: größer"]


def test_a_note_is_dated_and_shown(seeded: Bibman) -> None:
    seeded("note", "add", TOY, "one\n\ntwo")
    (note,) = seeded.json("note", "list")
    assert list(note) == ["id", "key", "text", "created_at", "changed_at"]
    assert (note["id"], note["key"]) == (1, TOY)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", note["created_at"])
    assert note["created_at"] == note["changed_at"]
    assert seeded("note", "show", "1").out == "one\n\ntwo\n"
    assert seeded("note", "show", TOY.upper()).out == "one\n\ntwo\n"
    assert seeded.json("note", "show", TOY) == note
    assert seeded("note", "list").out == f"1\t{TOY}\t{note['created_at'][:10]}\tone two\n"


def test_notes_are_listed_of_all_entries_or_of_some(seeded: Bibman) -> None:
    for key, text in ((TOY, "one"), (TRAIN, "two"), (TOY, "three")):
        seeded("note", "add", key, text)
    assert texts(seeded) == ["one", "two", "three"]
    assert texts(seeded, TOY) == ["one", "three"]
    assert texts(seeded, TOY, TOY, TRAIN) == ["one", "two", "three"]
    assert texts(seeded, "ganguli2022red") == []
    assert [entry["note_count"] for entry in seeded.json("show", TOY, TRAIN)] == [2, 1]


def test_a_note_is_edited_by_its_number_or_by_the_key_of_its_entry(seeded: Bibman) -> None:
    seeded("note", "add", TOY, "one")
    assert seeded("note", "edit", "1", "two").out == f"note 1 on {TOY}\n"
    assert seeded("note", "edit", TOY, input="three").out == f"note 1 on {TOY}\n"
    assert texts(seeded) == ["three"]
    seeded("undo")
    assert texts(seeded) == ["two"]


def test_the_same_text_again_is_no_change(seeded: Bibman) -> None:
    seeded("note", "add", TOY, "one")
    before = content(seeded.library, history=True)
    assert seeded("note", "edit", TOY, "one\n").out == f"note 1 on {TOY} (unchanged)\n"
    assert content(seeded.library, history=True) == before


def test_notes_are_removed_and_brought_back(seeded: Bibman) -> None:
    for key, text in ((TOY, "one"), (TRAIN, "two"), (TOY, "three")):
        seeded("note", "add", key, text)
    done = seeded("note", "remove", TRAIN, "1", "2")
    assert done.out == f"removed note 2 from {TRAIN}\nremoved note 1 from {TOY}\n"
    assert texts(seeded) == ["three"]
    seeded("undo")
    assert texts(seeded) == ["one", "two", "three"]


def test_the_number_of_a_removed_note_is_not_used_again(seeded: Bibman) -> None:
    seeded("note", "add", TOY, "one")
    seeded("note", "remove", TOY)
    assert seeded("note", "add", TOY, "two").out == f"note 2 on {TOY}\n"


def test_a_note_that_another_process_changes_while_it_is_edited_is_not_overwritten(seeded: Bibman) -> None:
    seeded("note", "add", TOY, "one")
    script = Path(
        seeded.file("editor.sh", f"#!/bin/sh\n{sys.executable} -m bibman note edit 1 theirs\necho ours >$1\n")
    )
    script.chmod(0o755)
    done = seeded.terminal("note", "edit", "1", EDITOR=str(script), PYTHONPATH=str(ROOT))
    assert done.code == 1
    assert "note 1 was changed by another process meanwhile. Nothing was changed. What you wrote is in " in done.err
    assert Path(done.err.split()[-1]).read_text() == "ours\n"
    assert texts(seeded) == ["theirs"]


def test_a_note_of_an_entry_whose_key_is_a_number_is_found(seeded: Bibman) -> None:
    seeded("new", "misc", "--set", "title=T", "--key", "2023")
    seeded("note", "add", "2023", "one")
    assert seeded("note", "show", "2023").out == "one\n"


def test_an_editor_is_opened_where_somebody_sits_at_a_terminal(seeded: Bibman, editor: Path) -> None:
    done = seeded.terminal("note", "add", TOY, WRITES="Typed *here*.\n\n")
    assert (done.code, done.out) == (0, f"note 1 on {TOY}\n")
    assert editor.read_text() == ""
    assert texts(seeded) == ["Typed *here*."]
    assert seeded.terminal("note", "edit", TOY, WRITES="Typed again.").code == 0
    assert editor.read_text() == "Typed *here*."
    assert texts(seeded) == ["Typed again."]
    assert seeded.terminal("note", "edit", TOY, VISUAL="true").out == f"note 1 on {TOY} (unchanged)\n"


@pytest.mark.parametrize(
    ("environment", "said"),
    [
        ({"WRITES": "  \n"}, "the note is empty. Nothing was changed"),
        ({"ENDS": "3", "WRITES": "one"}, "ended with the code 3. Nothing was changed"),
        ({"EDITOR": "no-such-editor"}, "cannot start the editor no-such-editor: "),
        ({"EDITOR": "vi '"}, "cannot start the editor vi ': "),
        ({"EDITOR": "rm"}, "the editor rm removed the file that it was given. Nothing was changed"),
        ({"EDITOR": ""}, "no editor is known. Set EDITOR, or give the text as an argument, by --file or on standard"),
        ({"EDITOR": " ", "VISUAL": "\t"}, "no editor is known. Set EDITOR, or give the text as an argument"),
    ],
)
@pytest.mark.usefixtures("editor")
def test_an_editor_that_fails_changes_nothing(seeded: Bibman, environment: dict[str, str], said: str) -> None:
    seeded("note", "add", TOY, "one")
    before = content(seeded.library, history=True)
    done = seeded.terminal("note", "edit", TOY, columns=80, types="", **{"WRITES": "two", **environment})
    assert done.code == (2 if "no editor" in said else 1)
    assert said in done.err
    assert done.err.count("\n") == 1
    assert content(seeded.library, history=True) == before
    assert not list((seeded.home / "tmp").iterdir())


@pytest.mark.parametrize(
    ("script", "said"),
    [
        ('printf two >"$1"; exit 3', "ended with the code 3. Nothing was changed."),
        ('printf "two \\377" >"$1"', "the edited text is not UTF-8. Nothing was changed."),
        ('printf two >"$1"; $BIBMAN note remove 1', "no such note: 1."),
        ('printf two >"$1"; $BIBMAN remove ' + TOY, "no such note: 1."),
        ('printf two >"$1"; rm "$LIBRARY"', "there is no library at "),
        ('printf two >"$1"; printf x >"$LIBRARY"', "is not a bibman library"),
        ('printf "two\\000" >"$1"', "the note holds a NUL character. A note is Markdown text."),
    ],
)
def test_what_was_written_in_the_editor_is_kept_whatever_fails_then(seeded: Bibman, script: str, said: str) -> None:
    seeded("note", "add", TOY, "one")
    path = Path(seeded.file("editor.sh", f"#!/bin/sh\n{script}\n"))
    path.chmod(0o755)
    variables = {
        "EDITOR": str(path),
        "BIBMAN": f"{sys.executable} -m bibman",
        "LIBRARY": str(seeded.library),
        "PYTHONPATH": str(ROOT),
    }
    done = seeded.terminal("note", "edit", "1", columns=80, types="", **variables)
    assert done.code in (1, 2, 3)
    assert said in done.err
    assert done.err.count("\n") == 1
    assert " What you wrote is in " in done.err
    kept = Path(done.err.split()[-1])
    assert kept.read_bytes().startswith(b"two")
    kept.unlink()


def test_a_new_note_written_in_the_editor_is_kept_when_its_entry_goes_away(seeded: Bibman) -> None:
    script = f"#!/bin/sh\necho typed >$1\n{sys.executable} -m bibman remove {TOY}\n"
    path = Path(seeded.file("editor.sh", script))
    path.chmod(0o755)
    done = seeded.terminal("note", "add", TOY, EDITOR=str(path), PYTHONPATH=str(ROOT))
    assert done.code == 3
    kept = Path(done.err.split()[-1])
    assert kept.read_text() == "typed\n"
    kept.unlink()


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("add", TRAIN, ""), 1, "the note is empty. Nothing was changed"),
        (("add", TRAIN, " \n\t"), 1, "the note is empty. Nothing was changed"),
        (("add", TRAIN), 1, "the note is empty. Nothing was changed"),
        (("add", TRAIN, "text", "--file", "x.md"), 2, "the text is given twice."),
        (("add", TRAIN, "--file", "no-such.md"), 1, "no such file: no-such.md"),
        (("add", TRAIN, "--file", "."), 1, ". is a folder."),
        (("add", TRAIN, "--file", "latin.md"), 1, "latin.md is not UTF-8. Nothing was changed"),
        (("add", "bai2022trainin", "text"), 3, f"no such key: bai2022trainin. Did you mean {TRAIN}?"),
        (("list", "bai2022trainin"), 3, f"no such key: bai2022trainin. Did you mean {TRAIN}?"),
        (("show", "7"), 3, "no such note: 7. `bibman note list` shows the numbers of all notes"),
        (("show", "9" * 30), 3, f"no such key: {'9' * 30}"),
        (("show", TRAIN), 3, f"{TRAIN} has no note. `bibman note add {TRAIN} TEXT` adds one"),
        (("show", TOY), 2, f"{TOY} has 2 notes. Give the number of one: 1, 2"),
        (("edit", TOY, "text"), 2, f"{TOY} has 2 notes. Give the number of one: 1, 2"),
        (("edit", "7", "text"), 3, "no such note: 7."),
        (("edit", "1", ""), 1, "the note is empty."),
        (("remove", TOY), 2, f"{TOY} has 2 notes. Give the number of one: 1, 2"),
        (("remove", "1", "7"), 3, "no such note: 7."),
        (("remove", "1", TRAIN), 3, f"{TRAIN} has no note."),
        (("remove", "1", "nobody"), 3, "no such key: nobody"),
    ],
)
def test_what_cannot_be_done_is_said_and_nothing_is_done(
    seeded: Bibman, arguments: tuple[str, ...], code: int, said: str
) -> None:
    seeded.file("latin.md", "caf\xe9".encode("latin-1"))
    seeded("note", "add", TOY, "one")
    seeded("note", "add", TOY, "two")
    before = content(seeded.library, history=True)
    done = seeded("note", *arguments)
    assert (done.code, done.out) == (code, "")
    assert done.err.startswith(f"bibman: {said}")
    assert done.err.count("\n") == 1
    assert content(seeded.library, history=True) == before


def test_an_unknown_key_is_said_before_the_editor_opens(seeded: Bibman, editor: Path) -> None:
    assert seeded.terminal("note", "add", "nobody", WRITES="lost").code == 3
    assert not editor.exists()


def test_a_note_with_a_nul_character_is_refused(seeded: Bibman) -> None:
    done = seeded("note", "add", TOY, input=b"a\0b")
    assert (done.code, done.err) == (1, "bibman: the note holds a NUL character. A note is Markdown text\n")


def test_nothing_in_a_note_commands_the_terminal(seeded: Bibman) -> None:
    seeded("note", "add", TOY, input="a \x1b[31mred\x07 \u202eword\u202c")
    told = [seeded(*each) for each in (["note", "list"], ["note", "show", "1"], ["show", TOY], ["history"])]
    told += [seeded(*each, "--json") for each in (["note", "list"], ["note", "show", "1"], ["show", TOY], ["history"])]
    shown = "".join(done.out for done in told)
    assert not set("\x1b\x07\u202e\u202c") & set(shown)
    assert texts(seeded) == ["a \x1b[31mred\x07 \u202eword\u202c"]
