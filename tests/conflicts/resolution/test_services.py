import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from django.core.cache import caches
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from conflicts.choices import ResolutionStatus, Strategy
from conflicts.detection import Cause
from conflicts.errors import (
    ConflictAlreadyResolved,
    ResolutionNotApplicable,
    SecondaryConflicts,
    UnknownOption,
)
from conflicts.models import ConflictResolution, ScheduleConflict
from conflicts.options import Option, options_in
from conflicts.resolution import deliveries
from conflicts.resolution.deliveries import record_deliveries, settle_resolutions
from conflicts.resolution.services import resolve_conflict
from events.models import OutboxMessage
from events.relay import Relay
from scheduling.domain.document import DepartureStatus
from scheduling.models import Reservation, ReservationStatus, ScheduleRevision
from tests.conflicts.factories import put
from tests.conflicts.planned import (
    PlannedDay,
    enter_absence,
    newcomer_of,
    options_of,
    plan_a_day,
    reassignment,
    under_a_storm,
)
from tests.siblings import SimulatedSiblings

PATIENCE_OF_THE_SERVICE = deliveries.WAIT_SECONDS
"""Read before the tests have none."""


@pytest.fixture
def planned(db: None, siblings: SimulatedSiblings) -> PlannedDay:
    return plan_a_day(siblings)


def test_an_option_that_the_conflict_does_not_have(planned: PlannedDay) -> None:
    conflict = planned.send_lead_away(planned.staffed()[0])

    with pytest.raises(UnknownOption):
        resolve_conflict(conflict.pk, uuid4(), by="ana")


def test_reassigning_puts_the_other_guide_on_the_departure(planned: PlannedDay) -> None:
    departure_id, conflict, option = reassignment(planned)
    newcomer = newcomer_of(option)

    resolved = resolve_conflict(conflict.pk, option.id, by="ana", notes="called her")

    kept = ConflictResolution.objects.get(conflict=conflict)
    assert resolved.resolution_status == ResolutionStatus.RESOLVED
    assert newcomer in planned.departure(departure_id).guide_ids
    assert (kept.resolved_by, kept.notes, kept.strategy) == ("ana", "called her", Strategy.REASSIGN_GUIDE)
    assert not ScheduleConflict.objects.open().exists()
    written = ScheduleRevision.objects.filter(schedule_date=planned.day).latest("rev")
    assert (written.kind, written.author) == ("resolution", "ana")


def test_the_write_of_a_resolution_is_judged_once(planned: PlannedDay) -> None:
    _, conflict, option = reassignment(planned)

    with CaptureQueriesContext(connection) as captured:
        resolve_conflict(conflict.pk, option.id, by="ana")

    statements = [query["sql"] for query in captured]
    assert sum("schedule_conflicts AS conflict" in sql for sql in statements) == 1


def test_a_guide_who_fell_ill_too_would_be_the_next_conflict(planned: PlannedDay) -> None:
    departure_id, conflict, option = reassignment(planned)
    enter_absence(newcomer_of(option), planned.day)

    with pytest.raises(SecondaryConflicts) as refused:
        resolve_conflict(conflict.pk, option.id, by="ana")
    assert [conflict.cause for conflict in refused.value.caused] == [Cause.AVAILABILITY_EXCEPTION]

    resolved = resolve_conflict(conflict.pk, option.id, by="ana", override_warnings=True)
    caused = ScheduleConflict.objects.open().get(details__departure_ids=[str(departure_id)])
    assert resolved.new_conflicts_created == [str(caused.pk)]


def test_no_override_covers_a_guide_without_a_certificate(planned: PlannedDay) -> None:
    departure_id, conflict, option = reassignment(planned)
    newcomer = newcomer_of(option)
    held = planned.siblings.call("svc-guide-management", f"/guides/{newcomer}/certifications").json()["data"]
    for certificate in held:
        planned.siblings.alter("certifications", certificate["id"], status="REVOKED")
    caches["siblings"].clear()

    with pytest.raises(SecondaryConflicts) as refused:
        resolve_conflict(conflict.pk, option.id, by="ana", override_warnings=True)

    assert [conflict.cause for conflict in refused.value.caused] == [Cause.CERTIFICATION]
    assert newcomer not in planned.departure(departure_id).guide_ids


