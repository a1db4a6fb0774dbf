"""What the catalog changed of a departure, whatever was changed here."""

from datetime import date, timedelta
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest

from scheduling.domain.catalog_changes import Followed, Place, keep, take_listing
from scheduling.domain.catalog_listing import CatalogListing, ListingState
from scheduling.domain.document import Announcement, Departure, DepartureStatus
from tests.factories import TOMORROW, CatalogListingFactory, DepartureFactory, GuideFactory, at, lead

NEW_YORK = Place(ZoneInfo("America/New_York"), None)
TRIP = uuid4()
A_WEEK_BEFORE = at(9) - timedelta(days=7)
BASE = CatalogListingFactory(local_time="08:00", trip_id=TRIP, read_at=A_WEEK_BEFORE - timedelta(days=1))


def listed(**changes: Any) -> CatalogListing:
    return BASE.model_copy(update={"read_at": A_WEEK_BEFORE} | changes)


def departure_of(listing: CatalogListing | None = BASE, **fields: Any) -> Departure:
    starts_at = at(8).replace(tzinfo=NEW_YORK.zone)
    times = {"starts_at": starts_at, "ends_at": starts_at + timedelta(hours=3)}
    return DepartureFactory.build(**({"trip_id": TRIP, "catalog": listing} | times | fields))


def published(**fields: Any) -> Departure:
    departure = departure_of(status=DepartureStatus.PUBLISHED, team=[lead(GuideFactory())], **fields)
    departure.published = Announcement(
        guide_ids=sorted(departure.guide_ids), starts_at=departure.starts_at, ends_at=departure.ends_at
    )
    return departure


def take(departure: Departure, theirs: CatalogListing, *, at_once: bool = False, is_ours: bool = False) -> Followed:
    return take_listing(departure, TOMORROW, theirs, NEW_YORK, A_WEEK_BEFORE, is_ours=is_ours, at_once=at_once)


def test_what_a_dispatcher_changed_is_no_change_of_the_catalogs() -> None:
    departure = departure_of(starts_at=at(15), ends_at=at(18), capacity=7)

    followed = take(departure, listed())

    assert followed == Followed()
    assert (departure.starts_at, departure.ends_at, departure.capacity) == (at(15), at(18), 7)


def test_the_catalogs_change_is_followed_over_that_of_a_dispatcher() -> None:
    departure = departure_of(starts_at=at(15), ends_at=at(18), capacity=7)

    take(departure, listed(local_time="10:30", total_spots=9))

    assert f"{departure.starts_at:%H:%M %Z}" in {"10:30 EST", "10:30 EDT"}
    assert departure.capacity == 9


def test_a_longer_trip_keeps_the_start_that_a_dispatcher_set() -> None:
    departure = departure_of(starts_at=at(15), ends_at=at(18))

    take(departure, listed(duration_minutes=240))

    assert (departure.starts_at, departure.ends_at) == (at(15), at(19))


@pytest.mark.parametrize(
    "changes",
    [{"total_spots": 14}, {"trip_name": "Dawn hike"}, {"activity_type": "TRAIL_RUNNING"}, {"language": "es"}],
    ids=lambda changes: next(iter(changes)),
)
def test_people_keep_what_they_were_told_while_the_rest_follows(changes: dict[str, Any]) -> None:
    departure = published()
    announced = departure.published

    take(departure, listed(**changes))

    [(name, value)] = changes.items()
    assert getattr(departure, {"total_spots": "capacity"}.get(name, name)) == value
    assert (departure.published, departure.catalog_change) == (announced, None)
    assert departure.catalog == listed(**changes)


@pytest.mark.parametrize(
    "changes",
    [
        {"schedule_date": TOMORROW + timedelta(days=1)},
        {"local_time": "09:00"},
        {"duration_minutes": 200},
        {"trip_id": uuid4()},
        {"region_id": uuid4()},
        {"state": ListingState.CANCELLED},
        {"state": ListingState.NOT_LISTED},
        {"state": ListingState.TRIP_NOT_FOR_SALE},
    ],
    ids=lambda changes: str(next(iter(changes.values())))[-12:] if "state" in changes else next(iter(changes)),
)
class TestEachChangeOfWhatPeopleAreTold:
    def test_it_waits_for_a_person(self, changes: dict[str, Any]) -> None:
        departure = published()
        before = departure.model_copy(deep=True)

        take(departure, listed(**changes))

        assert departure == before.model_copy(update={"catalog_change": listed(**changes)})

    def test_it_is_followed_at_once_where_that_is_allowed(self, changes: dict[str, Any]) -> None:
        departure = published()

        take(departure, listed(**changes), at_once=True)

        assert departure.catalog == listed(**changes)
        assert departure.catalog_change is None

    def test_it_is_none_once_it_was_kept(self, changes: dict[str, Any]) -> None:
        departure = published()
        take(departure, listed(**changes))
        keep(departure)
        kept = departure.model_copy(deep=True)

        take(departure, listed(**changes, read_at=A_WEEK_BEFORE + timedelta(hours=1)))

        assert departure == kept

    def test_a_draft_follows(self, changes: dict[str, Any]) -> None:
        departure = departure_of()

        take(departure, listed(**changes))

        assert departure.catalog == listed(**changes)
        assert (departure.status is DepartureStatus.CANCELLED) == ("state" in changes)


