"""Exchanges of guides: whoever is busy lets somebody else take over what they are busy with."""

from dataclasses import replace
from uuid import UUID, uuid4

from conflicts.detection import Cause
from conflicts.steps import Reassign
from optimization.strategies.reassign_guide import search_reassignments
from tests.factories import TOMORROW, GuideFactory, RegionFactory, TripFactory
from tests.optimization.strategies.hand_made import World, booked, facts_with, outing, solutions

TRIP = TripFactory(name="Ridge walk")
STROLL = TripFactory(name="Lake stroll", required_certifications=frozenset())
ANA, BEN, CLEO = (GuideFactory(name=name) for name in ("Ana", "Ben", "Cleo"))
LEARNER = GuideFactory(name="Dan", certifications=frozenset())
OURS, OTHER = uuid4(), uuid4()


def two_at_once(team: tuple = (), other_team: tuple = (ANA,)) -> dict[UUID, object]:
    ours = outing(9, *team, trip_id=TRIP.id, trip_name=TRIP.name, reservations=booked(4))
    other = outing(10, *other_team, trip_id=STROLL.id, trip_name=STROLL.name, reservations=booked(3))
    return {OURS: ours, OTHER: other}


def teams(solution: object) -> dict[UUID, frozenset[UUID]]:
    departures = solution.changed[TOMORROW].departures  # type: ignore[attr-defined]
    return {key: departures[key].guide_ids for key in (OURS, OTHER)}


def test_a_busy_guide_leads_what_nobody_else_may_and_another_one_takes_over() -> None:
    facts = facts_with(ANA, LEARNER, trips=[TRIP, STROLL])
    problem = World({TOMORROW: two_at_once()}, facts).problem(Cause.NO_LEAD, OURS)

    [exchange] = solutions(search_reassignments, problem)

    assert teams(exchange) == {OURS: {ANA.id}, OTHER: {LEARNER.id}}
    assert all(isinstance(step, Reassign) for step in exchange.steps)


def test_two_guides_change_places_where_each_may_lead_what_the_other_does() -> None:
    away = replace(BEN, certifications=frozenset())
    facts = facts_with(ANA, away, trips=[TRIP, STROLL])
    problem = World({TOMORROW: two_at_once(team=(away,))}, facts).problem(Cause.CERTIFICATION, OURS)

    [exchange] = solutions(search_reassignments, problem)

    assert teams(exchange) == {OURS: {ANA.id}, OTHER: {BEN.id}}


def test_a_guide_who_is_pinned_elsewhere_stays_there() -> None:
    departures = two_at_once()
    departures[OTHER].team[0].pinned = True  # type: ignore[attr-defined]
    problem = World({TOMORROW: departures}, facts_with(ANA, LEARNER, trips=[TRIP, STROLL])).problem(Cause.NO_LEAD, OURS)

    assert solutions(search_reassignments, problem) == []


def test_nobody_is_exchanged_where_the_other_departure_would_be_left_alone() -> None:
    problem = World({TOMORROW: two_at_once()}, facts_with(ANA, trips=[TRIP, STROLL])).problem(Cause.NO_LEAD, OURS)

    assert solutions(search_reassignments, problem) == []


def test_a_guide_is_borrowed_from_another_region_where_somebody_there_takes_over() -> None:
    there = RegionFactory(id=uuid4(), name="Sierra Nevada")
    tour = TripFactory(name="Meadow tour", region_id=there.id)
    guest = replace(ANA, region_ids=("sierra_nevada", "pacific_northwest"))
    local = replace(BEN, region_ids=("sierra_nevada",))
    departures = two_at_once(other_team=(guest,))
    departures[OTHER] = outing(10, guest, trip_id=tour.id, region_id=there.id, reservations=booked(3))
    facts = facts_with(guest, local, trips=[TRIP])
    regions = {**facts.snapshot.regions, there.id: there}
    problem = World({TOMORROW: departures}, facts.with_snapshot(replace(facts.snapshot, regions=regions))).problem(
        Cause.NO_LEAD, OURS
    )
    problem.shared.read_trips = lambda known, asked: known.with_snapshot(
        replace(known.snapshot, trips={**known.snapshot.trips, **dict.fromkeys(asked, tour)})
    )

    [exchange] = solutions(search_reassignments, problem)

    assert teams(exchange) == {OURS: {ANA.id}, OTHER: {BEN.id}}
