"""Sixteen things that programs lose of a `.bib` on the way in and out; none of them is lost here."""

import re
from collections.abc import Callable

import pytest

from bibman.formats.bibtex_reader import Bibliography, read
from tests.cli.calling import Bibman

TRAPS = r"""
@comment{jabref-meta: databaseType:bibtex;}
@string{jmlr = "Journal of Machine Learning Research"}
@preamble{"\providecommand{\noopsort}[1]{}"}

@article{einstein05, author = {Einstein, Albert}, title = {Zur {E}lektrodynamik bewegter {K}{\"o}rper},
  journal = {Annalen der Physik}, month = jun, year = 1905}
@book{knuth84, author = {Knuth, Donald E.}, title = {The {\TeX}book}, publisher = {Addison-Wesley}, year = {1984}}
@misc{latex, author = {{The {\LaTeX} Project}}, title = {{\LaTeX} -- A Document Preparation System}, year = {2020}}
@article{jmlr, author = {Doe, Jane and others}, title = {Learning}, journal = jmlr, year = {2001}}
@article{joined, author = {Roe, R.}, title = {Joined}, journal = jmlr # " (Series " # "B)", year = {2002}}
@online{url, author = {Web, W.}, title = {Page}, url = {https://example.org/a_b?x=1&y=2%20z#f}, year = {2003}}
@inproceedings{child, author = {Child, C.}, title = {Part}, crossref = {proc}}
@article{erdos, author = {Erd{\H{o}}s, Paul}, title = {On {$\pi$}}, journal = {J}, year = {\noopsort{1950}1951}}
@phdthesis{thesis, author = {Phd, P.}, title = {Thesis}, school = {MIT}, year = {1990}}
@article{Blank-Key , author = {Blank, B.}, title = {Blank}, journal = {J}, year = {1991}}
@proceedings{proc, title = {Proceedings}, booktitle = {Proceedings of P}, year = {1999}}
"""


def _value(key: str, name: str) -> Callable[[Bibliography], str | None]:
    return lambda found: next(entry for entry in found.entries if entry.key == key).get(name)


CHECKS: dict[str, tuple[Callable[[Bibliography], object], object]] = {
    "the value of a macro": (_value("jmlr", "journal"), "Journal of Machine Learning Research"),
    "what # joins": (_value("joined", "journal"), "Journal of Machine Learning Research (Series B)"),
    "a capital in braces": (_value("einstein05", "title"), r"Zur {E}lektrodynamik bewegter {K}{\"o}rper"),
    "TeX in a title": (_value("knuth84", "title"), r"The {\TeX}book"),
    "LaTeX and a dash": (_value("latex", "title"), r"{\LaTeX} -- A Document Preparation System"),
    "an address": (_value("url", "url"), "https://example.org/a_b?x=1&y=2%20z#f"),
    "and others": (_value("jmlr", "author"), "Doe, Jane and others"),
    "a body in braces": (_value("latex", "author"), r"{The {\LaTeX} Project}"),
    "the macro of a month": (
        lambda found: [
            each.expression for each in found.entries[_place(found, "einstein05")].fields if each.name == "month"
        ],
        ["jun"],
    ),
    "a parent after its child": (
        lambda found: (_value("child", "crossref")(found), _place(found, "child") < _place(found, "proc")),
        ("proc", True),
    ),
    "an accent with an argument": (_value("erdos", "author"), r"Erd{\H{o}}s, Paul"),
    "the preamble": (
        lambda found: [each.value for each in found.preambles],
        [r"\providecommand{\noopsort}[1]{}"],
    ),
    "keys, also one with a blank behind it": (
        lambda found: sorted(entry.key for entry in found.entries),
        sorted(key.strip() for key in re.findall(r"@[a-z]+\{([\w-]+ ?),", TRAPS)),
    ),
    "types": (lambda found: {"phdthesis", "online"} - {entry.type for entry in found.entries}, set()),
    "the number of entries": (lambda found: len(found.entries), 11),
}


def _place(found: Bibliography, key: str) -> int:
    return next(place for place, entry in enumerate(found.entries) if entry.key == key)


@pytest.fixture
def exported(fresh: Bibman) -> str:
    assert fresh("ingest", fresh.file("refs.bib", TRAPS)).code == 0
    done = fresh("export", "--keep-letters")
    assert done.code == 0, done
    return done.out


@pytest.mark.parametrize(("what", "wanted"), CHECKS.values(), ids=CHECKS)
def test_it_is_there_after_the_way_in_and_out(
    exported: str, what: Callable[[Bibliography], object], wanted: object
) -> None:
    assert what(read(exported)) == wanted


def test_the_comment_is_there_when_the_file_is_given_back(fresh: Bibman) -> None:
    fresh("ingest", fresh.file("refs.bib", TRAPS))
    assert fresh("export", "--source", "refs.bib").out == TRAPS
