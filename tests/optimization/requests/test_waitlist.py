"""The waitlist: the resolution after which a date could be led, or that there is none."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest

from novatrek_scheduling.deadline import Deadline
from optimization.requests.date_score import Availability
from optimization.requests.query import TripQuery
from optimization.requests.ranking import RankedDate
from optimization.requests.recommendation import rank_dates
from scheduling.domain.departure_ids import departure_id_of
from scheduling.domain.document import Departure
from scheduling.domain.facts import CatalogDeparture, Guide, Location, Snapshot
from scheduling.requests.submission import Constraints
from tests.factories import (
    REGION_ID,
    TOMORROW,
    DepartureFactory,
    GuideFactory,
    TeamMemberFactory,
    TrailFactory,
    TripFactory,
    at,
    lead,
    snapshot_of,
)
from tests.scheduling.writes import put
from tests.siblings import SimulatedSiblings

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("siblings")]

TRIP = TripFactory(min_participants=4, max_participants=12)
STROLL = TripFactory(name="Lake stroll", required_certifications=frozenset())
ANA = GuideFactory(name="Ana")
BEN = GuideFactory(name="Ben", certifications=frozenset())
OURS = departure_id_of(TRIP.id, TOMORROW, "08:00")
ALL_DAY = {"starts_at": at(5), "ends_at": at(22)}


def snapshot_with(*guides: Guide, trips: Any = (TRIP, STROLL), **fields: Any) -> Snapshot:
    return replace(snapshot_of(guides=guides, trips=trips, **fields), usual_times={TRIP.id: "08:00"})


def only_date(snapshot: Snapshot, **constraints: Any) -> RankedDate:
    [ranked_date] = rank_dates(
        TripQuery(TRIP.id, snapshot.days, Constraints(**constraints)), snapshot, deadline_seconds=2
    ).dates
    return ranked_date


def stroll(**fields: Any) -> Departure:
    return DepartureFactory(**{"trip_id": STROLL.id, "trip_name": STROLL.name} | ALL_DAY | fields)


def usual(**fields: Any) -> Departure:
    """The trip's own departure of the date, with two places left."""
    times = {"starts_at": at(8), "ends_at": at(11)}
    return DepartureFactory(**{"trip_id": TRIP.id, "participants": 6, "capacity": 8} | times | fields)


def test_others_who_could_take_over_are_named_with_what_they_would_take() -> None:
    put({uuid4(): stroll(team=[lead(ANA)])})

    ranked_date = only_date(snapshot_with(ANA, BEN))

    assert ranked_date.availability is Availability.WAITLIST
    assert (
        "To reassign a guide would free it: Ben takes over Lake stroll at 05:00 from Ana, and Ana leads this"
        in ranked_date.notes
    )


def test_whoever_is_busy_themselves_takes_nothing_over() -> None:
    put({uuid4(): stroll(team=[lead(ANA)]), uuid4(): stroll(team=[lead(BEN)])})

    assert only_date(snapshot_with(ANA, BEN)).availability is Availability.UNAVAILABLE


def test_nobody_is_taken_off_what_they_are_pinned_to() -> None:
    pinned = TeamMemberFactory(guide_id=ANA.id, guide_name="Ana", pinned=True)
    put({uuid4(): stroll(team=[pinned])})

    assert only_date(snapshot_with(ANA, BEN)).availability is Availability.UNAVAILABLE


def test_the_guests_of_the_other_departure_are_not_left_behind() -> None:
    put({uuid4(): stroll(team=[lead(ANA)])})

    assert only_date(snapshot_with(ANA)).availability is Availability.UNAVAILABLE


def test_whoever_takes_over_has_the_certificates_that_are_read_of_them() -> None:
    put({uuid4(): stroll(team=[lead(ANA)], trip_id=TRIP.id, capacity=8)})
    claims = replace(BEN, certifications=TRIP.required_certifications)
    snapshot = snapshot_with(ANA, claims)
    unread = replace(snapshot, certificates={ANA.id: snapshot.certificates[ANA.id]})

    assert only_date(snapshot, excluded_guide_ids=(BEN.id,)).availability is Availability.WAITLIST
    assert only_date(unread, excluded_guide_ids=(BEN.id,)).availability is Availability.UNAVAILABLE


