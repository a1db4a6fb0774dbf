"""Minimal relaxations that give a departure a team."""

from dataclasses import replace
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings

from optimization.solver import solve_day
from optimization.solver.elastic_model import RelaxationKind
from optimization.solver.infeasibility import Relaxation, minimal_relaxations
from optimization.solver.problem import DayProblem, Load, Location
from tests.optimization.solver.days import CAMP, day, guide, pair, small_days, trip

SEARCH = settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])


def _alternatives(problem: DayProblem, number: int = 1) -> dict[RelaxationKind, Relaxation]:
    """Return the single relaxations of a departure, by kind."""
    alternatives = minimal_relaxations(problem, solve_day(problem), UUID(int=number))
    assert all(len(relaxations) == 1 for relaxations in alternatives)
    return {relaxations[0].kind: relaxations[0] for relaxations in alternatives}


def test_a_staffed_departure_needs_no_relaxation() -> None:
    group = trip(1, "08:00", "12:00", 4)

    assert not _alternatives(day([group], [pair(group, 1, 8)]))


def test_a_departure_without_candidates_needs_one_guide_for_all_its_guests() -> None:
    alternatives = _alternatives(day([trip(1, "08:00", "12:00", 12)], []))

    assert alternatives == {RelaxationKind.ONE_MORE_GUIDE: Relaxation(RelaxationKind.ONE_MORE_GUIDE, 12)}


def test_a_group_too_large_by_three_needs_three_guests_fewer_or_a_guide_for_three() -> None:
    group = trip(1, "08:00", "12:00", 15, largest_team=2)

    alternatives = _alternatives(day([group], [pair(group, 1, 12)]))

    assert {kind: relaxation.amount for kind, relaxation in alternatives.items()} == {
        "ONE_MORE_GUIDE": 3,
        "FEWER_GUESTS": 3,
    }


def test_a_larger_team_suffices_if_capacities_are_small() -> None:
    group = trip(1, "08:00", "12:00", 24, largest_team=2)

    alternatives = _alternatives(day([group], [pair(group, number, 8) for number in range(4)]))

    assert alternatives[RelaxationKind.LARGER_TEAM].amount == 1


def test_a_lead_is_what_is_missing() -> None:
    group = trip(1, "08:00", "12:00", 4)

    alternatives = _alternatives(day([group], [pair(group, 1, 8, may_lead=False)]))

    assert alternatives[RelaxationKind.A_LEAD].amount == 1
    assert RelaxationKind.FEWER_GUESTS not in alternatives


def test_a_full_camp_needs_capacity_for_the_excess() -> None:
    group = trip(1, "08:00", "12:00", 9, location_id=CAMP)
    camp = Location(CAMP, 12, (Load(660, 720, 7),))

    alternatives = _alternatives(day([group], [pair(group, 1, 10)], camp))

    assert alternatives == {
        RelaxationKind.MORE_ROOM: Relaxation(RelaxationKind.MORE_ROOM, 4, location_id=CAMP),
        RelaxationKind.FEWER_GUESTS: Relaxation(RelaxationKind.FEWER_GUESTS, 4),
    }


def test_a_guide_assigned_elsewhere_can_be_released() -> None:
    small, big = trip(1, "08:00", "12:00", 4), trip(2, "09:00", "13:00", 9)

    alternatives = _alternatives(day([small, big], [pair(small, 1, 10), pair(big, 1, 10)]))

    assert alternatives[RelaxationKind.GUIDE_FREED] == Relaxation(RelaxationKind.GUIDE_FREED, 1, (guide(1),), (big.id,))
    assert alternatives[RelaxationKind.ONE_MORE_GUIDE].amount == 4


def test_teams_of_others_may_change_as_long_as_they_have_one() -> None:
    small, big = trip(1, "08:00", "12:00", 5, largest_team=1), trip(2, "09:00", "13:00", 9, largest_team=1)
    crew = [pair(small, 1, 5, 0, is_kept=True), pair(small, 2, 4), pair(big, 1, 9), pair(big, 2, 9, is_kept=True)]
    plan = solve_day(day([small, big], crew[1:]))

    alternatives = minimal_relaxations(day([small, big], crew[1:]), plan, small.id)

    assert (Relaxation(RelaxationKind.FEWER_GUESTS, 1),) in alternatives


