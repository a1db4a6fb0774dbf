"""New departures of a trip beside or instead of another one: at its trip's hours, with a trail and a team."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

from conflicts.resolution.problem import Problem, Spot
from conflicts.steps import Add, Steps
from optimization.strategies.replacement_team import candidate_pool, certified_pool, reassignment, rerouting
from optimization.strategies.reschedule_trip import (
    MAX_SLOTS_TRIED,
    hours_of,
    may_start_at,
    moved_to,
    other_starts,
    team_at,
    with_open_trail,
)
from scheduling.domain.document import DepartureStatus


@dataclass(frozen=True, slots=True)
class Addition:
    """A new departure: the step that adds it, and those that give it a trail and a team once its guests are on it."""

    add: Add
    staffing: Steps


def additions_beside(like: Spot, guests: int, problem: Problem) -> Iterator[Addition]:
    """Yield new departures like this one for so many guests, the nearest in time first. Both go."""
    documents = problem.documents
    starts = other_starts(like.departure, documents, hours_of(like.departure, problem))
    for starts_at in islice(starts, MAX_SLOTS_TRIED):
        day = starts_at.date()
        add = Add.beside(like.departure_id, like.day, like.departure, day, starts_at)
        fresh: dict[str, Any] = {"status": DepartureStatus.DRAFT, "published": None, "team": [], "participants": guests}
        spot = Spot(day, add.departure_id, moved_to(like.departure, starts_at, **fresh))
        if may_start_at(spot, like.departure, documents[day], problem.facts.snapshot, problem.now):
            staffing = _staffing(spot, problem)
            if staffing:
                yield Addition(add, staffing)


def _staffing(spot: Spot, problem: Problem) -> Steps:
    """Return the steps to an open trail and the best team; none where there is no team."""
    planned = with_open_trail(spot, problem)
    if planned is None or not candidate_pool(planned, problem, problem.facts).ranked:
        return ()
    team = team_at(planned.departure, certified_pool(planned, problem))
    if not team:
        return ()
    reroute = rerouting(spot.day, spot.departure_id, spot.departure.trail_id, planned.departure.trail_id)
    return (*reroute, reassignment(spot, team))
