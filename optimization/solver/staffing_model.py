"""The mixed-integer model of the teams that departures may have, each departure apart, in PuLP.

It is always feasible: a departure may stay unstaffed. Expressions are built from lists of (variable, coefficient):
PuLP's operators copy their left operand.
"""

import math
import time
from collections.abc import Iterable
from typing import Final
from uuid import UUID

import pulp

from optimization.solver.highs import DirectProblem
from optimization.solver.patterns import fewest_guides, smallest_patterns
from optimization.solver.problem import EligiblePair
from optimization.solver.staffing import Members, Staffing, Teams

# Above this many patterns a plain knapsack row is faster than the convex hull (measured).
PATTERN_LIMIT: Final = 60

_CHOSEN: Final = 0.5  # binaries come back as 0.9999999

Terms = list[tuple[pulp.LpVariable, int]]


class OutOfTimeError(Exception):
    """A search has to end without a proof by the model: at its deadline, or because its floor needs none."""


def check_time(deadline: float) -> None:
    """Raise OutOfTimeError if `deadline`, in seconds of the monotonic clock, is over."""
    if time.monotonic() >= deadline:
        raise OutOfTimeError


class StaffingModel:
    """Variables and rows of departures as if they did not depend on each other, without an objective.

    Pairs are looked up by identity: hashing their ids would dominate the building time.
    """

    def __init__(
        self, staffings: Iterable[Staffing], *, pattern_limit: int = PATTERN_LIMIT, deadline: float = math.inf
    ) -> None:
        self.problem = DirectProblem("day", pulp.LpMinimize)
        self.variables = 0
        self.rows = 0
        self._pattern_limit = pattern_limit
        self._chosen: dict[int, pulp.LpVariable] = {}
        self._staffed: dict[UUID, list[pulp.LpVariable]] = {}
        self.staffings = tuple(staffings)
        for staffing in self.staffings:
            check_time(deadline)
            self._add_departure(staffing)

    def teams(self) -> dict[UUID, Members]:
        """Return the teams of the last solution; the variables must have values."""
        teams = {
            staffing.departure.id: tuple(pair for pair in staffing.pairs if self._variable_of(pair).varValue > _CHOSEN)
            for staffing in self.staffings
        }
        return {departure_id: members for departure_id, members in teams.items() if members}

    def assignment(self, teams: Teams) -> dict[pulp.LpVariable, int]:
        """Return `teams` as values of the pairs' variables, for a warm start."""
        chosen = {id(pair) for members in teams.values() for pair in members}
        return {variable: int(key in chosen) for key, variable in self._chosen.items()}

    def _add_departure(self, staffing: Staffing) -> None:
        departure = staffing.departure
        classes = staffing.classes(staffing.free)
        patterns = None
        if all(guide_class.may_lead for guide_class in classes):
            patterns = smallest_patterns(tuple(classes), staffing.need, self._pattern_limit)
        if patterns is None:
            self._cover_by_sums(staffing)
        else:
            self._cover_by_patterns(staffing, list(classes.values()), patterns)
        self._add_pairs(staffing.forced)
        for pair in staffing.forced:
            staffed: Terms = [(variable, -1) for variable in self._staffed[departure.id]]
            self._add_row([(self._variable_of(pair), 1), *staffed], equals=0)

    def _cover_by_patterns(
        self, staffing: Staffing, members: list[list[EligiblePair]], patterns: tuple[tuple[int, ...], ...]
    ) -> None:
        """Choose at most one pattern, and for each of its places a guide of that class or of a larger one.

        The surplus of a class flows to the next smaller one; the smallest has none. The patterns' variables come
        before the pairs': HiGHS is faster in this order.
        """
        choices = [self._add_variable("z") for _ in patterns]
        self._staffed[staffing.departure.id] = choices
        if len(choices) > 1:
            self._add_row([(choice, 1) for choice in choices], at_most=1)
        surplus: Terms = []
        for index in reversed(range(len(members))):
            self._add_pairs(members[index])
            terms = self._count(members[index]) + surplus
            terms += [
                (choice, -pattern[index]) for choice, pattern in zip(choices, patterns, strict=True) if pattern[index]
            ]
            if index:
                flow = self._add_variable("s", staffing.need.places)
                terms.append((flow, -1))
                surplus = [(flow, 1)]
            self._add_row(terms, equals=0)

    def _cover_by_sums(self, staffing: Staffing) -> None:
        """Require enough capacity, at least the fewest guides who can have it, at most the places, and a lead."""
        need = staffing.need
        self._add_pairs(staffing.free)
        staffed = self._add_variable("y")
        self._staffed[staffing.departure.id] = [staffed]
        members = self._count(staffing.free)
        capacities = [staffing.capacity_of(pair) for pair in staffing.free]
        covered = [(term[0], capacity) for term, capacity in zip(members, capacities, strict=True)]
        self._add_row([*covered, (staffed, -need.guests)], at_least=0)
        self._add_row([*members, (staffed, -fewest_guides(capacities, need))], at_least=0)
        self._add_row([*members, (staffed, -need.places)], at_most=0)
        if need.needs_lead and not all(pair.may_lead for pair in staffing.free):
            leads = [(self._variable_of(pair), 1) for pair in staffing.free if pair.may_lead]
            self._add_row([*leads, (staffed, -1)], at_least=0)

    def _pairs(self) -> list[EligiblePair]:
        return [pair for staffing in self.staffings for pair in staffing.pairs]

    def _variable_of(self, pair: EligiblePair) -> pulp.LpVariable:
        return self._chosen[id(pair)]

    def _add_pairs(self, pairs: Iterable[EligiblePair]) -> None:
        for pair in pairs:
            self._chosen[id(pair)] = self._add_variable("x")

    def _count(self, pairs: Iterable[EligiblePair]) -> Terms:
        """Return the terms of the number of chosen pairs."""
        chosen = self._chosen
        return [(chosen[id(pair)], 1) for pair in pairs]

    def _add_variable(self, letter: str, largest: int = 1) -> pulp.LpVariable:
        self.variables += 1
        return self.problem.add_variable(f"{letter}{self.variables}", 0, largest, pulp.LpInteger)

    def _add_row(
        self,
        terms: Terms,
        *,
        at_most: int | None = None,
        at_least: int | None = None,
        equals: int | None = None,
    ) -> pulp.LpConstraint:
        sense, bound = pulp.LpConstraintLE, at_most
        if at_least is not None:
            sense, bound = pulp.LpConstraintGE, at_least
        elif equals is not None:
            sense, bound = pulp.LpConstraintEQ, equals
        self.rows += 1
        row = pulp.LpConstraint(pulp.LpAffineExpression(terms), sense, rhs=bound)
        self.problem.addConstraint(row, f"r{self.rows}")
        return row
