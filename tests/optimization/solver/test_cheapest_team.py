"""The cheapest team of one departure, against an enumeration of all of its teams."""

from itertools import combinations

from hypothesis import given, settings

from optimization.solver.cheapest_team import best_team, cheapest_team, pair_cost
from optimization.solver.problem import DayProblem, EligiblePair
from optimization.solver.staffing import Staffing, group_by_departure, unstaffable_reason
from tests.optimization.solver.all_patterns import cheapest_cost
from tests.optimization.solver.days import guide, pair, small_days, trip

SEARCH = settings(max_examples=100, deadline=None, derandomize=True)


def _staffings(problem: DayProblem) -> list[Staffing]:
    staffings = group_by_departure(problem.departures, problem.pairs)
    return [staffing for staffing in staffings if unstaffable_reason(staffing, {}) is None]


def _cheapest(staffing: Staffing) -> list[tuple[EligiblePair, ...]]:
    teams = [
        team
        for size in range(1, staffing.departure.largest_team + 1)
        for team in combinations(staffing.pairs, size)
        if staffing.is_served_by(team)
    ]
    costs = [sum(map(pair_cost, team)) for team in teams]
    return [team for team, cost in zip(teams, costs, strict=True) if cost == min(costs)]


@SEARCH
@given(small_days())
def test_no_pattern_is_cheaper_than_the_cheapest_team(problem: DayProblem) -> None:
    for staffing in _staffings(problem):
        team = cheapest_team(staffing, staffing.free, pair_cost)

        assert team is not None
        assert staffing.is_served_by(team)
        assert sum(pair_cost(pair) for pair in team if pair not in staffing.forced) == cheapest_cost(
            staffing, pair_cost
        )


@SEARCH
@given(small_days())
def test_a_team_is_the_only_cheapest_one_if_no_other_costs_as_little(problem: DayProblem) -> None:
    for staffing in _staffings(problem):
        first, *others = _cheapest(staffing)

        best = best_team(staffing)

        assert best is not None
        assert set(best.members) in [set(team) for team in (first, *others)]
        assert best.is_only is not bool(others)


def test_ties_go_to_the_smaller_team_and_then_to_the_smaller_id() -> None:
    group = trip(1, "08:00", "12:00", 8)
    crew = [pair(group, 1, 4), pair(group, 4, 4), pair(group, 3, 8), pair(group, 2, 8)]
    [staffing] = group_by_departure([group], crew)

    team = cheapest_team(staffing, staffing.free, lambda _: 0)

    assert [member.guide_id for member in team or ()] == [guide(2)]


def test_a_crew_of_a_thousand_capacities_is_not_enumerated() -> None:
    group = trip(1, "08:00", "12:00", 2_500)
    crew = [pair(group, number, 400 + number) for number in range(1_000)]
    [staffing] = group_by_departure([group], crew)

    team = cheapest_team(staffing, staffing.free, pair_cost)

    assert team is not None
    assert sum(member.capacity for member in team) >= group.guests
