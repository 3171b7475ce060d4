"""Measures what a user waits for: CPU seconds of whole processes, as ratios within one run.

`make bench` runs this. A figure is the least of several runs, user and system time together; on a busy machine the
ratios hold better than the seconds. Other programs are measured where `make bench-peers` has installed them.
"""

import os
import random
import resource
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from bibman.model.entry import Entry, Field
from bibman.storage.annotations import add_tags
from bibman.storage.database import Library
from bibman.storage.entries import add_entries, reserve_ids

ROOT = Path(__file__).resolve().parent.parent
PEERS = ROOT / ".venv-peers" / "bin"
WORDS = (
    "analysis method system approach model data learning network algorithm theory result problem function structure "
    "design process performance quantum optimal graph efficient distributed random stochastic linear bound complexity "
    "energy dynamics protein cell imaging climate policy market language semantic query index storage memory parallel"
).split()
FAMILIES = ("Müller", "Kowalski", "Zhang", "Tanaka", "Dvořák", "Smith", "Knuth", "Erdős", "Østergaard", "Patel")


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the table: what was measured, its CPU seconds, its budget, and what the budget counts in."""

    job: str
    seconds: float
    budget: str = ""
    ratio: str = ""


class Bench:
    """A folder with libraries of several sizes, and the environment in which the programs run."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        homes = {f"XDG_{kind}_HOME": str(folder / kind) for kind in ("CONFIG", "DATA", "CACHE", "STATE")}
        self.environment = {**os.environ, **homes, "HOME": str(folder), "BEETSDIR": str(folder / "beets")}
        self.environment.pop("BIBMAN_LIBRARY", None)

    def seconds(
        self, command: Sequence[str | Path], runs: int = 5, before: Callable[[], object] = lambda: None, code: int = 0
    ) -> float:
        """The CPU seconds that a command takes, the least of several runs; `before` is done ahead of each."""
        found = []
        for _ in range(runs):
            before()
            start = _children()
            done = subprocess.run(command, env=self.environment, cwd=self.folder, capture_output=True, check=False)
            if done.returncode != code:
                sys.exit(f"{command} ended with {done.returncode}: {done.stderr.decode()}")
            found.append(_children() - start)
        return min(found)

    def bibman(self, library: str, *arguments: str | Path) -> list[str | Path]:
        """A command of bibman on one of the libraries here."""
        return [sys.executable, "-m", "bibman", "--library", self.folder / library, *arguments]


def entries(count: int, seed: int = 1) -> list[Entry]:
    """Entries made by chance, the same for the same seed: articles with an abstract of 1,000 letters."""
    chance = random.Random(seed)

    def words(number: int) -> str:
        return " ".join(chance.choice(WORDS) for _ in range(number))

    made = []
    for number in range(count):
        names = " and ".join(f"{chance.choice(FAMILIES)}, {chance.choice('ABCDEFGH')}." for _ in range(2))
        fields = {
            "author": names,
            "title": f"{words(7).capitalize()} {number}",
            "journal": f"Journal of {words(2).title()}",
            "year": str(chance.randint(1950, 2026)),
            "pages": f"{number}--{number + 9}",
            "doi": f"10.1000/bench.{number}",
            "abstract": f"{words(120).capitalize()}.",
        }
        made.append(Entry(f"key{number}", "article", tuple(Field(*field) for field in fields.items())))
    return made


def fill(path: Path, count: int) -> None:
    """Makes a library with `count` entries, every tenth of them tagged."""
    with Library.open(path) as library, library.change("bench") as change:
        made = entries(count)
        ids = list(reserve_ids(change, count))
        for start in range(0, count, 1000):
            piece = slice(start, start + 1000)
            add_entries(change, dict(zip(ids[piece], made[piece], strict=True)))
        add_tags(change, ids[::10], ["bench"])


def write_list(path: Path, count: int) -> None:
    """Writes a list of cut-off abstracts that no catalogue knows."""
    chance = random.Random(2)
    lines = (" ".join(chance.choice(WORDS) for _ in range(25))[:200] + "..." for _ in range(count))
    path.write_text("\n".join(line.capitalize() for line in lines), encoding="utf-8")


