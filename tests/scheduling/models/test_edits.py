"""Edits that a writer names are stored in place, with the history that a write of the whole document has."""

import json
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import DatabaseError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scheduling.domain.difference import is_json_equal
from scheduling.models import DailySchedule, DepartureDate, ScheduleRevision, schedule_id_of
from scheduling.models.triggers import GUIDE_MANAGEMENT, PRINCIPAL
from tests.factories import TOMORROW, DepartureFactory
from tests.scheduling.domain.test_difference import ENTRIES, OTHERS
from tests.scheduling.writes import put

pytestmark = pytest.mark.django_db

FIRST, SECOND, THIRD = (UUID(int=number) for number in (1, 2, 3))
STEP = "UPDATE scheduling.daily_schedules SET _rev = _rev + 1"
many = settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def sql(statement: str, *values: object) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchone() if cursor.description else None


def step() -> None:
    sql(STEP)


def function(call: str, *values: Any) -> Any:
    return json.loads(sql(f"SELECT scheduling.{call}", *map(json.dumps, values))[0])


@given(before=ENTRIES, after=ENTRIES, entries=ENTRIES, others=OTHERS, too_many=st.booleans(), lacks=st.booleans())
@many
def test_edits_make_the_document_and_its_history_that_the_whole_one_makes(
    before: Any, after: Any, entries: Any, others: Any, too_many: bool, lacks: bool
) -> None:
    first = others if lacks else {"departures": before, "guide_adjustments": {}, **others}
    second = {**first, "departures": after, "guide_adjustments": entries}
    named = first.get("departures", {}).keys() | after.keys() if too_many else _changed(first, after)
    edits = {"departures": {key: after.get(key) for key in named}, "guide_adjustments": entries}

    edited = function("edited(%s, %s)", first, edits)
    of_the_named = [function("entries_named(%s, %s)", document, edits) for document in (first, edited)]

    # A member that nothing is written into does not come to be.
    assert is_json_equal({"departures": {}, "guide_adjustments": {}, **edited}, second | {"departures": after})
    whole = function("document_difference(%s, %s)", first, second)
    assert is_json_equal(function("document_difference(%s, %s)", *of_the_named), whole)
    assert is_json_equal(function("difference_by(%s, %s)", first, edits), whole)


def test_a_difference_says_names_and_values_as_they_are_spelled() -> None:
    name = 'a "%s" \\ of\nlines, {}: ½'
    first = {"departures": {name: {name: name, "kept": 1, "gone": [name]}, "left": {}}}
    edits = {"departures": {name: {name: [name, 1.50, None], "kept": 1, "came": None}, "left": None, "new": {name: 1}}}

    assert function("difference_by(%s, %s)", first, edits) == {
        "departures": {
            name: {
                "fields": {
                    name: {"old": name, "new": [name, 1.50, None]},
                    "gone": {"old": [name]},
                    "came": {"new": None},
                }
            },
            "left": {"old": {}},
            "new": {"new": {name: 1}},
        }
    }


def _changed(first: Any, after: Any) -> set[str]:
    before = first.get("departures", {})
    return {key for key in before.keys() | after.keys() if not is_json_equal(before.get(key), after.get(key))}


def name_edits(schedule_id: UUID, since_rev: int, edits: dict[str, Any]) -> None:
    sql("SELECT scheduling.name_edits(%s, %s, %s)", schedule_id, since_rev, json.dumps(edits))


def name(edits: dict[UUID, Any], *, since_rev: int | None = None, part: str = "departures") -> None:
    row = DailySchedule.objects.get(schedule_date=TOMORROW)
    name_edits(row.pk, since_rev or row.rev, {part: {str(key): value for key, value in edits.items()}})


def stored() -> Any:
    return DailySchedule.objects.get(schedule_date=TOMORROW).assignments


def latest() -> Any:
    return ScheduleRevision.objects.filter(schedule_date=TOMORROW).latest("rev").changes


def departure(**fields: Any) -> Any:
    return DepartureFactory(**fields).model_dump(mode="json")


def dated() -> set[UUID]:
    return set(DepartureDate.objects.filter(schedule_date=TOMORROW).values_list("departure_id", flat=True))


@pytest.fixture
def two_departures() -> None:
    put({FIRST: DepartureFactory(capacity=8), SECOND: DepartureFactory(capacity=9)})


def refused(because: str, named: dict[UUID, Any], *, write: Callable[[], Any] = step, **about: Any) -> None:
    with transaction.atomic():
        savepoint = transaction.savepoint()
        name(named, **about)
        with pytest.raises(DatabaseError, match=because):
            write()
        transaction.savepoint_rollback(savepoint)


def write_capacity(key: UUID, capacity: int) -> None:
    path = f"{{departures,{key},capacity}}"
    sql(f"{STEP}, assignments = jsonb_set(assignments, %s, %s)", path, f"{capacity}")


@pytest.mark.usefixtures("two_departures")
def test_what_is_named_is_written_and_nothing_else() -> None:
    before, new = stored()["departures"], departure()

    name({FIRST: before[str(FIRST)] | {"capacity": 5}, SECOND: None, THIRD: new})
    sql(f"{STEP}, published_at = now()")

    assert stored()["departures"] == {str(FIRST): before[str(FIRST)] | {"capacity": 5}, str(THIRD): new}
    assert latest().keys() == {"departures", "published_at"}
    assert latest()["departures"] == {
        str(FIRST): {"fields": {"capacity": {"old": 8, "new": 5}}},
        str(SECOND): {"old": before[str(SECOND)]},
        str(THIRD): {"new": new},
    }
    assert dated() == {FIRST, THIRD}


