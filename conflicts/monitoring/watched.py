"""What the monitors watch: the dates with departures that are not over, and the subjects that these rest on."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

import structlog
from django.conf import settings
from django.db.models import BooleanField, F, Func, Value
from pydantic import ValidationError

from conflicts.detection.scene import ENDED, days_to_come
from conflicts.models import ScheduleConflict
from scheduling.domain.document import Departure
from scheduling.domain.limits import LONGEST_TRIP, ONE_DAY
from scheduling.models import DailySchedule, GuideCommitment
from scheduling.rules.inputs import days_of
from scheduling.snapshot import Watch

logger = structlog.get_logger(__name__)

HAS_PUBLISHED = Func(
    F("assignments"),
    Value('$.departures.*.status ? (@ == "PUBLISHED")'),
    template="jsonb_path_exists(%(expressions)s::jsonpath)",
    output_field=BooleanField(),
)


@dataclass(frozen=True, slots=True)
class WatchedDates:
    """`near` are the dates up to the horizon, those before today whose departures are still under way included.

    `far` are dates beyond it with published departures, of which nobody lists yet who will be available. `unreadable`
    are dates whose document cannot be parsed.
    """

    near: tuple[date, ...]
    far: tuple[date, ...]
    watch: Watch
    departures: int
    unreadable: tuple[date, ...] = ()

    @property
    def days(self) -> tuple[date, ...]:
        return tuple(sorted({*self.near, *self.far} - set(self.unreadable)))


def watched_dates(now: datetime) -> WatchedDates:
    """Return what is watched at `now`.

    A region's date may differ by one from that of UTC, so that one date more is watched at either end.
    """
    today = now.date()
    first, last = today - ONE_DAY, today + settings.PLANNING_HORIZON_DAYS * ONE_DAY + ONE_DAY
    stored = DailySchedule.objects.filter(schedule_date__gt=first - LONGEST_TRIP)
    under_way = GuideCommitment.objects.filter(ends_at__gt=now, schedule_date__lt=first).values("schedule_date")
    earlier = {*under_way.values_list("schedule_date", flat=True).distinct(), *_with_open_conflicts(first)}
    within = stored.filter(schedule_date__gte=first, schedule_date__lte=last)
    beyond = stored.filter(HAS_PUBLISHED, schedule_date__gt=last)
    near = sorted({*earlier, *within.values_list("schedule_date", flat=True)})
    far = sorted(beyond.values_list("schedule_date", flat=True))
    return _read_subjects(tuple(near), tuple(far), now)


def _with_open_conflicts(first: date) -> set[date]:
    """The earlier dates whose conflicts are still open: they end with their departures, which may be over by now."""
    earlier = ScheduleConflict.objects.open().between(first - LONGEST_TRIP, first - ONE_DAY)
    return set(earlier.values_list("schedule__schedule_date", flat=True).distinct())


@dataclass(slots=True)
class _Subjects:
    """The subjects of the departures so far; guides in the order of the dates, so that the nearest are read first."""

    guide_days: set[date] = field(default_factory=set)
    days: set[date] = field(default_factory=set)
    regions: set[UUID] = field(default_factory=set)
    trips: set[UUID] = field(default_factory=set)
    trails: set[UUID] = field(default_factory=set)
    guides: dict[UUID, None] = field(default_factory=dict)
    departures: int = 0

    def add(self, departure: Departure, now: datetime, *, is_far: bool) -> None:
        self.departures += 1
        self.days |= set(days_of(departure))
        self.regions.add(departure.region_id)
        self.trips.add(departure.trip_id)
        self.trails |= {departure.trail_id} if departure.trail_id else set()
        self.guides |= dict.fromkeys(sorted(departure.guide_ids))
        if departure.team and not is_far:
            self.guide_days |= set(days_to_come(departure, now))


def _read_subjects(near: tuple[date, ...], far: tuple[date, ...], now: datetime) -> WatchedDates:
    subjects, unreadable = _Subjects(), []
    distant = frozenset(far)
    for day, departures in _documents((*near, *far)):
        if departures is None:
            unreadable.append(day)
            continue
        for departure in departures:
            if departure.status not in ENDED and departure.ends_at > now:
                subjects.add(departure, now, is_far=day in distant)
    watch = Watch(
        listed_days=frozenset(day for day in near if day >= now.date() - ONE_DAY),
        guide_days=frozenset(subjects.guide_days),
        days=frozenset(subjects.days),
        region_ids=frozenset(subjects.regions),
        trip_ids=frozenset(subjects.trips),
        trail_ids=frozenset(subjects.trails),
        guide_ids=tuple(subjects.guides),
    )
    return WatchedDates(near, far, watch, subjects.departures, tuple(unreadable))


def _documents(days: Iterable[date]) -> Iterator[tuple[date, Iterable[Departure] | None]]:
    """Yield the departures of each date, one document at a time; None where it cannot be read."""
    rows = DailySchedule.objects.filter(schedule_date__in=list(days)).order_by("schedule_date")
    for row in rows.iterator(chunk_size=1):
        try:
            yield row.schedule_date, row.document.departures.values()
        except ValidationError as error:
            logger.error("daily_schedule_unreadable", day=str(row.schedule_date), problems=error.error_count())
            yield row.schedule_date, None
