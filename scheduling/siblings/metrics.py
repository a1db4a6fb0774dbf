"""Metrics of the calls to siblings."""

from collections.abc import Iterable
from functools import cache

from django.db.models import Count
from prometheus_client import Counter, Gauge, Histogram
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.metrics_core import Metric

from scheduling.domain.facts import Sibling
from scheduling.models import LastGoodAnswer

REQUEST_SECONDS = Histogram(
    "sibling_request_seconds",
    "Time until a sibling's response was read or the attempt was abandoned.",
    ["sibling", "operation"],
    buckets=(0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 5.0),
)
FAILURES = Counter(
    "sibling_failures",
    "Attempts without a response, or with one off the contract.",
    ["sibling", "operation", "reason"],
)
SICK_RECORDS = Counter(
    "sibling_records_left_out",
    "Records that siblings sent off their contract, and that were left out.",
    ["sibling", "operation"],
)
SUSPICIOUS_ANSWERS = Counter(
    "sibling_answers_suspicious",
    "Answers that were not believed, because they have collapsed since the last good one.",
    ["sibling", "resource"],
)
CACHE_LOOKUPS = Counter(
    "sibling_cache_lookups",
    "Lookups of siblings' responses in the cache.",
    ["sibling", "result"],
)
CIRCUIT_OPEN = Gauge(
    "sibling_circuit_open",
    "1 while the circuit of a sibling is open, so that the process makes no calls to it.",
    ["sibling"],
    multiprocess_mode="livemax",
)


@cache
def request_seconds(sibling: Sibling, operation: str) -> Histogram:
    """Return the times of one operation."""
    return REQUEST_SECONDS.labels(sibling, operation)


@cache
def cache_lookups(sibling: Sibling, result: str) -> Counter:
    """Return the number of lookups of a sibling's responses that had this result."""
    return CACHE_LOOKUPS.labels(sibling, result)


def doubted_answers() -> Iterable[Metric]:
    """Yield the number of lists of each sibling whose latest answer is not believed."""
    doubted = GaugeMetricFamily(
        "sibling_answers_doubted", "Lists whose latest answer is not believed.", labels=["sibling"]
    )
    rows = LastGoodAnswer.objects.exclude(suspicion="").values("sibling").annotate(count=Count("pk"))
    for row in rows:
        doubted.add_metric([row["sibling"]], row["count"])
    yield doubted
