import uuid
from datetime import timedelta

import pytest
from django.utils import timezone

from events.dead_letters import discard, record_dead_letter
from events.metrics import read_lags
from events.models import InboxMessage, OutboxMessage
from events.outbox import record

pytestmark = pytest.mark.django_db


def _sample(metric: str, label: str) -> float | None:
    samples = [sample for family in read_lags() for sample in family.samples]
    return next((s.value for s in samples if s.name == metric and label in s.labels.values()), None)


def test_the_backlog_of_a_destination_is_counted_and_aged() -> None:
    for _ in range(2):
        record(destination="callback", key="a", kind="test", payload={})
    OutboxMessage.objects.update(created_at=timezone.now() - timedelta(minutes=1))

    assert _sample("outbox_unsent_messages", "callback") == 2
    assert (_sample("outbox_oldest_age_seconds", "callback") or 0) >= 60
    assert _sample("outbox_unsent_messages", "kafka") == 0


def test_the_lag_of_events_is_from_the_broker_to_the_effect() -> None:
    now = timezone.now()
    place = {"event_type": "reservation.created", "topic": "t", "partition": 0, "offset": 0}
    for seconds in (1, 3):
        InboxMessage.objects.create(
            **place, event_id=uuid.uuid4(), received_at=now, produced_at=now - timedelta(seconds=seconds)
        )

    assert _sample("inbox_lag_seconds", "reservation.created") == 3


def test_only_open_dead_letters_are_counted() -> None:
    for _ in range(2):
        dead_letter = record_dead_letter(source="test", reason="it broke", payload={})
    discard(dead_letter, by="ana")

    assert _sample("dead_letters_open", "test") == 1
