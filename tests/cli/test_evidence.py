"""`check --evidence` and `check --online`: who is compared with whom, what is told of it, and how it ends."""

import json
from pathlib import Path
from typing import Any

import pytest

from bibman.formats.bibtex_reader import read
from bibman.providers.registry import PROVIDERS
from tests.cli.calling import Bibman
from tests.providers.server import Playing

GOLDEN = Path(__file__).parents[1] / "model" / "golden_evidence"
TOY = "elhage2022toy"
MORAL = "“The Capacity for Moral Self-Correction in Large Language Models” (Ganguli et al., 2023)"
MIXED = """
@misc{mixed, author = {Elhage, Nelson and others}, title = {Toy Models of Superposition}, year = 2022,
  eprint = {2302.07459}, archiveprefix = {arXiv}}
@misc{right, author = {Elhage, N. and others}, title = {Toy models of superposition}, year = 2022,
  eprint = {2209.10652}, archiveprefix = {arXiv}}
@article{invented, author = {Elhage, Nelson}, title = {Superposition of Large Models in Small Toys},
  journal = {Journal of Toys}, year = 2023}
"""
WITHDRAWN = "This paper has been withdrawn by the author due to a crucial sign error in equation 1"
COOLING = "Cooling of {CO$_2$} by the Drosophila method \\& others: p < 0.05"
ONLINE = f"""
@article{{cooling, author = {{Garc{{\\'i}}a L{{\\'o}}pez, M. and van der Berg, Jr., J. and others}},
  title = {{{COOLING}}}, journal = {{J. Tests}}, year = 2019, doi = {{10.1016/j.test.2019.01.001}}}}
@misc{{strings, author = {{Descartes, R.}}, title = {{A result on strings}}, year = 1999, eprint = {{hep-th/9901001}},
  archiveprefix = {{arXiv}}}}
@misc{{mixed, author = {{Vaswani, Ashish and Jones, Llion and others}}, title = {{Attention is all you need}},
  year = 2017, doi = {{10.1016/j.test.2019.01.001}}}}
@misc{{titled, author = {{Vaswani, Ashish and others}}, title = {{Attention is all you need}}, year = 2017}}
@misc{{invented, author = {{Vaswani, Ashish}}, title = {{A title that nobody ever heard of before}}, year = 2017}}
"""


@pytest.fixture
def mixed(fresh: Bibman) -> Bibman:
    """bibman with an entry that is right, one that is mixed up, and one that is invented."""
    fresh("ingest", fresh.file("refs.bib", MIXED))
    return fresh


@pytest.fixture
def asking(fresh: Bibman, played: Playing) -> Bibman:
    """bibman with entries of all kinds that services know something of."""
    assert played.seen == []
    fresh("ingest", fresh.file("refs.bib", ONLINE))
    return fresh


def told(bibman: Bibman, *arguments: str) -> Any:
    """What a check says as JSON, however it ends."""
    return json.loads(bibman("check", *arguments, "--json").out)


def verdicts(bibman: Bibman, *arguments: str) -> dict[str, str]:
    """How entries stand, by key."""
    return {each["key"]: each["verdict"] for each in told(bibman, *arguments)["compared"]}


def findings(bibman: Bibman, *arguments: str) -> list[tuple[str, str, str | None]]:
    """Key, code and field of what is found."""
    return [(each["key"], each["code"], each["field"]) for each in told(bibman, *arguments)["findings"]]


def test_the_seed_list_is_confirmed_by_the_seed_catalogue(seeded: Bibman) -> None:
    done = seeded("check", "--evidence")
    assert done.code == 0
    assert done.err == "14 confirmed, 0 contradicted, 0 unknown; 0 errors, 0 warnings, 0 hints in 0 of 14 entries\n"
    assert {line.split("\t")[1] for line in done.out.splitlines()} == {"confirmed"}


def test_each_entry_is_a_line_with_what_it_says_and_what_is_known_and_a_contradiction_fails(mixed: Bibman) -> None:
    done = mixed("check", "--evidence")
    assert done.code == 1
    assert [line.split("\t") for line in done.out.splitlines()] == [
        ["invented", "unknown", "", "", "", ""],
        ["mixed", "contradicted", "eprint", "arxiv:2302.07459", MORAL, "seed"],
        ["right", "confirmed", "arxiv, title", "", "“Toy Models of Superposition” (Elhage et al., 2022)", "seed"],
    ]  # fmt: skip
    assert done.err == "1 confirmed, 1 contradicted, 1 unknown; 0 errors, 1 warning, 1 hint in 2 of 3 entries\n"


