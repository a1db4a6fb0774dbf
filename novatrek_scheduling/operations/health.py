"""The health endpoints: liveness of the process and readiness of its dependencies."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache

from confluent_kafka.admin import AdminClient
from django.conf import settings
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, JsonResponse
from django_redis import get_redis_connection

KAFKA_TIMEOUT_SECONDS = 2.0


def live(request: HttpRequest) -> JsonResponse:
    """Respond with 200, independently of the dependencies."""
    return JsonResponse({"status": "live"})


def ready(request: HttpRequest) -> JsonResponse:
    """Respond with 200 if every check in CHECKS passes, otherwise with 503 and the reason for each failed one."""
    with ThreadPoolExecutor(len(CHECKS)) as pool:
        outcomes = dict(zip(CHECKS, pool.map(_outcome, CHECKS.values()), strict=True))
    is_ready = all(outcome == "ok" for outcome in outcomes.values())
    body = {"status": "ready" if is_ready else "not ready", "checks": outcomes}
    return JsonResponse(body, status=200 if is_ready else 503)


def check_database() -> None:
    """Raise django.db.OperationalError if the database is unavailable."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")


def check_valkey() -> None:
    """Raise redis.exceptions.RedisError if Valkey is unavailable."""
    get_redis_connection("default").ping()


def check_kafka() -> None:
    """Raise confluent_kafka.KafkaException if no broker responds within KAFKA_TIMEOUT_SECONDS."""
    _kafka_client().list_topics(timeout=KAFKA_TIMEOUT_SECONDS)


@lru_cache(maxsize=1)
def check_migrations() -> None:
    """Raise LookupError if a migration of this code is not applied. A success is remembered for the process."""
    executor = MigrationExecutor(connection)
    missing = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if missing:
        raise LookupError(f"{len(missing)} migrations are not applied; run `manage.py migrate`")


CHECKS: dict[str, Callable[[], None]] = {
    "database": check_database,
    "migrations": check_migrations,
    "valkey": check_valkey,
    "kafka": check_kafka,
}


def _outcome(check: Callable[[], None]) -> str:
    try:
        check()
    except Exception as error:
        return " ".join(str(error).split()) or type(error).__name__
    else:
        return "ok"
    finally:
        connection.close()  # that of this thread, which ends with the response


@lru_cache(maxsize=1)
def _kafka_client() -> AdminClient:
    return AdminClient({"bootstrap.servers": settings.KAFKA_BOOTSTRAP_SERVERS, "log_level": 0})
