"""Dates that were planned on gaps are queued once, by whoever looks first, when their siblings answer again."""

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from optimization.days.healing import LOST_AFTER, SETTLED_AFTER, plan_gaps_again
from optimization.days.services import optimize_day
from optimization.models import OptimizationRun, RunDetail, RunStatus
from scheduling.daily_schedules.authors import Author, AuthorKind
from scheduling.siblings.errors import SiblingUnavailable
from tests.factories import TOMORROW
from tests.scheduling.requests.queues import queued
from tests.siblings import SimulatedSiblings

WEATHER = {"unknown": {"svc-weather": "svc-weather did not answer"}}
NO_GAPS: dict[str, Any] = {"unknown": {}, "left_out": []}


@pytest.fixture(autouse=True)
def _an_empty_queue() -> None:
    queued("optimization")


def run_with(
    siblings: SimulatedSiblings,
    inputs: Mapping[str, Any] = WEATHER,
    *,
    regions: int = 1,
    minutes_ago: int = 10,
    **fields: Any,
) -> OptimizationRun:
    started_at = timezone.now() - timedelta(minutes=minutes_ago)
    run = OptimizationRun.objects.create(
        **({"schedule_date": TOMORROW, "status": RunStatus.COMPLETED, "started_at": started_at} | fields)
    )
    region_ids = sorted(siblings.summary()["region_ids"][:regions])
    RunDetail.objects.create(run=run, subject=RunDetail.Subject.DAY, region_ids=region_ids, inputs=dict(inputs))
    return run


def dates_queued() -> list[list[str]]:
    return [arguments[0] for _, arguments in queued("optimization")]


@pytest.mark.django_db
def test_a_date_is_queued_once_and_again_only_if_its_message_was_lost(siblings: SimulatedSiblings) -> None:
    run_with(siblings)
    now = timezone.now()

    assert plan_gaps_again(now) == 1
    assert dates_queued() == [[f"{TOMORROW}"]]
    assert plan_gaps_again(now + timedelta(minutes=2)) == 0
    assert plan_gaps_again(now + LOST_AFTER + timedelta(minutes=1)) == 1


@pytest.mark.django_db
def test_dates_of_the_same_regions_go_one_after_another(siblings: SimulatedSiblings) -> None:
    for offset in (2, 0, 1):
        run_with(siblings, schedule_date=TOMORROW + timedelta(days=offset))

    plan_gaps_again(timezone.now())

    assert dates_queued() == [[f"{TOMORROW + timedelta(days=offset)}" for offset in range(3)]]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("inputs", "regions", "status", "count"),
    [
        (NO_GAPS, 1, RunStatus.COMPLETED, 0),
        (NO_GAPS, 2, RunStatus.COMPLETED, 0),
        (NO_GAPS, 1, RunStatus.RUNNING, 0),
        (NO_GAPS, 1, RunStatus.FAILED, 1),
        (WEATHER, 1, RunStatus.COMPLETED, 1),
    ],
    ids=["planned since", "planned since with others", "being planned", "refused since", "on gaps again"],
)
def test_the_latest_run_decides(
    siblings: SimulatedSiblings, inputs: Mapping[str, Any], regions: int, status: RunStatus, count: int
) -> None:
    run_with(siblings, minutes_ago=20)
    run_with(siblings, inputs, regions=regions, status=status)

    assert plan_gaps_again(timezone.now()) == count


@pytest.mark.django_db
def test_what_is_over_too_young_or_still_unknown_is_left_alone(siblings: SimulatedSiblings) -> None:
    run_with(siblings, schedule_date=TOMORROW - timedelta(days=2))
    young = run_with(siblings, minutes_ago=1)
    left_out = {"sibling": "svc-guide-management", "kind": "guide", "id": siblings.summary()["guide_ids"][0]}
    sick = run_with(siblings, {"left_out": [left_out]}, schedule_date=TOMORROW + timedelta(days=1))
    siblings.alter("guides", left_out["id"], max_group_size=-1)

    assert plan_gaps_again(timezone.now()) == 0
    assert dates_queued() == []
    checked = dict(RunDetail.objects.values_list("pk", "gaps_checked_at"))
    assert (checked[young.pk] is None, checked[sick.pk] is None) == (True, False)
    assert plan_gaps_again(timezone.now() + SETTLED_AFTER) == 1


@pytest.mark.django_db
def test_a_run_that_failed_for_a_silent_sibling_says_so(siblings: SimulatedSiblings) -> None:
    siblings.switch("svc-guide-management", "down")

    with pytest.raises(SiblingUnavailable):
        optimize_day(TOMORROW, [], author=Author(AuthorKind.OPTIMIZATION, "optimizer", "night"))

    assert list(RunDetail.objects.get().inputs["unknown"]) == ["svc-guide-management"]


@pytest.mark.django_db(transaction=True)
def test_two_beats_at_once_queue_a_date_once(siblings: SimulatedSiblings) -> None:
    run_with(siblings)
    together, now = Barrier(2), timezone.now()

    def look() -> int:
        together.wait(timeout=5)
        try:
            return plan_gaps_again(now)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        counts = [pool.submit(look) for _ in range(2)]

    assert sorted(count.result() for count in counts) == [0, 1]
    assert len(dates_queued()) == 1
