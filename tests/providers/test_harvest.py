"""Harvesting: what changed on arXiv comes into a catalogue, whole, once, and whatever happens on the way."""

import os
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from bibman.errors import ConflictError, OfflineError, OutsideError, UsageError
from bibman.formats.arxiv_dump import read_arxiv
from bibman.model.identifiers import Identifier
from bibman.model.names import Name
from bibman.providers.catalogue import Catalogue
from bibman.providers.catalogue_format import unpack_record
from bibman.providers.fetch import Patience
from bibman.providers.harvest import HarvestReport, Step, harvest
from bibman.providers.harvest_spool import Spool, spool_file
from bibman.providers.http import Client
from bibman.providers.oai import SERVICE, read_page, set_name
from bibman.providers.service import UnreadableError
from tests.providers.actors import NOW, SETS, SINCE
from tests.providers.conftest import HASTE
from tests.providers.repository import OAI_ERRORS, error_of
from tests.providers.server import FAILURES, SLOW, WORKS, Playing

ROOT = Path(__file__).parents[2]


def harvested(ask: Client, target: Path, sets: list[str] | None = None, since: str | None = SINCE) -> HarvestReport:
    return harvest(ask, target, SETS if sets is None else sets, since, NOW)


def content(path: Path) -> dict[str, str]:
    """The titles of the works in a catalogue, by their ids."""
    connection = sqlite3.connect(path)
    assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    rows = [unpack_record(packed).texts for (packed,) in connection.execute("SELECT record FROM work")]
    connection.close()
    found = {texts["eprint"]: texts["title"] for texts in rows}
    assert len(found) == len(rows)
    return found


def marks(path: Path) -> dict[str, str]:
    with Catalogue.open(path) as catalogue:
        return dict(catalogue.info.harvested)


def expected(server: Playing) -> dict[str, str]:
    return {
        each.number: each.title for each in server.repository.records if each.changed >= SINCE and not each.is_deleted
    }


def left(folder: Path) -> list[str]:
    return sorted(each.name for each in folder.glob(".*"))


# What comes


def test_all_that_changed_since_a_day_comes_once(asks: Callable[..., Client], server: Playing, tmp_path: Path) -> None:
    target = tmp_path / "new" / "arxiv.catalogue"
    report = harvested(asks(), target)
    assert content(target) == expected(server)
    assert (report.works, report.added, report.refreshed, report.removed) == (25, 25, 0, 0)
    assert [(each.name, each.since, each.until) for each in report.sets] == [
        ("cs", SINCE, "2024-03-05"),
        ("math", SINCE, "2024-03-05"),
    ]
    assert (report.problem, report.rejected, report.went_on) == (None, 0, 0)
    assert left(target.parent) == []
    with Catalogue.open(target) as catalogue:
        assert catalogue.info.harvested == {"cs": "2024-03-05", "math": "2024-03-05"}
        assert (catalogue.info.works, catalogue.info.sources) == (25, ("oaipmh.arxiv.org",))
        (work,) = catalogue.lookup_identifier(Identifier("arxiv", "2302.00004"))
        assert catalogue.search(["keyboards", "2302", "00004"], 5) == [work.record]
    assert work.record.texts == {
        "title": "Work 4 & more",
        "date": "2023-02-01",
        "eprint": "2302.00004",
        "eprinttype": "arxiv",
        "eprintclass": "cs.CL",
        "doi": "10.1000/2302.00004",
        "addendum": "J. Keys 3 (2024) 1",
        "abstract": "Of 2302.00004 it is shown that α cats sleep on warm keyboards.",
    }
    assert work.record.names["author"] == (Name("Enk", "S. J.", "van"), Name("Balázs", "C.", "", "Jr."))


def test_a_record_is_that_of_the_dump(server: Playing) -> None:
    (_, record), *_ = read_page(
        server.repository.answer("?verb=ListRecords&metadataPrefix=arXiv&set=cs&from=2024")
    ).records
    line = {
        "id": "2302.00000",
        "title": "Work 0 & more",
        "doi": "10.1000/2302.00000",
        "journal-ref": "J. Keys 3 (2024) 1",
        "categories": "cs.CL math.CO",
        "abstract": "  Of 2302.00000 it is\nshown that $\\alpha$ cats sleep on warm keyboards.\n",
        "versions": [{"version": "v1", "created": "Wed, 1 Feb 2023 19:18:42 GMT"}],
        "authors_parsed": [["van Enk", "S. J.", ""], ["Balázs", "C.", "Jr."]],
    }
    assert record == read_arxiv(line)


