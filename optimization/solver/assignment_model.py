"""The mixed-integer model of departures that depend on each other, in PuLP.

It is always feasible: a departure may stay unstaffed, and more guides may be reassigned than the change budget
allows; both are minimised. Expressions are built from lists of (variable, coefficient): PuLP's operators copy
their left operand.
"""

import math
import time
from collections.abc import Iterable
from typing import Final
from uuid import UUID

import pulp

from optimization.solver.components import CapacityRow, Component, guide_cliques
from optimization.solver.highs import DirectProblem
from optimization.solver.patterns import fewest_guides, smallest_patterns
from optimization.solver.problem import EligiblePair
from optimization.solver.staffing import Members, Staffing, Teams

# Above this many patterns a plain knapsack row is faster than the convex hull (measured).
PATTERN_LIMIT: Final = 60

# Far enough apart to preserve the lexicographic order on real days, small enough for HiGHS's tolerances: with larger
# ones it proves nothing. The order is certified afterwards, it does not depend on these.
GUESTS_WEIGHT: Final = 1_000_000
KEPT_WEIGHT: Final = 4_000

_CHOSEN: Final = 0.5  # binaries come back as 0.9999999

Terms = list[tuple[pulp.LpVariable, int]]


class OutOfTimeError(Exception):
    """A search has to end without a proof by the model: at its deadline, or because its floor needs none."""


