"""`duplicates`, `distinct`, and what `ingest` says of what looks like something that is here."""

import json
from pathlib import Path

import pytest

from tests.cli.calling import Bibman

REFS = """
@article{doe2020, author = {Doe, Jane}, title = {On the Growth of Trees in Cities}, journal = {Journal of Trees},
  year = {2020}, pages = {1--9}}
@article{roe, author = {Roe, Richard}, title = {Another Work on Shrubs in the Country}, journal = {Shrubs}, year = 2001}
@article{part1, author = {Roe, Richard}, title = {On Shrubs, Part I}, journal = {Shrubs}, year = 2001}
@article{part2, author = {Roe, Richard}, title = {On Shrubs, Part II}, journal = {Shrubs}, year = 2001}
"""
TWIN = "@article{twin, author = {J. Doe}, title = {On the growth of trees in cities}, year = 2020}"
SLIP = "@article{slip, author = {Doe, Jane}, title = {On the Growht of Trees in Cities}, year = 2020}"


@pytest.fixture
def filled(fresh: Bibman) -> Bibman:
    for name, text in (("refs.bib", REFS), ("twin.bib", TWIN), ("slip.bib", SLIP)):
        assert fresh("ingest", fresh.file(name, text)).code == 0
    return fresh


def test_groups_come_with_verdicts_scores_and_reasons(filled: Bibman) -> None:
    (found,) = filled.json("duplicates")["groups"]
    assert [entry["key"] for entry in found["entries"]] == ["doe2020", "twin", "slip"]
    assert found["entries"][0] == {
        "key": "doe2020",
        "type": "article",
        "title": "On the Growth of Trees in Cities",
        "names": "Doe",
        "year": 2020,
        "container": "Journal of Trees",
    }
    assert found["verdict"] == "likely"
    best = found["pairs"][0]
    assert (best["keys"], best["verdict"], best["score"]) == (["doe2020", "twin"], "certain", 100)
    assert best["reasons"] == ["same title", "same names", "same year"]
    assert found["score"] == min(pair["score"] for pair in found["pairs"])


def test_each_line_says_what_it_looks_like_and_why(filled: Bibman) -> None:
    done = filled("duplicates")
    assert done.code == 0
    lines = [line.split("\t") for line in done.out.splitlines()]
    assert [line[3] for line in lines] == ["doe2020", "twin", "slip"]
    assert lines[1][1:3] == ["certain", "100"]
    assert lines[1][-1] == "doe2020: same title, same names, same year"
    assert "1 group" in done.err


def test_those_of_one_entry_are_asked_for_by_its_key(filled: Bibman) -> None:
    assert len(filled.json("duplicates", "SLIP")["groups"]) == 1
    assert filled.json("duplicates", "roe") == {"groups": []}
    assert filled("duplicates", "nobody").code == 3


def test_without_duplicates_there_is_an_empty_list(seeded: Bibman) -> None:
    assert seeded.json("duplicates") == {"groups": []}
    assert seeded("duplicates").code == 0


def test_distinct_works_are_not_proposed_again(filled: Bibman) -> None:
    assert filled("distinct", "twin", "doe2020", "slip").out == "3 pairs of different works: twin, doe2020, slip\n"
    assert filled.json("duplicates") == {"groups": []}
    assert [pair["keys"] for pair in filled.json("distinct")] == [
        ["doe2020", "twin"],
        ["doe2020", "slip"],
        ["twin", "slip"],
    ]
    assert filled("distinct", "twin", "doe2020", "--unset").code == 0
    assert len(filled.json("duplicates")["groups"]) == 1
    filled("undo")
    assert filled.json("duplicates") == {"groups": []}
    filled("undo")
    assert filled("distinct").out == ""
    assert len(filled.json("duplicates")["groups"]) == 1


def test_one_entry_alone_or_an_unknown_one_is_distinct_from_nothing(filled: Bibman) -> None:
    assert filled("distinct", "twin", "TWIN").code == 2
    assert filled("distinct", "twin", "nobody").code == 3
    assert filled("distinct").out == ""


def test_a_removed_entry_takes_what_was_said_of_it_along_and_undo_brings_it_back(filled: Bibman) -> None:
    filled("distinct", "twin", "doe2020")
    assert filled("remove", "twin").code == 0
    assert filled("distinct").out == ""
    assert filled("library", "verify").code == 0
    filled("undo")
    assert filled("distinct").out == "doe2020\ttwin\n"
    assert filled("library", "verify").code == 0


def test_a_query_finds_twins_by_cheap_signs_and_leaves_distinct_works_out(filled: Bibman) -> None:
    assert [each["key"] for each in filled.json("list", "is:duplicate")] == ["doe2020", "twin"]
    filled("distinct", "doe2020", "twin")
    assert filled.json("list", "is:duplicate") == []


def test_ingest_warns_of_what_looks_like_something_here(fresh: Bibman) -> None:
    fresh("ingest", fresh.file("refs.bib", REFS))
    done = fresh("ingest", fresh.file("twin.bib", TWIN))
    assert done.code == 0
    assert "twin looks like doe2020: `bibman merge doe2020 twin`" in done.err
    assert "looks like doe2020: same title, same names, same year" in done.out
    fresh("undo")
    (source,) = fresh.json("ingest", "twin.bib", "--dry-run")["sources"]
    assert [each["looks_like"] for each in source["passages"]] == [["doe2020"]]


def test_ingest_warns_of_twins_within_one_file_too(fresh: Bibman) -> None:
    done = fresh("ingest", fresh.file("refs.bib", REFS + TWIN))
    assert done.err.count("looks like") == 1
    again = fresh("ingest", "refs.bib")
    assert "looks like" not in again.err


def test_a_list_warns_of_a_work_that_is_here_without_its_number(fresh: Bibman) -> None:
    (work,) = [json.loads(line) for line in (_seeds() / "catalogue.jsonl").read_text("utf-8").splitlines()[:1]]
    names = " and ".join(name["family"] + ", " + name["given"] for name in work["author"])
    here = f"@misc{{here, title = {{{work['title']}}}, author = {{{names}}}, year = {{{work['date'][:4]}}}}}"
    fresh("ingest", fresh.file("here.bib", here))
    line = (_seeds() / "arxiv-papers.txt").read_text("utf-8").splitlines()
    text = next(each for each in line if each[:30] == work["abstract"][:30])
    done = fresh("ingest", fresh.file("list.txt", text))
    assert "looks like here" in done.err


def _seeds() -> Path:
    return Path(__file__).parents[2] / "seeds"
