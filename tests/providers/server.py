"""A server that stands for all services: it plays what they answer, and every way in which they fail.

Each host is a folder of it, as `http://127.0.0.1:8000/api.crossref.org/works/…`, so that one server plays them all.
"""

import gzip
import json
import threading
import time
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.utils import formatdate
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import NamedTuple
from urllib.parse import unquote_plus

from tests.providers.goldens import ANSWERS
from tests.providers.repository import EMPTY_LIST, OAI_ERRORS, Repository, error_of

HOSTS = (
    "export.arxiv.org",
    "api.crossref.org",
    "api.datacite.org",
    "doi.org",
    "api.openalex.org",
    "api.semanticscholar.org",
    "dblp.org",
    "eutils.ncbi.nlm.nih.gov",
    "openlibrary.org",
    "oaipmh.arxiv.org",
)

Parts = tuple[tuple[str, str, str], ...]
"""What stands in a question, after its host, and the answer to it, a file; the first that fits."""

PLAYED: Parts = (
    ("export.arxiv.org", "id_list=1706.03762,hep-th/9901001", "arxiv-two.xml"),
    ("export.arxiv.org", "id_list=1706.03762", "arxiv-id.xml"),
    ("export.arxiv.org", 'ti:"attention is all you need"', "arxiv-id.xml"),
    ("export.arxiv.org", 'abs:"the dominant sequence', "arxiv-id.xml"),
    ("export.arxiv.org", "id_list=hep-th/9901001", "arxiv-withdrawn.xml"),
    ("export.arxiv.org", "", "arxiv-empty.xml"),
    ("api.crossref.org", "/works/10.1016/j.test.2019.01.001", "crossref-article.json"),
    ("api.crossref.org", "/works/10.1101/2018.01.01.123456", "crossref-preprint.json"),
    ("api.crossref.org", "/works/10.1016/j.test.2020.02.002", "crossref-notice.json"),
    ("api.crossref.org", "filter=isbn:9780521833783", "crossref-isbn.json"),
    ("api.crossref.org", "filter=isbn:9780511804441", "crossref-isbn.json"),
    ("api.crossref.org", "query.bibliographic", "crossref-search.json"),
    ("api.datacite.org", "/dois/10.5281/zenodo.1234567", "datacite-zenodo.json"),
    ("api.datacite.org", "/dois/10.48550/arxiv.1706.03762", "datacite-arxiv.json"),
    ("doi.org", "/10.2777/x", "doi-org.json"),
    ("api.openalex.org", "/works/doi:10.7717/peerj.4375", "openalex-work.json"),
    ("api.openalex.org", "search", "openalex-search.json"),
    ("api.semanticscholar.org", "/search/match", "semantic-scholar-match.json"),
    ("api.semanticscholar.org", "/graph/v1/paper/arxiv:1706.03762", "semantic-scholar-paper.json"),
    ("dblp.org", "/search/publ/api", "dblp-search.json"),
    ("eutils.ncbi.nlm.nih.gov", "esearch", "pubmed-search.json"),
    ("eutils.ncbi.nlm.nih.gov", "id=31452104", "pubmed-article.xml"),
    ("openlibrary.org", "isbn:9780201134483", "open-library-book.json"),
    ("openlibrary.org", "/search.json", "open-library-search.json"),
)

EMPTY = {
    "export.arxiv.org": (ANSWERS / "arxiv-empty.xml").read_bytes(),
    "api.crossref.org": b'{"status": "ok", "message": {"items": []}}',
    "api.datacite.org": b'{"data": []}',
    "doi.org": b"{}",
    "api.openalex.org": b'{"meta": {}, "results": []}',
    "api.semanticscholar.org": b'{"data": []}',
    "dblp.org": b'{"result": {"hits": {"@total": "0"}}}',
    "eutils.ncbi.nlm.nih.gov": b"<PubmedArticleSet></PubmedArticleSet>",
    "openlibrary.org": b"{}",
}
BOMB = (
    b'<?xml version="1.0"?><!DOCTYPE feed [<!ENTITY a "ha">'
    + b"".join(b'<!ENTITY %c "&%c;&%c;&%c;&%c;">' % (n, *[n - 1] * 4) for n in range(ord("b"), ord("z")))
    + b"]><feed><entry><title>&y;</title></entry></feed>"
)
STEALING = b'<!DOCTYPE feed [<!ENTITY a SYSTEM "file:///etc/passwd">]><feed><entry><title>&a;</title></entry></feed>'
PAGE = b"<!DOCTYPE html><html><head><title>Sign in to the network</title></head><body><p>Welcome<br></body></html>"

