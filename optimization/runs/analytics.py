"""Reports of optimizations to svc-analytics, in the analytics contract's words."""

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any
from uuid import UUID

from django.utils import timezone

from events import outbox
from events.models import OutboxMessage
from optimization.models import OptimizationRun
from scheduling.domain.facts import Sibling

_ABOUT = {"event_type": "schedule.optimized", "source": "svc-scheduling-orchestrator"}


def report_of(
    run: OptimizationRun, *, region_ids: Collection[UUID], score_before: float | None, unassigned: int
) -> OutboxMessage:
    """Return the report of a run, to be stored in its transaction.

    `score_before` is the score, 0 to 100, of the run before; `unassigned` counts departures without a team.
    """
    body: dict[str, Any] = {
        **_ABOUT,
        "occurred_at": timezone.now().isoformat(),
        "schedule_date": run.schedule_date.isoformat(),
        "region_ids": sorted(str(region_id) for region_id in region_ids),
        "score_after": float(run.score or 0),
        "unassigned_count": unassigned,
        "duration_ms": run.duration_ms,
    }
    if score_before is not None:
        body["score_before"] = score_before
    return _message(run.schedule_date, body)


def report_night(first_day: date, summary: Mapping[str, Any]) -> None:
    """Record the summary of a night in the transaction that closes it. It covers all dates and names none."""
    message = _message(
        first_day,
        {
            **_ABOUT,
            "occurred_at": timezone.now().isoformat(),
            "region_ids": summary["region_ids"],
            "score_after": summary["score"],
            "unassigned_count": summary["unstaffed"],
            "duration_ms": summary["duration_ms"],
        },
    )
    outbox.store(message)


def _message(day: date, body: dict[str, Any]) -> OutboxMessage:
    return OutboxMessage(
        destination=Sibling.ANALYTICS, key=day.isoformat(), kind="schedule.optimized", payload={"body": body}
    )
