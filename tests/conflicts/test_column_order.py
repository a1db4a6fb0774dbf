"""Databases of earlier releases get the documented order of columns, with everything that is in them."""

from datetime import timedelta
from importlib import import_module

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from conflicts.detection import Severity
from conflicts.models import RiskAcceptance, ScheduleConflict
from tests.conflicts.factories import conflict_of
from tests.factories import TOMORROW

pytestmark = pytest.mark.django_db

migration = import_module("conflicts.migrations.0002_documented_column_order")

DOCUMENTED = ["conflict_id", "schedule_id", "conflict_type", "details", "resolved", "detected_at"]
FORMER = ["conflict_id", "conflict_type", "details", "resolved", "detected_at", "schedule_id"]


def test_a_table_of_an_earlier_release_is_brought_into_the_documented_order() -> None:
    first, second = conflict_of(severity=Severity.LOW), conflict_of(TOMORROW + timedelta(days=1))
    RiskAcceptance.objects.create(
        conflict=first, fingerprint="f", severity="LOW", evidence_digest="d", owner="ana", expires_at=timezone.now()
    )
    before = list(ScheduleConflict.objects.order_by("pk").values())
    indexes_before = indexes()
    put_schedule_id_last()
    assert columns() == FORMER

    migrate()

    assert columns() == DOCUMENTED
    assert list(ScheduleConflict.objects.order_by("pk").values()) == before
    assert indexes() == indexes_before
    assert RiskAcceptance.objects.get().conflict == first
    with pytest.raises(IntegrityError), transaction.atomic():
        conflict_of(fingerprint=second.details["fingerprint"])


def test_a_table_in_the_documented_order_is_left_as_it_is() -> None:
    conflict = conflict_of()

    migrate()

    assert columns() == DOCUMENTED
    assert ScheduleConflict.objects.get() == conflict


def migrate() -> None:
    execute("SET CONSTRAINTS ALL IMMEDIATE")
    with connection.schema_editor(atomic=False) as editor:
        migration.move_columns_behind_schedule_id(apps, editor)


def put_schedule_id_last() -> None:
    execute(
        "SET CONSTRAINTS ALL IMMEDIATE",
        "ALTER TABLE schedule_conflicts ADD COLUMN last_id uuid REFERENCES daily_schedules",
        "UPDATE schedule_conflicts SET last_id = schedule_id",
        "ALTER TABLE schedule_conflicts DROP COLUMN schedule_id",
        "ALTER TABLE schedule_conflicts RENAME COLUMN last_id TO schedule_id",
        "ALTER TABLE schedule_conflicts ALTER COLUMN schedule_id SET NOT NULL",
        "CREATE INDEX idx_conflict_schedule ON schedule_conflicts USING btree (schedule_id)",
    )


def columns() -> list[str]:
    with connection.cursor() as cursor:
        return [column.name for column in connection.introspection.get_table_description(cursor, "schedule_conflicts")]


def indexes() -> list[tuple[str, str]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT indexname, indexdef FROM pg_indexes WHERE tablename = 'schedule_conflicts' ORDER BY indexname"
        )
        found: list[tuple[str, str]] = cursor.fetchall()
    return found


def execute(*statements: str) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
