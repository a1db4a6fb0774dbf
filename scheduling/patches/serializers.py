"""Merge patches of a daily schedule on the wire: each owner has a serializer that knows its own fields only."""

from collections.abc import Collection, Mapping
from datetime import date, datetime
from typing import Any

from rest_framework import serializers

from novatrek_scheduling.api import fields
from novatrek_scheduling.api.serializers import StrictSerializer
from scheduling.domain.document import DepartureStatus, Role
from scheduling.domain.limits import MAX_GUESTS
from scheduling.patches.ownership import Owner

MAX_TEXT = 5000
MAX_LIST = 100


class TeamMemberPatchSerializer(StrictSerializer):
    """One guide on the team. Name, certifications, score, status and notes are set by the service: they may be
    sent back as they were read, and are ignored.
    """

    guide_id = fields.UUIDField()
    role = fields.ChoiceField([role.value for role in Role])
    pinned = fields.BooleanField(required=False, help_text="Whether the optimizer has to leave the guide there.")
    guide_name = fields.CharField(required=False, help_text="Ignored.")
    assignment_status = fields.CharField(required=False, help_text="Ignored.")
    certifications = serializers.ListField(required=False, help_text="Ignored.")
    score = serializers.FloatField(required=False, help_text="Ignored.")
    approved_notes = serializers.ListField(required=False, help_text="Ignored.")
    open_notes = serializers.ListField(required=False, help_text="Ignored.")
    approval_reasons = serializers.ListField(required=False, help_text="Ignored.")


class UnassignedReasonPatchSerializer(StrictSerializer):
    code = fields.CharField(required=False, max_length=60)
    message = fields.CharField(required=False, max_length=MAX_TEXT)
    counts = serializers.DictField(child=fields.IntegerField(min_value=0, allow_null=True), required=False)
    trail_ids = serializers.ListField(child=fields.UUIDField(), required=False, max_length=MAX_LIST)


class DeparturePatchSerializer(StrictSerializer):
    """The fields of a departure that a dispatcher may change.

    `trip_id` and `starts_at`, with what the trip does not decide, create a departure.
    """

    team = serializers.ListField(child=TeamMemberPatchSerializer(), required=False, allow_null=True, max_length=20)
    trail_id = fields.UUIDField(required=False, allow_null=True)
    location_id = fields.UUIDField(required=False, allow_null=True)
    unassigned_reason = UnassignedReasonPatchSerializer(required=False, allow_null=True)
    capacity = fields.IntegerField(required=False, min_value=0, max_value=MAX_GUESTS)
    starts_at = fields.InstantField(required=False)
    ends_at = fields.InstantField(required=False)
    status = fields.ChoiceField(
        [status.value for status in DepartureStatus],
        required=False,
        help_text="CANCELLED; DRAFT reinstates a cancelled one; PUBLISHED takes scheduling:publish.",
    )
    trip_id = fields.UUIDField(required=False, help_text="Of a new departure.")
    trip_name = fields.CharField(required=False, help_text="The catalog's; it may be sent back as it was read.")
    activity_type = fields.CharField(required=False, help_text="The catalog's; it may be sent back as it was read.")
    region_id = fields.UUIDField(required=False, help_text="The catalog's; it may be sent back as it was read.")
    language = fields.CharField(required=False, max_length=35, help_text="Of a new departure.")


class MomentField(fields.CharField):
    """A date, or a date and time with its offset, stored as it is sent: nothing is trimmed."""

    def __init__(self, **options: Any) -> None:
        super().__init__(trim_whitespace=False, **options)

    def to_internal_value(self, data: Any) -> str:
        text = super().to_internal_value(data)
        moment(text)
        return text


def moment(text: str) -> date | datetime:
    """Parse the value of a MomentField. Raises ValidationError."""
    field = fields.DateField() if fields.ISO_DATE.fullmatch(text) else fields.InstantField()
    parsed: date | datetime = field.to_internal_value(text)
    return parsed


