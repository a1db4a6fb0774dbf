"""The plan of a date on its latest document: what optimizing it would decide now. Nothing is written."""

from collections.abc import Collection, Mapping
from datetime import date
from uuid import UUID

from django.conf import settings
from django.utils import timezone

from optimization.candidates.assessment import Roster, who_needs_certificates
from optimization.days.planner import NOBODY_AROUND, PlannedDay, open_departures, plan_departures
from scheduling.daily_schedules.catalog_aliases import known_departure_ids
from scheduling.daily_schedules.catalog_sync import merge_catalog
from scheduling.daily_schedules.commitments import commitments_around
from scheduling.daily_schedules.hard_rules import departures_elsewhere, entered_over
from scheduling.daily_schedules.writer import read_drafts
from scheduling.domain.document import Departure, ScheduleDocument
from scheduling.domain.facts import Span
from scheduling.rules import Demand, Facts
from scheduling.rules.inputs import days_of
from scheduling.snapshot.guides import with_availability_notes, with_certificates
from scheduling.snapshot.later_days import with_availability_on


def plan_date(
    day: date,
    region_ids: Collection[UUID],
    facts: Facts,
    only: Collection[UUID] | None = None,
    *,
    time_limit_seconds: float | None = None,
    reader: str = "worker",
    max_changes: int | None = None,
) -> PlannedDay:
    """Staff the open departures of these regions, those of `only` if it is given, around everything else.

    `reader` names the deadline for what is read of siblings beside `facts`. The time limit is the settings'
    by default. Raises SiblingUnavailable where the guides of a later day do not answer.
    """
    deadline_seconds = float(settings.SNAPSHOT_DEADLINE_SECONDS[reader])
    draft = read_drafts([day])[day]
    base, document = draft.document.copy_for_editing(), draft.document
    known_as = known_departure_ids(day, facts.snapshot, document)
    now = timezone.now()
    merge_catalog(document, day, facts.snapshot, region_ids=region_ids, known_as=known_as, now=now)
    departures = open_departures(document, region_ids, now, only)
    roster = _roster(document, day, departures)
    return plan_departures(
        departures,
        document.departures,
        day,
        _with_what_planning_needs(departures, day, facts, roster, deadline_seconds),
        roster,
        base={key: base.departures[key] for key in departures if key in base.departures},
        time_limit_seconds=time_limit_seconds or settings.SOLVER_TIME_LIMIT_SECONDS,
        with_notes_of=lambda known, guides: _with_notes_of(known, guides, deadline_seconds),
        max_changes=max_changes,
    )


def _roster(document: ScheduleDocument, day: date, departures: Mapping[UUID, Departure]) -> Roster:
    if not departures:
        return NOBODY_AROUND
    span = Span(
        min(departure.starts_at for departure in departures.values()),
        max(departure.ends_at for departure in departures.values()),
    )
    entered = entered_over(document, day, departures.values())
    return Roster(entered, commitments_around(span), frozenset(departures), departures_elsewhere(span, [day]))


def _with_what_planning_needs(
    departures: Mapping[UUID, Departure], day: date, facts: Facts, roster: Roster, deadline_seconds: float
) -> Facts:
    """The later days of long trips, and the certificates of guides who pass everything else."""
    later = {other for departure in departures.values() for other in days_of(departure)}
    facts = facts.on(with_availability_on(facts.snapshot, later, deadline_seconds=deadline_seconds))
    demands = [Demand.of(key, departure, day, facts.snapshot) for key, departure in departures.items()]
    asked = who_needs_certificates(demands, facts, roster)
    return facts.on(with_certificates(facts.snapshot, asked, deadline_seconds=deadline_seconds))


def _with_notes_of(facts: Facts, guide_ids: Collection[UUID], deadline_seconds: float) -> Facts:
    return facts.on(with_availability_notes(facts.snapshot, guide_ids, deadline_seconds=deadline_seconds))
