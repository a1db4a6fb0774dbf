"""An elastic model of a day: one departure is staffed, and every constraint that prevents it may be relaxed.

Elastic programming (Chinneck 2008): each kind of constraint has a slack of its own, so that a solve can minimise one
kind and exclude the others.
"""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Final
from uuid import UUID

import pulp

from optimization.solver.assignment_model import AssignmentModel
from optimization.solver.components import Component
from optimization.solver.problem import EligiblePair
from optimization.solver.staffing_model import Terms

_AMOUNT_BEFORE_LOSS: Final = 1_000_000


class RelaxationKind(StrEnum):
    """The kinds of constraints that can be relaxed to staff a departure."""

    ONE_MORE_GUIDE = "ONE_MORE_GUIDE"
    FEWER_GUESTS = "FEWER_GUESTS"
    LARGER_TEAM = "LARGER_TEAM"
    A_LEAD = "A_LEAD"
    MORE_ROOM = "MORE_ROOM"
    GUIDE_FREED = "GUIDE_FREED"
    PIN_LIFTED = "PIN_LIFTED"
    MORE_CHANGES = "MORE_CHANGES"


class ElasticModel(AssignmentModel):
    """The model in which the target is staffed, and every other departure of the component by its own constraints."""

    def __init__(self, component: Component, target: UUID, *, capacity_shortage: int, budget_excess: int) -> None:
        """Build the model.

        `capacity_shortage` is in people at the target's location, none if not positive; `budget_excess` guides are
        reassigned beyond the change budget whatever is relaxed.
        """
        others = [staffing for staffing in component.staffings if staffing.departure.id != target]
        super().__init__(others)
        for staffing in others:
            self._add_row([(choice, 1) for choice in self._staffed[staffing.departure.id]], equals=1)
        self._target = next(staffing for staffing in component.staffings if staffing.departure.id == target)
        self.staffings = (*others, self._target)
        self._slacks: dict[RelaxationKind, Terms] = {}
        self._flags: dict[RelaxationKind, pulp.LpVariable] = {}
        self._freed: dict[UUID, pulp.LpVariable] = {}
        self._unpinned: dict[UUID, pulp.LpVariable] = {}
        self._amount_limit = 1
        self._extra_guide = self._add_team()
        self._add_pins()
        self._add_people(capacity_shortage)
        self._add_cliques(component.cliques)
        if component.max_changes is not None:
            self._add_target_changes(component, component.max_changes, budget_excess)

    @property
    def kinds(self) -> tuple[RelaxationKind, ...]:
        """The kinds of constraints that can be relaxed for this departure."""
        return tuple(kind for kind in RelaxationKind if kind in self._slacks)

    def minimize_single(self, kind: RelaxationKind) -> None:
        """Minimise the amount of this kind, and then the loss of the team; exclude the other kinds."""
        for other, flag in self._flags.items():
            flag.upBound = int(other is kind)
        terms = [(variable, _AMOUNT_BEFORE_LOSS * amount) for variable, amount in self._slacks[kind]]
        terms += [(self._variable_of(pair), pair.loss) for pair in self._target.pairs]
        self.problem.objective = pulp.LpAffineExpression(terms)

    def minimize_combination(self) -> None:
        """Minimise the number of kinds that are combined, and then their amounts."""
        terms: Terms = []
        for kind, flag in self._flags.items():
            flag.upBound = 1
            terms += [(flag, self._amount_limit), *self._slacks[kind]]
        self.problem.objective = pulp.LpAffineExpression(terms)

    def amounts(self) -> Mapping[RelaxationKind, int]:
        """Return the amount of each kind that the last solution uses; the variables must have values."""
        used = {
            kind: sum([round(variable.varValue) * amount for variable, amount in self._slacks[kind]])
            for kind in self.kinds
        }
        return {kind: amount for kind, amount in used.items() if amount}

    def freed(self) -> frozenset[UUID]:
        """Return the guides who are on overlapping departures in the last solution."""
        return frozenset(guide_id for guide_id, variable in self._freed.items() if round(variable.varValue))

    def unpinned(self) -> frozenset[UUID]:
        """Return the pinned or required guides who are not on the team in the last solution."""
        return frozenset(guide_id for guide_id, variable in self._unpinned.items() if round(variable.varValue))

    def _add_team(self) -> pulp.LpVariable:
        """Add the size and lead of the target's team; return the variable of an additional, hypothetical guide."""
        pairs = self._target.pairs
        for pair in pairs:
            self._chosen[id(pair)] = self._add_variable("x")
        extra_guide = self._add_variable("e")
        members: Terms = [*self._count(pairs), (extra_guide, 1)]
        leads: Terms = [*self._count(pair for pair in pairs if pair.may_lead), (extra_guide, 1)]
        self._add_row(members, at_least=1)
        largest = self._target.departure.largest_team
        if len(pairs) > largest:
            members += self._slack(RelaxationKind.LARGER_TEAM, len(pairs) - largest, -1)
        self._add_row(members, at_most=largest)
        if not all(pair.may_lead for pair in pairs):
            leads += self._slack(RelaxationKind.A_LEAD, 1, 1)
        self._add_row(leads, at_least=1)
        return extra_guide

    def _add_pins(self) -> None:
        pairs = self._target.pairs
        terms: Terms = []
        for guide_id in sorted(self._target.departure.forced_guides):
            unpinned = self._unpinned[guide_id] = self._add_variable("u")
            terms.append((unpinned, 1))
            self._add_row(
                [*self._count(pair for pair in pairs if pair.guide_id == guide_id), (unpinned, 1)], at_least=1
            )
        if terms:
            self._relax(RelaxationKind.PIN_LIFTED, terms, len(terms))

    def _add_people(self, capacity_shortage: int) -> None:
        """Add the cover of the group and the location's capacity; fewer guests relax both."""
        guests = self._target.departure.guests
        capacity = self._slack(RelaxationKind.ONE_MORE_GUIDE, max(guests, 1), 1)
        self._add_row([*capacity, (self._extra_guide, -1)], at_least=0)
        self._add_row([*capacity, (self._extra_guide, -max(guests, 1))], at_most=0)
        if not guests:
            return
        fewer = self._slack(RelaxationKind.FEWER_GUESTS, guests, 1)
        covered = [(self._variable_of(pair), min(pair.capacity, guests)) for pair in self._target.pairs]
        self._add_row([*covered, *capacity, *fewer], at_least=guests)
        if capacity_shortage > 0:
            extension = self._add_variable("r")
            self._relax(RelaxationKind.MORE_ROOM, [(extension, capacity_shortage)], capacity_shortage)
            least_fewer = min(capacity_shortage, guests)
            self._add_row([*fewer, (extension, least_fewer)], at_least=least_fewer)

    def _add_cliques(self, cliques: Iterable[tuple[EligiblePair, ...]]) -> None:
        """Add the cliques of guides; the target may have guides who are on overlapping departures."""
        target = self._target.departure.id
        for clique in cliques:
            others = [pair for pair in clique if pair.departure_id != target]
            if len(others) > 1:
                self._add_row(self._count(others), at_most=1)
            if 0 < len(others) < len(clique):
                guide_id = clique[0].guide_id
                if guide_id not in self._freed:
                    self._freed[guide_id] = self._add_variable("k")
                self._add_row([*self._count(clique), (self._freed[guide_id], -1)], at_most=1)
        if self._freed:
            freed: Terms = [(variable, 1) for variable in self._freed.values()]
            self._relax(RelaxationKind.GUIDE_FREED, freed, len(freed))

    def _add_target_changes(self, component: Component, max_changes: int, budget_excess: int) -> None:
        target = self._target.departure.id
        without_target = [clique for clique in component.cliques if all(pair.departure_id != target for pair in clique)]
        self._add_change_budget(component, without_target)
        moved: Terms = [(variable, 1) for variable in self._moved.values()]
        more = self._slack(RelaxationKind.MORE_CHANGES, len(moved) + 1, -1)
        allowed = max_changes + budget_excess - len(component.moved_anyway)
        self._add_row([*moved, (self._extra_guide, 1), *more], at_most=allowed)

    def _slack(self, kind: RelaxationKind, largest: int, sign: int) -> Terms:
        """Return a new slack of up to `largest` as a term of the row that it relaxes."""
        slack = self._add_variable("s", largest)
        self._relax(kind, [(slack, 1)], largest)
        return [(slack, sign)]

    def _relax(self, kind: RelaxationKind, terms: Terms, largest: int) -> None:
        """Register the slacks of a kind, which are 0 unless its flag is set."""
        self._slacks[kind] = terms
        self._flags[kind] = self._add_variable("f")
        self._amount_limit += largest
        self._add_row([*terms, (self._flags[kind], -largest)], at_most=0)
