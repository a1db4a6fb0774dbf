"""Today, and the times of pages of all regions, are the company's."""

from datetime import UTC, date, datetime, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from django.conf import LazySettings
from django.test import Client

from novatrek_scheduling.company_time import earliest_today
from scheduling.models import ScheduleRequest
from tests.factories import DepartureFactory
from tests.novatrek_scheduling.console.people import signed_in
from tests.scheduling.writes import put

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("groups")]

LOS_ANGELES = ZoneInfo("America/Los_Angeles")
FIVE_PAST_FOUR = datetime(2031, 6, 1, 16, 5, tzinfo=LOS_ANGELES)
TONIGHT = datetime(2031, 6, 1, 20, tzinfo=LOS_ANGELES)


@pytest.fixture
def dispatcher(settings: LazySettings, monkeypatch: pytest.MonkeyPatch) -> Client:
    settings.COMPANY_TIME_ZONE = "America/Los_Angeles"
    monkeypatch.setattr("django.utils.timezone.now", lambda: FIVE_PAST_FOUR.astimezone(UTC))
    return signed_in("Dispatcher")


@pytest.mark.parametrize("page", ["/admin/", "/admin/board/"])
def test_at_five_past_four_in_los_angeles_tonights_hike_is_still_there(dispatcher: Client, page: str) -> None:
    tonight = DepartureFactory(trip_name="Moonlight hike", starts_at=TONIGHT, ends_at=TONIGHT + timedelta(hours=2))
    put({uuid4(): tonight}, date(2031, 6, 1))

    assert "Moonlight hike" in dispatcher.get(page).content.decode()


def test_a_list_shows_times_of_the_company_with_its_zone(dispatcher: Client) -> None:
    created = {"schedule_date": date(2031, 6, 3), "requested_by": "web", "status": "PENDING"}
    ScheduleRequest.objects.create(created_at=FIVE_PAST_FOUR, **created)

    shown = dispatcher.get("/admin/scheduling/schedulerequest/").content.decode()

    assert "1\u00a0Jun\u00a02031 16:05\u00a0PDT" in shown


def test_a_date_is_over_when_it_is_over_everywhere() -> None:
    assert earliest_today(FIVE_PAST_FOUR) == date(2031, 6, 1)
    assert earliest_today(FIVE_PAST_FOUR + timedelta(hours=13)) == date(2031, 6, 2)