def test_another_trip_is_read_before_a_guide_is_proposed_for_it(siblings: SimulatedSiblings) -> None:
    trips = siblings.call("svc-trip-catalog", "/trips", params={"activity_type": "HIKING", "status": "ACTIVE"})
    sold = trips.json()["data"][0]
    trip = siblings.get("trips", sold["id"])
    required = frozenset(name.upper() for name in trip["required_certifications"])
    put({uuid4(): stroll(trip_id=sold["id"], team=[lead(ANA)])})
    special = replace(TRIP, required_certifications=frozenset({"CANOPY"}))
    ana, ben, cleo = (
        replace(BEN, id=guide_id, certifications=holds)
        for guide_id, holds in [(ANA.id, required | {"CANOPY"}), (BEN.id, required), (uuid4(), frozenset())]
    )

    assert only_date(snapshot_with(ana, ben, trips=[special])).availability is Availability.WAITLIST
    assert only_date(snapshot_with(ana, cleo, trips=[special])).availability is Availability.UNAVAILABLE


def test_more_places_where_the_trip_allows_them() -> None:
    put({OURS: usual()})

    ranked_date = only_date(snapshot_with(ANA))

    assert ranked_date.availability is Availability.WAITLIST
    assert ranked_date.notes == "2 seats are free, the group has 4. To adjust the capacity would free it: " + (
        "2 more places on Sunrise hike at 08:00."
    )


@pytest.mark.parametrize(
    ("snapshot", "constraints"),
    [
        (snapshot_with(ANA), {"min_group_size": 7}),
        (snapshot_with(ANA), {"max_group_size": 9}),
        (snapshot_with(), {}),
        (snapshot_with(ANA, trails=[TrailFactory(max_group_size=9)]), {}),
        (snapshot_with(ANA, base_camp=Location(uuid4(), REGION_ID, 9)), {}),
    ],
)
def test_more_places_that_somebody_or_something_else_forbids_are_not_offered(
    snapshot: Snapshot, constraints: dict[str, Any]
) -> None:
    camp = snapshot.locations.get(REGION_ID)
    put({OURS: usual(location_id=camp.id if camp else None)})

    assert only_date(snapshot, **constraints).availability is Availability.UNAVAILABLE


def sold_at(*clocks: str, day: date = TOMORROW + timedelta(days=1)) -> dict[str, Any]:
    """The catalog sells the trip at these times, of another date if no other is given."""
    return {"departures": {day: tuple(CatalogDeparture(uuid4(), TRIP.id, day, c, 12, 4, False) for c in clocks)}}


def test_another_time_of_the_date_is_the_nearest_of_the_trip_with_a_team() -> None:
    put({uuid4(): stroll(team=[lead(ANA)], starts_at=at(8), ends_at=at(12, 40))})
    snapshot = replace(snapshot_with(ANA), **sold_at("08:00", "12:00", "14:30", "18:00"))

    assert "To reschedule the trip would free it: a start at 14:30." in only_date(snapshot).notes


def test_a_time_at_which_the_trip_has_begun_within_a_year_is_one_of_its_own() -> None:
    last_month = TOMORROW - timedelta(days=30)
    past = {"starts_at": at(15, 30, last_month), "ends_at": at(18, 30, last_month)}
    put({uuid4(): usual(team=[lead(BEN)], **past)}, last_month)
    put({uuid4(): stroll(team=[lead(ANA)], starts_at=at(8), ends_at=at(12, 40))})
    snapshot = replace(snapshot_with(ANA), **sold_at("08:00"))

    assert "To reschedule the trip would free it: a start at 15:30." in only_date(snapshot).notes


def test_a_trip_that_starts_at_one_time_alone_is_moved_to_no_other() -> None:
    put({uuid4(): stroll(team=[lead(ANA)], starts_at=at(8), ends_at=at(12, 40))})

    assert only_date(snapshot_with(ANA)).availability is Availability.UNAVAILABLE


def test_a_time_at_which_the_trip_departs_anyway_is_no_other_time() -> None:
    full = DepartureFactory(trip_id=TRIP.id, participants=12, capacity=12, starts_at=at(12), ends_at=at(15))
    put({uuid4(): stroll(team=[lead(ANA)], starts_at=at(6), ends_at=at(11, 20)), uuid4(): full})
    snapshot = replace(snapshot_with(ANA), **sold_at("08:00", "12:00"))

    assert only_date(snapshot).availability is Availability.UNAVAILABLE


def test_without_time_the_notes_say_that_no_resolution_was_sought() -> None:
    put({uuid4(): stroll(team=[lead(ANA)])})
    snapshot = snapshot_with(ANA, BEN)

    [ranked_date] = rank_dates(
        TripQuery(TRIP.id, snapshot.days), snapshot, deadline_seconds=2, until=Deadline.after(0)
    ).dates

    assert ranked_date.availability is Availability.UNAVAILABLE
    assert ranked_date.notes.endswith("No time was left to look for a resolution.")
