"""The comparison of a departure with the catalog: what the catalog changed, whatever was changed here.

Three listings are compared. The base is the one that the departure was last brought in line with (`catalog`), theirs is
the one just read; what differs between the two is the catalog's change. Ours is the departure itself, which dispatchers
may have changed since: that is no change of the catalog's.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from scheduling.domain.catalog_listing import CatalogListing, ListingState
from scheduling.domain.document import Departure, DepartureStatus, UnassignedReason
from scheduling.domain.facts import CatalogDeparture, Span, Trip
from scheduling.domain.local_time import combine

# What people are told, or what decides on it. Everything else is followed without asking.
_TOLD = ("schedule_date", "local_time", "timezone", "duration_minutes", "trip_id", "region_id")
_UNTOLD = ("trip_name", "activity_type", "total_spots", "language")
_FIELD_OF = {"total_spots": "capacity"}


MOVED_BY_CATALOG = UnassignedReason(
    code="MOVED_BY_CATALOG", message="the catalog moved it, and no team is known to be free for its new time"
)


@dataclass(frozen=True, slots=True)
class Place:
    """Where the catalog's departure leaves from: the clocks and the base camp of its region."""

    zone: ZoneInfo
    location_id: UUID | None


@dataclass(frozen=True, slots=True)
class Followed:
    """What following did: `moves_to` is the other date that the departure has to be put on.

    `is_moved`: it leaves at another time, or again after a cancellation, so that its team may not go any more.
    """

    moves_to: date | None = None
    is_moved: bool = False


def listing_of(listed: CatalogDeparture, trip: Trip, read_at: datetime, zone: ZoneInfo | None = None) -> CatalogListing:
    """Return a departure of the catalog, read with its trip, as a departure of ours keeps it.

    `zone` None: `take_listing` adds that of the region.
    """
    return CatalogListing(
        schedule_date=listed.day,
        local_time=listed.departure_time,
        state=_state_of(listed, trip),
        trip_id=trip.id,
        trip_name=trip.name,
        activity_type=trip.activity_type,
        region_id=trip.region_id,
        timezone=zone.key if zone else None,
        duration_minutes=round(trip.duration / timedelta(minutes=1)),
        total_spots=listed.total_spots,
        language=listed.language,
        read_at=read_at,
    )


def _state_of(listed: CatalogDeparture, trip: Trip) -> ListingState:
    if listed.is_cancelled:
        return ListingState.CANCELLED
    return ListingState.FOR_SALE if trip.is_active else ListingState.TRIP_NOT_FOR_SALE


def no_longer_listed(base: CatalogListing, read_at: datetime) -> CatalogListing:
    """Return the listing of a departure that the catalog no longer has."""
    return base.model_copy(update={"state": ListingState.NOT_LISTED, "read_at": read_at})


def assumed_base(departure: Departure, day: date, theirs: CatalogListing, *, is_ours: bool) -> CatalogListing:
    """Return the base of a departure that has none yet.

    One that was created here (`is_ours`) is in line with the listing that the catalog made of it. One from before
    listings were kept is taken to be in line with what people were told of it, or else with its plan.
    """
    if is_ours:
        return theirs.model_copy(update={"state": ListingState.FOR_SALE})
    announced = departure.published
    starts_at = announced.starts_at if announced else departure.starts_at
    ends_at = (announced.ends_at if announced else None) or departure.ends_at
    is_cancelled = departure.status is DepartureStatus.CANCELLED
    return CatalogListing(
        schedule_date=day,
        local_time=f"{starts_at:%H:%M}",
        state=theirs.state if is_cancelled else ListingState.FOR_SALE,
        trip_id=departure.trip_id,
        trip_name=departure.trip_name,
        activity_type=departure.activity_type,
        region_id=departure.region_id,
        duration_minutes=round(Span(starts_at, ends_at).duration / timedelta(minutes=1)),
        # Dispatchers set capacities: another one is no change of the catalog's.
        total_spots=theirs.total_spots,
        language=departure.language,
    )


def is_announced(departure: Departure) -> bool:
    """Return whether people count on the departure as it is."""
    is_told = departure.published is not None and bool(departure.published.guide_ids)
    return is_told or departure.status is DepartureStatus.PUBLISHED


def changes_what_is_told(base: CatalogListing, theirs: CatalogListing) -> bool:
    """Return whether the catalog changed what people are told of a departure: when it leaves, or that it does."""
    if base.is_for_sale is not theirs.is_for_sale:
        return True
    return theirs.is_for_sale and any(getattr(base, name) != getattr(theirs, name) for name in _TOLD)


def span_of(listing: CatalogListing, zone: ZoneInfo) -> Span:
    """Return the times of a listing, by the clocks of its region."""
    starts_at = combine(listing.schedule_date, listing.local_time, zone)
    ends_at = starts_at.astimezone(UTC) + timedelta(minutes=listing.duration_minutes)
    return Span(starts_at.astimezone(zone), ends_at.astimezone(zone))


