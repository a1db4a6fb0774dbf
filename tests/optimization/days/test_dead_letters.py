"""A date under lasting contention: operations is alerted of its guides, and may have it planned again."""

from collections.abc import Callable
from datetime import timedelta
from itertools import count
from typing import Any
from uuid import UUID, uuid4

import pytest

from events.dead_letters import ReplayFailed, record_dead_letter, replay
from events.models import DeadLetter, OutboxMessage
from optimization.days import inputs
from optimization.days.dead_letters import DEAD_LETTER_SOURCE, record_failed_optimization
from optimization.days.services import optimize_day
from optimization.models import OptimizationRun, RunStatus
from optimization.tasks import optimize_cluster_task, optimize_region_task
from scheduling.daily_schedules.authors import Author, AuthorKind
from scheduling.domain.facts import Snapshot
from scheduling.errors import ContentionNotResolved
from scheduling.metrics import schedule_write_retries, schedule_writes_exhausted
from tests.factories import TOMORROW
from tests.scheduling.requests.queues import queued
from tests.scheduling.writes import change, stored
from tests.siblings import SimulatedSiblings

NIGHT = Author(AuthorKind.NIGHTLY_OPTIMIZATION, "optimizer", "night")


@pytest.fixture
def contended(siblings: SimulatedSiblings, monkeypatch: pytest.MonkeyPatch) -> tuple[UUID, str]:
    """A region of tomorrow, one staffed departure of which changes after each plan; and that departure's lead."""
    regions = siblings.call("svc-trip-catalog", "/regions").json()
    region = UUID((regions["data"] if isinstance(regions, dict) else regions)[0]["id"])
    optimize_day(TOMORROW, [region], author=NIGHT)
    key, departure = next((key, departure) for key, departure in stored().items() if departure.team)
    whenever(monkeypatch, lambda turn: change(key, capacity=departure.capacity + turn))
    return region, departure.team[0].guide_name


def whenever(monkeypatch: pytest.MonkeyPatch, happens: Callable[[int], None]) -> None:
    """Let something happen between each plan and its storing."""
    read, turns = inputs.with_availability_notes, count(1)

    def read_late(*arguments: Any, **options: Any) -> Snapshot:
        happens(next(turns))
        return read(*arguments, **options)

    monkeypatch.setattr(inputs, "with_availability_notes", read_late)


def alerted_variables() -> list[dict[str, str]]:
    alerts = OutboxMessage.objects.filter(kind="operations.alert").order_by("pk")
    return [alert.payload["body"]["variables"] for alert in alerts]


@pytest.mark.django_db
def test_a_date_that_exhausts_its_tries_is_a_dead_letter_that_names_the_guides(contended: tuple[UUID, str]) -> None:
    region, lead = contended

    optimize_cluster_task([str(TOMORROW)], [str(region)], "nightly optimization", "night")

    [dead_letter] = DeadLetter.objects.filter(source=DEAD_LETTER_SOURCE)
    assert dead_letter.payload["region_ids"] == [str(region)]
    assert lead in dead_letter.payload["guide_names"]
    [variables] = alerted_variables()
    assert (variables["key"], lead in variables["guides"]) == (str(TOMORROW), True)
    assert OptimizationRun.objects.filter(status=RunStatus.FAILED).count() == 1


@pytest.mark.django_db
def test_each_replan_is_a_retry_and_the_last_exhausts_the_retries(contended: tuple[UUID, str]) -> None:
    retries, exhausted = schedule_write_retries._value.get(), schedule_writes_exhausted._value.get()

    with pytest.raises(ContentionNotResolved) as contention:
        optimize_day(TOMORROW, [contended[0]], author=NIGHT)

    assert contention.value.guide_names == (contended[1],)
    assert schedule_write_retries._value.get() - retries >= 3
    assert schedule_writes_exhausted._value.get() - exhausted == 1


@pytest.mark.django_db(transaction=True)
def test_a_region_is_retried_three_times_before_it_becomes_a_dead_letter(contended: tuple[UUID, str]) -> None:
    optimize_region_task.apply(args=(str(TOMORROW), str(contended[0])))

    assert OptimizationRun.objects.filter(status=RunStatus.FAILED).count() == 4
    [dead_letter] = DeadLetter.objects.filter(source=DEAD_LETTER_SOURCE)
    assert contended[1] in dead_letter.payload["guide_names"]


def failed_optimization(offset: int = 0) -> DeadLetter:
    contention = ContentionNotResolved("Others kept changing it.", ["Ben", "Ana"])
    return record_failed_optimization(TOMORROW + timedelta(days=offset), [uuid4()], NIGHT, contention)


@pytest.mark.django_db
def test_a_replay_queues_the_optimization_again() -> None:
    dead_letter = failed_optimization()
    queued("optimization")

    replay(dead_letter, by="ana")

    [(_, arguments)] = queued("optimization")
    region_ids = dead_letter.payload["region_ids"]
    assert arguments == [[str(TOMORROW)], region_ids, "nightly optimization", "night"]
    assert alerted_variables()[0]["guides"] == "Ana, Ben"


@pytest.mark.django_db
def test_a_date_that_is_over_is_not_planned_again() -> None:
    dead_letter = failed_optimization(-3)

    with pytest.raises(ReplayFailed, match="is over"):
        replay(dead_letter, by="ana")

    dead_letter.refresh_from_db()
    assert dead_letter.is_open


@pytest.mark.django_db
def test_a_dead_letter_that_names_no_date_is_not_replayed() -> None:
    dead_letter = record_dead_letter(source=DEAD_LETTER_SOURCE, reason="by hand", payload={})

    with pytest.raises(ReplayFailed, match="discard it"):
        replay(dead_letter, by="ana")
