"""`update`: what leads from a preprint to its publication, how sure it must be, and what becomes of the entry."""

import json
from collections.abc import Sequence
from typing import Any

import pytest

from bibman.providers import registry
from bibman.storage.database import Library
from tests.cli.calling import Bibman
from tests.providers.answering import (
    ARXIV,
    CROSSREF,
    DATACITE,
    DBLP,
    article,
    crossref,
    datacite,
    dblp,
    feed,
    found,
    preprint,
)
from tests.providers.server import Playing

TITLE = "Bees that cool their hives by dancing"
WHO = ("Ada Wabe", "Jo Bo")
NUMBER, DOI = "1901.00001", "10.1000/pub.1"
BIB = """\
@misc{wabe, title = {Bees that cool their hives by dancing}, author = {Wabe, Ada and Bo, Jo}, year = 2019,
  eprint = {1901.00001}, archiveprefix = {arXiv}, note = {Preprint. Under review.}}
"""
NOTHING = found()


@pytest.fixture
def hive(fresh: Bibman, played: Playing) -> Bibman:
    """A library with one preprint on arXiv, of which no service knows a publication."""
    assert fresh("ingest", fresh.file("refs.bib", BIB)).code == 0
    knows(played, (ARXIV, NUMBER, feed(NUMBER, TITLE, *WHO)))
    return fresh


def knows(played: Playing, *answers: tuple[str, str, bytes]) -> None:
    """Makes services answer so, and Crossref find nothing else."""
    played.answers[:] = [*answers, *played.answers, (CROSSREF, "query.bibliographic", NOTHING)]


def status(bibman: Bibman, *arguments: str) -> dict[str, Any]:
    """What `update` says of the only entry."""
    (entry,) = bibman.json("update", *arguments)["entries"]
    assert isinstance(entry, dict)
    return entry


def changed(entry: dict[str, Any]) -> dict[str, tuple[Any, Any]]:
    """What would be changed, by name: before and after."""
    changes = entry["publications"][0]["changes"]
    return {each["name"] or each["kind"]: (each["before"], each["after"]) for each in changes}


def test_the_doi_that_arxiv_knows_leads_to_the_publication(hive: Bibman, played: Playing) -> None:
    knows(
        played,
        (ARXIV, NUMBER, feed(NUMBER, TITLE, *WHO, doi=DOI)),
        (CROSSREF, f"/works/{DOI}", crossref(article(DOI, TITLE, *WHO))),
    )
    entry = status(hive)
    assert (entry["key"], entry["status"], entry["applied"]) == ("wabe", "certain", False)
    (publication,) = entry["publications"]
    assert {name: publication[name] for name in ("certain", "doi", "provider", "found_by", "score", "reasons")} == {
        "certain": True,
        "doi": DOI,
        "provider": "arXiv, Crossref",
        "found_by": "relation",
        "score": 100,
        "reasons": ["same title", "same names", "a year later"],
    }
    assert changed(entry) == {
        "type": ("misc", "article"),
        "journal": (None, "Journal of Tests"),
        "volume": (None, "12"),
        "number": (None, "3"),
        "pages": (None, "101--119"),
        "year": ("2019", "2020"),
        "doi": (None, DOI),
        "note": ("Preprint. Under review.", None),
    }
    assert hive.shown("wabe")["type"] == "misc"


def test_what_is_certain_is_written_and_undone_in_one_step(hive: Bibman, played: Playing) -> None:
    knows(
        played,
        (ARXIV, NUMBER, feed(NUMBER, TITLE, *WHO, doi=DOI)),
        (CROSSREF, f"/works/{DOI}", crossref(article(DOI, TITLE, *WHO))),
    )
    hive("tag", "add", "bees", "wabe")
    hive("note", "add", "wabe", "Read it.")
    before = hive.shown("wabe")
    done = hive("update", "--apply")
    assert (done.code, done.err) == (0, "1 preprint: 1 updated\n")
    entry = hive.shown("wabe")
    assert (entry["type"], entry["tags"], entry["note_count"]) == ("article", ["bees"], 1)
    assert entry["fields"] == {
        "title": TITLE,
        "author": "Wabe, Ada and Bo, Jo",
        "eprint": NUMBER,
        "archiveprefix": "arXiv",
        "journal": "Journal of Tests",
        "year": "2020",
        "volume": "12",
        "number": "3",
        "pages": "101--119",
        "doi": DOI,
    }
    assert hive("update").err == "0 preprints: no publication found\n"
    assert status(hive, "wabe")["status"] == "published"
    assert "updated 1 preprint to what was published: wabe" in hive("undo").out
    assert hive.shown("wabe")["fields"] == before["fields"]


