"""Services that fail, as whoever calls a command meets them: a warning and the next is asked, never a wrong paper."""

import re
from dataclasses import replace

import pytest

from bibman.providers import http
from bibman.providers.registry import PROVIDERS
from bibman.storage.database import Library
from tests.cli.calling import Bibman, Done
from tests.cli.played import asking_at
from tests.cli.world import GOLDEN, SCRAPS
from tests.providers.conftest import HASTE
from tests.providers.server import FAILURES, NOTHING, PROBLEM, SLOW, Playing

ASKED = {
    "an identifier": ("10.1145/359340.359342", "rivest1978method"),
    "a title": ("Auto-Encoding Variational Bayes", "kingma2013auto"),
}
"""A scrap of each kind, and the key of its work."""
HURRY = replace(HASTE, read=0.2, whole=0.3)
CODES = {PROBLEM: 5, NOTHING: 4}


def is_sound(bibman: Bibman) -> bool:
    with Library.open(bibman.library) as library:
        return not library.verify()


def warnings(done: Done) -> list[str]:
    assert "Traceback" not in done.err
    return [line for line in done.err.splitlines() if line.startswith("bibman: warning: ")]


def titles(library: str) -> set[str]:
    """The titles in a `.bib`, whatever capitals and braces they have."""
    return {re.sub("[{}]", "", line).lower() for line in library.splitlines() if line.startswith("  title = ")}


@pytest.mark.parametrize("failure", FAILURES)
@pytest.mark.parametrize("kind", ASKED)
def test_where_every_service_fails_a_scrap_is_kept_for_later(
    fresh: Bibman, world: Playing, kind: str, failure: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(http.Client, "__init__", asking_at(world.origins, HURRY if failure in SLOW else HASTE))
    world.failure = failure
    scrap, key = ASKED[kind]
    done = fresh("add", scrap)
    assert done.code == CODES.get(FAILURES[failure], 0), done
    assert len(warnings(done)) == (FAILURES[failure] == PROBLEM), done
    assert is_sound(fresh)
    (entry,) = fresh.json("list")
    assert entry["identified"] is (done.code == 0)
    assert (entry["key"] == key) is (done.code == 0)
    world.failure = ""
    if done.code == 5:
        # Somebody who wants to be left alone for an hour is, by the next command too.
        for rest in (fresh.home / "cache" / "bibman" / "online").glob("*.next"):
            rest.unlink()
        assert fresh("identify", "--online").code == 0
        assert fresh.keys() == [key]


@pytest.mark.parametrize("host", sorted(each.load().SERVICE.host for each in PROVIDERS.values()))
def test_one_service_that_fails_costs_one_warning_and_the_others_are_asked(
    fresh: Bibman, world: Playing, host: str
) -> None:
    world.failure, world.failing = "500", [host]
    done = fresh("add", *SCRAPS)
    assert done.code in (0, 4)
    (warning,) = warnings(done)
    assert "is out of order (500)" in warning
    assert is_sound(fresh)
    entries = fresh.json("list")
    known = {entry["key"] for entry in entries if entry["identified"]}
    assert len(known) < len(SCRAPS)
    # Nothing but the works that were meant, each perhaps by another service's description.
    golden = (GOLDEN / "bibtex.bib").read_text(encoding="utf-8")
    assert titles(fresh("export").out) <= titles(golden)
    world.failure = ""
    assert fresh("identify", "--online").code == 0
    assert len(fresh.keys()) == len(SCRAPS)


def test_services_that_die_in_the_middle_of_a_list_cost_only_what_was_not_asked(fresh: Bibman, world: Playing) -> None:
    world.failure, world.sound = "closed", 20
    done = fresh("ingest", "--online", fresh.file("list.txt", "\n".join(SCRAPS)))
    assert done.code == 4
    told = warnings(done)
    assert len(told) == len({line.split()[2] for line in told})
    assert is_sound(fresh)
    known = [entry for entry in fresh.json("list") if entry["identified"]]
    assert 0 < len(known) < len(SCRAPS)
    world.failure = ""
    assert fresh("identify", "--online").code == 0
    golden = (GOLDEN / "biblatex.bib").read_text(encoding="utf-8")
    assert [entry["key"] for entry in fresh.json("list", "--sort", "key")] == re.findall(r"(?m)^@\w+\{(.+),$", golden)