def test_what_is_unknown_is_no_failure(mixed: Bibman) -> None:
    assert mixed("check", "--evidence", "invented", "right").code == 0
    assert mixed("check", "--evidence", "-q", "toy NOT key:mixed").code == 0


def test_a_finding_says_which_work_has_the_number_and_which_number_the_work_has(mixed: Bibman) -> None:
    (found,) = told(mixed, "--evidence", "mixed")["findings"]
    assert found == {
        "key": "mixed",
        "code": "contradicted",
        "severity": "warning",
        "field": "eprint",
        "message": f"eprint has 2302.07459, which is another work: {MORAL}, says seed",
        "mend": "correct the eprint, or the title: the work of this title has arxiv:2209.10652",
        "fixable": False,
    }


def test_json_has_all_that_was_compared_and_how_often(mixed: Bibman) -> None:
    found = told(mixed, "--evidence")
    (compared,) = [each for each in found.pop("compared") if each["key"] == "mixed"]
    assert [each["code"] for each in found.pop("findings")] == ["unknown-work", "contradicted"]
    assert found == {
        "entries": 3,
        "confirmed": 1,
        "contradicted": 1,
        "unknown": 1,
        "errors": 0,
        "warnings": 1,
        "hints": 1,
        "problems": [],
    }
    assert [(each["source"], each["by"], each["year"]) for each in compared["works"]] == [
        ("seed", ["arxiv"], 2023),
        ("seed", ["title"], 2022),
    ]
    (difference,) = compared["differences"]
    assert (difference["field"], difference["entry"], difference["source"]) == ("eprint", "arxiv:2302.07459", "seed")


def test_a_person_sees_both_sides_field_by_field(mixed: Bibman) -> None:
    lines = mixed.terminal("check", "--evidence", "mixed", "right", NO_COLOR="1", columns=200).out.splitlines()
    assert lines[0] == "mixed"
    assert lines[1].startswith("  warning contradicted: eprint has 2302.07459, which is another work")
    assert lines[3] == "    title       entry        Toy Models of Superposition"
    assert lines[4].startswith("                seed, arxiv  [The Capacity for Moral")
    assert lines[5] == "                seed, title  Toy Models of Superposition"
    assert "    year        entry        2022" in lines
    assert "                seed, arxiv  [2023]" in lines
    assert lines[-2:] == ["right", "  confirmed by arxiv, title (seed)"]


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (("--only", "contradicted"), ["mixed"]),
        (("--only", "unknown-work"), ["invented"]),
        (("--only", "hint"), ["invented"]),
        (("--without", "hint"), ["mixed", "right"]),
        (("--without", "contradicted"), ["invented", "right"]),
    ],
)
def test_what_is_told_is_chosen_by_code_and_severity(
    mixed: Bibman, arguments: tuple[str, ...], expected: list[str]
) -> None:
    done = mixed("check", "--evidence", *arguments)
    assert [line.split("\t")[0] for line in done.out.splitlines()] == expected
    assert done.code == int("mixed" in expected)
    assert "1 confirmed, 1 contradicted, 1 unknown" in done.err


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("--only", "contradicted"), 2, "only comparing finds contradicted. Say --evidence or --online, too"),
        (("--evidence", "--only", "missing-field"), 2, "comparing finds no missing-field."),
        (("--evidence", "--fix"), 2, "--fix mends nothing that others know better."),
        (("--evidence", "rihgt"), 3, "no such key: rihgt. Did you mean right?"),
    ],
)
def test_a_wrong_call_is_told_with_what_to_do(mixed: Bibman, arguments: tuple[str, ...], code: int, said: str) -> None:
    done = mixed("check", *arguments)
    assert (done.code, done.out) == (code, "")
    assert said in done.err


def test_what_a_paper_cites_is_compared_and_what_it_cites_in_vain_is_told(mixed: Bibman) -> None:
    mixed.file("paper.aux", "\\citation{right}\n\\citation{nowhere}\n")
    done = mixed("check", "--evidence", "--cited-in", "paper.aux")
    assert [line.split("\t")[:2] for line in done.out.splitlines()] == [
        ["nowhere", "cited-nowhere"],
        ["right", "confirmed"],
    ]
    assert done.code == 1


