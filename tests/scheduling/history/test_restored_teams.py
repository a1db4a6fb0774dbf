"""Statuses of a restored team: no member is confirmed without an announcement, or without a due approval."""

from dataclasses import replace
from uuid import uuid4

import pytest

from scheduling.domain.document import AssignmentStatus
from scheduling.domain.facts import Sibling
from scheduling.publication.services import publish_departures
from tests.factories import DISPATCHER, TOMORROW, DepartureFactory
from tests.scheduling.history.restores import ANA, BEN, FIRST, TRIP, departure, facts, restore, team, tentative
from tests.scheduling.writes import change, enter, put, stored

pytestmark = pytest.mark.django_db


def test_whoever_is_not_told_to_come_is_tentative_whatever_they_were_then() -> None:
    put({FIRST: departure(ANA)})
    publish_departures(TOMORROW, author=DISPATCHER, by_machine=False, override_warnings=True)
    change(FIRST, team=[tentative(BEN)])
    publish_departures(TOMORROW, author=DISPATCHER, by_machine=False, override_warnings=True)

    restore(3)

    assert team() == {"Ana Ruiz": "TENTATIVE"}
    assert stored()[FIRST].has_unpublished_changes


def test_what_undoes_an_unpublished_plan_confirms_those_who_know_of_it() -> None:
    put({FIRST: departure(ANA)})
    publish_departures(TOMORROW, author=DISPATCHER, by_machine=False, override_warnings=True)
    change(FIRST, team=[tentative(BEN)])

    restore(3)

    assert team() == {"Ana Ruiz": "CONFIRMED"}
    assert not stored()[FIRST].has_unpublished_changes


def test_whoever_waited_for_approval_waits_again() -> None:
    waiting = tentative(ANA).model_copy(update={"assignment_status": AssignmentStatus.PENDING_APPROVAL})
    put({FIRST: DepartureFactory(trip_id=TRIP.id, team=[waiting])})
    change(FIRST, team=[])

    restore(2)

    assert team() == {"Ana Ruiz": "PENDING_APPROVAL"}


def test_whoever_waits_for_approval_now_is_not_confirmed_by_an_earlier_revision() -> None:
    put({FIRST: departure(ANA)})
    publish_departures(TOMORROW, author=DISPATCHER, by_machine=False, override_warnings=True)
    waiting = tentative(ANA).model_copy(update={"assignment_status": AssignmentStatus.PENDING_APPROVAL})
    change(FIRST, team=[waiting], trail_id=uuid4())

    restore(3)

    assert stored()[FIRST].trail_id is None
    assert team() == {"Ana Ruiz": "PENDING_APPROVAL"}


def test_a_note_entered_since_has_a_person_approve_the_restored_team() -> None:
    put({FIRST: departure(ANA)})
    publish_departures(TOMORROW, author=DISPATCHER, by_machine=False, override_warnings=True)
    change(FIRST, team=[tentative(BEN)])
    enter(ANA.id, guide_notes="knee")

    restore(3)

    assert team() == {"Ana Ruiz": "PENDING_APPROVAL"}


def test_what_a_silent_sibling_leaves_open_has_to_be_approved() -> None:
    put({FIRST: departure(ANA)})
    change(FIRST, team=[])
    silent = replace(facts().snapshot, unknown={Sibling.WEATHER: "svc-weather does not answer"})

    restore(2, facts=facts().with_snapshot(silent))

    assert team() == {"Ana Ruiz": "PENDING_APPROVAL"}


def test_whoever_is_confirmed_now_stays_so() -> None:
    put({FIRST: departure(ANA)})
    change(FIRST, trail_id=uuid4())

    restore(2)

    assert team() == {"Ana Ruiz": "CONFIRMED"}


def test_who_was_confirmed_for_another_trail_is_not_for_the_restored_one_while_a_question_is_open() -> None:
    put({FIRST: departure(ANA)})
    change(FIRST, trail_id=uuid4())
    enter(ANA.id, guide_notes="knee")

    restore(2)

    assert team() == {"Ana Ruiz": "PENDING_APPROVAL"}
