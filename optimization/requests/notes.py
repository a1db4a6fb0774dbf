"""The notes of a date for a client: its lead and their score, or the reason for no team and its resolution."""

from optimization.candidates.assessment import Assessment
from optimization.candidates.unassigned_reasons import unassigned_reason_of
from optimization.requests.query import DateOption
from optimization.solver.solution import OptionSolution
from optimization.solver.staffing import Staffing
from optimization.strategies.unled_departure import Resolution
from scheduling.domain.words import sentence


def describe_date(option: DateOption, assessment: Assessment) -> str:
    """Describe a date with a team: the departure, its lead with the next best guide, the trail, and what is open."""
    departure = option.departure
    parts = ["a new departure" if option.is_new else "joins a planned departure", f"{departure.starts_at:%H:%M}"]
    parts.append(f"led by {departure.team[0].guide_name}{_score_comparison(option, assessment)}")
    if option.trail:
        parts.append(f"on {option.trail.name}")
    if departure.needs_approval:
        parts.append("a person has to approve the team")
    if option.outlook is None:
        parts.append("no weather outlook for this date")
    return sentence(", ".join(parts))


def explain_unled(solution: OptionSolution, staffing: Staffing, assessment: Assessment) -> str:
    """Explain a missing team by the rules that exclude guides, with their counts, and a sufficient addition."""
    if solution.reason is None:
        return assessment.explain("NO_TEAM", "no team was found in time").message
    return unassigned_reason_of(solution.reason, staffing, None, assessment).message


def describe_resolution(resolution: Resolution, reason: str) -> str:
    """Describe a date on the waitlist: the reason for no team, and what would resolve it."""
    return f"{sentence(reason)} To {resolution.strategy.label.lower()} would free it: {resolution.message}."


def _score_comparison(option: DateOption, assessment: Assessment) -> str:
    """Return the lead's score and that of the best guide who is not on the team, in parentheses."""
    able, team = assessment.able, option.departure.guide_ids
    scores = {guide.id: (score, guide) for guide, score in zip(able.guides, able.scores, strict=True)}
    lead = scores.get(option.departure.team[0].guide_id)
    others = [scored for guide_id, scored in scores.items() if guide_id not in team]
    if lead is None or not others:
        return ""
    score, other = max(others, key=lambda scored: (scored[0], scored[1].id))
    return f" (score {lead[0]:.2f}, best other {other.name} {score:.2f})"
