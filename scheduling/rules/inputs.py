"""The inputs of the rules: the siblings' snapshot, hazards, guides' entries and commitments."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import TypeVar
from uuid import UUID

from scheduling.domain.document import Departure, GuideAdjustments
from scheduling.domain.facts import Region, Snapshot, Span, Trail, Trip, local_dates
from scheduling.domain.normalization import normalise_activity

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class HazardFact:
    """A hazard in force, with the trails that it closes and the guides whom it holds during `span`."""

    id: UUID
    description: str
    span: Span
    trail_ids: frozenset[UUID] = frozenset()
    guide_ids: frozenset[UUID] = frozenset()
    closes_trails: bool = False


@dataclass(frozen=True, slots=True)
class Commitment:
    """A guide's place on a departure of the schedule date `day`."""

    guide_id: UUID
    departure_id: UUID
    day: date
    span: Span


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything that was read for one decision.

    `led` counts, by guide, the departures led of a trip or on a trail (by either's id); `recent_hours` is each
    guide's hours on departures of the trailing 14 days. `past_starts` counts, by trip, its past departures by the local
    time, HH:MM, at which they began; only those who move departures read it.
    """

    snapshot: Snapshot
    hazards: tuple[HazardFact, ...] = ()
    led: Mapping[UUID, Mapping[UUID, int]] = field(default_factory=dict)
    recent_hours: Mapping[UUID, float] = field(default_factory=dict)
    past_starts: Mapping[UUID, Mapping[str, int]] = field(default_factory=dict)

    def with_snapshot(self, snapshot: Snapshot) -> "Facts":
        """Return the facts with `snapshot` in place of their own."""
        return replace(self, snapshot=snapshot)


@dataclass(frozen=True, slots=True)
class Demand:
    """The demands of a departure on its guides. `day` is its schedule date, `days` are the local dates it touches."""

    departure_id: UUID
    day: date
    days: tuple[date, ...]
    span: Span
    activity: str
    participants: int
    region: Region | None
    trip: Trip | None
    trail: Trail | None
    language: str | None = None

    @classmethod
    def of(cls, departure_id: UUID, departure: Departure, day: date, snapshot: Snapshot) -> "Demand":
        return cls(
            departure_id=departure_id,
            day=day,
            days=days_of(departure),
            span=departure.span,
            activity=normalise_activity(departure.activity_type),
            participants=departure.participants,
            region=snapshot.regions.get(departure.region_id),
            trip=snapshot.trips.get(departure.trip_id),
            trail=snapshot.trails.get(departure.trail_id) if departure.trail_id else None,
            language=departure.language,
        )


def days_of(departure: Departure) -> tuple[date, ...]:
    """Return the local dates that a departure touches, by the UTC offsets of its times."""
    first, last = local_dates(departure.span)
    return tuple(first + timedelta(days=n) for n in range((last - first).days + 1))


NO_ADJUSTMENTS = GuideAdjustments()


@dataclass(frozen=True, slots=True)
class EntriesByDate:
    """The guides' entries by date and guide. The entries of all dates that a departure touches apply to it."""

    by_day: Mapping[date, Mapping[UUID, GuideAdjustments]] = field(default_factory=dict)

    def of(self, guide_id: UUID, days: Sequence[date]) -> GuideAdjustments:
        """Return a guide's entries for a departure's dates, earliest first, merged to one.

        The group size of the first date replaces the profile's; those of later dates can only lower the capacity.
        """
        if len(days) == 1:
            return self.by_day.get(days[0], {}).get(guide_id) or NO_ADJUSTMENTS
        first, *later = (self.by_day.get(day, {}).get(guide_id) for day in days)
        limits = [_with_size_as_limit(entry) for entry in later if entry is not None]
        if not limits:
            return first or NO_ADJUSTMENTS
        return merged_adjustments([first or NO_ADJUSTMENTS, *limits])


def _with_size_as_limit(entry: GuideAdjustments) -> GuideAdjustments:
    if entry.max_group_size is None:
        return entry
    limit = {"kind": "MAX_GROUP_SIZE", "value": entry.max_group_size}
    return entry.model_copy(update={"restrictions": [*entry.restrictions, limit], "max_group_size": None})


def merged_adjustments(entries: Iterable[GuideAdjustments]) -> GuideAdjustments:
    """Merge one guide's entries of several dates or documents: all of them apply.

    Absences and restrictions are added up, the same one only once; notes are joined by "; ", the smallest group size
    and the latest preferences kept.
    """
    merged = GuideAdjustments()
    for entry in entries:
        merged.availability_exceptions = _united(merged.availability_exceptions, entry.availability_exceptions)
        merged.restrictions = _united(merged.restrictions, entry.restrictions)
        notes = [note for note in (merged.guide_notes, entry.guide_notes) if note]
        merged.guide_notes = "; ".join(dict.fromkeys(notes)) or None
        sizes = [size for size in (merged.max_group_size, entry.max_group_size) if size is not None]
        merged.max_group_size = min(sizes) if sizes else None
        merged.guide_preferences = entry.guide_preferences or merged.guide_preferences
    return merged


def _united(first: Sequence[T], second: Sequence[T]) -> list[T]:
    united: list[T] = []
    for item in (*first, *second):
        if item not in united:
            united.append(item)
    return united


def is_adjusted(departure: Departure, before: EntriesByDate, after: EntriesByDate) -> bool:
    """Return whether the entries of a guide of the team for its dates differ between `before` and `after`."""
    days = days_of(departure)
    return any(before.of(guide_id, days) != after.of(guide_id, days) for guide_id in departure.guide_ids)
