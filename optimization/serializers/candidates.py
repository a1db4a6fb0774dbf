"""The guides for a departure on the wire."""

from typing import Any
from uuid import UUID

from rest_framework import serializers

from novatrek_scheduling.api import fields
from novatrek_scheduling.api.serializers import SparseSerializer, StrictQuerySerializer
from optimization.candidates.ranking import CandidateList, ListedGuide
from optimization.explanations.explanation import DepartureExplanation, PlanStanding
from optimization.explanations.representation import price_as_data, told_as_data, workload_as_data
from optimization.requests.result import silences_in
from optimization.solver.solution import UnstaffedReason
from scheduling.models import DailySchedule
from scheduling.rules import Rule
from scheduling.serializers.daily_schedules import UnassignedReasonSerializer
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


class CandidatesQuerySerializer(StrictQuerySerializer):
    """How much is asked."""

    explain = fields.BooleanField(default=False, help_text="Also work out prices and possibilities: takes longer.")


class FairnessSerializer(SparseSerializer):
    """A guide's hours on departures, to be held against what comparable guides have."""

    trailing_hours = serializers.FloatField(help_text="In the 14 days before the date.")
    mean_hours = serializers.FloatField(help_text="What guides of this region and activity have in them on average.")
    day_hours = serializers.FloatField(help_text="On the date itself; 0 where nobody asked for an explanation.")


class ChangedTeamSerializer(SparseSerializer):
    """A team that would be another; nobody: the departure would lose it."""

    departure_id = serializers.UUIDField()
    guide_ids = serializers.ListField(child=serializers.UUIDField())


class PriceSerializer(SparseSerializer):
    """What another plan would cost, what counts first standing first; or `refused`, why there is none."""

    guests = serializers.IntegerField(required=False, help_text="Who would lose their departure; negative: gained.")
    assignments = serializers.IntegerField(required=False, help_text="Which stand now and would be given up.")
    points = serializers.IntegerField(
        required=False, help_text="Of quality and fairness, in thousandths of a perfect score."
    )
    changed_teams = ChangedTeamSerializer(many=True, required=False)
    refused = serializers.ChoiceField([reason.value for reason in UnstaffedReason], required=False)
    message = serializers.CharField(required=False)


class ExplainedMemberSerializer(SparseSerializer):
    """Why somebody is on the team, and the best plan in which they are not."""

    guide_id = serializers.UUIDField()
    guide_name = serializers.CharField()
    score = serializers.FloatField(min_value=0, max_value=1)
    score_parts = ScorePartsSerializer(required=False)
    pinned = serializers.BooleanField()
    fairness_points = serializers.IntegerField(help_text="What fairness charges for the assignment, in points.")
    fairness = FairnessSerializer()
    alternative = PriceSerializer(required=False)
    message = serializers.CharField()


class PossibilitySerializer(SparseSerializer):
    """Something that would be enough to have a team."""

    kind = serializers.CharField(help_text="A rule that would have to be lifted, or what there would have to be.")
    message = serializers.CharField()
    guide_ids = serializers.ListField(child=serializers.UUIDField(), required=False)


class ExplanationSerializer(SparseSerializer):
    """The departure in the best plan of its region that there is now."""

    standing = serializers.ChoiceField([standing.value for standing in PlanStanding])
    team = ExplainedMemberSerializer(many=True)
    reason = UnassignedReasonSerializer(required=False)
    possible_if = PossibilitySerializer(many=True)
    lines = serializers.ListField(child=serializers.CharField(), help_text="All of it in sentences.")
    is_partial = serializers.BooleanField(help_text="Whether time ran out before everything was worked out.")
    differs = serializers.BooleanField(help_text="Whether the daily schedule has another team than this.")


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
    fairness = FairnessSerializer(required=False, help_text="Of those who could be asked.")
    price = PriceSerializer(required=False, help_text="With `explain`: what taking this guide too would cost.")


class DepartureCandidatesSerializer(SparseSerializer):
    """Every guide: those who could go by score, then the others, whoever got furthest through the rules first."""

    schedule_id = serializers.UUIDField()
    schedule_date = serializers.DateField()
    _rev = serializers.IntegerField(min_value=1)
    departure_id = serializers.UUIDField()
    candidates = DepartureCandidateSerializer(many=True)
    warnings = ConflictWarningSerializer(many=True, help_text="What a sibling that is silent left unknown.")
    explanation = ExplanationSerializer(required=False)


def represent_candidates(
    schedule: DailySchedule, departure_id: UUID, listed: CandidateList, told: DepartureExplanation | None = None
) -> dict[str, Any]:
    """The list as the API shows it; `told` explains the departure, with the price of each guide."""
    prices = _prices(told) if told else {}
    shown = {
        "schedule_id": str(schedule.schedule_id),
        "schedule_date": schedule.schedule_date.isoformat(),
        "_rev": schedule.rev,
        "departure_id": str(departure_id),
        "candidates": [_shown(guide) | prices.get(guide.guide_id, {}) for guide in listed.guides],
        "warnings": silences_in(listed.snapshot),
    }
    return shown | ({"explanation": told_as_data(told)} if told else {})


def _prices(told: DepartureExplanation) -> dict[UUID, dict[str, Any]]:
    found = {guide.guide_id: price_as_data(guide, told.departure_id, told.names) for guide in told.others}
    return {guide_id: {"price": price} for guide_id, price in found.items() if price}


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
    if listed.workload:
        shown["fairness"] = workload_as_data(listed.workload)
    if listed.exclusion:
        shown["ruled_out_by"] = {"code": listed.exclusion.rule.value, "message": listed.exclusion.message}
    return shown
