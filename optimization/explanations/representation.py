"""An explanation as JSON values; absent parts are left out."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from optimization.candidates.workload import Workload
from optimization.explanations.explanation import (
    Alternative,
    CandidateExplanation,
    Cost,
    DepartureExplanation,
    MemberExplanation,
    Remedy,
)
from optimization.explanations.text import alternative_text, lines_of, reason_text

DECIMALS = 4


def explanation_as_data(explanation: DepartureExplanation) -> dict[str, Any]:
    """Return the whole explanation, with its sentences in `lines`."""
    data: dict[str, Any] = {
        "standing": explanation.standing.value,
        "team": [_member(member, explanation) for member in explanation.team],
        "possible_if": [_remedy(remedy) for remedy in explanation.possible_if],
        "lines": lines_of(explanation),
        "is_partial": explanation.is_partial,
        "differs": explanation.differs,
    }
    if explanation.reason:
        data["reason"] = explanation.reason.model_dump(mode="json")
    return data


def price_as_data(guide: CandidateExplanation, departure_id: UUID, names: Mapping[UUID, str]) -> dict[str, Any]:
    """Return the cost of forcing a guide onto the team, or why no plan has them; empty if not computed."""
    if guide.forced:
        return alternative_as_data(guide.forced) | {"message": reason_text(guide, departure_id, names)}
    if guide.refused:
        return {"refused": guide.refused.value, "message": reason_text(guide, departure_id, names)}
    return {}


def alternative_as_data(alternative: Alternative) -> dict[str, Any]:
    """Return the cost of another plan, and the teams that differ from this one's."""
    changed = [
        {"departure_id": str(key), "guide_ids": [str(guide) for guide in team]}
        for key, team in alternative.teams.items()
    ]
    return _cost(alternative.cost) | {"changed_teams": changed}


def workload_as_data(workload: Workload) -> dict[str, float]:
    """Return the workload in hours with one decimal."""
    return {
        "trailing_hours": round(workload.trailing_hours, 1),
        "mean_hours": round(workload.mean_hours, 1),
        "day_hours": round(workload.day_hours, 1),
    }


def _cost(cost: Cost) -> dict[str, int]:
    return {"guests": cost.guests, "assignments": cost.changes, "points": cost.points}


def _member(member: MemberExplanation, explanation: DepartureExplanation) -> dict[str, Any]:
    data: dict[str, Any] = {
        "guide_id": str(member.guide_id),
        "guide_name": member.name,
        "score": round(member.score, DECIMALS),
        "pinned": member.pinned,
        "fairness_points": member.fairness_points,
        "fairness": workload_as_data(member.workload),
        "message": alternative_text(member, explanation.departure_id, explanation.names),
    }
    if member.parts:
        data["score_parts"] = {name: round(part, DECIMALS) for name, part in member.parts.by_name.items()}
    if member.alternative:
        data["alternative"] = alternative_as_data(member.alternative)
    return data


def _remedy(remedy: Remedy) -> dict[str, Any]:
    guides = {"guide_ids": [str(guide) for guide in remedy.guide_ids]} if remedy.guide_ids else {}
    return {"kind": remedy.kind, "message": remedy.message} | guides
