"""What a process refuses to start without, each in one clear line."""

import multiprocessing
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import pairwise
from typing import Literal
from urllib.parse import urlsplit

import django
import psycopg
from confluent_kafka import KafkaException
from confluent_kafka.admin import AdminClient
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import OperationalError, connection, connections
from django.db.migrations.executor import MigrationExecutor
from redis import Redis
from redis.exceptions import RedisError

from novatrek_scheduling.pgpool.session import open_session

ProcessKind = Literal["web", "worker", "beat", "relay", "consumer", "planner"]
ANSWER_WITHIN_SECONDS = 5
SOLVE_WITHIN_SECONDS = 30
# Each below the next: what is to end first gives up first, and can still say so.
TIME_LIMITS = (
    (
        "SOLVER_TIME_LIMIT_SECONDS",
        "TASK_SOFT_TIME_LIMIT_SECONDS",
        "TASK_TIME_LIMIT_SECONDS",
        "LOCK_CACHE_SECONDS",
        "VISIBILITY_TIMEOUT_SECONDS",
    ),
    ("REQUEST_SOLVER_TIME_LIMIT_SECONDS", "REQUEST_LEASE_SECONDS"),
)


class CannotStart(ImproperlyConfigured):
    """Something this process needs is missing or set wrongly; the message says what, and how to put it right."""


@contextmanager
def one_clear_line() -> Iterator[None]:
    """Turn a configuration that cannot work into one line on stderr and exit status 1."""
    try:
        yield
    except ImproperlyConfigured as error:
        _give_up(str(error))
    except OperationalError as error:
        if not _is_refused_connection(error):
            raise
        _give_up(_database_is_away(error))


def check_process(kind: ProcessKind) -> None:
    """Raise CannotStart with the first thing that would make this process fail later.

    Django must be set up. Nothing that is opened here stays open, so a worker may fork afterwards.
    """
    for check in CHECKS[kind]:
        check()
    if not connection.in_atomic_block:
        connections.close_all()


def check_command(name: str) -> None:
    """Check the process that the management command `name` is, where it is one, and let its counters be read."""
    if name not in COMMANDS:
        return
    django.setup()
    check_process(COMMANDS[name])
    from novatrek_scheduling.operations.metrics import serve_counters  # noqa: PLC0415 (after the settings chose its directory)

    serve_counters()


def check_settings() -> None:
    """Time limits in order, a transport that Celery knows and that cannot hang, a pool in the web only."""
    _check_time_limits()
    transport = settings.CELERY_BROKER_TRANSPORT_OPTIONS
    if urlsplit(settings.CELERY_BROKER_URL).scheme not in {"redis", "rediss"}:
        raise CannotStart("The Celery broker is not redis://: set VALKEY_URL to redis://host:port.")
    if not (transport.get("socket_timeout") and transport.get("socket_connect_timeout")):
        raise CannotStart("The Celery broker has no socket timeouts: set both in CELERY_BROKER_TRANSPORT_OPTIONS.")


def check_no_pool() -> None:
    """A pool is for threads that share it; in other processes it costs more than it saves."""
    if "pool" in settings.DATABASES["default"]["OPTIONS"]:
        raise CannotStart("This process has a connection pool: unset NOVATREK_PROCESS, which is for the web process.")


def check_database() -> None:
    """The database answers, and its schema is the one of this code."""
    try:
        # Not through a pool: it would try again in the background, and say only that it waited.
        with open_session() as session:
            schema = session.execute("SELECT to_regnamespace('scheduling')").fetchone()
    except psycopg.OperationalError as error:
        raise CannotStart(_database_is_away(error)) from error
    if schema == (None,):
        raise CannotStart("The database has no schema `scheduling`: run `manage.py migrate`.")
    executor = MigrationExecutor(connection)
    missing = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if missing:
        raise CannotStart(f"The database lacks {len(missing)} migrations: run `manage.py migrate`.")


def check_valkey() -> None:
    """Valkey answers."""
    timeout = ANSWER_WITHIN_SECONDS
    client = Redis.from_url(settings.VALKEY_URL, socket_timeout=timeout, socket_connect_timeout=timeout)
    try:
        client.ping()
    except RedisError as error:
        where = urlsplit(settings.VALKEY_URL)
        raise CannotStart(
            f"Valkey at {where.hostname}:{where.port or 6379} does not answer ({_one_line(error)}): "
            "start it, or correct VALKEY_URL."
        ) from error
    finally:
        client.close()


def check_kafka() -> None:
    """A broker of the cluster answers."""
    servers = settings.KAFKA_BOOTSTRAP_SERVERS
    try:
        AdminClient({"bootstrap.servers": servers, "log_level": 0}).list_topics(timeout=ANSWER_WITHIN_SECONDS)
    except KafkaException as error:
        raise CannotStart(
            f"Kafka at {servers} does not answer within {ANSWER_WITHIN_SECONDS} s: "
            "start it, or correct KAFKA_BOOTSTRAP_SERVERS."
        ) from error


def check_solver() -> None:
    """The solver proves a known answer, on one thread.

    It is asked in a child: a process that has solved and then forks leaves its children hanging.
    """
    from optimization.solver.highs import THREADS  # noqa: PLC0415 (the app needs Django set up)

    if THREADS != 1:
        raise CannotStart("The solver is set to several threads: a forked worker would hang. Set THREADS to 1.")
    child = multiprocessing.get_context("fork").Process(target=_solve_or_fail, daemon=True)
    child.start()
    child.join(SOLVE_WITHIN_SECONDS)
    if child.exitcode != 0:
        child.kill()
        raise CannotStart(
            "The solver does not solve a model of three variables: install the versions of the lock file again."
        )


CHECKS: dict[ProcessKind, tuple[Callable[[], None], ...]] = {
    "web": (check_settings, check_database, check_valkey),
    "worker": (check_settings, check_no_pool, check_database, check_valkey, check_solver),
    "beat": (check_settings, check_no_pool, check_database, check_valkey),
    # Kafka may be away: what goes to siblings and clients is delivered all the same.
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
    # Who waited in vain for somebody else's run does the work after all.
    waiting = "JOIN_PATIENCE_SECONDS and SOLVER_TIME_LIMIT_SECONDS together"
    seconds = settings.JOIN_PATIENCE_SECONDS + settings.SOLVER_TIME_LIMIT_SECONDS
    _check_order(waiting, seconds, "TASK_SOFT_TIME_LIMIT_SECONDS")


def _check_order(shorter: str, seconds: float, longer: str) -> None:
    if seconds >= getattr(settings, longer):
        raise CannotStart(
            f"{shorter} ({seconds}) must be below {longer} ({getattr(settings, longer)}): "
            "a limit that is not below the next one never acts."
        )


def _solve_or_fail() -> None:
    from optimization.solver.selfcheck import is_solver_working  # noqa: PLC0415 (nothing of the solver in the parent)

    sys.exit(0 if is_solver_working() else 1)


def _is_refused_connection(error: OperationalError) -> bool:
    cause = error.__cause__
    return isinstance(cause, psycopg.OperationalError) and cause.sqlstate is None and "connect" in str(cause)


def _database_is_away(error: Exception) -> str:
    return f"The database does not answer ({_one_line(error)}): start PostgreSQL, or correct DATABASE_URL."


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split())


def _give_up(reason: str) -> None:
    sys.stderr.write(f"cannot start: {_one_line(Exception(reason))}\n")
    sys.exit(1)
