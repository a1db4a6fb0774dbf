"""The banner on the pages of a date that is being optimized."""

from uuid import uuid4

import pytest
from django.test import Client
from django_redis import get_redis_connection

from scheduling.daily_schedules.presence import announce_presence
from scheduling.models import schedule_id_of
from tests.factories import REGION_ID, TOMORROW, DepartureFactory
from tests.novatrek_scheduling.console.people import signed_in
from tests.scheduling.writes import put

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("groups")]

SCHEDULE_ID = schedule_id_of(TOMORROW)
PAGES = [
    f"/admin/scheduling/dailyschedule/{SCHEDULE_ID}/change/",
    f"/admin/board/{TOMORROW}/publish/",
    f"/admin/scheduling/dailyschedule/{SCHEDULE_ID}/being-optimized/",
]


@pytest.fixture(autouse=True)
def _a_date_that_nobody_optimizes() -> None:
    get_redis_connection("default").delete(f"optimizing:{TOMORROW}")
    put({uuid4(): DepartureFactory()})


@pytest.fixture
def manager() -> Client:
    return signed_in("Operations manager")


def shown(manager: Client, page: str) -> str:
    answer = manager.get(page)
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


@pytest.mark.parametrize("page", PAGES, ids=["plan", "publish", "banner"])
def test_a_page_of_a_date_tells_who_optimizes_which_regions_of_it(manager: Client, page: str) -> None:
    with (
        announce_presence(TOMORROW, [REGION_ID], by="<ana> (optimization)"),
        announce_presence(TOMORROW, [], by="kiosk (request)"),
    ):
        text = shown(manager, page)

    assert "Being optimized by <strong>&lt;ana&gt; (optimization)</strong> since" in text
    assert "(a region " in text
    assert "<strong>kiosk (request)</strong>" in text
    assert "(all regions)" in text


@pytest.mark.parametrize("page", PAGES, ids=["plan", "publish", "banner"])
def test_a_page_of_a_date_that_nobody_optimizes_says_nothing(manager: Client, page: str) -> None:
    assert "Being optimized" not in shown(manager, page)


def test_the_pages_ask_again_while_they_are_open(manager: Client) -> None:
    plan, publish, address = PAGES

    assert f'hx-get="{address}"' in shown(manager, plan)
    assert f'hx-get="{address}"' in shown(manager, publish)
    assert signed_in().get(address).status_code == 403
