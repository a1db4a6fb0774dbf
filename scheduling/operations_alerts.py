"""Alerts to operations about dead letters, with the guides concerned."""

from datetime import date
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import Q
from django.utils import timezone
from pydantic import BaseModel, ValidationError

from events import outbox
from events.dead_letters import on_dead_letter, register_replay
from events.models import DeadLetter
from scheduling.domain.facts import Sibling
from scheduling.models import DailySchedule, GuideCommitment, Reservation
from scheduling.requests.claims import DEAD_LETTER_SOURCE
from scheduling.requests.dead_letters import replay_request


def register_operations_notice() -> None:
    on_dead_letter(notify_operations)
    register_replay(DEAD_LETTER_SOURCE, replay_request)


def notify_operations(dead_letter: DeadLetter) -> None:
    """Record a notification, in the transaction of the dead letter.

    One that could not be delivered to svc-notifications itself is left out: reporting it there would fail
    again, for ever.
    """
    payload = dead_letter.payload if isinstance(dead_letter.payload, dict) else {}
    if payload.get("destination") == Sibling.NOTIFICATIONS:
        return
    outbox.record(
        destination=Sibling.NOTIFICATIONS,
        key="operations",
        kind="operations.alert",
        payload={
            "body": {
                "recipient_id": settings.OPERATIONS_RECIPIENT_ID,
                "channel": settings.NOTIFICATION_CHANNEL,
                "template_id": settings.NOTIFICATION_TEMPLATES["operations_alert"],
                "priority": "URGENT",
                "variables": {
                    "source": dead_letter.source,
                    "reason": dead_letter.reason,
                    "key": dead_letter.key,
                    "guides": ", ".join(names_of_guides(payload)),
                },
            }
        },
    )


class _About(BaseModel):
    """The fields by which events name departures."""

    reservation_id: UUID | None = None
    trip_id: UUID | None = None
    trip_date: date | None = None
    affected_trail_ids: tuple[UUID, ...] = ()


def names_of_guides(payload: dict[str, Any]) -> list[str]:
    """The names in `guide_names`, or those of the guides on the departures that an event names.

    By reservation, by trip and date, or by trails. An event that cannot be read names nobody.
    """
    names = payload.get("guide_names")
    if isinstance(names, list):
        return [str(name) for name in names]
    try:
        return _named_by(_About.model_validate(payload))
    except ValidationError:
        return []


def _named_by(about: _About) -> list[str]:
    condition = Q(trail_id__in=about.affected_trail_ids)
    if about.reservation_id:
        held = Reservation.objects.filter(pk=about.reservation_id, departure_id__isnull=False)
        condition |= Q(departure_id__in=held.values("departure_id"))
    if about.trip_id and about.trip_date:
        condition |= Q(trip_id=about.trip_id, schedule_date=about.trip_date)
    concerned = GuideCommitment.objects.filter(condition, ends_at__gt=timezone.now())
    places = {(row.schedule_date, row.departure_id) for row in concerned}
    rows = DailySchedule.objects.filter(schedule_date__in={day for day, _ in places})
    documents = {row.schedule_date: row.document for row in rows}
    departures = [documents[day].departures.get(key) for day, key in places if day in documents]
    return sorted({member.guide_name for departure in departures if departure for member in departure.team})