def test_the_doi_of_a_server_leads_to_the_publication(fresh: Bibman, played: Playing) -> None:
    own = "10.1101/2019.01.01.123456"
    fields = f"doi = {{{own}}}, journal = {{bioRxiv}}, publisher = {{Cold Spring Harbor Laboratory}}"
    fresh("ingest", fresh.file("a.bib", f"@article{{w, title={{{TITLE}}}, author={{Ada Wabe}}, year=2019, {fields}}}"))
    relation = {"is-preprint-of": [{"id-type": "doi", "id": DOI}]}
    knows(
        played,
        (CROSSREF, f"/works/{own}", crossref(preprint(own, TITLE, "Ada Wabe", relation=relation))),
        (CROSSREF, f"/works/{DOI}", crossref(article(DOI, TITLE, "Ada Wabe"))),
    )
    entry = status(fresh, "--apply")
    assert (entry["status"], entry["applied"], entry["publications"][0]["found_by"]) == ("certain", True, "relation")
    after = fresh.shown("w")["fields"]
    assert (after["journal"], after["doi"], after["eprint"], after["archiveprefix"]) == (
        "Journal of Tests",
        DOI,
        own,
        "doi",
    )
    assert "publisher" not in after


def test_what_datacite_relates_is_followed_where_arxiv_is_silent(hive: Bibman, played: Playing) -> None:
    played.answers.clear()
    knows(
        played,
        (DATACITE, NUMBER, datacite(NUMBER, TITLE, *WHO, published=DOI)),
        (CROSSREF, f"/works/{DOI}", crossref(article(DOI, TITLE, *WHO))),
    )
    entry = status(hive)
    assert (entry["status"], entry["publications"][0]["provider"]) == ("certain", "DataCite, Crossref")


def test_a_journal_reference_makes_sure_which_work_is_meant(hive: Bibman, played: Playing) -> None:
    later = article("10.1000/other", TITLE, *WHO, year=2021, volume="77", page="1-9")
    right = article(DOI, f"{TITLE}: a study", *WHO)
    knows(
        played,
        (ARXIV, NUMBER, feed(NUMBER, TITLE, *WHO, journal="J. Tests 12 (2020) 101-119")),
        (CROSSREF, "query.bibliographic", found(later, right)),
    )
    entry = status(hive)
    assert entry["status"] == "certain"
    first, second = entry["publications"]
    assert (first["doi"], first["found_by"], first["certain"]) == (DOI, "journal-ref", True)
    assert (second["doi"], second["certain"]) == ("10.1000/other", False)
    asked = next(each for each in played.seen if "query.bibliographic" in each.target)
    assert "j+tests+12+2020+101" in asked.target.lower().replace("%20", "+")


def test_what_nobody_knows_but_its_authors_is_told(hive: Bibman, played: Playing) -> None:
    knows(played, (ARXIV, NUMBER, feed(NUMBER, TITLE, *WHO, journal="Proc. HIVE 2020, 1-9")))
    entry = status(hive, "--apply")
    assert (entry["status"], entry["said"], entry["publications"]) == ("said", "Proc. HIVE 2020, 1-9", [])
    assert "Proc. HIVE 2020" in hive("update").out


def test_title_names_and_year_are_searched_for(hive: Bibman, played: Playing) -> None:
    knows(played, (CROSSREF, "query.bibliographic", found(article(DOI, TITLE.title(), "A. Wabe", "J. Bo"))))
    entry = status(hive)
    assert (entry["status"], entry["publications"][0]["found_by"]) == ("certain", "title and names")
    assert {"title", "author"}.isdisjoint(changed(entry))
    assert {each.host for each in played.seen} == {ARXIV, CROSSREF}


def test_a_work_without_a_doi_is_found_at_dblp(hive: Bibman, played: Playing) -> None:
    knows(played, (DBLP, "bees", dblp(TITLE, *WHO, pages="1-9", ee="https://hive.example.org/1")))
    entry = status(hive)
    assert (entry["status"], entry["publications"][0]["provider"]) == ("certain", "DBLP")
    assert changed(entry)["booktitle"] == (None, "HIVE")


def test_what_was_found_at_second_hand_is_described_by_who_gave_the_doi(hive: Bibman, played: Playing) -> None:
    knows(
        played,
        (DBLP, "bees", dblp(TITLE, *WHO, doi=DOI)),
        (CROSSREF, f"/works/{DOI}", crossref(article(DOI, TITLE, *WHO))),
    )
    entry = status(hive)
    assert [each["provider"] for each in entry["publications"]] == ["DBLP, Crossref"]
    assert changed(entry)["journal"] == (None, "Journal of Tests")


