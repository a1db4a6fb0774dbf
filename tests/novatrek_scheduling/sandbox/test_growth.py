"""A company of any size: at its own size what it always was, and as many times larger as one asks for."""

import json
from argparse import ArgumentTypeError
from collections import Counter
from dataclasses import fields
from datetime import date, timedelta
from hashlib import sha256
from zoneinfo import ZoneInfo

import pytest

from events import schemas
from events.kafka import RESERVATION_CREATED
from novatrek_scheduling.sandbox.scale import scale
from novatrek_scheduling.sandbox.world import World, build_world
from novatrek_scheduling.sandbox.world.company import company_of
from novatrek_scheduling.sandbox.world.regions import REGIONS
from novatrek_scheduling.sandbox.world.reservations import reservations

TODAY = date(2026, 11, 22)
DAYS = range(1, 4)
AS_IT_WAS = "d227ca23bd79a6de99361723e8e32b4b9afb63ad16fd5ef24dab4008dd330c99"
MOST_REGIONS = 60


@pytest.fixture(scope="module")
def today() -> World:
    return build_world(TODAY, days=DAYS)


@pytest.fixture(scope="module")
def tenfold() -> World:
    return build_world(TODAY, 10, days=DAYS)


def test_at_its_own_size_it_is_what_it_always_was() -> None:
    world = build_world(TODAY)

    kinds = {field.name: getattr(world, field.name) for field in fields(world) if field.name != "today"}
    text = json.dumps(kinds, separators=(",", ":"))
    assert sha256(text.encode()).hexdigest() == AS_IT_WAS


def test_the_same_size_gives_the_same_company(tenfold: World) -> None:
    company_of.cache_clear()

    assert build_world(TODAY, 10, days=DAYS) == tenfold


def test_everything_grows_by_exactly_as_much_half_of_it_by_more_regions(today: World, tenfold: World) -> None:
    for kind in ("guides", "trips", "trails", "departures", "past_trips"):
        assert len(getattr(tenfold, kind)) == 10 * len(getattr(today, kind))
    assert set(Counter(departure["departure_date"] for departure in tenfold.departures.values()).values()) == {380}
    assert len(tenfold.regions) == 19


@pytest.mark.parametrize("size", [1, 2, 7, 50, 100])
def test_any_size_is_shared_out_among_its_regions(size: int) -> None:
    company = company_of(size)

    assert sum(region.guides for region in company.regions) == 142 * size
    assert sum(region.departures_a_day for region in company.regions) == 38 * size
    assert len({region.name for region in company.regions}) == len(company.regions) <= MOST_REGIONS
    assert all(region.guides >= model.guides for region, model in zip(company.regions, REGIONS, strict=False))


def test_nobody_and_nothing_shares_a_name_in_a_region(tenfold: World) -> None:
    slugs = {region["name"].lower().replace(" ", "_"): region["id"] for region in tenfold.regions.values()}
    people = Counter(
        (slugs.get(region, region), guide["first_name"], guide["last_name"])
        for guide in tenfold.guides.values()
        for region in guide["region_ids"]
    )
    trips = Counter((trip["region_id"], trip["name"]) for trip in tenfold.trips.values())
    trails = Counter((trail["region_id"], trail["name"]) for trail in tenfold.trails.values())

    assert max([*people.values(), *trips.values(), *trails.values()]) == 1
    assert {region for region, *_ in people} == set(tenfold.regions)
    assert not any(
        character.isdigit() for _, *names in [*people, *trips, *trails] for name in names for character in name
    )


def test_regions_are_in_many_zones_and_have_a_station_of_their_own_or_none() -> None:
    regions = company_of(100).regions

    assert len({ZoneInfo(region.timezone).key for region in regions}) > 30
    assert sum(region.timezone.endswith("UTC") for region in regions) == 0
    stations = [region.station for region in regions if region.station]
    assert len(set(stations)) == len(stations) == 50


def test_a_base_camp_of_a_larger_region_holds_its_guests(tenfold: World) -> None:
    camps = {place["region_id"]: place for place in tenfold.locations.values() if place["type"] == "BASE_CAMP"}
    guests: Counter[tuple[str, str]] = Counter()
    for departure in tenfold.departures.values():
        region_id = tenfold.trips[departure["trip_id"]]["region_id"]
        guests[region_id, departure["departure_date"]] += departure["total_spots"] - departure["available_spots"]

    assert all(people <= camps[region_id]["capacity"] for (region_id, _), people in guests.items())


def test_reservations_are_what_is_sold_on_the_earliest_departure_of_a_trip(today: World) -> None:
    tomorrow = (TODAY + timedelta(days=1)).isoformat()
    departures = [
        d for d in today.departures.values() if d["departure_date"] == tomorrow and d["status"] != "CANCELLED"
    ]
    earliest = {d["trip_id"]: d for d in sorted(departures, key=lambda d: d["departure_time"], reverse=True)}

    events = reservations(departures, TODAY)

    booked: Counter[str] = Counter()
    for event in events:
        schemas.check(RESERVATION_CREATED, event)
        booked[event["trip_id"]] += event["participant_count"]
    assert booked == {trip: d["total_spots"] - d["available_spots"] for trip, d in earliest.items()}
    assert len({event["reservation_id"] for event in events}) == len(events) > 90
    assert all(event["timestamp"] < TODAY.isoformat() for event in events)


def test_reservations_are_the_same_whenever_they_are_asked_for(tenfold: World) -> None:
    ids = [event["event_id"] for event in reservations(tenfold.departures.values(), TODAY)]

    assert ids == [event["event_id"] for event in reservations(tenfold.departures.values(), TODAY + timedelta(days=1))]


@pytest.mark.parametrize("text", ["0", "-1", "1000", "101", "abc", "2.5", ""])
def test_what_is_no_size_is_refused_with_what_it_may_be(text: str) -> None:
    with pytest.raises(ArgumentTypeError, match="from 1 to 100"):
        scale(text)


def test_no_company_is_made_of_a_wrong_size() -> None:
    with pytest.raises(ValueError, match="from 1 to 100"):
        build_world(TODAY, 101)
