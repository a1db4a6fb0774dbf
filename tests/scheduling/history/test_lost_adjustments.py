"""The report of lost guide adjustments to operators."""

import json
from collections.abc import Mapping
from datetime import date, timedelta
from io import StringIO
from typing import Any
from uuid import UUID

import pytest
from django.core.management import call_command
from django.db import connection
from pytest_django.fixtures import DjangoAssertNumQueries

from scheduling.daily_schedules.drafts import Draft
from scheduling.daily_schedules.writer import write_daily_schedules
from scheduling.models import DailySchedule
from scheduling.models.triggers import GUIDE_MANAGEMENT, MAINTENANCE
from tests.factories import TOMORROW
from tests.scheduling.writes import OWNER, enter, write_in_sql

pytestmark = pytest.mark.django_db

ANA, BEN = UUID(int=1), UUID(int=2)
NEXT_DAY = TOMORROW + timedelta(days=1)


def remove(guide_id: UUID) -> None:
    def edit(drafts: Mapping[date, Draft]) -> None:
        del drafts[TOMORROW].document.guide_adjustments[guide_id]

    write_daily_schedules([TOMORROW], edit, author=OWNER, principal=GUIDE_MANAGEMENT)


def sql_as(principal: str, author: str = "") -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('scheduling.principal', %s, true), set_config('scheduling.author', %s, true)",
            [principal, author],
        )


def report(*arguments: str) -> str:
    output = StringIO()
    call_command("report_lost_adjustments", *arguments, stdout=output)
    return output.getvalue()


def lost(*arguments: str) -> list[tuple[str, str, Any, int]]:
    losses = json.loads(report("--json", *arguments))
    return [
        (adjustment["guide_id"], adjustment["field"], adjustment["last_value"], adjustment["rev"])
        for adjustment in losses
    ]


def test_what_is_still_there_is_not_reported() -> None:
    enter(ANA, guide_notes="knee", guide_preferences={"likes": "kayaks"})
    enter(ANA, guide_notes="knee, better", guide_preferences={"likes": "kayaks"})
    enter(BEN, max_group_size=4)

    assert report() == "nothing lost\n"
    assert report("--json") == "[]\n"


@pytest.mark.parametrize("entry", [{}, {"guide_notes": ""}, {"guide_notes": "  "}, {"guide_notes": None}])
def test_a_note_that_is_empty_or_absent_now_is_lost(entry: dict[str, Any]) -> None:
    enter(ANA, guide_notes="knee")
    enter(ANA, **entry)

    assert lost() == [(str(ANA), "guide_notes", "knee", 3)]


@pytest.mark.parametrize("empty", [None, {}, [], ""])
def test_preferences_that_are_empty_now_are_lost(empty: Any) -> None:
    enter(ANA, guide_preferences={"likes": ["kayaks"]})
    enter(ANA, guide_preferences=empty)

    assert lost() == [(str(ANA), "guide_preferences", {"likes": ["kayaks"]}, 3)]


@pytest.mark.parametrize("kept", [False, 0, ["none"]])
def test_a_preference_for_no_or_zero_is_a_preference(kept: Any) -> None:
    enter(ANA, guide_preferences="kayaks")
    enter(ANA, guide_preferences=kept)

    assert lost() == []


def test_an_entry_that_went_as_a_whole_is_lost_with_both_of_its_fields() -> None:
    enter(ANA, guide_notes="knee", guide_preferences="kayaks")
    remove(ANA)

    assert lost() == [(str(ANA), "guide_notes", "knee", 3), (str(ANA), "guide_preferences", "kayaks", 3)]


def test_the_last_value_that_was_one_counts() -> None:
    enter(ANA, guide_notes="knee")
    enter(ANA, guide_notes="hip")
    enter(ANA, guide_notes=" ")
    enter(ANA)

    assert lost() == [(str(ANA), "guide_notes", "hip", 4)]


def test_what_was_entered_again_is_not_lost() -> None:
    enter(ANA, guide_notes="knee")
    remove(ANA)
    enter(ANA, guide_notes="hip")

    assert report() == "nothing lost\n"


def test_what_sql_wiped_is_reported_with_the_role_that_did_it() -> None:
    enter(ANA, guide_notes="knee")
    sql_as(MAINTENANCE)
    write_in_sql("{guide_adjustments}", "{}")

    [loss] = json.loads(report("--json"))
    assert (loss["last_value"], loss["rev"], loss["kind"], loss["is_recorded"]) == ("knee", 3, "sql", True)
    assert loss["author"]


def test_what_went_with_its_whole_row_is_reported_too() -> None:
    enter(ANA, guide_notes="knee")
    sql_as(MAINTENANCE)
    DailySchedule.objects.all().delete()

    assert "emptied in revision 3" in report()


def test_what_went_while_triggers_were_off_is_reported_too() -> None:
    enter(ANA, guide_notes="knee")
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        write_in_sql("{guide_adjustments}", "{}")
        cursor.execute("SET LOCAL session_replication_role = DEFAULT")

    assert "lost without a record after revision 2" in report()


def test_a_line_says_when_who_what_and_in_which_revision() -> None:
    enter(ANA, guide_notes="knee")
    remove(ANA)

    line, sum_of_all = report().splitlines()
    assert line.startswith(f'{TOMORROW}  guide {ANA}  guide_notes: "knee", emptied in revision 3 of ')
    assert line.endswith("UTC by svc-guide-management (guide-management)")
    assert sum_of_all == "1 field lost"


def test_only_the_dates_that_were_asked_for_are_looked_at() -> None:
    for day in (TOMORROW, NEXT_DAY):
        enter(ANA, day, guide_notes="knee")
        enter(ANA, day)

    assert len(lost()) == 2
    assert len(lost("--from", str(NEXT_DAY))) == 1
    assert len(lost("--from", str(TOMORROW), "--to", str(TOMORROW))) == 1
    assert lost("--to", str(TOMORROW - timedelta(days=1))) == []


def test_the_report_is_one_query(django_assert_max_num_queries: DjangoAssertNumQueries) -> None:
    for guide in (ANA, BEN):
        enter(guide, guide_notes="knee")
        remove(guide)

    with django_assert_max_num_queries(1):
        assert len(lost()) == 2
