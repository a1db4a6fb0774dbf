"""Hazards: wildlife alerts and emergencies recorded from their events, as facts for the rules while in force.

Call each function that writes in a transaction; it calls `hooks.hazard_changed` in the same one.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models.fields.json import KeyTransform
from django.utils import timezone

from novatrek_scheduling.errors import Conflicting
from novatrek_scheduling.pgpool.prepared import prepared_cursor
from novatrek_scheduling.pgpool.rows import columns_of, row_of
from scheduling import hooks
from scheduling.domain.document import Departure, ScheduleDocument
from scheduling.domain.facts import Span
from scheduling.domain.limits import LONG_AGO, OPEN_END
from scheduling.models import DailySchedule, DepartureDate, Hazard, HazardKind, Reservation, ReservationStatus
from scheduling.rules import HazardFact

SEVERITY_BY_THREAT = {"low": "LOW", "moderate": "MEDIUM", "high": "HIGH", "extreme": "CRITICAL"}
CLOSING_ACTIONS = frozenset({"close_trail", "evacuate"})
CLOSING_THREATS = frozenset({"high", "extreme"})

# What `HazardQuerySet.in_force` says, for each decision anew.
_IN_FORCE = f"""
    SELECT {columns_of(Hazard, "hazard")} FROM scheduling.hazards AS hazard
    WHERE released_at IS NULL AND starts_at < %s AND (ends_at IS NULL OR ends_at > %s) ORDER BY starts_at, hazard_id
"""  # noqa: S608 (of constants alone)


class HazardReleased(Conflicting):
    """The hazard was released already."""

    code = "HAZARD_RELEASED"


@dataclass(frozen=True, slots=True)
class WildlifeAlert:
    """A wildlife alert; `threat_level` and `recommended_action` have the values of the event's contract."""

    id: UUID
    species: str
    threat_level: str
    trail_ids: tuple[UUID, ...]
    recommended_action: str | None
    issued_at: datetime
    expires_at: datetime | None

    @property
    def closes_trails(self) -> bool:
        """Return whether its recommended action, or without one its threat level, closes the trails."""
        if self.recommended_action is None:
            return self.threat_level in CLOSING_THREATS
        return self.recommended_action in CLOSING_ACTIONS

    @property
    def description(self) -> str:
        advice = f", {self.recommended_action.replace('_', ' ')} recommended" if self.recommended_action else ""
        return f"{self.species} sighted, {self.threat_level} threat{advice}"


@dataclass(frozen=True, slots=True)
class Emergency:
    """An emergency; `type` and `severity` have the values of the event's contract."""

    id: UUID
    type: str
    severity: str
    reservation_id: UUID
    triggered_at: datetime
    reported_by: str = ""

    @property
    def kind(self) -> HazardKind:
        return {"weather": HazardKind.WEATHER, "wildlife": HazardKind.WILDLIFE}.get(self.type, HazardKind.EMERGENCY)

    @property
    def description(self) -> str:
        name = "SOS" if self.type == "sos" else f"{self.type.replace('_', ' ')} emergency".capitalize()
        return f"{name}, reported by {self.reported_by}" if self.reported_by else name


def hazards_in_force(span: Span) -> tuple[HazardFact, ...]:
    """Return the hazards whose time overlaps `span`, as facts for the rules, the earliest first."""
    return tuple(map(fact_of, stored_in_force(span)))


def stored_in_force(span: Span) -> list[Hazard]:
    """Return the rows of the hazards whose time overlaps `span`, the earliest first."""
    with prepared_cursor() as cursor:
        cursor.execute(_IN_FORCE, [span.ends_at, span.starts_at])
        return [row_of(Hazard, row) for row in cursor.fetchall()]


def fact_of(hazard: Hazard) -> HazardFact:
    """Return a hazard as the rules read it; without an end it lasts until `OPEN_END`.

    Times beyond `LONG_AGO` and `OPEN_END` are cut: whatever a row says, the rules can add rest to it.
    """
    return HazardFact(
        id=hazard.hazard_id,
        description=hazard.description,
        span=Span(max(hazard.starts_at, LONG_AGO), min(hazard.ends_at or OPEN_END, OPEN_END)),
        trail_ids=_ids(hazard.trail_ids),
        guide_ids=_ids(hazard.guide_ids),
        closes_trails=hazard.closes_trails,
    )


