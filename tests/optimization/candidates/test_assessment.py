"""The assessment: candidates for a departure, and the first rule against every other guide."""

from dataclasses import replace
from uuid import UUID, uuid4

from optimization.candidates.assessment import (
    Assessment,
    GuideConstraints,
    PlanningContext,
    assess,
    guides_needing_certificates,
)
from optimization.candidates.formulation import fair_share, solver_departure, solver_pairs
from scheduling.domain.document import Departure, GuideAdjustments
from scheduling.domain.facts import Guide, Span
from scheduling.rules import Commitment, Demand, EntriesByDate, Facts, Rule
from tests.factories import (
    TOMORROW,
    DepartureFactory,
    GuideFactory,
    TeamMemberFactory,
    TripFactory,
    at,
    entered_tomorrow,
    facts_of,
    lead,
)

TRIP, KEY = TripFactory(), uuid4()
ANA, BEN = GuideFactory(name="Ana"), GuideFactory(name="Ben")
NO_COMMITMENTS = PlanningContext(EntriesByDate(), {})
DEPARTURE = DepartureFactory(trip_id=TRIP.id)


def demand(facts: Facts, departure: Departure = DEPARTURE) -> Demand:
    return Demand.of(KEY, departure, TOMORROW, facts.snapshot)


def assessed(
    *guides: Guide, context: PlanningContext = NO_COMMITMENTS, constraints: GuideConstraints | None = None
) -> Assessment:
    facts = facts_of(guides=guides, trips=[TRIP])
    return assess(demand(facts), facts, context, constraints or GuideConstraints())


def eligible(assessment: Assessment) -> set[UUID]:
    return {candidate.guide.id for candidate in assessment.candidates}


def busy(guide: Guide, departure_id: UUID, *planned: UUID) -> PlanningContext:
    held = Commitment(guide.id, departure_id, TOMORROW, Span(at(10), at(11)))
    return PlanningContext(EntriesByDate(), {guide.id: (held,)}, frozenset(planned))


def test_every_guide_is_a_candidate_or_has_a_rule_against_them() -> None:
    assessment = assessed(ANA, replace(BEN, is_active=False))

    assert eligible(assessment) == {ANA.id}
    assert {guide: exclusion.rule for guide, exclusion in assessment.excluded.items()} == {BEN.id: Rule.NOT_ACTIVE}


def test_candidates_come_by_id_whatever_the_order_they_were_read_in() -> None:
    forward, backward = assessed(ANA, BEN).candidates, assessed(BEN, ANA).candidates

    assert forward == backward
    assert [candidate.guide.id for candidate in forward] == sorted([ANA.id, BEN.id])


def test_a_commitment_to_a_departure_that_is_replanned_does_not_count() -> None:
    other = uuid4()

    assert eligible(assessed(ANA, context=busy(ANA, other))) == set()
    assert eligible(assessed(ANA, context=busy(ANA, other, other))) == {ANA.id}
    assert eligible(assessed(ANA, context=busy(ANA, KEY))) == {ANA.id}


def test_a_request_excludes() -> None:
    assert eligible(assessed(ANA, BEN, constraints=GuideConstraints(excluded=frozenset({ANA.id})))) == {BEN.id}


def test_a_candidate_leads_as_many_as_the_override_says() -> None:
    context = PlanningContext(entered_tomorrow({ANA.id: GuideAdjustments(max_group_size=3)}), {})

    assert [candidate.capacity for candidate in assessed(ANA, context=context).candidates] == [3]


def test_certificates_are_read_for_those_who_pass_everything_else() -> None:
    facts = facts_of(guides=[ANA, replace(BEN, is_active=False)], trips=[TRIP])
    asking_nothing = facts_of(guides=[ANA], trips=[replace(TRIP, required_certifications=frozenset())])

    assert guides_needing_certificates([demand(facts)], facts, NO_COMMITMENTS) == {ANA.id}
    assert guides_needing_certificates([demand(facts)], facts, busy(ANA, uuid4())) == set()
    assert guides_needing_certificates([demand(asking_nothing)], asking_nothing, NO_COMMITMENTS) == set()


def test_the_solver_keeps_who_is_on_the_team_and_holds_who_is_pinned() -> None:
    pinned = TeamMemberFactory(guide_id=BEN.id, role="ASSISTANT", pinned=True)
    departure = DEPARTURE.model_copy(update={"team": [lead(ANA), pinned]})

    pairs = solver_pairs(assessed(ANA, BEN, GuideFactory()), departure, 0.0, {})

    assert {pair.guide_id for pair in pairs if pair.is_kept} == {ANA.id, BEN.id}
    assert solver_departure(KEY, departure, guests=8).pinned_guides == {BEN.id}


def test_hours_above_the_fair_share_have_their_price_and_those_below_none() -> None:
    assessment = assessed(ANA, BEN)
    recent = {ANA.id: 20.0}

    fair = fair_share([assessment], recent)
    price = {pair.guide_id: pair.price for pair in solver_pairs(assessment, DEPARTURE, fair, recent)}

    assert fair == (20 + 3) / 2
    assert price == {ANA.id: 12 * 3, BEN.id: 0}
    assert fair_share([], {}) == 0
