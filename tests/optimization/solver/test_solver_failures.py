"""Days and requests are solved even if HiGHS fails."""

from datetime import date

import highspy
import pytest

from optimization.solver import solve_day, solve_request
from optimization.solver.change_budget import budget_curve
from optimization.solver.problem import RequestOption, RequestProblem
from optimization.solver.solution import Objectives, PlanStatus
from tests.optimization.solver.days import (
    chosen_pairs,
    day,
    forced_assignment,
    guide,
    is_better,
    pair,
    random_day,
    trip,
)
from tests.optimization.solver.exhaustive import broken_rules


def _break(highs: object) -> None:
    raise MemoryError("out of room")


def test_a_solver_that_raises_leaves_the_greedy_plan_and_its_message(monkeypatch: pytest.MonkeyPatch) -> None:
    problem = random_day(60, 20, seed=2)
    monkeypatch.setattr("highspy.Highs.run", _break)

    plan = solve_day(problem)

    assert (plan.status, plan.error) == (PlanStatus.GREEDY, "MemoryError: out of room")
    assert plan.teams
    assert not broken_rules(problem, chosen_pairs(problem, plan))


def test_a_solver_that_does_nothing_leaves_the_greedy_plan(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("highspy.Highs.run", lambda highs: None)

    plan = solve_day(random_day(60, 20, seed=2))

    assert plan.status is PlanStatus.GREEDY
    assert "Not Set" in plan.error


def test_a_request_is_solved_by_enumeration_if_the_solver_raises(monkeypatch: pytest.MonkeyPatch) -> None:
    departure = trip(1, "08:00", "12:00", 4)
    problem = RequestProblem((RequestOption(date(2027, 5, 1), departure, (pair(departure, 1, 8),)),))
    monkeypatch.setattr("highspy.Highs.run", _break)

    plan = solve_request(problem)

    assert (plan.status, plan.error) == (PlanStatus.GREEDY, "MemoryError: out of room")
    assert plan.options[0].guide_ids == (guide(1),)


def test_a_solver_that_finds_nothing_in_its_time_leaves_the_greedy_plan(monkeypatch: pytest.MonkeyPatch) -> None:
    problem = random_day(60, 20, seed=2)
    monkeypatch.setattr("highspy.Highs.run", lambda highs: highspy.HighsStatus.kWarning)
    monkeypatch.setattr("highspy.Highs.getModelStatus", lambda highs: highspy.HighsModelStatus.kTimeLimit)

    plan = solve_day(problem)

    assert (plan.status, plan.error) == (PlanStatus.GREEDY, "")
    assert plan.teams
    assert is_better(plan.bounds, plan.objectives)
    assert not broken_rules(problem, chosen_pairs(problem, plan))


def test_a_curve_is_of_greedy_plans_where_the_solver_raises(monkeypatch: pytest.MonkeyPatch) -> None:
    problem = random_day(60, 20, seed=2)
    monkeypatch.setattr("highspy.Highs.run", _break)

    points = budget_curve(problem)

    assert {point.plan.status for point in points} == {PlanStatus.GREEDY}
    assert all(not broken_rules(problem, chosen_pairs(problem, point.plan)) for point in points)


def test_the_cost_is_that_of_a_greedy_plan_if_the_solver_raises(monkeypatch: pytest.MonkeyPatch) -> None:
    group, rival = trip(1, "08:00", "12:00", 4), trip(2, "08:00", "12:00", 4)
    crew = [pair(group, 1, 8, 900), pair(group, 2, 8, 400), pair(rival, 2, 8, 800), pair(rival, 3, 8, 300)]
    problem = day([group, rival], crew)
    plan = solve_day(problem)
    monkeypatch.setattr("highspy.Highs.run", _break)

    forced = forced_assignment(problem, plan, group.id, guide(2))

    assert (forced.difference, forced.status) == (Objectives(0, 0, 1_000), PlanStatus.GREEDY)
