"""The Prometheus metrics at /metrics: request counters, and gauges that the apps read at each scrape."""

from collections.abc import Callable, Iterable, Iterator

import structlog
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
    Histogram,
    generate_latest,
    start_http_server,
)
from prometheus_client.metrics_core import Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

GaugeReader = Callable[[], Iterable[Metric]]
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
LATENCY_BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)

requests_served = Counter("http_requests", "Requests answered.", ["method", "route", "status"])
request_seconds = Histogram(
    "http_request_duration_seconds", "Time to answer.", ["method", "route"], buckets=LATENCY_BUCKETS
)
failed_gauges = Counter("metrics_gauges_failed", "Gauges that could not be read at a scrape.", ["reader"])

logger = structlog.get_logger(__name__)
_readers: list[GaugeReader] = []


def register_gauges(read: GaugeReader) -> None:
    """Register `read` to be called at each scrape; it yields metrics (GaugeMetricFamily) of the current state.

    If `read` raises, its metrics are missing from that scrape, and the failure is logged and counted.
    """
    if read not in _readers:
        _readers.append(read)


def count_request(method: str, route: str, status: int, seconds: float) -> None:
    """Count a served request and its duration under the pattern of its route, which bounds the number of series."""
    method = method if method in METHODS else "other"
    requests_served.labels(method, route, str(status)).inc()
    request_seconds.labels(method, route).observe(seconds)


def expose(request: HttpRequest) -> HttpResponse:
    """Serve all metrics, with counters summed over the processes that share this one's metrics directory."""
    registry = _counters()
    registry.register(_RegisteredGauges())
    return HttpResponse(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


def serve_counters() -> None:
    """Serve the counters of this process and its children at METRICS_PORT, if that is set.

    For processes without a web server. Gauges do not depend on the process and are served by the web process.
    Raise OSError if the port is in use.
    """
    if settings.METRICS_PORT:
        start_http_server(settings.METRICS_PORT, registry=_counters())


def _counters() -> CollectorRegistry:
    registry = CollectorRegistry()
    MultiProcessCollector(registry, path=str(settings.METRICS_DIRECTORY))  # type: ignore[no-untyped-call]
    return registry


class _RegisteredGauges(Collector):
    def collect(self) -> Iterator[Metric]:
        for read in _readers:
            yield from _read(read)


def _read(read: GaugeReader) -> list[Metric]:
    try:
        return list(read())
    except Exception:
        name = f"{read.__module__}.{read.__qualname__}"
        logger.exception("gauges_not_read", reader=name)
        failed_gauges.labels(name).inc()
        return []
