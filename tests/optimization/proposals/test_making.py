"""A proposal is made by a worker, step by step, and nothing of it is in the daily schedule."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.cache import caches
from django.utils import timezone

from novatrek_scheduling.errors import Malformed
from optimization.models import OptimizationRun, Proposal, RunDetail, RunStatus
from optimization.proposals import making
from optimization.proposals.accepting import accept_proposal
from optimization.proposals.claims import claim_proposal, note_step, store_proposal
from optimization.proposals.errors import ProposalClosed
from optimization.proposals.making import compute_proposal
from optimization.proposals.services import drop_proposal, find_proposal, make_anew, request_proposal
from optimization.tasks import compute_proposal_task
from scheduling.daily_schedules.drafts import read_drafts
from scheduling.errors import DateInThePast
from scheduling.models import ClaimLost, ScheduleRevision
from tests.factories import DISPATCHER, REGION_ID, TOMORROW
from tests.optimization.proposals.made import a_planned_region, plan_in, teams
from tests.scheduling.writes import change
from tests.siblings import SimulatedSiblings

pytestmark = pytest.mark.django_db


def a_request() -> Proposal:
    return request_proposal(TOMORROW, [REGION_ID], by="ana", max_changes=2)


def test_a_proposal_has_what_would_change_and_saves_nothing(siblings: SimulatedSiblings) -> None:
    region = a_planned_region(siblings)
    before, revisions = teams(region.departures()), ScheduleRevision.objects.count()

    proposal = region.propose()

    plan = plan_in(proposal)
    assert proposal.status == Proposal.Status.READY
    assert set(region.freed) <= plan.departures.keys()
    assert all(plan.departures[key].after.guides and not plan.departures[key].before.guides for key in region.freed)
    assert (teams(region.departures()), ScheduleRevision.objects.count()) == (before, revisions)
    assert proposal.rev == read_drafts([region.day])[region.day].rev
    assert timedelta(minutes=119) < proposal.expires_at - timezone.now() <= timedelta(hours=2)


def test_its_run_is_a_question_and_its_curve_has_what_each_further_guide_buys(siblings: SimulatedSiblings) -> None:
    proposal = a_planned_region(siblings).propose(max_changes=1)

    run = OptimizationRun.objects.get(pk=proposal.run_id)
    assert (run.status, run.detail.subject) == (RunStatus.COMPLETED, RunDetail.Subject.QUESTION)
    assert [point["max_changes"] for point in proposal.curve] == [0, 1, 2, 3, 4, 5]
    guests = [point["guests_served"] for point in proposal.curve]
    assert guests == sorted(guests)
    assert guests[0] < guests[2]
    assert plan_in(proposal).moved <= 1


def test_a_date_that_is_not_planned_yet_is_proposed_with_its_new_departures(siblings: SimulatedSiblings) -> None:
    region = siblings.summary()["region_ids"][0]
    siblings.keep([region], guides=14)

    proposal = request_proposal(siblings.today + timedelta(days=2), [], by="ana")
    compute_proposal_task(str(proposal.pk))

    plan = plan_in(find_proposal(proposal.pk))
    assert plan.departures
    assert all(departure.is_new for departure in plan.departures.values())
    assert not ScheduleRevision.objects.exists()


def test_two_who_ask_for_the_same_get_one_proposal() -> None:
    assert a_request() == request_proposal(TOMORROW, [REGION_ID], by="ben", max_changes=2)
    assert a_request() != request_proposal(TOMORROW, [REGION_ID], by="ben", max_changes=3)
    everything = request_proposal(TOMORROW, [], by="ana")
    assert everything == request_proposal(TOMORROW, [], by="ben")


def test_nothing_is_proposed_for_a_date_that_is_over_or_with_an_absurd_limit() -> None:
    with pytest.raises(DateInThePast):
        request_proposal(TOMORROW - timedelta(days=3), [], by="ana")
    with pytest.raises(Malformed):
        request_proposal(TOMORROW, [], by="ana", max_changes=-1)


def test_one_worker_makes_it_and_its_steps_are_seen() -> None:
    claim = claim_proposal(a_request().pk)

    assert claim
    assert claim_proposal(claim.pk) is None
    note_step(claim, Proposal.Step.COMPARING)
    assert find_proposal(claim.pk).step == Proposal.Step.COMPARING


def test_a_worker_whose_proposal_was_dropped_stores_nothing() -> None:
    claim = claim_proposal(a_request().pk)
    assert claim

    drop_proposal(find_proposal(claim.pk), by="ben")

    with pytest.raises(ClaimLost):
        note_step(claim, Proposal.Step.PLANNING)
    with pytest.raises(ClaimLost):
        store_proposal(claim, rev=1, run_id=uuid4(), plan={}, curve=[])
    dropped = find_proposal(claim.pk)
    assert (dropped.status, dropped.decided_by) == (Proposal.Status.DROPPED, "ben")


def test_a_proposal_that_is_dropped_while_the_solver_works_ends_its_run(
    siblings: SimulatedSiblings, monkeypatch: pytest.MonkeyPatch
) -> None:
    region = a_planned_region(siblings)
    proposal = request_proposal(region.day, [region.region_id], by="ana")
    read = making.gather_facts

    def dropped_meanwhile(snapshot):  # type: ignore[no-untyped-def]
        drop_proposal(find_proposal(proposal.pk), by="ben")
        return read(snapshot)

    monkeypatch.setattr(making, "gather_facts", dropped_meanwhile)

    compute_proposal(proposal.pk)

    assert find_proposal(proposal.pk).status == Proposal.Status.DROPPED
    run = OptimizationRun.objects.latest("started_at")
    assert (run.status, run.detail.error) == (RunStatus.FAILED, "the proposal was dropped while it was made")


def test_a_silent_sibling_fails_it_with_words_and_it_may_be_made_again(siblings: SimulatedSiblings) -> None:
    caches["siblings"].clear()
    siblings.switch("svc-guide-management", "down")
    proposal = a_request()

    compute_proposal(proposal.pk)

    failed = find_proposal(proposal.pk)
    assert failed.status == Proposal.Status.FAILED
    assert "svc-guide-management" in failed.error
    make_anew(failed, by="ben", max_changes=2)
    again = find_proposal(proposal.pk)
    assert (again.status, again.requested_by, again.error) == (Proposal.Status.PENDING, "ben", "")


def test_of_two_who_have_it_made_anew_the_second_is_told_by_whom_it_is() -> None:
    proposal = a_request()
    claim = claim_proposal(proposal.pk)
    assert claim
    store_proposal(claim, rev=1, run_id=uuid4(), plan={}, curve=[])
    seen = find_proposal(proposal.pk)

    make_anew(seen, by="ben", max_changes=3)

    with pytest.raises(ProposalClosed, match="ben has the proposal made anew"):
        make_anew(seen, by="cleo", max_changes=4)
    assert find_proposal(proposal.pk).max_changes == 3


def test_pinned_guides_stay_unless_a_person_lets_them_move(siblings: SimulatedSiblings) -> None:
    region = a_planned_region(siblings, freed=0)
    [(key, unsuited), *_] = [item for item in sorted(region.departures().items()) if len(item[1].team) == 1]
    change(key, region.day, team=[unsuited.team[0].model_copy(update={"pinned": True})])

    kept, moved = region.propose(), region.propose(standby_ids=unsuited.guide_ids)
    free = region.propose(standby_ids=unsuited.guide_ids, keeps_pins=False)

    assert key not in plan_in(kept).departures.keys() | plan_in(moved).departures.keys()
    assert not unsuited.guide_ids & set(plan_in(free).departures[key].after.guide_ids)
    assert list(plan_in(free).standby.values()) == [unsuited.team[0].guide_name]
    accept_proposal(free, None, author=DISPATCHER)
    assert not unsuited.guide_ids & region.departures()[key].guide_ids
