"""The planner of a date, on hand-made inputs: no database, no server, no clock but the one passed in."""

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

from optimization.days.inputs import open_departures
from scheduling.domain.document import (
    AssignmentStatus,
    DepartureStatus,
    GuideAdjustments,
    Role,
    ScheduleDocument,
)
from scheduling.domain.facts import Sibling
from scheduling.rules import Facts
from tests.factories import (
    REGION_ID,
    GuideFactory,
    TeamMemberFactory,
    TrailFactory,
    at,
    lead,
)
from tests.optimization.days.plans import ANA, BEN, CAMP, CLEO, NOW, facts_with, of_trip, pinned, planned


def test_the_best_guide_leads_and_nobody_comes_along_for_nothing() -> None:
    key = uuid4()

    plan = planned({key: of_trip()}, facts_with(ANA, BEN, CLEO))

    [member] = plan.planned[key].team
    assert (member.guide_name, member.role) == ("Ana", Role.LEAD)
    assert member.assignment_status is AssignmentStatus.TENTATIVE
    assert member.certifications == ["WILDERNESS_FIRST_AID"]
    assert 0 < member.score <= 1


def test_a_team_that_is_published_stays_although_a_better_guide_is_free() -> None:
    key = uuid4()
    team = [lead(CLEO)]

    plan = planned({key: of_trip(status=DepartureStatus.PUBLISHED, team=team)}, facts_with(ANA, CLEO))

    assert plan.planned[key].team == team


def test_whoever_leads_a_team_leads_it_on() -> None:
    key = uuid4()
    team = [TeamMemberFactory(guide_id=ANA.id, role=Role.ASSISTANT), lead(CLEO)]

    plan = planned({key: of_trip(participants=12, team=team)}, facts_with(ANA, CLEO))

    assert [(m.guide_id, m.role) for m in plan.planned[key].team] == [(CLEO.id, Role.LEAD), (ANA.id, Role.ASSISTANT)]


def test_a_departure_of_three_guides_at_most_says_why_it_has_none() -> None:
    key = uuid4()

    plan = planned({key: of_trip(participants=31, capacity=40)}, facts_with(ANA, BEN, CLEO, GuideFactory()))

    reason = plan.planned[key].unassigned_reason
    assert plan.planned[key].team == []
    assert reason
    assert reason.code == "GROUP_NOT_COVERED"


def test_the_reason_counts_guides_of_the_activity_and_region_by_what_rules_them_out() -> None:
    key = uuid4()
    on_leave = GuideFactory(is_active=False, status="ON_LEAVE")
    inactive_elsewhere = GuideFactory(is_active=False, status="ON_LEAVE", region_ids=("rocky_mountains",))
    uncertified = GuideFactory(certifications=frozenset())

    plan = planned({key: of_trip()}, facts_with(on_leave, inactive_elsewhere, uncertified))

    reason = plan.planned[key].unassigned_reason
    assert reason
    assert reason.counts == {"CERTIFICATION": 1, "NOT_ACTIVE": 1}
    assert "one of two guides here lacks wilderness first aid, one is on leave;" in reason.message


def test_two_departures_at_once_do_not_share_a_guide() -> None:
    first, second = sorted([uuid4(), uuid4()])

    plan = planned({first: of_trip(), second: of_trip(participants=2)}, facts_with(ANA))

    assert plan.planned[first].guide_ids == {ANA.id}
    assert plan.planned[second].team == []


def test_what_is_not_planned_anew_stands_fixed_around_it() -> None:
    key = uuid4()

    plan = planned({key: of_trip()}, facts_with(ANA), others={uuid4(): of_trip(team=[lead(ANA)])})

    assert plan.planned[key].team == []


def test_pinned_guides_who_cannot_come_any_more_stay_on_and_are_not_sent_elsewhere() -> None:
    kept, other = uuid4(), uuid4()
    away = replace(BEN, is_active=False, status="ON_LEAVE")
    team = [pinned(ANA), pinned(away, Role.ASSISTANT)]

    plan = planned({kept: of_trip(team=team), other: of_trip()}, facts_with(ANA, away, CLEO))

    assert plan.held.keys() == {kept}
    assert plan.held[kept].team == team
    assert plan.planned[other].guide_ids == {CLEO.id}


