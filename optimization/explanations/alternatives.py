"""The best plan without one assignment, found by solving its component of the day again."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from uuid import UUID

from optimization.explanations.explanation import Alternative, Cost
from optimization.solver import solve_day
from optimization.solver.components import connected_components
from optimization.solver.problem import DayProblem, EligiblePair
from optimization.solver.solution import DayPlan, Objectives
from optimization.solver.staffing import group_by_departure

GuidesByDeparture = Mapping[UUID, tuple[UUID, ...]]


def best_without(
    problem: DayProblem, plan: DayPlan, departure_id: UUID, guide_id: UUID, *, time_limit_seconds: float
) -> Alternative:
    """Return the best plan in which `guide_id` is not on the team of `departure_id`, compared with `plan`."""
    component = component_problem(problem, departure_id)
    without = replace(
        component,
        pairs=tuple(pair for pair in component.pairs if (pair.departure_id, pair.guide_id) != (departure_id, guide_id)),
    )
    solved = solve_day(without, time_limit_seconds=time_limit_seconds)
    return compare_plans(component, plan, solved)


def component_problem(problem: DayProblem, departure_id: UUID) -> DayProblem:
    """Return the problem of the departure's component; a limit on reassigned guides makes it the whole problem."""
    if problem.max_changes is not None:
        return problem
    staffings = group_by_departure(problem.departures, problem.pairs)
    components = connected_components(staffings, problem.locations)
    departure_ids = ({staffing.departure.id for staffing in component.staffings} for component in components)
    ids = next(ids for ids in departure_ids if departure_id in ids)
    return replace(
        problem,
        departures=tuple(departure for departure in problem.departures if departure.id in ids),
        pairs=tuple(pair for pair in problem.pairs if pair.departure_id in ids),
    )


def compare_plans(component: DayProblem, plan: DayPlan, other: DayPlan) -> Alternative:
    """Return the cost and the changed teams of `other`, a plan of `component`, against `plan`."""
    ids = frozenset(departure.id for departure in component.departures)
    current = {team.departure_id: team.guide_ids for team in plan.teams if team.departure_id in ids}
    alternative = {team.departure_id: team.guide_ids for team in other.teams}
    before, after = (_objectives(component, teams) for teams in (current, alternative))
    difference = Objectives(after.guests - before.guests, after.kept - before.kept, after.loss - before.loss)
    return Alternative(Cost.of(difference), _changed(ids, current, alternative))


def _objectives(component: DayProblem, teams: GuidesByDeparture) -> Objectives:
    """Return the objectives of the teams; members without a pair in the component do not count."""
    pairs: dict[tuple[UUID, UUID], EligiblePair] = {
        (pair.departure_id, pair.guide_id): pair for pair in component.pairs
    }
    chosen = [pairs[key, guide] for key, team in teams.items() for guide in team if (key, guide) in pairs]
    return Objectives(
        guests=sum(departure.weight for departure in component.departures if teams.get(departure.id)),
        kept=sum(pair.is_kept for pair in chosen),
        loss=sum(pair.loss for pair in chosen),
    )


def _changed(
    ids: Collection[UUID], current: GuidesByDeparture, alternative: GuidesByDeparture
) -> dict[UUID, tuple[UUID, ...]]:
    return {
        key: alternative.get(key, ())
        for key in sorted(ids)
        if set(alternative.get(key, ())) != set(current.get(key, ()))
    }
