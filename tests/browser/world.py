"""A company in which every page of the console has something to show."""

from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID, uuid4

from django.db import transaction
from django.utils import timezone
from django_celery_beat.models import CrontabSchedule, IntervalSchedule, PeriodicTask

from events import outbox
from events.models import DeadLetter, InboxMessage
from optimization.models import Night, NightDate, Proposal
from optimization.proposals.services import request_proposal
from scheduling.models import (
    CalendarToken,
    DepartureAlias,
    RequestOutcome,
    Reservation,
    ReservationStatus,
    ScheduleRevision,
    schedule_id_of,
)
from tests.conflicts.factories import accepted_conflict
from tests.conflicts.planned import PlannedDay, plan_a_day
from tests.kept_rows import Rows, put_rows, take_rows
from tests.novatrek_scheduling.console.rows import a_run, a_run_of_request
from tests.novatrek_scheduling.console.test_pages import RESULT
from tests.optimization.proposals.made import a_proposal
from tests.scheduling.admin.test_pages import a_hazard
from tests.scheduling.requests.rows import pending
from tests.siblings import SimulatedSiblings

NAME = "company"


@dataclass(frozen=True)
class World:
    """What the addresses of pages name."""

    day: date
    schedule_id: UUID
    departure_id: UUID
    guide_id: UUID
    region_id: UUID
    conflict_id: UUID
    revision_id: int
    runs: tuple[UUID, UUID]
    proposal_id: UUID


_built: dict[str, tuple[World, Rows]] = {}


def build_world(siblings: SimulatedSiblings) -> World:
    """A planned day whose best-booked departure has lost its lead, and a row at least in every table.

    It is built by the first test of a process that asks; the next find the same rows, and the same siblings.
    """
    if siblings.url in _built:
        world, rows = _built[siblings.url]
        siblings.restore(NAME)
        put_rows(rows)
    else:
        world = _build(siblings)
        siblings.keep_world(NAME)
        _built[siblings.url] = world, take_rows()
    _periodic_tasks()
    return world


def _build(siblings: SimulatedSiblings) -> World:
    planned = plan_a_day(siblings)
    departure_id = planned.staffed()[0]
    guide = planned.departure(departure_id).team[0]
    conflict = planned.send_lead_away(departure_id)
    schedule_id = schedule_id_of(planned.day)
    _messages()
    _nights_and_tokens(planned, guide.guide_id, guide.guide_name)
    _bookings(planned, departure_id)
    accepted_conflict(planned.day)
    return World(
        day=planned.day,
        schedule_id=schedule_id,
        departure_id=departure_id,
        guide_id=guide.guide_id,
        region_id=planned.region_id,
        conflict_id=conflict.pk,
        revision_id=ScheduleRevision.objects.filter(schedule_id=schedule_id).earliest("rev").pk,
        runs=(a_run(planned.day).pk, _a_request_with_its_run()),
        proposal_id=_a_swap(planned).pk,
    )


def _messages() -> None:
    with transaction.atomic():
        message = outbox.record(destination="svc-analytics", key="1", kind="trail.closed", payload={"trail": "one"})
    InboxMessage.objects.create(
        event_id=message.message_id, event_type="reservation.created", topic="reservations", partition=0, offset=3
    )
    DeadLetter.objects.create(source="novatrek.booking.reservation.created", reason="No trip.", payload={"guests": 4})


def _periodic_tasks() -> None:
    """These tables are Django's, and not kept."""
    often = IntervalSchedule.objects.create(every=30, period=IntervalSchedule.SECONDS)
    nightly = CrontabSchedule.objects.create(minute="0", hour="2")
    PeriodicTask.objects.create(name="Relay", task="events.relay", interval=often)
    PeriodicTask.objects.create(name="Night", task="optimization.plan_horizon", crontab=nightly)


def _nights_and_tokens(planned: PlannedDay, guide_id: UUID, guide_name: str) -> None:
    night = Night.objects.create(pk=uuid4(), first_day=planned.day, last_day=planned.day + timedelta(days=13))
    NightDate.objects.create(night=night, cluster=0, schedule_date=planned.day, region_ids=[str(planned.region_id)])
    CalendarToken.objects.create(guide_id=guide_id, guide_name=guide_name, digest="0" * 64, created_by="ana")


def _bookings(planned: PlannedDay, departure_id: UUID) -> None:
    departure = planned.departure(departure_id)
    Reservation.objects.create(
        reservation_id=uuid4(),
        trip_id=departure.trip_id,
        trip_date=planned.day,
        departure_id=departure_id,
        participant_count=2,
        status=ReservationStatus.ACTIVE,
        event_time=timezone.now(),
    )
    DepartureAlias.objects.create(
        departure_id=departure_id, catalog_id=uuid4(), trip_id=departure.trip_id, schedule_date=planned.day
    )
    a_hazard()


def _a_swap(planned: PlannedDay) -> Proposal:
    """A proposal in which two departures exchange their teams, and one that is being made."""
    request_proposal(planned.day, [], by="ben", max_changes=3)
    first, second = planned.staffed()[:2]
    before = {key: planned.departure(key) for key in (first, second)}
    after = {
        first: before[first].model_copy(update={"team": before[second].team}),
        second: before[second].model_copy(update={"team": before[first].team}),
    }
    points = [{"max_changes": k, "departures_staffed": 9, "guests_served": 40 + k, "moved": []} for k in range(6)]
    return a_proposal(before, after, planned.day, curve=points, max_changes=2)


def _a_request_with_its_run() -> UUID:
    request = pending()
    RequestOutcome.objects.create(request=request, result=RESULT, completed_at=timezone.now())
    return a_run_of_request(request.pk).pk