def rescheduling(planned: PlannedDay) -> tuple[UUID, ScheduleConflict, Option]:
    """A departure under a storm that lasts all day, and the nearest other date."""
    departure_id = planned.staffed(lambda departure: departure.trail_id is not None)[0]
    return departure_id, *under_a_storm(planned, departure_id)


def test_rescheduling_moves_people_to_another_date_and_tells_the_catalog_later(planned: PlannedDay) -> None:
    departure_id, conflict, option = rescheduling(planned)
    guest = Reservation.objects.create(
        reservation_id=uuid4(),
        departure_id=departure_id,
        trip_date=planned.day,
        status=ReservationStatus.ACTIVE,
        event_time=timezone.now(),
    )

    resolved = resolve_conflict(conflict.pk, option.id, by="ana")

    [made] = option.added
    guest.refresh_from_db()
    assert resolved.resolution_status == ResolutionStatus.PARTIALLY_RESOLVED
    to_catalog = {"service": "svc-trip-catalog", "action": "departure.created", "success": False}
    assert to_catalog in resolved.downstream_updates
    cancelled = planned.departure(departure_id)
    assert (cancelled.status, cancelled.rescheduled_to) == (DepartureStatus.CANCELLED, made.departure_id)
    assert (guest.departure_id, guest.trip_date) == (made.departure_id, planned.day)

    OutboxMessage.objects.update(sent_at=timezone.now())
    assert settle_resolutions() == 1
    assert ConflictResolution.objects.get(conflict=conflict).status == ResolutionStatus.RESOLVED


def test_an_option_whose_new_departure_is_on_another_date_by_now_is_refused_and_no_longer_offered(
    planned: PlannedDay,
) -> None:
    _, conflict, option = rescheduling(planned)
    [made] = option.added
    put(made.departure_id, made.day + timedelta(days=9))

    with pytest.raises(ResolutionNotApplicable, match=r"no longer possible.*on one date only"):
        resolve_conflict(conflict.pk, option.id, by="ana")

    conflict.refresh_from_db()
    assert option.id not in {offered.id for offered in options_in(conflict.details)}


def test_a_relay_that_does_nothing_is_waited_for_for_two_seconds(
    planned: PlannedDay, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deliveries, "WAIT_SECONDS", PATIENCE_OF_THE_SERVICE)
    _, conflict, option = rescheduling(planned)
    began = time.monotonic()

    resolved = resolve_conflict(conflict.pk, option.id, by="ana")

    assert resolved.resolution_status == ResolutionStatus.PARTIALLY_RESOLVED
    assert 2 <= time.monotonic() - began < 20


def test_an_older_reading_of_the_deliveries_takes_nothing_back(planned: PlannedDay) -> None:
    _, conflict, option = rescheduling(planned)
    resolve_conflict(conflict.pk, option.id, by="ana")
    read_before = ConflictResolution.objects.get(conflict=conflict)
    messages = OutboxMessage.objects.filter(message_id__in=read_before.messages)
    messages.update(sent_at=timezone.now())
    settle_resolutions()
    messages.update(sent_at=None)  # what a reader that began earlier still sees

    record_deliveries(read_before)

    stored = ConflictResolution.objects.get(conflict=conflict)
    assert stored.status == ResolutionStatus.RESOLVED
    assert stored.downstream
    assert all(update["success"] for update in stored.downstream)


def test_closing_a_trail_moves_its_departures_and_records_the_closure(planned: PlannedDay) -> None:
    departure_id = planned.staffed(lambda departure: departure.trail_id is not None)[0]
    trail_id = planned.departure(departure_id).trail_id
    planned.siblings.close_trail(str(trail_id), planned.day, planned.day)
    planned.look_again()
    conflict = ScheduleConflict.objects.open().get(details__departure_ids=[str(departure_id)])
    [option] = options_of(conflict, Strategy.CLOSE_TRAIL)

    resolved = resolve_conflict(conflict.pk, option.id, by="ana")

    after = planned.departure(departure_id)
    assert after.trail_id != trail_id or after.status is DepartureStatus.CANCELLED
    message = OutboxMessage.objects.get(destination="svc-trail-management")
    assert message.payload["trail_id"] == str(trail_id)
    assert option.requires_guest_notification
    assert "operations.alert" in [update["action"] for update in resolved.downstream_updates]


