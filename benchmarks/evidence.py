"""Measures how entries are compared with a catalogue: right ones must not be contradicted, mixed-up ones must be.

    python -m benchmarks.evidence [WORKS.jsonl] [--works N] [--entries N]

The catalogue is built from JSON Lines of works, or from works made by chance, of which one in five is held out. Entries
are what people make of works: other styles, initials, authors left out, no subtitle, a year beside. Some are mixed up
on purpose: the number of another work, other people's names, a year that is far off, an invented number. What is
printed: how many of each kind stand how, and the time for an entry. Ends with 1 where a figure misses its bar.
"""

import argparse
import json
import random
import re
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

from benchmarks.works import Maker
from bibman.formats.bibtex_reader import read
from bibman.model.entry import Entry, Field
from bibman.model.evidence import Standing
from bibman.model.fold import stream
from bibman.model.latex import encode
from bibman.model.names import OTHERS, Name
from bibman.model.record import Record, record_fields
from bibman.providers.catalogue import Catalogue
from bibman.providers.catalogue_build import build
from bibman.providers.catalogue_format import read_record
from bibman.services.evidence import compared

Change = Callable[[random.Random, Record, Record], Record]
"""What is made of a work, of another one too."""

MOST_FALSE = 0.001
_SHOWN = 10
LEAST_FOUND = {"other number": 0.99, "other names": 0.95, "other year": 0.95, "invented number": 0.95}


def initials(record: Record) -> Record:
    """All given names shortened."""
    return _with_names(record, [name._replace(given=f"{name.given[:1]}.") for name in _names(record)])


def families(record: Record) -> Record:
    """No given names at all."""
    return _with_names(record, [name._replace(given="") for name in _names(record)])


def and_others(draw: random.Random, record: Record) -> Record:
    """The first names alone, told so or not."""
    names = _names(record)[: draw.choice((1, 3, 6))]
    cut = len(names) < len(_names(record))
    return _with_names(record, [*names, *([OTHERS] if cut and draw.random() < 0.7 else [])])


def other_order(record: Record) -> Record:
    """The authors by the alphabet."""
    return _with_names(record, sorted(_names(record)))


def retitled(draw: random.Random, record: Record) -> Record:
    """The title as people write it down: without its subtitle, in other case, with a slip, or another small word."""
    title = record.texts["title"]
    kind = draw.randrange(5)
    if kind == 0 and ": " in title and len(title.partition(": ")[0]) > 12:
        title = title.partition(": ")[0]
    elif kind == 1:
        title = title.title()
    elif kind == 2 and len(title) > 30:
        place = draw.randrange(8, len(title) - 8)
        title = title[:place] + title[place + 1 :] if title[place].isalpha() else title
    elif kind == 3:
        title = re.sub(r" (?:for|via|in) ", draw.choice((" for ", " via ", " in ", " with ")), title)
    return _with(record, title=title)


def numbered(draw: random.Random, record: Record) -> Record:
    """With the numbers that people give: both, one of them, or none; and the place or none."""
    texts = dict(record.texts)
    kept = draw.choice((("eprint", "doi"), ("eprint",), ("doi",), ()))
    for name in {"eprint", "doi"} - set(kept):
        texts.pop(name, None)
    if "eprint" not in texts:
        texts.pop("eprinttype", None)
    if draw.random() < 0.3:
        texts.pop("journaltitle", None)
    return replace(record, type=draw.choice(("article", "inproceedings", "misc", "online")), texts=texts)


def dated(draw: random.Random, record: Record) -> Record:
    """In its year, the one before or the one after."""
    return _with(record, date=str(int(record.texts["date"][:4]) + draw.choice((-1, 0, 0, 1))))


def right(draw: random.Random, record: Record) -> Record:
    """An entry that is right, as people write it."""
    record = dated(draw, retitled(draw, numbered(draw, record)))
    record = draw.choice((lambda each: each, initials, initials, families))(record)
    cut = and_others(draw, record)
    return draw.choice((record, cut, cut, other_order(record)))


def other_number(draw: random.Random, record: Record, other: Record) -> Record:
    """With the arXiv id of another work."""
    return _with(right(draw, record), eprint=other.texts["eprint"], eprinttype="arxiv")


def other_names(draw: random.Random, record: Record, other: Record) -> Record:
    """With the names of another work, or with its own first one and invented ones for the others."""
    own, names = _names(record), list(_names(other))
    invented = [Name(f"{name.family[::-1].capitalize()}q", "Xaver") for name in own[1:]]
    return _with_names(right(draw, record), [own[0], *invented] if invented and draw.random() < 0.5 else names)


def other_year(draw: random.Random, record: Record, other: Record) -> Record:  # noqa: ARG001 - of the kind of `Change`
    """In a year that is far off."""
    return _with(right(draw, record), date=str(int(record.texts["date"][:4]) + draw.choice((-9, -6, 7, 11))))


