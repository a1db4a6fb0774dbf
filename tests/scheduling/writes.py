"""Shortcuts of tests: put departures into a date's document, and read them back."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from django.db import connection

from scheduling.daily_schedules.authors import Author, AuthorKind
from scheduling.daily_schedules.drafts import Draft
from scheduling.daily_schedules.writer import write_daily_schedules
from scheduling.domain.document import Departure, GuideAdjustments
from scheduling.domain.limits import LONG_AGO
from scheduling.models import DailySchedule, Reservation, ReservationStatus
from scheduling.models.triggers import GUIDE_MANAGEMENT
from tests.factories import DISPATCHER, TOMORROW

OWNER = Author(AuthorKind.GUIDE_MANAGEMENT, "svc-guide-management")


def put(departures: Mapping[UUID, Departure], day: date = TOMORROW) -> None:
    """Add these departures to a date, or replace them there, with reservations that were booked long ago."""
    Reservation.objects.bulk_create(
        [
            Reservation(
                reservation_id=reservation_id,
                trip_id=departure.trip_id,
                trip_date=day,
                departure_id=key,
                participant_count=guests,
                status=ReservationStatus.ACTIVE,
                event_time=LONG_AGO,
                booked_at=LONG_AGO,
            )
            for key, departure in departures.items()
            for reservation_id, guests in departure.reservations.items()
        ],
        ignore_conflicts=True,
    )

    def edit(drafts: Mapping[date, Draft]) -> None:
        for key, departure in departures.items():
            drafts[day].document.departures[key] = departure.model_copy(deep=True)

    write_daily_schedules([day], edit, author=DISPATCHER)


def enter(guide_id: UUID, day: date = TOMORROW, **entry: Any) -> None:
    """Write a guide's whole entry of a date as its owner does."""

    def edit(drafts: Mapping[date, Draft]) -> None:
        drafts[day].document.guide_adjustments[guide_id] = GuideAdjustments(**entry)

    write_daily_schedules([day], edit, author=OWNER, principal=GUIDE_MANAGEMENT)


def change(departure_id: UUID, day: date = TOMORROW, **fields: object) -> None:
    put({departure_id: stored(day)[departure_id].model_copy(update=fields)}, day)


def stored(day: date = TOMORROW) -> dict[UUID, Departure]:
    return DailySchedule.objects.get(schedule_date=day).document.departures


def write_in_sql(path: str, value: str) -> None:
    """Set a value of the documents past all of our code, as an operator in psql would."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE scheduling.daily_schedules SET _rev = _rev + 1, assignments = jsonb_set(assignments, %s, %s)",
            [path, value],
        )
