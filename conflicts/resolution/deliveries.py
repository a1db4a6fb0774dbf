"""What siblings are told about a resolution, and whether they have heard it."""

import time
from collections.abc import Collection
from typing import Any
from uuid import UUID

from django.utils import timezone

from conflicts.choices import ResolutionStatus
from conflicts.models import ConflictResolution
from events.models import OutboxMessage

WAIT_SECONDS = 2.0
LOOK_EVERY_SECONDS = 0.05
AT_ONCE = 200


def wait_for_siblings(resolution: ConflictResolution) -> ConflictResolution:
    """Give the relay two seconds to deliver what the resolution has to tell, and note how far it came.

    Nothing is lost with what is late: the outbox goes on, and `settle_resolutions` notes it.
    """
    give_up_at = time.monotonic() + WAIT_SECONDS
    while not note_deliveries(resolution) and time.monotonic() < give_up_at:
        time.sleep(LOOK_EVERY_SECONDS)
    return resolution


def note_deliveries(resolution: ConflictResolution) -> bool:
    """Note what has been delivered; whether all of it has, which makes the resolution complete."""
    messages = OutboxMessage.objects.filter(message_id__in=resolution.messages).order_by("id")
    downstream = [_update_of(message) for message in messages]
    is_complete = all(update["success"] for update in downstream)
    values: dict[str, Any] = {"downstream": downstream}
    if is_complete:
        values |= {"status": ResolutionStatus.RESOLVED, "completed_at": timezone.now()}
    for name, value in values.items():
        setattr(resolution, name, value)
    resolution.save(update_fields=list(values))
    return is_complete


def settle_resolutions() -> int:
    """Complete the resolutions that were waiting for siblings and no longer are; how many."""
    waiting = ConflictResolution.objects.filter(status=ResolutionStatus.PARTIALLY_RESOLVED)
    return sum(note_deliveries(resolution) for resolution in waiting.order_by("resolved_at")[:AT_ONCE])


def messages_about(departure_ids: Collection[UUID]) -> list[str]:
    """The ids of the unsent messages about departures that were just made."""
    keys = [str(departure_id) for departure_id in departure_ids]
    unsent = OutboxMessage.objects.unsent().filter(payload__departure_id__in=keys)
    return [str(each) for each in unsent.values_list("message_id", flat=True)]


def _update_of(message: OutboxMessage) -> dict[str, Any]:
    return {"service": message.destination, "action": message.kind, "success": message.sent_at is not None}