def test_months_are_asked_for_one_by_one(asks: Callable[..., Client], server: Playing, tmp_path: Path) -> None:
    steps: list[Step] = []
    harvest(asks(), tmp_path / "arxiv.catalogue", ["cs"], SINCE, NOW, steps.append)
    firsts = [each.target for each in server.seen if "metadataPrefix" in each.target]
    assert [target.partition("from=")[2] for target in firsts] == [
        "2024-01-10&until=2024-01-31&set=cs",
        "2024-02-01&until=2024-02-29&set=cs",
        "2024-03-01&set=cs",
    ]
    assert [(each.since, each.done, each.total) for each in steps[:2]] == [("2024-01-10", 3, 4), ("2024-01-10", 4, 4)]


def test_nothing_is_asked_for_before_there_was_anything(
    asks: Callable[..., Client], server: Playing, tmp_path: Path
) -> None:
    server.failure = "badArgument"
    with pytest.raises(OutsideError, match="arXiv does not list cs: So says badArgument"):
        harvested(asks(), tmp_path / "arxiv.catalogue", ["cs"], "1991-08-14")
    assert "from=2005-09-16&until=2005-09-30" in server.seen[0].target


# What is new


def test_the_next_harvest_goes_on_a_day_before_the_last(
    asks: Callable[..., Client], server: Playing, tmp_path: Path
) -> None:
    target = tmp_path / "arxiv.catalogue"
    harvested(asks(), target)
    server.seen.clear()
    server.repository.change("2302.00000", title="A better title", changed="2024-03-06")
    server.repository.change("2302.00001", is_deleted=True, changed="2024-03-06")
    server.repository.change("2302.90000", changed="2024-03-06")
    server.repository.day = "2024-03-07"
    report = harvest(asks(), target, [], None, "2024-03-07T00:00:00Z")
    assert all("from=2024-03-04&set=" in each.target for each in server.seen if "metadataPrefix" in each.target)
    assert (report.works, report.added, report.refreshed, report.removed) == (25, 1, 1, 1)
    assert content(target) == expected(server)
    assert marks(target) == {"cs": "2024-03-07", "math": "2024-03-07"}


def test_a_set_without_news_is_up_to_date(asks: Callable[..., Client], server: Playing, tmp_path: Path) -> None:
    target = tmp_path / "arxiv.catalogue"
    harvested(asks(), target)
    server.failure = "noRecordsMatch"
    report = harvest(asks(), target, [], None, NOW)
    assert (report.problem, report.works, report.added, report.pages) == (None, 25, 0, 2)
    assert [each.is_unknown for each in report.sets] == [False, False]


def test_a_set_that_never_had_a_record_is_not_remembered(asks: Callable[..., Client], tmp_path: Path) -> None:
    target = tmp_path / "arxiv.catalogue"
    report = harvested(asks(), target, ["sc"])
    assert [(each.name, each.is_unknown) for each in report.sets] == [("sc", True)]
    assert not target.exists()
    assert left(tmp_path) == []


def test_arxivs_clock_counts_and_is_not_believed_beyond_today(
    asks: Callable[..., Client], server: Playing, tmp_path: Path
) -> None:
    for day, mark in (("2024-03-04", "2024-03-04"), ("2099-01-01", "2024-03-05"), ("soon", "2024-03-05")):
        server.repository.day = day
        harvested(asks(), tmp_path / f"{day}.catalogue", ["cs"])
        assert marks(tmp_path / f"{day}.catalogue") == {"cs": mark}


def test_it_must_be_said_what_comes_first(asks: Callable[..., Client], server: Playing, tmp_path: Path) -> None:
    target = tmp_path / "arxiv.catalogue"
    with pytest.raises(UsageError, match="--set cs"):
        harvested(asks(), target, [])
    with pytest.raises(UsageError, match="cs was not harvested into this catalogue yet"):
        harvested(asks(), target, ["cs"], None)
    assert server.seen == []
    assert left(tmp_path) == []


# What happens on the way


@pytest.mark.parametrize(
    "place", [*(f"page-{number}" for number in range(1, 13)), "writing-1", "writing-3", "writing-7"]
)
def test_a_killed_harvest_goes_on_and_ends_as_an_unbroken_one(
    asks: Callable[..., Client], server: Playing, tmp_path: Path, place: str
) -> None:
    target = tmp_path / "catalogues" / f"{place}.catalogue"
    program = [sys.executable, "-m", "tests.providers.actors", "harvest_and_die", str(tmp_path / "online")]
    address = f"{server.address}/{SERVICE.host}"
    assert subprocess.run([*program, address, str(target)], cwd=ROOT, check=False).returncode == -signal.SIGKILL
    assert not target.exists()
    asked = len(server.seen)
    report = harvest(asks(), target, [], None, NOW)
    assert content(target) == expected(server)
    assert report.went_on == 2
    assert marks(target) == {"cs": "2024-03-05", "math": "2024-03-05"}
    assert len({each.target for each in server.seen}) == len(server.seen)
    assert (asked == len(server.seen)) == place.startswith("writing")
    assert left(target.parent) == []


