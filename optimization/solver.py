"""The day: who goes on which departure. A function of values to values; equal input, equal answer."""

import time
from collections.abc import Mapping, Sequence
from uuid import UUID

from optimization.component_search import Answer, solve_component
from optimization.components import Component, connected_components
from optimization.day_model import PATTERN_LIMIT
from optimization.problem import DayPlan, DayProblem, Levels, Pair, PlanStatus, UnstaffedReason
from optimization.staffing import as_team, group_by_departure, why_unstaffable


def solve_day(problem: DayProblem, *, time_limit_seconds: float = 20.0, pattern_limit: int = PATTERN_LIMIT) -> DayPlan:
    """The best plan by the three levels in strict order, found within about `time_limit_seconds`.

    A departure whose teams have over `pattern_limit` patterns is modelled by sums of capacities instead;
    that changes how long it takes, not how good the plan is.

    Never infeasible and never an exception: a departure that cannot be staffed has its reason, a solver that
    runs out of time or fails leaves the best plan found so far, at worst greedy's.
    """
    started = time.monotonic()
    deadline = started + time_limit_seconds
    locations = {location.id: location for location in problem.locations}
    staffable, unstaffed = [], {}
    for staffing in group_by_departure(problem.departures, problem.pairs):
        reason = why_unstaffable(staffing, locations)
        if reason is None:
            staffable.append(staffing)
        else:
            unstaffed[staffing.departure.id] = reason
    components = connected_components(staffable, problem.locations)
    answers = [solve_component(component, deadline=deadline, pattern_limit=pattern_limit) for component in components]
    for component, answer in zip(components, answers, strict=True):
        unstaffed |= _left_out(component, answer.teams)
    return _plan(components, answers, unstaffed, time.monotonic() - started)


def _plan(
    components: Sequence[Component],
    answers: Sequence[Answer],
    unstaffed: Mapping[UUID, UnstaffedReason],
    seconds: float,
) -> DayPlan:
    teams = [
        as_team(staffing, answer.teams[staffing.departure.id])
        for component, answer in zip(components, answers, strict=True)
        for staffing in component.staffings
        if staffing.departure.id in answer.teams
    ]
    return DayPlan(
        teams=tuple(sorted(teams, key=lambda team: team.departure_id)),
        unstaffed=dict(sorted(unstaffed.items())),
        status=_worst(answers),
        levels=_total([answer.levels for answer in answers]),
        bounds=_total([answer.bounds for answer in answers]),
        gap=_gap(answers),
        variables=sum([answer.variables for answer in answers]),
        rows=sum([answer.rows for answer in answers]),
        error=next((answer.error for answer in answers if answer.error), ""),
        solve_seconds=seconds,
    )


def _left_out(component: Component, teams: Mapping[UUID, tuple[Pair, ...]]) -> dict[UUID, UnstaffedReason]:
    """Why departures that could be staffed alone are not: others fill their location or take their guides."""
    full: set[UUID] = set()
    for room in component.rooms:
        taken = sum([departure.guests for departure in room.departures if departure.id in teams])
        full |= {one.id for one in room.departures if taken + one.guests > room.people}
    return {
        staffing.departure.id: UnstaffedReason.LOCATION_FULL
        if staffing.departure.id in full
        else UnstaffedReason.GUIDES_NEEDED_ELSEWHERE
        for staffing in component.staffings
        if staffing.departure.id not in teams
    }


def _worst(answers: Sequence[Answer]) -> PlanStatus:
    """What can be said of the whole.

    Greedy if the solver failed on a part or had no time for any, proven if every part is.
    """
    statuses = {answer.status for answer in answers}
    failed = any(answer.error and answer.status is PlanStatus.GREEDY for answer in answers)
    if failed or statuses == {PlanStatus.GREEDY}:
        return PlanStatus.GREEDY
    return PlanStatus.PROVEN if statuses <= {PlanStatus.PROVEN} else PlanStatus.BEST_FOUND


def _total(levels: Sequence[Levels]) -> Levels:
    return Levels(*(sum(column) for column in zip(*levels, strict=True))) if levels else Levels(0, 0, 0)


def _gap(answers: Sequence[Answer]) -> float:
    distance = sum([answer.objective - answer.objective_bound for answer in answers])
    return distance / max(1.0, sum([answer.objective for answer in answers]))
