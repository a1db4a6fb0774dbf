"""Ejection chains staff departures whose guides are all on others, and break no rule on the way."""

import math
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings

from benchmarks.solvers.dense import Density, dense_day
from optimization.solver import solve_day
from optimization.solver.components import Component
from optimization.solver.decomposition import decompose
from optimization.solver.ejection_chains import staff_by_chains
from optimization.solver.floor import floor_plan
from optimization.solver.greedy import greedy_teams, lexicographic_key
from optimization.solver.problem import DayProblem, EligiblePair, Location
from optimization.solver.solution import PlanStatus
from tests.optimization.solver.days import CAMP, day, guide, pair, small_days, trip
from tests.optimization.solver.exhaustive import broken_rules

FIRST, SECOND, THIRD = (trip(number, "08:00", "12:00", 4) for number in (1, 2, 3))
CREW = [pair(FIRST, 1, 8), pair(SECOND, 1, 8), pair(SECOND, 2, 8), pair(THIRD, 2, 8), pair(THIRD, 3, 8)]


def _break(highs: object) -> None:
    raise MemoryError("out of room")


def _component(problem: DayProblem) -> Component:
    [component] = decompose(problem).components
    return component


def _chained(problem: DayProblem, *planned: EligiblePair) -> dict[int, set[int]]:
    """Return the guides of each departure, by number, after chains from a plan with these pairs."""
    teams: dict[object, tuple[EligiblePair, ...]] = {}
    for member in planned:
        teams[member.departure_id] = (*teams.get(member.departure_id, ()), member)
    staffed = staff_by_chains(_component(problem), teams, deadline=math.inf)  # type: ignore[arg-type]
    assert not broken_rules(problem, staffed)
    return {key.int: {member.guide_id.int - guide(0).int for member in team} for key, team in staffed.items()}


def test_a_departure_takes_a_guide_whose_own_is_handed_on_until_somebody_is_free() -> None:
    problem = day([FIRST, SECOND, THIRD], CREW)

    assert _chained(problem, CREW[1], CREW[3]) == {1: {1}, 2: {2}, 3: {3}}


def test_a_pinned_guide_is_not_taken() -> None:
    pinned = replace(SECOND, pinned_guides=frozenset({guide(1)}))

    assert _chained(day([FIRST, pinned, THIRD], CREW), CREW[1], CREW[3]) == {2: {1}, 3: {2}}


def test_a_base_camp_takes_no_more_than_it_holds() -> None:
    camping = [replace(departure, location_id=CAMP) for departure in (FIRST, SECOND, THIRD)]

    assert len(_chained(day(camping, CREW, Location(CAMP, 11)), CREW[1], CREW[3])) == 2


def test_no_more_guides_are_reassigned_than_the_change_budget_allows() -> None:
    current = [CREW[1]._replace(is_kept=True), CREW[3]._replace(is_kept=True)]
    crew = [CREW[0], current[0], CREW[2], current[1], CREW[4]]
    problem = day([FIRST, SECOND, THIRD], crew)

    assert len(_chained(replace(problem, max_changes=2), *current)) == 2
    assert len(_chained(replace(problem, max_changes=3), *current)) == 3


def test_one_of_two_guides_is_taken_and_the_other_is_joined_by_somebody_free() -> None:
    large = trip(2, "08:00", "12:00", 10)
    crew = [pair(FIRST, 1, 8), pair(large, 1, 8), pair(large, 2, 8), pair(large, 3, 8)]

    assert _chained(day([FIRST, large], crew), crew[1], crew[2]) == {1: {1}, 2: {2, 3}}


@pytest.mark.parametrize("seed", range(6))
def test_a_day_that_can_be_staffed_but_leaves_nobody_free_is_staffed(seed: int) -> None:
    problem = dense_day(seed, Density(guides=30, share=0.6, scores_are_equal=False))
    component = _component(problem)

    teams = floor_plan(component, deadline=math.inf)

    assert len(teams) == len(problem.departures) > len(greedy_teams(component))
    assert not broken_rules(problem, teams)


def test_a_day_of_equals_that_chains_staff_is_proven_without_a_solver(monkeypatch: pytest.MonkeyPatch) -> None:
    problem = dense_day(1, Density(guides=36, share=0.8, scores_are_equal=True))
    monkeypatch.setattr("highspy.Highs.run", _break)

    plan = solve_day(problem)

    assert (plan.unstaffed, plan.status, plan.gap, plan.error) == ({}, PlanStatus.PROVEN, 0.0, "")
    assert plan.bounds == plan.objectives


@settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
@given(small_days())
def test_chains_never_worsen_a_plan(problem: DayProblem) -> None:
    for component in decompose(problem).components:
        greedy = greedy_teams(component)

        teams = staff_by_chains(component, greedy, deadline=math.inf)

        assert not broken_rules(problem, teams)
        assert lexicographic_key(component, teams) <= lexicographic_key(component, greedy)
        assert teams == staff_by_chains(component, greedy, deadline=math.inf)
