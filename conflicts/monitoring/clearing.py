"""Clearing: resolving conflicts whose facts no longer hold, by the system and with the reason that is true."""

from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import connection

from conflicts.choices import ResolutionStatus
from conflicts.detection import Cause, ConflictType, Detection, Scene
from conflicts.detection.closing import Closing, HazardEnd
from conflicts.history.recording import record_clearings
from conflicts.models import ConflictResolution, ScheduleConflict
from conflicts.monitoring.store import is_being_resolved
from novatrek_scheduling.pgpool.rows import columns_of, row_of
from scheduling.domain.document import Departure
from scheduling.domain.facts import Sibling
from scheduling.domain.limits import LONGEST_TRIP
from scheduling.models import Hazard

SYSTEM = "system"

_OPEN_ABOUT = """
    SELECT {columns} FROM schedule_conflicts AS conflict
    WHERE NOT resolved AND details ->> 'conflict_date' BETWEEN %(first)s AND %(last)s
        AND (
            (details ->> 'conflict_date' = ANY(%(days)s) OR details ->> 'cause' = ANY(%(between_dates)s))
            AND EXISTS (
                SELECT FROM jsonb_array_elements_text(details -> 'subjects') AS subject
                WHERE subject = ANY(%(subjects)s)
            )
            OR details ->> 'conflict_date' = ANY(%(days)s) AND (
                NOT details ?& ARRAY['subjects', 'departure_ids'] OR EXISTS (
                    SELECT FROM jsonb_array_elements_text(details -> 'departure_ids') AS departure
                    WHERE departure = ANY(%(keys)s)
                )
            )
        )
    ORDER BY conflict_id
"""

TEAM_CAUSES = frozenset({Cause.NO_LEAD, Cause.TEAM_GROUP_SIZE})
READ_FROM_SIBLINGS = frozenset(
    {
        Cause.CERTIFICATION,
        Cause.NOT_AVAILABLE,
        Cause.TRAIL,
        Cause.WEATHER_WARNING,
        Cause.STORM_FORECAST,
        Cause.TRAIL_GROUP_SIZE,
        Cause.TEAM_GROUP_SIZE,
        Cause.LOCATION_CAPACITY,
    }
)
"""Causes that are judged by what a sibling said, at the time at which it was read."""


def clear_conflicts(
    detection: Detection,
    scenes: Mapping[date, Scene],
    departures: Mapping[UUID, Departure | None],
    *,
    now: datetime,
) -> list[UUID]:
    """Resolve the open conflicts that detection judged and no longer finds, and those that became moot.

    `departures` are those that were judged, by id, None for one that was removed. A conflict whose rule could not be
    judged, because its source did not answer, stays open, and so does one that was found on a later reading than this.
    Returns the ids of the cleared conflicts.
    """
    still_there = {conflict.fingerprint for conflict in detection.conflicts}
    gone = [
        conflict
        for conflict in _candidates(detection, departures, scenes.keys())
        if conflict.details["fingerprint"] not in still_there and not is_being_resolved(conflict.pk)
    ]
    hazards = _ends_of_hazards(gone)
    reasons = {
        conflict.pk: _clearing_reason(_closing(conflict, scenes, departures, hazards), conflict, detection)
        for conflict in gone
    }
    return _clear({conflict: reason for conflict in gone if (reason := reasons[conflict.pk])}, now)


def _candidates(
    detection: Detection, departures: Mapping[UUID, Departure | None], days: Collection[date]
) -> list[ScheduleConflict]:
    """The open conflicts of these dates that are about what was judged, and those between them and earlier dates.

    They are chosen by PostgreSQL: a date may have thousands, and be judged a few departures at a time. One that does
    not say what it is about is among them, whatever was judged.
    """
    keys = [str(key) for key in departures]
    values: dict[str, Any] = {
        "first": (min(days) - LONGEST_TRIP).isoformat(),
        "last": max(days).isoformat(),
        "days": [day.isoformat() for day in days],
        "keys": keys,
        "subjects": list({subject for _, subject in detection.judged}.union(keys)),
        "between_dates": [cause.value for cause in Cause if cause.is_between_departures],
    }
    with connection.cursor() as cursor:
        cursor.execute(_OPEN_ABOUT.format(columns=columns_of(ScheduleConflict, "conflict")), values)
        return [row_of(ScheduleConflict, row) for row in cursor.fetchall()]


