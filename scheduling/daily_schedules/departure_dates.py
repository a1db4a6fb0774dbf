"""The dates of departures: an id is on one date, and PostgreSQL holds it (`DepartureDate`)."""

from collections.abc import Collection
from datetime import date
from uuid import UUID

from django.db import connection

from novatrek_scheduling.pgpool.prepared import array_of, prepared_cursor
from novatrek_scheduling.pgpool.rows import columns_named, table_of
from scheduling.models import DepartureDate
from scheduling.models.triggers import ONE_DATE

_DATES = f"""
    SELECT {columns_named(DepartureDate, "departure_id", "schedule_date")} FROM {table_of(DepartureDate)}
    WHERE departure_id = ANY(%s::uuid[])
"""  # noqa: S608 (of constants alone)


def dates_of(departure_ids: Collection[UUID]) -> dict[UUID, date]:
    """Return the date of each departure that is in a daily schedule."""
    if not departure_ids:
        return {}
    with prepared_cursor() as cursor:
        cursor.execute(_DATES, [array_of(departure_ids)])
        return dict(cursor.fetchall())


def check_one_date_each() -> None:
    """Check now, not at the commit, that no departure was put on a second date. Raises IntegrityError.

    It waits for a concurrent transaction that put the departure on another date.
    """
    with connection.cursor() as cursor:
        # A later write of the same transaction may take a departure off one date and put it on another in two steps.
        cursor.execute("; ".join(f"SET CONSTRAINTS scheduling.{ONE_DATE} {when}" for when in ("IMMEDIATE", "DEFERRED")))
