"""The best plan without an assignment against an enumeration of all plans without it."""

from dataclasses import replace
from uuid import UUID

from hypothesis import HealthCheck, given, settings

from optimization.explanations.alternatives import best_without
from optimization.solver import solve_day
from optimization.solver.problem import DayProblem
from optimization.solver.solution import DayPlan
from tests.optimization.solver.days import chosen_pairs, day, guide, pair, small_days, trip
from tests.optimization.solver.exhaustive import best_figure

SEARCH = settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])


def _without(problem: DayProblem, departure_id: UUID, guide_id: UUID) -> DayProblem:
    kept = (pair for pair in problem.pairs if (pair.departure_id, pair.guide_id) != (departure_id, guide_id))
    return replace(problem, pairs=tuple(kept))


def _may_be_without(problem: DayProblem, plan: DayPlan) -> list[tuple[UUID, UUID]]:
    forced = {departure.id: departure.forced_guides for departure in problem.departures}
    chosen = [member for members in chosen_pairs(problem, plan).values() for member in members]
    return [(pair.departure_id, pair.guide_id) for pair in chosen if pair.guide_id not in forced[pair.departure_id]]


@SEARCH
@given(small_days())
def test_the_cost_of_an_alternative_leads_to_the_best_plan_without_the_assignment(problem: DayProblem) -> None:
    plan = solve_day(problem)

    for departure_id, guide_id in _may_be_without(problem, plan)[:2]:
        alternative = best_without(problem, plan, departure_id, guide_id, time_limit_seconds=5)

        cost, objectives = alternative.cost, plan.objectives
        attained = (objectives.guests - cost.guests, objectives.kept - cost.changes, -(objectives.loss + cost.points))
        assert attained == best_figure(_without(problem, departure_id, guide_id))[1:]


def test_only_the_component_of_the_departure_is_solved_again() -> None:
    first, second = trip(1, "08:00", "12:00", 4), trip(2, "08:00", "12:00", 4)
    problem = day([first, second], [pair(first, 1, 8, 900), pair(first, 2, 8, 400), pair(second, 3, 8, 500)])

    alternative = best_without(problem, solve_day(problem), first.id, guide(1), time_limit_seconds=5)

    assert alternative.teams == {first.id: (guide(2),)}
    assert (alternative.cost.guests, alternative.cost.changes, alternative.cost.points) == (0, 0, 500)
