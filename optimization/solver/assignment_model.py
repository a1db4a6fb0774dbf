"""The mixed-integer model of departures that depend on each other, in PuLP.

It is always feasible: a departure may stay unstaffed, and more guides may be reassigned than the change budget
allows; both are minimised.
"""

import math
from collections.abc import Iterable
from typing import Final
from uuid import UUID

import pulp

from optimization.solver.components import CapacityRow, Component, guide_cliques
from optimization.solver.staffing import Members, Staffing
from optimization.solver.staffing_model import PATTERN_LIMIT, StaffingModel, Terms, check_time

# Far enough apart to preserve the lexicographic order on real days, small enough for HiGHS's tolerances: with larger
# ones it proves nothing. The order is certified afterwards, it does not depend on these.
GUESTS_WEIGHT: Final = 1_000_000
KEPT_WEIGHT: Final = 4_000


class AssignmentModel(StaffingModel):
    """A model with an objective, which is set before each solve by one of the `minimize_…` methods.

    Every objective is minimised: the weight of unstaffed departures, the kept pairs that are given up, the loss.
    """

    def __init__(
        self, staffings: Iterable[Staffing], *, pattern_limit: int = PATTERN_LIMIT, deadline: float = math.inf
    ) -> None:
        super().__init__(staffings, pattern_limit=pattern_limit, deadline=deadline)
        self._moved: dict[UUID, pulp.LpVariable] = {}
        self._moved_anyway = 0
        self._budget_excess: pulp.LpVariable | None = None
        self._budget_row: pulp.LpConstraint | None = None
        self._fixed_rows: list[str] = []

    @classmethod
    def of(
        cls, component: Component, *, pattern_limit: int = PATTERN_LIMIT, deadline: float = math.inf
    ) -> "AssignmentModel":
        """Return the model of a component with its coupling rows.

        Raises OutOfTimeError if it is not built by `deadline`, in seconds of the monotonic clock.
        """
        model = cls(component.staffings, pattern_limit=pattern_limit, deadline=deadline)
        for clique in guide_cliques(component.staffings):
            check_time(deadline)
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

    def _fix(self, terms: Terms, at_least: int) -> None:
        self._fixed_rows.append(self._add_row(terms, at_least=at_least).name)
