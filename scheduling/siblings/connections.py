"""Kept-alive HTTP connections to the siblings, by libcurl: many calls side by side in one thread."""

import ctypes
import errno
import os
import ssl
from collections.abc import Iterator
from time import sleep
from typing import Any, Generic, NamedTuple, TypeVar

import pycurl

CONNECT_SECONDS = 1.0
MAX_IDLE = 256
"""Connections that a thread keeps open without a call: as many as calls of all siblings behind a gateway."""
MAX_RESPONSE_BYTES = 16 * 1024 * 1024
SELECT_SECONDS = 0.01
"""The longest pause where libcurl names no socket to wait for, for example while it looks up a name."""

Key = TypeVar("Key")

_NAMES = {
    number: name.removeprefix("E_")
    for name, number in vars(pycurl).items()
    if name.startswith("E_") and not name.startswith(("E_MULTI_", "E_FTP_", "E_TFTP_"))
}
"""libcurl's errors by their numbers, which its functions for many requests and its other protocols use again."""


class Request(NamedTuple):
    """A request: a GET, or with a `body` a POST. `headers` are lines."""

    url: str
    headers: list[bytes]
    body: bytes | None = None


class Response(NamedTuple):
    """A complete response."""

    status: int
    body: bytes


class NoUsableResponse(Exception):
    """The sibling cannot be reached, or does not speak HTTP as it should; the message names the error."""


class Connections(Generic[Key]):
    """Connections with the requests under way on them. One thread at a time may use them.

    The proxies of the environment are for external addresses and are not used; siblings redirect nowhere.
    """

    def __init__(self) -> None:
        self._multi = pycurl.CurlMulti()
        self._multi.setopt(pycurl.M_MAXCONNECTS, MAX_IDLE)
        self._handles: list[pycurl.Curl] = []
        self._under_way: dict[pycurl.Curl, tuple[Key, list[bytes]]] = {}
        self._by_key: dict[Key, pycurl.Curl] = {}
        self._posting: set[pycurl.Curl] = set()
        self._anew: set[pycurl.Curl] = set()

    def start(self, key: Key, request: Request) -> None:
        """Start a request; its outcome comes by this key, which no other one under way has."""
        handle = self._handles.pop() if self._handles else _new_handle()
        chunks: list[bytes] = []
        handle.setopt(pycurl.URL, request.url)
        handle.setopt(pycurl.HTTPHEADER, request.headers)
        # A function in C: no signal's handler runs in it, whose exception libcurl would swallow.
        handle.setopt(pycurl.WRITEFUNCTION, chunks.append)
        if request.body is None:
            handle.setopt(pycurl.HTTPGET, 1)
        else:
            _set_body(handle, request.body)
            self._posting.add(handle)
        self._multi.add_handle(handle)
        self._under_way[handle] = key, chunks
        self._by_key[key] = handle

    def abandon(self, key: Key) -> bool:
        """End a request, whose connection is closed. Return whether it was under way."""
        handle = self._by_key.get(key)
        if handle is None:
            return False
        self._end(handle)
        return True

    def abandon_all(self) -> None:
        """End all requests under way."""
        for key in list(self._by_key):
            self.abandon(key)

    def outcomes(self, seconds: float) -> Iterator[tuple[Key, Response | Exception]]:
        """Wait until a request is over, for `seconds` at most, and yield what came of those that are.

        That is a response, a TimeoutError where no connection was made in time, or NoUsableResponse.
        """
        self._multi.perform()
        completed = self._completed()
        if not completed:
            if self._multi.select(seconds) == -1:
                sleep(min(seconds, SELECT_SECONDS))
            self._multi.perform()
            completed = self._completed()
        for handle, error in completed:
            if error == pycurl.E_SEND_ERROR and handle not in self._posting and handle not in self._anew:
                self._try_anew(handle)
                continue
            outcome = _failure(handle, error) if error else handle.getinfo(pycurl.RESPONSE_CODE)
            key, chunks = self._end(handle)
            yield key, outcome if isinstance(outcome, Exception) else Response(outcome, b"".join(chunks))

    def close(self) -> None:
        """Close all connections."""
        self.abandon_all()
        self._multi.close()

    def _completed(self) -> list[tuple[pycurl.Curl, int]]:
        """Return the handles of requests that are over, each with the number of its error or 0."""
        completed: list[tuple[pycurl.Curl, int]] = []
        left = 1
        while left:
            left, succeeded, failed = self._multi.info_read()
            completed += [(handle, 0) for handle in succeeded]
            completed += [(handle, number) for handle, number, _ in failed]
        return completed

    def _end(self, handle: pycurl.Curl) -> tuple[Key, list[bytes]]:
        key, chunks = self._under_way.pop(handle)
        del self._by_key[key]
        self._multi.remove_handle(handle)
        self._posting.discard(handle)
        if handle in self._anew:
            self._anew.remove(handle)
            handle.setopt(pycurl.FRESH_CONNECT, 0)
        self._handles.append(handle)
        return key, chunks

    def _try_anew(self, handle: pycurl.Curl) -> None:
        """Make a GET again, on a new connection.

        libcurl does not look whether one is still open that was in use within the last second, and gives up when five
        are not: a sibling that is started anew has closed them all.
        """
        self._anew.add(handle)
        self._multi.remove_handle(handle)
        handle.setopt(pycurl.FRESH_CONNECT, 1)
        self._multi.add_handle(handle)


