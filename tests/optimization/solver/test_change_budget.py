"""Limits on reassigned guides, and the curve of plans over them."""

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from optimization.solver import solve_day
from optimization.solver.change_budget import budget_curve
from optimization.solver.problem import DayProblem
from optimization.solver.solution import DayPlan, PlanStatus, UnstaffedReason
from tests.optimization.solver.days import chosen_pairs, day, guide, pair, random_day, small_days, trip
from tests.optimization.solver.exhaustive import Figure, best_moves_and_figure, broken_rules, moved_guides

SEARCH = settings(max_examples=100, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])


def _figure(problem: DayProblem, plan: DayPlan) -> Figure:
    staffed_pinned = sum(
        bool(departure.pinned_guides and plan.team_of(departure.id)) for departure in problem.departures
    )
    return (staffed_pinned, plan.objectives.guests, plan.objectives.kept, -plan.objectives.loss)


def _sick_call() -> DayProblem:
    """The guide of the big group is absent; only the small group's guide may lead it, and a third the small one."""
    small, big = trip(1, "08:00", "12:00", 4), trip(2, "08:00", "12:00", 9)
    return day([small, big], [pair(small, 1, 10, is_kept=True), pair(small, 2, 10), pair(big, 1, 10)])


def test_without_a_budget_the_plan_names_the_reassigned_guides() -> None:
    plan = solve_day(_sick_call())

    assert plan.objectives.guests == 13
    assert plan.moved == (guide(1), guide(2))


def test_no_guide_is_reassigned_with_a_budget_of_zero() -> None:
    problem = replace(_sick_call(), max_changes=0)

    plan = solve_day(problem)

    assert (plan.moved, plan.objectives.guests, plan.objectives.kept) == ((), 4, 1)
    assert list(plan.unstaffed.values()) == [UnstaffedReason.GUIDES_NEEDED_ELSEWHERE]


def test_a_departure_unstaffed_only_by_the_budget_has_that_reason() -> None:
    group = trip(1, "08:00", "12:00", 4)
    problem = replace(day([group], [pair(group, 1, 8)]), max_changes=0)

    plan = solve_day(problem)

    assert plan.unstaffed == {group.id: UnstaffedReason.CHANGE_BUDGET_SPENT}


def test_the_curve_has_the_best_plan_for_each_budget() -> None:
    points = budget_curve(_sick_call())

    assert [point.max_changes for point in points] == [0, 1, 2, 3, 4, 5]
    assert [point.plan.objectives.guests for point in points] == [4, 9, 13, 13, 13, 13]
    assert [len(point.plan.moved) for point in points] == [0, 1, 2, 2, 2, 2]


def test_a_guide_who_must_leave_is_reassigned_despite_a_budget_of_zero() -> None:
    group, other = trip(1, "08:00", "12:00", 20), trip(2, "08:00", "12:00", 4)
    problem = day([group, other], [pair(group, 1, 8, is_kept=True), pair(other, 1, 8), pair(other, 2, 8)])

    plan = solve_day(replace(problem, max_changes=0))

    assert plan.moved == (guide(1),)
    assert plan.team_of(other.id) == (guide(1),)


def test_a_negative_limit_is_refused() -> None:
    with pytest.raises(ValueError, match="negative"):
        budget_curve(_sick_call(), [-1])


@SEARCH
@given(small_days(), st.integers(0, 4))
def test_no_plan_within_the_budget_is_better(problem: DayProblem, max_changes: int) -> None:
    problem = replace(problem, max_changes=max_changes)

    plan = solve_day(problem)

    excess, best = best_moves_and_figure(problem, max_changes)
    teams = chosen_pairs(problem, plan)
    assert set(plan.moved) == moved_guides(problem, teams)
    assert (max(0, len(plan.moved) - max_changes), _figure(problem, plan)) == (excess, best)
    assert not broken_rules(problem, teams)
    assert (plan.status, plan.bounds) == (PlanStatus.PROVEN, plan.objectives)


@SEARCH
@given(small_days())
def test_the_curve_equals_plans_solved_one_by_one(problem: DayProblem) -> None:
    points = budget_curve(problem, range(4))

    for point in points:
        alone = solve_day(replace(problem, max_changes=point.max_changes))
        assert (point.plan.objectives, point.plan.status) == (alone.objectives, PlanStatus.PROVEN)
        assert not broken_rules(problem, chosen_pairs(problem, point.plan))


@SEARCH
@given(small_days(), st.integers(0, 3))
def test_a_plan_without_time_breaks_no_rule_and_names_the_reassigned_guides(
    problem: DayProblem, max_changes: int
) -> None:
    problem = replace(problem, max_changes=max_changes)

    plan = solve_day(problem, time_limit_seconds=0.0)

    teams = chosen_pairs(problem, plan)
    assert not broken_rules(problem, teams)
    assert set(plan.moved) == moved_guides(problem, teams)


def test_without_any_time_the_curve_is_of_greedy_plans() -> None:
    points = budget_curve(random_day(60, 20, seed=4), range(3), time_limit_seconds=0.0)

    assert {point.plan.status for point in points} == {PlanStatus.GREEDY}
