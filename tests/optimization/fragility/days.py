"""Days with a standing plan, to lose something on."""

import random
from collections.abc import Iterable
from dataclasses import replace
from uuid import UUID

from optimization.fragility.losses import Reroute, Resource, ResourceKind, StandingDay
from optimization.solver import solve_day
from optimization.solver.problem import DayProblem, Departure, EligiblePair, Location
from tests.optimization.solver.days import CAMP, guide, random_day

RIDGE, LOOP = UUID(int=501), UUID(int=502)


def of_guide(number: int) -> Resource:
    return Resource(ResourceKind.GUIDE, guide(number))


def of_trail(trail_id: UUID) -> Resource:
    return Resource(ResourceKind.TRAIL, trail_id)


OF_CAMP = Resource(ResourceKind.BASE_CAMP, CAMP)


def standing(
    departures: Iterable[Departure],
    pairs: Iterable[EligiblePair],
    *locations: Location,
    reroutes: dict[UUID, dict[UUID, Reroute | None]] | None = None,
) -> StandingDay:
    return StandingDay(DayProblem(tuple(departures), tuple(pairs), locations), reroutes or {})


def random_standing_day(seed: int) -> StandingDay:
    """Return a tight day as it is planned: some of it pinned, on a trail that may be replaced, from a base camp."""
    dice = random.Random(seed)
    drafted = random_day(32, 12, seed, crowding=dice.choice((1.0, 1.4)))
    located = tuple(
        replace(departure, location_id=CAMP if dice.random() < 0.3 else None) for departure in drafted.departures
    )
    planned = solve_day(replace(drafted, departures=located, locations=(Location(CAMP, 60),)))
    teams = {team.departure_id: team.guide_ids for team in planned}
    pairs = [
        pair._replace(is_kept=pair.guide_id in teams[pair.departure_id])
        for pair in drafted.pairs
        if pair.departure_id in teams
    ]
    departures = [
        replace(departure, pinned_guides=frozenset(teams[departure.id][:1] if dice.random() < 0.2 else ()))
        for departure in located
        if departure.id in teams
    ]
    on_ridge = [departure.id for departure in departures if dice.random() < 0.4]
    reroutes = {RIDGE: {key: _somewhere(key, pairs, dice) for key in on_ridge}}
    return standing(departures, pairs, Location(CAMP, 60), reroutes=reroutes)


def _somewhere(departure_id: UUID, pairs: Iterable[EligiblePair], dice: random.Random) -> Reroute | None:
    if dice.random() < 0.2:
        return None
    able = tuple(pair for pair in pairs if pair.departure_id == departure_id and dice.random() < 0.7)
    return Reroute(LOOP, able)
