"""Computing the options of a conflict: looked up and searched outside any transaction, then stored."""

import json
import time
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Self
from uuid import UUID

import structlog
from django.db import connection
from django.utils import timezone

from conflicts.choices import ConflictType
from conflicts.models import ScheduleConflict
from conflicts.options import Option, accept_risk
from conflicts.resolution.problem import Problem
from conflicts.resolution.registry import search_options
from novatrek_scheduling.errors import Unavailable
from scheduling.daily_schedules.commitments import commitments_around
from scheduling.daily_schedules.decision_facts import gather_facts
from scheduling.daily_schedules.writer import Draft, read_drafts
from scheduling.domain.document import Departure
from scheduling.domain.facts import Snapshot, Span
from scheduling.models import DailySchedule
from scheduling.rules import Facts
from scheduling.snapshot import UnknownTrip, take_facts_snapshot, take_trip_snapshot, with_certificates

DAYS_AROUND = 3

logger = structlog.get_logger(__name__)


def compute_options(conflict: ScheduleConflict, *, deadline_seconds: float) -> list[Option]:
    """Search the ways out of a conflict on today's facts and revisions, and store them with it, best first.

    Accepting the risk is always the last of them; it is the only one where a sibling that the search needs
    does not answer, or nothing is left to plan.
    """
    rev = DailySchedule.objects.values_list("rev", flat=True).get(pk=conflict.schedule_id)
    found = _search(conflict, deadline_seconds)
    options = [*(found or []), accept_risk(conflict.pk, conflict.details)]
    told: dict[str, Any] = {"resolution_options": [option.stored() for option in options]}
    if found is not None:
        told["options_rev"] = rev
    with connection.cursor() as cursor:
        # Only these keys: a detection may be writing the others.
        cursor.execute(
            "UPDATE schedule_conflicts SET details = details || %s::jsonb WHERE conflict_id = %s AND NOT resolved",
            [json.dumps(told), conflict.pk],
        )
    conflict.details |= told
    return options


def are_options_current(conflict: ScheduleConflict) -> bool:
    """Whether they were searched on the revision that the conflict's daily schedule has now."""
    searched_on = conflict.details.get("options_rev")
    return DailySchedule.objects.filter(pk=conflict.schedule_id, rev=searched_on).exists()


def _search(conflict: ScheduleConflict, deadline_seconds: float) -> list[Option] | None:
    """The ways out; None where what the search needs is not to be had."""
    try:
        problem = state_problem(conflict, deadline_seconds=deadline_seconds)
    except (Unavailable, UnknownTrip) as error:
        logger.warning("options_not_computed", conflict_id=str(conflict.pk), reason=str(error))
        return None
    return search_options(problem) if problem else []


def state_problem(conflict: ScheduleConflict, *, deadline_seconds: float) -> Problem | None:
    """The conflict with the facts around it; None where all its departures are over. Raises SiblingUnavailable."""
    now, certify = timezone.now(), Certifier.within(deadline_seconds)
    window = _days_around(conflict.day, now)
    drafts = read_drafts(window)
    about = _departures_of(conflict, drafts)
    coming = [departure for departure in about if departure.ends_at > now]
    if not coming:
        return None
    ends = max(departure.ends_at for departure in coming).date()
    days = {*window, *(conflict.day + timedelta(days=n) for n in range((ends - conflict.day).days + 1))}
    snapshot = take_snapshot_for(coming, days, deadline_seconds=deadline_seconds)
    return Problem(
        conflict_id=conflict.pk,
        conflict_type=ConflictType(conflict.conflict_type),
        details=conflict.details,
        documents={day: draft.document for day, draft in drafts.items()},
        revisions={day: draft.rev for day, draft in drafts.items()},
        facts=gather_facts(snapshot),
        commitments=commitments_around(_span_over(coming)),
        certify=certify,
        now=now,
    )


def take_snapshot_for(
    departures: Collection[Departure], days: Collection[date], *, deadline_seconds: float
) -> Snapshot:
    """What siblings say about some departures and their guides on `days`, in as few calls as that takes."""
    trips = {departure.trip_id for departure in departures}
    trails = {departure.trail_id for departure in departures if departure.trail_id}
    if len(trips) == 1:
        return take_trip_snapshot(trips.pop(), days, trail_ids=trails, deadline_seconds=deadline_seconds)
    return take_facts_snapshot(
        days,
        region_ids={departure.region_id for departure in departures},
        trip_ids=trips,
        trail_ids=trails,
        deadline_seconds=deadline_seconds,
    )


@dataclass(frozen=True, slots=True)
class Certifier:
    """Reads certificates until a deadline; after it they are not known, as where nobody answers."""

    until: float

    @classmethod
    def within(cls, seconds: float) -> Self:
        return cls(time.monotonic() + seconds)

    def __call__(self, facts: Facts, guide_ids: set[UUID]) -> Facts:
        left = self.until - time.monotonic()
        if left <= 0:
            return facts
        return facts.on(with_certificates(facts.snapshot, guide_ids, deadline_seconds=left))


def _days_around(day: date, now: datetime) -> list[date]:
    around = (day + timedelta(days=n) for n in range(-DAYS_AROUND, DAYS_AROUND + 1))
    return [each for each in around if each >= now.date() or each == day]


def _departures_of(conflict: ScheduleConflict, drafts: dict[date, Draft]) -> list[Departure]:
    """Those it is about, and those that are on the same trail that day."""
    about = set(conflict.details["departure_ids"])
    trails = set(conflict.details.get("affected_trail_ids", []))
    return [
        departure
        for day, draft in drafts.items()
        for key, departure in sorted(draft.document.departures.items())
        if str(key) in about or (day == conflict.day and str(departure.trail_id) in trails)
    ]


def _span_over(departures: Collection[Departure]) -> Span:
    """All the time in which a departure among these could come to lie."""
    longest = max(departure.ends_at - departure.starts_at for departure in departures)
    around = timedelta(days=DAYS_AROUND + 1)
    first, last = min(d.starts_at for d in departures), max(d.ends_at for d in departures)
    return Span(first - around, last + around + longest)
