"""Kept-alive HTTP connections to the siblings, for each process its own."""

import os
from collections.abc import Mapping
from functools import cache

import urllib3
from urllib3.exceptions import HTTPError
from urllib3.exceptions import TimeoutError as NoAnswerInTime

from novatrek_scheduling.deadline import Deadline

CONNECT_SECONDS = 1.0
MAX_IDLE = 256
"""Connections to one address that are kept open without a call: as many as calls of all siblings behind a gateway."""
MAX_RESPONSE_BYTES = 16 * 1024 * 1024
CHUNK_BYTES = 256 * 1024


class NoUsableResponse(Exception):
    """The sibling cannot be reached, or does not speak HTTP as it should; the message names the error."""


class Connections:
    """The connections of one process. Safe to use from many threads.

    The proxies of the environment are for external addresses and are not used; siblings redirect nowhere.
    """

    def __init__(self) -> None:
        self._pools = urllib3.PoolManager(num_pools=20, maxsize=MAX_IDLE, retries=False)

    def exchange(
        self, method: str, url: str, *, headers: Mapping[str, str], body: bytes | None, seconds: float
    ) -> tuple[int, bytes]:
        """Make a request and return status and body of the response.

        Raises TimeoutError where it is not complete within `seconds`, and NoUsableResponse.
        """
        deadline = Deadline.after(seconds)
        timeout = urllib3.Timeout(connect=min(CONNECT_SECONDS, seconds), read=seconds)
        try:
            response = self._pools.request(
                method, url, body=body, headers=headers, timeout=timeout, redirect=False, preload_content=False
            )
            try:
                content = _content(response, deadline)
            except BaseException:
                response.close()
                raise
        except NoAnswerInTime as error:
            raise TimeoutError("the response was not complete in time") from error
        except HTTPError as error:
            raise NoUsableResponse(type(error).__name__) from error
        response.release_conn()
        return response.status, content

    def close_idle(self) -> None:
        """Close the connections without a call; the next call opens another."""
        self._pools.clear()


def connections() -> Connections:
    """Return the connections of this process, created at its first call so that no fork shares one."""
    return _connections_of_process(os.getpid())


@cache
def _connections_of_process(_pid: int) -> Connections:
    return Connections()


def _content(response: urllib3.BaseHTTPResponse, deadline: Deadline) -> bytes:
    """Read the body as it comes until `deadline`: a timeout limits the time between two parts, not the whole."""
    content = bytearray()
    while chunk := response.read1(CHUNK_BYTES, decode_content=False):
        content += chunk
        if len(content) > MAX_RESPONSE_BYTES:
            raise HTTPError(f"the body is larger than {MAX_RESPONSE_BYTES} bytes")
        if deadline.has_passed:
            raise TimeoutError("the response was not complete in time")
    return bytes(content)
