"""Drafts follow the catalog at the next optimization of their date, whatever it does to them."""

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import pytest

from scheduling.daily_schedules.departure_dates import dates_of
from scheduling.domain.document import DepartureStatus
from scheduling.models import ScheduleRevision
from tests.optimization.days import catalog_edits as edits
from tests.optimization.days.catalog_edits import Edit, PlannedRegion, local_start, plan_a_region
from tests.siblings import SimulatedSiblings

REGIONS = pytest.mark.parametrize("index", [0, 5])


def follows_in_time(region: PlannedRegion, key: UUID) -> bool:
    departure = region.departure(key)
    return f"{local_start(departure):%Y-%m-%d %H:%M}" == f"{region.day} {region.sold(key)['departure_time']}"


def follows_to_the_next_date(region: PlannedRegion, key: UUID) -> bool:
    start = local_start(region.departure(key))
    return start.date() == region.day + timedelta(days=1) and dates_of([key]) == {key: start.date()}


def follows_in_size(region: PlannedRegion, key: UUID) -> bool:
    return region.departure(key).capacity == region.sold(key)["total_spots"]


def is_cancelled(region: PlannedRegion, key: UUID) -> bool:
    return region.departure(key).status is DepartureStatus.CANCELLED


def follows_in_name(region: PlannedRegion, key: UUID) -> bool:
    return region.departure(key).trip_name == "A trip by another name"


def follows_in_length(region: PlannedRegion, key: UUID) -> bool:
    departure = region.departure(key)
    hours = region.siblings.get("trips", str(departure.trip_id))["duration_hours"]
    return departure.span.duration == timedelta(hours=hours)


CHANGES: list[tuple[Edit, Callable[[PlannedRegion, UUID], bool]]] = [
    (edits.moved_in_time, follows_in_time),
    (edits.moved_to_the_next_date, follows_to_the_next_date),
    (edits.resized, follows_in_size),
    (edits.cancelled, is_cancelled),
    (edits.deleted, is_cancelled),
    (edits.renamed, follows_in_name),
    (edits.made_longer, follows_in_length),
    (edits.suspended, is_cancelled),
    (edits.without_its_trip, is_cancelled),
]


@REGIONS
@pytest.mark.django_db
@pytest.mark.parametrize(("edit", "follows"), CHANGES, ids=[edit.__name__ for edit, _ in CHANGES])
def test_a_draft_follows(
    siblings: SimulatedSiblings, edit: Edit, follows: Callable[[PlannedRegion, UUID], bool], index: int
) -> None:
    region = plan_a_region(siblings, index)
    key = region.staffed()[0]

    edit(region, key)
    assert not follows(region, key)
    region.optimize()

    assert follows(region, key)
    assert ScheduleRevision.objects.filter(kind="catalog").exists()
    # Once is enough: the next optimization finds it in line.
    written = ScheduleRevision.objects.filter(kind="catalog").count()
    region.optimize()
    assert ScheduleRevision.objects.filter(kind="catalog").count() == written
