"""Figures of the monitors."""

from collections.abc import Iterator

from django.conf import settings
from prometheus_client import Counter
from prometheus_client.core import GaugeMetricFamily

from conflicts.monitoring.passes import last_complete_pass, last_finished_pass

CONFLICTS_FOUND = Counter("monitor_conflicts_found", "Conflicts that passes of the monitors found.")
CONFLICTS_CLEARED = Counter("monitor_conflicts_cleared", "Conflicts that passes of the monitors ended.")


def monitor_gauges() -> Iterator[GaugeMetricFamily]:
    """Yield when the monitors last read and judged everything (0: never), and how long the last pass took."""
    complete, finished = last_complete_pass(), last_finished_pass()
    completed_at = complete.completed_at.timestamp() if complete and complete.completed_at else 0
    took = (finished.completed_at - finished.started_at).total_seconds() if finished and finished.completed_at else 0.0
    yield GaugeMetricFamily(
        "monitor_last_complete_pass_timestamp_seconds",
        "When the last complete pass of the monitors ended.",
        value=completed_at,
    )
    yield GaugeMetricFamily("monitor_last_pass_duration_seconds", "How long the last pass took.", value=took)
    yield GaugeMetricFamily(
        "monitor_interval_seconds", "How often the monitors are to pass.", value=settings.MONITOR_INTERVAL_SECONDS
    )
