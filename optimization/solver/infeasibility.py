"""What would make it possible to staff a departure that has no team."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final
from uuid import UUID

import pulp
from pulp import constants

from optimization.solver.components import Component, busy_until, connected_components, whole_component
from optimization.solver.elastic_model import ElasticModel, RelaxationKind
from optimization.solver.highs import FastHiGHS
from optimization.solver.lexicographic import TUNED_OPTIONS
from optimization.solver.problem import DayProblem, Departure
from optimization.solver.solution import DayPlan
from optimization.solver.staffing import group_by_departure

_LEAST_SECONDS: Final = 0.005
_SOLVED: Final = (constants.LpSolutionOptimal, constants.LpSolutionIntegerFeasible)


@dataclass(frozen=True, slots=True)
class Relaxation:
    """What has to give, by how much, and for whom.

    ONE_MORE_GUIDE: one who takes `amount` guests and may lead. FEWER_GUESTS: `amount` of them. LARGER_TEAM:
    `amount` members more than a team may have. A_LEAD: one of those who may come may lead. MORE_ROOM: for
    `amount` people at `location_id`. GUIDE_FREED: `amount` guides, `guide_ids`, are needed on `departure_ids`
    at the time. PIN_LIFTED: `amount` pinned or required guides, `guide_ids`, stay away. MORE_CHANGES: `amount`
    people moved beyond the limit.
    """

    kind: RelaxationKind
    amount: int
    guide_ids: tuple[UUID, ...] = ()
    departure_ids: tuple[UUID, ...] = ()
    location_id: UUID | None = None


def minimal_relaxations(
    problem: DayProblem, plan: DayPlan, departure_id: UUID, *, time_limit_seconds: float = 2.0
) -> tuple[tuple[Relaxation, ...], ...]:
    """Alternatives to staff the departure while every departure that has a team in the plan has one.

    Each alternative suffices, with the smallest amount that does. They are single relaxations where one is
    enough, else one combination of as few as possible. Empty where the departure has a team, and where the
    solver finds nothing in time. Raises KeyError for a departure that is not in the problem.
    """
    deadline = time.monotonic() + time_limit_seconds
    departure = {departure.id: departure for departure in problem.departures}[departure_id]
    if plan.team_of(departure_id):
        return ()
    model = _model(problem, plan, departure)
    alternatives = []
    for index, kind in enumerate(model.kinds):
        model.minimize_one(kind)
        if _is_solved(model, deadline, parts=len(model.kinds) - index + 1):
            alternatives.append(_relaxations(model, departure))
    if not alternatives:
        model.minimize_few()
        if _is_solved(model, deadline, parts=1):
            alternatives.append(_relaxations(model, departure))
    return tuple(alternatives)


def _model(problem: DayProblem, plan: DayPlan, departure: Departure) -> ElasticModel:
    staffed = {team.departure_id for team in plan}
    return ElasticModel(
        _component(problem, staffed, departure),
        departure.id,
        too_many=_too_many_people(problem, staffed, departure),
        over_budget=max(0, len(plan.moved) - (problem.max_changes or 0)),
    )


def _component(problem: DayProblem, staffed: set[UUID], departure: Departure) -> Component:
    """The staffed departures that share guides with this one; who is at a location is not decided any more."""
    grouped = group_by_departure(problem.departures, problem.pairs)
    standing = [one for one in grouped if one.departure.id in staffed or one.departure.id == departure.id]
    if problem.max_changes is None:
        parts = connected_components(standing, [])
        return next(part for part in parts if any(staffing.departure.id == departure.id for staffing in part.staffings))
    dropped = [one for one in grouped if one.departure.id not in staffed and one.departure.id != departure.id]
    moved_anyway = frozenset(pair.guide_id for one in dropped for pair in one.kept)
    return whole_component(standing, [], max_changes=problem.max_changes, moved_anyway=moved_anyway)


def _too_many_people(problem: DayProblem, staffed: set[UUID], departure: Departure) -> int:
    """By how many the departure's location would be too full at the worst moment, 0 or less if it would not."""
    location = next((location for location in problem.locations if location.id == departure.location_id), None)
    if location is None or not departure.guests:
        return 0
    visits = [(load.starts_at, load.ends_at, load.people) for load in location.loads]
    visits += [
        (departure.starts_at, departure.ends_at, departure.guests)
        for departure in problem.departures
        if departure.location_id == location.id and departure.id in staffed
    ]
    starts = [starts_at for starts_at, _, _ in visits if departure.starts_at < starts_at < departure.ends_at]
    busiest = max(
        sum([people for starts_at, ends_at, people in visits if starts_at <= moment < ends_at])
        for moment in (departure.starts_at, *starts)
    )
    return busiest + departure.guests - location.capacity


def _is_solved(model: ElasticModel, deadline: float, *, parts: int) -> bool:
    """Whether there is a solution; a solver that fails has none."""
    remaining = deadline - time.monotonic()
    if remaining < _LEAST_SECONDS:
        return False
    try:
        model.problem.solve(FastHiGHS(time_limit_seconds=remaining / parts, **TUNED_OPTIONS))
    except pulp.PulpSolverError:
        return False
    return model.problem.sol_status in _SOLVED


def _relaxations(model: ElasticModel, departure: Departure) -> tuple[Relaxation, ...]:
    freed = model.freed()
    of_kind = {
        RelaxationKind.MORE_ROOM: Relaxation(RelaxationKind.MORE_ROOM, 0, location_id=departure.location_id),
        RelaxationKind.PIN_LIFTED: Relaxation(RelaxationKind.PIN_LIFTED, 0, tuple(sorted(model.unpinned()))),
        RelaxationKind.GUIDE_FREED: Relaxation(
            RelaxationKind.GUIDE_FREED, 0, tuple(sorted(freed)), tuple(_needing(model, departure, freed))
        ),
    }
    return tuple(
        replace(of_kind.get(kind, Relaxation(kind, 0)), amount=amount) for kind, amount in model.amounts().items()
    )


def _needing(model: ElasticModel, departure: Departure, guides: frozenset[UUID]) -> Sequence[UUID]:
    """The departures that these guides have at the time of this one."""
    teams = model.teams()
    return sorted(
        staffing.departure.id
        for staffing in model.staffings
        if staffing.departure.id != departure.id
        and staffing.departure.starts_at < busy_until(departure)
        and departure.starts_at < busy_until(staffing.departure)
        and any(pair.guide_id in guides for pair in teams.get(staffing.departure.id, ()))
    )
