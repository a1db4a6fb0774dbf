"""The input of detection: the document of one date, the siblings' facts and the surrounding dates."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property, lru_cache
from operator import attrgetter
from typing import Any
from uuid import UUID

from conflicts.detection.causes import Cause, ConflictType
from conflicts.detection.findings import OURSELVES, DetectedConflict
from conflicts.detection.severity import Severity, severity_of
from scheduling.domain.document import Departure, DepartureStatus, GuideAdjustments, ScheduleDocument
from scheduling.domain.facts import Sibling, Snapshot, Span
from scheduling.rules import Commitment, Demand, EntriesByDate, Facts
from scheduling.rules.camp_load import CampLoads
from scheduling.rules.inputs import days_of

ENDED = frozenset({DepartureStatus.CANCELLED, DepartureStatus.COMPLETED})


def days_to_come(departure: Departure, now: datetime) -> tuple[date, ...]:
    """Return the local dates of the departure that are not past: what was on the others cannot be changed."""
    today = now.astimezone(departure.starts_at.tzinfo).date()
    return tuple(day for day in days_of(departure) if day >= today)


def _in_order(ids: Iterable[UUID]) -> list[UUID]:
    # By their numbers, which is their order: of thousands, comparing the ids themselves takes ten times as long.
    return sorted(ids, key=attrgetter("int"))


@lru_cache(maxsize=1)
def _nothing_read(now: datetime) -> Snapshot:
    return Snapshot(taken_at=now, days=(), regions={}, trips={})


@dataclass(frozen=True, slots=True)
class Danger:
    """A hazard in force, with the fields that detection needs beyond those of the hard rules."""

    id: UUID
    severity: Severity
    description: str
    span: Span
    is_weather: bool = False
    trail_ids: frozenset[UUID] = frozenset()
    guide_ids: frozenset[UUID] = frozenset()
    region_id: UUID | None = None
    departure_id: UUID | None = None
    closes_trails: bool = False


@dataclass(frozen=True, slots=True)
class WaitingGuests:
    """A reservation that no departure takes, with the reason, and its trip's region where that is known."""

    reservation_id: UUID
    guests: int
    reason: str
    region_id: UUID | None


@dataclass(frozen=True, slots=True)
class Scene:
    """The document of `day` and everything that detection may know about it.

    Without `facts` only rules about our own documents and hazards are judged. `elsewhere` has the departures of
    other dates that guides of this one are committed to, with their dates; `neighbours` are the staffed
    departures of other dates that are under way at the same time, `loads` those of the base camps where they are
    counted already. `waiting` has the reservations that no departure takes, by trip.
    """

    day: date
    document: ScheduleDocument
    now: datetime
    facts: Facts | None = None
    dangers: tuple[Danger, ...] = ()
    entered: EntriesByDate = field(default_factory=EntriesByDate)
    commitments: Mapping[UUID, tuple[Commitment, ...]] = field(default_factory=dict)
    elsewhere: Mapping[UUID, tuple[date, Departure]] = field(default_factory=dict)
    neighbours: tuple[Departure, ...] = ()
    loads: CampLoads | None = None
    waiting: Mapping[UUID, tuple[WaitingGuests, ...]] = field(default_factory=dict)

    @property
    def snapshot(self) -> Snapshot:
        return self.facts.snapshot if self.facts is not None else _nothing_read(self.now)

    def read_at(self, *siblings: Sibling) -> dict[str, str]:
        """The times at which the named sources were read, in ISO 8601."""
        snapshot = self.snapshot
        return {sibling.value: snapshot.read_at.get(sibling, snapshot.taken_at).isoformat() for sibling in siblings}

    def is_over(self, departure: Departure) -> bool:
        return departure.status in ENDED or departure.ends_at <= self.now

    def cases(self, departure_ids: Iterable[UUID]) -> "list[Case]":
        """The departures among `departure_ids` that are upcoming or under way, by id."""
        departures = self.document.departures
        present = ((key, departure) for key in _in_order(departure_ids) if (departure := departures.get(key)))
        return [Case(self, key, departure) for key, departure in present if not self.is_over(departure)]

    def cancelled(self, departure_ids: Iterable[UUID]) -> "list[Case]":
        """The departures among `departure_ids` that are cancelled and would not be over yet, by id."""
        departures = self.document.departures
        present = ((key, departure) for key in _in_order(departure_ids) if (departure := departures.get(key)))
        return [Case(self, key, d) for key, d in present if d.is_cancelled and d.ends_at > self.now]


@dataclass(frozen=True)
class Case:
    """One departure of a scene, to be judged."""

    scene: Scene
    departure_id: UUID
    departure: Departure

    @property
    def name(self) -> str:
        """The departure as descriptions name it: a trip may depart more than once on a date."""
        return f"{self.departure.trip_name} at {self.departure.starts_at:%H:%M}"

    @cached_property
    def demand(self) -> Demand:
        return Demand.of(self.departure_id, self.departure, self.scene.day, self.scene.snapshot)

    @cached_property
    def days(self) -> tuple[date, ...]:
        """The local dates that the departure touches."""
        return days_of(self.departure)

    @cached_property
    def days_to_come(self) -> tuple[date, ...]:
        return days_to_come(self.departure, self.scene.now)

    @cached_property
    def span(self) -> Span:
        return self.departure.span

    def adjustments_of(self, guide_id: UUID) -> GuideAdjustments:
        return self.scene.entered.of(guide_id, self.days)

    def conflict(
        self,
        cause: Cause,
        description: str,
        *,
        kind: ConflictType = ConflictType.GUIDE_DOUBLE_BOOKED,
        severity: Severity | None = None,
        counterpart: object = "",
        guide_ids: Iterable[UUID] = (),
        trail_ids: Iterable[UUID] = (),
        source: Sibling | None = None,
        stored_evidence: Mapping[str, Any] | None = None,
        **evidence: Any,
    ) -> DetectedConflict:
        """Make a conflict of this departure; its severity is by default that of its nearness and announcement."""
        scene, departure = self.scene, self.departure
        return DetectedConflict(
            type=kind,
            cause=cause,
            severity=severity or severity_of(departure, scene.now),
            description=description,
            day=scene.day,
            region_id=departure.region_id,
            subjects=(self.departure_id,),
            counterpart=str(counterpart),
            departure_ids=(self.departure_id,),
            trip_ids=(departure.trip_id,),
            guests=departure.participants,
            guide_ids=tuple(guide_ids),
            trail_ids=tuple(trail_ids),
            source_service=source.value if source else OURSELVES,
            evidence=evidence,
            stored_evidence=stored_evidence,
            read_at=scene.read_at(source) if source else {OURSELVES: scene.now.isoformat()},
            plans={self.departure_id: departure},
        )
