"""Addresses of daily schedules: the id, or the ISO date, that a client puts into the path."""

from datetime import date
from uuid import UUID

from django.db.models import QuerySet

from novatrek_scheduling.api.fields import FIRST_DATE, ISO_DATE, LAST_DATE
from scheduling.errors import UnknownSchedule
from scheduling.models import DailySchedule


def schedule_at(address: str) -> DailySchedule:
    """The daily schedule of an id or an ISO date, one query. Raises UnknownSchedule, also without a row yet."""
    schedule = _rows_at(address).first()
    if schedule is None:
        raise _unknown(address)
    return schedule


def place_at(address: str) -> tuple[date, int]:
    """The date and the revision of a daily schedule, without its document. Raises as `schedule_at` does."""
    place = _rows_at(address).values_list("schedule_date", "rev").first()
    if place is None:
        raise _unknown(address)
    return place


def id_at(address: str) -> UUID:
    """The id of a daily schedule that has a row, without its document. Raises as `schedule_at` does."""
    schedule_id = _rows_at(address).values_list("pk", flat=True).first()
    if schedule_id is None:
        raise _unknown(address)
    return schedule_id


def day_of(address: str) -> date:
    """The date that an address names: an ISO date itself, with or without a row, or an id's row's date.

    An id is no date before it has a row: UnknownSchedule.
    """
    day = _date_in(address)
    if day:
        return day
    stored = DailySchedule.objects.filter(pk=_id_in(address)).values_list("schedule_date", flat=True).first()
    if stored is None:
        raise _unknown(address)
    return stored


def _rows_at(address: str) -> QuerySet[DailySchedule]:
    day = _date_in(address)
    lookup = {"schedule_date": day} if day else {"pk": _id_in(address)}
    return DailySchedule.objects.filter(**lookup)


def _date_in(address: str) -> date | None:
    if not ISO_DATE.fullmatch(address):
        return None
    try:
        day = date.fromisoformat(address)
    except ValueError:
        return None
    return day if FIRST_DATE <= day <= LAST_DATE else None


def _id_in(address: str) -> UUID:
    try:
        return UUID(address)
    except ValueError as error:
        raise _unknown(address) from error


def _unknown(address: str) -> UnknownSchedule:
    return UnknownSchedule(f"There is no daily schedule {address}.")
