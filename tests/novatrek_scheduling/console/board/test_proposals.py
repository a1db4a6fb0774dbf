"""The board leads to proposals: to ask for one, and to those that wait for somebody."""

import re
from http import HTTPStatus
from uuid import UUID, uuid4

import pytest
from django.urls import reverse
from django.utils import timezone

from optimization.models import FragilityReport, Proposal
from optimization.proposals.services import request_proposal
from tests.factories import REGION_ID, TOMORROW, DepartureFactory
from tests.novatrek_scheduling.console.people import signed_in
from tests.scheduling.writes import put

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("groups", "siblings")]

BOARD, ASIDE = reverse("console:board"), reverse("console:board_aside")
GUIDE_ID = UUID(int=7)
EMPTY_REPORT = {"most_fragile": [], "unknown": [], "without_team": [], "not_judged": [], "not_tried": []}
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


def test_a_standby_that_would_help_goes_into_a_proposal_with_one_click() -> None:
    hedges = [
        {"kind": "STANDBY", "id": str(GUIDE_ID), "message": "Ana Ruiz held ready"},
        {"kind": "EXTRA_GUIDE", "message": "one more guide"},
    ]
    put({uuid4(): DepartureFactory()})
    FragilityReport.objects.create(
        schedule_date=TOMORROW, rev=1, found_at=timezone.now(), report=EMPTY_REPORT | {"hedges": hedges}
    )
    dispatcher, here = signed_in("Dispatcher"), {"date": TOMORROW.isoformat()}

    page = dispatcher.get(ASIDE, here).content.decode()
    [form] = re.findall(r'<form class="c-form-in-text".*?</form>', page, re.DOTALL)
    fields = dict(re.findall(r'name="(\w+)" value="([^"]*)"', form))
    dispatcher.post(reverse("console:optimize", args=[TOMORROW]), fields)

    proposal = Proposal.objects.get()
    assert (proposal.standby_ids, proposal.keeps_pins) == ([str(GUIDE_ID)], True)
    assert "Propose a plan with it" not in signed_in("Auditor").get(ASIDE, here).content.decode()