DOUBTFUL = {
    "a title that changed": article(DOI, "Hives that bees cool by dancing in them", *WHO),
    "a title with one other word": article(DOI, "Bees that cool their homes by dancing", *WHO),
    "a subtitle": article(DOI, f"{TITLE}: a study of two summers", *WHO),
    "years later": article(DOI, TITLE, *WHO, year=2027),
}
NOT_IT = {
    "another preprint": preprint("10.2139/ssrn.1", TITLE, *WHO, year=2020),
    "other authors": article(DOI, TITLE, "Eve Ott", "Max Uhl"),
    "another first author": article(DOI, TITLE, "Jo Bo", "Eve Ott"),
    "years before": article(DOI, TITLE, *WHO, year=2016),
    "an erratum": article(DOI, f"Erratum: {TITLE}", *WHO),
    "the second part": article(DOI, f"{TITLE}, part II", *WHO),
    "a data set": article(DOI, TITLE, *WHO, type="dataset"),
    "no place": article(DOI, TITLE, *WHO, container_title=[]),
}


@pytest.mark.parametrize("what", [*DOUBTFUL][1:])
def test_what_is_only_alike_is_shown_and_not_written(hive: Bibman, played: Playing, what: str) -> None:
    knows(played, (CROSSREF, "query.bibliographic", found(DOUBTFUL[what])))
    done = hive("update", "--apply")
    assert done.code == 4
    assert "1 doubtful" in done.err
    assert "--accept wabe" in done.err
    assert hive.shown("wabe")["type"] == "misc"


@pytest.mark.parametrize("what", NOT_IT)
def test_what_is_another_work_is_not_shown(hive: Bibman, played: Playing, what: str) -> None:
    knows(played, (CROSSREF, "query.bibliographic", found(NOT_IT[what])))
    assert (status(hive)["status"], status(hive)["publications"]) == ("none", [])


@pytest.mark.parametrize("what", DOUBTFUL)
def test_a_link_with_another_title_or_a_gap_is_for_a_person(hive: Bibman, played: Playing, what: str) -> None:
    work = DOUBTFUL[what]
    knows(
        played,
        (ARXIV, NUMBER, feed(NUMBER, TITLE, *WHO, doi=DOI)),
        (CROSSREF, f"/works/{DOI}", crossref(work)),
    )
    expected = "doubtful" if what == "a title that changed" else "certain"
    assert status(hive)["status"] == expected


def test_a_link_to_another_work_is_not_followed(hive: Bibman, played: Playing) -> None:
    other = article(DOI, "On the number of zeros", "Eve Ott")
    knows(
        played,
        (ARXIV, NUMBER, feed(NUMBER, TITLE, *WHO, doi=DOI)),
        (CROSSREF, f"/works/{DOI}", crossref(other)),
    )
    assert (status(hive)["status"], status(hive)["said"]) == ("said", f"doi:{DOI}")


def test_an_entry_with_the_number_of_another_is_told_and_not_updated(hive: Bibman, played: Playing) -> None:
    knows(
        played,
        (ARXIV, NUMBER, feed(NUMBER, "On the number of zeros", "Eve Ott", doi=DOI)),
        (CROSSREF, f"/works/{DOI}", crossref(article(DOI, "On the number of zeros", "Eve Ott"))),
    )
    entry = status(hive, "--apply")
    assert entry["status"] == "none"
    assert entry["remarks"] == [f"arxiv:{NUMBER} is another work, says arXiv (other title): On the number of zeros"]
    assert "wabe: arxiv:1901.00001 is another work" in hive("update").err


def test_a_person_accepts_what_is_doubtful(hive: Bibman, played: Playing) -> None:
    knows(played, (CROSSREF, "query.bibliographic", found(DOUBTFUL["a subtitle"])))
    done = hive("update", "--accept", "wabe")
    assert (done.code, done.err) == (0, "1 preprint: 1 updated\n")
    entry = hive.shown("wabe")
    assert (entry["type"], entry["fields"]["title"]) == ("article", f"{TITLE}: a study of two summers")
    assert hive("undo").code == 0
    assert hive.shown("wabe")["type"] == "misc"


