"""A conflict as the searches for options see it, with the facts around it."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from conflicts.detection import Cause, ConflictType
from conflicts.monitoring.scene_loader import Around
from conflicts.resolution.changes import Documents
from conflicts.resolution.shared_reading import SharedReading
from conflicts.steps import Making
from conflicts.steps.making import PairingScore
from scheduling.domain.document import Departure
from scheduling.rules import Commitment, EntriesByDate, Facts

ReadMore = Callable[[Facts, set[UUID]], Facts]


@dataclass(slots=True)
class SharedFacts:
    """The facts of a conflict, to which certificates and trips are added as its candidates need them, each once."""

    known: Facts
    read: ReadMore
    certified: set[UUID] = field(default_factory=set)
    read_trips: ReadMore = lambda facts, _: facts
    asked_trips: set[UUID] = field(default_factory=set)

    def certify(self, guide_ids: Collection[UUID]) -> Facts:
        """Return the facts with the certificates of these guides among others."""
        missing = set(guide_ids) - self.certified
        if missing:
            self.certified |= missing
            self.known = self.read(self.known, missing)
        return self.known

    def know_trips(self, trip_ids: Collection[UUID]) -> None:
        """Add these trips to the facts, as far as they can be read."""
        missing = set(trip_ids) - self.known.snapshot.trips.keys() - self.asked_trips
        if missing:
            self.asked_trips |= missing
            self.known = self.read_trips(self.known, missing)


@dataclass(frozen=True, slots=True)
class Spot:
    """A departure with its date and id; `instead_of` is the departure of another date that it would replace."""

    day: date
    departure_id: UUID
    departure: Departure
    instead_of: UUID | None = None


@dataclass(frozen=True, slots=True)
class Problem:
    """A conflict with the facts around it.

    `documents` and `revisions` are those of the dates around, `entered` what guides entered for them and for the dates
    that a departure moved among them could reach; `waiting` has the guests of the reservations that wait for a place on
    those dates, `score` rates a guide on a departure. `around` is what detection reads besides, None to have it read.
    `booked` has the times at which the reservations of the conflict's departures were booked, as far as they are known.
    `kept` has what was worked out from these documents for other conflicts of them.
    """

    conflict_id: UUID
    conflict_type: ConflictType
    details: Mapping[str, Any]
    documents: Documents
    revisions: Mapping[date, int]
    shared: SharedFacts
    entered: EntriesByDate
    commitments: Mapping[UUID, tuple[Commitment, ...]]
    score: PairingScore
    now: datetime
    waiting: Mapping[UUID, int] = field(default_factory=dict)
    around: Around | None = None
    booked: Mapping[UUID, datetime] = field(default_factory=dict)
    kept: SharedReading = field(default_factory=SharedReading)

    @property
    def facts(self) -> Facts:
        """The facts, with all certificates that were read so far."""
        return self.shared.known

    def certify(self, guide_ids: Collection[UUID]) -> Facts:
        """Return the facts with the certificates of these guides: each guide's are read once for all candidates."""
        return self.shared.certify(guide_ids)

    def know_trips(self, trip_ids: Collection[UUID]) -> None:
        """Add trips of other departures to the facts, so that guides can be sought for them."""
        self.shared.know_trips(trip_ids)

    @property
    def making(self) -> Making:
        return Making(self.facts, self.entered, self.score, self.now, self.waiting)

    @property
    def cause(self) -> Cause:
        return Cause(self.details["cause"])

    @property
    def day(self) -> date:
        return date.fromisoformat(self.details["conflict_date"])

    @property
    def guide_ids(self) -> frozenset[UUID]:
        return frozenset(UUID(key) for key in self.details.get("affected_guide_ids", []))

    @property
    def trail_ids(self) -> tuple[UUID, ...]:
        return tuple(UUID(key) for key in self.details.get("affected_trail_ids", []))

    @property
    def unseated(self) -> frozenset[UUID]:
        """The reservations that the conflict says wait for any departure; none in conflicts about departures."""
        if self.cause is not Cause.GUESTS_WITHOUT_PLACE or self.details["departure_ids"]:
            return frozenset()
        return frozenset(map(UUID, self.details["evidence"]["told"]["reservations"]))

    def movable(self) -> list[Spot]:
        """The conflict's departures that may still be replanned: unpublished ones first, then by participants."""
        open_spots = [spot for spot in self._spots() if spot.departure.may_be_replanned(self.now)]
        return sorted(open_spots, key=_ease)

    def cancelled(self) -> Spot | None:
        """The departure whose cancellation is the conflict; None in conflicts about anything else."""
        return next((spot for spot in self._spots() if spot.departure.is_cancelled), None)

    def _spots(self) -> list[Spot]:
        about = {UUID(key) for key in self.details["departure_ids"]}
        return [
            Spot(day, key, document.departures[key])
            for day, document in self.documents.items()
            for key in about & document.departures.keys()
        ]


def _ease(spot: Spot) -> tuple[bool, int, UUID]:
    return (spot.departure.published is not None, spot.departure.participants, spot.departure_id)
