"""Explanations of one departure: its team, the other guides and the remedies."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from optimization.days.planned_day import PlannedDay
from optimization.explanations.departures import explain_departure
from optimization.explanations.explanation import (
    CandidateExplanation,
    Cost,
    DepartureExplanation,
    MemberExplanation,
    PlanStanding,
)
from optimization.explanations.text import lines_of
from optimization.solver.solution import UnstaffedReason
from scheduling.domain.document import AvailabilityException, GuideAdjustments
from scheduling.domain.facts import Location, Span
from scheduling.rules import Commitment, Rule
from tests.factories import REGION_ID, TOMORROW, GuideFactory, TeamMemberFactory, TrailFactory, at, lead
from tests.optimization.explanations.plans import ANA, BEN, CLEO, FIRST, SECOND, facts_with, of_trip, planned
from tests.words import codes_and_ids_in


def explain(plan: PlannedDay, key: UUID = FIRST, seconds: float = 5) -> DepartureExplanation:
    return explain_departure(plan, key, time_limit_seconds=seconds)


def guide(explained: DepartureExplanation, name: str) -> CandidateExplanation:
    return next(candidate for candidate in explained.others if candidate.name == name)


def remedies_of(explained: DepartureExplanation) -> dict[str, str]:
    return {remedy.kind: remedy.message for remedy in explained.possible_if}


def the_member(explained: DepartureExplanation) -> MemberExplanation:
    [member] = explained.team
    return member


def test_a_member_has_the_parts_of_the_score_and_the_next_best_team() -> None:
    plan = planned({FIRST: of_trip()}, facts_with(ANA, BEN, CLEO))

    member = the_member(explain(plan))

    assert (member.name, member.parts and member.parts.product) == ("Ana", pytest.approx(member.score))
    assert member.alternative
    assert member.alternative.teams == {FIRST: (BEN.id,)}
    losses = {pair.guide_id: pair.loss for pair in plan.problem.pairs}
    assert member.alternative.cost == Cost(0, 0, losses[BEN.id] - losses[ANA.id])


def test_without_the_only_guide_the_guests_lose_their_departure() -> None:
    member = the_member(explain(planned({FIRST: of_trip()}, facts_with(ANA))))

    assert member.alternative
    assert (member.alternative.cost.guests, member.alternative.teams) == (8, {FIRST: ()})


def test_forcing_a_guide_who_is_assigned_elsewhere_costs_all_reassignments() -> None:
    plan = planned({FIRST: of_trip(team=[lead(ANA)]), SECOND: of_trip(team=[lead(BEN)])}, facts_with(ANA, BEN))

    ben = guide(explain(plan), "Ben")

    assert ben.forced
    assert ben.forced.teams == {FIRST: (BEN.id,), SECOND: (ANA.id,)}
    assert ben.forced.cost == Cost(guests=0, changes=2, points=0)


def test_forcing_a_guide_costs_what_the_plan_loses() -> None:
    plan = planned({FIRST: of_trip()}, facts_with(ANA, BEN))

    ben = guide(explain(plan), "Ben")

    assert ben.forced
    assert (ben.forced.cost.guests, ben.forced.cost.changes) == (0, 0)
    assert ben.forced.cost.points > 0


def test_an_excluded_guide_has_the_excluding_rule() -> None:
    away = replace(BEN, is_active=False, status="ON_LEAVE")

    ben = guide(explain(planned({FIRST: of_trip()}, facts_with(ANA, away))), "Ben")

    assert ben.exclusion
    assert (ben.exclusion.rule, ben.forced) == (Rule.NOT_ACTIVE, None)


def test_pinned_guides_are_not_replaced() -> None:
    team = [
        TeamMemberFactory(guide_id=member.id, guide_name=member.name, pinned=True, role=role)
        for member, role in [(ANA, "LEAD"), (BEN, "ASSISTANT"), (CLEO, "ASSISTANT")]
    ]
    other = GuideFactory(name="Dan")

    explained = explain(planned({FIRST: of_trip(team=team)}, facts_with(ANA, BEN, CLEO, other)))

    assert guide(explained, "Dan").refused is UnstaffedReason.TEAM_TOO_LARGE
    assert all(member.alternative is None and member.pinned for member in explained.team)


def test_one_more_certified_guide_is_a_remedy_and_so_is_the_certificate() -> None:
    uncertified = GuideFactory(name="Eve", certifications=frozenset())

    remedies = remedies_of(explain(planned({FIRST: of_trip()}, facts_with(uncertified))))

    assert remedies["ONE_MORE_GUIDE"] == "with one more guide who holds wilderness first aid and may lead 8"
    assert remedies["CERTIFICATION"] == "if Eve held wilderness first aid"


def test_the_end_of_an_absence_is_a_remedy() -> None:
    away = AvailabilityException.model_validate({"from": TOMORROW, "to": TOMORROW, "reason": "vacation"})
    adjustments = {ANA.id: GuideAdjustments(availability_exceptions=[away])}

    remedies = remedies_of(explain(planned({FIRST: of_trip()}, facts_with(ANA), adjustments=adjustments)))

    assert remedies["AVAILABILITY_EXCEPTION"] == f"if Ana's absence ended (away until {TOMORROW})"


def test_a_guide_excluded_by_two_rules_is_no_remedy() -> None:
    twice = GuideFactory(certifications=frozenset(), is_active=False, status="ON_LEAVE")

    assert remedies_of(explain(planned({FIRST: of_trip()}, facts_with(twice)))).keys() <= {"ONE_MORE_GUIDE"}


def test_the_rest_of_a_guide_of_another_date_is_a_remedy() -> None:
    tonight = TOMORROW - timedelta(days=1)
    held = Commitment(ANA.id, uuid4(), tonight, Span(at(23, day=tonight), at(2)))

    remedies = remedies_of(explain(planned({FIRST: of_trip()}, facts_with(ANA), commitments={ANA.id: (held,)})))

    assert "Ana had the required rest" in remedies["REST"]


def test_a_larger_base_camp_is_a_remedy() -> None:
    camp = Location(uuid4(), REGION_ID, 5)

    remedies = remedies_of(explain(planned({FIRST: of_trip(location_id=camp.id)}, facts_with(ANA, base_camp=camp))))

    assert remedies["MORE_ROOM"] == "if the base camp had capacity for 3 more"


def test_a_guide_who_suffices_only_with_one_assigned_elsewhere_is_no_remedy() -> None:
    small = GuideFactory(name="Eve", certifications=frozenset(), max_group_size=4)
    departures = {FIRST: of_trip(), SECOND: of_trip(participants=10)}

    explained = explain(planned(departures, facts_with(ANA, small)))

    assert explained.standing is PlanStanding.UNSTAFFED
    assert "CERTIFICATION" not in remedies_of(explained)


def test_an_open_trail_is_a_remedy() -> None:
    closed = TrailFactory(status="CLOSED", name="Blue Lake")

    explained = explain(planned({FIRST: of_trip()}, facts_with(ANA, trails=[closed])))

    assert explained.reason
    assert explained.reason.code == "NO_TRAIL"
    assert remedies_of(explained) == {"TRAIL_CLOSED": "if it were not that Blue Lake is closed"}


def test_fewer_guests_are_a_remedy_if_the_trails_are_too_small() -> None:
    small = TrailFactory(max_group_size=6, name="Blue Lake")

    remedies = remedies_of(explain(planned({FIRST: of_trip()}, facts_with(ANA, trails=[small]))))

    assert remedies["TRAIL_CLOSED"] == "if it were not that Blue Lake takes groups of 6, this one has 8"
    assert remedies["FEWER_GUESTS"] == "with 2 guests fewer, on Blue Lake"


def test_a_held_departure_names_the_pinned_guide_who_is_not_allowed() -> None:
    away = replace(BEN, is_active=False, status="ON_LEAVE")
    team = [TeamMemberFactory(guide_id=away.id, guide_name="Ben", pinned=True)]

    explained = explain(planned({FIRST: of_trip(team=team)}, facts_with(ANA, away)))

    assert explained.standing is PlanStanding.HELD
    assert explained.reason
    assert "Ben: on leave" in explained.reason.message


def test_hours_are_compared_with_the_mean_of_comparable_guides() -> None:
    facts = replace(facts_with(ANA, BEN), recent_hours={ANA.id: 4.0, BEN.id: 10.0})

    member = the_member(explain(planned({FIRST: of_trip()}, facts)))

    assert (member.workload.trailing_hours, member.workload.mean_hours) == (4.0, 7.0)
    assert member.workload.day_hours == 3.0


def test_an_explanation_beyond_the_time_limit_is_marked_as_partial() -> None:
    explained = explain(planned({FIRST: of_trip()}, facts_with(ANA, BEN)), seconds=0)

    assert explained.is_partial
    assert the_member(explained).alternative is None
    assert "The explanation is incomplete: the time limit was reached." in lines_of(explained)


def test_a_departure_of_an_unknown_trip_is_explained() -> None:
    explained = explain(planned({FIRST: of_trip(trip_id=uuid4())}, facts_with(ANA)))

    assert explained.standing is PlanStanding.UNSTAFFED


def test_an_explanation_reads_as_sentences() -> None:
    plan = planned({FIRST: of_trip()}, facts_with(ANA, BEN))

    first, second = lines_of(explain(plan))

    assert first.startswith("Ana: score 0.")
    assert "Alternative: Ben, which costs" in first
    assert second.startswith("Not Ben (score 0.")


def test_the_lack_of_a_guide_is_said_with_what_would_help() -> None:
    uncertified = replace(BEN, certifications=frozenset())

    lines = lines_of(explain(planned({FIRST: of_trip()}, facts_with(uncertified))))

    assert lines[0].startswith("Sunrise hike at 09:00 has no guide. One of one guide here lacks wilderness first aid;")
    assert "Possible if Ben held wilderness first aid." in lines
    assert codes_and_ids_in(" ".join(lines)) == []


def test_a_cost_says_whether_the_guide_is_added_or_alone() -> None:
    plan = planned({FIRST: of_trip(team=[lead(ANA)])}, facts_with(ANA, BEN))
    fresh = planned({FIRST: of_trip()}, facts_with(ANA, BEN))

    assert "Not Ben (score 0.51): beside Ana, which costs" in "\n".join(lines_of(explain(plan)))
    assert "Not Ben (score 0.51): alone, which costs" in "\n".join(lines_of(explain(fresh)))


def test_a_larger_change_budget_is_among_the_remedies() -> None:
    departures = {FIRST: of_trip(team=[lead(ANA)]), SECOND: of_trip(starts_at=at(14), ends_at=at(16))}

    plan = planned(departures, facts_with(ANA, BEN), max_changes=0)

    assert remedies_of(explain(plan, SECOND))["MORE_CHANGES"] == "if 1 more guide could be reassigned"
    assert guide(explain(plan, SECOND), "Ben").refused is UnstaffedReason.CHANGE_BUDGET_SPENT
