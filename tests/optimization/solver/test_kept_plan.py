"""A day on which little has changed since it was planned: what is left is decided, and proven for the whole."""

from dataclasses import replace
from functools import cache

import pytest

from benchmarks.solvers.dense import Density, dense_day
from optimization.solver import solve_day
from optimization.solver.assignment_model import AssignmentModel
from optimization.solver.decomposition import decompose
from optimization.solver.highs import FastHiGHS
from optimization.solver.kept_plan import undecided
from optimization.solver.problem import DayProblem, Location
from optimization.solver.solution import DayPlan, PlanStatus
from tests.optimization.solver.days import CAMP, chosen_pairs, day, guide, pair, random_day, trip
from tests.optimization.solver.exhaustive import best_figure

FIRST, SECOND, THIRD, FOURTH, FIFTH = (trip(number, "08:00", "12:00", 4) for number in range(1, 6))


@cache
def _planned(seed: int) -> tuple[DayProblem, DayPlan]:
    problem = random_day(142, 38, seed=seed)
    return problem, solve_day(problem)


def _without_one(problem: DayProblem, plan: DayPlan, sick: object) -> DayProblem:
    """Return the day as planned, without one guide."""
    return replace(
        problem,
        pairs=tuple(
            other._replace(is_kept=other.guide_id in plan.team_of(other.departure_id))
            for other in problem.pairs
            if other.guide_id != sick
        ),
    )


def _by_the_model(problem: DayProblem) -> dict[object, set[object]]:
    """Return the teams of the best plan by whole models."""
    teams: dict[object, set[object]] = {}
    for component in decompose(problem).components:
        model = AssignmentModel.of(component)
        model.minimize_everything()
        model.problem.solve(FastHiGHS(time_limit_seconds=60))
        teams |= {key: {member.guide_id for member in members} for key, members in model.teams().items()}
    return teams


def _break(highs: object) -> None:
    raise MemoryError("out of room")


@pytest.mark.parametrize("seed", range(6))
def test_the_plan_without_a_guide_is_that_of_the_whole_model(seed: int) -> None:
    problem, plan = _planned(seed)
    for team in plan.teams[:: len(plan.teams) // 3]:
        without = _without_one(problem, plan, team.lead)

        again = solve_day(without)

        assert again.status is PlanStatus.PROVEN
        assert {found.departure_id: set(found.guide_ids) for found in again} == _by_the_model(without)


def test_where_somebody_free_takes_over_no_solver_is_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    problem, plan = _planned(1)
    monkeypatch.setattr("highspy.Highs.run", _break)

    again = solve_day(_without_one(problem, plan, plan.teams[0].lead), time_limit_seconds=0.0)

    assert (again.status, again.variables, again.bounds) == (PlanStatus.PROVEN, 0, again.objectives)


def test_a_plan_that_still_stands_is_proven_without_a_solver(monkeypatch: pytest.MonkeyPatch) -> None:
    problem = dense_day(1, Density(guides=30, share=0.7, scores_are_equal=True))
    plan = solve_day(problem)
    monkeypatch.setattr("highspy.Highs.run", _break)

    again = solve_day(_without_one(problem, plan, None), time_limit_seconds=0.0)

    assert (again.status, again.teams, again.moved) == (PlanStatus.PROVEN, plan.teams, ())


def _standing_day(*, third_may_lead_second: bool) -> DayProblem:
    """The first departure has lost its guide; of others who may lead it only the second's is left."""
    departures = [FIRST, SECOND, THIRD, FOURTH, FIFTH]
    crew = [pair(departure, number, 8, is_kept=number > 1) for number, departure in enumerate(departures, 1)][1:]
    crew.append(pair(FIRST, 2, 8, 900))
    if third_may_lead_second:
        crew.append(pair(SECOND, 6, 8, 100))
    crew += [pair(departure, 7, 8, 100) for departure in departures[1:]]
    return day(departures, crew)


@pytest.mark.parametrize("third_may_lead_second", [False, True])
def test_a_pair_that_has_to_be_given_up_is(*, third_may_lead_second: bool) -> None:
    problem = _standing_day(third_may_lead_second=third_may_lead_second)

    plan = solve_day(problem)

    figure = (0, plan.objectives.guests, plan.objectives.kept, -plan.objectives.loss)
    assert plan.status is PlanStatus.PROVEN
    assert figure == best_figure(problem)
    assert plan.team_of(FIRST.id) == (guide(2),)


def test_pairs_that_cannot_all_be_kept_leave_the_whole_to_be_decided() -> None:
    problem = _standing_day(third_may_lead_second=True)
    twice = problem.pairs[-1]._replace(is_kept=True), problem.pairs[-2]._replace(is_kept=True)
    [component] = decompose(replace(problem, pairs=(*problem.pairs[:-2], *twice))).components

    assert undecided(component) is None


def test_a_base_camp_that_cannot_hold_all_leaves_the_whole_to_be_decided() -> None:
    problem = _standing_day(third_may_lead_second=True)
    camping = tuple(replace(departure, location_id=CAMP) for departure in problem.departures)
    [component] = decompose(replace(problem, departures=camping, locations=(Location(CAMP, 19),))).components

    assert undecided(component) is None


def test_what_is_decided_keeps_its_teams() -> None:
    problem, plan = _planned(2)
    teams = chosen_pairs(problem, plan)
    standing = _without_one(problem, plan, plan.teams[0].lead)

    for component in decompose(standing).components:
        left = undecided(component)

        assert left is not None
        assert all({m.guide_id for m in team} == {m.guide_id for m in teams[key]} for key, team in left.teams.items())
