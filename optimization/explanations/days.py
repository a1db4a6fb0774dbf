"""Explaining the plan of a whole day: every departure's, in order of their time."""

from collections.abc import Collection, Iterable, Sequence
from typing import Any
from uuid import UUID

from optimization.candidates.workload import Workload, hours_led, workloads
from optimization.days.planned_day import PlannedDay
from optimization.explanations.departures import explain_departure
from optimization.explanations.explanation import DepartureExplanation
from optimization.explanations.representation import told_as_data
from optimization.explanations.text import lines_of
from scheduling.domain.text import counted

# Of each departure the best few who are not on the team; a person asks for the others one departure at a time.
FORCED_OF_EACH = 3


def explain_day(
    planned: PlannedDay, *, time_limit_seconds: float, but: Collection[UUID] = ()
) -> tuple[DepartureExplanation, ...]:
    """Why each departure has its team, or nobody; the time is shared evenly among the departures.

    `but` are departures that are left out: those that were planned again since.
    """
    departures = {key: one for key, one in {**planned.planned, **planned.held}.items() if key not in but}
    ordered = sorted(departures, key=lambda key: (departures[key].starts_at, key))
    each = time_limit_seconds / max(1, len(ordered))
    return tuple(
        explain_departure(planned, key, time_limit_seconds=each, most_forced=FORCED_OF_EACH) for key in ordered
    )


def explain_parts(parts: Sequence[PlannedDay], *, time_limit_seconds: float) -> tuple[DepartureExplanation, ...]:
    """The same for a plan that was made in several goes, each departure by the last that planned it."""
    told: dict[UUID, DepartureExplanation] = {}
    for part in reversed(parts):
        again = explain_day(part, time_limit_seconds=time_limit_seconds, but=told.keys())
        told |= {one.departure_id: one for one in again}
    return tuple(sorted(told.values(), key=lambda one: (one.departure.starts_at, one.departure_id)))


def fairness_of(planned: PlannedDay) -> dict[UUID, Workload]:
    """The workload of every guide who could lead something in this plan, compared with each other."""
    could = {candidate.guide.id for assessment in planned.assessments.values() for candidate in assessment.candidates}
    on_the_day = hours_led([*planned.planned.values(), *planned.held.values()])
    return workloads(could, planned.facts.recent_hours, on_the_day)


def explanation_text(told: Iterable[DepartureExplanation]) -> list[str]:
    """Lines for a terminal: a heading a departure, its explanation indented below."""
    lines: list[str] = []
    for one in told:
        departure = one.departure
        guests = counted(departure.participants, "guest")
        lines.append(f"{departure.starts_at:%H:%M} {departure.trip_name}, {guests}")
        lines += [f"  {line}" for line in lines_of(one)]
    return lines


def explanation_data(told: Iterable[DepartureExplanation]) -> dict[str, dict[str, Any]]:
    """The same for programs, by departure."""
    return {str(one.departure_id): told_as_data(one) for one in told}
