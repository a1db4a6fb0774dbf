"""Two writers of one date, 47 ms apart, lost each other's work. Real connections, stopped where it hurts."""

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from functools import partial
from threading import Barrier
from typing import TypeVar
from uuid import UUID

import pytest
from django.db import connection

from optimization.days.services import optimize_day
from optimization.days.storing import DayOptimization
from optimization.models import OptimizationRun, RunStatus
from optimization.requests import inputs
from scheduling.daily_schedules.authors import Author, AuthorKind
from scheduling.models import ScheduleRequest, ScheduleRevision
from tests.ntk_10004.incident import (
    Incident,
    Pause,
    group_size_override,
    medical_restriction,
    once_before_storing,
    pause_before_storing,
    vacation,
)

T = TypeVar("T")

pytestmark = pytest.mark.django_db(transaction=True)


def in_thread(pool: ThreadPoolExecutor, work: Callable[[], T]) -> "Future[T]":
    """Work on a connection of its own."""

    def run() -> T:
        try:
            return work()
        finally:
            connection.close()

    return pool.submit(run)


@contextmanager
def stopped_while_solving(pause: Pause, work: Callable[[], object]) -> Iterator["Future[object]"]:
    """What happens in the block happens after the plan was made and before it is stored."""
    with ThreadPoolExecutor(1) as pool:
        running = in_thread(pool, work)
        try:
            assert pause.reached.wait(timeout=60)
            yield running
        finally:
            pause.go_on.set()
        running.result(timeout=60)


@pytest.mark.parametrize("by_night", [True, False])
def test_what_a_guide_enters_while_an_optimizer_solves_survives_and_is_honoured(
    scene: Incident, monkeypatch: pytest.MonkeyPatch, by_night: bool
) -> None:
    key, departure = scene.staffed()[0]
    guide = departure.team[0].guide_id
    optimize = scene.optimize_at_night if by_night else scene.optimize_on_demand

    with stopped_while_solving(pause_before_storing(monkeypatch), optimize):
        scene.guides_enter(guide, vacation(scene.day))
        entered = scene.entered

    assert scene.entered == entered
    assert guide not in scene.departures[key].guide_ids
    assert OptimizationRun.objects.latest("started_at").status == RunStatus.COMPLETED


def test_several_guides_who_enter_something_while_an_optimizer_solves_are_all_honoured(
    scene: Incident, monkeypatch: pytest.MonkeyPatch
) -> None:
    away, restricted, overridden = (departure for _, departure in scene.staffed()[:3])
    ids = [departure.team[0].guide_id for departure in (away, restricted, overridden)]

    with stopped_while_solving(pause_before_storing(monkeypatch), scene.optimize_at_night):
        scene.guides_enter(ids[0], vacation(scene.day))
        scene.guides_enter(ids[1], medical_restriction(restricted.activity_type))
        scene.guides_enter(ids[2], group_size_override(0))

    assert set(scene.entered) == {str(guide) for guide in ids}
    assert not scene.led_by(ids[0])
    assert restricted.activity_type not in {led.activity_type for led in scene.led_by(ids[1]).values()}
    assert all(len(led.team) > 1 for led in scene.led_by(ids[2]).values())


def test_what_a_guide_enters_while_a_request_is_answered_survives_and_is_honoured(
    scene: Incident, monkeypatch: pytest.MonkeyPatch
) -> None:
    key, joined = scene.joined_by_a_request()
    guide = joined.team[0].guide_id
    pause = pause_before_storing(monkeypatch, module=inputs)

    with stopped_while_solving(pause, lambda: scene.request(joined.trip_id)):
        scene.guides_enter(guide, vacation(scene.day))
        entered = scene.entered

    answered = ScheduleRequest.objects.select_related("outcome").latest("created_at")
    assert scene.entered == entered
    assert str(guide) not in str(answered.outcome.result)
    assert answered.outcome.departure_id == key
    assert guide not in scene.departures[key].guide_ids


def test_two_regions_optimizing_one_date_at_the_same_moment_both_keep_their_work(
    scene: Incident, monkeypatch: pytest.MonkeyPatch
) -> None:
    unplanned = replace(scene, day=scene.day + timedelta(days=1))
    unplanned.guides_enter(scene.staffed()[0][1].team[0].guide_id, vacation(unplanned.day))
    entered = unplanned.entered
    both_have_their_plan = Barrier(2)
    once_before_storing(monkeypatch, lambda: both_have_their_plan.wait(timeout=60), times=2)

    with ThreadPoolExecutor(2) as pool:
        running = [in_thread(pool, partial(optimize, unplanned, region)) for region in sorted(scene.cluster)[:2]]
        first, second = (optimized.result(timeout=120) for optimized in running)

    assert unplanned.entered == entered
    assert {key: departure.team for key, departure in unplanned.departures.items()} == {
        key: departure.team for key, departure in {**first.planned, **second.planned}.items()
    }
    assert all(any(departure.team for departure in region.planned.values()) for region in (first, second))
    by_run = ScheduleRevision.objects.filter(schedule_date=unplanned.day, run_id__isnull=False)
    assert set(by_run.values_list("run_id", flat=True)) == {first.run.pk, second.run.pk}
    assert unplanned.schedule.rev == 2 + by_run.count()


def optimize(scene: Incident, region: UUID) -> DayOptimization:
    return optimize_day(scene.day, [region], author=Author(AuthorKind.OPTIMIZATION, "optimizer", f"region {region}"))
