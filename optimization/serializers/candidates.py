"""The candidates for a departure on the wire."""

from typing import Any
from uuid import UUID

from rest_framework import serializers

from novatrek_scheduling.api import fields
from novatrek_scheduling.api.serializers import SparseSerializer, StrictQuerySerializer
from optimization.candidates.ranking import CandidateList, ListedGuide
from optimization.explanations.explanation import DepartureExplanation, PlanStanding
from optimization.explanations.representation import explanation_as_data, price_as_data, workload_as_data
from optimization.requests.result import warnings_of_unknown_facts
from optimization.solver.solution import UnstaffedReason
from scheduling.models import DailySchedule
from scheduling.rules import Rule
from scheduling.serializers.departures import UnassignedReasonSerializer
from scheduling.serializers.schedule_requests import ConflictWarningSerializer

DECIMALS = 4


class ScorePartsSerializer(SparseSerializer):
    """The factors of a score, each in (0, 1]; their product is the score."""

    certifications = serializers.FloatField(help_text="Certifications beyond the required ones.")
    proximity = serializers.FloatField(help_text="The guide's home region or another one.")
    familiarity = serializers.FloatField(help_text="Times that the guide led this trip or on this trail.")
    language = serializers.FloatField(help_text="The departure's language among the guide's languages or not.")
    experience = serializers.FloatField(help_text="Years of experience and rating.")
    preference = serializers.FloatField(help_text="The guide's stated preferences and aversions.")


class RuledOutSerializer(SparseSerializer):
    """The first hard rule against a guide, in the order in which the rules are checked."""

    code = serializers.ChoiceField([rule.value for rule in Rule])
    message = serializers.CharField()


class CandidatesQuerySerializer(StrictQuerySerializer):
    """The extent of the answer."""

    explain = fields.BooleanField(default=False, help_text="Also compute costs and remedies, which takes longer.")


class FairnessSerializer(SparseSerializer):
    """A guide's workload in hours on departures, and the mean of comparable guides."""

    trailing_hours = serializers.FloatField(help_text="In the 14 days before the date.")
    mean_hours = serializers.FloatField(help_text="The mean of guides of this region and activity over the same days.")
    day_hours = serializers.FloatField(help_text="On the date itself; 0 without `explain`.")


class ChangedTeamSerializer(SparseSerializer):
    """A team in another plan; empty where the departure would lose its team."""

    departure_id = serializers.UUIDField()
    guide_ids = serializers.ListField(child=serializers.UUIDField())


class PriceSerializer(SparseSerializer):
    """The cost of another plan, in the order of the objectives; or the reason `refused` for which there is none."""

    guests = serializers.IntegerField(
        required=False, help_text="Guests who would lose their departure; negative for a gain."
    )
    assignments = serializers.IntegerField(required=False, help_text="Current assignments that would be given up.")
    points = serializers.IntegerField(
        required=False, help_text="Points of quality and fairness lost, in thousandths of a perfect score."
    )
    changed_teams = ChangedTeamSerializer(many=True, required=False)
    refused = serializers.ChoiceField([reason.value for reason in UnstaffedReason], required=False)
    message = serializers.CharField(required=False)


class ExplainedMemberSerializer(SparseSerializer):
    """A team member with the reasons for the assignment, and the best plan without it."""

    guide_id = serializers.UUIDField()
    guide_name = serializers.CharField()
    score = serializers.FloatField(min_value=0, max_value=1)
    score_parts = ScorePartsSerializer(required=False)
    pinned = serializers.BooleanField()
    fairness_points = serializers.IntegerField(help_text="The points that fairness deducts for the assignment.")
    fairness = FairnessSerializer()
    alternative = PriceSerializer(required=False)
    message = serializers.CharField()


class PossibilitySerializer(SparseSerializer):
    """A remedy that would be enough for the departure to have a team."""

    kind = serializers.CharField(help_text="The rule to be lifted, or the resource to be added.")
    message = serializers.CharField()
    guide_ids = serializers.ListField(child=serializers.UUIDField(), required=False)


