"""Queueing of tasks by name, without an import of their modules.

The queue is only a hint; the tables are authoritative. Each task that must not be lost has a row that a sweeper finds,
so that an outage of the queue costs time and nothing else.
"""

from datetime import timedelta
from typing import Any

import structlog
from celery import current_app
from django.db import transaction
from kombu.exceptions import OperationalError

from novatrek_scheduling.errors import Unavailable

logger = structlog.get_logger(__name__)


class QueueUnavailable(Unavailable):
    """The task queue is unavailable."""

    code = "QUEUE_UNAVAILABLE"


def enqueue(
    task: str, *args: Any, queue: str | None = None, priority: int | None = None, delay: timedelta = timedelta()
) -> None:
    """Queue `task` after the transaction commits, or immediately outside one. An unavailable queue is only logged.

    `args` are JSON values, `priority` is 0 (first) to 9; without `queue` the task's route decides.
    """

    def send() -> None:
        try:
            send_task(task, *args, queue=queue, priority=priority, delay=delay)
        except QueueUnavailable as error:
            logger.warning("task_not_queued", task=task, args=args, error=error.message)

    # Robust: after the commit no error may reach the caller.
    transaction.on_commit(send, robust=True)


def send_task(
    task: str, *args: Any, queue: str | None = None, priority: int | None = None, delay: timedelta = timedelta()
) -> None:
    """Queue `task` immediately, with the arguments of `enqueue`. Raise QueueUnavailable."""
    options: dict[str, Any] = {
        name: value for name, value in (("queue", queue), ("priority", priority)) if value is not None
    }
    try:
        # No retry: the default policy blocks the caller for the whole outage of the broker.
        current_app.send_task(task, args=list(args), countdown=delay.total_seconds() or None, retry=False, **options)
    except OperationalError as error:
        raise QueueUnavailable("The task queue is not available: try again in a moment.") from error
