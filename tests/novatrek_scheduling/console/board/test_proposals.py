"""The board leads to proposals: to ask for one, and to those that wait for somebody."""

import re
from datetime import timedelta
from http import HTTPStatus
from uuid import UUID, uuid4

import pytest
from django.urls import reverse
from django.utils import timezone

from novatrek_scheduling.console.proposals.under_way import read_under_way
from optimization.models import FragilityReport, Night, NightDate, Proposal
from optimization.proposals.claims import claim_proposal
from optimization.proposals.services import request_proposal
from scheduling.daily_schedules.presence import announce_presence
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
    part = reverse("console:under_way", args=[TOMORROW])
    assert f'hx-get="{part}"' in auditor.get(BOARD, {"date": TOMORROW.isoformat()}).content.decode()

    waiting = auditor.get(part).content.decode()

    assert "A proposal that cleo asked for (All regions, at most 2 guides move):" in waiting
    assert f'href="{reverse("console:proposal", args=[proposal.pk])}"' in waiting
    Proposal.objects.update(status=Proposal.Status.DROPPED)
    assert "cleo" not in auditor.get(part).content.decode()
    assert signed_in().get(part).status_code == HTTPStatus.FORBIDDEN


def test_what_is_at_work_on_the_date_is_shown_with_its_progress_wherever_it_was_begun() -> None:
    auditor, part = signed_in("Auditor"), reverse("console:under_way", args=[TOMORROW])
    assert "every 15s" in auditor.get(part).content.decode()
    proposal = request_proposal(TOMORROW, [], by="cleo", max_changes=2)
    claim_proposal(proposal.pk)
    a_night(done=3, of=14)

    with (
        announce_presence(TOMORROW, [], by="cleo"),
        announce_presence(TOMORROW, [REGION_ID], by="svc-booking (request)", run_id=uuid4()),
    ):
        shown = auditor.get(part)

    html = shown.content.decode()
    assert "Reading guides, trails and weather…" in html
    assert '<progress max="100" value="10"' in html
    assert [optimizer["by"] for optimizer in shown.context["under_way"].optimizers] == ["svc-booking (request)"]
    assert "3 of 14 dates are done" in html
    assert "every 3s" in html


def test_a_night_over_other_dates_is_not_shown() -> None:
    a_night(done=3, of=14)

    assert read_under_way(TOMORROW + timedelta(days=14), timezone.now()).night is None


def a_night(*, done: int, of: int) -> None:
    """A night that is under way, from tomorrow on."""
    night = Night.objects.create(pk=uuid4(), first_day=TOMORROW, last_day=TOMORROW + timedelta(days=of - 1))
    for number in range(of):
        NightDate.objects.create(
            night=night,
            cluster=0,
            schedule_date=TOMORROW + timedelta(days=number),
            region_ids=[],
            status=NightDate.Status.COMPLETED if number < done else NightDate.Status.PENDING,
        )


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
