"""The cost of forcing another guide onto a team."""

from dataclasses import replace
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings

from optimization.solver import solve_day
from optimization.solver.problem import DayProblem, Departure
from optimization.solver.solution import Objectives, PlanStatus, UnstaffedReason
from optimization.solver.what_if import costs_of_assignments
from tests.optimization.solver.days import day, forced_assignment, guide, pair, random_day, small_days, trip
from tests.optimization.solver.exhaustive import best_figure

SEARCH = settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])


def _two_groups() -> DayProblem:
    """Two concurrent groups; the first guide is eligible for both, the second for the small one only."""
    small, big = trip(1, "08:00", "12:00", 4), trip(2, "08:00", "12:00", 9)
    return day([small, big], [pair(small, 1, 10, 900), pair(small, 2, 10, 300), pair(big, 1, 10, 500, is_kept=True)])


SMALL, BIG = UUID(int=1), UUID(int=2)


def test_a_member_of_the_team_costs_nothing() -> None:
    problem = _two_groups()

    forced = forced_assignment(problem, solve_day(problem), SMALL, guide(2))

    assert (forced.difference, forced.changed_teams, forced.reason) == (Objectives(0, 0, 0), (), None)


def test_a_guide_who_is_needed_elsewhere_costs_that_departure() -> None:
    problem = _two_groups()

    forced = forced_assignment(problem, solve_day(problem), SMALL, guide(1))

    assert forced.difference == Objectives(guests=-9, kept=-1, loss=101 - 701 - 501)
    assert [team.guide_ids for team in forced.changed_teams] == [(guide(1),)]
    assert forced.newly_unstaffed == (BIG,)
    assert forced.status is PlanStatus.PROVEN


def test_a_guide_who_is_not_eligible_has_no_cost() -> None:
    problem = _two_groups()

    forced = forced_assignment(problem, solve_day(problem), BIG, guide(2))

    assert (forced.difference, forced.reason) == (None, UnstaffedReason.REQUIRED_GUIDE_UNAVAILABLE)


def test_a_guide_with_whom_no_team_is_possible_has_the_reason() -> None:
    group = trip(1, "08:00", "12:00", 9, largest_team=1)
    problem = day([group], [pair(group, 1, 10), pair(group, 2, 4)])

    forced = forced_assignment(problem, solve_day(problem), group.id, guide(2))

    assert (forced.difference, forced.reason) == (None, UnstaffedReason.GROUP_NOT_COVERED)


def test_pinned_guides_are_not_removed_at_any_cost() -> None:
    problem = _two_groups()
    small, big = problem.departures
    problem = replace(problem, departures=(small, replace(big, pinned_guides=frozenset({guide(1)}))))

    forced = forced_assignment(problem, solve_day(problem), SMALL, guide(1))

    assert (forced.difference, forced.reason) == (None, UnstaffedReason.PINNED_GUIDES_IN_THE_WAY)


def test_an_assignment_beyond_the_change_budget_has_no_cost() -> None:
    group = trip(1, "08:00", "12:00", 4)
    problem = day([group], [pair(group, 1, 10, is_kept=True), pair(group, 2, 10)])

    allowed = forced_assignment(replace(problem, max_changes=1), solve_day(problem), group.id, guide(2))
    refused = forced_assignment(replace(problem, max_changes=0), solve_day(problem), group.id, guide(2))

    assert allowed.difference == Objectives(0, 0, 501)
    assert refused.reason is UnstaffedReason.CHANGE_BUDGET_SPENT


def test_an_unknown_departure_is_an_error() -> None:
    with pytest.raises(KeyError):
        forced_assignment(_two_groups(), solve_day(_two_groups()), UUID(int=99), guide(1))


def test_the_cost_without_time_is_that_of_the_repaired_plan() -> None:
    problem = _two_groups()

    forced = forced_assignment(problem, solve_day(problem), SMALL, guide(1), time_limit_seconds=0.0)

    assert forced.difference == Objectives(guests=-9, kept=-1, loss=101 - 701 - 501)
    assert forced.status is PlanStatus.GREEDY


def test_guides_of_one_departure_are_evaluated_in_their_order() -> None:
    problem = random_day(30, 8, seed=5)
    departure = problem.departures[0]
    guides = [pair.guide_id for pair in problem.pairs if pair.departure_id == departure.id]

    assignments = costs_of_assignments(problem, solve_day(problem), departure.id, guides)

    assert [forced.guide_id for forced in assignments] == guides
    assert all(forced.difference and forced.difference >= Objectives(-10_000, -100, -100_000) for forced in assignments)


@SEARCH
@given(small_days())
def test_no_day_with_the_guide_on_the_team_is_better(problem: DayProblem) -> None:
    plan = solve_day(problem)

    for forced_pair in problem.pairs[:4]:
        departure = next(departure for departure in problem.departures if departure.id == forced_pair.departure_id)
        if not departure.pinned_guides:
            forced = forced_assignment(problem, plan, forced_pair.departure_id, forced_pair.guide_id)
            assert forced.status is PlanStatus.PROVEN
            assert _objectives_when_forced(problem, departure, forced_pair.guide_id) == _sum(
                plan.objectives, forced.difference
            )


def _objectives_when_forced(problem: DayProblem, departure: Departure, guide_id: UUID) -> Objectives | None:
    """Return the optimum by enumeration; None if the guide cannot be added to the most pins that can be kept."""
    pinned_before = best_figure(problem)[0]
    others = [other for other in problem.departures if other is not departure]
    forced = replace(departure, pinned_guides=frozenset({guide_id}))
    best = best_figure(replace(problem, departures=(*others, forced)))
    return Objectives(best[1], best[2], -best[3]) if best[0] == pinned_before + 1 else None


def _sum(objectives: Objectives, difference: Objectives | None) -> Objectives | None:
    return Objectives(*map(sum, zip(objectives, difference, strict=True))) if difference else None
