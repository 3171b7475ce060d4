"""Connections to the world outside, and to nothing else: which addresses may be reached, and for how long.

A service may redirect to any name, and a name may lead to any address: also to a printer, a router, or the metadata
of the machine's cloud. So every address is looked at after its name was resolved, and that very address is connected.
"""

import ipaddress
import socket
import ssl
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

import httpcore2
import httpx2

from bibman.errors import OutsideError

_ADDRESS = ipaddress.IPv4Address | ipaddress.IPv6Address
# NAT64 (RFC 6052): the last 32 bits are an address of the old kind.
_TRANSLATED = ipaddress.IPv6Network("64:ff9b::/96")


class PrivateAddressError(OutsideError):
    """A name leads to an address that is not of the public internet."""


def is_public(text: str) -> bool:
    """Whether an address is one of the public internet, also where an older one is written within a newer one."""
    address: _ADDRESS = ipaddress.ip_address(text.partition("%")[0])
    if isinstance(address, ipaddress.IPv6Address):
        if address in _TRANSLATED:
            address = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        elif (inner := address.ipv4_mapped or address.sixtofour) is not None:
            address = inner
    return address.is_global and not address.is_multicast and not address.is_reserved


class _Clock(threading.local):
    """When the request that this thread makes must be over."""

    end: float = float("inf")

    def left(self, timeout: float | None) -> float:
        """How many seconds an action may take. Raises ReadTimeout where there are none."""
        left = self.end - time.monotonic()
        if left <= 0:
            raise httpcore2.ReadTimeout("the time is over")
        return left if timeout is None else min(left, timeout)


class _Stream(httpcore2.NetworkStream):
    """A connection that ends with its time: however slowly a server drips, no request takes longer."""

    def __init__(self, stream: httpcore2.NetworkStream, clock: _Clock) -> None:
        self._stream = stream
        self._clock = clock

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, self._clock.left(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, self._clock.left(timeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore2.NetworkStream:
        return _Stream(self._stream.start_tls(ssl_context, server_hostname, self._clock.left(timeout)), self._clock)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


class _Backend(httpcore2.NetworkBackend):
    """Opens connections to public addresses, and to the places that are `trusted`: a proxy, a test's server."""

    def __init__(self, trusted: frozenset[tuple[str, int]], clock: _Clock) -> None:
        self._trusted = trusted
        self._clock = clock
        self._sockets = httpcore2.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore2.NetworkStream:
        problem: Exception = httpcore2.ConnectError(f"no address for {host}")
        for address in self._addresses(host, port):
            try:
                stream = self._sockets.connect_tcp(
                    address, port, self._clock.left(timeout), local_address, socket_options
                )
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout) as error:
                problem = error
            else:
                return _Stream(stream, self._clock)
        raise problem

    def _addresses(self, host: str, port: int) -> list[str]:
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as error:
            raise httpcore2.ConnectError(f"no address for {host}: {error}") from None
        addresses = list(dict.fromkeys(str(each[4][0]) for each in found))
        if (host, port) not in self._trusted and not all(map(is_public, addresses)):
            raise PrivateAddressError(f"{host} leads to an address that is not public")
        return addresses


class GuardedTransport(httpx2.BaseTransport):
    """What carries requests to public addresses, directly or by a `proxy`, each within its time.

    A proxy resolves names itself, and so it is the proxy that must guard the addresses.
    """

    def __init__(self, trusted: frozenset[tuple[str, int]], proxy: str | None = None) -> None:
        self._clock = _Clock()
        context = _certificates()
        if proxy is None:
            self._pool = httpcore2.ConnectionPool(
                ssl_context=context, keepalive_expiry=30.0, network_backend=_Backend(trusted, self._clock)
            )
            return
        address = httpx2.Proxy(proxy)
        port = address.url.port or {"http": 80, "https": 443}[address.url.scheme]
        self._pool = httpcore2.HTTPProxy(
            proxy_url=str(address.url),
            proxy_auth=address.raw_auth,
            ssl_context=context,
            network_backend=_Backend(frozenset({(address.url.host, port)}), self._clock),
        )

    @contextmanager
    def within(self, seconds: float) -> Iterator[None]:
        """What this thread asks in the `with` is over after so many seconds, or fails."""
        self._clock.end = time.monotonic() + seconds
        try:
            yield
        finally:
            del self._clock.end

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        """Carries one request; the interface of httpx2."""
        assert isinstance(request.stream, httpx2.SyncByteStream)  # noqa: S101 - the client that uses it is not async
        answer = self._pool.handle_request(
            httpcore2.Request(
                method=request.method,
                url=httpcore2.URL(
                    scheme=request.url.raw_scheme,
                    host=request.url.raw_host,
                    port=request.url.port,
                    target=request.url.raw_path,
                ),
                headers=request.headers.raw,
                content=request.stream,
                extensions=request.extensions,
            )
        )
        return httpx2.Response(
            answer.status, headers=answer.headers, stream=_Body(answer), extensions=answer.extensions
        )

    def close(self) -> None:
        """Closes every connection."""
        self._pool.close()


@cache
def _certificates() -> ssl.SSLContext:
    """Whom this machine trusts; SSL_CERT_FILE and SSL_CERT_DIR may say otherwise."""
    return httpx2.create_ssl_context()


class _Body(httpx2.SyncByteStream):
    def __init__(self, answer: httpcore2.Response) -> None:
        self._answer = answer

    def __iter__(self) -> Iterator[bytes]:
        assert isinstance(self._answer.stream, Iterable)  # noqa: S101 - the pool is not async
        yield from self._answer.stream

    def close(self) -> None:
        self._answer.close()
