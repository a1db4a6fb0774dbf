"""What each single loss would do to a date, against planning the date anew without the resource."""

import time
from dataclasses import replace
from uuid import UUID

import pytest

from optimization.fragility.analysis import Fragility, Loss, fragility_of
from optimization.fragility.losses import Reroute, Resource, ResourceKind, StandingDay, departures_by_resource, without
from optimization.fragility.repair import repair_at_once, repair_exactly
from optimization.solver import solve_day
from optimization.solver.problem import DayProblem, Location
from optimization.solver.solution import PlanStatus
from tests.optimization.fragility.days import (
    LOOP,
    OF_CAMP,
    RIDGE,
    of_guide,
    of_trail,
    random_standing_day,
    standing,
)
from tests.optimization.solver.days import CAMP, pair, trip

MORNING, NOON = trip(1, "09:00", "12:00", 8), trip(2, "11:00", "14:00", 6)


def tried(day: StandingDay) -> Fragility:
    return fragility_of(day, time_limit_seconds=60)


def loss_of(resource: Resource, day: StandingDay) -> Loss | None:
    return next((loss for loss in tried(day).losses if loss.resource == resource), None)


def lacking(day: StandingDay, resource: Resource) -> DayProblem:
    """Return the problem without the resource, put together apart from the code that is tested."""
    problem = day.problem
    if resource.kind is ResourceKind.GUIDE:
        unpinned = tuple(
            replace(departure, pinned_guides=departure.pinned_guides - {resource.id})
            for departure in problem.departures
        )
        pairs = tuple(pair for pair in problem.pairs if pair.guide_id != resource.id)
        return replace(problem, departures=unpinned, pairs=pairs)
    if resource.kind is ResourceKind.BASE_CAMP:
        return replace(problem, locations=(Location(resource.id, 0),))
    reroutes = day.reroutes[resource.id]
    kept = [pair for pair in problem.pairs if pair.departure_id not in reroutes]
    return replace(problem, pairs=(*kept, *(pair for way in reroutes.values() if way for pair in way.pairs)))


@pytest.mark.parametrize("seed", range(1, 21))
def test_what_a_loss_costs_is_what_planning_the_date_anew_loses(seed: int) -> None:
    day = random_standing_day(seed)

    fragility = tried(day)

    weights = {departure.id: departure.weight for departure in day.problem.departures}
    costs = {loss.resource: sum(weights[key] for key in loss.lost) for loss in fragility.losses}
    resources = departures_by_resource(day)
    for resource in resources:
        anew = solve_day(lacking(day, resource))
        assert anew.status is PlanStatus.PROVEN
        assert costs.get(resource, 0) == sum(weights.values()) - anew.objectives.guests, resource
    assert all(loss.is_proven for loss in fragility.losses)
    assert (fragility.tried, fragility.untried) == (len(resources), ())


def test_the_seeded_days_lose_guests_to_each_kind_of_resource() -> None:
    days = [tried(random_standing_day(seed)) for seed in range(1, 6)]

    assert {loss.resource.kind for day in days for loss in day.losses if loss.lost} == set(ResourceKind)


def test_one_guide_comes_over_without_the_model() -> None:
    day = standing(
        [MORNING, NOON],
        [pair(MORNING, 1, 8, is_kept=True), pair(MORNING, 2, 8), pair(NOON, 2, 8, is_kept=True), pair(NOON, 3, 8)],
    )

    repaired = repair_at_once(without(day, of_guide(1)))

    assert repaired.is_proven
    assert repaired.teams == {MORNING.id: {of_guide(2).id}, NOON.id: {of_guide(3).id}}


def test_a_repair_that_moves_several_guides_is_found_by_the_model() -> None:
    first, second, third = (trip(number, "09:00", "12:00", 8) for number in (1, 2, 3))
    day = standing(
        [first, second, third],
        [
            pair(first, 1, 8, is_kept=True),
            pair(first, 2, 8),
            pair(second, 2, 8, is_kept=True),
            pair(second, 3, 8),
            pair(third, 3, 8, is_kept=True),
            pair(third, 4, 8),
        ],
    )
    problem = without(day, of_guide(1))

    at_once = repair_at_once(problem)
    exactly = repair_exactly(problem, at_once, deadline=time.monotonic() + 60)

    assert (at_once.lost, at_once.is_proven) == ({first.id}, False)
    assert (exactly.lost, exactly.is_proven) == (frozenset(), True)


def test_what_the_model_has_no_time_for_is_not_proven() -> None:
    day = standing(
        [MORNING, NOON], [pair(MORNING, 1, 8, is_kept=True), pair(MORNING, 2, 8), pair(NOON, 2, 8, is_kept=True)]
    )
    problem = without(day, of_guide(1))
    at_once = repair_at_once(problem)

    assert not repair_exactly(problem, at_once, deadline=time.monotonic()).is_proven
    assert repair_exactly(problem, at_once, deadline=time.monotonic() + 60).is_proven


