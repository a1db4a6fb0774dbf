"""The programs of the sandbox: the simulated siblings and the five processes of the service."""

import sys
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException
from pathlib import Path

from novatrek_scheduling.sandbox.supervisor import Program

_HTTP_TIMEOUT_SECONDS = 3.0
_PYTHON = sys.executable
_CELERY = (_PYTHON, "-m", "celery", "--quiet", "-A", "novatrek_scheduling")


def siblings(port: int, data: Path, *, scale: int = 1) -> Program:
    """Return the program of the simulated siblings of a company of that scale; `data` keeps what is written to them."""
    module = (_PYTHON, "-m", "novatrek_scheduling.sandbox.siblings")
    command = (*module, "--port", str(port), "--data", str(data), "--scale", str(scale))
    return Program("siblings", command, is_available=lambda: _responds(port, "/_health"))


def service(port: int) -> tuple[Program, ...]:
    """Return the five processes: two web workers of four threads, two task children, relay, consumer and beat."""
    granian = (_PYTHON, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port))
    web = (*granian, "--workers", "2", "--blocking-threads", "4", "--no-ws", "novatrek_scheduling.wsgi:application")
    worker = (*_CELERY, "worker", "-c", "2", "-Q", "default,requests,optimization", "--loglevel", "INFO")
    return (
        Program("web", web, is_available=lambda: _responds(port, "/health/ready")),
        Program("worker", (*worker, "--without-gossip", "--without-mingle"), ready_pattern=r"\bready\b"),
        Program("relay", (_PYTHON, "manage.py", "relay_outbox")),
        Program("consumer", (_PYTHON, "manage.py", "consume_events")),
        Program("beat", (*_CELERY, "beat", "--loglevel", "INFO")),
    )


def _responds(port: int, path: str) -> bool:
    """Return True if GET `path` returns 200. Called several times a second, hence without a full HTTP client."""
    connection = HTTPConnection("127.0.0.1", port, timeout=_HTTP_TIMEOUT_SECONDS)
    try:
        connection.request("GET", path)
        return connection.getresponse().status == HTTPStatus.OK
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()
