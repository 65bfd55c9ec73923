"""One POST to a stranger's server: to the checked address, within a time, reading little, following nothing."""

from __future__ import annotations

import functools
import ssl
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import httpcore
import httpx

from core.errors import Invalid
from core.webhooks import addresses
from core.webhooks.states import Fault

CONNECT_SECONDS = 5.0
WHOLE_SECONDS = 15.0
KEPT_BYTES = 1024
READ_BYTES = 64 * 1024


@dataclass(frozen=True)
class Outcome:
    """What came back: the status, or why there was none; the beginning of the answer as text."""

    took_ms: int
    status: int | None = None
    fault: str = ""
    answer: str = ""
    retry_after: int = 0

    @property
    def is_delivered(self) -> bool:
        return self.status is not None and 200 <= self.status < 300


class Deadline:
    """The moment by which everything must be over, however slowly the other side drips."""

    def __init__(self, seconds: float) -> None:
        self._ends = time.monotonic() + seconds

    def left(self, wanted: float | None, error: type[Exception]) -> float:
        """How long one step may take; raises the error when nothing is left."""
        left = self._ends - time.monotonic()
        if left <= 0:
            raise error("too slow")
        return left if wanted is None else min(wanted, left)


class CheckedBackend(httpcore.NetworkBackend):
    """Resolves the name once, judges the addresses, and connects to one of those very addresses."""

    def __init__(self, deadline: Deadline) -> None:
        self._deadline = deadline
        self._sockets = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        problem: Exception = httpcore.ConnectError("no address")
        for address in addresses.addresses_of(host, port):
            left = self._deadline.left(timeout, httpcore.ConnectTimeout)
            try:
                return _Stream(self._sockets.connect_tcp(address, port, left, local_address), self._deadline)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as failed:
                problem = failed
        raise problem

    def connect_unix_socket(
        self, path: str, timeout: float | None = None, socket_options: Iterable[Any] | None = None
    ) -> httpcore.NetworkStream:
        raise httpcore.ConnectError("no sockets of this machine")


class _Stream(httpcore.NetworkStream):
    """A connection each step of which ends by the deadline."""

    def __init__(self, inner: httpcore.NetworkStream, deadline: Deadline) -> None:
        self._inner, self._deadline = inner, deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._inner.read(max_bytes, self._deadline.left(timeout, httpcore.ReadTimeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._inner.write(buffer, self._deadline.left(timeout, httpcore.WriteTimeout))

    def close(self) -> None:
        self._inner.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        left = self._deadline.left(timeout, httpcore.ConnectTimeout)
        return _Stream(self._inner.start_tls(ssl_context, server_hostname, left), self._deadline)

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)


@functools.cache
def tls_context() -> ssl.SSLContext:
    """Certificates are always asked for and names compared."""
    return httpx.create_ssl_context()


def post(url: str, body: str, headers: dict[str, str]) -> Outcome:
    """Send it and tell what came back; never raises for anything the other side does."""
    started = time.monotonic()

    def outcome(**told: Any) -> Outcome:
        return Outcome(took_ms=int((time.monotonic() - started) * 1000), **told)

    try:
        target = addresses.target_of(url)
        status, told, answer = _exchange(target.url, body, headers)
    except Invalid:
        return outcome(fault=Fault.ADDRESS)
    except addresses.NotPublicError:
        return outcome(fault=Fault.NOT_PUBLIC)
    except addresses.NoAddressError:
        return outcome(fault=Fault.NO_ADDRESS)
    except httpcore.TimeoutException:
        return outcome(fault=Fault.TIMEOUT)
    except (httpcore.ConnectError, httpcore.NetworkError) as error:
        return outcome(fault=Fault.TLS if _is_tls(error) else Fault.CONNECTION)
    except (httpcore.ProtocolError, httpcore.UnsupportedProtocol, ValueError):
        return outcome(fault=Fault.PROTOCOL)
    return outcome(status=status, answer=_as_text(answer), retry_after=_seconds(told.get(b"retry-after", b"")))


def several(
    post: Callable[[UUID], Outcome], waiting: deque[UUID], *, at_once: int, seconds: float
) -> Iterator[dict[UUID, Outcome]]:
    """Post what waits, `at_once` at a time; the outcomes as they come. After so many seconds nothing new is begun."""
    until = time.monotonic() + seconds
    if len(waiting) == 1:
        only = waiting.popleft()
        yield {only: post(only)}
        return
    flying: dict[Future[Outcome], UUID] = {}
    with ThreadPoolExecutor(at_once) as pool:
        while True:
            while waiting and len(flying) < at_once and time.monotonic() < until:
                one = waiting.popleft()
                flying[pool.submit(post, one)] = one
            if not flying:
                return
            done, _rest = wait(flying, return_when=FIRST_COMPLETED)
            yield {flying.pop(one): one.result() for one in done}


def _exchange(url: str, body: str, headers: dict[str, str]) -> tuple[int, dict[bytes, bytes], bytes]:
    """Status, headers and the beginning of the answer. The Host header and the TLS name are the address's own."""
    deadline = Deadline(WHOLE_SECONDS)
    limits = {"connect": CONNECT_SECONDS, "read": WHOLE_SECONDS, "write": WHOLE_SECONDS, "pool": CONNECT_SECONDS}
    told = {
        "User-Agent": "Xielian-Webhooks/1",
        "Content-Type": "application/json",
        "Accept-Encoding": "identity",
        "Connection": "close",
    }
    with (
        httpcore.ConnectionPool(tls_context(), max_connections=1, network_backend=CheckedBackend(deadline)) as pool,
        pool.stream(
            "POST", url, headers=list((told | headers).items()), content=body.encode(), extensions={"timeout": limits}
        ) as response,
    ):
        return response.status, {name.lower(): value for name, value in response.headers}, _beginning(response)


def _beginning(response: httpcore.Response) -> bytes:
    """The first bytes; what is longer is cut off by closing the connection. A broken end spoils no status."""
    read = bytearray()
    try:
        for chunk in response.iter_stream():
            read += chunk
            if len(read) >= READ_BYTES:
                break
    except (httpcore.NetworkError, httpcore.ProtocolError, httpcore.TimeoutException):
        pass
    return bytes(read[:KEPT_BYTES])


def _as_text(answer: bytes) -> str:
    """Printable text whatever it was; the page escapes it."""
    text = answer.decode("utf-8", "replace")
    return "".join(one if one.isprintable() or one in "\n\t" else "\ufffd" for one in text)


def _seconds(header: bytes) -> int:
    """A Retry-After in seconds; a date or nonsense is nothing."""
    return int(header) if header.isdigit() and len(header) < 7 else 0


def _is_tls(error: Exception) -> bool:
    """httpcore wraps what the ssl module raised."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLError):
            return True
        cause = cause.__cause__ or cause.__context__
    return False
