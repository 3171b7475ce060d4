"""Measures what a user waits for: CPU seconds of whole processes, as ratios within one run.

`make bench` runs this. A figure is the least of several runs, user and system time together; on a busy machine the
ratios hold better than the seconds. Other programs are measured where `make bench-peers` has installed them.
"""

import os
import random
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from benchmarks.duplicates import measure as measure_duplicates
from benchmarks.generator import WORDS, write
from benchmarks.queries import fill as fill_from
from benchmarks.queries import measure as measure_queries
from bibman.model.entry import Entry, Field
from bibman.storage.annotations import add_tags
from bibman.storage.database import Library
from bibman.storage.entries import add_entries, reserve_ids

ROOT = Path(__file__).resolve().parent.parent
FAMILIES = ("Müller", "Kowalski", "Zhang", "Tanaka", "Dvořák", "Smith", "Knuth", "Erdős", "Østergaard", "Patel")
LONGEST = 1800
"""After so many seconds a command is given up."""
PEERS = os.pathsep.join(
    str(ROOT / folder) for folder in (".venv-peers/bin", ".venv-pubs/bin", ".venv-peers/node_modules/.bin")
)
"""Where `make bench-peers` puts the programs that bibman is measured against."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the table: what was measured, CPU seconds, the budget and what it counts in, memory in MB."""

    job: str
    seconds: float
    budget: str = ""
    ratio: str = ""
    memory: int = 0


