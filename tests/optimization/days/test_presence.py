"""While an optimizer works on a date, readers of the date see its presence."""

from collections.abc import Callable
from datetime import date, timedelta
from types import ModuleType
from typing import Any
from uuid import UUID

import pytest
from django.test import Client

from optimization.days import inputs
from optimization.days.clusters import clusters_of
from optimization.days.services import optimize_day, take_planning_snapshot
from optimization.requests.processing import process_request
from scheduling.daily_schedules.authors import Author, AuthorKind
from scheduling.daily_schedules.presence import OptimizerPresence, first_optimizer_of
from scheduling.domain.facts import Snapshot
from scheduling.models import DailySchedule, ScheduleRequest
from tests.optimization.requests.test_processing import submit
from tests.siblings import SimulatedSiblings
from tests.tokens import bearer

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("nobody_optimizes")]

NIGHT = Author(AuthorKind.NIGHTLY_OPTIMIZATION, "optimizer")


@pytest.fixture
def cluster(siblings: SimulatedSiblings) -> frozenset[UUID]:
    """Regions of tomorrow that are staffed."""
    regions = clusters_of(take_planning_snapshot(tomorrow(siblings), None))[0]
    optimize_day(tomorrow(siblings), regions, author=NIGHT)
    return regions


def tomorrow(siblings: SimulatedSiblings) -> date:
    return siblings.today + timedelta(days=1)


def look_while_solving(monkeypatch: pytest.MonkeyPatch, module: ModuleType, look: Callable[[], object]) -> list[Any]:
    """Return what `look` returns each time between a plan and its storing."""
    read, seen = module.with_availability_notes, list[Any]()

    def read_late(*arguments: Any, **options: Any) -> Snapshot:
        seen.append(look())
        return read(*arguments, **options)

    monkeypatch.setattr(module, "with_availability_notes", read_late)
    return seen


def test_a_reader_sees_who_optimizes_the_date_until_it_is_done(
    siblings: SimulatedSiblings, cluster: frozenset[UUID], client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    day = tomorrow(siblings)

    def read() -> str | None:
        response = client.get(f"/scheduling/v1/daily-schedules/{day}", headers=bearer())
        assert response.status_code == 200
        return response.headers.get("X-Being-Optimized-By")

    seen = look_while_solving(monkeypatch, inputs, read)

    optimize_day(day, cluster, author=NIGHT)

    assert seen == ["optimizer (nightly optimization)"]
    assert read() is None


def test_a_run_and_its_regions_are_shown_and_a_dry_run_is_not(
    siblings: SimulatedSiblings, cluster: frozenset[UUID], monkeypatch: pytest.MonkeyPatch
) -> None:
    day = tomorrow(siblings)
    seen: list[OptimizerPresence | None] = look_while_solving(monkeypatch, inputs, lambda: first_optimizer_of(day))

    run = optimize_day(day, cluster, author=NIGHT).run
    optimize_day(day, cluster, author=NIGHT, dry_run=True)

    during_run, during_dry_run = seen
    assert during_run
    assert (during_run.region_ids, during_run.run_id) == (cluster, run.pk)
    assert during_dry_run is None


def test_a_request_is_shown_on_the_date_it_chose_and_on_no_other(
    siblings: SimulatedSiblings, monkeypatch: pytest.MonkeyPatch
) -> None:
    request = submit(siblings, 3)
    days = [siblings.today + timedelta(days=n) for n in (1, 2, 3)]
    seen: list[list[date]] = []

    def look(*_: object) -> None:
        seen.append([day for day in days if first_optimizer_of(day)])

    monkeypatch.setattr("scheduling.daily_schedules.changes.detectors._functions", [look])
    process_request(request.pk)

    chosen = ScheduleRequest.objects.get(pk=request.pk).schedule_date
    assert seen == [[chosen]]
    assert not any(first_optimizer_of(day) for day in days)


def test_without_valkey_a_date_is_optimized_all_the_same(
    siblings: SimulatedSiblings, cluster: frozenset[UUID], settings: Any
) -> None:
    settings.CACHES = settings.CACHES | {
        "default": {**settings.CACHES["default"], "LOCATION": "redis://127.0.0.1:1/0"},
    }
    day = tomorrow(siblings) + timedelta(days=1)

    optimize_day(day, cluster, author=NIGHT)

    assert any(
        departure.team for departure in DailySchedule.objects.get(schedule_date=day).document.departures.values()
    )
