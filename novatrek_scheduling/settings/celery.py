"""Settings of Celery: broker, workers, queues, and the schedule of periodic tasks."""

from datetime import timedelta

from celery.schedules import crontab
from kombu import Queue

from novatrek_scheduling.environment import env
from novatrek_scheduling.settings.planning import (
    MONITOR_INTERVAL_SECONDS,
    NIGHTLY_OPTIMIZATION_AT,
    TASK_SOFT_TIME_LIMIT_SECONDS,
    TASK_TIME_LIMIT_SECONDS,
    VISIBILITY_TIMEOUT_SECONDS,
)

__all__ = [
    "CELERY_BEAT_SCHEDULE",
    "CELERY_BEAT_SCHEDULER",
    "CELERY_BROKER_CONNECTION_MAX_RETRIES",
    "CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP",
    "CELERY_BROKER_TRANSPORT",
    "CELERY_BROKER_TRANSPORT_OPTIONS",
    "CELERY_BROKER_URL",
    "CELERY_DB_REUSE_MAX",
    "CELERY_TASK_ACKS_LATE",
    "CELERY_TASK_DEFAULT_PRIORITY",
    "CELERY_TASK_DEFAULT_QUEUE",
    "CELERY_TASK_IGNORE_RESULT",
    "CELERY_TASK_QUEUES",
    "CELERY_TASK_REJECT_ON_WORKER_LOST",
    "CELERY_TASK_ROUTES",
    "CELERY_TASK_SOFT_TIME_LIMIT",
    "CELERY_TASK_TIME_LIMIT",
    "CELERY_TIMEZONE",
    "CELERY_WORKER_CONCURRENCY",
    "CELERY_WORKER_HIJACK_ROOT_LOGGER",
    "CELERY_WORKER_MAX_TASKS_PER_CHILD",
    "CELERY_WORKER_PREFETCH_MULTIPLIER",
    "CELERY_WORKER_PROC_ALIVE_TIMEOUT",
    "CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT",
]

CELERY_BROKER_TRANSPORT = "novatrek_scheduling.broker:Transport"
CELERY_BROKER_URL = f"{env.valkey_url('VALKEY_URL')}/1"
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": VISIBILITY_TIMEOUT_SECONDS,
    "priority_steps": [0, 3, 6, 9],
    "sep": ":",
    "queue_order_strategy": "priority",
    "health_check_interval": 10,
    "socket_keepalive": True,
    "socket_timeout": 5,
    "socket_connect_timeout": 2,
    # Callers do not wait for an unavailable queue: the sweepers queue the work later.
    "max_retries": 1,
    "interval_start": 0.1,
    "unacked_restore_interval": 10,
    "unacked_restore_throttle": 1,
}
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = False
CELERY_TASK_IGNORE_RESULT = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_CONCURRENCY = env.int("WORKER_CONCURRENCY", default=2)
CELERY_WORKER_MAX_TASKS_PER_CHILD = 500
# A child that waits for the database when it starts is not taken for dead.
CELERY_WORKER_PROC_ALIVE_TIMEOUT = 15.0
CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT = 30.0
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TASK_SOFT_TIME_LIMIT = TASK_SOFT_TIME_LIMIT_SECONDS
CELERY_TASK_TIME_LIMIT = TASK_TIME_LIMIT_SECONDS
CELERY_TASK_DEFAULT_PRIORITY = 6
CELERY_TASK_DEFAULT_QUEUE = "default"
CELERY_TASK_QUEUES = [Queue("default"), Queue("requests"), Queue("optimization")]
CELERY_TASK_ROUTES = {
    "optimization.optimize_*": {"queue": "optimization"},
    "optimization.refresh_fragility": {"queue": "optimization"},
    "optimization.compute_proposal": {"queue": "optimization"},
}
CELERY_DB_REUSE_MAX = 500
CELERY_TIMEZONE = "UTC"
CELERY_BEAT_SCHEDULER = "novatrek_scheduling.beat:LockedScheduler"


def _prioritized(task: str, every: timedelta) -> dict[str, object]:
    """Return the entry of a short maintenance task: ahead of all requests, and expired when the next one is due."""
    return {
        "task": task,
        "schedule": every,
        "options": {"priority": 0, "expire_seconds": max(1, int(every.total_seconds()))},
    }


REFRESH_FRAGILITY_EVERY = timedelta(minutes=10)

CELERY_BEAT_SCHEDULE = {
    "sweep-schedule-requests": _prioritized(
        "scheduling.sweep_schedule_requests", timedelta(seconds=env.int("SWEEP_EVERY_SECONDS", default=30))
    ),
    "advance-departures": _prioritized("scheduling.advance_departures", timedelta(minutes=1)),
    "sweep-reservations": _prioritized("scheduling.sweep_reservations", timedelta(minutes=1)),
    "monitor": _prioritized("conflicts.monitor", timedelta(seconds=MONITOR_INTERVAL_SECONDS)),
    "settle-resolutions": _prioritized("conflicts.settle_resolutions", timedelta(seconds=30)),
    "reopen-expired-risks": _prioritized("conflicts.reopen_expired", timedelta(minutes=1)),
    "refresh-options": _prioritized("conflicts.refresh_options", timedelta(minutes=5)),
    "sweep-nights": _prioritized("optimization.sweep_nights", timedelta(minutes=1)),
    "sweep-proposals": _prioritized("optimization.sweep_proposals", timedelta(minutes=1)),
    "plan-gaps-again": _prioritized("optimization.plan_gaps_again", timedelta(minutes=2)),
    "fail-abandoned-runs": _prioritized("optimization.fail_abandoned_runs", timedelta(minutes=5)),
    "refresh-fragility": {
        "task": "optimization.refresh_fragility",
        "schedule": REFRESH_FRAGILITY_EVERY,
        "options": {"expire_seconds": int(REFRESH_FRAGILITY_EVERY.total_seconds())},
    },
    "purge-sibling-answers": {"task": "scheduling.purge_sibling_answers", "schedule": crontab(hour=3, minute=40)},
    "forget-guests": {"task": "scheduling.forget_guests", "schedule": crontab(hour=3, minute=50)},
    "purge-outbox": {"task": "events.purge_outbox", "schedule": crontab(hour=3, minute=30)},
    "optimize-the-horizon": {
        "task": "optimization.optimize_horizon",
        "schedule": crontab(hour=NIGHTLY_OPTIMIZATION_AT.hour, minute=NIGHTLY_OPTIMIZATION_AT.minute),
    },
}
