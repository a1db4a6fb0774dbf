"""An explanation for programs: plain values, what is not there left out."""

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
from optimization.explanations.text import lines_of, why_not, without_text

DECIMALS = 4


def told_as_data(told: DepartureExplanation) -> dict[str, Any]:
    """All of it, with the sentences that say the same."""
    data: dict[str, Any] = {
        "standing": told.standing.value,
        "team": [_member(member, told) for member in told.team],
        "possible_if": [_possibility(possibility) for possibility in told.possible_if],
        "lines": lines_of(told),
        "is_partial": told.is_partial,
        "differs": told.differs,
    }
    if told.reason:
        data["reason"] = told.reason.model_dump(mode="json")
    return data


def price_as_data(guide: CandidateExplanation, departure_id: UUID, names: Mapping[UUID, str]) -> dict[str, Any]:
    """What taking a guide would cost, or why no plan has them; empty where nobody worked it out."""
    if guide.forced:
        return otherwise_as_data(guide.forced) | {"message": why_not(guide, departure_id, names)}
    if guide.refused:
        return {"refused": guide.refused.value, "message": why_not(guide, departure_id, names)}
    return {}


def otherwise_as_data(otherwise: Alternative) -> dict[str, Any]:
    """Another plan: its cost, and the teams that differ from this one's."""
    changed = [
        {"departure_id": str(key), "guide_ids": [str(guide) for guide in team]} for key, team in otherwise.teams.items()
    ]
    return _cost(otherwise.cost) | {"changed_teams": changed}


def workload_as_data(workload: Workload) -> dict[str, float]:
    """Hours with one decimal."""
    return {
        "trailing_hours": round(workload.trailing_hours, 1),
        "mean_hours": round(workload.mean_hours, 1),
        "day_hours": round(workload.day_hours, 1),
    }


def _cost(cost: Cost) -> dict[str, int]:
    return {"guests": cost.guests, "assignments": cost.changes, "points": cost.points}


def _member(member: MemberExplanation, told: DepartureExplanation) -> dict[str, Any]:
    data: dict[str, Any] = {
        "guide_id": str(member.guide_id),
        "guide_name": member.name,
        "score": round(member.score, DECIMALS),
        "pinned": member.pinned,
        "fairness_points": member.charged,
        "fairness": workload_as_data(member.workload),
        "message": without_text(member, told.departure_id, told.names),
    }
    if member.parts:
        data["score_parts"] = {name: round(part, DECIMALS) for name, part in member.parts.by_name.items()}
    if member.without:
        data["alternative"] = otherwise_as_data(member.without)
    return data


def _possibility(possibility: Remedy) -> dict[str, Any]:
    guides = {"guide_ids": [str(guide) for guide in possibility.guide_ids]} if possibility.guide_ids else {}
    return {"kind": possibility.kind, "message": possibility.message} | guides
