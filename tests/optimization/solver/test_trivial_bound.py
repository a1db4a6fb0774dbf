"""Plans that reach the trivial bound are proven without a solver."""

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings

from optimization.solver import solve_day
from optimization.solver.components import Component
from optimization.solver.decomposition import decompose
from optimization.solver.problem import DayProblem, Location
from optimization.solver.solution import Objectives, PlanStatus
from optimization.solver.trivial_bound import trivial_bound
from tests.optimization.solver.days import CAMP, chosen_pairs, day, guide, pair, small_days, trip
from tests.optimization.solver.exhaustive import best_figure, broken_rules

MORNING, NOON = trip(1, "08:00", "11:00", 4), trip(2, "10:00", "14:00", 4)
LEADERS = [pair(MORNING, 1, 8, 900), pair(MORNING, 2, 8, 400), pair(NOON, 2, 8, 800), pair(NOON, 1, 8, 300)]


def _break(highs: object) -> None:
    raise MemoryError("out of room")


def _only_component(problem: DayProblem) -> Component:
    [component] = decompose(problem).components
    return component


def test_a_day_whose_cheapest_teams_do_not_compete_is_proven_without_a_solver(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("highspy.Highs.run", _break)

    plan = solve_day(day([MORNING, NOON], LEADERS), time_limit_seconds=0.0)

    assert (plan.team_of(MORNING.id), plan.team_of(NOON.id)) == ((guide(1),), (guide(2),))
    assert (plan.status, plan.bounds, plan.gap) == (PlanStatus.PROVEN, Objectives(8, 0, 302), 0.0)
    assert (plan.variables, plan.rows, plan.error) == (0, 0, "")


def test_a_choice_between_equals_is_left_to_the_solver() -> None:
    twin = pair(MORNING, 3, 8, 900)

    assert trivial_bound(_only_component(day([MORNING, NOON], [*LEADERS, twin]))).only_plan is None


def test_departures_that_compete_for_a_guide_are_left_to_the_solver() -> None:
    liked = LEADERS[3]._replace(score=850)

    assert trivial_bound(_only_component(day([MORNING, NOON], [*LEADERS[:3], liked]))).only_plan is None


def test_a_base_camp_that_cannot_hold_all_is_left_to_the_solver() -> None:
    camping = [replace(departure, location_id=CAMP) for departure in (MORNING, NOON)]

    assert trivial_bound(_only_component(day(camping, LEADERS, Location(CAMP, 7)))).only_plan is None


def test_a_change_budget_that_the_cheapest_teams_exceed_is_left_to_the_solver() -> None:
    problem = day([MORNING, NOON], LEADERS)

    assert trivial_bound(_only_component(replace(problem, max_changes=1))).only_plan is None
    assert trivial_bound(_only_component(replace(problem, max_changes=2))).only_plan is not None


@settings(max_examples=150, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
@given(small_days())
def test_a_day_that_is_proven_without_time_is_the_best_of_all_plans(problem: DayProblem) -> None:
    plan = solve_day(problem, time_limit_seconds=0.0)

    assert not broken_rules(problem, chosen_pairs(problem, plan))
    if plan.status is PlanStatus.PROVEN:
        pinned = sum(bool(plan.team_of(departure.id)) for departure in problem.departures if departure.pinned_guides)
        assert best_figure(problem) == (pinned, plan.objectives.guests, plan.objectives.kept, -plan.objectives.loss)
