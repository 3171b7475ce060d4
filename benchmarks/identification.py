"""Measures which paper bibman takes a text for: how often rightly, wrongly or not at all, and how long it thinks.

    python -m benchmarks.identification [WORKS.jsonl] [--works N] [--queries N]

The catalogue is built from JSON Lines of works with title, names and abstract, as docs/catalogue.md describes them, or
from works made by chance. A thousand works are held out, and asked for all the same: they are absent. At the end a list
of 1,000 mixed texts is read into a new library, and read again. Ends with 1 where a figure misses its bar.
"""

import argparse
import json
import random
import resource
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from benchmarks.run import Bench
from benchmarks.scraps import Make, latex, middle, mixed, noise, noisy_title, opening, reference, respaced, title
from benchmarks.works import Maker
from bibman.model.matching import Match, Verdict, distinct_works
from bibman.model.record import Record
from bibman.providers.catalogue import Catalogue
from bibman.providers.catalogue_build import build
from bibman.providers.catalogue_format import read_record
from bibman.services.identify import find

ABSENT = 1000
SCRAPS = 1000


class Kind(NamedTuple):
    """A kind of text: how it is made of a record, how much of it must be found, and of absent ones may be; None
    where these are not asked for."""

    name: str
    make: Make
    least_found: float = 0.0
    most_false: float | None = None


KINDS = (
    Kind("opening, 200 characters", opening(200), 0.999, 0.001),
    Kind("opening, 100 characters", opening(100), 0.999, 0.01),
    Kind("LaTeX added", opening(200, latex), 0.999),
    Kind("spacing changed", opening(200, respaced), 0.999),
    Kind("2 % wrong", opening(200, noise(0.02)), 0.97),
    Kind("5 % wrong", opening(200, noise(0.05)), 0.97),
    Kind("10 % wrong", opening(200, noise(0.1))),
    Kind("middle, 200 characters", middle, 0.99),
    Kind("title", title, 0.995, 0.01),
    Kind("title, 5 % wrong", noisy_title, 0.9, 0.01),
    Kind("reference", reference, 0.99, 0.001),
)
MOST_WRONG = 0.001
"""Of those that were identified, over all kinds."""
MOST_SECONDS = 60
"""Of CPU, for the list of mixed texts."""


class Asked(NamedTuple):
    """What was said of one text, and the milliseconds that it took."""

    match: Match
    milliseconds: float


def records(file: Path) -> Iterator[tuple[str, Record]]:
    """The works of a file that have what questions are made of, each with its line."""
    with file.open(encoding="utf-8") as lines:
        for line in lines:
            record = read_record(line)
            if len(record.texts.get("abstract", "")) > 300 and record.names.get("author") and "date" in record.texts:
                yield line, record


def split(given: Path | None, count: int, queries: int, there: Path) -> tuple[list[Record], list[Record]]:
    """Writes the works that the catalogue is to have; returns some of them, and the absent ones."""
    draw = random.Random(4)
    if given is None:
        given = there.with_name("made.jsonl")
        with given.open("w", encoding="utf-8") as file:
            file.writelines(json.dumps(work, ensure_ascii=False) + "\n" for work in Maker().works(count + ABSENT))
    total = sum(1 for _ in records(given))
    chosen = draw.sample(range(total), min(total, ABSENT + queries))
    absent, asked = set(chosen[:ABSENT]), set(chosen[ABSENT:])
    kept: tuple[list[Record], list[Record]] = ([], [])
    with there.open("w", encoding="utf-8") as file:
        for number, (line, record) in enumerate(records(given)):
            if number in absent:
                kept[1].append(record)
                continue
            file.write(line)
            if number in asked:
                kept[0].append(record)
    return kept


def ask(kind: Kind, works: list[Record], catalogue: Catalogue) -> list[Asked]:
    """Asks for each of the works by a text of this kind."""
    draw = random.Random(7)
    answers = []
    for record in works:
        text = kind.make(draw, record)
        started = time.process_time()
        match = find(text, [catalogue])
        answers.append(Asked(match, (time.process_time() - started) * 1000))
    return answers


def main() -> int:
    """Measures and prints."""
    options = argparse.ArgumentParser(description="Measure identification.")
    options.add_argument("given", nargs="?", type=Path, metavar="WORKS.jsonl")
    options.add_argument("--works", type=int, default=50_000, help="how many to make where no file is given")
    options.add_argument("--queries", type=int, default=1000, help="how many texts of each kind")
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(Path(folder))
        source, target = Path(folder, "works.jsonl"), Path(folder, "DATA/bibman/catalogues/works.catalogue")
        works, absent = split(chosen.given, chosen.works, chosen.queries, source)
        started = time.process_time()
        report = build([source], target, "")
        took = time.process_time() - started
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        print(f"catalogue of {report.works:,} works, built in {took:.0f} s of CPU and {memory} MB of memory:")
        whole = target.stat().st_size
        shares = (
            f"{whole / report.works:.0f} bytes, {(whole - size_of_texts(target)) / report.works:.0f} beside the text"
        )
        print(f"each {took / report.works * 1e6:.0f} µs and {shares}\n")
        with Catalogue.open(target) as catalogue:
            missed = measure(catalogue, works, absent)
        missed += measure_list(bench, mixed(works, absent, SCRAPS))
    for each in missed:
        print(f"MISSED {each}")
    return 1 if missed else 0


