"""A door in front of the simulated siblings: it counts what comes in, and keeps those waiting who are to be killed."""

import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from enum import StrEnum
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx

from tests.siblings import VARIABLES, SimulatedSiblings

LONGEST_WAIT_SECONDS = 60
KNOWS_KEYS = ("svc-notifications", "svc-trail-management")
"""Those who answer a call with a key that they have seen as they did before, and do nothing more."""


class Way(StrEnum):
    """How far a call gets: to the door, to the sibling whose answer is lost, or to its answer and back."""

    TO_THE_DOOR = "to the door"
    THERE = "there"
    AND_BACK = "and back"


class Doorkeeper:
    """Lets calls through to the siblings as `way` says; `arrived` and `done` count the POSTs by service and key.

    `done` are those that a sibling acted on.
    """

    def __init__(self, siblings: SimulatedSiblings) -> None:
        self.way = Way.AND_BACK
        self.arrived: Counter[tuple[str, str]] = Counter()
        self.done: Counter[tuple[str, str]] = Counter()
        self._answers: dict[tuple[str, str], httpx.Response] = {}
        self._siblings = httpx.Client(base_url=siblings.url, timeout=30)
        self._lock = threading.Lock()
        self._end = threading.Event()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())

    @property
    def urls(self) -> dict[str, str]:
        """The base URL of each sibling behind this door, as `settings.SIBLING_URLS` has them."""
        return {
            service: f"http://127.0.0.1:{self._server.server_address[1]}/{service}" for service in VARIABLES.values()
        }

    @contextmanager
    def at_work(self) -> Iterator[None]:
        thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield
        finally:
            self._end.set()
            self._server.shutdown()
            self._server.server_close()
            thread.join()
            self._siblings.close()

    def answer(self, method: str, path: str, headers: dict[str, str], body: bytes) -> httpx.Response | None:
        """Return the answer to a call, None where its caller gets none."""
        call = path.split("/")[1], headers.get("idempotency-key", "")
        way = self.way
        if method == "POST":
            self.arrived[call] += 1
        if way is Way.TO_THE_DOOR:
            self._end.wait(LONGEST_WAIT_SECONDS)
            return None
        with self._lock:
            answer = self._answers.get(call) if call[0] in KNOWS_KEYS else None
            if answer is None:
                answer = self._siblings.request(method, path, headers=headers, content=body)
                if method == "POST" and answer.is_success:
                    self._answers[call] = answer
                    self.done[call] += 1
        if way is Way.THERE:
            self._end.wait(LONGEST_WAIT_SECONDS)
            return None
        return answer

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        keeper = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                kept = {"authorization", "content-type", "idempotency-key"}
                headers = {name.lower(): value for name, value in self.headers.items() if name.lower() in kept}
                answer = keeper.answer(self.command, self.path, headers, body)
                # Whoever was killed does not read it.
                with suppress(OSError):
                    if answer is not None:
                        self.send_response(answer.status_code)
                        self.send_header("Content-Type", "application/json")
                        self.send_header("Content-Length", str(len(answer.content)))
                        self.end_headers()
                        self.wfile.write(answer.content)

            do_POST = do_GET  # noqa: N815 - the name that http.server looks for

            def log_message(self, *_args: object) -> None:
                """Nothing is said on standard error."""

        return Handler
