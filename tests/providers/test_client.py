"""The polite client: who asks, how fast, how often, what it remembers, what it never tells, and when it is silent."""

import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any, NoReturn

import pytest

from bibman.errors import OfflineError, OutsideError
from bibman.model.identifiers import Identifier
from bibman.providers.fetch import retry_after
from bibman.providers.guard import is_public
from bibman.providers.http import Client
from bibman.providers.pace import Pace
from bibman.providers.registry import PROVIDERS, search_at
from bibman.providers.service import Access, Request, Service, UnreadableError
from tests.providers.actors import PACE, SERVICE, TIMES
from tests.providers.conftest import HASTE
from tests.providers.server import Playing
from tests.providers.test_faults import ASKED, asked, looked_up

ROOT = Path(__file__).parents[2]
KEY = "s3cr3t-k3y"
DOI = Identifier("doi", "10.1016/j.test.2019.01.001")
CROSSREF = Request(Service("Crossref", "api.crossref.org", 0.0), "/works/10.1016/j.test.2019.01.001")


def refused(body: bytes) -> NoReturn:
    raise UnreadableError(f"{len(body)} bytes of nothing")


def acting(what: str, folder: Path, server: Playing, name: str) -> "subprocess.Popen[bytes]":
    arguments = [what, str(folder), f"{server.address}/api.crossref.org", name]
    return subprocess.Popen([sys.executable, "-m", "tests.providers.actors", *arguments], cwd=ROOT)


# Who asks


def test_the_user_is_named_to_those_who_want_it(asks: Callable[..., Client], server: Playing) -> None:
    client = asks(access=Access("ada@example.org"))
    for provider in PROVIDERS:
        asked(client, provider)
    assert {each.headers["user-agent"].partition("/")[0] for each in server.seen} == {"bibman"}
    assert all("(mailto:ada@example.org)" in each.headers["user-agent"] for each in server.seen)
    told = {each.host for each in server.seen if "ada%40example.org" in each.target}
    assert told == {"api.crossref.org", "api.datacite.org", "api.openalex.org", "eutils.ncbi.nlm.nih.gov"}


def test_nobody_is_named_where_no_address_is_set(asks: Callable[..., Client], server: Playing) -> None:
    asked(asks(), "Crossref")
    assert "mailto" not in server.seen[0].target + server.seen[0].headers["user-agent"]
    assert "cookie" not in server.seen[0].headers


def test_a_key_goes_to_its_service_alone(asks: Callable[..., Client], server: Playing) -> None:
    client = asks(access=Access(keys={"Semantic Scholar": KEY, "OpenAlex": KEY, "PubMed": KEY}))
    for provider in PROVIDERS:
        asked(client, provider)
    in_header = {each.host for each in server.seen if KEY in each.headers.values()}
    in_target = {each.host for each in server.seen if f"api_key={KEY}" in each.target}
    assert in_header == {"api.semanticscholar.org"}
    assert in_target == {"api.openalex.org", "eutils.ncbi.nlm.nih.gov"}


@pytest.mark.parametrize(
    "failure", ["403", "500", "429", "html", "closed", "no http", "redirect in a circle", "truncated"]
)
@pytest.mark.parametrize("provider", ["OpenAlex", "Semantic Scholar"])
def test_a_key_is_in_no_message_and_no_file(
    asks: Callable[..., Client], server: Playing, tmp_path: Path, provider: str, failure: str, caplog: Any, capfd: Any
) -> None:
    access = Access(keys={provider: KEY})
    client = asks(access=access)
    server.failure = failure
    answer = asked(client, provider)
    server.failure = ""
    asked(asks(access=access), provider)
    out, err = capfd.readouterr()
    assert KEY not in f"{answer!r} {answer.problem} {access!r} {caplog.text} {out} {err}"
    assert out + err == ""
    assert caplog.records == []
    assert all(KEY.encode() not in file.read_bytes() for file in tmp_path.rglob("*") if file.is_file())


def test_a_key_is_not_sent_on_to_where_a_service_redirects(server: Playing) -> None:
    from bibman.providers.fetch import Fetcher

    fetcher = Fetcher("bibman", HASTE, {"a": server.address, "b": server.address.replace("127.0.0.1", "localhost")})
    server.failure = "redirect home"
    address = fetcher.address("a", "/api.crossref.org/works/10.1016/j.test.2019.01.001")
    fetcher.fetch("A", address, {}, {"X-Key": KEY})
    assert [each.headers.get("x-key") for each in server.seen] == [KEY, KEY]

    server.seen.clear()
    server.failure = "redirect to another place"
    fetcher.fetch("A", address, {}, {"X-Key": KEY})
    fetcher.close()
    assert [each.headers.get("x-key") for each in server.seen] == [KEY, None]


