"""The facts of a run over many dates: read once, each date as if by itself, and never too old."""

from collections.abc import Collection
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.core.cache import caches

from optimization.batch.outcomes import DateOutcome
from optimization.batch.planner import DateFailure, PlanningTerms, plan_dates
from optimization.days.clusters import clusters_of
from optimization.days.reading import RunReading, longest_use
from optimization.days.services import take_planning_snapshot
from scheduling.daily_schedules.authors import Author, AuthorKind
from scheduling.daily_schedules.decision_facts import gather_facts
from scheduling.domain.facts import Snapshot
from scheduling.domain.local_time import days_touched
from scheduling.siblings.errors import SiblingUnavailable
from scheduling.snapshot import with_availability_notes, with_certificates
from tests.factories import DepartureFactory, TeamMemberFactory
from tests.optimization.spoilt_dates import spoil_departures
from tests.scheduling.siblings.examples import SECONDS, calls_made
from tests.scheduling.writes import put
from tests.siblings import SimulatedSiblings

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
DRY = PlanningTerms(Author(AuthorKind.OPTIMIZATION, "ana"), dry_run=True)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _two_regions(siblings: SimulatedSiblings) -> None:
    siblings.keep(siblings.summary()["region_ids"][:2], guides=24)


def days_of(siblings: SimulatedSiblings, count: int) -> list[date]:
    return [siblings.today + timedelta(days=n) for n in range(1, count + 1)]


def for_comparison(snapshot: Snapshot) -> Snapshot:
    """The facts without the trails, whenever they were read."""
    return replace(snapshot, taken_at=EPOCH, read_at={}, safety_read_at=None, trails={})


def test_each_date_of_a_run_is_known_as_if_it_were_read_by_itself(siblings: SimulatedSiblings) -> None:
    days = days_of(siblings, 3)
    reading = RunReading(days)

    together = [reading.snapshot_of(day) for day in days]

    for day, snapshot in zip(days, together, strict=True):
        alone = take_planning_snapshot(day, None)
        assert for_comparison(snapshot) == for_comparison(alone)
        # Trails that suit trips of the other dates are known in detail as well.
        assert snapshot.trails.keys() == alone.trails.keys()
        detailed = {key for key, trail in alone.trails.items() if trail.conditions_known}
        assert {key: snapshot.trails[key] for key in detailed} == {key: alone.trails[key] for key in detailed}


def test_what_the_dates_share_is_asked_for_once(siblings: SimulatedSiblings) -> None:
    days, before = days_of(siblings, 5), calls_made()
    reading = RunReading(days)

    snapshots = [reading.snapshot_of(day) for day in days]

    made, trips = calls_made() - before, {trip for snapshot in snapshots for trip in snapshot.trips}
    asked_about = {day for snapshot in snapshots for day in snapshot.available} | _touched(snapshots, days)
    assert made["searchTrips"] == made["listRegions"] == 1
    assert made["getTripById"] == made["getTripSchedule"] == len(trips)
    assert made["searchGuides"] == 1 + len(asked_about)
    assert all(snapshot.guides is snapshots[0].guides for snapshot in snapshots)


def _touched(snapshots: Collection[Snapshot], days: Collection[date]) -> set[date]:
    """The dates on which a trip of any of these snapshots may be under way, if it departs on one of the days."""
    trips = [(snapshot.usual_times[key], trip) for snapshot in snapshots for key, trip in snapshot.trips.items()]
    zones = {key: region.timezone for snapshot in snapshots for key, region in snapshot.regions.items()}
    return {
        touched
        for day in days
        for clock, trip in trips
        for touched in days_touched(day, clock, trip.duration, zones[trip.region_id])
    }


def test_a_run_asks_about_each_guide_once(siblings: SimulatedSiblings) -> None:
    days, before = days_of(siblings, 3), calls_made()
    reading = RunReading(days)
    guides = sorted(reading.snapshot_of(days[0]).guides)[:4]

    with reading.planning():
        detailed = [_with_details(reading.snapshot_of(day), guides) for day in days]
    [asked_by_nobody] = [_with_details(take_planning_snapshot(day, None), guides) for day in days[:1]]

    made = calls_made() - before
    assert made["getGuideCertifications"] == 2 * len(guides)
    assert made["getGuideAvailability"] == 2 * len(guides)
    assert all(snapshot.certificates == asked_by_nobody.certificates for snapshot in detailed)


def _with_details(snapshot: Snapshot, guides: Collection[object]) -> Snapshot:
    caches["siblings"].clear()
    known = sorted(key for key in snapshot.guides if key in guides)
    return with_availability_notes(
        with_certificates(snapshot, known, deadline_seconds=SECONDS), known, deadline_seconds=SECONDS
    )


def test_notes_that_were_read_for_a_run_are_those_of_the_date(siblings: SimulatedSiblings) -> None:
    first, *_, last = days = days_of(siblings, 12)
    reading, guide_id = RunReading(days), siblings.summary()["guide_ids"][0]
    for day in (first, last):
        siblings.leave_note(guide_id, day, f"Only short walks on {day}.")
    guides = {key for key in reading.snapshot_of(first).guides if str(key) == guide_id}

    with reading.planning():
        by_run = [_with_details(reading.snapshot_of(day), guides).availability_notes for day in days]

    alone = [_with_details(take_planning_snapshot(day, None), guides).availability_notes for day in days]
    assert by_run == alone
    assert [len(notes) for notes in (by_run[0], by_run[-1])] != [0, 0]


