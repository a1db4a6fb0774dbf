"""The guards and the history that PostgreSQL enforces for any client, tested in SQL without the application's code."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import uuid4

import pytest
from django.db import DatabaseError, connection, transaction

from scheduling.daily_schedules.authors import Author, AuthorKind
from scheduling.daily_schedules.drafts import Draft
from scheduling.daily_schedules.writer import write_daily_schedules
from scheduling.domain.document import GuideAdjustments
from scheduling.history.revisions import replay
from scheduling.models import DailySchedule, ScheduleRevision, schedule_id_of
from scheduling.models.triggers import GUIDE_MANAGEMENT
from tests.factories import TOMORROW, DepartureFactory
from tests.scheduling.writes import change, put

pytestmark = pytest.mark.django_db

GUIDE = uuid4()


def sql(statement: str, *values: object) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, values)


def refused(statement: str, *values: object) -> str:
    with pytest.raises(DatabaseError) as error:
        sql(statement, *values)
    return str(error.value)


def enter(**entry: Any) -> None:
    def edit(drafts: Mapping[date, Draft]) -> None:
        drafts[TOMORROW].document.guide_adjustments[GUIDE] = GuideAdjustments(**entry)

    owner = Author(AuthorKind.GUIDE_MANAGEMENT, "svc-guide-management")
    write_daily_schedules([TOMORROW], edit, author=owner, principal=GUIDE_MANAGEMENT)


def latest() -> ScheduleRevision:
    revision = ScheduleRevision.objects.order_by("-rev").first()
    assert revision
    return revision


@pytest.mark.parametrize("step", [0, 2, -1])
def test_a_revision_steps_by_one_and_no_other_way(step: int) -> None:
    put({uuid4(): DepartureFactory()})

    assert "must step by one" in refused("UPDATE scheduling.daily_schedules SET _rev = _rev + %s", step)


def test_what_guides_entered_is_changed_by_its_owner_alone() -> None:
    enter(guide_notes="knee")
    emptied = (
        "UPDATE scheduling.daily_schedules SET _rev = _rev + 1, assignments = assignments #- '{guide_adjustments}'"
    )

    assert "belong to svc-guide-management" in refused(emptied)
    assert "would delete what guides entered" in refused("DELETE FROM scheduling.daily_schedules")
    assert "would delete what guides entered" in refused("TRUNCATE scheduling.daily_schedules CASCADE")
    sql("SELECT set_config('scheduling.principal', 'svc-guide-management', true)")
    assert DailySchedule.objects.get().document.guide_adjustments[GUIDE].guide_notes == "knee"


def test_a_row_is_not_born_with_adjustments_that_nobody_entered() -> None:
    document = '{"departures": {}, "guide_adjustments": {"g": {"guide_notes": "none of yours"}}}'
    born = "INSERT INTO scheduling.daily_schedules (schedule_id, schedule_date, assignments, created_at, updated_at)"

    message = refused(f"{born} VALUES (%s, %s, %s, now(), now())", schedule_id_of(TOMORROW), TOMORROW, document)

    assert "belong to svc-guide-management" in message


def test_a_writer_of_ours_cannot_touch_adjustments_either() -> None:
    enter(guide_notes="knee")

    def wipe(drafts: Mapping[date, Draft]) -> None:
        drafts[TOMORROW].document.guide_adjustments.clear()

    with pytest.raises(DatabaseError, match="belong to svc-guide-management"), transaction.atomic():
        write_daily_schedules([TOMORROW], wipe, author=Author(AuthorKind.OPTIMIZATION, "optimizer"))


def test_a_revision_tells_who_why_and_what_in_fields() -> None:
    key, run = uuid4(), uuid4()
    put({key: DepartureFactory(capacity=12)})

    def edit(drafts: Mapping[date, Draft]) -> None:
        drafts[TOMORROW].document.departures[key].capacity = 9

    author = Author(AuthorKind.NIGHTLY_OPTIMIZATION, "optimizer", "night", "worker", run)
    write_daily_schedules([TOMORROW], edit, author=author)

    kept = latest()
    assert (kept.rev, kept.kind, kept.author, kept.process) == (3, "nightly optimization", "optimizer", "worker")
    assert (kept.cause, kept.run_id) == ("night", run)
    assert kept.changes == {"departures": {str(key): {"fields": {"capacity": {"old": 12, "new": 9}}}}}


def test_what_came_is_new_and_what_went_is_old() -> None:
    key, other = uuid4(), uuid4()
    put({key: DepartureFactory()})
    assert latest().changes["departures"][str(key)]["new"]["trip_name"] == "Sunrise hike"

    def swap(drafts: Mapping[date, Draft]) -> None:
        departures = drafts[TOMORROW].document.departures
        departures[other] = departures.pop(key)

    write_daily_schedules([TOMORROW], swap, author=Author(AuthorKind.DISPATCHER, "ana"))

    changes = latest().changes["departures"]
    assert {name: list(entry) for name, entry in changes.items()} == {str(key): ["old"], str(other): ["new"]}


def test_a_field_that_came_or_went_has_one_side_only() -> None:
    key, trail = uuid4(), uuid4()
    put({key: DepartureFactory()})
    change(key, trail_id=trail)
    assert latest().changes["departures"][str(key)]["fields"] == {"trail_id": {"new": str(trail)}}

    change(key, trail_id=None)

    assert latest().changes["departures"][str(key)]["fields"] == {"trail_id": {"old": str(trail)}}


def test_a_write_in_sql_is_kept_too_under_the_name_of_the_session() -> None:
    key = uuid4()
    put({key: DepartureFactory()})
    sql("SELECT set_config('scheduling.author', '', true)")

    sql("UPDATE scheduling.daily_schedules SET _rev = _rev + 1, assignments = jsonb_set(assignments, '{by_hand}', '1')")

    kept = latest()
    assert (kept.kind, kept.rev) == ("sql", 3)
    assert kept.author
    assert kept.changes == {"document": {"by_hand": {"new": 1}}}


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE scheduling.schedule_revisions SET author = 'somebody else'",
        "DELETE FROM scheduling.schedule_revisions",
        "TRUNCATE scheduling.schedule_revisions",
    ],
)
def test_the_history_is_only_added_to(statement: str) -> None:
    put({uuid4(): DepartureFactory()})
    sql("SELECT set_config('scheduling.principal', '', true)")

    refused(statement)

    assert ScheduleRevision.objects.count() == 2


def test_a_name_given_in_one_transaction_is_gone_in_the_next_write() -> None:
    enter(guide_notes="knee")
    put({uuid4(): DepartureFactory()})

    assert (latest().kind, latest().author) == ("dispatcher", "ana")


def test_a_daily_schedule_stays_the_one_of_its_date() -> None:
    put({uuid4(): DepartureFactory()})

    message = refused("UPDATE scheduling.daily_schedules SET _rev = _rev + 1, schedule_date = schedule_date + 1")

    assert "it stays the one of its date" in message


def test_what_maintenance_deletes_is_in_the_history_and_the_date_can_be_planned_again() -> None:
    gone, key = uuid4(), uuid4()
    put({gone: DepartureFactory()})
    with transaction.atomic():
        sql("SELECT set_config('scheduling.principal', 'maintenance', true)")
        sql("DELETE FROM scheduling.daily_schedules")
        sql("SELECT set_config('scheduling.principal', '', true)")
    assert list(latest().changes["departures"][str(gone)]) == ["old"]

    put({key: DepartureFactory()})

    assert list(ScheduleRevision.objects.order_by("rev").values_list("rev", flat=True)) == [1, 2, 3, 4, 5]
    assert DailySchedule.objects.get().rev == 5
    assert replay(ScheduleRevision.objects.all()) == DailySchedule.objects.get().assignments
