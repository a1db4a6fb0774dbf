"""Computing the options of a conflict: searched outside any transaction, then stored."""

import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID

import structlog
from django.db import connection
from django.utils import timezone

from conflicts.detection import ConflictType
from conflicts.models import ScheduleConflict
from conflicts.options import Option, accept_risk
from conflicts.resolution.problem import Problem, SharedFacts
from conflicts.resolution.registry import search_options
from novatrek_scheduling.deadline import Deadline
from novatrek_scheduling.errors import Unavailable
from scheduling.daily_schedules.commitments import commitments_around
from scheduling.daily_schedules.decision_facts import gather_facts, with_past_starts
from scheduling.daily_schedules.drafts import Draft, read_drafts
from scheduling.daily_schedules.surroundings import entries_on
from scheduling.domain.document import Departure, GuideAdjustments
from scheduling.domain.facts import Guide, Snapshot, Span
from scheduling.hooks import pairing_score
from scheduling.models import DailySchedule
from scheduling.rules import Demand, Facts
from scheduling.snapshot import UnknownTrip, take_facts_snapshot, take_trip_snapshot, with_certificates

DAYS_AROUND = 3

logger = structlog.get_logger(__name__)


def compute_options(conflict: ScheduleConflict, *, deadline_seconds: float) -> list[Option]:
    """Search the options of a conflict on current facts and revisions, and store them with it, best first.

    The last option is always to accept the risk. It is the only one where a sibling that the search needs does
    not answer within `deadline_seconds`, or no departure is left to plan.
    """
    rev = DailySchedule.objects.values_list("rev", flat=True).get(pk=conflict.schedule_id)
    searched = _search(conflict, deadline_seconds)
    options = [*(searched or []), accept_risk(conflict.pk, conflict.details)]
    details: dict[str, Any] = {"resolution_options": [option.stored() for option in options]}
    if searched is not None:
        details["options_rev"] = rev
    with connection.cursor() as cursor:
        # Only these keys: a concurrent detection may be writing the others.
        cursor.execute(
            "UPDATE schedule_conflicts SET details = details || %s::jsonb WHERE conflict_id = %s AND NOT resolved",
            [json.dumps(details), conflict.pk],
        )
    conflict.details |= details
    return options


def are_options_current(conflict: ScheduleConflict) -> bool:
    """True where the options were searched on the current revision of the conflict's daily schedule."""
    return DailySchedule.objects.filter(pk=conflict.schedule_id, rev=conflict.details.get("options_rev")).exists()


def _search(conflict: ScheduleConflict, deadline_seconds: float) -> list[Option] | None:
    """Search the options; None where the facts that the search needs cannot be read."""
    try:
        problem = state_problem(conflict, deadline_seconds=deadline_seconds)
    except (Unavailable, UnknownTrip) as error:
        logger.warning("options_not_computed", conflict_id=str(conflict.pk), reason=str(error))
        return None
    return search_options(problem) if problem else []


def state_problem(conflict: ScheduleConflict, *, deadline_seconds: float) -> Problem | None:
    """Read the facts around a conflict; None where all its departures are over.

    Raises SiblingUnavailable, and UnknownTrip where the catalog no longer has the trip.
    """
    now, certify = timezone.now(), Certifier(Deadline.after(deadline_seconds))
    listed = _listed_day(conflict)
    window = sorted({*_days_around(conflict.day, now), *([listed] if listed else [])})
    drafts = read_drafts(window)
    about = _departures_of(conflict, drafts)
    remaining = [departure for departure in about if departure.ends_at > now]
    if not remaining:
        return None
    ends = max(departure.ends_at for departure in remaining).date()
    days = {*window, *(conflict.day + timedelta(days=n) for n in range((ends - conflict.day).days + 1))}
    snapshot = take_snapshot_for(remaining, days, deadline_seconds=deadline_seconds)
    return Problem(
        conflict_id=conflict.pk,
        conflict_type=ConflictType(conflict.conflict_type),
        details=conflict.details,
        documents={day: draft.document for day, draft in drafts.items()},
        revisions={day: draft.rev for day, draft in drafts.items()},
        shared=SharedFacts(with_past_starts(gather_facts(snapshot), snapshot.trips.keys()), certify),
        entered=entries_on({day + timedelta(days=n) for day in days for n in range(DAYS_AROUND + 1)}),
        commitments=commitments_around(_span_over(remaining, listed)),
        score=score_of,
        now=now,
    )


def score_of(guide: Guide, demand: Demand, facts: Facts, entry: GuideAdjustments) -> float:
    """The suitability of a guide for a departure, in [0, 1], as a dispatcher's patch rates them."""
    return max(pairing_score(guide, demand, facts, entry), default=0.0)


def take_snapshot_for(
    departures: Collection[Departure], days: Collection[date], *, deadline_seconds: float
) -> Snapshot:
    """Take a snapshot for some departures and their guides on `days`, in as few calls as possible.

    Raises SiblingUnavailable, and UnknownTrip where the catalog lacks the trip of a departure that it is said to sell.
    """
    trips = {departure.trip_id for departure in departures}
    trails = {departure.trail_id for departure in departures if departure.trail_id}
    if len(trips) == 1 and not any(departure.is_off_sale for departure in departures):
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
    """Reads certificates until a deadline; later ones stay unknown, as where svc-guide-management does not answer."""

    deadline: Deadline

    def __call__(self, facts: Facts, guide_ids: set[UUID]) -> Facts:
        if self.deadline.has_passed:
            return facts
        seconds = self.deadline.remaining()
        return facts.with_snapshot(with_certificates(facts.snapshot, guide_ids, deadline_seconds=seconds))


def _days_around(day: date, now: datetime) -> list[date]:
    window = (day + timedelta(days=n) for n in range(-DAYS_AROUND, DAYS_AROUND + 1))
    return [other for other in window if other >= now.date() or other == day]


def _listed_day(conflict: ScheduleConflict) -> date | None:
    """The date on which the catalog lists the departure, where the conflict is about that."""
    listed = conflict.details.get("evidence", {}).get("told", {}).get("listed")
    return date.fromisoformat(listed["schedule_date"]) if listed else None


def _departures_of(conflict: ScheduleConflict, drafts: dict[date, Draft]) -> list[Departure]:
    """The conflict's departures, and those on the same trail on its date."""
    about = set(conflict.details["departure_ids"])
    trails = set(conflict.details.get("affected_trail_ids", []))
    return [
        departure
        for day, draft in drafts.items()
        for key, departure in sorted(draft.document.departures.items())
        if str(key) in about or (day == conflict.day and str(departure.trail_id) in trails)
    ]


def _span_over(departures: Collection[Departure], listed: date | None) -> Span:
    """The span within which any of these departures could be rescheduled, to a date that the catalog lists too."""
    longest = max(departure.ends_at - departure.starts_at for departure in departures)
    margin = timedelta(days=DAYS_AROUND + 1)
    first, last = min(d.starts_at for d in departures), max(d.ends_at for d in departures)
    if listed:
        midnight = datetime.combine(listed, time.min, UTC)
        first, last = min(first, midnight), max(last, midnight + longest)
    return Span(first - margin, last + margin + longest)
