"""Guests without a place: on a departure that is cancelled, or waiting for one that takes them."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

from conflicts.detection.causes import Cause, ConflictType
from conflicts.detection.findings import OURSELVES, DetectedConflict
from conflicts.detection.scene import Case, Scene
from conflicts.detection.severity import Severity
from scheduling.domain.text import counted

SOON = timedelta(days=1)


def waiting_list_id(day: date, trip_id: UUID) -> UUID:
    """Return what a conflict of the guests is about who wait for any departure of a trip on a date."""
    return uuid5(trip_id, f"waiting on {day}")


def are_too_late(day: date, now: datetime) -> bool:
    """Return whether the date is over in every region: those who waited for a place on it do not go."""
    return day < now.date() - SOON


def judge_cancelled(case: Case) -> DetectedConflict | None:
    """Find guests on a departure that is cancelled: its reservations, and what the catalog sold besides."""
    departure = case.departure
    if not departure.participants:
        return None
    guests = counted(departure.participants, "guest")
    verb = "has" if departure.participants == 1 else "have"
    return case.conflict(
        Cause.GUESTS_WITHOUT_PLACE,
        f"{guests} of {case.name} {verb} no place, it is cancelled: {_named(departure.reservations)}.",
        kind=ConflictType.CAPACITY_EXCEEDED,
        **_evidence(departure.reservations, departure.participants),
    )


def find_waiting(scene: Scene, trip_id: UUID) -> DetectedConflict | None:
    """Find reservations that wait for a departure of the trip: one conflict for all of them on the date."""
    waiting = sorted(scene.waiting.get(trip_id, ()), key=lambda guests: guests.reservation_id)
    if not waiting or are_too_late(scene.day, scene.now):
        return None
    reservations = {guests.reservation_id: guests.guests for guests in waiting}
    people = sum(reservations.values())
    reasons = "; ".join(dict.fromkeys(guests.reason for guests in waiting))
    verb = "has" if people == 1 else "have"
    return DetectedConflict(
        type=ConflictType.CAPACITY_EXCEEDED,
        cause=Cause.GUESTS_WITHOUT_PLACE,
        severity=Severity.CRITICAL if scene.day <= scene.now.date() + SOON else Severity.HIGH,
        description=f"{counted(people, 'guest')} {verb} no place on {scene.day}, {reasons}: {_named(reservations)}.",
        day=scene.day,
        region_id=next((guests.region_id for guests in waiting if guests.region_id), None),
        subjects=(waiting_list_id(scene.day, trip_id),),
        departure_ids=(),
        trip_ids=(trip_id,),
        guests=people,
        evidence=_evidence(reservations, people),
        read_at={OURSELVES: scene.now.isoformat()},
    )


def are_among(evidence: Mapping[str, Any], accepted: Mapping[str, Any]) -> bool:
    """Return whether all guests without a place are among those of an earlier conflict: fewer of them are no news."""
    reservations, known = evidence["reservations"], accepted.get("reservations", {})
    are_known = all(guests <= known.get(reservation, 0) for reservation, guests in reservations.items())
    return are_known and evidence["people"] <= accepted.get("people", 0)


def _evidence(reservations: Mapping[UUID, int], people: int) -> dict[str, Any]:
    by_id = {str(reservation): guests for reservation, guests in sorted(reservations.items())}
    return {"reservations": by_id, "people": people, "allowed": 0}


def _named(reservations: Mapping[UUID, int]) -> str:
    if not reservations:
        return "the catalog sold their seats, no reservation is known"
    return counted(len(reservations), "reservation")
