"""The inputs of the rules: the siblings' snapshot, hazards, adjustments and commitments."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from uuid import UUID

from scheduling.domain.document import Departure, GuideAdjustments
from scheduling.domain.facts import Region, Snapshot, Span, Trail, Trip, local_dates
from scheduling.domain.normalization import normalise_activity


@dataclass(frozen=True, slots=True)
class HazardFact:
    """A hazard in force: which trails it closes, which guides it holds, for how long."""

    id: UUID
    description: str
    span: Span
    trail_ids: frozenset[UUID] = frozenset()
    guide_ids: frozenset[UUID] = frozenset()
    closes_trails: bool = False


@dataclass(frozen=True, slots=True)
class Commitment:
    """A guide is on a departure of a schedule date."""

    guide_id: UUID
    departure_id: UUID
    day: date
    span: Span


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything that was read, for one decision.

    `led` counts, by guide, the departures led of a trip or on a trail (by either's id); `recent_hours`
    has each guide's hours on departures of the trailing 14 days.
    """

    snapshot: Snapshot
    hazards: tuple[HazardFact, ...] = ()
    led: Mapping[UUID, Mapping[UUID, int]] = field(default_factory=dict)
    recent_hours: Mapping[UUID, float] = field(default_factory=dict)

    def on(self, snapshot: Snapshot) -> "Facts":
        """The same with a fuller snapshot."""
        return replace(self, snapshot=snapshot)


@dataclass(frozen=True, slots=True)
class Demand:
    """The demands of a departure on its guides. `days` are the local dates it touches."""

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
    """The dates a departure touches, by the clock of its region."""
    first, last = local_dates(departure.span)
    return tuple(first + timedelta(days=n) for n in range((last - first).days + 1))


NO_ADJUSTMENTS = GuideAdjustments()


@dataclass(frozen=True, slots=True)
class EntriesByDate:
    """The guides' entries by date and guide. A departure meets the entries of the dates that it touches."""

    by_day: Mapping[date, Mapping[UUID, GuideAdjustments]] = field(default_factory=dict)

    def of(self, guide_id: UUID, days: Sequence[date]) -> GuideAdjustments:
        """A guide's adjustments of a departure's dates, the first of which it leaves on, as one.

        A group size of a later date can only lower how many the guide may lead: on the first one it says nothing.
        """
        first, *later = (self.by_day.get(day, {}).get(guide_id) for day in days)
        lowering = [_lowering(entry) for entry in later if entry is not None]
        if not lowering:
            return first or NO_ADJUSTMENTS
        return merged_adjustments([first or NO_ADJUSTMENTS, *lowering])


def _lowering(entry: GuideAdjustments) -> GuideAdjustments:
    if entry.max_group_size is None:
        return entry
    limit = {"kind": "MAX_GROUP_SIZE", "value": entry.max_group_size}
    return entry.model_copy(update={"restrictions": [*entry.restrictions, limit], "max_group_size": None})


def merged_adjustments(entries: Iterable[GuideAdjustments]) -> GuideAdjustments:
    """One guide's adjustments of several dates as one: a trip of several days meets all of them."""
    merged = GuideAdjustments()
    for entry in entries:
        merged.availability_exceptions = [*merged.availability_exceptions, *entry.availability_exceptions]
        merged.restrictions = [*merged.restrictions, *entry.restrictions]
        notes = [note for note in (merged.guide_notes, entry.guide_notes) if note]
        merged.guide_notes = "; ".join(dict.fromkeys(notes)) or None
        sizes = [size for size in (merged.max_group_size, entry.max_group_size) if size is not None]
        merged.max_group_size = min(sizes) if sizes else None
        merged.guide_preferences = entry.guide_preferences or merged.guide_preferences
    return merged


def is_adjusted(departure: Departure, before: EntriesByDate, after: EntriesByDate) -> bool:
    """Return whether a guide of its team has entered something else on its dates since."""
    days = days_of(departure)
    return any(before.of(guide_id, days) != after.of(guide_id, days) for guide_id in departure.guide_ids)
