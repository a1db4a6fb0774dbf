"""POST to a public address: the addresses of its host are checked as it is connected to, within a total time limit."""

import ssl
from collections.abc import Iterable
from functools import cache
from typing import Any

import httpcore

from events.callback_addresses import allowed_addresses
from novatrek_scheduling.deadline import Deadline

DELIVERY_SECONDS = 10.0
CONNECT_SECONDS = 3.0


def post(url: str, headers: dict[str, str], body: bytes) -> int:
    """POST `body` and return the status; the body of the response is not read.

    Raise ForbiddenAddress if the host has no address that may be called, or an error of httpcore.
    """
    pool = httpcore.ConnectionPool(ssl_context=_tls(), network_backend=_PublicNetwork(Deadline.after(DELIVERY_SECONDS)))
    # A pool for each delivery: no connection outlives the check of its address.
    with pool, pool.stream("POST", url, headers=list(headers.items()), content=body) as response:
        return response.status


@cache
def _tls() -> ssl.SSLContext:
    return ssl.create_default_context()


class _PublicNetwork(httpcore.NetworkBackend):
    """A backend that resolves a host, checks its addresses, and connects to one of these, within a deadline."""

    def __init__(self, deadline: Deadline) -> None:
        self._deadline = deadline
        self._sockets = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        last_error: Exception = httpcore.ConnectError(f"{host} has no address")
        for address in allowed_addresses(host, port):
            seconds = min(CONNECT_SECONDS, _remaining(self._deadline))
            try:
                stream = self._sockets.connect_tcp(str(address), port, seconds, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                last_error = error
            else:
                return _DeadlineStream(stream, self._deadline)
        raise last_error


class _DeadlineStream(httpcore.NetworkStream):
    """A stream whose reads and writes share one deadline, however slowly bytes arrive."""

    def __init__(self, stream: httpcore.NetworkStream, deadline: Deadline) -> None:
        self._stream = stream
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, _remaining(self._deadline))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, _remaining(self._deadline))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        stream = self._stream.start_tls(ssl_context, server_hostname, _remaining(self._deadline))
        return _DeadlineStream(stream, self._deadline)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


def _remaining(deadline: Deadline) -> float:
    if deadline.has_passed:
        raise httpcore.ReadTimeout(f"no answer within {DELIVERY_SECONDS:.0f} s")
    return deadline.remaining()
