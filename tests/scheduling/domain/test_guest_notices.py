"""What guests have to be told is the difference between the departures that they were and are on."""

from datetime import datetime, timedelta
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import pytest

from scheduling.domain.document import Departure, DepartureStatus
from scheduling.domain.guest_notices import GuestNoticeKind, guest_notices
from tests.factories import DepartureFactory, TeamMemberFactory

KATHMANDU = ZoneInfo("Asia/Kathmandu")
ANA, BEN, KEY = uuid4(), uuid4(), uuid4()
NINE = datetime(2027, 5, 1, 9, 0, tzinfo=KATHMANDU)


def departure(starts_at: datetime = NINE, **fields: object) -> Departure:
    guests = {"reservations": {ANA: 2, BEN: 1}, "participants": 3}
    times = {"starts_at": starts_at, "ends_at": starts_at + timedelta(hours=3)}
    return DepartureFactory(trip_name="Sunrise hike", **(guests | times | fields))


def told(before: dict[UUID, Departure], after: dict[UUID, Departure]) -> dict[UUID, tuple[GuestNoticeKind, str]]:
    return {notice.reservation_id: (notice.kind, notice.text) for notice in guest_notices(before, after)}


def test_each_reservation_hears_of_a_cancellation_by_the_clock_of_the_place() -> None:
    notices = told({KEY: departure()}, {KEY: departure(status=DepartureStatus.CANCELLED)})

    cancelled = (GuestNoticeKind.CANCELLED, "Sunrise hike on 2027-05-01 at 09:00 is cancelled.")
    assert notices == {ANA: cancelled, BEN: cancelled}


def test_another_time_and_another_date_name_both() -> None:
    later, next_day = NINE + timedelta(hours=1), NINE + timedelta(days=1)

    assert told({KEY: departure()}, {KEY: departure(later)})[ANA] == (
        GuestNoticeKind.RESCHEDULED,
        "Sunrise hike on 2027-05-01 at 09:00 is on 2027-05-01 at 10:00 instead.",
    )
    assert told({KEY: departure()}, {KEY: departure(next_day)})[BEN][1].endswith("is on 2027-05-02 at 09:00 instead.")


def test_who_goes_on_another_departure_hears_of_its_time_and_who_stays_of_nothing() -> None:
    other, later = uuid4(), NINE + timedelta(hours=2)
    before = {KEY: departure(), other: departure(later, reservations={}, participants=0)}
    after = {KEY: departure(reservations={ANA: 2}), other: departure(later, reservations={BEN: 1})}

    assert told(before, after) == {
        BEN: (GuestNoticeKind.RESCHEDULED, "Sunrise hike on 2027-05-01 at 09:00 is on 2027-05-01 at 11:00 instead.")
    }


def test_who_is_left_out_and_who_gets_a_place() -> None:
    notices = told({KEY: departure(reservations={ANA: 2})}, {KEY: departure(reservations={BEN: 1})})

    assert notices == {
        ANA: (GuestNoticeKind.WITHOUT_PLACE, "There is no place for 2 guests on Sunrise hike on 2027-05-01 at 09:00."),
        BEN: (GuestNoticeKind.SEATED, "There is a place for 1 guest on Sunrise hike on 2027-05-01 at 09:00."),
    }


def test_guests_of_a_cancelled_departure_who_get_a_place_at_the_same_time_are_seated() -> None:
    other = uuid4()
    before = {KEY: departure(status=DepartureStatus.CANCELLED), other: departure(reservations={})}

    assert {kind for kind, _ in told(before, {other: departure()}).values()} == {GuestNoticeKind.SEATED}


@pytest.mark.parametrize(
    "fields",
    [
        {"trail_id": uuid4()},
        {"team": [TeamMemberFactory()]},
        {"capacity": 40},
        {"status": DepartureStatus.PUBLISHED},
        {"starts_at": NINE.astimezone(ZoneInfo("UTC"))},
    ],
    ids=["trail", "team", "places", "published", "another spelling of the time"],
)
def test_what_is_no_news_for_guests(fields: dict[str, object]) -> None:
    assert told({KEY: departure()}, {KEY: departure().model_copy(update=fields)}) == {}


def test_of_what_was_cancelled_before_they_have_heard() -> None:
    cancelled = departure(status=DepartureStatus.CANCELLED)

    assert told({KEY: cancelled}, {KEY: cancelled.model_copy(update={"capacity": 3})}) == {}
    assert told({KEY: cancelled}, {}) == {}