@pytest.mark.usefixtures("two_departures")
def test_who_names_what_does_not_differ_has_changed_nothing() -> None:
    before = stored()

    name({UUID(key): value for key, value in before["departures"].items()} | {THIRD: None})
    step()

    assert (stored(), latest()) == (before, {})


@pytest.mark.usefixtures("two_departures")
@pytest.mark.parametrize("named", [{FIRST: None}, {}, {THIRD: departure()}], ids=["too much", "too little", "another"])
def test_who_names_one_thing_and_writes_another_writes_nothing(named: dict[UUID, Any]) -> None:
    before = stored()

    refused("its document is written, and edits of it are named", named, write=partial(write_capacity, FIRST, 3))

    assert stored() == before


@pytest.mark.usefixtures("two_departures")
def test_edits_hold_for_the_revision_they_were_made_on_and_for_that_date_alone() -> None:
    rev, other = DailySchedule.objects.get().rev, TOMORROW + timedelta(days=1)

    name({FIRST: None}, since_rev=rev + 7)
    step()
    name_edits(schedule_id_of(other), rev + 1, {"departures": {str(FIRST): None}})
    step()

    assert stored()["departures"].keys() == {str(FIRST), str(SECOND)}
    assert latest() == {}


@pytest.mark.usefixtures("two_departures")
def test_edits_left_over_from_a_write_are_in_no_later_one() -> None:
    name({FIRST: None})
    step()

    write_capacity(SECOND, 3)

    assert latest() == {"departures": {str(SECOND): {"fields": {"capacity": {"old": 9, "new": 3}}}}}
    assert stored()["departures"].keys() == {str(SECOND)}


@pytest.mark.usefixtures("two_departures")
@pytest.mark.parametrize("others", ["{}", json.dumps({"departures": {str(SECOND): None}})], ids=["none", "others"])
@pytest.mark.parametrize("is_whole", [False, True], ids=["edits", "the whole document"])
def test_who_names_others_while_the_update_runs_is_in_the_history_all_the_same(others: str, is_whole: bool) -> None:
    removed = stored()["departures"][str(FIRST)]
    if not is_whole:
        name({FIRST: None})
    written = f", assignments = assignments #- '{{departures,{FIRST}}}'" if is_whole else ""

    sql(f"{STEP}{written} RETURNING scheduling.name_edits(schedule_id, _rev - 1, %s)", others)

    assert latest() == {"departures": {str(FIRST): {"old": removed}}}
    assert stored()["departures"].keys() == {str(SECOND)} == {str(key) for key in dated()}


@pytest.mark.usefixtures("two_departures")
def test_what_was_noted_of_an_update_is_not_said_of_a_later_one() -> None:
    row = DailySchedule.objects.get()
    sql("SELECT scheduling.note_applied(%s, %s, %s)", row.pk, row.rev, "{}")

    write_capacity(SECOND, 3)

    assert latest() == {"departures": {str(SECOND): {"fields": {"capacity": {"old": 9, "new": 3}}}}}


@pytest.mark.usefixtures("two_departures")
def test_edits_of_a_savepoint_that_is_rolled_back_are_forgotten() -> None:
    before = stored()

    with transaction.atomic():
        savepoint = transaction.savepoint()
        name({FIRST: None})
        step()
        transaction.savepoint_rollback(savepoint)
        step()

    assert (stored(), latest()) == (before, {})


@pytest.mark.usefixtures("two_departures")
def test_two_writes_of_a_transaction_have_each_its_own() -> None:
    with transaction.atomic():
        name({FIRST: None})
        step()
        name({SECOND: None})
        step()

    revisions = ScheduleRevision.objects.order_by("rev").values_list("changes", flat=True)
    assert [list(changes["departures"]) for changes in revisions if changes.get("departures")][-2:] == [
        [str(FIRST)],
        [str(SECOND)],
    ]


@pytest.mark.usefixtures("two_departures")
def test_what_guides_entered_is_named_by_its_owner_alone() -> None:
    guide, entry = uuid4(), {"guide_notes": "knee", "restrictions": [{"kind": "NO_GUIDING", "until": "2030-01-01"}]}

    refused("belong to svc-guide-management", {guide: entry}, part="guide_adjustments")
    sql("SELECT set_config(%s, %s, true)", PRINCIPAL, GUIDE_MANAGEMENT)
    name({guide: entry}, part="guide_adjustments")
    step()

    assert latest() == {"guide_adjustments": {str(guide): {"new": entry}}}
    assert sql("SELECT guide_id, last_date::text FROM scheduling.guide_entries") == (guide, "2030-01-01")


@pytest.mark.usefixtures("two_departures")
def test_members_that_nobody_knows_stay_in_place() -> None:
    sql(f"{STEP}, assignments = assignments || %s", '{"of_a_later_version": [1, 2]}')
    before = stored()

    name({FIRST: None})
    step()

    del before["departures"][str(FIRST)]
    assert stored() == before


def test_a_departure_that_is_named_on_a_second_date_is_refused() -> None:
    put({FIRST: DepartureFactory()}, TOMORROW + timedelta(days=1))
    put({SECOND: DepartureFactory()})

    sql("SET CONSTRAINTS ALL IMMEDIATE")
    refused("departure_dates_one_each", {FIRST: departure()})
