"""Gauges of the outbox, the inbox and the dead letters, read at each scrape."""

from collections.abc import Iterator
from datetime import timedelta

from django.db.models import Count, F, Max, Min
from django.utils import timezone
from prometheus_client.metrics_core import GaugeMetricFamily, Metric

from events.models import DeadLetter, InboxMessage, OutboxMessage
from events.outbox import destinations

# An older event says nothing about the current lag.
LAG_WINDOW = timedelta(minutes=10)


def read_lags() -> Iterator[Metric]:
    """Yield unsent messages and the age of the oldest by destination, event lag by type, and open dead letters."""
    yield from _outbox_lag()
    yield _inbox_lag()
    yield _open_dead_letters()


def _outbox_lag() -> Iterator[Metric]:
    unsent = GaugeMetricFamily("outbox_unsent_messages", "Messages not yet sent.", labels=["destination"])
    age = GaugeMetricFamily("outbox_oldest_age_seconds", "Age of the oldest unsent message.", labels=["destination"])
    # An idle destination reports 0: alert rules distinguish it from an absent one.
    ages = dict.fromkeys((destination.name for destination in destinations()), (0, 0.0))
    now = timezone.now()
    unsent_messages = OutboxMessage.objects.unsent().values_list("destination")
    for name, count, oldest in unsent_messages.annotate(Count("id"), Min("created_at")):
        ages[name] = (count, (now - oldest).total_seconds())
    for name, (count, seconds) in ages.items():
        unsent.add_metric([name], count)
        age.add_metric([name], seconds)
    yield from (unsent, age)


def _inbox_lag() -> Metric:
    lag = GaugeMetricFamily(
        "inbox_lag_seconds",
        "Longest time from the broker to the stored effect, over the last 10 minutes.",
        labels=["event_type"],
    )
    recent = InboxMessage.objects.filter(received_at__gt=timezone.now() - LAG_WINDOW, produced_at__isnull=False)
    by_type = recent.values_list("event_type").annotate(longest=Max(F("received_at") - F("produced_at")))
    for event_type, longest in by_type:
        lag.add_metric([event_type], longest.total_seconds())
    return lag


def _open_dead_letters() -> Metric:
    open_letters = GaugeMetricFamily(
        "dead_letters_open", "Dead letters neither replayed nor discarded.", labels=["source"]
    )
    for source, count in DeadLetter.objects.open().order_by().values_list("source").annotate(Count("id")):
        open_letters.add_metric([source], count)
    return open_letters
