"""Conflicts and resolutions on the wire, in the contract's names."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import orjson
from drf_spectacular.utils import OpenApiExample, extend_schema_serializer
from rest_framework import serializers

from conflicts.choices import AcceptanceEnding, EventKind, ResolutionStatus, Strategy
from conflicts.detection import ConflictType, Severity
from conflicts.history.sentences import describe
from conflicts.models import AcceptedRisk, ConflictEvent, ListedConflict
from novatrek_scheduling.api import fields
from novatrek_scheduling.api.overriding import OverrideField
from novatrek_scheduling.api.serializers import (
    ContractQuerySerializer,
    PagedQuerySerializer,
    PagingSerializer,
    SparseSerializer,
    StrictSerializer,
    instant,
)

MAX_NOTES = 4000
CONFLICT, OPTION = "0f8e2d4c-6b1a-4c3e-9d57-1a2b3c4d5e66", "7c5e9a1b-3d2f-5e4a-8b60-9f8e7d6c5b77"
TRIP, TRAIL = "3f1c8a52-6c0e-4c4b-9a55-6f1d6b1f2a10", "a9e4d7c3-1b2f-4e6d-b5a8-7c6d5e4f3b44"
PAGE: dict[str, Any] = {
    "conflicts": [
        {
            "id": CONFLICT,
            "type": "TRAIL_CLOSED",
            "severity": "HIGH",
            "description": "Sunrise hike: Rim Trail is closed.",
            "affected_trip_ids": [TRIP],
            "affected_trail_ids": [TRAIL],
            "departure_ids": ["c1a5a0f4-6a6e-5b7f-8f3d-2f6b8c9d0e12"],
            "conflict_date": "2027-05-01",
            "resolution_options": [
                {"id": OPTION, "strategy": "RESCHEDULE_TRIP", "description": "Sunrise hike on Sunday 02 May, 08:00."}
            ],
            "resolved": False,
            "resolved_at": None,
            "detected_at": "2027-04-28T06:00:00Z",
        }
    ],
    "total_count": 1,
}
CHOICE = {"conflict_id": CONFLICT, "selected_resolution_id": OPTION, "operator_notes": "Agreed with the guests."}
RESOLVED: dict[str, Any] = {
    "conflict_id": CONFLICT,
    "resolution_status": "PARTIALLY_RESOLVED",
    "applied_strategy": "RESCHEDULE_TRIP",
    "downstream_updates": [{"service": "svc-trip-catalog", "action": "departure.created", "success": False}],
    "new_conflicts_created": [],
    "resolved_at": "2027-04-28T06:10:00Z",
}


class CausedConflictSerializer(SparseSerializer):
    """A conflict that an option would cause."""

    type = serializers.ChoiceField([kind.value for kind in ConflictType])
    severity = serializers.ChoiceField([severity.value for severity in Severity])
    description = serializers.CharField()


class OptionFiguresSerializer(SparseSerializer):
    """What an option costs. Options are ordered by it: by guests first, by the score last."""

    guests_touched = serializers.IntegerField(help_text="Guests of the departures that it changes.")
    guests_moved = serializers.IntegerField(
        help_text="Of them, those who go on another date, at another time, on another trail or departure."
    )
    guest_hours_moved = serializers.FloatField(help_text="The hours by which they are moved, in all.")
    guests_without_place = serializers.IntegerField(help_text="Of them, those who go nowhere.")
    departures_changed = serializers.IntegerField(help_text="Departures that it changes, adds or cancels.")
    guides_changed = serializers.IntegerField(help_text="Guides who get other departures or another role.")
    score_before = serializers.FloatField(required=False, help_text="The score of the plan now, 0 to 100.")
    score_after = serializers.FloatField(required=False, help_text="The score of the plan with the option, 0 to 100.")
    fairness_before = serializers.FloatField(
        required=False, help_text="How evenly hours are spread over the region's guides now, 0 to 1."
    )
    fairness_after = serializers.FloatField(required=False, help_text="The same with the option.")
    causes = CausedConflictSerializer(many=True, help_text="The conflicts that it would cause.")


class ResolutionOptionSerializer(SparseSerializer):
    """A change that would end a conflict, with its effects on guests."""

    id = serializers.UUIDField()
    strategy = serializers.ChoiceField(Strategy.values)
    description = serializers.CharField()
    impact_assessment = serializers.CharField(required=False)
    estimated_affected_guests = serializers.IntegerField(required=False)
    requires_guest_notification = serializers.BooleanField(required=False)
    figures = OptionFiguresSerializer(required=False, help_text="What it costs guests, guides and the plan.")
    revisions = serializers.DictField(
        child=serializers.IntegerField(),
        required=False,
        help_text="The revision of each date's daily schedule at which it was computed. It is applied to the latest.",
    )


class AcceptedRiskSerializer(SparseSerializer):
    """Who answers for the risk of a conflict, why, and until when."""

    owner = serializers.CharField(help_text="Who accepted it.")
    reason = serializers.CharField(help_text="Why it was accepted.")
    accepted_at = serializers.DateTimeField(help_text="When it was accepted.")
    expires_at = serializers.DateTimeField(help_text="Until when, unless it is withdrawn or the risk becomes worse.")
    ended_at = serializers.DateTimeField(required=False, help_text="When the acceptance ended; absent while in force.")
    ending = serializers.ChoiceField(AcceptanceEnding.values, required=False, help_text="How it ended.")

    def to_representation(self, instance: AcceptedRisk) -> dict[str, Any]:
        """Without an end while the acceptance is in force."""
        ended = {"ended_at": instant(instance.ended_at), "ending": instance.ending} if instance.ended_at else {}
        return {
            "owner": instance.owner,
            "reason": instance.reason,
            "accepted_at": instant(instance.accepted_at),
            "expires_at": instant(instance.expires_at),
            **ended,
        }


class ScheduleConflictSerializer(SparseSerializer):
    """A conflict, whom and what it affects, and its resolution options, best first."""

    id = serializers.UUIDField(source="conflict_id")
    type = serializers.ChoiceField([kind.value for kind in ConflictType], source="conflict_type")
    severity = serializers.ChoiceField([severity.value for severity in Severity])
    description = serializers.CharField(required=False)
    affected_trip_ids = serializers.ListField(child=serializers.UUIDField(), required=False)
    affected_guide_ids = serializers.ListField(child=serializers.UUIDField(), required=False)
    affected_trail_ids = serializers.ListField(child=serializers.UUIDField(), required=False)
    departure_ids = serializers.ListField(
        child=serializers.UUIDField(), min_length=1, help_text="The departures that the conflict is about."
    )
    conflict_date = serializers.DateField(required=False)
    region_id = serializers.UUIDField(required=False)
    resolution_options = ResolutionOptionSerializer(many=True, required=False)
    what_would_help = serializers.ListField(
        child=serializers.CharField(),
        required=False,
        help_text="Where nothing but cancelling is left: changes outside of the plan, each of which would be enough.",
    )
    resolved = serializers.BooleanField(default=False)
    resolved_at = serializers.DateTimeField(required=False, allow_null=True)
    detected_at = serializers.DateTimeField()
    accepted_risk = AcceptedRiskSerializer(required=False, help_text="The acceptance by which it was resolved.")

    def to_representation(self, instance: ListedConflict) -> dict[str, Any]:
        """By hand: the details are stored as they are shown, and the fields' own way takes half the time of a page."""
        details, resolved_at = orjson.loads(instance.details), instance.resolved_at
        representation: dict[str, Any] = {"id": instance.conflict_id, "type": instance.conflict_type}
        representation |= {name: value for name in _FROM_DETAILS if (value := details.get(name)) is not None}
        if "resolution_options" in details:
            options = details["resolution_options"]
            representation["resolution_options"] = [_represent_option(option) for option in options]
        if instance.accepted_risk:
            representation["accepted_risk"] = _ACCEPTED_RISK.to_representation(instance.accepted_risk)
        return representation | {
            "resolved": instance.resolved,
            "resolved_at": resolved_at and instant(resolved_at),
            "detected_at": instant(instance.detected_at),
        }


