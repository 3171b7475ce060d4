"""What no catalogue knows is asked of services: which command asks, what comes of it, and what of a failure."""

import json
from pathlib import Path
from typing import Any

import pytest

from bibman.providers import registry
from bibman.storage.database import Library
from tests.cli.calling import SEED, Bibman
from tests.providers.server import Playing

NAMED = {
    "10.1016/j.test.2019.01.001": "garcialopez2019cooling",
    "arXiv:1706.03762": "vaswani2017attention",
    "9780201134483": "knuth1984texbook",
    "https://pubmed.ncbi.nlm.nih.gov/31452104/": "cruz2019simulating",
    "10.5281/zenodo.1234567": "mueller2021measurements",
    "https://doi.org/10.2777/X": "beethoven2012bridges",
}
"""Scraps → the keys of the works that they name, as the services describe them."""
OPENING = (
    "The dominant sequence transduction models are based on complex recurrent or convolutional neural networks in"
    " an encoder-decoder configuration."
)
NEARLY = "The dominant sequence transduction models are based on complicated recurrence or on convolution in networks"


def listed(bibman: Bibman, text: str) -> Path:
    path = bibman.home / "list.txt"
    path.write_text(f"{text}\n", encoding="utf-8")
    return path


def verdicts(bibman: Bibman, *arguments: str) -> list[str]:
    return [each["verdict"] for each in json.loads(bibman(*arguments, "--json").out)["sources"][0]["passages"]]


def test_add_asks_whoever_owns_an_identifier(fresh: Bibman, played: Playing) -> None:
    done = fresh("add", *NAMED)
    assert (done.code, done.err.splitlines()[-1]) == (0, "6 passages: 6 identified")
    assert set(fresh.keys()) == set(NAMED.values())
    assert len({each.host for each in played.seen}) == 6
    assert fresh.shown("vaswani2017attention")["origins"][0]["evidence"]["provider"] == "arXiv"


def test_what_is_in_the_library_is_not_asked_again(fresh: Bibman, played: Playing) -> None:
    fresh("add", *NAMED)
    played.seen.clear()
    done = fresh("add", *NAMED)
    assert (done.code, done.err) == (0, "6 passages: 6 already here\n")
    assert played.seen == []


def test_an_answer_is_remembered_when_its_work_is_not(fresh: Bibman, played: Playing) -> None:
    fresh("add", "arXiv:1706.03762")
    played.seen.clear()
    fresh("undo")
    assert fresh("--offline", "add", "1706.03762v5").code == 0
    assert played.seen == []


@pytest.mark.parametrize("scrap", ["Attention is all you need", OPENING])
def test_words_are_searched_for_until_one_service_is_sure(fresh: Bibman, played: Playing, scrap: str) -> None:
    assert fresh("add", scrap).code == 0
    assert fresh.keys() == ["vaswani2017attention"]
    assert [each.host for each in played.seen] == ["export.arxiv.org"]


def test_what_a_service_ranks_first_is_not_believed(fresh: Bibman, played: Playing) -> None:
    assert fresh("add", "A title that nobody ever heard of before").code == 4
    assert len({each.host for each in played.seen}) == 8
    (entry,) = fresh.json("list")
    assert (entry["identified"], entry["title"]) == (False, None)


def test_what_is_in_doubt_waits_with_what_services_propose(fresh: Bibman, played: Playing) -> None:
    assert verdicts(fresh, "add", NEARLY) == ["waiting"]
    (waiting,) = fresh.json("review", "list")
    assert waiting["candidates"][0]["title"] == "Attention Is All You Need"
    assert waiting["candidates"][0]["provider"] == "arXiv"
    assert fresh("review", "accept", waiting["key"], "1").code == 0
    assert fresh.keys() == ["vaswani2017attention"]
    assert played.seen


