"""Names parted by bibman and by BibTeX itself, with a style that prints the parts which `format.name$` finds."""

import random
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from bibman.model.names import Name, format_name, parse_name, split_names

pytestmark = [
    pytest.mark.latex,
    pytest.mark.skipif(shutil.which("bibtex") is None, reason="bibtex is not installed"),
]

STYLE = """
ENTRY { author } {} {}
INTEGERS { i n }
FUNCTION {article} {
  author num.names$ 'n :=
  #1 'i :=
  { i n #1 + < }
  {
    cite$ "|" * write$
    author i "{ff}" format.name$ "|" * write$
    author i "{vv}" format.name$ "|" * write$
    author i "{ll}" format.name$ "|" * write$
    author i "{jj}" format.name$ write$
    newline$
    i #1 + 'i :=
  }
  while$
}
READ
ITERATE {call.type$}
"""

WRITTEN = [
    "Per Brinch Hansen",
    "Brinch Hansen, Per",
    "Brinch Hansen,, Per",
    "Charles Louis Xavier Joseph de la Vall{\\'e}e Poussin",
    "Xiao-ming Li",
    "Jean-Paul Sartre",
    "Muhammad al-Khwarizmi",
    "al-Hassan, Abu",
    "Abd-al-Rahman, X",
    "Jean Franchi-Zannettacci",
    "AA bb-CC DD",
    "A B-c-D",
    "Donald~E.~Knuth",
    "A ~-~B C",
    "-A- B-",
    "King, Jr., Martin Luther",
    "de la Fontaine, Jean",
    "De la Fontaine, Jean",
    "De La Fontaine, Jean",
    "boyd, danah",
    "{boyd}, danah",
    "AA,",
    "AA, bb,",
    "A, B, C D",
    "{Barnes and} {Noble, Inc.}",
    "{NASA Jet Propulsion Laboratory}",
    "{\\NTG{} \\TeX{} future working group}",
    "Paul \\'Emile Victor",
    "Paul {\\'E}mile Victor",
    "Paul \\'emile Victor",
    "Paul {\\'e}mile Victor",
    "AA {\\o{}X} b CC",
    "AA {\\O} b CC",
    "AA {\\aE} B",
    "AA {\\'{\\relax}} B",
    "AA {\\b} C",
    "AA {b \\'e} C",
    "AA 1b cc dd",
    "AA 1B cc dd",
    "TUG {\\sltt xDVIx} Driver Standards Committee",
    "others",
    "and Son, A",
]
WORDS = [
    *(
        "AA",
        "bb",
        "Cc",
        "d'Ee",
        "{Ff}",
        "{gg}",
        "{\\'H}h",
        "{\\'i}j",
        "{\\o}K",
        "{\\AA}l",
        "{\\relax von}",
        "\\'m",
        "\\AE",
    ),
    *("1", "2n", "{}", "{o, p}", "{q and r}", "(S)", "T.", "u{V}", "W{\\ss}", "and", "others", "{x}Y", "{{\\z}}"),
]
BLANKS = [" ", " ", " ", " ", "~", "-", "  ", " ~", "--", "- "]
COMMAS = [", ", ",", " , ", "~,"]


def generated(count: int) -> list[str]:
    """Names from odd words and odd blanks, with up to two commas, the same at every run."""
    chance = random.Random(20)  # noqa: S311
    names: list[str] = []
    while len(names) < count:
        groups = []
        for _ in range(chance.choice([1, 1, 1, 2, 2, 3])):
            words = chance.choices(WORDS, k=chance.randint(1, 4))
            groups.append("".join(word + chance.choice(BLANKS) for word in words[:-1]) + words[-1])
        name = groups[0] + "".join(chance.choice(COMMAS) + group for group in groups[1:])
        if split_names(name) == [name]:
            names.append(name)
    return names


def bibtex_parts(values: list[str], folder: Path) -> dict[int, list[tuple[str, ...]]]:
    """For each value (a name list) the first, von, last and jr parts of its names, as BibTeX finds them."""
    (folder / "parts.bst").write_text(STYLE, encoding="ascii")
    entries = [f"@article{{{number}, author = {{{value}}}}}\n" for number, value in enumerate(values)]
    (folder / "names.bib").write_text("".join(entries), encoding="utf-8")
    (folder / "names.aux").write_text("\\citation{*}\n\\bibstyle{parts}\n\\bibdata{names}\n", encoding="ascii")
    run = subprocess.run(["bibtex", "names"], cwd=folder, capture_output=True, text=True, check=False)
    assert "syntax error" not in run.stdout, run.stdout
    found: dict[int, list[tuple[str, ...]]] = {}
    # BibTeX breaks its output lines after 79 characters and begins the next with two blanks.
    text = (folder / "names.bbl").read_text(encoding="utf-8").replace("\n  ", " ")
    for line in text.splitlines():
        number, *parts = line.split("|")
        found.setdefault(int(number), []).append(tuple(map(flat, parts)))
    return found


def flat(part: str) -> str:
    """A part for comparing: BibTeX puts ties where it likes, and drops the hyphen that a prefix ends with."""
    return " ".join(part.replace("~", " ").split()).rstrip("-")


def same(found: tuple[str, ...], name: Name) -> bool:
    """Whether the parts that BibTeX found are those of the name, which has no braces round a whole part."""
    expected = (name.given, name.prefix, name.family or f"{{{name.literal}}}", name.suffix)
    return all(part in (flat(want), f"{{{flat(want)}}}") for part, want in zip(found, expected, strict=True))


def test_bibtex_parts_the_same_names_in_the_same_way(tmp_path: Path) -> None:
    names = WRITTEN + generated(600)
    found = bibtex_parts(names, tmp_path)
    wrong = [
        (text, found[at], parse_name(text)) for at, text in enumerate(names) if not same(found[at][0], parse_name(text))
    ]
    assert not wrong
    assert len(found) == len(names)


def test_bibtex_reads_the_names_that_bibman_writes_as_bibman_does(tmp_path: Path) -> None:
    names = [parse_name(text) for text in WRITTEN + generated(600) if "and" not in re.split(r"[ ~,-]+", text)]
    names += [
        Name("El Showk", "Sheer"),
        Name("van Gogh", "Vincent"),
        Name("Simon and Schuster", "A"),
        Name("Bell, II", "Edwin V."),
        Name("Berg", "Jan", prefix="van der"),
        Name("Khwarizmi", "Muhammad", prefix="al-"),
        Name("King", "Martin Luther", suffix="Jr."),
        Name(literal="NASA Jet Propulsion Laboratory"),
    ]
    found = bibtex_parts([format_name(name) for name in names], tmp_path)
    wrong = [(name, found[at]) for at, name in enumerate(names) if len(found[at]) != 1 or not same(found[at][0], name)]
    assert not wrong


def test_bibtex_cuts_name_lists_at_the_same_places(tmp_path: Path) -> None:
    chance = random.Random(21)  # noqa: S311
    pieces = ["Aa", "and", "AND", "An", "d", "{and}", "{x and y}", "B,", "~", "\\and", "a{n}d", "others"]
    blanks = [" ", " ", " ", "", "\t", "\n"]
    values = ["".join(chance.choice(blanks) + word for word in chance.choices(pieces, k=9)) for _ in range(300)]
    found = bibtex_parts(values, tmp_path)
    wrong = []
    for at, value in enumerate(values):
        names = [name for name in map(parse_name, split_names(value)) if name != Name()]
        printed = [parts for parts in found[at] if any(parts)]
        if len(printed) != len(names) or not all(map(same, printed, names)):
            wrong.append((value, printed, names))
    assert not wrong