def test_an_old_token_begins_the_window_again(asks: Callable[..., Client], server: Playing, tmp_path: Path) -> None:
    target = tmp_path / "arxiv.catalogue"

    def aged(_: Step) -> None:
        server.repository.age = 1

    assert harvest(asks(), target, SETS, SINCE, NOW, aged).problem is None
    assert content(target) == expected(server)
    firsts = [each.target for each in server.seen if "until=2024-01-31&set=cs" in each.target]
    assert len(firsts) == 2


def test_one_that_is_killed_while_arxiv_answers_goes_on(
    asks: Callable[..., Client], server: Playing, tmp_path: Path
) -> None:
    target, right, asked = tmp_path / "page-99.catalogue", server.repository.answer, threading.Event()

    def silent(target: str) -> bytes:
        if len(server.seen) == 5:
            asked.set()
            time.sleep(1)
        return right(target)

    server.repository.answer = silent  # type: ignore[method-assign]
    program = [sys.executable, "-m", "tests.providers.actors", "harvest_and_die", str(tmp_path / "online")]
    with subprocess.Popen([*program, f"{server.address}/{SERVICE.host}", str(target)], cwd=ROOT) as process:
        assert asked.wait(60)
        with pytest.raises(ConflictError, match="is being harvested by another process"):
            harvested(asks(), target)
        process.kill()
    server.repository.answer = right  # type: ignore[method-assign]
    before = len(server.seen)
    assert harvested(asks(), target).went_on == 2
    assert server.seen[before].target == server.seen[before - 1].target
    assert content(target) == expected(server)


