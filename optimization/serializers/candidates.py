"""The guides for a departure on the wire."""

from typing import Any
from uuid import UUID

from rest_framework import serializers

from novatrek_scheduling.serializers import SparseSerializer
from optimization.candidate_list import CandidateList, ListedGuide
from optimization.results import silences_in
from scheduling.models import DailySchedule
from scheduling.rules import Rule
from scheduling.serializers.schedule_requests import ConflictWarningSerializer

DECIMALS = 4


class ScorePartsSerializer(SparseSerializer):
    """The factors of a score, each in (0, 1]; their product is the score."""

    certifications = serializers.FloatField(help_text="How many beyond the required ones.")
    proximity = serializers.FloatField(help_text="Whether this is the guide's home region.")
    familiarity = serializers.FloatField(help_text="How often the guide led this trip, or on this trail.")
    language = serializers.FloatField(help_text="Whether the guide speaks the language the departure names.")
    experience = serializers.FloatField(help_text="Years, and rating.")
    preference = serializers.FloatField(help_text="What the guide prefers, or would rather not do.")


class RuledOutSerializer(SparseSerializer):
    """The first hard rule against a guide, in the order in which they are asked."""

    code = serializers.ChoiceField([rule.value for rule in Rule])
    message = serializers.CharField()


class DepartureCandidateSerializer(SparseSerializer):
    """A guide who could go, with `score`, `score_parts` and `capacity`; or who may not, with `ruled_out_by`."""

    guide_id = serializers.UUIDField()
    guide_name = serializers.CharField()
    on_team = serializers.BooleanField(help_text="Whether the guide is on the departure's team now.")
    score = serializers.FloatField(required=False, min_value=0, max_value=1)
    score_parts = ScorePartsSerializer(required=False)
    capacity = serializers.IntegerField(required=False, min_value=0, help_text="How many guests the guide may lead.")
    to_approve = serializers.ListField(
        child=serializers.CharField(),
        required=False,
        help_text="What a person has to look at before this guide is told; absent: nothing.",
    )
    ruled_out_by = RuledOutSerializer(required=False)


class DepartureCandidatesSerializer(SparseSerializer):
    """Every guide: those who could go by score, then the others, whoever got furthest through the rules first."""

    schedule_id = serializers.UUIDField()
    schedule_date = serializers.DateField()
    _rev = serializers.IntegerField(min_value=1)
    departure_id = serializers.UUIDField()
    candidates = DepartureCandidateSerializer(many=True)
    warnings = ConflictWarningSerializer(many=True, help_text="What a sibling that is silent left unknown.")


def shown_candidates(schedule: DailySchedule, departure_id: UUID, listed: CandidateList) -> dict[str, Any]:
    """The list as the API shows it."""
    return {
        "schedule_id": str(schedule.schedule_id),
        "schedule_date": schedule.schedule_date.isoformat(),
        "_rev": schedule.rev,
        "departure_id": str(departure_id),
        "candidates": [_shown(guide) for guide in listed.guides],
        "warnings": silences_in(listed.snapshot),
    }


def _shown(listed: ListedGuide) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "guide_id": str(listed.guide_id),
        "guide_name": listed.name,
        "on_team": listed.is_on_team,
    }
    if listed.candidate:
        shown["score"] = round(listed.candidate.score, DECIMALS)
        shown["score_parts"] = {name: round(part, DECIMALS) for name, part in listed.candidate.parts.by_name.items()}
        shown["capacity"] = listed.candidate.capacity
    if listed.to_approve:
        shown["to_approve"] = list(listed.to_approve)
    if listed.exclusion:
        shown["ruled_out_by"] = {"code": listed.exclusion.rule.value, "message": listed.exclusion.message}
    return shown
