"""The wire shapes of conflicts, under the contract's names."""

from collections.abc import Mapping
from typing import Any

from drf_spectacular.utils import extend_schema_serializer
from rest_framework import serializers

from conflicts.choices import ConflictType, ResolutionStatus, Severity, Strategy
from conflicts.models import ScheduleConflict
from novatrek_scheduling.api import fields
from novatrek_scheduling.api.serializers import PagedQuerySerializer, SparseSerializer, StrictSerializer, instant

MAX_NOTES = 4000


class ResolutionOptionSerializer(SparseSerializer):
    id = serializers.UUIDField()
    strategy = serializers.ChoiceField(Strategy.values)
    description = serializers.CharField()
    impact_assessment = serializers.CharField(required=False)
    estimated_affected_guests = serializers.IntegerField(required=False)
    requires_guest_notification = serializers.BooleanField(required=False)


class ScheduleConflictSerializer(SparseSerializer):
    """What is wrong, who it touches, and what could be done about it, best first."""

    id = serializers.UUIDField(source="conflict_id")
    type = serializers.ChoiceField(ConflictType.values, source="conflict_type")
    severity = serializers.ChoiceField(Severity.values)
    description = serializers.CharField(required=False)
    affected_trip_ids = serializers.ListField(child=serializers.UUIDField(), required=False)
    affected_guide_ids = serializers.ListField(child=serializers.UUIDField(), required=False)
    affected_trail_ids = serializers.ListField(child=serializers.UUIDField(), required=False)
    conflict_date = serializers.DateField(required=False)
    region_id = serializers.UUIDField(required=False)
    resolution_options = ResolutionOptionSerializer(many=True, required=False)
    resolved = serializers.BooleanField(default=False)
    resolved_at = serializers.DateTimeField(required=False, allow_null=True)
    detected_at = serializers.DateTimeField()

    def to_representation(self, instance: ScheduleConflict) -> dict[str, Any]:
        """By hand: what is told is stored as it is shown, and the fields' own way costs half of a page."""
        details = instance.details
        shown: dict[str, Any] = {"id": str(instance.pk), "type": instance.conflict_type}
        shown |= {name: details[name] for name in _TOLD if details.get(name) is not None}
        if "resolution_options" in details:
            shown["resolution_options"] = [_shown_option(option) for option in details["resolution_options"]]
        resolved_at = instance.resolved_at if instance.resolved else None
        return shown | {
            "resolved": instance.resolved,
            "resolved_at": resolved_at and instant(resolved_at),
            "detected_at": instant(instance.detected_at),
        }


_ASKED_OF_THE_ROW = {"id", "type", "resolution_options", "resolved", "resolved_at", "detected_at"}
_TOLD = [name for name in ScheduleConflictSerializer().get_fields() if name not in _ASKED_OF_THE_ROW]
_OF_AN_OPTION = list(ResolutionOptionSerializer().get_fields())


def _shown_option(option: Mapping[str, Any]) -> dict[str, Any]:
    return {name: option[name] for name in _OF_AN_OPTION if option.get(name) is not None}


@extend_schema_serializer(many=False)
class ConflictPageSerializer(SparseSerializer):
    conflicts = ScheduleConflictSerializer(many=True, required=False)
    next_page_token = serializers.CharField(required=False)
    total_count = serializers.IntegerField(required=False)


class ConflictQuerySerializer(PagedQuerySerializer):
    date = fields.DateField()
    region_id = fields.UUIDField(required=False)
    severity = fields.ChoiceField(Severity.values, required=False)
    type = fields.ChoiceField(ConflictType.values, required=False)
    resolved = fields.BooleanField(default=False)


class ConflictResolutionRequestSerializer(StrictSerializer):
    conflict_id = fields.UUIDField()
    selected_resolution_id = fields.UUIDField(source="option_id")
    operator_notes = fields.CharField(required=False, allow_blank=True, max_length=MAX_NOTES, source="notes")
    override_warnings = fields.BooleanField(default=False)


class DownstreamUpdateSerializer(SparseSerializer):
    service = serializers.CharField(required=False)
    action = serializers.CharField(required=False)
    success = serializers.BooleanField(required=False)


class ConflictResolutionResultSerializer(SparseSerializer):
    conflict_id = serializers.UUIDField()
    resolution_status = serializers.ChoiceField(ResolutionStatus.values)
    applied_strategy = serializers.CharField(required=False)
    downstream_updates = DownstreamUpdateSerializer(many=True, required=False)
    new_conflicts_created = serializers.ListField(child=serializers.UUIDField(), required=False)
    resolved_at = serializers.DateTimeField(required=False)
