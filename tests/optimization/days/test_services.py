"""A whole date, planned on the simulated siblings' facts."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.core.cache import caches
from django.utils import timezone

from events.models import OutboxMessage
from optimization.days import inputs
from optimization.days.clusters import clusters_of
from optimization.days.services import optimize_day, take_planning_snapshot
from optimization.models import OptimizationRun, RunStatus
from optimization.tasks import optimize_cluster_task
from scheduling.daily_schedules.authors import Author, AuthorKind
from scheduling.domain.document import AssignmentStatus, DepartureStatus, ScheduleDocument
from scheduling.domain.facts import Snapshot
from scheduling.models import DailySchedule, ScheduleRevision
from scheduling.siblings.errors import SiblingUnavailable
from tests.scheduling.requests.queues import queued
from tests.scheduling.writes import change
from tests.siblings import SimulatedSiblings

NIGHT = Author(AuthorKind.NIGHTLY_OPTIMIZATION, "optimizer")


@pytest.mark.django_db
def test_the_night_staffs_most_departures_of_tomorrow(siblings: SimulatedSiblings) -> None:
    tomorrow = siblings.today + timedelta(days=1)

    for cluster in clusters_of(take_planning_snapshot(tomorrow, None)):
        optimize_day(tomorrow, cluster, author=NIGHT)

    departures = DailySchedule.objects.get(schedule_date=tomorrow).document.departures.values()
    staffed = [departure for departure in departures if departure.team]
    assert len(departures) >= 36
    assert len(staffed) >= 30
    assert all(departure.unassigned_reason for departure in departures if not departure.team)
    assert set(OptimizationRun.objects.values_list("status", flat=True)) == {RunStatus.COMPLETED}


@pytest.mark.django_db
def test_planning_again_changes_nothing(siblings: SimulatedSiblings) -> None:
    tomorrow = siblings.today + timedelta(days=1)
    cluster = clusters_of(take_planning_snapshot(tomorrow, None))[0]
    optimize_day(tomorrow, cluster, author=NIGHT)
    written = ScheduleRevision.objects.count()

    optimize_day(tomorrow, cluster, author=NIGHT)

    assert ScheduleRevision.objects.count() == written


@pytest.mark.django_db(transaction=True)
def test_a_dry_run_leaves_nothing_but_its_run(siblings: SimulatedSiblings) -> None:
    tomorrow = siblings.today + timedelta(days=1)
    cluster = clusters_of(take_planning_snapshot(tomorrow, None))[0]

    optimize_day(tomorrow, cluster, author=NIGHT, dry_run=True)

    assert not DailySchedule.objects.exists()
    assert not OutboxMessage.objects.exists()
    assert OptimizationRun.objects.get().status == RunStatus.COMPLETED


def first_cluster(siblings: SimulatedSiblings) -> tuple[date, frozenset[UUID], Snapshot]:
    tomorrow = siblings.today + timedelta(days=1)
    snapshot = take_planning_snapshot(tomorrow, None)
    return tomorrow, clusters_of(snapshot)[0], snapshot


def document_of(day: date) -> ScheduleDocument:
    return DailySchedule.objects.get(schedule_date=day).document


def meanwhile(monkeypatch: pytest.MonkeyPatch, happens: Callable[[], None]) -> None:
    """Let something happen once, between the plan and its storing: where the notes of the chosen are read."""
    read, left = inputs.with_availability_notes, [happens]

    def read_late(*arguments: Any, **options: Any) -> Snapshot:
        while left:
            left.pop()()
        return read(*arguments, **options)

    monkeypatch.setattr(inputs, "with_availability_notes", read_late)


@pytest.mark.django_db
def test_guests_who_come_while_the_solver_works_are_planned_for(
    siblings: SimulatedSiblings, monkeypatch: pytest.MonkeyPatch
) -> None:
    day, cluster, snapshot = first_cluster(siblings)
    optimize_day(day, cluster, author=NIGHT, snapshot=snapshot)
    key, departure = next((k, d) for k, d in document_of(day).departures.items() if d.team)
    reservation = uuid4()
    meanwhile(monkeypatch, lambda: change(key, day, reservations={reservation: 60}, participants=60))

    again = optimize_day(day, cluster, author=NIGHT, snapshot=snapshot)

    now = document_of(day).departures[key]
    assert (now.reservations, now.participants) == ({reservation: 60}, 60)
    assert again.run.status == RunStatus.COMPLETED
    assert departure.team


@pytest.mark.django_db
def test_what_a_dispatcher_decides_while_the_solver_works_stays(
    siblings: SimulatedSiblings, monkeypatch: pytest.MonkeyPatch
) -> None:
    day, cluster, snapshot = first_cluster(siblings)
    optimize_day(day, cluster, author=NIGHT, snapshot=snapshot)
    staffed = [(k, d) for k, d in document_of(day).departures.items() if d.team]
    (confirmed, team), (cancelled, _) = (staffed[0][0], staffed[0][1].team), staffed[1]
    approved = [
        member.model_copy(update={"assignment_status": AssignmentStatus.CONFIRMED, "pinned": True}) for member in team
    ]

    def decide() -> None:
        change(confirmed, day, team=approved)
        change(cancelled, day, status=DepartureStatus.CANCELLED, team=[])

    meanwhile(monkeypatch, decide)
    optimized = optimize_day(day, cluster, author=NIGHT, snapshot=snapshot)

    departures = document_of(day).departures
    assert departures[confirmed].team == approved
    assert (departures[cancelled].status, departures[cancelled].team) == (DepartureStatus.CANCELLED, [])
    assert optimized.run.status == RunStatus.COMPLETED


@pytest.mark.django_db
def test_a_pinned_guide_who_is_away_stays_on_the_departure(siblings: SimulatedSiblings) -> None:
    day, cluster, snapshot = first_cluster(siblings)
    optimize_day(day, cluster, author=NIGHT, snapshot=snapshot)
    key, departure = next((k, d) for k, d in document_of(day).departures.items() if len(d.team) == 1)
    pinned = [departure.team[0].model_copy(update={"pinned": True})]
    change(key, day, team=pinned)
    away = {d: guides - departure.guide_ids for d, guides in snapshot.available.items()}

    optimized = optimize_day(day, cluster, author=NIGHT, snapshot=replace(snapshot, available=away))

    assert document_of(day).departures[key].team == pinned
    assert optimized.planned[key].team == pinned


@pytest.mark.django_db
def test_a_date_that_cannot_be_read_has_a_failed_run_and_keeps_its_plan(siblings: SimulatedSiblings) -> None:
    day, cluster, snapshot = first_cluster(siblings)
    optimize_day(day, cluster, author=NIGHT, snapshot=snapshot)
    before = document_of(day)
    caches["siblings"].clear()
    siblings.switch("svc-trip-catalog", "down")

    with pytest.raises(SiblingUnavailable):
        optimize_day(day, cluster, author=NIGHT)

    assert sorted(OptimizationRun.objects.values_list("status", flat=True)) == [RunStatus.COMPLETED, RunStatus.FAILED]
    assert document_of(day) == before


@pytest.mark.django_db
def test_the_night_publishes_nothing(siblings: SimulatedSiblings) -> None:
    day, cluster, snapshot = first_cluster(siblings)

    optimize_day(day, cluster, author=NIGHT, snapshot=snapshot)

    assert {departure.status for departure in document_of(day).departures.values()} == {DepartureStatus.DRAFT}
    assert not OutboxMessage.objects.filter(destination__in=["kafka", "svc-notifications"]).exists()
    [report] = OutboxMessage.objects.filter(destination="svc-analytics")
    assert report.payload["body"]["event_type"] == "schedule.optimized"


@pytest.mark.django_db
def test_one_date_that_fails_does_not_stop_the_others() -> None:
    """No sibling answers here; and a malformed region id is an unforeseen error."""
    today, region = timezone.now().date(), str(uuid4())
    days = [str(today + timedelta(days=n)) for n in (1, 2, 3)]
    queued("optimization")

    optimize_cluster_task(days, [region], "nightly optimization", "night")
    with pytest.raises(ValueError, match="badly formed"):
        optimize_cluster_task(days, ["no region"], "nightly optimization", "night")

    assert [arguments[0] for _, arguments in queued("optimization")] == [days[1:], days[1:]]
    assert OptimizationRun.objects.get().status == RunStatus.FAILED
