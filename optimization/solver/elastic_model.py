"""A day model in which one departure has to be staffed and every rule in its way may give.

Each family of rules has a slack of its own, so that a solve can ask how much of one of them, and nothing else,
would be enough.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from enum import StrEnum
from typing import Final
from uuid import UUID

import pulp

from optimization.solver.assignment_model import DayModel, Terms
from optimization.solver.components import Component
from optimization.solver.problem import EligiblePair

_AMOUNT_BEFORE_LOSS: Final = 1_000_000


class RelaxationKind(StrEnum):
    """What could give so that a departure can be staffed."""

    ONE_MORE_GUIDE = "ONE_MORE_GUIDE"
    FEWER_GUESTS = "FEWER_GUESTS"
    LARGER_TEAM = "LARGER_TEAM"
    A_LEAD = "A_LEAD"
    MORE_ROOM = "MORE_ROOM"
    GUIDE_FREED = "GUIDE_FREED"
    PIN_LIFTED = "PIN_LIFTED"
    MORE_CHANGES = "MORE_CHANGES"


class ElasticModel(DayModel):
    """The target is staffed, and so is every other departure of the component, by its own rules."""

    def __init__(self, component: Component, target: UUID, *, too_many: int, over_budget: int) -> None:
        """`too_many` people would be at the target's location; `over_budget` are moved whatever is relaxed."""
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
        self._most = 1
        self._newcomer = self._add_team()
        self._add_pins()
        self._add_people(too_many)
        self._add_cliques(component.cliques)
        if component.max_changes is not None:
            self._add_changes(component, component.max_changes, over_budget)

    @property
    def kinds(self) -> tuple[RelaxationKind, ...]:
        """The families of rules that can be relaxed for this departure."""
        return tuple(kind for kind in RelaxationKind if kind in self._slacks)

    def minimize_one(self, kind: RelaxationKind) -> None:
        """As little as possible of this kind and nothing of the others, with the best-scored team."""
        for other, flag in self._flags.items():
            flag.upBound = int(other is kind)
        terms = [(variable, _AMOUNT_BEFORE_LOSS * amount) for variable, amount in self._slacks[kind]]
        terms += [(self._variable_of(pair), pair.loss) for pair in self._target.pairs]
        self.problem.objective = pulp.LpAffineExpression(terms)

    def minimize_few(self) -> None:
        """As few kinds together as possible, then as little of them as possible."""
        terms: Terms = []
        for kind, flag in self._flags.items():
            flag.upBound = 1
            terms += [(flag, self._most), *self._slacks[kind]]
        self.problem.objective = pulp.LpAffineExpression(terms)

    def amounts(self) -> Mapping[RelaxationKind, int]:
        """How much of each kind the last solution takes; the variables must have values."""
        used = {
            kind: sum([round(variable.varValue) * amount for variable, amount in self._slacks[kind]])
            for kind in self.kinds
        }
        return {kind: amount for kind, amount in used.items() if amount}

    def freed(self) -> frozenset[UUID]:
        """The guides who would be in two places in the last solution."""
        return frozenset(guide_id for guide_id, variable in self._freed.items() if round(variable.varValue))

    def unpinned(self) -> frozenset[UUID]:
        """The pinned or required guides who would not come in the last solution."""
        return frozenset(guide_id for guide_id, variable in self._unpinned.items() if round(variable.varValue))

    def _add_team(self) -> pulp.LpVariable:
        """Size and lead of the target's team; the answer is whether it has a guide whom nobody knows yet."""
        pairs = self._target.pairs
        for pair in pairs:
            self._chosen[id(pair)] = self._add_variable("x")
        newcomer = self._add_variable("e")
        members: Terms = [*self._ones(pairs), (newcomer, 1)]
        leads: Terms = [*self._ones(pair for pair in pairs if pair.may_lead), (newcomer, 1)]
        self._add_row(members, at_least=1)
        largest = self._target.departure.largest_team
        if len(pairs) > largest:
            members += self._slack(RelaxationKind.LARGER_TEAM, len(pairs) - largest, -1)
        self._add_row(members, at_most=largest)
        if not all(pair.may_lead for pair in pairs):
            leads += self._slack(RelaxationKind.A_LEAD, 1, 1)
        self._add_row(leads, at_least=1)
        return newcomer

    def _add_pins(self) -> None:
        pairs = self._target.pairs
        terms: Terms = []
        for guide_id in sorted(self._target.departure.forced_guides):
            lifted = self._unpinned[guide_id] = self._add_variable("u")
            terms.append((lifted, 1))
            self._add_row([*self._ones(pair for pair in pairs if pair.guide_id == guide_id), (lifted, 1)], at_least=1)
        if terms:
            self._relax(RelaxationKind.PIN_LIFTED, terms, len(terms))

    def _add_people(self, too_many: int) -> None:
        """The group is covered and has room; fewer guests help with both."""
        guests = self._target.departure.guests
        capacity = self._slack(RelaxationKind.ONE_MORE_GUIDE, max(guests, 1), 1)
        self._add_row([*capacity, (self._newcomer, -1)], at_least=0)
        self._add_row([*capacity, (self._newcomer, -max(guests, 1))], at_most=0)
        if not guests:
            return
        fewer = self._slack(RelaxationKind.FEWER_GUESTS, guests, 1)
        taken = [(self._variable_of(pair), min(pair.capacity, guests)) for pair in self._target.pairs]
        self._add_row([*taken, *capacity, *fewer], at_least=guests)
        if too_many > 0:
            room = self._add_variable("r")
            self._relax(RelaxationKind.MORE_ROOM, [(room, too_many)], too_many)
            staying_away = min(too_many, guests)
            self._add_row([*fewer, (room, staying_away)], at_least=staying_away)

    def _add_cliques(self, cliques: Iterable[tuple[EligiblePair, ...]]) -> None:
        """A guide is in one place, except that the target may have guides who are needed elsewhere."""
        target = self._target.departure.id
        for clique in cliques:
            others = [pair for pair in clique if pair.departure_id != target]
            if len(others) > 1:
                self._add_row(self._ones(others), at_most=1)
            if 0 < len(others) < len(clique):
                guide_id = clique[0].guide_id
                if guide_id not in self._freed:
                    self._freed[guide_id] = self._add_variable("k")
                self._add_row([*self._ones(clique), (self._freed[guide_id], -1)], at_most=1)
        if self._freed:
            freed: Terms = [(variable, 1) for variable in self._freed.values()]
            self._relax(RelaxationKind.GUIDE_FREED, freed, len(freed))

    def _add_changes(self, component: Component, max_changes: int, over_budget: int) -> None:
        target = self._target.departure.id
        apart = [clique for clique in component.cliques if all(pair.departure_id != target for pair in clique)]
        self._count_moves(replace(component, cliques=tuple(apart)))
        moved: Terms = [(variable, 1) for variable in self._moved.values()]
        more = self._slack(RelaxationKind.MORE_CHANGES, len(moved) + 1, -1)
        allowed = max_changes + over_budget - len(component.moved_anyway)
        self._add_row([*moved, (self._newcomer, 1), *more], at_most=allowed)

    def _slack(self, kind: RelaxationKind, largest: int, sign: int) -> Terms:
        """A new slack of up to `largest` as a term of the row that it relaxes."""
        slack = self._add_variable("s", largest)
        self._relax(kind, [(slack, 1)], largest)
        return [(slack, sign)]

    def _relax(self, kind: RelaxationKind, terms: Terms, largest: int) -> None:
        """Let the kind take these slacks, nothing of them while its flag is down."""
        self._slacks[kind] = terms
        self._flags[kind] = self._add_variable("f")
        self._most += largest
        self._add_row([*terms, (self._flags[kind], -largest)], at_most=0)
