"""Following the catalog under difficulties: across dates, at once, by two workers, and when it cannot be believed."""

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, timedelta
from itertools import combinations
from uuid import UUID, uuid4

import pytest
from django.db import connection
from pytest_django.fixtures import Settings

from conflicts.detection import Cause
from conflicts.models import ScheduleConflict
from conflicts.resolution.services import resolve_conflict
from events.models import OutboxMessage
from optimization.days.services import take_planning_snapshot
from scheduling.daily_schedules.catalog_following import follow_catalog
from scheduling.daily_schedules.decision_facts import gather_facts
from scheduling.daily_schedules.departure_dates import dates_of
from scheduling.domain.document import DepartureStatus
from scheduling.domain.facts import Snapshot
from scheduling.models import DailySchedule, DepartureDate, GuideCommitment, Reservation, ScheduleRevision
from scheduling.publication.services import publish_departures
from scheduling.siblings import SiblingUnavailable
from tests.conflicts.planned import plan_a_day, under_a_storm
from tests.factories import DISPATCHER
from tests.optimization.days import catalog_edits as edits
from tests.optimization.days.catalog_edits import Edit, PlannedRegion, local_start, plan_a_region
from tests.scheduling.requests.queues import queued
from tests.scheduling.writes import change, put, stored
from tests.siblings import SimulatedSiblings

pytestmark = pytest.mark.django_db


@pytest.fixture
def region(request: pytest.FixtureRequest, db: None, siblings: SimulatedSiblings) -> PlannedRegion:
    return plan_a_region(siblings, getattr(request, "param", 0))


def of_the_catalog(key: UUID) -> list[str]:
    causes = [cause.value for cause in Cause if cause.is_of_the_catalog]
    about = ScheduleConflict.objects.open().filter(details__departure_ids=[str(key)], details__cause__in=causes)
    return [conflict.details["cause"] for conflict in about]


def guides_on_two_at_once() -> list[UUID]:
    """The guides who are committed to two departures that overlap, over all dates."""
    by_guide: dict[UUID, list[GuideCommitment]] = {}
    for commitment in GuideCommitment.objects.all():
        by_guide.setdefault(commitment.guide_id, []).append(commitment)
    return [
        guide_id
        for guide_id, held in by_guide.items()
        if any(a.starts_at < b.ends_at and b.starts_at < a.ends_at for a, b in combinations(held, 2))
    ]


@pytest.mark.parametrize("is_published", [False, True], ids=["draft", "published"])
@pytest.mark.parametrize("region", [0, 5], indirect=True)
@pytest.mark.parametrize("first", [0, 1], ids=["old date first", "new date first"])
def test_a_departure_that_the_catalog_moves_is_on_one_date_and_no_guide_on_two_trips(
    region: PlannedRegion, is_published: bool, first: int
) -> None:
    next_day = region.day + timedelta(days=1)
    region.optimize(next_day)
    key = region.staffed()[0]
    if is_published:
        region.publish()
        publish_departures(next_day, author=DISPATCHER, by_machine=False, region_id=region.region_id)
    edits.moved_to_the_next_date(region, key)

    for day in (region.day, next_day)[first:] + (region.day, next_day)[:first]:
        region.optimize(day)
        assert DepartureDate.objects.filter(departure_id=key).count() == 1
        assert guides_on_two_at_once() == []

    assert dates_of([key]) == {key: region.day if is_published else next_day}
    assert of_the_catalog(key) == ([Cause.CATALOG_MOVED] if is_published else [])


@pytest.mark.django_db(transaction=True)
def test_the_other_date_of_a_departure_that_moved_is_planned_too(siblings: SimulatedSiblings) -> None:
    region = plan_a_region(siblings)
    key = region.staffed()[0]
    queued("optimization")
    edits.moved_to_the_next_date(region, key)

    region.optimize()

    departure = region.departure(key)
    assert departure.team == []
    assert departure.unassigned_reason
    assert departure.unassigned_reason.code == "MOVED_BY_CATALOG"
    assert [str(region.day + timedelta(days=1)), str(region.region_id)] in [args for _, args in queued("optimization")]


def test_a_team_stays_where_it_may_go_at_the_new_time(region: PlannedRegion) -> None:
    """Its guides have nothing else that day, so they keep the departure; nobody has confirmed its new time."""
    key = region.staffed()[0]
    before = region.departure(key)
    for guide_id in before.guide_ids:
        for other in GuideCommitment.objects.filter(guide_id=guide_id).exclude(departure_id=key):
            change(other.departure_id, other.schedule_date, team=[])
    edits.moved_in_time(region, key)
    facts = gather_facts(take_planning_snapshot(region.day, [region.region_id]))

    follow_catalog(facts, region_ids=[region.region_id], deadline_seconds=20)

    assert region.departure(key).guide_ids == before.guide_ids


