"""The queue of open conflicts."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from conflicts.detection import Cause, ConflictType, Severity
from conflicts.models import ScheduleConflict
from novatrek_scheduling.console.review.filters import Filters
from novatrek_scheduling.console.review.queue import PAGE_SIZE, Tally, next_open, read_queue
from scheduling.models import DailySchedule
from tests.conflicts.factories import IN_THREE_DAYS, conflict_of
from tests.factories import REGION_ID, TOMORROW, at
from tests.novatrek_scheduling.console.people import signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("groups")]


def many(number: int, schedule: DailySchedule, **details: Any) -> None:
    stored = {
        "severity": Severity.LOW,
        "cause": Cause.DEPARTURE_CAPACITY,
        "description": "Too many guests.",
        "conflict_date": schedule.schedule_date.isoformat(),
        "departure_ids": [],
        "evidence": {"told": {}, "read_at": {}, "digest": "none"},
    }
    ScheduleConflict.objects.bulk_create(
        ScheduleConflict(
            schedule=schedule,
            conflict_type=ConflictType.CAPACITY_EXCEEDED,
            details=stored | {"fingerprint": str(uuid4())} | details,
            detected_at=at(9) + timedelta(seconds=n),
        )
        for n in range(number)
    )


def aged(severity: Severity, hours: int, **details: Any) -> ScheduleConflict:
    conflict = conflict_of(severity=severity, **details)
    conflict.detected_at = at(9) - timedelta(hours=hours)
    conflict.save(update_fields=["detected_at"])
    return conflict


def counts(tallies: Iterable[Tally]) -> dict[str, str]:
    return {str(tally.word): str(tally.count) for tally in tallies}


def test_the_most_severe_come_first_and_of_them_the_oldest() -> None:
    low, young, old = aged(Severity.LOW, 9), aged(Severity.HIGH, 1), aged(Severity.HIGH, 5)

    queue = read_queue(Filters())

    assert [entry.id for entry in queue.entries] == [old.pk, young.pk, low.pk]
    assert queue.current == old.pk
    assert (queue.before, queue.after and queue.after.id) == (None, young.pk)


def test_counts_are_of_what_the_other_filters_leave() -> None:
    aged(Severity.LOW, 1, region_id=str(REGION_ID))
    aged(Severity.HIGH, 1, region_id=str(REGION_ID))
    aged(Severity.HIGH, 1, region_id=str(uuid4()))

    queue = read_queue(Filters(region_id=REGION_ID, severity=Severity.HIGH))

    assert str(queue.total) == "1"
    assert counts(queue.severities) == {"Critical": "0", "High": "1", "Medium": "0", "Low": "1"}
    assert counts(queue.kinds)["Capacity"] == "1"


def test_a_date_filters_and_what_cannot_be_read_does_not() -> None:
    conflict_of(TOMORROW)
    later = conflict_of(IN_THREE_DAYS)

    of_date = read_queue(Filters.of({"date": IN_THREE_DAYS.isoformat(), "severity": "DIRE", "region": "here"}))

    assert [entry.id for entry in of_date.entries] == [later.pk]


def test_neighbours_are_found_over_the_edge_of_a_page() -> None:
    first = conflict_of()
    many(PAGE_SIZE + 2, first.schedule)
    last_of_page = read_queue(Filters()).entries[-1].id

    queue = read_queue(Filters(), last_of_page)
    following = read_queue(Filters(), queue.after and queue.after.id)

    assert (queue.number, following.number) == (1, 2)
    assert following.before is not None
    assert following.before.id == last_of_page


def test_after_the_last_one_the_first_is_next() -> None:
    first, second, last = aged(Severity.HIGH, 3), aged(Severity.HIGH, 2), aged(Severity.LOW, 2)

    assert next_open(Filters(), first) == second.pk
    assert next_open(Filters(), last) == first.pk


def test_thousands_take_as_many_queries_as_one(django_assert_max_num_queries: DjangoAssertNumQueries) -> None:
    many(4000, conflict_of().schedule)
    auditor = signed_in("Auditor")

    with django_assert_max_num_queries(16):
        page = auditor.get(reverse("console:review"))

    assert len(page.context["queue"].entries) == PAGE_SIZE


def test_of_each_severity_the_first_thousand_are_counted_and_can_be_reached() -> None:
    worst = aged(Severity.CRITICAL, 1)
    many(1100, worst.schedule)

    queue = read_queue(Filters())
    last = read_queue(Filters(), number=queue.pages)

    assert (str(queue.total), counts(queue.severities)["Low"]) == ("1,001+", "1,000+")
    assert counts(queue.kinds)["Capacity"].endswith("+")
    assert queue.entries[0].id == worst.pk
    assert (queue.pages, len(last.entries), last.after) == (26, 1, None)


def test_where_nothing_is_open_the_page_says_so() -> None:
    assert "Nothing is open" in signed_in("Auditor").get(reverse("console:review")).content.decode()
