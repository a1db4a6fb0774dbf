"""Two optimizations of the same date and regions: one plans, the other waits and joins its run."""

from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import UUID, uuid4

import pytest

from optimization.days.services import optimize_day
from optimization.days.storing import DayOptimization
from optimization.models import OptimizationRun, RunDetail, RunJoin, RunStatus
from optimization.runs.lifecycle import fail_run, start_run
from scheduling.daily_schedules import presence
from scheduling.daily_schedules.authors import Author, AuthorKind
from scheduling.daily_schedules.presence import announce_presence, first_optimizer_of
from tests.factories import TOMORROW
from tests.scheduling.writes import change, stored
from tests.siblings import SimulatedSiblings

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("nobody_optimizes")]

ANA = Author(AuthorKind.OPTIMIZATION, "ana")
Meanwhile = Callable[[Callable[[], object]], None]


@pytest.fixture
def region(siblings: SimulatedSiblings) -> UUID:
    """A region of tomorrow that is staffed."""
    regions = siblings.call("svc-trip-catalog", "/regions").json()
    region = UUID((regions["data"] if isinstance(regions, dict) else regions)[0]["id"])
    optimize_day(TOMORROW, [region], author=ANA)
    return region


@pytest.fixture
def while_it_waits(monkeypatch: pytest.MonkeyPatch) -> Meanwhile:
    """Let something happen at the first poll of a caller that waits for a run; time itself does not pass."""
    happening: list[Callable[[], object]] = []

    def sleep(_: float) -> None:
        while happening:
            happening.pop()()

    monkeypatch.setattr("optimization.runs.coalescing.sleep", sleep)
    return happening.append


def under_way(region: UUID, **terms: Any) -> OptimizationRun:
    return start_run(TOMORROW, subject=RunDetail.Subject.DAY, region_ids=[region], **terms)


def optimize_while(run: OptimizationRun, region: UUID, *, day: date = TOMORROW, **terms: Any) -> DayOptimization:
    """Optimize the region while `run` announces its presence there."""
    with announce_presence(day, [region], by="the night", run_id=run.pk):
        return optimize_day(day, [region], author=ANA, **terms)


def complete(run: OptimizationRun) -> None:
    OptimizationRun.objects.filter(pk=run.pk).update(status=RunStatus.COMPLETED)


def own_runs(joined: OptimizationRun) -> int:
    return OptimizationRun.objects.exclude(pk=joined.pk).count() - 1


def test_the_second_of_two_waits_for_the_first_and_names_the_run_it_joined(
    region: UUID, while_it_waits: Meanwhile
) -> None:
    run = under_way(region)
    while_it_waits(lambda: complete(run))

    optimized = optimize_while(run, region)

    assert (optimized.is_joined, optimized.run.pk) == (True, run.pk)
    assert optimized.planned == stored()
    assert RunJoin.objects.get().by == "ana (optimization)"
    assert own_runs(run) == 0


def test_a_caller_that_waits_announces_no_presence(region: UUID, while_it_waits: Meanwhile) -> None:
    run, seen = under_way(region), list[Any]()

    def look() -> None:
        seen.append([mark.by for mark in presence.optimizers_of(TOMORROW)])
        complete(run)

    while_it_waits(look)
    optimize_while(run, region)

    assert seen == [["the night"]]
    assert first_optimizer_of(TOMORROW) is None


def test_what_the_first_failed_at_the_second_does(region: UUID, while_it_waits: Meanwhile) -> None:
    run = under_way(region)
    while_it_waits(lambda: fail_run(run, "killed"))

    optimized = optimize_while(run, region)

    assert (optimized.is_joined, optimized.run.status) == (False, RunStatus.COMPLETED)
    assert own_runs(run) == 1


def test_what_came_in_too_late_for_the_first_the_second_plans(region: UUID, while_it_waits: Meanwhile) -> None:
    run = under_way(region)
    key = next(key for key, departure in stored().items() if departure.team)

    def come_in() -> None:
        change(key, team=[])
        complete(run)

    while_it_waits(come_in)
    optimized = optimize_while(run, region)

    assert not optimized.is_joined
    assert stored()[key].team


def test_a_run_that_takes_too_long_is_not_waited_for(region: UUID, settings: Any) -> None:
    settings.JOIN_PATIENCE_SECONDS = 0

    assert not optimize_while(under_way(region), region).is_joined


def test_other_regions_or_other_terms_are_other_work(region: UUID, while_it_waits: Meanwhile) -> None:
    elsewhere, on_other_terms = under_way(uuid4()), under_way(region, max_changes=2)
    request = start_run(TOMORROW, subject=RunDetail.Subject.REQUEST)

    for other, regions in ((elsewhere, [uuid4()]), (on_other_terms, [region]), (request, [region])):
        with announce_presence(TOMORROW, regions, by="another", run_id=other.pk):
            assert not optimize_day(TOMORROW, [region], author=ANA).is_joined


def test_a_mark_without_a_run_joins_nobody(region: UUID, while_it_waits: Meanwhile) -> None:
    with announce_presence(TOMORROW, [region], by="somebody", run_id=uuid4()):
        assert not optimize_day(TOMORROW, [region], author=ANA).is_joined


def test_a_dry_run_joins_nobody(region: UUID) -> None:
    assert not optimize_while(under_way(region), region, dry_run=True).is_joined


def test_without_valkey_both_work(region: UUID, settings: Any) -> None:
    settings.CACHES = settings.CACHES | {
        "default": {**settings.CACHES["default"], "LOCATION": "redis://127.0.0.1:1/0"},
    }

    assert not optimize_while(under_way(region), region).is_joined
