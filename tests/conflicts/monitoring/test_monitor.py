"""One pass of the monitors over a published day of the simulated world."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from uuid import UUID, uuid4

import pytest
from django.db import connections
from django.utils import timezone
from structlog.testing import capture_logs

from conflicts.models import ConflictResolution, MonitorPass, ScheduleConflict
from conflicts.monitoring.monitor import run_pass
from conflicts.monitoring.passes import begin_pass
from scheduling.domain.document import Announcement, DepartureStatus
from scheduling.domain.facts import Span
from scheduling.models import DailySchedule
from tests.conflicts.factories import IN_THREE_DAYS, conflict_of, put
from tests.conflicts.planned import PlannedDay, plan_a_day
from tests.factories import GuideFactory, lead
from tests.siblings import SimulatedSiblings

pytestmark = pytest.mark.django_db
FAR = timedelta(days=60)


@pytest.fixture
def planned(siblings: SimulatedSiblings) -> PlannedDay:
    return plan_a_day(siblings, guides=25)


@pytest.fixture
def published(planned: PlannedDay) -> UUID:
    """A departure on a trail, published."""
    key = planned.staffed(lambda departure: departure.trail_id is not None)[0]
    publish(planned, key)
    return key


def publish(planned: PlannedDay, key: UUID) -> None:
    plan = planned.departure(key)
    announced = Announcement(guide_ids=sorted(plan.guide_ids), trail_id=plan.trail_id, starts_at=plan.starts_at)
    planned.edit(key, status=DepartureStatus.PUBLISHED, published=announced)


def close_trail_of(planned: PlannedDay, key: UUID) -> str:
    closure = planned.siblings.close_trail(str(planned.departure(key).trail_id), planned.day, planned.day)
    return str(closure["id"])


def open_causes(departure_id: UUID) -> set[str]:
    rows = ScheduleConflict.objects.open().filter(details__departure_ids__contains=[str(departure_id)])
    return {row.details["cause"] for row in rows}


def last_pass() -> MonitorPass:
    return MonitorPass.objects.latest("started_at")


def test_one_pass_finds_a_closed_trail_and_a_guide_on_leave(planned: PlannedDay, published: UUID) -> None:
    close_trail_of(planned, published)
    planned.siblings.alter("guides", str(planned.departure(published).team[0].guide_id), status="ON_LEAVE")

    run_pass()

    assert open_causes(published) == {"TRAIL", "NOT_AVAILABLE"}
    assert last_pass().is_complete, last_pass().not_read
    assert last_pass().found == ScheduleConflict.objects.open().count()


def test_the_next_pass_clears_what_is_over_and_finds_nothing_twice(planned: PlannedDay, published: UUID) -> None:
    closure = close_trail_of(planned, published)
    run_pass()
    [conflict] = ScheduleConflict.objects.open().filter(details__cause="TRAIL", details__departure_ids=[str(published)])
    run_pass()
    assert last_pass().found == 0

    planned.siblings.remove("closures", closure)
    run_pass()

    assert ConflictResolution.objects.get(conflict=conflict).resolved_by == "system"
    assert "TRAIL" not in open_causes(published)


@pytest.mark.parametrize("silent", ["svc-guide-management", "svc-trip-catalog", "svc-weather", "svc-location-services"])
def test_the_rest_is_judged_while_a_sibling_is_silent(planned: PlannedDay, published: UUID, silent: str) -> None:
    close_trail_of(planned, published)
    planned.siblings.switch(silent, "down")

    run_pass()

    assert open_causes(published) == {"TRAIL"}
    assert silent in " ".join(last_pass().not_read)
    assert not last_pass().is_complete


def test_the_conflicts_of_a_silent_sibling_stay(planned: PlannedDay, published: UUID) -> None:
    closure = close_trail_of(planned, published)
    guide = str(planned.departure(published).team[0].guide_id)
    planned.siblings.alter("guides", guide, status="ON_LEAVE")
    run_pass()
    planned.siblings.remove("closures", closure)
    planned.siblings.alter("guides", guide, status="ACTIVE")
    planned.siblings.switch("svc-trail-management", "down")

    run_pass()

    assert open_causes(published) == {"TRAIL"}


def test_guides_who_vanish_together_are_not_believed_to_be_gone(planned: PlannedDay, published: UUID) -> None:
    run_pass()
    before = ScheduleConflict.objects.open().count()
    planned.siblings.keep([str(planned.region_id)], guides=2)

    run_pass()

    assert ScheduleConflict.objects.open().count() == before
    assert "svc-guide-management" in " ".join(last_pass().not_read)


def test_a_certificate_that_runs_out_before_a_departure_far_ahead_is_found_now(
    planned: PlannedDay, published: UUID
) -> None:
    day, plan = planned.day + FAR, planned.departure(published)
    times = {"starts_at": plan.starts_at + FAR, "ends_at": plan.ends_at + FAR}
    far = put(uuid4(), day, **(dict(plan) | times | {"status": DepartureStatus.PUBLISHED, "catalog": None}))
    required = planned.siblings.get("trips", str(plan.trip_id))["required_certifications"]
    run_pass()
    assert "CERTIFICATION" not in open_causes(far)

    for name in required:
        expiry = (day - timedelta(days=1)).isoformat()
        planned.siblings.expire_certificates(str(plan.team[0].guide_id))
        planned.siblings.set_certificate(str(plan.team[0].guide_id), name, status="VALID", expiry_date=expiry)
    run_pass()

    assert "CERTIFICATION" in open_causes(far)
    assert "CERTIFICATION" not in open_causes(published)


def test_drafts_follow_the_catalog_and_published_departures_become_conflicts(
    planned: PlannedDay, published: UUID
) -> None:
    draft = next(key for key in planned.staffed() if key != published)
    planned.siblings.alter("departures", str(draft), status="CANCELLED")
    planned.siblings.alter("departures", str(published), status="CANCELLED")

    run_pass()

    assert planned.departure(draft).status is DepartureStatus.CANCELLED
    assert planned.departure(published).status is DepartureStatus.PUBLISHED
    assert open_causes(published) == {"CATALOG_CANCELLED"}


def test_while_a_pass_is_under_way_there_is_no_other(planned: PlannedDay) -> None:
    under_way = begin_pass(timezone.now())

    assert not run_pass()

    assert MonitorPass.objects.get() == under_way


def test_the_next_tick_takes_over_from_a_worker_that_was_killed(planned: PlannedDay, published: UUID) -> None:
    close_trail_of(planned, published)
    long_ago = timezone.now() - timedelta(minutes=5)
    killed = begin_pass(long_ago)
    assert killed

    assert run_pass()

    killed.refresh_from_db()
    assert killed.status == MonitorPass.Status.ABANDONED
    assert open_causes(published) == {"TRAIL"}
    assert last_pass().is_complete


def test_a_pass_without_any_daily_schedule_is_complete(siblings: SimulatedSiblings) -> None:
    siblings.keep(siblings.summary()["region_ids"][:1], guides=5)
    assert not DailySchedule.objects.exists()

    run_pass()

    assert last_pass().is_complete, last_pass().not_read


def test_a_storm_over_a_region_is_found_on_all_of_its_departures(planned: PlannedDay, published: UUID) -> None:
    model = planned.departure(published)
    under_way = {uuid4(): model.model_copy(update={"team": [], "catalog": None}) for _ in range(40)}
    planned.add(under_way)
    storm = Span(model.starts_at, model.ends_at)
    planned.siblings.raise_alert(str(planned.region_id), storm.starts_at, storm.ends_at)

    run_pass()

    stormy = ScheduleConflict.objects.open().filter(details__cause="WEATHER_WARNING")
    found = {UUID(key) for conflict in stormy for key in conflict.details["departure_ids"]}
    assert under_way.keys() | {published} <= found


def test_a_trail_that_is_not_assessed_holds_no_conflict_of_the_weather(planned: PlannedDay, published: UUID) -> None:
    model = planned.departure(published)
    storm = planned.siblings.raise_alert(str(planned.region_id), model.starts_at, model.ends_at)
    run_pass()
    assert "WEATHER_WARNING" in open_causes(published)
    planned.siblings.remove("alerts", storm["id"])
    planned.siblings.switch("svc-weather", "down", path="^/trail-conditions")

    run_pass()

    assert "svc-weather" in " ".join(last_pass().not_read)
    assert "WEATHER_WARNING" not in open_causes(published)


@pytest.mark.django_db(transaction=True)
def test_a_date_that_somebody_holds_is_named_and_the_others_are_judged(
    siblings: SimulatedSiblings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("conflicts.monitoring.monitor.LOCK_TIMEOUT_MS", 100)
    siblings.keep(siblings.summary()["region_ids"][:1], guides=5)
    # Ids of nobody: the guides on them are not available.
    held, free = IN_THREE_DAYS, IN_THREE_DAYS + timedelta(days=1)
    departures = {day: put(uuid4(), day, team=[lead(GuideFactory())]) for day in (held, free)}

    with holding(held):
        run_pass()

    assert "NOT_AVAILABLE" in open_causes(departures[free])
    assert "NOT_AVAILABLE" not in open_causes(departures[held])
    assert f"{held} was not judged" in " ".join(last_pass().not_read)

    run_pass()
    assert "NOT_AVAILABLE" in open_causes(departures[held])


@pytest.mark.django_db(transaction=True)
def test_a_date_that_cannot_follow_the_catalog_is_judged(
    siblings: SimulatedSiblings, monkeypatch: pytest.MonkeyPatch
) -> None:
    for limited in ("conflicts.monitoring.monitor", "scheduling.daily_schedules.writer"):
        monkeypatch.setattr(f"{limited}.LOCK_TIMEOUT_MS", 100)
    siblings.keep(siblings.summary()["region_ids"][:1], guides=25)
    planned = plan_a_day(siblings)
    closed, moved, *_ = planned.staffed(lambda departure: departure.trail_id is not None)
    next_day = planned.day + timedelta(days=1)
    put(uuid4(), next_day)
    siblings.alter("departures", str(moved), departure_date=str(next_day))
    close_trail_of(planned, closed)

    with holding(next_day):
        run_pass()

    assert f"{planned.day} was not brought in line with the catalog" in " ".join(last_pass().not_read)
    assert "TRAIL" in open_causes(closed)


def test_a_date_that_brings_up_a_defect_is_named_and_the_others_are_judged(siblings: SimulatedSiblings) -> None:
    siblings.keep(siblings.summary()["region_ids"][:1], guides=5)
    broken, sound = IN_THREE_DAYS, IN_THREE_DAYS + timedelta(days=1)
    departures = {day: put(uuid4(), day, team=[lead(GuideFactory())]) for day in (broken, sound)}
    mutilated = conflict_of(broken)
    mutilated.details.pop("subjects")
    mutilated.save(update_fields=["details"])

    with capture_logs() as logs:
        run_pass()

    assert "NOT_AVAILABLE" in open_causes(departures[sound])
    assert last_pass().not_read == [f"{broken} was not judged: KeyError"]
    [logged] = [line for line in logs if line["event"] == "date_not_watched"]
    assert (logged["day"], logged["exc_info"]) == (str(broken), True)


@contextmanager
def holding(day: date) -> Iterator[None]:
    """Another connection has locked the document of a date, and does not end its transaction."""
    other = connections.create_connection("default")
    other.ensure_connection()
    try:
        with other.cursor() as cursor:
            cursor.execute("BEGIN")
            cursor.execute("SELECT 1 FROM daily_schedules WHERE schedule_date = %s FOR UPDATE", [day])
            yield
    finally:
        other.close()


@pytest.mark.django_db(transaction=True)
def test_a_worker_that_dies_between_two_dates_leaves_what_it_stored_and_the_next_finds_the_rest_once(
    siblings: SimulatedSiblings,
) -> None:
    siblings.keep(siblings.summary()["region_ids"][:1], guides=5)
    first, second = IN_THREE_DAYS, IN_THREE_DAYS + timedelta(days=1)
    departures = [put(uuid4(), day, team=[lead(GuideFactory())]) for day in (first, second)]
    run_pass()
    died = begin_pass(timezone.now() - timedelta(minutes=5))
    assert died
    # As after the first date of that pass: its conflicts are stored, those of the second are not.
    ScheduleConflict.objects.filter(details__conflict_date=second.isoformat()).update(resolved=True)

    assert run_pass()

    assert [("NOT_AVAILABLE" in open_causes(key)) for key in departures] == [True, True]
    prints = [row.details["fingerprint"] for row in ScheduleConflict.objects.open()]
    assert len(prints) == len(set(prints))
    assert last_pass().is_complete, last_pass().not_read
