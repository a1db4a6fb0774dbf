"""What a client reads of a date: who would lead it and why them, or why nobody does and what would change that."""

from optimization.candidates.assessment import Assessment
from optimization.candidates.unassigned_reasons import unassigned_reason_of
from optimization.requests.query import DateOption
from optimization.solver.solution import OptionSolution
from optimization.solver.staffing import Staffing
from optimization.strategies.unled_departure import Resolution


def describe_date(option: DateOption, assessment: Assessment) -> str:
    """Of a date with a team: the departure, its lead with the next best guide, the trail, and what is open."""
    departure = option.departure
    parts = ["a new departure" if option.is_new else "joins a planned departure", f"{departure.starts_at:%H:%M}"]
    parts.append(f"led by {departure.team[0].guide_name}{_choice(option, assessment)}")
    if option.trail:
        parts.append(f"on {option.trail.name}")
    if departure.needs_approval:
        parts.append("a person has to approve the team")
    if option.outlook is None:
        parts.append("no weather outlook for this date")
    return sentence(", ".join(parts))


def why_without_team(answer: OptionSolution, staffing: Staffing, assessment: Assessment) -> str:
    """Which rules rule out how many guides, and the one thing that would be enough."""
    if answer.reason is None:
        return assessment.explain("NO_TEAM", "no team was found in time").message
    return unassigned_reason_of(answer.reason, staffing, None, assessment).message


def waiting_for(resolution: Resolution, why: str) -> str:
    return f"{sentence(why)} {resolution.strategy.value} would free it: {resolution.message}."


def sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}."


def _choice(option: DateOption, assessment: Assessment) -> str:
    """The lead's score beside that of the best guide who would not go."""
    scores = {candidate.guide.id: candidate.score for candidate in assessment.candidates}
    lead = scores.get(option.departure.team[0].guide_id)
    others = [candidate for candidate in assessment.candidates if candidate.guide.id not in option.departure.guide_ids]
    if lead is None or not others:
        return ""
    other = max(others, key=lambda candidate: (candidate.score, candidate.guide.id))
    return f" (score {lead:.2f}, best other {other.guide.name} {other.score:.2f})"
