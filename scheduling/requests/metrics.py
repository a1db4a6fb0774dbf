"""Gauges of open schedule requests, for operations."""

from collections.abc import Iterable

from django.db.models import Count, Min
from django.utils import timezone
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.metrics_core import Metric

from scheduling.models import RequestStatus, ScheduleRequest


def request_gauges() -> Iterable[Metric]:
    """Yield the number of open requests by status, and the age of the oldest in seconds."""
    open_requests = ScheduleRequest.objects.filter(status__in=[RequestStatus.PENDING, RequestStatus.PROCESSING])
    depth = GaugeMetricFamily("schedule_requests_open", "Requests without an outcome.", labels=["status"])
    for row in open_requests.values("status").annotate(count=Count("pk")):
        depth.add_metric([row["status"]], row["count"])
    yield depth
    oldest = open_requests.aggregate(created=Min("created_at"))["created"]
    age = (timezone.now() - oldest).total_seconds() if oldest else 0.0
    yield GaugeMetricFamily("schedule_requests_oldest_seconds", "Age of the oldest open request.", value=age)