def test_a_change_that_a_dispatcher_made_already_needs_no_decision() -> None:
    departure = published()
    departure.starts_at += timedelta(hours=1)
    departure.ends_at += timedelta(hours=1)

    take(departure, listed(local_time="09:00"))

    assert departure.catalog_change is None
    assert departure.catalog == listed(local_time="09:00")


def test_a_draft_follows_the_clocks_of_its_region() -> None:
    departure = departure_of()

    take_listing(
        departure,
        TOMORROW,
        listed(),
        Place(ZoneInfo("America/Denver"), None),
        A_WEEK_BEFORE,
        is_ours=False,
        at_once=False,
    )

    assert f"{departure.starts_at:%H:%M %Z}" in {"08:00 MST", "08:00 MDT"}


def test_a_listing_from_before_time_zones_were_kept_is_in_line() -> None:
    departure = departure_of(BASE.model_copy(update={"timezone": None}))

    assert take(departure, listed()) == Followed()
    assert f"{departure.starts_at:%H:%M %Z}" in {"08:00 EST", "08:00 EDT"}


def test_what_the_catalog_takes_back_is_no_change_any_more() -> None:
    departure = published()
    before = departure.model_copy(deep=True)
    take(departure, listed(local_time="09:00"))

    take(departure, listed(read_at=A_WEEK_BEFORE + timedelta(hours=1)))

    assert departure == before


def test_an_older_listing_changes_nothing() -> None:
    departure = departure_of(listed())

    take(departure, listed(local_time="09:00", read_at=A_WEEK_BEFORE - timedelta(seconds=1)))

    assert departure.catalog == listed()


def test_a_departure_of_ours_is_in_line_with_the_listing_that_the_catalog_made_of_it() -> None:
    """A dispatcher moved it before the catalog was read: that is no change of the catalog's."""
    departure = departure_of(None, starts_at=at(15), ends_at=at(18))

    take(departure, listed(), is_ours=True)

    assert (departure.starts_at, departure.catalog) == (at(15), listed().model_copy())


@pytest.mark.parametrize("state", list(ListingState))
def test_one_that_was_cancelled_here_stays_cancelled_whatever_the_catalog_does(state: ListingState) -> None:
    departure = departure_of(status=DepartureStatus.CANCELLED)
    before = departure.model_copy(deep=True)

    take(departure, listed(state=state, local_time="09:00"))
    take(departure, listed(read_at=A_WEEK_BEFORE + timedelta(hours=1)))

    assert departure == before


def test_one_that_was_cancelled_here_and_reinstated_is_where_the_catalog_has_it_by_then() -> None:
    departure = departure_of(status=DepartureStatus.CANCELLED)
    take(departure, listed(local_time="09:00"))

    departure.status = DepartureStatus.DRAFT
    take(departure, listed(local_time="09:00"))

    assert f"{departure.starts_at:%H:%M}" == "09:00"


def test_one_that_is_over_does_not_follow() -> None:
    departure = departure_of(status=DepartureStatus.COMPLETED)
    before = departure.model_copy(deep=True)

    take(departure, listed(local_time="09:00"))

    assert departure == before


def test_times_follow_over_a_change_of_clocks() -> None:
    """Four hours from 23:00 in the night in which clocks in New York go back end at 02:00."""
    autumn = date(2026, 10, 31)
    departure = departure_of(BASE.model_copy(update={"schedule_date": autumn}))

    take_listing(
        departure,
        autumn,
        listed(schedule_date=autumn, local_time="23:00", duration_minutes=240),
        NEW_YORK,
        departure.starts_at - timedelta(days=900),
        is_ours=False,
        at_once=False,
    )

    assert f"{departure.starts_at:%d %H:%M} {departure.ends_at:%d %H:%M}" == "31 23:00 01 02:00"
