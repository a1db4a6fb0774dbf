"""The pages of proposals over HTTP: asking, watching, looking, deciding, and who may."""

import re
from datetime import timedelta
from http import HTTPStatus
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from novatrek_scheduling.console.proposals.under_way import runs_under_way
from optimization.models import Proposal, RunDetail, RunStatus
from optimization.proposals.claims import claim_proposal, note_step
from optimization.proposals.making import compute_proposal
from optimization.proposals.services import find_proposal, make_anew, request_proposal
from scheduling.daily_schedules.presence import announce_presence
from tests.factories import REGION_ID, TOMORROW, DepartureFactory, TeamMemberFactory
from tests.novatrek_scheduling.console.people import signed_in
from tests.novatrek_scheduling.console.rows import a_run
from tests.optimization.proposals.made import a_planned_region, a_proposal, plan_in
from tests.scheduling.writes import change, put, stored
from tests.siblings import SimulatedSiblings

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("groups", "siblings")]

OPTIMIZE = reverse("console:optimize", args=[TOMORROW])
LIST = reverse("console:proposals")
RIM, GORGE = UUID(int=1), UUID(int=2)
ANA, BEN = TeamMemberFactory(guide_name="Ana Ruiz"), TeamMemberFactory(guide_name="Ben Ito")
CURVE = [{"max_changes": k, "departures_staffed": 2, "guests_served": 8 + k, "kept": 3, "moved": []} for k in range(6)]


def page_of(proposal: Proposal) -> str:
    return reverse("console:proposal", args=[proposal.pk])


def shown(client: Client, address: str, **query: Any) -> str:
    """The text of a page, without its tags."""
    return text_in(client.get(address, query).content.decode())


