"""The checks before the start of a process, each failing with a message of one line."""

import multiprocessing
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import pairwise
from typing import Literal
from urllib.parse import urlsplit

import django
import psycopg
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import OperationalError, connection, connections
from redis import Redis
from redis.exceptions import RedisError

from novatrek_scheduling.operations.garbage_collection import collect_less_while_planning, loading
from novatrek_scheduling.operations.migrations import missing_migrations
from novatrek_scheduling.pgpool.session import open_session

ProcessKind = Literal["web", "worker", "beat", "relay", "consumer", "planner"]
TIMEOUT_SECONDS = 5
SOLVER_TIMEOUT_SECONDS = 30
# Each below the next, so that the inner operation ends first and can still report it.
TIME_LIMITS = (
    (
        "SOLVER_TIME_LIMIT_SECONDS",
        "TASK_SOFT_TIME_LIMIT_SECONDS",
        "TASK_TIME_LIMIT_SECONDS",
        "LOCK_CACHE_SECONDS",
        "VISIBILITY_TIMEOUT_SECONDS",
    ),
    ("REQUEST_SOLVER_TIME_LIMIT_SECONDS", "REQUEST_LEASE_SECONDS"),
    ("MONITOR_DEADLINE_SECONDS", "MONITOR_TIME_LIMIT_SECONDS", "VISIBILITY_TIMEOUT_SECONDS"),
)


class CannotStart(ImproperlyConfigured):
    """A requirement of the process is missing or misconfigured; the message names it and the remedy."""


@contextmanager
def exit_on_misconfiguration() -> Iterator[None]:
    """Turn ImproperlyConfigured and a refused database connection into one line on stderr and exit status 1."""
    try:
        yield
    except ImproperlyConfigured as error:
        _exit_with(str(error))
    except OperationalError as error:
        if not _is_refused_connection(error):
            raise
        _exit_with(_database_unavailable(error))


def check_process(kind: ProcessKind) -> None:
    """Run the checks of a process. Raise CannotStart at the first that fails.

    Django must be set up. All connections opened here are closed again, so a worker may fork afterwards.
    """
    for check in CHECKS[kind]:
        check()
    if not connection.in_atomic_block:
        connections.close_all()


def check_command(name: str) -> None:
    """Check the process that the management command `name` runs, if it is in COMMANDS, and serve its counters.

    Raise CannotStart at the first check that fails.
    """
    if name not in COMMANDS:
        return
    with loading():
        django.setup()
        check_process(COMMANDS[name])
    if COMMANDS[name] == "planner":
        collect_less_while_planning()
    from novatrek_scheduling.operations.metrics import serve_counters  # noqa: PLC0415 (after the settings have chosen its directory)

    serve_counters()


def check_settings() -> None:
    """Raise CannotStart unless the time limits are in order and the broker's URL and timeouts are supported."""
    _check_time_limits()
    transport = settings.CELERY_BROKER_TRANSPORT_OPTIONS
    if urlsplit(settings.CELERY_BROKER_URL).scheme not in {"redis", "rediss"}:
        raise CannotStart("The Celery broker is not redis://: set VALKEY_URL to redis://host:port.")
    if not (transport.get("socket_timeout") and transport.get("socket_connect_timeout")):
        raise CannotStart("The Celery broker has no socket timeouts: set both in CELERY_BROKER_TRANSPORT_OPTIONS.")


def check_no_pool() -> None:
    """Raise CannotStart if the process has a connection pool, which is for the threads of the web process only."""
    if "pool" in settings.DATABASES["default"]["OPTIONS"]:
        raise CannotStart("This process has a connection pool: unset NOVATREK_PROCESS, which is for the web process.")


def check_database() -> None:
    """Raise CannotStart if the database is unavailable or its schema lacks migrations of this code."""
    try:
        # Not through a pool, which would retry in the background and report only a timeout.
        with open_session() as session:
            schema = session.execute("SELECT to_regnamespace('scheduling')").fetchone()
    except psycopg.OperationalError as error:
        raise CannotStart(_database_unavailable(error)) from error
    if schema == (None,):
        raise CannotStart("The database has no schema `scheduling`: run `manage.py migrate`.")
    if missing := missing_migrations():
        raise CannotStart(f"The database lacks {missing} migrations: run `manage.py migrate`.")


