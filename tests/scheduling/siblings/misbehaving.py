"""A local server that stands for every sibling, and can also misbehave."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ssl import SSLContext
from threading import Thread
from typing import Any

from scheduling.domain.facts import Sibling
from tests.scheduling.siblings.circuits import close_all_circuits

Answer = Callable[[BaseHTTPRequestHandler], None]


class _Server(ThreadingHTTPServer):
    request_queue_size = 128
    """Connections that may wait to be accepted; with the usual five, more at once are dropped."""

    def handle_error(self, *_: Any) -> None:
        """A client that gave up is no error."""


@contextmanager
def server(
    settings: Any, answer: Answer, *, version: str = "HTTP/1.0", tls: SSLContext | None = None
) -> Iterator[list[dict[str, str]]]:
    """Run a sibling that answers with `answer`; yields the headers of the requests that it received.

    By `version` HTTP/1.1 it keeps its connections; `peer` beside the headers tells them apart. With `tls` it is https.
    """
    received: list[dict[str, str]] = []

    class Handler(BaseHTTPRequestHandler):
        protocol_version = version

        def do_GET(self) -> None:
            peer = {"peer": str(self.client_address)}
            received.append({name.lower(): value for name, value in self.headers.items()} | peer)
            answer(self)

        do_POST = do_GET  # noqa: N815 - the name that http.server looks for

        def log_message(self, *_: Any) -> None:
            pass

    listening = _Server(("127.0.0.1", 0), Handler)
    if tls:
        listening.socket = tls.wrap_socket(listening.socket, server_side=True)
    thread = Thread(target=listening.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    close_all_circuits()
    settings.SIBLING_URLS = dict.fromkeys(Sibling, f"{'https' if tls else 'http'}://127.0.0.1:{listening.server_port}")
    try:
        yield received
    finally:
        listening.shutdown()
        thread.join()
        listening.server_close()
        close_all_circuits()


def saying(body: bytes, status: int = 200) -> Answer:
    def answer(request: BaseHTTPRequestHandler) -> None:
        request.send_response(status)
        request.send_header("Content-Length", str(len(body)))
        request.end_headers()
        request.wfile.write(body)

    return answer