def invented_number(draw: random.Random, record: Record, other: Record) -> Record:  # noqa: ARG001 - the same
    """With an arXiv id that no work has."""
    return _with(right(draw, record), title=record.texts["title"], eprint="2601.99999", eprinttype="arxiv", doi="")


KINDS: dict[str, tuple[Change, Standing]] = {
    "right": (lambda draw, record, _: right(draw, record), Standing.CONFIRMED),
    "absent": (lambda draw, record, _: right(draw, record), Standing.UNKNOWN),
    "other number": (other_number, Standing.CONTRADICTED),
    "other names": (other_names, Standing.CONTRADICTED),
    "other year": (other_year, Standing.CONTRADICTED),
    "invented number": (invented_number, Standing.CONTRADICTED),
}


def entry_of(draw: random.Random, key: str, record: Record) -> Entry:
    """The entry that a `.bib` has for a record, in a style by chance, as it is read from one."""
    style = draw.randrange(3)
    fields = [field for field in record_fields(record) if field.name != "abstract"]
    if style:
        fields = [Field("year", field.value[:4]) if field.name == "date" else field for field in fields]
        fields = [field._replace(name={"journaltitle": "journal"}.get(field.name, field.name)) for field in fields]
    if style == 2:
        fields = [field._replace(value=encode(field.value)) for field in fields]
    text = ",\n".join(f"  {field.name} = {{{field.value}}}" for field in fields)
    (entry,) = read(f"@{record.type}{{{key},\n{text}\n}}\n").entries
    return entry


def main() -> int:
    """Measures, prints, and says whether all bars are met."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("source", nargs="?", type=Path, help="JSON Lines of works; made by chance without")
    parser.add_argument("--works", type=int, default=20_000, metavar="N", help="works at most")
    parser.add_argument("--entries", type=int, default=2_000, metavar="N", help="entries of each kind")
    given = parser.parse_args()
    draw = random.Random(7)
    with tempfile.TemporaryDirectory() as folder:
        known, absent, path = _catalogue(given.source, given.works, Path(folder))
        with Catalogue.open(path) as catalogue:
            missed = [name for name in KINDS if not _measured(name, draw, known, absent, catalogue, given.entries)]
    return int(bool(missed))


def _measured(
    name: str, draw: random.Random, known: list[Record], absent: list[Record], catalogue: Catalogue, count: int
) -> bool:
    change, wanted = KINDS[name]
    made = []
    for number in range(count):
        record, other = draw.choice(absent if name == "absent" else known), draw.choice(known)
        if record is not other:
            made.append(entry_of(draw, f"w{number}", change(draw, record, other)))
    started = time.process_time()
    found = list(compared(made, [catalogue]))
    spent = 1000 * (time.process_time() - started) / len(made)
    counts = Counter(each.judgement.standing for each in found)
    shares = "  ".join(f"{standing} {counts[standing] / len(found):7.2%}" for standing in Standing)
    print(f"{name:16} {shares}  {spent:5.2f} ms an entry")
    for each in [each for each in found if each.judgement.standing is not wanted][:_SHOWN]:
        print(
            f"  {each.judgement.standing}: {each.entry}\n    {[one.message for one in each.findings]}", file=sys.stderr
        )
    if wanted is Standing.CONTRADICTED:
        return counts[wanted] >= LEAST_FOUND[name] * len(found)
    return counts[Standing.CONTRADICTED] <= MOST_FALSE * len(found)


def _catalogue(source: Path | None, most: int, folder: Path) -> tuple[list[Record], list[Record], Path]:
    """The works that are known, those that are not, save namesakes of known ones, and the catalogue of the former."""
    lines = list(_lines(source, most)) if source else [json.dumps(work) for work in Maker().works(most)]
    records = [read_record(line) for line in lines]
    file, path = folder / "works.jsonl", folder / "works.catalogue"
    file.write_text("\n".join(line for place, line in enumerate(lines) if place % 5), encoding="utf-8")
    build([file], path, "2026-01-01T00:00:00Z", lambda _: None)
    known = [record for place, record in enumerate(records) if place % 5]
    titles = {stream(record.texts["title"]) for record in known}
    return known, [each for each in records[::5] if stream(each.texts["title"]) not in titles], path


def _lines(source: Path, most: int) -> Iterator[str]:
    with source.open(encoding="utf-8") as file:
        for _, line in zip(range(most), file, strict=False):
            yield line


def _names(record: Record) -> tuple[Name, ...]:
    return record.names.get("author", ())


def _with_names(record: Record, names: list[Name]) -> Record:
    return replace(record, names={**record.names, "author": tuple(names)})


def _with(record: Record, **texts: str) -> Record:
    return replace(record, texts={**record.texts, **texts})


if __name__ == "__main__":
    sys.exit(main())
