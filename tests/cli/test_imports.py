"""What only reads answers before one notices: it imports nothing heavy."""

import subprocess
import sys

import pytest

from tests.cli.calling import SEED, Bibman

TOY = "elhage2022toy"
HEAVY = {
    "alembic",
    "asyncio",
    "bibtexparser",
    "httpcore2",
    "httpx2",
    "hypothesis",
    "mako",
    "markdown_it",
    "pydantic",
    "pygments",
    "pylatexenc",
    "rapidfuzz",
    "rich",
    "sqlalchemy",
    "ssl",
    "stamina",
    "tomlkit",
}
LOOK = """
import sys
from bibman.cli.main import run
try:
    run()
finally:
    sys.stderr.write("\\nimported " + " ".join({name.partition(".")[0] for name in sys.modules}))
"""
LIGHT = [
    ["--help"],
    ["--version"],
    ["list", "--help"],
    ["ingest", "--help"],
    ["format", "--help"],
    ["tag", "--help"],
    ["list"],
    ["list", "--json"],
    ["list", "--tag", "to read", "--name", "ø", "--name", "elhage", "--year", "2000..", "--sort", "name"],
    ["show", TOY],
    ["show", TOY, "--json"],
    ["tag", "list"],
    ["tag", "suggest", TOY],
    ["note", "list"],
    ["note", "show", "1"],
    ["note", "export", "--bibliography", "-"],
    ["search", "toy author:elhage"],
    ["search", "toy tag:read* or @mine", "--json"],
    ["list", "is:duplicate or toy"],
    ["saved", "list"],
    ["passages"],
    ["history"],
    ["history", TOY],
    ["undo", "--dry-run"],
    ["export"],
    ["export", "--cited-in", "paper.tex"],
    ["export", "--format", "biblatex", "--ascii", "--tags", "--notes", "-o", "refs.bib"],
    ["check", "--json"],
    ["check", "--cited-in", "paper.tex", "--dialect", "biblatex", "--json"],
    ["check", "--codes"],
    ["catalogue", "list"],
    ["catalogue", "info", "seed"],
    ["catalogue", "search", "superposition"],
    ["library", "path"],
    ["library", "info"],
    ["catalogue", "list"],
    ["config"],
]
COMPLETED = {
    "a command": ("exp", "export\tWrite entries as a .bib for LaTeX, sorted..."),
    "a key": ("show bai2022t", "bai2022training"),
    "a tag": ("tag add to", "to read"),
    "an option": ("list --unid", "--unidentified\tWhose work is known, or is not."),
    "a tag in a query": ("list tag:to", 'tag:"to read"'),
    "an author in a query": ("search author:elh", "author:Elhage"),
    "a field of a query": ("list 'author:x journalt", "author:x journaltitle:"),
    "a file": ("export -o re", "files"),
}


def imported(*arguments: str, **environment: str) -> tuple[str, set[str]]:
    """What a call prints, and which of HEAVY it imports."""
    done = subprocess.run(
        [sys.executable, "-c", LOOK, *arguments], capture_output=True, text=True, check=False, env=environment or None
    )
    names = set(done.stderr.rpartition("\nimported ")[2].split())
    assert "bibman" in names
    assert done.returncode == 0, done.stderr
    return done.stdout, names & HEAVY


@pytest.fixture
def noted(seeded: Bibman) -> Bibman:
    seeded("tag", "add", "to read", TOY)
    seeded("tag", "add", "models", "bai2022training")
    seeded("note", "add", TOY, "Größer.")
    seeded("saved", "add", "mine", "has:note")
    seeded.file("paper.tex", rf"\cite{{{TOY}}}")
    return seeded


@pytest.mark.usefixtures("noted")
@pytest.mark.parametrize("arguments", LIGHT, ids=" ".join)
def test_what_only_reads_imports_nothing_heavy(arguments: list[str]) -> None:
    printed, heavy = imported(*arguments)
    assert heavy == set()
    assert printed or "-o" in arguments


@pytest.mark.usefixtures("noted")
@pytest.mark.parametrize(("line", "expected"), COMPLETED.values(), ids=COMPLETED)
def test_completion_imports_nothing_heavy(monkeypatch: pytest.MonkeyPatch, line: str, expected: str) -> None:
    monkeypatch.setenv("_BIBMAN_COMPLETE", "complete_fish")
    monkeypatch.setenv("COMP_LINE", f"bibman {line}")
    printed, heavy = imported()
    assert heavy == set()
    assert printed.splitlines()[-1] == expected


def test_a_file_is_formatted_without_anything_that_a_library_needs(fresh: Bibman) -> None:
    printed, heavy = imported("format", "--unicode", "--sort", "name", fresh.file("refs.bib", "@misc{a}"))
    assert heavy == set()
    assert printed == "@misc{a,\n}\n"


@pytest.mark.usefixtures("noted")
def test_what_compares_entries_imports_what_compares_and_no_more() -> None:
    assert imported("duplicates", "--json")[1] <= {"rapidfuzz"}
    assert imported("distinct", "--json")[1] == set()


@pytest.mark.usefixtures("noted")
def test_what_writes_imports_what_it_needs_and_no_more() -> None:
    assert imported("tag", "add", "x", TOY)[1] - {"asyncio", "ssl"} == {"sqlalchemy"}
    assert imported("ingest", str(SEED))[1] - {"asyncio", "ssl"} <= {"sqlalchemy", "rapidfuzz"}
