"""The one polite client: it asks rarely, slowly and by name, and remembers what it was told.

What it costs to talk over HTTP is imported only when somebody is asked whose answer is not remembered.
"""

import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from types import TracebackType
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import quote, urlencode

from bibman import __version__
from bibman.errors import OfflineError, OutsideError
from bibman.providers.cache import Cache
from bibman.providers.pace import Pace
from bibman.providers.service import Access, Request, Service, UnreadableError

if TYPE_CHECKING:
    from bibman.providers.fetch import Fetcher, Patience, Reply

T = TypeVar("T")

DAY = 24 * 60 * 60.0
FOUND_FOR = 7 * DAY
UNKNOWN_FOR = 1 * DAY
# Some services say so of what they do know, when they have too much to do.
NOTHING_FOUND_FOR = DAY / 24
# A host that so often in a row did not answer is not asked again by this client.
MOST_FAILURES = 3
# What there must be room for on the disk.
_ROOM = 1 << 15


class Client:
    """Asks services for one user. Any number of threads may share it; use it in a `with`, or close it.

    `folder` holds the answers and the pace, and is shared by all processes; where it cannot be written, or its disk is
    full, one that goes away is used. Where `offline`, only what is remembered is answered, and no connection is opened.
    """

    def __init__(
        self,
        folder: Path,
        access: Access | None = None,
        *,
        offline: bool = False,
        patience: "Patience | None" = None,
        origins: Mapping[str, str] | None = None,
    ) -> None:
        self._access = access or Access()
        self._offline = offline
        self._given_patience = patience
        self._origins = origins or {}
        self._passing: TemporaryDirectory[str] | None = None
        self._folder = self._writable(folder)
        self._cache = Cache(self._folder / "answers.sqlite")
        self._lock = threading.Lock()
        self._fetchers: dict[bool, Fetcher] = {}
        self._failures: dict[str, int] = {}

    def __enter__(self) -> "Client":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Closes the connections and the file of answers."""
        for fetcher in self._fetchers.values():
            fetcher.close()
        self._cache.close()
        if self._passing is not None:
            self._passing.cleanup()

    def __call__(self, request: Request, read: Callable[[bytes], T]) -> T | None:
        """What `read` makes of the answer to a request, remembered or new; None where the service knows no such thing.

        An answer is remembered only once it was read, so that what a service says in its bad hours is not; one to a
        request for bulk never is. Raises
        OfflineError where it would have to be asked and must not, and OutsideError where there is no answer, or none
        that can be read.
        """
        name = request.service.name
        kept = None if request.bulk else self._cache.get(_question(request))
        if kept is not None:
            try:
                return None if kept[0] is None else read(kept[0])
            except UnreadableError:
                pass  # another version of bibman could read it; it is asked again
        if self._offline:
            raise OfflineError(f"{name} is not asked, for bibman is offline")
        body = self._asked(request)
        if body is None:
            self._remember(request, None, UNKNOWN_FOR)
            return None
        try:
            found = read(body)
        except UnreadableError as error:
            raise OutsideError(f"what {name} answered is {error}") from None
        self._remember(request, body, FOUND_FOR if found else NOTHING_FOUND_FOR)
        return found

    def _remember(self, request: Request, body: bytes | None, lifetime: float) -> None:
        if not request.bulk:
            self._cache.put(_question(request), body, lifetime)

    def _asked(self, request: Request) -> bytes | None:
        """The body of an answer, asked for as often as it takes; None where there is no such thing."""
        import stamina
        from stamina.instrumentation import set_on_retry_hooks

        from bibman.providers.fetch import PassingError, UnreachableError

        host = request.service.host
        if self._failures.get(host, 0) >= MOST_FAILURES:
            raise OutsideError(f"{request.service.name} did not answer several times", "It is not asked any more now")
        # They would print what was asked.
        set_on_retry_hooks(())
        patience = self._patience(request)

        def may_pass(error: Exception) -> bool | float:
            if not isinstance(error, PassingError):
                return False
            return True if error.after is None else error.after <= patience.turn and error.after

        body = None
        try:
            for attempt in stamina.retry_context(
                on=may_pass,
                attempts=patience.attempts,
                timeout=None,
                wait_initial=patience.pause,
                wait_max=patience.turn,
                wait_jitter=patience.pause,
            ):
                with attempt:
                    body = self._asked_once(request)
        except (PassingError, UnreachableError):
            self._failures[host] = self._failures.get(host, 0) + 1
            raise
        self._failures.pop(host, None)
        return body

    def _asked_once(self, request: Request) -> bytes | None:
        from bibman.providers.fetch import retry_after

        service = request.service
        fetcher, patience = self._opened(request), self._patience(request)
        parameters, secret = list(request.parameters), {}
        if service.mail and self._access.mail:
            parameters.append((service.mail, self._access.mail))
        key = self._access.keys.get(service.name) if service.key else None
        if key and service.key_in_header:
            secret[service.key] = key
        elif key:
            parameters.append((service.key, key))
        address = fetcher.address(service.host, _target(request.path, parameters))
        turns = service.turns or service.host
        with Pace(self._folder, patience.turn).slot(turns, service.name, service.pace * patience.pace) as slot:
            wanted = 0.0
            try:
                reply = fetcher.fetch(service.name, address, {"Accept": request.accept}, secret)
                wanted = max(retry_after(reply.headers) or 0.0, _limit(reply.headers))
            finally:
                slot.rest(wanted)
        return _body(service, reply)

    def _opened(self, request: Request) -> "Fetcher":
        from bibman.providers.fetch import LARGEST_BODY, LARGEST_BULK, Fetcher

        with self._lock:
            if request.bulk not in self._fetchers:
                mail = f" (mailto:{self._access.mail})" if self._access.mail else ""
                largest = LARGEST_BULK if request.bulk else LARGEST_BODY
                agent = f"bibman/{__version__}{mail}"
                self._fetchers[request.bulk] = Fetcher(agent, self._patience(request), self._origins, largest)
            return self._fetchers[request.bulk]

    def _patience(self, request: Request) -> "Patience":
        if self._given_patience is None:
            from bibman.providers.fetch import Patience

            self._given_patience = Patience()
        return self._given_patience.for_bulk() if request.bulk else self._given_patience

    def _writable(self, folder: Path) -> Path:
        try:
            folder.mkdir(parents=True, exist_ok=True)
            probe = folder / ".writable"
            probe.write_bytes(bytes(_ROOM))
            probe.write_bytes(b"")
        except OSError:
            self._passing = TemporaryDirectory()
            return Path(self._passing.name)
        return folder


def _body(service: Service, reply: "Reply") -> bytes | None:
    """The body of an answer that is one; None for "no such thing"."""
    from bibman.providers.fetch import PassingError, retry_after

    status = reply.status
    if status == 200:
        return reply.body
    if status in (404, 410):
        return None
    if status in (401, 403):
        advice = "Look at the key in your settings: bibman config" if service.key else ""
        raise OutsideError(f"{service.name} refuses to answer ({status})", advice)
    if status == 429 or (status == 503 and "retry-after" in reply.headers):
        after = retry_after(reply.headers)
        when = "for a while" if after is None else f"for {after:.0f} s"
        raise PassingError(f"{service.name} wants no request {when} ({status})", "Try again later", after)
    if status == 408 or status >= 500:
        raise PassingError(f"{service.name} is out of order ({status})", "Try again later")
    raise OutsideError(f"{service.name} does not understand the question ({status})")


def _limit(headers: Mapping[str, str]) -> float:
    """The seconds between two requests that a service's rate limit comes to (Crossref: so many in an interval)."""
    try:
        return float(headers["x-rate-limit-interval"].removesuffix("s")) / float(headers["x-rate-limit-limit"])
    except (LookupError, ValueError, ArithmeticError):
        return 0.0


def _question(request: Request) -> str:
    """What the answer is remembered by."""
    return f"{request.accept} {request.service.host}{_target(request.path, request.parameters)}"


def _target(path: str, parameters: "list[tuple[str, str]] | tuple[tuple[str, str], ...]") -> str:
    path = quote(path, safe="/:;()@,~")
    return f"{path}?{urlencode(parameters, quote_via=quote)}" if parameters else path