def check_valkey() -> None:
    """Raise CannotStart if Valkey is unavailable."""
    timeout = TIMEOUT_SECONDS
    client = Redis.from_url(settings.VALKEY_URL, socket_timeout=timeout, socket_connect_timeout=timeout)
    try:
        client.ping()
    except RedisError as error:
        address = urlsplit(settings.VALKEY_URL)
        raise CannotStart(
            f"Valkey at {address.hostname}:{address.port or 6379} does not answer ({_one_line(error)}): "
            "start it, or correct VALKEY_URL."
        ) from error
    finally:
        client.close()


def check_kafka() -> None:
    """Raise CannotStart if no Kafka broker responds within TIMEOUT_SECONDS."""
    from confluent_kafka import KafkaException  # noqa: PLC0415 (most processes have no use for it)
    from confluent_kafka.admin import AdminClient  # noqa: PLC0415

    servers = settings.KAFKA_BOOTSTRAP_SERVERS
    try:
        AdminClient({"bootstrap.servers": servers, "log_level": 0}).list_topics(timeout=TIMEOUT_SECONDS)
    except KafkaException as error:
        raise CannotStart(
            f"Kafka at {servers} does not answer within {TIMEOUT_SECONDS} s: "
            "start it, or correct KAFKA_BOOTSTRAP_SERVERS."
        ) from error


def check_solver() -> None:
    """Raise CannotStart unless the solver runs on one thread and solves a known model.

    The model is solved in a child process: the children of a process that has solved before the fork hang.
    """
    from optimization.solver.highs import THREADS  # noqa: PLC0415 (the app needs Django set up)

    if THREADS != 1:
        raise CannotStart("The solver is set to several threads: a forked worker would hang. Set THREADS to 1.")
    child = multiprocessing.get_context("fork").Process(target=_solve_or_fail, daemon=True)
    child.start()
    child.join(SOLVER_TIMEOUT_SECONDS)
    if child.exitcode != 0:
        child.kill()
        raise CannotStart(
            "The solver does not solve a model of three variables: reinstall the versions of the lock file."
        )


CHECKS: dict[ProcessKind, tuple[Callable[[], None], ...]] = {
    "web": (check_settings, check_database, check_valkey),
    "worker": (check_settings, check_no_pool, check_database, check_valkey, check_solver),
    "beat": (check_settings, check_no_pool, check_database, check_valkey),
    # Kafka is not required: messages to siblings and clients are delivered without it.
    "relay": (check_settings, check_no_pool, check_database),
    "consumer": (check_settings, check_no_pool, check_database, check_valkey, check_kafka),
    "planner": (check_settings, check_no_pool, check_database, check_solver),
}
COMMANDS: dict[str, ProcessKind] = {
    "relay_outbox": "relay",
    "consume_events": "consumer",
    "optimize_schedules": "planner",
}


def _check_time_limits() -> None:
    for chain in TIME_LIMITS:
        for shorter, longer in pairwise(chain):
            _check_order(shorter, getattr(settings, shorter), longer)
    # A task that waited in vain for another run solves the problem itself afterwards.
    wait_and_solve = "JOIN_PATIENCE_SECONDS and SOLVER_TIME_LIMIT_SECONDS together"
    seconds = settings.JOIN_PATIENCE_SECONDS + settings.SOLVER_TIME_LIMIT_SECONDS
    _check_order(wait_and_solve, seconds, "TASK_SOFT_TIME_LIMIT_SECONDS")


def _check_order(shorter: str, seconds: float, longer: str) -> None:
    if seconds >= getattr(settings, longer):
        raise CannotStart(
            f"{shorter} ({seconds}) must be below {longer} ({getattr(settings, longer)}): "
            "a limit that is not below the next one never takes effect."
        )


def _solve_or_fail() -> None:
    from optimization.solver.selfcheck import is_solver_working  # noqa: PLC0415 (the parent must not load the solver)

    sys.exit(0 if is_solver_working() else 1)


def _is_refused_connection(error: OperationalError) -> bool:
    cause = error.__cause__
    return isinstance(cause, psycopg.OperationalError) and cause.sqlstate is None and "connect" in str(cause)


def _database_unavailable(error: Exception) -> str:
    return f"The database does not answer ({_one_line(error)}): start PostgreSQL, or correct DATABASE_URL."


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split())


def _exit_with(reason: str) -> None:
    sys.stderr.write(f"cannot start: {_one_line(Exception(reason))}\n")
    sys.exit(1)