def test_a_pin_outlasts_a_closed_trail() -> None:
    key, trail = uuid4(), TrailFactory(status="CLOSED")

    plan = planned({key: of_trip(trail_id=trail.id, team=[pinned(ANA)])}, facts_with(ANA, trails=[trail]))

    assert (plan.held[key].guide_ids, plan.held[key].trail_id) == ({ANA.id}, trail.id)


def test_only_departures_of_the_regions_that_are_still_to_come_are_open() -> None:
    here, started, elsewhere, out = uuid4(), uuid4(), uuid4(), uuid4()
    document = ScheduleDocument(
        departures={
            here: of_trip(),
            started: of_trip(starts_at=NOW),
            elsewhere: of_trip(region_id=uuid4()),
            out: of_trip(status=DepartureStatus.IN_PROGRESS),
        }
    )

    assert open_departures(document, [REGION_ID], NOW).keys() == {here}


def test_a_closed_trail_is_left_for_the_best_open_one() -> None:
    key, closed, muddy, dry = uuid4(), TrailFactory(status="CLOSED"), TrailFactory(surface="MUDDY"), TrailFactory()

    plan = planned({key: of_trip(trail_id=closed.id)}, facts_with(ANA, trails=[closed, muddy, dry]))

    assert plan.planned[key].trail_id == dry.id


def test_without_any_open_trail_nobody_goes_and_it_says_why() -> None:
    key, closed = uuid4(), TrailFactory(status="CLOSED")

    plan = planned({key: of_trip(trail_id=closed.id)}, facts_with(ANA, trails=[closed]))

    reason = plan.planned[key].unassigned_reason
    assert reason
    assert (reason.code, plan.planned[key].team) == ("NO_TRAIL", [])
    assert f"{closed.name} is closed" in reason.message
    assert reason.trail_ids == [closed.id]


def test_the_base_camp_counts_trips_that_began_on_another_date() -> None:
    key = uuid4()
    since_yesterday = of_trip(
        location_id=CAMP.id, team=[lead(BEN)], participants=13, starts_at=at(9) - timedelta(days=1), ends_at=at(10)
    )

    plan = planned({key: of_trip(location_id=CAMP.id)}, facts_with(ANA, base_camp=CAMP), neighbours=(since_yesterday,))

    reason = plan.planned[key].unassigned_reason
    assert reason
    assert reason.code == "LOCATION_FULL"


def silent(facts: Facts, sibling: Sibling) -> Facts:
    return facts.with_snapshot(replace(facts.snapshot, unknown={sibling: f"{sibling} did not answer"}))


def test_what_nobody_could_read_awaits_a_persons_approval() -> None:
    key = uuid4()
    facts = facts_with(ANA)
    unread = facts.with_snapshot(replace(facts.snapshot, certificates={}))
    noted = {ANA.id: GuideAdjustments(guide_notes="my knee hurts")}

    for plan in (
        planned({key: of_trip()}, silent(facts, Sibling.WEATHER)),
        planned({key: of_trip()}, silent(facts, Sibling.LOCATION_SERVICES)),
        planned({key: of_trip()}, unread),
        planned({key: of_trip()}, facts, adjustments=noted),
    ):
        assert plan.planned[key].needs_approval


def test_a_tentative_team_awaits_approval_once_something_is_open_and_a_confirmed_one_stays_confirmed() -> None:
    tentative, confirmed = uuid4(), uuid4()
    nobody_told = TeamMemberFactory(guide_id=ANA.id, assignment_status=AssignmentStatus.TENTATIVE)
    departures = {
        tentative: of_trip(team=[nobody_told]),
        confirmed: of_trip(team=[lead(BEN)], starts_at=at(14), ends_at=at(16)),
    }

    plan = planned(departures, silent(facts_with(ANA, BEN), Sibling.WEATHER))

    assert plan.planned[tentative].needs_approval
    assert not plan.planned[confirmed].needs_approval


def test_the_turnaround_between_two_departures_of_a_guide_is_kept() -> None:
    first, second = uuid4(), uuid4()

    def staffed(gap: int) -> int:
        later = of_trip(starts_at=at(12) + timedelta(minutes=gap), ends_at=at(16))
        plan = planned({first: of_trip(), second: later}, facts_with(ANA))
        return len([departure for departure in plan.planned.values() if departure.team])

    assert (staffed(29), staffed(30)) == (1, 2)