def measure(bench: Bench) -> list[Line]:
    """Measures bibman."""
    seed = ROOT / "seeds" / "arxiv-papers.txt"
    typer = bench.seconds([sys.executable, "-c", "import typer"])
    lines = [Line("python -c 'import typer'", typer)]

    def add(job: str, seconds: float, budget: str) -> None:
        lines.append(Line(job, seconds, budget, f"{seconds / typer:.1f} × typer"))

    def remove(name: str) -> None:
        for file in bench.folder.glob(f"{name}*"):
            file.unlink()

    add("bibman --help", bench.seconds(bench.bibman("none", "--help")), "≤ 2 × typer")
    bench.seconds(bench.bibman("small", "ingest", seed), runs=1)
    add("list of 14", bench.seconds(bench.bibman("small", "list")), "≤ 0.13")
    add("show", bench.seconds(bench.bibman("small", "show", "elhage2022toy")), "≤ 0.13")
    again = bench.seconds(bench.bibman("again", "ingest", seed), before=lambda: remove("again"))
    add("ingest of the seed list, new library", again, "")
    add("the same list again", bench.seconds(bench.bibman("small", "ingest", seed)), "")
    add("export of 14", bench.seconds(bench.bibman("small", "export", "-o", "out.bib")), "")
    fill(bench.folder / "large", 10_000)
    add("list of 10,000", bench.seconds(bench.bibman("large", "list"), 3), "")
    add("list of a tag, 1,000 of 10,000", bench.seconds(bench.bibman("large", "list", "--tag", "bench"), 3), "")
    numbers = iter(range(1000))
    tag_one = bench.seconds(
        [sys.executable, "-c", TAG_ONE, str(bench.folder / "large")],
        before=lambda: bench.environment.update(BENCH_TAG=f"tag{next(numbers)}"),
    )
    add("tag one of 10,000", tag_one, "≤ 0.45")
    add(
        "export of 10,000 as kept",
        bench.seconds(bench.bibman("large", "export", "--unicode", "-o", "out.bib"), 3),
        "≤ 0.5",
    )
    add("export of 10,000 in ASCII", bench.seconds(bench.bibman("large", "export", "-o", "out.bib"), 3), "≤ 1.5")
    write_list(bench.folder / "list.txt", 10_000)
    ingest = bench.bibman("new", "ingest", "list.txt")
    add("ingest of a list of 10,000 lines", bench.seconds(ingest, 2, lambda: remove("new"), code=4), "")
    add("undo of it", bench.seconds(bench.bibman("new", "undo"), 1), "")
    add("redo of it", bench.seconds(bench.bibman("new", "redo"), 1), "")
    return lines


TAG_ONE = """
import os, sys
sys.argv = ["bibman", "--library", sys.argv[1], "tag", "add", os.environ["BENCH_TAG"], "key77"]
from bibman.cli.main import run
run()
"""


def measure_peers(bench: Bench) -> list[Line]:
    """Measures the programs that `make bench-peers` installs: the same fourteen entries, and 10,000 for papis."""
    if not PEERS.is_dir():
        print("papis and beets are not installed: `make bench-peers` installs them\n")
        return []
    lines = []
    for size, library in (("14", "small"), ("10,000", "large")):
        bib = bench.folder / f"peer-{library}.bib"
        bench.seconds(bench.bibman(library, "export", "-o", bib), 1)
        papis: list[str | Path] = [PEERS / "papis", "--lib", str(bench.folder / f"papis-{library}")]
        (bench.folder / f"papis-{library}").mkdir(exist_ok=True)
        if library == "small":
            imported = bench.seconds([*papis, "bibtex", "read", bib, "import", "--all"], 1)
            lines.append(Line(f"papis: import of {size}", imported))
            lines.append(Line(f"papis: list of {size}", bench.seconds([*papis, "list", "--all", "papis"], 3)))
    lines.append(Line("papis --help", bench.seconds([PEERS / "papis", "--help"], 3)))
    (bench.folder / "beets").mkdir(exist_ok=True)
    (bench.folder / "beets" / "config.yaml").write_text(f"directory: {bench.folder / 'music'}\n", encoding="utf-8")
    lines.append(Line("beets: list of none", bench.seconds([PEERS / "beet", "ls"], 3)))
    return lines


def show(lines: Sequence[Line]) -> None:
    """Prints a table."""
    for line in lines:
        print(f"{line.job:40}{line.seconds:9.2f} s   {line.ratio:14}{line.budget}")


def _children() -> float:
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def main() -> None:
    """Measures and prints."""
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(Path(folder))
        print(f"{'job':40}{'CPU':>9}     {'ratio':14}budget")
        show(measure(bench))
        print()
        show(measure_peers(bench))


if __name__ == "__main__":
    main()