def text_in(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", html))


def a_swap(**fields: Any) -> Proposal:
    """A proposal in which Ana goes from the rim walk to the gorge at the same time, and Ben takes her place."""
    rim, gorge = DepartureFactory(trip_name="Rim walk", team=[ANA]), DepartureFactory(trip_name="Gorge trip")
    put({RIM: rim, GORGE: gorge})
    after = {RIM: rim.model_copy(update={"team": [BEN]}), GORGE: gorge.model_copy(update={"team": [ANA]})}
    return a_proposal({RIM: rim, GORGE: gorge}, after, **{"curve": CURVE, "max_changes": 2} | fields)


def test_a_dispatcher_asks_for_a_proposal_of_a_region_with_a_limit() -> None:
    dispatcher = signed_in("Dispatcher")
    put({uuid4(): DepartureFactory()})
    assert "Pinned guides stay where they are" in shown(dispatcher, OPTIMIZE, region=str(REGION_ID))
    asked = {"regions": [str(REGION_ID)], "max_changes": "2", "keeps_pins": "on"}

    answer = dispatcher.post(OPTIMIZE, asked)

    proposal = Proposal.objects.get()
    assert answer.headers["Location"] == page_of(proposal)
    assert (proposal.schedule_date, proposal.region_ids, proposal.max_changes) == (TOMORROW, [str(REGION_ID)], 2)
    assert (proposal.requested_by, proposal.keeps_pins) == ("a dispatcher", True)


def test_a_dispatcher_lets_pinned_guides_move_and_leaves_others_free(siblings: SimulatedSiblings) -> None:
    dispatcher, guide_id = signed_in("Dispatcher"), siblings.summary()["guide_ids"][0]
    guide = siblings.get("guides", guide_id)
    page = shown(dispatcher, OPTIMIZE, standby=guide_id)
    assert "Left free as standbys" in page
    assert guide["last_name"] in page

    dispatcher.post(OPTIMIZE, {"standby": [guide_id]})

    proposal = Proposal.objects.get()
    assert (proposal.keeps_pins, proposal.standby_ids) == (False, [guide_id])
    assert "Any number of guides may move, pinned ones too" in shown(dispatcher, page_of(proposal))


def test_a_refused_question_keeps_what_was_entered() -> None:
    dispatcher = signed_in("Dispatcher")
    put({uuid4(): DepartureFactory()})

    absurd = dispatcher.post(OPTIMIZE, {"regions": [str(REGION_ID)], "max_changes": "-1"})
    over = dispatcher.post(reverse("console:optimize", args=["2020-01-01"]), {"max_changes": "3"})

    assert (absurd.status_code, over.status_code) == (HTTPStatus.BAD_REQUEST, HTTPStatus.UNPROCESSABLE_ENTITY)
    assert 'value="-1"' in absurd.content.decode()
    assert f'value="{REGION_ID}" checked' in re.sub(r' id="[^"]*"', "", absurd.content.decode())
    assert 'value="3"' in over.content.decode()
    assert "is over: there is nothing left to plan" in over.content.decode()
    assert not Proposal.objects.exists()


def test_an_optimization_started_elsewhere_and_proposals_that_wait_are_shown_before_one_asks() -> None:
    request_proposal(TOMORROW, [], by="cleo", max_changes=4)

    with announce_presence(TOMORROW, [], by="the night"):
        text = shown(signed_in("Dispatcher"), OPTIMIZE)

    assert "Being optimized by the night" in text
    assert "At most 4 guides move cleo" in text


def test_a_proposal_is_watched_while_it_is_made_and_then_the_page_is_loaded_again() -> None:
    dispatcher = signed_in("Dispatcher")
    proposal = request_proposal(TOMORROW, [], by="ana")
    part = reverse("console:proposal_progress", args=[proposal.pk])
    assert "Waiting for a worker" in shown(dispatcher, page_of(proposal))
    claim = claim_proposal(proposal.pk)
    assert claim

    note_step(claim, Proposal.Step.PLANNING)

    watched = dispatcher.get(part).content.decode()
    assert 'value="35"' in watched
    assert "Choosing teams" in watched
    assert f'hx-get="{part}"' in dispatcher.get(page_of(proposal)).content.decode()
    Proposal.objects.update(status=Proposal.Status.READY)
    assert dispatcher.get(part).headers["HX-Refresh"] == "true"


def test_a_proposal_may_be_cancelled_while_it_is_made() -> None:
    proposal = request_proposal(TOMORROW, [], by="ana")

    page = signed_in("Dispatcher").post(page_of(proposal), {"decision": "drop"}, follow=True)

    assert "a dispatcher dropped it at" in text_in(page.content.decode())
    assert claim_proposal(proposal.pk) is None


def test_what_changes_is_shown_by_departure_by_person_in_figures_and_with_the_curve() -> None:
    proposal = a_swap()

    text = shown(signed_in("Auditor"), page_of(proposal))

    assert "Rim walk" in text
    assert "Ana Ruiz (lead) Ben Ito (lead)" in text
    assert "Ana Ruiz goes from Rim walk to Gorge trip: both or neither" in text
    assert "Guests served 8 → becomes 16" in text
    assert "Ana Ruiz swap_horiz moves 09:00 Rim walk 09:00 Gorge trip" in text
    assert "Ben Ito add gains work" in text
    assert "This proposal" not in text
    assert "What each further guide who moves buys" in text


def test_the_page_of_a_proposal_takes_few_queries(django_assert_max_num_queries: Any) -> None:
    proposal, auditor = a_swap(), signed_in("Auditor")
    auditor.get(page_of(proposal))

    with django_assert_max_num_queries(12):
        auditor.get(page_of(proposal))


def test_half_of_a_swap_is_refused_with_the_other_half_and_the_ticks_stay() -> None:
    proposal, dispatcher = a_swap(), signed_in("Dispatcher")

    answer = dispatcher.post(
        page_of(proposal), {"decision": "accept", "made": proposal.token, "departure_ids": [str(GORGE)]}
    )

    html = answer.content.decode()
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "accept Rim walk too, or neither" in html
    assert is_ticked(html, GORGE)
    assert not is_ticked(html, RIM)
    assert stored()[GORGE].team == []


def is_ticked(html: str, departure_id: UUID) -> bool:
    [box] = re.findall(rf'<input type="checkbox"[^>]*value="{departure_id}"[^>]*>', html)
    return box.rstrip(">").endswith("checked")


def test_nothing_ticked_is_no_decision() -> None:
    proposal = a_swap()

    answer = signed_in("Dispatcher").post(page_of(proposal), {"decision": "accept", "made": proposal.token})

    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "Choose at least one departure" in answer.content.decode()


def test_two_of_three_changes_are_accepted_and_the_colleague_sees_by_whom(siblings: SimulatedSiblings) -> None:
    region = a_planned_region(siblings, freed=3)
    proposal = region.propose()
    dispatcher, colleague = signed_in("Dispatcher"), signed_in("Operations manager")
    two = [str(key) for key in region.freed[:2]]

    page = dispatcher.post(
        page_of(proposal), {"decision": "accept", "made": proposal.token, "departure_ids": two}, follow=True
    )

    assert "2 departures have their new plan" in page.content.decode()
    teams = {key: bool(departure.team) for key, departure in region.departures().items()}
    assert [teams[key] for key in region.freed] == [True, True, False]
    assert "Accepted by a dispatcher at" in shown(colleague, page_of(proposal))
    finished = colleague.post(page_of(proposal), {"decision": "accept_all", "made": proposal.token}, follow=True)
    assert "a dispatcher had accepted some of them before" in finished.content.decode()
    assert "a operations manager accepted the last of it" in text_in(finished.content.decode())
    assert find_proposal(proposal.pk).status == Proposal.Status.ACCEPTED


def test_a_departure_that_changed_since_has_the_proposal_made_anew_and_the_page_says_so(
    siblings: SimulatedSiblings,
) -> None:
    region = a_planned_region(siblings, freed=1)
    proposal, dispatcher = region.propose(), signed_in("Dispatcher")
    change(region.freed[0], region.day, capacity=30)
    assert "Changed since the proposal was made" in shown(dispatcher, page_of(proposal))

    page = dispatcher.post(page_of(proposal), {"decision": "accept_all", "made": proposal.token}, follow=True)

    assert "The proposal is made anew on the present plan" in page.content.decode()
    compute_proposal(proposal.pk)
    again = find_proposal(proposal.pk)
    assert region.freed[0] in plan_in(again).departures
    said = f"changed after revision {proposal.rev}: the proposal was made anew on revision {again.rev}"
    assert said in shown(dispatcher, page_of(proposal))


def test_ticks_of_an_earlier_making_accept_nothing() -> None:
    proposal, dispatcher = a_swap(), signed_in("Dispatcher")
    seen = proposal.token
    make_anew(proposal, by="cleo", max_changes=2)
    Proposal.objects.update(status=Proposal.Status.READY)

    answer = dispatcher.post(
        page_of(proposal), {"decision": "accept", "made": seen, "departure_ids": [str(RIM), str(GORGE)]}
    )

    assert answer.status_code == HTTPStatus.CONFLICT
    assert "cleo had the proposal made anew meanwhile" in answer.content.decode()
    assert is_ticked(answer.content.decode(), RIM)
    assert stored()[GORGE].team == []


def test_another_limit_is_chosen_from_the_curve() -> None:
    proposal, dispatcher = a_swap(), signed_in("Dispatcher")
    assert "This proposal" in shown(dispatcher, page_of(proposal))

    dispatcher.post(page_of(proposal), {"decision": "anew", "max_changes": "3"})

    again = find_proposal(proposal.pk)
    assert (again.status, again.max_changes, again.rebased_from) == (Proposal.Status.PENDING, 3, None)


def test_a_dropped_an_expired_and_a_failed_proposal_say_what_happened() -> None:
    dispatcher, now = signed_in("Dispatcher"), timezone.now()
    expired = a_swap(expires_at=now - timedelta(minutes=1))
    failed = a_proposal({}, {}, status=Proposal.Status.FAILED, error="svc-trip-catalog does not answer", plan={})

    assert "It expired at" in shown(dispatcher, page_of(expired))
    assert "svc-trip-catalog does not answer" in shown(dispatcher, page_of(failed))
    late = dispatcher.post(page_of(expired), {"decision": "accept_all", "made": expired.token})
    assert late.status_code == HTTPStatus.CONFLICT
    assert "has expired" in late.content.decode()
    dispatcher.post(page_of(failed), {"decision": "anew", "max_changes": ""})
    assert find_proposal(failed.pk).status == Proposal.Status.PENDING


def test_a_proposal_that_changes_nothing_says_so() -> None:
    assert "Nothing would change" in shown(signed_in("Auditor"), page_of(a_proposal({}, {})))


def test_the_list_has_what_waits_and_what_was_decided() -> None:
    waiting, dropped = a_swap(), a_proposal({}, {}, status=Proposal.Status.DROPPED, decided_by="ben")

    html = signed_in("Auditor").get(LIST).content.decode()

    assert html.index(page_of(waiting)) < html.index("Decided or over") < html.index(page_of(dropped))
    assert "Dropped by ben" in html


def test_an_auditor_looks_and_decides_nothing() -> None:
    proposal, auditor = a_swap(), signed_in("Auditor")

    assert auditor.get(LIST).status_code == auditor.get(page_of(proposal)).status_code == HTTPStatus.OK
    assert 'name="decision" value="accept"' not in auditor.get(page_of(proposal)).content.decode()
    assert auditor.get(OPTIMIZE).status_code == auditor.post(OPTIMIZE).status_code == HTTPStatus.FORBIDDEN
    for decision in ("accept", "accept_all", "drop", "anew"):
        refused = auditor.post(page_of(proposal), {"decision": decision, "made": proposal.token})
        assert refused.status_code == HTTPStatus.FORBIDDEN
    assert find_proposal(proposal.pk).status == Proposal.Status.READY


@pytest.mark.parametrize("role", ["Dispatcher", "Operations manager"])
def test_who_dispatches_may_drop(role: str) -> None:
    proposal = a_swap()

    signed_in(role).post(page_of(proposal), {"decision": "drop"})

    assert find_proposal(proposal.pk).status == Proposal.Status.DROPPED


def test_strangers_see_nothing_and_what_is_not_there_is_not_found() -> None:
    proposal = a_proposal({}, {})
    addresses = [LIST, page_of(proposal), OPTIMIZE, reverse("console:proposal_progress", args=[proposal.pk])]

    assert {signed_in().get(address).status_code for address in addresses[:1]} == {HTTPStatus.FORBIDDEN}
    assert all(Client().get(address).headers["Location"].startswith("/admin/login/") for address in addresses)
    dispatcher = signed_in("Dispatcher")
    assert dispatcher.get(reverse("console:proposal", args=[uuid4()])).status_code == HTTPStatus.NOT_FOUND
    assert dispatcher.get("/admin/board/2026-13-40/optimize/").status_code == HTTPStatus.NOT_FOUND
    assert dispatcher.post(page_of(proposal), {"decision": "frame"}).status_code == HTTPStatus.BAD_REQUEST


def test_the_list_shows_how_far_proposals_are_and_what_else_is_being_optimized() -> None:
    auditor, part = signed_in("Auditor"), reverse("console:proposals_listed")
    assert "every 30s" in auditor.get(part).content.decode()
    claim_proposal(request_proposal(TOMORROW, [], by="cleo", max_changes=2).pk)
    a_run(status=RunStatus.RUNNING)
    a_run(status=RunStatus.RUNNING, subject=RunDetail.Subject.QUESTION)
    a_run()

    html = auditor.get(part).content.decode()

    assert "Reading guides, trails and weather…" in html
    assert len(runs_under_way(timezone.now())) == html.count("the date, since") == 1
    assert "every 3s" in html
    assert "<html" not in html
