"""Each field of the catalog's payloads that is read, changed after planning: something follows from each of them."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from conflicts.models import ScheduleConflict
from scheduling.domain.document import Departure, ScheduleDocument
from scheduling.models import DailySchedule
from scheduling.siblings.trip_catalog import DeparturePayload, TripPayload
from tests.optimization.days.catalog_edits import PlannedRegion, other_time, plan_a_region
from tests.siblings import SimulatedSiblings

Value = Callable[[PlannedRegion, UUID], Any]


def another_trip(region: PlannedRegion, key: UUID) -> str:
    return next(trip for trip in region.siblings.summary()["trip_ids"] if trip != region.trip_of(key))


def another_region(region: PlannedRegion, _: UUID) -> str:
    return str(next(r for r in region.siblings.summary()["region_ids"] if r != str(region.region_id)))


OF_A_DEPARTURE: dict[str, Value] = {
    "trip_id": another_trip,
    "departure_date": lambda region, _: str(region.day + timedelta(days=1)),
    "departure_time": other_time,
    "available_spots": lambda region, key: int(region.sold(key)["available_spots"]) - 1,
    "total_spots": lambda region, key: int(region.sold(key)["total_spots"]) + 3,
    "status": lambda *_: "CANCELLED",
}
OF_A_TRIP: dict[str, Value] = {
    "name": lambda *_: "A trip by another name",
    "activity_type": lambda *_: "MOUNTAIN_BIKING",
    "region_id": another_region,
    "duration_hours": lambda *_: 1.5,
    "status": lambda *_: "RETIRED",
    "required_certifications": lambda *_: ["NOBODY_HAS_THIS"],
}
# A departure is another one under another id: the former is deleted.
IDENTITY = {"id"}
# They decide on trails, dates and sizes of what is planned or asked for from now on; nothing of them is kept.
READ_WITH_EACH_DECISION = {"difficulty_level", "min_participants", "max_participants", "age_minimum"}


def test_every_field_that_is_read_is_in_a_table() -> None:
    assert OF_A_DEPARTURE.keys() | IDENTITY == DeparturePayload.model_fields.keys()
    assert OF_A_TRIP.keys() | IDENTITY | READ_WITH_EACH_DECISION == TripPayload.model_fields.keys()


def documents() -> dict[str, ScheduleDocument]:
    return {str(row.schedule_date): row.document for row in DailySchedule.objects.all()}


def told(departure: Departure) -> object:
    return (departure.published, departure.starts_at, departure.ends_at, departure.trip_id, departure.region_id)


@pytest.mark.django_db
@pytest.mark.parametrize("is_published", [False, True], ids=["draft", "published"])
@pytest.mark.parametrize(
    ("kind", "field"),
    [("departures", field) for field in OF_A_DEPARTURE] + [("trips", field) for field in OF_A_TRIP],
    ids=[f"departure {field}" for field in OF_A_DEPARTURE] + [f"trip {field}" for field in OF_A_TRIP],
)
def test_something_follows_from_each_change(
    siblings: SimulatedSiblings, kind: str, field: str, is_published: bool
) -> None:
    region = plan_a_region(siblings)
    if is_published:
        region.publish()
    key = next(k for k in region.staffed() if int(region.sold(k)["available_spots"]) > 0)
    before, conflicts = documents(), ScheduleConflict.objects.count()
    entity = str(key) if kind == "departures" else region.trip_of(key)
    table = OF_A_DEPARTURE if kind == "departures" else OF_A_TRIP

    siblings.alter(kind, entity, **{field: table[field](region, key)})
    region.optimize()

    assert documents() != before or ScheduleConflict.objects.count() > conflicts
    if is_published:
        assert told(region.departure(key)) == told(before[str(region.day)].departures[key])
    written = documents()
    region.optimize()
    assert documents() == written
