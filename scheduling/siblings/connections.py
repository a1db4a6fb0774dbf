"""Kept-alive HTTP connections to the siblings, for each process its own."""

import os
from collections.abc import Mapping
from functools import cache
from threading import Lock

import urllib3
from urllib3.exceptions import HTTPError, NewConnectionError
from urllib3.exceptions import TimeoutError as NoAnswerInTime

from novatrek_scheduling.deadline import Deadline

CONNECT_SECONDS = 1.0
MAX_IDLE = 256
"""Connections to one address that are kept open without a call: as many as calls of all siblings behind a gateway."""
MAX_RESPONSE_BYTES = 16 * 1024 * 1024
CHUNK_BYTES = 256 * 1024

_ONCE = urllib3.Retry.from_int(False, redirect=False)


class NoUsableResponse(Exception):
    """The sibling cannot be reached, or does not speak HTTP as it should; the message names the error."""


class Connections:
    """The connections of one process. Safe to use from many threads.

    The proxies of the environment are for external addresses and are not used; siblings redirect nowhere.
    """

    def __init__(self) -> None:
        self._pools: dict[str, urllib3.HTTPConnectionPool] = {}
        self._lock = Lock()

    def exchange(
        self, method: str, url: str, *, headers: Mapping[str, str], body: bytes | None, seconds: float
    ) -> tuple[int, bytes]:
        """Make a request and return status and body of the response.

        Raises TimeoutError where it is not complete within `seconds`, and NoUsableResponse.
        """
        deadline = Deadline.after(seconds)
        origin, target = _parts_of(url)
        timeout = urllib3.Timeout(connect=min(CONNECT_SECONDS, seconds), read=seconds)
        try:
            response = self._pool_of(origin).urlopen(
                method,
                target,
                body=body,
                headers=headers,
                retries=_ONCE,
                redirect=False,
                assert_same_host=False,
                timeout=timeout,
                preload_content=False,
            )
            try:
                content = _content(response, deadline)
            except BaseException:
                response.close()
                raise
        except NewConnectionError as error:
            # For urllib3 an error in time as well, though the address refuses at once or has no name.
            raise NoUsableResponse(type(error.__cause__ or error).__name__) from error
        except NoAnswerInTime as error:
            raise TimeoutError("the response was not complete in time") from error
        except HTTPError as error:
            raise NoUsableResponse(type(error).__name__) from error
        response.release_conn()
        return response.status, content

    def close_idle(self) -> None:
        """Close the connections without a call; the next call opens another."""
        with self._lock:
            self._pools = {}

    def _pool_of(self, origin: str) -> urllib3.HTTPConnectionPool:
        """Return the pool of an address. urllib3's own manager of pools takes each URL apart three times a call."""
        pool = self._pools.get(origin)
        if pool is None:
            with self._lock:
                pool = self._pools.setdefault(origin, urllib3.connection_from_url(origin, maxsize=MAX_IDLE))
        return pool


def connections() -> Connections:
    """Return the connections of this process, created at its first call so that no fork shares one."""
    return _connections_of_process(os.getpid())


@cache
def _connections_of_process(_pid: int) -> Connections:
    return Connections()


def _parts_of(url: str) -> tuple[str, str]:
    """Return the address of a server, and what it is asked for."""
    scheme, _, rest = url.partition("://")
    host, slash, path = rest.partition("/")
    return f"{scheme}://{host}", slash + path


def _content(response: urllib3.BaseHTTPResponse, deadline: Deadline) -> bytes:
    """Read the body as it comes until `deadline`: a timeout limits the time between two parts, not the whole."""
    content = bytearray()
    while chunk := response.read1(CHUNK_BYTES, decode_content=False):
        content += chunk
        if len(content) > MAX_RESPONSE_BYTES:
            raise HTTPError(f"the body is larger than {MAX_RESPONSE_BYTES} bytes")
        if deadline.has_passed:
            raise TimeoutError("the response was not complete in time")
        if response.length_remaining == 0:
            break
    return bytes(content)