def test_a_pinned_guide_who_is_not_eligible_can_be_unpinned() -> None:
    group = trip(1, "08:00", "12:00", 4, pinned_guides=frozenset({guide(9)}))

    alternatives = _alternatives(day([group], [pair(group, 1, 8)]))

    assert alternatives == {RelaxationKind.PIN_LIFTED: Relaxation(RelaxationKind.PIN_LIFTED, 1, (guide(9),))}


def test_one_more_reassigned_guide_may_suffice() -> None:
    group = trip(1, "08:00", "12:00", 4)

    alternatives = _alternatives(replace(day([group], [pair(group, 1, 8)]), max_changes=0))

    assert alternatives == {RelaxationKind.MORE_CHANGES: Relaxation(RelaxationKind.MORE_CHANGES, 1)}


def test_if_no_single_relaxation_suffices_the_smallest_combination_is_named() -> None:
    group = trip(1, "08:00", "12:00", 9, location_id=CAMP, pinned_guides=frozenset({guide(9)}))
    problem = day([group], [pair(group, 1, 10)], Location(CAMP, 6))

    alternatives = minimal_relaxations(problem, solve_day(problem), group.id)

    assert len(alternatives) == 1
    assert {(relaxation.kind, relaxation.amount) for relaxation in alternatives[0]} == {
        ("PIN_LIFTED", 1),
        ("FEWER_GUESTS", 3),
    }


def test_an_unknown_departure_is_an_error() -> None:
    with pytest.raises(KeyError):
        minimal_relaxations(day([], []), solve_day(day([], [])), UUID(int=1))


def test_a_solver_that_fails_finds_no_relaxation(monkeypatch: pytest.MonkeyPatch) -> None:
    problem = day([trip(1, "08:00", "12:00", 12)], [])
    plan = solve_day(problem)
    monkeypatch.setattr("highspy.Highs.run", lambda highs: None)

    assert minimal_relaxations(problem, plan, UUID(int=1)) == ()


@SEARCH
@given(small_days())
def test_every_departure_without_a_team_would_have_one_with_fewer_guests_or_more_room(problem: DayProblem) -> None:
    """Every relaxation is verified by planning the day again with it."""
    plan = solve_day(problem)

    for departure_id in plan.unstaffed:
        alternatives = minimal_relaxations(problem, plan, departure_id)
        assert alternatives
        for relaxation in [relaxations[0] for relaxations in alternatives if len(relaxations) == 1]:
            for amount, suffices in ((relaxation.amount, True), (relaxation.amount - 1, False)):
                relaxed = _relaxed(problem, departure_id, relaxation.kind, amount)
                if relaxed is not None:
                    staffed = frozenset({team.departure_id for team in plan} | {departure_id})
                    assert (_staffs_exactly(relaxed, staffed)) is suffices


def _relaxed(problem: DayProblem, departure_id: UUID, kind: RelaxationKind, amount: int) -> DayProblem | None:
    departure = next(departure for departure in problem.departures if departure.id == departure_id)
    if kind is RelaxationKind.FEWER_GUESTS:
        fewer = replace(departure, guests=departure.guests - amount)
        changed = tuple(fewer if departure.id == departure_id else departure for departure in problem.departures)
        return replace(problem, departures=changed)
    if kind is RelaxationKind.MORE_ROOM:
        larger = tuple(replace(location, capacity=location.capacity + amount) for location in problem.locations)
        return replace(problem, locations=larger)
    if kind is RelaxationKind.ONE_MORE_GUIDE and amount:
        extra_guide = pair(departure, 77, amount)
        return replace(problem, pairs=(*problem.pairs, extra_guide))
    return None


def _staffs_exactly(problem: DayProblem, staffed: frozenset[UUID]) -> bool:
    departures = tuple(departure for departure in problem.departures if departure.id in staffed)
    pairs = tuple(pair for pair in problem.pairs if pair.departure_id in staffed)
    return not solve_day(replace(problem, departures=departures, pairs=pairs)).unstaffed
