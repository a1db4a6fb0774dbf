"""What is said of the messages of a resolution stays true: while some are late, and after the outbox is purged."""

from collections.abc import Collection
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from conflicts.choices import ResolutionStatus, Strategy
from conflicts.models import ConflictResolution
from conflicts.resolution import deliveries
from conflicts.resolution.deliveries import record_deliveries, settle_resolutions, wait_for_siblings
from events import outbox
from events.models import OutboxMessage
from tests.conflicts.factories import conflict_of

pytestmark = pytest.mark.django_db


def message_to(destination: str) -> OutboxMessage:
    with transaction.atomic():
        return outbox.record(destination=destination, key="1", kind="trail.closed", payload={})


def partial(messages: Collection[OutboxMessage], *, minutes_ago: int = 0) -> ConflictResolution:
    return ConflictResolution.objects.create(
        conflict=conflict_of(),
        strategy=Strategy.CLOSE_TRAIL,
        status=ResolutionStatus.PARTIALLY_RESOLVED,
        resolved_by="ana",
        messages=[str(message.message_id) for message in messages],
        resolved_at=timezone.now() - timedelta(minutes=minutes_ago),
    )


def deliver(message: OutboxMessage) -> None:
    OutboxMessage.objects.filter(pk=message.pk).update(sent_at=timezone.now(), failed_at=None)


def told(resolution: ConflictResolution) -> list[tuple[str, bool]]:
    return [(update["service"], update["success"]) for update in resolution.downstream]


def test_a_message_that_was_never_delivered_and_is_purged_completes_nothing() -> None:
    refused, taken = message_to("svc-notifications"), message_to("svc-trip-catalog")
    resolution = partial([refused, taken])
    deliver(taken)
    record_deliveries(resolution)
    OutboxMessage.objects.all().delete()

    completed = settle_resolutions()

    resolution.refresh_from_db()
    assert completed == 0
    assert resolution.status == ResolutionStatus.PARTIALLY_RESOLVED
    assert told(resolution) == [("svc-notifications", False), ("svc-trip-catalog", True)]


def test_a_message_that_is_sent_again_long_after_the_others_completes_the_resolution() -> None:
    late, taken = message_to("svc-notifications"), message_to("svc-trip-catalog")
    resolution = partial([late, taken])
    deliver(taken)
    record_deliveries(resolution)
    OutboxMessage.objects.filter(pk=taken.pk).delete()
    deliver(late)

    assert settle_resolutions() == 1

    resolution.refresh_from_db()
    assert sorted(told(resolution)) == [("svc-notifications", True), ("svc-trip-catalog", True)]


def test_who_read_before_the_resolution_was_completed_takes_no_delivery_back() -> None:
    first, second = message_to("svc-notifications"), message_to("svc-trip-catalog")
    slow = partial([first, second])
    deliver(first)
    deliver(second)
    assert settle_resolutions() == 1
    OutboxMessage.objects.filter(pk=second.pk).update(sent_at=None)

    assert record_deliveries(slow)

    slow.refresh_from_db()
    assert told(slow) == [("svc-notifications", True), ("svc-trip-catalog", True)]


def test_while_siblings_are_waited_for_no_message_is_read_until_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deliveries, "WAIT_SECONDS", 3 * deliveries.POLL_SECONDS)
    late, taken = message_to("svc-notifications"), message_to("svc-trip-catalog")
    resolution = partial([late, taken])
    deliver(taken)

    with CaptureQueriesContext(connection) as statements:
        wait_for_siblings(resolution)

    assert sum('"payload"' in statement["sql"] for statement in statements) == 1
    assert told(resolution) == [("svc-notifications", False), ("svc-trip-catalog", True)]


def test_resolutions_that_are_never_completed_keep_no_later_one_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deliveries, "BATCH_SIZE", 2)
    for minutes in (10, 9):
        partial([message_to("svc-notifications")], minutes_ago=minutes)
    taken = message_to("svc-trip-catalog")
    later = partial([taken])
    deliver(taken)

    settle_resolutions()

    later.refresh_from_db()
    assert later.status == ResolutionStatus.RESOLVED