def test_an_entry_that_is_not_identified_is_unknown_and_has_nothing_to_be_contradicted(fresh: Bibman) -> None:
    fresh("ingest", fresh.file("list.txt", "Words of no abstract that anybody ever wrote, and no title of a work\n"))
    done = fresh("check", "--evidence")
    assert (done.code, done.err.partition(";")[0]) == (0, "0 confirmed, 0 contradicted, 1 unknown")


CHILDREN = """
@inproceedings{child, author = {Christiano, Paul F. and others}, crossref = {volume},
  title = {Deep reinforcement learning from human preferences}}
@inproceedings{other-year, author = {Christiano, Paul F. and others}, xdata = {data},
  title = {Deep reinforcement learning from human preferences}}
@proceedings{volume, title = {Advances in Neural Information Processing Systems 30}, year = 2017}
@xdata{data, date = {2009}, booktitle = {Advances in Neural Information Processing Systems}}
@set{both, entryset = {child,other-year}}
"""


def test_what_an_entry_inherits_is_compared_and_what_is_no_work_is_not(fresh: Bibman) -> None:
    fresh("ingest", fresh.file("refs.bib", CHILDREN))
    assert verdicts(fresh, "--evidence") == {
        "child": "confirmed",
        "other-year": "contradicted",
        "volume": "unknown",
    }
    assert findings(fresh, "--evidence", "other-year") == [("other-year", "contradicted", "year")]


def test_comparing_changes_nothing(mixed: Bibman) -> None:
    before = mixed.json("history")
    mixed("check", "--evidence")
    assert mixed.json("history") == before


def test_by_a_catalogue_entries_stand_as_when_all_works_are_looked_through(fresh: Bibman) -> None:
    """What the catalogue finds suffices: nothing is overlooked that comparing with every work would find."""
    entries = read((GOLDEN / "entries.bib").read_text("utf-8")).entries
    expected = {each.key: (each.get("expected") or "").partition(":")[0] for each in entries}
    fresh("catalogue", "build", str(GOLDEN / "known.jsonl"))
    fresh("ingest", str(GOLDEN / "entries.bib"))
    found = verdicts(fresh, "--evidence")
    assert len(found) > 60
    assert found == {key: expected[key] for key in found}


def test_services_are_asked_for_identifiers_then_for_titles(asking: Bibman, played: Playing) -> None:
    assert verdicts(asking, "--online") == {
        "cooling": "confirmed",
        "invented": "unknown",
        "mixed": "contradicted",
        "strings": "confirmed",
        "titled": "confirmed",
    }
    asked = [each.target for each in played.seen if each.host == "api.crossref.org"]
    assert asked[0].startswith("/works/10.1016/j.test.2019.01.001")
    assert not any("strings" in each.target or "cooling" in each.target.lower() for each in played.seen)


def test_retractions_and_corrections_are_told_with_their_notice(asking: Bibman) -> None:
    done = asking("check", "--online", "cooling", "strings")
    assert done.code == 1
    rows = [line.split("\t") for line in done.out.splitlines()]
    assert [(row[0], row[1], row[4]) for row in rows if row[1] != "confirmed"] == [
        ("cooling", "retracted", "the work was retracted: 2020-02-03, doi:10.1016/j.test.2020.02.002, Retraction"),
        ("cooling", "corrected", "the work was corrected: 2019-05-01, doi:10.1016/j.test.2019.05.001, Erratum"),
        ("strings", "retracted", f"the work was retracted: {WITHDRAWN}"),
    ]
    assert [row[0] for row in rows if row[1] == "confirmed"] == ["cooling", "strings"]
    assert findings(asking, "--online", "cooling", "--only", "retracted") == [("cooling", "retracted", None)]
    assert asking("check", "--online", "cooling", "--only", "corrected").code == 0


def test_a_retraction_of_the_publication_is_told_of_its_preprint(fresh: Bibman, played: Playing) -> None:
    fresh("ingest", fresh.file("refs.bib", "@misc{gas, author = {Berg, Jan}, title = {Cooling of gases}, year = 2018,"
          " doi = {10.1101/2018.01.01.123456}}"))  # fmt: skip
    assert ("gas", "retracted", None) in findings(fresh, "--online")
    assert any("10.1016" in each.target for each in played.seen)


