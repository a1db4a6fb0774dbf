"""The trips and trails of stored departures, read without parsing any of these."""

from collections.abc import Collection, Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import F, Func, JSONField, Value

from scheduling.models import DailySchedule


@dataclass(frozen=True, slots=True)
class Places:
    """The trips and trails of a date's departures."""

    trip_ids: frozenset[UUID] = frozenset()
    trail_ids: frozenset[UUID] = frozenset()


def places_on(days: Collection[date]) -> dict[date, Places]:
    """Return the places of each of these dates; none on one without a daily schedule."""
    rows = DailySchedule.objects.filter(schedule_date__in=days).values_list(
        "schedule_date", _of_departures("trip_id"), _of_departures("trail_id")
    )
    stored = {day: Places(_ids(trips), _ids(trails)) for day, trips, trails in rows}
    return {day: stored.get(day, Places()) for day in days}


def _of_departures(key: str) -> Func:
    path = Value(f"lax $.departures.*.{key}")
    return Func(F("assignments"), path, function="jsonb_path_query_array", output_field=JSONField())


def _ids(stored: Iterable[object]) -> frozenset[UUID]:
    """Return the ids among these values; a departure that cannot be read may have anything there, or nothing."""
    ids = set()
    for value in stored:
        with suppress(ValueError):
            ids.add(UUID(str(value)))
    return frozenset(ids)
