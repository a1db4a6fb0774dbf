"""The surroundings of departures: what guides entered for their dates, and departures of other dates under way."""

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Any
from uuid import UUID

from django.db.models.fields.json import KeyTransform

from novatrek_scheduling.pgpool.prepared import prepared_cursor
from novatrek_scheduling.pgpool.rows import columns_named, table_of
from scheduling.daily_schedules.read_once import once
from scheduling.domain.document import Departure, GuideAdjustments, ScheduleDocument
from scheduling.domain.facts import Span
from scheduling.domain.limits import LONGEST_TRIP, ONE_DAY
from scheduling.models import DailySchedule, GuideEntry
from scheduling.rules import EntriesByDate
from scheduling.rules.inputs import days_of, merged_adjustments

# Nobody but SQL spells an id otherwise than we do: such a one may be any.
_LEAVING_FROM = """(
    SELECT jsonb_object_agg(key, value)
    FROM jsonb_each(assignments -> 'departures')
    WHERE value ->> 'location_id' = ANY(%s::text[])
        OR value ->> 'location_id' !~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$'
)"""
_ALL_DEPARTURES = "assignments -> 'departures'"
_OVERLAPPING = "(starts_at < %s AND ends_at > %s AND schedule_date BETWEEN %s AND %s)"
_ELSEWHERE = """
    SELECT {departures} FROM scheduling.daily_schedules
    WHERE schedule_date IN (
        SELECT DISTINCT schedule_date FROM scheduling.guide_commitments
        WHERE ({overlapping}) AND NOT schedule_date = ANY(%s::date[])
    )
    ORDER BY schedule_date
"""

_COLUMNS = columns_named(GuideEntry, "schedule_date", "first_date", "last_date", "guide_id", "kind", "entry")
_ENTERED_FOR = f"""
    SELECT {_COLUMNS} FROM {table_of(GuideEntry)}
    WHERE first_date <= %s AND last_date >= %s ORDER BY schedule_date, id
"""  # noqa: S608 (of constants alone)

Entries = Mapping[UUID, GuideAdjustments]
NO_ENTRIES: Entries = {}


@dataclass(frozen=True, slots=True)
class _LongEntry:
    """An absence or restriction that binds the dates from `first` to `last`, from the document of `entered_on`."""

    entered_on: date
    first: date
    last: date
    guide_id: UUID
    adjustments: GuideAdjustments

    @classmethod
    def of(cls, entered_on: date, first: date, last: date, guide_id: UUID, kind: str, entry: str) -> "_LongEntry":
        """Return a row of guide entries, whose `entry` is JSON."""
        field = "availability_exceptions" if kind == GuideEntry.Kind.ABSENCE else "restrictions"
        adjustments = GuideAdjustments.model_validate({field: [json.loads(entry)]})
        return cls(entered_on, first, last, guide_id, adjustments)


@dataclass(frozen=True, slots=True)
class StoredEntries:
    """What guides entered for some dates: in the dates' own documents, and in others for a period that has them."""

    own: Mapping[date, Entries]
    long: Sequence[_LongEntry]

    def on(self, day: date) -> Entries:
        """Return the entries that bind a date, by guide."""
        return self._on(day, self.own.get(day, NO_ENTRIES), without={day})

    def around(self, document: ScheduleDocument, day: date, later_days: Iterable[date]) -> EntriesByDate:
        """Return the entries that bind `day`, with its document as given, and the later dates that its trips reach.

        What `document` has for later dates is found on `day` already, which all of its departures touch.
        """
        by_day = {
            other: self._on(other, self.own.get(other, NO_ENTRIES), without={other, day})
            for other in later_days
            if other != day
        }
        return EntriesByDate({**by_day, day: self._on(day, document.guide_adjustments, without={day})})

    def _on(self, day: date, own: Entries, *, without: Collection[date]) -> Entries:
        long: dict[UUID, list[GuideAdjustments]] = defaultdict(list)
        for entry in self.long:
            if entry.first <= day <= entry.last and entry.entered_on not in without:
                long[entry.guide_id].append(entry.adjustments)
        merged = {
            guide_id: merged_adjustments([*([own[guide_id]] if guide_id in own else []), *entries])
            for guide_id, entries in long.items()
        }
        return {**own, **merged}


def read_entries(
    days: Collection[date], *, known: Mapping[date, ScheduleDocument] = MappingProxyType({})
) -> StoredEntries:
    """Read what binds these dates, of `known` documents from themselves.

    The departures of the other documents are left out, which would take far longer.
    """
    if not days:
        return StoredEntries({}, ())
    own = {day: known[day].guide_adjustments for day in days if day in known}
    return StoredEntries(own | _own_entries(set(days) - known.keys()), _long_entries(days))


