"""What a person sees and keeps of a proposal when it is made anew, and what is said before it is accepted."""

from uuid import uuid4

import pytest
from django.urls import reverse

from optimization.models import Proposal
from optimization.proposals.making import compute_proposal
from scheduling.domain.document import Announcement, DepartureStatus
from tests.factories import DepartureFactory
from tests.novatrek_scheduling.console.people import signed_in
from tests.novatrek_scheduling.console.proposals.test_pages import (
    ANA,
    GORGE,
    RIM,
    a_swap,
    is_ticked,
    page_of,
    shown,
)
from tests.optimization.proposals.made import a_planned_region, a_proposal
from tests.scheduling.writes import change, put
from tests.siblings import SimulatedSiblings

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("groups", "siblings")]


def test_what_was_ticked_stays_ticked_when_it_is_made_anew_as_far_as_it_still_exists(
    siblings: SimulatedSiblings,
) -> None:
    region = a_planned_region(siblings, freed=3)
    proposal, dispatcher = region.propose(), signed_in("Dispatcher")
    first, second, third = region.freed
    ticked = {"decision": "anew:", "departure_ids": [str(first), str(second), str(uuid4())]}

    dispatcher.post(page_of(proposal), ticked)
    compute_proposal(proposal.pk)

    mine, others = (
        client.get(page_of(proposal)).content.decode() for client in (dispatcher, signed_in("Operations manager"))
    )
    assert [is_ticked(mine, key) for key in (first, second, third)] == [True, True, False]
    assert all(is_ticked(others, key) for key in region.freed)


def test_where_one_of_the_ticked_changed_the_others_are_ticked_in_what_is_made_anew(
    siblings: SimulatedSiblings,
) -> None:
    region = a_planned_region(siblings, freed=3)
    proposal, dispatcher = region.propose(), signed_in("Dispatcher")
    first, second, third = region.freed
    change(first, region.day, capacity=30)
    chosen = {"decision": "accept", "made": proposal.token, "departure_ids": [str(first), str(second)]}

    dispatcher.post(page_of(proposal), chosen)
    compute_proposal(proposal.pk)

    page = dispatcher.get(page_of(proposal)).content.decode()
    assert [is_ticked(page, key) for key in (first, second, third)] == [True, True, False]


def test_whom_people_were_told_of_and_nobody_would_lead_is_said_before_it_is_accepted() -> None:
    announced = Announcement(guide_ids=[ANA.guide_id], starts_at=DepartureFactory().starts_at)
    rim = DepartureFactory(trip_name="Rim walk", team=[ANA], published=announced, status=DepartureStatus.PUBLISHED)
    put({RIM: rim})
    proposal = a_proposal({RIM: rim}, {RIM: rim.model_copy(update={"team": []})})

    text = shown(signed_in("Operations manager"), page_of(proposal))

    assert "People were told of it, and nobody would lead it any more" in text


def test_refusals_are_in_the_language_of_the_reader(siblings: SimulatedSiblings) -> None:
    proposal, dispatcher = a_swap(), signed_in("Dispatcher")
    dropped = a_proposal({}, {}, status=Proposal.Status.DROPPED, decided_by="ben")
    spanish = {"headers": {"accept-language": "es"}}

    half = dispatcher.post(
        page_of(proposal), {"decision": "accept", "made": proposal.token, "departure_ids": [str(GORGE)]}, **spanish
    )
    late = dispatcher.post(page_of(dropped), {"decision": "drop"}, **spanish)
    over = dispatcher.post(reverse("console:optimize", args=["2020-01-01"]), {}, **spanish)

    assert "acepte también Rim walk, o ninguna" in half.content.decode()
    assert "ben ha descartado la propuesta." in late.content.decode()
    assert "La fecha ya pasó" in over.content.decode()
