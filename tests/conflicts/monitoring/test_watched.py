"""What is watched at which moment, by the clocks of the regions."""

from datetime import UTC, date, datetime, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest

from conflicts.monitoring.watched import watched_dates
from scheduling.domain.document import DepartureStatus
from tests.conflicts.factories import conflict_of, put
from tests.factories import GuideFactory, lead

HONOLULU = ZoneInfo("Pacific/Honolulu")
AUCKLAND = ZoneInfo("Pacific/Auckland")
DAY = date(2031, 3, 10)

pytestmark = pytest.mark.django_db


def put_hike(day: date, zone: ZoneInfo, hour: int, *, hours: float = 3, **fields: object) -> None:
    starts_at = datetime(day.year, day.month, day.day, hour, tzinfo=zone)
    ends_at = (starts_at.astimezone(UTC) + timedelta(hours=hours)).astimezone(zone)
    put(uuid4(), day, starts_at=starts_at, ends_at=ends_at, **({"team": [lead(GuideFactory())]} | fields))


def local(day: date, hour: int, zone: ZoneInfo) -> datetime:
    return datetime(day.year, day.month, day.day, hour, tzinfo=zone).astimezone(UTC)


def test_a_date_that_is_over_in_utc_is_watched_while_it_is_today_in_its_region() -> None:
    put_hike(DAY, HONOLULU, 21, hours=2)

    before_midnight = watched_dates(local(DAY, 20, HONOLULU))

    assert before_midnight.near == (DAY,)
    assert before_midnight.watch.guide_days == {DAY}


def test_a_departure_over_midnight_needs_its_guides_on_the_dates_that_are_left() -> None:
    put_hike(DAY, HONOLULU, 21, hours=6)
    next_day = DAY + timedelta(days=1)

    assert watched_dates(local(DAY, 23, HONOLULU)).watch.guide_days == {DAY, next_day}
    assert watched_dates(local(next_day, 1, HONOLULU)).watch.guide_days == {next_day}
    assert watched_dates(local(next_day, 4, HONOLULU)).departures == 0


def test_the_last_date_of_the_horizon_is_that_of_the_region_that_is_ahead(settings: object) -> None:
    settings.PLANNING_HORIZON_DAYS = 14  # type: ignore[attr-defined]
    last = DAY + timedelta(days=14)
    put_hike(last, AUCKLAND, 9)
    put_hike(last + timedelta(days=1), AUCKLAND, 9)

    watched = watched_dates(local(DAY, 8, AUCKLAND))

    assert watched.near == (last,)


def test_what_is_under_way_since_days_is_watched_and_what_is_over_is_not() -> None:
    put_hike(DAY - timedelta(days=6), HONOLULU, 8, hours=24 * 8)
    put_hike(DAY - timedelta(days=5), HONOLULU, 8)

    watched = watched_dates(local(DAY, 12, HONOLULU))

    assert watched.near == (DAY - timedelta(days=6),)
    assert watched.watch.guide_days == {DAY, DAY + timedelta(days=1), DAY + timedelta(days=2)}


def test_an_earlier_date_is_watched_while_one_of_its_conflicts_is_open() -> None:
    conflict_of(DAY - timedelta(days=4))

    assert DAY - timedelta(days=4) in watched_dates(local(DAY, 12, HONOLULU)).near


def test_beyond_the_horizon_dates_with_published_departures_are_watched_but_not_who_is_available() -> None:
    put_hike(DAY + timedelta(days=90), AUCKLAND, 9, status=DepartureStatus.PUBLISHED)
    put_hike(DAY + timedelta(days=91), AUCKLAND, 9)

    watched = watched_dates(local(DAY, 12, AUCKLAND))

    assert (watched.near, watched.far) == ((), (DAY + timedelta(days=90),))
    assert watched.watch.guide_days == set()
    assert len(watched.watch.guide_ids) == 1
