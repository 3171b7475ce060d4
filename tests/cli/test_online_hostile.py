"""What people do to a command that asks, without or with intent: odd scraps, odd settings, damaged folders."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.cli.calling import Bibman
from tests.cli.test_online_faults import is_sound
from tests.providers.server import Playing

RSA = "10.1145/359340.359342"
DEEP = "10.1038/nature14539"
CITING = (
    "We extend Adam (arXiv:1412.6980) to bananas. The banana is a curved fruit that many people like to eat and that"
    " grows in clusters near the top of tropical plants, and adaptive moments let it be peeled in linear time."
)
LSTM = "Hochreiter, S. and Schmidhuber, J. (1997). Long short-term memory. Neural Computation, 9(8):1735-1780."


def only(bibman: Bibman, *arguments: str) -> dict[str, Any]:
    """What is told of the one passage of a call."""
    ((passage,),) = [each["passages"] for each in json.loads(bibman(*arguments, "--json").out)["sources"]]
    found: dict[str, Any] = passage
    return found


def test_two_identifiers_of_two_works_wait_for_a_person(fresh: Bibman, world: Playing) -> None:
    assert only(fresh, "add", f"{RSA} {DEEP}")["verdict"] == "waiting"
    (waiting,) = fresh.json("review", "list")
    assert waiting["text"] == f"{RSA} {DEEP}"
    assert [each["identifiers"] for each in waiting["candidates"]] == [[f"doi:{RSA}"], [f"doi:{DEEP}"]]
    assert [each.target for each in world.seen] == [f"/works/{RSA}", f"/works/{DEEP}"]
    assert fresh("review", "accept", waiting["key"], "2").code == 0
    assert fresh.keys() == ["lecun2015deep"]


def test_a_text_with_ten_thousand_identifiers_asks_for_a_few(fresh: Bibman, world: Playing) -> None:
    text = " ".join(f"10.1145/{number}.{number + 1}" for number in range(3_000_000, 3_010_000))
    done = fresh("add", "-", input=text)
    assert done.code == 4
    assert len({each.target for each in world.seen}) == 5 * 5
    assert is_sound(fresh)
    (entry,) = fresh.json("list")
    assert fresh.shown(entry["key"])["fields"]["abstract"] == text


def test_an_abstract_that_cites_a_work_is_not_that_work(fresh: Bibman, world: Playing) -> None:
    assert only(fresh, "add", CITING)["verdict"] == "waiting"
    assert [entry["identified"] for entry in fresh.json("list")] == [False]
    assert world.seen


def test_the_isbn_in_a_reference_may_be_the_proceedings(fresh: Bibman, world: Playing) -> None:
    assert only(fresh, "add", f"{LSTM} ISBN 9780511804441")["key"] == "hochreiter1997long"
    assert any("isbn" in each.target for each in world.seen)


def test_a_work_that_is_here_by_its_doi_is_found_by_its_title(fresh: Bibman, world: Playing) -> None:
    assert only(fresh, "add", "10.1109/CVPR.2016.90")["verdict"] == "identified"
    assert only(fresh, "add", "Deep Residual Learning for Image Recognition")["verdict"] == "already here"
    assert len(fresh.keys()) == 1
    assert world.seen


def test_a_title_that_two_works_have_waits(fresh: Bibman, world: Playing, tmp_path: Path) -> None:
    world.folder = Path(shutil.copytree(world.folder, tmp_path / "answers"))
    file = world.folder / "crossref-search-lecun.json"
    answer = json.loads(file.read_text(encoding="utf-8"))
    other = {**answer["message"]["items"][-1], "DOI": "10.1000/other", "author": [{"family": "Else", "given": "S."}]}
    answer["message"]["items"].insert(0, other)
    file.write_text(json.dumps(answer), encoding="utf-8")
    title = "Gradient-based learning applied to document recognition"
    assert only(fresh, "add", title)["verdict"] == "waiting"
    assert only(fresh, "add", f"LeCun et al. {title}, 1998")["key"] == "lecun1998gradient"


def test_a_retracted_work_is_added_with_a_warning(fresh: Bibman, played: Playing) -> None:
    done = fresh("add", "10.1016/j.test.2019.01.001")
    assert done.code == 0
    warned = "“Cooling of CO₂ by the Drosophila method & others: p < 0.05”: the work was retracted: 2020-02-03, "
    assert f"bibman: warning: {warned}doi:10.1016/j.test.2020.02.002, Retraction\n" in done.err
    fresh("undo")
    told = json.loads(fresh("add", "10.1016/j.test.2019.01.001", "31452104", "--json").out)["retracted"]
    assert told == [
        {
            "title": "Cooling of CO₂ by the Drosophila method & others: p < 0.05",
            "identifiers": ["doi:10.1016/j.test.2019.01.001"],
            "notice": "doi:10.1016/j.test.2020.02.002",
            "date": "2020-02-03",
            "text": "Retraction",
        },
        {
            "title": "Simulating Evolution in H₂O: a review",
            "identifiers": ["doi:10.1007/978-1-4939-9074-0_21", "pmid:31452104", "pmcid:PMC1234567"],
            "notice": "pmid:32000001",
            "date": None,
            "text": "Methods Mol Biol. 2020;1:1",
        },
    ]
    assert "retracted" not in fresh("add", "arXiv:1706.03762").err
    assert played.seen


def test_a_retraction_is_told_whoever_says_so(fresh: Bibman, world: Playing, tmp_path: Path) -> None:
    world.folder = Path(shutil.copytree(world.folder, tmp_path / "answers"))
    file = world.folder / "openalex-ioannidis.json"
    file.write_text(file.read_text("utf-8").replace('"is_retracted": false', '"is_retracted": true'), "utf-8")
    done = fresh("add", "PMC1182327")
    assert done.err.count("“Why Most Published Research Findings Are False”: the work was retracted") == 1
    assert fresh.shown("ioannidis2005why")["origins"][0]["evidence"]["provider"] == "Crossref"


@pytest.mark.parametrize(("name", "options"), [("BIBMAN_ONLINE", []), ("BIBMAN_OFFLINE", ["--online"])])
def test_a_switch_that_is_neither_on_nor_off_is_refused(
    fresh: Bibman, world: Playing, name: str, options: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, "nonsense")
    done = fresh("ingest", *options, fresh.file("list.txt", RSA))
    assert (done.code, world.seen) == (2, [])
    assert done.err == f"bibman: {name}: neither true nor false: nonsense. Write `true` or `false`\n"
    assert is_sound(fresh)


GARBAGE = bytes(range(256)) * 20


@pytest.mark.parametrize("name", ["answers.sqlite", "api.crossref.org.lock", "api.crossref.org.next"])
@pytest.mark.parametrize("damage", ["garbage", "a folder", "nothing"])
def test_a_damaged_folder_of_answers_keeps_nobody_from_asking(
    fresh: Bibman, world: Playing, name: str, damage: str
) -> None:
    place = fresh.home / "cache" / "bibman" / "online" / name
    place.parent.mkdir(parents=True)
    if damage == "a folder":
        place.mkdir()
    else:
        place.write_bytes(GARBAGE if damage == "garbage" else b"")
    done = fresh("add", RSA)
    is_stopped = (name, damage) == ("api.crossref.org.lock", "a folder")
    assert done.code == (4 if is_stopped else 0), done
    assert f"{place} cannot be used" in done.err if is_stopped else "warning" not in done.err
    assert world.seen
    assert is_sound(fresh)


def test_a_cache_that_cannot_be_written_keeps_nobody_from_asking(fresh: Bibman, world: Playing) -> None:
    Path(fresh.home, "cache").write_text("a file")
    done = fresh("add", RSA)
    assert (done.code, "warning" in done.err) == (0, False)
    assert world.seen
