"""What the sandbox runs: the siblings and the five processes of the service."""

import sys
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException
from pathlib import Path

from novatrek_scheduling.sandbox.supervisor import Program

_ANSWER_WITHIN_SECONDS = 3.0
_PYTHON = sys.executable
_CELERY = (_PYTHON, "-m", "celery", "--quiet", "-A", "novatrek_scheduling")


def siblings(port: int, data: Path) -> Program:
    """The simulated siblings; what is written to them is kept in `data`."""
    module = (_PYTHON, "-m", "novatrek_scheduling.sandbox.siblings")
    command = (*module, "--port", str(port), "--data", str(data))
    return Program("siblings", command, answers=lambda: _answers(port, "/_health"))


def service(port: int) -> tuple[Program, ...]:
    """The five processes, with two workers of four threads for the web and two children for the tasks."""
    granian = (_PYTHON, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port))
    web = (*granian, "--workers", "2", "--blocking-threads", "4", "--no-ws", "novatrek_scheduling.wsgi:application")
    worker = (*_CELERY, "worker", "-c", "2", "-Q", "default,requests,optimization", "--loglevel", "INFO")
    return (
        Program("web", web, answers=lambda: _answers(port, "/health/ready")),
        Program("worker", (*worker, "--without-gossip", "--without-mingle"), says=r"\bready\b"),
        Program("relay", (_PYTHON, "manage.py", "relay_outbox")),
        Program("consumer", (_PYTHON, "manage.py", "consume_events")),
        Program("beat", (*_CELERY, "beat", "--loglevel", "INFO")),
    )


def _answers(port: int, path: str) -> bool:
    """Asked several times a second while processes start, so without the weight of an HTTP client."""
    connection = HTTPConnection("127.0.0.1", port, timeout=_ANSWER_WITHIN_SECONDS)
    try:
        connection.request("GET", path)
        return connection.getresponse().status == HTTPStatus.OK
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()