def record_wildlife_alert(alert: WildlifeAlert) -> Hazard:
    """Store the alert, or update it from a later event; an older event never replaces a newer one."""
    return _record(
        alert.id,
        alert.issued_at,
        kind=HazardKind.WILDLIFE,
        severity=SEVERITY_BY_THREAT[alert.threat_level],
        description=alert.description,
        trail_ids=[str(trail_id) for trail_id in alert.trail_ids],
        closes_trails=alert.closes_trails,
        ends_at=alert.expires_at,
    )


def record_emergency(emergency: Emergency) -> Hazard:
    """Store the emergency with the trail of its reservation's departure, or with the team.

    Weather and wildlife concern the trail (wildlife closes it); in any other emergency the team is held with the people
    concerned. An emergency whose reservation is unknown, or on no departure yet, concerns nothing until
    `relate_to_reservation` completes it.
    """
    Reservation.objects.lock(emergency.reservation_id)
    concerned = _concerned(emergency.kind, Reservation.objects.filter(pk=emergency.reservation_id).first())
    return _record(
        emergency.id,
        emergency.triggered_at,
        kind=emergency.kind,
        severity=emergency.severity.upper(),
        description=emergency.description,
        reservation_id=emergency.reservation_id,
        **concerned,
    )


def relate_to_reservation(reservation: Reservation) -> None:
    """Complete the emergencies that were recorded before their reservation was on a departure."""
    incomplete = Hazard.objects.filter(reservation_id=reservation.pk, departure_id=None, released_at=None)
    for hazard in incomplete.select_for_update().order_by("pk"):
        concerned = _concerned(HazardKind(hazard.kind), reservation)
        if concerned:
            _update(hazard, concerned)
            hooks.hazard_changed(hazard)


@transaction.atomic
def release_hazard(hazard: Hazard, *, by: str) -> None:
    """End a hazard now, on a person's decision. Raises HazardReleased where it has been released already."""
    in_force = Hazard.objects.filter(pk=hazard.pk, released_at=None)
    released: dict[str, Any] = {"released_at": timezone.now(), "released_by": by}
    if not in_force.update(**released):
        raise HazardReleased(f"{hazard.description} was released already.")
    hazard.refresh_from_db()
    hooks.hazard_changed(hazard)


def _record(hazard_id: UUID, event_time: datetime, **fields: Any) -> Hazard:
    values = fields | {"starts_at": event_time}
    hazard, is_new = Hazard.objects.select_for_update().get_or_create(pk=hazard_id, defaults=values)
    if not is_new:
        newest = max(hazard.starts_at, hazard.released_at or hazard.starts_at)
        if event_time <= newest:
            return hazard
        _update(hazard, values | {"released_at": None, "released_by": ""})
    hooks.hazard_changed(hazard)
    return hazard


def _update(hazard: Hazard, values: dict[str, Any]) -> None:
    for name, value in values.items():
        setattr(hazard, name, value)
    hazard.save(update_fields=list(values))


def _concerned(kind: HazardKind, reservation: Reservation | None) -> dict[str, Any]:
    """Return the fields of a hazard with the departure, and the team or the trail, that an emergency concerns."""
    departure = _departure_of(reservation)
    if reservation is None or departure is None:
        return {}
    fields: dict[str, Any] = {"departure_id": reservation.departure_id, "region_id": departure.region_id}
    if kind is HazardKind.EMERGENCY:
        return fields | {"guide_ids": [str(member.guide_id) for member in departure.team]}
    trails = [str(departure.trail_id)] if departure.trail_id else []
    return fields | {"trail_ids": trails, "closes_trails": kind is HazardKind.WILDLIFE}


def _departure_of(reservation: Reservation | None) -> Departure | None:
    """The departure that the guests are on; it may be on another date than they booked."""
    if reservation is None or reservation.departure_id is None or reservation.status != ReservationStatus.ACTIVE:
        return None
    key = reservation.departure_id
    dates = DepartureDate.objects.filter(departure_id=key)
    rows = DailySchedule.objects.filter(schedule_date__in=dates.values("schedule_date"))
    stored = rows.values_list(KeyTransform(str(key), KeyTransform("departures", "assignments")), flat=True).first()
    return ScheduleDocument.read({"departures": {str(key): stored}}).departures.get(key)


def _ids(stored: Iterable[str]) -> frozenset[UUID]:
    return frozenset(map(UUID, stored))
