from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from uuid import UUID, uuid4

import pytest

from scheduling.domain.facts import Coordinates, OpeningHours, Sibling, TrailCondition, WeatherOutlook
from scheduling.domain.local_time import combine, days_touched
from scheduling.siblings import SiblingUnavailable
from scheduling.snapshot import (
    UnknownTrip,
    take_day_snapshot,
    take_facts_snapshot,
    take_trip_snapshot,
    with_availability_notes,
    with_availability_on,
    with_certificates,
)
from tests.scheduling.siblings.examples import (
    SECONDS,
    a_hike,
    region_of,
    snapshot_of_hike,
    snapshot_of_tomorrow,
    tomorrow,
)
from tests.siblings import SimulatedSiblings


def test_a_day_is_known_with_all_its_regions(siblings: SimulatedSiblings) -> None:
    day, counts = tomorrow(siblings), siblings.summary()["counts"]

    snapshot = snapshot_of_tomorrow(siblings)

    assert snapshot.unknown == {}
    assert len(snapshot.regions) == counts["regions"]
    assert len(snapshot.guides) == counts["guides"]
    assert len(snapshot.trails) == counts["trails"]
    assert len(snapshot.departures[day]) == 38
    assert {departure.trip_id for departure in snapshot.departures[day]} == set(snapshot.trips)


def test_a_day_of_one_region_has_only_its_trips_and_trails(siblings: SimulatedSiblings) -> None:
    region_id = region_of(siblings, a_hike(siblings))

    snapshot = take_day_snapshot(tomorrow(siblings), region_ids=[region_id], deadline_seconds=SECONDS)

    assert {trip.region_id for trip in snapshot.trips.values()} == {region_id}
    assert {trail.region_id for trail in snapshot.trails.values()} == {region_id}
    assert set(snapshot.alerts) == {region_id}


def test_several_dates_and_named_trips_fit_in_one_snapshot(siblings: SimulatedSiblings) -> None:
    days = [tomorrow(siblings), tomorrow(siblings) + timedelta(days=5)]
    inactive = UUID(siblings.summary()["inactive_trip_ids"][0])

    snapshot = take_facts_snapshot(days, trip_ids=[inactive], deadline_seconds=SECONDS)

    assert snapshot.days == tuple(days)
    assert all(snapshot.departures[day] for day in days)
    assert not snapshot.trips[inactive].is_active


def test_guides_who_are_away_are_known_and_not_available(siblings: SimulatedSiblings) -> None:
    day, guide_id = tomorrow(siblings), siblings.summary()["guide_ids"][0]
    siblings.send_guide_away(guide_id, day, day)

    snapshot = snapshot_of_tomorrow(siblings)

    assert UUID(guide_id) in snapshot.guides
    assert UUID(guide_id) not in snapshot.available[day]


def test_a_trip_has_its_usual_time(siblings: SimulatedSiblings) -> None:
    trip_id = a_hike(siblings)

    snapshot = snapshot_of_hike(siblings)

    assert snapshot.usual_times[trip_id] == "08:00"
    assert set(snapshot.trips) == {trip_id}


def test_a_trip_that_never_left_departs_at_eight(siblings: SimulatedSiblings) -> None:
    trip = siblings.get("trips", f"{a_hike(siblings)}")
    new = siblings.add("trips", **(trip | {"id": str(uuid4())}))

    snapshot = take_trip_snapshot(UUID(new["id"]), [tomorrow(siblings)], deadline_seconds=SECONDS)

    assert snapshot.usual_times[UUID(new["id"])] == "08:00"
    assert snapshot.departures[tomorrow(siblings)] == ()


def test_an_unknown_trip_is_said_to_be_unknown(siblings: SimulatedSiblings) -> None:
    with pytest.raises(UnknownTrip) as refused:
        take_trip_snapshot(uuid4(), [tomorrow(siblings)], deadline_seconds=SECONDS)

    assert [problem.field for problem in refused.value.problems] == ["trip_id"]


