"""What the catalog lists of our departures on some dates, wherever they are now, and what became of those it lacks."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.utils import timezone

from scheduling.daily_schedules.catalog_aliases import find_aliases_by_day
from scheduling.daily_schedules.departure_dates import dates_of
from scheduling.domain.catalog_changes import listing_of, no_longer_listed
from scheduling.domain.catalog_listing import CatalogListing
from scheduling.domain.document import Departure, DepartureStatus, ScheduleDocument
from scheduling.domain.facts import CatalogDeparture, RecordKind, Snapshot
from scheduling.domain.limits import ONE_DAY, RECORDED_FUTURE
from scheduling.models import DepartureAlias
from scheduling.snapshot.trip_schedules import TripSchedule, read_trip_schedules

Documents = Mapping[date, ScheduleDocument]


@dataclass(frozen=True, slots=True)
class CatalogListings:
    """The catalog's listings of departures of ours, by our id; those it does not list any more are said to be so.

    `days` are the dates on which these departures are, and those on which the catalog lists them. `ours` were created
    here, under other ids than the catalog's. `aliases` are those of `find_aliases_by_day`, and `dates` the dates of the
    departures that are in a daily schedule.
    """

    by_id: Mapping[UUID, CatalogListing]
    days: frozenset[date]
    ours: frozenset[UUID]
    aliases: Mapping[date, Mapping[UUID, UUID]]
    dates: Mapping[UUID, date]


def read_listings(
    documents: Documents,
    snapshot: Snapshot,
    *,
    region_ids: Collection[UUID],
    trip_ids: Collection[UUID] | None,
    deadline_seconds: float,
) -> CatalogListings:
    """Return the listings of the departures of these regions on the dates of `documents`; `trip_ids` None: of any trip.

    The schedule of a trip whose departure is missing is read again, for itself and in full: it was moved to another
    date, or is no longer listed. Where that cannot be read, the departure is left out.
    """
    scope = _in_scope(documents, region_ids, trip_ids)
    aliases = find_aliases_by_day(documents, snapshot, _trips_of(scope, snapshot, region_ids))
    ours = frozenset(key for of_day in aliases.values() for key in of_day.values())
    listed = {
        aliases[day].get(listed.id, listed.id): listing_of(listed, trip, snapshot.taken_at)
        for day in documents
        for listed in _listed_on(day, snapshot, region_ids, scope.keys(), aliases[day])
        if (trip := snapshot.trips.get(listed.trip_id)) and (trip_ids is None or trip.id in trip_ids)
    }
    missing = {
        key: dated
        for key, dated in scope.items()
        if key not in listed and _is_missed(dated[1]) and not snapshot.lacks(RecordKind.DEPARTURE, key)
    }
    known = listed | _find(missing, deadline_seconds)
    dates = dates_of(known)
    known = {key: listing for key, listing in known.items() if key in scope or key in dates}
    days = {*documents, *dates.values(), *(listing.schedule_date for listing in known.values())}
    return CatalogListings(known, frozenset(days), ours, aliases, dates)


def _listed_on(
    day: date, snapshot: Snapshot, region_ids: Collection[UUID], scope: Collection[UUID], aliases: Mapping[UUID, UUID]
) -> Iterator[CatalogDeparture]:
    """Yield what the catalog lists on a date of these regions, and under whatever trip of the departures in scope.

    A trip may have been in one of these regions when its departure was planned, and be in another by now.
    """
    trip_ids, by_id = snapshot.trips_in(region_ids), snapshot.listed_by_id(day)
    yield from snapshot.listed_of_trips(day, trip_ids)
    in_scope = (set(scope) - aliases.keys()).union(key for key, ours in aliases.items() if ours in scope)
    for key in in_scope & by_id.keys():
        if by_id[key].trip_id not in trip_ids:
            yield by_id[key]


def _trips_of(
    scope: Mapping[UUID, tuple[date, Departure]], snapshot: Snapshot, region_ids: Collection[UUID]
) -> frozenset[UUID]:
    """Return the trips of these regions, and those that were when their departures were planned."""
    return snapshot.trips_in(region_ids).union(departure.trip_id for _, departure in scope.values())


def _in_scope(
    documents: Documents, region_ids: Collection[UUID], trip_ids: Collection[UUID] | None
) -> dict[UUID, tuple[date, Departure]]:
    if trip_ids is None:
        return {
            key: (day, departure)
            for day, document in documents.items()
            for key, departure in document.departures_in(region_ids).items()
        }
    return {
        key: (day, departure)
        for day, document in documents.items()
        for key, departure in document.departures_of_trips(trip_ids).items()
        if departure.region_id in region_ids
    }


def _is_missed(departure: Departure) -> bool:
    """Return whether the catalog is expected to list it: one that it never listed may be on its way there."""
    is_over = departure.status in {DepartureStatus.COMPLETED, DepartureStatus.CANCELLED}
    is_sold = departure.catalog is not None and departure.catalog.is_for_sale
    return is_sold and not is_over and departure.ends_at > timezone.now()


def _find(missing: Mapping[UUID, tuple[date, Departure]], deadline_seconds: float) -> dict[UUID, CatalogListing]:
    """Return what the schedules of their trips, read again, say of departures that a list lacks."""
    if not missing:
        return {}
    today = timezone.now().date()
    schedules = read_trip_schedules(
        {departure.trip_id for _, departure in missing.values()},
        today - ONE_DAY,
        today + RECORDED_FUTURE,
        deadline_seconds=deadline_seconds,
    )
    aliases = DepartureAlias.objects.filter(departure_id__in=missing)
    catalog_ids = dict(aliases.values_list("departure_id", "catalog_id"))
    return {
        key: _listing_in(schedules[departure.trip_id], catalog_ids.get(key, key), departure.catalog)
        for key, (_, departure) in missing.items()
        if departure.catalog
        and departure.trip_id in schedules
        and catalog_ids.get(key, key) not in schedules[departure.trip_id].unreadable
    }


def _listing_in(schedule: TripSchedule, catalog_id: UUID, base: CatalogListing) -> CatalogListing:
    listed = schedule.departures.get(catalog_id)
    if schedule.trip is None or listed is None:
        return no_longer_listed(base, schedule.read_at)
    return listing_of(listed, schedule.trip, schedule.read_at)