class Bench:
    """A folder with libraries of several sizes, and the environment in which the programs run."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        homes = {f"XDG_{kind}_HOME": str(folder / kind) for kind in ("CONFIG", "DATA", "CACHE", "STATE")}
        self.environment = {**os.environ, **homes, "HOME": str(folder), "BEETSDIR": str(folder / "beets")}
        # All are measured as they are installed: with their modules compiled.
        for name in ("BIBMAN_LIBRARY", "PYTHONDONTWRITEBYTECODE"):
            self.environment.pop(name, None)
        self.environment["PATH"] = os.pathsep.join((PEERS, os.environ.get("PATH", "")))
        self.peak = 0

    def seconds(
        self, command: Sequence[str | Path], runs: int = 5, before: Callable[[], object] = lambda: None, code: int = 0
    ) -> float:
        """The CPU seconds that a command takes, the least of several runs; `before` is done ahead of each.

        `peak` is then the memory that it took, in MB.
        """
        found = []
        for _ in range(runs):
            before()
            with tempfile.TemporaryFile() as told:
                process = subprocess.Popen(
                    command, env=self.environment, cwd=self.folder, stdin=subprocess.DEVNULL, stdout=told, stderr=told
                )
                # Another program may ask something, or need hours.
                patience = threading.Timer(LONGEST, process.kill)
                patience.start()
                _, status, usage = os.wait4(process.pid, 0)
                patience.cancel()
                process.returncode = os.waitstatus_to_exitcode(status)
                told.seek(0)
                if process.returncode != code:
                    sys.exit(f"{command} ended with {process.returncode}: {told.read().decode()[-500:]}")
            found.append(usage.ru_utime + usage.ru_stime)
            self.peak = usage.ru_maxrss // 1024
        return min(found)

    def plain(self, *arguments: str | Path) -> list[str | Path]:
        """A command of bibman that needs no library."""
        return [sys.executable, "-m", "bibman", *arguments]

    def bibman(self, library: str, *arguments: str | Path) -> list[str | Path]:
        """A command of bibman on one of the libraries here."""
        return [sys.executable, "-m", "bibman", "--library", self.folder / library, *arguments]

    def completion(self, library: str, line: str) -> float:
        """The CPU seconds that a shell waits for what may stand at the end of a line."""
        asked = {"_BIBMAN_COMPLETE": "complete_fish", "COMP_LINE": f"bibman -l {self.folder / library} {line}"}
        self.environment |= asked
        seconds = self.seconds(self.plain(), 3)
        for name in asked:
            del self.environment[name]
        return seconds


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
    add("search among 10,000", bench.seconds(bench.bibman("large", "search", "learning year:2000.."), 3), "≤ 0.20")
    add("list of a tag, 1,000 of 10,000", bench.seconds(bench.bibman("large", "list", "--tag", "bench"), 3), "")
    numbers = iter(range(1000))
    tag_one = bench.seconds(
        [sys.executable, "-c", TAG_ONE, str(bench.folder / "large")],
        before=lambda: bench.environment.update(BENCH_TAG=f"tag{next(numbers)}"),
    )
    add("tag one of 10,000", tag_one, "≤ 0.45")
    all_of_them = bench.bibman("large", "tag", "add", "all", "-q", "*")
    add("tag a query of 10,000", bench.seconds(all_of_them, 1), "≤ 3")
    add("undo of it", bench.seconds(bench.bibman("large", "undo"), 1), "≤ 3")
    add("edit a query of 10,000", bench.seconds(bench.bibman("large", "edit", "-q", "*", "--set", "note=x"), 1), "")
    add("undo of it", bench.seconds(bench.bibman("large", "undo"), 1), "")
    add("check of 10,000", bench.seconds(bench.bibman("large", "check"), 1), "")
    add(
        "export of 10,000 as kept",
        bench.seconds(bench.bibman("large", "export", "--keep-letters", "-o", "out.bib"), 3),
        "≤ 0.5",
    )
    add("export of 10,000 in ASCII", bench.seconds(bench.bibman("large", "export", "-o", "out.bib"), 3), "≤ 1.5")
    add("format of 10,000", bench.seconds(bench.bibman("none", "format", "--write", "out.bib"), 3), "≤ 1.5")
    write_list(bench.folder / "list.txt", 10_000)
    ingest = bench.bibman("new", "ingest", "list.txt")
    add("ingest of a list of 10,000 lines", bench.seconds(ingest, 2, lambda: remove("new"), code=4), "")
    add("undo of it", bench.seconds(bench.bibman("new", "undo"), 1), "")
    add("redo of it", bench.seconds(bench.bibman("new", "redo"), 1), "")
    for line in ("show key77", "tag add be", "list ti", "list author:K", "list journal:J"):
        add(f"completion of {line!r}, 10,000", bench.completion("large", line), "≤ 0.2")
    return lines


TAG_ONE = """
import os, sys
sys.argv = ["bibman", "--library", sys.argv[1], "tag", "add", os.environ["BENCH_TAG"], "key77"]
from bibman.cli.main import run
run()
"""


PARSE = "import bibtexparser, sys; bibtexparser.parse_string(open(sys.argv[1], encoding='utf-8').read())"


def measure_bib(bench: Bench, count: int) -> list[Line]:
    """Measures the way of a `.bib` in and out, beside bibtexparser, which only reads it."""
    bib = bench.folder / f"{count}.bib"
    write(bib, count)
    runs = 3 if count < 100_000 else 1
    name = f"bib-{count}"

    def remove() -> None:
        for file in bench.folder.glob(f"{name}*"):
            file.unlink()

    parse = bench.seconds([sys.executable, "-c", PARSE, bib], runs)
    lines = [Line(f"bibtexparser.parse_string of {count:,}", parse)]

    def add(job: str, seconds: float, budget: str) -> None:
        lines.append(Line(job, seconds, budget, f"{seconds / parse:.2f} × parse"))

    add(
        f"ingest of a .bib of {count:,}", bench.seconds(bench.bibman(name, "ingest", bib), runs, remove), BUDGETS[count]
    )
    lines[-1] = replace(lines[-1], memory=bench.peak)
    add("the same file again", bench.seconds(bench.bibman(name, "ingest", bib), runs), "")
    add("export --source", bench.seconds(bench.bibman(name, "export", "--source", bib, "-o", "out.bib"), runs), "")
    if (bench.folder / "out.bib").read_bytes() != bib.read_bytes():
        sys.exit("export --source gave back something else")
    kept = bench.bibman(name, "export", "-f", "bibtex", "--keep-letters", "-o", "out.bib")
    add("export as kept", bench.seconds(kept, runs), EXPORT_BUDGETS[count])
    add("export as BibLaTeX", bench.seconds(bench.bibman(name, "export", "-f", "biblatex", "-o", "out.bib"), runs), "")
    add("export in ASCII", bench.seconds(bench.bibman(name, "export", "-o", "out.bib"), runs), "")
    add("format", bench.seconds(bench.plain("format", bib), runs), "")
    add("undo of the ingest", bench.seconds(bench.bibman(name, "undo"), 1), "")
    return lines


BUDGETS = {1_000: "", 10_000: "≤ 1.5 × parse", 100_000: "≤ 1.2 × parse, 200 MB"}
EXPORT_BUDGETS = {1_000: "", 10_000: "≤ 0.5", 100_000: "≤ 4"}


def measure_peers(bench: Bench) -> list[Line]:
    """Measures other programs with a `.bib` of 200 entries, those that are installed beside bibman or on the path.

    The first of them keep a library, as bibman does; the others only read and write a file.
    """
    bib = bench.folder / "peers.bib"
    write(bib, 200)
    (bench.folder / "papers").mkdir()
    (bench.folder / "papers.bib").touch()
    (bench.folder / "beets").mkdir()
    (bench.folder / "beets" / "config.yaml").write_text(f"directory: {bench.folder / 'music'}\n", encoding="utf-8")
    jobs: dict[str, list[str | Path]] = {
        "papis: import of 200": ["papis", "--lib", bench.folder / "papers", "bibtex", "read", bib, "import", "--all"],
        "papis --help": ["papis", "--help"],
        "pubs: import of 200": ["pubs", "import", bib],
        "coBib: import of 200": ["cobib", "add", "-b", bib],
        "papers-cli: import of 200": ["papers", "add", "--bibtex", "papers.bib", "--filesdir", "files", bib],
        "beets: list of none": ["beet", "ls"],
        "bibtool: 200": ["bibtool", bib],
        "bibtex-tidy: 200": ["bibtex-tidy", "--quiet", "--v2", "--output", "tidy.bib", bib],
        "biber --tool: 200": ["biber", "--tool", "--quiet", "--output-file", "biber.bib", bib],
    }
    path = bench.environment["PATH"]
    for name in ("pubs", "cobib"):
        if shutil.which(name, path=path):
            bench.seconds([name, "init"], 1)
    lines = [
        Line("bibman: ingest of 200", bench.seconds(bench.bibman("peers", "ingest", bib), 1)),
        Line("bibman: format of 200", bench.seconds(bench.plain("format", bib), 1)),
    ]
    for job, command in jobs.items():
        if shutil.which(command[0], path=path) is None:
            print(f"{job.partition(':')[0]} is not installed")
            continue
        try:
            lines.append(Line(job, bench.seconds(command, 1)))
        except SystemExit as stop:
            print(f"{job}: {stop}")
    return lines


def show(lines: Sequence[Line]) -> None:
    """Prints a table."""
    for line in lines:
        memory = f"{line.memory} MB" if line.memory else ""
        print(f"{line.job:40}{line.seconds:9.3f} s   {line.ratio:14}{memory:8}{line.budget}")


def main() -> None:
    """Measures and prints."""
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(Path(folder))
        print(f"{'job':40}{'CPU':>9}     {'ratio':14}budget")
        for count in BUDGETS:
            show(measure_bib(bench, count))
            print()
        show(measure(bench))
        print()
        library, bib = bench.folder / "queries", bench.folder / "100000.bib"
        fill_from(library, bib)
        for job, found, seconds in measure_queries(library):
            show([Line(job, seconds, "", f"{found:,} found")])
        print()
        _, _, seconds = measure_duplicates(bench.folder)
        show([Line("duplicates among 100,000", seconds, "≤ 60, precision ≥ 0.99, recall ≥ 0.95")])
        print()
        show(measure_peers(bench))


if __name__ == "__main__":
    main()
