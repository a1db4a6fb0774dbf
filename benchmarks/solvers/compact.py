"""The compact formulation, for the rivals: sums of capacities instead of patterns, cliques of intervals.

It is derived from a problem without the solver's help, so that a rival that agrees with it confirms it.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

from optimization.solver.problem import TURNAROUND_MINUTES, DayProblem, Departure, EligiblePair


@dataclass(frozen=True, slots=True)
class Choice:
    """A departure that some team can lead, with its candidates and the fewest of them that cover the group."""

    departure: Departure
    pairs: tuple[EligiblePair, ...]
    fewest: int


@dataclass(frozen=True, slots=True)
class Compact:
    """Choices, and pairs of one guide of which at most one can be chosen."""

    choices: tuple[Choice, ...]
    conflicts: tuple[tuple[EligiblePair, ...], ...]


def compact_model(problem: DayProblem) -> Compact:
    """All of a day. Departures of these instances pin nobody, and everybody may lead."""
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


def parts_of(model: Compact) -> list[Compact]:
    """The same in parts that no conflict links."""
    leader = {choice.departure.id: choice.departure.id for choice in model.choices}

    def lead(departure_id: UUID) -> UUID:
        while leader[departure_id] != departure_id:
            leader[departure_id] = leader[leader[departure_id]]
            departure_id = leader[departure_id]
        return departure_id

    for conflict in model.conflicts:
        for pair in conflict[1:]:
            leader[lead(pair.departure_id)] = lead(conflict[0].departure_id)
    choices: defaultdict[UUID, list[Choice]] = defaultdict(list)
    conflicts: defaultdict[UUID, list[tuple[EligiblePair, ...]]] = defaultdict(list)
    for choice in model.choices:
        choices[lead(choice.departure.id)].append(choice)
    for conflict in model.conflicts:
        conflicts[lead(conflict[0].departure_id)].append(conflict)
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
    """For each of a guide's departures all that last when it starts, less those contained in others."""
    of_guide: defaultdict[UUID, list[tuple[int, int, EligiblePair]]] = defaultdict(list)
    for choice in choices:
        for pair in choice.pairs:
            ends_at = choice.departure.ends_at + TURNAROUND_MINUTES
            of_guide[pair.guide_id].append((choice.departure.starts_at, ends_at, pair))
    for stays in of_guide.values():
        together = {
            frozenset(n for n, (starts_at, ends_at, _) in enumerate(stays) if starts_at <= moment < ends_at)
            for moment, _, _ in stays
        }
        for members in together:
            if len(members) > 1 and not any(members < other for other in together):
                yield tuple(stays[n][2] for n in sorted(members))
