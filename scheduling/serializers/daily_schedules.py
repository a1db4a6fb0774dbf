"""Daily schedules on the wire."""

from typing import Any

from drf_spectacular.utils import extend_schema_serializer
from rest_framework import serializers

from novatrek_scheduling.api import fields
from novatrek_scheduling.api.serializers import PagedQuerySerializer, SparseSerializer, refuse_reversed_dates
from scheduling.serializers.departures import DepartureSerializer


class AvailabilityExceptionSerializer(SparseSerializer):
    """The absence of a guide: whole dates, both included, or instants, the end excluded."""

    to = serializers.CharField(help_text="A date, or an instant.")
    reason = serializers.CharField(required=False, allow_blank=True)

    def get_fields(self) -> dict[str, Any]:
        return {"from": serializers.CharField(help_text="A date, or an instant.")} | super().get_fields()


class GuideAdjustmentsSerializer(SparseSerializer):
    """The adjustments that a guide entered, which svc-guide-management alone writes."""

    availability_exceptions = AvailabilityExceptionSerializer(many=True)
    max_group_size = serializers.IntegerField(required=False, min_value=0)
    restrictions = serializers.ListField(
        child=serializers.JSONField(), help_text="Such as {kind: MAX_ALTITUDE_M, value: 1500, until: 2027-06-30}."
    )
    guide_notes = serializers.CharField(required=False)
    guide_preferences = serializers.JSONField(required=False)


class AssignmentsSerializer(SparseSerializer):
    """The document. It may have fields that are not listed here, which are kept as they are."""

    departures = serializers.DictField(child=DepartureSerializer(), help_text="By departure id.")
    guide_adjustments = serializers.DictField(child=GuideAdjustmentsSerializer(), help_text="By guide id.")


class DailyScheduleSerializer(SparseSerializer):
    """The one document for a date, all regions in it, at its revision `_rev`."""

    schedule_id = serializers.UUIDField()
    schedule_date = serializers.DateField()
    assignments = AssignmentsSerializer()
    _rev = serializers.IntegerField(min_value=1, help_text="1 + the number of writes.")
    published_at = serializers.DateTimeField(required=False, help_text="Absent until a departure is published.")
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()
    unpublished_changes = serializers.BooleanField(
        help_text="True where a departure shown here differs from its last announcement."
    )


class DailyScheduleQuerySerializer(PagedQuerySerializer):
    """The filters of the list of daily schedules."""

    date = fields.DateField(required=False, help_text="This date alone, or with `date_to` the first of a range.")
    date_to = fields.DateField(
        required=False, help_text="The last date of the range; without `date`, every date up to it."
    )
    region_id = fields.UUIDField(required=False)
    trip_id = fields.UUIDField(required=False)
    trail_id = fields.UUIDField(required=False)
    guide_id = fields.UUIDField(required=False, help_text="On the team, or in the last announcement.")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        refuse_reversed_dates(attrs)
        return attrs


class DepartureUnderWaySerializer(SparseSerializer):
    """A departure of an earlier date that is still out."""

    schedule_date = serializers.DateField(help_text="The date it started on, whose daily schedule has it.")
    departure_id = serializers.UUIDField()
    departure = DepartureSerializer(help_text="The departure as its daily schedule has it.")


@extend_schema_serializer(many=False)
class DailySchedulePageSerializer(SparseSerializer):
    """A page of daily schedules."""

    daily_schedules = DailyScheduleSerializer(many=True)
    departures_under_way = DepartureUnderWaySerializer(
        many=True,
        required=False,
        help_text="On the first page of a single `date`: what started earlier and is still out on it.",
    )
    next_page_token = serializers.CharField(required=False)
    total_count = serializers.IntegerField()