def test_of_two_publications_a_person_names_one(hive: Bibman, played: Playing) -> None:
    talk = article("10.1000/talk", TITLE, *WHO, type="proceedings-article", container_title=["HIVE 2020"])
    knows(played, (CROSSREF, "query.bibliographic", found(article(DOI, TITLE, *WHO), talk)))
    (entry,) = json.loads(hive("update", "--apply", "--json").out)["entries"]
    assert (entry["status"], entry["applied"]) == ("doubtful", False)
    assert "one of several publications" in entry["publications"][0]["reasons"]
    assert {each["doi"] for each in entry["publications"]} == {DOI, "10.1000/talk"}
    assert hive("update", "--accept", "wabe=10.1000/none").code == 3
    assert hive("update", "--accept", "wabe=10.1000/talk").code == 0
    assert hive.shown("wabe")["fields"]["booktitle"] == "HIVE 2020"


def test_a_publication_that_was_retracted_is_warned_of_and_for_a_person(hive: Bibman, played: Playing) -> None:
    notice = {"DOI": "10.1000/r", "type": "retraction", "updated": {"date-parts": [[2022, 3, 4]]}}
    knows(
        played,
        (ARXIV, NUMBER, feed(NUMBER, TITLE, *WHO, doi=DOI)),
        (CROSSREF, f"/works/{DOI}", crossref(article(DOI, TITLE, *WHO, updated_by=[notice]))),
    )
    entry = status(hive)
    assert (entry["status"], entry["publications"][0]["reasons"][-1]) == ("doubtful", "retracted")
    told = "the work was retracted: 2022-03-04, doi:10.1000/r"
    assert entry["notices"] == [{"code": "retracted", "message": told}]
    assert f"bibman: warning: wabe: {told}\n" in hive("update").err


def test_what_is_named_and_published_is_asked_whether_it_was_retracted(fresh: Bibman, played: Playing) -> None:
    title = "Cooling of CO2 by the Drosophila method & others: p < 0.05"
    fresh(
        "new",
        "article",
        "--key",
        "c",
        "--set",
        rf"title={title}".replace("&", r"\&").replace("<", "$<$"),
        "--set",
        "author=García López, María",
        "--set",
        "doi=10.1016/j.test.2019.01.001",
        "--set",
        "journal=J. Tests",
    )
    assert fresh("update").err == "0 preprints: no publication found\n"
    assert played.seen == []
    entry = status(fresh, "c")
    assert (entry["status"], [each["code"] for each in entry["notices"]]) == ("published", ["retracted", "corrected"])


def test_the_publication_is_here_already(hive: Bibman, played: Playing) -> None:
    hive(
        "new",
        "article",
        "--key",
        "here",
        "--set",
        f"title={TITLE}",
        "--set",
        "author=Wabe, Ada and Bo, Jo",
        "--set",
        "journal=J. Tests",
        "--set",
        "year=2020",
        "--set",
        f"doi={DOI}",
    )
    knows(
        played,
        (ARXIV, NUMBER, feed(NUMBER, TITLE, *WHO, doi=DOI)),
        (CROSSREF, f"/works/{DOI}", crossref(article(DOI, TITLE, *WHO))),
    )
    entry = status(hive, "--apply")
    assert (entry["status"], entry["present"], entry["applied"]) == ("already here", "here", False)
    assert "bibman merge here wabe" in hive("update").err


def test_what_a_catalogue_knows_needs_no_service(fresh: Bibman, played: Playing) -> None:
    title, author = "Deep reinforcement learning from human preferences", "Christiano, Paul and Leike, Jan and others"
    fresh(
        "ingest",
        fresh.file(
            "a.bib",
            f"@article{{c, title={{{title}}}, author={{{author}}}, year=2017,"
            " journal={CoRR}, volume={abs/1706.03741}}",
        ),
    )
    done = fresh("--offline", "update", "--apply")
    assert (done.code, played.seen) == (0, [])
    fields = fresh.shown("c")["fields"]
    assert (fields["booktitle"], fields["eprint"], fields["archiveprefix"], fields.get("journal")) == (
        "Advances in Neural Information Processing Systems 30 (NIPS 2017)",
        "1706.03741",
        "arXiv",
        None,
    )


def test_entries_are_meant_by_query_or_by_what_a_paper_cites(hive: Bibman) -> None:
    hive(
        "new",
        "misc",
        "--key",
        "ott",
        "--set",
        "title=Another one on bees",
        "--set",
        "eprint=1902.00002",
        "--set",
        "author=Ott, Eve",
        "--set",
        "year=2019",
    )
    tex = hive.file("paper.tex", r"\cite{wabe,nobody}")
    assert [each["key"] for each in hive.json("update", "-q", "author:ott")["entries"]] == ["ott"]
    done = hive("update", "--cited-in", tex, "--json")
    assert [each["key"] for each in json.loads(done.out)["entries"]] == ["wabe"]
    assert "nobody is cited, and not in the library" in done.err
    assert hive("update", "nobody").code == 3
    hive("ingest", hive.file("list.txt", "some words that nobody knows of anything\n"))
    unidentified = next(each["key"] for each in hive.json("list") if not each["identified"])
    assert hive("update", unidentified).code == hive("update", "--accept", unidentified).code == 2