PROBLEM, NOTHING, WORKS = "a problem", "nothing found", "works"
FAILURES = {
    "404": NOTHING,
    "410": NOTHING,
    "400": PROBLEM,
    "403": PROBLEM,
    "429": PROBLEM,
    "429, in 0 seconds": PROBLEM,
    "429, in an hour": PROBLEM,
    "429, at a date": PROBLEM,
    "429, nonsense": PROBLEM,
    "500": PROBLEM,
    "503": PROBLEM,
    "503, in an hour": PROBLEM,
    "204": PROBLEM,
    "418": PROBLEM,
    "no answer": PROBLEM,
    "slow head": PROBLEM,
    "slow body": PROBLEM,
    "endless body": PROBLEM,
    "endless head": PROBLEM,
    "large length": PROBLEM,
    "truncated": PROBLEM,
    "cut off": PROBLEM,
    "empty body": PROBLEM,
    "wrong type": WORKS,
    "wrong charset": WORKS,
    "html": PROBLEM,
    "bad json": PROBLEM,
    "bad xml": PROBLEM,
    "json list": PROBLEM,
    "deep json": PROBLEM,
    "deep xml": PROBLEM,
    "entity bomb": PROBLEM,
    "entity of a file": PROBLEM,
    "invalid utf-8": PROBLEM,
    "other encoding": PROBLEM,
    "bad gzip": PROBLEM,
    "gzip bomb": PROBLEM,
    "no http": PROBLEM,
    "closed": PROBLEM,
    "redirect to a private address": PROBLEM,
    "redirect to a local name": PROBLEM,
    "redirect without tls": PROBLEM,
    "redirect to a file": PROBLEM,
    "redirect to nonsense": PROBLEM,
    "redirect to nowhere": PROBLEM,
    "redirect in a circle": PROBLEM,
    "redirect home": WORKS,
}
"""Every failure that is played for every service, and what must come of it."""

SLOW = frozenset({"no answer", "slow head", "slow body"})
"""Those that only the client's patience ends."""

_STATUS_ONLY = {
    "429": (429, None),
    "429, in 0 seconds": (429, "0"),
    "429, in an hour": (429, "3600"),
    "429, in a second": (429, "1"),
    "429, nonsense": (429, "soon"),
    "503": (503, None),
    "503, in an hour": (503, "3600"),
}
_BODIES = {
    "empty body": b"",
    "html": PAGE,
    "bad json": b'{"message": {"items": [{"DOI": "10.1',
    "bad xml": b"<feed><entry><title>A</entry></feed>",
    "json list": b"[1, 2]",
    "deep json": b'{"a":' * 100_000,
    "deep xml": b"<feed>" * 100_000,
    "entity bomb": BOMB,
    "entity of a file": STEALING,
}
_REDIRECTS = {
    "redirect to a private address": "https://169.254.169.254/latest/meta-data/",
    "redirect to a local name": "https://localhost/",
    "redirect without tls": "http://example.org/",
    "redirect to a file": "file:///etc/passwd",
    "redirect to nonsense": "https://[::/",
}


class Seen(NamedTuple):
    """A request that came: when, to which host, for what, and with which headers by lower-case name."""

    time: float
    host: str
    target: str
    headers: dict[str, str]


@dataclass
class Playing:
    """A server that plays: `failure` is the one that it plays now, `seen` what was asked, `remaining` how often yet.

    Only `failing` hosts fail, and not before `sound` requests more. `parts` are what it answers, by files of `folder`.
    `answers` go before those that are always played: a host, what stands in the question, and the answer to it.
    """

    address: str
    seen: list[Seen]
    failure: str = ""
    remaining: float = float("inf")
    failing: Collection[str] = HOSTS
    sound: int = 0
    parts: Parts = PLAYED
    folder: Path = ANSWERS
    repository: Repository = field(default_factory=Repository)
    answers: list[tuple[str, str, bytes]] = field(default_factory=list)

    @property
    def origins(self) -> dict[str, str]:
        """Where each host is played."""
        return {host: f"{self.address}/{host}" for host in HOSTS}

    def fails(self, host: str) -> str:
        """The failure to play for the next request."""
        self.sound -= 1
        if host not in self.failing or self.sound >= 0:
            return ""
        self.remaining -= 1
        return self.failure if self.remaining >= 0 else ""

    def golden(self, host: str, target: str) -> bytes | None:
        """What a service answers to a question."""
        if host == "oaipmh.arxiv.org":
            return self.repository.answer(target)
        asked = unquote_plus(target).lower()
        for played, part, body in self.answers:
            if played == host and part.lower() in asked:
                return body
        for played, part, name in self.parts:
            if played == host and part in asked:
                return (self.folder / name).read_bytes()
        return None


@cache
def _bomb() -> bytes:
    return gzip.compress(b" " * (32 << 20))


