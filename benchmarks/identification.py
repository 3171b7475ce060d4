"""Measures which paper bibman takes a text for: how often rightly, wrongly or not at all, and how long it thinks.

    python -m benchmarks.identification [WORKS.jsonl] [--works N] [--queries N]

The catalogue is built from JSON Lines of works with title, names and abstract, as docs/catalogue.md describes them, or
from works made by chance. A thousand works are held out, and asked for all the same: they are absent. Ends with 1 where
a figure misses its bar.
"""

import argparse
import json
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

from benchmarks.works import Maker
from bibman.model.matching import Match, Verdict, distinct_works
from bibman.model.record import Record
from bibman.providers.catalogue import Catalogue
from bibman.providers.catalogue_build import build
from bibman.providers.catalogue_format import read_record
from bibman.services.identify import find

ABSENT = 1000
Make = Callable[[random.Random, Record], str]


class Kind(NamedTuple):
    """A kind of text: how it is made of a record, how much of it must be found, and of absent ones may be; None
    where these are not asked for."""

    name: str
    make: Make
    least_found: float = 0.0
    most_false: float | None = None


def opening(length: int, mangle: Callable[[random.Random, str], str] = lambda _, text: text) -> Make:
    """The first so many characters of the abstract, mangled."""
    return lambda draw, record: mangle(draw, record.texts["abstract"][:length]) + "..."


def middle(draw: random.Random, record: Record) -> str:
    """200 characters from anywhere but the beginning."""
    abstract = record.texts["abstract"]
    start = draw.randint(50, max(50, len(abstract) - 200))
    return abstract[start : start + 200]


def title(draw: random.Random, record: Record) -> str:  # noqa: ARG001 - of the kind of `Make`
    """The title as it is."""
    return record.texts["title"]


def noisy_title(draw: random.Random, record: Record) -> str:
    """The title with a wrong character in twenty."""
    return noise(0.05)(draw, record.texts["title"])


def reference(draw: random.Random, record: Record) -> str:
    """A reference in one of a few styles."""
    names, year = record.names["author"], record.texts["date"][:4]
    initials = [f"{name.given[:1] or 'X'}. {name.family}" for name in names[:3]]
    inverted = [f"{name.family}, {name.given[:1] or 'X'}." for name in names[:3]]
    others = ", et al." if len(names) > 3 else ""
    journal = record.texts.get("journaltitle", "arXiv preprint")
    volume = f"{draw.randint(1, 90)}({draw.randint(1, 12)}), pp. {draw.randint(1, 900)}-{draw.randint(901, 2000)}"
    return draw.choice(
        (
            f"{', '.join(inverted)}{others} ({year}). {record.texts['title']}. {journal}, {volume}.",
            f"[{draw.randint(1, 99)}] {', '.join(initials)}{others}, “{record.texts['title']},” {journal}, {year}.",
            f"{' and '.join(initials)}{others}. {record.texts['title']}. In: {journal} {volume} ({year}).",
        )
    )


def noise(share: float) -> Callable[[random.Random, str], str]:
    """So many of the characters replaced, missing or doubled by others."""

    def mangled(draw: random.Random, text: str) -> str:
        made = []
        for character in text:
            if draw.random() < share:
                other = draw.choice("abcdefghijklmnopqrstuvwxyz")
                made.append(draw.choice((other, "", character + other)))
            else:
                made.append(character)
        return "".join(made)

    return mangled


def latex(draw: random.Random, text: str) -> str:
    """Words emphasized, accents and ties as LaTeX has them."""
    words = [rf"\emph{{{word}}}" if draw.random() < 0.1 else word for word in text.split(" ")]
    text = "".join(word + draw.choice((" ", " ", " ", "~")) for word in words).rstrip(" ~")
    return text.replace("é", r"\'{e}").replace("ö", r"{\"o}").replace("α", r"$\alpha$").replace("β", r"$\beta$")


def respaced(draw: random.Random, text: str) -> str:
    """Lines broken anew, words hyphenated and joined, quotes and blanks changed."""
    made = []
    for word in text.split(" "):
        broken = len(word) > 6 and draw.random() < 0.1
        made.append(f"{word[:4]}-\n{word[4:]}" if broken else word)
        made.append(draw.choice((" ", " ", " ", "\n", "  ", "")) if draw.random() < 0.3 else " ")
    return "".join(made)


KINDS = (
    Kind("opening, 200 characters", opening(200), 0.999, 0.001),
    Kind("opening, 100 characters", opening(100), 0.999),
    Kind("LaTeX added", opening(200, latex), 0.999),
    Kind("spacing changed", opening(200, respaced), 0.999),
    Kind("2 % wrong", opening(200, noise(0.02)), 0.97),
    Kind("5 % wrong", opening(200, noise(0.05)), 0.97),
    Kind("10 % wrong", opening(200, noise(0.1))),
    Kind("middle, 200 characters", middle, 0.99),
    Kind("title", title, 0.995, 0.01),
    Kind("title, 5 % wrong", noisy_title),
    Kind("reference", reference, 0.99, 0.001),
)
MOST_WRONG = 0.001
"""Of those that were identified, over all kinds."""


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
        source, target = Path(folder, "works.jsonl"), Path(folder, "works.catalogue")
        works, absent = split(chosen.given, chosen.works, chosen.queries, source)
        started = time.process_time()
        report = build([source], target, "")
        took = time.process_time() - started
        each = f"{took / report.works * 1e6:.0f} µs and {target.stat().st_size / report.works:.0f} bytes a work"
        print(f"catalogue of {report.works:,} works, built in {took:.0f} s of CPU: {each}\n")
        with Catalogue.open(target) as catalogue:
            return measure(catalogue, works, absent)


def measure(catalogue: Catalogue, works: list[Record], absent: list[Record]) -> int:
    """Asks all questions and prints a table; 1 where a figure misses its bar."""
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
    for each in missed:
        print(f"MISSED {each}")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
