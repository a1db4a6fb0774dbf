"""Whom something that nobody could finish concerns: the guides on the departures that it is about."""

from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.utils import timezone
from pydantic import BaseModel, ValidationError

from scheduling.models import DailySchedule, GuideCommitment, Reservation


class _About(BaseModel):
    """What events name departures by."""

    reservation_id: UUID | None = None
    trip_id: UUID | None = None
    trip_date: date | None = None
    affected_trail_ids: tuple[UUID, ...] = ()


def names_of_guides(told: dict[str, Any]) -> list[str]:
    """The names in `guide_names`, or those of the guides on the departures that an event names.

    By reservation, by trip and date, or by trails. An event that cannot be read names nobody.
    """
    names = told.get("guide_names")
    if isinstance(names, list):
        return [str(name) for name in names]
    try:
        return _named_by(_About.model_validate(told))
    except ValidationError:
        return []


def _named_by(about: _About) -> list[str]:
    wanted = Q(trail_id__in=about.affected_trail_ids)
    if about.reservation_id:
        held = Reservation.objects.filter(pk=about.reservation_id, departure_id__isnull=False)
        wanted |= Q(departure_id__in=held.values("departure_id"))
    if about.trip_id and about.trip_date:
        wanted |= Q(trip_id=about.trip_id, schedule_date=about.trip_date)
    concerned = GuideCommitment.objects.filter(wanted, ends_at__gt=timezone.now())
    found = {(row.schedule_date, row.departure_id) for row in concerned}
    rows = DailySchedule.objects.filter(schedule_date__in={day for day, _ in found})
    documents = {row.schedule_date: row.document for row in rows}
    departures = [documents[day].departures.get(key) for day, key in found if day in documents]
    return sorted({member.guide_name for departure in departures if departure for member in departure.team})
