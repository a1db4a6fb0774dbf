"""The PuLP model of departures that depend on each other.

It is elastic: a departure may stay unstaffed, and more people may be moved than allowed, at the price of the
level that counts them. Expressions are built from lists of (variable, coefficient): PuLP's operators copy what
they add to.
"""

from collections.abc import Iterable, Mapping
from typing import Final
from uuid import UUID

import pulp

from optimization.solver.components import CapacityRow, Component
from optimization.solver.highs import DirectProblem
from optimization.solver.patterns import fewest_guides, smallest_patterns
from optimization.solver.problem import EligiblePair
from optimization.solver.staffing import Staffing

# Above this many patterns a plain covering row is faster than the convex hull.
PATTERN_LIMIT: Final = 60

# Apart enough to keep the objectives in order on real days, close enough for HiGHS's tolerances: with larger
# ones it stops proving anything. The objectives' order is certified afterwards, not trusted to these.
GUESTS_WEIGHT: Final = 1_000_000
KEPT_WEIGHT: Final = 4_000

_CHOSEN: Final = 0.5  # binaries come back as 0.9999999

Terms = list[tuple[pulp.LpVariable, int]]


class DayModel:
    """Variables and rows; the objective is set for each solve by one of the `minimize_…` methods.

    Every level is minimised: the weight of unstaffed departures, the kept pairs that are dropped, the loss.
    Pairs are known by identity: hashing their ids takes longer than anything else here.
    """

    def __init__(self, staffings: Iterable[Staffing], *, pattern_limit: int = PATTERN_LIMIT) -> None:
        self.problem = DirectProblem("day", pulp.LpMinimize)
        self.variables = 0
        self.rows = 0
        self._pattern_limit = pattern_limit
        self._chosen: dict[int, pulp.LpVariable] = {}
        self._staffed: dict[UUID, list[pulp.LpVariable]] = {}
        self._moved: dict[UUID, pulp.LpVariable] = {}
        self._moved_anyway = 0
        self._over: pulp.LpVariable | None = None
        self._budget: pulp.LpConstraint | None = None
        self._held: list[str] = []
        self.staffings = tuple(staffings)
        for staffing in self.staffings:
            self._add_departure(staffing)

    @classmethod
    def of(cls, component: Component, *, pattern_limit: int = PATTERN_LIMIT) -> "DayModel":
        model = cls(component.staffings, pattern_limit=pattern_limit)
        for clique in component.cliques:
            model._add_row(model._ones(clique), at_most=1)
        for room in component.rooms:
            model._add_row(model._people_in(room), at_most=room.people)
        if component.max_changes is not None:
            model._count_moves(component)
            model.allow_changes(component.max_changes)
        return model

    def allow_changes(self, count: int) -> None:
        """Move at most `count` people and those over; what was held is let go."""
        for name in self._held:
            del self.problem._constraints[name]
        self.rows -= len(self._held)
        self._held = []
        if self._budget is not None:
            self._budget.changeRHS(count - self._moved_anyway)

    def teams(self) -> dict[UUID, tuple[EligiblePair, ...]]:
        """The teams that the last solution chose; the variables must have values."""
        teams = {
            staffing.departure.id: tuple(pair for pair in staffing.pairs if self._variable_of(pair).varValue > _CHOSEN)
            for staffing in self.staffings
        }
        return {departure_id: members for departure_id, members in teams.items() if members}

    def assignment(self, teams: Mapping[UUID, tuple[EligiblePair, ...]]) -> dict[pulp.LpVariable, int]:
        """The values of the pairs' variables that mean `teams`, to start a solve from."""
        chosen = {id(pair) for members in teams.values() for pair in members}
        return {variable: int(key in chosen) for key, variable in self._chosen.items()}

    def minimize_everything(self, guests_weight: int = GUESTS_WEIGHT, kept_weight: int = KEPT_WEIGHT) -> None:
        """All objectives at once, weighted."""
        terms = [(variable, weight * guests_weight) for variable, weight in self._guests_terms()]
        chosen = self._chosen
        terms += [(chosen[id(pair)], pair.loss - kept_weight * pair.is_kept) for pair in self._pairs()]
        constant = guests_weight * self._total_weight() + kept_weight * self._total_kept()
        self.problem.objective = pulp.LpAffineExpression(terms, constant=constant)

    def minimize_budget(self) -> None:
        """As few people over those who may be moved as possible."""
        self.problem.objective = pulp.LpAffineExpression([(self._over, 1)])

    def minimize_pins(self) -> None:
        """As many departures with pinned guides as possible; the value is how many are not staffed."""
        terms = [(variable, -1) for variable, _ in self._pinned_terms()]
        self.problem.objective = pulp.LpAffineExpression(terms, constant=self.total_pinned())

    def minimize_guests(self) -> None:
        self.problem.objective = pulp.LpAffineExpression(self._guests_terms(), constant=self._total_weight())

    def minimize_kept(self) -> None:
        self.problem.objective = pulp.LpAffineExpression(self._kept_terms(), constant=self._total_kept())

    def minimize_loss(self) -> None:
        terms = [(self._variable_of(pair), pair.loss) for pair in self._pairs()]
        self.problem.objective = pulp.LpAffineExpression(terms)

    def fix_budget(self, over: int) -> None:
        """Move at most `over` people more than may be moved."""
        self._hold([(self._over, -1)], -over)

    def fix_pins(self, count: int) -> None:
        """Staff at least `count` of the departures with pinned guides."""
        self._hold(self._pinned_terms(), count)

    def fix_guests(self, weight: int) -> None:
        self._hold([(variable, -cost) for variable, cost in self._guests_terms()], weight)

    def fix_kept(self, count: int) -> None:
        self._hold([(variable, -cost) for variable, cost in self._kept_terms()], count)

    def total_pinned(self) -> int:
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

    def _people_in(self, room: CapacityRow) -> Terms:
        return [
            (variable, departure.guests) for departure in room.departures for variable in self._staffed[departure.id]
        ]

    def _count_moves(self, component: Component) -> None:
        """A variable a guide: 1 where the guide's departures are others than now."""
        self._moved_anyway = len(component.moved_anyway)
        pairs = [pair for pair in self._pairs() if pair.guide_id not in component.moved_anyway]
        for pair in pairs:
            if pair.guide_id not in self._moved:
                self._moved[pair.guide_id] = self._add_variable("m")
            if pair.is_kept:
                self._add_row([(self._variable_of(pair), 1), (self._moved[pair.guide_id], 1)], at_least=1)
        together = [tuple(pair for pair in clique if not pair.is_kept) for clique in component.cliques]
        in_cliques = {id(pair) for clique in together for pair in clique}
        alone = [(pair,) for pair in pairs if not pair.is_kept and id(pair) not in in_cliques]
        for joined in (*alone, *together):
            if joined and joined[0].guide_id in self._moved:
                terms = [(self._variable_of(pair), 1) for pair in joined]
                self._add_row([*terms, (self._moved[joined[0].guide_id], -1)], at_most=0)
        self._over = self._add_variable("o", len(self._moved) + self._moved_anyway)
        counted: Terms = [(variable, 1) for variable in self._moved.values()]
        self._budget = self._add_row([*counted, (self._over, -1)], at_most=0)

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
        """At most one pattern, and for each of its places a guide of that class or of a larger one.

        Who is not needed in a class is handed on to the next smaller one; with the smallest all are placed.
        The patterns' variables come before the pairs': HiGHS is faster with this order.
        """
        choices = [self._add_variable("z") for _ in patterns]
        self._staffed[staffing.departure.id] = choices
        if len(choices) > 1:
            self._add_row([(choice, 1) for choice in choices], at_most=1)
        handed_on: Terms = []
        for index in reversed(range(len(members))):
            self._add_pairs(members[index])
            terms = self._ones(members[index]) + handed_on
            terms += [
                (choice, -pattern[index]) for choice, pattern in zip(choices, patterns, strict=True) if pattern[index]
            ]
            if index:
                spare = self._add_variable("s", staffing.need.places)
                terms.append((spare, -1))
                handed_on = [(spare, 1)]
            self._add_row(terms, equals=0)

    def _cover_by_sums(self, staffing: Staffing) -> None:
        """Enough capacity, at least the fewest guides that can have it, at most the places, a lead."""
        need = staffing.need
        self._add_pairs(staffing.free)
        staffed = self._add_variable("y")
        self._staffed[staffing.departure.id] = [staffed]
        ones = self._ones(staffing.free)
        capacities = [staffing.capacity_of(pair) for pair in staffing.free]
        covered = [(term[0], capacity) for term, capacity in zip(ones, capacities, strict=True)]
        self._add_row([*covered, (staffed, -need.guests)], at_least=0)
        self._add_row([*ones, (staffed, -fewest_guides(capacities, need))], at_least=0)
        self._add_row([*ones, (staffed, -need.places)], at_most=0)
        if need.needs_lead and not all(pair.may_lead for pair in staffing.free):
            leads = [(self._variable_of(pair), 1) for pair in staffing.free if pair.may_lead]
            self._add_row([*leads, (staffed, -1)], at_least=0)

    def _add_pairs(self, pairs: Iterable[EligiblePair]) -> None:
        for pair in pairs:
            self._chosen[id(pair)] = self._add_variable("x")

    def _ones(self, pairs: Iterable[EligiblePair]) -> Terms:
        chosen = self._chosen
        return [(chosen[id(pair)], 1) for pair in pairs]

    def _add_variable(self, letter: str, largest: int = 1) -> pulp.LpVariable:
        self.variables += 1
        return self.problem.add_variable(f"{letter}{self.variables}", 0, largest, pulp.LpInteger)

    def _hold(self, terms: Terms, at_least: int) -> None:
        self._held.append(self._add_row(terms, at_least=at_least).name)

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