def _ends_of_hazards(conflicts: Iterable[ScheduleConflict]) -> dict[str, HazardEnd]:
    named = {conflict.details.get("evidence", {}).get("told", {}).get("hazard_id") for conflict in conflicts} - {None}
    rows = Hazard.objects.filter(pk__in=named) if named else ()
    return {str(row.hazard_id): HazardEnd(row.released_at is not None, row.ends_at) for row in rows}


def _closing(
    conflict: ScheduleConflict,
    scenes: Mapping[date, Scene],
    departures: Mapping[UUID, Departure | None],
    hazards: Mapping[str, HazardEnd],
) -> Closing:
    about = {UUID(key): departures[UUID(key)] for key in conflict.details["departure_ids"] if UUID(key) in departures}
    holding = (scene for scene in scenes.values() if any(key in scene.document.departures for key in about))
    scene = scenes.get(conflict.day) or next(holding, next(iter(scenes.values())))
    return Closing(conflict.details, scene, about, hazards)


def _clearing_reason(closing: Closing, conflict: ScheduleConflict, detection: Detection) -> str | None:
    if detection.has_judged(closing.cause, conflict.details["subjects"]):
        return None if _was_read_later(closing) else closing.reason()
    return _moot_reason(closing, conflict)


def _was_read_later(closing: Closing) -> bool:
    """True where the conflict was found on a later reading of its source than the one that does not find it."""
    if closing.cause not in READ_FROM_SIBLINGS:
        return False
    source = Sibling(closing.details["source_service"])
    found = closing.details.get("evidence", {}).get("read_at", {}).get(source)
    return bool(found) and datetime.fromisoformat(found) > datetime.fromisoformat(closing.scene.read_at(source)[source])


def _moot_reason(closing: Closing, conflict: ScheduleConflict) -> str | None:
    """The reason for which our own document alone ends the conflict; None where the siblings' facts decide."""
    if closing.cause is Cause.GUESTS_WITHOUT_PLACE:
        return None
    end = closing.end_of_departures()
    if end:
        return end
    present = [departure for departure in closing.departures.values() if departure is not None]
    is_moot = any(_has_dropped_its_subject(conflict, departure) for departure in present)
    if conflict.conflict_type == ConflictType.CAPACITY_EXCEEDED:
        is_moot = _has_room(conflict, present)
    return "; ".join(closing.changes()) or "the plan changed" if is_moot else None


def _has_room(conflict: ScheduleConflict, present: list[Departure]) -> bool:
    allowed: int = conflict.details["evidence"]["told"]["allowed"]
    return bool(present) and sum(departure.participants for departure in present) <= allowed


def _has_dropped_its_subject(conflict: ScheduleConflict, departure: Departure) -> bool:
    """True where a guide or the trail that the conflict is about is no longer part of the departure."""
    guides, trails = (set(conflict.details.get(f"affected_{kind}_ids", [])) for kind in ("guide", "trail"))
    if conflict.details["cause"] in TEAM_CAUSES:
        guides = set()
    team = {str(guide) for guide in departure.guide_ids}
    return not guides <= team or not trails <= {str(departure.trail_id)}


def _clear(reasons: Mapping[ScheduleConflict, str], now: datetime) -> list[UUID]:
    """Resolve the conflicts among these that are still open, and return their ids."""
    if not reasons:
        return []
    # Locked in one order: whoever resolves one of them meanwhile is waited for, and was faster.
    still_open = ScheduleConflict.objects.open().filter(pk__in=[conflict.pk for conflict in reasons])
    locked = set(still_open.order_by("pk").select_for_update().values_list("pk", flat=True))
    ScheduleConflict.objects.filter(pk__in=locked).update(resolved=True)
    cleared = {conflict: reason for conflict, reason in reasons.items() if conflict.pk in locked}
    ConflictResolution.objects.bulk_create(
        ConflictResolution(
            conflict=conflict,
            status=ResolutionStatus.RESOLVED,
            resolved_by=SYSTEM,
            notes=f"cleared: {reason}",
            resolved_at=now,
            completed_at=now,
        )
        for conflict, reason in cleared.items()
    )
    record_clearings(cleared, now=now)
    return [conflict.pk for conflict in cleared]