class ExplanationSerializer(SparseSerializer):
    """The departure in the best current plan of its region."""

    standing = serializers.ChoiceField([standing.value for standing in PlanStanding])
    team = ExplainedMemberSerializer(many=True)
    reason = UnassignedReasonSerializer(required=False)
    possible_if = PossibilitySerializer(many=True)
    lines = serializers.ListField(child=serializers.CharField(), help_text="The explanation in sentences.")
    is_partial = serializers.BooleanField(help_text="True where the time limit ended the computation early.")
    differs = serializers.BooleanField(help_text="True where the daily schedule has another team than this plan.")


class DepartureCandidateSerializer(SparseSerializer):
    """An eligible guide with `score`, `score_parts` and `capacity`, or an excluded one with `ruled_out_by`."""

    guide_id = serializers.UUIDField()
    guide_name = serializers.CharField()
    on_team = serializers.BooleanField(help_text="True for the members of the departure's current team.")
    score = serializers.FloatField(required=False, min_value=0, max_value=1)
    score_parts = ScorePartsSerializer(required=False)
    capacity = serializers.IntegerField(
        required=False, min_value=0, help_text="The number of guests that the guide may lead."
    )
    to_approve = serializers.ListField(
        child=serializers.CharField(),
        required=False,
        help_text="Points that a person must approve before this guide is notified; absent if there are none.",
    )
    ruled_out_by = RuledOutSerializer(required=False)
    fairness = FairnessSerializer(required=False, help_text="For eligible guides.")
    price = PriceSerializer(required=False, help_text="With `explain`: the cost of assigning this guide in addition.")


class DepartureCandidatesSerializer(SparseSerializer):
    """Every guide: eligible ones by score, then excluded ones, those who passed most rules first."""

    schedule_id = serializers.UUIDField()
    schedule_date = serializers.DateField()
    _rev = serializers.IntegerField(min_value=1)
    departure_id = serializers.UUIDField()
    candidates = DepartureCandidateSerializer(many=True)
    warnings = ConflictWarningSerializer(
        many=True, help_text="Facts that are unknown because a sibling did not answer."
    )
    facts_read_at = serializers.DateTimeField(help_text="When the oldest of the facts was read from its service.")
    explanation = ExplanationSerializer(required=False)


def represent_candidates(
    schedule: DailySchedule,
    departure_id: UUID,
    candidates: CandidateList,
    explanation: DepartureExplanation | None = None,
) -> dict[str, Any]:
    """The candidates as the API shows them, with the costs of assigning each where there is an explanation."""
    prices = _prices_in(explanation) if explanation else {}
    representation = {
        "schedule_id": str(schedule.schedule_id),
        "schedule_date": schedule.schedule_date.isoformat(),
        "_rev": schedule.rev,
        "departure_id": str(departure_id),
        "candidates": [_represent_guide(guide) | prices.get(guide.guide_id, {}) for guide in candidates.guides],
        "warnings": warnings_of_unknown_facts(candidates.snapshot),
        "facts_read_at": candidates.snapshot.facts_read_at.isoformat(),
    }
    return representation | ({"explanation": explanation_as_data(explanation)} if explanation else {})


def _prices_in(explanation: DepartureExplanation) -> dict[UUID, dict[str, Any]]:
    prices = {
        guide.guide_id: price_as_data(guide, explanation.departure_id, explanation.names)
        for guide in explanation.others
    }
    return {guide_id: {"price": price} for guide_id, price in prices.items() if price}


def _represent_guide(guide: ListedGuide) -> dict[str, Any]:
    representation: dict[str, Any] = {
        "guide_id": str(guide.guide_id),
        "guide_name": guide.name,
        "on_team": guide.is_on_team,
    }
    if guide.candidate:
        parts = guide.candidate.parts.by_name
        representation["score"] = round(guide.candidate.score, DECIMALS)
        representation["score_parts"] = {name: round(part, DECIMALS) for name, part in parts.items()}
        representation["capacity"] = guide.candidate.capacity
    if guide.to_approve:
        representation["to_approve"] = list(guide.to_approve)
    if guide.workload:
        representation["fairness"] = workload_as_data(guide.workload)
    if guide.exclusion:
        representation["ruled_out_by"] = {"code": guide.exclusion.rule.value, "message": guide.exclusion.message}
    return representation
