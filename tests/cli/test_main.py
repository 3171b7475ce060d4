"""The command as a whole: its help, and how what goes wrong is said."""

import os
import re
import subprocess
from pathlib import Path

import pytest
from wcwidth import wcswidth

import bibman
from bibman.cli.main import COMMANDS, GROUPS, SECTIONS, Commands
from bibman.errors import LibraryError
from tests.cli.calling import ROOT, SEED, STARTS, Bibman

TOY = "elhage2022toy"


def every_command() -> list[list[str]]:
    commands = Commands()
    return [[name] for name in COMMANDS] + [[group, name] for group in GROUPS for name in _of(commands, group)]


def _of(commands: Commands, group: str) -> list[str]:
    return list(commands.get_command(None, group).commands)


@pytest.mark.parametrize("option", ["--help", "-h"])
@pytest.mark.parametrize("command", [[], *every_command()], ids=" ".join)
def test_every_command_has_help(fresh: Bibman, command: list[str], option: str) -> None:
    done = fresh(*command, option)
    assert (done.code, done.err) == (0, "")
    assert done.out.startswith(f"Usage: {' '.join(['bibman', *command])} ")
    assert not fresh.library.exists()


def test_the_first_screen_has_every_command_once_under_a_heading(fresh: Bibman) -> None:
    shown = [name for names in SECTIONS.values() for name in names]
    assert sorted(shown) == sorted([*COMMANDS, *GROUPS])
    printed = fresh("--help").out
    for heading, names in SECTIONS.items():
        section = printed.partition(f"\n{heading}:\n")[2].partition("\n\n")[0]
        assert [line[2:15].strip() for line in section.splitlines()] == list(names)


@pytest.mark.parametrize("command", COMMANDS)
def test_the_first_screen_says_what_a_command_does_in_one_line(fresh: Bibman, command: str) -> None:
    (line,) = re.findall(rf"^  {command}   *([A-Z].*)$", fresh("--help").out, re.MULTILINE)
    assert not line.endswith("...")


@pytest.mark.parametrize(
    "command", [[], *([group] for group in GROUPS if group not in ("config", "passages", "review"))], ids=" ".join
)
def test_a_group_alone_shows_its_help(fresh: Bibman, command: list[str]) -> None:
    done = fresh(*command)
    assert done.code == 2
    assert "Usage: bibman" in done.out + done.err


def test_the_version_is_told(fresh: Bibman) -> None:
    assert fresh("--version") == (0, f"bibman {bibman.__version__}\n", "")


@pytest.mark.parametrize("command", every_command(), ids=" ".join)
def test_an_option_that_does_not_exist_is_a_usage_error(seeded: Bibman, command: list[str]) -> None:
    before = seeded.library.read_bytes()
    done = seeded(*command, "--no-such-option")
    assert (done.code, done.out) == (2, "")
    assert "no such option: --no-such-option" in done.err
    assert done.err.startswith("bibman: ")
    assert done.err.count("\n") == 1
    assert seeded.library.read_bytes() == before


def test_an_option_without_its_value_is_told_in_a_line_like_any_other_wrong_call(fresh: Bibman) -> None:
    done = fresh("export", "--source")
    assert done == (2, "", "bibman: option '--source' requires an argument. `bibman --help` says more\n")


NEEDS = {
    "ingest": [],
    "show": [],
    "edit": [],
    "remove": [],
    "tag add": ["x"],
    "tag remove": ["x"],
    "tag rename": ["x"],
    "note add": [],
    "note edit": [],
    "note show": [],
    "note remove": [],
    "key set": [TOY],
    "catalogue build": [],
    "catalogue remove": [],
    "library backup": [],
    "library restore": [],
    "config set": ["library"],
    "config unset": [],
}


@pytest.mark.parametrize(("command", "arguments"), NEEDS.items())
def test_what_a_command_needs_is_asked_for(seeded: Bibman, command: str, arguments: list[str]) -> None:
    done = seeded(*command.split(), *arguments)
    assert (done.code, done.out) == (2, "")
    assert "missing argument" in done.err or "it is not said which entries" in done.err


def test_every_command_that_needs_no_argument_takes_none_too_many(seeded: Bibman) -> None:
    for command in every_command():
        if " ".join(command) in ("saved list", "tag list", "library path", "library info", "library verify"):
            done = seeded(*command, "too", "many")
            assert done.code == 2
            assert "unexpected extra argument" in done.err


@pytest.mark.parametrize("command", [["lst"], ["tag", "ad"], ["library", "x"]], ids=" ".join)
def test_a_command_that_does_not_exist_is_a_usage_error(fresh: Bibman, command: list[str]) -> None:
    done = fresh(*command)
    assert done.code == 2
    assert f"no such command '{command[-1]}'" in done.err
    assert done.err.count("\n") == 1


