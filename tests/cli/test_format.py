"""`format`: files alone, without a library, in their encoding; whole or not at all."""

import stat
from pathlib import Path

import pytest

from tests.cli.calling import Bibman

MESSY = '@Article{a,title="A", % why\n  YEAR=2000}\n% b\n@misc{b}\n'
CLEAN = "% why\n@article{a,\n  title = {A},\n  year = {2000},\n}\n% b\n@misc{b,\n}\n"
BROKEN = "@misc{a,\n}\n\n@misc{b, title = {never closed\n"


def test_a_file_is_printed_and_stays_as_it_is(fresh: Bibman) -> None:
    name = fresh.file("refs.bib", MESSY)
    assert fresh("format", name) == (0, CLEAN, "")
    assert Path(name).read_text() == MESSY
    assert not fresh.library.exists()


@pytest.mark.parametrize("arguments", [("format",), ("format", "-")])
def test_standard_input_is_read_where_no_file_is_named(fresh: Bibman, arguments: tuple[str, ...]) -> None:
    assert fresh(*arguments, input=MESSY) == (0, CLEAN, "")


def test_write_puts_the_result_in_the_place_of_the_file(fresh: Bibman) -> None:
    path = Path(fresh.file("refs.bib", MESSY))
    path.chmod(0o640)
    Path("link.bib").symlink_to(path)
    assert fresh("format", "--write", "link.bib") == (0, "", "link.bib formatted\n")
    assert path.read_text() == CLEAN
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    assert Path("link.bib").is_symlink()


def test_write_leaves_a_clean_file_alone(fresh: Bibman) -> None:
    path = Path(fresh.file("refs.bib", CLEAN))
    before = path.stat()
    assert fresh("format", "-w", "refs.bib") == (0, "", "")
    assert (path.stat().st_mtime_ns, path.stat().st_ino) == (before.st_mtime_ns, before.st_ino)


def test_check_names_the_files_that_would_change_and_no_others(fresh: Bibman) -> None:
    for name, text in (("messy.bib", MESSY), ("clean.bib", CLEAN), ("other.bib", MESSY)):
        fresh.file(name, text)
    assert fresh("format", "--check", "clean.bib") == (0, "", "")
    assert fresh("format", "--check", "messy.bib", "clean.bib", "other.bib") == (1, "messy.bib\nother.bib\n", "")
    assert fresh("format", "--check", input=MESSY) == (1, "-\n", "")
    assert Path("messy.bib").read_text() == MESSY
    fresh("format", "--write", "messy.bib", "other.bib")
    assert fresh("format", "--check", "messy.bib", "clean.bib", "other.bib").code == 0


@pytest.mark.parametrize("option", [(), ("--check",), ("--write",)])
def test_a_broken_block_is_said_with_its_place_and_stays(fresh: Bibman, option: tuple[str, ...]) -> None:
    fresh.file("refs.bib", BROKEN)
    done = fresh("format", *option, "refs.bib")
    assert done.code == 4
    assert done.err == "refs.bib:4:18: the value of `title` is never closed; left as it is\n"
    assert done.out == ("" if option else BROKEN)
    assert Path("refs.bib").read_text() == BROKEN


@pytest.mark.parametrize(
    ("encoding", "mark"),
    [
        ("utf-8", b""),
        ("utf-8", b"\xef\xbb\xbf"),
        ("utf-16-le", b"\xff\xfe"),
        ("utf-16-be", b"\xfe\xff"),
        ("cp1252", b""),
        ("latin-1", b""),
    ],
)
def test_encoding_byte_order_mark_and_line_ends_stay(fresh: Bibman, encoding: str, mark: bytes) -> None:
    letter = "\x81é" if encoding == "latin-1" else "é"
    text = f"@misc{{a, title={{{letter}}}}}\r\n@misc{{b}}"
    path = Path(fresh.file("refs.bib", mark + text.encode(encoding)))
    assert fresh("format", "--write", "refs.bib") == (0, "", "refs.bib formatted\n")
    expected = f"@misc{{a,\r\n  title = {{{letter}}},\r\n}}\r\n\r\n@misc{{b,\r\n}}\r\n"
    assert path.read_bytes() == mark + expected.encode(encoding)


def test_the_encoding_is_asked_for_or_guessed_aloud_where_letters_change(fresh: Bibman) -> None:
    path = Path(fresh.file("refs.bib", "@misc{a, title={ñ}}".encode("mac-roman")))
    assert r"{\~n}" in fresh("format", "--ascii", "--encoding", "mac-roman", "refs.bib").out
    done = fresh("format", "--ascii", "refs.bib")
    assert done.err.startswith("bibman: warning: refs.bib: not UTF-8 (line 1, byte 16); read as cp1252;")
    fresh("format", "--write", "--encoding", "mac-roman", "refs.bib")
    assert path.read_bytes() == "@misc{a,\n  title = {ñ},\n}\n".encode("mac-roman")


