"""Queueing of optimizations: of a region with a new departure, of a cluster."""

from collections.abc import Sequence
from datetime import date, timedelta
from functools import partial
from uuid import UUID

from django.core.cache import cache
from django.db import transaction

from novatrek_scheduling.queue import enqueue, send_task

QUEUE = "optimization"
OPTIMIZE_REGION_TASK = "optimization.optimize_region"
OPTIMIZE_CLUSTER_TASK = "optimization.optimize_cluster"
# Departures tend to arrive in groups: one run plans all that arrive within this time.
BATCHING_DELAY = timedelta(seconds=5)
MARK_SECONDS = 300


def enqueue_region(day: date, region_id: UUID) -> None:
    """Queue the region's date once the transaction commits; later calls share the run until it starts.

    A mark in Valkey prevents a second message. Without it, or without the queue, nothing is lost: the night plans
    the date anyway.
    """
    transaction.on_commit(partial(_enqueue_once, day, region_id))


def _enqueue_once(day: date, region_id: UUID) -> None:
    mark = _mark(day, region_id)
    if not cache.add(mark, True, timeout=MARK_SECONDS) and cache.get(mark):
        return
    enqueue(OPTIMIZE_REGION_TASK, day.isoformat(), str(region_id), queue=QUEUE, delay=BATCHING_DELAY)


def enqueue_cluster(day: date, region_ids: Sequence[str], kind: str, cause: str) -> None:
    """Queue the planning of some regions of a date now, not on commit. Raises QueueUnavailable."""
    enqueue_dates([day], region_ids, kind, cause)


def enqueue_dates(days: Sequence[date], region_ids: Sequence[str], kind: str, cause: str) -> None:
    """Queue the planning of some regions on several dates, one after another, as `enqueue_cluster` does for one."""
    texts = [day.isoformat() for day in days]
    send_task(OPTIMIZE_CLUSTER_TASK, texts, list(region_ids), kind, cause, queue=QUEUE)


def clear_region_mark(day: date, region_id: UUID) -> None:
    """Let departures that arrive from now on queue another run: the one that starts does not include them."""
    cache.delete(_mark(day, region_id))


def _mark(day: date, region_id: UUID) -> str:
    return f"optimization-wanted:{day}:{region_id}"
