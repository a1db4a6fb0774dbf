"""The board leads to proposals: to ask for one, and to those that wait for somebody."""

from http import HTTPStatus

import pytest
from django.urls import reverse

from optimization.models import Proposal
from optimization.proposals.services import request_proposal
from tests.factories import REGION_ID, TOMORROW
from tests.novatrek_scheduling.console.people import signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("groups", "siblings")]

BOARD = reverse("console:board")
OF_REGION = {"date": TOMORROW.isoformat(), "region": str(REGION_ID)}


def test_who_dispatches_asks_for_a_proposal_of_the_region_that_is_shown() -> None:
    link = f'href="{reverse("console:optimize", args=[TOMORROW])}?region={REGION_ID}"'

    assert link in signed_in("Dispatcher").get(BOARD, OF_REGION).content.decode()
    assert link not in signed_in("Auditor").get(BOARD, OF_REGION).content.decode()


def test_a_colleague_who_opens_the_board_sees_the_proposal_that_waits() -> None:
    proposal, auditor = request_proposal(TOMORROW, [], by="cleo", max_changes=2), signed_in("Auditor")
    part = reverse("console:proposals_waiting", args=[TOMORROW])
    assert f'hx-get="{part}"' in auditor.get(BOARD, {"date": TOMORROW.isoformat()}).content.decode()

    waiting = auditor.get(part).content.decode()

    assert "A proposal that cleo asked for (All regions, at most 2 guides move):" in waiting
    assert f'href="{reverse("console:proposal", args=[proposal.pk])}"' in waiting
    Proposal.objects.update(status=Proposal.Status.DROPPED)
    assert "cleo" not in auditor.get(part).content.decode()
    assert signed_in().get(part).status_code == HTTPStatus.FORBIDDEN