def _new_handle() -> pycurl.Curl:
    """Return a handle with what is the same for all requests."""
    handle = pycurl.Curl()
    handle.setopt(pycurl.NOSIGNAL, 1)
    handle.setopt(pycurl.CONNECTTIMEOUT_MS, round(CONNECT_SECONDS * 1000))
    handle.setopt(pycurl.MAXFILESIZE_LARGE, MAX_RESPONSE_BYTES)
    handle.setopt(pycurl.PROTOCOLS, pycurl.PROTO_HTTP | pycurl.PROTO_HTTPS)
    handle.setopt(pycurl.HTTP_VERSION, pycurl.CURL_HTTP_VERSION_1_1)
    handle.setopt(pycurl.PROXY, "")
    handle.setopt(pycurl.NOPROXY, "*")
    handle.setopt(pycurl.FOLLOWLOCATION, 0)
    handle.setopt(pycurl.USERAGENT, "novatrek-scheduling")
    cafile, capath = _trusted()
    # libcurl comes with its own OpenSSL, whose directories are those of the machine that it was built on.
    for option, path in ((pycurl.CAINFO, cafile), (pycurl.CAPATH, capath)):
        if path:
            handle.setopt(option, path)
        else:
            handle.unsetopt(option)
    return handle


def _trusted() -> tuple[str | None, str | None]:
    """Return the file and the directory of the authorities that this machine trusts, as Python finds them."""
    paths = ssl.get_default_verify_paths()
    return paths.cafile, paths.capath


def _set_body(handle: pycurl.Curl, body: bytes) -> None:
    """Set the body of a POST. It cannot be read twice: libcurl must not send again what may have been received."""
    rest = memoryview(body)

    def read(size: int) -> bytes:
        nonlocal rest
        part, rest = rest[:size], rest[size:]
        return bytes(part)

    handle.setopt(pycurl.POST, 1)
    handle.setopt(pycurl.POSTFIELDSIZE_LARGE, len(body))
    handle.setopt(pycurl.READFUNCTION, read)


def _failure(handle: pycurl.Curl, number: int) -> Exception:
    if number == pycurl.E_OPERATION_TIMEDOUT:
        return TimeoutError("no connection was made in time")
    system_error = handle.getinfo(pycurl.OS_ERRNO)
    if number == pycurl.E_COULDNT_CONNECT and system_error in errno.errorcode:
        return NoUsableResponse(type(OSError(system_error, "")).__name__)
    return NoUsableResponse(_NAMES.get(number, f"error {number} of libcurl"))


class _Idle:
    """The connections of this process that no thread uses; the last used first. Safe to use from many threads."""

    def __init__(self) -> None:
        self._all: list[Connections[Any]] = []
        self._free: list[Connections[Any]] = []

    def take(self) -> Connections[Any]:
        try:
            return self._free.pop()
        except IndexError:
            connections: Connections[Any] = Connections()
            self._all.append(connections)
            return connections

    def give_back(self, connections: Connections[Any]) -> None:
        connections.abandon_all()
        self._free.append(connections)

    def close(self) -> None:
        while self._free:
            connections = self._free.pop()
            self._all.remove(connections)
            connections.close()


_idle = _Idle()


def borrow_connections() -> Connections[Any]:
    """Return connections for this thread, until `give_back_connections`: those of the last call, where they are free.

    No fork shares them.
    """
    return _idle.take()


def give_back_connections(connections: Connections[Any]) -> None:
    """Let other threads use the connections. Requests that are under way on them are ended."""
    _idle.give_back(connections)


def close_idle_connections() -> None:
    """Close the connections that no thread uses; the next call opens another."""
    _idle.close()


def _leave_to_parent() -> None:
    """Have a forked process open its own connections, and never close those of its parent.

    To close one that is encrypted is to tell the sibling, on a socket that the parent goes on using. So they are kept
    even at the end of the process, when Python frees all else.
    """
    global _idle  # noqa: PLW0603 - the connections of the process
    ctypes.pythonapi.Py_IncRef(ctypes.py_object(_idle))
    _idle = _Idle()


os.register_at_fork(after_in_child=_leave_to_parent)
