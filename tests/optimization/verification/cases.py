"""Every hard rule with a world in which it is binding, and a way to remove it from the model."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from optimization.candidates.rule_sets import KEPT_OFF
from optimization.days import planner, trail_choice
from optimization.days.planned_day import PlannedDay
from optimization.solver.problem import DayProblem
from optimization.solver.solution import DayPlan, Team
from optimization.verification.evidence import HardRule
from scheduling.domain.document import GuideAdjustments, Role
from scheduling.domain.facts import Certificate, Difficulty, Snapshot, Span
from scheduling.rules import Commitment, HazardFact, Rule
from scheduling.rules import guides as guide_rules
from scheduling.rules import trails as trail_rules
from tests.factories import (
    TOMORROW,
    GuideFactory,
    TeamMemberFactory,
    TrailFactory,
    at,
)
from tests.optimization.verification.worlds import ANA, BEN, CAMP, KEY, OTHER, TODAY, Break, Case, World, of_trip


def ana_leads(plan: PlannedDay) -> bool:
    return ANA.id in plan.planned[KEY].guide_ids


def is_staffed(plan: PlannedDay) -> bool:
    return bool(plan.planned[KEY].team)


def both_are_staffed(plan: PlannedDay) -> bool:
    return all(departure.team for departure in plan.planned.values())


def without_rule(rule: Rule) -> Break:
    """Return a break after which the rule excludes no guide."""

    def take_out(monkeypatch: pytest.MonkeyPatch) -> None:
        for name in ("exclusions_of", "clashes_of"):
            rules = getattr(guide_rules, name)
            monkeypatch.setattr(guide_rules, name, _except(rules, rule))
        monkeypatch.delitem(KEPT_OFF, rule, raising=rule is not Rule.REGION)
        if rule is Rule.REGION:
            monkeypatch.setattr(Snapshot, "guides_in", lambda snapshot, _: tuple(snapshot.guides.values()))

    return take_out


def _except(rules: Callable[..., Any], rule: Rule) -> Callable[..., Any]:
    return lambda *given, **named: (found for found in rules(*given, **named) if found.rule is not rule)


def with_problem(change: Callable[[DayProblem], DayProblem]) -> Break:
    """Return a break that changes the problem passed to the solver."""

    def take_out(monkeypatch: pytest.MonkeyPatch) -> None:
        solve = planner.solve_day
        monkeypatch.setattr(planner, "solve_day", lambda problem, **limits: solve(change(problem), **limits))

    return take_out


def with_plan(change: Callable[[DayPlan], DayPlan]) -> Break:
    """Return a break that changes the solver's plan."""

    def take_out(monkeypatch: pytest.MonkeyPatch) -> None:
        solve = planner.solve_day
        monkeypatch.setattr(planner, "solve_day", lambda problem, **limits: change(solve(problem, **limits)))

    return take_out


def patched(target: object, name: str, value: Callable[[Any], Any]) -> Break:
    """Return a break that replaces a function of the model by `value` of it."""
    return lambda monkeypatch: monkeypatch.setattr(target, name, value(getattr(target, name)))


def both(*breaks: Break) -> Break:
    def take_out(monkeypatch: pytest.MonkeyPatch) -> None:
        for break_ in breaks:
            break_(monkeypatch)

    return take_out


def _apart(problem: DayProblem) -> DayProblem:
    """Return the problem with all departures far apart in time."""
    year = 525_600
    spread = [
        replace(departure, starts_at=departure.starts_at + n * year, ends_at=departure.ends_at + n * year)
        for n, departure in enumerate(problem.departures)
    ]
    return replace(problem, departures=tuple(spread))


def _with_large_capacities(problem: DayProblem) -> DayProblem:
    return replace(problem, pairs=tuple(pair._replace(capacity=900) for pair in problem.pairs))


def _without_pins(problem: DayProblem) -> DayProblem:
    unpinned = [replace(departure, pinned_guides=frozenset()) for departure in problem.departures]
    unkept = [pair._replace(is_kept=False) for pair in problem.pairs]
    return replace(problem, departures=tuple(unpinned), pairs=tuple(unkept))


