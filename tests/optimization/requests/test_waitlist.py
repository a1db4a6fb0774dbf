"""What a date waits for: the resolution after which somebody could lead it, or that there is none."""

from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest

from novatrek_scheduling.deadline import Deadline
from optimization.requests.date_score import Availability
from optimization.requests.query import TripQuery
from optimization.requests.ranking import RankedDate
from optimization.requests.recommendation import rank_dates
from scheduling.daily_schedules.catalog_aliases import departure_id_of
from scheduling.domain.document import Departure
from scheduling.domain.facts import Guide, Location, Snapshot
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


def knowing(*guides: Guide, trips: Any = (TRIP, STROLL), **values: Any) -> Snapshot:
    return replace(snapshot_of(guides=guides, trips=trips, **values), usual_times={TRIP.id: "08:00"})


def asked(snapshot: Snapshot, **constraints: Any) -> RankedDate:
    [ranked] = rank_dates(
        TripQuery(TRIP.id, snapshot.days, Constraints(**constraints)), snapshot, deadline_seconds=2
    ).dates
    return ranked


def stroll(**fields: Any) -> Departure:
    return DepartureFactory(**{"trip_id": STROLL.id, "trip_name": STROLL.name} | ALL_DAY | fields)


def usual(**fields: Any) -> Departure:
    """The trip's own departure of the date, with two places left."""
    times = {"starts_at": at(8), "ends_at": at(11)}
    return DepartureFactory(**{"trip_id": TRIP.id, "participants": 6, "capacity": 8} | times | fields)


def test_others_who_could_take_over_are_named_with_what_they_would_take() -> None:
    put({uuid4(): stroll(team=[lead(ANA)])})

    ranked = asked(knowing(ANA, BEN))

    assert ranked.availability is Availability.WAITLIST
    assert (
        "REASSIGN_GUIDE would free it: Ben takes over Lake stroll at 05:00 from Ana, and Ana leads this" in ranked.notes
    )


def test_whoever_is_busy_themselves_takes_nothing_over() -> None:
    put({uuid4(): stroll(team=[lead(ANA)]), uuid4(): stroll(team=[lead(BEN)])})

    assert asked(knowing(ANA, BEN)).availability is Availability.UNAVAILABLE


def test_nobody_is_taken_off_what_they_are_pinned_to() -> None:
    pinned = TeamMemberFactory(guide_id=ANA.id, guide_name="Ana", pinned=True)
    put({uuid4(): stroll(team=[pinned])})

    assert asked(knowing(ANA, BEN)).availability is Availability.UNAVAILABLE


def test_the_guests_of_the_other_departure_are_not_left_behind() -> None:
    put({uuid4(): stroll(team=[lead(ANA)])})

    assert asked(knowing(ANA)).availability is Availability.UNAVAILABLE


def test_whoever_takes_over_has_the_certificates_that_are_read_of_them() -> None:
    put({uuid4(): stroll(team=[lead(ANA)], trip_id=TRIP.id, capacity=8)})
    claims = replace(BEN, certifications=TRIP.required_certifications)
    snapshot = knowing(ANA, claims)
    unread = replace(snapshot, certificates={ANA.id: snapshot.certificates[ANA.id]})

    assert asked(snapshot, excluded_guide_ids=(BEN.id,)).availability is Availability.WAITLIST
    assert asked(unread, excluded_guide_ids=(BEN.id,)).availability is Availability.UNAVAILABLE


def test_another_trip_is_read_before_somebody_is_said_to_take_it_over(siblings: SimulatedSiblings) -> None:
    found = siblings.call("svc-trip-catalog", "/trips", params={"activity_type": "HIKING", "status": "ACTIVE"})
    sold = found.json()["data"][0]
    trip = siblings.get("trips", sold["id"])
    asks = frozenset(name.upper() for name in trip["required_certifications"])
    put({uuid4(): stroll(trip_id=sold["id"], team=[lead(ANA)])})
    special = replace(TRIP, required_certifications=frozenset({"CANOPY"}))
    ana, ben, cleo = (
        replace(BEN, id=guide_id, certifications=holds)
        for guide_id, holds in [(ANA.id, asks | {"CANOPY"}), (BEN.id, asks), (uuid4(), frozenset())]
    )

    assert asked(knowing(ana, ben, trips=[special])).availability is Availability.WAITLIST
    assert asked(knowing(ana, cleo, trips=[special])).availability is Availability.UNAVAILABLE


def test_more_places_where_the_trip_allows_them() -> None:
    put({OURS: usual()})

    ranked = asked(knowing(ANA))

    assert ranked.availability is Availability.WAITLIST
    assert ranked.notes == "2 seats are free, the group has 4. ADJUST_CAPACITY would free it: " + (
        "2 more places on Sunrise hike at 08:00."
    )


@pytest.mark.parametrize(
    ("snapshot", "constraints"),
    [
        (knowing(ANA), {"min_group_size": 7}),
        (knowing(ANA), {"max_group_size": 9}),
        (knowing(), {}),
        (knowing(ANA, trails=[TrailFactory(max_group_size=9)]), {}),
        (knowing(ANA, base_camp=Location(uuid4(), REGION_ID, 9)), {}),
    ],
)
def test_more_places_that_somebody_or_something_else_forbids_are_not_offered(
    snapshot: Snapshot, constraints: dict[str, Any]
) -> None:
    camp = snapshot.locations.get(REGION_ID)
    put({OURS: usual(location_id=camp.id if camp else None)})

    assert asked(snapshot, **constraints).availability is Availability.UNAVAILABLE


def test_another_time_of_the_date_is_the_nearest_with_a_team() -> None:
    put({uuid4(): stroll(team=[lead(ANA)], starts_at=at(8), ends_at=at(12, 40))})

    assert "RESCHEDULE_TRIP would free it: a start at 14:00." in asked(knowing(ANA)).notes


def test_a_time_at_which_the_trip_departs_anyway_is_no_other_time() -> None:
    full = DepartureFactory(trip_id=TRIP.id, participants=12, capacity=12, starts_at=at(12), ends_at=at(15))
    put({uuid4(): stroll(team=[lead(ANA)], starts_at=at(6), ends_at=at(11, 20)), uuid4(): full})

    assert asked(knowing(ANA)).availability is not Availability.AVAILABLE


def test_who_cannot_wait_is_told_that_nobody_looked_for_a_resolution() -> None:
    put({uuid4(): stroll(team=[lead(ANA)])})
    snapshot = knowing(ANA, BEN)

    [ranked] = rank_dates(
        TripQuery(TRIP.id, snapshot.days), snapshot, deadline_seconds=2, until=Deadline.after(0)
    ).dates

    assert ranked.availability is Availability.UNAVAILABLE
    assert ranked.notes.endswith("No time was left to look for a resolution.")
