"""The server in front of the browser, which knows when nobody asks it any more."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Condition
from typing import Any

import pytest
from django.core.servers.basehttp import ThreadedWSGIServer
from django.test.testcases import LiveServerThread
from pytest_django.live_server_helper import LiveServer

PATIENCE_SECONDS = 20.0


class CountingServer(ThreadedWSGIServer):
    """Counts the connections that are being answered: a thread of the server has each of them."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.connections_open = 0
        self._changed = Condition()

    def process_request(self, request: Any, client_address: Any) -> None:
        self._count(1)
        super().process_request(request, client_address)

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        try:
            super().process_request_thread(request, client_address)
        finally:
            self._count(-1)

    def wait_until_idle(self) -> None:
        """Wait until everything that was asked is answered. Whoever asked has gone before.

        Raises TimeoutError where a request takes too long.
        """
        self._accept_all()
        with self._changed:
            if not self._changed.wait_for(lambda: not self.connections_open, PATIENCE_SECONDS):
                raise TimeoutError(
                    f"{self.connections_open} requests are still answered after the windows were closed."
                )

    def _accept_all(self) -> None:
        """Connect, say nothing and be let go: by then the server has taken all who connected before."""
        with socket.create_connection(self.server_address[:2], PATIENCE_SECONDS) as connection:
            connection.shutdown(socket.SHUT_WR)
            while connection.recv(1024):
                pass

    def _count(self, step: int) -> None:
        with self._changed:
            self.connections_open += step
            self._changed.notify_all()


@contextmanager
def counting_live_server() -> Iterator[LiveServer]:
    """Run a live server of pytest-django on a `CountingServer`, with the service's own way of serving static files.

    Django's server for tests would answer for them before any middleware, and compress none.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(LiveServerThread, "server_class", CountingServer)
        patch.setattr("django.contrib.staticfiles.handlers.StaticFilesHandler", lambda application: application)
        server = LiveServer("localhost")
    yield server
    server.stop()


def counting(server: LiveServer) -> CountingServer:
    """Return what counts for this live server."""
    httpd = server.thread.httpd
    assert isinstance(httpd, CountingServer)
    return httpd
