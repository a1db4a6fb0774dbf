"""Two people at the publish page: nothing that was entered is lost, and what does not collide is taken."""

from uuid import UUID, uuid4

import pytest
from django.test import Client

from scheduling.domain.document import DepartureStatus
from tests.factories import DepartureFactory, TeamMemberFactory
from tests.novatrek_scheduling.console.people import signed_in
from tests.novatrek_scheduling.console.publishing.forms import look, send
from tests.scheduling.writes import change, put, stored

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("groups")]

KNOWING_NOTHING = {"override_silence": "on"}
FIRST, SECOND, THIRD = UUID(int=1), UUID(int=2), UUID(int=3)


@pytest.fixture
def manager() -> Client:
    return signed_in("Operations manager")


@pytest.fixture(autouse=True)
def _three() -> None:
    put({key: DepartureFactory(team=[TeamMemberFactory()]) for key in (FIRST, SECOND, THIRD)})


def test_what_nobody_changed_is_published_and_the_rest_says_who_changed_what(manager: Client) -> None:
    shown = look(manager)
    change(SECOND, team=[TeamMemberFactory(guide_name="Ben Ito")])

    answer = send(manager, shown.form(FIRST, SECOND, note="as agreed", **KNOWING_NOTHING))

    statuses = {key: stored()[key].status for key in (FIRST, SECOND, THIRD)}
    assert statuses == {
        FIRST: DepartureStatus.PUBLISHED,
        SECOND: DepartureStatus.DRAFT,
        THIRD: DepartureStatus.DRAFT,
    }
    assert answer.status == 409
    assert answer.ticked == {SECOND}
    assert "Changed meanwhile</span> by ana" in answer.text
    assert "→ Ben Ito (lead)" in answer.text
    assert 'value="as agreed"' in answer.text
    assert 'name="override_silence" checked' in answer.text

    send(manager, answer.form(SECOND, **KNOWING_NOTHING))

    assert stored()[SECOND].status is DepartureStatus.PUBLISHED


def test_a_change_that_nobody_is_told_of_stops_nothing(manager: Client) -> None:
    shown = look(manager)
    change(FIRST, capacity=10)
    put({uuid4(): DepartureFactory()})

    done = send(manager, shown.form(FIRST, SECOND, **KNOWING_NOTHING))

    assert "2 departures are published." in done.text


def test_what_a_colleague_published_meanwhile_is_said_by_name(manager: Client) -> None:
    shown, ben = look(manager), signed_in(is_superuser=True)
    send(ben, look(ben).form(FIRST, **KNOWING_NOTHING))

    answer = send(manager, shown.form(FIRST, SECOND, **KNOWING_NOTHING))

    assert "nothing is left to publish since a change by a superuser" in answer.text
    assert stored()[SECOND].status is DepartureStatus.PUBLISHED


def test_if_everything_that_was_ticked_changed_nothing_is_published(manager: Client) -> None:
    shown = look(manager)
    for key in (FIRST, SECOND, THIRD):
        change(key, team=[TeamMemberFactory()])

    answer = send(manager, shown.form(FIRST, SECOND, **KNOWING_NOTHING))

    assert answer.ticked == {FIRST, SECOND}
    assert {departure.status for departure in stored().values()} == {DepartureStatus.DRAFT}
