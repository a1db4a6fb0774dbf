"""Figures about conflicts, for Prometheus and for `schedule.published`."""

from collections.abc import Iterator
from datetime import date

from django.db.models import Count
from django.db.models.fields.json import KeyTextTransform
from prometheus_client.core import GaugeMetricFamily

from conflicts.detection import ConflictType, Severity
from conflicts.models import ScheduleConflict


def open_conflicts() -> Iterator[GaugeMetricFamily]:
    """The open conflicts by type and severity, zeros included."""
    rows = (
        ScheduleConflict.objects.open()
        .values("conflict_type", severity=KeyTextTransform("severity", "details"))
        .annotate(count=Count("conflict_id"))
    )
    counts = {(row["conflict_type"], row["severity"]): row["count"] for row in rows}
    gauge = GaugeMetricFamily("conflicts_open", "Open conflicts.", labels=["type", "severity"])
    for kind in ConflictType:
        for severity in Severity:
            gauge.add_metric([kind, severity], counts.get((kind, severity), 0))
    yield gauge


def conflicts_resolved(day: date) -> dict[str, float]:
    """The number of resolved conflicts of a date, as `schedule.published` reports it."""
    return {"conflicts_resolved": ScheduleConflict.objects.on(day).filter(resolved=True).count()}