def test_a_team_is_taken_off_where_it_may_not_go_at_the_new_time(region: PlannedRegion) -> None:
    """Its guide is on another departure at that time."""
    key = region.staffed()[0]
    team = region.departure(key).team
    new_time = edits.other_time(region, key)
    for other in region.staffed()[1:]:
        change(other, region.day, team=[])
    start = region.departure(key).starts_at + timedelta(hours=1)
    end = region.departure(key).ends_at + timedelta(hours=2)
    change(region.staffed()[0], region.day, team=team)
    busy = next(k for k in DailySchedule.objects.get().document.departures_in([region.region_id]) if k != key)
    change(busy, region.day, team=team, starts_at=region.departure(key).ends_at + timedelta(minutes=30), ends_at=end)
    region.siblings.alter("departures", str(key), departure_time=new_time)
    facts = gather_facts(take_planning_snapshot(region.day, [region.region_id]))

    follow_catalog(facts, region_ids=[region.region_id], deadline_seconds=20)

    assert region.departure(key).starts_at == start
    assert region.departure(key).team == []
    assert region.departure(busy).team == team


AT_ONCE: list[Edit] = [edits.moved_in_time, edits.moved_to_the_next_date, edits.cancelled, edits.deleted]


@pytest.mark.parametrize("edit", AT_ONCE, ids=lambda edit: edit.__name__)
def test_settings_may_follow_without_a_person(region: PlannedRegion, settings: Settings, edit: Edit) -> None:
    settings.FOLLOW_CATALOG_AT_ONCE = True
    region.publish()
    key = region.staffed()[0]
    announced = region.departure(key).published
    reservation = uuid4()
    change(key, region.day, reservations={reservation: 1})
    Reservation.objects.update(guest_id=uuid4())

    edit(region, key)
    region.optimize()

    departure = region.departure(key)
    assert of_the_catalog(key) == []
    [notice] = OutboxMessage.objects.filter(kind__startswith="guest.")
    assert notice.kind == ("guest.cancelled" if departure.is_cancelled else "guest.rescheduled")
    assert notice.payload["body"]["reservation_id"] == str(reservation)
    assert departure.published == announced
    assert departure.has_unpublished_changes


def test_a_machine_cancels_few_published_departures_at_once(region: PlannedRegion, settings: Settings) -> None:
    settings.FOLLOW_CATALOG_AT_ONCE = True
    settings.MAX_UNSTAFFED_BY_MACHINE, settings.MAX_UNSTAFFED_SHARE_BY_MACHINE = 1, 0.0
    settings.MAX_LOST_RECORDS = 3
    region.publish()
    keys = region.staffed()[:3]
    for key in keys:
        edits.cancelled(region, key)

    region.optimize()

    cancelled = [key for key in keys if region.departure(key).status is DepartureStatus.CANCELLED]
    assert len(cancelled) == 1
    assert [of_the_catalog(key) for key in keys if key not in cancelled] == [[Cause.CATALOG_CANCELLED]] * 2


def test_a_catalog_that_suddenly_lacks_many_departures_is_not_believed(region: PlannedRegion) -> None:
    before = DailySchedule.objects.get().document
    for key in region.staffed()[:3]:
        edits.deleted(region, key)

    with pytest.raises(SiblingUnavailable):
        region.optimize()

    assert DailySchedule.objects.get().document == before


def snapshot_without(region: PlannedRegion, key: UUID) -> Snapshot:
    """The facts of the date with a list of departures that lacks one."""
    snapshot = take_planning_snapshot(region.day, [region.region_id])
    listed = tuple(departure for departure in snapshot.departures[region.day] if departure.id != key)
    return replace(snapshot, departures={region.day: listed})


def test_a_schedule_that_cannot_be_read_again_deletes_nothing(region: PlannedRegion) -> None:
    """The list lacks the departure; the schedule that would say what became of it is not complete."""
    key = region.staffed()[0]
    snapshot = take_planning_snapshot(region.day, [region.region_id])
    without = replace(
        snapshot, departures={region.day: tuple(d for d in snapshot.departures[region.day] if d.id != key)}
    )
    region.siblings.switch("svc-trip-catalog", "truncated")

    follow_catalog(gather_facts(without), region_ids=[region.region_id], deadline_seconds=20)

    assert region.departure(key).status is DepartureStatus.DRAFT


def test_a_departure_that_a_list_lacks_by_mistake_stays(region: PlannedRegion) -> None:
    key = region.staffed()[0]
    snapshot = take_planning_snapshot(region.day, [region.region_id])
    without = replace(
        snapshot, departures={region.day: tuple(d for d in snapshot.departures[region.day] if d.id != key)}
    )

    follow_catalog(gather_facts(without), region_ids=[region.region_id], deadline_seconds=20)

    assert region.departure(key).status is DepartureStatus.DRAFT
    assert not ScheduleRevision.objects.filter(kind="catalog").exists()


