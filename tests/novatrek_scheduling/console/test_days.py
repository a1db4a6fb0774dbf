from datetime import UTC, date, datetime

import pytest
from django.conf import LazySettings

from novatrek_scheduling.console.days import company_day, day_in

EVENING_IN_LOS_ANGELES = datetime(2031, 6, 2, 0, 5, tzinfo=UTC)


@pytest.mark.parametrize(("zone", "day"), [("America/Los_Angeles", 1), ("UTC", 2), ("Pacific/Auckland", 2)])
def test_today_is_the_companys_own_day(settings: LazySettings, zone: str, day: int) -> None:
    settings.COMPANY_TIME_ZONE = zone

    assert company_day(EVENING_IN_LOS_ANGELES) == date(2031, 6, day)


def test_an_address_names_a_date() -> None:
    assert day_in("2031-06-02") == date(2031, 6, 2)


@pytest.mark.parametrize("text", [None, "", "tomorrow", "2031-02-30"])
def test_an_address_without_a_date_is_of_today(text: str | None) -> None:
    assert day_in(text) == company_day()
