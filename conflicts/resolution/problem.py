"""A conflict as the searches for options see it, and the test that every option has to pass."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from conflicts.detection import Cause, ConflictType, DetectedConflict
from conflicts.errors import ResolutionNotApplicable
from conflicts.monitoring.scene_loader import DetectionScope, detect_all
from conflicts.monitoring.store import fingerprints_of
from conflicts.steps import Making, Steps, build, departures_of
from conflicts.steps.making import PairingScore
from scheduling.daily_schedules.commitments import by_guide, commitments_in, without_departures
from scheduling.domain.document import Departure, ScheduleDocument
from scheduling.rules import Commitment, EntriesByDate, Facts, new_violations
from scheduling.rules.departures import Surroundings

Documents = Mapping[date, ScheduleDocument]
Certify = Callable[[Facts, set[UUID]], Facts]


@dataclass(slots=True)
class SharedFacts:
    """The facts of a conflict, to which certificates are added as its candidates need them, each once."""

    known: Facts
    read: Certify
    certified: set[UUID] = field(default_factory=set)

    def certify(self, guide_ids: Collection[UUID]) -> Facts:
        """Return the facts with the certificates of these guides among others."""
        missing = set(guide_ids) - self.certified
        if missing:
            self.certified |= missing
            self.known = self.read(self.known, missing)
        return self.known


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
    those dates, `score` rates a guide on a departure.
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

    @property
    def facts(self) -> Facts:
        """The facts, with all certificates that were read so far."""
        return self.shared.known

    def certify(self, guide_ids: Collection[UUID]) -> Facts:
        """Return the facts with the certificates of these guides: each guide's are read once for all candidates."""
        return self.shared.certify(guide_ids)

    @property
    def making(self) -> Making:
        return Making(self.facts, self.entered, self.score, self.now, self.waiting)

    def change_by(self, steps: Steps) -> Documents | None:
        """Return the changed documents where the steps solve the conflict, None where they cannot be made or do not."""
        try:
            changed = build(steps, self.documents, self.making)
        except ResolutionNotApplicable:
            return None
        touched = departures_of(steps)
        teams = [
            d.guide_ids for document in changed.values() for key, d in document.departures.items() if key in touched
        ]
        facts = self.certify(frozenset().union(*teams))
        return changed if self.solves(facts, changed, touched) else None

    @property
    def cause(self) -> Cause:
        return Cause(self.details["cause"])

    @property
    def day(self) -> date:
        return date.fromisoformat(self.details["conflict_date"])

    @property
    def guide_ids(self) -> frozenset[UUID]:
        return frozenset(UUID(key) for key in self.details.get("affected_guide_ids", []))

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

    def solves(self, facts: Facts, changed: Documents, departure_ids: Iterable[UUID]) -> bool:
        """True where the changed documents end the conflict without a new one and without breaking a hard rule."""
        touched = frozenset(departure_ids)
        is_gone = self.details["fingerprint"] not in fingerprints_of(self._detected(facts, changed, touched))
        return is_gone and self.introduces_nothing(facts, changed, touched)

    def introduces_nothing(self, facts: Facts, changed: Documents, departure_ids: Iterable[UUID]) -> bool:
        """True where the changed documents have no new conflict and break no hard rule anew."""
        touched = frozenset(departure_ids)
        if self.breaks_a_rule(facts, changed, touched):
            return False
        new = [c for c in self._detected(facts, changed, touched) if not c.cause.follows_from_cancelling]
        return fingerprints_of(new) <= fingerprints_of(self._detected(facts, {}, touched))

    def _detected(self, facts: Facts, changed: Documents, touched: frozenset[UUID]) -> list[DetectedConflict]:
        documents = {**self.documents, **changed}
        scopes = {
            day: DetectionScope(document, frozenset(here))
            for day, document in documents.items()
            if (here := touched & document.departures.keys())
        }
        planned = self._commitments_with(changed)
        return list(detect_all(scopes, facts, now=self.now, commitments=planned).conflicts)

    def breaks_a_rule(self, facts: Facts, changed: Documents, departure_ids: Iterable[UUID]) -> bool:
        """True where the changed documents break a hard rule anew."""
        touched = frozenset(departure_ids)
        planned = self._commitments_with(changed)
        for day, after in changed.items():
            here = touched & after.departures.keys()
            before = Surroundings(self.entered, self.commitments, self._elsewhere(self.documents, day))
            afterwards = Surroundings(self.entered, planned, self._elsewhere({**self.documents, **changed}, day))
            surroundings = before, afterwards
            if new_violations(self.documents[day], after, day, here, facts, *surroundings):
                return True
        return False

    def _elsewhere(self, documents: Documents, day: date) -> list[Departure]:
        others = (document for other, document in documents.items() if other != day)
        return [departure for document in others for departure in document.departures.values()]

    def _commitments_with(self, changed: Documents) -> dict[UUID, tuple[Commitment, ...]]:
        if not changed:
            return dict(self.commitments)
        replaced = {key for document in changed.values() for key in document.departures}
        planned = without_departures(self.commitments, replaced)
        for day, document in changed.items():
            planned += commitments_in(document, day, document.departures)
        return by_guide(planned)


def _ease(spot: Spot) -> tuple[bool, int, UUID]:
    return (spot.departure.published is not None, spot.departure.participants, spot.departure_id)
