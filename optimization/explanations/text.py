"""An explanation in sentences, for terminals, pages and notes."""

from collections.abc import Iterable, Iterator, Mapping
from uuid import UUID

from optimization.candidates.workload import Workload
from optimization.explanations.explanation import (
    Alternative,
    CandidateExplanation,
    Cost,
    DepartureExplanation,
    MemberExplanation,
    PlanStanding,
    Remedy,
)
from optimization.solver.solution import UnstaffedReason
from scheduling.domain.text import counted
from scheduling.domain.words import in_words, sentence
from scheduling.rules import Rule

_A_GUIDE = "a guide whose name is not known"
_ANOTHER = "another departure"
_NOT_LISTED = {Rule.REGION, Rule.ACTIVITY}
_REFUSED = {
    UnstaffedReason.PINNED_GUIDES_IN_THE_WAY: "pinned guides of other departures prevent it",
    UnstaffedReason.PINNED_GUIDE_UNAVAILABLE: "a pinned guide is no longer allowed on the departure",
    UnstaffedReason.CHANGE_BUDGET_SPENT: "more guides would be reassigned than allowed",
    UnstaffedReason.TEAM_TOO_LARGE: "pinned guides fill the team",
    UnstaffedReason.GROUP_NOT_COVERED: "no team with this guide covers the group",
    UnstaffedReason.LOCATION_FULL: "the base camp is full at that time",
}


def lines_of(explanation: DepartureExplanation) -> list[str]:
    """Return one line per statement: the team, the remedies, the candidates who are not on the team."""
    return list(_lines(explanation))


def _lines(explanation: DepartureExplanation) -> Iterator[str]:
    if explanation.standing is PlanStanding.NOT_PLANNED:
        yield "The departure has started or was cancelled: it is no longer planned."
    if explanation.differs:
        yield "Optimizing now would assign another team; the explanation is of that team."
    yield from [member_text(member, explanation.departure_id, explanation.names) for member in explanation.team]
    if explanation.reason:
        yield _why_nobody(explanation, explanation.reason.message)
    yield from map(remedy_text, explanation.possible_if)
    yield from _others(explanation)
    if explanation.is_partial:
        yield "The explanation is incomplete: the time limit was reached."


def _why_nobody(explanation: DepartureExplanation, reason: str) -> str:
    """Return the lack and why: "Cave crawl at 09:00 has no guide. Six of nine guides here lack canyon guide."""
    if explanation.standing is PlanStanding.HELD:
        return f"Held: {reason}"
    name = explanation.names.get(explanation.departure_id, "The departure")
    return f"{name} has no guide. {sentence(reason)}"


def _others(explanation: DepartureExplanation) -> Iterator[str]:
    """Yield the candidates with a cost, and the excluded guides in one line, unless the reason counts them."""
    departure_id, names = explanation.departure_id, explanation.names
    with_cost = [guide for guide in explanation.others if guide.forced or guide.refused]
    yield from [candidate_text(guide, departure_id, names) for guide in with_cost]
    excluded = [guide for guide in explanation.others if guide.exclusion and guide.exclusion.rule not in _NOT_LISTED]
    if explanation.team and excluded:
        named = [f"{guide.name}: {reason_text(guide, departure_id, names)}" for guide in excluded]
        yield f"Excluded: {'; '.join(named)}"


def member_text(member: MemberExplanation, departure_id: UUID, names: Mapping[UUID, str]) -> str:
    """Return the explanation of a member of the team in one line."""
    parts = ", ".join(f"{name} {part:.2f}" for name, part in member.parts.by_name.items()) if member.parts else ""
    scored = f"score {member.score:.2f}" + (f" ({parts})" if parts else ", no longer allowed by the rules")
    charged = f"; fairness charge {counted(member.fairness_points, 'point')}" if member.fairness_points else ""
    why = f"{member.name}: {scored}; {workload_text(member.workload)}{charged}."
    return f"{why} {alternative_text(member, departure_id, names)}"


def alternative_text(member: MemberExplanation, departure_id: UUID, names: Mapping[UUID, str]) -> str:
    """Return the best plan without this assignment: "Alternative: Ben, which costs 52 points of quality."."""
    if member.pinned:
        return "Pinned by a person."
    if member.alternative is None:
        return "The alternative was not computed."
    instead = [names.get(guide, _A_GUIDE) for guide in member.alternative.teams.get(departure_id, ())]
    # A member may leave a team that is larger than necessary.
    is_unchanged = departure_id not in member.alternative.teams
    team = "the same team" if is_unchanged else " and ".join(instead) or "nobody"
    elsewhere = _elsewhere(member.alternative, departure_id, names)
    return f"Alternative: {team}, which {cost_text(member.alternative.cost)}{elsewhere}."


def candidate_text(guide: CandidateExplanation, departure_id: UUID, names: Mapping[UUID, str]) -> str:
    """Return the explanation of a guide who is not on the team in one line."""
    return f"Not {guide.name}{f' (score {guide.score:.2f})' if guide.score is not None else ''}: " + reason_text(
        guide, departure_id, names
    )


def reason_text(guide: CandidateExplanation, departure_id: UUID, names: Mapping[UUID, str]) -> str:
    """Return the excluding rule or the cost of forcing the guide onto the team."""
    if guide.exclusion:
        return guide.exclusion.message
    if guide.refused:
        return _REFUSED.get(guide.refused, in_words(guide.refused))
    if guide.forced is None:
        return "the cost was not computed"
    team = guide.forced.teams.get(departure_id, ())
    others = [names.get(member, _A_GUIDE) for member in team if member != guide.guide_id]
    company = f"beside {' and '.join(others)}" if others else "alone"
    return f"{company}, which {cost_text(guide.forced.cost)}{_elsewhere(guide.forced, departure_id, names)}"


def remedy_text(remedy: Remedy) -> str:
    """Return the remedy as a sentence."""
    return f"Possible {remedy.message}."


def workload_text(workload: Workload) -> str:
    """Return hours against the mean: "22.0 h in 14 days (mean 18.5), 6.0 h on the date"."""
    text = f"{workload.trailing_hours:.1f} h in 14 days (mean {workload.mean_hours:.1f})"
    return f"{text}, {workload.day_hours:.1f} h on the date" if workload.day_hours else text


def cost_text(cost: Cost) -> str:
    """Return the cost in lexicographic order: "leaves 8 guests without a departure and gives up 1 kept assignment"."""
    return " and ".join(_costs(cost)) or "costs nothing"


def _costs(cost: Cost) -> Iterator[str]:
    if cost.guests:
        guests = counted(abs(cost.guests), "guest")
        yield f"leaves {guests} without a departure" if cost.guests > 0 else f"serves {guests} more"
    if cost.changes:
        assignments = counted(abs(cost.changes), "current assignment")
        yield f"gives up {assignments}" if cost.changes > 0 else f"keeps {assignments} more"
    if cost.points:
        yield f"{'costs' if cost.points > 0 else 'gains'} {counted(abs(cost.points), 'point')} of quality"


def _elsewhere(alternative: Alternative, departure_id: UUID, names: Mapping[UUID, str]) -> str:
    changes = [
        f"{names.get(key, _ANOTHER)}: {_team(team, names)}"
        for key, team in alternative.teams.items()
        if key != departure_id
    ]
    return f"; elsewhere {'; '.join(changes)}" if changes else ""


def _team(team: Iterable[UUID], names: Mapping[UUID, str]) -> str:
    return " and ".join(names.get(guide, _A_GUIDE) for guide in team) or "nobody"
