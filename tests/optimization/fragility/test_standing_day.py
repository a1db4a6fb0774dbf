"""The standing plan of a date, from facts: what losses are tried on, against planning without the resource."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from optimization.candidates.assessment import PlanningContext
from optimization.days.inputs import DayInputs
from optimization.days.planner import assign_guides
from optimization.fragility.analysis import Fragility, fragility_of
from optimization.fragility.losses import Reroute, Resource, ResourceKind
from optimization.fragility.standing_day import StandingPlan, standing_plan
from scheduling.domain.document import Departure
from scheduling.domain.facts import Guide, Trail
from scheduling.rules import Facts
from tests.factories import TOMORROW, TeamMemberFactory, TrailFactory, at, entered_tomorrow
from tests.optimization.days.plans import ANA, BEN, CAMP, CLEO, facts_with, of_trip, pinned

FIRST, SECOND = UUID(int=1), UUID(int=2)
RIDGE, LOOP = (TrailFactory(id=UUID(int=number), name=name) for number, name in [(11, "Ridge"), (12, "Loop")])


def led_by(*guides: Guide, **fields: object) -> Departure:
    return of_trip(team=[TeamMemberFactory(guide_id=guide.id, guide_name=guide.name) for guide in guides], **fields)


def inputs_of(departures: Mapping[UUID, Departure], facts: Facts, unknown: frozenset[UUID] = frozenset()) -> DayInputs:
    context = PlanningContext(entered_tomorrow(None), {}, frozenset(departures))
    return DayInputs(TOMORROW, facts, departures, departures, context, {}, unknown)


def plan_of(departures: Mapping[UUID, Departure], facts: Facts) -> StandingPlan:
    return standing_plan(inputs_of(departures, facts), time_limit_seconds=30)


def fragility(departures: Mapping[UUID, Departure], facts: Facts) -> Fragility:
    return fragility_of(plan_of(departures, facts).day, time_limit_seconds=30)


def lost_without(resource: Resource, found: Fragility) -> set[UUID]:
    return {key for loss in found.losses if loss.resource == resource for key in loss.lost}


def unstaffed_without(guide: Guide, departures: Mapping[UUID, Departure], facts: Facts) -> set[UUID]:
    """Return what a plan of the same departures leaves unstaffed where guide management does not know the guide."""
    others = {key: known for key, known in facts.snapshot.guides.items() if key != guide.id}
    facts = facts.with_snapshot(replace(facts.snapshot, guides=others))
    return set(assign_guides(inputs_of(departures, facts), time_limit_seconds=30).solved.unstaffed)


def test_a_loss_costs_what_a_plan_without_the_guide_leaves_unstaffed() -> None:
    departures = {FIRST: led_by(ANA), SECOND: led_by(BEN, starts_at=at(10), ends_at=at(14), participants=3)}
    alone, helped = facts_with(ANA, BEN), facts_with(ANA, BEN, CLEO)

    for facts in (alone, helped):
        found = fragility(departures, facts)
        for guide in (ANA, BEN):
            lost = lost_without(Resource(ResourceKind.GUIDE, guide.id), found)
            assert lost == unstaffed_without(guide, departures, facts)

    assert [len(loss.lost) for loss in fragility(departures, alone).losses] == [1, 1]


def test_departures_without_a_team_have_nothing_to_lose() -> None:
    plan = plan_of({FIRST: led_by(ANA), SECOND: of_trip()}, facts_with(ANA, BEN))

    assert plan.departures.keys() == {FIRST}


def test_a_plan_that_is_broken_already_is_repaired_before_anything_is_lost() -> None:
    departures = {FIRST: led_by(ANA), SECOND: led_by(BEN, starts_at=at(14), ends_at=at(17))}

    gone = plan_of(departures, facts_with(replace(ANA, is_active=False)))
    replaced = plan_of(departures, facts_with(replace(ANA, is_active=False), BEN))

    assert (gone.departures.keys(), gone.broken) == (set(), {FIRST, SECOND})
    assert replaced.day.teams == {FIRST: {BEN.id}, SECOND: {BEN.id}}
    assert not replaced.broken


def test_what_only_a_person_may_change_is_not_judged() -> None:
    departures = {
        FIRST: of_trip(team=[pinned(replace(ANA, is_active=False))]),
        SECOND: led_by(BEN, starts_at=at(14), ends_at=at(17)),
    }
    facts = facts_with(replace(ANA, is_active=False), BEN)

    plan = plan_of(departures, facts)
    unknown = standing_plan(inputs_of(departures, facts, frozenset({SECOND})), time_limit_seconds=30)

    assert (plan.departures.keys(), plan.held) == ({SECOND}, {FIRST})
    assert (unknown.departures.keys(), unknown.held) == (set(), {FIRST, SECOND})


def on_ridge(*trails: Trail, **fields: object) -> StandingPlan:
    facts = facts_with(ANA, BEN, trails=trails, base_camp=CAMP)
    return plan_of({FIRST: led_by(ANA, trail_id=RIDGE.id, location_id=CAMP.id, **fields)}, facts)


def test_a_trail_that_fails_sends_its_departures_where_the_planner_would() -> None:
    plan = on_ridge(RIDGE, LOOP)

    reroute = plan.day.reroutes[RIDGE.id][FIRST]

    assert isinstance(reroute, Reroute)
    assert reroute.trail_id == LOOP.id
    assert {pair.guide_id for pair in reroute.pairs if pair.is_kept} == {ANA.id}
    assert not any(
        loss.resource.kind is ResourceKind.TRAIL for loss in fragility_of(plan.day, time_limit_seconds=30).losses
    )


def test_the_only_trail_that_fails_takes_its_departures_along() -> None:
    plan = on_ridge(RIDGE, replace(LOOP, max_group_size=1))

    found = fragility_of(plan.day, time_limit_seconds=30)

    assert lost_without(Resource(ResourceKind.TRAIL, RIDGE.id), found) == {FIRST}
    assert lost_without(Resource(ResourceKind.BASE_CAMP, CAMP.id), found) == {FIRST}


@pytest.mark.parametrize("largest", [1, 4, 15], ids=["another for one guest", "another for four", "another for all"])
def test_a_trail_costs_what_a_plan_leaves_unstaffed_while_it_is_closed(largest: int) -> None:
    small = replace(LOOP, max_group_size=largest)
    facts = facts_with(ANA, BEN, trails=[RIDGE, small])
    departures = {
        FIRST: led_by(ANA, trail_id=RIDGE.id, participants=8),
        SECOND: led_by(BEN, trail_id=RIDGE.id, participants=3),
    }

    lost = lost_without(Resource(ResourceKind.TRAIL, RIDGE.id), fragility(departures, facts))

    closed = facts_with(ANA, BEN, trails=[replace(RIDGE, surface="FLOODED"), small])
    planned = assign_guides(inputs_of(departures, closed), time_limit_seconds=30)
    assert lost == {key for key in departures if not planned.solved.team_of(key)}


def test_a_trail_that_nobody_knows_is_not_tried() -> None:
    unknown = plan_of({FIRST: led_by(ANA, trail_id=uuid4())}, facts_with(ANA, BEN))

    assert unknown.day.reroutes == {}


def test_a_pool_has_the_departures_of_its_region_and_activity_that_ask_for_no_other_certificates() -> None:
    departures = {FIRST: led_by(ANA), SECOND: led_by(BEN, starts_at=at(7) + timedelta(hours=8), ends_at=at(18))}

    [pool] = plan_of(departures, facts_with(ANA, BEN)).pools

    assert pool.departure_ids == {FIRST, SECOND}
