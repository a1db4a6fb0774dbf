"""The page that shows the workload of the guides."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from scheduling.domain.document import Departure
from scheduling.models import schedule_id_of
from tests.factories import TeamMemberFactory
from tests.novatrek_scheduling.console.people import signed_in
from tests.optimization.departures import DEPARTURE_ID
from tests.scheduling.writes import put
from tests.siblings import SimulatedSiblings

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("groups")]

AtMost = Callable[[int], AbstractContextManager[Any]]


@pytest.fixture
def auditor() -> Client:
    return signed_in("Auditor")


def hours_of(departure: Departure) -> str:
    return reverse("admin:optimization_fairness", args=[schedule_id_of(departure.starts_at.date())])


def test_the_plan_of_a_date_leads_to_it_and_to_each_departure(auditor: Client, departure: Departure) -> None:
    day = departure.starts_at.date()

    page = auditor.get(reverse("admin:scheduling_dailyschedule_change", args=[schedule_id_of(day)])).content.decode()

    assert hours_of(departure) in page
    assert reverse("console:departure", args=[day, DEPARTURE_ID]) in page


def test_the_page_says_when_the_guides_cannot_be_asked(
    auditor: Client, departure: Departure, siblings: SimulatedSiblings
) -> None:
    siblings.switch("svc-guide-management", "down")

    answer = auditor.get(hours_of(departure))

    assert (answer.status_code, 'role="alert"' in answer.content.decode()) == (200, True)


def test_hours_stand_beside_the_mean_of_the_region(
    auditor: Client, departure: Departure, siblings: SimulatedSiblings
) -> None:
    guide = siblings.call("svc-guide-management", "/guides").json()["data"][0]
    led = departure.model_copy(update={"team": [TeamMemberFactory(guide_id=guide["id"])]})
    day = departure.starts_at.date() - timedelta(days=4)
    earlier = {"starts_at": led.starts_at - timedelta(days=4), "ends_at": led.ends_at - timedelta(days=4)}
    put({uuid4(): led.model_copy(update=earlier)}, day)

    regions = auditor.get(hours_of(departure)).context["regions"]

    guides = [guide for region in regions for guide in region["guides"] if guide["trailing"] == "2.0"]
    assert [guide["above"].startswith("+") for guide in guides] == [True]


def test_who_may_not_see_daily_schedules_does_not_see_it(departure: Departure) -> None:
    assert signed_in().get(hours_of(departure)).status_code == 403


def test_it_takes_few_queries(auditor: Client, departure: Departure, django_assert_max_num_queries: AtMost) -> None:
    with django_assert_max_num_queries(12):
        assert auditor.get(hours_of(departure)).status_code == 200