def _with_team_of_four(plan: DayPlan) -> DayPlan:
    return replace(plan, teams=tuple(Team(team.departure_id, tuple(guide.id for guide in FOUR)) for team in plan.teams))


def _all_lead(form: Callable[..., Any]) -> Callable[..., Any]:
    return lambda *given: [member.model_copy(update={"role": Role.LEAD}) for member in form(*given)]


def _without_guests(choose: Callable[..., Any]) -> Callable[..., Any]:
    """Return the choice of trails as if there were no guests."""
    return lambda trip, days, span, participants, facts: choose(trip, days, span, 0, facts)


def _always(value: object) -> Callable[[Any], Any]:
    return lambda _: lambda *given, **named: value


def busy(day_offset: int, starts: Any, ends: Any) -> tuple[Commitment, ...]:
    return (Commitment(ANA.id, OTHER, TOMORROW + timedelta(days=day_offset), Span(starts, ends)),)


def restricted(**restriction: Any) -> World:
    """Return a world in which only a restriction entered by Ana excludes her."""
    trail = TrailFactory(elevation_gain_m=500.0)
    return World(entered={ANA.id: GuideAdjustments(restrictions=[restriction])}, trails=(trail,))


FOUR = (ANA, BEN, GuideFactory(id=UUID(int=103)), GuideFactory(id=UUID(int=104)))
ALL_DAY = Span(at(0), at(23))
CLOSED = TrailFactory(id=UUID(int=31), status="CLOSED", max_group_size=None)
HARD = TrailFactory(id=UUID(int=32), difficulty=Difficulty.EXPERT)
NARROW = TrailFactory(id=UUID(int=33), max_group_size=3)
EXPIRED = Certificate("WILDERNESS_FIRST_AID", True, TODAY)
NOT_ISSUED_YET = Certificate("WILDERNESS_FIRST_AID", True, None, issued_on=TOMORROW + timedelta(days=1))
VALID = Certificate("WILDERNESS_FIRST_AID", True, None)
PINNED = TeamMemberFactory(guide_id=BEN.id, guide_name="Ben", pinned=True)

trails_are_never_closed = both(
    patched(trail_choice, "closed_because", _always(None)), patched(trail_rules, "closed_because", _always(None))
)

