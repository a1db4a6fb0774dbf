"""The table of absences and restrictions by period: PostgreSQL keeps it in step with the documents for any client."""

from datetime import date, timedelta
from importlib import import_module
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import DatabaseError, connection, transaction

from scheduling.models import GuideEntry
from tests.factories import TOMORROW, DepartureFactory
from tests.scheduling.writes import enter, put

pytestmark = pytest.mark.django_db

ANA, BEN = UUID(int=1), UUID(int=2)
A_WEEK_LATER = TOMORROW + timedelta(days=7)


def away(first: object, last: object, **fields: Any) -> dict[str, Any]:
    return {"from": str(first), "to": str(last), "reason": "leave"} | fields


def rows() -> list[tuple[date, UUID, str, date, date]]:
    fields = ("schedule_date", "guide_id", "kind", "first_date", "last_date")
    return list(GuideEntry.objects.order_by("id").values_list(*fields))


def sql(statement: str, *values: object) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, values)


def as_principal(name: str) -> None:
    sql("SELECT set_config('scheduling.principal', %s, true)", name)


def test_what_is_entered_changed_and_withdrawn_is_so_in_the_table() -> None:
    enter(BEN, TOMORROW, availability_exceptions=[away(TOMORROW, A_WEEK_LATER)])
    enter(ANA, TOMORROW, restrictions=[{"kind": "NO_GUIDING", "until": str(A_WEEK_LATER)}, {"kind": "NO_GUIDING"}])
    assert rows() == [
        (TOMORROW, ANA, "RESTRICTION", TOMORROW, A_WEEK_LATER),
        (TOMORROW, BEN, "ABSENCE", TOMORROW, A_WEEK_LATER),
    ]

    enter(BEN, TOMORROW, availability_exceptions=[away(TOMORROW, TOMORROW)])
    enter(ANA, TOMORROW)
    assert rows() == [(TOMORROW, BEN, "ABSENCE", TOMORROW, TOMORROW)]


def test_a_write_of_plans_leaves_the_table_as_it_is() -> None:
    enter(ANA, TOMORROW, availability_exceptions=[away(TOMORROW, A_WEEK_LATER)])
    before = list(GuideEntry.objects.values())

    put({uuid4(): DepartureFactory()})

    assert list(GuideEntry.objects.values()) == before


@pytest.mark.parametrize(
    ("entry", "first", "last"),
    [
        (away("2027-03-01T22:00:00-10:00", "2027-03-05T06:00:00+13:00"), date(2027, 3, 1), date(2027, 3, 5)),
        (away("0001-01-01", "9999-12-31"), date(1, 1, 1), date(9999, 12, 31)),
        (away("0001-01-01T00:00:00Z", "9999-12-31T23:00:00-10:00"), date(1, 1, 1), date(9999, 12, 31)),
    ],
    ids=["instants", "the whole calendar", "instants at its ends"],
)
def test_periods_are_at_least_as_wide_as_what_they_stand_for(entry: dict[str, Any], first: date, last: date) -> None:
    in_sql("availability_exceptions", [entry])

    (row,) = GuideEntry.objects.all()
    assert row.first_date <= first
    assert row.last_date >= last


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("availability_exceptions", [away("soon", "later")]),
        ("availability_exceptions", [away("2027-02-30", "2027-03-01")]),
        ("availability_exceptions", [away("2027-03-05", "2027-03-01")]),
        ("availability_exceptions", [away("2027-03-01T08:00:00", "2027-03-01T09:00:00")]),
        ("availability_exceptions", ["2027-03-01", 7, None]),
        ("availability_exceptions", "2027-03-01"),
        ("restrictions", [{"kind": "NO_GUIDING", "until": "31.12.2027"}]),
        ("restrictions", [{"kind": "NO_GUIDING", "until": 20271231}]),
        ("restrictions", {"kind": "NO_GUIDING"}),
    ],
    ids=str,
)
def test_what_cannot_be_read_as_a_period_has_no_row_and_stops_no_write(field: str, value: object) -> None:
    in_sql(field, value)

    assert not GuideEntry.objects.exists()


def in_sql(field: str, value: object) -> None:
    """Store an entry past all of our code, as its owner would in psql."""
    put({uuid4(): DepartureFactory()})
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT set_config('scheduling.principal', 'svc-guide-management', true)")
        cursor.execute(
            "UPDATE scheduling.daily_schedules SET _rev = _rev + 1, assignments = jsonb_set(assignments,"
            " '{guide_adjustments}', jsonb_build_object(%s::text, jsonb_build_object(%s::text, %s::jsonb)))",
            [str(ANA), field, connection.ops.adapt_json_value(value, None)],
        )


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO scheduling.guide_entries (schedule_date, guide_id, kind, first_date, last_date, entry)"
        " VALUES (now(), gen_random_uuid(), 'ABSENCE', now(), now(), '{}')",
        "UPDATE scheduling.guide_entries SET last_date = first_date",
        "DELETE FROM scheduling.guide_entries",
        "TRUNCATE scheduling.guide_entries",
    ],
    ids=lambda statement: statement.split()[0],
)
@pytest.mark.parametrize("principal", ["", "svc-guide-management"])
def test_nobody_changes_the_table_beside_the_documents(statement: str, principal: str) -> None:
    enter(ANA, TOMORROW, availability_exceptions=[away(TOMORROW, A_WEEK_LATER)])
    as_principal(principal)

    with pytest.raises(DatabaseError, match="follow the daily schedules"):
        sql(statement)

    assert rows() == [(TOMORROW, ANA, "ABSENCE", TOMORROW, A_WEEK_LATER)]


def test_documents_that_maintenance_deletes_take_their_entries_with_them() -> None:
    enter(ANA, TOMORROW, availability_exceptions=[away(TOMORROW, A_WEEK_LATER)])
    enter(ANA, A_WEEK_LATER, availability_exceptions=[away(TOMORROW, A_WEEK_LATER)])

    as_principal("maintenance")
    sql("DELETE FROM scheduling.daily_schedules WHERE schedule_date = %s", TOMORROW)
    assert rows() == [(A_WEEK_LATER, ANA, "ABSENCE", TOMORROW, A_WEEK_LATER)]

    sql("SET CONSTRAINTS ALL IMMEDIATE")
    sql("TRUNCATE scheduling.daily_schedules CASCADE")
    assert rows() == []


def test_the_migration_finds_what_was_entered_before_there_was_a_table() -> None:
    for day in (TOMORROW, A_WEEK_LATER):
        enter(ANA, day, availability_exceptions=[away(TOMORROW, A_WEEK_LATER)], restrictions=[])
        enter(BEN, day, restrictions=[{"kind": "NO_GUIDING", "until": str(A_WEEK_LATER)}])
    kept = rows()
    as_principal("maintenance")
    sql("DELETE FROM scheduling.guide_entries")

    migration = import_module("scheduling.migrations.0013_fill_guide_entries").Migration("fill", "scheduling")
    with connection.schema_editor(atomic=False) as editor:
        editor.execute(migration.operations[0].sql, params=None)

    assert sorted(rows()) == sorted(kept)
    assert len(kept) == 4
