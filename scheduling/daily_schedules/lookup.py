"""Daily schedules by their address: the id, or the ISO date, in the path of a client's request."""

from datetime import date
from uuid import UUID

from django.db.models import QuerySet

from novatrek_scheduling.api.fields import FIRST_DATE, ISO_DATE, LAST_DATE
from scheduling.daily_schedules.shown_documents import ShownDocument, first_shown
from scheduling.errors import UnknownSchedule
from scheduling.models import DailySchedule


def schedule_at(address: str) -> DailySchedule:
    """Return the daily schedule of an id or an ISO date, in one query. Raises UnknownSchedule where it has no row.

    Its document is read once somebody looks at it, as it is by then.
    """
    schedule = _rows_at(address).defer("assignments").first()
    if schedule is None:
        raise _unknown(address)
    return schedule


def shown_at(address: str) -> ShownDocument:
    """Return a daily schedule with the text of its document, in one query. Raises as `schedule_at` does."""
    shown = first_shown(_rows_at(address))
    if shown is None:
        raise _unknown(address)
    return shown


def date_and_revision_at(address: str) -> tuple[date, int]:
    """Return the date and the revision of a daily schedule, without its document. Raises as `schedule_at` does."""
    row = _rows_at(address).values_list("schedule_date", "rev").first()
    if row is None:
        raise _unknown(address)
    return row


def id_at(address: str) -> UUID:
    """Return the id of a daily schedule, without reading its document. Raises as `schedule_at` does."""
    schedule_id = _rows_at(address).values_list("pk", flat=True).first()
    if schedule_id is None:
        raise _unknown(address)
    return schedule_id


def day_of(address: str) -> date:
    """Return the date of an address: an ISO date itself, with or without a row, or the date of the id's row.

    Raises UnknownSchedule for an id without a row.
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
