"""Serving the simulated siblings over HTTP/1.1 with keep-alive."""

import socket
from datetime import date
from pathlib import Path

import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from novatrek_scheduling.sandbox.siblings.app import build_app, token_from_environment
from novatrek_scheduling.sandbox.siblings.state import State


class AbortableProtocol(HttpToolsProtocol):
    """HTTP/1.1 by which the application can close a connection without a response."""

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self.scope["state"]["abort"] = self.transport.abort


def serve(listener: socket.socket, today: date, data: Path | None, *, scale: int = 1) -> None:
    """Serve a company of that scale on `listener` until the process is terminated."""
    app = build_app(State(today, data, scale=scale), token_from_environment())
    config = uvicorn.Config(
        app, http=AbortableProtocol, loop="uvloop", log_level="warning", access_log=False, lifespan="off"
    )
    config.timeout_graceful_shutdown = 1
    uvicorn.Server(config).run(sockets=[listener])
