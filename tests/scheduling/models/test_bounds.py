"""Rows that PostgreSQL would keep and nobody could read."""

from collections.abc import Callable
from importlib import import_module
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection

from scheduling.domain.facts import Span
from scheduling.hazards import hazards_in_force, release_hazard
from scheduling.models import Hazard, Reservation, ReservationStatus
from tests.factories import TOMORROW, at

pytestmark = pytest.mark.django_db

UNREADABLE_MOMENTS = ("'10000-01-01Z'", "'0044-03-15 BC'", "'infinity'", "'-infinity'", "'0001-01-01Z'")
A_GUIDE = "5a1c9b87-24ef-4d22-87e6-1f0a8b3d6924"
MIGRATION = "scheduling.migrations.0018_mend_unreadable_rows"


def a_hazard() -> None:
    Hazard.objects.create(
        hazard_id=uuid4(), kind="EMERGENCY", severity="HIGH", description="SOS", starts_at=at(9), ends_at=at(12)
    )


def a_reservation() -> None:
    Reservation.objects.create(
        reservation_id=uuid4(),
        trip_id=uuid4(),
        trip_date=TOMORROW,
        participant_count=2,
        status=ReservationStatus.ACTIVE,
        event_time=at(9),
    )


def in_sql(table: str, column: str, value: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE scheduling.{table} SET {column} = {value}")  # noqa: S608 (the tests' own literals)


@pytest.mark.parametrize(
    ("make", "table", "column", "value"),
    [
        *((a_hazard, "hazards", "starts_at", moment) for moment in UNREADABLE_MOMENTS),
        *((a_hazard, "hazards", "ends_at", moment) for moment in UNREADABLE_MOMENTS),
        (a_hazard, "hazards", "released_at", "'infinity'"),
        (a_hazard, "hazards", "trail_ids", "'{}'"),
        (a_hazard, "hazards", "trail_ids", "'[\"the river trail\"]'"),
        (a_hazard, "hazards", "guide_ids", "'[7]'"),
        (a_hazard, "hazards", "guide_ids", f"'[[\"{A_GUIDE}\"]]'"),
        (a_hazard, "hazards", "kind", "'FLOOD'"),
        (a_hazard, "hazards", "description", "repeat('M', 600000)"),
        *((a_reservation, "reservations", "event_time", moment) for moment in UNREADABLE_MOMENTS),
        (a_reservation, "reservations", "booked_at", "'infinity'"),
        (a_reservation, "reservations", "trip_date", "'infinity'"),
        (a_reservation, "reservations", "trip_date", "'10000-01-01'"),
        (a_reservation, "reservations", "participant_count", "1001"),
        (a_reservation, "reservations", "participant_count", "0"),
    ],
)
def test_a_table_refuses_what_could_not_be_read(make: Callable[[], None], table: str, column: str, value: str) -> None:
    make()

    with pytest.raises(IntegrityError):
        in_sql(table, column, value)


def test_what_a_table_kept_before_can_be_read_and_released_after_the_migration() -> None:
    a_hazard()
    a_reservation()
    trail = uuid4()
    with connection.cursor() as cursor:
        for table in ("hazards", "reservations"):
            cursor.execute(
                "SELECT conname FROM pg_constraint WHERE contype = 'c' AND conrelid = %s::regclass",
                [f"scheduling.{table}"],
            )
            for (name,) in cursor.fetchall():
                cursor.execute(f"ALTER TABLE scheduling.{table} DROP CONSTRAINT {name}")
    in_sql("hazards", "starts_at", "'-infinity'")
    in_sql("hazards", "ends_at", "'infinity'")
    in_sql("hazards", "trail_ids", f'\'["{trail}", "the river trail", 7]\'')
    in_sql("reservations", "participant_count", "2147483647")

    with connection.cursor() as cursor:
        cursor.execute(import_module(MIGRATION).MEND)

    [fact] = hazards_in_force(Span(at(9), at(12)))
    assert fact.trail_ids == {trail}
    release_hazard(Hazard.objects.get(), by="ana")
    assert hazards_in_force(Span(at(9), at(12))) == ()
    assert Hazard.objects.get().starts_at.year == 1970
    assert Reservation.objects.get().participant_count == 1000
    assert Reservation.objects.get().booked_at is None
