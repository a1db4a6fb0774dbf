"""What a plan leaves as it was is judged on the facts of the plan, and what it changed not a second time."""

from collections.abc import Mapping
from datetime import date
from uuid import UUID, uuid4

import pytest

from conflicts.models import ScheduleConflict
from conflicts.monitoring.services import detect_in_unchanged
from conflicts.monitoring.store import StoredConflicts
from scheduling.daily_schedules.changes import Change
from scheduling.daily_schedules.drafts import Draft
from scheduling.daily_schedules.writer import write_daily_schedules
from scheduling.rules import Facts
from tests.conflicts.factories import put
from tests.factories import DISPATCHER, REGION_ID, TOMORROW, TrailFactory, facts_of

ELSEWHERE = uuid4()
CLOSED = TrailFactory(status="CLOSED")
FACTS = facts_of(trails=[CLOSED])

pytestmark = pytest.mark.django_db


def judged_after(*changed: UUID, facts: Facts = FACTS, region: UUID = REGION_ID) -> StoredConflicts:
    """What is found beside a write that gives these departures more places."""
    found: list[StoredConflicts] = []

    def edit(drafts: Mapping[date, Draft]) -> None:
        for key in changed:
            drafts[TOMORROW].document.departures[key].capacity += 1

    def after_write(changes: Mapping[date, Change]) -> None:
        found.append(detect_in_unchanged(changes, TOMORROW, facts, {region}))

    write_daily_schedules([TOMORROW], edit, author=DISPATCHER, after_write=after_write)
    return found[-1]


def concerned() -> set[str]:
    return {key for conflict in ScheduleConflict.objects.open() for key in conflict.details["departure_ids"]}


def test_a_departure_that_a_write_left_as_it_was_meets_what_is_new() -> None:
    changed, left = uuid4(), uuid4()
    for key in (changed, left):
        put(key, trail_id=CLOSED.id)

    judged_after(changed)

    assert concerned() == {str(left)}


def test_what_a_write_changed_was_judged_with_it() -> None:
    changed = uuid4()
    put(changed, trail_id=CLOSED.id)

    assert judged_after(changed) == StoredConflicts()


def test_where_a_write_changed_nothing_all_of_the_regions_are_judged_and_no_others() -> None:
    here, there = uuid4(), uuid4()
    put(here, trail_id=CLOSED.id)
    put(there, trail_id=CLOSED.id, region_id=ELSEWHERE)

    judged_after()

    assert concerned() == {str(here)}
