"""Minimal relaxations that make it possible to staff a departure without a team."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final
from uuid import UUID

import pulp
from pulp import constants

from optimization.solver.components import Component, connected_components, overlap, whole_component
from optimization.solver.elastic_model import ElasticModel, RelaxationKind
from optimization.solver.highs import FastHiGHS
from optimization.solver.problem import DayProblem, Departure, Load
from optimization.solver.search import TUNED_OPTIONS
from optimization.solver.solution import DayPlan
from optimization.solver.staffing import group_by_departure, peak_load

_LEAST_SECONDS: Final = 0.005
_SOLVED: Final = (constants.LpSolutionOptimal, constants.LpSolutionIntegerFeasible)


@dataclass(frozen=True, slots=True)
class Relaxation:
    """One kind of constraint to relax, by which amount, and for whom.

    ONE_MORE_GUIDE: an additional guide with a capacity of `amount` guests who may lead. FEWER_GUESTS: `amount`
    guests fewer. LARGER_TEAM: `amount` members more than the largest team. A_LEAD: one of the eligible guides may
    lead. MORE_ROOM: capacity for `amount` more people at `location_id`. GUIDE_FREED: `amount` guides, `guide_ids`,
    are released from `departure_ids`, which overlap. PIN_LIFTED: `amount` pinned or required guides, `guide_ids`,
    are not on the team. MORE_CHANGES: `amount` more guides reassigned.
    """

    kind: RelaxationKind
    amount: int
    guide_ids: tuple[UUID, ...] = ()
    departure_ids: tuple[UUID, ...] = ()
    location_id: UUID | None = None


def minimal_relaxations(
    problem: DayProblem, plan: DayPlan, departure_id: UUID, *, time_limit_seconds: float = 2.0
) -> tuple[tuple[Relaxation, ...], ...]:
    """Return alternatives that each suffice to staff the departure while all departures staffed in the plan stay so.

    Alternatives are single relaxations of the smallest sufficient amount where one kind is enough, else one
    combination of as few kinds as possible. Empty if the departure has a team, and if the solver finds nothing in
    time. Raises KeyError for a departure that is not in the problem.
    """
    deadline = time.monotonic() + time_limit_seconds
    departure = {departure.id: departure for departure in problem.departures}[departure_id]
    if plan.team_of(departure_id):
        return ()
    model = _model(problem, plan, departure)
    alternatives = []
    for index, kind in enumerate(model.kinds):
        model.minimize_single(kind)
        if _is_solved(model, deadline, shares=len(model.kinds) - index + 1):
            alternatives.append(_relaxations(model, departure))
    if not alternatives:
        model.minimize_combination()
        if _is_solved(model, deadline, shares=1):
            alternatives.append(_relaxations(model, departure))
    return tuple(alternatives)


def _model(problem: DayProblem, plan: DayPlan, departure: Departure) -> ElasticModel:
    staffed = {team.departure_id for team in plan}
    return ElasticModel(
        _component(problem, staffed, departure),
        departure.id,
        capacity_shortage=_capacity_shortage(problem, staffed, departure),
        budget_excess=max(0, len(plan.moved) - (problem.max_changes or 0)),
    )


def _component(problem: DayProblem, staffed: set[UUID], departure: Departure) -> Component:
    """Return the staffed departures that share guides with this one; locations are fixed, and do not couple."""
    staffings = group_by_departure(problem.departures, problem.pairs)
    included = [staffing for staffing in staffings if staffing.departure.id in {*staffed, departure.id}]
    if problem.max_changes is None:
        return next(
            component
            for component in connected_components(included, [])
            if any(staffing.departure.id == departure.id for staffing in component.staffings)
        )
    excluded = [staffing for staffing in staffings if staffing.departure.id not in {*staffed, departure.id}]
    moved_anyway = frozenset(pair.guide_id for staffing in excluded for pair in staffing.kept)
    return whole_component(included, [], max_changes=problem.max_changes, moved_anyway=moved_anyway)


def _capacity_shortage(problem: DayProblem, staffed: set[UUID], departure: Departure) -> int:
    """Return the capacity in people that the departure lacks at its location, 0 or less if there is enough."""
    location = next((location for location in problem.locations if location.id == departure.location_id), None)
    if location is None or not departure.guests:
        return 0
    planned = [
        Load(other.starts_at, other.ends_at, other.guests)
        for other in problem.departures
        if other.location_id == location.id and other.id in staffed
    ]
    peak = peak_load(replace(location, loads=(*location.loads, *planned)), departure)
    return peak + departure.guests - location.capacity


def _is_solved(model: ElasticModel, deadline: float, *, shares: int) -> bool:
    """Return whether a solution was found within a share of the time left; a solver that fails finds none."""
    remaining = deadline - time.monotonic()
    if remaining < _LEAST_SECONDS:
        return False
    try:
        model.problem.solve(FastHiGHS(time_limit_seconds=remaining / shares, **TUNED_OPTIONS))
    except pulp.PulpSolverError:
        return False
    return model.problem.sol_status in _SOLVED


def _relaxations(model: ElasticModel, departure: Departure) -> tuple[Relaxation, ...]:
    freed = model.freed()
    occupied_on = _departures_occupying(model, departure, freed)
    relaxation_of = {
        RelaxationKind.MORE_ROOM: Relaxation(RelaxationKind.MORE_ROOM, 0, location_id=departure.location_id),
        RelaxationKind.PIN_LIFTED: Relaxation(RelaxationKind.PIN_LIFTED, 0, tuple(sorted(model.unpinned()))),
        RelaxationKind.GUIDE_FREED: Relaxation(RelaxationKind.GUIDE_FREED, 0, tuple(sorted(freed)), tuple(occupied_on)),
    }
    return tuple(
        replace(relaxation_of.get(kind, Relaxation(kind, 0)), amount=amount) for kind, amount in model.amounts().items()
    )


def _departures_occupying(model: ElasticModel, departure: Departure, guides: frozenset[UUID]) -> Sequence[UUID]:
    """Return the departures of these guides that overlap this one."""
    teams = model.teams()
    return sorted(
        staffing.departure.id
        for staffing in model.staffings
        if staffing.departure.id != departure.id
        and overlap(staffing.departure, departure)
        and any(pair.guide_id in guides for pair in teams.get(staffing.departure.id, ()))
    )