class AvailabilityExceptionPatchSerializer(StrictSerializer):
    """A guide is away: whole days, both included, or from one instant up to another."""

    reason = fields.CharField(required=False, allow_blank=True, max_length=MAX_TEXT)

    def get_fields(self) -> dict[str, Any]:
        # `from` is a keyword of Python and cannot be declared as an attribute.
        return {"from": MomentField(), "to": MomentField(), **super().get_fields()}

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        first, last = moment(attrs["from"]), moment(attrs["to"])
        if isinstance(first, datetime) is not isinstance(last, datetime):
            raise serializers.ValidationError({"to": ["Name two dates, or two dates with times."]})
        if last < first:
            raise serializers.ValidationError({"to": ["Must not be before `from`."]})
        return attrs


class RestrictionPatchSerializer(serializers.Serializer[Any]):
    """MAX_ALTITUDE_M, NO_ACTIVITY, MAX_DIFFICULTY, MAX_GROUP_SIZE or NO_GUIDING, its value, and the last day it
    holds. One of another kind is taken too, and keeps the guide off every departure until it is understood.
    """

    kind = fields.CharField(max_length=60)
    value = serializers.JSONField(required=False)
    until = fields.DateField(required=False)

    def to_internal_value(self, data: Any) -> Any:
        super().to_internal_value(data)
        return data


class GuideAdjustmentsPatchSerializer(StrictSerializer):
    """A guide's own entries."""

    availability_exceptions = serializers.ListField(
        child=AvailabilityExceptionPatchSerializer(), required=False, allow_null=True, max_length=MAX_LIST
    )
    max_group_size = fields.IntegerField(required=False, allow_null=True, min_value=0, max_value=MAX_GUESTS)
    restrictions = serializers.ListField(
        child=RestrictionPatchSerializer(), required=False, allow_null=True, max_length=MAX_LIST
    )
    guide_notes = fields.CharField(required=False, allow_null=True, allow_blank=True, max_length=MAX_TEXT)
    guide_preferences = serializers.JSONField(required=False, allow_null=True)


class AssignmentsPatchSerializer(StrictSerializer):
    """A merge patch of the document, with the fields of all its owners."""

    departures = fields.UUIDMapField(child=DeparturePatchSerializer(allow_null=True), required=False)
    guide_adjustments = fields.UUIDMapField(child=GuideAdjustmentsPatchSerializer(allow_null=True), required=False)


class OrchestratorPatchSerializer(StrictSerializer):
    departures = AssignmentsPatchSerializer._declared_fields["departures"]


class GuideManagementPatchSerializer(StrictSerializer):
    guide_adjustments = AssignmentsPatchSerializer._declared_fields["guide_adjustments"]


class PatchEnvelopeSerializer(StrictSerializer):
    """The parts of a merge patch of a daily schedule that are the same for every owner."""

    _rev = fields.IntegerField(required=False, min_value=0, max_value=2**31 - 1)
    assignments: serializers.Field[Any, Any, Any, Any] = serializers.DictField()


class DailySchedulePatchSerializer(PatchEnvelopeSerializer):
    """A merge patch of a daily schedule; `_rev` names the revision it was made on, 0 while there is none."""

    assignments = AssignmentsPatchSerializer()


SERIALIZERS: Mapping[Owner, type[StrictSerializer]] = {
    Owner.ORCHESTRATOR: OrchestratorPatchSerializer,
    Owner.GUIDE_MANAGEMENT: GuideManagementPatchSerializer,
}


def read_patch(patch: Any, owners: Collection[Owner]) -> dict[str, Any]:
    """Return the validated merge patch of a document by these owners. Raises ValidationError with the field."""
    serializer_class = AssignmentsPatchSerializer if len(owners) > 1 else SERIALIZERS[next(iter(owners))]
    serializer = serializer_class(data=patch)
    if not serializer.is_valid():
        raise serializers.ValidationError({"assignments": serializer.errors})
    validated: dict[str, Any] = serializer.validated_data
    return validated


def read_body(body: Any) -> tuple[int | None, dict[str, Any]]:
    """Return the revision that a patch was made on, None if it names none, and the patch of the document.

    The patch is still to be validated, by `read_patch`. Raises ValidationError.
    """
    envelope = PatchEnvelopeSerializer(data=body)
    envelope.is_valid(raise_exception=True)
    return envelope.validated_data.get("_rev"), envelope.validated_data["assignments"]