def test_a_fresh_look_at_guides_is_not_answered_from_the_run(siblings: SimulatedSiblings) -> None:
    [day] = days_of(siblings, 1)
    reading = RunReading([day])
    snapshot = reading.snapshot_of(day)
    guides = sorted(snapshot.guides)[:1]

    with reading.planning():
        with_certificates(snapshot, guides, deadline_seconds=SECONDS)
        before = calls_made()
        with_certificates(snapshot, guides, deadline_seconds=SECONDS, fresh=True)

    assert calls_made() - before == {"getGuideCertifications": 1}


def test_facts_that_are_too_old_are_read_anew(siblings: SimulatedSiblings) -> None:
    days = days_of(siblings, 2)
    reading = RunReading(days, max_age=timedelta(0))
    first = reading.snapshot_of(days[0])
    listed = first.departures[days[0]][0]
    siblings.alter("departures", str(listed.id), available_spots=0)

    renewed = reading.snapshot_of(days[0])

    assert next(d for d in renewed.departures[days[0]] if d.id == listed.id).available_spots == 0


def test_what_took_long_to_read_is_used_for_longer() -> None:
    minute = timedelta(minutes=1)

    assert longest_use(minute, timedelta(seconds=2)) == minute
    assert longest_use(minute, 2 * minute) == 6 * minute
    assert longest_use(timedelta(0), 2 * minute) == timedelta(0)


def test_certificates_that_are_too_old_are_asked_for_again(siblings: SimulatedSiblings) -> None:
    [day] = days_of(siblings, 1)
    reading = RunReading([day], max_age=timedelta(0))
    snapshot = reading.snapshot_of(day)
    guides, before = sorted(snapshot.guides)[:1], calls_made()

    with reading.planning():
        _with_details(snapshot, guides)
        _with_details(snapshot, guides)

    assert (calls_made() - before)["getGuideCertifications"] == 2


def test_no_more_dates_are_read_ahead_than_are_planned_in_time(siblings: SimulatedSiblings) -> None:
    days = days_of(siblings, 6)
    reading = RunReading(days, max_age=timedelta(0))
    reading.snapshot_of(days[0])
    caches["siblings"].clear()
    before = calls_made()

    reading.snapshot_of(days[1])

    dates_read = (calls_made() - before)["searchGuides"] - 1
    assert dates_read < len(days)


def test_a_date_that_cannot_be_believed_leaves_the_others_known(siblings: SimulatedSiblings) -> None:
    days = days_of(siblings, 3)
    spoil_departures(siblings, days[1])
    reading = RunReading(days)

    known = [reading.snapshot_of(day).days for day in (days[0], days[2])]

    assert known == [(days[0],), (days[2],)]
    with pytest.raises(SiblingUnavailable, match="off the contract"):
        reading.snapshot_of(days[1])


def test_a_sibling_that_falls_silent_during_a_run_fails_the_dates_after_it_alone(siblings: SimulatedSiblings) -> None:
    days = days_of(siblings, 3)
    reading = RunReading(days, max_age=timedelta(0))
    clusters = clusters_of(take_planning_snapshot(days[0], None))
    planned = plan_dates(days, clusters, DRY, reading)

    became = [next(planned) for _ in clusters]
    siblings.switch("svc-guide-management", "down")
    caches["siblings"].clear()
    became += planned

    assert [type(outcome) for outcome in became[: len(clusters)]] == [DateOutcome] * len(clusters)
    failed = became[len(clusters) :]
    assert {outcome.day for outcome in failed if isinstance(outcome, DateFailure)} == set(days[1:])
    assert len(failed) == 2 * len(clusters)


def test_the_experience_of_guides_is_read_once_for_the_dates_of_a_run(
    siblings: SimulatedSiblings, django_assert_num_queries: Any
) -> None:
    days = days_of(siblings, 3)
    reading = RunReading(days)
    snapshots = [reading.snapshot_of(day) for day in days]
    guide_id, trip_id = sorted(snapshots[0].guides)[0], sorted(snapshots[-1].trips)[0]
    led_at = datetime.combine(siblings.today - timedelta(days=3), time(9), UTC)
    led = DepartureFactory(
        trip_id=trip_id,
        starts_at=led_at,
        ends_at=led_at + timedelta(hours=3),
        team=[TeamMemberFactory(guide_id=guide_id)],
    )
    put({uuid4(): led}, led_at.date())

    with django_assert_num_queries(1):
        experience = [reading.departures_led() for _ in days]

    assert experience == [gather_facts(snapshots[-1]).led] * len(days) == [{guide_id: {trip_id: 1}}] * len(days)


def test_what_a_sibling_leaves_unknown_is_said_of_each_date(siblings: SimulatedSiblings) -> None:
    days = days_of(siblings, 2)
    siblings.switch("svc-weather", "down")
    reading = RunReading(days)

    unknown = [reading.snapshot_of(day).unknown for day in days]

    assert unknown == [take_planning_snapshot(day, None).unknown for day in days]
    assert all(unknown)
