"""The panel of a departure: what it shows, to whom, and as what."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from conflicts.models import MonitorPass
from novatrek_scheduling.console.board.siblings_view import forget_views
from tests.conflicts.factories import overfull
from tests.factories import TOMORROW, DepartureFactory, TeamMemberFactory
from tests.novatrek_scheduling.console.people import signed_in
from tests.scheduling.writes import change, put
from tests.siblings import SimulatedSiblings

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("groups", "siblings")]

AtMost = Callable[[int], AbstractContextManager[Any]]


def panel_of(key: UUID, day: date = TOMORROW) -> str:
    return reverse("console:departure", args=[day, key])


def rim_walk(**fields: object) -> UUID:
    key = uuid4()
    team = [TeamMemberFactory(guide_name="Ana Ruiz")]
    put({key: DepartureFactory(trip_name="Rim walk", team=team, reservations={uuid4(): 8}, **fields)})
    return key


def test_it_shows_who_goes_where_and_when_who_booked_and_who_changed_it(auditor: Client) -> None:
    key = rim_walk()
    change(key, capacity=15)

    shown = auditor.get(panel_of(key)).content.decode()

    for text in ("Rim walk", "Ana Ruiz (lead)", "8 of 15 guests", "8 guests", "Places: 12 → 15", "<html"):
        assert text in shown


def test_every_conflict_leads_to_its_review(auditor: Client) -> None:
    conflict = overfull()
    [key] = map(UUID, conflict.details["departure_ids"])

    shown = auditor.get(panel_of(key)).content.decode()

    assert conflict.details["description"] in shown
    assert reverse("console:review", args=[conflict.pk]) in shown


@pytest.mark.parametrize("asked", [{"HTTP_HX_REQUEST": "true"}, {"HTTP_X_REQUESTED_WITH": "fetch"}, {}])
def test_the_board_gets_the_content_alone(auditor: Client, asked: dict[str, str]) -> None:
    address = panel_of(rim_walk()) + ("" if asked else "?fragment=1")

    shown = auditor.get(address, **asked).content.decode()

    assert "Rim walk" in shown
    assert "<html" not in shown


def test_a_departure_that_is_not_on_the_date_is_not_found(auditor: Client) -> None:
    assert auditor.get(panel_of(uuid4())).status_code == 404


def test_who_may_not_view_plans_gets_no_panel() -> None:
    assert signed_in().get(panel_of(rim_walk())).status_code == 403


def test_it_takes_few_queries(auditor: Client, django_assert_max_num_queries: AtMost) -> None:
    key = rim_walk()

    with django_assert_max_num_queries(12):
        auditor.get(panel_of(key))


def test_two_who_have_it_open_are_shown_to_each_other(auditor: Client) -> None:
    address = panel_of(rim_walk())
    auditor.get(address)

    shown = signed_in("Dispatcher").get(address)

    assert shown.context["visitors"] == ("a auditor",)
    assert "a auditor is on this departure, too." in shown.content.decode()
    assert auditor.get(f"{address}visitors/").context["visitors"] == ("a dispatcher",)


def test_a_silent_sibling_is_named_with_when_it_last_answered(auditor: Client, siblings: SimulatedSiblings) -> None:
    key = rim_walk()
    heard = timezone.now() - timedelta(hours=3)
    MonitorPass.objects.create(status=MonitorPass.Status.COMPLETED, completed_at=heard, lease_until=heard)
    siblings.switch("svc-weather", "down")
    forget_views()

    shown = auditor.get(panel_of(key)).content.decode().replace("\u00a0", " ")

    assert "svc-weather did not answer" in shown
    assert "It last answered 3 hours ago." in shown
