"""Papers added by whatever names them, from the command line and from lists of scraps."""

import json
from typing import Any

import pytest

from tests.cli.calling import SEED, Bibman, works
from tests.storage.looking import content, operations

KNOWN = works()[0]


def passages(bibman: Bibman, *arguments: str, **options: Any) -> list[dict[str, Any]]:
    """What became of the passages of a call."""
    found: list[dict[str, Any]] = json.loads(bibman(*arguments, "--json", **options).out)["sources"][0]["passages"]
    return found


@pytest.mark.parametrize(
    "scrap",
    [
        KNOWN["eprint"],
        f"arXiv:{KNOWN['eprint']}v1",
        f"https://arxiv.org/abs/{KNOWN['eprint']}",
        f"https://doi.org/10.48550/arXiv.{KNOWN['eprint']}",
        KNOWN["title"],
        KNOWN["abstract"][:200],
    ],
)
def test_what_a_catalogue_knows_comes_in_whole(fresh: Bibman, scrap: str) -> None:
    done = fresh("add", scrap)
    assert done.code == 0, done
    verdict, _, _, key, title = done.out.rstrip("\n").split("\t")
    assert (verdict, title) == ("identified", KNOWN["title"])
    assert fresh.shown(key)["fields"]["eprint"] == KNOWN["eprint"]


@pytest.mark.parametrize(
    ("scrap", "query", "fields"),
    [
        ("10.1234/UNKNOWN", "doi:10.1234/unknown", {"doi": "10.1234/unknown"}),
        ("hep-th/9901001v2", "arxiv:hep-th/9901001", {"eprint": "hep-th/9901001", "eprinttype": "arxiv"}),
        ("978-0-262-03384-8", "isbn:9780262033848", {"isbn": "9780262033848"}),
        ("https://pubmed.ncbi.nlm.nih.gov/31234567/", "pmid:31234567", {"pmid": "31234567"}),
        ("https://openreview.net/pdf?id=aB_1", "url:openreview", {"url": "https://openreview.net/forum?id=aB_1"}),
    ],
)
def test_what_nobody_knows_is_kept_with_its_identifier(
    fresh: Bibman, scrap: str, query: str, fields: dict[str, str]
) -> None:
    done = fresh("add", scrap)
    assert done.code == 4
    assert done.err.splitlines()[-1] == "1 passage: 1 not found; 1 unidentified"
    assert done.out.startswith(f"not found\t0\t{'' if 'url' in fields else 'identifier'}\t")
    (entry,) = fresh.json("list", query)
    assert (entry["type"], entry["identified"]) == ("misc", False)
    assert fresh.shown(entry["key"])["fields"] == fields


def test_an_identifier_stands_where_a_title_would(fresh: Bibman) -> None:
    fresh("add", "doi:10.1234/unknown")
    assert fresh("list").out.split("\t")[3] == "“DOI 10.1234/unknown”"


def test_one_work_named_in_several_ways_is_one_entry(fresh: Bibman) -> None:
    found = passages(fresh, "add", "10.1234/unknown", "https://doi.org/10.1234/Unknown", "2302.07459v1", "2302.07459")
    assert [each["verdict"] for each in found] == ["not found", "already here", "identified", "already here"]
    assert len(fresh.keys()) == 2


def test_an_identifier_of_an_entry_of_the_library_finds_it(fresh: Bibman) -> None:
    fresh("new", "article", "--key", "mine", "--set", "title=Mine", "--set", "doi=10.1234/mine")
    (found,) = passages(fresh, "add", "https://doi.org/10.1234/MINE")
    assert (found["verdict"], found["key"], found["stage"]) == ("already here", "mine", "identifier")


def test_an_entry_known_by_its_identifier_alone_becomes_the_work_that_comes_in(fresh: Bibman) -> None:
    work = {"type": "article", "title": "Bees on the Roof of the Library", "doi": "10.1234/bees", "date": "2021"}
    (unknown,) = passages(fresh, "add", "10.1234/bees", "--tag", "bees")
    path = fresh.file("works.jsonl", json.dumps(work | {"author": [{"family": "Honig"}]}))
    fresh("catalogue", "build", path)
    (found,) = passages(fresh, "add", work["title"])
    assert (found["verdict"], found["key"]) == ("identified", "honig2021bees")
    entry = fresh.shown("honig2021bees")
    assert (entry["aliases"], entry["tags"]) == ([unknown["key"]], ["bees"])
    assert fresh.keys() == ["honig2021bees"]


