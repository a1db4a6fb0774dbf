"""Deliveries of a resolution's messages to siblings."""

import time
from collections.abc import Collection
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from conflicts.choices import EventKind, ResolutionStatus
from conflicts.history.recording import record
from conflicts.models import ConflictResolution
from events.models import OutboxMessage
from novatrek_scheduling.deadline import Deadline

WAIT_SECONDS = 2.0
POLL_SECONDS = 0.05
BATCH_SIZE = 200


def wait_for_siblings(resolution: ConflictResolution) -> ConflictResolution:
    """Give the relay two seconds to deliver the resolution's messages, and record the deliveries.

    Late messages are not lost: the outbox goes on, and `settle_resolutions` records their delivery.
    """
    deadline = Deadline.after(WAIT_SECONDS)
    undelivered = OutboxMessage.objects.filter(message_id__in=resolution.messages, sent_at=None)
    while not deadline.has_passed and undelivered.exists():
        time.sleep(POLL_SECONDS)
    return with_deliveries(resolution)


def with_deliveries(resolution: ConflictResolution) -> ConflictResolution:
    """Record what is delivered by now, without waiting for more."""
    record_deliveries(resolution)
    return resolution


def record_deliveries(resolution: ConflictResolution) -> bool:
    """Record which messages are delivered; return True once all are, which completes the resolution."""
    downstream = _deliveries_of(resolution)
    is_complete = len(downstream) == len(set(resolution.messages)) and all(update["success"] for update in downstream)
    if downstream == resolution.downstream and not is_complete:
        return False
    values: dict[str, Any] = {"downstream": downstream}
    now = timezone.now()
    if is_complete:
        values |= {"status": ResolutionStatus.RESOLVED, "completed_at": now}
    # A reading that is older than the one that completed it must not take its deliveries back.
    with transaction.atomic():
        not_complete = ConflictResolution.objects.filter(pk=resolution.pk).exclude(status=ResolutionStatus.RESOLVED)
        if not_complete.update(**values) and is_complete:
            record(EventKind.COMPLETED, resolution.conflict, now=now)
    resolution.refresh_from_db()
    return resolution.status == ResolutionStatus.RESOLVED


def settle_resolutions() -> int:
    """Complete the resolutions whose messages are all delivered by now, and return how many those are.

    All are looked at: those with a message that its receiver never takes stay for ever, and keep no later one waiting.
    """
    partial = ConflictResolution.objects.filter(status=ResolutionStatus.PARTIALLY_RESOLVED)
    in_order = partial.select_related("conflict").order_by("resolved_at", "pk")
    return sum(record_deliveries(resolution) for resolution in in_order.iterator(chunk_size=BATCH_SIZE))


def unsent_messages_about(departure_ids: Collection[UUID]) -> list[str]:
    """The ids of the unsent messages about these departures: to the catalog, and to operations."""
    keys = [str(departure_id) for departure_id in departure_ids]
    about = Q(payload__departure_id__in=keys) | Q(payload__body__variables__key__in=keys)
    unsent = OutboxMessage.objects.unsent().filter(about).order_by("id")
    return [str(message_id) for message_id in unsent.values_list("message_id", flat=True)]


def _deliveries_of(resolution: ConflictResolution) -> list[dict[str, Any]]:
    """Return how the messages stand, in their order: those that the outbox keeps no more as they were recorded last."""
    stored = OutboxMessage.objects.filter(message_id__in=resolution.messages).order_by("id")
    current = {str(message.message_id): _update_of(message) for message in stored}
    purged = [update for update in resolution.downstream if update.get("message_id", "") not in {"", *current}]
    return [*purged, *current.values()]


def _update_of(message: OutboxMessage) -> dict[str, Any]:
    update = {
        "message_id": str(message.message_id),
        "service": message.destination,
        "action": message.kind,
        "success": message.sent_at is not None,
    }
    reservation = message.payload.get("body", {}).get("reservation_id")
    return update | ({"reservation_id": reservation} if reservation else {})
