"""The compact formulation for the rivals: sums of capacities instead of patterns, cliques of intervals.

It shares no code with the solver, its own union-find included, so that a rival that agrees with the solver confirms it.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

from optimization.solver.problem import TURNAROUND_MINUTES, DayProblem, Departure, EligiblePair


@dataclass(frozen=True, slots=True)
class Choice:
    """A departure that can be staffed, with its eligible pairs and the fewest of them that cover the group."""

    departure: Departure
    pairs: tuple[EligiblePair, ...]
    fewest: int


@dataclass(frozen=True, slots=True)
class Compact:
    """Choices, and pairs of one guide of which at most one can be chosen."""

    choices: tuple[Choice, ...]
    conflicts: tuple[tuple[EligiblePair, ...], ...]


def compact_model(problem: DayProblem) -> Compact:
    """Return the formulation of a day. These instances have no pins, and every guide may lead."""
    pairs_of: defaultdict[UUID, list[EligiblePair]] = defaultdict(list)
    for pair in problem.pairs:
        pairs_of[pair.departure_id].append(pair)
    choices = []
    for departure in problem.departures:
        pairs = tuple(pairs_of[departure.id])
        fewest = _fewest(departure, pairs)
        if fewest is not None:
            choices.append(Choice(departure, pairs, fewest))
    return Compact(tuple(choices), tuple(_conflicts(choices)))


def components_of(model: Compact) -> list[Compact]:
    """Return the connected components of the conflicts."""
    parent = {choice.departure.id: choice.departure.id for choice in model.choices}

    def root(departure_id: UUID) -> UUID:
        while parent[departure_id] != departure_id:
            parent[departure_id] = parent[parent[departure_id]]
            departure_id = parent[departure_id]
        return departure_id

    for conflict in model.conflicts:
        for pair in conflict[1:]:
            parent[root(pair.departure_id)] = root(conflict[0].departure_id)
    choices: defaultdict[UUID, list[Choice]] = defaultdict(list)
    conflicts: defaultdict[UUID, list[tuple[EligiblePair, ...]]] = defaultdict(list)
    for choice in model.choices:
        choices[root(choice.departure.id)].append(choice)
    for conflict in model.conflicts:
        conflicts[root(conflict[0].departure_id)].append(conflict)
    return [Compact(tuple(choices[key]), tuple(conflicts[key])) for key in choices]


def _fewest(departure: Departure, pairs: tuple[EligiblePair, ...]) -> int | None:
    covered = 0
    for count, capacity in enumerate(sorted((pair.capacity for pair in pairs), reverse=True), start=1):
        covered += capacity
        if count > departure.largest_team:
            return None
        if covered >= departure.guests:
            return count
    return None


def _conflicts(choices: list[Choice]) -> Iterator[tuple[EligiblePair, ...]]:
    """Yield the sets of each guide's departures that are concurrent when one starts, unless contained in another."""
    of_guide: defaultdict[UUID, list[tuple[int, int, EligiblePair]]] = defaultdict(list)
    for choice in choices:
        for pair in choice.pairs:
            ends_at = choice.departure.ends_at + TURNAROUND_MINUTES
            of_guide[pair.guide_id].append((choice.departure.starts_at, ends_at, pair))
    for intervals in of_guide.values():
        concurrent = {
            frozenset(n for n, (starts_at, ends_at, _) in enumerate(intervals) if starts_at <= moment < ends_at)
            for moment, _, _ in intervals
        }
        for members in concurrent:
            if len(members) > 1 and not any(members < other for other in concurrent):
                yield tuple(intervals[n][2] for n in sorted(members))
