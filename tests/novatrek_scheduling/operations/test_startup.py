import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from novatrek_scheduling.environment import Environment, rate
from novatrek_scheduling.operations import startup
from novatrek_scheduling.operations.startup import CannotStart, check_process
from novatrek_scheduling.sandbox.embedded import free_port

ROOT = Path(__file__).resolve().parents[3]
BIN = Path(sys.executable).parent
WEB = [BIN / "granian", "--interface", "wsgi", "--port", str(free_port()), "--blocking-threads", "2"]
ENTRY_POINTS: dict[str, list[Any]] = {
    "relay": [BIN / "python", "manage.py", "relay_outbox"],
    "worker": [BIN / "celery", "-A", "novatrek_scheduling", "worker"],
    "beat": [BIN / "celery", "-A", "novatrek_scheduling", "beat", "--pidfile="],
    "web": [*WEB, "novatrek_scheduling.wsgi:application"],
}
PROCESSES = list(ENTRY_POINTS)
NOWHERE = "127.0.0.1:1"


def refusal(process: str, **environment: str | None) -> str:
    """The one line that the entry point prints before it gives up."""
    env = {name: value for name, value in (os.environ | environment).items() if value is not None}
    command = ENTRY_POINTS[process]
    ended = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, timeout=60, check=False)
    written = (ended.stdout + ended.stderr).splitlines()
    assert ended.returncode == 1, written
    assert not any("Traceback" in line for line in written), written
    (line,) = [line for line in written if line.startswith("cannot start: ")]
    return line


@pytest.mark.parametrize("process", ENTRY_POINTS)
def test_a_variable_that_is_not_set_is_named(process: str) -> None:
    assert "SIBLING_TOKEN" in refusal(process, SIBLING_TOKEN=None)


@pytest.mark.parametrize("process", PROCESSES)
def test_a_database_that_is_away_is_named_without_its_password(process: str) -> None:
    line = refusal(process, DATABASE_URL=f"postgres://app:hunter2@{NOWHERE}/novatrek")

    assert "correct DATABASE_URL" in line
    assert "hunter2" not in line


@pytest.mark.parametrize("process", PROCESSES)
def test_a_database_without_the_tables_says_how_to_make_them(process: str) -> None:
    empty = settings.DATABASES["default"]
    address = f"postgres://{empty['USER']}@{empty['HOST']}:{empty['PORT']}/template1"

    assert "run `manage.py migrate`" in refusal(process, DATABASE_URL=address)


def test_the_help_of_a_command_needs_no_server() -> None:
    command = [BIN / "python", "manage.py", "optimize_schedules", "--help"]
    env = os.environ | {"DATABASE_URL": f"postgres://app@{NOWHERE}/novatrek", "VALKEY_URL": f"redis://{NOWHERE}"}

    shown = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, timeout=60, check=True)

    assert "--workers" in shown.stdout


def test_time_limits_out_of_order_are_refused() -> None:
    line = refusal("worker", SOLVER_TIME_LIMIT_SECONDS="500")

    assert "SOLVER_TIME_LIMIT_SECONDS (500) must be below TASK_SOFT_TIME_LIMIT_SECONDS" in line


@pytest.mark.parametrize(
    ("limits", "message"),
    [
        ({"SOLVER_TIME_LIMIT_SECONDS": 120}, r"SOLVER_TIME_LIMIT_SECONDS \(120\) must be below TASK_SOFT"),
        ({"TASK_SOFT_TIME_LIMIT_SECONDS": 180}, "TASK_SOFT_TIME_LIMIT_SECONDS .* below TASK_TIME_LIMIT_SECONDS"),
        ({"TASK_TIME_LIMIT_SECONDS": 240}, "TASK_TIME_LIMIT_SECONDS .* below LOCK_CACHE_SECONDS"),
        ({"VISIBILITY_TIMEOUT_SECONDS": 240}, "LOCK_CACHE_SECONDS .* below VISIBILITY_TIMEOUT_SECONDS"),
        ({"REQUEST_SOLVER_TIME_LIMIT_SECONDS": 30}, "below REQUEST_LEASE_SECONDS"),
        ({"MONITOR_DEADLINE_SECONDS": 240}, "MONITOR_DEADLINE_SECONDS .* below MONITOR_TIME_LIMIT_SECONDS"),
        ({"JOIN_PATIENCE_SECONDS": 100}, r"together \(120\) must be below TASK_SOFT_TIME_LIMIT_SECONDS"),
    ],
    ids=str,
)
def test_each_time_limit_is_below_the_next(settings: Any, limits: dict[str, int], message: str) -> None:
    for name, seconds in limits.items():
        setattr(settings, name, seconds)

    with pytest.raises(CannotStart, match=message):
        startup.check_settings()


