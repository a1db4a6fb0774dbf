"""Metrics of optimization for other apps and for operations."""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date, timedelta

from django.db.models import Count, Sum
from django.utils import timezone
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.metrics_core import Metric

from optimization.models import Night, NightDate, OptimizationRun, RunDetail
from optimization.runs.selectors import latest_score


def score_of_date(day: date) -> Mapping[str, float]:
    """Return `optimization_score`, 0 to 1, of the last completed run over the date; empty where there is none."""
    score = latest_score(day)
    return {} if score is None else {"optimization_score": round(score / 100, 4)}


def optimization_gauges() -> Iterable[Metric]:
    """Yield the gauges: runs of the last day, the departures they left unstaffed, and the dates of the last night."""
    since = timezone.now() - timedelta(days=1)
    recent = OptimizationRun.objects.filter(started_at__gte=since)
    runs = GaugeMetricFamily("optimization_runs_last_day", "Optimization runs.", labels=["algorithm", "status"])
    for row in recent.values("algorithm", "status").annotate(count=Count("pk")):
        runs.add_metric([row["algorithm"], row["status"]], row["count"])
    yield runs
    days = recent.filter(detail__subject=RunDetail.Subject.DAY).aggregate(unstaffed=Sum("detail__unstaffed"))
    yield GaugeMetricFamily(
        "optimization_unstaffed_last_day", "Departures left unstaffed by runs.", value=days["unstaffed"] or 0
    )
    yield _last_night()


def _last_night() -> Metric:
    """Return the dates of the last night by status; zeros before the first night."""
    dates = GaugeMetricFamily("optimization_night_dates", "Dates of the last night, a cluster each.", labels=["status"])
    night = Night.objects.order_by("-started_at").first()
    counts = Counter(night.dates.values_list("status", flat=True)) if night else Counter[str]()
    for status in NightDate.Status.values:
        dates.add_metric([status], counts[status])
    return dates
