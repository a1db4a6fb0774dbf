"""Standbys, alternative trails and extra guides that keep single losses from costing anything."""

from dataclasses import replace
from uuid import UUID

import pytest

from optimization.fragility.analysis import fragility_of
from optimization.fragility.hedges import NEWCOMER, Hedge, HedgeKind, Pool
from optimization.fragility.losses import Reroute, Resource, StandingDay, only_guides, without
from optimization.solver import solve_day
from optimization.solver.problem import DayProblem, EligiblePair
from tests.optimization.fragility.days import LOOP, RIDGE, of_guide, of_trail, random_standing_day, standing
from tests.optimization.solver.days import CAMP, guide, pair, trip

MORNING, NOON, LATE = trip(1, "09:00", "12:00", 8), trip(2, "11:00", "14:00", 6), trip(3, "15:00", "17:00", 4)
POOL = Pool(UUID(int=9), "HIKING", frozenset({"first_aid"}), frozenset({MORNING.id, NOON.id}))


def hedges_of(day: StandingDay, *pools: Pool) -> list[Hedge]:
    return list(fragility_of(day, pools, time_limit_seconds=60).hedges)


def led_alone(*free: int) -> StandingDay:
    """Return three departures, each led by a guide of its own, with these guides free for all of them."""
    led = list(enumerate((MORNING, NOON, LATE), start=1))
    own = [pair(departure, number, 8, is_kept=True) for number, departure in led]
    return standing(
        [MORNING, NOON, LATE], own + [pair(departure, number, 8) for number in free for _, departure in led]
    )


def test_a_free_guide_as_standby_removes_each_loss_on_which_they_step_in() -> None:
    [standby] = hedges_of(led_alone(4))

    assert (standby.kind, standby.id) == (HedgeKind.STANDBY, guide(4))
    assert standby.removes == {of_guide(number) for number in (1, 2, 3)}
    assert standby.departure_ids == {MORNING.id, NOON.id, LATE.id}


def test_a_second_standby_counts_only_for_what_the_first_leaves() -> None:
    day = led_alone(4)
    other = trip(4, "09:00", "10:00", 3)
    pairs = [*day.problem.pairs, pair(other, 5, 8, is_kept=True), pair(other, 6, 8), pair(MORNING, 6, 8)]

    first, second = hedges_of(standing([*day.problem.departures, other], pairs))

    assert (first.id, second.id) == (guide(4), guide(6))
    assert second.removes == {of_guide(5)}


def with_hedge(day: StandingDay, hedge: Hedge, resource: Resource) -> DayProblem:
    """Return the problem without the resource, for those on duty and the hedge; for everybody if it is no standby."""
    problem = without(day, resource)
    if hedge.kind is HedgeKind.STANDBY and hedge.id:
        on_duty = frozenset().union(*day.teams.values())
        return only_guides(problem, on_duty | {hedge.id})
    newcomer = [
        EligiblePair(key, NEWCOMER, hedge.capacity, 0) for key in (hedge.pool.departure_ids if hedge.pool else ())
    ]
    return replace(problem, pairs=(*problem.pairs, *newcomer))


@pytest.mark.parametrize("seed", range(1, 9))
def test_what_a_hedge_removes_costs_nobody_their_departure(seed: int) -> None:
    day = random_standing_day(seed)
    anywhere = Pool(UUID(int=9), "HIKING", frozenset(), frozenset(day.teams))

    hedges = hedges_of(day, anywhere)

    assert hedges
    for hedge in hedges:
        for resource in hedge.removes:
            assert not solve_day(with_hedge(day, hedge, resource)).unstaffed, (hedge, resource)


def test_nobody_is_held_ready_for_what_those_on_duty_do_themselves() -> None:
    pairs = [pair(MORNING, 1, 8, is_kept=True), pair(LATE, 1, 8), pair(LATE, 2, 8, is_kept=True), pair(LATE, 3, 8)]

    hedges = hedges_of(standing([MORNING, LATE], pairs))

    assert hedges == []


def test_a_trail_that_is_there_anyway_takes_the_departures_of_one_that_fails() -> None:
    own = pair(MORNING, 1, 8, is_kept=True)
    day = standing([MORNING], [own], reroutes={RIDGE: {MORNING.id: Reroute(LOOP, (own,))}})

    [trail] = hedges_of(day)

    assert (trail.kind, trail.id, trail.removes) == (HedgeKind.ALTERNATIVE_TRAIL, LOOP, {of_trail(RIDGE)})


def test_one_more_guide_of_a_pool_removes_what_no_standby_can() -> None:
    standby, extra = hedges_of(
        standing(
            [MORNING, NOON],
            [
                pair(MORNING, 1, 8, is_kept=True),
                pair(NOON, 2, 8, is_kept=True),
                pair(NOON, 3, 8),
            ],
        ),
        POOL,
    )

    assert (standby.id, standby.removes) == (guide(3), {of_guide(2)})
    assert (extra.kind, extra.pool, extra.capacity) == (HedgeKind.EXTRA_GUIDE, POOL, 8)
    assert (extra.removes, extra.departure_ids) == ({of_guide(1)}, {MORNING.id})


def test_an_extra_guide_leads_only_those_whom_the_rest_of_the_team_does_not() -> None:
    day = standing([MORNING], [pair(MORNING, 1, 5, is_kept=True), pair(MORNING, 2, 3, is_kept=True)])

    [extra] = hedges_of(day, POOL)

    assert (extra.removes, extra.capacity) == ({of_guide(1), of_guide(2)}, 5)


def test_no_guide_replaces_a_trail_or_a_base_camp() -> None:
    morning = replace(MORNING, location_id=CAMP)
    own = [pair(morning, 1, 8, is_kept=True), pair(morning, 2, 8)]

    hedges = hedges_of(standing([morning], own, reroutes={RIDGE: {morning.id: None}}), POOL)

    assert [(hedge.kind, hedge.removes) for hedge in hedges] == [(HedgeKind.STANDBY, {of_guide(1)})]


def test_a_guide_who_would_be_needed_twice_at_once_is_no_hedge() -> None:
    evening = trip(4, "16:00", "18:00", 5)
    own = [pair(departure, 1, 8, is_kept=True) for departure in (MORNING, evening)]
    noon = pair(NOON, 2, 8, is_kept=True)
    reroutes: dict[UUID, dict[UUID, Reroute | None]] = {
        RIDGE: {departure.id: Reroute(LOOP, ()) for departure in (MORNING, NOON)}
    }
    both = Pool(UUID(int=9), "HIKING", frozenset(), frozenset({MORNING.id, NOON.id, evening.id}))

    twice = hedges_of(standing([MORNING, evening], own), both)
    at_once = hedges_of(standing([MORNING, NOON], [own[0], noon], reroutes=reroutes), both)

    assert [hedge.removes for hedge in twice] == [{of_guide(1)}]
    assert [hedge.removes for hedge in at_once] == [{of_guide(1), of_guide(2)}]