def test_nobody_is_asked_where_a_catalogue_knows(fresh: Bibman, played: Playing) -> None:
    assert fresh("add", "2302.07459").code == 0
    assert fresh("ingest", "--online", str(SEED)).code == 0
    assert played.seen == []


@pytest.mark.parametrize("how", ["the option", "the setting", "the environment"])
def test_ingest_asks_only_where_it_is_said(
    fresh: Bibman, played: Playing, how: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = listed(fresh, "Attention is all you need")
    assert verdicts(fresh, "ingest", str(path)) == ["not found"]
    assert fresh("identify").code == 4
    assert played.seen == []
    if how == "the setting":
        fresh("config", "set", "online", "true")
    elif how == "the environment":
        monkeypatch.setenv("BIBMAN_ONLINE", "1")
    wanted = ["--online"] if how == "the option" else []
    assert verdicts(fresh, "--offline", "ingest", *wanted, str(path)) == ["already here"]
    assert played.seen == []
    assert verdicts(fresh, "ingest", *wanted, str(path)) == ["identified"]
    assert fresh.keys() == ["vaswani2017attention"]


def test_identify_asks_and_is_undone_in_one_step(fresh: Bibman, played: Playing) -> None:
    fresh("ingest", str(listed(fresh, "arXiv:1706.03762\nAttention is all you need\nISBN 0-201-13448-9")))
    before = fresh.json("list")
    done = fresh("identify", "--online")
    assert (done.code, done.err) == (0, "3 of 3 identified\n")
    assert set(fresh.keys()) == {"vaswani2017attention", "knuth1984texbook"}
    assert fresh("undo").code == 0
    assert [each["key"] for each in fresh.json("list")] == [each["key"] for each in before]
    played.seen.clear()
    assert fresh("identify", "--online").code == 0
    assert played.seen == []


def test_an_entry_is_kept_where_nobody_answers(fresh: Bibman, played: Playing) -> None:
    played.failure = "500"
    done = fresh("add", "arXiv:1706.03762")
    assert done.code == 5
    assert len([line for line in done.err.splitlines() if "arXiv is out of order (500)" in line]) == 1
    (entry,) = fresh.json("list")
    assert not entry["identified"]
    played.failure = ""
    assert fresh("identify", "--online").code == 0
    assert fresh.keys() == ["vaswani2017attention"]


def test_one_that_fails_costs_a_warning_and_the_next_is_asked(fresh: Bibman, played: Playing) -> None:
    played.failure, played.remaining = "html", 1
    done = fresh("add", "arXiv:1706.03762")
    assert done.code == 0
    assert done.err.count("arXiv") == 1
    assert fresh.shown("vaswani2017attention")["origins"][0]["evidence"]["provider"] == "DataCite"


def test_offline_asks_nobody_and_says_so(fresh: Bibman, played: Playing) -> None:
    done = fresh("--offline", "add", "arXiv:1706.03762")
    assert done.code == 4
    assert done.err.splitlines() == [
        "bibman is offline: no service was asked",
        "1 passage: 1 not found; 1 unidentified",
    ]
    assert played.seen == []


def test_a_trial_asks_and_keeps_nothing(fresh: Bibman, played: Playing) -> None:
    done = fresh("add", "--dry-run", "arXiv:1706.03762")
    assert "1 identified (nothing was written)" in done.err
    assert not fresh.library.exists()
    assert played.seen


def test_nobody_who_writes_waits_for_services(fresh: Bibman, played: Playing, monkeypatch: pytest.MonkeyPatch) -> None:
    fresh("ingest", str(SEED))
    really = registry.lookup_each
    written = []

    def writing_meanwhile(*arguments: Any) -> Any:
        with Library.open(fresh.library) as library, library.change("meanwhile") as change:
            written.append(change)
        return really(*arguments)

    monkeypatch.setattr("bibman.services.asking.lookup_each", writing_meanwhile)
    assert fresh("add", "arXiv:1706.03762").code == 0
    assert written
    assert played.seen