@contextmanager
def relay_at_work() -> Iterator[None]:
    relay = Relay()
    thread = threading.Thread(target=relay.run)
    thread.start()
    try:
        yield
    finally:
        relay.stop()
        thread.join(timeout=30)


@pytest.mark.django_db(transaction=True)
def test_what_siblings_answer_in_time_is_in_the_result(
    siblings: SimulatedSiblings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deliveries, "WAIT_SECONDS", 30.0)
    _, conflict, option = rescheduling(plan_a_day(siblings))

    with relay_at_work():
        resolved = resolve_conflict(conflict.pk, option.id, by="ana")

    assert resolved.resolution_status == ResolutionStatus.RESOLVED
    services = {update["service"] for update in resolved.downstream_updates if update["success"]}
    assert services == {"svc-trip-catalog", "svc-notifications"}
    assert siblings.received("svc-trip-catalog")


@pytest.mark.django_db(transaction=True)
def test_of_two_operators_at_once_one_wins(siblings: SimulatedSiblings) -> None:
    planned = plan_a_day(siblings)
    _, conflict, _ = reassignment(planned)
    choices = options_of(conflict, Strategy.REASSIGN_GUIDE)[:2]
    together = threading.Barrier(2)

    def resolve(number: int) -> str:
        together.wait(timeout=30)
        try:
            resolve_conflict(conflict.pk, choices[number % len(choices)].id, by=f"operator {number}")
        except ConflictAlreadyResolved as refused:
            return refused.code
        finally:
            connection.close()
        return "won"

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(resolve, range(2))) == ["CONFLICT_ALREADY_RESOLVED", "won"]
    assert ConflictResolution.objects.filter(conflict=conflict).count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_options_that_touch_one_departure_at_once_neither_undoes_the_other(
    siblings: SimulatedSiblings,
) -> None:
    planned = plan_a_day(siblings)
    departure_id = planned.staffed(lambda departure: departure.trail_id is not None)[0]
    before = planned.departure(departure_id)
    away = planned.send_lead_away(departure_id)
    planned.siblings.close_trail(str(before.trail_id), planned.day, planned.day)
    planned.look_again()
    closed = ScheduleConflict.objects.open().get(details__cause=Cause.TRAIL, details__departure_ids=[str(departure_id)])
    chosen = [
        (away, options_of(away, Strategy.REASSIGN_GUIDE)[0]),
        (closed, options_of(closed, Strategy.CLOSE_TRAIL)[0]),
    ]
    together = threading.Barrier(2)

    def resolve(number: int) -> str:
        conflict, option = chosen[number]
        together.wait(timeout=30)
        try:
            return resolve_conflict(conflict.pk, option.id, by=f"operator {number}").resolution_status
        except (ConflictAlreadyResolved, ResolutionNotApplicable) as refused:
            return refused.code
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        outcomes = list(pool.map(resolve, range(2)))

    after = planned.departure(departure_id)
    done = [outcome for outcome in outcomes if outcome in set(ResolutionStatus)]
    assert done
    assert ConflictResolution.objects.exclude(strategy="").count() == len(done)
    # Whatever was not done is open still, or was ended by the other one.
    open_now = set(ScheduleConflict.objects.open().values_list("pk", flat=True))
    is_led_by_who_is_away = bool(after.guide_ids & {UUID(key) for key in away.details["affected_guide_ids"]})
    assert after.is_cancelled or (away.pk in open_now) == is_led_by_who_is_away
    assert after.is_cancelled or (closed.pk in open_now) == (after.trail_id == before.trail_id)
    assert len(after.guide_ids) == len(after.team)
