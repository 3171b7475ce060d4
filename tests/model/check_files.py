"""Files in BibTeX that are checked: each has the cases of one check, and beside it stands what is found in it."""

from collections.abc import Iterator
from pathlib import Path

from bibman.formats.bibtex_blocks import blocks
from bibman.formats.bibtex_expressions import macros_in
from bibman.formats.bibtex_reader import Macros, read_entry
from bibman.model.checks.checking import Step, mend
from bibman.model.checks.checking import check as check_entry
from bibman.model.checks.finding import Surroundings
from bibman.model.checks.library import spellings
from bibman.model.dates import MONTH_VALUES
from bibman.model.entry import Entry, Field
from bibman.model.latex import decode
from bibman.model.naming import fold_name
from bibman.model.vocabulary import Dialect

GOLDEN = Path(__file__).parent / "golden_checks"
DIALECTS: tuple[Dialect, ...] = ("bibtex", "biblatex")


def read(path: Path) -> tuple[list[Entry], frozenset[str]]:
    """The entries of a file, and the macros that are defined for them."""
    macros, defined, entries = Macros(), set(MONTH_VALUES), []
    for block in blocks([path.read_text(encoding="utf-8")]):
        assert block.problem is None, block
        if block.kind == "macro":
            macros.define(block.key, block.fields[0][1])
            defined.add(block.key.lower())
        elif block.kind == "entry":
            entries.append(read_entry(block, macros))
    return entries, frozenset(defined)


def surroundings(entries: list[Entry], macros: frozenset[str], dialect: Dialect) -> Surroundings:
    """What the entries of a file have round them."""
    by_key = {fold_name(entry.key): entry for entry in entries}
    counts: dict[str, int] = {}
    for entry in entries:
        if journal := decode(entry.get("journal") or ""):
            counts[journal] = counts.get(journal, 0) + 1
    return Surroundings(
        dialect,
        lambda key: by_key.get(fold_name(key)),
        lambda expression: [name for name in macros_in(expression) if name not in macros],
        spellings(counts),
    )


def found_in(path: Path) -> Iterator[str]:
    """What is found in the entries of a file, in both dialects, a line for each, and what mending changes."""
    entries, macros = read(path)
    for dialect in DIALECTS:
        around = surroundings(entries, macros, dialect)
        yield f"[{dialect}]"
        for entry in entries:
            for finding in check_entry(entry, around):
                yield f"{entry.key}: {finding.code}: {finding.message} -> {finding.mend}{' *' if finding.fix else ''}"
            for step in mend(entry, around).done:
                yield f"{entry.key}: {step.finding.code} mended: {_told(step)}"


def _told(step: Step) -> str:
    old, new = (" ".join(map(_written, fields)) for fields in (step.old, step.new))
    return f"{old} => {new}".strip()


def _written(field: Field) -> str:
    return f"{field.name} = {field.expression or '{' + field.value + '}'}"
