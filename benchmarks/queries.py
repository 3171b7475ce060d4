"""How long a query takes among many entries: `python -m benchmarks.queries [COUNT]`.

The whole process is measured by `benchmarks.run`; here the question alone, with the library open, as its median.
"""

import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from time import process_time

from benchmarks.generator import write
from bibman.services.queries import understood
from bibman.storage.reading import Reader, reading

RUNS = 5
FILL = "import sys; from bibman.cli.main import run; sys.argv[1:1] = ['--library', sys.argv.pop(1), 'ingest']; run()"


def words(reader: Reader, total: int) -> dict[str, str]:
    """A word that few entries have, one that three in a hundred have, and the commonest: kind → word."""
    connection = reader._connection  # noqa: SLF001 - no question of the door asks for the vocabulary
    connection.execute("CREATE VIRTUAL TABLE temp.bench USING fts5vocab(main, entry_index, row)")
    query = "SELECT term FROM temp.bench WHERE doc <= ? AND term GLOB '[a-z]*' ORDER BY doc DESC LIMIT 1"
    most = {"a rare word": 10, "a word of 3 %": total * 3 // 100, "the commonest word": total}
    return {kind: str(connection.execute(query, (limit,)).fetchone()[0]) for kind, limit in most.items()}


def measure(path: Path) -> Iterator[tuple[str, int, float]]:
    """What was asked of the library, how many entries it means, and the median of the CPU seconds."""
    with reading(path) as reader:
        total = len(reader.all_ids())
        known = words(reader, total)
        common = known["the commonest word"]
        (family,) = reader._connection.execute("SELECT family FROM names WHERE entry_id = ?", (total // 2,)).fetchone()  # noqa: SLF001
        queries = {
            **known,
            "that word and a year": f"{common} year:2010",
            "a prefix of two letters": f"{common[:2]}*",
            "an author": f"author:{family}",
            "an author and a year": f"author:{family} year:2015..",
            "a word of the journal": "journal:learning",
            "what lacks a DOI": "missing:doi",
            "what is duplicate": "is:duplicate",
        }
        for kind, query in queries.items():
            node = understood(reader, query)
            taken, found = [], 0
            for _ in range(RUNS):
                begun = process_time()
                found = reader.ranked(node, 20).total
                taken.append(process_time() - begun)
            yield f"{kind} among {total:,}", found, median(taken)


def main() -> None:
    """Makes a library of so many entries, and asks it."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    with tempfile.TemporaryDirectory() as folder:
        bib, library = Path(folder, "made.bib"), Path(folder, "library.bibman")
        write(bib, count)
        fill(library, bib)
        bib.unlink()
        for job, found, seconds in measure(library):
            print(f"{job:45}{found:>10,} found{seconds * 1000:>10.1f} ms")


def fill(library: Path, bib: Path) -> None:
    """Takes a .bib into a new library."""
    import subprocess

    subprocess.run([sys.executable, "-c", FILL, library, bib], check=True)


if __name__ == "__main__":
    main()
