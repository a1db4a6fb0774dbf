"""Queueing a task by its name, so that whoever queues it needs none of what it does.

The queue is a hint and the tables are the truth: each task that must not be lost has a row that a sweeper finds, so
that a queue that is away costs time and nothing else.
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
    """The task queue does not take messages now."""

    code = "QUEUE_UNAVAILABLE"


def enqueue(
    task: str, *args: Any, queue: str | None = None, priority: int | None = None, delay: timedelta = timedelta()
) -> None:
    """Queue `task` once the transaction commits; at once where there is none. An unavailable queue is logged only.

    `args` are JSON values, `priority` is 0 (first) to 9; without `queue` the task's route decides.
    """

    def send() -> None:
        try:
            send_task(task, *args, queue=queue, priority=priority, delay=delay)
        except QueueUnavailable as error:
            logger.warning("task_not_queued", task=task, args=args, error=error.message)

    # Robust: the transaction is committed, and nothing after that may fail towards the caller.
    transaction.on_commit(send, robust=True)


def send_task(
    task: str, *args: Any, queue: str | None = None, priority: int | None = None, delay: timedelta = timedelta()
) -> None:
    """Queue `task` now, for whoever has to know that it is queued. Raises QueueUnavailable."""
    options: dict[str, Any] = {
        name: value for name, value in (("queue", queue), ("priority", priority)) if value is not None
    }
    try:
        # No retry: the default one blocks its caller for as long as the broker is away.
        current_app.send_task(task, args=list(args), countdown=delay.total_seconds() or None, retry=False, **options)
    except OperationalError as error:
        raise QueueUnavailable("The task queue is not available: try again in a moment.") from error