CASES = (
    Case(
        HardRule.REGION,
        World(guides=(replace(ANA, region_ids=("rocky_mountains",)), BEN)),
        ana_leads,
        without_rule(Rule.REGION),
    ),
    Case(
        HardRule.ACTIVITY,
        World(guides=(replace(ANA, activities=frozenset({"RAFTING"})), BEN)),
        ana_leads,
        without_rule(Rule.ACTIVITY),
    ),
    Case(
        HardRule.ACTIVE,
        World(guides=(replace(ANA, is_active=False, status="ON_LEAVE"), BEN)),
        ana_leads,
        without_rule(Rule.NOT_ACTIVE),
    ),
    Case(
        HardRule.AVAILABLE,
        World(overrides={"available": {TOMORROW: frozenset({BEN.id})}}),
        ana_leads,
        without_rule(Rule.NOT_AVAILABLE),
    ),
    Case(
        HardRule.AVAILABILITY_EXCEPTION,
        World(entered={ANA.id: GuideAdjustments(availability_exceptions=[{"from": TOMORROW, "to": TOMORROW}])}),
        ana_leads,
        without_rule(Rule.AVAILABILITY_EXCEPTION),
    ),
    *(
        Case(HardRule.RESTRICTION, restricted(**restriction), ana_leads, without_rule(Rule.RESTRICTION), name=name)
        for name, restriction in [
            ("altitude", {"kind": "MAX_ALTITUDE_M", "value": 300}),
            ("activity", {"kind": "NO_ACTIVITY", "value": "day hiking"}),
            ("no guiding", {"kind": "NO_GUIDING", "until": str(TOMORROW)}),
            ("unreadable", {"kind": "NOT_IN_THE_MOOD"}),
        ]
    ),
    Case(
        HardRule.HELD_BY_EMERGENCY,
        World(hazards=(HazardFact(uuid4(), "avalanche", ALL_DAY, guide_ids=frozenset({ANA.id})),)),
        ana_leads,
        without_rule(Rule.HELD_BY_EMERGENCY),
    ),
    Case(
        HardRule.CERTIFICATION,
        World(overrides={"certificates": {ANA.id: (EXPIRED,), BEN.id: (VALID,)}}),
        ana_leads,
        without_rule(Rule.CERTIFICATION),
        name="expired",
    ),
    Case(
        HardRule.CERTIFICATION,
        World(overrides={"certificates": {ANA.id: (NOT_ISSUED_YET,), BEN.id: (VALID,)}}),
        ana_leads,
        without_rule(Rule.CERTIFICATION),
        name="not issued yet",
    ),
    Case(
        HardRule.OVERLAP,
        World(commitments=busy(-1, at(4), at(10))),
        ana_leads,
        without_rule(Rule.OVERLAP),
        name="with another date",
    ),
    Case(
        HardRule.OVERLAP,
        World(guides=(ANA,), departures={KEY: of_trip(), OTHER: of_trip()}),
        both_are_staffed,
        with_problem(_apart),
        name="within the day",
    ),
    Case(
        HardRule.TURNAROUND,
        World(guides=(ANA,), departures={KEY: of_trip(), OTHER: of_trip(starts_at=at(12, 29), ends_at=at(15))}),
        both_are_staffed,
        with_problem(_apart),
    ),
    Case(
        HardRule.REST,
        World(commitments=busy(-1, at(0), at(1, 30))),
        ana_leads,
        without_rule(Rule.REST),
    ),
    Case(
        HardRule.TEAM_SIZE,
        World(guides=FOUR),
        lambda plan: len(plan.planned[KEY].team) > 3,
        with_plan(_with_team_of_four),
    ),
    Case(
        HardRule.ONE_LEAD,
        World(departures={KEY: of_trip(participants=14, capacity=20)}),
        lambda plan: [member.role for member in plan.planned[KEY].team].count(Role.LEAD) != 1,
        patched(planner, "form_team", _all_lead),
    ),
    Case(
        HardRule.COVER,
        World(guides=(ANA,), departures={KEY: of_trip(participants=11)}),
        is_staffed,
        with_problem(_with_large_capacities),
    ),
    Case(
        HardRule.TRAIL_OPEN,
        World(departures={KEY: of_trip(trail_id=CLOSED.id)}, trails=(CLOSED,)),
        is_staffed,
        trails_are_never_closed,
        name="closed",
    ),
    Case(
        HardRule.TRAIL_OPEN,
        World(
            departures={KEY: of_trip(trail_id=NARROW.id, participants=2)},
            trails=(NARROW,),
            hazards=(HazardFact(uuid4(), "bear", ALL_DAY, frozenset({NARROW.id}), closes_trails=True),),
        ),
        is_staffed,
        trails_are_never_closed,
        name="hazard",
    ),
    Case(
        HardRule.TRAIL_FIT,
        World(trails=(HARD,)),
        is_staffed,
        patched(trail_rules, "fits_trip", _always(True)),
    ),
    Case(
        HardRule.TRAIL_GROUP_SIZE,
        World(trails=(NARROW,)),
        is_staffed,
        patched(trail_choice, "best_trail", _without_guests),
    ),
    Case(
        HardRule.LOCATION_CAPACITY,
        World(departures={KEY: of_trip(location_id=CAMP.id), OTHER: of_trip(location_id=CAMP.id)}, camp=CAMP),
        both_are_staffed,
        patched(planner, "solver_locations", _always(())),
    ),
    Case(
        HardRule.PINNED,
        World(departures={KEY: of_trip(team=[PINNED])}),
        lambda plan: BEN.id not in plan.planned[KEY].guide_ids,
        with_problem(_without_pins),
    ),
)