def test_ctrl_c_while_bibman_is_loaded_ends_it_without_a_word(tmp_path: Path) -> None:
    (tmp_path / "typer.py").write_text("raise KeyboardInterrupt")
    done = subprocess.run(
        STARTS, env=os.environ | {"PYTHONPATH": f"{tmp_path}:{ROOT}"}, capture_output=True, check=False
    )
    assert (done.returncode, done.stdout, done.stderr) == (130, b"", b"")


@pytest.mark.parametrize("columns", [20, 40, 60, 71, 80])
def test_a_table_fits_into_a_narrow_terminal(seeded: Bibman, columns: int) -> None:
    lines = seeded.terminal("list", columns=columns, NO_COLOR="1").out.splitlines()
    assert len(lines) == 15
    assert max(map(wcswidth, lines)) <= columns


def test_errors_are_one_line_of_a_process_and_its_exit_code(seeded: Bibman) -> None:
    for arguments, code in (
        (["show", "nobody"], 3),
        (["list", "--sort", "x"], 2),
        (["ingest", "no-such"], 1),
        (["ingest", "bees.txt"], 4),
    ):
        seeded.file("bees.txt", "Bees on the roof of the library and what they carry home\n")
        done = seeded.process(*arguments)
        assert done.code == code
        assert "Traceback" not in done.err
        assert done.err.count("\n") == 1


def test_debug_shows_where_an_error_arose(seeded: Bibman) -> None:
    done = seeded.process("--debug", "show", "nobody")
    assert done.code == 1
    assert done.err.startswith("Traceback")
    assert "bibman.errors.NotFoundError: no such key: nobody" in done.err
    assert seeded.process("--debug", "list").code == 0


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (LibraryError("it is\nlost", "Look for it"), "it is lost. Look for it"),
        (RecursionError(), "the input is nested too deeply"),
        (MemoryError(), "there is not enough memory for this"),
        (FileNotFoundError(2, "No such file or directory", "x.txt"), "x.txt: no such file or directory"),
        (OSError(5, "Input/output error"), "cannot read or write: input/output error"),
        (KeyError("x"), "an error that should not happen: KeyError('x'). `bibman --debug …` shows where it arose"),
        (LibraryError("a \x1b[31mred\x07 name"), "a [31mred name"),
    ],
)
def test_whatever_goes_wrong_is_a_line(
    fresh: Bibman, monkeypatch: pytest.MonkeyPatch, error: Exception, said: str
) -> None:
    def fail(_: object) -> None:
        raise error

    monkeypatch.setattr("bibman.services.configuration.library_path", fail)
    assert fresh("library", "path") == (1, "", f"bibman: {said}\n")


def test_an_argument_that_is_no_utf_8_is_said(seeded: Bibman) -> None:
    path = os.fsencode(seeded.home) + b"/caf\xe9.txt"
    Path(os.fsdecode(path)).write_bytes(SEED.read_bytes())
    assert seeded.process("ingest", os.fsdecode(path)).code == 0
    assert r"caf\xe9.txt" in seeded.json("show", TOY)[0]["origins"][1]["source"]
    for arguments in (["tag", "add", "caf\udce9", TOY], ["show", "caf\udce9"], ["note", "add", TOY, "caf\udce9"]):
        done = seeded.process(*arguments)
        assert (done.code, done.out) in ((2, ""), (3, ""))
        assert done.err.startswith("bibman: ")
        assert done.err.count("\n") == 1


@pytest.mark.usefixtures("seeded")
def test_streams_that_are_closed_do_no_harm() -> None:
    def close(number: int, *arguments: str) -> int:
        streams = {0: "<&-", 1: ">&-", 2: "2>&-"}[number]
        done = os.waitstatus_to_exitcode(os.system(f"{' '.join(map(repr, [*STARTS, *arguments]))} {streams} 2>said"))  # noqa: S605
        assert "Traceback" not in Path("said").read_text()
        assert "should not happen" not in Path("said").read_text()
        return done

    assert close(0, "note", "add", TOY) == 1
    assert close(0, "ingest", "-") == 1
    assert close(1, "list") == 0
    assert close(1, "export") == 0
    assert close(2, "ingest", str(SEED)) == 0


def test_text_that_the_terminal_cannot_show_is_written_otherwise(seeded: Bibman) -> None:
    environment = os.environ | {"PYTHONIOENCODING": "latin-1"}
    seeded("edit", TOY, "--set", "title=Łodz")
    done = seeded.process("show", TOY, env=environment)
    assert (done.code, done.err) == (0, "")
    assert r"\u0141odz" in done.out
    assert "Łodz" in seeded.process("export", TOY, "--unicode", env=environment).out


def test_python_starts_it_as_a_module(fresh: Bibman) -> None:
    assert STARTS[1:] == ["-m", "bibman"]
    assert re.fullmatch(r"bibman \S+\n", fresh.process("--version").out)
