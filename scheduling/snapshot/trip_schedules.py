"""The whole schedules of single trips, read to learn what became of departures that a list no longer has."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import partial
from uuid import UUID

from novatrek_scheduling.deadline import Deadline
from scheduling.domain.facts import CatalogDeparture, Trip
from scheduling.siblings import SiblingNotFound, SiblingUnavailable, trip_catalog
from scheduling.siblings.client import SiblingReader
from scheduling.siblings.parallel import Lookups
from scheduling.siblings.records import Records
from scheduling.siblings.tasks import Task
from scheduling.snapshot.catalog import CATALOG
from scheduling.snapshot.translation import departure_of, trip_of


@dataclass(frozen=True, slots=True)
class TripSchedule:
    """A trip with all its departures of some dates, by the catalog's id. `trip` None: the catalog has no such trip.

    `unreadable` are the ids of those that it lists in a form that cannot be read.
    """

    read_at: datetime
    trip: Trip | None = None
    departures: Mapping[UUID, CatalogDeparture] = field(default_factory=dict)
    unreadable: frozenset[UUID] = frozenset()


def read_trip_schedules(
    trip_ids: Collection[UUID], first: date, last: date, *, deadline_seconds: float
) -> dict[UUID, TripSchedule]:
    """Return the schedules of these trips from `first` to `last`, both included; nothing comes from the cache.

    A trip whose answer is not complete within the deadline is left out: what is not known is not taken for deleted.
    """
    reader = SiblingReader(Deadline.after(deadline_seconds), fresh=True)
    read_at = datetime.now(UTC)
    with Lookups(reader.deadline) as lookups:
        trips = {key: lookups.call(CATALOG, trip_catalog.read_trip, reader, key) for key in sorted(trip_ids)}
        read = partial(trip_catalog.read_departures, reader, lookups)
        branches = {key: lookups.branch(read, key, first, last) for key in trips}
        schedules = {key: _schedule(lookups, trips[key], branches[key], read_at) for key in trips}
    return {key: schedule for key, schedule in schedules.items() if schedule}


def _schedule(
    lookups: Lookups,
    trip_call: Task[trip_catalog.TripPayload],
    branch: Task[Records[trip_catalog.DeparturePayload]],
    read_at: datetime,
) -> TripSchedule | None:
    try:
        trip = trip_of(lookups.result(CATALOG, trip_call))
    except SiblingNotFound:
        return TripSchedule(read_at)
    except SiblingUnavailable:
        return None
    try:
        listed = lookups.result(CATALOG, branch)
    except (SiblingUnavailable, SiblingNotFound):
        # A schedule that is not found while its trip is: the answers contradict each other.
        return None
    unreadable = [record.id for record in listed.sick]
    if None in unreadable:
        return None
    departures = {payload.id: departure_of(payload) for payload in listed.entries}
    return TripSchedule(read_at, trip, departures, frozenset(key for key in unreadable if key))
