from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone

from conflicts.detection import Severity
from conflicts.models import MonitorPass
from conflicts.monitoring.passes import begin_pass, complete_pass
from events.dead_letters import record_dead_letter
from events.outbox import record
from scheduling.domain.document import DepartureStatus
from scheduling.models import Hazard, HazardKind, ScheduleRequest
from tests.conflicts.factories import conflict_of
from tests.factories import TOMORROW, DepartureFactory, TeamMemberFactory
from tests.novatrek_scheduling.console.people import signed_in
from tests.novatrek_scheduling.console.rows import a_run
from tests.scheduling.writes import put

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("groups")]

TODAY = TOMORROW - timedelta(days=1)
AtMost = Callable[[int], AbstractContextManager[Any]]


def home() -> Any:
    return signed_in("Dispatcher").get("/admin/").context


def figures() -> dict[str, tuple[int, str]]:
    return {figure["title"]: (figure["count"], figure["details"]) for figure in home()["figures"]}


def test_a_day_says_who_goes_and_who_still_needs_a_guide() -> None:
    led = DepartureFactory(team=[TeamMemberFactory()], participants=8, status=DepartureStatus.PUBLISHED)
    alone = DepartureFactory(trip_name="Canyon descent", participants=5)
    called_off = DepartureFactory(status=DepartureStatus.CANCELLED)
    put({uuid4(): led, uuid4(): alone, uuid4(): called_off})

    _today, tomorrow = home()["days"]

    assert (tomorrow["staffed"], tomorrow["going"], tomorrow["percentage"]) == (1, 2, 50)
    assert (tomorrow["served"], tomorrow["guests"], tomorrow["guides"]) == (8, 13, 1)
    assert tomorrow["statuses"] == ["1 draft", "1 published", "1 cancelled"]
    assert [line.split(",")[0] for line in tomorrow["unstaffed"]] == ["09:00 Canyon descent"]


def test_a_date_without_a_plan_says_so() -> None:
    page = signed_in("Auditor").get("/admin/").content.decode()

    assert page.count("Nothing is planned yet.") == 2


def test_open_conflicts_are_counted_by_severity() -> None:
    conflict_of(severity=Severity.LOW)
    conflict_of(severity=Severity.CRITICAL)
    conflict_of(severity=Severity.CRITICAL)

    assert figures()["Open conflicts"] == (3, "2 critical, 1 low")


def test_what_waits_for_somebody_is_counted() -> None:
    now = timezone.now()
    for status in ("PENDING", "PROCESSING", "COMPLETED", "FAILED"):
        ScheduleRequest.objects.create(schedule_date=TOMORROW, requested_by="web", status=status)
    record_dead_letter(source="a topic", reason="it broke", payload={})
    record(destination="svc-test", key="a", kind="test", payload={})
    bear = {"kind": HazardKind.WILDLIFE, "severity": "HIGH", "description": "bear", "closes_trails": True}
    Hazard.objects.create(hazard_id=uuid4(), starts_at=now, **bear)
    Hazard.objects.create(hazard_id=uuid4(), starts_at=now, released_at=now, **bear)

    counted = figures()

    assert counted["Open requests"] == (2, "1 pending, 1 processing, 1 failed in 24 h")
    assert counted["Hazards in force"] == (1, "1 closing trails")
    assert counted["Dead letters"] == (1, "1 source")
    assert counted["Messages to send"][0] >= 1


def test_the_monitors_say_when_they_last_saw_everything() -> None:
    begun = begin_pass(timezone.now() - timedelta(seconds=5))
    assert begun
    complete_pass(begun.pk, not_read=[])

    monitors = home()["monitors"]

    assert monitors["text"] == "Monitors: last complete pass 0\xa0minutes ago"
    assert not monitors["is_pressing"]


def test_monitors_that_have_not_seen_everything_for_long_are_a_warning(settings: Any) -> None:
    begun = begin_pass(timezone.now())
    assert begun
    complete_pass(begun.pk, not_read=[])
    long_ago = timezone.now() - timedelta(seconds=4 * settings.MONITOR_INTERVAL_SECONDS)
    MonitorPass.objects.update(completed_at=long_ago)

    assert home()["monitors"]["is_pressing"]


def test_what_the_last_pass_did_not_read_is_shown() -> None:
    for not_read in ([], ["svc-weather did not answer; not known: the weather of Rainier."]):
        begun = begin_pass(timezone.now())
        assert begun
        complete_pass(begun.pk, not_read=not_read)

    page = signed_in("Auditor").get("/admin/").content.decode()

    assert "not known: the weather of Rainier" in page
    assert "not everything is watched" in page


def test_who_may_see_nothing_is_told_whom_to_ask() -> None:
    page = signed_in().get("/admin/")

    assert "ask for the group" in page.content.decode()
    assert "days" not in page.context
    assert "runs" not in page.context


def test_a_full_house_takes_as_few_queries_as_an_empty_one(django_assert_max_num_queries: AtMost) -> None:
    for day in (TODAY, TOMORROW):
        put({uuid4(): DepartureFactory() for _ in range(20)}, day)
        for _ in range(10):
            a_run(day)
    for _ in range(10):
        conflict_of()
        record_dead_letter(source=str(uuid4()), reason="it broke", payload={})
    person = signed_in("Operations manager")

    with django_assert_max_num_queries(15):
        assert person.get("/admin/").status_code == 200
