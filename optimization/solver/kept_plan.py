"""What a day leaves to decide if every departure is staffed and every pair of the current plan kept.

No plan is better in the first two objectives than one that does both, so if there is one, the optimum does both too:
guides of kept pairs are where they are, and departures whose kept team still serves have no other. After one guide has
called in sick little is left, and the optimum of that is the optimum of the day.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final
from uuid import UUID

from optimization.solver.components import Component, connected_components
from optimization.solver.greedy import GuideOccupancy
from optimization.solver.staffing import Members, Staffing, unstaffable_reason

# Of the departures: where more are without their team, pairs are likely to be given up, and the whole is solved anyway.
_LARGEST_SHARE: Final = 0.1
_ALWAYS_FEW: Final = 3


@dataclass(frozen=True, slots=True)
class Undecided:
    """The teams that stay as they are, and the departures that have to be completed, by component."""

    teams: Mapping[UUID, Members]
    components: Sequence[Component]


def undecided(component: Component) -> Undecided | None:
    """Return what is left to decide; None if that is much, or if not all can be staffed with all pairs kept."""
    if component.max_changes is not None or component.capacity_rows:
        return None
    standing = [staffing.is_served_by(staffing.kept) for staffing in component.staffings]
    missing = len(standing) - sum(standing)
    if missing > max(_ALWAYS_FEW, _LARGEST_SHARE * len(standing)) or missing == len(standing):
        return None
    occupancy = GuideOccupancy(component)
    for staffing in component.staffings:
        if not occupancy.allows(staffing, staffing.kept):
            return None
        occupancy.assign(staffing, staffing.kept)
    left = [
        _completing(staffing, occupancy)
        for staffing, stands in zip(component.staffings, standing, strict=True)
        if not stands
    ]
    if any(unstaffable_reason(staffing, {}) is not None for staffing in left):
        return None
    decided = {
        staffing.departure.id: staffing.kept
        for staffing, stands in zip(component.staffings, standing, strict=True)
        if stands
    }
    return Undecided(decided, connected_components(left, ()))


def _completing(staffing: Staffing, occupancy: GuideOccupancy) -> Staffing:
    """Return the departure with its kept pairs required, and of the others those whose guides are free."""
    kept = frozenset([pair.guide_id for pair in staffing.kept])
    departure = replace(staffing.departure, required_guides=staffing.departure.required_guides | kept)
    free = [pair for pair in staffing.pairs if pair.is_kept or occupancy.allows(staffing, (pair,))]
    return Staffing.of(departure, free)
