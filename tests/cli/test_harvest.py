"""`catalogue harvest`: a catalogue that is kept current with arXiv."""

import json

import pytest

from bibman.services import catalogues
from tests.cli.calling import Bibman
from tests.providers.server import Playing

CALL = ("catalogue", "harvest", "--set", "cs", "--set", "math", "--since", "2024-01-10")


@pytest.fixture(autouse=True)
def _on_a_day(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is the day of the records that are played."""
    monkeypatch.setattr(catalogues, "_now", lambda: "2024-03-05T06:07:08Z")


def test_what_is_new_on_arxiv_is_found(fresh: Bibman, played: Playing) -> None:
    done = fresh(*CALL)
    assert (done.code, done.err) == (0, "")
    assert done.out == (
        "cs from 2024-01-10 to 2024-03-05: 17 records\n"
        "math from 2024-01-10 to 2024-03-05: 16 records\n"
        "catalogue arxiv: 25 added, 0 refreshed, 0 removed; 25 works\n"
    )
    assert [each["name"] for each in fresh.json("catalogue", "list")] == ["arxiv", "seed"]
    (hit,) = fresh.json("catalogue", "search", "2302.00004")
    assert hit["catalogue"] == "arxiv"
    assert fresh.json("catalogue", "info", "arxiv")["harvested"] == {"cs": "2024-03-05", "math": "2024-03-05"}
    assert "harvested\tcs to 2024-03-05, math to 2024-03-05\n" in fresh("catalogue", "info", "arxiv").out
    assert "harvested\t\n" in fresh("catalogue", "info", "seed").out
    played.repository.change("2302.00004", title="Work 4, revised", changed="2024-03-05")
    assert fresh("catalogue", "harvest").out.endswith("arxiv: 0 added, 1 refreshed, 0 removed; 25 works\n")


@pytest.mark.usefixtures("played")
def test_it_comes_into_the_catalogue_that_is_named(fresh: Bibman) -> None:
    work = {"type": "online", "title": "Old", "eprint": "2302.00001", "eprinttype": "arxiv", "note": "kept"}
    fresh("catalogue", "build", fresh.file("mine.jsonl", json.dumps(work)))
    report = fresh.json("catalogue", "harvest", "mine", "--set", "math", "--since", "2024-01-10")
    assert report == {
        "catalogue": "mine",
        "sets": [{"set": "math", "since": "2024-01-10", "until": "2024-03-05", "records": 16}],
        "pages": 7,
        "works": 16,
        "added": 15,
        "refreshed": 1,
        "removed": 0,
        "rejected": 0,
        "problem": None,
    }
    (hit,) = fresh.json("catalogue", "search", "2302.00001")
    assert (hit["fields"]["title"], hit["fields"]["note"]) == ("Work 1 & more", "kept")
    assert fresh.json("catalogue", "info", "mine")["sources"] == ["mine.jsonl", "oaipmh.arxiv.org"]


def test_a_harvest_that_stops_says_so_and_goes_on(fresh: Bibman, played: Playing) -> None:
    right = played.repository.answer
    played.repository.answer = lambda target: b"" if "|6|" in target or "%7C6%7C" in target else right(target)  # type: ignore[method-assign]
    done = fresh(*CALL)
    assert done.code == 4
    assert done.out.startswith("cs from 2024-01-10 on, not to the end: ")
    assert done.err.startswith("bibman: warning: what arXiv answered is no XML. What came is in the catalogue; ")
    stopped = fresh(*CALL, "--json")
    assert stopped.code in (4, 5)
    played.repository.answer = right  # type: ignore[method-assign]
    done = fresh("catalogue", "harvest")
    assert (done.code, done.err) == (0, "went on where the last harvest had been stopped\n")
    assert done.out.endswith("; 25 works\n")


def test_where_nobody_answers_nothing_happens(fresh: Bibman, played: Playing) -> None:
    played.failure = "500"
    done = fresh(*CALL)
    assert (done.code, done.out, done.err) == (5, "", "bibman: arXiv is out of order (500). Try again later\n")
    assert [each["name"] for each in fresh.json("catalogue", "list")] == ["seed"]


@pytest.mark.parametrize("how", ["the option", "the environment"])
def test_offline_nothing_is_asked(fresh: Bibman, played: Playing, how: str, monkeypatch: pytest.MonkeyPatch) -> None:
    if how == "the environment":
        monkeypatch.setenv("BIBMAN_OFFLINE", "1")
    done = fresh(*(["--offline"] if how == "the option" else []), *CALL)
    assert (done.code, done.out) == (5, "")
    assert done.err.startswith("bibman: arXiv is not asked, for bibman is offline")
    assert played.seen == []


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "nothing was harvested into this catalogue yet. Name what is to be: --set cs"),
        (("--set", "cs"), "cs was not harvested into this catalogue yet. Say since which day it is to be: --since "),
        (("--set", "c s"), "not a set of arXiv: 'c s'. Sets are cs, cs.AI, hep-th, physics:hep-th, ..."),
        (("--set", "cs", "--since", "yesterday"), "not a day until now: 'yesterday'. Write it as 2024-03-05"),
        (("--set", "cs", "--since", "2999-01-01"), "not a day until now: '2999-01-01'. Write it as 2024-03-05"),
        (("seed", "--set", "cs"), "not a name for a catalogue: 'seed'. Give another one"),
    ],
)
def test_what_cannot_be_harvested_is_said(
    fresh: Bibman, played: Playing, arguments: tuple[str, ...], said: str
) -> None:
    done = fresh("catalogue", "harvest", *arguments)
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith(f"bibman: {said}")
    assert done.err.count("\n") == 1
    assert played.seen == []


@pytest.mark.usefixtures("played")
def test_a_set_that_arxiv_does_not_know_is_told(fresh: Bibman) -> None:
    done = fresh("catalogue", "harvest", "--set", "sc", "--since", "2024-03-01")
    assert done.code == 0
    assert done.out.startswith("physics:sc from 2024-03-01 to 2024-03-05: 0 records\n")
    assert "arXiv has nothing of physics:sc since 2024-03-01, if it has such a set" in done.err


def test_a_catalogue_that_is_removed_takes_its_unfinished_harvest_with_it(fresh: Bibman, played: Playing) -> None:
    right = played.repository.answer
    played.repository.answer = lambda target: b"" if "resumption" in target else right(target)  # type: ignore[method-assign]
    assert fresh(*CALL).code == 4
    folder = fresh.library.parent / "catalogues"
    assert (folder / ".arxiv.catalogue.harvest").exists()
    fresh("catalogue", "remove", "arxiv")
    assert [path.name for path in folder.iterdir() if "arxiv" in path.name] == []
