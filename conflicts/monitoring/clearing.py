"""Clearing: a conflict whose facts are gone is resolved by the system, and says why."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from uuid import UUID

from django.db.models import Q

from conflicts.choices import Cause, ConflictType, ResolutionStatus
from conflicts.detection import Detection
from conflicts.detection.scene import OVER
from conflicts.models import ConflictResolution, ScheduleConflict
from conflicts.monitoring.store import is_in_somebodys_hands
from scheduling.domain.document import Departure
from scheduling.domain.limits import LONGEST_TRIP

SYSTEM = "system"

WHY_CLEARED = {
    Cause.CERTIFICATION: "the certificate is valid",
    Cause.RESTRICTION: "the restriction no longer applies",
    Cause.NO_LEAD: "the departure has a lead",
    Cause.OVERLAP: "the departures no longer overlap",
    Cause.REST: "there is enough rest",
    Cause.AVAILABILITY_EXCEPTION: "the guide is back",
    Cause.NOT_AVAILABLE: "the guide is available",
    Cause.HELD_BY_EMERGENCY: "the guide is released",
    Cause.TRAIL: "trail reopened",
    Cause.TRAIL_HAZARD: "the danger on the trail is over",
    Cause.WEATHER_WARNING: "the alert is over",
    Cause.STORM_FORECAST: "no storm is forecast",
    Cause.WEATHER_EMERGENCY: "the emergency is over",
    Cause.DEPARTURE_CAPACITY: "there is room for everybody",
    Cause.TRAIL_GROUP_SIZE: "the trail takes the group",
    Cause.TEAM_GROUP_SIZE: "the team may lead the group",
    Cause.LOCATION_CAPACITY: "the base camp has room",
}
ABOUT_THE_WHOLE_TEAM = frozenset({Cause.NO_LEAD, Cause.TEAM_GROUP_SIZE})


def clear_conflicts(
    detection: Detection, departures: Mapping[str, Departure | None], days: Iterable[date], *, now: datetime
) -> list[UUID]:
    """Resolve the open conflicts that detection judged and no longer finds, and those that became moot.

    `departures` are the ones looked at, None for one that is gone. Answers which were cleared. A conflict
    whose rule could not be judged, because its source did not answer, stays.
    """
    still_there = {conflict.fingerprint for conflict in detection.found}
    cleared = []
    for conflict in _candidates(detection, departures, days):
        if conflict.details["fingerprint"] in still_there or is_in_somebodys_hands(conflict.pk):
            continue
        why = _why_cleared(conflict, detection, departures, now)
        if why and _clear(conflict, why, now):
            cleared.append(conflict.pk)
    return cleared


def _candidates(
    detection: Detection, departures: Mapping[str, Departure | None], days: Iterable[date]
) -> list[ScheduleConflict]:
    days = list(days)
    subjects = {subject for _, subject in detection.judged} | departures.keys()
    about = Q(details__subjects__has_any_keys=list(subjects)) | Q(details__departure_ids__has_any_keys=list(departures))
    nearby = ScheduleConflict.objects.open().between(min(days) - LONGEST_TRIP, max(days))
    return list(nearby.filter(about).order_by("conflict_id"))


def _why_cleared(
    conflict: ScheduleConflict, detection: Detection, departures: Mapping[str, Departure | None], now: datetime
) -> str | None:
    cause = conflict.details["cause"]
    if detection.has_judged(cause, conflict.details["subjects"]):
        return WHY_CLEARED[Cause(cause)]
    about = {key: departures[key] for key in conflict.details["departure_ids"] if key in departures}
    return _why_moot(conflict, about, now)


def _why_moot(conflict: ScheduleConflict, about: Mapping[str, Departure | None], now: datetime) -> str | None:
    """Why there is nothing left to be wrong, whatever siblings would say."""
    over = [each is None or each.status in OVER or each.ends_at <= now for each in about.values()]
    whole = conflict.details["cause"] == Cause.LOCATION_CAPACITY
    if (all(over) and len(over) == len(conflict.details["departure_ids"])) or (any(over) and not whole):
        return "the departure is over or cancelled"
    present = [each for each in about.values() if each is not None]
    if conflict.conflict_type == ConflictType.CAPACITY_EXCEEDED:
        return _why_there_is_room(conflict, present)
    if any(_has_lost(conflict, departure) for departure in present):
        return "the plan changed"
    return None


def _why_there_is_room(conflict: ScheduleConflict, present: list[Departure]) -> str | None:
    allowed = conflict.details["evidence"]["told"]["allowed"]
    return "fewer guests" if present and sum(each.participants for each in present) <= allowed else None


def _has_lost(conflict: ScheduleConflict, departure: Departure) -> bool:
    """Whether the guide or the trail that was the trouble is no longer part of the departure."""
    guides, trails = (set(conflict.details.get(f"affected_{kind}_ids", [])) for kind in ("guide", "trail"))
    if conflict.details["cause"] in ABOUT_THE_WHOLE_TEAM:
        guides = set()
    team = {str(guide) for guide in departure.guide_ids}
    return not guides <= team or not trails <= {str(departure.trail_id)}


def _clear(conflict: ScheduleConflict, why: str, now: datetime) -> bool:
    still_open = ScheduleConflict.objects.open().filter(pk=conflict.pk)
    if not still_open.update(resolved=True):
        return False
    ConflictResolution.objects.create(
        conflict=conflict,
        status=ResolutionStatus.RESOLVED,
        resolved_by=SYSTEM,
        notes=f"cleared: {why}",
        resolved_at=now,
        completed_at=now,
    )
    return True
