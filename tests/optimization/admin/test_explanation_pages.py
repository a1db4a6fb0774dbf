"""The pages that explain a team and show the workload of the guides."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.test import Client
from django.urls import reverse

from scheduling.domain.document import Departure
from scheduling.models import schedule_id_of
from tests.factories import TeamMemberFactory
from tests.novatrek_scheduling.console.people import signed_in
from tests.optimization.departures import DEPARTURE_ID
from tests.scheduling.writes import change, put
from tests.siblings import SimulatedSiblings

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("groups")]

AtMost = Callable[[int], AbstractContextManager[Any]]


@pytest.fixture
def auditor() -> Client:
    return signed_in("Auditor")


def explanation_of(departure: Departure, key: UUID = DEPARTURE_ID) -> str:
    return reverse("admin:optimization_departure_explanation", args=[schedule_id_of(departure.starts_at.date()), key])


def hours_of(departure: Departure) -> str:
    return reverse("admin:optimization_fairness", args=[schedule_id_of(departure.starts_at.date())])


def test_the_plan_of_a_date_leads_to_the_page_of_each_departure(auditor: Client, departure: Departure) -> None:
    schedule = reverse("admin:scheduling_dailyschedule_change", args=[schedule_id_of(departure.starts_at.date())])

    page = auditor.get(schedule).content.decode()

    assert explanation_of(departure) in page
    assert hours_of(departure) in page


def test_a_team_is_explained_with_its_alternative_and_with_everybody_else(
    auditor: Client, departure: Departure
) -> None:
    page = auditor.get(explanation_of(departure)).content.decode()

    for text in (
        "Optimizing now would change the team",
        "certifications 0.",
        "Alternative: ",
        "Eligible guides",
        "Excluded guides",
    ):
        assert text in page


def test_what_nobody_can_lead_says_what_would_be_enough(auditor: Client, departure: Departure) -> None:
    change(DEPARTURE_ID, departure.starts_at.date(), reservations={uuid4(): 40}, participants=40, capacity=40)

    assert "Possible remedies" in auditor.get(explanation_of(departure)).content.decode()


def test_the_page_says_when_the_guides_cannot_be_asked(
    auditor: Client, departure: Departure, siblings: SimulatedSiblings
) -> None:
    siblings.switch("svc-guide-management", "down")

    for address in (explanation_of(departure), hours_of(departure)):
        answer = auditor.get(address)
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


def test_a_departure_that_is_not_there_is_not_found(auditor: Client, departure: Departure) -> None:
    assert auditor.get(explanation_of(departure, uuid4())).status_code == 404


def test_who_may_not_see_daily_schedules_sees_neither_page(departure: Departure) -> None:
    stranger = signed_in()

    assert stranger.get(explanation_of(departure)).status_code == 403
    assert stranger.get(hours_of(departure)).status_code == 403


def test_both_pages_take_few_queries(
    auditor: Client, departure: Departure, django_assert_max_num_queries: AtMost
) -> None:
    with django_assert_max_num_queries(24):
        assert auditor.get(explanation_of(departure)).status_code == 200
    with django_assert_max_num_queries(12):
        assert auditor.get(hours_of(departure)).status_code == 200
