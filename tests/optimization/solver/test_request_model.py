"""Requests: one trip on alternative dates."""

import random
from datetime import date, timedelta
from itertools import combinations
from uuid import UUID

import pytest

from optimization.solver import solve_request
from optimization.solver.problem import Departure, EligiblePair, RequestOption, RequestProblem
from optimization.solver.request_model import best_teams
from optimization.solver.solution import PlanStatus, RequestSolution, UnstaffedReason
from optimization.solver.staffing import Staffing
from tests.optimization.solver.days import guide, pair, trip

FIRST = date(2027, 5, 1)


def _request(*options: tuple[Departure, list[EligiblePair]]) -> RequestProblem:
    return RequestProblem(
        tuple(
            RequestOption(FIRST + timedelta(days=number), departure, tuple(pairs))
            for number, (departure, pairs) in enumerate(options)
        )
    )


def _random_request(seed: int) -> RequestProblem:
    dice = random.Random(seed)
    return _request(*(_random_option(number, dice) for number in range(dice.randint(1, 30))))


def _random_option(number: int, dice: random.Random) -> tuple[Departure, list[EligiblePair]]:
    crew = dice.sample(range(40), dice.randint(0, 14))
    required = dice.sample(crew, min(len(crew), dice.choice((0, 0, 0, 1, 2))))
    departure = Departure(
        UUID(int=number + 1),
        480,
        720,
        dice.randint(0, 30),
        largest_team=dice.choice((1, 2, 3, 3)),
        required_guides=frozenset(guide(number) for number in required),
    )
    capacities = dice.choice(((6, 8, 10), range(1, 21)))
    pairs = [
        EligiblePair(
            departure.id,
            guide(member),
            dice.choice(capacities),
            dice.randint(0, 1000),
            is_kept=dice.random() < 0.2,
            may_lead=dice.random() < 0.8,
            price=dice.choice((0, 0, 7_000)),
        )
        for member in crew
    ]
    return departure, pairs


def _attained(problem: RequestProblem, request: RequestSolution) -> list[tuple[int, int] | None]:
    return [
        _figure([pair for pair in option.pairs if pair.guide_id in solution.guide_ids])
        for option, solution in zip(problem.options, request.options, strict=True)
    ]


def _figure(team: list[EligiblePair]) -> tuple[int, int] | None:
    return (-sum(pair.is_kept for pair in team), sum(pair.loss for pair in team)) if team else None


def _best_of_all(option: RequestOption) -> tuple[int, int] | None:
    departure = option.departure
    teams = [
        list(team)
        for size in range(1, departure.largest_team + 1)
        for team in combinations(option.pairs, size)
        if sum(pair.capacity for pair in team) >= departure.guests
        and any(pair.may_lead for pair in team)
        and departure.required_guides <= {pair.guide_id for pair in team}
    ]
    return min((figure for figure in map(_figure, teams) if figure), default=None)


@pytest.mark.parametrize("seed", range(200))
def test_the_model_and_the_closed_form_find_equally_good_teams(seed: int) -> None:
    problem = _random_request(seed)
    staffings = [Staffing.of(option.departure, option.pairs) for option in problem.options]

    request = solve_request(problem)

    closed_form = best_teams(staffings)
    expected = [_figure(list(closed_form.get(option.departure.id, ()))) for option in problem.options]
    assert request.status is PlanStatus.PROVEN
    assert _attained(problem, request) == expected


@pytest.mark.parametrize("seed", range(20))
def test_no_team_of_any_date_is_better_than_the_models(seed: int) -> None:
    problem = _random_request(seed)

    request = solve_request(problem)

    assert _attained(problem, request) == [_best_of_all(option) for option in problem.options]
    assert all(bool(option.guide_ids) == (option.reason is None) for option in request.options)


def test_dates_do_not_compete_for_a_guide() -> None:
    first, second = trip(1, "08:00", "12:00", 4), trip(2, "08:00", "12:00", 4)

    request = solve_request(_request((first, [pair(first, 1, 8)]), (second, [pair(second, 1, 8)])))

    assert [option.guide_ids for option in request.options] == [(guide(1),), (guide(1),)]


def test_a_date_without_a_team_has_a_reason_and_does_not_affect_others() -> None:
    first, second = trip(1, "08:00", "12:00", 9), trip(2, "08:00", "12:00", 4)

    request = solve_request(_request((first, [pair(first, 1, 8)]), (second, [pair(second, 1, 8, 700)])))

    assert request.options[0].reason is UnstaffedReason.GROUP_NOT_COVERED
    assert (request.options[1].guide_ids, request.options[1].loss) == ((guide(1),), 301)


def test_the_solution_does_not_depend_on_the_order_of_the_guides() -> None:
    departure = trip(1, "08:00", "12:00", 14)
    crew = [pair(departure, number, 8) for number in range(6)]

    plans = [solve_request(_request((departure, pairs))) for pairs in (crew, crew[::-1])]

    assert plans[0] == plans[1]


def test_a_request_without_a_date_that_can_be_staffed_is_answered() -> None:
    departure = trip(1, "08:00", "12:00", 4)

    request = solve_request(_request((departure, [])))

    assert (request.status, request.options[0].reason) == (PlanStatus.PROVEN, UnstaffedReason.NO_CANDIDATE)
