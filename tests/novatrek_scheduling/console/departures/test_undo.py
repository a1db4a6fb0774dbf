"""The buttons of the panel that undo and redo."""

from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from tests.novatrek_scheduling.console.departures.forms import (
    HIKE,
    form_of,
    panel_of,
    stored_on,
)
from tests.novatrek_scheduling.console.people import signed_in
from tests.scheduling.writes import change

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("groups")]


def step(day: date, name: str = "undo") -> str:
    return reverse(f"console:departure_{name}", args=[day, HIKE])


def test_a_change_is_undone_and_done_again(dana: Client, day: date) -> None:
    dana.post(panel_of(day), form_of(day, capacity=15))

    undone = dana.post(step(day), headers={"X-Requested-With": "fetch"})
    assert stored_on(day).capacity == 12
    assert "Undone: " in undone.content.decode()

    dana.post(step(day, "redo"))
    assert stored_on(day).capacity == 15


def test_what_another_changed_since_is_told_and_stays(dana: Client, day: date) -> None:
    dana.post(panel_of(day), form_of(day, capacity=15))
    change(HIKE, day, capacity=20)

    refused = dana.post(step(day))

    assert refused.status_code == 409
    assert "changed the places since" in refused.content.decode()
    assert stored_on(day).capacity == 20


def test_an_auditor_undoes_nothing(dana: Client, day: date) -> None:
    dana.post(panel_of(day), form_of(day, capacity=15))

    assert signed_in("Auditor").post(step(day)).status_code == 403
    assert stored_on(day).capacity == 15


def test_the_board_has_the_buttons_for_who_changed_something(dana: Client, day: date) -> None:
    buttons = reverse("console:undo", args=[day])
    assert "data-key" not in dana.get(buttons).content.decode()
    dana.post(panel_of(day), form_of(day, capacity=15))
    assert 'data-key="z"' in dana.get(buttons).content.decode()
    assert "data-key" not in signed_in("Operations manager").get(buttons).content.decode()

    board = f"http://testserver{reverse('console:board')}?date={day}&view=table"
    back = dana.post(buttons, headers={"Referer": board}, follow=True)

    assert back.redirect_chain[0][0].endswith("&view=table")
    assert "Undone: " in back.content.decode()
    assert stored_on(day).capacity == 12
    assert signed_in("Auditor").post(buttons).status_code == 403
