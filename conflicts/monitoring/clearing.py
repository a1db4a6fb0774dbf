"""Clearing: resolving conflicts whose facts no longer hold, by the system and with the reason."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from uuid import UUID

from django.db.models import Q

from conflicts.choices import EventKind, ResolutionStatus
from conflicts.detection import Cause, ConflictType, Detection
from conflicts.detection.scene import ENDED
from conflicts.history.recording import record
from conflicts.models import ConflictResolution, ScheduleConflict
from conflicts.monitoring.store import is_being_resolved
from scheduling.domain.document import Departure
from scheduling.domain.limits import LONGEST_TRIP

SYSTEM = "system"

CLEARING_REASONS = {
    Cause.CERTIFICATION: "the certificate is valid",
    Cause.RESTRICTION: "the restriction no longer applies",
    Cause.NO_LEAD: "the departure has a lead",
    Cause.OVERLAP: "the departures no longer overlap",
    Cause.REST: "there is enough rest",
    Cause.AVAILABILITY_EXCEPTION: "the guide is back",
    Cause.NOT_AVAILABLE: "the guide is available",
    Cause.HELD_BY_EMERGENCY: "the guide is released",
    Cause.GUIDE_NOTE: "the note is approved or withdrawn",
    Cause.NO_TRAIL: "a trail fits",
    Cause.TRAIL: "trail reopened",
    Cause.TRAIL_HAZARD: "the hazard on the trail is over",
    Cause.WEATHER_WARNING: "the alert is over",
    Cause.STORM_FORECAST: "no storm is forecast",
    Cause.WEATHER_EMERGENCY: "the emergency is over",
    Cause.DEPARTURE_CAPACITY: "there are places for all guests",
    Cause.TRAIL_GROUP_SIZE: "the trail takes the group",
    Cause.TEAM_GROUP_SIZE: "the team may lead the group",
    Cause.LOCATION_CAPACITY: "the base camp has room",
    Cause.CATALOG_MOVED: "the departure and the catalog agree",
    Cause.CATALOG_CANCELLED: "the departure and the catalog agree",
    Cause.GUESTS_WITHOUT_PLACE: "nobody is left without a place",
}
TEAM_CAUSES = frozenset({Cause.NO_LEAD, Cause.TEAM_GROUP_SIZE})


def clear_conflicts(
    detection: Detection, departures: Mapping[str, Departure | None], days: Iterable[date], *, now: datetime
) -> list[UUID]:
    """Resolve the open conflicts that detection judged and no longer finds, and those that became moot.

    `departures` are those that were judged, by id, None for one that was removed; `days` are their dates. A
    conflict whose rule could not be judged, because its source did not answer, stays open. Returns the ids of
    the cleared conflicts.
    """
    still_there = {conflict.fingerprint for conflict in detection.conflicts}
    cleared = []
    for conflict in _candidates(detection, departures, days):
        if conflict.details["fingerprint"] in still_there or is_being_resolved(conflict.pk):
            continue
        reason = _clearing_reason(conflict, detection, departures, now)
        if reason and _clear(conflict, reason, now):
            cleared.append(conflict.pk)
    return cleared


def _candidates(
    detection: Detection, departures: Mapping[str, Departure | None], days: Iterable[date]
) -> list[ScheduleConflict]:
    days = frozenset(days)
    subjects = {subject for _, subject in detection.judged} | departures.keys()
    about = Q(details__subjects__has_any_keys=list(subjects)) | Q(details__departure_ids__has_any_keys=list(departures))
    nearby = ScheduleConflict.objects.open().between(min(days) - LONGEST_TRIP, max(days))
    candidates = nearby.filter(about).order_by("conflict_id")
    return [conflict for conflict in candidates if conflict.day in days or not _is_of_its_date(conflict)]


def _is_of_its_date(conflict: ScheduleConflict) -> bool:
    """True where its subject is the same on every date: a base camp has room on one and is crowded on another."""
    return bool(conflict.details["cause"] == Cause.LOCATION_CAPACITY)


def _clearing_reason(
    conflict: ScheduleConflict, detection: Detection, departures: Mapping[str, Departure | None], now: datetime
) -> str | None:
    cause = conflict.details["cause"]
    if detection.has_judged(cause, conflict.details["subjects"]):
        return CLEARING_REASONS[Cause(cause)]
    about = {key: departures[key] for key in conflict.details["departure_ids"] if key in departures}
    return _moot_reason(conflict, about, now)


def _moot_reason(conflict: ScheduleConflict, about: Mapping[str, Departure | None], now: datetime) -> str | None:
    """The reason for which our own document alone ends the conflict; None where the siblings' facts decide."""
    if conflict.details["cause"] == Cause.GUESTS_WITHOUT_PLACE:
        return None
    ended = [departure is None or departure.status in ENDED or departure.ends_at <= now for departure in about.values()]
    needs_all = conflict.details["cause"] == Cause.LOCATION_CAPACITY
    if (all(ended) and len(ended) == len(conflict.details["departure_ids"])) or (any(ended) and not needs_all):
        return "the departure is over or cancelled"
    present = [departure for departure in about.values() if departure is not None]
    if conflict.conflict_type == ConflictType.CAPACITY_EXCEEDED:
        return _capacity_reason(conflict, present)
    if any(_has_dropped_its_subject(conflict, departure) for departure in present):
        return "the plan changed"
    return None


def _capacity_reason(conflict: ScheduleConflict, present: list[Departure]) -> str | None:
    allowed = conflict.details["evidence"]["told"]["allowed"]
    guests = sum(departure.participants for departure in present)
    return "fewer guests" if present and guests <= allowed else None


def _has_dropped_its_subject(conflict: ScheduleConflict, departure: Departure) -> bool:
    """True where a guide or the trail that the conflict is about is no longer part of the departure."""
    guides, trails = (set(conflict.details.get(f"affected_{kind}_ids", [])) for kind in ("guide", "trail"))
    if conflict.details["cause"] in TEAM_CAUSES:
        guides = set()
    team = {str(guide) for guide in departure.guide_ids}
    return not guides <= team or not trails <= {str(departure.trail_id)}


def _clear(conflict: ScheduleConflict, reason: str, now: datetime) -> bool:
    still_open = ScheduleConflict.objects.open().filter(pk=conflict.pk)
    if not still_open.update(resolved=True):
        return False
    ConflictResolution.objects.create(
        conflict=conflict,
        status=ResolutionStatus.RESOLVED,
        resolved_by=SYSTEM,
        notes=f"cleared: {reason}",
        resolved_at=now,
        completed_at=now,
    )
    record(EventKind.CLEARED, conflict, now=now, reason=reason)
    return True