def size_of_texts(catalogue: Path) -> int:
    """How many bytes the table of the packed records takes; where SQLite does not count pages, the records alone."""
    connection = sqlite3.connect(catalogue)
    try:
        ((size,),) = connection.execute("SELECT sum(pgsize) FROM dbstat WHERE name = 'work'")
    except sqlite3.OperationalError:
        ((size,),) = connection.execute("SELECT sum(length(record)) FROM work")
    connection.close()
    return int(size)


def measure_list(bench: Bench, scraps: list[str]) -> list[str]:
    """Reads a list into a new library, reads it again, and takes it back, by real calls; what missed its bar."""
    path = bench.folder / "scraps.txt"
    path.write_text("\n".join(scraps) + "\n", encoding="utf-8")
    library = bench.folder / "library.bibman"

    def kept() -> tuple[int, int]:
        """How many entries and operations there are."""
        connection = sqlite3.connect(library)
        (found,) = connection.execute("SELECT (SELECT count(*) FROM entry), (SELECT count(*) FROM history)").fetchall()
        connection.close()
        return int(found[0]), int(found[1])

    took = bench.seconds(bench.bibman(library.name, "ingest", path), 1, code=4)
    entries, operations = kept()
    print(f"\n{len(scraps):,} mixed texts into {entries:,} entries: {took:.1f} s of CPU, {bench.peak} MB of memory")
    missed = [] if took <= MOST_SECONDS else [f"a list: {took:.0f} s, more than {MOST_SECONDS}"]
    again = bench.seconds(bench.bibman(library.name, "ingest", path), 1, code=4)
    print(f"read again: {again:.1f} s of CPU")
    if (operations, kept()) != (1, (entries, 1)):
        missed.append(f"a list: {operations} operations, and {kept()} entries and operations when it was read again")
    bench.seconds(bench.bibman(library.name, "undo"), 1)
    if kept()[0]:
        missed.append(f"a list: {kept()[0]} entries are left when it is undone")
    return missed


def measure(catalogue: Catalogue, works: list[Record], absent: list[Record]) -> list[str]:
    """Asks all questions and prints a table; returns what missed its bar."""
    heading = ("text", "found", "wrong", "asks", "false", "asks", "median", "p99")
    print(("{:25}" + "{:>9}" * 7).format(*heading))
    missed, accepted, all_wrong = [], 0, 0
    for kind in KINDS:
        answers = ask(kind, works, catalogue)
        identified = [
            len(distinct_works([record, each.match.record])) == 1
            for record, each in zip(works, answers, strict=True)
            if each.match.verdict is Verdict.IDENTIFIED and each.match.record is not None
        ]
        found, wrong = sum(identified) / len(works), identified.count(False)
        accepted, all_wrong = accepted + len(identified), all_wrong + wrong
        asks = sum(each.match.verdict is Verdict.WAITING for each in answers) / len(works)
        strangers = [each.match.verdict for each in ask(kind, absent if kind.most_false else [], catalogue)]
        false = strangers.count(Verdict.IDENTIFIED) / len(absent)
        false_asks = strangers.count(Verdict.WAITING) / len(absent)
        times = sorted(each.milliseconds for each in answers)
        figures = (
            f"{found:.2%}",
            f"{wrong / len(works):.2%}",
            f"{asks:.2%}",
            f"{false:.2%}" if strangers else "",
            f"{false_asks:.2%}" if strangers else "",
            f"{statistics.median(times):.1f} ms",
            f"{times[int(len(times) * 0.99)]:.1f} ms",
        )
        print(("{:25}" + "{:>9}" * 7).format(kind.name, *figures), flush=True)
        if found < kind.least_found:
            missed.append(f"{kind.name}: {found:.2%} found, not {kind.least_found:.1%}")
        if kind.most_false is not None and false > kind.most_false:
            missed.append(f"{kind.name}: {false:.2%} of absent ones identified, more than {kind.most_false:.1%}")
    print(f"\nwrong among {accepted:,} identified: {all_wrong / max(accepted, 1):.3%}")
    if all_wrong > MOST_WRONG * accepted:
        missed.append(f"more than {MOST_WRONG:.1%} wrong among the identified")
    return missed


if __name__ == "__main__":
    sys.exit(main())
