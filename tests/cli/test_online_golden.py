"""Scraps of every kind, given to a library that knows nothing, become complete entries: equal to golden files."""

import pytest

from bibman.providers.registry import PROVIDERS
from tests.cli.calling import Bibman
from tests.cli.world import GOLDEN, SCRAPS
from tests.providers.server import Playing

BY_SEARCH = {
    "kingma2013auto": ("title", "arXiv", None),
    "lecun1998gradient": ("title", "Crossref", None),
    "gorman2014data": ("title", "DataCite", None),
    "krizhevsky2009learning": ("title", "OpenAlex", None),
    "he2016deep": ("title", "Crossref", "OpenAlex"),
    "radford2019language": ("title", "Semantic Scholar", None),
    "hinton2015distilling": ("title", "arXiv", "Semantic Scholar"),
    "ongaro2014search": ("title", "DBLP", None),
    "howard2020paxos": ("title", "Crossref", "DBLP"),
    "altschul1990basic": ("title", "PubMed", None),
    "abelson1996structure": ("title", "Open Library", None),
    "hochreiter1997long": ("reference", "Crossref", None),
    "rumelhart1986learning": ("reference", "Crossref", None),
    "goodfellow2014generative": ("opening", "arXiv", None),
    "silver2016mastering": ("middle", "Crossref", "OpenAlex"),
}
"""By which likeness a work is found, who describes it, and who found it where that is somebody else."""


@pytest.mark.parametrize("command", ["add", "ingest --online"])
def test_scraps_of_all_kinds_become_complete_entries(fresh: Bibman, world: Playing, command: str) -> None:
    path = fresh.file("scraps.txt", "\n".join(SCRAPS))
    done = fresh("add", *SCRAPS) if command == "add" else fresh("ingest", "--online", path)
    assert (done.code, done.err.count("warning")) == (0, 0)
    assert f"{len(SCRAPS)} passages: {len(SCRAPS)} identified" in done.err
    assert world.seen
    for dialect in ("bibtex", "biblatex"):
        assert fresh("export", "--format", dialect).out == (GOLDEN / f"{dialect}.bib").read_text(encoding="utf-8")


def test_every_service_describes_what_it_knows_best(fresh: Bibman, world: Playing) -> None:
    fresh("add", *SCRAPS)
    said, keys = {}, fresh.keys()
    for key in keys:
        (origin,) = fresh.shown(key)["origins"]
        said[key] = origin["stage"], origin["evidence"]["provider"], origin["evidence"].get("found_by")
    assert {key: each for key, each in said.items() if each[0] != "identifier"} == BY_SEARCH
    assert said["ioannidis2005why"] == ("identifier", "Crossref", "OpenAlex")
    assert {provider for _, provider, _ in said.values()} == PROVIDERS.keys()
    # Nobody is asked the same twice, and preprints and articles of PubMed's are asked for together.
    assert len({each.target for each in world.seen}) == len(world.seen)
    assert sum("id_list" in each.target for each in world.seen) == 2
