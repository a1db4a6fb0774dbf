"""A record that was left out is unknown, not gone: the team of a departure that rests on it stays."""

from dataclasses import replace
from uuid import UUID, uuid4

import pytest

from conflicts.models import ScheduleConflict
from optimization.days.services import optimize_day
from optimization.models import RunDetail
from scheduling.daily_schedules.authors import Author, AuthorKind
from scheduling.domain.document import Announcement, Departure, DepartureStatus
from scheduling.domain.facts import LeftOut, RecordKind, Sibling, Snapshot
from scheduling.rules.unknown import unknown_about
from tests.factories import (
    REGION_ID,
    TOMORROW,
    DepartureFactory,
    GuideFactory,
    TrailFactory,
    TripFactory,
    lead,
    snapshot_of,
)
from tests.scheduling.writes import put, stored

pytestmark = pytest.mark.django_db

NIGHT = Author(AuthorKind.NIGHTLY_OPTIMIZATION, "optimizer", "night")
TRIP = TripFactory(required_certifications=frozenset())
TRAIL = TrailFactory()
ANA, BEN = GuideFactory(name="Ana"), GuideFactory(name="Ben")
KEY, OTHER = uuid4(), uuid4()
CATALOG, GUIDES, TRAILS = Sibling.TRIP_CATALOG, Sibling.GUIDE_MANAGEMENT, Sibling.TRAIL_MANAGEMENT


@pytest.fixture
def led_by_ana() -> None:
    """A published departure led by Ana, and a draft at the same time that nobody leads."""
    published = DepartureFactory(trip_id=TRIP.id, trail_id=TRAIL.id, team=[lead(ANA)], reservations={uuid4(): 8})
    published.status = DepartureStatus.PUBLISHED
    published.published = Announcement(
        guide_ids=[ANA.id], trail_id=TRAIL.id, starts_at=published.starts_at, ends_at=published.ends_at
    )
    draft = DepartureFactory(trip_id=TRIP.id, reservations={uuid4(): 8})
    put({KEY: published, OTHER: draft})


def without(*records: LeftOut, guides: bool = True, trails: bool = True, trips: bool = True) -> Snapshot:
    """A snapshot in which Ben is free; without these records, which may be Ana, the trail or the trip."""
    snapshot = snapshot_of(
        guides=[ANA, BEN] if guides else [BEN],
        trips=[TRIP] if trips else [],
        trails=[TRAIL] if trails else [TrailFactory()],
        days=[TOMORROW],
    )
    return replace(snapshot, left_out=records)


@pytest.mark.usefixtures("led_by_ana")
@pytest.mark.parametrize(
    "snapshot",
    [
        without(LeftOut(GUIDES, RecordKind.GUIDE, ANA.id, "max_group_size: -1"), guides=False),
        without(LeftOut(GUIDES, RecordKind.GUIDE, None, "id: it is no UUID"), guides=False),
        without(LeftOut(TRAILS, RecordKind.TRAIL, TRAIL.id, "max_group_size: 0"), trails=False),
        without(LeftOut(CATALOG, RecordKind.DEPARTURE, KEY, "departure_time: 25:00")),
        without(LeftOut(CATALOG, RecordKind.TRIP, TRIP.id, "duration_hours: 1e9"), trips=False),
        without(trips=False),
    ],
    ids=["guide", "guide without an id", "trail", "departure", "trip", "trip that is not there"],
)
def test_the_team_stays_whatever_it_rests_on_is_unknown(snapshot: Snapshot) -> None:
    before = stored()[KEY]

    optimize_day(TOMORROW, [REGION_ID], author=NIGHT, snapshot=snapshot)

    assert stored()[KEY] == before
    assert not ScheduleConflict.objects.filter(details__cause="NOT_AVAILABLE").exists()


@pytest.mark.usefixtures("led_by_ana")
def test_the_others_are_planned_around_it() -> None:
    snapshot = without(LeftOut(GUIDES, RecordKind.GUIDE, ANA.id, "max_group_size: -1"), guides=False)

    optimize_day(TOMORROW, [REGION_ID], author=NIGHT, snapshot=snapshot)

    assert stored()[OTHER].guide_ids == {BEN.id}
    [record] = RunDetail.objects.get().inputs["left_out"]
    assert record == {
        "sibling": "svc-guide-management",
        "kind": "guide",
        "id": str(ANA.id),
        "reason": "max_group_size: -1",
    }


@pytest.mark.usefixtures("led_by_ana")
def test_a_guide_who_is_gone_is_replaced() -> None:
    optimize_day(TOMORROW, [REGION_ID], author=NIGHT, snapshot=without(guides=False))

    assert [departure.guide_ids for departure in stored().values() if departure.team] == [{BEN.id}]


def test_a_departure_that_nobody_leads_rests_on_what_is_sold_only() -> None:
    draft: Departure = DepartureFactory(trip_id=TRIP.id)
    key: UUID = uuid4()

    assert unknown_about(key, draft, without(trips=False)) is None
    assert unknown_about(key, draft, without(LeftOut(CATALOG, RecordKind.DEPARTURE, key, "total_spots"))) is not None
