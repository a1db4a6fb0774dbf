"""Instances are determined by their seed; plans are evaluated without the solver."""

import subprocess
import sys
from dataclasses import replace

import pytest

from benchmarks.solvers.compact import compact_model, components_of
from benchmarks.solvers.instances import SIZES, clusters_of_day, day_of, request_of, without_guide
from benchmarks.solvers.judging import broken_rules, worth_of
from benchmarks.solvers.rivals import CHECKOUT
from optimization.solver import solve_day
from optimization.solver.problem import DayProblem
from optimization.solver.solution import PlanStatus

DIGEST = (
    "import hashlib; from benchmarks.solvers.instances import *; print(hashlib.sha256(repr({}).encode()).hexdigest())"
)


@pytest.mark.parametrize("made", ["day_of('1x', 7, 1.5)", "request_of(7)"])
def test_a_seed_gives_the_same_instance_in_every_process(made: str) -> None:
    commands = [[sys.executable, "-c", DIGEST.format(made)] for _ in range(2)]

    first, second = [subprocess.check_output(command, cwd=CHECKOUT) for command in commands]

    assert first == second


def test_another_seed_gives_another_instance() -> None:
    assert day_of("1x", 1) != day_of("1x", 2)
    assert request_of(1) != request_of(2)


@pytest.mark.parametrize("size", ["1x", "10x"])
def test_a_day_has_the_size_that_it_is_named_after(size: str) -> None:
    problem = day_of(size, 3)

    guides = {pair.guide_id for pair in problem.pairs}
    assert len(problem.departures) == SIZES[size].departures
    assert 0.5 * SIZES[size].guides < len(guides) <= SIZES[size].guides


def test_clusters_share_no_guide() -> None:
    first, second = [{pair.guide_id for pair in cluster.pairs} for cluster in clusters_of_day("10x", 3)]

    assert first.isdisjoint(second)


def test_larger_groups_make_a_day_tight() -> None:
    usual, tight = day_of("1x", 3), day_of("1x", 3, 1.5)

    assert _guests(tight) > 1.2 * _guests(usual)


def test_published_teams_are_ones_that_could_go() -> None:
    problem = day_of("1x", 5)
    published: dict[object, tuple[object, ...]] = {}
    for pair in problem.pairs:
        if pair.is_kept:
            published[pair.departure_id] = (*published.get(pair.departure_id, ()), pair.guide_id)

    broken = list(broken_rules(problem, published))  # type: ignore[arg-type]

    assert published
    assert all("too few" in violation for violation in broken)  # their guides left the company after publication


def test_a_plan_is_worth_what_the_solver_says() -> None:
    problem = day_of("1x", 4)
    plan = solve_day(problem)

    worth = worth_of(problem, {team.departure_id: team.guide_ids for team in plan})

    total = sum(departure.weight for departure in problem.departures)
    assert plan.status is PlanStatus.PROVEN
    assert (total - worth.lost, worth.loss) == (plan.objectives.guests, plan.objectives.loss)


def test_a_plan_that_breaks_a_rule_is_not_worth_anything() -> None:
    problem = day_of("1x", 4)
    team = solve_day(problem).teams[0]

    with pytest.raises(ValueError, match="may not go"):
        worth_of(problem, {team.departure_id: (problem.departures[0].id,)})


def test_a_guide_in_two_places_is_seen() -> None:
    problem = day_of("1x", 4)
    first, second = problem.departures[:2]
    at_once = replace(second, starts_at=first.starts_at, ends_at=first.ends_at, guests=1)
    pair = problem.pairs[0]._replace(departure_id=first.id, capacity=99)
    day = DayProblem((first, at_once), (pair, pair._replace(departure_id=second.id)))

    broken = list(broken_rules(day, {first.id: (pair.guide_id,), second.id: (pair.guide_id,)}))

    assert [rule for rule in broken if "at once" in rule] == broken != []


def test_the_rivals_model_falls_into_parts_that_make_up_the_whole() -> None:
    whole = compact_model(day_of("10x", 2))

    components = components_of(whole)

    assert len(components) > 1
    assert {choice.departure.id for component in components for choice in component.choices} == {
        c.departure.id for c in whole.choices
    }
    assert sum(len(component.conflicts) for component in components) == len(whole.conflicts)


def test_a_sick_guide_is_not_on_the_day_any_more() -> None:
    problem = day_of("1x", 4)
    gone, other = problem.pairs[0], problem.pairs[-1]

    left = without_guide(problem, gone.guide_id, frozenset({(other.departure_id, other.guide_id)}))

    assert gone.guide_id not in {pair.guide_id for pair in left.pairs}
    assert [pair.guide_id for pair in left.pairs if pair.is_kept] == [other.guide_id]


def _guests(problem: DayProblem) -> int:
    return sum(departure.guests for departure in problem.departures)
