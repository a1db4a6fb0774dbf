"""Explanations of a whole day's plan, in order of the departures' start."""

from collections.abc import Collection, Iterable, Sequence
from typing import Any
from uuid import UUID

from optimization.candidates.workload import Workload, hours_led, workloads
from optimization.days.planned_day import PlannedDay
from optimization.explanations.departures import explain_departure
from optimization.explanations.explanation import DepartureExplanation
from optimization.explanations.representation import explanation_as_data
from optimization.explanations.text import lines_of
from scheduling.domain.text import counted

# Costs are computed for the best candidates only; a single departure's explanation has them for all.
MAX_FORCED = 3


def explain_day(
    planned: PlannedDay, *, time_limit_seconds: float, excluding: Collection[UUID] = ()
) -> tuple[DepartureExplanation, ...]:
    """Explain every departure of the plan except those in `excluding`; they share the time limit evenly."""
    departures = {
        key: departure for key, departure in {**planned.planned, **planned.held}.items() if key not in excluding
    }
    ordered = sorted(departures, key=lambda key: (departures[key].starts_at, key))
    share = time_limit_seconds / max(1, len(ordered))
    return tuple(explain_departure(planned, key, time_limit_seconds=share, max_forced=MAX_FORCED) for key in ordered)


def explain_parts(parts: Sequence[PlannedDay], *, time_limit_seconds: float) -> tuple[DepartureExplanation, ...]:
    """Explain a plan made in several parts, each departure by the last part that planned it."""
    explanations: dict[UUID, DepartureExplanation] = {}
    for part in reversed(parts):
        earlier = explain_day(part, time_limit_seconds=time_limit_seconds, excluding=explanations.keys())
        explanations |= {explanation.departure_id: explanation for explanation in earlier}
    return tuple(
        sorted(
            explanations.values(), key=lambda explanation: (explanation.departure.starts_at, explanation.departure_id)
        )
    )


def fairness_of(planned: PlannedDay) -> dict[UUID, Workload]:
    """Return the workload of every candidate of the plan, compared with each other."""
    candidates = {guide.id for assessment in planned.assessments.values() for guide in assessment.able.guides}
    on_the_day = hours_led([*planned.planned.values(), *planned.held.values()])
    return workloads(candidates, planned.facts.recent_hours, on_the_day)


def explanation_text(explanations: Iterable[DepartureExplanation]) -> list[str]:
    """Return lines for a terminal: a heading per departure, its explanation indented below."""
    lines: list[str] = []
    for explanation in explanations:
        departure = explanation.departure
        guests = counted(departure.participants, "guest")
        lines.append(f"{departure.starts_at:%H:%M} {departure.trip_name}, {guests}")
        lines += [f"  {line}" for line in lines_of(explanation)]
    return lines


def explanation_data(explanations: Iterable[DepartureExplanation]) -> dict[str, dict[str, Any]]:
    """Return the explanations as JSON values by departure."""
    return {str(explanation.departure_id): explanation_as_data(explanation) for explanation in explanations}
