"""Placement of reservations: the missing departure is created from the catalog, which is read outside a transaction."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from uuid import UUID

import structlog
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from novatrek_scheduling.deadline import Deadline
from scheduling.daily_schedules.catalog_aliases import departure_id_of, find_aliases
from scheduling.domain.document import ScheduleDocument
from scheduling.domain.facts import CatalogDeparture, Snapshot
from scheduling.domain.limits import CATALOG_WINDOW
from scheduling.domain.new_departures import new_departure
from scheduling.models import Reservation
from scheduling.reservations.seating import NewDeparture, queue_placement, take_seats, unplaced_reservations
from scheduling.siblings.client import SiblingReader
from scheduling.siblings.parallel import Lookups
from scheduling.snapshot import UnknownTrip
from scheduling.snapshot.base_camps import read_base_camp
from scheduling.snapshot.catalog import CATALOG, read_catalog, read_regions
from scheduling.snapshot.gaps import Gaps

logger = structlog.get_logger(__name__)

MAX_SWEPT = 500


def place_reservation(reservation_id: UUID) -> bool:
    """Create the departure that a reservation waits for and seat its guests; False where there is nothing to do.

    Safe to repeat. Raises SiblingUnavailable, when the catalog does not answer, and ContentionNotResolved;
    the sweeper tries again later.
    """
    unplaced = unplaced_reservations(timezone.now().date()).filter(pk=reservation_id)
    reservation = unplaced.first()
    if reservation is None or reservation.trip_id is None or reservation.trip_date is None:
        return False
    new_departure = _look_up(reservation.trip_id, reservation.trip_date, reservation.participant_count)
    with transaction.atomic():
        Reservation.objects.lock(reservation_id)
        # It may have been cancelled or placed while the catalog was read.
        still_unplaced = unplaced.select_for_update().first()
        return still_unplaced is not None and take_seats(still_unplaced, new_departure)


def sweep_reservations(now: datetime, *, older_than: timedelta) -> int:
    """Queue again the reservations recorded more than `older_than` ago and not placed, and return their number."""
    unplaced = unplaced_reservations(now.date()).filter(recorded_at__lt=now - older_than)
    reservation_ids = list(unplaced.order_by("trip_date", "recorded_at").values_list("pk", flat=True)[:MAX_SWEPT])
    for reservation_id in reservation_ids:
        queue_placement(reservation_id)
    return len(reservation_ids)


def _look_up(trip_id: UUID, day: date, guests: int) -> NewDeparture | None:
    """The departure to create: the catalog's of that date, or one of ours at the trip's usual time.

    None for a trip that the catalog does not have, and for a date whose departures it has cancelled.
    """
    try:
        snapshot = _take_catalog_snapshot(trip_id, day)
    except UnknownTrip as unknown:
        logger.warning("reservation_of_unknown_trip", trip_id=str(trip_id), reason=unknown.message)
        return None
    trip = snapshot.trips[trip_id]
    listed = [departure for departure in snapshot.departures[day] if departure.trip_id == trip_id]
    if not listed:
        usual_time = snapshot.usual_times[trip_id]
        departure = new_departure(trip, day, usual_time, snapshot)
        return NewDeparture(departure_id_of(trip_id, day, usual_time), departure, is_ours=True)
    chosen = _earliest(listed, guests)
    if chosen is None:
        logger.warning("reservation_of_cancelled_departure", trip_id=str(trip_id), day=str(day))
        return None
    departure = new_departure(trip, day, chosen.departure_time, snapshot, chosen)
    departure.catalog_participants = chosen.sold_spots
    aliases = find_aliases(day, snapshot, ScheduleDocument())
    return NewDeparture(aliases.get(chosen.id, chosen.id), departure, is_ours=False)


def _earliest(listed: Iterable[CatalogDeparture], guests: int) -> CatalogDeparture | None:
    """The earliest departure with enough free seats, else the earliest; None where all are cancelled."""
    running = [departure for departure in listed if not departure.is_cancelled]
    return min(running, key=lambda d: (d.available_spots < guests, d.departure_time, d.id), default=None)


def _take_catalog_snapshot(trip_id: UUID, day: date) -> Snapshot:
    """One trip, its departures of one date and its base camp; no guides, as nothing is staffed here."""
    deadline, gaps = Deadline.after(settings.SNAPSHOT_DEADLINE_SECONDS["worker"]), Gaps()
    taken_at = timezone.now()
    with SiblingReader.judging(deadline) as reader, Lookups(deadline) as lookups:
        regions_lookup = lookups.branch(read_regions, reader, gaps)
        catalog = read_catalog(reader, lookups, gaps, [trip_id], (day - CATALOG_WINDOW, day + CATALOG_WINDOW))
        regions = lookups.branch_result(CATALOG, regions_lookup)
        trip = catalog.trips.get(trip_id)
        if trip is None or trip.region_id not in regions:
            raise UnknownTrip.of(trip_id)
        camp = read_base_camp(reader, gaps, regions[trip.region_id])
    return Snapshot(
        taken_at=taken_at,
        days=(day,),
        regions=regions,
        trips=catalog.trips,
        departures=catalog.departures_by_day([day]),
        usual_times=catalog.usual_times(),
        locations={trip.region_id: camp} if camp else {},
        unknown=gaps.sentences(),
        read_at=reader.read_at,
    )