# How fast, and how often


def test_two_processes_keep_one_pace(tmp_path: Path, server: Playing) -> None:
    processes = [acting("ask_often", tmp_path, server, name) for name in ("a", "b")]
    assert [each.wait(60) for each in processes] == [0, 0]
    times = sorted(each.time for each in server.seen)
    assert len(times) == 2 * TIMES
    assert min(later - earlier for earlier, later in pairwise(times)) >= PACE


def test_a_service_that_is_busy_is_asked_again_when_it_says(asks: Callable[..., Client], server: Playing) -> None:
    server.failure, server.remaining = "429, in a second", 1
    assert asked(asks(), "Crossref").works
    first, second = (each.time for each in server.seen)
    assert second - first >= 1.0


@pytest.mark.parametrize("failure", ["500", "503", "429", "truncated", "closed", "no http"])
def test_what_may_pass_is_tried_again(asks: Callable[..., Client], server: Playing, failure: str) -> None:
    server.failure, server.remaining = failure, 1
    assert asked(asks(), "Crossref").works
    assert len(server.seen) == 2


@pytest.mark.parametrize("failure", ["400", "403", "404", "html", "endless body", "redirect to a private address"])
def test_what_does_not_pass_is_not_tried_again(asks: Callable[..., Client], server: Playing, failure: str) -> None:
    server.failure = failure
    assert not asked(asks(), "Crossref").works
    assert len(server.seen) == 1


@pytest.mark.parametrize("failure", ["429, in an hour", "429, at a date", "503, in an hour"])
def test_a_service_that_wants_to_be_left_alone_is_by_all(
    asks: Callable[..., Client], server: Playing, failure: str
) -> None:
    server.failure = failure
    assert "wants no request for 3" in str(asked(asks(), "Crossref").problem)
    server.failure = ""
    assert "wants no request for 3" in str(asked(asks(), "Crossref").problem)
    assert len(server.seen) == 1
    assert asked(asks(), "DataCite").works


