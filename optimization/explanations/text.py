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
from scheduling.rules import Rule

_OF_NO_INTEREST = {Rule.REGION, Rule.ACTIVITY}
_REFUSED = {
    UnstaffedReason.PINNED_GUIDES_IN_THE_WAY: "others are pinned in the way",
    UnstaffedReason.PINNED_GUIDE_UNAVAILABLE: "a pinned guide may not lead it any more",
    UnstaffedReason.CHANGE_BUDGET_SPENT: "it would move more people than allowed",
    UnstaffedReason.TEAM_TOO_LARGE: "the team is full of pinned guides",
    UnstaffedReason.GROUP_NOT_COVERED: "no team with this guide may lead a group of this size",
    UnstaffedReason.LOCATION_FULL: "the base camp is full at that time",
}


def lines_of(told: DepartureExplanation) -> list[str]:
    """Everything there is to say, a line each: the team, the best who are not on it, what would help."""
    return list(_lines(told))


def _lines(told: DepartureExplanation) -> Iterator[str]:
    if told.standing is PlanStanding.NOT_PLANNED:
        yield "It has started or was cancelled: nothing is planned here any more."
    if told.differs:
        yield "Optimizing now would give it another team than it has; this explains that one."
    yield from [member_text(member, told.departure_id, told.names) for member in told.team]
    if told.reason:
        yield f"{'Held' if told.standing is PlanStanding.HELD else 'Nobody'}: {told.reason.message}"
    yield from map(possibility_text, told.possible_if)
    yield from _others(told)
    if told.is_partial:
        yield "There was no time to work out more."


def _others(told: DepartureExplanation) -> Iterator[str]:
    """Whoever has a price, and together those whom a rule keeps off, where the reason does not count them."""
    yield from [guide_text(one, told.departure_id, told.names) for one in told.others if one.forced or one.refused]
    kept_off = [one for one in told.others if one.exclusion and one.exclusion.rule not in _OF_NO_INTEREST]
    if told.team and kept_off:
        named = [f"{one.name}: {why_not(one, told.departure_id, told.names)}" for one in kept_off]
        yield f"Ruled out: {'; '.join(named)}"


def member_text(member: MemberExplanation, departure_id: UUID, names: Mapping[UUID, str]) -> str:
    """Why somebody is on the team, in one line."""
    parts = ", ".join(f"{name} {part:.2f}" for name, part in member.parts.by_name.items()) if member.parts else ""
    scored = f"score {member.score:.2f}" + (f" ({parts})" if parts else ", and no longer allowed by the rules")
    charged = f"; fairness charges {counted(member.charged, 'point')}" if member.charged else ""
    why = f"{member.name}: {scored}; {workload_text(member.workload)}{charged}."
    return f"{why} {without_text(member, departure_id, names)}"


def without_text(member: MemberExplanation, departure_id: UUID, names: Mapping[UUID, str]) -> str:
    """The best plan without this assignment: "Else Ben, which costs 52 points"."""
    if member.pinned:
        return "Pinned by a person."
    if member.without is None:
        return "What else could be was not worked out."
    instead = [names.get(guide, str(guide)) for guide in member.without.teams.get(departure_id, ())]
    # Somebody may leave a team that is larger than it has to be.
    stands = departure_id not in member.without.teams
    who = "the same team" if stands else " and ".join(instead) or "nobody"
    return f"Else {who}, which {cost_text(member.without.cost)}{_elsewhere(member.without, departure_id, names)}."


def guide_text(guide: CandidateExplanation, departure_id: UUID, names: Mapping[UUID, str]) -> str:
    """Why somebody is not on the team, in one line."""
    return f"Not {guide.name}{f' (score {guide.score:.2f})' if guide.score is not None else ''}: " + why_not(
        guide, departure_id, names
    )


def why_not(guide: CandidateExplanation, departure_id: UUID, names: Mapping[UUID, str]) -> str:
    """The rule or the price that decided, or that nobody worked it out."""
    if guide.exclusion:
        return guide.exclusion.message
    if guide.refused:
        return _REFUSED.get(guide.refused, guide.refused.value.replace("_", " ").lower())
    if guide.forced is None:
        return "what it would cost was not worked out"
    others = [names.get(one, str(one)) for one in guide.forced.teams.get(departure_id, ()) if one != guide.guide_id]
    company = f"beside {' and '.join(others)}" if others else "alone"
    return f"{company}, which {cost_text(guide.forced.cost)}{_elsewhere(guide.forced, departure_id, names)}"


def possibility_text(possibility: Remedy) -> str:
    return f"Possible {possibility.message}."


def workload_text(workload: Workload) -> str:
    """Hours against the mean: "22.0 h in 14 days (mean 18.5), 6.0 h on the date"."""
    text = f"{workload.trailing_hours:.1f} h in 14 days (mean {workload.mean_hours:.1f})"
    return f"{text}, {workload.day_hours:.1f} h on the date" if workload.day_hours else text


def cost_text(cost: Cost) -> str:
    """What counts first comes first: "costs 8 guests their departure, changes 1 assignment"."""
    return " and ".join(_costs(cost)) or "costs nothing"


def _costs(cost: Cost) -> Iterator[str]:
    if cost.guests:
        yield f"{'costs' if cost.guests > 0 else 'serves'} {counted(abs(cost.guests), 'guest')}" + (
            " their departure" if cost.guests > 0 else " more"
        )
    if cost.changes:
        did = "gives up" if cost.changes > 0 else "keeps"
        yield f"{did} {counted(abs(cost.changes), 'assignment')} that stand{'s' if abs(cost.changes) == 1 else ''}"
    if cost.points:
        yield f"{'costs' if cost.points > 0 else 'gains'} {counted(abs(cost.points), 'point')} of quality"


def _elsewhere(otherwise: Alternative, departure_id: UUID, names: Mapping[UUID, str]) -> str:
    changes = [
        f"{names.get(key, str(key))}: {_team(team, names)}"
        for key, team in otherwise.teams.items()
        if key != departure_id
    ]
    return f"; elsewhere {'; '.join(changes)}" if changes else ""


def _team(team: Iterable[UUID], names: Mapping[UUID, str]) -> str:
    return " and ".join(names.get(guide, str(guide)) for guide in team) or "nobody"