def _own_entries(days: Collection[date]) -> dict[date, Entries]:
    return once(("own entries", frozenset(days)), lambda: _read_own_entries(days)) if days else {}


def _read_own_entries(days: Collection[date]) -> dict[date, Entries]:
    documents = DailySchedule.objects.filter(schedule_date__in=days).order_by("schedule_date")
    stored = documents.values_list("schedule_date", KeyTransform("guide_adjustments", "assignments"))
    return {day: ScheduleDocument.read({"guide_adjustments": own or {}}).guide_adjustments for day, own in stored}


def entries_of(document: ScheduleDocument, day: date) -> Entries:
    """Return the entries that bind `day`, by guide, with its document as given. One query."""
    return StoredEntries({}, _long_entries([day])).around(document, day, ()).by_day[day]


def _long_entries(days: Collection[date]) -> list[_LongEntry]:
    first, last = min(days), max(days)
    return once(("long entries", first, last), lambda: _read_long_entries(first, last))


def _read_long_entries(first: date, last: date) -> list[_LongEntry]:
    with prepared_cursor() as cursor:
        cursor.execute(_ENTERED_FOR, [last, first])
        return [_LongEntry.of(*row) for row in cursor.fetchall()]


def entries_over(document: ScheduleDocument, day: date, departures: Iterable[Departure]) -> EntriesByDate:
    """Return the entries that bind `day`, with its document as given, and the later dates its departures reach."""
    return entries_around(document, day, days_of_any(departures))


def entries_around(document: ScheduleDocument, day: date, later_days: Collection[date]) -> EntriesByDate:
    """Return the entries that bind `day`, with its document as given, and later dates as they are stored."""
    return read_entries({day, *later_days}, known={day: document}).around(document, day, later_days)


def entries_on(
    days: Collection[date], *, known: Mapping[date, ScheduleDocument] = MappingProxyType({})
) -> EntriesByDate:
    """Return the entries that bind these dates, as they are stored; `known` are documents that were just read."""
    stored = read_entries(days, known=known)
    return EntriesByDate({day: stored.on(day) for day in days})


def days_of_any(departures: Iterable[Departure]) -> set[date]:
    """Return the local dates that any of these departures touches."""
    return {day for departure in departures for day in days_of(departure)}


def locations_of(departures: Iterable[Departure]) -> set[UUID]:
    """Return the locations that any of these departures leaves from."""
    return {departure.location_id for departure in departures if departure.location_id}


def departures_at(keys: Mapping[date, Collection[UUID]]) -> list[Departure]:
    """Return these stored departures; the others of their documents are not parsed."""
    rows = DailySchedule.objects.filter(schedule_date__in=keys).order_by("schedule_date")
    stored = rows.values_list("schedule_date", KeyTransform("departures", "assignments"))
    return [
        Departure.model_validate(departures[str(key)])
        for day, departures in stored
        for key in sorted(keys[day])
        if str(key) in departures
    ]


def departures_elsewhere(
    spans: Collection[Span], days: Collection[date], location_ids: Collection[UUID] | None = None
) -> list[Departure]:
    """Return staffed departures of dates other than `days` that overlap a span: mostly trips of several days.

    Of `location_ids` those alone that leave from there; the others of their documents are neither sent nor parsed.
    """
    if not spans or (location_ids is not None and not location_ids):
        return []
    camps = None if location_ids is None else frozenset(location_ids)
    key = ("elsewhere", frozenset(spans), frozenset(days), camps)
    return once(key, lambda: _read_elsewhere(spans, days, camps))


def _read_elsewhere(
    spans: Collection[Span], days: Collection[date], location_ids: Collection[UUID] | None
) -> list[Departure]:
    moments: list[Any] = []
    for span in spans:
        dates = (span.starts_at.date() - LONGEST_TRIP, span.ends_at.date() + ONE_DAY)
        moments += [span.ends_at, span.starts_at, *dates]
    column = _LEAVING_FROM if location_ids is not None else _ALL_DEPARTURES
    camps = [] if location_ids is None else [[str(key) for key in location_ids]]
    statement = _ELSEWHERE.format(departures=column, overlapping=" OR ".join([_OVERLAPPING] * len(spans)))
    with prepared_cursor() as cursor:
        cursor.execute(statement, [*camps, *moments, list(days)])
        stored = [json.loads(found) if found else {} for (found,) in cursor.fetchall()]
    return [
        departure
        for departures in stored
        for departure in ScheduleDocument.read({"departures": departures or {}}).departures.values()
        if departure.team and any(departure.span.overlaps(span) for span in spans)
    ]
