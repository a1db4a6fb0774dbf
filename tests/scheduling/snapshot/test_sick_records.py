"""Records that break the contract: one is left out by name, many make the list no answer."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from scheduling.domain.facts import RecordKind, Sibling
from scheduling.siblings import SiblingFailure
from scheduling.siblings.metrics import SICK_RECORDS
from tests.scheduling.siblings.examples import a_hike, region_of, snapshot_of_hike, snapshot_of_tomorrow, tomorrow
from tests.siblings import SimulatedSiblings

GUIDE_FAULTS: dict[str, dict[str, Any]] = {
    "group": {"max_group_size": -1},
    "no group": {"max_group_size": 0},
    "crowd": {"max_group_size": 10**6},
    "rating": {"average_rating": 1e9},
    "experience": {"years_experience": 2_147_483_648},
    "status": {"status": "SABBATICAL"},
    "training": {"emergency_training_level": "SURGEON"},
    "regions": {"region_ids": "everywhere"},
    "name": {"first_name": "x" * 201},
}
TRIP_FAULTS: dict[str, dict[str, Any]] = {
    "hours": {"duration_hours": 1e9},
    "no hours": {"duration_hours": 0},
    "difficulty": {"difficulty_level": "IMPOSSIBLE"},
    "status": {"status": "PAUSED"},
    "guests": {"max_participants": 10**6},
    "age": {"age_minimum": -1},
    "name": {"name": "x" * 600_000},
}
DEPARTURE_FAULTS: dict[str, dict[str, Any]] = {
    "time": {"departure_time": "25:00"},
    "seats": {"total_spots": 10**6},
    "no seats": {"total_spots": 0},
    "sold": {"available_spots": -1},
    "status": {"status": "POSTPONED"},
}
TRAIL_FAULTS: dict[str, dict[str, Any]] = {
    "group": {"max_group_size": 0},
    "difficulty": {"difficulty": "VERTICAL"},
    "status": {"status": "MAYBE"},
    "climb": {"elevation_gain_m": -5},
}


def faults(table: dict[str, dict[str, Any]]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("fault", table.values(), ids=table.keys())


@faults(GUIDE_FAULTS)
def test_a_guide_off_the_contract_is_left_out_and_named(siblings: SimulatedSiblings, fault: dict[str, Any]) -> None:
    guide_id = siblings.summary()["guide_ids"][0]
    siblings.alter("guides", guide_id, **fault)

    snapshot = snapshot_of_tomorrow(siblings)

    [left_out] = snapshot.left_out
    assert (left_out.sibling, left_out.kind, f"{left_out.id}") == (
        Sibling.GUIDE_MANAGEMENT,
        RecordKind.GUIDE,
        guide_id,
    )
    assert next(iter(fault)) in left_out.reason
    assert UUID(guide_id) not in snapshot.guides
    assert len(snapshot.guides) == siblings.summary()["counts"]["guides"] - 1
    assert snapshot.unknown == {}


@faults(TRIP_FAULTS)
def test_a_trip_off_the_contract_is_left_out_and_the_others_stay(
    siblings: SimulatedSiblings, fault: dict[str, Any]
) -> None:
    trip_id = a_hike(siblings)
    siblings.alter("trips", f"{trip_id}", **fault)

    snapshot = snapshot_of_tomorrow(siblings)

    assert trip_id not in snapshot.trips
    assert len(snapshot.trips) > 30
    assert {(record.kind, record.id) for record in snapshot.left_out} == {(RecordKind.TRIP, trip_id)}


@faults(DEPARTURE_FAULTS)
def test_a_departure_off_the_contract_is_left_out(siblings: SimulatedSiblings, fault: dict[str, Any]) -> None:
    listed = snapshot_of_tomorrow(siblings).departures[tomorrow(siblings)]
    siblings.alter("departures", f"{listed[0].id}", **fault)

    snapshot = snapshot_of_tomorrow(siblings)

    assert {departure.id for departure in snapshot.departures[tomorrow(siblings)]} == {d.id for d in listed[1:]}
    assert snapshot.lacks(RecordKind.DEPARTURE, listed[0].id)
    assert not snapshot.lacks(RecordKind.DEPARTURE, listed[1].id)


@faults(TRAIL_FAULTS)
def test_a_trail_off_the_contract_is_left_out(siblings: SimulatedSiblings, fault: dict[str, Any]) -> None:
    region_id = region_of(siblings, a_hike(siblings))
    [trail_id, *_] = [f"{trail.id}" for trail in snapshot_of_hike(siblings).trails_of(region_id)]
    siblings.alter("trails", trail_id, **fault)

    snapshot = snapshot_of_hike(siblings, fresh=True)

    assert UUID(trail_id) not in snapshot.trails
    assert snapshot.lacks(RecordKind.TRAIL, UUID(trail_id))
    assert snapshot.knows(Sibling.TRAIL_MANAGEMENT)


def test_a_region_with_an_invalid_zone_is_left_out(siblings: SimulatedSiblings) -> None:
    region_id = region_of(siblings, a_hike(siblings))
    siblings.alter("regions", f"{region_id}", timezone="Mars/Olympus_Mons")

    snapshot = snapshot_of_tomorrow(siblings)

    assert [(record.kind, record.id) for record in snapshot.left_out] == [(RecordKind.REGION, region_id)]


def test_a_closure_that_cannot_be_read_closes_the_trail(siblings: SimulatedSiblings) -> None:
    region_id = region_of(siblings, a_hike(siblings))
    trail = next(trail for trail in snapshot_of_hike(siblings).trails_of(region_id) if trail.conditions_known)
    closure = siblings.close_trail(f"{trail.id}", siblings.today, siblings.today, severity="APOCALYPTIC")

    closures = snapshot_of_hike(siblings, fresh=True).trails[trail.id].closures

    [unreadable] = [found for found in closures if f"{found.id}" == closure["id"]]
    assert unreadable.is_severe
    assert unreadable.covers(tomorrow(siblings))


def test_an_alert_that_cannot_be_read_leaves_the_weather_unknown(siblings: SimulatedSiblings) -> None:
    region_id = region_of(siblings, a_hike(siblings))
    now = datetime.now(UTC)
    siblings.raise_alert(f"{region_id}", now, now + timedelta(days=2), severity="BIBLICAL")

    snapshot = snapshot_of_hike(siblings)

    assert "a weather alert of Pacific Northwest" in snapshot.unknown[Sibling.WEATHER]


@pytest.mark.parametrize("kind", ["guides", "trips", "trails"])
def test_a_list_of_many_sick_records_is_no_answer(siblings: SimulatedSiblings, kind: str) -> None:
    ids = {"guides": "guide_ids", "trips": "trip_ids", "trails": "trail_ids"}
    for key in siblings.summary()[ids[kind]]:
        siblings.alter(kind, key, status="NO SUCH STATUS")

    if kind == "trails":
        assert set(snapshot_of_tomorrow(siblings).unknown) == {Sibling.TRAIL_MANAGEMENT}
        return
    with pytest.raises(SiblingFailure) as raised:
        snapshot_of_tomorrow(siblings)
    assert raised.value.reason == "suspicious"


def test_departures_that_are_all_sick_are_no_answer(siblings: SimulatedSiblings) -> None:
    for departure in snapshot_of_tomorrow(siblings).departures[tomorrow(siblings)]:
        siblings.alter("departures", f"{departure.id}", total_spots=10**6)

    with pytest.raises(SiblingFailure, match="total_spots"):
        snapshot_of_tomorrow(siblings)


def test_trips_that_are_listed_and_not_known_are_no_answer(siblings: SimulatedSiblings) -> None:
    siblings.switch("svc-trip-catalog", "forgetful")

    with pytest.raises(SiblingFailure, match=r"does not have (\d+) of \1 trips"):
        snapshot_of_tomorrow(siblings)


def test_a_guide_without_a_readable_id_may_be_anybody_who_is_missing(siblings: SimulatedSiblings) -> None:
    known, nobody = (UUID(key) for key in siblings.summary()["guide_ids"][:2])
    siblings.remove("guides", f"{nobody}")
    siblings.alter("guides", siblings.summary()["guide_ids"][2], id="no id")

    snapshot = snapshot_of_tomorrow(siblings)

    assert snapshot.lacks(RecordKind.GUIDE, nobody)
    assert not snapshot.lacks(RecordKind.GUIDE, known)


def test_a_record_that_is_well_again_is_known_at_once(siblings: SimulatedSiblings) -> None:
    guide_id = siblings.summary()["guide_ids"][0]
    siblings.alter("guides", guide_id, max_group_size=-1)
    assert snapshot_of_tomorrow(siblings).left_out
    siblings.alter("guides", guide_id, max_group_size=8)

    snapshot = snapshot_of_tomorrow(siblings)

    assert UUID(guide_id) in snapshot.guides
    assert snapshot.left_out == ()


def test_records_left_out_are_counted(siblings: SimulatedSiblings) -> None:
    counter = SICK_RECORDS.labels(Sibling.GUIDE_MANAGEMENT, "searchGuides")
    before = counter._value.get()
    siblings.alter("guides", siblings.summary()["guide_ids"][0], max_group_size=-1)

    snapshot_of_tomorrow(siblings)

    assert counter._value.get() > before
