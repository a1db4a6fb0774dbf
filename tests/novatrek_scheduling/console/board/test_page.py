from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from tests.conflicts.factories import overfull
from tests.factories import TOMORROW, DepartureFactory, TeamMemberFactory
from tests.novatrek_scheduling.console.people import signed_in
from tests.scheduling.writes import put

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("groups", "siblings")]

BOARD = reverse("console:board")


def test_a_departure_carries_what_is_wrong_with_it() -> None:
    conflict = overfull()
    put({uuid4(): DepartureFactory(trip_name="Rim walk", team=[TeamMemberFactory(guide_name="Ana Ruiz")])})

    shown = signed_in("Auditor").get(BOARD, {"date": TOMORROW.isoformat()}).content.decode()

    assert "Ana Ruiz (lead)" in shown
    assert conflict.details["description"] in shown


def test_who_may_not_view_plans_gets_no_board() -> None:
    assert signed_in().get(BOARD).status_code == 403


def test_a_stranger_is_asked_to_sign_in() -> None:
    assert Client().get(BOARD).headers["Location"].startswith("/admin/login/")
