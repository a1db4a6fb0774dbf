"""A request for the guides of a departure: what the catalog sold is staffed, and no seat is held."""

from datetime import date, timedelta
from uuid import UUID

import pytest

from optimization.requests.processing import process_request
from optimization.requests.query import TripQuery
from optimization.requests.recommendation import recommend_dates
from scheduling.domain.document import DepartureStatus
from scheduling.models import ScheduleRequest
from scheduling.requests.submission import Submission, submit_schedule_request
from tests.scheduling.writes import stored
from tests.siblings import SimulatedSiblings

pytestmark = pytest.mark.django_db


def a_quiet_day(siblings: SimulatedSiblings, trip_id: UUID) -> date:
    """A date on which the catalog has no departure of the trip, and which it can be led on."""
    sold = siblings.call("svc-trip-catalog", f"/trips/{trip_id}/schedule", params={"page_size": 100}).json()["data"]
    taken = {departure["departure_date"] for departure in sold}
    days = (siblings.today + timedelta(days=n) for n in range(3, 30))
    return next(day for day in days if str(day) not in taken and able_guide(trip_id, day))


def able_guide(trip_id: UUID, day: date) -> UUID | None:
    best = recommend_dates(TripQuery(trip_id, (day,)), deadline_seconds=30).best
    return best.departure.team[0].guide_id if best else None


def required(trip_id: UUID, day: date, guide_id: UUID) -> ScheduleRequest:
    constraints = {"required_guide_ids": [str(guide_id)]}
    request = submit_schedule_request(Submission(trip_id, (day,), constraints), subject="kiosk")
    process_request(request.pk)
    return ScheduleRequest.objects.select_related("outcome").get(pk=request.pk)


def test_a_departure_that_is_full_and_has_no_guide_is_staffed_with_the_required_one(
    siblings: SimulatedSiblings,
) -> None:
    trips = siblings.call("svc-trip-catalog", "/trips", params={"activity_type": "HIKING", "status": "ACTIVE"})
    trip_id = UUID(trips.json()["data"][0]["id"])
    day = a_quiet_day(siblings, trip_id)
    guide_id = able_guide(trip_id, day)
    assert guide_id
    full = siblings.add_departure(str(trip_id), day, total=4, sold=4)

    request = required(trip_id, day, guide_id)

    departures = {key: departure for key, departure in stored(day).items() if departure.trip_id == trip_id}
    assert departures.keys() == {UUID(full["id"])} == {request.outcome.departure_id}
    [departure] = departures.values()
    assert [member.guide_id for member in departure.team] == [guide_id]
    assert (departure.participants, departure.capacity, departure.status) == (4, 4, DepartureStatus.PUBLISHED)
