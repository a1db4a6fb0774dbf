"""Placement of reservations: the missing departure is created from the catalog, which is read outside a transaction."""

from collections.abc import Collection, Iterable
from datetime import date, timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from novatrek_scheduling.deadline import Deadline
from scheduling.daily_schedules.catalog_aliases import find_aliases
from scheduling.daily_schedules.departure_dates import dates_of
from scheduling.daily_schedules.drafts import read_drafts
from scheduling.domain.departure_ids import departure_id_of
from scheduling.domain.facts import CatalogDeparture, Snapshot
from scheduling.domain.limits import CATALOG_WINDOW
from scheduling.domain.new_departures import new_departure
from scheduling.models import Reservation
from scheduling.reservations.placement_queue import note_try, waiting_reservations
from scheduling.reservations.seating import NewDeparture, NoPlace, take_seats
from scheduling.siblings import SiblingUnavailable
from scheduling.siblings.client import SiblingReader
from scheduling.siblings.parallel import Lookups
from scheduling.siblings.tasks import run
from scheduling.snapshot import UnknownTrip
from scheduling.snapshot.base_camps import read_base_camp
from scheduling.snapshot.catalog import CATALOG, read_catalog, read_regions
from scheduling.snapshot.gaps import Gaps

SILENT_FOR = timedelta(minutes=5)


def place_reservation(reservation_id: UUID) -> bool:
    """Find a place for a reservation that waits, on a departure or on one to create; False where there is none.

    Where no departure takes it, the reason is stored and operations is told. Safe to repeat. Raises SiblingUnavailable,
    when the catalog does not answer, and ContentionNotResolved; the sweeper tries again later.
    """
    now = timezone.now()
    reservation = waiting_reservations(now.date()).filter(pk=reservation_id).first()
    if reservation is None or reservation.trip_id is None or reservation.trip_date is None:
        return False
    try:
        found = _look_up(reservation, reservation.trip_id, reservation.trip_date)
    except SiblingUnavailable as silence:
        note_try(reservation_id, now)
        if reservation.recorded_at < now - SILENT_FOR:
            _take_seats(reservation_id, NoPlace(f"it has no departure yet, and {silence.message}"))
        raise
    is_placed = _take_seats(reservation_id, found)
    if not is_placed:
        note_try(reservation_id, now)
    return is_placed


@transaction.atomic
def _take_seats(reservation_id: UUID, found: NewDeparture | NoPlace) -> bool:
    Reservation.objects.lock(reservation_id)
    # It may have been cancelled or placed while the catalog was read.
    waiting = waiting_reservations(timezone.now().date()).filter(pk=reservation_id).select_for_update().first()
    if waiting is None:
        return False
    if isinstance(found, NoPlace):
        return take_seats(waiting, otherwise=found)
    return take_seats(waiting, new_departure=found)


def _look_up(reservation: Reservation, trip_id: UUID, day: date) -> NewDeparture | NoPlace:
    """The departure to create: one that the catalog has on that date and we lack, else one at the trip's usual time."""
    try:
        snapshot = _take_catalog_snapshot(trip_id, day)
    except UnknownTrip:
        return NoPlace(f"the catalog has no trip {trip_id}")
    trip = snapshot.trips[trip_id]
    if not trip.is_active:
        return NoPlace(f"{trip.name}: the catalog does not sell it any more", trip.region_id)
    document = read_drafts([day])[day].document
    aliases = find_aliases(day, snapshot, document)
    listed = [departure for departure in snapshot.departures[day] if departure.trip_id == trip_id]
    if not listed:
        usual_time = snapshot.usual_times[trip_id]
        departure = new_departure(trip, day, usual_time, snapshot)
        return NewDeparture(departure_id_of(trip_id, day, usual_time), departure, is_ours=True)
    # One that is on another date here follows the catalog first.
    here = dates_of([aliases.get(departure.id, departure.id) for departure in listed])
    lacking = [departure for departure in listed if aliases.get(departure.id, departure.id) not in here]
    chosen = _earliest(lacking, reservation.participant_count)
    if chosen is None:
        return NoPlace(f"{trip.name}: {_state_of(listed)}", trip.region_id)
    departure = new_departure(trip, day, chosen.departure_time, snapshot, chosen)
    departure.catalog_participants = chosen.sold_spots
    return NewDeparture(aliases.get(chosen.id, chosen.id), departure, is_ours=False)


def _state_of(listed: Collection[CatalogDeparture]) -> str:
    are_cancelled = all(departure.is_cancelled for departure in listed)
    return "the catalog has cancelled its departures" if are_cancelled else "its departures are on other dates here"


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
        regions = lookups.result(CATALOG, regions_lookup)
        trip = catalog.trips.get(trip_id)
        if trip is None or trip.region_id not in regions:
            raise UnknownTrip.of(trip_id)
        camp = run(read_base_camp(reader, gaps, regions[trip.region_id]))
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
