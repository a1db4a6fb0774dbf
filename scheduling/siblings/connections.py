"""Kept-alive HTTP connections to the siblings, for each process its own.

On the standard library: a full HTTP client takes four times the CPU for a request to a service of our own network,
which redirects nowhere, sets no cookies and is behind no proxy.
"""

import os
import select
import socket
import ssl
import time
from collections import defaultdict
from collections.abc import Mapping
from functools import cache
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection, IncompleteRead
from threading import Lock
from typing import NamedTuple
from urllib.parse import urlsplit

from novatrek_scheduling.deadline import Deadline

CONNECT_SECONDS = 1.0
MAX_IDLE = 50
"""Connections to one sibling that are kept open without a call."""
IDLE_SECONDS = 20.0
"""How long a connection is kept open without a call; siblings close theirs later than that."""
MAX_RESPONSE_BYTES = 16 * 1024 * 1024
CHUNK_BYTES = 256 * 1024


class NoUsableResponse(Exception):
    """The sibling cannot be reached, or does not speak HTTP as it should; the message names the error."""


class _Origin(NamedTuple):
    is_encrypted: bool
    host: str
    port: int | None


class _Idle(NamedTuple):
    connection: HTTPConnection
    since: float


class Connections:
    """The connections of one process. Safe to use from many threads."""

    def __init__(self) -> None:
        self._idle: defaultdict[_Origin, list[_Idle]] = defaultdict(list)
        self._lock = Lock()

    def exchange(
        self, method: str, url: str, *, headers: Mapping[str, str], body: bytes | None, seconds: float
    ) -> tuple[int, bytes]:
        """Make a request and return status and body of the response.

        Raises TimeoutError where it is not complete within `seconds`, and NoUsableResponse.
        """
        deadline = Deadline.after(seconds)
        origin, target = _split(url)
        try:
            connection = self._take(origin) or _connected(origin, deadline)
            try:
                response, content = _responded(connection, method, target, headers, body, deadline)
            except BaseException:
                connection.close()
                raise
        except TimeoutError:
            raise
        except (HTTPException, OSError) as error:
            raise NoUsableResponse(type(error).__name__) from error
        self._give_back(origin, connection, response)
        return response.status, content

    def close_idle(self) -> None:
        """Close the connections without a call; the next call opens another."""
        with self._lock:
            idle = [kept.connection for of_origin in self._idle.values() for kept in of_origin]
            self._idle.clear()
        for connection in idle:
            connection.close()

    def _take(self, origin: _Origin) -> HTTPConnection | None:
        """Return the connection that was used last, without those that were idle too long or were closed."""
        while True:
            with self._lock:
                if not self._idle[origin]:
                    return None
                idle = self._idle[origin].pop()
            if time.monotonic() - idle.since < IDLE_SECONDS and not _is_readable(idle.connection.sock):
                return idle.connection
            idle.connection.close()

    def _give_back(self, origin: _Origin, connection: HTTPConnection, response: HTTPResponse) -> None:
        if not response.will_close:
            with self._lock:
                if len(self._idle[origin]) < MAX_IDLE:
                    self._idle[origin].append(_Idle(connection, time.monotonic()))
                    return
        connection.close()


def connections() -> Connections:
    """Return the connections of this process, created at its first call so that no fork shares one."""
    return _connections_of_process(os.getpid())


@cache
def _connections_of_process(_pid: int) -> Connections:
    return Connections()


@cache
def _encryption() -> ssl.SSLContext:
    return ssl.create_default_context()


def _split(url: str) -> tuple[_Origin, str]:
    parts = urlsplit(url)
    origin = _Origin(parts.scheme == "https", parts.hostname or "", parts.port)
    return origin, f"{parts.path or '/'}{'?' if parts.query else ''}{parts.query}"


def _connected(origin: _Origin, deadline: Deadline) -> HTTPConnection:
    seconds = min(CONNECT_SECONDS, _time_left(deadline))
    connection = (
        HTTPSConnection(origin.host, origin.port, timeout=seconds, context=_encryption())
        if origin.is_encrypted
        else HTTPConnection(origin.host, origin.port, timeout=seconds)
    )
    connection.connect()
    return connection


def _responded(
    connection: HTTPConnection,
    method: str,
    target: str,
    headers: Mapping[str, str],
    body: bytes | None,
    deadline: Deadline,
) -> tuple[HTTPResponse, bytes]:
    # A connection that is to be closed after the response gives up its socket while the body is still to be read.
    opened: socket.socket = connection.sock
    opened.settimeout(_time_left(deadline))
    connection.request(method, target, body, headers)
    response = connection.getresponse()
    content = bytearray()
    while chunk := response.read1(CHUNK_BYTES):
        content += chunk
        if len(content) > MAX_RESPONSE_BYTES:
            raise HTTPException(f"the body is larger than {MAX_RESPONSE_BYTES} bytes")
        opened.settimeout(_time_left(deadline))
    if response.length:
        raise IncompleteRead(bytes(content), response.length)
    response.close()
    return response, bytes(content)


def _time_left(deadline: Deadline) -> float:
    """Return the seconds left. Raises TimeoutError without any: a socket takes 0 for "do not wait"."""
    if deadline.has_passed:
        raise TimeoutError("the response was not complete in time")
    return deadline.remaining()


def _is_readable(opened: socket.socket | None) -> bool:
    """Return whether an idle connection has something to read: its end, or what nobody asked for."""
    if opened is None:
        return True
    poll = select.poll()
    poll.register(opened, select.POLLIN)
    return bool(poll.poll(0))
