"""The service's own model and options without PuLP, as arrays passed to highspy: the floor for the service.

It has the same columns and rows in the same order, so that HiGHS does the same work, and the same proof of the
objectives' order. It lacks PuLP, the greedy plan and every provision for failure.
"""

import math
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import highspy
import numpy as np

from benchmarks.solvers.judging import GUESTS_WEIGHT, KEPT_WEIGHT
from benchmarks.solvers.own import forget_patterns
from benchmarks.solvers.rivals import Solved
from optimization.solver.components import Component
from optimization.solver.decomposition import decompose
from optimization.solver.patterns import fewest_guides, smallest_patterns
from optimization.solver.problem import LARGEST_TEAM, DayProblem, EligiblePair, RequestProblem
from optimization.solver.search import LP_OPTIONS, TUNED_OPTIONS
from optimization.solver.staffing import Staffing, unstaffable_reason
from optimization.solver.staffing_model import PATTERN_LIMIT

Costs = list[int]


def solve_from_arrays(problem: DayProblem, seconds: float) -> Solved:
    """Solve a day by components."""
    forget_patterns()
    searches = [_Search(component, seconds) for component in decompose(problem).components]
    for search in searches:
        search.run()
    return _solved([search.arrays for search in searches], [search.values for search in searches])


def answer_from_arrays(problem: RequestProblem, seconds: float) -> Solved:
    """Solve all dates of a request as one model."""
    forget_patterns()
    staffings = [Staffing.of(option.departure, option.pairs) for option in problem.options]
    staffable = [staffing for staffing in staffings if unstaffable_reason(staffing, {}) is None]
    if not staffable:
        return Solved({}, is_proven=True)
    arrays = _Arrays(staffable)
    kept_weight = 1 + LARGEST_TEAM * max([pair.loss for pair in arrays.pairs])
    guests_weight = (LARGEST_TEAM + 1) * kept_weight
    constant = guests_weight * arrays.most_guests + kept_weight * arrays.most_kept
    values, _ = arrays.solve(arrays.weighted(guests_weight, kept_weight), constant, seconds, TUNED_OPTIONS)
    return _solved([arrays], [values])


def _solved(arrays: Sequence["_Arrays"], values: Sequence[Sequence[float]]) -> Solved:
    teams: dict[UUID, tuple[UUID, ...]] = {}
    for model, solution in zip(arrays, values, strict=True):
        teams |= model.teams(solution)
    return Solved(
        teams=teams,
        is_proven=True,
        variables=sum([model.columns for model in arrays]),
        rows=sum([len(model.lower) for model in arrays]),
    )


