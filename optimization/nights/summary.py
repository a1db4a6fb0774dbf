"""The summary of a night, for people and for svc-analytics."""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from conflicts.monitoring.services import detect_on
from optimization.models import Night, NightDate, OptimizationRun
from optimization.runs.analytics import report_night


def close_night(night_id: UUID) -> bool:
    """Close the night once its last date is done; return False while dates are left or none is scheduled yet.

    Conflicts between dates, which no single date's run detects, are detected first. Concurrent calls are safe: one
    of them closes.
    """
    night = Night.objects.get(pk=night_id)
    dates = list(night.dates.all())
    if not dates or any(day.status not in NightDate.DONE for day in dates):
        return False
    if night.status == Night.Status.RUNNING:
        for day in sorted({day.schedule_date for day in dates}):
            detect_on([day], None)
        _close(night, dates, timezone.now())
    return True


@transaction.atomic
def _close(night: Night, dates: list[NightDate], now: datetime) -> None:
    summary = _summary(night, dates, now)
    under_way = Night.objects.filter(pk=night.pk, status=Night.Status.RUNNING)
    if under_way.update(status=Night.Status.COMPLETED, completed_at=now, summary=summary):
        report_night(night.first_day, summary)


def _summary(night: Night, dates: list[NightDate], now: datetime) -> dict[str, Any]:
    runs = list(OptimizationRun.objects.filter(pk__in=[day.run_id for day in dates]).select_related("detail"))
    weights = [run.detail.staffed + run.detail.unstaffed for run in runs]
    departures, scores = sum(weights), [float(run.score or 0) for run in runs]
    scored = sum(score * weight for score, weight in zip(scores, weights, strict=True))
    statuses = Counter(day.status for day in dates)
    return {
        "dates": len({day.schedule_date for day in dates}),
        "clusters": len({day.cluster for day in dates}),
        "region_ids": sorted({region for day in dates for region in day.region_ids}),
        "planned": statuses[NightDate.Status.COMPLETED],
        "joined": sum(day.is_joined for day in dates),
        "failed": _failures(dates),
        "departures": departures,
        "unstaffed": sum(run.detail.unstaffed for run in runs),
        "score": round(scored / departures, 2) if departures else 100.0,
        "proofs": dict(sorted(Counter(run.detail.proof for run in runs).items())),
        "solve_ms": sum(run.detail.solve_ms for run in runs),
        "duration_ms": round((now - night.started_at).total_seconds() * 1000),
    }


def _failures(dates: Iterable[NightDate]) -> list[dict[str, Any]]:
    return [
        {"date": day.schedule_date.isoformat(), "cluster": day.cluster, "error": day.error}
        for day in dates
        if day.status == NightDate.Status.FAILED
    ]
