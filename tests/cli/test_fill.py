"""`identify --fill`: what is missing in entries, what says otherwise, and what is never written unasked."""

import json
from typing import Any

import pytest

from tests.cli.calling import Bibman
from tests.providers.answering import ARXIV, CROSSREF, article, crossref, feed, found
from tests.providers.server import Playing

TITLE = "Deep reinforcement learning from human preferences"
NAMES = "Christiano, Paul and Leike, Jan and Brown, Tom B. and Martic, Miljan and Legg, Shane and Amodei, Dario"
BOOK = "Advances in Neural Information Processing Systems 30 (NIPS 2017)"
BARE = f"@inproceedings{{chr, title = {{{TITLE}}}, author = {{{NAMES}}}, year = 2017}}\n"
BEES, WHO, DOI = "Bees that cool their hives by dancing", ("Ada Wabe", "Jo Bo"), "10.1000/pub.1"


def taken_in(bibman: Bibman, text: str) -> Bibman:
    """bibman with the entries of a text in its library."""
    assert bibman("ingest", bibman.file("refs.bib", text)).code == 0
    return bibman


def proposals(bibman: Bibman, *arguments: str) -> dict[str, dict[str, Any]]:
    """What is proposed for the only entry, by field."""
    entries = bibman.json("identify", "--fill", *arguments)["entries"]
    return {each["field"]: each for entry in entries for each in entry["proposals"]}


def written(proposal: dict[str, Any]) -> dict[str, str]:
    """The fields that are proposed, by name."""
    return {field["name"]: field["value"] for field in proposal["fields"]}


def test_what_is_missing_is_shown_with_its_source_and_not_written(fresh: Bibman) -> None:
    taken_in(fresh, BARE)
    found = proposals(fresh)
    assert {name: each["is"] for name, each in found.items()} == {
        "booktitle": "missing",
        "volume": "missing",
        "eprint": "missing",
        "doi": "missing",
    }
    assert found["booktitle"] == {
        "field": "booktitle",
        "is": "missing",
        "fields": [{"name": "booktitle", "value": BOOK}],
        "present": [],
        "provider": "seed",
        "found_by": "title, name and year",
        "score": 100.0,
        "chosen": True,
    }
    done = fresh("identify", "--fill")
    assert "nothing was written: --apply does it" in done.err
    assert fresh.shown("chr")["fields"].keys() == {"title", "author", "year"}


def test_it_is_written_in_the_words_of_the_entry_and_undone_in_one_step(fresh: Bibman) -> None:
    taken_in(fresh, BARE)
    done = fresh("identify", "--fill", "--apply")
    assert (done.code, done.err) == (0, "1 work of 1 entry found; 4 fields of 1 entry written\n")
    assert fresh.shown("chr")["fields"] == {
        "title": TITLE,
        "author": NAMES,
        "year": "2017",
        "booktitle": BOOK,
        "volume": "30",
        "eprint": "1706.03741",
        "archiveprefix": "arXiv",
        "primaryclass": "stat.ML",
        "doi": "10.48550/arXiv.1706.03741",
    }
    assert fresh("identify", "--fill").err == "1 work of 1 entry found; 0 fields of 0 entries can be written\n"
    assert fresh("undo").out == "undone: identify: completed 1 entry: chr\n"
    assert fresh.shown("chr")["fields"].keys() == {"title", "author", "year"}


def test_an_entry_of_biblatex_gets_the_names_of_biblatex(fresh: Bibman) -> None:
    taken_in(fresh, BARE.replace("year = 2017", "date = {2017}"))
    fresh("identify", "--fill", "--apply")
    fields = fresh.shown("chr")["fields"]
    assert fields["date"] == "2017"
    assert {"eprinttype", "eprintclass"} < fields.keys()
    assert {"year", "archiveprefix"}.isdisjoint(fields)


def test_what_says_otherwise_is_replaced_only_where_it_is_named(fresh: Bibman) -> None:
    text = BARE.replace("2017", "2018").replace("author", "volume = {29}, booktitle = {ICML}, author")
    taken_in(fresh, text)
    found = proposals(fresh)
    for name, present in (("date", "2018"), ("volume", "29"), ("booktitle", "ICML")):
        assert (found[name]["is"], found[name]["chosen"]) == ("says otherwise", False)
        assert [field["value"] for field in found[name]["present"]] == [present]
    done = fresh("identify", "--fill", "--apply", "--replace", "year,booktitle")
    assert "--replace FIELD takes that" in done.err
    fields = fresh.shown("chr")["fields"]
    assert (fields["year"], fields["booktitle"], fields["volume"]) == ("2017", BOOK, "29")
    fresh("undo")
    assert fresh.shown("chr")["fields"]["year"] == "2018"


