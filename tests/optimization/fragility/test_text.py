"""Losses and hedges in sentences, by the clocks of the place."""

from dataclasses import replace
from uuid import UUID

import pytest

from optimization.fragility.analysis import fragility_of
from optimization.fragility.losses import Resource, ResourceKind
from optimization.fragility.names import Names
from optimization.fragility.report import report_as_data
from optimization.fragility.standing_day import StandingPlan
from optimization.fragility.text import loss_text
from scheduling.domain.document import Departure
from scheduling.domain.facts import Guide
from scheduling.rules import Facts
from tests.factories import TeamMemberFactory, TrailFactory, at
from tests.optimization.days.plans import ANA, BEN, CAMP, CLEO, facts_with, of_trip
from tests.optimization.fragility.test_standing_day import plan_of

FIRST, SECOND = UUID(int=1), UUID(int=2)
RIDGE, LOOP = (TrailFactory(id=UUID(int=number), name=name) for number, name in [(11, "Ridge"), (12, "Loop")])


def led_by(guide: Guide, name: str, hour: int, guests: int, **fields: object) -> Departure:
    team = [TeamMemberFactory(guide_id=guide.id, guide_name=guide.name)]
    times = {"starts_at": at(hour), "ends_at": at(hour + 3)}
    return of_trip(trip_name=name, participants=guests, team=team, **times, **fields)


RIVER, SUMMIT = led_by(ANA, "River Run", 9, 8), led_by(BEN, "Summit Day", 10, 6)


def messages(departures: dict[UUID, Departure], facts: Facts) -> list[str]:
    plan = plan_of(departures, facts)
    report = report_as_data(plan, fragility_of(plan.day, plan.pools, time_limit_seconds=30))
    return [shown["message"] for shown in (*report["most_fragile"], *report["hedges"])]


def test_a_loss_names_the_departures_and_an_extra_guide_what_is_missing() -> None:
    assert messages({FIRST: RIVER, SECOND: SUMMIT}, facts_with(ANA, BEN)) == [
        # Ben leads the larger group if Ana fails.
        *(f"Without {name}, 6 guests lose their departure: Summit Day at 10:00 (6)." for name in ("Ana", "Ben")),
        "One more guide who holds wilderness first aid and may lead 6 (hiking, Pacific Northwest), from 10:00: "
        "removes 2 (Ana, Ben).",
    ]


def test_a_standby_is_held_ready_from_the_first_start_and_costs_nothing() -> None:
    assert messages({FIRST: RIVER, SECOND: SUMMIT}, facts_with(ANA, BEN, CLEO)) == [
        "Without Ana, somebody who is on no team that date has to be called in: River Run at 09:00 (8).",
        "Without Ben, somebody who is on no team that date has to be called in: Summit Day at 10:00 (6).",
        "Cleo as standby from 09:00: no cost, removes 2 (Ana, Ben).",
    ]


def test_places_are_named_too() -> None:
    there = led_by(ANA, "River Run", 9, 1, trail_id=RIDGE.id, location_id=CAMP.id)

    assert messages({FIRST: there}, facts_with(ANA, BEN, trails=[RIDGE, LOOP], base_camp=CAMP)) == [
        "Without the base camp of Pacific Northwest, 1 guest loses their departure: River Run at 09:00 (1).",
        "Without Ana, somebody who is on no team that date has to be called in: River Run at 09:00 (1).",
        "Ben as standby from 09:00: no cost, removes 1 (Ana).",
        "Loop is there anyway and takes 1 departure: no cost, removes 1 (Ridge).",
    ]


def test_nobody_loses_a_departure_without_guests() -> None:
    assert messages({FIRST: led_by(ANA, "River Run", 9, 0)}, facts_with(ANA))[0] == (
        "Without Ana, 1 departure without guests has no team: River Run at 09:00 (0)."
    )


@pytest.fixture
def plan() -> StandingPlan:
    return plan_of({FIRST: RIVER, SECOND: SUMMIT}, facts_with(ANA, BEN))


def test_what_is_not_proven_is_said_to_be_the_most(plan: StandingPlan) -> None:
    [loss, _] = fragility_of(plan.day, time_limit_seconds=30).losses

    assert loss_text(replace(loss, is_proven=False), Names(plan)) == (
        "Without Ana, at most 6 guests lose their departure: Summit Day at 10:00 (6)."
    )


def test_what_is_unknown_is_said_to_have_no_known_name(plan: StandingPlan) -> None:
    names = Names(plan)

    for kind, noun in ((ResourceKind.GUIDE, "guide"), (ResourceKind.TRAIL, "trail")):
        assert names.of(Resource(kind, UUID(int=77))) == f"a {noun} whose name is not known"
