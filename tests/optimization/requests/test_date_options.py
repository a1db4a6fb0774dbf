"""The options of a query on a date, and the rules that exclude them whatever their team."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest

from optimization.requests.date_options import options_of
from optimization.requests.feasibility import FeasibilityChecks
from optimization.requests.query import DateOption, TripQuery
from scheduling.domain.departure_ids import departure_id_of
from scheduling.domain.document import Departure, DepartureStatus, ScheduleDocument
from scheduling.domain.facts import (
    CatalogDeparture,
    Difficulty,
    Location,
    Sibling,
    Span,
    TrailCondition,
    WeatherOutlook,
)
from scheduling.requests.submission import Constraints
from scheduling.rules import Facts, HazardFact, Rule
from tests.factories import (
    REGION_ID,
    TOMORROW,
    DepartureFactory,
    TeamMemberFactory,
    TrailFactory,
    TripFactory,
    at,
    facts_of,
)

TRIP = TripFactory(min_participants=4, max_participants=12)
NEXT_DAY = TOMORROW + timedelta(days=1)
NOW = at(6, day=TOMORROW - timedelta(days=1))
OURS = departure_id_of(TRIP.id, TOMORROW, "08:00")


def facts_with(**fields: Any) -> Facts:
    snapshot = {name: fields.pop(name) for name in ("departures", "unknown", "outlooks") if name in fields}
    facts = facts_of(trips=[TRIP], days=[TOMORROW, NEXT_DAY], **fields)
    return facts.with_snapshot(replace(facts.snapshot, usual_times={TRIP.id: "08:00"}, **snapshot))


def options(
    *departures: Departure,
    facts: Facts | None = None,
    now: datetime = NOW,
    days: tuple[date, ...] = (TOMORROW,),
    document: ScheduleDocument | None = None,
    elsewhere: tuple[Departure, ...] = (),
    **constraints: Any,
) -> list[DateOption]:
    tomorrow = document or ScheduleDocument(departures={uuid4(): departure for departure in departures})
    documents = {TOMORROW: tomorrow, NEXT_DAY: ScheduleDocument()}
    query = TripQuery(TRIP.id, days, Constraints(**constraints))
    return options_of(FeasibilityChecks.of(query, documents, facts or facts_with(), now, elsewhere))


def of_trip(**fields: Any) -> Departure:
    return DepartureFactory(**{"trip_id": TRIP.id} | fields)


def obstacle(*departures: Departure, **about: Any) -> Rule | None:
    [option] = options(*departures, **about)
    return option.obstacle.rule if option.obstacle else None


def test_without_a_departure_of_the_trip_a_new_one_leaves_at_the_usual_time() -> None:
    [option] = options(DepartureFactory(), of_trip(status=DepartureStatus.CANCELLED))

    assert (option.departure_id, option.is_new, option.obstacle) == (OURS, True, None)
    assert (option.departure.starts_at, option.departure.capacity, option.guests) == (at(8), 12, 4)


def test_departures_with_room_for_the_group_are_taken_staffed_or_not() -> None:
    roomy, full = of_trip(participants=8), of_trip(participants=9)
    staffed = of_trip(participants=2, team=[TeamMemberFactory()])

    open_options = options(roomy, full, staffed)

    assert sorted((option.departure.participants, option.is_new) for option in open_options) == [(2, False), (8, False)]
    assert {option.guests for option in open_options} == {12, 6}


def test_the_group_is_the_one_asked_for_else_the_trips_smallest() -> None:
    assert [option.guests for option in options(of_trip(participants=2))] == [6]
    assert [option.guests for option in options(of_trip(participants=2), min_group_size=7)] == [9]


def test_beside_a_full_departure_a_new_one_is_made_no_larger_than_requested() -> None:
    [option] = options(of_trip(participants=12), max_group_size=6)

    assert (option.is_new, option.departure.capacity) == (True, 6)


def test_a_query_for_guides_takes_the_booked_departure_that_has_none_and_holds_no_seats() -> None:
    guide = uuid4()
    full, led = of_trip(participants=12), of_trip(participants=12, team=[TeamMemberFactory()], starts_at=at(13))
    nearly_full = of_trip(participants=10, starts_at=at(15))

    found = options(full, led, nearly_full, required_guide_ids=(guide,))

    assert sorted((option.guests, option.is_new, option.obstacle) for option in found) == [(12, False, None)] * 2
    assert {option.departure.starts_at for option in found} == {full.starts_at, nearly_full.starts_at}


def test_a_group_that_the_client_names_has_to_fit_unless_the_departure_is_full_already() -> None:
    nearly_full, full = of_trip(participants=10, starts_at=at(8)), of_trip(participants=12, starts_at=at(8))
    asked = {"required_guide_ids": (uuid4(),), "min_group_size": 4}

    assert obstacle(nearly_full, **asked) is Rule.GROUP_SIZE
    assert obstacle(full, **asked) is None
    assert obstacle(full, min_group_size=4) is Rule.GROUP_SIZE


def test_where_the_usual_time_is_taken_and_full_there_is_no_room() -> None:
    document = ScheduleDocument(departures={OURS: of_trip(starts_at=at(8), participants=10)})

    [option] = options(document=document)

    assert option.obstacle
    assert (option.departure_id, option.obstacle.rule) == (OURS, Rule.GROUP_SIZE)
    assert "2 seats are free, the group has 4" in option.obstacle.message


def test_where_the_catalogs_own_departure_takes_the_usual_time_no_new_one_is_made() -> None:
    full, later = of_trip(starts_at=at(8), participants=12), of_trip(starts_at=at(13), participants=11)

    both = options(full, later)

    assert {(option.departure.starts_at, option.is_new) for option in both} == {(at(8), False), (at(13), False)}
    assert {option.obstacle.rule for option in both if option.obstacle} == {Rule.GROUP_SIZE}


def test_the_usual_time_is_taken_whatever_clock_the_departure_is_written_by() -> None:
    in_denver = at(8).astimezone(ZoneInfo("America/Denver"))

    assert obstacle(of_trip(starts_at=in_denver, participants=12)) is Rule.GROUP_SIZE


def test_another_trip_that_leaves_at_the_usual_time_takes_it_from_nobody() -> None:
    [option] = options(DepartureFactory(starts_at=at(8)))

    assert (option.is_new, option.obstacle) == (True, None)


def test_a_group_that_would_be_larger_than_requested_is_an_obstacle() -> None:
    [option] = options(of_trip(starts_at=at(8), participants=4), max_group_size=6)

    assert option.obstacle
    assert option.obstacle.message == "8 guests would go together, at most 6 were requested"


def test_a_departure_of_the_catalog_that_was_called_off_is_not_made_again_at_its_time() -> None:
    off = of_trip(starts_at=at(8), status=DepartureStatus.CANCELLED)

    assert obstacle(off) is Rule.NOT_RUNNING
    assert obstacle(off, of_trip(starts_at=at(13), participants=12)) is Rule.GROUP_SIZE
    assert obstacle(off, of_trip(starts_at=at(13), participants=8)) is None


def test_a_departure_that_we_called_off_is_not_made_again() -> None:
    document = ScheduleDocument(departures={OURS: of_trip(starts_at=at(8), status=DepartureStatus.CANCELLED)})

    assert obstacle(document=document) is Rule.NOT_RUNNING


def listed(*, is_cancelled: bool) -> CatalogDeparture:
    return CatalogDeparture(uuid4(), TRIP.id, TOMORROW, "08:00", 12, 12, is_cancelled)


def test_a_date_on_which_the_catalog_called_the_trip_off_cannot_be_had() -> None:
    off = facts_with(departures={TOMORROW: (listed(is_cancelled=True),)})
    one_left = facts_with(departures={TOMORROW: (listed(is_cancelled=True), listed(is_cancelled=False))})

    assert obstacle(facts=off) is Rule.NOT_RUNNING
    assert obstacle(facts=one_left) is None


def test_a_date_whose_departures_have_left_is_answered_all_the_same() -> None:
    assert obstacle(now=at(8)) is Rule.NOT_RUNNING
    assert obstacle(of_trip(starts_at=at(8)), now=at(9)) is Rule.NOT_RUNNING
    assert [option.day for option in options(now=at(9), days=(TOMORROW, NEXT_DAY))] == [TOMORROW, NEXT_DAY]


def test_the_trail_is_the_one_it_has_else_the_preferred_else_the_best() -> None:
    dry, muddy, own = TrailFactory(), TrailFactory(surface="MUDDY"), TrailFactory(surface="MUDDY")
    facts = facts_with(trails=[dry, muddy, own])

    def trail_of(*departures: Departure, **constraints: Any) -> object:
        [option] = options(*departures, facts=facts, **constraints)
        return option.departure.trail_id

    assert trail_of() == dry.id
    assert trail_of(preferred_trail_ids=(muddy.id,)) == muddy.id
    assert trail_of(of_trip(trail_id=own.id, participants=0), preferred_trail_ids=(muddy.id,)) == own.id


def test_a_trail_too_small_for_the_guests_and_the_group_together_is_left() -> None:
    small, large = TrailFactory(max_group_size=9), TrailFactory(max_group_size=10, surface="MUDDY")

    [option] = options(of_trip(trail_id=small.id, participants=6), facts=facts_with(trails=[small, large]))

    assert option.departure.trail_id == large.id


def test_without_an_open_trail_nobody_goes_unless_the_activity_needs_none() -> None:
    closed = TrailFactory(status="CLOSED")

    assert obstacle(facts=facts_with(trails=[closed])) is Rule.TRAIL_CLOSED
    assert obstacle(facts=facts_with(trails=[replace(closed, activities=frozenset({"RAFTING"}))])) is None


def test_a_trail_of_unknown_conditions_has_no_condition() -> None:
    unknown = TrailFactory(conditions_known=False, surface=None)

    [option] = options(facts=facts_with(trails=[unknown]))

    assert (option.trail, option.condition) == (unknown, None)


def test_a_hazard_of_today_says_nothing_about_the_trail_on_another_date() -> None:
    trail = TrailFactory()
    today = HazardFact(uuid4(), "bear", Span(NOW, at(1)), frozenset({trail.id}), closes_trails=True)

    [option] = options(facts=replace(facts_with(trails=[trail]), hazards=(today,)))

    assert option.condition is TrailCondition.EXCELLENT


def test_a_storm_excludes_a_date_where_good_weather_is_required() -> None:
    storm = facts_with(outlooks={(REGION_ID, TOMORROW): WeatherOutlook.STORM_WARNING})

    assert obstacle(facts=storm) is Rule.WEATHER
    assert obstacle(facts=storm, require_good_weather=False) is None


@pytest.mark.parametrize(
    ("requirement", "fits", "does_not"),
    [
        ("WHEELCHAIR_ACCESSIBLE", {"elevation_gain_m": 30.0}, {"elevation_gain_m": 31.0}),
        ("WHEELCHAIR_ACCESSIBLE", {"elevation_gain_m": 5.0}, {"elevation_gain_m": 5.0, "surface": "WET"}),
        ("LOW_ALTITUDE", {"elevation_gain_m": 300.0}, {"elevation_gain_m": 301.0}),
        ("LOW_ALTITUDE", {"elevation_gain_m": 300.0}, {"elevation_gain_m": None}),
        ("FAMILY_FRIENDLY", {"difficulty": Difficulty.EASY}, None),
        ("NO_WATER_CROSSINGS", {}, {"water_crossings_passable": True}),
        ("NO_WATER_CROSSINGS", {}, {"conditions_known": False}),
    ],
)
def test_what_is_not_known_to_be_accessible_is_not(
    requirement: str, fits: dict[str, Any], does_not: dict[str, Any] | None
) -> None:
    constraints = {"accessibility_requirements": (requirement,)}
    unfit = facts_with(trails=[TrailFactory(**does_not)]) if does_not else facts_with()

    assert obstacle(facts=facts_with(trails=[TrailFactory(**fits)]), **constraints) is None
    assert obstacle(facts=unfit, **constraints) is Rule.ACCESSIBILITY


CAMP = Location(uuid4(), REGION_ID, 20)


def at_base_camp(**fields: Any) -> Departure:
    return DepartureFactory(location_id=CAMP.id, team=[TeamMemberFactory()], starts_at=at(8), ends_at=at(11), **fields)


def test_the_base_camp_has_to_hold_the_group_too() -> None:
    facts = facts_with(base_camp=CAMP)

    assert obstacle(at_base_camp(participants=16), facts=facts) is None
    assert obstacle(at_base_camp(participants=17), facts=facts) is Rule.LOCATION_CAPACITY


def test_trips_that_began_on_another_date_are_at_the_base_camp_too() -> None:
    facts = facts_with(base_camp=CAMP)
    since_today = at_base_camp(participants=17).model_copy(update={"starts_at": NOW})

    assert obstacle(facts=facts, elsewhere=(since_today,)) is Rule.LOCATION_CAPACITY
    assert obstacle(facts=facts, elsewhere=(since_today.model_copy(update={"ends_at": at(8)}),)) is None


def test_guests_of_a_departure_that_is_led_already_are_not_counted_twice() -> None:
    own = of_trip(location_id=CAMP.id, team=[TeamMemberFactory()], participants=8, capacity=20)

    assert obstacle(own, facts=facts_with(base_camp=replace(CAMP, max_capacity=12))) is None
    assert obstacle(own, facts=facts_with(base_camp=replace(CAMP, max_capacity=11))) is Rule.LOCATION_CAPACITY


def test_an_unavailable_trail_management_excludes_no_option() -> None:
    facts = facts_with(trails=[], unknown={Sibling.TRAIL_MANAGEMENT: "did not answer"})

    assert obstacle(facts=facts) is None
