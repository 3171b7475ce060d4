"""One request over HTTP: sent, redirected, bounded, and its failures turned into sentences."""

import re
import threading
from collections.abc import Mapping
from dataclasses import dataclass, replace
from email.utils import parsedate_to_datetime
from time import time
from typing import NamedTuple
from urllib.parse import urljoin, urlsplit
from urllib.request import getproxies, proxy_bypass

import httpcore2
import httpx2

from bibman.errors import OutsideError
from bibman.providers.guard import GuardedTransport, PrivateAddressError, is_public

LARGEST_BODY = 8 << 20
LARGEST_BULK = 64 << 20
MOST_REDIRECTS = 5
_NETWORK = (
    httpx2.HTTPError,
    httpx2.StreamError,
    httpcore2.NetworkError,
    httpcore2.ProtocolError,
    httpcore2.ProxyError,
    httpcore2.UnsupportedProtocol,
    httpcore2.ConnectionNotAvailable,
)
_TIME = (httpx2.TimeoutException, httpcore2.TimeoutException)


@dataclass(frozen=True, slots=True)
class Patience:
    """How long is waited, in seconds.

    `connect` and `read` bound one step, `whole` one request with its answer. It is made up to `attempts` times, with
    at least `pause` between; `turn` bounds each wait that the pace or a service that is busy asks for. `pace` is how
    many times its own pace a service is given: less than 1 is for servers of one's own.
    """

    connect: float = 10.0
    read: float = 15.0
    whole: float = 40.0
    attempts: int = 3
    pause: float = 1.0
    turn: float = 60.0
    pace: float = 1.0

    def for_bulk(self) -> "Patience":
        """How long a page of thousands of works is waited for, by somebody who has hours to go."""
        return replace(self, read=4 * self.read, whole=6 * self.whole, attempts=2 * self.attempts, turn=10 * self.turn)


class PassingError(OutsideError):
    """A failure that may pass; `after` says when, in seconds, where the service says it."""

    def __init__(self, message: str, advice: str = "", after: float | None = None) -> None:
        super().__init__(message, advice)
        self.after = after


class UnreachableError(OutsideError):
    """There is no way to a service, or none that ends: another attempt would only take as long again."""


