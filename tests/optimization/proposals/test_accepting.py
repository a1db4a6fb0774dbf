"""A proposal is accepted whole, in parts or not at all, on facts of the moment, and exactly once."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from uuid import UUID

import pytest
from django.db import connection
from django.utils import timezone
from pytest_django.fixtures import Settings

from optimization.models import Proposal
from optimization.proposals.accepting import Acceptance, accept_proposal
from optimization.proposals.difference import PartState
from optimization.proposals.errors import ProposalClosed, ProposalNotApplicable, ProposalOutdated
from optimization.proposals.reading import difference_now
from optimization.proposals.services import drop_proposal, find_proposal, make_anew
from optimization.proposals.sweeper import sweep_proposals
from scheduling.daily_schedules.authors import Author, AuthorKind
from scheduling.domain.document import Announcement, Departure, DepartureStatus
from scheduling.models import DailySchedule, ScheduleRevision
from tests.factories import DISPATCHER, DepartureFactory, TeamMemberFactory
from tests.optimization.proposals.made import PlannedRegion, a_planned_region, a_proposal, plan_in, teams
from tests.scheduling.writes import change, enter, put
from tests.siblings import SimulatedSiblings

pytestmark = pytest.mark.django_db
RIM, GORGE = UUID(int=1), UUID(int=2)
BEN = Author(AuthorKind.DISPATCHER, "ben", "accepted a proposal")


@pytest.fixture
def region(siblings: SimulatedSiblings) -> PlannedRegion:
    return a_planned_region(siblings)


def guides_proposed(proposal: Proposal, key: UUID) -> frozenset[UUID]:
    return frozenset(plan_in(proposal).departures[key].after.guide_ids)


def rev_of(region: PlannedRegion) -> int:
    return DailySchedule.objects.get(schedule_date=region.day).rev


def test_who_accepts_all_has_the_proposed_teams_in_one_revision_of_theirs(region: PlannedRegion) -> None:
    proposal, before = region.propose(), rev_of(region)

    accepted = accept_proposal(proposal, plan_in(proposal).departures, author=BEN)

    proposal.refresh_from_db()
    assert accepted.written == plan_in(proposal).departures.keys()
    assert all(
        region.departures()[key].guide_ids == guides_proposed(proposal, key) for key in plan_in(proposal).departures
    )
    assert rev_of(region) == before + 1
    revision = ScheduleRevision.objects.latest("rev")
    assert (revision.author, revision.kind, revision.run_id) == ("ben", "dispatcher", proposal.run_id)
    assert (proposal.status, proposal.decided_by) == (Proposal.Status.ACCEPTED, "ben")
    assert all(departure.status is not DepartureStatus.PUBLISHED for departure in region.departures().values())


def test_one_of_two_changes_may_be_accepted_and_a_colleague_finishes_the_other(region: PlannedRegion) -> None:
    proposal = region.propose()
    first, *others = region.freed

    accept_proposal(proposal, [first], author=DISPATCHER)

    proposal.refresh_from_db()
    assert region.departures()[first].team
    assert not region.departures()[others[0]].team
    assert proposal.status == Proposal.Status.READY
    states = {part.id: part.state for part in difference_now(proposal, timezone.now()).departures}
    assert (states[first], states[others[0]]) == (PartState.ACCEPTED, PartState.OPEN)

    accept_proposal(proposal, plan_in(proposal).departures, author=BEN)

    proposal.refresh_from_db()
    assert proposal.status == Proposal.Status.ACCEPTED
    assert [part["by"] for part in proposal.accepted] == ["ana", "ben"]


def test_what_others_decided_is_left_alone_where_nothing_of_it_is_proposed(region: PlannedRegion) -> None:
    proposal = region.propose()
    other = next(key for key in region.departures() if key not in plan_in(proposal).departures)
    change(other, region.day, language="es")

    accept_proposal(proposal, region.freed, author=BEN)

    assert region.departures()[other].language == "es"


def test_a_departure_that_changed_since_is_not_overwritten_and_the_proposal_is_made_anew(
    region: PlannedRegion,
) -> None:
    proposal, key = region.propose(), region.freed[0]
    change(key, region.day, capacity=region.departures()[key].capacity + 1)
    before = teams(region.departures())

    with pytest.raises(ProposalOutdated, match="made anew"):
        accept_proposal(proposal, region.freed, author=BEN)

    rebased = find_proposal(proposal.pk)
    assert teams(region.departures()) == before
    assert (rebased.status, rebased.rebased_from) == (Proposal.Status.PENDING, proposal.rev)


def test_the_sweeper_rebases_what_the_plan_overtook_and_only_that(region: PlannedRegion) -> None:
    proposal = region.propose()
    assert sweep_proposals(timezone.now()) == 0
    change(region.freed[0], region.day, team=[TeamMemberFactory()])

    assert sweep_proposals(timezone.now()) == 1
    assert sweep_proposals(timezone.now()) == 0
    assert find_proposal(proposal.pk).rebased_from == proposal.rev


def test_a_guide_who_fell_ill_since_is_named_and_nothing_is_written(region: PlannedRegion) -> None:
    proposal, key = region.propose(), region.freed[0]
    guide = plan_in(proposal).departures[key].after.guides[0]
    enter(guide.guide_id, region.day, availability_exceptions=[{"from": region.day, "to": region.day, "reason": "flu"}])
    before = rev_of(region)

    with pytest.raises(ProposalNotApplicable) as refused:
        accept_proposal(proposal, region.freed, author=BEN)

    assert guide.name in refused.value.reasons[key]
    assert "flu" not in refused.value.reasons[key]
    assert rev_of(region) == before
    assert find_proposal(proposal.pk).status == Proposal.Status.READY


def test_what_has_been_done_by_hand_is_no_obstacle(region: PlannedRegion) -> None:
    proposal, key = region.propose(), region.freed[0]
    change(key, region.day, team=plan_in(proposal).departures[key].after.team())

    accepted = accept_proposal(proposal, plan_in(proposal).departures, author=BEN)

    assert key not in accepted.written
    assert find_proposal(proposal.pk).status == Proposal.Status.ACCEPTED


def test_a_proposal_that_expired_was_dropped_or_is_made_anew_is_not_accepted(region: PlannedRegion) -> None:
    proposal = region.propose()
    make_anew(proposal, by="cleo")
    with pytest.raises(ProposalClosed, match="made anew"):
        accept_proposal(proposal, region.freed, author=BEN)
    drop_proposal(proposal, by="cleo")
    with pytest.raises(ProposalClosed, match="cleo has dropped"):
        accept_proposal(find_proposal(proposal.pk), region.freed, author=BEN)
    late = region.propose()
    Proposal.objects.filter(pk=late.pk).update(expires_at=timezone.now() - timedelta(seconds=1))
    with pytest.raises(ProposalClosed, match="expired"):
        accept_proposal(find_proposal(late.pk), region.freed, author=BEN)
    assert not region.departures()[region.freed[0]].team


def test_a_proposal_is_dropped_once_and_what_was_accepted_of_it_stays(region: PlannedRegion) -> None:
    proposal = region.propose()
    accept_proposal(proposal, region.freed[:1], author=BEN)

    drop_proposal(proposal, by="ana")

    assert region.departures()[region.freed[0]].team
    with pytest.raises(ProposalClosed, match="ana has dropped"):
        drop_proposal(proposal, by="ben")


def test_a_new_departure_of_the_catalog_is_created_when_it_is_accepted(siblings: SimulatedSiblings) -> None:
    region_id = siblings.summary()["region_ids"][0]
    siblings.keep([region_id], guides=14)
    region = PlannedRegion(siblings.today + timedelta(days=2), UUID(region_id), ())
    proposal = region.propose()
    plan = plan_in(proposal)
    key = next(key for key, departure in plan.departures.items() if departure.after.guides)

    accept_proposal(proposal, [key], author=BEN)

    [(created, departure)] = region.departures().items()
    assert (created, departure.guide_ids) == (key, guides_proposed(proposal, key))
    assert departure.status is DepartureStatus.DRAFT


@pytest.mark.django_db(transaction=True)
def test_two_who_press_at_the_same_moment_write_it_once(siblings: SimulatedSiblings) -> None:
    region = a_planned_region(siblings)
    proposal, before = region.propose(), rev_of(region)
    together = Barrier(2)

    def press(name: str) -> Acceptance | ProposalClosed:
        mine = find_proposal(proposal.pk)
        together.wait(timeout=10)
        try:
            return accept_proposal(mine, region.freed, author=Author(AuthorKind.DISPATCHER, name))
        except ProposalClosed as closed:
            return closed
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        outcomes = list(pool.map(press, ["ana", "ben"]))

    written = [outcome for outcome in outcomes if isinstance(outcome, Acceptance) and outcome.written]
    assert len(written) == 1
    assert rev_of(region) == before + 1
    [part] = find_proposal(proposal.pk).accepted
    assert set(map(UUID, part["departure_ids"])) == set(region.freed)


def test_the_halves_of_a_swap_are_accepted_together_or_the_other_half_is_named() -> None:
    ana = TeamMemberFactory(guide_name="Ana Ruiz")
    rim, gorge = DepartureFactory(trip_name="Rim walk", team=[ana]), DepartureFactory(trip_name="Gorge trip")
    put({RIM: rim, GORGE: gorge})
    moved = {RIM: rim.model_copy(update={"team": []}), GORGE: gorge.model_copy(update={"team": [ana]})}
    proposal = a_proposal({RIM: rim, GORGE: gorge}, moved)

    with pytest.raises(ProposalNotApplicable) as refused:
        accept_proposal(proposal, [GORGE], author=BEN)

    reason = "Ana Ruiz goes from Rim walk to Gorge trip: accept Rim walk too, or neither"
    assert refused.value.reasons == {GORGE: reason}


def test_who_may_not_override_accepts_no_plan_that_takes_the_teams_of_many_published_departures(
    siblings: SimulatedSiblings, settings: Settings
) -> None:
    settings.MAX_UNSTAFFED_BY_MACHINE, settings.MAX_UNSTAFFED_SHARE_BY_MACHINE = 1, 0.0
    region = a_planned_region(siblings, freed=0)
    staffed = [key for key, departure in sorted(region.departures().items()) if departure.team]
    before = {key: announced(region.departures()[key]) for key in staffed[:2]}
    put(before, region.day)
    nobody = {key: departure.model_copy(update={"team": []}) for key, departure in before.items()}
    proposal = a_proposal(before, nobody, region.day)

    with pytest.raises(ProposalNotApplicable, match="ask an operations manager"):
        accept_proposal(proposal, before, author=BEN)
    assert all(region.departures()[key].team for key in before)

    assert accept_proposal(proposal, before, author=BEN, may_unstaff=True).written == before.keys()
    assert not any(region.departures()[key].team for key in before)


def announced(departure: Departure) -> Departure:
    announced = Announcement(
        guide_ids=sorted(departure.guide_ids), trail_id=departure.trail_id, starts_at=departure.starts_at
    )
    return departure.model_copy(update={"status": DepartureStatus.PUBLISHED, "published": announced})
