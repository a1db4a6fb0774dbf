"""What the catalog changes of a published departure is a conflict, until a person follows it or keeps ours."""

from uuid import UUID

import pytest

from conflicts.detection import Cause
from conflicts.models import ScheduleConflict
from scheduling.daily_schedules.departure_dates import dates_of
from scheduling.domain.document import Departure, DepartureStatus
from tests.optimization.days import catalog_edits as edits
from tests.optimization.days.catalog_edits import Edit, PlannedRegion, plan_a_region
from tests.scheduling.writes import change
from tests.siblings import SimulatedSiblings

REGIONS = pytest.mark.parametrize("index", [0, 5])
TOLD: list[tuple[Edit, Cause]] = [
    (edits.moved_in_time, Cause.CATALOG_MOVED),
    (edits.moved_to_the_next_date, Cause.CATALOG_MOVED),
    (edits.made_longer, Cause.CATALOG_MOVED),
    (edits.cancelled, Cause.CATALOG_CANCELLED),
    (edits.deleted, Cause.CATALOG_CANCELLED),
    (edits.suspended, Cause.CATALOG_CANCELLED),
    (edits.without_its_trip, Cause.CATALOG_CANCELLED),
]
EACH_TOLD = pytest.mark.parametrize(("edit", "cause"), TOLD, ids=[edit.__name__ for edit, _ in TOLD])
UNTOLD = [edits.resized, edits.renamed]


@pytest.fixture
def region(request: pytest.FixtureRequest, db: None, siblings: SimulatedSiblings) -> PlannedRegion:
    region = plan_a_region(siblings, getattr(request, "param", 0))
    region.publish()
    return region


def open_conflicts(key: UUID) -> list[ScheduleConflict]:
    causes = [cause.value for cause in Cause if cause.is_of_the_catalog]
    about = ScheduleConflict.objects.open().filter(details__departure_ids=[str(key)], details__cause__in=causes)
    return list(about)


def what_people_know(departure: Departure) -> object:
    return (departure.status, departure.starts_at, departure.ends_at, departure.team, departure.published)


@EACH_TOLD
@pytest.mark.parametrize("region", [0, 5], indirect=True)
def test_what_people_were_told_stays_and_is_a_conflict(region: PlannedRegion, edit: Edit, cause: Cause) -> None:
    key = region.staffed()[0]
    before = what_people_know(region.departure(key))

    edit(region, key)
    region.optimize()
    region.optimize()

    assert what_people_know(region.departure(key)) == before
    assert dates_of([key]) == {key: region.day}
    [conflict] = open_conflicts(key)
    assert conflict.details["cause"] == cause


@pytest.mark.parametrize("edit", UNTOLD, ids=lambda edit: edit.__name__)
def test_what_nobody_was_told_follows(region: PlannedRegion, edit: Edit) -> None:
    key = region.staffed()[0]
    before = region.departure(key)

    edit(region, key)
    region.optimize()

    after = region.departure(key)
    assert (after.capacity, after.trip_name) == (
        region.sold(key)["total_spots"],
        region.siblings.get("trips", str(after.trip_id))["name"],
    )
    assert (after.capacity, after.trip_name) != (before.capacity, before.trip_name)
    assert not open_conflicts(key)


@EACH_TOLD
def test_a_departure_under_way_is_not_touched(
    region: PlannedRegion, edit: Edit, cause: Cause, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = region.staffed()[0]
    before = region.departure(key)
    edit(region, key)

    begin(region, key)
    region.optimize()

    after = region.departure(key)
    assert after.model_copy(update={"catalog_change": None}) == begun(before)
    [conflict] = open_conflicts(key)
    assert (conflict.details["cause"], conflict.details["severity"]) == (cause, "CRITICAL")


def begun(departure: Departure) -> Departure:
    return departure.model_copy(update={"status": DepartureStatus.IN_PROGRESS})


def begin(region: PlannedRegion, key: UUID) -> None:
    """The clock found that it left."""
    change(key, region.day, status=DepartureStatus.IN_PROGRESS)


def test_a_conflict_ends_when_the_catalog_takes_its_change_back(region: PlannedRegion) -> None:
    key = region.staffed()[0]
    time = region.sold(key)["departure_time"]
    edits.moved_in_time(region, key)
    region.optimize()
    assert open_conflicts(key)

    region.siblings.alter("departures", str(key), departure_time=time)
    region.optimize()

    assert not open_conflicts(key)
    assert region.departure(key).catalog_change is None