def test_a_guide_on_no_team_can_be_lost_without_anybody_noticing() -> None:
    day = standing([MORNING], [pair(MORNING, 1, 8, is_kept=True), pair(MORNING, 2, 8)])

    assert of_guide(2) not in departures_by_resource(day)


def test_a_guide_whom_nobody_replaces_costs_all_of_their_later_departures() -> None:
    evening = trip(3, "16:00", "18:00", 5)
    day = standing([MORNING, evening], [pair(MORNING, 1, 8, is_kept=True), pair(evening, 1, 8, is_kept=True)])

    loss = loss_of(of_guide(1), day)

    assert loss
    assert (loss.guests, loss.lost, loss.is_proven) == (13, {MORNING.id, evening.id}, True)


def test_a_guide_who_comes_over_from_another_team_is_replaced_there() -> None:
    day = standing(
        [MORNING, NOON],
        [
            pair(MORNING, 1, 8, is_kept=True),
            pair(MORNING, 2, 8),
            pair(NOON, 2, 8, is_kept=True),
            pair(NOON, 3, 8),
        ],
    )

    loss = loss_of(of_guide(1), day)

    assert loss
    assert (loss.lost, loss.moved) == (frozenset(), {NOON.id})
    assert (loss.lost_on_duty, loss.guests_on_duty) == ({MORNING.id}, 8)


def test_the_departure_of_fewer_guests_is_lost_for_one_of_more() -> None:
    day = standing(
        [MORNING, NOON], [pair(MORNING, 1, 8, is_kept=True), pair(MORNING, 2, 8), pair(NOON, 2, 8, is_kept=True)]
    )

    loss = loss_of(of_guide(1), day)

    assert loss
    assert (loss.guests, loss.lost) == (6, {NOON.id})


def test_a_guide_who_fails_is_replaced_though_a_person_pinned_them() -> None:
    pinned = replace(MORNING, pinned_guides=frozenset({of_guide(1).id}))
    day = standing([pinned], [pair(pinned, 1, 8, is_kept=True), pair(pinned, 2, 8)])

    loss = loss_of(of_guide(1), day)

    assert loss
    assert (loss.lost, loss.lost_on_duty) == (frozenset(), {pinned.id})


def test_no_machine_takes_a_pinned_guide_off_to_repair_a_loss() -> None:
    pinned = replace(NOON, pinned_guides=frozenset({of_guide(2).id}))
    day = standing(
        [MORNING, pinned],
        [pair(MORNING, 1, 8, is_kept=True), pair(MORNING, 2, 8), pair(pinned, 2, 8, is_kept=True), pair(pinned, 3, 8)],
    )

    loss = loss_of(of_guide(1), day)

    assert loss
    assert loss.lost == {MORNING.id}


@pytest.mark.parametrize(
    ("reroute", "lost"),
    [
        (None, {MORNING.id}),
        (Reroute(LOOP, ()), {MORNING.id}),
        (Reroute(LOOP, (pair(MORNING, 1, 8, is_kept=True),)), set()),
    ],
    ids=["no other trail", "a trail where nobody may lead", "a trail that does"],
)
def test_departures_on_a_trail_that_fails_go_where_another_takes_them(reroute: Reroute | None, lost: set[UUID]) -> None:
    day = standing([MORNING], [pair(MORNING, 1, 8, is_kept=True)], reroutes={RIDGE: {MORNING.id: reroute}})

    loss = loss_of(of_trail(RIDGE), day)

    assert (loss.lost if loss else set()) == lost


def test_a_base_camp_that_fails_takes_all_guests_who_leave_from_it() -> None:
    morning, noon = replace(MORNING, location_id=CAMP), replace(NOON, location_id=CAMP)
    day = standing([morning, noon], [pair(morning, 1, 8, is_kept=True), pair(noon, 2, 8, is_kept=True)])

    loss = loss_of(OF_CAMP, day)

    assert loss
    assert (loss.guests, loss.lost) == (14, {morning.id, noon.id})


def test_the_worst_losses_come_first_and_five_of_a_kind_are_the_most_fragile() -> None:
    departures = [
        replace(trip(number, f"{number + 5:02}:00", f"{number + 5:02}:30", number), location_id=CAMP)
        for number in range(1, 8)
    ]
    day = standing(departures, [pair(led, number, 9, is_kept=True) for number, led in enumerate(departures, start=1)])

    fragility = tried(day)

    assert [loss.guests for loss in fragility.losses] == [28, 7, 6, 5, 4, 3, 2, 1]
    assert [loss.resource for loss in fragility.most_fragile] == [OF_CAMP, *map(of_guide, (7, 6, 5, 4, 3))]
    assert [loss.resource for loss in fragility.also_fragile] == [of_guide(2), of_guide(1)]


def test_what_the_time_is_too_short_for_is_named() -> None:
    fragility = fragility_of(random_standing_day(1), time_limit_seconds=-1)

    assert fragility.is_partial
    assert set(fragility.untried) == set(departures_by_resource(random_standing_day(1)))
    assert (fragility.tried, fragility.losses) == (0, ())


def test_equal_days_are_equally_fragile() -> None:
    assert tried(random_standing_day(7)) == tried(random_standing_day(7))