@lru_cache(maxsize=512)
def represent_conflict(conflict: ListedConflict) -> orjson.Fragment:
    """A conflict as a list shows it. Lists are read far more often than their conflicts change: the last are kept."""
    return orjson.Fragment(orjson.dumps(_CONFLICT.to_representation(conflict)))


_CONFLICT = ScheduleConflictSerializer()
_FROM_COLUMNS = {"id", "type", "resolution_options", "resolved", "resolved_at", "detected_at", "accepted_risk"}
_ACCEPTED_RISK = AcceptedRiskSerializer()
_FROM_DETAILS = [name for name in ScheduleConflictSerializer().get_fields() if name not in _FROM_COLUMNS]
_OPTION_FIELDS = list(ResolutionOptionSerializer().get_fields())


def _represent_option(option: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name in _OPTION_FIELDS if (value := option.get(name)) is not None}


@extend_schema_serializer(many=False, examples=[OpenApiExample("A closed trail", value=PAGE, response_only=True)])
class ConflictPageSerializer(SparseSerializer):
    """A page of the conflicts of a date."""

    conflicts = ScheduleConflictSerializer(many=True, required=False)
    next_page_token = serializers.CharField(required=False)
    total_count = serializers.IntegerField(required=False)


class ConflictQuerySerializer(PagingSerializer, ContractQuerySerializer):
    """The filters of the list of conflicts."""

    date = fields.DateField()
    region_id = fields.UUIDField(required=False)
    severity = fields.ChoiceField([severity.value for severity in Severity], required=False)
    type = fields.ChoiceField([kind.value for kind in ConflictType], required=False)
    resolved = fields.BooleanField(default=False)