def test_a_machine_that_cannot_be_reached_is_not_tried_again(
    asks: Callable[..., Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    resolved: list[object] = []

    def resolve(host: object, *_: object, **__: object) -> NoReturn:
        resolved.append(host)
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    client = asks(origins={})
    said = [str(looked_up(client, "Crossref", Identifier("doi", f"10.1000/{n}")).problem) for n in range(5)]
    assert said[0] == (
        "Crossref cannot be reached: no address for api.crossref.org: Name or service not known. Try again later"
    )
    assert "several times" in said[-1]
    assert resolved == ["api.crossref.org"] * 3


def test_a_service_that_never_answers_is_given_up(asks: Callable[..., Client], server: Playing) -> None:
    client = asks()
    server.failure = "500"
    for number in range(5):
        looked_up(client, "Crossref", Identifier("doi", f"10.1000/{number}"))
    assert len(server.seen) == 3 * HASTE.attempts
    server.failure = ""
    assert "several times" in str(asked(client, "Crossref").problem)
    assert asked(client, "DataCite").works
    assert asked(asks(), "Crossref").works


def test_the_limit_that_a_service_tells_is_kept(asks: Callable[..., Client], server: Playing) -> None:
    server.failure = "rate limit"
    client = asks()
    for path in ("/works/10.1016/j.test.2019.01.001", "/works/10.1101/2018.01.01.123456"):
        client(replace(CROSSREF, path=path), len)
    first, second = (each.time for each in server.seen)
    assert second - first >= 0.25


def test_a_host_that_others_ask_is_waited_for_no_longer_than_there_is_patience(tmp_path: Path) -> None:
    with (
        Pace(tmp_path, 5.0).slot("a.example", "A", 0.0),
        pytest.raises(OutsideError, match="A is being asked by other processes"),
        Pace(tmp_path, 0.05).slot("a.example", "A", 0.0),
    ):
        pass
    with Pace(tmp_path, 0.05).slot("a.example", "A", 0.0), Pace(tmp_path, 0.05).slot("b.example", "B", 0.0):
        pass


@pytest.mark.parametrize("written", ["nonsense", "", "nan", "inf", "1e300", "-5", "4102444800"])
def test_a_pace_that_nobody_can_mean_is_none(tmp_path: Path, written: str) -> None:
    (tmp_path / "a.example.next").write_text(written)
    started = time.monotonic()
    with Pace(tmp_path, 5.0).slot("a.example", "A", 0.01):
        assert time.monotonic() - started < 5.0
    assert float((tmp_path / "a.example.next").read_text()) <= time.time() + 1


@pytest.mark.parametrize(
    ("said", "least", "most"),
    [("0", 0, 0), (" 120 ", 120, 120), ("Fri, 31 Dec 1999 23:59:59 GMT", 0, 0), ("9" * 40, 1e39, 1e40)],
)
def test_retry_after_is_read(said: str, least: float, most: float) -> None:
    found = retry_after({"retry-after": said})
    assert found is not None
    assert least <= found <= most


@pytest.mark.parametrize("said", ["", "soon", "-1", "1.5", "²", "9" * 400, "Fri, 99 Foo 2026"])
def test_retry_after_that_means_nothing_is_none(said: str) -> None:
    assert retry_after({"retry-after": said}) in (None, float("inf"))


def test_whoever_stops_bibman_waits_for_nobody(tmp_path: Path, server: Playing) -> None:
    server.failure = "no answer"
    process = acting("ask_two", tmp_path, server, "x")
    while len(server.seen) < 2:
        assert process.poll() is None
        time.sleep(0.01)
    process.send_signal(signal.SIGINT)
    # Less than the patience for one answer.
    assert process.wait(10) == -signal.SIGINT


# What is remembered


def test_nobody_is_asked_the_same_twice(asks: Callable[..., Client], server: Playing) -> None:
    first = {provider: asked(asks(), provider) for provider in PROVIDERS}
    requests = len(server.seen)
    assert {provider: asked(asks(), provider) for provider in PROVIDERS} == first
    assert {provider: asked(asks(offline=True), provider) for provider in PROVIDERS} == first
    assert len(server.seen) == requests


def test_an_address_or_a_key_makes_no_other_question(asks: Callable[..., Client], server: Playing) -> None:
    asked(asks(access=Access("ada@example.org", {"OpenAlex": KEY})), "OpenAlex")
    asked(asks(), "OpenAlex")
    assert len(server.seen) == 1


def test_that_there_is_nothing_is_remembered_for_less_long(
    asks: Callable[..., Client], server: Playing, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = asks()
    unknown = Identifier("doi", "10.1000/unknown")
    assert looked_up(client, "Crossref", unknown).works == ()
    assert asked(client, "Crossref").works
    assert search_at(client, "arXiv", "title", "nothing of the kind").works == ()
    assert len(server.seen) == 3

    def again() -> int:
        server.seen.clear()
        looked_up(client, "Crossref", unknown)
        asked(client, "Crossref")
        search_at(client, "arXiv", "title", "nothing of the kind")
        return len(server.seen)

    now = time.time()
    assert again() == 0
    monkeypatch.setattr("bibman.providers.cache.time.time", lambda: now + 2 * 3600)
    assert again() == 1
    monkeypatch.setattr("bibman.providers.cache.time.time", lambda: now + 30 * 3600)
    assert again() == 2
    monkeypatch.setattr("bibman.providers.cache.time.time", lambda: now + 8 * 24 * 3600 + 30 * 3600)
    assert again() == 3


def test_what_cannot_be_read_is_not_remembered(asks: Callable[..., Client], server: Playing) -> None:
    client = asks()
    with pytest.raises(OutsideError, match=r"what Crossref answered is \d+ bytes of nothing"):
        client(CROSSREF, refused)
    assert client(CROSSREF, len)
    assert len(server.seen) == 2


def test_what_another_version_remembered_and_this_one_cannot_read_is_asked_again(
    asks: Callable[..., Client], server: Playing
) -> None:
    client = asks()
    assert client(CROSSREF, len)
    with pytest.raises(OutsideError):
        client(CROSSREF, refused)
    assert len(server.seen) == 2


def test_an_answer_outlives_the_process_that_asked(tmp_path: Path, server: Playing) -> None:
    path = "works/10.1016/j.test.2019.01.001"
    assert acting("ask_and_die", tmp_path, server, path).wait(60) == 9
    with Client(tmp_path, offline=True) as client:
        assert client(Request(SERVICE, f"/{path}"), len)


@pytest.mark.parametrize("damage", [b"", b"no database", b"SQLite format 3\0" + b"\xff" * 4096])
def test_a_damaged_memory_is_an_empty_one(
    asks: Callable[..., Client], tmp_path: Path, server: Playing, damage: bytes
) -> None:
    (tmp_path / "online").mkdir()
    (tmp_path / "online" / "answers.sqlite").write_bytes(damage)
    assert asked(asks(), "Crossref").works
    assert asked(asks(), "Crossref").works
    assert len(server.seen) == 1


def test_a_folder_that_cannot_be_made_is_no_obstacle(asks: Callable[..., Client], tmp_path: Path) -> None:
    (tmp_path / "a file").touch()
    assert asked(asks("a file/online"), "Crossref").works


def test_what_is_too_old_is_forgotten(
    asks: Callable[..., Client], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert asked(asks(), "Crossref").works
    now = time.time()
    monkeypatch.setattr("bibman.providers.cache.time.time", lambda: now + 30 * 24 * 3600)
    Client(tmp_path / "online").close()
    with sqlite3.connect(tmp_path / "online" / "answers.sqlite") as connection:
        assert connection.execute("SELECT count(*) FROM answer").fetchone() == (0,)
    connection.close()


# When it is silent, and where it never goes


@pytest.mark.parametrize("provider", PROVIDERS)
def test_offline_opens_no_socket(
    asks: Callable[..., Client], server: Playing, provider: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def opened(*_: object, **__: object) -> NoReturn:
        raise AssertionError("a socket was opened")

    for name in ("socket", "create_connection", "getaddrinfo"):
        monkeypatch.setattr(socket, name, opened)
    answer = asked(asks(offline=True), provider)
    assert isinstance(answer.problem, OfflineError)
    assert answer.problem.exit_code == 5
    assert provider in str(answer.problem)
    assert server.seen == []


PUBLIC = ["1.1.1.1", "93.184.216.34", "2606:2800:220:1:248:1893:25c8:1946", "64:ff9b::1.1.1.1", "::ffff:1.1.1.1"]
PRIVATE = [
    "0.0.0.0",  # noqa: S104 - nothing is bound to it
    "10.0.0.1",
    "100.64.0.1",
    "127.0.0.1",
    "169.254.169.254",
    "172.16.0.1",
    "192.168.1.1",
    "224.0.0.1",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "fc00::1",
    "fe80::1%eth0",
    "ff02::1",
    "::ffff:127.0.0.1",
    "64:ff9b::10.0.0.1",
    "2002:7f00:1::",
]


@pytest.mark.parametrize("address", PUBLIC)
def test_an_address_of_the_internet_is_public(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize("address", PRIVATE)
def test_an_address_of_this_machine_or_network_is_not_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", PRIVATE)
def test_a_name_that_leads_to_a_private_address_is_not_asked(
    asks: Callable[..., Client], address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def resolved(*_: object, **__: object) -> list[Any]:
        # One of them is enough.
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (each, 443)) for each in ("1.1.1.1", address)]

    monkeypatch.setattr(socket, "getaddrinfo", resolved)
    monkeypatch.setattr("httpcore2.SyncBackend.connect_tcp", lambda *_, **__: pytest.fail("it was connected"))
    answer = asked(asks(origins={}), "Crossref")
    assert str(answer.problem) == "Crossref is not asked: api.crossref.org leads to an address that is not public"


def test_a_proxy_of_the_environment_is_used(
    asks: Callable[..., Client], server: Playing, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", server.address)
    monkeypatch.setenv("NO_PROXY", "doi.org")
    # The server is no proxy: it says so of the CONNECT that comes to it.
    assert "Crossref does not answer: 501" in str(asked(asks(origins={}), "Crossref").problem)
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: [(0, 0, 0, "", ("10.0.0.1", 443))])
    assert "not public" in str(asked(asks(origins={}), "doi.org").problem)
    monkeypatch.setenv("HTTPS_PROXY", "socks5://127.0.0.1:1")
    assert "the proxy" in str(asked(asks(origins={}), "DataCite").problem)


def test_every_question_is_one_that_the_server_knows() -> None:
    assert ASKED.keys() | {"DBLP"} == PROVIDERS.keys()