@pytest.mark.parametrize(("failure", "attempts"), [("500", 2), ("html", 1)])
def test_a_service_that_fails_costs_a_warning_and_the_exit_code_says_if_all_do(
    hive: Bibman, played: Playing, failure: str, attempts: int
) -> None:
    played.failure = failure
    done = hive("update")
    assert done.code == 5
    assert done.err.count("warning") == 1
    assert "services none answered" in done.err
    played.failure, played.remaining = failure, attempts
    done = hive("update")
    assert (done.code, done.err.count("warning"), done.err.count("arXiv")) == (0, 1, 1)


def test_offline_asks_nobody(hive: Bibman, played: Playing) -> None:
    done = hive("--offline", "update")
    assert (done.code, played.seen) == (0, [])
    assert "bibman is offline: no service was asked" in done.err


def test_nobody_who_writes_waits_for_services(hive: Bibman, monkeypatch: pytest.MonkeyPatch) -> None:
    really = registry.lookup_each
    written = []

    def writing_meanwhile(*arguments: Any) -> Any:
        with Library.open(hive.library) as library, library.change("meanwhile") as change:
            written.append(change)
        return really(*arguments)

    monkeypatch.setattr("bibman.services.works.lookup_each", writing_meanwhile)
    assert hive("update", "--apply").code == 0
    assert written


def test_an_entry_that_changed_meanwhile_is_not_written_over(
    hive: Bibman, played: Playing, monkeypatch: pytest.MonkeyPatch
) -> None:
    knows(played, (CROSSREF, "query.bibliographic", found(article(DOI, TITLE, *WHO))))
    really = registry.search_at

    def editing_meanwhile(*arguments: Any) -> Any:
        answer = really(*arguments)
        hive.process("edit", "wabe", "--set", "note=Mine")
        return answer

    monkeypatch.setattr("bibman.services.works.search_at", editing_meanwhile)
    done = hive("update", "--apply")
    assert (done.code, "changed by another process" in done.err) == (1, True)
    assert hive.shown("wabe")["fields"]["note"] == "Mine"


def rows(bibman: Bibman, *arguments: str) -> Sequence[Sequence[str]]:
    return [line.split("\t") for line in bibman("update", *arguments).out.splitlines()]


def test_a_program_reads_a_line_for_each_change(hive: Bibman, played: Playing) -> None:
    knows(played, (CROSSREF, "query.bibliographic", found(article(DOI, TITLE, *WHO))))
    lines = rows(hive)
    assert {len(line) for line in lines} == {7}
    assert lines[0] == [
        "wabe",
        "certain",
        f"doi:{DOI}",
        "Crossref, by title and names: same title, same names, a year later",
        "type",
        "misc",
        "article",
    ]


def test_what_the_entry_leaves_out_its_server_says(fresh: Bibman, played: Playing) -> None:
    fresh("ingest", fresh.file("a.bib", f"@misc{{w, title={{{TITLE}}}, doi={{{DOI}}}, eprint={{{NUMBER}}}}}"))
    knows(
        played,
        (ARXIV, NUMBER, feed(NUMBER, TITLE, *WHO)),
        (CROSSREF, f"/works/{DOI}", crossref(article(DOI, TITLE, *WHO))),
    )
    entry = status(fresh, "--apply")
    assert (entry["status"], entry["publications"][0]["found_by"]) == ("certain", "identifier")
    assert fresh.shown("w")["fields"]["author"] == "Wabe, Ada and Bo, Jo"


def test_a_doubtful_one_that_is_here_is_no_reason_to_merge(hive: Bibman, played: Playing) -> None:
    title = "Bees that cool their homes by dancing"
    fields = {"title": title, "author": "Wabe, Ada and Bo, Jo", "journal": "J. Tests", "year": "2020", "doi": DOI}
    hive("new", "article", "--key", "sibling", *(f"--set={name}={value}" for name, value in fields.items()))
    knows(played, (CROSSREF, "query.bibliographic", found(article(DOI, title, *WHO))))
    entry = status(hive)
    assert (entry["status"], entry["present"]) == ("doubtful", None)
    assert entry["remarks"] == [f"doi:{DOI}, in doubt, is sibling here"]