def test_a_letter_that_the_encoding_lacks_is_said_and_the_file_stays(fresh: Bibman) -> None:
    data = r"@misc{a, title={Erd{\H{o}}s é}}".encode("latin-1")
    path = Path(fresh.file("refs.bib", data))
    done = fresh("format", "--unicode", "--write", "refs.bib")
    assert done.code == 1
    assert "bibman: refs.bib is in cp1252, which has no ő. Convert the file to UTF-8" in done.err
    assert path.read_bytes() == data


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ((), r"@article{a,|  journal = j # { \"o},|  month = {May},|  date = {2000},|  title = {É {\O}},|}"),
        (
            ("--format", "bibtex"),
            r"…|  journal = j # { \"o},|  month = {May},|  year = {2000},|  title = {{\'E} {\O}},|}",
        ),
        (("-f", "biblatex"), r"…|  journaltitle = j # { \"o},|  month = {May},|  date = {2000},|  title = {É {\O}},|}"),
        (("--ascii", "--fields", "title"), r"…|  title = {{\'E} {\O}},|}"),
        (("--unicode", "--fields", "Title, JOURNAL"), "…|  journal = j # { ö},|  title = {É Ø},|}"),
        (("--without", "journaltitle,title", "--months"), "…|  month = may,|  date = {2000},|}"),
        (("--fields", "year", "--numeric", "--no-trailing-comma", "--indent", "0"), "…|date = 2000|}"),
        (("--fields", "date", "--quotes", "--align", "8", "--indent", "tab"), '…|\tdate     = "2000",|}'),
        (("--resolve-macros", "--fields", "journal"), r"…|  journal = {J \"o},|}"),
        (("--sort-fields", "--without", "title"), r"…|  journal = j # { \"o},|  date = {2000},|  month = {May},|}"),
    ],
)
def test_options_say_how_it_looks(fresh: Bibman, options: tuple[str, ...], expected: str) -> None:
    text = '@string{j = "J"}\n@article{a, journal = j # { \\"o}, month = "May", date = 2000, title = {É {\\O}}}'
    done = fresh("format", *options, input=text)
    assert (done.code, done.err) == (0, "")
    entry = done.out.partition("\n\n")[2].rstrip("\n").replace("\n", "|")
    assert entry == expected.replace("…", "@article{a,")


def test_entries_are_sorted_with_the_blank_lines_that_one_wants(fresh: Bibman) -> None:
    done = fresh("format", "--sort", "key", "--blank-lines", "0", input="@misc{b}@misc{a}")
    assert done.out == "@misc{a,\n}\n@misc{b,\n}\n"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--write",), "standard input has no place to write to"),
        (("--write", "--check", "a.bib"), "--write and --check exclude each other"),
        (("a.bib", "a.bib"), "several files would be printed as one"),
        (("--format", "ris"), "no such format: ris"),
        (("--sort", "size"), "no such order: size. --sort is one of kept, key, name, title, type, year"),
        (("--ascii", "--unicode"), "--ascii, --unicode and --keep-letters exclude each other"),
        (("--fields", "a", "--without", "b"), "--fields and --without exclude each other"),
        (("--indent", "wide"), "not an indent: wide"),
        (("--indent", "201"), "not an indent: 201"),
        (("--align", "-1"), "-1"),
    ],
)
def test_a_call_that_contradicts_itself_is_refused(fresh: Bibman, arguments: tuple[str, ...], said: str) -> None:
    fresh.file("a.bib", MESSY)
    done = fresh("format", *arguments)
    assert (done.code, done.out) == (2, "")
    assert said in done.err


def test_a_file_that_cannot_be_read_does_not_keep_others_from_being_formatted(fresh: Bibman) -> None:
    good = fresh.file("good.bib", MESSY)
    fresh.file("bad.bib", "@misc{a}".encode("utf-16-le"))
    assert fresh("format", "none.bib") == (1, "", "bibman: no such file: none.bib\n")
    done = fresh("format", "--write", "none.bib", "bad.bib", "good.bib")
    assert done.code == 1
    assert done.err.splitlines()[0] == "bibman: no such file: none.bib"
    assert done.err.splitlines()[1].startswith("bibman: bad.bib is not a text (it has NUL characters in it)")
    assert done.err.splitlines()[2] == "good.bib formatted"
    assert Path(good).read_text() == CLEAN


@pytest.mark.parametrize("flaw", [b"\xe9", b"\0"])
def test_an_entry_with_a_byte_that_is_no_letter_stays_as_it_is(fresh: Bibman, flaw: bytes) -> None:
    broken = b"@misc{ a , title={\xc3\xa9" + flaw + b"}}\n"
    path = Path(fresh.file("refs.bib", broken + b"\n@misc{ b , title={\xc3\xa9}}\n"))
    done = fresh("format", "--write", "refs.bib")
    assert (done.code, done.err.splitlines()[0][:17]) == (4, "refs.bib:1:20: th")
    assert path.read_bytes() == broken + "\n@misc{b,\n  title = {é},\n}\n".encode()


def test_what_a_terminal_would_obey_is_not_printed_on_one(fresh: Bibman) -> None:
    fresh.file("refs.bib", "@misc{a, title={\x1b[31mred}}")
    assert "\x1b" not in fresh.terminal("format", "refs.bib").out
    assert "\x1b" in fresh("format", "refs.bib").out