def test_a_worker_with_a_pool_is_refused() -> None:
    assert "NOVATREK_PROCESS" in refusal("worker", NOVATREK_PROCESS="web")


@pytest.mark.parametrize(
    ("variables", "named"),
    [
        ({"JWT_ALGORITHMS": "none"}, "JWT_ALGORITHMS"),
        ({"JWT_ALGORITHMS": "RS256,HS256"}, "JWT_ALGORITHMS"),
        ({"JWT_ALGORITHMS": "HS256", "SANDBOX": "false", "DEBUG": "false"}, "JWT_ALGORITHMS"),
        ({"JWT_SECRET": "short"}, "JWT_SECRET"),
        ({"JWT_ALGORITHMS": "RS256", "JWT_JWKS_URL": "file:///etc/passwd"}, "JWT_JWKS_URL"),
        ({"THROTTLE_RATE": "often"}, "THROTTLE_RATE"),
        ({"PORT": "http"}, "PORT"),
        ({"NIGHTLY_OPTIMIZATION_AT": "late"}, "NIGHTLY_OPTIMIZATION_AT"),
    ],
    ids=str,
)
def test_a_variable_that_cannot_work_is_named(variables: dict[str, str], named: str) -> None:
    assert named in refusal("relay", **variables)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("kind", startup.CHECKS)
def test_a_process_with_all_it_needs_starts(kind: startup.ProcessKind) -> None:
    check_process(kind)


def test_valkey_away_is_named(settings: Any) -> None:
    settings.VALKEY_URL = f"redis://:hunter2@{NOWHERE}"

    with pytest.raises(CannotStart, match=f"Valkey at {NOWHERE} does not answer") as refused:
        startup.check_valkey()
    assert "hunter2" not in str(refused.value)


def test_kafka_away_is_named(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.KAFKA_BOOTSTRAP_SERVERS = NOWHERE
    monkeypatch.setattr(startup, "TIMEOUT_SECONDS", 1)

    with pytest.raises(CannotStart, match=f"Kafka at {NOWHERE} does not answer"):
        startup.check_kafka()


@pytest.mark.parametrize("option", ["socket_timeout", "socket_connect_timeout"])
def test_a_transport_that_could_hang_is_refused(settings: Any, option: str) -> None:
    settings.CELERY_BROKER_TRANSPORT_OPTIONS = {**settings.CELERY_BROKER_TRANSPORT_OPTIONS, option: None}

    with pytest.raises(CannotStart, match="socket timeouts"):
        startup.check_settings()


def test_a_transport_that_celery_does_not_know_is_refused(settings: Any) -> None:
    settings.CELERY_BROKER_URL = "valkey://127.0.0.1:6379/1"

    with pytest.raises(CannotStart, match="redis://"):
        startup.check_settings()


@pytest.mark.parametrize(
    ("text", "expected"), [("6000/min", (6000, 60)), ("5/s", (5, 1)), ("100/h", (100, 3600)), ("off", None)]
)
def test_a_rate_is_read(monkeypatch: pytest.MonkeyPatch, text: str, expected: tuple[int, int] | None) -> None:
    monkeypatch.setitem(Environment.ENVIRON, "THROTTLE_RATE", text)

    found = rate("THROTTLE_RATE", default="1/s")

    assert (found and (found.requests, found.seconds)) == expected