def test_what_befell_the_work_that_a_wrong_number_leads_to_is_not_told(asking: Bibman) -> None:
    assert findings(asking, "--online", "mixed") == [("mixed", "contradicted", "doi")]


NUMBERS = """
@article{no-doi, author = {Doe, Jane}, title = {A title that nobody ever heard of before}, year = 2020,
  journal = {Bees}, doi = {10.1038/s41586-020-99999-9}}
@misc{no-eprint, author = {Vaswani, Ashish and others}, title = {Attention is all you need}, year = 2017,
  eprint = {1706.99999}, archiveprefix = {arXiv}}
@misc{no-pmid, author = {Doe, Jane}, title = {Another one of which nobody ever heard}, year = 2020, pmid = {99999999}}
@misc{in-the-address, author = {Doe, Jane}, title = {Yet another one of which nobody heard}, year = 2020,
  url = {https://www.nature.com/articles/10.1038/s41586-020-99999-9}}
"""


def test_a_number_that_those_who_give_such_numbers_do_not_know_is_contradicted(fresh: Bibman, played: Playing) -> None:
    assert played.seen == []
    fresh("ingest", fresh.file("refs.bib", NUMBERS))
    found = {each["key"]: each["message"] for each in told(fresh, "--online", "--only", "contradicted")["findings"]}
    assert found == {
        "no-doi": "doi has 10.1038/s41586-020-99999-9, which does not exist, says doi.org",
        "no-eprint": "eprint has 1706.99999, which nobody knows; arXiv has arxiv:1706.03762 for the work",
        "no-pmid": "pmid has 99999999, which does not exist, says PubMed",
    }


def test_a_person_is_shown_no_sides_where_there_is_but_one(
    fresh: Bibman, played: Playing, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert played.seen == []
    fresh("ingest", fresh.file("refs.bib", NUMBERS))
    monkeypatch.setattr("bibman.cli.evidence.is_terminal", lambda: True)
    assert fresh("check", "--online", "no-doi", "--only", "contradicted").out.splitlines() == [
        "no-doi",
        "  warning contradicted: doi has 10.1038/s41586-020-99999-9, which does not exist, says doi.org",
        "    → correct the doi; the work itself may be invented, too",
    ]


def test_a_number_is_not_called_invented_where_those_who_would_know_it_do_not_answer(
    fresh: Bibman, played: Playing
) -> None:
    played.failure = "500"
    fresh("ingest", fresh.file("refs.bib", NUMBERS))
    assert set(verdicts(fresh, "--online").values()) == {"unknown"}
    messages = {each["message"] for each in told(fresh, "--online")["findings"]}
    assert messages == {"no catalogue knows it, and no service answered"}


def test_answers_are_remembered(asking: Bibman, played: Playing) -> None:
    first = told(asking, "--online", "cooling", "strings")
    played.seen.clear()
    assert told(asking, "--online", "cooling", "strings") == first
    assert played.seen == []


def test_where_no_service_answers_that_is_said_once_and_the_world_outside_is_to_blame(
    asking: Bibman, played: Playing
) -> None:
    played.failure = "500"
    done = asking("check", "--online")
    assert done.code == 5
    assert [line for line in done.err.splitlines() if line.startswith("bibman: warning: ")] == [
        "bibman: warning: of 9 services none answered: arXiv is out of order (500). Try again later"
    ]
    assert "0 confirmed" in done.err
    assert {each["service"] for each in told(asking, "--online")["problems"]} == set(PROVIDERS)


def test_one_service_that_fails_is_no_failure(asking: Bibman, played: Playing) -> None:
    played.failure, played.remaining = "500", 2
    done = asking("check", "--online", "cooling")
    assert done.code in (0, 1)
    assert done.err.count("bibman: warning: ") == 1


def test_offline_opens_no_connection_and_says_that_nothing_was_asked(asking: Bibman, played: Playing) -> None:
    done = asking("--offline", "check", "--online", "cooling")
    assert (done.code, played.seen) == (5, [])
    assert "bibman is offline: no service was asked" in done.err


def test_without_a_question_nobody_is_missed(fresh: Bibman) -> None:
    fresh("ingest", fresh.file("refs.bib", "@string{a = {b}}"))
    assert fresh("check", "--online").code == 0
