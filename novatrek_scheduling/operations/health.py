"""Whether this process lives, and whether it can serve."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache

from confluent_kafka.admin import AdminClient
from django.conf import settings
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, JsonResponse
from django_redis import get_redis_connection

ANSWER_WITHIN_SECONDS = 2.0


def live(request: HttpRequest) -> JsonResponse:
    """The process answers; it says nothing of what it depends on."""
    return JsonResponse({"status": "live"})


def ready(request: HttpRequest) -> JsonResponse:
    """200 where every dependency answers, 503 with the reason for each that does not."""
    with ThreadPoolExecutor(len(CHECKS)) as pool:
        outcomes = dict(zip(CHECKS, pool.map(_outcome, CHECKS.values()), strict=True))
    fine = all(outcome == "ok" for outcome in outcomes.values())
    body = {"status": "ready" if fine else "not ready", "checks": outcomes}
    return JsonResponse(body, status=200 if fine else 503)


def check_database() -> None:
    """Raises where the database does not answer."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")


def check_valkey() -> None:
    """Raises where Valkey does not answer."""
    get_redis_connection("default").ping()


def check_kafka() -> None:
    """Raises where no broker of the cluster answers."""
    _kafka_client().list_topics(timeout=ANSWER_WITHIN_SECONDS)


@lru_cache(maxsize=1)
def check_migrations() -> None:
    """Raises where the database lacks a migration that this code has; once they are there, they stay."""
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
        connection.close()  # the connection of this thread, which ends with the answer


@lru_cache(maxsize=1)
def _kafka_client() -> AdminClient:
    return AdminClient({"bootstrap.servers": settings.KAFKA_BOOTSTRAP_SERVERS, "log_level": 0})
