"""Candidates are checked, described and put in order for all strategies alike, within one deadline."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import replace
from uuid import UUID

from conflicts.choices import Strategy
from conflicts.detection import Cause
from conflicts.options import Option
from conflicts.resolution.candidates import MAX_OFFERED, option_of, search_options
from conflicts.resolution.judging import solution_of
from conflicts.resolution.option_search import state_problem
from conflicts.resolution.problem import Problem, SharedFacts
from conflicts.resolution.registry import Candidate, registered_searches
from conflicts.steps import Cancel, Reassign, Resize, Retime
from novatrek_scheduling.deadline import Deadline
from optimization.strategies.reassign_guide import search_reassignments
from scheduling.domain.facts import Location
from scheduling.rules import Facts
from tests.conflicts.planned import plan_a_day
from tests.factories import REGION_ID, TOMORROW, GuideFactory, TripFactory, at
from tests.optimization.strategies.hand_made import World, booked, facts_with, outing
from tests.siblings import SimulatedSiblings

OURS = UUID(int=1)
TRIP = TripFactory()
GUIDES = [GuideFactory(id=UUID(int=number), name=f"Guide {number}") for number in range(11, 17)]


def unled(*, known: Facts | None = None) -> Problem:
    """A departure with guests and without a lead, for which many guides are free."""
    departure = outing(9, trip_id=TRIP.id, reservations=booked(3, 2))
    world = World({TOMORROW: {OURS: departure}}, known or facts_with(*GUIDES, trips=[TRIP]))
    return world.problem(Cause.NO_LEAD, OURS)


def led_by(number: int) -> Reassign:
    return Reassign(day=TOMORROW, departure_id=OURS, joining=(GUIDES[number].id,))


def reassignments(_: Problem) -> Iterator[Candidate]:
    for number in range(len(GUIDES)):
        yield Strategy.REASSIGN_GUIDE, (led_by(number),)


def cancellations(_: Problem) -> Iterator[Candidate]:
    yield Strategy.CLOSE_TRAIL, (Cancel(day=TOMORROW, departure_id=OURS),)


def other_hours(_: Problem) -> Iterator[Candidate]:
    for hour in (14, 10, 12):
        retime = Retime(day=TOMORROW, departure_id=OURS, starts_at=at(hour))
        yield Strategy.RESCHEDULE_TRIP, (retime, led_by(0))


def what_solves_nothing(_: Problem) -> Iterator[Candidate]:
    while True:
        yield Strategy.ADJUST_CAPACITY, (Resize(day=TOMORROW, departure_id=OURS, places=40),)


def in_time() -> Deadline:
    return Deadline.after(30)


def strategies(options: list[Option]) -> list[Strategy]:
    return [option.strategy for option in options]


def test_what_costs_guests_least_comes_first() -> None:
    options = search_options(unled(), [cancellations, other_hours, reassignments], in_time())

    assert strategies(options) == [
        *[Strategy.REASSIGN_GUIDE] * MAX_OFFERED,
        *[Strategy.RESCHEDULE_TRIP] * 3,
        Strategy.CLOSE_TRAIL,
    ]
    hours = [option.figures.guest_hours_moved for option in options[3:6]]
    assert hours == sorted(hours)
    assert options[-1].figures.guests_without_place == 5


def test_a_cancellation_says_which_conflict_it_causes() -> None:
    [option] = search_options(unled(), [cancellations], in_time())

    [caused] = option.figures.causes
    assert "5 guests" in caused.description
    assert caused.description in option.impact_assessment


def test_when_the_time_is_over_what_was_found_so_far_is_offered() -> None:
    deadline = Deadline.after(0.2)

    options = search_options(unled(), [what_solves_nothing, cancellations], deadline)

    assert deadline.has_passed
    assert strategies(options) == [Strategy.CLOSE_TRAIL]


def test_after_the_deadline_nothing_is_searched() -> None:
    assert search_options(unled(), [reassignments], Deadline.after(0)) == []


def test_the_same_intent_is_offered_once_under_the_same_id() -> None:
    problem = unled()

    twice = search_options(problem, [cancellations, cancellations], in_time())
    again = search_options(problem, [cancellations], in_time())

    assert [option.id for option in twice] == [option.id for option in again]


def test_a_candidate_that_breaks_a_rule_is_not_offered() -> None:
    elsewhere = outing(10, GUIDES[0], trip_id=TRIP.id, reservations=booked(2))
    departures = {OURS: outing(9, trip_id=TRIP.id, reservations=booked(3)), UUID(int=2): elsewhere}
    world = World({TOMORROW: departures}, facts_with(*GUIDES, trips=[TRIP]))

    options = search_options(world.problem(Cause.NO_LEAD, OURS), [reassignments], in_time())

    offered = {guide for option in options for step in option.steps for guide in step.guide_ids}
    assert offered == {guide.id for guide in GUIDES[1:4]}


def test_certificates_are_read_once_for_all_candidates() -> None:
    read: list[UUID] = []

    def certify(facts: Facts, guide_ids: set[UUID]) -> Facts:
        read.extend(guide_ids)
        return facts

    problem = unled()
    problem = replace(problem, shared=SharedFacts(problem.facts, certify))

    assert search_options(problem, [search_reassignments, reassignments], in_time())
    assert len(read) == len(set(read))
    assert set(read) == {guide.id for guide in GUIDES}


def test_checking_a_candidate_takes_no_query(
    siblings: SimulatedSiblings, db: None, django_assert_num_queries: Callable[[int], AbstractContextManager[object]]
) -> None:
    planned = plan_a_day(siblings)
    conflict = planned.send_lead_away(planned.staffed()[0])
    problem = state_problem(conflict, deadline_seconds=30)
    assert problem is not None
    candidates = [candidate for search in registered_searches() for candidate in search(problem)]
    problem.certify(problem.facts.snapshot.guides.keys())

    with django_assert_num_queries(0):
        options = [option for candidate in candidates if (option := option_of(candidate, problem))]

    assert options


def test_what_conflicts_share_of_base_camps_is_of_what_each_has_around_it() -> None:
    """A party of another date is at the camp: only the conflict that reaches so far knows of it."""
    camp = Location(UUID(int=5), REGION_ID, 8)
    departure = outing(9, trip_id=TRIP.id, reservations=booked(3, 2), location_id=camp.id)
    known = facts_with(*GUIDES, trips=[TRIP], base_camp=camp)
    near = World({TOMORROW: {OURS: departure}}, known).problem(Cause.NO_LEAD, OURS)
    party = outing(9, GUIDES[5], participants=4, location_id=camp.id)
    assert near.around
    far = replace(near, around=replace(near.around, elsewhere=(party,)))

    solutions = [solution_of(problem, (led_by(0),)) for problem in (near, far, near)]

    assert [solution is not None for solution in solutions] == [True, False, True]
