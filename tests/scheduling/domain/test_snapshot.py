"""What is looked up in a snapshot by region, trip or id, and what of it another snapshot may go on with."""

import random
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

from scheduling.domain.facts import CatalogDeparture, Snapshot
from tests.factories import REGION_ID, TOMORROW, GuideFactory, TrailFactory, TripFactory, snapshot_of

DAYS = (TOMORROW, TOMORROW + timedelta(days=1))
REGIONS = [UUID(int=n) for n in range(1, 4)]


def a_snapshot(seed: int) -> Snapshot:
    """Return one of three regions, whose catalog lists trips of them, and of one that nobody knows, in any order."""
    chance = random.Random(seed)
    trips = [TripFactory(id=UUID(int=100 + n), region_id=chance.choice(REGIONS)) for n in range(8)]
    known = [*(trip.id for trip in trips), UUID(int=999)]
    departures = {
        day: tuple(
            CatalogDeparture(UUID(int=chance.randrange(60)), chance.choice(known), day, "08:00", 12, 12, False)
            for _ in range(chance.randrange(30))
        )
        for day in DAYS
    }
    return replace(snapshot_of(trips=trips), departures=departures)


def test_what_is_listed_of_regions_and_trips_is_found_in_the_order_of_the_catalog() -> None:
    for seed in range(50):
        snapshot = a_snapshot(seed)
        regions = set(random.Random(seed).sample(REGIONS, 2))
        trips = {trip.id for trip in snapshot.trips.values() if trip.region_id in regions}

        for day in (*DAYS, TOMORROW - timedelta(days=1)):
            of_day = snapshot.departures.get(day, ())
            assert snapshot.trips_in(regions) == trips
            assert snapshot.listed_in(day, regions) == [listed for listed in of_day if listed.trip_id in trips]
            assert snapshot.listed_by_id(day) == {listed.id: listed for listed in of_day}


def test_another_snapshot_finds_what_it_was_given_and_goes_on_with_the_rest() -> None:
    before, after = GuideFactory(), GuideFactory()
    snapshot = snapshot_of(guides=[before], trails=[TrailFactory()])
    region = snapshot.regions[REGION_ID]

    other = snapshot.with_facts(guides={after.id: after})

    assert other == replace(snapshot, guides={after.id: after})
    assert other.guides_in(region) == (after,)
    assert snapshot.guides_in(region) == (before,)
    assert other.trails_of(REGION_ID) is snapshot.trails_of(REGION_ID)
    assert other.with_facts(trails={}).trails_of(REGION_ID) == ()
