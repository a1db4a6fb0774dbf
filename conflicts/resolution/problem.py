"""A conflict as the searches for options see it, and the test that every option has to pass."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from conflicts.detection import Cause, ConflictType, DetectedConflict
from conflicts.errors import ResolutionNotApplicable
from conflicts.monitoring.scene_loader import Around, DetectionScope, detect_all
from conflicts.monitoring.store import fingerprints_of
from conflicts.resolution.shared_reading import SharedReading
from conflicts.steps import Making, Steps, build, departures_of, guides_joining, seated_in
from conflicts.steps.making import PairingScore
from scheduling.daily_schedules.commitments import commitments_in
from scheduling.domain.document import Departure, ScheduleDocument
from scheduling.rules import Commitment, EntriesByDate, Facts, new_violations
from scheduling.rules.camp_load import CampLoads
from scheduling.rules.departures import Surroundings

Documents = Mapping[date, ScheduleDocument]
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
class Solution:
    """Steps that solve a conflict: the documents that they change as they would be, and the conflicts they cause.

    Those are guests who lose their place where it cancels; following the catalog may cause others, too.
    """

    steps: Steps
    changed: Documents
    causes: tuple[DetectedConflict, ...] = ()


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

    def is_sound(self, departure_id: UUID) -> bool:
        """Return whether the departure, as it is planned, has no conflict that is known."""
        return not self._detected({}, frozenset({departure_id}))

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

    def solution(self, steps: Steps) -> Solution | None:
        """Return the solution that the steps are; None where they cannot be made, leave the conflict or cause another.

        No hard rule may be broken anew either.
        """
        changed = self.change_by(steps)
        if changed is None:
            return None
        touched = departures_of(steps)
        detected = self._detected(changed, touched)
        if self.details["fingerprint"] in fingerprints_of(detected) or not self.unseated <= seated_in(changed):
            return None
        caused = self._new_among(detected, touched)
        if not all(map(self._may_be_caused, caused)):
            return None
        return None if self.breaks_a_rule(changed, touched) else Solution(steps, changed, tuple(caused))

    def _may_be_caused(self, conflict: DetectedConflict) -> bool:
        """Whether an option may cause it, and say so: the catalog is followed though no team is known to be free."""
        if self.cause.is_of_the_catalog:
            return not conflict.cause.is_never_overridden
        return conflict.cause.follows_from_cancelling

    def is_there_still(self) -> bool:
        """Return whether the documents, as they are, still have the conflict."""
        about = frozenset(UUID(key) for key in self.details["departure_ids"])
        return self.details["fingerprint"] in fingerprints_of(self._detected({}, about))

    def harms_nothing(self, steps: Steps) -> bool:
        """Return whether the steps can be made, cause no conflict and break no hard rule anew."""
        changed = self.change_by(steps)
        if changed is None:
            return False
        touched = departures_of(steps)
        caused = self._new_among(self._detected(changed, touched), touched)
        return all(c.cause.follows_from_cancelling for c in caused) and not self.breaks_a_rule(changed, touched)

    def change_by(self, steps: Steps) -> Documents | None:
        """Return the changed documents, None where the steps cannot be made."""
        touched = departures_of(steps)
        teams = (d.guide_ids for document in self.documents.values() for d in _of(document, touched))
        self.certify(guides_joining(steps).union(*teams))
        try:
            return build(steps, self.documents, self.making)
        except ResolutionNotApplicable:
            return None

    def breaks_a_rule(self, changed: Documents, departure_ids: Iterable[UUID]) -> bool:
        """Return whether the changed documents break a hard rule anew."""
        touched = frozenset(departure_ids)
        planned, loads = self._commitments_with(changed, touched), self._loads(changed, touched)
        for day, after in changed.items():
            here = touched & after.departures.keys()
            before = self._surroundings(self.documents, day, self.commitments, self._loads({}, touched))
            afterwards = self._surroundings({**self.documents, **changed}, day, planned, loads)
            surroundings = before, afterwards
            if new_violations(self.documents[day], after, day, here, self.facts, *surroundings):
                return True
        return False

    def _new_among(self, detected: Iterable[DetectedConflict], touched: frozenset[UUID]) -> list[DetectedConflict]:
        present = fingerprints_of(self._detected({}, touched))
        return [conflict for conflict in detected if conflict.fingerprint not in present]

    def _detected(self, changed: Documents, touched: frozenset[UUID]) -> list[DetectedConflict]:
        documents = {**self.documents, **changed}
        scopes = {
            day: DetectionScope(document, frozenset(here))
            for day, document in documents.items()
            if (here := touched & document.departures.keys())
        }
        planned, loads = self._commitments_with(changed, touched), self._loads(changed, touched)
        found = detect_all(scopes, self.facts, now=self.now, commitments=planned, around=self.around, loads=loads)
        return list(found.conflicts)

    def _surroundings(
        self,
        documents: Documents,
        day: date,
        commitments: Mapping[UUID, tuple[Commitment, ...]],
        loads: CampLoads | None,
    ) -> Surroundings:
        neighbours = () if loads else self._elsewhere(documents, day)
        return Surroundings(self.entered, commitments, neighbours, loads)

    def _loads(self, changed: Documents, touched: Collection[UUID]) -> CampLoads | None:
        """Return the loads of the base camps after a change of `touched` departures; None where not all is read."""
        around = self.around
        if around is None:
            return None

        # Their identities are the key, so they are kept: conflicts of one message may reach differently far.
        read = (around, *self.documents.values())

        def count() -> tuple[CampLoads, tuple[object, ...]]:
            planned = (d for document in self.documents.values() for d in document.departures.values())
            return CampLoads([*planned, *around.elsewhere]), read

        base, _ = self.kept.once(("camp loads", *map(id, read)), count)
        gone = [d for day in changed for d in _of(self.documents[day], touched)]
        return CampLoads([d for after in changed.values() for d in _of(after, touched)], gone, base)

    def _elsewhere(self, documents: Documents, day: date) -> list[Departure]:
        others = (document for other, document in documents.items() if other != day)
        return [departure for document in others for departure in document.departures.values()]

    def _commitments_with(self, changed: Documents, touched: Collection[UUID]) -> dict[UUID, tuple[Commitment, ...]]:
        """Return the commitments as they would be: those of the departures that differ are replaced, no others."""
        planned = dict(self.commitments)
        for day, after in changed.items():
            before = self.documents[day]
            others = {key for key in touched if before.departures.get(key) is not after.departures.get(key)}
            for guide_id in {guide for departure in _of(before, others) for guide in departure.guide_ids}:
                held = planned.get(guide_id, ())
                planned[guide_id] = tuple(c for c in held if c.day != day or c.departure_id not in others)
            for commitment in commitments_in(after, day, sorted(others)):
                planned[commitment.guide_id] = (*planned.get(commitment.guide_id, ()), commitment)
        return planned


def differing(before: ScheduleDocument, after: ScheduleDocument) -> frozenset[UUID]:
    """Return the departures that a change of a document replaced, added or removed; the others are the same objects."""
    known, planned = before.departures, after.departures
    return frozenset(
        {key for key, departure in planned.items() if known.get(key) is not departure} | (known.keys() - planned.keys())
    )


def changed_parts(before: Documents, after: Documents) -> tuple[Documents, Documents]:
    """Return the documents with those departures alone that differ, and those that replace them.

    What a change does is told and counted by these: a date may have thousands that it does not touch.
    """
    keys = {key for day in after for key in differing(before[day], after[day])}
    replacing = {d.rescheduled_to for document in after.values() for d in _of(document, keys)}
    shown = keys | replacing
    return (
        {day: _part_of(document, shown) for day, document in before.items()},
        {day: _part_of(document, shown) for day, document in after.items()},
    )


def _part_of(document: ScheduleDocument, keys: Collection[UUID | None]) -> ScheduleDocument:
    departures = {key: document.departures[key] for key in keys if key in document.departures}
    return document.model_copy(update={"departures": departures})


def _of(document: ScheduleDocument, keys: Iterable[UUID]) -> list[Departure]:
    return [document.departures[key] for key in keys if key in document.departures]


def _ease(spot: Spot) -> tuple[bool, int, UUID]:
    return (spot.departure.published is not None, spot.departure.participants, spot.departure_id)