def test_a_name_that_no_field_has_is_told(fresh: Bibman) -> None:
    taken_in(fresh, BARE)
    done = fresh("identify", "--fill", "--apply", "--replace", "yaer")
    assert (done.code, done.err) == (2, "bibman: no such field: yaer. Did you mean year?\n")
    assert fresh("identify", "--apply").code == 2
    assert fresh("identify", "--replace", "year").code == 2


def test_an_identifier_of_another_work_is_a_contradiction(fresh: Bibman) -> None:
    taken_in(fresh, "@misc{bees, title={On bees}, author={Bo, Jo}, year=2021, eprint={1706.03741}}")
    done = fresh("identify", "--fill", "--apply", "--json")
    (entry,) = json.loads(done.out)["entries"]
    assert (done.code, entry["proposals"]) == (4, [])
    assert entry["contradictions"] == [
        {"identifier": "arxiv:1706.03741", "provider": "seed", "title": TITLE, "differs": "other title"}
    ]
    assert fresh.shown("bees")["fields"].keys() == {"title", "author", "year", "eprint"}
    assert "bees: arxiv:1706.03741 is another work, says seed (other title)" in fresh("identify", "--fill").err


def test_a_work_with_a_wrong_number_is_found_by_its_title(fresh: Bibman) -> None:
    taken_in(fresh, BARE.replace("year", "eprint = {2302.07459}, year"))
    done = fresh("identify", "--fill", "--json")
    (entry,) = json.loads(done.out)["entries"]
    assert len(entry["contradictions"]) == 1
    found = {each["field"]: each for each in entry["proposals"]}
    assert (found["eprint"]["is"], written(found["eprint"])["eprint"]) == ("says otherwise", "1706.03741")
    assert found["booktitle"]["is"] == "missing"


NOT_FOUND = {
    "the year": BARE.replace("2017", "2009"),
    "the names": BARE.replace("Christiano, Paul", "Ott, Eve").replace("Leike", "Uhl").partition(" and Brown")[0]
    + "}, year = 2017}",
    "the title": BARE.replace("human", "animal"),
    "no year": BARE.replace(", year = 2017", ""),
}


@pytest.mark.parametrize("what", NOT_FOUND)
def test_without_an_identifier_title_name_and_year_must_agree(fresh: Bibman, what: str) -> None:
    taken_in(fresh, NOT_FOUND[what])
    assert fresh.json("identify", "--fill")["entries"] == []


def test_what_is_inherited_is_not_missing(fresh: Bibman) -> None:
    parent = f"@proceedings{{nips, title = {{{BOOK}}}, volume = 30, year = 2017}}\n"
    taken_in(fresh, BARE.replace("year = 2017", "year = 2017, crossref = {nips}") + parent)
    assert proposals(fresh, "chr").keys() == {"eprint", "doi"}


def test_the_type_of_a_misc_changes_only_where_it_is_told(fresh: Bibman) -> None:
    taken_in(fresh, BARE.replace("inproceedings", "misc"))
    found = proposals(fresh)
    assert (found["entrytype"]["is"], found["entrytype"]["chosen"]) == ("says otherwise", False)
    assert "booktitle" not in found
    fresh("identify", "--fill", "--apply", "--replace", "entrytype")
    entry = fresh.shown("chr")
    assert (entry["type"], entry["fields"]["booktitle"]) == ("inproceedings", BOOK)
    taken_in(fresh, BARE.replace("inproceedings{chr", "book{other").replace("2017", "2017, publisher={X}"))
    assert "entrytype" not in proposals(fresh, "other")


def test_a_preprint_is_told_that_it_was_published(fresh: Bibman) -> None:
    taken_in(fresh, BARE.replace("inproceedings", "misc").replace("year", "eprint = {1706.03741}, year"))
    done = fresh("identify", "--fill", "--apply")
    assert "chr has been published since: bibman update chr" in done.err
    assert {"booktitle", "volume", "doi"}.isdisjoint(fresh.shown("chr")["fields"])


def test_services_are_asked_where_it_is_said(fresh: Bibman, played: Playing) -> None:
    taken_in(fresh, f"@article{{w, title = {{{BEES}}}, doi = {{{DOI}}}, pages = {{7}}}}")
    abstract = "<jats:p>They dance &amp; cool 50% of it.</jats:p>"
    work = article(DOI, BEES, *WHO, abstract=abstract, publisher="Wax & Co.")
    played.answers.append((CROSSREF, f"/works/{DOI}", crossref(work)))
    assert fresh.json("identify", "--fill")["entries"] == []
    assert played.seen == []
    found = proposals(fresh, "--online")
    assert {name: each["is"] for name, each in found.items()} == {
        "author": "missing",
        "journaltitle": "missing",
        "date": "missing",
        "volume": "missing",
        "number": "missing",
        "pages": "says otherwise",
        "abstract": "missing",
    }
    assert (found["volume"]["provider"], found["volume"]["found_by"]) == ("Crossref", "doi")
    assert written(found["abstract"]) == {"abstract": r"They dance \& cool 50\% of it."}