@contextmanager
def playing() -> Iterator[Playing]:
    """A server on this machine, for as long as the `with` lasts."""
    server = _Server(("127.0.0.1", 0), _Handler)
    server.playing = Playing(f"http://127.0.0.1:{server.server_port}", [])
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield server.playing
    finally:
        server.stopped.set()
        server.shutdown()
        server.server_close()
        thread.join()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    playing: Playing

    def __init__(self, address: tuple[str, int], handler: type[BaseHTTPRequestHandler]) -> None:
        super().__init__(address, handler)
        self.stopped = threading.Event()

    def handle_error(self, request: object, client_address: object) -> None:
        """Says nothing of clients that hang up: that is what they are to do."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the interface of the class above
        """Says nothing."""

    def do_GET(self) -> None:
        """Answers as the service would, or fails as it is told to."""
        arrived = time.time()
        _, host, rest = self.path.split("/", 2)
        target = f"/{rest}"
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.server.playing.seen.append(Seen(arrived, host, target, headers))
        if rest.startswith("home/"):
            self._answer(self.server.playing.golden(host, target.removeprefix("/home")))
        elif failure := self.server.playing.fails(host):
            self._fail(failure, host, target)
        else:
            self._answer(self.server.playing.golden(host, target))

    def _answer(self, body: bytes | None, status: int = 200, type_: str = "", **headers: str) -> None:
        if body is None:
            body, status = b'{"error": "no such thing"}', 404
        self.send_response(status)
        self.send_header("Content-Type", type_ or ("application/json" if body[:1] == b"{" else "application/xml"))
        self.send_header("Content-Length", str(len(body)))
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def _fail(self, failure: str, host: str, target: str) -> None:
        right = self.server.playing.golden(host, target) or b"{}"
        if failure in OAI_ERRORS:
            self._answer(error_of(failure))
        elif failure in _BODIES:
            self._answer(_BODIES[failure])
        elif failure in _STATUS_ONLY:
            status, after = _STATUS_ONLY[failure]
            self._answer(PAGE, status, **({} if after is None else {"Retry_After": after}))
        elif failure == "429, at a date":
            self._answer(PAGE, 429, Retry_After=formatdate(time.time() + 3600, usegmt=True))
        elif failure == "empty feed":
            self._answer(EMPTY.get(host, EMPTY_LIST))
        elif failure.isdigit():
            self._answer(b"" if failure == "204" else PAGE, int(failure))
        elif failure in _REDIRECTS:
            self._answer(b"", 302, Location=_REDIRECTS[failure])
        elif failure == "redirect to nowhere":
            self._answer(b"", 302)
        elif failure == "redirect in a circle":
            self._answer(b"", 302, Location=self.path)
        elif failure == "redirect to another place":
            place = self.server.playing.address.replace("127.0.0.1", "localhost")
            self._answer(b"", 302, Location=f"{place}/{host}/home{target}")
        elif failure == "rate limit":
            self._answer(right, X_Rate_Limit_Limit="4", X_Rate_Limit_Interval="1s")
        elif failure == "redirect home":
            self._answer(b"", 302, Location=f"/{host}/home{target}")
        elif failure == "wrong type":
            self._answer(right, type_="image/png")
        elif failure == "wrong charset":
            self._answer(right, type_="application/json; charset=utf-16")
        elif failure == "invalid utf-8":
            self._answer(right.replace(b"e", b"\xff"))
        elif failure == "other encoding":
            self._answer(right.decode().replace('encoding="UTF-8"', "").replace("e", "é").encode("cp1252", "replace"))
        elif failure == "bad gzip":
            self._answer(right, Content_Encoding="gzip")
        elif failure == "gzip bomb":
            self._answer(_bomb(), Content_Encoding="gzip")
        else:
            self._fail_below(failure, right)

    def _fail_below(self, failure: str, right: bytes) -> None:
        """Fails by what is no answer of HTTP, or none that ends."""
        self.close_connection = True
        head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n"
        half = right[: len(right) // 2]
        if failure == "no answer":
            self.server.stopped.wait(20)
        elif failure == "slow head":
            self._drip(head + b"X-A: " + b"a" * 10_000)
        elif failure == "slow body":
            self._drip(head + b"\r\n" + json.dumps("a" * 10_000).encode(), at_once=len(head) + 2)
        elif failure == "endless body":
            self._pour(head + b"\r\n", b" " * 65536)
        elif failure == "endless head":
            self._pour(head, b"X-A: " + b"a" * 4096 + b"\r\n")
        elif failure == "large length":
            self.wfile.write(head + b"Content-Length: 99999999999999\r\n\r\n" + right)
        elif failure == "truncated":
            self.wfile.write(head + b"Content-Length: %d\r\n\r\n" % len(right) + half)
        elif failure == "cut off":
            self.wfile.write(head + b"\r\n" + half)
        elif failure == "no http":
            self.wfile.write(b"SSH-2.0-OpenSSH_9.6\r\n")
        elif failure != "closed":
            raise LookupError(failure)

    def _drip(self, said: bytes, at_once: int = 0) -> None:
        self.wfile.write(said[:at_once])
        for byte in said[at_once:]:
            self.wfile.write(bytes([byte]))
            self.wfile.flush()
            if self.server.stopped.wait(0.02):
                return

    def _pour(self, head: bytes, piece: bytes) -> None:
        self.wfile.write(head)
        while not self.server.stopped.is_set():
            self.wfile.write(piece)
