"""A schedule request is answered on what the catalog sells, not on what it sold when the date was planned."""

from datetime import date, timedelta
from uuid import UUID

import pytest
from django.core.cache import caches

from conflicts.models import ScheduleConflict
from optimization.requests.processing import process_request
from optimization.requests.query import TripQuery
from optimization.requests.recommendation import recommend_dates
from scheduling.daily_schedules.departure_dates import dates_of
from scheduling.domain.document import DepartureStatus
from scheduling.models import DailySchedule, RequestStatus, ScheduleRequest
from scheduling.requests.submission import Submission, submit_schedule_request
from tests.optimization.days import catalog_edits as edits
from tests.optimization.days.catalog_edits import PlannedRegion, local_start, plan_a_region
from tests.siblings import SimulatedSiblings

pytestmark = pytest.mark.django_db


def answered(region: PlannedRegion, key: UUID, *days: date) -> ScheduleRequest:
    trip_id = region.departure(key).trip_id
    request = submit_schedule_request(Submission(trip_id, days, {}), subject="kiosk")
    caches["siblings"].clear()
    process_request(request.pk)
    return ScheduleRequest.objects.select_related("outcome").get(pk=request.pk)


def draft_with_room(region: PlannedRegion) -> UUID:
    """A departure with room for a group, the only one of its trip on the date."""
    trips = [region.trip_of(key) for key in region.staffed()]
    alone = [key for key in region.staffed() if trips.count(region.trip_of(key)) == 1]
    key = alone[0]
    region.siblings.alter("departures", str(key), total_spots=40, available_spots=38)
    region.siblings.alter("trips", region.trip_of(key), max_participants=40)
    region.optimize()
    return key


def test_a_departure_that_the_catalog_moved_in_time_is_offered_at_its_new_time(siblings: SimulatedSiblings) -> None:
    region = plan_a_region(siblings)
    key = draft_with_room(region)
    edits.moved_in_time(region, key)

    request = answered(region, key, region.day)

    assert request.status == RequestStatus.COMPLETED
    assert request.outcome.departure_id == key
    assert f"{local_start(region.departure(key)):%H:%M}" == region.sold(key)["departure_time"]


def test_a_departure_that_the_catalog_moved_to_another_date_is_offered_there(siblings: SimulatedSiblings) -> None:
    region = plan_a_region(siblings)
    key = draft_with_room(region)
    next_day = region.day + timedelta(days=1)
    edits.moved_to_the_next_date(region, key)

    request = answered(region, key, next_day)

    assert dates_of([key]) == {key: next_day}
    assert (request.status, request.schedule_date) == (RequestStatus.COMPLETED, next_day)


def test_nobody_is_put_on_a_published_departure_that_the_catalog_cancelled(siblings: SimulatedSiblings) -> None:
    region = plan_a_region(siblings)
    key = draft_with_room(region)
    region.publish()
    edits.cancelled(region, key)

    request = answered(region, key, region.day)

    assert request.outcome.departure_id != key
    assert region.departure(key).status is DepartureStatus.PUBLISHED
    assert ScheduleConflict.objects.open().filter(details__cause="CATALOG_CANCELLED").exists()


def test_a_question_is_answered_on_what_the_catalog_sells_and_writes_nothing(siblings: SimulatedSiblings) -> None:
    region = plan_a_region(siblings)
    key = draft_with_room(region)
    stored = DailySchedule.objects.get().document
    edits.moved_in_time(region, key)
    caches["siblings"].clear()
    query = TripQuery(region.departure(key).trip_id, (region.day,))

    ranked = recommend_dates(query, deadline_seconds=20)

    [answer] = ranked.dates
    assert answer.option.departure_id == key
    assert f"{local_start(answer.departure):%H:%M}" == region.sold(key)["departure_time"]
    assert DailySchedule.objects.get().document == stored


def test_a_question_does_not_offer_what_the_catalog_cancelled(siblings: SimulatedSiblings) -> None:
    region = plan_a_region(siblings)
    key = draft_with_room(region)
    region.publish()
    edits.cancelled(region, key)
    caches["siblings"].clear()
    query = TripQuery(region.departure(key).trip_id, (region.day,))

    [answer] = recommend_dates(query, deadline_seconds=20).dates

    assert answer.option.departure_id != key
