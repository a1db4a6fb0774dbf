"""REASSIGN_GUIDE for a departure without a team: other guides take over from those it needs."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from uuid import UUID

from conflicts.choices import Strategy
from optimization.candidates.assessment import PlanningContext, assess
from optimization.candidates.formulation import solver_departure, solver_pairs
from optimization.solver.day import solve_day
from optimization.solver.problem import DayProblem, EligiblePair
from optimization.solver.solution import DayPlan
from optimization.strategies.unled_departure import UNLIMITED_HOURS, Resolution, UnledDeparture
from scheduling.domain.document import Departure
from scheduling.rules import Demand, Facts

MAX_SOLVE_SECONDS = 0.5

Certify = Callable[[Facts, set[UUID]], Facts]


def find_handover(unled: UnledDeparture, certify: Certify, *, solve_seconds: float) -> Resolution | None:
    """Find a handover that frees a team for the departure while every other departure keeps one; None without one.

    It is solved twice, each within `solve_seconds`; in between `certify` reads the certificates of the guides who would
    join.
    """
    releasing = departures_to_release(unled)
    if not releasing:
        return None
    solve_seconds = min(MAX_SOLVE_SECONDS, solve_seconds)
    joining = {guide for team in _solve_together(unled, releasing, solve_seconds) for guide in team.guide_ids}
    certified = unled.on(certify(unled.facts, joining))
    return _resolution(certified, releasing, _solve_together(certified, releasing, solve_seconds))


def departures_to_release(unled: UnledDeparture) -> dict[UUID, Departure]:
    """Return the departures of the date whose guides could lead the unled one if they were not busy there."""
    idle = unled.assess(unled.departure, replace(unled.context, commitments={}))
    eligible = {candidate.guide.id for candidate in idle.candidates}
    commitments = (commitment for guide_id in eligible for commitment in unled.context.elsewhere(guide_id))
    keys = sorted({commitment.departure_id for commitment in commitments if commitment.day == unled.day})
    departures = unled.document.departures
    return {key: departures[key] for key in keys if key in departures and departures[key].may_be_replanned(unled.now)}


def _solve_together(unled: UnledDeparture, releasing: Mapping[UUID, Departure], solve_seconds: float) -> DayPlan:
    """Staff the unled departure among those that release its guides, with as few changes as possible."""
    context = replace(unled.context, planned={unled.departure_id, *releasing})
    unled_departure, pairs = unled.formulate(unled.departure, unled.assess(unled.departure, context))
    departures = [unled_departure]
    for key, departure in releasing.items():
        departures.append(solver_departure(key, departure, guests=departure.participants))
        pairs += _pairs_of(key, departure, unled, context)
    return solve_day(DayProblem(tuple(departures), tuple(pairs)), time_limit_seconds=solve_seconds)


def _pairs_of(key: UUID, departure: Departure, unled: UnledDeparture, context: PlanningContext) -> list[EligiblePair]:
    demand = Demand.of(key, departure, unled.day, unled.facts.snapshot)
    return solver_pairs(assess(demand, unled.facts, context), departure, UNLIMITED_HOURS, {})


def _resolution(unled: UnledDeparture, releasing: Mapping[UUID, Departure], solved: DayPlan) -> Resolution | None:
    """Return the handovers as a resolution, None where a departure is left without a team."""
    teams = {key: frozenset(solved.team_of(key)) for key in (unled.departure_id, *releasing)}
    if not all(teams.values()):
        return None
    guides = unled.facts.snapshot.guides
    handovers = []
    for key, departure in releasing.items():
        joining = sorted(guides[guide].name for guide in teams[key] - departure.guide_ids)
        leaving = sorted(member.guide_name for member in departure.team if member.guide_id not in teams[key])
        if joining or leaving:
            handovers.append(_handover(departure, joining, leaving))
    if not handovers:
        return None
    lead = guides[solved.team_of(unled.departure_id)[0]].name
    return Resolution(Strategy.REASSIGN_GUIDE, f"{'; '.join(handovers)}, and {lead} leads this one")


def _handover(departure: Departure, joining: list[str], leaving: list[str]) -> str:
    name = f"{departure.trip_name} at {departure.starts_at:%H:%M}"
    if not joining:
        return f"{name} goes without {' and '.join(leaving)}"
    instead = f" from {' and '.join(leaving)}" if leaving else ""
    verb = "takes over" if len(joining) == 1 else "take over"
    return f"{' and '.join(joining)} {verb} {name}{instead}"