class Reply(NamedTuple):
    """A whole answer: its status, its headers by lower-case name, and its body without compression."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class Fetcher:
    """Fetches from public addresses alone, and from the `origins` of a test.

    `origins` maps a host to the address that stands for it, as `http://127.0.0.1:8000/crossref`. No answer may have
    more than `largest` bytes.
    """

    def __init__(self, agent: str, patience: Patience, origins: Mapping[str, str], largest: int = LARGEST_BODY) -> None:
        self._agent = agent
        self._patience = patience
        self._largest = largest
        self._origins = origins
        self._trusted = frozenset(filter(None, map(_place, origins.values())))
        self._lock = threading.Lock()
        self._carriers: dict[str | None, tuple[GuardedTransport, httpx2.Client]] = {}

    def address(self, host: str, path: str) -> str:
        """The address at which a host is asked."""
        return self._origins.get(host, f"https://{host}") + path

    def fetch(self, name: str, address: str, headers: Mapping[str, str], secret: Mapping[str, str]) -> Reply:
        """The answer at an address, wherever it leads; `name` is what messages call the service.

        The `secret` headers are sent to the place of the address alone, nowhere that it may lead. Raises PassingError
        where another attempt may help, UnreachableError where there is no way to it, else OutsideError.
        """
        first = _place(address)
        for _ in range(MOST_REDIRECTS + 1):
            extra = secret if _place(address) == first else {}
            reply = self._carried(name, address, {**headers, **extra})
            if not (300 <= reply.status < 400):
                return reply
            target = reply.headers.get("location", "")
            if not target:
                raise OutsideError(f"{name} redirects to nowhere")
            try:
                address = urljoin(address, target)
                allowed = self._may_follow(address)
            except ValueError:
                allowed = False
            if not allowed:
                raise OutsideError(
                    f"{name} redirects to an address that is not public, or not https", "It is not asked"
                )
        raise OutsideError(f"{name} redirects in a circle")

    def close(self) -> None:
        """Closes every connection."""
        for _, client in self._carriers.values():
            client.close()

    def _may_follow(self, address: str) -> bool:
        """Whether a redirect may be followed. Raises ValueError for what is no address."""
        if _place(address) in self._trusted:
            return True
        parts = urlsplit(address)
        if parts.scheme != "https" or not parts.hostname:
            return False
        try:
            return is_public(parts.hostname)
        except ValueError:
            return True  # a name: where it leads is seen when it is connected

    def _carried(self, name: str, address: str, headers: Mapping[str, str]) -> Reply:
        try:
            transport, client = self._carrier(address)
            with (
                transport.within(self._patience.whole),
                client.stream("GET", address, headers=dict(headers)) as answer,
            ):
                body = bytearray()
                for piece in answer.iter_bytes():
                    body += piece
                    if len(body) > self._largest:
                        raise OutsideError(f"{name} answers more than {self._largest >> 20} MB")
                return Reply(answer.status_code, dict(answer.headers), bytes(body))
        except (httpcore2.ConnectError, httpcore2.ConnectTimeout) as error:
            raise UnreachableError(f"{name} cannot be reached: {_reason(error)}", "Try again later") from None
        except PrivateAddressError as error:
            raise OutsideError(f"{name} is not asked: {error.message}") from None
        except _TIME:
            raise UnreachableError(f"{name} takes too long to answer", "Try again later") from None
        except _NETWORK as error:
            raise PassingError(f"{name} does not answer: {_reason(error)}", "Try again later") from None
        except (httpx2.InvalidURL, ValueError, OSError):
            raise OutsideError(f"{name} cannot be asked: the address or the proxy is wrong") from None

    def _carrier(self, address: str) -> tuple[GuardedTransport, httpx2.Client]:
        """What carries requests to an address: directly, or by the proxy that the environment names for it."""
        parts = urlsplit(address)
        proxy = None
        if _place(address) not in self._trusted and not proxy_bypass(parts.hostname or ""):
            proxies = getproxies()
            proxy = proxies.get(parts.scheme) or proxies.get("all")
        if proxy is not None and "://" not in proxy:
            proxy = f"http://{proxy}"
        if proxy is not None and urlsplit(proxy).scheme not in ("http", "https"):
            raise OutsideError("the proxy that the environment names is not of HTTP", "Name one that is in HTTPS_PROXY")
        with self._lock:
            if proxy not in self._carriers:
                transport = GuardedTransport(self._trusted, proxy)
                timeout = httpx2.Timeout(self._patience.read, connect=self._patience.connect)
                client = httpx2.Client(
                    transport=transport, timeout=timeout, trust_env=False, headers={"User-Agent": self._agent}
                )
                self._carriers[proxy] = transport, client
            return self._carriers[proxy]


def _reason(error: Exception) -> str:
    """What an error of the network says, for people."""
    said = re.sub(r"\[Errno -?\d+\] ", "", " ".join(str(error).split()))
    return said[:200] or type(error).__name__


def retry_after(headers: Mapping[str, str]) -> float | None:
    """The seconds for which a service wants to be left alone (RFC 9110, 10.2.3), or None where it does not say."""
    said = headers.get("retry-after", "").strip()
    try:
        return max(0.0, float(said)) if said.isascii() and said.isdigit() else _until(said)
    except (ValueError, OverflowError):
        return None


def _until(said: str) -> float | None:
    return max(0.0, parsedate_to_datetime(said).timestamp() - time()) if said else None


def _place(address: str) -> tuple[str, int] | None:
    parts = urlsplit(address)
    port = parts.port or {"http": 80, "https": 443}.get(parts.scheme)
    return None if parts.hostname is None or port is None else (parts.hostname, port)