def test_a_trip_of_several_days_knows_who_is_available_on_all_of_them(siblings: SimulatedSiblings) -> None:
    trip_id, day = a_hike(siblings), tomorrow(siblings)
    siblings.alter("trips", f"{trip_id}", duration_hours=50.0)

    snapshot = take_trip_snapshot(trip_id, [day], deadline_seconds=SECONDS)

    zone = snapshot.regions[snapshot.trips[trip_id].region_id].timezone
    assert set(days_touched(day, "08:00", timedelta(hours=50), zone)) <= set(snapshot.available)


def test_availability_can_be_asked_for_further_dates(siblings: SimulatedSiblings) -> None:
    later = tomorrow(siblings) + timedelta(days=9)

    snapshot = with_availability_on(snapshot_of_hike(siblings), [later], deadline_seconds=SECONDS)

    assert snapshot.available[later]


def test_closures_ground_and_assessment_of_a_trail_are_known(siblings: SimulatedSiblings) -> None:
    trail = next(trail for trail in snapshot_of_hike(siblings).trails.values() if trail.conditions_known)
    siblings.close_trail(f"{trail.id}", tomorrow(siblings), tomorrow(siblings))
    siblings.alter("conditions", f"{trail.id}", surface_condition="MUDDY")
    siblings.alter("assessments", f"{trail.id}", overall_status="POOR", surface_condition="DRY")

    detailed = snapshot_of_hike(siblings, fresh=True).trails[trail.id]

    assert any(closure.is_severe and closure.covers(tomorrow(siblings)) for closure in detailed.closures)
    assert (detailed.surface, detailed.assessment) == ("MUDDY", TrailCondition.POOR)


@pytest.mark.parametrize(("listed", "reported"), [("CLOSED", "OPEN"), ("OPEN", "CLOSED")])
def test_a_trail_that_its_list_or_its_report_calls_closed_is_closed(
    siblings: SimulatedSiblings, listed: str, reported: str
) -> None:
    trail = next(trail for trail in snapshot_of_hike(siblings).trails.values() if trail.conditions_known)
    siblings.alter("trails", f"{trail.id}", status=listed)
    siblings.alter("conditions", f"{trail.id}", trail_status=reported)

    snapshot = take_trip_snapshot(
        a_hike(siblings), [tomorrow(siblings)], trail_ids=[trail.id], deadline_seconds=SECONDS, fresh=True
    )

    assert snapshot.trails[trail.id].status == "CLOSED"


def test_water_on_a_trail_is_believed_whoever_tells(siblings: SimulatedSiblings) -> None:
    trail = next(trail for trail in snapshot_of_hike(siblings).trails.values() if trail.conditions_known)
    siblings.alter("assessments", f"{trail.id}", surface_condition="FLOODED")

    assert snapshot_of_hike(siblings, fresh=True).trails[trail.id].surface == "FLOODED"


def test_named_trails_are_looked_at_closely_though_they_fit_no_trip(siblings: SimulatedSiblings) -> None:
    trail = next(trail for trail in snapshot_of_hike(siblings).trails.values() if not trail.conditions_known)

    snapshot = take_trip_snapshot(
        a_hike(siblings), [tomorrow(siblings)], trail_ids=[trail.id, uuid4()], deadline_seconds=SECONDS
    )

    assert snapshot.trails[trail.id].conditions_known
    assert snapshot.unknown == {}


def test_the_outlook_ends_with_the_forecast(siblings: SimulatedSiblings) -> None:
    trip_id, last = a_hike(siblings), siblings.today + timedelta(days=9)
    region_id = region_of(siblings, trip_id)

    snapshot = take_trip_snapshot(trip_id, [last, last + timedelta(days=1)], deadline_seconds=SECONDS)

    assert (region_id, last) in snapshot.outlooks
    assert (region_id, last + timedelta(days=1)) not in snapshot.outlooks
    assert snapshot.knows(Sibling.WEATHER)