def test_an_older_reading_does_not_take_a_newer_one_back(region: PlannedRegion) -> None:
    key = region.staffed()[0]
    older = gather_facts(take_planning_snapshot(region.day, [region.region_id]))
    edits.moved_in_time(region, key)
    region.optimize()

    follow_catalog(older, region_ids=[region.region_id], deadline_seconds=20)

    assert f"{local_start(region.departure(key)):%H:%M}" == region.sold(key)["departure_time"]


def test_a_cancelled_departure_that_the_catalog_sells_again_is_planned_again(region: PlannedRegion) -> None:
    key = region.staffed()[0]
    edits.cancelled(region, key)
    region.optimize()
    assert region.departure(key).status is DepartureStatus.CANCELLED

    region.siblings.alter("departures", str(key), status="OPEN")
    region.optimize()

    departure = region.departure(key)
    assert departure.status is DepartureStatus.DRAFT
    assert departure.team or departure.unassigned_reason
    assert guides_on_two_at_once() == []


def test_what_a_dispatcher_cancelled_stays_cancelled(region: PlannedRegion) -> None:
    key = region.staffed()[0]
    change(key, region.day, status=DepartureStatus.CANCELLED)

    edits.moved_to_the_next_date(region, key)
    region.optimize()
    region.optimize(region.day + timedelta(days=1))

    assert region.departure(key).status is DepartureStatus.CANCELLED
    assert dates_of([key]) == {key: region.day}


def test_a_departure_from_before_listings_were_kept_follows(region: PlannedRegion) -> None:
    key = region.staffed()[0]
    change(key, region.day, catalog=None)

    edits.moved_in_time(region, key)
    region.optimize()

    assert f"{local_start(region.departure(key)):%H:%M}" == region.sold(key)["departure_time"]


def test_copies_from_before_departures_were_held_to_one_date_are_cancelled(region: PlannedRegion) -> None:
    next_day = region.day + timedelta(days=1)
    key = region.staffed()[0]
    region.publish()
    copy = region.departure(key)
    DepartureDate.objects.filter(departure_id=key).delete()
    put({key: copy.model_copy(update={"catalog": None, "published": None})}, next_day)
    edits.moved_to_the_next_date(region, key)

    region.optimize()

    assert stored(region.day)[key].status is DepartureStatus.CANCELLED
    assert stored(next_day)[key].status is not DepartureStatus.CANCELLED
    assert guides_on_two_at_once() == []


@pytest.mark.django_db(transaction=True)
def test_two_workers_follow_at_once(siblings: SimulatedSiblings) -> None:
    """One plans the old date, the other the new one; the departure is on one of them all along."""
    region = plan_a_region(siblings)
    next_day = region.day + timedelta(days=1)
    region.optimize(next_day)
    keys = region.staffed()[:2]
    for key in keys:
        edits.moved_to_the_next_date(region, key)
    snapshots = {day: take_planning_snapshot(day, [region.region_id]) for day in (region.day, next_day)}
    together = threading.Barrier(2)

    def follow(day: date) -> None:
        try:
            facts = gather_facts(snapshots[day])
            together.wait(timeout=30)
            follow_catalog(facts, region_ids=[region.region_id], deadline_seconds=20)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(follow, snapshots))

    assert dates_of(keys) == dict.fromkeys(keys, next_day)
    assert DepartureDate.objects.filter(departure_id__in=keys).count() == 2
    assert guides_on_two_at_once() == []


def test_what_was_rescheduled_here_is_neither_added_again_nor_a_conflict_for_ever(
    siblings: SimulatedSiblings,
) -> None:
    """The catalog goes on listing the old date until somebody closes it there."""
    planned = plan_a_day(siblings)
    region = PlannedRegion(siblings, planned.day, planned.region_id)
    key = planned.staffed(lambda departure: departure.trail_id is not None)[0]
    planned_before = stored(region.day).keys()
    conflict, option = under_a_storm(planned, key)
    resolve_conflict(conflict.pk, option.id, by="ana", override_warnings=True)
    [moved] = option.added

    region.optimize()
    region.optimize(moved.day)
    siblings.alter("departures", str(key), status="CANCELLED")
    region.optimize()

    assert region.departure(key).status is DepartureStatus.CANCELLED
    assert stored(region.day).keys() == planned_before
    assert dates_of([key, moved.departure_id]) == {key: region.day, moved.departure_id: moved.day}
    assert of_the_catalog(key) == of_the_catalog(moved.departure_id) == []
