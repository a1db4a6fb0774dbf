"""Today and tomorrow by region: each by its own clocks, the worst first."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.conf import LazySettings
from pytest_django.fixtures import DjangoAssertNumQueries

from conflicts.detection import Severity
from novatrek_scheduling.console.home.days import MOST_NAMED
from scheduling.domain.document import DepartureStatus
from tests.novatrek_scheduling.console.home.days import (
    AUCKLAND,
    COMPANY,
    HARBOUR,
    ROCKIES,
    SIX,
    TODAY,
    by_region,
    conflict_about,
    led,
    overviews,
    plan,
)

pytestmark = pytest.mark.django_db

A_DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def _a_company_in_denver(settings: LazySettings) -> None:
    settings.COMPANY_TIME_ZONE = COMPANY


def test_a_region_says_who_goes_and_who_still_needs_a_guide() -> None:
    alone, called_off = led(9, team=[], participants=5), led(9, status=DepartureStatus.CANCELLED)
    plan(led(9, participants=8), alone, called_off)

    today, tomorrow = overviews()

    region = by_region(today)[ROCKIES]
    assert (region.staffed, region.going, region.guests) == (1, 2, 13)
    assert (today.staffed, today.going, today.guests) == (1, 2, 13)
    assert [row.departure for row in today.named] == [alone]
    assert tomorrow.regions == ()


def test_beyond_the_date_line_it_is_another_date_today() -> None:
    over, now_there, later = (
        led(9, day=TODAY, zone=AUCKLAND, trip_name="Over"),
        led(9, day=TODAY + A_DAY, zone=AUCKLAND, trip_name="Goes now"),
        led(9, day=TODAY + 2 * A_DAY, zone=AUCKLAND, trip_name="Goes next"),
    )
    plan(over, led(9))
    plan(now_there, day=TODAY + A_DAY)
    plan(later, day=TODAY + 2 * A_DAY)

    today, tomorrow = overviews()

    harbour, rockies = by_region(today)[HARBOUR], by_region(today)[ROCKIES]
    assert (harbour.day, harbour.is_of_another_date) == (TODAY + A_DAY, True)
    assert (rockies.day, rockies.is_of_another_date) == (TODAY, False)
    assert [row.name for row in harbour.rows] == ["Goes now"]
    assert [row.name for row in by_region(tomorrow)[HARBOUR].rows] == ["Goes next"]
    assert f"date={TODAY + A_DAY}" in harbour.address


def test_in_the_evening_tonights_hike_is_still_of_today() -> None:
    plan(led(20, trip_name="Night hike"))

    today, _tomorrow = overviews(SIX + timedelta(hours=13))

    assert [row.name for row in by_region(today)[ROCKIES].rows] == ["Night hike"]


def test_the_region_with_the_worst_conflict_is_first_then_the_one_that_lacks_a_guide() -> None:
    calm, unstaffed, troubled = uuid4(), uuid4(), uuid4()
    regions = {calm: "a calm one", unstaffed: "lacks a guide", troubled: "has a closed trail"}
    departures = plan(led(9, region_id=calm), led(9, region_id=unstaffed, team=[]), led(9, region_id=troubled))
    *_others, closed = departures
    conflict_about(closed, departures[closed])

    today, _tomorrow = overviews()

    assert [regions[region.id] for region in today.regions] == ["has a closed trail", "lacks a guide", "a calm one"]


def test_conflicts_are_counted_by_severity_and_lead_to_the_review_of_the_date_and_region() -> None:
    departures = plan(led(9), led(9), led(9))
    for (key, departure), severity in zip(
        departures.items(), (Severity.CRITICAL, Severity.CRITICAL, Severity.LOW), strict=True
    ):
        conflict_about(key, departure, severity=severity)

    found = by_region(overviews()[0])[ROCKIES].severities

    assert [(line.severity, str(line.count)) for line in found] == [(Severity.CRITICAL, "2"), (Severity.LOW, "1")]
    assert found[0].address.endswith(f"?region={ROCKIES}&date={TODAY}&severity=CRITICAL")


def test_what_has_been_out_since_yesterday_is_out_now_and_no_departure_of_today() -> None:
    yesterday = TODAY - A_DAY
    plan(led(9, 48, day=yesterday), led(9, 3, day=yesterday), day=yesterday)
    plan(led(5), led(9))

    region = by_region(overviews()[0])[ROCKIES]

    assert (region.out, region.going) == (2, 2)
    assert [row.is_out_since for row in region.rows].count(True) == 1


def test_what_people_were_not_told_is_counted() -> None:
    plan(led(9), led(9), led(9, team=[]))

    region = by_region(overviews()[0])[ROCKIES]

    assert region.to_publish == 2
    assert region.publishing == f"/admin/board/{TODAY}/publish/"


def test_the_most_urgent_departures_are_named_and_the_others_counted() -> None:
    unstaffed = [led(9 + n % 9, trip_name=f"Walk {n}", team=[]) for n in range(MOST_NAMED + 3)]
    departures = plan(*unstaffed, led(18, trip_name="Closed"))
    *_others, closed = departures
    conflict_about(closed, departures[closed])

    today, _tomorrow = overviews()

    assert today.named[0].name == "Closed"
    assert (len(today.named), today.further) == (MOST_NAMED, 4)


def test_regions_and_departures_take_no_more_queries(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    tomorrow = TODAY + A_DAY
    plan(*(led(9, region_id=uuid4()) for _ in range(12)))
    plan(*(led(9, day=tomorrow, region_id=uuid4()) for _ in range(12)), day=tomorrow)

    with django_assert_num_queries(4):
        overviews()