def test_services_are_searched_for_what_has_no_identifier(fresh: Bibman, played: Playing) -> None:
    taken_in(fresh, f"@article{{w, title = {{{BEES}}}, author = {{Wabe, Ada and Bo, Jo}}, year = 2020}}")
    others = article("10.1000/2", f"{BEES}, revisited", "Eve Ott"), article("10.1000/3", BEES, "Eve Ott")
    played.answers.append((CROSSREF, "query.bibliographic", found(*others, article(DOI, BEES, *WHO))))
    found_fields = proposals(fresh, "--online", "w")
    assert written(found_fields["doi"]) == {"doi": DOI}
    assert (found_fields["doi"]["provider"], found_fields["doi"]["found_by"]) == ("Crossref", "title, name and year")
    assert {each.host for each in played.seen} == {CROSSREF}


def test_the_wrong_doi_is_told_and_the_right_one_shown(fresh: Bibman, played: Playing) -> None:
    taken_in(fresh, f"@article{{w, title={{{BEES}}}, author={{Ada Wabe and Jo Bo}}, year=2020, doi={{10.1000/wrong}}}}")
    played.answers += [
        (CROSSREF, "/works/10.1000/wrong", crossref(article("10.1000/wrong", "On zeros", "Eve Ott"))),
        (CROSSREF, "query.bibliographic", found(article(DOI, BEES, *WHO))),
    ]
    done = fresh("identify", "--fill", "--online", "--apply", "--json")
    (entry,) = json.loads(done.out)["entries"]
    assert (done.code, entry["contradictions"][0]["title"]) == (4, "On zeros")
    fields = fresh.shown("w")["fields"]
    assert (fields["doi"], fields["journal"]) == ("10.1000/wrong", "Journal of Tests")
    fresh("identify", "--fill", "--online", "--apply", "--replace", "doi")
    assert fresh.shown("w")["fields"]["doi"] == DOI


def test_nobody_who_answers_is_said_by_the_exit_code(fresh: Bibman, played: Playing) -> None:
    taken_in(fresh, f"@article{{w, title = {{{BEES}}}, doi = {{{DOI}}}}}")
    played.failure = "500"
    done = fresh("identify", "--fill", "--online")
    assert done.code == 5
    assert "Crossref is out of order (500)" in done.err
    played.seen.clear()
    assert fresh("--offline", "identify", "--fill", "--online").code == 0
    assert played.seen == []


def test_only_what_was_named_is_filled(fresh: Bibman) -> None:
    taken_in(fresh, BARE + BARE.replace("{chr", "{two"))
    fresh("identify", "--fill", "--apply", "two")
    assert "booktitle" not in fresh.shown("chr")["fields"]
    assert "booktitle" in fresh.shown("two")["fields"]
    assert fresh("identify", "--fill", "nobody").code == 3
    fresh("ingest", fresh.file("list.txt", "some words that nobody knows of anything\n"))
    unidentified = next(each["key"] for each in fresh.json("list") if not each["identified"])
    assert fresh("identify", "--fill", unidentified).code == 2


def test_a_preprint_and_its_publication_describe_one_entry(fresh: Bibman, played: Playing) -> None:
    number = "1901.00001"
    taken_in(fresh, f"@article{{w, title={{{BEES}}}, journal={{J. Tests}}, doi={{{DOI}}}, eprint={{{number}}}}}")
    played.answers += [
        (CROSSREF, f"/works/{DOI}", crossref(article(DOI, BEES, *WHO))),
        (ARXIV, number, feed(number, BEES, *WHO, year=2018)),
    ]
    found_fields = proposals(fresh, "--online")
    assert (written(found_fields["date"]), found_fields["date"]["provider"]) == ({"year": "2020"}, "Crossref")
    assert (written(found_fields["abstract"]), found_fields["abstract"]["provider"]) == (
        {"abstract": "We look at it."},
        "arXiv",
    )
    assert "journaltitle" not in found_fields


def test_what_was_retracted_is_warned_of_on_the_way(fresh: Bibman, played: Playing) -> None:
    taken_in(fresh, f"@article{{w, title = {{{BEES}}}, doi = {{{DOI}}}}}")
    notice = {"DOI": "10.1000/r", "type": "retraction", "updated": {"date-parts": [[2022]]}}
    played.answers.append((CROSSREF, f"/works/{DOI}", crossref(article(DOI, BEES, *WHO, updated_by=[notice]))))
    done = fresh("identify", "--fill", "--online")
    assert "bibman: warning: w: the work was retracted: 2022, doi:10.1000/r\n" in done.err
