"""A whole date, planned on the simulated siblings' facts."""

from datetime import timedelta

import pytest

from events.models import OutboxMessage
from optimization.clusters import clusters_of
from optimization.models import OptimizationRun, RunStatus
from optimization.planning import optimize_day, take_planning_snapshot
from scheduling.authors import Author, AuthorKind
from scheduling.models import DailySchedule, ScheduleRevision
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
    assert all(one.unassigned_reason for one in departures if not one.team)
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