@extend_schema_serializer(examples=[OpenApiExample("Another date", value=CHOICE, request_only=True)])
class ConflictResolutionRequestSerializer(serializers.Serializer[Any]):
    """The conflict, the chosen option, and the notes of the person who resolves it. Other fields are ignored."""

    conflict_id = fields.UUIDField()
    selected_resolution_id = fields.UUIDField(source="option_id")
    operator_notes = fields.CharField(required=False, allow_blank=True, max_length=MAX_NOTES, source="notes")
    override_warnings = OverrideField()


class DownstreamUpdateSerializer(SparseSerializer):
    """A message to a sibling, and its delivery."""

    service = serializers.CharField(required=False)
    action = serializers.CharField(required=False)
    success = serializers.BooleanField(required=False)
    reservation_id = serializers.UUIDField(required=False, help_text="The reservation whose guests are told.")


class ToldOnPublishingSerializer(SparseSerializer):
    """What a guide will be told once the changed departures are published."""

    guide_id = serializers.UUIDField()
    kind = serializers.CharField(help_text="ASSIGNED and so on, as in the preview of a publication.")
    text = serializers.CharField(help_text="The departures in words, in the local times of their regions.")


@extend_schema_serializer(examples=[OpenApiExample("Another date", value=RESOLVED, response_only=True)])
class ConflictResolutionResultSerializer(SparseSerializer):
    """The outcome of a resolution; PARTIALLY_RESOLVED while messages to siblings are undelivered."""

    conflict_id = serializers.UUIDField()
    resolution_status = serializers.ChoiceField(ResolutionStatus.values)
    applied_strategy = serializers.CharField(required=False)
    downstream_updates = DownstreamUpdateSerializer(many=True, required=False)
    new_conflicts_created = serializers.ListField(child=serializers.UUIDField(), required=False)
    resolved_at = serializers.DateTimeField(required=False)
    told_on_publishing = ToldOnPublishingSerializer(
        many=True, required=False, help_text="What guides will be told; guests are told at once."
    )


class AcceptanceWithdrawalSerializer(StrictSerializer):
    """Why an acceptance is withdrawn."""

    operator_notes = fields.CharField(
        required=False, allow_blank=True, max_length=MAX_NOTES, source="notes", help_text="Why; it is in the history."
    )


class AcceptanceWithdrawnSerializer(SparseSerializer):
    """The conflict whose risk nobody answers for any more, and the one that is open again."""

    conflict_id = serializers.UUIDField(help_text="The conflict that was accepted.")
    reopened_conflict_id = serializers.UUIDField(
        required=False, help_text="The same conflict, open; absent where its departures are over."
    )


class ConflictEventSerializer(SparseSerializer):
    """Something that happened to a conflict."""

    conflict_id = serializers.UUIDField(help_text="The conflict, or one that was the same before it.")
    event = serializers.ChoiceField(EventKind.values, source="kind", help_text="What happened.")
    occurred_at = serializers.DateTimeField(help_text="When it happened.")
    by = serializers.CharField(required=False, help_text="The person; absent where the system did it.")
    description = serializers.CharField(help_text="The event in words.")

    def to_representation(self, instance: ConflictEvent) -> dict[str, Any]:
        """Without `by` for what the system did."""
        return {
            "conflict_id": str(instance.conflict_id),
            "event": instance.kind,
            "occurred_at": instant(instance.occurred_at),
            **({"by": instance.by} if instance.by else {}),
            "description": describe(instance),
        }


class ConflictHistoryQuerySerializer(PagedQuerySerializer):
    """The page of a conflict's history."""


class ConflictHistoryPageSerializer(SparseSerializer):
    """A page of the events of a conflict, the newest first."""

    events = ConflictEventSerializer(many=True)
    next_page_token = serializers.CharField(required=False)
    total_count = serializers.IntegerField()
