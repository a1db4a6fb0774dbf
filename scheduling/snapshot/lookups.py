"""Lookups of one trip or some guides, while a client waits for the validation of its request."""

from collections.abc import Collection, Iterable
from contextlib import suppress
from dataclasses import replace
from typing import Self
from uuid import UUID

from django.conf import settings

from novatrek_scheduling.deadline import Deadline
from novatrek_scheduling.errors import DomainError, FieldProblem, Impossible
from scheduling.domain.facts import Guide, Sibling, Snapshot, Trip
from scheduling.siblings import SiblingNotFound, guide_management, trip_catalog
from scheduling.siblings.client import SiblingReader
from scheduling.siblings.guide_management import GuidePayload
from scheduling.siblings.last_good import TRIPS
from scheduling.siblings.parallel import Lookups
from scheduling.siblings.tasks import Task, run
from scheduling.snapshot.translation import guide_of, trip_of

MAX_TRIPS_ADDED = 5


class UnknownTrip(Impossible):
    """The catalog has no such trip."""

    code = "UNKNOWN_TRIP"

    @classmethod
    def of(cls, trip_id: UUID, field: str = "trip_id") -> Self:
        return cls(f"The catalog has no trip {trip_id}.", FieldProblem(field, "is not a trip of the catalog"))


class InactiveTrip(Impossible):
    """The trip is not for sale."""

    code = "INACTIVE_TRIP"

    @classmethod
    def of(cls, trip: Trip, field: str = "trip_id") -> Self:
        return cls(f"{trip.name} is not an active trip.", FieldProblem(field, "is not an active trip"))


class UnknownGuide(Impossible):
    """svc-guide-management has no such guide."""

    code = "UNKNOWN_GUIDE"

    @classmethod
    def of(cls, guide_ids: Collection[UUID], field: str) -> Self:
        names = ", ".join(map(str, guide_ids))
        problems = (FieldProblem(field, f"{guide_id} is not a guide") for guide_id in guide_ids)
        return cls(f"There is no guide {names}.", *problems)


def look_up_trip(
    trip_id: UUID, *, field: str = "trip_id", must_be_active: bool = True, deadline_seconds: float | None = None
) -> Trip:
    """Return the trip that a request's `field` names.

    `deadline_seconds` None: that of interactive requests. Raises UnknownTrip, InactiveTrip and SiblingUnavailable.
    """
    deadline = _deadline(deadline_seconds)
    cached = trip_catalog.cached_trip(SiblingReader(deadline), trip_id)
    trip = trip_of(cached) if cached else _judged_trip(trip_id, deadline, field)
    if must_be_active and not trip.is_active:
        raise InactiveTrip.of(trip, field)
    return trip


def _judged_trip(trip_id: UUID, deadline: Deadline, field: str) -> Trip:
    try:
        with SiblingReader.judging(deadline, TRIPS, fresh=True) as reader:
            trip = trip_of(run(trip_catalog.read_trip(reader, trip_id)))
            of_use = {trip_id: trip.required_certifications} if trip.is_active else {}
            reader.answers.judge(TRIPS, of_use, asked=[trip_id])
    except SiblingNotFound as error:
        raise UnknownTrip.of(trip_id, field) from error
    return trip


def with_trips(snapshot: Snapshot, trip_ids: Iterable[UUID], *, deadline_seconds: float) -> Snapshot:
    """Return the snapshot with at most `MAX_TRIPS_ADDED` of these trips, as far as the deadline leaves time."""
    deadline, trips = Deadline.after(deadline_seconds), dict(snapshot.trips)
    for trip_id in sorted(set(trip_ids) - trips.keys())[:MAX_TRIPS_ADDED]:
        with suppress(DomainError):
            trips[trip_id] = look_up_trip(trip_id, must_be_active=False, deadline_seconds=deadline.remaining())
    return replace(snapshot, trips=trips)


def look_up_guides(
    guide_ids: Collection[UUID], *, field: str = "guide_ids", deadline_seconds: float | None = None
) -> dict[UUID, Guide]:
    """Return the guides that a request's `field` names, by id.

    `deadline_seconds` None: that of interactive requests. Raises UnknownGuide with all unknown ids, and
    SiblingUnavailable.
    """
    deadline = _deadline(deadline_seconds)
    with SiblingReader(deadline) as reader, Lookups(deadline) as lookups:
        read = guide_management.read_guide
        futures = {key: lookups.call(Sibling.GUIDE_MANAGEMENT, read, reader, key) for key in sorted(set(guide_ids))}
        guides = {key: _guide_or_none(lookups, future) for key, future in futures.items()}
    if unknown := [key for key, guide in guides.items() if guide is None]:
        raise UnknownGuide.of(unknown, field)
    return {key: guide for key, guide in guides.items() if guide}


def _guide_or_none(lookups: Lookups, future: Task[GuidePayload]) -> Guide | None:
    try:
        return guide_of(lookups.result(Sibling.GUIDE_MANAGEMENT, future))
    except SiblingNotFound:
        return None


def _deadline(deadline_seconds: float | None) -> Deadline:
    interactive: float = settings.SNAPSHOT_DEADLINE_SECONDS["interactive"]
    return Deadline.after(interactive if deadline_seconds is None else deadline_seconds)
