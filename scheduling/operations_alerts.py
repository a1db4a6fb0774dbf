"""Alerts to operations about dead letters, with the names of the guides concerned."""

from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.utils import timezone
from pydantic import BaseModel, ValidationError

from events.dead_letters import on_dead_letter, register_replay
from events.models import DeadLetter
from scheduling.daily_schedules.drafts import read_drafts
from scheduling.domain.facts import Sibling
from scheduling.models import GuideCommitment, Reservation
from scheduling.operations_notices import notify_operations
from scheduling.requests.claims import DEAD_LETTER_SOURCE
from scheduling.requests.dead_letters import replay_request


def register_operations_alerts() -> None:
    """Register the alert of every dead letter, and the replay of those of schedule requests."""
    on_dead_letter(alert_operations)
    register_replay(DEAD_LETTER_SOURCE, replay_request)


def alert_operations(dead_letter: DeadLetter) -> None:
    """Record an alert to operations, in the transaction of the dead letter.

    None for an alert that could not be delivered to svc-notifications: that of its failure would fail there too, and
    cause alerts without end. Guests whom it refuses, because they have no profile, are told by operations.
    """
    payload = dead_letter.payload if isinstance(dead_letter.payload, dict) else {}
    if payload.get("destination") == Sibling.NOTIFICATIONS:
        if str(payload.get("kind", "")).startswith("guest."):
            _have_guests_told(dead_letter, payload["payload"]["body"])
        return
    notify_operations(
        source=dead_letter.source, reason=dead_letter.reason, key=dead_letter.key, guides=guide_names_of(payload)
    )


def _have_guests_told(dead_letter: DeadLetter, notice: dict[str, Any]) -> None:
    reservation = str(notice["reservation_id"])
    reason = f"{notice['variables']['text']} Tell the guests of reservation {reservation}: {dead_letter.reason}"
    notify_operations(source=dead_letter.source, reason=reason, key=reservation)


class _Reference(BaseModel):
    """The fields by which events refer to departures."""

    reservation_id: UUID | None = None
    trip_id: UUID | None = None
    trip_date: date | None = None
    affected_trail_ids: tuple[UUID, ...] = ()


def guide_names_of(payload: dict[str, Any]) -> list[str]:
    """Return the `guide_names` of a dead letter's payload, or the guides on the departures that its event refers to.

    An event refers to departures by reservation, by trip and date, or by trails. None for an unreadable event.
    """
    names = payload.get("guide_names")
    if isinstance(names, list):
        return [str(name) for name in names]
    try:
        return _guide_names_on(_Reference.model_validate(payload))
    except ValidationError:
        return []


def _guide_names_on(reference: _Reference) -> list[str]:
    condition = Q(trail_id__in=reference.affected_trail_ids)
    if reference.reservation_id:
        placed = Reservation.objects.filter(pk=reference.reservation_id, departure_id__isnull=False)
        condition |= Q(departure_id__in=placed.values("departure_id"))
    if reference.trip_id and reference.trip_date:
        condition |= Q(trip_id=reference.trip_id, schedule_date=reference.trip_date)
    commitments = GuideCommitment.objects.filter(condition, ends_at__gt=timezone.now())
    dated_keys = {(commitment.schedule_date, commitment.departure_id) for commitment in commitments}
    drafts = read_drafts({day for day, _ in dated_keys}, departures={key for _, key in dated_keys})
    departures = [drafts[day].document.departures.get(key) for day, key in dated_keys]
    return sorted({member.guide_name for departure in departures if departure for member in departure.team})