def take_listing(
    departure: Departure,
    day: date,
    theirs: CatalogListing,
    place: Place,
    now: datetime,
    *,
    is_ours: bool,
    at_once: bool,
) -> Followed:
    """Take what the catalog lists of a departure of `day` over into it, in place, as far as a machine may.

    A draft follows. One that people count on follows in what they are not told; a change of what they are told is kept
    as `catalog_change` for a person to decide, unless it is to be followed `at_once`. So is one that is under way,
    which otherwise stays as it is. One that is over, or was cancelled here, stays as it is too: whoever reinstates it
    gets what the catalog has changed by then. `is_ours`: it was created here. A listing that was read before the one
    taken last changes nothing.
    """
    theirs = theirs.model_copy(update={"timezone": place.zone.key})
    base = departure.catalog or assumed_base(departure, day, theirs, is_ours=is_ours)
    if base.timezone is None:
        base = base.model_copy(update={"timezone": theirs.timezone})
    is_cancelled = departure.status is DepartureStatus.CANCELLED
    was_cancelled_here = is_cancelled and base.is_for_sale
    if was_cancelled_here or _is_over(departure, now) or _is_outdated(departure, theirs):
        return Followed()
    if _is_same(base, theirs):
        departure.catalog, departure.catalog_change = departure.catalog or theirs, None
        return Followed()
    is_told = changes_what_is_told(base, theirs) and not is_in_line(departure, day, theirs, place)
    if departure.has_started(now):
        departure.catalog_change = theirs if is_told else None
    elif is_told and not is_cancelled and is_announced(departure) and not at_once:
        _hold_back(departure, base, theirs)
    else:
        return follow(departure, day, base, theirs, place)
    return Followed()


def _is_over(departure: Departure, now: datetime) -> bool:
    return departure.status is DepartureStatus.COMPLETED or departure.ends_at <= now


def _is_outdated(departure: Departure, theirs: CatalogListing) -> bool:
    taken = (departure.catalog, departure.catalog_change)
    return any(known and known.read_at and theirs.read_at and theirs.read_at < known.read_at for known in taken)


def _is_same(first: CatalogListing, second: CatalogListing) -> bool:
    return first.model_copy(update={"read_at": second.read_at}) == second


def follow(departure: Departure, day: date, base: CatalogListing, theirs: CatalogListing, place: Place) -> Followed:
    """Bring a departure of `day` in line with what the catalog changed from `base` to `theirs`, in place."""
    _follow_untold(departure, base, theirs)
    span = departure.span
    was_cancelled = departure.status is DepartureStatus.CANCELLED
    moves_to = None
    if changes_what_is_told(base, theirs) and not is_in_line(departure, day, theirs, place):
        moves_to = _follow_told(departure, day, base, theirs, place)
    departure.catalog, departure.catalog_change = theirs, None
    is_reinstated = was_cancelled and departure.status is not DepartureStatus.CANCELLED
    return Followed(moves_to, is_reinstated or departure.span != span)


def keep(departure: Departure) -> None:
    """Keep a departure as it is although the catalog changed it: the catalog's listing is its base from now on."""
    if departure.catalog_change is not None:
        departure.catalog, departure.catalog_change = departure.catalog_change, None


def is_in_line(departure: Departure, day: date, theirs: CatalogListing, place: Place) -> bool:
    """Return whether a departure of `day` already is what the listing tells people."""
    is_cancelled = departure.status is DepartureStatus.CANCELLED
    if is_cancelled or not theirs.is_for_sale:
        return is_cancelled and not theirs.is_for_sale
    is_same = (departure.trip_id, departure.region_id, day) == (theirs.trip_id, theirs.region_id, theirs.schedule_date)
    return is_same and departure.span == span_of(theirs, place.zone)


def _hold_back(departure: Departure, base: CatalogListing, theirs: CatalogListing) -> None:
    """Follow the catalog in what nobody is told, and leave the rest for a person to decide."""
    _follow_untold(departure, base, theirs)
    departure.catalog = base.model_copy(update={name: getattr(theirs, name) for name in _UNTOLD})
    if departure.catalog_change is None or not _is_same(departure.catalog_change, theirs):
        departure.catalog_change = theirs


def _follow_untold(departure: Departure, base: CatalogListing, theirs: CatalogListing) -> None:
    for name in _UNTOLD:
        if getattr(base, name) != getattr(theirs, name):
            setattr(departure, _FIELD_OF.get(name, name), getattr(theirs, name))


def _follow_told(
    departure: Departure, day: date, base: CatalogListing, theirs: CatalogListing, place: Place
) -> date | None:
    """Set status, trip, place and times, and return the other date that the departure moves to."""
    if not theirs.is_for_sale:
        departure.status = DepartureStatus.CANCELLED
        return None
    if departure.status is DepartureStatus.CANCELLED:
        departure.status = DepartureStatus.DRAFT
    if (departure.trip_id, departure.region_id) != (theirs.trip_id, theirs.region_id):
        departure.trip_id, departure.region_id = theirs.trip_id, theirs.region_id
        departure.location_id, departure.trail_id = place.location_id, None
    starts = ("schedule_date", "local_time", "timezone", "region_id")
    if any(getattr(base, name) != getattr(theirs, name) for name in starts):
        span = span_of(theirs, place.zone)
    else:
        # A dispatcher's other start is no change of the catalog's.
        starts_at = departure.starts_at
        length = timedelta(minutes=theirs.duration_minutes)
        span = Span(starts_at, (starts_at.astimezone(UTC) + length).astimezone(starts_at.tzinfo))
    departure.starts_at, departure.ends_at = span.starts_at, span.ends_at
    return theirs.schedule_date if theirs.schedule_date != day else None
