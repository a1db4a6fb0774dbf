"""What waits is counted no further than people care, by an index, however many rows there are."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.db.models import QuerySet
from django.utils import timezone

from conflicts.detection import Severity
from conflicts.models import ScheduleConflict
from events.dead_letters import record_dead_letter
from novatrek_scheduling.console.counts import RowCount, count_all
from novatrek_scheduling.console.home import conflicts as home_conflicts
from novatrek_scheduling.console.home.figures import Figure, queue_figures, waiting_figures
from novatrek_scheduling.console.home.open_rows import KINDS, read_counts
from scheduling.models import Hazard, HazardKind, ScheduleRequest
from tests.conflicts.factories import conflict_of, have_conflicts_of_other_dates
from tests.factories import TOMORROW

pytestmark = pytest.mark.django_db


def figures() -> dict[str, Figure]:
    now = timezone.now()
    counts = read_counts(now, lambda _permission: True)
    found = [*waiting_figures(counts, [], now, lambda _permission: True), *queue_figures(counts)]
    return {figure.key: figure for figure in found}


def test_what_waits_for_somebody_is_counted() -> None:
    now = timezone.now()
    for status in ("PENDING", "PROCESSING", "COMPLETED", "FAILED"):
        ScheduleRequest.objects.create(schedule_date=TOMORROW, requested_by="web", status=status)
    ScheduleRequest.objects.create(
        schedule_date=TOMORROW, requested_by="web", status="FAILED", created_at=now - timedelta(hours=25)
    )
    record_dead_letter(source="a topic", reason="it broke", payload={})
    bear = {"kind": HazardKind.WILDLIFE, "severity": "HIGH", "description": "bear", "closes_trails": True}
    Hazard.objects.create(hazard_id=uuid4(), starts_at=now, **bear)
    Hazard.objects.create(hazard_id=uuid4(), starts_at=now, released_at=now, **bear)

    counted = figures()

    assert (str(counted["requests"].count), counted["requests"].note) == (
        "2",
        "1 waiting, 1 being planned, 1 failed in 24 hours",
    )
    assert counted["requests"].look is not None
    assert (str(counted["hazards"].count), counted["hazards"].note) == ("1", "1 closing trails")
    assert str(counted["dead"].count) == "1"
    assert (str(counted["plans"].count), counted["plans"].note) == ("0", "nothing under way")
    assert counted["plans"].look is None


def test_open_conflicts_are_counted_by_severity() -> None:
    for severity in (Severity.CRITICAL, Severity.CRITICAL, Severity.LOW):
        conflict_of(severity=severity)

    counts = read_counts(timezone.now(), lambda permission: permission == "conflicts.view_scheduleconflict")

    assert {severity: counts[severity].number for severity in Severity} == {
        Severity.CRITICAL: 2,
        Severity.HIGH: 0,
        Severity.MEDIUM: 0,
        Severity.LOW: 1,
    }
    assert counts.keys() == set(Severity)


def test_a_count_ends_where_nobody_cares_any_more() -> None:
    for _ in range(3):
        record_dead_letter(source="a topic", reason="it broke", payload={})
    rows = KINDS["dead"].at(timezone.now())

    assert str(count_all({"dead": rows}, most=2)["dead"]) == "2+"
    assert str(count_all({"dead": rows}, most=3)["dead"]) == "3"
    assert str(RowCount.up_to(12_345)) == "1,000+"
    assert count_all({}) == {}


def test_a_date_with_very_many_conflicts_is_read_as_far_as_a_page_needs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(home_conflicts, "MOST_OF_A_DATE", 1)
    region = uuid4()
    for severity in (Severity.CRITICAL, Severity.CRITICAL, Severity.CRITICAL, Severity.LOW):
        conflict_of(severity=severity, region_id=str(region))

    dated = home_conflicts.read_dated([TOMORROW])

    assert len(dated.all) == 3
    assert [str(line.count) for line in dated.by_severity(TOMORROW, region)] == ["2+", "1"]


def plan_of(rows: QuerySet[Any, Any]) -> str:
    """Return how many rows would be read: few are read sooner without an index, and sorted."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off; SET LOCAL enable_sort = off")
    return str(rows.values("pk")[:1001].explain())


@pytest.mark.parametrize("kind", ["pending", "failed", "runs", "unsent", "retried", "dead", "risks", "hazards"])
def test_many_rows_are_counted_by_an_index_up_to_the_bound(kind: str) -> None:
    plan = plan_of(KINDS[kind].at(timezone.now()).order_by())

    assert plan.startswith("Limit")
    assert "Index" in plan
    assert "Seq Scan" not in plan


@pytest.mark.parametrize(
    ("rows", "index"),
    [
        (ScheduleConflict.objects.open().ranked(Severity.HIGH), "idx_conflict_queue"),
        (ScheduleConflict.objects.open().on(TOMORROW).ranked(Severity.HIGH), "idx_conflict_open_of_date"),
    ],
    ids=["of all dates", "of one date"],
)
def test_conflicts_are_read_in_the_order_of_an_index_in_which_resolved_ones_are_apart(
    rows: QuerySet[Any, Any], index: str
) -> None:
    conflict_of()
    have_conflicts_of_other_dates()

    plan = plan_of(rows)

    [condition] = [line for line in plan.splitlines() if "Index Cond" in line]
    assert f"Index Scan using {index}" in plan
    assert "Sort" not in plan
    assert "CASE" in condition
    assert "Filter" not in plan
