"""Queries of past runs."""

from collections.abc import Collection
from datetime import date
from uuid import UUID

from optimization.models import OptimizationRun, RunDetail, RunStatus


def latest_score(day: date, region_ids: Collection[UUID] | None = None) -> float | None:
    """Return the score, 0 to 100, of the last completed run over the date; of exactly these regions if given.

    None where there was no such run.
    """
    runs = OptimizationRun.objects.filter(
        schedule_date=day, status=RunStatus.COMPLETED, detail__subject=RunDetail.Subject.DAY, score__isnull=False
    )
    if region_ids is not None:
        runs = runs.filter(detail__region_ids=sorted(str(region_id) for region_id in region_ids))
    score = runs.order_by("-started_at").values_list("score", flat=True).first()
    return None if score is None else float(score)