@pytest.mark.parametrize(("severity", "is_storm"), [("WARNING", True), ("EMERGENCY", True), ("WATCH", False)])
def test_an_alert_of_a_storm_is_the_outlook_where_no_forecast_reaches(
    siblings: SimulatedSiblings, severity: str, is_storm: bool
) -> None:
    day, region_id = siblings.today + timedelta(days=20), region_of(siblings, a_hike(siblings))
    noon = datetime.combine(day, time(20), tzinfo=UTC)
    siblings.raise_alert(f"{region_id}", noon, noon + timedelta(hours=1), severity=severity)

    snapshot = take_trip_snapshot(a_hike(siblings), [day], deadline_seconds=SECONDS)

    assert (snapshot.outlooks.get((region_id, day)) is WeatherOutlook.STORM_WARNING) is is_storm


def test_a_region_without_a_station_has_no_outlook_and_nothing_unknown(siblings: SimulatedSiblings) -> None:
    region_id = region_of(siblings, a_hike(siblings))
    siblings.calm_the_weather(f"{region_id}")
    siblings.alter("regions", f"{region_id}", weather_station_id=None)

    snapshot = snapshot_of_hike(siblings)

    assert (region_id, tomorrow(siblings)) not in snapshot.outlooks
    assert snapshot.unknown == {}


def test_the_base_camp_is_the_first_by_id(siblings: SimulatedSiblings) -> None:
    region_id = region_of(siblings, a_hike(siblings))
    camp_id = f"{snapshot_of_hike(siblings).locations[region_id].id}"
    first = f"00000000-{camp_id[9:]}"
    siblings.add("locations", **(siblings.get("locations", camp_id) | {"id": first}))

    snapshot = snapshot_of_hike(siblings, fresh=True)

    assert snapshot.locations[region_id].id == UUID(first)
    assert snapshot.locations[region_id].max_capacity is None
    assert Sibling.LOCATION_SERVICES in snapshot.unknown


def test_where_a_region_and_its_base_camp_are_and_when_the_camp_is_open(siblings: SimulatedSiblings) -> None:
    region_id = region_of(siblings, a_hike(siblings))
    camp_id = f"{snapshot_of_hike(siblings).locations[region_id].id}"
    hours = {"day_of_week": "TUESDAY", "open_time": "06:30", "close_time": "24:00"}
    siblings.alter("regions", f"{region_id}", coordinates={"latitude": 47, "longitude": -121.5})
    siblings.alter("locations", camp_id, operating_hours=[hours], coordinates={"latitude": 46.5, "longitude": -121})

    snapshot = snapshot_of_hike(siblings, fresh=True)

    camp = snapshot.locations[region_id]
    assert snapshot.regions[region_id].coordinates == Coordinates(47.0, -121.5)
    assert (camp.coordinates, camp.opening_hours) == (Coordinates(46.5, -121.0), (OpeningHours(1, "06:30", "00:00"),))


def test_places_and_hours_that_cannot_be_read_are_unknown_and_everything_else_is_known(
    siblings: SimulatedSiblings,
) -> None:
    region_id = region_of(siblings, a_hike(siblings))
    before = snapshot_of_hike(siblings)
    camp_id = before.locations[region_id].id
    siblings.alter("regions", f"{region_id}", coordinates={"latitude": 470})
    hours = {"day_of_week": "TUESDAY", "open_time": "dawn", "close_time": "20:00"}
    siblings.alter("locations", f"{camp_id}", coordinates="here", operating_hours=[hours])

    snapshot = snapshot_of_hike(siblings, fresh=True)

    assert snapshot.left_out == ()
    assert snapshot.regions[region_id] == replace(before.regions[region_id], coordinates=None)
    assert snapshot.locations[region_id] == replace(before.locations[region_id], coordinates=None, opening_hours=())