class _Arrays:
    """Columns and rows; `staffed` are the columns of staffed departures, with their weight."""

    def __init__(self, staffings: Sequence[Staffing], cliques: Sequence[tuple[EligiblePair, ...]] = ()) -> None:
        self.staffings = staffings
        self.largest: list[int] = []
        self.pairs: list[EligiblePair] = []
        self.pair_columns: list[int] = []
        self.staffed: list[tuple[int, int]] = []
        self.starts: list[int] = []
        self.indices: list[int] = []
        self.factors: list[int] = []
        self.lower: list[float] = []
        self.upper: list[float] = []
        self.most_guests = sum([staffing.departure.weight for staffing in staffings])
        self._column_of: dict[int, int] = {}
        for staffing in staffings:
            self._add_departure(staffing)
        for clique in cliques:
            self.add_row([self._column_of[id(pair)] for pair in clique], [1] * len(clique), upper=1)
        self.most_kept = sum([pair.is_kept for pair in self.pairs])

    @property
    def columns(self) -> int:
        return len(self.largest)

    def add_row(
        self,
        indices: list[int],
        factors: list[int],
        *,
        lower: float = -highspy.kHighsInf,
        upper: float = highspy.kHighsInf,
    ) -> None:
        self.starts.append(len(self.indices))
        self.indices += indices
        self.factors += factors
        self.lower.append(lower)
        self.upper.append(upper)

    def weighted(self, guests_weight: int, kept_weight: int) -> Costs:
        costs = [0] * self.columns
        for column, weight in self.staffed:
            costs[column] = -guests_weight * weight
        for column, pair in zip(self.pair_columns, self.pairs, strict=True):
            costs[column] = pair.loss - kept_weight * pair.is_kept
        return costs

    def guests(self) -> Costs:
        costs = [0] * self.columns
        for column, weight in self.staffed:
            costs[column] = -weight
        return costs

    def kept(self) -> Costs:
        costs = [0] * self.columns
        for column, pair in zip(self.pair_columns, self.pairs, strict=True):
            costs[column] = -int(pair.is_kept)
        return costs

    def solve(
        self, costs: Costs, constant: int, seconds: float, options: Mapping[str, Any], *, is_integer: bool = True
    ) -> tuple[list[float], float]:
        """Return the solution and its value. Raises RuntimeError without a proof.

        The constant makes the value positive; without it HiGHS takes longer.
        """
        highs = highspy.Highs()
        highs.setOptionValue("output_flag", False)
        settings = {"threads": 1, "time_limit": seconds, "mip_rel_gap": 0.0, "mip_abs_gap": 0.99}
        for name, value in (settings | dict(options)).items():
            highs.setOptionValue(name, value)
        highs.passModel(
            self.columns,
            len(self.lower),
            len(self.indices),
            2,
            1,
            float(constant),
            np.array(costs, dtype=np.float64),
            np.zeros(self.columns),
            np.array(self.largest, dtype=np.float64),
            np.array(self.lower, dtype=np.float64),
            np.array(self.upper, dtype=np.float64),
            np.array(self.starts, dtype=np.int32),
            np.array(self.indices, dtype=np.int32),
            np.array(self.factors, dtype=np.float64),
            np.full(self.columns, int(is_integer), dtype=np.int32),
        )
        highs.run()
        if highs.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            raise RuntimeError(f"HiGHS ended with {highs.modelStatusToString(highs.getModelStatus())}.")
        return highs.getSolution().col_value, highs.getInfo().objective_function_value

    def teams(self, values: Sequence[float]) -> dict[UUID, tuple[UUID, ...]]:
        teams: dict[UUID, tuple[UUID, ...]] = {}
        for column, pair in zip(self.pair_columns, self.pairs, strict=True):
            if values[column] > 0.5:
                teams[pair.departure_id] = (*teams.get(pair.departure_id, ()), pair.guide_id)
        return teams

    def _add_departure(self, staffing: Staffing) -> None:
        """Add columns in the order of their first row, as in PuLP."""
        classes = staffing.classes(staffing.free)
        patterns = smallest_patterns(tuple(classes), staffing.need, PATTERN_LIMIT)
        if patterns is None:
            self._cover_by_sums(staffing)
            return
        choices = self._add_columns(len(patterns))
        self.staffed += [(choice, staffing.departure.weight) for choice in choices]
        if len(choices) > 1:
            self.add_row([*choices], [1] * len(choices), upper=1)
        surplus: range = range(0)
        for index, members in reversed(list(enumerate(classes.values()))):
            used = [n for n, pattern in enumerate(patterns) if pattern[index]]
            indices = [*self._add_pairs(members), *surplus, *[choices[n] for n in used]]
            factors = [1] * (len(members) + len(surplus)) + [-patterns[n][index] for n in used]
            if index:
                surplus = self._add_columns(1, staffing.need.places)
                indices, factors = [*indices, *surplus], [*factors, -1]
            self.add_row(indices, factors, lower=0, upper=0)

    def _add_pairs(self, pairs: Sequence[EligiblePair]) -> range:
        columns = self._add_columns(len(pairs))
        self._column_of.update(zip(map(id, pairs), columns, strict=True))
        self.pairs += pairs
        self.pair_columns += columns
        return columns

    def _add_columns(self, count: int, largest: int = 1) -> range:
        first = self.columns
        self.largest += [largest] * count
        return range(first, self.columns)

    def _cover_by_sums(self, staffing: Staffing) -> None:
        team = self._add_pairs(staffing.free)
        [staffed] = self._add_columns(1)
        self.staffed.append((staffed, staffing.departure.weight))
        capacities = [staffing.capacity_of(pair) for pair in staffing.free]
        ones = [1] * len(team)
        self.add_row([*team, staffed], [*capacities, -staffing.need.guests], lower=0)
        self.add_row([*team, staffed], [*ones, -fewest_guides(capacities, staffing.need)], lower=0)
        self.add_row([*team, staffed], [*ones, -staffing.need.places], upper=0)


class _Search:
    """All objectives weighted, then each of the first two proven by its LP relaxation or solved on its own."""

    def __init__(self, component: Component, seconds: float) -> None:
        self.arrays = _Arrays(component.staffings, component.cliques)
        self.values: list[float] = []
        self._seconds = seconds

    def run(self) -> None:
        arrays = self.arrays
        constant = GUESTS_WEIGHT * arrays.most_guests + KEPT_WEIGHT * arrays.most_kept
        self.values, _ = arrays.solve(
            arrays.weighted(GUESTS_WEIGHT, KEPT_WEIGHT), constant, self._seconds, TUNED_OPTIONS
        )
        is_in_order = self._prove(arrays.guests(), arrays.most_guests)
        is_in_order = self._prove(arrays.kept(), arrays.most_kept) and is_in_order
        if not is_in_order:
            self.values, _ = arrays.solve(arrays.weighted(0, 0), 0, self._seconds, TUNED_OPTIONS)

    def _prove(self, costs: Costs, most: int) -> bool:
        """Fix the optimum of an objective; return whether the weighted solution had it."""
        arrays = self.arrays
        shortfall = weighted = most + round(sum([cost * value for cost, value in zip(costs, self.values, strict=True)]))
        if shortfall:
            _, bound = arrays.solve(costs, most, self._seconds, LP_OPTIONS, is_integer=False)
            if math.ceil(bound - 1e-4) < shortfall:
                values, value = arrays.solve(costs, most, self._seconds, TUNED_OPTIONS)
                if round(value) < shortfall:
                    self.values, shortfall = values, round(value)
        used = [column for column, cost in enumerate(costs) if cost]
        arrays.add_row(used, [-costs[column] for column in used], lower=most - shortfall)
        return shortfall == weighted
