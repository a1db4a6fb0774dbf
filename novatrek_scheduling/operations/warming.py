"""Warming of a task child: what its first task would wait for is opened and imported before there is one."""

import structlog
from celery import current_app
from django.core.cache import caches
from django.db import DatabaseError, connection
from django_redis import get_redis_connection
from django_redis.exceptions import ConnectionInterrupted
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

logger = structlog.get_logger(__name__)


def warm_process() -> None:
    """Connect to the database, the caches and the queue, and solve once. What is not available is only logged.

    To be called after the fork: connections are not shared, and the children of a process that has solved hang.
    """
    from optimization.solver.selfcheck import is_solver_working  # noqa: PLC0415 (the app needs Django set up)

    for warm in (connection.ensure_connection, _open_caches, _open_queue, is_solver_working):
        try:
            warm()
        except (DatabaseError, ConnectionInterrupted, RedisError, OperationalError) as error:
            logger.warning("process_not_warmed", error=str(error))


def _open_caches() -> None:
    get_redis_connection("default").ping()
    caches["siblings"].get("nothing")


def _open_queue() -> None:
    with current_app.producer_or_acquire() as producer:
        producer.connection.ensure_connection(max_retries=1)
        producer.channel  # noqa: B018 (it is opened when it is first looked at)
