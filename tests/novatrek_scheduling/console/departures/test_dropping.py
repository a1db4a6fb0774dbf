"""What is said of a guide's row while a departure is dragged over it."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import date
from typing import Any
from uuid import UUID

import pytest
from django.test import Client

from novatrek_scheduling.console.board.siblings_view import forget_views
from tests.factories import TeamMemberFactory
from tests.novatrek_scheduling.console.departures.forms import CLIMB, day_of, panel_of, plan_hike
from tests.novatrek_scheduling.console.people import signed_in
from tests.scheduling.writes import enter
from tests.siblings import SimulatedSiblings

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("groups")]

AtMost = Callable[[int], AbstractContextManager[Any]]


@pytest.fixture
def day(siblings: SimulatedSiblings) -> Iterator[date]:
    forget_views()
    plan_hike(siblings)
    yield day_of(siblings)
    forget_views()


@pytest.fixture
def dana() -> Client:
    return signed_in("Dispatcher")


def landings(client: Client, day: date) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = client.get(f"{panel_of(day)}rules/").json()["guides"]
    return found


def who_can_go(client: Client, day: date) -> list[str]:
    return [guide for guide, landing in landings(client, day).items() if landing["may_go"]]


def test_every_guide_has_a_word_for_it_and_who_cannot_go_has_the_rule(dana: Client, day: date) -> None:
    said = landings(dana, day)

    assert len(said) > 100
    assert {landing["words"] for landing in said.values() if landing["may_go"]} <= {"can go", "a note to approve"}
    assert "works in another region" in {landing["words"] for landing in said.values() if not landing["may_go"]}


def test_who_is_out_on_another_departure_then_is_said_to_be(
    dana: Client, day: date, siblings: SimulatedSiblings
) -> None:
    guide = who_can_go(dana, day)[0]
    plan_hike(siblings, CLIMB, team=[TeamMemberFactory(guide_id=guide)])

    assert landings(dana, day)[guide] == {"may_go": False, "words": "on another departure"}


def test_why_somebody_is_away_is_not_said(dana: Client, day: date) -> None:
    guide = who_can_go(dana, day)[0]
    enter(UUID(guide), day, availability_exceptions=[{"from": str(day), "to": str(day), "reason": "broken ankle"}])

    assert landings(dana, day)[guide] == {"may_go": False, "words": "away"}


def test_it_says_that_the_rules_cannot_be_read(dana: Client, day: date, siblings: SimulatedSiblings) -> None:
    siblings.switch("svc-guide-management", "down")

    answer = dana.get(f"{panel_of(day)}rules/").json()

    assert answer["guides"] == {}
    assert "svc-guide-management" in answer["error"]


def test_all_guides_together_take_few_queries(dana: Client, day: date, django_assert_max_num_queries: AtMost) -> None:
    with django_assert_max_num_queries(17):
        assert len(landings(dana, day)) > 100
