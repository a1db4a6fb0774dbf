"""Figures about conflicts, for Prometheus and for what is published."""

from collections.abc import Iterator
from datetime import date

from django.db.models import Count
from django.db.models.fields.json import KeyTextTransform
from prometheus_client.core import GaugeMetricFamily

from conflicts.choices import ConflictType, Severity
from conflicts.models import ScheduleConflict


def open_conflicts() -> Iterator[GaugeMetricFamily]:
    """The open conflicts by type and severity; what there is none of is zero, not absent."""
    counted = (
        ScheduleConflict.objects.open()
        .values("conflict_type", severity=KeyTextTransform("severity", "details"))
        .annotate(count=Count("conflict_id"))
    )
    found = {(row["conflict_type"], row["severity"]): row["count"] for row in counted}
    gauge = GaugeMetricFamily("conflicts_open", "Open conflicts.", labels=["type", "severity"])
    for kind in ConflictType.values:
        for severity in Severity.values:
            gauge.add_metric([kind, severity], found.get((kind, severity), 0))
    yield gauge


def conflicts_resolved(day: date) -> dict[str, float]:
    """How many conflicts of a date are resolved, as `schedule.published` tells."""
    return {"conflicts_resolved": ScheduleConflict.objects.on(day).filter(resolved=True).count()}
