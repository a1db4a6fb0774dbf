"""The repair of a plan after a loss, with little change. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from optimization.solver.components import Component
from optimization.solver.decomposition import decompose
from optimization.solver.greedy import GuideOccupancy, complete_greedily
from optimization.solver.lexicographic import serve_most
from optimization.solver.problem import DayProblem
from optimization.solver.staffing import Members, Staffing, Teams


@dataclass(frozen=True, slots=True)
class Repair:
    """A plan near to the kept pairs of its problem.

    `teams` has the guides of each staffed departure, `lost` the departures that have none. `is_proven`: no plan serves
    more guests.
    """

    teams: Mapping[UUID, frozenset[UUID]]
    lost: frozenset[UUID]
    is_proven: bool


def repair_at_once(problem: DayProblem) -> Repair:
    """Repair the plan of which the kept pairs are what is left, in milliseconds.

    Teams that can still serve their departure stay. The others are completed with guides who are free; where these do
    not suffice, one guide comes over from another team, which is completed in turn. Where that serves every departure
    that can be staffed at all, no plan serves more guests.
    """
    teams: dict[UUID, Members] = {}
    is_proven = True
    for component in decompose(problem).components:
        repaired = _repaired(component)
        teams |= repaired
        is_proven = is_proven and len(repaired) == len(component.staffings)
    return _as_repair(problem, teams, is_proven=is_proven)


def repair_exactly(problem: DayProblem, repair: Repair, *, deadline: float) -> Repair:
    """Return the best repair of the exact model: most guests, then most kept pairs; never worse than `repair`.

    Only what depends on the lost departures is solved, until `deadline` in seconds of the monotonic clock.
    """
    teams: dict[UUID, Members] = {}
    is_proven = True
    for component in decompose(problem).components:
        known = members_in(component.staffings, repair)
        if len(known) < len(component.staffings):
            solution = serve_most(component, deadline=deadline, warm_start=known)
            known, is_best = solution.teams, solution.objectives.guests == solution.bounds.guests
            is_proven = is_proven and is_best
        teams |= known
    return _as_repair(problem, teams, is_proven=is_proven)


def members_in(staffings: Iterable[Staffing], repair: Repair) -> Teams:
    """Return the teams that the repair gives these departures, as their pairs."""
    return {
        staffing.departure.id: tuple(
            [pair for pair in staffing.pairs if pair.guide_id in repair.teams[staffing.departure.id]]
        )
        for staffing in staffings
        if staffing.departure.id in repair.teams
    }


def _as_repair(problem: DayProblem, teams: Teams, *, is_proven: bool) -> Repair:
    guides = {key: frozenset([pair.guide_id for pair in members]) for key, members in teams.items()}
    lost = frozenset([departure.id for departure in problem.departures if departure.id not in teams])
    return Repair(guides, lost, is_proven)


def _repaired(component: Component) -> Teams:
    intact = {
        staffing.departure.id: staffing.kept for staffing in component.staffings if staffing.is_served_by(staffing.kept)
    }
    if len(intact) == len(component.staffings):
        return intact
    teams = complete_greedily(component, intact)
    for staffing in component.staffings:
        if staffing.departure.id not in teams:
            teams = _with_exchange(component, teams, staffing) or teams
    return teams


def _with_exchange(component: Component, teams: Teams, lost: Staffing) -> Teams | None:
    """Return the teams with one guide on the lost departure and another in their old place; None if nobody can."""
    occupancy = GuideOccupancy(component, teams)
    staffings = {staffing.departure.id: staffing for staffing in component.staffings}
    for pair in sorted(lost.free, key=lambda pair: (pair.loss, pair.guide_id)):
        clashing = occupancy.clashing(pair.guide_id, lost.departure)
        if len(clashing) != 1 or clashing[0].id not in teams:
            continue
        team = occupancy.cheapest_team(lost, taking=pair.guide_id)
        if team is None:
            continue
        left = {key: members for key, members in teams.items() if key != clashing[0].id} | {lost.departure.id: team}
        other = GuideOccupancy(component, left).cheapest_team(staffings[clashing[0].id])
        if other is not None:
            return left | {clashing[0].id: other}
    return None
