"""The surroundings of departures: what guides entered for their dates, and departures of other dates under way."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from uuid import UUID

from django.db.models import JSONField, Q
from django.db.models.expressions import RawSQL
from django.db.models.fields.json import KeyTransform

from scheduling.domain.document import Departure, GuideAdjustments, ScheduleDocument
from scheduling.domain.facts import Span
from scheduling.domain.limits import LONGEST_TRIP, ONE_DAY
from scheduling.models import DailySchedule, GuideCommitment, GuideEntry
from scheduling.rules import EntriesByDate
from scheduling.rules.inputs import days_of, merged_adjustments

# Nobody but SQL spells an id otherwise than we do: such a one may be any.
_LEAVING_FROM = """(
    SELECT jsonb_object_agg(key, value)
    FROM jsonb_each(assignments -> 'departures')
    WHERE value ->> 'location_id' = ANY(%s)
        OR value ->> 'location_id' !~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$'
)"""

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
    def of(cls, row: GuideEntry) -> "_LongEntry":
        field = "availability_exceptions" if row.kind == GuideEntry.Kind.ABSENCE else "restrictions"
        adjustments = GuideAdjustments.model_validate({field: [row.entry]})
        return cls(row.schedule_date, row.first_date, row.last_date, row.guide_id, adjustments)


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
    if not days:
        return {}
    documents = DailySchedule.objects.filter(schedule_date__in=days).order_by("schedule_date")
    stored = documents.values_list("schedule_date", KeyTransform("guide_adjustments", "assignments"))
    return {day: ScheduleDocument.read({"guide_adjustments": own or {}}).guide_adjustments for day, own in stored}


def entries_of(document: ScheduleDocument, day: date) -> Entries:
    """Return the entries that bind `day`, by guide, with its document as given. One query."""
    return StoredEntries({}, _long_entries([day])).around(document, day, ()).by_day[day]


def _long_entries(days: Collection[date]) -> list[_LongEntry]:
    rows = GuideEntry.objects.filter(first_date__lte=max(days), last_date__gte=min(days))
    return [_LongEntry.of(row) for row in rows.order_by("schedule_date", "id")]


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
    overlapping = Q()
    for span in spans:
        overlapping |= Q(
            starts_at__lt=span.ends_at,
            ends_at__gt=span.starts_at,
            schedule_date__gte=span.starts_at.date() - LONGEST_TRIP,
            schedule_date__lte=span.ends_at.date() + ONE_DAY,
        )
    dates = GuideCommitment.objects.filter(overlapping).exclude(schedule_date__in=days).values("schedule_date")
    rows = DailySchedule.objects.filter(schedule_date__in=dates.distinct()).order_by("schedule_date")
    return [
        departure
        for stored in rows.values_list(_leaving_from(location_ids), flat=True)
        for departure in ScheduleDocument.read({"departures": stored or {}}).departures.values()
        if departure.team and any(departure.span.overlaps(span) for span in spans)
    ]


def _leaving_from(location_ids: Collection[UUID] | None) -> KeyTransform | RawSQL:
    """Return the departures of a row, or those alone that leave from these locations."""
    if location_ids is None:
        return KeyTransform("departures", "assignments")
    return RawSQL(_LEAVING_FROM, [[str(key) for key in location_ids]], JSONField())  # noqa: S611 (a constant)