def test_a_token_that_is_always_too_old_ends_the_harvest(
    asks: Callable[..., Client], server: Playing, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target, right = tmp_path / "arxiv.catalogue", server.repository.answer

    def forgetful(asked: str) -> bytes:
        return error_of("badResumptionToken") if "resumptionToken" in asked else right(asked)

    monkeypatch.setattr(server.repository, "answer", forgetful)
    report = harvested(asks(), target)
    assert str(report.problem).startswith("arXiv does not list cs: So says badResumptionToken")
    assert (report.pages, report.works) == (3, 3)
    monkeypatch.undo()
    assert harvested(asks(), target).problem is None
    assert content(target) == expected(server)


HARMLESS = {*(failure for failure, comes in FAILURES.items() if comes == WORKS), "noRecordsMatch"}
BROKEN = [failure for failure in (*FAILURES, *OAI_ERRORS, "empty feed") if failure not in HARMLESS]


def patience(failure: str) -> Patience:
    return replace(HASTE, read=0.05, whole=0.05) if failure in SLOW else replace(HASTE, turn=0.1)


@pytest.mark.parametrize("failure", BROKEN)
def test_where_nothing_comes_nothing_is_left(
    asks: Callable[..., Client], server: Playing, tmp_path: Path, failure: str
) -> None:
    server.failure = failure
    with pytest.raises(OutsideError, match="arXiv"):
        harvested(asks(patience=patience(failure)), tmp_path / "arxiv.catalogue")
    assert [path.name for path in tmp_path.iterdir()] == ["online"]


@pytest.mark.parametrize("failure", BROKEN)
def test_a_failure_on_the_way_costs_nothing_that_came(
    asks: Callable[..., Client], server: Playing, tmp_path: Path, failure: str
) -> None:
    target = tmp_path / "arxiv.catalogue"

    def fail(_: Step) -> None:
        server.failure = failure

    report = harvest(asks(patience=patience(failure)), target, SETS, SINCE, NOW, fail)
    assert "arXiv" in str(report.problem)
    assert "\n" not in str(report.problem)
    assert (report.pages, report.works, [each.until for each in report.sets]) == (1, 3, ["", ""])
    assert content(target).items() < expected(server).items()
    assert marks(target) == {}
    server.failure = ""
    report = harvest(asks("another folder"), target, [], None, NOW)
    assert (report.problem, report.went_on) == (None, 2)
    assert content(target) == expected(server)
    assert left(tmp_path) == []


@pytest.mark.parametrize("failure", sorted(HARMLESS - {"noRecordsMatch"}))
def test_what_looks_like_a_failure_may_be_none(
    asks: Callable[..., Client], server: Playing, tmp_path: Path, failure: str
) -> None:
    server.failure = failure
    assert harvested(asks(), tmp_path / "arxiv.catalogue").problem is None
    assert content(tmp_path / "arxiv.catalogue") == expected(server)


@pytest.mark.parametrize("kind", ["the same page", "an empty page", "always another token"])
def test_a_list_that_does_not_end_is_left(
    asks: Callable[..., Client], server: Playing, tmp_path: Path, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    target, right = tmp_path / "arxiv.catalogue", server.repository.answer
    first = right("?verb=ListRecords&metadataPrefix=arXiv&set=cs&from=2024-01-01&until=2024-01-31")
    head, _, _ = first.partition(b"<resumptionToken")
    count = 0

    def endless(_: str) -> bytes:
        nonlocal count
        count += 1
        token = b"<resumptionToken>%s</resumptionToken>" % (str(count).encode() if "always" in kind else b"1|2")
        body = head.partition(b"<record>")[0] if count > 1 and kind == "an empty page" else head
        return body + token + b"</ListRecords></OAI-PMH>"

    monkeypatch.setattr(server.repository, "answer", endless)
    report = harvested(asks(), target)
    assert "repeats itself" in str(report.problem)
    assert report.pages == 2
    monkeypatch.undo()
    assert harvested(asks(), target).problem is None
    assert content(target) == expected(server)


def test_two_at_once_are_refused(asks: Callable[..., Client], server: Playing, tmp_path: Path) -> None:
    target = tmp_path / "arxiv.catalogue"
    with Spool.open(target), pytest.raises(ConflictError, match="arxiv is being harvested by another process"):
        harvested(asks(), target)
    assert server.seen == []
    assert harvested(asks(), target).problem is None


def test_offline_nothing_is_asked(asks: Callable[..., Client], server: Playing, tmp_path: Path) -> None:
    with pytest.raises(OfflineError):
        harvested(asks(offline=True), tmp_path / "arxiv.catalogue")
    assert server.seen == []
    assert left(tmp_path) == []


def test_a_damaged_spool_is_named(asks: Callable[..., Client], tmp_path: Path) -> None:
    target = tmp_path / "arxiv.catalogue"
    spool_file(target).write_bytes(os.urandom(9000))
    with pytest.raises(Exception, match=r"arxiv\.catalogue\.harvest is damaged"):
        harvested(asks(), target)


def test_pages_are_not_remembered_and_share_the_turns_of_arxiv(asks: Callable[..., Client], tmp_path: Path) -> None:
    harvested(asks(), tmp_path / "arxiv.catalogue")
    connection = sqlite3.connect(tmp_path / "online" / "answers.sqlite")
    assert connection.execute("SELECT count(*) FROM answer").fetchall() == [(0,)]
    connection.close()
    assert (tmp_path / "online" / "export.arxiv.org.next").exists()
    assert not (tmp_path / "online" / "oaipmh.arxiv.org.next").exists()


# What is read


def test_a_record_that_is_none_is_told_and_the_others_come(
    asks: Callable[..., Client], server: Playing, tmp_path: Path
) -> None:
    server.repository.change("2302.00006", title=" ")
    server.repository.change("2302.00002", title="A form feed\x0c in it")
    report = harvested(asks(), tmp_path / "arxiv.catalogue", ["cs"])
    assert report.problem is None
    assert report.first_rejected == ("oai:arXiv.org:2302.00006: no title",)
    found = content(tmp_path / "arxiv.catalogue")
    assert "2302.00006" not in found
    assert found["2302.00002"] == "A form feed in it"


def test_a_page_in_another_format_is_none() -> None:
    page = b"<OAI-PMH><ListRecords><record><header/><metadata><dc/></metadata></record></ListRecords></OAI-PMH>"
    with pytest.raises(UnreadableError, match="nothing in arXiv's format"):
        read_page(page)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("cs", "cs"),
        ("cs.AI", "cs:cs:AI"),
        ("hep-th", "physics:hep-th"),
        ("astro-ph.GA", "physics:astro-ph:GA"),
        ("physics:hep-th", "physics:hep-th"),
        ("cs:cs:AI", "cs:cs:AI"),
        ("cs.AI.B", None),
        ("c s", None),
        ("", None),
    ],
)
def test_what_a_set_is_called(text: str, name: str | None) -> None:
    assert set_name(text) == name
