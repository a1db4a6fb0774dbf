"""How far behind the outside the service is, read at each scrape."""

from collections.abc import Iterator
from datetime import timedelta

from django.db.models import Count, F, Max, Min
from django.utils import timezone
from prometheus_client.metrics_core import GaugeMetricFamily, Metric

from events.models import DeadLetter, InboxMessage, OutboxMessage
from events.outbox import destinations

# A lag says something about now only while events keep coming.
RECENT = timedelta(minutes=10)


def read_lags() -> Iterator[Metric]:
    """Unsent messages and the age of the oldest by destination, lag of events by type, open dead letters."""
    yield from _outbox_lag()
    yield _inbox_lag()
    yield _open_dead_letters()


def _outbox_lag() -> Iterator[Metric]:
    unsent = GaugeMetricFamily("outbox_unsent_messages", "Messages not sent yet.", labels=["destination"])
    age = GaugeMetricFamily("outbox_oldest_age_seconds", "Age of the oldest unsent message.", labels=["destination"])
    # A destination with nothing to send is at 0, not absent: alert rules need the difference.
    ages = dict.fromkeys((destination.name for destination in destinations()), (0, 0.0))
    now = timezone.now()
    waiting = OutboxMessage.objects.unsent().values_list("destination")
    for name, count, oldest in waiting.annotate(Count("id"), Min("created_at")):
        ages[name] = (count, (now - oldest).total_seconds())
    for name, (count, seconds) in ages.items():
        unsent.add_metric([name], count)
        age.add_metric([name], seconds)
    yield from (unsent, age)


def _inbox_lag() -> Metric:
    lag = GaugeMetricFamily(
        "inbox_lag_seconds",
        "Longest time of the last minutes from the broker to the stored effect.",
        labels=["event_type"],
    )
    recent = InboxMessage.objects.filter(received_at__gt=timezone.now() - RECENT, produced_at__isnull=False)
    by_type = recent.values_list("event_type").annotate(longest=Max(F("received_at") - F("produced_at")))
    for event_type, longest in by_type:
        lag.add_metric([event_type], longest.total_seconds())
    return lag


def _open_dead_letters() -> Metric:
    dead = GaugeMetricFamily("dead_letters_open", "Dead letters that nobody has settled.", labels=["source"])
    for source, count in DeadLetter.objects.open().order_by().values_list("source").annotate(Count("id")):
        dead.add_metric([source], count)
    return dead