def test_times_of_departures_are_of_the_region(siblings: SimulatedSiblings) -> None:
    snapshot = snapshot_of_hike(siblings)
    departure = snapshot.departures[tomorrow(siblings)][0]

    zone = snapshot.regions[snapshot.trips[departure.trip_id].region_id].timezone

    assert combine(departure.day, departure.departure_time, zone).astimezone(zone).hour == 8


def test_a_certificate_counts_from_the_date_of_its_issue(siblings: SimulatedSiblings) -> None:
    guide_id, day = siblings.summary()["guide_ids"][0], tomorrow(siblings)
    next_day = day + timedelta(days=1)
    siblings.set_certificate(guide_id, "ROPE_RESCUE", issued_date=f"{next_day}", expiry_date=None)

    snapshot = with_certificates(snapshot_of_hike(siblings), [UUID(guide_id)], deadline_seconds=SECONDS)

    [rope] = [held for held in snapshot.certificates[UUID(guide_id)] if held.issued_on == next_day]
    assert (rope.holds_on([day]), rope.holds_on([next_day]), rope.holds_on([day, next_day])) == (False, True, False)


def test_certificates_are_read_for_the_guides_asked_for(siblings: SimulatedSiblings) -> None:
    guide_id = siblings.summary()["guide_ids"][0]
    siblings.set_certificate(guide_id, "wilderness-emt", status="REVOKED")

    snapshot = with_certificates(snapshot_of_hike(siblings), [UUID(guide_id)], deadline_seconds=SECONDS)

    assert set(snapshot.certificates) == {UUID(guide_id)}
    held = {certificate.name: certificate.is_valid for certificate in snapshot.certificates[UUID(guide_id)]}
    assert held["WILDERNESS_EMT"] is False


def test_a_guide_whose_certificates_nobody_tells_is_left_out(siblings: SimulatedSiblings) -> None:
    snapshot, guide_id = snapshot_of_hike(siblings), UUID(siblings.summary()["guide_ids"][0])
    siblings.switch("svc-guide-management", "failing")

    assert with_certificates(snapshot, [guide_id], deadline_seconds=SECONDS).certificates == {}


def test_a_guide_whom_nobody_knows_has_no_certificates(siblings: SimulatedSiblings) -> None:
    unknown_id = uuid4()

    snapshot = with_certificates(snapshot_of_hike(siblings), [unknown_id], deadline_seconds=SECONDS)

    assert snapshot.certificates == {unknown_id: ()}


def test_notes_beside_availability_are_known_by_date(siblings: SimulatedSiblings) -> None:
    day, guide_id = tomorrow(siblings), siblings.summary()["guide_ids"][0]
    siblings.leave_note(guide_id, day, "Only short walks.")

    snapshot = with_availability_notes(snapshot_of_hike(siblings), [UUID(guide_id)], deadline_seconds=SECONDS)

    assert "Only short walks." in snapshot.availability_notes[UUID(guide_id), day]


def test_notes_that_nobody_could_read_are_unknown(siblings: SimulatedSiblings) -> None:
    snapshot = snapshot_of_hike(siblings)
    guide = next(iter(snapshot.guides.values()))
    siblings.switch("svc-guide-management", "down")

    noted = with_availability_notes(snapshot, [guide.id], deadline_seconds=SECONDS)

    assert guide.name in noted.unknown[Sibling.GUIDE_MANAGEMENT]


def test_a_region_without_clocks_cannot_be_planned_in(siblings: SimulatedSiblings) -> None:
    region_id = region_of(siblings, a_hike(siblings))
    siblings.alter("regions", f"{region_id}", timezone="Middle/Earth")

    with pytest.raises(SiblingUnavailable, match="no time zone"):
        snapshot_of_hike(siblings)

    assert region_id not in snapshot_of_tomorrow(siblings).regions


def test_the_oldest_answer_says_when_a_sibling_was_read(siblings: SimulatedSiblings) -> None:
    before = snapshot_of_hike(siblings)
    after = snapshot_of_hike(siblings)

    assert after.read_at[Sibling.WEATHER] == before.read_at[Sibling.WEATHER] < after.taken_at
