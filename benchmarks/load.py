"""A load generator: prepared requests over persistent connections, as fast as they are answered.

It runs in a process of its own, waits for all its sockets at once and reads only the status and the length of a
response, so that it takes little of the CPU that it shares with the service.
"""

import selectors
import socket
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from itertools import cycle
from multiprocessing import get_context

END_OF_HEAD = b"\r\n\r\n"
ANSWER_WITHIN_SECONDS = 60.0


class ServerGone(Exception):
    """The server closed a connection, or did not answer in time."""


@dataclass(frozen=True, slots=True)
class Job:
    """`requests` over `connections`, each again and again for `seconds`, or with `once` each one time."""

    port: int
    requests: tuple[bytes, ...]
    connections: int
    seconds: float
    once: bool = False

    def sequence(self) -> Iterator[bytes]:
        return iter(self.requests) if self.once else cycle(self.requests)


@dataclass(slots=True)
class Measured:
    """The total seconds, and the latencies and statuses of the responses."""

    seconds: float = 0.0
    latencies_ms: list[float] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)

    @property
    def per_second(self) -> float:
        return len(self.latencies_ms) / self.seconds


class LoadGenerator:
    """The process that generates the load; a context manager."""

    def __init__(self) -> None:
        self._process = ProcessPoolExecutor(1, mp_context=get_context("spawn"))

    def __enter__(self) -> "LoadGenerator":
        return self

    def __exit__(self, *_: object) -> None:
        self._process.shutdown()

    def measure(self, job: Job) -> Measured:
        """Run a job to its end and return its measurements. Raises ServerGone."""
        return self._process.submit(run_job, job).result()


class _Connection:
    """A socket with at most one pending request."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._received = bytearray()
        self._sent_at = 0.0

    def send(self, request: bytes) -> None:
        self._received.clear()
        self._sent_at = time.perf_counter()
        self.socket.sendall(request)

    def receive(self) -> tuple[int, float] | None:
        """Return status and latency in ms once the response is complete, else None."""
        part = self.socket.recv(262_144)
        if not part:
            raise ServerGone("the server closed a connection")
        self._received += part
        end_of_head = self._received.find(END_OF_HEAD)
        if end_of_head < 0 or len(self._received) < end_of_head + len(END_OF_HEAD) + self._body_length(end_of_head):
            return None
        return int(self._received[9:12]), (time.perf_counter() - self._sent_at) * 1000

    def _body_length(self, end_of_head: int) -> int:
        head = bytes(self._received[:end_of_head]).lower()
        return int(head.split(b"content-length:")[1].split(b"\r\n")[0])


def run_job(job: Job) -> Measured:
    """Run the job in this process."""
    measured, requests = Measured(), job.sequence()
    started = time.perf_counter()
    with selectors.DefaultSelector() as selector:
        for request, _ in zip(requests, range(job.connections), strict=False):
            connection = _Connection(job.port)
            selector.register(connection.socket, selectors.EVENT_READ, connection)
            connection.send(request)
        while selector.get_map():
            for connection in _ready(selector):
                answer = connection.receive()
                if answer is None:
                    continue
                measured.statuses[answer[0]] += 1
                measured.latencies_ms.append(answer[1])
                is_over = time.perf_counter() - started >= job.seconds and not job.once
                following = None if is_over else next(requests, None)
                _send_or_close(selector, connection, following)
    measured.seconds = time.perf_counter() - started
    return measured


def _ready(selector: selectors.BaseSelector) -> list[_Connection]:
    events = selector.select(ANSWER_WITHIN_SECONDS)
    if not events:
        raise ServerGone(f"no answer within {ANSWER_WITHIN_SECONDS:.0f} s")
    return [key.data for key, _ in events]


def _send_or_close(selector: selectors.BaseSelector, connection: _Connection, request: bytes | None) -> None:
    if request is None:
        selector.unregister(connection.socket)
        connection.socket.close()
    else:
        connection.send(request)