def test_identify_finds_what_the_library_has_meanwhile(fresh: Bibman) -> None:
    (unknown,) = passages(fresh, "add", "10.1234/mine")
    fresh("note", "add", unknown["key"], "Read this")
    fresh("ingest", fresh.file("refs.bib", "@article{mine, title = {Mine}, doi = {10.1234/mine}}"))
    assert fresh("identify").out.split("\t")[1:] == ["identified", "100", "mine\n"]
    entry = fresh.shown("mine")
    assert (entry["aliases"], [note["text"] for note in entry["notes"]]) == ([unknown["key"]], ["Read this"])


def test_identify_passes_over_what_is_identified_in_a_query(seeded: Bibman) -> None:
    (unknown,) = passages(seeded, "add", "10.1234/mine")
    done = seeded("identify", "-q", "year:2000.. or doi:10.1234/mine")
    assert (done.code, done.err) == (4, "0 of 1 identified\n")
    assert seeded("identify", seeded.keys()[0]).code == 2
    assert unknown["key"] in done.out


def test_lines_of_standard_input_are_scraps_each(fresh: Bibman) -> None:
    found = passages(fresh, "add", "-", "10.1234/third", input="2302.07459\n\n10.1234/second\n")
    assert [each["opening"] for each in found] == ["2302.07459", "10.1234/second", "10.1234/third"]


def test_adding_is_one_operation_that_is_undone(fresh: Bibman) -> None:
    fresh("add", "10.1234/first")
    before = content(fresh.library)
    assert fresh("add", "2302.07459", "10.1234/second", "--tag", "a,b").code == 4
    assert operations(fresh.library)[-1][:2] == ("add", "read command line: 2 new entries; tagged 2 entries a, b")
    assert fresh("undo").code == 0
    assert content(fresh.library) == before


def test_a_dry_run_writes_nothing(fresh: Bibman) -> None:
    done = fresh("add", "2302.07459", "--dry-run")
    assert (done.code, done.err) == (0, "1 passage: 1 identified (nothing was written)\n")
    assert not fresh.library.exists()


def test_blanks_are_nothing_to_add(fresh: Bibman) -> None:
    done = fresh("add", " ", "")
    assert done.code == 2
    assert done.err.startswith("bibman: nothing to add.")
    assert not fresh.library.exists()


SCRAPS = "\n".join(
    [
        "DOIs:",
        "doi:10.1234/first",
        "https://doi.org/10.1234/second",
        "",
        "hep-th/9901001v1",
        "2302.07459",
        "PMID: 31234567",
        "isbn 978-0-262-03384-8",
        "https://aclanthology.org/2020.acl-main.1/",
        "https://openreview.net/forum?id=aB_1",
        KNOWN["title"],
        f"Somebody et al. (2023). {KNOWN['title']}. arXiv.",
        KNOWN["abstract"][:150] + "...",
    ]
)


def test_a_list_of_mixed_scraps_is_read_line_by_line(fresh: Bibman) -> None:
    path = fresh.file("scraps.txt", SCRAPS)
    found = passages(fresh, "ingest", path)
    assert [each["line"] for each in found] == [2, 3, *range(5, 14)]
    assert [each["verdict"] for each in found].count("not found") == 7
    assert {each["key"] for each in found if each["identified"]} == {found[3]["key"]}
    before = content(fresh.library, history=True)
    assert {each["verdict"] for each in passages(fresh, "ingest", path)} == {"already here"}
    assert content(fresh.library, history=True) == before
    assert [row[0] for row in operations(fresh.library)] == ["ingest"]


def test_a_list_that_is_read_once_more_with_scraps_between_asks_only_for_these(fresh: Bibman) -> None:
    fresh("ingest", str(SEED))
    path = fresh.file("scraps.txt", SCRAPS)
    fresh("ingest", path)
    fresh.file("scraps.txt", f"{SCRAPS}\n10.1234/third\n")
    assert [each["verdict"] for each in passages(fresh, "ingest", path)] == ["already here"] * 11 + ["not found"]
