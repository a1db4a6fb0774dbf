"""Why a team is what it is, in the panel of its departure."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from optimization.explanations.services import explain_as_it_stands
from scheduling.models import DailySchedule
from tests.novatrek_scheduling.console.departures.forms import HIKE, panel_of, stored_on
from tests.scheduling.writes import change, enter
from tests.siblings import SimulatedSiblings

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("groups")]

AtMost = Callable[[int], AbstractContextManager[Any]]


def why(client: Client, day: date) -> str:
    return client.get(f"{panel_of(day)}why/").content.decode()


def test_the_panel_asks_for_it_and_without_a_script_has_it_in_it(auditor: Client, day: date) -> None:
    asks = auditor.get(panel_of(day)).content.decode()
    has = auditor.get(panel_of(day), {"why": "1"}).content.decode()

    assert f'hx-get="{panel_of(day)}why/"' in asks
    assert "Why this team" not in asks
    assert "Why this team" in has


def test_scores_are_told_in_their_parts_with_who_would_go_instead_and_the_rules_that_bound_it(
    auditor: Client, day: date
) -> None:
    shown = why(auditor, day)

    for text in ("Optimizing now would change the team", "home region", "Alternative: ", "What bounds the choice"):
        assert text in shown
    assert "<html" not in shown


def test_the_rule_against_most_guides_comes_first_and_says_nothing_that_a_guide_entered(
    auditor: Client, day: date
) -> None:
    away = explain_as_it_stands(DailySchedule.objects.get(), HIKE).team[0]
    enter(away.guide_id, day, availability_exceptions=[{"from": str(day), "to": str(day), "reason": "broken ankle"}])

    answer = auditor.get(f"{panel_of(day)}why/")

    counts = [len(bound.names) for bound in answer.context["why"].bounds]
    assert counts == sorted(counts, reverse=True)
    assert away.name in next(bound.names for bound in answer.context["why"].bounds if bound.rule == "away")
    assert "ankle" not in answer.content.decode()


def test_where_nobody_can_go_it_says_why_and_what_would_be_enough(auditor: Client, day: date) -> None:
    change(HIKE, day, reservations={uuid4(): 40}, participants=40, capacity=40)

    shown = why(auditor, day)

    assert "Nobody goes." in shown
    assert "What would be enough" in shown
    assert stored_on(day).team == []


def test_it_says_when_the_guides_cannot_be_asked(auditor: Client, day: date, siblings: SimulatedSiblings) -> None:
    siblings.switch("svc-guide-management", "down")

    shown = why(auditor, day)

    assert 'role="alert"' in shown
    assert "svc-guide-management does not answer, and this needs what it knows." in shown


def test_it_takes_few_queries(auditor: Client, day: date, django_assert_max_num_queries: AtMost) -> None:
    with django_assert_max_num_queries(28):
        why(auditor, day)
