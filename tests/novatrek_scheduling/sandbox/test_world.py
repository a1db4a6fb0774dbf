"""The seeded world: the same for the same date, of the size of the real one, and mostly possible to staff."""

from collections import Counter
from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest

from novatrek_scheduling.sandbox.world import World, build_world
from tests.novatrek_scheduling.sandbox.staffing import staff

TODAY = date(2026, 11, 22)
DAYS = [date(2026, 11, 23), date(2027, 3, 14), date(2027, 7, 2), date(2028, 2, 29)]


@pytest.fixture(scope="module")
def world() -> World:
    return build_world(TODAY)


def test_the_same_date_gives_the_same_world(world: World) -> None:
    assert build_world(TODAY) == world


def test_departures_of_a_date_do_not_depend_on_when_one_looks(world: World) -> None:
    later = build_world(TODAY + timedelta(days=5))
    day = (TODAY + timedelta(days=10)).isoformat()

    assert _on(world, day) == _on(later, day)


def test_it_is_as_large_as_the_real_one(world: World) -> None:
    assert (len(world.regions), len(world.guides)) == (6, 142)
    assert {len(_on(world, (TODAY + timedelta(days=offset)).isoformat())) for offset in range(-60, 121)} == {38}
    assert set(Counter(trail["region_id"] for trail in world.trails.values()).values()) <= {8, 9, 10}
    assert len({trip["activity_type"] for trip in world.trips.values()}) == 10


def test_no_two_guides_share_a_name(world: World) -> None:
    names = Counter(f"{guide['first_name']} {guide['last_name']}" for guide in world.guides.values())

    assert max(names.values()) == 1


def test_shared_guides_link_the_regions_into_three_clusters(world: World) -> None:
    spelled = {region["name"].lower().replace(" ", "_"): region["id"] for region in world.regions.values()}
    clusters = [{region_id} for region_id in world.regions]
    for guide in world.guides.values():
        theirs = {spelled.get(spelling, spelling) for spelling in guide["region_ids"]}
        touched = [cluster for cluster in clusters if cluster & theirs]
        clusters = [cluster for cluster in clusters if cluster not in touched] + [set().union(*touched)]

    assert sorted(map(len, clusters)) == [1, 2, 3]


def test_regions_have_real_time_zones_with_and_without_daylight_saving(world: World) -> None:
    zones = {ZoneInfo(region["timezone"]) for region in world.regions.values()}

    assert len({zone.key for zone in zones}) >= 4
    assert sum(region["weather_station_id"] is None for region in world.regions.values()) == 1


@pytest.mark.parametrize("tomorrow", DAYS)
def test_a_day_can_mostly_be_staffed_but_never_wholly(tomorrow: date) -> None:
    world = build_world(tomorrow - timedelta(days=1))

    plan = staff(world, tomorrow.isoformat())

    assert 30 <= len(plan.teams) <= 37
    assert 1 <= len(plan.reasons) <= 8
    assert len({guide for team in plan.teams.values() for guide in team}) < 60


def test_something_is_wrong_somewhere(world: World) -> None:
    assert {"ACTIVE", "ON_LEAVE", "TRAINING", "SUSPENDED"} == {guide["status"] for guide in world.guides.values()}
    assert {"VALID", "EXPIRED", "REVOKED"} < {
        certification["status"] for certification in world.certifications.values()
    }
    assert {"CLOSED", "PARTIALLY_CLOSED"} < {trail["status"] for trail in world.trails.values()}
    assert {closure["severity"] for closure in world.closures.values()} == {"MINOR", "MODERATE", "SEVERE", "CRITICAL"}
    assert {alert["severity"] for alert in world.alerts.values()} == {"ADVISORY", "WATCH", "WARNING", "EMERGENCY"}
    assert {"HEAVY_RAIN", "THUNDERSTORM"} & {forecast["condition"] for forecast in world.forecasts.values()}


def test_a_base_camp_holds_all_the_guests_of_a_day(world: World) -> None:
    camps = {
        location["region_id"]: location for location in world.locations.values() if location["type"] == "BASE_CAMP"
    }
    guests: Counter[tuple[str, str]] = Counter()
    for departure in world.departures.values():
        region_id = world.trips[departure["trip_id"]]["region_id"]
        guests[region_id, departure["departure_date"]] += departure["total_spots"] - departure["available_spots"]

    assert all(people <= camps[region_id]["capacity"] for (region_id, _), people in guests.items())


def _on(world: World, day: str) -> list[dict[str, object]]:
    todays = [departure for departure in world.departures.values() if departure["departure_date"] == day]
    return sorted(todays, key=lambda departure: str(departure["id"]))