class AssignmentModel:
    """Variables and rows; the objective is set before each solve by one of the `minimize_…` methods.

    Every objective is minimised: the weight of unstaffed departures, the kept pairs that are given up, the loss.
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
        self._moved: dict[UUID, pulp.LpVariable] = {}
        self._moved_anyway = 0
        self._budget_excess: pulp.LpVariable | None = None
        self._budget_row: pulp.LpConstraint | None = None
        self._fixed_rows: list[str] = []
        self.staffings = tuple(staffings)
        for staffing in self.staffings:
            _check_time(deadline)
            self._add_departure(staffing)

    @classmethod
    def of(
        cls, component: Component, *, pattern_limit: int = PATTERN_LIMIT, deadline: float = math.inf
    ) -> "AssignmentModel":
        """Return the model of a component with its coupling rows.

        Raises OutOfTimeError if it is not built by `deadline`, in seconds of the monotonic clock.
        """
        model = cls(component.staffings, pattern_limit=pattern_limit, deadline=deadline)
        for clique in guide_cliques(component.staffings):
            _check_time(deadline)
            model._add_row(model._count(clique), at_most=1)
        for row in component.capacity_rows:
            model._add_row(model._people_in(row), at_most=row.people)
        if component.max_changes is not None:
            model._add_change_budget(component, component.cliques)
            model.set_change_budget(component.max_changes)
        return model

    def set_change_budget(self, max_changes: int) -> None:
        """Limit the reassigned guides to `max_changes`, excess apart, and remove the rows that fixed objectives."""
        for name in self._fixed_rows:
            del self.problem._constraints[name]
        self.rows -= len(self._fixed_rows)
        self._fixed_rows = []
        if self._budget_row is not None:
            self._budget_row.changeRHS(max_changes - self._moved_anyway)

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

    def minimize_everything(self, guests_weight: int = GUESTS_WEIGHT, kept_weight: int = KEPT_WEIGHT) -> None:
        """Minimise the weighted sum of all objectives."""
        terms = [(variable, weight * guests_weight) for variable, weight in self._guests_terms()]
        chosen = self._chosen
        terms += [(chosen[id(pair)], pair.loss - kept_weight * pair.is_kept) for pair in self._pairs()]
        constant = guests_weight * self._total_weight() + kept_weight * self._total_kept()
        self.problem.objective = pulp.LpAffineExpression(terms, constant=constant)

    def minimize_budget(self) -> None:
        """Minimise the guides reassigned beyond the change budget."""
        self.problem.objective = pulp.LpAffineExpression([(self._budget_excess, 1)])

    def minimize_pins(self) -> None:
        """Minimise the number of unstaffed departures with pinned guides."""
        terms = [(variable, -1) for variable, _ in self._pinned_terms()]
        self.problem.objective = pulp.LpAffineExpression(terms, constant=self.total_pinned())

    def minimize_guests(self) -> None:
        """Minimise the weight of unstaffed departures."""
        self.problem.objective = pulp.LpAffineExpression(self._guests_terms(), constant=self._total_weight())

    def minimize_kept(self) -> None:
        """Minimise the number of kept pairs that are given up."""
        self.problem.objective = pulp.LpAffineExpression(self._kept_terms(), constant=self._total_kept())

    def minimize_loss(self) -> None:
        """Minimise the loss of the chosen pairs."""
        terms = [(self._variable_of(pair), pair.loss) for pair in self._pairs()]
        self.problem.objective = pulp.LpAffineExpression(terms)

    def fix_budget(self, excess: int) -> None:
        """Reassign at most `excess` guides beyond the change budget."""
        self._fix([(self._budget_excess, -1)], -excess)

    def fix_pins(self, count: int) -> None:
        """Staff at least `count` of the departures with pinned guides."""
        self._fix(self._pinned_terms(), count)

    def fix_guests(self, weight: int) -> None:
        """Staff departures of at least `weight` in total."""
        self._fix([(variable, -cost) for variable, cost in self._guests_terms()], weight)

    def fix_kept(self, count: int) -> None:
        """Keep at least `count` pairs of the current plan."""
        self._fix([(variable, -cost) for variable, cost in self._kept_terms()], count)

    def total_pinned(self) -> int:
        """Return the number of departures with pinned guides."""
        return sum([bool(staffing.departure.pinned_guides) for staffing in self.staffings])

    def _total_weight(self) -> int:
        return sum([staffing.departure.weight for staffing in self.staffings])

    def _total_kept(self) -> int:
        return sum([pair.is_kept for pair in self._pairs()])

    def _pairs(self) -> list[EligiblePair]:
        return [pair for staffing in self.staffings for pair in staffing.pairs]

    def _variable_of(self, pair: EligiblePair) -> pulp.LpVariable:
        return self._chosen[id(pair)]

    def _guests_terms(self) -> Terms:
        return [
            (variable, -staffing.departure.weight)
            for staffing in self.staffings
            for variable in self._staffed[staffing.departure.id]
        ]

    def _kept_terms(self) -> Terms:
        return [(self._variable_of(pair), -1) for pair in self._pairs() if pair.is_kept]

    def _pinned_terms(self) -> Terms:
        return [
            (variable, 1)
            for staffing in self.staffings
            if staffing.departure.pinned_guides
            for variable in self._staffed[staffing.departure.id]
        ]

    def _people_in(self, row: CapacityRow) -> Terms:
        return [
            (variable, departure.guests) for departure in row.departures for variable in self._staffed[departure.id]
        ]

    def _add_change_budget(self, component: Component, cliques: Iterable[Members]) -> None:
        """Add a variable per guide, 1 if reassigned, and the row that limits their number."""
        self._moved_anyway = len(component.moved_anyway)
        pairs = [pair for pair in self._pairs() if pair.guide_id not in component.moved_anyway]
        for pair in pairs:
            if pair.guide_id not in self._moved:
                self._moved[pair.guide_id] = self._add_variable("m")
            if pair.is_kept:
                self._add_row([(self._variable_of(pair), 1), (self._moved[pair.guide_id], 1)], at_least=1)
        exclusive = [tuple(pair for pair in clique if not pair.is_kept) for clique in cliques]
        in_cliques = {id(pair) for clique in exclusive for pair in clique}
        single = [(pair,) for pair in pairs if not pair.is_kept and id(pair) not in in_cliques]
        for added in (*single, *exclusive):
            if added and added[0].guide_id in self._moved:
                terms = [(self._variable_of(pair), 1) for pair in added]
                self._add_row([*terms, (self._moved[added[0].guide_id], -1)], at_most=0)
        self._budget_excess = self._add_variable("o", len(self._moved) + self._moved_anyway)
        moved: Terms = [(variable, 1) for variable in self._moved.values()]
        self._budget_row = self._add_row([*moved, (self._budget_excess, -1)], at_most=0)

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

    def _fix(self, terms: Terms, at_least: int) -> None:
        self._fixed_rows.append(self._add_row(terms, at_least=at_least).name)

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


def _check_time(deadline: float) -> None:
    if time.monotonic() >= deadline:
        raise OutOfTimeError
