"""Examples of the rules about the catalog's changes and about guests without a place."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from conflicts.detection import Cause, Detection
from conflicts.detection.scene import WaitingGuests
from scheduling.domain.catalog_listing import ListingState
from scheduling.domain.document import DepartureStatus
from tests.conflicts.detection.examples.example import beyond, just_beyond, just_short_of, short_of
from tests.conflicts.detection.scenes import A_WEEK_BEFORE, detect_among
from tests.factories import REGION_ID, CatalogListingFactory, DepartureFactory, at

A_DAY = timedelta(days=1)
TRIP_ID: UUID = uuid4()
BASE = CatalogListingFactory(trip_id=TRIP_ID)


def listed(state: ListingState, now: datetime = A_WEEK_BEFORE, **fields: Any) -> Detection:
    """The catalog lists what people were told otherwise: in this state, and half an hour later."""
    change = BASE.model_copy(update={"state": state, "local_time": "09:30"})
    return detect_among(DepartureFactory(catalog=BASE, catalog_change=change, **fields), now=now)


def as_told() -> Detection:
    return detect_among(DepartureFactory(catalog=BASE))


def cancelled(participants: int, now: datetime = A_WEEK_BEFORE, **fields: Any) -> Detection:
    fields = {"status": DepartureStatus.CANCELLED} | fields
    return detect_among(DepartureFactory(participants=participants, **fields), now=now)


def waiting(*guests: int, now: datetime = A_WEEK_BEFORE) -> Detection:
    """Reservations of as many guests wait for a trip on the date."""
    reservations = tuple(WaitingGuests(uuid4(), number, "it is full", REGION_ID) for number in guests)
    return detect_among(waiting={TRIP_ID: reservations}, waiting_for=[TRIP_ID], now=now)


MOVED, GONE = ListingState.FOR_SALE, ListingState.CANCELLED
EXAMPLES_OF_CATALOG_AND_GUESTS = (
    beyond(Cause.CATALOG_MOVED, "another time in the catalog", listed, MOVED),
    just_beyond(Cause.CATALOG_MOVED, "a minute before it is over", listed, MOVED, now=at(11, 59)),
    just_short_of(Cause.CATALOG_MOVED, "a trip that is no longer for sale", listed, ListingState.TRIP_NOT_FOR_SALE),
    short_of(Cause.CATALOG_MOVED, "the time in the catalog that people were told", as_told),
    beyond(Cause.CATALOG_CANCELLED, "cancelled in the catalog", listed, GONE),
    beyond(Cause.CATALOG_CANCELLED, "a trip that is no longer for sale", listed, ListingState.TRIP_NOT_FOR_SALE),
    just_beyond(Cause.CATALOG_CANCELLED, "a minute before it is over", listed, GONE, now=at(11, 59)),
    just_short_of(Cause.CATALOG_CANCELLED, "another time in the catalog", listed, MOVED),
    short_of(Cause.CATALOG_CANCELLED, "the time in the catalog that people were told", as_told),
    beyond(Cause.GUESTS_WITHOUT_PLACE, "eight on a departure that is cancelled", cancelled, 8),
    just_beyond(Cause.GUESTS_WITHOUT_PLACE, "a single one on a departure that is cancelled", cancelled, 1),
    just_short_of(Cause.GUESTS_WITHOUT_PLACE, "nobody on a departure that is cancelled", cancelled, 0),
    just_beyond(Cause.GUESTS_WITHOUT_PLACE, "a minute before it would be over", cancelled, 8, now=at(11, 59)),
    just_short_of(Cause.GUESTS_WITHOUT_PLACE, "as it would be over", cancelled, 8, now=at(12)),
    just_beyond(Cause.GUESTS_WITHOUT_PLACE, "a single reservation waits", waiting, 1),
    just_short_of(Cause.GUESTS_WITHOUT_PLACE, "no reservation waits any more", waiting),
    just_beyond(Cause.GUESTS_WITHOUT_PLACE, "one waits on the day after in UTC", waiting, 2, now=at(23, 59) + A_DAY),
    just_short_of(Cause.GUESTS_WITHOUT_PLACE, "one waits two days after in UTC", waiting, 2, now=at(0) + 2 * A_DAY),
    short_of(Cause.GUESTS_WITHOUT_PLACE, "eight on a departure that goes", cancelled, 8, status=DepartureStatus.DRAFT),
)
