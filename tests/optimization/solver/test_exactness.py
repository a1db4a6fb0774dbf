"""The three objectives of the model against an enumeration of all plans."""

import pytest
from hypothesis import HealthCheck, given, settings

from optimization.solver import solve_day
from optimization.solver.assignment_model import AssignmentModel
from optimization.solver.problem import DayProblem, Load, Location
from optimization.solver.solution import DayPlan, Objectives, PlanStatus
from optimization.solver.staffing import group_by_departure
from tests.optimization.solver.days import CAMP, chosen_pairs, day, guide, pair, small_days, trip
from tests.optimization.solver.exhaustive import Figure, best_figure, broken_rules

SEARCH = settings(max_examples=150, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])


def _figure(problem: DayProblem, plan: DayPlan) -> Figure:
    pinned = [departure for departure in problem.departures if departure.pinned_guides]
    staffed_pinned = sum(bool(plan.team_of(departure.id)) for departure in pinned)
    return (staffed_pinned, plan.objectives.guests, plan.objectives.kept, -plan.objectives.loss)


def _rival_groups() -> DayProblem:
    """Three overlapping groups; two guides are eligible for all of them, the third for the smallest only."""
    trips = [trip(1, "08:00", "11:00", 4), trip(2, "09:00", "12:00", 7), trip(3, "10:00", "13:00", 9)]
    crew = [pair(trip, number, 10, 400 + 50 * number) for trip in trips for number in (1, 2)]
    return day(trips, [*crew, pair(trips[0], 3, 5, 100)])


def _chain_of_departures() -> DayProblem:
    """Each departure ends as the next begins; the best-scored guide can lead every other one."""
    trips = [trip(number, f"{8 + 2 * number:02}:00", f"{10 + 2 * number:02}:00", 6) for number in range(4)]
    best_scored = [pair(trip, 1, 6, 900) for trip in trips]
    return day(trips, best_scored + [pair(trip, 2, 6, 300) for trip in trips])


def _published_by_too_few() -> DayProblem:
    """Groups that grew after publication, while the guides who could complete the team are kept elsewhere."""
    first, second = trip(1, "08:00", "12:00", 14), trip(2, "08:00", "12:00", 8)
    return day(
        [first, second],
        [
            pair(first, 1, 8, 500, is_kept=True),
            pair(first, 2, 6, 700),
            pair(first, 3, 8, 200),
            pair(second, 2, 8, 600, is_kept=True),
            pair(second, 3, 8, 950),
        ],
    )


def _full_camp() -> DayProblem:
    """A capacity of twenty people, three of them present anyway, and a group with a pinned guide."""
    trips = [
        trip(1, "08:00", "12:00", 8, location_id=CAMP),
        trip(2, "09:00", "13:00", 10, location_id=CAMP),
        trip(3, "10:00", "14:00", 6, location_id=CAMP, pinned_guides=frozenset({guide(3)})),
    ]
    crew = [pair(departure, number, 10, 500 + number) for number, departure in enumerate(trips, start=1)]
    return day(trips, crew, Location(CAMP, 20, (Load(600, 660, 3),)))


def _keeping_costs_more_than_its_weight() -> DayProblem:
    """Three kept pairs at prices for which a weighted sum would give them up."""
    trips = [trip(number, "08:00", "12:00", 6) for number in range(1, 4)]
    kept = [pair(departure, number, 6, 0, is_kept=True, price=8_000) for number, departure in enumerate(trips)]
    return day(trips, kept + [pair(departure, 10 + number, 6, 1_000) for number, departure in enumerate(trips)])


GOLDEN = [
    (_rival_groups(), Objectives(guests=20, kept=0, loss=1953)),
    (_chain_of_departures(), Objectives(guests=24, kept=0, loss=1604)),
    (_published_by_too_few(), Objectives(guests=22, kept=2, loss=1703)),
    (_full_camp(), Objectives(guests=16, kept=0, loss=997)),
    (_keeping_costs_more_than_its_weight(), Objectives(guests=18, kept=3, loss=27_003)),
]


@pytest.mark.parametrize(("problem", "objectives"), GOLDEN)
def test_a_golden_day_has_the_objectives_of_the_best_of_all_plans(problem: DayProblem, objectives: Objectives) -> None:
    plan = solve_day(problem)

    assert plan.objectives == objectives
    assert _figure(problem, plan) == best_figure(problem)
    assert (plan.status, plan.bounds, plan.gap) == (PlanStatus.PROVEN, objectives, 0.0)


@SEARCH
@given(small_days())
def test_no_plan_is_better_than_the_solvers(problem: DayProblem) -> None:
    plan = solve_day(problem)

    assert not broken_rules(problem, chosen_pairs(problem, plan))
    assert _figure(problem, plan) == best_figure(problem)
    assert (plan.status, plan.bounds) == (PlanStatus.PROVEN, plan.objectives)


@SEARCH
@given(small_days())
def test_both_ways_of_covering_a_group_admit_the_same_best_plan(problem: DayProblem) -> None:
    plan = solve_day(problem)

    by_sums = solve_day(problem, pattern_limit=0)

    assert by_sums.objectives == plan.objectives
    assert not broken_rules(problem, chosen_pairs(problem, by_sums))


@SEARCH
@given(small_days())
def test_the_plan_without_any_time_breaks_no_rule(problem: DayProblem) -> None:
    plan = solve_day(problem, time_limit_seconds=0.0)

    assert not broken_rules(problem, chosen_pairs(problem, plan))
    assert _figure(problem, plan) <= best_figure(problem)


def test_a_departure_with_many_distinct_capacities_is_covered_by_sums() -> None:
    departure = trip(1, "08:00", "12:00", 30)
    crew = [pair(departure, number, number) for number in range(1, 21)]

    model = AssignmentModel(group_by_departure([departure], crew))

    assert (model.variables, model.rows) == (len(crew) + 1, 3)


def test_a_day_with_many_distinct_capacities_is_the_best_of_all_plans() -> None:
    trips = [trip(number, "08:00", "12:00", 14 + number) for number in range(3)]
    crew = [pair(trip, number, 3 + number, 1000 - 90 * number) for trip in trips for number in range(9)]
    problem = day(trips, crew)

    plan = solve_day(problem)

    assert _figure(problem, plan) == best_figure(problem)
