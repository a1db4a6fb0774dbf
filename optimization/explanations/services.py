"""Explanation of a departure of a stored daily schedule by optimizing its region now, without storing anything."""

from dataclasses import replace
from uuid import UUID

from django.conf import settings
from django.utils import timezone

from optimization.days.planned_day import PlannedDay
from optimization.days.services import plan_date
from optimization.explanations.departures import explain_departure
from optimization.explanations.explanation import DepartureExplanation, PlanStanding
from optimization.explanations.replacing import Replacements, find_replacements
from scheduling.daily_schedules.decision_facts import gather_facts
from scheduling.daily_schedules.drafts import read_drafts
from scheduling.domain.document import ScheduleDocument
from scheduling.domain.facts import Snapshot
from scheduling.errors import UnknownDeparture
from scheduling.models import DailySchedule
from scheduling.snapshot import take_day_snapshot

TIME_LIMIT_SECONDS = 2.0


def explain_as_it_stands(
    schedule: DailySchedule, departure_id: UUID, *, time_limit_seconds: float = TIME_LIMIT_SECONDS
) -> DepartureExplanation:
    """Explain the departure against the best plan of its region at this moment; nothing is written.

    That plan keeps current assignments unless more guests can be served; departures of other regions are unchanged.
    A departure that has started or was cancelled has the standing NOT_PLANNED and no explanation. The time limit
    applies to planning and to explaining, each; the siblings are read within the interactive deadline. Raises
    UnknownDeparture, and SiblingUnavailable if the catalog or the guides do not answer.
    """
    document = read_drafts([schedule.schedule_date], departures=[departure_id])[schedule.schedule_date].document
    departure = document.departures.get(departure_id)
    if departure is None:
        raise UnknownDeparture(f"The daily schedule of {schedule.schedule_date} has no departure {departure_id}.")
    if not departure.may_be_replanned(timezone.now()):
        return DepartureExplanation(departure_id, departure, PlanStanding.NOT_PLANNED)
    planned = _plan_region(schedule, document, departure.region_id, time_limit_seconds)
    if departure_id not in planned.planned.keys() | planned.held.keys():
        return DepartureExplanation(departure_id, departure, PlanStanding.NOT_PLANNED)
    explanation = explain_departure(planned, departure_id, time_limit_seconds=time_limit_seconds)
    return replace(explanation, differs=explanation.departure.guide_ids != departure.guide_ids)


def price_replacements(
    schedule: DailySchedule, departure_id: UUID, *, time_limit_seconds: float = TIME_LIMIT_SECONDS
) -> Replacements:
    """Return what each guide costs instead of the present team, as `explain_as_it_stands` explains the departure.

    None for a departure that is no longer planned. Raises as that does.
    """
    document = read_drafts([schedule.schedule_date], departures=[departure_id])[schedule.schedule_date].document
    departure = document.departures.get(departure_id)
    if departure is None:
        raise UnknownDeparture(f"The daily schedule of {schedule.schedule_date} has no departure {departure_id}.")
    if not departure.may_be_replanned(timezone.now()):
        return Replacements()
    planned = _plan_region(schedule, document, departure.region_id, time_limit_seconds)
    return find_replacements(planned, departure_id, document.departures, time_limit_seconds=time_limit_seconds)


def _plan_region(
    schedule: DailySchedule, document: ScheduleDocument, region_id: UUID, time_limit_seconds: float
) -> PlannedDay:
    facts = gather_facts(_snapshot(schedule, document, region_id))
    return plan_date(
        schedule.schedule_date, {region_id}, facts, time_limit_seconds=time_limit_seconds, reader="interactive"
    )


def _snapshot(schedule: DailySchedule, document: ScheduleDocument, region_id: UUID) -> Snapshot:
    here = document.departures_in({region_id}).values()
    return take_day_snapshot(
        schedule.schedule_date,
        region_ids=[region_id],
        trip_ids={departure.trip_id for departure in here},
        trail_ids={departure.trail_id for departure in here if departure.trail_id},
        deadline_seconds=settings.SNAPSHOT_DEADLINE_SECONDS["interactive"],
    )
