"""The night: every date of the horizon, the clusters side by side, whatever is lost on the way."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.core.cache import caches
from django.utils import timezone
from django_celery_beat.models import CrontabSchedule, PeriodicTask

from events.dead_letters import replay
from events.models import DeadLetter, OutboxMessage
from optimization.models import Night, NightDate, OptimizationRun
from optimization.nights import lifecycle
from optimization.nights.claims import claim_next, complete_date, postpone_date
from optimization.nights.lifecycle import begin_night, schedule_dates
from optimization.nights.sweeper import sweep_nights
from optimization.nights.worker import HORIZON_TASK, work_on_cluster
from optimization.runs.metrics import optimization_gauges
from optimization.tasks import optimize_horizon_task, optimize_night_cluster_task
from scheduling.models import ClaimLost, DailySchedule
from tests.factories import REGION_ID
from tests.scheduling.requests.queues import queued
from tests.scheduling.siblings.examples import calls_made
from tests.siblings import SimulatedSiblings

pytestmark = pytest.mark.django_db
OnCommit = Callable[..., Any]
A_MINUTE = timedelta(minutes=1, seconds=1)


@pytest.fixture(autouse=True)
def _a_short_horizon(settings: Any) -> None:
    settings.PLANNING_HORIZON_DAYS = 2
    queued("optimization")


@pytest.fixture
def night() -> Night:
    """A night of two dates and two clusters, that nobody has begun to plan."""
    night = begin_night(uuid4(), timezone.now())
    lifecycle._store_dates(night, [[str(REGION_ID)], [str(uuid4())]])
    return night


def dates_of(night: Night, cluster: int = 0) -> list[NightDate]:
    return list(night.dates.filter(cluster=cluster).order_by("schedule_date"))


def statuses(night: Night) -> list[str]:
    return list(night.dates.values_list("status", flat=True))


def finish(night: Night, cluster: int, count: int = 2) -> None:
    for _ in range(count):
        claim = claim_next(night.pk, cluster)
        assert claim
        complete_date(claim, run_id=uuid4(), is_joined=False)


def in_the_queue() -> list[Any]:
    return sorted(arguments for _, arguments in queued("optimization"))


def work_until_nothing_is_queued() -> None:
    while waiting := queued("optimization"):
        for _, (night_id, cluster) in waiting:
            optimize_night_cluster_task(night_id, cluster)


@pytest.mark.django_db(transaction=True)
def test_a_night_plans_every_date_of_every_cluster_and_sums_up_once(siblings: SimulatedSiblings) -> None:
    optimize_horizon_task.apply(task_id=str(night_id := uuid4()))

    work_until_nothing_is_queued()

    night = Night.objects.get(pk=night_id)
    assert night.status == Night.Status.COMPLETED
    assert set(statuses(night)) == {NightDate.Status.COMPLETED}
    assert DailySchedule.objects.count() == 2
    summary = night.summary
    assert (summary["planned"], summary["failed"]) == (night.dates.count(), [])
    assert summary["departures"] > summary["unstaffed"] > 0
    messages = OutboxMessage.objects.filter(destination="svc-analytics")
    bodies = [dict(message.payload or {})["body"] for message in messages]
    [event] = [body for body in bodies if "schedule_date" not in body]
    assert (event["unassigned_count"], event["score_after"]) == (summary["unstaffed"], summary["score"])


@pytest.mark.django_db(transaction=True)
def test_a_worker_reads_the_dates_of_a_night_once_for_all_clusters(siblings: SimulatedSiblings) -> None:
    siblings.keep(siblings.summary()["region_ids"][:2], guides=24)
    optimize_horizon_task.apply(task_id=str(uuid4()))
    caches["siblings"].clear()
    before = calls_made()

    work_until_nothing_is_queued()

    assert set(statuses(Night.objects.get())) == {NightDate.Status.COMPLETED}
    made = calls_made() - before
    assert made["searchTrips"] == made["listRegions"] == 1
    assert max(made["getGuideCertifications"], made["getGuideAvailability"]) <= 24


@pytest.mark.django_db(transaction=True)
def test_of_a_night_that_cannot_be_read_together_each_date_says_what_it_lacks(siblings: SimulatedSiblings) -> None:
    siblings.keep(siblings.summary()["region_ids"][:2], guides=24)
    optimize_horizon_task.apply(task_id=str(uuid4()))
    caches["siblings"].clear()
    siblings.switch("svc-weather", "failing")

    work_until_nothing_is_queued()

    runs = OptimizationRun.objects.select_related("detail")
    assert len(runs) == NightDate.objects.count()
    assert all("svc-weather" in run.detail.inputs["unknown"] for run in runs)


def test_a_cluster_has_its_dates_in_order_and_one_at_a_time(night: Night) -> None:
    first = claim_next(night.pk, 0)
    assert first
    assert claim_next(night.pk, 0) is None

    complete_date(first, run_id=uuid4(), is_joined=False)
    second = claim_next(night.pk, 0)

    assert second
    assert [first.day, second.day] == [night_date.schedule_date for night_date in dates_of(night)]
    assert claim_next(night.pk, 1)


def test_the_same_message_twice_begins_one_night_and_another_one_joins_it(night: Night) -> None:
    now = timezone.now()

    assert begin_night(night.pk, now) == begin_night(uuid4(), now) == night


def test_a_night_left_over_is_given_up_when_the_next_one_begins(night: Night) -> None:
    finish(night, 0)

    tomorrow = begin_night(uuid4(), timezone.now() + timedelta(days=1))

    night.refresh_from_db()
    assert (night.status, tomorrow.status) == (Night.Status.FAILED, Night.Status.RUNNING)
    letter = DeadLetter.objects.get(source="nights")
    assert letter.payload["dates_not_planned"] == [str(night.first_day), str(night.last_day)]
    replay(letter, by="ana")
    assert in_the_queue() == [[]]


def test_an_emptied_queue_stops_no_night(night: Night, django_capture_on_commit_callbacks: OnCommit) -> None:
    finish(night, 0, 1)

    with django_capture_on_commit_callbacks(execute=True):
        assert sweep_nights(timezone.now()) == 0
        assert sweep_nights(timezone.now() + A_MINUTE) == 2
        assert sweep_nights(timezone.now() + A_MINUTE) == 0

    assert in_the_queue() == [[str(night.pk), 0], [str(night.pk), 1]]


def test_a_killed_worker_gives_its_date_to_the_next_and_writes_nothing_any_more(night: Night) -> None:
    killed = claim_next(night.pk, 0)
    assert killed
    NightDate.objects.filter(pk=killed.pk).update(lease_until=timezone.now() - timedelta(seconds=1))

    heir = claim_next(night.pk, 0)

    assert heir
    assert (heir.day, heir.attempts) == (killed.day, 2)
    with pytest.raises(ClaimLost):
        complete_date(killed, run_id=uuid4(), is_joined=False)


def test_a_date_that_kills_every_worker_fails_and_the_next_one_has_its_turn(night: Night) -> None:
    lapsed = timezone.now() - timedelta(seconds=1)
    night.dates.filter(pk=dates_of(night)[0].pk).update(status=NightDate.Status.RUNNING, attempts=3, lease_until=lapsed)
    assert claim_next(night.pk, 0) is None

    sweep_nights(timezone.now())

    claim = claim_next(night.pk, 0)
    assert claim
    assert claim.day == night.last_day


def test_a_silent_sibling_is_asked_three_times_and_then_the_date_has_failed(night: Night) -> None:
    waited = []
    for _ in range(3):
        claim = claim_next(night.pk, 0)
        assert claim
        waited.append(postpone_date(claim, "svc-guide-management is silent"))
        assert claim_next(night.pk, 0) is None or not waited[-1]
        NightDate.objects.filter(pk=claim.pk).update(not_before=timezone.now())

    assert waited == [timedelta(seconds=30), timedelta(minutes=1), None]
    assert dates_of(night)[0].status == NightDate.Status.FAILED


def test_a_date_that_fails_stops_no_other_and_is_in_the_summary(night: Night) -> None:
    finish(night, 1)
    night.dates.filter(cluster=0).update(region_ids=["no region"])

    for _ in range(2):
        with pytest.raises(ValueError, match="badly formed"):
            work_on_cluster(night.pk, 0)

    night.refresh_from_db()
    assert night.status == Night.Status.COMPLETED
    errors = [failure["error"] for failure in night.summary["failed"]]
    assert errors == ["ValueError: badly formed hexadecimal UUID string"] * 2


def test_a_date_that_is_over_is_not_planned(night: Night) -> None:
    over = timezone.now().date() - timedelta(days=2)
    night.dates.filter(pk=dates_of(night)[0].pk).update(schedule_date=over)

    work_on_cluster(night.pk, 0)

    assert "was over" in dates_of(night)[0].error
    assert not OptimizationRun.objects.exists()


def test_nobody_closes_a_night_before_its_last_date(night: Night) -> None:
    finish(night, 0)

    sweep_nights(timezone.now())
    night.refresh_from_db()
    assert night.status == Night.Status.RUNNING

    finish(night, 1)
    sweep_nights(timezone.now())
    night.refresh_from_db()
    assert night.status == Night.Status.COMPLETED


def test_without_the_guides_a_night_waits_and_is_given_up_in_the_morning(siblings: SimulatedSiblings) -> None:
    caches["siblings"].clear()
    siblings.switch("svc-guide-management", "down")
    optimize_horizon_task(str(night_id := uuid4()))

    assert sweep_nights(timezone.now() + A_MINUTE) == 1
    assert in_the_queue() == [[str(night_id)]]
    sweep_nights(timezone.now() + timedelta(hours=7))

    assert Night.objects.get(pk=night_id).status == Night.Status.FAILED


def beat_sent(at: datetime, **task: Any) -> None:
    two = CrontabSchedule.objects.create(hour="2", minute="0")
    PeriodicTask.objects.create(name="night", task=HORIZON_TASK, crontab=two, last_run_at=at, **task)


def test_a_night_whose_first_message_was_lost_is_begun_all_the_same() -> None:
    now = timezone.now()
    beat_sent(now - timedelta(minutes=10))

    sweep_nights(now)
    sweep_nights(now)

    assert Night.objects.get().status == Night.Status.RUNNING


def test_a_night_is_begun_once_and_not_where_somebody_switched_it_off(night: Night) -> None:
    beat_sent(timezone.now() - timedelta(minutes=10))
    Night.objects.update(status=Night.Status.COMPLETED, started_at=timezone.now() - timedelta(minutes=9))
    sweep_nights(timezone.now())
    assert Night.objects.count() == 1

    PeriodicTask.objects.update(enabled=False)
    Night.objects.all().delete()
    sweep_nights(timezone.now())
    assert not Night.objects.exists()


def test_two_that_lay_out_a_night_lay_it_out_once(siblings: SimulatedSiblings) -> None:
    night = begin_night(uuid4(), timezone.now())

    assert schedule_dates(night) == schedule_dates(night)

    clusters = {tuple(night_date.region_ids) for night_date in night.dates.all()}
    assert night.dates.count() == 2 * len(clusters)
    assert len({UUID(region) for regions in clusters for region in regions}) == 6


def test_a_date_that_somebody_else_planned_says_whose_run_it_was(night: Night) -> None:
    claim = claim_next(night.pk, 0)
    assert claim

    complete_date(claim, run_id=(run_id := uuid4()), is_joined=True)

    joined = dates_of(night)[0]
    assert (joined.is_joined, joined.run_id, joined.status) == (True, run_id, NightDate.Status.COMPLETED)


def test_operations_see_how_the_last_night_went(night: Night) -> None:
    finish(night, 0)

    [gauge] = [metric for metric in optimization_gauges() if metric.name == "optimization_night_dates"]

    assert {sample.labels["status"]: sample.value for sample in gauge.samples} == {
        "PENDING": 2,
        "RUNNING": 0,
        "COMPLETED": 2,
        "FAILED": 0,
    }
