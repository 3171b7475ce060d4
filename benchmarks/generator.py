"""Bibliographies made by chance, the same for the same seed: of the kind, and with the oddities, that people keep."""

import random
import sys
from collections.abc import Iterator
from pathlib import Path

WORDS = (
    "analysis method system approach model data learning network algorithm theory result problem function structure "
    "design process performance quantum optimal graph efficient distributed random stochastic linear bound complexity "
    "energy dynamics protein cell imaging climate policy market language semantic query index storage memory parallel"
).split()
FAMILIES = (
    *('M{\\"u}ller', "Kowalski", "Zhang", "Tanaka", "Dvo{\\v r}{\\'a}k", "Smith", "Knuth", "Erd{\\H{o}}s", "Patel"),
    *("{\\O}stergaard", "O'Brien", "van der Berg", "de la Cruz", "Łukasiewicz"),
)
GIVEN = ("Anna", "Jos{\\'e}", "Wei", "Hiroshi", "Donald E.", "M.", 'Zo{\\"e}', "S{\\o}ren")
MACROS = {"jacm": "Journal of the {ACM}", "cacm": "Communications of the {ACM}", "tcs": "Theoretical Computer Science"}
MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()
PROPER = ("{DNA}", "{Bayes}ian", "{$O(n \\log n)$}", "{\\TeX}", "$L^2$", "Poincar{\\'e}")


def write(path: Path, count: int, seed: int = 1) -> None:
    """Writes a `.bib` of `count` entries, about 1.5 kB each."""
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.writelines(bibliography(count, seed))


def bibliography(count: int, seed: int = 1) -> Iterator[str]:
    """The text of a `.bib` of `count` entries, in pieces: articles, papers in proceedings, preprints and books."""
    chance = random.Random(seed)
    yield "% A bibliography made by chance\n\n"
    yield from (f'@string{{{name} = "{value}"}}\n' for name, value in MACROS.items())
    yield '\n@preamble{"\\providecommand{\\noopsort}[1]{}"}\n\n'
    parents = max(1, count // 200)
    for number in range(count - parents):
        yield _entry(chance, number, parents)
    for number in range(parents):
        yield f"@proceedings{{proc{number},\n  title = {{Proceedings {number}}},\n  booktitle = {{Proc. {number}}},\n"
        yield f"  year = {{{chance.randint(1970, 2025)}}},\n}}\n\n"


def _entry(chance: random.Random, number: int, parents: int) -> str:
    year = chance.randint(1950, 2025)
    fields = {
        "author": "{" + " and ".join(_name(chance) for _ in range(chance.randint(1, 6))) + "}",
        "title": f"{{{chance.choice(PROPER)} {_words(chance, 7).capitalize()} {number}}}",
    }
    kind = chance.choices(("article", "inproceedings", "misc", "book"), (55, 30, 10, 5))[0]
    if kind == "article":
        fields["journal"] = chance.choice((*MACROS, "{Journal of " + _words(chance, 2) + "}"))
        fields["volume"] = str(chance.randint(1, 200))
        fields["month"] = chance.choice(
            (chance.choice(MONTHS), f'"{chance.randint(1, 28)}~" # {chance.choice(MONTHS)}')
        )
        fields["pages"] = f"{{{number}--{number + 9}}}"
    elif kind == "inproceedings":
        fields["crossref" if number % 3 else "booktitle"] = f"{{proc{chance.randrange(parents)}}}"
    elif kind == "misc":
        fields["eprint"] = f"{{{year % 100:02}{chance.randint(1, 12):02}.{number % 100_000:05}}}"
        fields["archivePrefix"] = "{arXiv}"
    else:
        fields["publisher"] = '"Addison-Wesley"'
    fields |= {
        "year": chance.choice((str(year), f"{{{year}}}")),
        "doi": f"{{10.1000/made.{number}}}",
        "url": f"{{https://example.org/{number}?a=1&b=2%20}}",
        "keywords": "{" + ", ".join(chance.choice(WORDS) for _ in range(5)) + "}",
        "abstract": "{" + ". ".join(_words(chance, 14).capitalize() for _ in range(9)) + ".}",
    }
    lines = ",\n".join(f"  {name:12} = {value}" for name, value in fields.items())
    comment = f"% number {number}\n" if number % 100 == 0 else ""
    return f"{comment}@{chance.choice((kind, kind, kind.upper()))}{{key{number}:{year},\n{lines}\n}}\n\n"


def _name(chance: random.Random) -> str:
    if chance.random() < 0.02:
        return "{The {LIGO} Collaboration}"
    family, given = chance.choice(FAMILIES), chance.choice(GIVEN)
    return f"{family}, {given}" if chance.random() < 0.6 else f"{given} {family}"


def _words(chance: random.Random, number: int) -> str:
    return " ".join(chance.choice(WORDS) for _ in range(number))


if __name__ == "__main__":
    write(Path(sys.argv[2]), int(sys.argv[1]))
