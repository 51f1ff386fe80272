"""An HTTP exchange with a stranger, bounded as a whole: by the clock and by the bytes that come, its head included.

A client's own time-outs begin anew with every read, so a server that sends a byte now and then would hold it for ever.
"""

import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import lru_cache
from ssl import SSLContext
from typing import Any

import httpcore2
import httpx2

HEAD_BYTES = 65_536  # before a body: handshakes aside, real heads and what comes before them take a few thousand
PIECE = 16_384  # bytes sent between two looks at the clock
CODINGS = {"", "identity", "gzip", "deflate"}  # one alone: layers of them unfold without end


class TooLong(Exception):
    """More bytes come than the exchange may take."""


@dataclass(slots=True)
class Bounds:
    """When an exchange ends (seconds of the monotonic clock), and how many bytes may still come."""

    ends: float
    bytes_left: int = HEAD_BYTES
    in_head: bool = True

    def seconds(self, timeout: float | None = None) -> float:
        """How long one step may take.

        Raises:
            httpcore2.ReadTimeout: the time is up.
        """
        seconds = self.ends - time.monotonic()
        if seconds <= 0:
            raise httpcore2.ReadTimeout("the exchange took too long")
        return seconds if timeout is None else min(timeout, seconds)

    def content(self, reply: httpx2.Response, most: int) -> bytes:
        """The body of a reply, of at most so many bytes as sent and as unpacked.

        Raises:
            TooLong: it has more.
            httpx2.HTTPError: it does not come in time, or as it should.
        """
        if (coding := reply.headers.get("content-encoding", "").strip().lower()) not in CODINGS:
            raise httpx2.DecodingError(f"it is packed as {coding[:40]!r}")
        self.in_head, self.bytes_left = (
            False,
            HEAD_BYTES + most + most // 4,
        )  # chunks have sizes of their own
        content = bytearray()
        for piece in reply.iter_bytes():
            content += piece
            if len(content) > most:
                raise TooLong
            if time.monotonic() > self.ends:
                raise httpx2.ReadTimeout("the exchange took too long")
        return bytes(content)


_BOUNDS: ContextVar[Bounds] = ContextVar("pullquote_exchange")


@contextmanager
def bounded(ends: float) -> Iterator[Bounds]:
    """Within it, a client of `open_client` keeps to these bounds on this thread; each new request has a new head."""
    token = _BOUNDS.set(bounds := Bounds(ends))
    try:
        yield bounds
    finally:
        _BOUNDS.reset(token)


def open_client(**options: Any) -> httpx2.Client:
    """A client that asks no proxy and keeps to the bounds of each exchange."""
    return httpx2.Client(trust_env=False, follow_redirects=False, transport=_Transport(), **options)


@lru_cache(maxsize=1)
def _tls() -> SSLContext:
    """Made once: the authorities take 40 ms to read."""
    return httpx2.create_ssl_context(trust_env=False)


class _Transport(httpx2.HTTPTransport):
    def __init__(self) -> None:
        self._pool = httpcore2.ConnectionPool(
            ssl_context=_tls(),
            max_connections=100,
            max_keepalive_connections=20,
            keepalive_expiry=5.0,
            network_backend=_Backend(),
        )


class _Backend(httpcore2.SyncBackend):
    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore2.NetworkStream:
        seconds = _BOUNDS.get().seconds(timeout)
        return _Stream(super().connect_tcp(host, port, seconds, local_address, socket_options))


class _Stream(httpcore2.NetworkStream):
    """A connection whose every step spends from the bounds of the exchange that it serves."""

    def __init__(self, stream: httpcore2.NetworkStream) -> None:
        self._stream = stream

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        bounds = _BOUNDS.get()
        received = self._stream.read(max_bytes, bounds.seconds(timeout))
        bounds.bytes_left -= len(received)
        if bounds.bytes_left < 0 and bounds.in_head:
            raise httpcore2.RemoteProtocolError(f"its head has more than {HEAD_BYTES} bytes")
        if bounds.bytes_left < 0:
            raise TooLong
        return received

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        for start in range(0, len(buffer), PIECE):
            seconds = _BOUNDS.get().seconds(timeout)
            self._stream.write(buffer[start : start + PIECE], seconds)

    def start_tls(
        self,
        ssl_context: SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore2.NetworkStream:
        seconds = _BOUNDS.get().seconds(timeout)
        return _Stream(self._stream.start_tls(ssl_context, server_hostname, seconds))

    def close(self) -> None:
        self._stream.close()

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)
